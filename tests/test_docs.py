"""The pages of docs/ follow the code, and the README's promises are kept by tests that exist."""

import re
from pathlib import Path

import pytest

from scripts import docs
from tonmeister.registry import Catalog, discover

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return discover()


def test_every_plugin_of_the_distribution_can_be_used(catalog: Catalog):
    assert catalog.problems == ()


def test_the_generated_pages_are_up_to_date(catalog: Catalog):
    for name, text in docs.pages(catalog).items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, "run: make docs"


def test_a_page_that_drifted_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(docs, "FOLDER", tmp_path)
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    with (tmp_path / "settings.md").open("a", encoding="utf-8") as page:
        page.write("edited by hand\n")
    assert docs.main(["--check"]) == 1
    assert "Out of date: docs/settings.md" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_inside_the_project_lead_somewhere(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def test_the_readme_reaches_its_first_command_within_90_words():
    before = README.partition("```")[0]
    assert len(re.findall(r"[\w'-]+", before)) <= 90
