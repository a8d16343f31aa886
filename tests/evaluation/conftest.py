"""Cases to judge answers with."""

import shutil
from pathlib import Path

import pytest

from tonmeister.evaluation.planning.cases import Case, load_cases
from tonmeister.registry import Catalog, discover

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return discover().offered


@pytest.fixture(scope="session")
def cases(catalog: Catalog) -> list[Case]:
    return load_cases(catalog, folder=CASES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the cases, to be spoilt."""
    return Path(shutil.copytree(CASES, tmp_path / "cases"))
