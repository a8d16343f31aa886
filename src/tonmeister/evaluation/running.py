"""Run the suites: load what they need, ask the planners, and collect the results.

A suite that is stopped by Ctrl-C gives what it has, and says that it is not complete.
"""

import contextlib
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings, load_settings
from tonmeister.errors import ConfigError
from tonmeister.evaluation import taskbench
from tonmeister.evaluation.planning.cases import CATEGORIES, SHIPPED, SPLITS, load_cases, spread
from tonmeister.evaluation.planning.suite import judged_cases
from tonmeister.evaluation.planning.suite import results_of as planning_results
from tonmeister.evaluation.robustness.scenarios import Scenario, load_scenarios
from tonmeister.evaluation.robustness.suite import acted, scripted
from tonmeister.evaluation.robustness.suite import results_of as robustness_results
from tonmeister.events import ignored
from tonmeister.llm.embedded import QWEN_CODER_1_5B
from tonmeister.planner.answers import Planner
from tonmeister.planner.choice import Planners
from tonmeister.registry import discover

__all__ = ["Asked", "Chosen", "asked", "run_planning", "run_robustness", "run_taskbench"]

Asked = Literal["recognizer", "embedded", "remote", "auto"]
Tell = Callable[[int, int, int], None]
_One = TypeVar("_One")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which planning cases are asked.

    Attributes:
        splits: "development", "held-out".
        language: "en" or "pt"; None for both.
        categories: Kinds of request; none for all.
        limit: How many, of every kind its share; None for all.
        folder: Where the cases lie.
    """

    splits: tuple[str, ...] = tuple(SPLITS)
    language: str | None = None
    categories: tuple[str, ...] = ()
    limit: int | None = None
    folder: Path = SHIPPED


def asked(planner: str) -> dict[str, Any]:
    """Return what a report says of the planner: what was asked for, and on what it runs.

    Args:
        planner: As it was asked for; "scripted" runs on nothing.
    """
    if planner not in get_args(Asked):
        return {"asked for": planner}
    settings = _settings(planner)
    remote = settings.llm == "remote" or (settings.llm == "auto" and settings.llm_url)
    model = settings.llm_model if remote else QWEN_CODER_1_5B.name
    return {
        "asked for": planner,
        "language model": None if settings.llm == "off" else model,
        "threads": settings.threads,
    }


def run_planning(planner: Asked, chosen: Chosen, tell: Tell) -> dict[str, Any]:
    """Plan cases with known answers; nothing is executed.

    Args:
        planner: Who is asked.
        chosen: Which cases.
        tell: Told after each case how many are done, of how many, and how many were right.

    Raises:
        ConfigError: Nothing is chosen, or the cases are malformed.
        PlanError: A case's own plan could not run.
    """
    unknown = [name for name in chosen.categories if name not in CATEGORIES]
    if unknown:
        message = f"There is no category '{unknown[0]}'; there are: {', '.join(CATEGORIES)}."
        raise ConfigError(message)
    catalog = discover().offered
    fitting = [
        case
        for case in load_cases(catalog, chosen.splits, chosen.folder)
        if chosen.language in (None, case.language)
        and (not chosen.categories or case.category in chosen.categories)
    ]
    cases = spread(fitting, chosen.limit)
    if not cases:
        raise ConfigError("No case is left to evaluate.", hint="Restrict less.")
    with _opened(planner) as planners:
        answers = judged_cases(cases, planners, catalog)
        judged = _collected(answers, len(cases), lambda one: one.right, tell)
    return planning_results(judged, len(cases))


def run_taskbench(planner: Asked, folder: Path, tell: Tell) -> dict[str, Any]:
    """Plan the requests of TaskBench.

    Args:
        planner: Who is asked.
        folder: Where its files lie.
        tell: Told after each request.

    Raises:
        ConfigError: They are not there, or something else.
    """
    samples, mapped = taskbench.load_samples(folder), taskbench.load_mapped()
    with _opened(planner) as planners:
        answers = taskbench.scored(samples, planners, mapped)
        found = _collected(answers, len(samples), lambda one: one.right, tell)
    return taskbench.results_of(found, mapped, len(samples))


def run_robustness(planner: Asked | None, tell: Tell) -> dict[str, Any]:
    """Act out conversations in which something goes wrong.

    Args:
        planner: Who is asked; None answers as the scenarios are written.
        tell: Told after each scenario.
    """
    scenarios = load_scenarios()
    settings = _settings(planner or "recognizer")
    with (
        tempfile.TemporaryDirectory(prefix="tonmeister-eval-") as folder,
        contextlib.ExitStack() as stack,
    ):
        real: list[Planner] = []
        if planner is not None:
            real = list(stack.enter_context(_opened(planner)).in_order(ignored))

        def answering(scenario: Scenario) -> Sequence[Planner]:
            return real or scripted(scenario)

        scenes = acted(scenarios, settings, discover(), Path(folder), answering)
        found = _collected(scenes, len(scenarios), lambda one: not one.faults, tell)
    return robustness_results(found, len(scenarios))


def _collected(
    results: Iterable[_One], wanted: int, right: Callable[[_One], bool], tell: Tell
) -> Sequence[_One]:
    found: list[_One] = []
    with contextlib.suppress(KeyboardInterrupt):
        for one in results:
            found.append(one)
            tell(len(found), wanted, sum(map(right, found)))
    return found


def _settings(planner: str) -> Settings:
    llm = {"recognizer": "off", "auto": None}.get(planner, planner)
    return load_settings({"llm": llm})


@contextlib.contextmanager
def _opened(planner: Asked) -> Generator[Planners]:
    settings = _settings(planner)
    planners = Planners(settings, CheckpointCache(settings.weights), discover())
    try:
        yield planners
    finally:
        planners.close()
