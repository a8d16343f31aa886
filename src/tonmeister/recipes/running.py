"""Running a recipe on files: several at once, one bad file not stopping the others, resumable.

What was finished before is not done again and not written again: equal steps are known by their
keys, and files by their contents. So nothing is kept about a run but what the ledger keeps anyway.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from tonmeister.artifacts import Artifact, Kind
from tonmeister.assign import Assignment
from tonmeister.delivery import Destination, Written, write_files
from tonmeister.errors import (
    ConfigError,
    RunCancelled,
    TonmeisterError,
    ToolUnavailable,
)
from tonmeister.events import OnEvent, ignored
from tonmeister.execution.executor import Executor, Inbox, Task
from tonmeister.execution.records import Delivery, RunResult
from tonmeister.ingestion import ingest
from tonmeister.memory import account_of
from tonmeister.plan import Plan
from tonmeister.plan_translations import translate
from tonmeister.planner.answers import Request
from tonmeister.planner.slots import language_of
from tonmeister.production import Approve, Studio
from tonmeister.recipes.files import Handed, accepts, found_files
from tonmeister.recipes.machine import Models, assigned, chosen_plan, require_same
from tonmeister.recipes.recipe import Recipe
from tonmeister.reply import Reply, compose
from tonmeister.translations import in_words
from tonmeister.wording import claim_in_words, say

__all__ = ["FileOutcome", "RecipeReport", "RecipeRun", "State"]

State = Literal["done", "kept", "failed", "skipped", "stopped"]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    Attributes:
        path: The file; None for a recipe that takes none.
        state: "done", "kept" when all of it was there already, "failed", "skipped" when the
            recipe does not take it, or "stopped".
        seconds: Wall time.
        files: Results, where they lie.
        message: Why it failed or was passed over, or what must be told of a result.
        sound: Whether every check held.
    """

    path: Path | None
    state: State
    seconds: float = 0.0
    files: tuple[Path, ...] = ()
    message: str = ""
    sound: bool = True


@dataclass(frozen=True, slots=True)
class RecipeReport:
    """What became of all files.

    Attributes:
        outcomes: One for each file, in the order of their names.
        jobs: How many were worked on at once.
    """

    outcomes: tuple[FileOutcome, ...]
    jobs: int

    @property
    def exit_code(self) -> int:
        """0 when all was done and held true, 1 when something was not, 130 when it was stopped."""
        states = {one.state for one in self.outcomes}
        if "stopped" in states:
            return 130
        return int("failed" in states or not all(one.sound for one in self.outcomes))


OnFile = Callable[[FileOutcome, int, int], None]
"""Called with what became of a file, how many are through, and how many there are."""


class _Lane:
    """A shared executor as one of several files sees it: one step at a time.

    Args:
        shared: Where the steps of all files run.
    """

    def __init__(self, shared: Executor) -> None:
        self._shared = shared

    def start(self) -> None:
        """Leave the shared executor as it is."""

    def submit(self, task: Task, inbox: Inbox) -> None:
        """Pass a task on."""
        self._shared.submit(task, inbox)

    def cancel(self, task_id: str) -> None:
        """End a task at once."""
        self._shared.cancel(task_id)

    def capacity(self) -> int:
        """Return 1, so that all lanes together keep to the workers there are."""
        return 1

    def stop(self) -> None:
        """Leave the shared executor to who owns it."""


