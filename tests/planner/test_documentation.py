"""Every request that the documentation shows is understood, without a language model."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.planner.situations import SITUATIONS, Situation, artifact, ask, plan_of
from tonmeister.plan import Plan
from tonmeister.planner.answers import PastTurn
from tonmeister.registry import Catalog

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "tools").glob("*.md"))
HEAD = re.compile(r"\| You say \| Pode dizer \|(.*)")
CODE = re.compile(r"`([^`]+)`")
ASKED = re.compile(r'tonmeister "([^"…]+)"([^#\n|`]*)')
FILE = re.compile(
    r'"([^"]+\.\w{2,4})"|([\w.-]+\.(?:wav|mp3|m4a|mp4|flac|txt|pdf|epub|md|srt|vtt|jpg|png))\b'
)
KINDS = {
    **dict.fromkeys(("txt", "pdf", "epub", "md", "html"), "document"),
    **dict.fromkeys(("srt", "vtt"), "transcript"),
    **dict.fromkeys(("mp4", "mkv"), "video"),
    **dict.fromkeys(("jpg", "png"), "image"),
}
NEEDS_MODEL = "needs a language model"
AFTER_ONE = "(after one)"
MADE = Situation(
    artifact("a1", "a-dog", "audio", "generate_sound"),
    history=(
        PastTurn(
            "a dog",
            plan_of("generate_sound(description='a dog')"),
            (),
            ("a1",),
            {"s1.sound": "a1"},
        ),
    ),
)


class Example(NamedTuple):
    """A request of a page, the files it comes with, and what the page says runs."""

    page: str
    said: str
    row: str
    files: tuple[str, ...]
    runs: str


def _tables(page: Path) -> Iterator[Example]:
    columns = ""
    for line in page.read_text(encoding="utf-8").splitlines():
        if head := HEAD.match(line):
            columns = head[1]
            assert "What runs" in columns, f"{page.name}: a table of requests says what runs"
        elif not line.startswith("|"):
            columns = ""
        elif columns and not line.startswith(("|--", "| --")):
            english, portuguese, runs, *_ = line.strip("| ").split(" | ")
            for cell in (english, portuguese):
                for said in CODE.findall(cell):
                    yield Example(page.name, said, line, _files_in(said), runs)


def _commands(page: Path) -> Iterator[Example]:
    for said, rest in ASKED.findall(page.read_text(encoding="utf-8")):
        yield Example(page.name, said, "", _files_in(f"{said} {rest}"), "")


def _files_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(quoted or plain for quoted, plain in FILE.findall(text)))


def situation_of(example: Example) -> Situation:
    """Return the files an example names, and otherwise what such a request is about."""
    if "SPEAKER_" in example.said:
        return SITUATIONS["labelled"]
    if AFTER_ONE in example.row:
        return MADE
    files = example.files
    if not files and "generate_sound" not in example.runs and "translate_text" not in example.runs:
        files = ("talk.wav", "ref.wav") if "compare_audio" in example.runs else ("talk.wav",)
    named = [name.rsplit(".", 1) for name in files]
    return Situation(
        *(
            artifact(f"a{at}", stem, KINDS.get(extension, "audio"))
            for at, (stem, extension) in enumerate(named, 1)
        )
    )


EXAMPLES = [
    *(one for page in PAGES for one in _tables(page)),
    *(one for page in (*PAGES, ROOT / "README.md") for one in _commands(page)),
]


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if NEEDS_MODEL not in one.row],
    ids=[f"{one.page}: {one.said}" for one in EXAMPLES if NEEDS_MODEL not in one.row],
)
def test_a_request_that_the_documentation_shows_is_understood(
    example: Example, catalog: Catalog
) -> None:
    answer = ask(example.said, situation_of(example), catalog)
    assert isinstance(answer, Plan), answer
    tools = {step.tool for step in answer.steps}
    named = set(CODE.findall(example.runs)) & set(catalog.tools)
    assert not example.runs or tools & named, tools
    assert not example.runs or " or " in example.runs or tools <= named, tools


def test_every_page_shows_what_can_be_said_in_both_languages() -> None:
    shown = {one.page for one in EXAMPLES if one.runs}
    assert {page.name for page in PAGES} <= shown
