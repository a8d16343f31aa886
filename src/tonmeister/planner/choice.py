"""Which planners are asked in which order, and how often: recognizer, drafter, language model.

A plan with faults goes back to its planner; what nobody understands is answered with what is near.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings
from tonmeister.errors import LLMError, PlanError
from tonmeister.events import OnEvent, PlannerStarted
from tonmeister.plan import Plan, check
from tonmeister.planner.answers import Answer, Decline, Planner, Question, Request
from tonmeister.planner.coverage import unused
from tonmeister.planner.doubts import doubtful
from tonmeister.planner.drafter import Drafter
from tonmeister.planner.recognizer import Recognizer
from tonmeister.planner.router import Router, agrees
from tonmeister.planner.slots import language_of
from tonmeister.planner.suggestions import nearest_limit, suggestions
from tonmeister.sentence_encoder import SENTENCE_ENCODER
from tonmeister.wording import say

if TYPE_CHECKING:
    from tonmeister.llm.client import ChatClient
    from tonmeister.llm.embedded import EmbeddedLLM
    from tonmeister.registry import Catalog

__all__ = ["WITHOUT_MODEL", "Planners", "Usage", "language_of"]

MAX_REPAIRS = 2
LANGUAGE_MODELS = ("embedded", "remote")
WITHOUT_MODEL = (Recognizer.name, Drafter.name)
PULL_COMMAND = "tonmeister models pull qwen2.5-coder-1.5b sentence-encoder"


class Planned(NamedTuple):
    """What the planners answered.

    Attributes:
        answer: The answer.
        planner: Name of the planner that gave it, or "none".
        sure: Whether it can be run unseen: nothing in the request is open to another reading.
    """

    answer: Answer
    planner: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model has been asked for.

    Attributes:
        calls: Its answers.
        tokens: Tokens it read and wrote, as its endpoint counts.
        cached_tokens: Those of them that it did not read anew.
    """

    calls: int = 0
    tokens: int = 0
    cached_tokens: int = 0


