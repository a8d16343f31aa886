"""From a request and facts to a plan, a question, a decline, or small talk."""
