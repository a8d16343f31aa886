"""The drafter: plans without a language model where no wording is known."""

from collections.abc import Mapping, Sequence

import pytest

from tests.planner.situations import Situation, artifact, plan_of
from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import load_settings
from tonmeister.planner import drafter
from tonmeister.planner.answers import Answer, PastTurn, Question, Request
from tonmeister.planner.demonstrations import Demonstration
from tonmeister.planner.drafter import Drafter
from tonmeister.planner.recognizer import language_of
from tonmeister.planner.router import Router, Routing
from tonmeister.registry import Catalog, discover
from tonmeister.sentence_encoder import SENTENCE_ENCODER

TALK = Situation(artifact("a1", "talk"))
TWO = Situation(artifact("a1", "talk"), artifact("a2", "song"))
NOTHING = Situation()
MADE = Situation(
    artifact("a1", "talk"),
    artifact("a2", "talk.transcript", "transcript", "transcribe"),
    history=(PastTurn("write it down", plan_of("transcribe(audio=@a1)"), ("a1",), ("a2",)),),
)
SHOWN = tuple(
    Demonstration("", (), "\n".join(f"s{n}: {call}" for n, call in enumerate(calls, 1)))
    for calls in (
        ["enhance_speech(audio=@a1)"],
        ["change_gain(audio=@a1, gain_db=6.0)"],
        ["convert_format(audio=@a1, format='flac')"],
        ["remove_part(audio=@a1, start=1.0, end=2.0)"],
        ["transcribe(audio=@a1)", "write_subtitles(transcript=@s1, format='vtt')"],
        ["synthesize_speech(text='hello')"],
    )
)


class Scripted(Router):
    """A router that says what a test wants."""

    def __init__(self, chances: Mapping[str, Mapping[str, float]]) -> None:
        self.chances = chances

    def route(self, text: str) -> Routing:
        said = dict(self.chances[text])
        likely = sum(chance > 0.5 for chance in said.values())
        others = {"decline": said.pop("decline", 0.0)}
        return Routing(dict.fromkeys(discover().tools, 0.001) | said, others, float(likely > 1))

    def likeness(self, text: str) -> Sequence[float]:
        called = {tool for tool, chance in self.chances[text].items() if chance > 0.3}
        return [float(called == set(shown.tools)) for shown in SHOWN]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return discover().offered


@pytest.fixture(autouse=True)
def bank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafter, "load_demonstrations", lambda: SHOWN)


def asked(text: str, situation: Situation) -> Request:
    return Request(text, situation.files, situation.artifacts, situation.history, language_of(text))


def drafted(
    catalog: Catalog, situation: Situation, chances: Mapping[str, Mapping[str, float]]
) -> Answer | None:
    return Drafter(Scripted(chances)).plan(asked(next(iter(chances)), situation), catalog)


@pytest.mark.parametrize(
    ("text", "tools", "calls"),
    [
        ("my fridge hums behind the voice", {"enhance_speech": 0.9}, "enhance_speech(audio=@a1)"),
        (
            "it wants 4 dB more of it",
            {"change_gain": 0.6, "equalize": 0.1},
            "change_gain(audio=@a1, gain_db=4.0)",
        ),
        (
            "my editor only opens flac",
            {"convert_format": 0.4},
            "convert_format(audio=@a1, format='flac')",
        ),
        (
            "bin what they said between 0:10 and 0:20",
            {"remove_part": 0.9},
            "remove_part(audio=@a1, start=10.0, end=20.0)",
        ),
        (
            "my aunt is deaf, she reads along in vtt",
            {"write_subtitles": 0.9, "transcribe": 0.9},
            "transcribe(audio=@a1) ; write_subtitles(transcript=@s1, format='vtt')",
        ),
        (
            'the tannoy should go "Mind the gap"',
            {"synthesize_speech": 0.9},
            "synthesize_speech(text='Mind the gap')",
        ),
    ],
)
def test_a_sure_tool_gets_what_is_stated(
    catalog: Catalog, text: str, tools: Mapping[str, float], calls: str
) -> None:
    assert drafted(catalog, TALK, {text: tools}) == plan_of(calls)


def test_clauses_are_steps_in_their_order(catalog: Catalog) -> None:
    first, second = "rid me of that fridge", "my editor only opens flac"
    answer = drafted(
        catalog,
        TALK,
        {
            f"{first}, {second}": {"enhance_speech": 0.9, "convert_format": 0.9},
            first: {"enhance_speech": 0.9},
            second: {"convert_format": 0.9},
        },
    )
    assert answer == plan_of("enhance_speech(audio=@a1) ; convert_format(audio=@s1, format='flac')")


@pytest.mark.parametrize(
    ("why", "text", "tools"),
    [
        ("two tools are likely", "tidy it up", {"enhance_speech": 0.45, "equalize": 0.4}),
        ("none is likely", "tidy it up", {"enhance_speech": 0.15}),
        ("it may be impossible", "tidy it up", {"enhance_speech": 0.8, "decline": 0.5}),
        ("an amount has no place", "tidy it up by 4 dB", {"enhance_speech": 0.9}),
        ("an argument is missing", "my editor is picky", {"convert_format": 0.9}),
        ("two values are stated", "4 dB or 6 dB more", {"change_gain": 0.9}),
        ("something is not wanted", "no fridge, please", {"enhance_speech": 0.9}),
        ("something else is pointed at", "tidy up the other", {"enhance_speech": 0.9}),
        ("nothing like it is known", "half as wide", {"stereo_width": 0.9}),
    ],
)
def test_what_is_open_is_left_to_others(
    catalog: Catalog, why: str, text: str, tools: Mapping[str, float]
) -> None:
    assert drafted(catalog, TALK, {text: tools}) is None, why


def test_one_of_two_recordings_is_left_to_others(catalog: Catalog) -> None:
    assert drafted(catalog, TWO, {"my fridge hums": {"enhance_speech": 0.9}}) is None


def test_a_named_recording_is_taken(catalog: Catalog) -> None:
    answer = drafted(catalog, TWO, {"my fridge hums in song.wav": {"enhance_speech": 0.9}})
    assert answer == plan_of("enhance_speech(audio=@a2)")


def test_without_a_recording_it_is_asked_for(catalog: Catalog) -> None:
    answer = drafted(catalog, NOTHING, {"my fridge hums": {"enhance_speech": 0.9}})
    assert isinstance(answer, Question)


def test_a_transcript_that_may_be_at_hand_is_left_to_others(catalog: Catalog) -> None:
    text = "my aunt is deaf, she reads along in vtt"
    likely = {"write_subtitles": 0.9, "transcribe": 0.9}
    assert drafted(catalog, MADE, {text: likely}) is None


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("a sala faz um eco horrível, seca-me isso", "reduce_reverb(audio=@a1)"),
        ("there are clicks from the needle on this old record", "repair_clicks(audio=@a1)"),
        ("put on paper what the professor is telling us", "transcribe(audio=@a1)"),
        ("há um frigorífico a trabalhar por trás da voz, limpa", "enhance_speech(audio=@a1)"),
    ],
)
def test_with_the_real_router_plain_speech_is_planned(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch, text: str, calls: str
) -> None:
    monkeypatch.undo()
    folder = CheckpointCache(load_settings().weights).path(SENTENCE_ENCODER)
    assert folder is not None
    assert Drafter(Router(folder)).plan(asked(text, TALK), catalog) == plan_of(calls)