class RecipeRun:
    """A recipe that is run on files.

    Args:
        studio: What it runs on.
        recipe: The recipe.
        output: Folder for the results; by default each beside its file.
        others: Files that stay the same, by role.
        jobs: Files at once, at most; workers and memory may allow fewer.
        force: Whether existing files may be replaced.
        models: "recorded" refuses models or weights that are not those of the recipe.
        consent: The words in which the owner of a voice agrees, for tools that need them.
        approve: Asked before weights are downloaded.
        on_file: Called when a file is through.
        on_event: Told how far downloads are.
    """

    def __init__(
        self,
        studio: Studio,
        recipe: Recipe,
        *,
        output: str | Path | None = None,
        others: Mapping[str, str | Path] | None = None,
        jobs: int = 1,
        force: bool = False,
        models: Models = "recorded",
        consent: str = "",
        approve: Approve | None = None,
        on_file: OnFile | None = None,
        on_event: OnEvent | None = None,
    ) -> None:
        self._studio = studio
        self._recipe = recipe
        self._output = None if output is None else Path(output)
        self._paths = {role: Path(path) for role, path in (others or {}).items()}
        self._wanted_jobs = jobs
        self._force = force
        self._models: Models = models
        self._consent = consent
        self._approve = approve
        self._on_file = on_file
        self._on_event = on_event or ignored
        self._cancelled = threading.Event()
        self._language = language_of(" ".join(recipe.requests))
        self._others: dict[str, Artifact] = {}
        self._plan: Plan | None = None
        self._session_id = 0

    def cancel(self) -> bool:
        """Stop, from another thread or a signal; what is finished is kept.

        Returns:
            Whether it had not been told so before.
        """
        first = not self._cancelled.is_set()
        self._cancelled.set()
        return first

    def run(self, paths: Iterable[Path]) -> RecipeReport:
        """Do it to every file.

        Args:
            paths: Files and folders.

        Raises:
            RecipeError: The recipe cannot be run with the tools that are here.
            ToolUnavailable: A model, its weights as they were, or consent is missing.
            ConfigError: A file of the recipe is not given, or there is none to run it on.
            AudioError: A file that is named does not exist, or one of the others is unreadable.
        """
        try:
            return self._run(list(paths))
        except TonmeisterError as error:
            translate(error, self._language)
            raise

    def _run(self, paths: list[Path]) -> RecipeReport:
        studio, recipe = self._studio, self._recipe
        recipe.demand(studio.catalog.offered.tools)
        self._check_given()
        self._plan = chosen_plan(recipe, studio, self._models, self._consent)
        handed = self._handed(paths)
        if self._models == "recorded":
            require_same(recipe, studio)  # before anything is downloaded
        priced = assigned(self._plan, recipe, studio, recipe.examples(), self._models)
        studio.pull_missing(priced, self._approve, self._on_event, self._cancelled)
        if self._models == "recorded":
            require_same(recipe, studio)  # what only a hub states is known now
        studio.executor.start()
        self._session_id = studio.store.history.session(f"recipe {recipe.name}").id
        self._others = {role: self._taken_in(path, role) for role, path in self._paths.items()}
        jobs = self._jobs(priced)
        if jobs > 1:
            self._studio = replace(studio, executor=_Lane(studio.executor))
        return RecipeReport(tuple(self._all(handed, jobs)), jobs)

    def _check_given(self) -> None:
        recipe = self._recipe
        asking = recipe.asks_consent(self._studio.catalog.tools)
        if asking and not self._consent.strip():
            raise ToolUnavailable(
                f"{asking[0]} needs the words in which the owner of the voice agrees; a recipe "
                "keeps none.",
                tool=asking[0],
                hint='Give them with the run: --consent "it is my own voice".',
            )
        for role in self._paths:
            if role not in recipe.others:
                known = ", ".join(recipe.others) or "none"
                raise ConfigError(
                    f"The recipe takes no '{role}' beside its files; it takes: {known}."
                )
        missing = [role for role in recipe.others if role not in self._paths]
        if missing:
            kind = recipe.inputs[missing[0]].kind
            raise ConfigError(
                f"The recipe takes '{missing[0]}' ({kind}) as well, the same for all files.",
                hint=f"Name it: --with {missing[0]}=FILE.",
            )

    def _handed(self, paths: list[Path]) -> list[Handed | None]:
        """Return the files to run on; a single None for a recipe that takes none."""
        main = self._recipe.main
        if main is None:
            if paths:
                raise ConfigError("The recipe takes no files.", hint="Name none, only -o FOLDER.")
            return [None]
        kind = Kind(self._recipe.inputs[main].kind)
        found = found_files(paths, kind, self._studio.store)
        if not paths:
            raise ConfigError(
                f"The recipe is run on files ({kind}), and none was named.",
                hint="Name files or a folder.",
            )
        if all(one.passed_over for one in found):
            raise ConfigError(
                f"Nothing was found that the recipe takes ({kind}); of other kinds or made before: "
                f"{len(found)}.",
                hint="Name files or a folder.",
            )
        return list(found)

    def _taken_in(self, path: Path, role: str) -> Artifact:
        artifact = ingest(path, self._studio.store, self._studio.settings, self._cancelled)
        wanted = Kind(self._recipe.inputs[role].kind)
        if not accepts(wanted, artifact.kind):
            raise ConfigError(
                f"'{role}' is {wanted} in the recipe; {path.name} is {artifact.kind}."
            )
        return artifact

    def _jobs(self, priced: Mapping[str, Assignment]) -> int:
        """Return how many files fit at once: a worker each, and room for all models in each."""
        studio = self._studio
        models = {one.model.card.name: one.memory_mb for one in priced.values() if one.model}
        proof = studio.proof()
        tools = (studio.catalog.tools[step.tool] for step in self._recipe.steps)
        if proof and proof.model and any("says_the_text" in tool.claims for tool in tools):
            models[proof.model.card.name] = proof.memory_mb
        needed = sum(models.values())
        fitting = studio.settings.memory_budget_mb // needed if needed else self._wanted_jobs
        return max(1, min(self._wanted_jobs, studio.executor.capacity(), fitting))

    def _all(self, handed: list[Handed | None], jobs: int) -> list[FileOutcome]:
        outcomes: dict[int, FileOutcome] = {}
        with ThreadPoolExecutor(jobs, thread_name_prefix="tonmeister-recipe") as pool:
            futures = {pool.submit(self._one, one): n for n, one in enumerate(handed)}
            try:
                for future in as_completed(futures):
                    outcomes[futures[future]] = outcome = future.result()
                    if self._on_file is not None:
                        self._on_file(outcome, len(outcomes), len(handed))
            except BaseException:
                self._cancelled.set()
                pool.shutdown(cancel_futures=True)
                raise
        return [outcomes[number] for number in range(len(handed))]

    def _one(self, handed: Handed | None) -> FileOutcome:
        path = handed.path if handed else None
        if handed and handed.passed_over:
            told = in_words(self._language, handed.passed_over)
            return FileOutcome(path, "skipped", message=told)
        if self._cancelled.is_set():
            return FileOutcome(path, "stopped")
        began = time.monotonic()
        history = self._studio.store.history
        label = f"{self._recipe.name}: {path.name}" if path else self._recipe.name
        turn = history.begin_turn(self._session_id, label)
        try:
            outcome = self._worked_on(handed, turn.id)
        except TonmeisterError as error:
            stopped = isinstance(error, RunCancelled)
            told = {"error": error.to_dict()}
            history.finish_turn(turn.id, told, state="cancelled" if stopped else "failed")
            translate(error, self._language)
            message = str(error).removeprefix(f"{path.name}: " if path else "")
            outcome = FileOutcome(path, "stopped" if stopped else "failed", message=message)
        except BaseException:
            history.finish_turn(turn.id, {}, state="failed")
            raise
        return replace(outcome, seconds=time.monotonic() - began)

    def _worked_on(self, handed: Handed | None, turn_id: int) -> FileOutcome:
        studio, recipe = self._studio, self._recipe
        assert self._plan is not None  # noqa: S101 - made before any file
        artifacts = dict(self._others)
        if handed is not None and recipe.main is not None:
            artifact = ingest(handed.path, studio.store, studio.settings, self._cancelled)
            wanted = Kind(recipe.inputs[recipe.main].kind)
            if not accepts(wanted, artifact.kind):
                studio.store.history.finish_turn(turn_id, {})
                told = f"it is {artifact.kind}, and the recipe takes {wanted}"
                return FileOutcome(handed.path, "skipped", message=in_words(self._language, told))
            artifacts[recipe.main] = artifact
        files = [studio.store.handles.assign(turn_id, one) for one in artifacts.values()]
        assignments = assigned(self._plan, recipe, studio, artifacts, self._models)
        began = time.monotonic()
        result = studio.perform(
            self._plan,
            assignments,
            artifacts,
            turn_id=turn_id,
            delivery=Delivery(formats=recipe.formats(studio.catalog.tools)),
            on_event=ignored,
            cancelled=self._cancelled,
        )
        target = self._target(handed)
        written = self._written(result, target)
        reply = self._reply(result, turn_id, written, time.monotonic() - began)
        request = Request(
            text=recipe.name, files=tuple(one.lstrip("@") for one in files), artifacts=artifacts
        )
        account = account_of(reply, request, target, studio.catalog.tools)
        state = reply.outcome if reply.outcome in ("cancelled", "failed") else "done"
        studio.store.history.finish_turn(turn_id, account, state=state)
        return self._outcome(handed.path if handed else None, result, reply, written)

    def _target(self, handed: Handed | None) -> Destination:
        beside = handed.path.absolute().parent if handed else Path.cwd()
        folder = beside if self._output is None else self._output
        if self._output is not None and handed is not None:
            folder = folder / handed.inside
        return Destination(folder, force=self._force)

    def _written(self, result: RunResult, target: Destination) -> Written:
        records = {record.step.id: record for record in result.steps}
        leaving = {}
        for place, finished in result.delivered.items():
            step_id, _, output = place.partition(".")
            name = records[step_id].names[output]
            leaving[place] = (name, finished, self._studio.store.path(finished))
        return write_files(leaving, target, self._plan) if leaving else Written()

    def _reply(self, result: RunResult, turn_id: int, written: Written, seconds: float) -> Reply:
        assert self._plan is not None  # noqa: S101 - made before any file
        handles = {
            f"{record.step.id}.{output}": self._studio.store.handles.assign(turn_id, artifact)
            for record in result.steps
            for output, artifact in record.outputs.items()
        }
        return compose(
            result,
            self._plan,
            language=self._language,
            seconds=seconds,
            values={},
            handles=handles,
            files=written.files,
        )

    def _outcome(
        self, path: Path | None, result: RunResult, reply: Reply, written: Written
    ) -> FileOutcome:
        if reply.outcome == "cancelled":
            return FileOutcome(path, "stopped", files=reply.files)
        if reply.outcome != "done":
            for error in reply.errors:
                translate(error, self._language)
            told = "; ".join(
                f"{one.step.id} {one.step.tool}: {one.error}" for one in result.steps if one.error
            )
            return FileOutcome(path, "failed", files=reply.files, message=told)
        doubts = [
            say(
                self._language,
                "check_failed",
                step=record.step.id,
                tool=record.step.tool,
                claim=claim_in_words(self._language, finding.claim),
                finding=in_words(self._language, finding.finding),
            )
            for record in result.steps
            for finding in record.findings
            if finding.passed is False
        ]
        known = all(record.cached for record in result.steps)
        kept = known and len(written.kept) == len(written.files)
        return FileOutcome(
            path, "kept" if kept else "done", files=reply.files, message=" ".join(doubts),
            sound=not doubts,
        )  # fmt: skip
