"""The façade: a conversation that hands requests on to planner, assignment, execution and reply."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tonmeister.artifacts import Artifact
from tonmeister.assign import Assignment
from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings, load_settings
from tonmeister.delivery import Destination, check_output, destination
from tonmeister.errors import RunCancelled, TonmeisterError
from tonmeister.events import OnEvent, PlanReady, ignored
from tonmeister.execution.executor import Executor
from tonmeister.execution.local import LocalExecutor
from tonmeister.execution.records import Delivery
from tonmeister.ingestion import ingest
from tonmeister.memory import account_of, asked_last, explanation, latest_folder, past_turns
from tonmeister.phrasing import Phraser
from tonmeister.plan import Plan
from tonmeister.plan_translations import translate
from tonmeister.planner.answers import Chat, Command, Planner, Request
from tonmeister.planner.choice import Planned, Planners, language_of
from tonmeister.planner.wording import agreement
from tonmeister.production import Studio
from tonmeister.proposal import (
    Concern,
    Confirm,
    Held,
    Proposal,
    account_in,
    held_back,
    held_by,
    weighed,
)
from tonmeister.recipes.recipe import Recipe
from tonmeister.recipes.running import RecipeReport, RecipeRun
from tonmeister.recipes.saving import recipe_of_session
from tonmeister.registry import Catalog, discover
from tonmeister.reply import Reply, answered
from tonmeister.soundsearch import Found, SoundSearch
from tonmeister.store import Store
from tonmeister.timeline import Timeline
from tonmeister.wording import say

__all__ = ["Concern", "Confirm", "Proposal", "Session", "Tonmeister"]


CANCEL_INTERVAL = 0.1
RECENT_RUNS = 200
FILE_NAME = re.compile(r"\S+\.\w{2,5}\b")  # names of files tell nothing of the language spoken


class Tonmeister:
    """Everything that is shared by conversations: settings, catalog, store, workers, planners.

    Args:
        settings: How to run; by default from file and environment.
        catalog: Tools and models; by default all that are installed.
        executor: Where steps run; by default worker processes on this machine.
        planners: Planners in the order they are asked; by default the recognizer, then the
            language model the settings name.
        phraser: Words captions and answers; by default the language model the settings allow to.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        catalog: Catalog | None = None,
        executor: Executor | None = None,
        planners: Sequence[Planner] | None = None,
        phraser: Phraser | None = None,
    ) -> None:
        settings = settings or load_settings()
        catalog = catalog or discover()
        weights = CheckpointCache(settings.weights)
        self.studio = Studio(
            settings,
            catalog,
            Store(settings.home),
            weights,
            executor or LocalExecutor(settings),
            phraser or Phraser(settings),
        )
        self.planners = Planners(settings, weights, catalog, planners)

    def session(self, name: str | None = None) -> "Session":
        """Open a conversation, or begin it.

        Args:
            name: Its name; None begins a new one.
        """
        return Session(self, name)

    def ask(self, text: str, files: Iterable[str | Path] = (), **options: Any) -> Reply:
        """Answer one request in a conversation of its own; see ``Session.ask``."""
        return self.session().ask(text, files, **options)

    def search(
        self,
        folder: str | Path,
        words: str | None = None,
        *,
        like: str | Path | None = None,
        limit: int = 10,
    ) -> list[Found]:
        """Find recordings in a folder by what is heard in them, the best first.

        The folder is indexed first; only what is new or changed is listened to.

        Args:
            folder: With recordings, also in folders inside it.
            words: A sound in a few words of any of 16 languages.
            like: A recording that others should sound like; instead of words.
            limit: How many are wanted at most.

        Raises:
            ConfigError: Neither words nor a recording is given, or both.
            TonmeisterError: The folder or the recording is not there, or weights are missing.
        """
        example = None if like is None else Path(like)
        return SoundSearch(self.studio).find(Path(folder), words, example, limit)[0]

    def run_recipe(
        self, recipe: Recipe, paths: Iterable[str | Path], **options: Any
    ) -> RecipeReport:
        """Run a recipe on files and folders; one bad file does not stop the others.

        Args:
            recipe: From ``Session.recipe`` or ``Recipe.load``.
            paths: Files, and folders with files in them.
            **options: What ``RecipeRun`` takes: output, others, jobs, force, models, consent.

        Raises:
            TonmeisterError: The recipe cannot be run here as it was made.
        """
        return RecipeRun(self.studio, recipe, **options).run(Path(path) for path in paths)

    def close(self) -> None:
        """End all workers, shrink the store to its budget, and close the ledger."""
        store, budget_mb = self.studio.store, self.studio.settings.store_budget_mb
        self.studio.executor.stop()
        self.planners.close()
        if store.usage().size > budget_mb * 2**20:
            store.gc(budget_mb)
        store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Session:
    """One conversation: requests, artifacts with handles, undo and branches.

    Args:
        owner: What it runs on.
        name: Its name; None begins a new one.
    """

    def __init__(self, owner: Tonmeister, name: str | None = None) -> None:
        self._studio = owner.studio
        self._planners = owner.planners
        self._history = owner.studio.store.history
        self._record = self._history.session(name)
        self._timeline = Timeline(self._history, self._record.id)
        self._cancelled = threading.Event()
        self._running = False

    @property
    def name(self) -> str:
        """What the conversation is called."""
        return self._record.name

    @property
    def artifacts(self) -> dict[str, Artifact]:
        """Everything that can be referred to, by handle such as "@a3", oldest first."""
        named = self._studio.store.handles.visible(self._record.id)
        return {one.handle: one.artifact for one in named}

    def recipe(self, name: str | None = None, *, up_to: str | None = None) -> Recipe:
        """Make a recipe of what was done on the current branch, for other files.

        Args:
            name: What it is called; by default as the conversation.
            up_to: Handle of a result, such as "@a5": later requests are left out.

        Raises:
            RecipeError: Nothing was done that could be done again.
        """
        studio = self._studio
        tools = studio.catalog.tools
        return recipe_of_session(studio.store, self._record, tools, name=name, up_to=up_to)

    def ask(
        self,
        text: str,
        files: Iterable[str | Path] = (),
        *,
        output: str | Path | None = None,
        force: bool = False,
        deliver: bool = True,
        on_event: OnEvent | None = None,
        confirm: Confirm | None = None,
    ) -> Reply:
        """Do what is asked and tell what was done; what should be seen first is shown first.

        Args:
            text: The request in the person's own words, English or Portuguese.
            files: Recordings, videos or pictures it is about.
            output: Folder or file name for the results; by default beside the first file.
            force: Whether existing files may be replaced.
            deliver: Whether to write files at all.
            on_event: Called with everything that happens.
            confirm: Asked when the proposal has concerns, such as a download; None answers with
                a question, and the next request may agree to it, with "yes" for example.

        Raises:
            TonmeisterError: A file is unreadable, or nothing could be begun.
        """
        paths = [Path(file) for file in files]
        proposal = self.propose(text, paths, on_event=on_event)
        target = None
        if deliver:
            asked = Path(output) if output else None
            target = self.target(paths, asked, force=force, proposal=proposal)
        return self.carry_out(proposal, target, on_event=on_event, confirm=confirm)

    async def ask_async(self, text: str, files: Iterable[str | Path] = (), **options: Any) -> Reply:
        """Do what ``ask`` does without blocking the event loop; cancelling it stops the run."""
        work = asyncio.create_task(asyncio.to_thread(self.ask, text, files, **options))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            while not work.done():  # said again, because the work may not have begun yet
                self.cancel()
                await asyncio.wait([work], timeout=CANCEL_INTERVAL)
            if not work.cancelled():
                work.exception()
            raise

    def cancel(self) -> bool:
        """Stop the work under way, from another thread; finished steps are kept.

        Returns:
            Whether there was work to stop that had not been told so before.
        """
        first = self._running and not self._cancelled.is_set()
        self._cancelled.set()
        return first

    def propose(
        self, text: str, files: Iterable[str | Path] = (), *, on_event: OnEvent | None = None
    ) -> Proposal:
        """Plan a request without running it; the files handed over enter the session.

        Words that agree to what the latest turn proposed give that very plan.

        Args:
            text: The request.
            files: Recordings, videos or pictures it is about.
            on_event: Called with everything that happens.

        Raises:
            TonmeisterError: A file is unreadable, or no valid plan could be made.
        """
        files = list(files)
        turns = self._timeline.turns
        held, agreed = held_by(turns), agreement(text) if not files else None
        if agreed is not None and (held or not asked_last(turns)):
            language = held.language if held else language_of(turns[-1].request if turns else text)
            told = Chat(say(language, "dropped" if held else "nothing_held"))
            answer = Planned(held.plan if held and agreed else told, "agreed", sure=True)
            return self._proposed(text, (), on_event, lambda _: answer, held)

        def plan(request: Request) -> Planned:
            return self._planners.answer(request, on_event or ignored)

        return self._proposed(text, files, on_event, plan)

    def propose_plan(self, plan: Plan, text: str, *, on_event: OnEvent | None = None) -> Proposal:
        """Check and price a plan that is given, so that nothing needs to be understood.

        Args:
            plan: The plan; it may refer to what the session knows.
            text: What the turn is called in the session.
            on_event: Called with everything that happens.

        Raises:
            TonmeisterError: The plan is not valid, or no model may do a step.
        """
        return self._proposed(text, (), on_event, lambda _: Planned(plan, "given", sure=True))

    def _proposed(
        self,
        text: str,
        files: Iterable[str | Path],
        on_event: OnEvent | None,
        planned: Callable[[Request], Planned],
        held: Held | None = None,
    ) -> Proposal:
        studio = self._studio
        self._cancelled.clear()
        studio.executor.start()
        before = self._timeline.turns
        turn = self._history.begin_turn(self._record.id, text)
        language = held.language if held else language_of(FILE_NAME.sub(" ", text))
        try:
            request = Request(
                text=text,
                files=tuple(self._hand_over(Path(file), turn.id) for file in files),
                artifacts=self._known(),
                history=past_turns(before),
                language=language,
            )
            began = time.monotonic()
            answer, planner, sure = planned(request)
            assignments: Mapping[str, Assignment] = {}
            if isinstance(answer, Plan):
                lines = tuple(answer.describe())
                (on_event or ignored)(PlanReady(lines, planner, time.monotonic() - began))
                assignments = studio.price(answer, request.artifacts)
        except BaseException as error:
            self._history.discard_turn(turn.id)
            translate(error, language)
            raise
        found = Proposal(request, answer, assignments, planner, turn.id, sure=sure, agreed=held)
        if isinstance(answer, Command) and answer.then:
            return self._proposed_from(answer, found, on_event)
        return weighed(found, studio, None)

    def _proposed_from(
        self, command: Command, proposal: Proposal, on_event: OnEvent | None
    ) -> Proposal:
        """Go elsewhere in the conversation first, and plan the rest of the request from there."""
        self._history.discard_turn(proposal.turn_id)
        head, language = self._timeline.number, proposal.request.language
        try:
            said = self._timeline.obey(command, language)
            if head == self._timeline.number:  # there was nowhere to go
                turn = self._history.begin_turn(self._record.id, proposal.request.text)
                return replace(proposal, answer=replace(command, then=""), turn_id=turn.id)
            planned = self.propose(command.then, on_event=on_event)
        except BaseException as error:
            self._timeline.return_to(head)
            translate(error, language)
            raise
        moved = f"{said}\n{planned.moved}".strip()
        return replace(planned, moved=moved, left=head)

    def carry_out(
        self,
        proposal: Proposal,
        target: Destination | None,
        *,
        on_event: OnEvent | None = None,
        confirm: Confirm | None = None,
        listen: bool = False,
    ) -> Reply:
        """Run what was proposed, or say it when it is no plan or must be agreed to first.

        Args:
            proposal: From ``propose``; its plan may have been edited and priced anew.
            target: Where files go; None writes none.
            on_event: Called with everything that happens.
            confirm: Asked when there are concerns that were not agreed to; None answers with them.
            listen: Whether the sound of the last step is told by ``SoundMade`` while it is made.

        Raises:
            ToolUnavailable: Weights are missing and may not be downloaded.
        """
        turn_id, request, answer = proposal.turn_id, proposal.request, proposal.answer
        if isinstance(answer, Command):
            return self._obey(answer, turn_id, request.language)
        if not isinstance(answer, Plan):
            return self._told(answered(answer, request.language), proposal, target)
        proposal = weighed(proposal, self._studio, target)
        try:
            if target is not None:
                check_output(answer, self._studio.catalog.tools, target)
            reply = held_back(proposal, confirm, self._studio)
            if reply is None:
                self._running = True
                reply = self._perform(proposal, answer, target, on_event or ignored, listen)
        except BaseException as error:  # a turn that is broken off must not go on for ever
            stopped = isinstance(error, (RunCancelled, KeyboardInterrupt))
            told: dict[str, Any] = {}
            if isinstance(error, TonmeisterError):
                told = {"error": error.to_dict()}
                translate(error, request.language)
            self._history.finish_turn(turn_id, told, state="cancelled" if stopped else "failed")
            raise
        finally:
            self._running = False
        return self._told(reply, proposal, target)

    def _told(self, reply: Reply, proposal: Proposal, target: Destination | None) -> Reply:
        """Finish a turn with its reply, and keep the plan that may be agreed to."""
        if proposal.moved:  # the request led elsewhere first
            reply = replace(reply, text=f"{proposal.moved}\n{reply.text}")
        account = account_of(reply, proposal.request, target, self._studio.catalog.tools)
        account |= account_in(proposal, reply, target)
        state = reply.outcome if reply.outcome in ("cancelled", "failed") else "done"
        self._history.finish_turn(proposal.turn_id, account, state=state)
        return reply

    def target(
        self,
        files: Sequence[Path],
        output: Path | None,
        *,
        force: bool = False,
        proposal: Proposal | None = None,
    ) -> Destination | None:
        """Decide where results go: as asked, else beside the file, else where they went before.

        Args:
            files: What was handed over with the request.
            output: Folder or file name asked for.
            force: Whether existing files may be replaced.
            proposal: What will be done; what was agreed to goes where it was to go then.
        """
        if proposal and proposal.agreed and output is None:
            return proposal.agreed.target
        beside = files[0].absolute().parent if files else latest_folder(self._timeline.turns)
        return destination(output, beside, force=force)

    def with_plan(self, proposal: Proposal, plan: Plan) -> Proposal:
        """Return a proposal with another plan, checked and priced.

        Args:
            proposal: From ``propose``.
            plan: The plan that should run instead.

        Raises:
            PlanError: The plan is not valid; the request is forgotten.
        """
        try:
            assignments = self._studio.price(plan, proposal.request.artifacts)
        except TonmeisterError as error:
            self.discard(proposal)
            translate(error, proposal.request.language)
            raise
        changed = replace(proposal, answer=plan, assignments=assignments)
        return weighed(changed, self._studio, None)

    def with_models(self, proposal: Proposal, models: Mapping[str, str]) -> Proposal:
        """Return a proposal in which tools run on the models named.

        Args:
            proposal: From ``propose``.
            models: Name of the model by name of the tool.

        Raises:
            ToolUnavailable: A tool has no such model; the request is forgotten.
        """
        if not isinstance(proposal.answer, Plan):
            return proposal
        return self.with_plan(proposal, proposal.answer.on_models(models))

    def discard(self, proposal: Proposal) -> None:
        """Forget a request that was only planned.

        Args:
            proposal: From ``propose``.
        """
        self._history.discard_turn(proposal.turn_id)
        if proposal.moved:
            self._timeline.return_to(proposal.left)

    def export(self, handle: str, path: Path, *, force: bool = False) -> Reply:
        """Write an artifact to a file whose extension chooses the format.

        Args:
            handle: For example "@a3".
            path: The new file; when it exists and is not to be replaced, the next free name.
            force: Whether an existing file may be replaced.

        Returns:
            The file that was written, and what must be told about it.

        Raises:
            StoreError: There is no such artifact, or the file cannot be written.
            PlanError: The artifact cannot be written in that format.
        """
        artifact = self._studio.store.handles.resolve(self._record.id, handle)
        file, notes = self._studio.export(
            handle, artifact, path, force=force, cancelled=self._cancelled
        )
        return Reply("done", "\n".join([str(file), *notes]), files=(file,))

    def undo(self, language: str = "en", *, count: int = 1, before: int | None = None) -> Reply:
        """Go back to before the latest request; nothing is lost, ``redo`` returns.

        Args:
            language: Language of the answer, "en" or "pt".
            count: How many requests to take back; when there are fewer, none is.
            before: Number of a turn to go back to before; instead of a count.

        Raises:
            StoreError: The turn is not on the way here.
        """
        command = Command("undo", count, before)
        return Reply("command", self._timeline.obey(command, language), language=language)

    def redo(self, language: str = "en", *, count: int = 1) -> Reply:
        """Return to the request that was undone last.

        Args:
            language: Language of the answer, "en" or "pt".
            count: How many requests to bring again; when there are fewer, none is.
        """
        command = Command("redo", count)
        return Reply("command", self._timeline.obey(command, language), language=language)

    def checkout(self, number: int, language: str = "en") -> Reply:
        """Go to any turn of the conversation; what follows becomes a branch.

        Args:
            number: Number of the turn.
            language: Language of the answer, "en" or "pt".

        Raises:
            StoreError: There is no such turn.
        """
        command = Command("checkout", turn=number)
        return Reply("command", self._timeline.obey(command, language), language=language)

    def _known(self) -> dict[str, Artifact]:
        return {handle.lstrip("@"): one for handle, one in self.artifacts.items()}

    def _hand_over(self, file: Path, turn_id: int) -> str:
        studio = self._studio
        artifact = ingest(file, studio.store, studio.settings, self._cancelled)
        return studio.store.handles.assign(turn_id, artifact).lstrip("@")

    def _perform(
        self,
        proposal: Proposal,
        plan: Plan,
        target: Destination | None,
        on_event: OnEvent,
        listen: bool,
    ) -> Reply:
        studio, turn_id = self._studio, proposal.turn_id
        if target is not None and target.force:
            target = replace(target, shown=proposal.replaced)
        shown = proposal.allows_download
        studio.pull_missing(proposal.assignments, lambda _: shown, on_event, self._cancelled)
        began = time.monotonic()
        result = studio.perform(
            plan,
            proposal.assignments,
            proposal.request.artifacts,
            turn_id=turn_id,
            delivery=Delivery(target.audio_format, target.text_format) if target else None,
            on_event=on_event,
            cancelled=self._cancelled,
            listen=listen,
        )
        return studio.reply_to(
            plan,
            result,
            artifacts=proposal.request.artifacts,
            turn_id=turn_id,
            language=proposal.request.language,
            target=target,
            seconds=time.monotonic() - began,
        )

    def _obey(self, command: Command, turn_id: int, language: str) -> Reply:
        """Carry out a command; it leaves no turn of its own in the conversation."""
        self._history.discard_turn(turn_id)
        if command.name in ("undo", "redo", "checkout"):
            try:
                text = self._timeline.obey(command, language)
            except TonmeisterError as error:
                translate(error, language)
                raise
        elif command.name == "list":
            rows = [f"  {handle}  {one.kind}  {one.name}" for handle, one in self.artifacts.items()]
            text = "\n".join(rows) or say(language, "no_artifacts")
        else:
            turns = self._timeline.turns
            text = explanation(turns, self._studio.store.runs.latest(RECENT_RUNS), language)
        return Reply("command", text, language=language)
