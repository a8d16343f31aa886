"""The ledger: sessions, turns, runs, steps and artifacts, in SQL."""
