import json
import math

import pytest

from tonmeister.artifacts import Artifact, Kind
from tonmeister.errors import PlanError
from tonmeister.plan import Plan, Step, check, deliverables, parse_plan, parse_ref
from tonmeister.registry import discover

TOOLS = discover().tools


def artifact(kind: Kind = Kind.AUDIO, **facts: float) -> Artifact:
    return Artifact("id", kind, "0" * 64, "audio/x-rf64", 1, "talk", facts)


HANDED = {
    "a1": artifact(duration=10.0),
    "a2": artifact(Kind.TRANSCRIPT),
    "a3": artifact(Kind.VIDEO),
}


def plan(*steps: tuple[str, dict[str, object]]) -> Plan:
    return Plan(
        steps=tuple(
            Step(id=f"s{number}", tool=tool, args=args)
            for number, (tool, args) in enumerate(steps, start=1)
        )
    )


def problems(*steps: tuple[str, dict[str, object]]) -> list[str]:
    return check(plan(*steps), TOOLS, HANDED)


@pytest.mark.parametrize(
    ("text", "name", "output", "start", "end"),
    [
        ("@a3", "a3", None, None, None),
        ("@s1.vocals", "s1", "vocals", None, None),
        ("@a3[12.0:15.5]", "a3", None, 12.0, 15.5),
        ("@a3[:5]", "a3", None, 0.0, 5.0),
        ("@a3[5:]", "a3", None, 5.0, None),
    ],
)
def test_a_reference_is_read(text, name, output, start, end):
    ref = parse_ref(text)
    assert ref is not None
    assert (ref.name, ref.output) == (name, output)
    assert (ref.region and ref.region.start, ref.region and ref.region.end) == (start, end)


@pytest.mark.parametrize("text", ["a3", "@", "@A3", "@a3[5]", "@a3[a:b]", "@a3 ", 7, None, ["@a3"]])
def test_what_is_no_reference_is_none(text):
    assert parse_ref(text) is None


def test_a_good_plan_has_no_problem():
    assert (
        problems(
            ("trim", {"audio": "@a1", "start": 1.0, "end": 3.5}),
            ("normalize_loudness", {"audio": "@s1", "target_lufs": -16}),
            ("join", {"recordings": ["@s2", "@a1[0:2]", "@a3"]}),
            ("transcribe", {"audio": "@s3", "language": None}),
            ("write_subtitles", {"transcript": "@s4.result", "format": "srt"}),
            ("synthesize_speech", {"text": "@a2"}),
        )
        == []
    )


@pytest.mark.parametrize(
    ("tool", "args", "problem"),
    [
        ("trimm", {"audio": "@a1"}, "there is no tool 'trimm'; did you mean 'trim'?"),
        ("trim", {}, "trim needs 'audio'"),
        ("trim", {"audio": "@a1", "strat": 1}, "no argument 'strat'; did you mean 'start'?"),
        ("trim", {"audio": "talk.wav"}, "must be a reference such as @a1, not 'talk.wav'"),
        ("trim", {"audio": "@a9"}, "@a9, which does not exist; there are: @a1, @a2, @a3"),
        ("trim", {"audio": "@s9"}, "@s9, which does not exist"),
        ("trim", {"audio": "@s1"}, "uses @s1, which does not come before it"),
        ("trim", {"audio": "@a2"}, "needs audio; @a2 is transcript"),
        ("trim", {"audio": "@a1.vocals"}, "@a1 has no part 'vocals'"),
        ("trim", {"audio": "@a1[8:12]"}, "the region leaves @a1, which is 10.0 s long"),
        ("trim", {"audio": "@a1[5:2]"}, "the region ends at 2 s, not after its start"),
        ("synthesize_speech", {"text": "@a2[0:1]"}, "a region needs a recording"),
        ("trim", {"audio": "@a1", "start": "one"}, "'start' is 'one'; a number was expected"),
        ("trim", {"audio": "@a1", "start": True}, "a number was expected"),
        ("trim", {"audio": "@a1", "start": math.nan}, "a number was expected"),
        ("trim", {"audio": "@a1", "start": -1}, "it must be at least 0"),
        ("change_speed", {"audio": "@a1", "factor": 9}, "at least 0.25 and at most 4"),
        ("resample", {"audio": "@a1", "sample_rate": 44100.5}, "a whole number was expected"),
        ("resample", {"audio": "@a1", "sample_rate": math.inf}, "a whole number was expected"),
        ("convert_format", {"audio": "@a1", "format": "doc"}, "one of wav, flac, mp3"),
        ("join", {"recordings": "@a1"}, "'recordings' must be a list of references"),
        ("join", {"recordings": []}, "'recordings' must be a list of references"),
        ("synthesize_speech", {"text": "Hi.", "voice": "@home"}, "'voice' takes no reference"),
        ("synthesize_speech", {"text": 3}, "a text was expected"),
    ],
)
def test_a_bad_step_is_told_with_its_cure(tool, args, problem):
    (found,) = problems((tool, args))
    assert found.startswith("s1: ")
    assert problem in found


