"""The façade: a conversation that hands requests on to planner, assignment, execution and reply."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tonmeister.artifacts import Artifact, Kind, from_json
from tonmeister.assign import Assignment, assign
from tonmeister.checkpoints import Checkpoint, CheckpointCache, Progress
from tonmeister.config import Settings, load_settings
from tonmeister.delivery import FILE_KINDS, Destination, destination, write_files
from tonmeister.errors import PlanError, TonmeisterError, ToolUnavailable
from tonmeister.events import Event, OnEvent, PlanReady, PullProgress
from tonmeister.execution.executor import Executor
from tonmeister.execution.local import LocalExecutor
from tonmeister.execution.run import Delivery, Run, RunResult
from tonmeister.ingestion import ingest
from tonmeister.plan import Plan, Step, check, deliverables, parse_plan
from tonmeister.planner.answers import (
    Answer,
    Chat,
    Command,
    Decline,
    PastTurn,
    Planner,
    Question,
    Request,
)
from tonmeister.planner.choice import Planners, language_of
from tonmeister.registry import Catalog, discover
from tonmeister.reply import Reply, compose
from tonmeister.store import Store
from tonmeister.wording import say

__all__ = ["Approve", "Proposal", "Session", "Tonmeister"]

MAX_REPAIRS = 2
SMALL_CONTENTS = 64 * 1024 * 1024

Approve = Callable[[Sequence[Checkpoint]], bool]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done for a request, before anything runs.

    Attributes:
        request: The request as the planner saw it.
        answer: A plan, a question, a decline, small talk or a command.
        assignments: Model, estimated seconds and memory of each step of a plan.
        planner: Which planner answered.
    """

    request: Request
    answer: Answer
    assignments: Mapping[str, Assignment]
    planner: str


