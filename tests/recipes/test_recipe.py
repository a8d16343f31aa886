"""The file of a recipe: read back as it was written, and refused with line and field."""

from pathlib import Path
from typing import Any

import pytest

from tonmeister.errors import PlanError, RecipeError, StoreError
from tonmeister.plan_translations import problem_in_words
from tonmeister.recipes.recipe import Recipe
from tonmeister.registry import Catalog, discover

WHOLE = """\
version = 1
name = "cleaner"
requests = ["clean it", "two\\nlines and a \\"quote\\""]

[inputs.recording]
kind = "audio"
varies = true

[inputs.jingle]
kind = "audio"

[[steps]]
id = "s1"
tool = "trim"
args = { audio = "@recording", end = 0.5 }

[[steps]]
id = "s2"
tool = "mix"
args = { audio = "@s1", other = "@jingle" }

[[outputs]]
result = "@s2"
format = "mp3"
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return discover()


def read(tmp_path: Path, text: str | bytes) -> Recipe:
    path = tmp_path / "edited.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Recipe.load(path)


def test_a_recipe_is_read_back_as_it_was_written(tmp_path: Path, catalog: Catalog):
    known = read(tmp_path, WHOLE)
    again = tmp_path / "again.toml"
    known.explained(catalog.tools).save(again)
    assert Recipe.load(again) == known
    text = again.read_text(encoding="utf-8")
    assert 'tool = "trim"  # Keep the part of a recording between two times.' in text
    assert "# The same in a run: --with jingle=FILE" in text
    assert known.main == "recording"
    assert known.others == ["jingle"]


@pytest.mark.parametrize(
    "words",
    [
        "é ü 中文",
        'a "b" \\c',
        "tab\tbell\x07 escape\x1b delete\x7f",
        "# no comment",
        "a\nb\r\nc",
        "",
    ],
)
def test_any_words_survive_the_file(tmp_path: Path, words: str):
    step = {"id": "s1", "tool": "synthesize_speech", "args": {"text": words}, "request": 1}
    fields: dict[str, Any] = {"version": 1, "name": "x", "requests": [words], "steps": [step]}
    known = Recipe.model_validate({**fields, "outputs": [{"result": "@s1"}]})
    known.save(tmp_path / "words.toml")
    assert Recipe.load(tmp_path / "words.toml") == known


def test_an_existing_file_is_kept_unless_it_may_be_replaced(tmp_path: Path):
    known = read(tmp_path, WHOLE)
    taken = tmp_path / "taken.toml"
    taken.write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        known.save(taken)
    assert taken.read_text() == "precious"
    known.save(taken, force=True)
    assert Recipe.load(taken) == known
    with pytest.raises(StoreError, match=r"does not end in \.toml"):
        known.save(tmp_path / "taken.txt")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('tool = "mix"', 'tol = "mix"', "line 19: in steps.number 2, there is no field 'tol'; did"),
        ('tool = "mix"', "", "line 17: in steps.number 2, the field 'tool' is missing."),
        ("version = 1", "version = 2", "line 1: 'version': input should be 1."),
        ("version = 1\n", "", "the field 'version' is missing."),
        ('kind = "audio"\nv', 'kind = "sound"\nv', "line 6: in inputs.recording, 'kind': input"),
        ("varies = true", "varies = perhaps", "edited.toml is no TOML: Invalid value (at line 7"),
        ('result = "@s2"', 'result = "s2"', "line 23: in outputs.number 1, 'result': string"),
        ('id = "s2"', 'id = "\\u001b[2J"', "line 18: in steps.number 2, 'id': string should"),
        ('tool = "mix"', 'tool = "\\u001b[2J"', "line 19: in steps.number 2, 'tool': string"),
        ("[[outputs]]", '["\\u001b[2J"]\n[[outputs]]', "there is no field ' [2J'"),
        ('name = "cleaner"', 'name = "a\\nb"', "line 2: 'name': string should match"),
        (
            'kind = "audio"\n\n',
            'kind = "audio"\ncode = "x"\n\n',
            "line 11: in inputs.jingle, there",
        ),
    ],
)
def test_a_fault_of_the_form_is_told_with_line_and_field(
    tmp_path: Path, old: str, new: str, problem: str
):
    assert old in WHOLE
    with pytest.raises(RecipeError) as caught:
        read(tmp_path, WHOLE.replace(old, new, 1))
    assert any(one.startswith(problem) for one in caught.value.problems), caught.value.problems
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"mix"', '"mixx"', "line 19: s2: there is no tool 'mixx'; did you mean 'mix'?."),
        (
            "end = 0.5",
            "ends = 0.5",
            "line 15: s1: trim has no argument 'ends'; did you mean 'end'?",
        ),
        ("end = 0.5", 'end = "x"', "line 15: s1: 'end' is 'x'; a number was expected."),
        ('"@s1",', '"@s3",', "line 20: s2: 'audio' refers to @s3, which does not exist"),
        (
            '"@jingle" }',
            '"@jingl" }',
            "line 20: s2: 'other' refers to @jingl, which does not exist",
        ),
        ('result = "@s2"', 'result = "@s7"', "line 22: @s7: there is no such step; there are: @s1"),
        ('"@s2"', '"@s2.left"', "line 22: @s2.left: it gives result; name one of them."),
        ('format = "mp3"', 'format = "doc"', "line 22: @s2: 'format' is 'doc'; one of wav, flac"),
        ("varies = true\n", "", "line 5: one of the inputs varies from file to file; none does."),
        ("[inputs.jingle]", "[inputs.s1]", "line 9: 's1' is no role; use small letters"),
        ('"audio"\n\n[[', '"audio"\nvaries = true\n\n[[', "line 5: one of the inputs varies from"),
        ("end = 0.5", 'consent = "yes"', "line 15: s1: a recipe keeps no consent; take it out"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_line(
    tmp_path: Path, catalog: Catalog, old: str, new: str, problem: str
):
    assert old in WHOLE
    known = read(tmp_path, WHOLE.replace(old, new, 1))
    with pytest.raises(RecipeError) as caught:
        known.demand(catalog.offered.tools)
    assert any(one.startswith(problem) for one in caught.value.problems), caught.value.problems
    for english in caught.value.problems:
        told = problem_in_words("pt", english)
        assert told.startswith("linha ")
        assert told != english.replace("line", "linha")


def test_a_sound_recipe_has_no_problems(tmp_path: Path, catalog: Catalog):
    assert read(tmp_path, WHOLE).problems(catalog.offered.tools) == []


def test_parts_of_commands_cannot_be_called_from_a_recipe(tmp_path: Path, catalog: Catalog):
    internal = next(name for name, tool in catalog.tools.items() if tool.internal)
    known = read(tmp_path, WHOLE.replace('"mix"', f'"{internal}"'))
    with pytest.raises(PlanError, match=f"there is no tool '{internal}'"):
        known.demand(catalog.offered.tools)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a = " + b"[" * 100_000, b"#" * (2**20 + 1)])
def test_what_is_no_text_or_too_much_is_refused(tmp_path: Path, raw: bytes):
    with pytest.raises(RecipeError, match=r"is no TOML|has more than 1 MiB"):
        read(tmp_path, raw)
    with pytest.raises(RecipeError, match="cannot be read: No such file"):
        Recipe.load(tmp_path / "absent.toml")
