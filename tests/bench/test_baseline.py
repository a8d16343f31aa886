"""The bench's other way of driving a language model, as AudioGPT does it."""

import pytest

from bench import react
from bench.baseline import AT_HAND, Wanted, is_exact, load_requests
from bench.react import Action, Final, drive, parse, prefix
from tonmeister.errors import LLMError
from tonmeister.llm.client import Completion
from tonmeister.plan import Plan, check
from tonmeister.planner.dialect import parse_lines
from tonmeister.registry import Catalog, discover
from tonmeister.testing import ScriptedLLM


class Writing(ScriptedLLM):
    """A scripted model that is told where to stop."""

    def complete(self, messages, *, max_tokens=512, stop=()) -> Completion:  # pyright: ignore
        """Return the next answer."""
        assert stop == ["Observation:"]
        return super().complete(messages, max_tokens=max_tokens)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return discover().offered


def acts(tool: str, given: str) -> str:
    return f"Thought: Do I need a tool? Yes\nAction: {tool}\nAction Input: {given}\n"


DONE = "Thought: Do I need a tool? No\nFinal Answer: Here it is."


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (acts("trim", "audio=@a1, start=1.0"), Action("trim", "audio=@a1, start=1.0")),
        ("action: [trim]\n\naction input: `audio=@a1`", Action("trim", "audio=@a1")),
        (acts("trim", "audio=@a1") + DONE, Action("trim", "audio=@a1")),
        (DONE, Final("Here it is.")),
        (DONE + "\n" + acts("trim", "audio=@a1"), Final("Here it is.")),
        ("Thought: Do I need a tool? Yes\nAction: trim", None),
        ("I would cut it.", None),
    ],
)  # fmt: skip
def test_a_turn_is_read(text: str, read: Action | Final | None) -> None:
    assert parse(text) == read


def test_each_tool_that_is_used_becomes_a_step(catalog: Catalog) -> None:
    llm = Writing([acts("trim", "audio=@a1, end=9.0"), acts("transcribe", "audio=@s1"), DONE])
    plan = drive(llm, "cut and transcribe", AT_HAND, catalog)
    assert plan is not None
    assert plan.describe() == ["s1: trim(audio=@a1, end=9.0)", "s2: transcribe(audio=@s1)"]
    last = llm.prompts[-1][-1]["content"]
    assert "Observation: @s1 was made." in last
    assert "Observation: @s2 was made." in last


def test_what_cannot_be_used_is_observed_and_is_no_step(catalog: Catalog) -> None:
    turns = [
        acts("sing", "audio=@a1"),
        acts("trim", "audio=@a1, start"),
        acts("trim", "audio=@a7, end=3.0"),
        acts("transcribe", "audio=@a1"),
        DONE,
    ]
    llm = Writing(turns)
    plan = drive(llm, "transcribe", AT_HAND, catalog)
    assert plan is not None
    assert plan.describe() == ["s1: transcribe(audio=@a1)"]
    observed = llm.prompts[-1][-1]["content"]
    assert "sing is not a valid tool, try another one." in observed
    assert "the input cannot be read" in observed
    assert "@a7, which does not exist" in observed


def test_it_ends_with_the_answer_the_last_turn_or_nonsense(catalog: Catalog) -> None:
    assert drive(Writing([DONE]), "hello", AT_HAND, catalog) is None
    assert drive(Writing(["What?"]), "hello", AT_HAND, catalog) is None
    assert drive(Writing([LLMError("cut off")]), "hello", AT_HAND, catalog) is None
    endless = Writing([acts("to_mono", "audio=@a1")] * (react.MOST_TURNS + 5))
    plan = drive(endless, "mono", AT_HAND, catalog)
    assert plan is not None
    assert len(plan.steps) == len(endless.prompts) == react.MOST_TURNS


def test_every_tool_is_described(catalog: Catalog) -> None:
    (page,) = prefix(catalog)
    assert all(
        f"> {tool.name}: {tool.summary}" in page["content"] for tool in catalog.tools.values()
    )


def test_every_right_plan_can_run_and_is_exact(catalog: Catalog) -> None:
    requests = load_requests()
    assert len(requests) >= 12
    for wanted in requests:
        for plan in wanted.plans:
            assert check(plan, catalog.tools, AT_HAND) == [], wanted.text
            assert is_exact(plan, wanted, catalog)
    assert not is_exact(None, requests[0], catalog)


def test_a_default_that_is_said_is_as_exact_as_one_that_is_not(catalog: Catalog) -> None:
    bare = parse_lines("s1: remove_silence(audio=@a1)")
    assert isinstance(bare, Plan)
    default = catalog.tools["trim"].parameters["start"].default
    said = parse_lines(f"s1: trim(audio=@a1, start={default}, end=3.0)")
    unsaid = parse_lines("s1: trim(audio=@a1, end=3.0)")
    assert isinstance(said, Plan)
    assert isinstance(unsaid, Plan)
    wanted = Wanted("cut", (unsaid,))
    assert is_exact(said, wanted, catalog)
    assert not is_exact(bare, wanted, catalog)
