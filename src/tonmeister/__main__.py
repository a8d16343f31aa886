"""Tonmeister as ``python -m tonmeister``."""

from tonmeister.interfaces.cli import main

if __name__ == "__main__":
    main()
