"""How much is measured: all data for docs/capability.md, a part of it in every run of the tests."""

import os
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def some(items: Iterable[Item], few: int) -> list[Item]:
    """Return all items when ``TONMEISTER_CAPABILITY`` is ``all``, else a few at even distances.

    Args:
        items: What could be measured.
        few: How many are enough to see that the bounds hold.
    """
    known = list(items)
    count = len(known) if os.environ.get("TONMEISTER_CAPABILITY") == "all" else min(few, len(known))
    return [known[place * len(known) // count] for place in range(count)]
