"""The pages of docs/ follow the code, and the README's promises are kept by tests that exist."""

import re
from pathlib import Path

import pytest

from scripts import docs
from tonmeister.registry import Catalog, discover

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What the README promises → the test that would fail if it were not so.
PROMISES = {
    "honest account of what was done": "test_docs.py::test_the_output_in_the_readme_is_whole",
    "What leaves your computer: **nothing**": (
        "test_privacy.py::test_the_main_request_talks_to_nobody"
    ),
    "downloaded once": "test_checkpoints.py::test_offline_never_fetches_and_says_how_to",
    "Every file is verified by sha256": (
        "test_checkpoints.py::test_a_wrong_hash_is_refused_and_nothing_is_left"
    ),
    "no language model is called": "test_privacy.py::test_editing_a_recording_talks_to_nobody",
    "clear requests in English and Portuguese": (
        "planner/test_recognizer.py::test_a_clear_portuguese_request_becomes_its_plan"
    ),
    "any OpenAI-compatible endpoint": (
        "llm/test_client.py::test_a_refused_schema_falls_back_to_the_grammar_then_to_text"
    ),
    "a tree of turns": (
        "ledger/test_history.py::test_a_turn_after_an_undo_is_a_branch_and_both_stay"
    ),
    "One bad file does not stop the others": (
        "recipes/test_running.py::test_every_recording_in_a_folder_is_worked_on_and_one_bad_file"
        "_stops_no_other"
    ),
    "Other weights than those of the recipe are refused": (
        "recipes/test_running.py::test_another_model_or_other_weights_are_refused_unless_the"
        "_current_ones_are_wanted"
    ),
    "have handles": "ledger/test_handles.py::test_handles_count_up_and_resolve_to_their_artifacts",
    "keeps the stored results within a budget": (
        "ledger/test_retention.py::test_the_least_recently_used_goes_first_and_no_more_than_needed"
    ),
    "opened in a limited child process": (
        "test_hostile_files.py::test_memory_and_open_files_are_limited"
    ),
    "It says so when asked": "planner/test_recognizer.py::test_what_no_tool_can_do_is_declined",
    "Whisper base writes plain read speech well": (
        "models/test_whisper.py::test_librivox_clips_have_few_errors"
    ),
    "Synthesis speaks English": "models/test_kokoro.py::test_what_is_spoken_is_understood",
}


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


def test_every_tool_of_speech_has_a_model_of_the_hub_or_a_reason_why_not(catalog: Catalog):
    served = {model.tool for model in catalog.models if model.card.extra == "torch"}
    assert set(docs.SPEECH) - served == set(docs.NO_HUB)
    for model in catalog.models:
        if model.tool in docs.SPEECH and model.card.extra == "torch":
            assert "torch" in model.card.packages, model.card.name
            commercial = "NC" not in model.card.licence
            assert model.card.commercial == commercial, model.card.name


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_inside_the_project_lead_somewhere(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def test_the_readme_reaches_its_first_command_within_90_words():
    before = README.partition("```")[0]
    assert len(re.findall(r"[\w'-]+", before)) <= 90


def test_the_model_in_contributing_is_one_that_can_be_registered():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    module = {"__name__": "my_model"}
    exec(compile(example, "CONTRIBUTING.md", "exec"), module)
    spec = module["MyModel"].__tonmeister_model__
    assert (spec.tool, spec.card.name) == ("enhance_speech", "my-model")


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_of_the_readme_has_its_test(promise: str):
    assert promise in README
    path, name = PROMISES[promise].split("::")
    assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")


def test_the_output_in_the_readme_is_whole():
    shown = README.split("```")[1]
    for word in ("Done: 3 of 3 steps", "Files:", "checked:", "gtcrn (MIT)", "whisper-base (MIT)"):
        assert word in shown


def test_python_in_the_readme_uses_public_names():
    import tonmeister

    for example in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        for name in re.findall(r"tonmeister\.(\w+)", example):
            assert name in tonmeister.__all__
        compile(example, "README.md", "exec")
