"""Programs for those who work on Tonmeister; none of it is installed."""
