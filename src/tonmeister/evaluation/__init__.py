"""``tonmeister eval``: how well requests are planned, and what holds when things go wrong."""
