"""The same language model driven twice: our way, and AudioGPT's way, side by side.

Both have the same model, threads, requests and tools, and the prefix of both is evaluated before
anything is counted.
"""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from bench import react
from bench.figures import Figure, Goal, measured, ratio
from bench.planning import Counting
from bench.studio import Bench, MissingPart
from tonmeister.artifacts import Artifact, Kind
from tonmeister.checkpoints import CheckpointCache
from tonmeister.errors import TonmeisterError
from tonmeister.llm.embedded import QWEN_CODER_1_5B, EmbeddedLLM, Warmth, free_threads
from tonmeister.plan import Plan
from tonmeister.planner.answers import Request
from tonmeister.planner.choice import Planners, language_of
from tonmeister.planner.dialect import parse_lines
from tonmeister.planner.llm import LLMPlanner
from tonmeister.registry import Catalog, discover

__all__ = ["Wanted", "is_exact", "load_requests", "measure"]

CONTEXT_TOKENS = 16_384
TALK = Artifact("talk", Kind.AUDIO, "talk", "", 1, "talk", {"duration": 120.0})
AT_HAND = {"a1": TALK}


class Wanted(NamedTuple):
    """A request with the plans that are right."""

    text: str
    plans: tuple[Plan, ...]


@dataclass
class Way:
    """What came of all requests in one way.

    Attributes:
        exact: For each request, whether the plan was right.
        calls: Calls of the language model.
        tokens: Tokens that were evaluated or written.
        counted: Tokens as an endpoint counts them, those of the prefix in every call.
        seconds: Time the language model took.
    """

    exact: list[bool] = field(default_factory=list[bool])
    calls: list[float] = field(default_factory=list[float])
    tokens: list[float] = field(default_factory=list[float])
    counted: list[float] = field(default_factory=list[float])
    seconds: list[float] = field(default_factory=list[float])


def load_requests() -> list[Wanted]:
    """Return all requests in the order of the file."""
    page = Path(__file__).with_name("baseline.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(page)["request"]
    return [Wanted(row["text"], tuple(map(_plan_of, row["plans"]))) for row in rows]


def _plan_of(calls: str) -> Plan:
    lines = [f"s{number}: {call}" for number, call in enumerate(calls.split(" ; "), 1)]
    plan = parse_lines("\n".join(lines))
    assert isinstance(plan, Plan), calls
    return plan


def is_exact(plan: Plan | None, wanted: Wanted, catalog: Catalog) -> bool:
    """Tell whether a plan is one of the right ones; what is set to its default may be left out.

    Args:
        plan: The plan; None for no plan.
        wanted: The request.
        catalog: Its tools know the defaults.
    """
    if plan is None:
        return False
    return any(_bare(plan, catalog) == _bare(one, catalog) for one in wanted.plans)


def _bare(plan: Plan, catalog: Catalog) -> list[tuple[str, dict[str, Any]]]:
    return [
        (
            step.tool,
            {
                name: value
                for name, value in step.args.items()
                if value != catalog.tools[step.tool].parameters[name].default
            },
        )
        for step in plan.steps
    ]


def measure(bench: Bench) -> Iterator[Figure]:
    """Measure both ways with the embedded model, one after the other."""
    (folder,) = bench.weights(QWEN_CODER_1_5B)
    if find_spec("xllamacpp") is None:
        raise MissingPart("run: pip install 'tonmeister[llm]'")
    requests = load_requests()[: bench.requests]
    catalog = discover().offered
    model = EmbeddedLLM(
        folder / next(iter(QWEN_CODER_1_5B.files)),
        n_threads=free_threads(bench.settings.threads),
        n_ctx=CONTEXT_TOKENS,
        prefix_folder=bench.fresh("prefixes"),
        timeout=600.0,
    )
    with model as client:
        counting = Counting(client)
        planner = LLMPlanner("embedded", counting)
        cache = CheckpointCache(bench.settings.weights, offline=True)
        planners = Planners(bench.settings, cache, catalog, [planner])

        def ours(text: str) -> Plan | None:
            request = Request(text, ("a1",), AT_HAND, language=language_of(text))
            try:
                answer, _, _ = planners.answer(request, lambda event: None)
            except TonmeisterError:
                return None
            return answer if isinstance(answer, Plan) else None

        def theirs(text: str) -> Plan | None:
            return react.drive(counting, text, AT_HAND, catalog)

        warmth = model.warm(planner.prefix_messages(catalog))
        mine = _asked(ours, requests, counting, catalog)
        yield from _figures("Tonmeister", mine, warmth)
        warmth = model.warm(react.prefix(catalog))
        other = _asked(theirs, requests, counting, catalog)
        yield from _figures("ReAct", other, warmth)
    yield from _compared(mine, other)


def _asked(
    plan: Callable[[str], Plan | None],
    requests: Sequence[Wanted],
    counting: Counting,
    catalog: Catalog,
) -> Way:
    way = Way()
    for wanted in requests:
        counting.answers.clear()
        way.exact.append(is_exact(plan(wanted.text), wanted, catalog))
        answers = counting.answers
        written = sum(one.completion_tokens for one in answers)
        way.calls.append(len(answers))
        way.tokens.append(written + sum(one.prompt_tokens - one.cached_tokens for one in answers))
        way.counted.append(written + sum(one.prompt_tokens for one in answers))
        way.seconds.append(sum(one.seconds for one in answers))
    return way


def _figures(name: str, way: Way, warmth: Warmth) -> Iterator[Figure]:
    note = f"prefix of {warmth.tokens} tokens, evaluated before"
    yield measured(f"{name}: exact plans", [sum(way.exact)], f"of {len(way.exact)}")
    yield measured(f"{name}: calls per request", way.calls, "")
    yield measured(f"{name}: tokens evaluated and written per request", way.tokens, "", note=note)
    yield measured(f"{name}: tokens counted per request", way.counted, "", note="prefix included")
    yield measured(f"{name}: language model per request", way.seconds, "s")


def _compared(mine: Way, other: Way) -> Iterator[Figure]:
    more = sum(mine.exact) - sum(other.exact)
    yield measured("exact plans more than ReAct", [more], "", Goal("≥", 1.0))
    for name, numerators, denominators, goal in (
        ("time of ReAct to ours", other.seconds, mine.seconds, Goal("≥", 3.0)),
        ("calls of ReAct to ours", other.calls, mine.calls, None),
        ("tokens evaluated and written, ours to ReAct", mine.tokens, other.tokens, Goal("≤", 0.25)),
        ("tokens counted, ours to ReAct", mine.counted, other.counted, None),
    ):
        yield ratio(name, [sum(numerators)], [sum(denominators)], goal, "of all requests together")
