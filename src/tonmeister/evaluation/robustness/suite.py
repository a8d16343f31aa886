"""Act scenarios out in real conversations, and tell what did not hold."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tonmeister.artifacts import Artifact
from tonmeister.config import Settings
from tonmeister.errors import TonmeisterError
from tonmeister.evaluation.planning.cases import plan_of
from tonmeister.evaluation.robustness.expectations import Observed, unmet
from tonmeister.evaluation.robustness.faults import (
    FailingExecutor,
    KillingExecutor,
    with_stand_ins,
)
from tonmeister.evaluation.robustness.scenarios import KINDS, Scenario, Turn
from tonmeister.execution.records import StepRecord
from tonmeister.planner.answers import Answer, Command, Decline, Planner
from tonmeister.registry import Catalog
from tonmeister.session import Session, Tonmeister
from tonmeister.streaming import Audio, write_pcm
from tonmeister.testing import ScriptedPlanner, tone

__all__ = ["Acted", "acted", "results_of", "scripted"]

MEANING = {
    "scenarios": "conversations",
    "passed": "those in which everything held",
    **{f"passed_{kind.replace(' ', '_')}": f"kind: {kind}" for kind in KINDS},
}
NOTES = (
    "Transcription and speech enhancement are done by stand-ins without weights, so that what is "
    "tested is how the conversation is conducted; all other steps are real.",
)


@dataclass(frozen=True, slots=True)
class Acted:
    """What became of a scenario.

    Attributes:
        scenario: The scenario.
        faults: What did not hold, with its turn; empty when it passed.
        transcript: What was said and done.
        seconds: Wall time.
    """

    scenario: Scenario
    faults: tuple[str, ...]
    transcript: str
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        one = self.scenario
        return {
            "key": f"{one.kind}: {one.name}",
            "family": one.kind,
            "language": one.language,
            "request": one.name,
            "right": not self.faults,
            "said": "; ".join(self.faults) or "all held",
            "faults": list(self.faults),
            "transcript": self.transcript,
        }


def scripted(scenario: Scenario) -> list[Planner]:
    """Return planners that answer a scenario as it is written.

    Args:
        scenario: The scenario.
    """
    return [ScriptedPlanner([_answer(turn) for turn in scenario.turns])]


def _answer(turn: Turn) -> Answer | None:
    plan = plan_of(turn.plan) if turn.plan else None
    if turn.answer in ("undo", "redo"):
        return Command(turn.answer)
    if turn.answer == "decline":
        return Decline("That is not possible here.", plan, "what is not possible")
    return plan


def acted(
    scenarios: Iterable[Scenario],
    settings: Settings,
    catalog: Catalog,
    folder: Path,
    planners: Callable[[Scenario], Sequence[Planner]] = scripted,
) -> Iterator[Acted]:
    """Act scenarios out, each in a conversation and a store of its own.

    Args:
        scenarios: The scenarios.
        settings: How to run; the store lies in the folder.
        catalog: Tools and models; models are replaced by stand-ins.
        folder: Where recordings, results and stores lie.
        planners: Who is asked in a scenario; by default a planner that answers as it is written.
    """
    standing = with_stand_ins(catalog)
    for number, scenario in enumerate(scenarios, 1):
        place = folder / f"{number}"
        place.mkdir(parents=True)
        own = settings.model_copy(
            update={"home": place / "home", "pull": "never", "workers": 1, "threads": 1}
        )
        yield _act(scenario, own, standing, place, planners(scenario))


def _act(
    scenario: Scenario,
    settings: Settings,
    catalog: Catalog,
    place: Path,
    planners: Sequence[Planner],
) -> Acted:
    began = time.perf_counter()
    for number, (name, duration) in enumerate(scenario.recordings.items()):
        made = Audio.from_waveform(tone(330.0 + 110.0 * number, duration))
        write_pcm(made, place / name)
    kills = any(turn.fault and turn.fault.error == "killed" for turn in scenario.turns)
    failing, killing = FailingExecutor(settings, catalog), KillingExecutor(settings)
    executor = killing if kills else failing
    stage = _Stage(place)
    with Tonmeister(settings, catalog=catalog, executor=executor, planners=planners) as owner:
        session = owner.session("scenario")
        for number, turn in enumerate(scenario.turns, 1):
            if turn.fault and turn.fault.error == "killed":
                killing.arm(turn.fault.tool, turn.fault.times)
            elif turn.fault:
                failing.arm(turn.fault.tool, turn.fault.error, turn.fault.times)
            stage.take(session, owner, turn, number)
    seconds = time.perf_counter() - began
    return Acted(scenario, tuple(stage.faults), "\n".join(stage.lines), seconds)


@dataclass(slots=True)
class _Stage:
    """Where a scenario is acted out: its folder, what was said, what did not hold."""

    place: Path
    lines: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])

    def take(self, session: Session, owner: Tonmeister, turn: Turn, number: int) -> None:
        """Say one request and look at what came of it."""
        for old, new in turn.rename.items():
            (self.place / old).rename(self.place / new)
            self.lines.append(f"({old} is now called {new})")
        for name in turn.delete:
            (self.place / name).unlink()
            self.lines.append(f"({name} is gone)")
        if turn.fault:
            self.lines.append(f"({turn.fault.tool} will be {turn.fault.error})")
        self.lines.append(f"> {' '.join([turn.says, *turn.files])}")
        before = _known(session)
        steps: Sequence[StepRecord] = ()
        try:
            files = [self.place / name for name in turn.files]
            reply = session.ask(turn.says, files, output=self.place / "results")
            outcome, text, steps = reply.outcome, reply.text, reply.steps
            self.lines += [f"  {line}" for line in (reply.plan.describe() if reply.plan else ())]
        except TonmeisterError as error:
            outcome, text = "error", f"{type(error).__name__}: {error}"
        self.lines.append(text)
        made = [one for record in steps for one in record.outputs.values()]
        origins = {one.id: frozenset(_origins(one, owner)) for one in made}
        observed = Observed(outcome, text, steps, before, _known(session), origins)
        wrong = unmet(turn.expect, observed)
        self.faults += [f"turn {number}: {fault}" for fault in wrong]
        self.lines += [*(f"✗ {fault}" for fault in wrong), ""]


def _known(session: Session) -> dict[str, Artifact]:
    return {handle.lstrip("@"): one for handle, one in session.artifacts.items()}


def _origins(artifact: Artifact, owner: Tonmeister) -> set[str]:
    """Return the names of the files that something was made from, in the end."""
    if artifact.recipe is None:
        return {artifact.name}
    store = owner.studio.store
    parents = [store.artifact(parent) for parent in artifact.recipe.parents]
    return {name for parent in parents for name in _origins(parent, owner)}


def results_of(scenes: Sequence[Acted], wanted: int) -> dict[str, Any]:
    """Return the results of the suite as JSON-able values.

    Args:
        scenes: What became of the scenarios.
        wanted: How many there were to act out.
    """
    return {
        "complete": len(scenes) == wanted,
        "scores": _scores(scenes),
        "meaning": MEANING,
        "notes": list(NOTES),
        "results": [one.to_dict() for one in scenes],
    }


def _scores(scenes: Sequence[Acted]) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {"scenarios": len(scenes), "passed": _share(scenes)}
    for kind in KINDS:
        of_kind = [one for one in scenes if one.scenario.kind == kind]
        found[f"passed_{kind.replace(' ', '_')}"] = _share(of_kind)
    return found


def _share(scenes: Sequence[Acted]) -> float | None:
    return sum(not one.faults for one in scenes) / len(scenes) if scenes else None
