"""Planning cases, read from TOML: what is at hand, what is said, and what is right.

A case whose plan could not run is refused, so that no planner is measured against a fault.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.errors import ConfigError, PlanError
from tonmeister.plan import Plan, check
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.choice import language_of
from tonmeister.planner.dialect import parse_lines
from tonmeister.registry import Catalog
from tonmeister.session import FILE_NAME

__all__ = [
    "CATEGORIES",
    "SHIPPED",
    "SPLITS",
    "Case",
    "Kindred",
    "Situation",
    "load_cases",
    "plan_of",
    "spread",
]

SHIPPED = Path(__file__).parent
SPLITS: Mapping[str, str] = {"development": "development.toml", "held-out": "held_out.toml"}

Category = Literal[
    "single",
    "chain",
    "join",
    "reference",
    "correction",
    "files",
    "vague",
    "talk",
    "unsupported",
    "adversarial",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
Kindred = Literal["decline", "question", "chat", "undo", "redo", "list", "explain"]

_STRICT = ConfigDict(frozen=True, extra="forbid")
_NEXT_CALL = re.compile(r" ; (?=[a-z_]\w*\()")
_ON_MODEL = re.compile(r"(.*\))(?: on (\S+))?", re.DOTALL)
_Row = TypeVar("_Row", bound=BaseModel)


class _ArtifactRow(BaseModel):
    model_config = _STRICT

    handle: str = Field(pattern=r"^a[0-9]{1,4}$")
    kind: Kind
    name: str
    duration: float | None = Field(default=None, gt=0.0)
    language: str | None = None
    made_by: str | None = None
    parents: tuple[str, ...] = ()

    def artifact(self) -> Artifact:
        facts = {"duration": self.duration, "language": self.language}
        known = {name: fact for name, fact in facts.items() if fact is not None}
        recipe = None
        if self.made_by:
            parents = tuple(f"id-{parent}" for parent in self.parents)
            recipe = Recipe(self.made_by, 1, None, None, {}, parents)
        identity = f"id-{self.handle}"
        return Artifact(identity, self.kind, self.handle, "", 1, self.name, known, recipe)


class _TurnRow(BaseModel):
    model_config = _STRICT

    request: str
    plan: str = ""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    steps: dict[str, str] = Field(default_factory=dict[str, str])


class _SituationRow(BaseModel):
    model_config = _STRICT

    files: tuple[str, ...] = ()
    artifacts: tuple[_ArtifactRow, ...] = ()
    turns: tuple[_TurnRow, ...] = ()


class _CaseRow(BaseModel):
    model_config = _STRICT

    category: Category
    family: str = Field(pattern=r"^[a-z]+/[a-z0-9-]+$")
    situation: str
    en: tuple[str, ...] = ()
    pt: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    answer: Kindred | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is at hand when a request is made.

    Attributes:
        name: What cases call it.
        files: Handles of what is handed over with the request.
        artifacts: Everything that can be referred to, by handle without "@", oldest first.
        history: Earlier turns, oldest first.
    """

    name: str
    files: tuple[str, ...]
    artifacts: Mapping[str, Artifact]
    history: tuple[PastTurn, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One request with what is right for it.

    Attributes:
        split: "development" or "held-out".
        category: Kind of request, one of ``CATEGORIES``.
        family: Category and theme; families are never divided between splits.
        language: Language it is written in, "en" or "pt".
        text: What is said.
        situation: What is at hand.
        plans: Every plan that is exactly what was asked, the preferred one first.
        answer: What is right when it is no plan, or beside the plans; None when only they are.
    """

    split: str
    category: str
    family: str
    language: str
    text: str
    situation: Situation
    plans: tuple[Plan, ...]
    answer: Kindred | None

    @property
    def key(self) -> str:
        """What tells the case from all others, and stays when cases are added."""
        return f"{self.family} | {self.language} | {self.situation.name} | {self.text}"

    def request(self) -> Request:
        """Return it as a planner gets it from a session, language detection included."""
        situation = self.situation
        return Request(
            text=self.text,
            files=situation.files,
            artifacts=situation.artifacts,
            history=situation.history,
            language=language_of(FILE_NAME.sub(" ", self.text)),
        )


def load_cases(
    catalog: Catalog, splits: Iterable[str] = tuple(SPLITS), folder: Path = SHIPPED
) -> list[Case]:
    """Read the cases of some splits, each request in each of its wordings.

    Args:
        catalog: Tools the plans are checked against.
        splits: "development", "held-out".
        folder: With ``situations*.toml`` and the files of the splits.

    Raises:
        ConfigError: A file is missing or malformed, or a case names what is not there.
        PlanError: Plans of cases could not run; all of them are named.
    """
    situations = _situations(folder)
    cases: list[Case] = []
    faults: list[str] = []
    for split in splits:
        path = folder / SPLITS[split]
        for number, row in enumerate(_rows(path, "case", _CaseRow), 1):
            place = f"{path.name}, case {number} ({row.family})"
            found, wrong = _cases(split, row, situations, catalog, place)
            cases += found
            faults += wrong
    if faults:
        raise PlanError(faults, hint="Correct the cases; nothing was evaluated.")
    _refuse_twins(cases)
    return cases


def plan_of(calls: str) -> Plan:
    """Read a plan written as calls between semicolons; "on x" asks for a model.

    Args:
        calls: For example "trim(audio=@a1, end=9.0) ; transcribe(audio=@s1) on whisper-base".

    Raises:
        PlanError: It is no plan.
    """
    models: list[str | None] = []
    lines: list[str] = []
    for number, call in enumerate(_NEXT_CALL.split(calls.strip()), 1):
        match = _ON_MODEL.fullmatch(call.strip())
        if match is None:
            raise PlanError([f"'{call[:80]}' is no call; write tool(name=value, …)"])
        lines.append(f"s{number}: {match[1]}")
        models.append(match[2])
    answer = parse_lines("\n".join(lines))
    if not isinstance(answer, Plan):
        raise PlanError([f"'{calls[:80]}' is no plan; write tool(name=value, …)"])
    steps = zip(answer.steps, models, strict=True)
    return Plan(steps=tuple(step.model_copy(update={"model": model}) for step, model in steps))


def spread(cases: Sequence[Case], count: int | None) -> list[Case]:
    """Choose some cases so that every split, category and language keeps its share.

    The choice is the same each time, and a larger one holds every smaller one.

    Args:
        cases: All cases.
        count: How many are wanted; None for all.
    """
    if count is None or count >= len(cases):
        return list(cases)
    strata: dict[tuple[str, str, str], list[int]] = {}
    for place, case in enumerate(cases):
        strata.setdefault((case.split, case.category, case.language), []).append(place)
    ranked: list[tuple[float, int]] = []
    for places in strata.values():
        for rank, place in enumerate(_by_family(cases, places)):
            ranked.append(((rank + 0.5) / len(places), place))
    return [cases[place] for place in sorted(place for _, place in sorted(ranked)[:count])]


def _by_family(cases: Sequence[Case], places: Sequence[int]) -> list[int]:
    """Order the cases of a stratum so that its families take turns."""
    seen: dict[str, int] = {}
    turns: list[tuple[int, int]] = []
    for place in places:
        family = cases[place].family
        seen[family] = seen.get(family, 0) + 1
        turns.append((seen[family], place))
    return [place for _, place in sorted(turns)]


def _cases(
    split: str,
    row: _CaseRow,
    situations: Mapping[str, Situation],
    catalog: Catalog,
    place: str,
) -> tuple[list[Case], list[str]]:
    situation = situations.get(row.situation)
    if situation is None:
        raise ConfigError(
            f"{place}: there is no situation '{row.situation}'.",
            hint=f"There are: {', '.join(sorted(situations))}.",
        )
    if not row.family.startswith(f"{row.category}/"):
        raise ConfigError(f"{place}: the family of a '{row.category}' is '{row.category}/…'.")
    if not row.plans and row.answer is None:
        raise ConfigError(f"{place}: neither a plan nor another answer is right.")
    if not row.en and not row.pt:
        raise ConfigError(f"{place}: nothing is said, neither in 'en' nor in 'pt'.")
    plans, faults = _plans(row.plans, situation, catalog)
    cases = [
        Case(split, row.category, row.family, language, text, situation, plans, row.answer)
        for language, texts in (("en", row.en), ("pt", row.pt))
        for text in texts
    ]
    return cases, [f"{place}: {fault}" for fault in faults]


def _plans(
    written: Iterable[str], situation: Situation, catalog: Catalog
) -> tuple[tuple[Plan, ...], list[str]]:
    plans: list[Plan] = []
    faults: list[str] = []
    for calls in written:
        try:
            plan = plan_of(calls)
        except PlanError as error:
            faults += error.problems
            continue
        faults += check(plan, catalog.tools, situation.artifacts)
        plans.append(plan)
    return tuple(plans), faults


def _situations(folder: Path) -> dict[str, Situation]:
    paths = sorted(folder.glob("situations*.toml"))
    if not paths:
        raise ConfigError(f"{folder} has no situations*.toml.", hint="Planning cases need them.")
    situations: dict[str, Situation] = {}
    for path in paths:
        for name, row in _read(path).items():
            if name in situations:
                raise ConfigError(f"{path.name}: the situation '{name}' is described twice.")
            situations[name] = _situation(name, _validated(_SituationRow, row, path, name), path)
    return situations


def _situation(name: str, row: _SituationRow, path: Path) -> Situation:
    artifacts = {one.handle: one.artifact() for one in row.artifacts}
    named = [*row.files, *(parent for one in row.artifacts for parent in one.parents)]
    for turn in row.turns:
        named += [*turn.inputs, *turn.outputs, *turn.steps.values()]
    unknown = [handle for handle in named if handle not in artifacts]
    if unknown or len(artifacts) < len(row.artifacts):
        fault = f"@{unknown[0]} does not exist" if unknown else "a handle is given twice"
        raise ConfigError(f"{path.name}, situation '{name}': {fault}.")
    history = tuple(
        PastTurn(
            turn.request,
            plan_of(turn.plan) if turn.plan else None,
            turn.inputs,
            turn.outputs,
            turn.steps,
        )
        for turn in row.turns
    )
    return Situation(name, row.files, artifacts, history)


def _rows(path: Path, name: str, row: type[_Row]) -> Iterator[_Row]:
    content = _read(path)
    if set(content) != {name} or not isinstance(content[name], list):
        raise ConfigError(f"{path.name} holds something else than [[{name}]] tables.")
    for number, fields in enumerate(content[name], 1):
        yield _validated(row, fields, path, f"{name} {number}")


def _validated(row: type[_Row], fields: Any, path: Path, place: str) -> _Row:
    try:
        return row.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path.name}, {place}: {where}: {first['msg']}.") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"The planning cases {path.name} are not in {path.parent}."
        raise ConfigError(message, hint="Reinstall Tonmeister, or choose another split.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}.") from error


def _refuse_twins(cases: Iterable[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.key in seen:
            raise ConfigError(f"A case stands twice: {case.key}.", hint="Remove one of them.")
        seen.add(case.key)
