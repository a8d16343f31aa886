"""Numbers of what tools can do, recorded while they are tested; tests/conftest.py reports them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

COLUMNS = ("tool", "model", "data", "measure", "value", "unit", "goal", "reference")


@pytest.fixture
def capability(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Record a measured number; the test itself asserts its bound.

    Called with ``tool``, ``model``, ``data``, ``measure`` and ``value``; ``unit``, ``goal`` and
    ``reference`` (another's number and its source) where there is one.
    """

    def record(**row: Any) -> None:
        unknown = set(row) - set(COLUMNS)
        assert not unknown, f"a row has no column {unknown}"
        assert {"tool", "model", "data", "measure", "value"} <= set(row), "a row is complete"
        # As text: what processes of tests tell each other is made of plain values only.
        told = json.dumps({"test": request.node.name, **row}, default=float)
        request.node.user_properties.append(("capability", told))

    return record
