"""The planning suite: requests with what is at hand, and the plans that are right for them."""
