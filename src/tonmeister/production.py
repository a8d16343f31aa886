"""From a priced plan to a reply: weights pulled, steps run, files written, words found."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tonmeister.artifacts import Artifact, Text, from_json
from tonmeister.assign import Assignment, assign
from tonmeister.checkpoints import Checkpoint, CheckpointCache, Progress
from tonmeister.config import Settings
from tonmeister.delivery import (
    FILE_KINDS,
    Destination,
    Leaving,
    export_plan,
    replaced_files,
    write_files,
)
from tonmeister.errors import PlanError, ToolUnavailable
from tonmeister.events import OnEvent, PullProgress, ignored
from tonmeister.execution.executor import Executor
from tonmeister.execution.naming import coming_names
from tonmeister.execution.records import Delivery, RunResult
from tonmeister.execution.run import Run
from tonmeister.phrasing import Phraser
from tonmeister.plan import Plan, check, deliverables
from tonmeister.registry import Catalog
from tonmeister.reply import Reply, compose
from tonmeister.soundfolder import own_folder, refresh
from tonmeister.soundlibrary import LIBRARY, own_sounds
from tonmeister.store import Store
from tonmeister.translations import in_words
from tonmeister.wording import say

__all__ = ["Approve", "Studio"]

MOST_SHOWN_BYTES = 64 * 2**20

Approve = Callable[[Sequence[Checkpoint]], bool]


@dataclass(frozen=True, slots=True)
class Studio:
    """What work needs: settings, tools and models, store, weights, workers.

    Attributes:
        settings: How to run.
        catalog: Tools and models.
        store: Where results are kept.
        weights: Where checkpoints lie.
        executor: Where steps run.
        phraser: Words measured sentences anew, where a language model is configured for it.
    """

    settings: Settings
    catalog: Catalog
    store: Store
    weights: CheckpointCache
    executor: Executor
    phraser: Phraser

    def installed(self, checkpoint: Checkpoint) -> bool:
        """Tell whether the weights of a checkpoint are on this machine."""
        return self.weights.path(checkpoint) is not None

    def price(self, plan: Plan, artifacts: Mapping[str, Artifact]) -> dict[str, Assignment]:
        """Check a plan and choose a model for each step.

        Args:
            plan: The plan.
            artifacts: What it may refer to, by handle without "@".

        Raises:
            PlanError: The plan is not valid; every problem is listed.
            ToolUnavailable: No model may do a step.
        """
        problems = check(plan, self.catalog.tools, artifacts)
        if problems:
            raise PlanError(problems)
        return assign(plan, self.catalog, self.settings, self.installed, artifacts)

    def missing(self, assignments: Mapping[str, Assignment]) -> list[Checkpoint]:
        """Return the weights that a plan needs and that are not on this machine.

        Args:
            assignments: The models.
        """
        wanted = [one.model.card.checkpoint for one in assignments.values() if one.model]
        named = {one.name: one for one in wanted if one is not None and not self.installed(one)}
        return list(named.values())

    def check_weights(self, assignments: Mapping[str, Assignment]) -> None:
        """Refuse a plan at once that needs weights which are never downloaded.

        Args:
            assignments: The models.

        Raises:
            ToolUnavailable: Weights are missing, and the setting ``pull`` is "never".
        """
        missing = self.missing(assignments)
        if missing and self.settings.pull == "never":
            raise _not_installed(missing)

    def replaced(
        self, plan: Plan, artifacts: Mapping[str, Artifact], target: Destination
    ) -> list[Path]:
        """Return the existing files that a plan would replace.

        Args:
            plan: A checked plan.
            artifacts: What it refers to, by handle without "@".
            target: Where files go.
        """
        tools = self.catalog.tools
        return replaced_files(plan, tools, target, coming_names(plan, artifacts, tools))

    def pull_missing(
        self,
        assignments: Mapping[str, Assignment],
        approve: Approve | None,
        on_event: OnEvent,
        cancelled: threading.Event,
    ) -> None:
        """Download the weights a plan needs, when that is allowed.

        Args:
            assignments: The models.
            approve: Asked before anything is downloaded, unless the settings decide.
            on_event: Told of the progress.
            cancelled: Set it from another thread to stop.

        Raises:
            ToolUnavailable: Weights are missing and may not be downloaded.
        """
        chosen = self.missing(assignments)
        if not chosen:
            return
        allowed = self.settings.pull == "always" or (
            self.settings.pull == "ask" and approve is not None and approve(chosen)
        )
        if not allowed:
            raise _not_installed(chosen)

        def report(progress: Progress) -> None:
            event = PullProgress(progress.checkpoint, progress.received_mb, progress.total_mb)
            on_event(event)

        for one in chosen:
            self.weights.pull(one, on_progress=report, cancelled=cancelled.is_set)

    def perform(
        self,
        plan: Plan,
        assignments: Mapping[str, Assignment],
        artifacts: Mapping[str, Artifact],
        *,
        turn_id: int | None,
        delivery: Delivery | None,
        on_event: OnEvent,
        cancelled: threading.Event,
        listen: bool = False,
    ) -> RunResult:
        """Run a plan.

        Args:
            plan: A checked plan.
            assignments: From ``price``.
            artifacts: What it refers to, by handle without "@".
            turn_id: The turn it belongs to, if any.
            delivery: In which formats results leave; None lets none leave.
            on_event: Called with everything that happens.
            cancelled: Set it from another thread to stop.
            listen: Whether the sound of the last step is told while it is made.
        """
        if any(step.tool == "generate_sound" for step in plan.steps):
            refresh(self.settings)
        run = Run(
            plan,
            assignments=assignments,
            proof=self.proof(),
            catalog=self.catalog,
            store=self.store,
            executor=self.executor,
            artifacts=artifacts,
            settings=self.settings,
            digest_of=self.digest,
            delivery=delivery,
            on_event=on_event,
            cancelled=cancelled,
            listen=listen,
        )
        return run.execute(turn_id)

    def export(
        self,
        handle: str,
        artifact: Artifact,
        path: Path,
        *,
        force: bool,
        cancelled: threading.Event,
    ) -> tuple[Path, Sequence[str]]:
        """Write an artifact to a file whose extension chooses the format.

        Args:
            handle: What it is called in its conversation, such as "@a3".
            artifact: The artifact.
            path: The new file; when it exists and is not to be replaced, the next free name.
            force: Whether an existing file may be replaced.
            cancelled: Set it from another thread to stop.

        Returns:
            The file that was written, and what must be told about it.

        Raises:
            StoreError: The file cannot be written.
            PlanError: The artifact cannot be written in that format.
        """
        plan = export_plan(handle, artifact, path.suffix.lower().lstrip("."))
        notes: Sequence[str] = ()
        if plan is not None:
            known = {handle.lstrip("@"): artifact}
            result = self.perform(
                plan,
                self.price(plan, known),
                known,
                turn_id=None,
                delivery=None,
                on_event=ignored,
                cancelled=cancelled,
            )
            record = result.steps[0]
            if record.error is not None:
                raise record.error
            artifact, notes = next(iter(record.outputs.values())), record.notes
        target = Destination(path.parent, path.name, force)
        place = {"export": (path.stem, artifact, self.store.path(artifact))}
        return next(iter(write_files(place, target).files)), notes

    def digest(self, checkpoint: Checkpoint) -> str:
        """Return the hash of weights; of the library of sounds with what the user added to it."""
        digest = self.weights.digest(checkpoint)
        own = own_sounds(own_folder(self.settings.weights)) if checkpoint.name == LIBRARY else []
        added = " ".join(f"{one.caption} {one.sha256}" for one in own)
        return hashlib.sha256(f"{digest} {added}".encode()).hexdigest() if own else digest

    def proof(self) -> Assignment | None:
        """Return who transcribes synthesized speech back, if that is installed."""
        for model in self.catalog.models_of("transcribe"):
            weights = model.card.checkpoint
            if weights is None or self.installed(weights):
                return Assignment("proof", model, "check", 0.0, model.card.memory_mb, 0.0, ())
        return None

    def reply_to(
        self,
        plan: Plan,
        result: RunResult,
        *,
        artifacts: Mapping[str, Artifact],
        turn_id: int,
        language: str,
        target: Destination | None,
        seconds: float,
    ) -> Reply:
        """Give results their handles, write the files, and put it all into words.

        Args:
            plan: What was to be done.
            result: What became of it.
            artifacts: What it referred to, by handle without "@".
            turn_id: The turn it belongs to.
            language: "en" or "pt".
            target: Where files go; None writes none.
            seconds: Wall time of the run.

        Raises:
            StoreError: The files cannot be written.
        """
        handles, values, leaving = self._gathered(plan, result, turn_id, target)
        remarks = _damages(plan, artifacts, language)
        remarks += self._phrase(result, values, language)
        files: Mapping[Path, Artifact] = {}
        if target is not None and leaving:
            written = write_files(leaving, target, plan)
            files = written.files
            remarks += [
                say(language, "file_exists", wanted=asked.name, used=used.name)
                for asked, used in written.renamed.items()
            ]
        return compose(
            result,
            plan,
            language=language,
            seconds=seconds,
            values=values,
            handles=handles,
            files=files,
            remarks=remarks,
        )

    def _phrase(self, result: RunResult, values: dict[str, object], language: str) -> list[str]:
        """Put sentences of facts into a language model's words; return what to tell of it.

        What is stored and written to files stays the sentence that was measured.
        """
        notes: list[str] = []
        for record in result.steps:
            if not self.catalog.tools[record.step.tool].phrased:
                continue
            for place in (f"{record.step.id}.{output}" for output in record.outputs):
                answer = values.get(place)
                if not isinstance(answer, Text):
                    continue
                phrased = self.phraser.phrased(answer, record.step.args.get("question"), language)
                if phrased is not None:
                    notes.append(phrased.note)
                    values[place] = phrased.text or answer
        return notes

    def _gathered(
        self, plan: Plan, result: RunResult, turn_id: int, target: Destination | None
    ) -> tuple[dict[str, str], dict[str, object], dict[str, Leaving]]:
        """Return handles, contents to show, and files to write, each by "step.output"."""
        handles: dict[str, str] = {}
        values: dict[str, object] = {}
        leaving: dict[str, Leaving] = {}
        as_json = target is not None and (target.file or "").lower().endswith(".json")
        made = {record.step.id: record.outputs for record in result.steps}
        leaves = deliverables(plan, self.catalog.tools, made)
        wanted = {f"{ref.name}.{ref.output}" for ref in leaves}
        for record in result.steps:
            for output, artifact in record.outputs.items():
                place = f"{record.step.id}.{output}"
                handles[place] = self.store.handles.assign(turn_id, artifact)
                if place not in wanted:
                    continue
                if artifact.kind not in FILE_KINDS:
                    values[place] = self._value(artifact)
                finished = result.delivered.get(place)
                if finished is not None and (finished.kind in FILE_KINDS or as_json):
                    stored = self.store.path(finished)
                    leaving[place] = (record.names[output], finished, stored)
        return handles, values, leaving

    def _value(self, artifact: Artifact) -> object:
        if artifact.size > MOST_SHOWN_BYTES:
            return None
        return from_json(artifact.kind, self.store.path(artifact).read_bytes())


def _damages(plan: Plan, artifacts: Mapping[str, Artifact], language: str) -> list[str]:
    """Return what was found wrong with the recordings a plan uses, as they were handed over."""
    used = {ref.name for step in plan.steps for _, ref in step.refs()}
    found = [one for handle, one in artifacts.items() if handle in used and "note" in one.facts]
    return [f"{one.name}: {in_words(language, one.facts['note'])}" for one in found]


def _not_installed(missing: Sequence[Checkpoint]) -> ToolUnavailable:
    sizes = ", ".join(f"{one.name} ({one.size_mb:.0f} MB, {one.licence})" for one in missing)
    first = "".join(f"{one.access} " for one in missing if one.access)
    return ToolUnavailable(
        f"Weights are not installed yet: {sizes}.", hint=f"{first}Run `{_pull_command(missing)}`."
    )


def _pull_command(checkpoints: Sequence[Checkpoint]) -> str:
    """Return the one command that brings several checkpoints here."""
    option = " --allow-pickle" if any(one.pickles for one in checkpoints) else ""
    return f"tonmeister models pull {' '.join(one.name for one in checkpoints)}{option}"
