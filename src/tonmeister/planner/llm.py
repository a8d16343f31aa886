"""Planning with a language model: one call for a request in the normal case.

The model sees facts: handles, kinds, durations, earlier requests and plans, and of names the words
that the request says as well. It never sees what is said in a recording or a transcript, nor any
other word nobody said here, and it cannot act: its answer is read as data.
"""

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Literal

from tonmeister.errors import LLMError, PlanError
from tonmeister.llm.client import Completes, Message
from tonmeister.plan import Plan
from tonmeister.planner.answers import Answer, Chat, Decline, Request
from tonmeister.planner.demonstrations import Demonstration, nearest
from tonmeister.planner.dialect import SCHEMA, as_json, parse_json, parse_lines, signature
from tonmeister.planner.doubts import without_twins
from tonmeister.planner.grammar import plan_grammar
from tonmeister.planner.grounding import ground, step_limit
from tonmeister.planner.names import name_files
from tonmeister.planner.router import Router, Routing
from tonmeister.planner.situation import file_line, page, situation
from tonmeister.planner.slots import read_sentence
from tonmeister.planner.wording import abilities, as_said_by_model, no_tool
from tonmeister.registry import Catalog

__all__ = ["LLMPlanner"]

LONGEST_REQUEST = 4_000
ANSWER_TOKENS = 600
MOST_CANDIDATES = 8
"""Tools that a plan may be made of, and demonstrations whose tools join them."""

MOST_ROUTED, SURELY_ROUTED, CONCEIVABLE = 6, 3, 0.005
"""With a router: its first tools and those of the demonstrations shown, but for the first three
only tools it thinks conceivable. A small model given more writes steps that nobody asked for."""

ONE_STEP, SEVERAL_STEPS = 0.05, 0.9
"""Chance of several steps below which a plan has one, and above which it may have three."""


