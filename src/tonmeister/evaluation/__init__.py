"""Measuring Tonmeister itself."""
