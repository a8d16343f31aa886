"""What planners are told of."""

import pytest

from tonmeister.registry import Catalog, discover


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return discover().offered