class LLMPlanner:
    """Plans with a language model behind a chat endpoint.

    Args:
        name: "embedded" writes lines under a grammar made for the request, which suits a small
            model; "remote" writes JSON.
        client: The endpoint.
        num_demonstrations: Examples shown with a request.
        router: Tells which tools a request needs; without one all are considered, and examples are
            chosen by their letters.

    Attributes:
        name: As given.
    """

    def __init__(
        self,
        name: Literal["embedded", "remote"],
        client: Completes,
        *,
        num_demonstrations: int = 4,
        router: Router | None = None,
    ) -> None:
        self.name = name
        self._client = client
        self._count = num_demonstrations
        self._router = router

    def prefix_messages(self, catalog: Catalog) -> list[Message]:
        """Return how every conversation with the model begins, to keep it evaluated.

        Args:
            catalog: What can be done here.
        """
        page = "lines.md" if self.name == "embedded" else "json.md"
        text = (files("tonmeister.planner") / "prompts" / page).read_text(encoding="utf-8")
        tools = "\n".join(signature(tool) for tool in catalog.tools.values())
        return [{"role": "system", "content": text.replace("{tools}", tools).strip()}]

    def plan(self, request: Request, catalog: Catalog) -> Answer | None:
        """Return the model's answer.

        Args:
            request: The request.
            catalog: What can be done here.

        Raises:
            LLMError: The endpoint refused, or its answer was unusable twice.
        """
        if len(request.text) > LONGEST_REQUEST:
            raise LLMError(
                f"The request has {len(request.text)} characters; {LONGEST_REQUEST} are read.",
                hint="Say it in fewer words, or in several requests.",
            )
        return self._ask(self._messages(request, catalog), request, catalog)

    def repair(
        self, request: Request, catalog: Catalog, plan: Plan, problems: Sequence[str]
    ) -> Answer | None:
        """Show the model what is wrong with its plan and return what it answers then.

        Args:
            request: The request.
            catalog: What can be done here.
            plan: The plan with problems.
            problems: What is wrong with it.

        Raises:
            LLMError: The endpoint refused, or its answer was unusable.
        """
        lines = "\n".join(plan.describe())
        said = lines if self.name == "embedded" else as_json(lines)
        messages = self._messages(request, catalog)
        messages += _objection(said, problems)
        return self._ask(messages, request, catalog, retries=0)

    def _ask(
        self, messages: list[Message], request: Request, catalog: Catalog, retries: int = 1
    ) -> Answer:
        grammar = self._grammar(request, catalog) if self.name == "embedded" else None
        schema = SCHEMA if self.name == "remote" else None
        parse = parse_lines if self.name == "embedded" else parse_json
        while True:
            completion = self._client.complete(
                messages, grammar=grammar, json_schema=schema, max_tokens=ANSWER_TOKENS
            )
            try:
                answer = parse(completion.text)
                if grammar:
                    return _plain(answer, request, catalog)
                return _attributed(answer, request.language)
            except PlanError as error:
                if not retries:
                    message = f"The language model's answer is no plan: {error.problems[0]}."
                    raise LLMError(message, hint="Word the request differently.") from error
                retries -= 1
                messages = [*messages, *_objection(completion.text, error.problems)]

    def _grammar(self, request: Request, catalog: Catalog) -> str:
        sentence = read_sentence(request.text, name_files(request))
        limit = step_limit(sentence, len(request.files))
        routing = self._router.route(request.text) if self._router else None
        if routing is not None:
            limit = _routed_limit(limit, routing, request)
        tools = [catalog.tools[name] for name in self._candidates(request.text, routing, catalog)]
        return plan_grammar(tools, ground(sentence, request.text, request.artifacts), limit)

    def _candidates(self, text: str, routing: Routing | None, catalog: Catalog) -> list[str]:
        """Return the tools a plan may call, in the catalog's order."""
        if self._router is None or routing is None:
            shown = nearest(text, catalog.tools, MOST_CANDIDATES)
            likely = frozenset(tool for one in shown for tool in one.tools)
        else:
            shown = nearest(text, catalog.tools, self._count, self._router.likeness)
            likely = routing.candidates(catalog.tools, MOST_ROUTED)
            likely |= {tool for one in shown for tool in one.tools}
            likely = routing.conceivable(likely, CONCEIVABLE)
            likely |= routing.candidates(catalog.tools, SURELY_ROUTED)
        return [name for name in catalog.tools if name in likely]

    def _messages(self, request: Request, catalog: Catalog) -> list[Message]:
        messages = self.prefix_messages(catalog)
        likeness = self._router.likeness if self._router else None
        for shown in nearest(request.text, catalog.tools, self._count, likeness):
            answer = shown.answer if self.name == "embedded" else as_json(shown.answer)
            messages.append({"role": "user", "content": _example(shown)})
            messages.append({"role": "assistant", "content": answer})
        messages.append({"role": "user", "content": situation(request, catalog)})
        return messages


def _routed_limit(limit: int, routing: Routing, request: Request) -> int:
    """Return how many steps a plan may have, by what the request says and what it means."""
    if routing.several < ONE_STEP and len(request.files) < 2:
        return 1
    return max(limit, 3) if routing.several > SEVERAL_STEPS else limit


def _objection(said: str, problems: Iterable[str]) -> list[Message]:
    listed = "\n".join(f"- {problem}" for problem in problems)
    return [
        {"role": "assistant", "content": said},
        {"role": "user", "content": f"That cannot run:\n{listed}\nWrite the whole answer again."},
    ]


def _plain(answer: Answer, request: Request, catalog: Catalog) -> Answer:
    """Replace the prose of a small model, which may promise anything, by what is certain."""
    if isinstance(answer, Chat):
        return abilities(request.language, catalog)
    if isinstance(answer, Decline):
        return no_tool(request.language, answer.nearest)
    return without_twins(answer) if isinstance(answer, Plan) else answer


def _attributed(answer: Answer, language: str) -> Answer:
    """Mark the prose of a remote model as such; it may claim what nobody has done."""
    if isinstance(answer, Chat):
        return Chat(as_said_by_model(language, answer.text))
    if isinstance(answer, Decline):
        said = as_said_by_model(language, answer.missing)
        return Decline(said, answer.nearest, answer.loses)
    return answer


def _example(shown: Demonstration) -> str:
    lines = [
        file_line(name, kind, title, shown.request, [f"{length} s"])
        for name, kind, title, length in shown.files
    ]
    earlier = [
        f"Earlier: {json.dumps(said, ensure_ascii=False)}\n{plan} -> {made}"
        for said, plan, made in shown.earlier
    ]
    return page(lines, earlier, shown.request)
