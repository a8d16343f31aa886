"""Which planners are asked, and in which order: the recognizer, then a language model."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings
from tonmeister.planner.answers import Planner
from tonmeister.planner.recognizer import Recognizer
from tonmeister.planner.slots import language_of

if TYPE_CHECKING:
    from tonmeister.llm.embedded import EmbeddedLLM
    from tonmeister.registry import Catalog

__all__ = ["Planners", "language_of"]


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
        self._model: Planner | None = None
        self._embedded: EmbeddedLLM | None = None

    def in_order(self) -> Iterator[Planner]:
        """Yield the planners to ask; later ones are only started when they are reached."""
        if self._given is not None:
            yield from self._given
            return
        yield self._recognizer
        if self._model is None:
            self._model = self._start_model()
        if self._model is not None:
            yield self._model

    def how_to_get_more(self) -> str:
        """Return the command that brings a language model; empty when there is one."""
        if self._given is not None or self._settings.llm == "off" or self._model is not None:
            return ""
        if find_spec("xllamacpp") is None:
            return "pip install 'tonmeister[llm]' && tonmeister models pull qwen2.5-coder-1.5b"
        return "tonmeister models pull qwen2.5-coder-1.5b"

    def close(self) -> None:
        """End the embedded language model."""
        if self._embedded is not None:
            self._embedded.stop()
            self._embedded = None
        self._model = None

    def _start_model(self) -> Planner | None:
        choice = self._settings.llm
        if choice == "remote" or (choice == "auto" and self._settings.llm_url):
            return self._remote()
        return self._start_embedded() if choice in ("auto", "embedded") else None

    def _remote(self) -> Planner:
        from tonmeister.llm.client import remote_client
        from tonmeister.planner.llm import LLMPlanner

        return LLMPlanner("remote", remote_client(self._settings))

    def _start_embedded(self) -> Planner | None:
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
        client = self._embedded.start()
        planner = LLMPlanner("embedded", client)
        self._embedded.warm(planner.prefix_messages(self._catalog))
        return planner
