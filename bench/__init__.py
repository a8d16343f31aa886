"""Benchmarks: what Tonmeister costs, measured on this machine; ``make bench``."""
