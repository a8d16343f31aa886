"""The robustness suite: conversations in which something goes wrong, and what must hold then.

Its four kinds are those AudioGPT is assessed by (Huang et al., 2023): long chains, unsupported
tasks, errors of tools and models, and context out of order.
"""