class Planners:
    """The planners of one process; a language model starts when it is first needed.

    Args:
        settings: Which language model, and where it is.
        weights: Where the embedded model's weights lie.
        catalog: Tools the language model is told of.
        given: Planners to use instead.
    """

    def __init__(
        self,
        settings: Settings,
        weights: CheckpointCache,
        catalog: "Catalog",
        given: Sequence[Planner] | None = None,
    ) -> None:
        self._settings = settings
        self._weights = weights
        self._catalog = catalog.offered
        self._given = given
        self._recognizer = Recognizer()
        self._router: Router | None = None
        self._model: Planner | None = None
        self._embedded: EmbeddedLLM | None = None
        self._client: ChatClient | None = None

    @property
    def usage(self) -> Usage:
        """What the language model has been asked for since it was started."""
        client = self._client
        return Usage(client.calls, client.tokens, client.cached_tokens) if client else Usage()

    def answer(self, request: Request, on_event: OnEvent) -> Planned:
        """Ask the planners in order; send a faulty plan back for repair, twice at most.

        Args:
            request: The request.
            on_event: Told when a planner is started that takes time.

        Returns:
            The answer, who gave it, and whether it is sure.

        Raises:
            PlanError: The plan still has faults.
            LLMError: The language model could not be reached, or its answer was unusable; the hint
                also says what is near and needs none.
        """
        try:
            return self._first_answer(request, on_event)
        except LLMError as error:
            error.hint = f"{error.hint} {suggestions(request, self._catalog)}".strip()
            raise

    def _first_answer(self, request: Request, on_event: OnEvent) -> Planned:
        for planner in self.in_order(on_event):
            answer = self._repaired(planner, request)
            if answer is None:
                continue
            faults, omissions = self._problems(answer, request, planner.name)
            if faults:
                raise PlanError(faults, hint="Say it in other words, or in smaller steps.")
            if omissions and isinstance(answer, Plan):
                left_out, steps = ", ".join(omissions), "; ".join(answer.describe())
                answer = Question(say(request.language, "omits", left_out=left_out, plan=steps))
            if isinstance(answer, Decline):
                answer = self._explained(answer, request, planner.name)
            return Planned(answer, planner.name, self._is_sure(answer, request, planner.name))
        missing = f"{say(request.language, 'not_understood')} {suggestions(request, self._catalog)}"
        command = self._how_to_get_more()
        if command:
            missing += " " + say(request.language, "install_llm", command=command)
        return Planned(Decline(missing), "none", sure=True)

    def _is_sure(self, answer: Answer, request: Request, planner: str) -> bool:
        """Tell whether a language model's plan has the router's tools and nothing doubtful."""
        if not isinstance(answer, Plan) or planner not in LANGUAGE_MODELS:
            return True
        if self._router is None or doubtful(answer, request, self._catalog):
            return False
        return agrees(self._router.route(request.text), answer)

    def _explained(self, answer: Decline, request: Request, planner: str) -> Decline:
        """Name the limit that a language model met, and what is near where no plan is."""
        limit = None
        if planner != Recognizer.name:
            limit = nearest_limit(request.text, self._catalog)
        if limit is not None:
            told = self._recognizer.decline(limit, request, self._catalog)
            if answer.nearest is not None:
                told = replace(told, nearest=answer.nearest, loses=answer.loses or told.loses)
            answer = told
        if answer.nearest is None:
            near = suggestions(request, self._catalog)
            answer = replace(answer, missing=f"{answer.missing} {near}")
        return answer

    def _repaired(self, planner: Planner, request: Request) -> Answer | None:
        answer = planner.plan(request, self._catalog)
        for _ in range(MAX_REPAIRS):
            faults, omissions = self._problems(answer, request, planner.name)
            if not isinstance(answer, Plan) or not (faults or omissions):
                break
            told = [*faults, *(f"The request says {one}; no step uses it." for one in omissions)]
            answer = planner.repair(request, self._catalog, answer, told) or answer
        return answer

    def _problems(
        self, answer: Answer | None, request: Request, planner: str
    ) -> tuple[list[str], list[str]]:
        """Return what is invalid in a plan, and what the request states that it leaves out."""
        if not isinstance(answer, Plan):
            return [], []
        faults = check(answer, self._catalog.tools, request.artifacts)
        # Others answer only when all that the request states has its place in the plan.
        return faults, [] if planner in WITHOUT_MODEL else unused(request, answer)

    def in_order(self, on_event: OnEvent) -> Iterator[Planner]:
        """Yield the planners to ask; later ones are only started when they are reached.

        Args:
            on_event: Told when one is started that takes time.
        """
        if self._given is not None:
            yield from self._given
            return
        yield self._recognizer
        router = self._routed()
        if router is not None:
            yield Drafter(router)
        if self._model is None:
            self._model = self._start_model(on_event)
        if self._model is not None:
            yield self._model

    def _how_to_get_more(self) -> str:
        """Return the command that brings a language model; empty when there is one."""
        if self._given is not None or self._settings.llm == "off" or self._model is not None:
            return ""
        if find_spec("xllamacpp") is None:
            return f"pip install 'tonmeister[llm]' && {PULL_COMMAND}"
        return PULL_COMMAND

    def close(self) -> None:
        """End the embedded language model."""
        if self._embedded is not None:
            self._embedded.stop()
            self._embedded = None
        self._model = None

    def _start_model(self, on_event: OnEvent) -> Planner | None:
        choice = self._settings.llm
        if choice == "remote" or (choice == "auto" and self._settings.llm_url):
            return self._remote()
        return self._start_embedded(on_event) if choice in ("auto", "embedded") else None

    def _remote(self) -> Planner:
        from tonmeister.llm.client import remote_client
        from tonmeister.planner.llm import LLMPlanner

        self._client = remote_client(self._settings)
        return LLMPlanner("remote", self._client, router=self._routed())

    def _routed(self) -> Router | None:
        """Return what tells the tools a request needs; None while its weights are not here."""
        folder = self._weights.path(SENTENCE_ENCODER)
        if self._router is None and folder is not None:
            self._router = Router(folder)
        return self._router

    def _start_embedded(self, on_event: OnEvent) -> Planner | None:
        from tonmeister.llm.embedded import QWEN_CODER_1_5B, EmbeddedLLM, free_threads
        from tonmeister.planner.llm import LLMPlanner

        folder = self._weights.path(QWEN_CODER_1_5B)
        if self._settings.llm == "auto" and (folder is None or find_spec("xllamacpp") is None):
            return None
        name = next(iter(QWEN_CODER_1_5B.files))
        path = (folder or self._settings.weights / QWEN_CODER_1_5B.name) / name
        self._embedded = EmbeddedLLM(
            path,
            n_threads=free_threads(self._settings.threads),
            prefix_folder=self._settings.weights / "prefixes",
            timeout=self._settings.llm_timeout,
        )
        on_event(PlannerStarted())
        try:
            self._client = self._embedded.start()
            planner = LLMPlanner("embedded", self._client, router=self._routed())
            self._embedded.warm(planner.prefix_messages(self._catalog))
        except BaseException:
            self.close()  # the next request starts it anew, not a second one beside it
            raise
        return planner