def test_all_problems_come_at_once():
    found = problems(
        ("trimm", {"audio": "@a1"}),
        ("fade", {"audio": "@s1", "fade_in": -1}),
        ("transcribe", {"audio": "@s3"}),
    )
    assert len(found) == 3
    assert "does not come before it" in found[2]  # and nothing is said about @s1, told already


def test_a_cycle_and_a_name_used_twice_are_found():
    cycle = problems(("fade", {"audio": "@s2", "fade_in": 1}), ("to_mono", {"audio": "@s1"}))
    assert cycle == ["s1: 'audio' uses @s2, which does not come before it."]
    twice = Plan(steps=(Step(id="s1", tool="to_mono", args={"audio": "@a1"}),) * 2)
    assert check(twice, TOOLS, HANDED)[0] == "Two steps have the same id; give each its own."


def test_json_is_read_strictly_and_every_fault_is_listed():
    step = {"id": "s1", "tool": "trim", "args": {"audio": "@a1"}}
    assert parse_plan(json.dumps({"steps": [step]})).steps[0].tool == "trim"
    with pytest.raises(PlanError) as caught:
        parse_plan({"steps": [{"id": "one", "tool": 5}, {**step, "when": "now"}]})
    assert len(caught.value.problems) == 3
    assert "steps.0.id" in caught.value.problems[0]
    for broken in ("", "[]", "{", '{"steps": []}'):
        with pytest.raises(PlanError):
            parse_plan(broken)


def test_more_steps_than_a_person_would_ask_for_are_refused():
    step = {"id": "s1", "tool": "to_mono", "args": {"audio": "@a1"}}
    with pytest.raises(PlanError, match="32"):
        parse_plan({"steps": [step] * 33})


def delivered(*steps: tuple[str, dict[str, object]]) -> list[str]:
    return [f"{ref.name}.{ref.output}" for ref in deliverables(plan(*steps), TOOLS)]


def test_only_the_last_of_a_chain_of_sounds_is_delivered():
    chain = (("trim", {"audio": "@a1"}), ("fade", {"audio": "@s1", "fade_in": 1}))
    assert delivered(*chain) == ["s2.result"]


def test_sound_and_words_made_of_it_are_both_delivered():
    steps = (
        ("enhance_speech", {"audio": "@a1"}),
        ("transcribe", {"audio": "@s1"}),
        ("write_subtitles", {"transcript": "@s2"}),
    )
    assert delivered(*steps) == ["s1.result", "s3.result"]


def test_a_plan_reads_like_what_it_does():
    steps = (("join", {"recordings": ["@a1", "@a3[1:2]"], "gap": 0.5}),)
    assert plan(*steps).describe() == ["s1: join(recordings=[@a1, @a3[1:2]], gap=0.5)"]
    moved = plan(("transcribe", {"audio": "@a1"})).on_models({"transcribe": "whisper-base"})
    assert moved.describe() == ["s1: transcribe(audio=@a1) on whisper-base"]
