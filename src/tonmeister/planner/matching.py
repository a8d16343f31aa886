"""Pairs of what fits, as many at once as there can be."""

from collections.abc import Sequence

__all__ = ["assigned"]


def assigned(fitting: Sequence[Sequence[int]]) -> dict[int, int]:
    """Give as many rows as possible a column of their own, by augmenting paths.

    Args:
        fitting: Columns that fit each row, those to be tried first in front.

    Returns:
        The column of each row that has one.
    """
    taken: dict[int, int] = {}

    def placed(row: int, tried: set[int]) -> bool:
        for column in fitting[row]:
            if column not in tried:
                tried.add(column)
                if column not in taken or placed(taken[column], tried):
                    taken[column] = row
                    return True
        return False

    for row in range(len(fitting)):
        placed(row, set())
    return {row: column for column, row in taken.items()}
