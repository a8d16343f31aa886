"""Measuring Tonmeister: planning, capability, robustness."""