class Tonmeister:
    """Everything that is shared by conversations: settings, catalog, store, workers, planners.

    Args:
        settings: How to run; by default from file and environment.
        catalog: Tools and models; by default all that are installed.
        executor: Where steps run; by default worker processes on this machine.
        planners: Planners in the order they are asked; by default the recognizer, then the
            language model the settings name.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        catalog: Catalog | None = None,
        executor: Executor | None = None,
        planners: Sequence[Planner] | None = None,
    ) -> None:
        self.settings = settings or load_settings()
        self.store = Store(self.settings.home)
        self.catalog = catalog or discover()
        self.weights = CheckpointCache(self.settings.weights)
        self.executor = executor or LocalExecutor(self.settings)
        self.planners = Planners(self.settings, self.weights, self.catalog, planners)

    def session(self, name: str | None = None) -> "Session":
        """Open a conversation, or begin it.

        Args:
            name: Its name; None begins a new one.
        """
        return Session(self, name)

    def ask(self, text: str, files: Iterable[str | Path] = (), **options: Any) -> Reply:
        """Answer one request in a conversation of its own; see ``Session.ask``."""
        return self.session().ask(text, files, **options)

    def close(self) -> None:
        """End all workers and close the ledger."""
        self.executor.stop()
        self.planners.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def installed(self, checkpoint: Checkpoint) -> bool:
        """Tell whether the weights of a checkpoint are on this machine."""
        return self.weights.path(checkpoint) is not None


class Session:
    """One conversation: requests, artifacts with handles, undo and branches.

    Args:
        owner: What it runs on.
        name: Its name; None begins a new one.
    """

    def __init__(self, owner: Tonmeister, name: str | None = None) -> None:
        self._owner = owner
        self._record = owner.store.history.session(name)
        self._cancelled = threading.Event()
        self._running = False

    @property
    def name(self) -> str:
        """What the conversation is called."""
        return self._record.name

    @property
    def artifacts(self) -> dict[str, Artifact]:
        """Everything that can be referred to, by handle such as "@a3", oldest first."""
        named = self._owner.store.handles.visible(self._record.id)
        return {one.handle: one.artifact for one in named}

    def cancel(self) -> bool:
        """Stop the run under way, from another thread; finished steps are kept.

        Returns:
            Whether there was a run to stop that had not been told so before.
        """
        first = self._running and not self._cancelled.is_set()
        self._cancelled.set()
        return first

    def ask(
        self,
        text: str,
        files: Iterable[str | Path] = (),
        *,
        output: str | Path | None = None,
        force: bool = False,
        deliver: bool = True,
        on_event: OnEvent | None = None,
        approve: Approve | None = None,
    ) -> Reply:
        """Do what is asked and tell what was done.

        Args:
            text: The request in the person's own words, English or Portuguese.
            files: Recordings, videos or pictures it is about.
            output: Folder or file name for the results; by default beside the first file.
            force: Whether existing files may be replaced.
            deliver: Whether to write files at all.
            on_event: Called with everything that happens.
            approve: Asked before weights are downloaded; None refuses unless the setting
                ``pull`` is "always".

        Raises:
            TonmeisterError: A file is unreadable, or nothing could be begun.
        """
        paths = [Path(file) for file in files]
        proposal = self.propose(text, paths, on_event=on_event)
        target = None
        if deliver:
            target = self.target(paths, Path(output) if output else None, force=force)
        return self.carry_out(proposal, target, on_event=on_event, approve=approve)

    async def ask_async(self, text: str, files: Iterable[str | Path] = (), **options: Any) -> Reply:
        """Do what ``ask`` does without blocking the event loop; cancelling it stops the run."""
        work = asyncio.create_task(asyncio.to_thread(self.ask, text, files, **options))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            self.cancel()
            await asyncio.wait([work])
            raise

    def propose(
        self, text: str, files: Iterable[str | Path] = (), *, on_event: OnEvent | None = None
    ) -> Proposal:
        """Plan a request without running it; the files handed over enter the session.

        Args:
            text: The request.
            files: Recordings, videos or pictures it is about.
            on_event: Called with everything that happens.

        Raises:
            TonmeisterError: A file is unreadable, or no valid plan could be made.
        """
        owner = self._owner
        self._cancelled.clear()
        owner.executor.start()
        handed = [
            ingest(Path(file), owner.store, owner.settings, self._cancelled) for file in files
        ]
        turn = owner.store.history.begin_turn(self._record.id, text)
        try:
            handles = [owner.store.handles.assign(turn.id, artifact) for artifact in handed]
            request = Request(
                text=text,
                files=tuple(handle.lstrip("@") for handle in handles),
                artifacts={handle.lstrip("@"): one for handle, one in self.artifacts.items()},
                history=self._history(),
                language=language_of(text),
            )
            began = time.monotonic()
            answer, planner = self._plan(request)
            assignments: Mapping[str, Assignment] = {}
            if isinstance(answer, Plan):
                lines = tuple(answer.describe())
                _emit(on_event, PlanReady(lines, planner, time.monotonic() - began))
                assignments = self.price(answer)
        except TonmeisterError as error:
            owner.store.history.finish_turn(turn.id, {"error": error.to_dict()}, state="failed")
            raise
        return Proposal(request, answer, assignments, planner)

    def price(self, plan: Plan | Mapping[str, Any] | str) -> Mapping[str, Assignment]:
        """Check a plan, and tell who would do each step, how long, and with how much memory.

        Args:
            plan: A plan, or its JSON.

        Raises:
            PlanError: The plan is not valid; every problem is listed.
            ToolUnavailable: No model may do a step.
        """
        owner = self._owner
        plan = plan if isinstance(plan, Plan) else parse_plan(plan)
        known = {handle.lstrip("@"): one for handle, one in self.artifacts.items()}
        problems = check(plan, owner.catalog.tools, known)
        if problems:
            raise PlanError(problems)
        return assign(plan, owner.catalog, owner.settings, owner.installed, known)

    def carry_out(
        self,
        proposal: Proposal,
        target: Destination | None,
        *,
        on_event: OnEvent | None = None,
        approve: Approve | None = None,
    ) -> Reply:
        """Run what was proposed, or say it when it is no plan.

        Args:
            proposal: From ``propose``; its plan may have been edited and priced anew.
            target: Where files go; None writes none.
            on_event: Called with everything that happens.
            approve: Asked before weights are downloaded.

        Raises:
            ToolUnavailable: Weights are missing and may not be downloaded.
        """
        history = self._owner.store.history
        turn = history.head(self._record.id)
        assert turn is not None  # noqa: S101 - propose has begun it
        request, answer = proposal.request, proposal.answer
        if isinstance(answer, Command):
            return self._obey(answer, turn.id, request.language)
        if not isinstance(answer, Plan):
            reply = self._say(answer, request.language)
            history.finish_turn(turn.id, {"text": reply.text, "outcome": reply.outcome})
            return reply
        try:
            self._pull(proposal.assignments, on_event, approve)
            began = time.monotonic()
            known, assignments = request.artifacts, proposal.assignments
            result = self._run(answer, assignments, known, turn.id, target, on_event)
            reply = self._compose(answer, result, turn.id, request, target, began)
        except TonmeisterError as error:
            history.finish_turn(turn.id, {"error": error.to_dict()}, state="failed")
            raise
        state = {"cancelled": "cancelled", "failed": "failed"}.get(reply.outcome, "done")
        history.finish_turn(turn.id, self._account(reply, request, target), state=state)  # pyright: ignore[reportArgumentType]
        return reply

    def target(
        self, files: Sequence[Path], output: Path | None, *, force: bool = False
    ) -> Destination:
        """Decide where results go: as asked, else beside the file, else where they went before.

        Args:
            files: What was handed over with the request.
            output: Folder or file name asked for.
            force: Whether existing files may be replaced.
        """
        return destination(output, self._beside(files), force=force)

    def with_plan(self, proposal: Proposal, plan: Plan) -> Proposal:
        """Return a proposal with another plan, checked and priced.

        Args:
            proposal: From ``propose``.
            plan: The plan that should run instead.

        Raises:
            PlanError: The plan is not valid.
        """
        return replace(proposal, answer=plan, assignments=self.price(plan))

    def with_models(self, proposal: Proposal, models: Mapping[str, str]) -> Proposal:
        """Return a proposal in which tools run on the models named.

        Args:
            proposal: From ``propose``.
            models: Name of the model by name of the tool.

        Raises:
            ToolUnavailable: A tool has no such model.
        """
        if not isinstance(proposal.answer, Plan):
            return proposal
        steps = [
            step.model_copy(update={"model": models.get(step.tool, step.model)})
            for step in proposal.answer.steps
        ]
        return self.with_plan(proposal, Plan(steps=tuple(steps)))

    def discard(self) -> None:
        """Forget the latest request, which was only planned."""
        head = self._owner.store.history.head(self._record.id)
        if head is not None:
            self._owner.store.history.discard_turn(head.id)

    def export(self, handle: str, path: Path, *, force: bool = False) -> Path:
        """Write an artifact to a file whose extension chooses the format.

        Args:
            handle: For example "@a3".
            path: The new file.
            force: Whether an existing file may be replaced.

        Raises:
            StoreError: There is no such artifact, or the file exists or cannot be written.
            ToolInputError: The artifact cannot be written in that format.
        """
        store = self._owner.store
        artifact = store.handles.resolve(self._record.id, handle)
        plan = _export_plan(handle, artifact, path.suffix.lower().lstrip("."))
        if plan is not None:
            known = {handle.lstrip("@"): artifact}
            problems = check(plan, self._owner.catalog.tools, known)
            if problems:
                raise PlanError(problems)
            result = self._run(plan, self.price(plan), known, None, None, None)
            artifact = _only_result(result)
        target = Destination(path.parent, path.name, force)
        place = {"export": (path.stem, artifact, store.path(artifact))}
        return next(iter(write_files(place, target).files))

    def undo(self) -> Reply:
        """Go back to before the latest request; nothing is lost, ``redo`` returns."""
        return self._move("undo", "en")

    def redo(self) -> Reply:
        """Return to the request that was undone last."""
        return self._move("redo", "en")

    def _plan(self, request: Request) -> tuple[Answer, str]:
        """Ask the planners in order; send a faulty plan back for repair, twice at most."""
        catalog = self._owner.catalog
        for planner in self._owner.planners.in_order():
            answer = planner.plan(request, catalog)
            for _ in range(MAX_REPAIRS):
                problems = self._problems(answer, request)
                if not problems or not isinstance(answer, Plan):
                    break
                answer = planner.repair(request, catalog, answer, problems)
            if answer is not None:
                problems = self._problems(answer, request)
                if problems:
                    raise PlanError(problems, hint="Say it in other words, or in smaller steps.")
                return answer, planner.name
        missing = say(request.language, "not_understood")
        command = self._owner.planners.how_to_get_more()
        if command:
            missing += " " + say(request.language, "install_llm", command=command)
        return Decline(missing), "none"

    def _problems(self, answer: Answer | None, request: Request) -> list[str]:
        if not isinstance(answer, Plan):
            return []
        return check(answer, self._owner.catalog.tools, request.artifacts)

    def _pull(
        self,
        assignments: Mapping[str, Assignment],
        on_event: OnEvent | None,
        approve: Approve | None,
    ) -> None:
        owner = self._owner
        wanted = [one.model.card.checkpoint for one in assignments.values() if one.model]
        missing = {one.name: one for one in wanted if one is not None and not owner.installed(one)}
        if not missing:
            return
        chosen = list(missing.values())
        allowed = owner.settings.pull == "always" or (
            owner.settings.pull == "ask" and approve is not None and approve(chosen)
        )
        if not allowed:
            sizes = ", ".join(f"{one.name} ({one.size_mb:.0f} MB, {one.licence})" for one in chosen)
            raise ToolUnavailable(
                f"Weights are not installed yet: {sizes}.",
                hint=f"Run `tonmeister models pull {' '.join(missing)}`.",
            )

        def report(progress: Progress) -> None:
            event = PullProgress(progress.checkpoint, progress.received_mb, progress.total_mb)
            _emit(on_event, event)

        for one in chosen:
            owner.weights.pull(one, on_progress=report, cancelled=self._cancelled.is_set)

    def _run(
        self,
        plan: Plan,
        assignments: Mapping[str, Assignment],
        artifacts: Mapping[str, Artifact],
        turn_id: int | None,
        target: Destination | None,
        on_event: OnEvent | None,
    ) -> RunResult:
        owner = self._owner
        assignments = dict(assignments)
        proof = self._proof()
        if proof is not None:
            assignments["proof"] = proof
        delivery = None
        if target is not None:
            delivery = Delivery(target.audio_format, target.text_format)
        run = Run(
            plan,
            assignments=assignments,
            catalog=owner.catalog,
            store=owner.store,
            executor=owner.executor,
            artifacts=artifacts,
            settings=owner.settings,
            delivery=delivery,
            on_event=on_event or _ignore,
            cancelled=self._cancelled,
        )
        self._running = True
        try:
            return run.execute(turn_id)
        finally:
            self._running = False

    def _proof(self) -> Assignment | None:
        """Return who transcribes synthesized speech back, if that is installed."""
        for model in self._owner.catalog.models_of("transcribe"):
            weights = model.card.checkpoint
            if weights is None or self._owner.installed(weights):
                return Assignment("proof", model, "check", 0.0, model.card.memory_mb, 0.0, ())
        return None

    def _compose(
        self,
        plan: Plan,
        result: RunResult,
        turn_id: int,
        request: Request,
        target: Destination | None,
        began: float,
    ) -> Reply:
        owner = self._owner
        handles: dict[str, str] = {}
        values: dict[str, object] = {}
        leaving: dict[str, tuple[str, Artifact, Path]] = {}
        wanted = {f"{ref.name}.{ref.output}" for ref in deliverables(plan, owner.catalog.tools)}
        for record in result.steps:
            for output, artifact in record.outputs.items():
                place = f"{record.step.id}.{output}"
                handles[place] = owner.store.handles.assign(turn_id, artifact)
                if place not in wanted:
                    continue
                if artifact.kind not in FILE_KINDS:
                    values[place] = self._value(artifact)
                finished = result.delivered.get(place)
                if finished is not None and finished.kind in FILE_KINDS:
                    stored = owner.store.path(finished)
                    leaving[place] = (record.names[output], finished, stored)
        remarks: list[str] = []
        files: Mapping[Path, Artifact] = {}
        if target is not None and leaving:
            written = write_files(leaving, target)
            files = written.files
            remarks = [
                say(request.language, "file_exists", wanted=wanted_path.name, used=used.name)
                for wanted_path, used in written.renamed.items()
            ]
        return compose(
            result,
            plan,
            language=request.language,
            seconds=time.monotonic() - began,
            values=values,
            handles=handles,
            files=files,
            remarks=remarks,
        )

    def _value(self, artifact: Artifact) -> object:
        if artifact.size > SMALL_CONTENTS:
            return None
        return from_json(artifact.kind, self._owner.store.path(artifact).read_bytes())

    def _account(
        self, reply: Reply, request: Request, target: Destination | None
    ) -> dict[str, Any]:
        """Return what the ledger keeps of a turn, enough to refer back to it."""
        by_id = {artifact.id: handle for handle, artifact in reply.artifacts.items()}
        steps: dict[str, str] = {}
        models: dict[str, Any] = {}
        for record in reply.steps:
            for output, artifact in record.outputs.items():
                steps[f"{record.step.id}.{output}"] = by_id.get(artifact.id, "").lstrip("@")
            card = record.model.card if record.model else None
            models[record.step.id] = {
                "tool": record.step.tool,
                "model": card.name if card else None,
                "licence": card.licence if card else None,
            }
        wanted: list[str] = []
        if reply.plan is not None:
            refs = deliverables(reply.plan, self._owner.catalog.tools)
            wanted = [steps.get(f"{ref.name}.{ref.output}", "") for ref in refs]
        return {
            "outcome": reply.outcome,
            "text": reply.text,
            "plan": reply.plan.model_dump(mode="json") if reply.plan else None,
            "inputs": list(request.files),
            "outputs": [handle for handle in wanted if handle],
            "steps": steps,
            "models": models,
            "folder": str(target.folder.absolute()) if target else None,
        }

    def _history(self) -> list[PastTurn]:
        past: list[PastTurn] = []
        for turn in self._owner.store.history.path(self._record.id)[:-1]:
            answer: dict[str, Any] = turn.answer or {}
            plan = answer.get("plan")
            past.append(
                PastTurn(
                    request=turn.request,
                    plan=Plan.model_validate(plan) if plan else None,
                    inputs=tuple(answer.get("inputs", ())),
                    outputs=tuple(answer.get("outputs", ())),
                    steps=answer.get("steps", {}),
                )
            )
        return past

    def _beside(self, paths: Sequence[Path]) -> Path:
        """Return the folder of the file handed over, else the folder used before, else here."""
        if paths:
            return paths[0].absolute().parent
        for turn in reversed(self._owner.store.history.path(self._record.id)):
            folder = (turn.answer or {}).get("folder")
            if folder:
                return Path(folder)
        return Path.cwd()

    def _say(self, answer: Question | Decline | Chat, language: str) -> Reply:
        if isinstance(answer, Question):
            return Reply("question", answer.text, language=language)
        if isinstance(answer, Chat):
            return Reply("chat", answer.text, language=language)
        words = [answer.missing]
        if answer.nearest is not None:
            steps = "; ".join(answer.nearest.describe())
            words.append(say(language, "nearest", plan=steps))
            if answer.loses:
                words.append(say(language, "loses", loses=answer.loses))
        return Reply("decline", " ".join(words), plan=answer.nearest, language=language)

    def _obey(self, command: Command, turn_id: int, language: str) -> Reply:
        """Carry out a command; it leaves no turn of its own in the conversation."""
        self._owner.store.history.discard_turn(turn_id)
        if command.name in ("undo", "redo"):
            return self._move(command.name, language)
        if command.name == "list":
            lines = [
                f"  {handle}  {artifact.kind}  {artifact.name}"
                for handle, artifact in self.artifacts.items()
            ]
            text = "\n".join(lines) or say(language, "no_artifacts")
            return Reply("command", text, language=language)
        return Reply("command", self._explain(language), language=language)

    def _move(self, name: str, language: str) -> Reply:
        history = self._owner.store.history
        turn = history.undo(self._record.id) if name == "undo" else history.redo(self._record.id)
        if turn is None:
            return Reply("command", say(language, f"nothing_to_{name}"), language=language)
        sentence = "undone" if name == "undo" else "redone"
        return Reply("command", say(language, sentence, request=turn.request), language=language)

    def _explain(self, language: str) -> str:
        store = self._owner.store
        for turn in reversed(store.history.path(self._record.id)):
            models = (turn.answer or {}).get("models")
            if not models:
                continue
            reasons = self._reasons(turn.id)
            return "\n".join(
                say(
                    language,
                    "explain_step" if one["model"] else "explain_signal",
                    step=step_id,
                    reason=reasons.get(step_id, ""),
                    **one,
                )
                for step_id, one in models.items()
            )
        return say(language, "nothing_yet")

    def _reasons(self, turn_id: int) -> dict[str, str]:
        for run in self._owner.store.runs.latest(200):
            if run.turn_id == turn_id:
                return {step.step_id: step.reason for step in run.steps}
        return {}


def _export_plan(handle: str, artifact: Artifact, suffix: str) -> Plan | None:
    """Return the step that brings an artifact into a file format; None if it is a file."""
    if artifact.kind is Kind.AUDIO:
        args = {"audio": handle, "format": suffix}
        return Plan(steps=(Step(id="s1", tool="convert_format", args=args),))
    if artifact.kind is Kind.TRANSCRIPT:
        args = {"transcript": handle, "format": suffix}
        return Plan(steps=(Step(id="s1", tool="write_subtitles", args=args),))
    return None


def _only_result(result: RunResult) -> Artifact:
    record = result.steps[0]
    if record.error is not None:
        raise record.error
    return next(iter(record.outputs.values()))


def _emit(on_event: OnEvent | None, event: Event) -> None:
    if on_event is not None:
        on_event(event)


def _ignore(event: Event) -> None:
    """Take an event nobody asked for."""
