"""What a language model is told of a conversation: files and turns, as many as a budget holds.

Of names it is told the words that the request says as well, and of earlier plans no text that
nobody said: both are data, which whoever made a file has chosen. Nothing is dropped in silence:
what does not fit is named in groups, so that every handle can still be referred to, and what a
request names is always told in full.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tonmeister.artifacts import Artifact
from tonmeister.plan import Plan
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.assembly import Assembly, NotClearError
from tonmeister.planner.names import name_as_said, name_files
from tonmeister.planner.phrases import take_targets
from tonmeister.planner.references import Unclear, current
from tonmeister.planner.slots import Sentence, read_sentence
from tonmeister.registry import Catalog

__all__ = ["file_line", "named_in", "page", "pointed_at", "situation", "tokens_of"]

BUDGET_TOKENS = 300
"""Of files and earlier turns together: about a dozen files and four turns. A small model on two
cores reads some hundred tokens in a second, so every one of them is waited for."""
FEWEST_TURNS, MOST_TURNS = 1, 4
LONGEST_SAID = 120
MOST_PARTS = 6
MOST_GROUPS = 4
MOST_NAMES = 4


def tokens_of(text: str) -> int:
    """Return about how many tokens a text takes: a quarter of its characters.

    That is an estimate, which needs no model's own vocabulary.

    Args:
        text: Any text.
    """
    return -(-len(text) // 4)


def situation(request: Request, catalog: Catalog, budget: int = BUDGET_TOKENS) -> str:
    """Return what is at hand: files, earlier turns, and the request itself.

    Args:
        request: The request; it is told in full whatever the budget.
        catalog: What can be done here.
        budget: About how many tokens files and turns may take. What is named is told even then.
    """
    named = named_in(request, catalog)
    turns = _latest_turns(request.history, budget // 2)
    left = budget - sum(tokens_of(turn) for turn in turns)
    return page(_files(request, named, left), turns, request.text)


def page(files: Sequence[str], earlier: Sequence[str], request: str) -> str:
    """Return lines about files and turns, and a request, as the model is shown them.

    Args:
        files: One line each.
        earlier: What was said and done before.
        request: The person's words.
    """
    listed = "\n".join(["Files:", *files]) if files else "Files: none"
    # A small model tends to stop after the first step unless it is told that there are more parts.
    parts = len(re.findall(r"[,;.]\s|\s(?:and|then|e|depois)\s", request)) + 1
    word = f"Request ({parts} parts): " if 1 < parts <= MOST_PARTS else "Request: "
    return "\n".join([listed, *earlier, f"{word}{request}"])


def named_in(request: Request, catalog: Catalog) -> frozenset[str]:
    """Return the handles a request needs: handed over, at hand, or named in any way.

    Args:
        request: The request.
        catalog: What can be done here.
    """
    found = {*request.files, *pointed_at(request, catalog)}
    at_hand = current(request)
    if not isinstance(at_hand, Unclear):
        found.update(at_hand)
    return frozenset(name for name in found if name in request.artifacts)


def pointed_at(request: Request, catalog: Catalog) -> frozenset[str]:
    """Return the handles that phrases of a request mean: "the second one", "talk.wav", "it".

    Args:
        request: The request.
        catalog: What can be done here.
    """
    sentence = read_sentence(request.text, name_files(request))
    take_targets(sentence)
    return frozenset(_meant_in(sentence, request, catalog))


def _meant_in(sentence: Sentence, request: Request, catalog: Catalog) -> Iterable[str]:
    assembly = Assembly(request, catalog)
    for slot in sentence.slots.values():
        if slot.kind not in "OR":
            continue
        try:
            refs = assembly.resolve("", slot)
        except NotClearError:
            continue
        for ref in refs:
            yield re.split(r"[.\[]", ref.removeprefix("@"))[0]


def _latest_turns(history: Sequence[PastTurn], budget: int) -> list[str]:
    told: list[str] = []
    for turn in reversed(history[-MOST_TURNS:]):
        line = _told(turn)
        budget -= tokens_of(line)
        if budget < 0 and len(told) >= FEWEST_TURNS:
            break
        told.insert(0, line)
    return told


def _files(request: Request, named: frozenset[str], budget: int) -> list[str]:
    rows = {
        handle: _row(handle, artifact, request.text) + _given(handle, request)
        for handle, artifact in request.artifacts.items()
    }
    if sum(map(tokens_of, rows.values())) <= budget:
        return list(rows.values())
    budget -= sum(tokens_of(rows[handle]) for handle in named)
    shown = set(named)
    for handle in reversed(rows):
        budget -= 0 if handle in named else tokens_of(rows[handle])
        if budget < 0:
            break
        shown.add(handle)
    return _with_groups(rows, shown, request)


def _with_groups(rows: dict[str, str], shown: set[str], request: Request) -> list[str]:
    """Return rows in their order, with each run of others in one line."""
    lines: list[str] = []
    hidden: list[str] = []
    for handle, row in rows.items():
        if handle not in shown:
            hidden.append(handle)
            continue
        if hidden:
            lines.append(_group(hidden, request))
            hidden = []
        lines.append(row)
    return [*lines, _group(hidden, request)] if hidden else lines


def _group(handles: Sequence[str], request: Request) -> str:
    """Return "@a1 … @a9: 5 audio, 4 transcript from "interview"" for older ones."""
    artifacts = [request.artifacts[handle] for handle in handles]
    kinds = Counter(str(artifact.kind) for artifact in artifacts)
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(MOST_GROUPS))
    said = (name_as_said(artifact.name, request.text) for artifact in artifacts)
    names = [_quoted(name) for name in dict.fromkeys(said) if name][:MOST_NAMES]
    first, last = handles[0], handles[-1]
    span = f"@{first}" if first == last else f"@{first} … @{last}"
    return f"{span}: {counted}" + (f" from {', '.join(names)}" if names else "")


def _given(handle: str, request: Request) -> str:
    several = len(request.artifacts) > 1
    return " (given now)" if handle in request.files and several else ""


def _row(handle: str, artifact: Artifact, said: str) -> str:
    duration, language = artifact.facts.get("duration"), artifact.facts.get("language")
    facts = [f"{duration:.1f} s"] if isinstance(duration, (int, float)) else []
    facts += [code] if re.fullmatch(r"[a-z]{2,3}", code := str(language)) else []
    return file_line(handle, artifact.kind, artifact.name, said, facts)


def file_line(handle: str, kind: str, name: str, said: str, facts: Iterable[str]) -> str:
    """Return one line about a file, with so much of its name as the request says.

    Args:
        handle: Its handle, without "@".
        kind: What it is.
        name: Its name.
        said: The person's words.
        facts: What else is told of it.
    """
    shown = name_as_said(name, said)
    return " ".join([f"@{handle} {kind}", *([_quoted(shown)] if shown else []), *facts])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _safe(text: str, longest: int) -> str:
    """Return a text of an earlier turn on one line, cut and quoted, so that it stays a fact."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return _quoted(plain if len(plain) <= longest else plain[: longest - 1] + "…")


def _told(turn: PastTurn) -> str:
    said = f"Earlier: {_safe(turn.request, LONGEST_SAID)}"
    if turn.plan is None:
        return said
    plan = "\n".join(_as_asked(turn.plan, turn.request).describe())
    made = ", ".join(f"@{handle}" for handle in turn.outputs)
    return f"{said}\n{plan}" + (f" -> {made}" if made else "")


_CODE = re.compile(r"@.*|\w{1,12}")


def _as_asked(plan: Plan, request: str) -> Plan:
    """Leave out the texts of a plan that the person did not say, such as names of files."""
    heard = request.casefold()

    def told(value: Any) -> Any:
        said = not isinstance(value, str) or _CODE.fullmatch(value) or value.casefold() in heard
        return value if said else "…"

    steps = (
        step.model_copy(update={"args": {name: told(value) for name, value in step.args.items()}})
        for step in plan.steps
    )
    return Plan(steps=tuple(steps))
