"""TaskBench's requests: what is mapped, and what counts as right, missing and extra."""

import json
from pathlib import Path

import pytest

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings
from tonmeister.errors import ConfigError
from tonmeister.evaluation.planning.cases import plan_of
from tonmeister.evaluation.planning.comparison import Counts
from tonmeister.evaluation.taskbench import (
    Mapped,
    Sample,
    Scored,
    load_mapped,
    load_samples,
    results_of,
    scored,
)
from tonmeister.planner.answers import Answer, Decline
from tonmeister.planner.choice import Planners
from tonmeister.registry import Catalog
from tonmeister.testing import ScriptedPlanner

REQUEST = {
    "id": "1",
    "type": "chain",
    "user_request": "Change the voice in 'example.wav' to a female one, remove the noise, add "
    "reverb and brightness, and draw it over example.jpg",
    "task_nodes": [
        {"task": "Voice Changer", "arguments": ["example.wav", "female"]},
        {"task": "Audio Noise Reduction", "arguments": ["<output-of-node-0>"]},
        {"task": "Audio Effects", "arguments": None},
        {"task": "Audio-to-Image", "arguments": ["<node-2>"]},
    ],
    "task_links": [
        {"source": "Voice Changer", "target": "Audio Noise Reduction"},
        {"source": "Audio Noise Reduction", "target": "Audio Effects"},
        {"source": "Audio Effects", "target": "Audio-to-Image"},
    ],
}
RIGHT = (
    "change_pitch(audio=@a1, semitones=4.0) ; enhance_speech(audio=@s1) ; reverb(audio=@s2) ; "
    "equalize(audio=@s3, high_shelf_db=3.0) ; draw_waveform(audio=@s4)"
)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    unmapped = {
        **REQUEST,
        "id": "2",
        "type": "single",
        "user_request": "Find a video about cooking",
        "task_nodes": [{"task": "Video Search", "arguments": ["cooking"]}],
        "task_links": [],
    }
    lines = [json.dumps(one) for one in (REQUEST, unmapped)]
    (tmp_path / "data.json").write_text("\n".join(lines), encoding="utf-8")
    return load_samples(tmp_path)


@pytest.fixture
def mapped() -> Mapped:
    return load_mapped()


def answered(
    answer: Answer | None, samples: list[Sample], catalog: Catalog, tmp_path: Path, mapped: Mapped
) -> list[Scored]:
    settings = Settings(home=tmp_path, weights=tmp_path, llm="off")
    planner = ScriptedPlanner([answer])
    planners = Planners(settings, CheckpointCache(tmp_path), catalog, [planner])
    return list(scored(samples, planners, mapped))


def test_every_task_is_mapped_to_tools_that_exist_or_has_a_reason(catalog: Catalog, mapped: Mapped):
    assert {tool for tools in mapped.tools.values() for tool in tools} <= set(catalog.tools)
    assert not set(mapped.tools) & set(mapped.unmapped)
    assert len(mapped.tools) + len(mapped.unmapped) == 42  # TaskBench's 40, and two that gold adds
    assert all(mapped.unmapped.values())


def test_files_of_a_request_are_at_hand(samples: list[Sample]):
    request = samples[0].request()
    told = [(handle, one.kind.value, one.name) for handle, one in request.artifacts.items()]
    assert told == [("a1", "audio", "example"), ("a2", "image", "example")]
    assert request.files == ("a1", "a2")


def test_a_plan_that_does_every_task_is_right_whatever_the_tools_are_called(
    samples: list[Sample], catalog: Catalog, tmp_path: Path, mapped: Mapped
):
    (one, other) = answered(plan_of(RIGHT), samples, catalog, tmp_path, mapped)
    assert one.right
    assert one.possible
    assert one.nodes == Counts(right=4)  # reverb and equalize are the one task of effects
    assert one.edges == Counts(right=3)
    # The file and both results are right; "female" has no like, and two numbers are ours.
    assert one.arguments == Counts(right=3, missing=1, extra=1)
    assert (other.kind, other.possible, other.nodes) == ("decline", False, Counts(missing=1))


def test_what_is_missing_or_wrongly_fed_counts_as_such(
    samples: list[Sample], catalog: Catalog, tmp_path: Path, mapped: Mapped
):
    plan = plan_of(
        "change_pitch(audio=@a1, semitones=4.0) ; enhance_speech(audio=@a1) ; "
        "transcribe(audio=@s2) ; draw_waveform(audio=@s2)"
    )
    (one, _) = answered(plan, samples, catalog, tmp_path, mapped)
    assert not one.right
    assert one.nodes == Counts(right=3, missing=1, extra=1)
    assert one.edges == Counts(right=0, missing=3, extra=2)


@pytest.mark.parametrize("answer", [plan_of("sing_it(audio=@a1)"), Decline("No."), None])
def test_invented_tools_and_refusals_lose_everything(
    answer: Answer | None, samples: list[Sample], catalog: Catalog, tmp_path: Path, mapped: Mapped
):
    found = answered(answer, samples, catalog, tmp_path, mapped)
    assert found[0].nodes == Counts(missing=4)
    assert found[0].edges == Counts(missing=3)
    assert found[0].arguments == Counts(missing=4)
    assert found[0].kind == ("error" if answer and not isinstance(answer, Decline) else "decline")


def test_results_name_what_is_not_mapped_and_say_what_counts_as_an_error(
    samples: list[Sample], catalog: Catalog, tmp_path: Path, mapped: Mapped
):
    found = answered(plan_of(RIGHT), samples, catalog, tmp_path, mapped)
    results = results_of(found, mapped, 2)
    assert results["scores"]["node_f1"] == pytest.approx(2 * 4 / (2 * 4 + 1))
    assert results["groups"]["possible"]["yes"]["node_f1"] == 1.0
    assert results["scores"]["refused"] == 1
    notes = " ".join(results["notes"])
    assert "Video Search (1): nothing is searched in the internet" in notes
    assert "Invented tools and unparsable answers count as errors" in notes
    assert [one["right"] for one in results["results"]] == [True, False]


def test_a_folder_without_requests_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="neither"):
        load_samples(tmp_path)
    (tmp_path / "data.json").write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1 is no request"):
        load_samples(tmp_path)
