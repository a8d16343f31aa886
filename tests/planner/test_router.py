"""The router: which tools a request needs, by its meaning."""

from importlib.resources import files

import numpy as np
import pytest

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import load_settings
from tonmeister.plan import Plan
from tonmeister.planner.demonstrations import load_demonstrations, nearest
from tonmeister.planner.dialect import parse_lines
from tonmeister.planner.router import Router, Routing, agrees, bank_digest, clauses_of, neutral
from tonmeister.sentence_encoder import SENTENCE_ENCODER


def test_the_head_was_learnt_from_the_bank_that_is_shipped() -> None:
    with (files("tonmeister.planner") / "router.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        assert str(stored["digest"]) == bank_digest(), "run make train-planner"
        assert len(stored["bank"]) == len(load_demonstrations())


def test_names_of_files_and_long_quotes_say_nothing_of_the_tools() -> None:
    said = 'make song.mp3 say "delete all of my recordings now"'
    assert neutral(said) == "make file say “…”"


def test_a_request_is_parted_into_its_clauses() -> None:
    assert clauses_of("clean it up, then make it louder") == ["clean it up", "make it louder"]
    assert clauses_of("make it louder") == []


def test_a_tool_the_router_never_saw_is_always_a_candidate() -> None:
    routing = Routing({"trim": 0.9, "fade": 0.1}, {})
    assert routing.candidates(["trim", "fade", "my_tool"], 1) == {"trim", "my_tool"}


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ("s1: trim(audio=@a1, end=3.0)", True),
        ("s1: trim(audio=@a1, end=3.0)\ns2: fade(audio=@s1, fade_in=1.0)", False),
        ("s1: fade(audio=@a1, fade_in=1.0)", False),
    ],
)
def test_a_plan_is_agreed_to_when_it_calls_just_the_likely_tools(plan: str, expected: bool) -> None:
    parsed = parse_lines(plan)
    assert isinstance(parsed, Plan)
    assert agrees(Routing({"trim": 0.9, "fade": 0.1}, {}), parsed) is expected


@pytest.mark.weights
@pytest.mark.parametrize(
    ("request_text", "tool"),
    [
        ("the neighbour's drill ruins my interview, can you do something", "enhance_speech"),
        ("preciso de saber quem está a falar em cada momento", "diarize"),
        ("write down every word the professor says", "transcribe"),
        ("põe o volume ao nível que as rádios pedem", "normalize_loudness"),
    ],
)
def test_the_tool_that_is_meant_is_among_the_first(request_text: str, tool: str) -> None:
    folder = CheckpointCache(load_settings().weights).path(SENTENCE_ENCODER)
    assert folder is not None
    router = Router(folder)
    routing = router.route(request_text)
    assert tool in routing.candidates(routing.tools, 5)
    shown = nearest(request_text, routing.tools, 8, router.likeness)
    assert any(tool in one.tools for one in shown)
