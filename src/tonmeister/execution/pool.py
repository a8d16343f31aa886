"""Loaded models inside a worker, under a memory budget."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from tonmeister.checkpoints import CheckpointCache
from tonmeister.errors import ToolUnavailable
from tonmeister.toolspec import Model

__all__ = ["ModelPool"]


class ModelPool:
    """Keep models loaded, the least recently used leaving first.

    Args:
        weights: Where checkpoints lie.
        threads: CPU threads of one model.
    """

    def __init__(self, weights: CheckpointCache, threads: int) -> None:
        self._weights = weights
        self._threads = threads
        self._loaded: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    @property
    def loaded(self) -> dict[str, int]:
        """Memory of each loaded model in MiB, by name."""
        return {name: memory_mb for name, (memory_mb, _) in self._loaded.items()}

    def get(self, model: Model, budget_mb: int) -> Callable[..., Any]:
        """Return the model, loading it when it is not loaded.

        Args:
            model: The model.
            budget_mb: Memory all models of this worker may use together, in MiB.

        Raises:
            ToolUnavailable: Its weights are not installed, or a package is missing.
        """
        card, key = model.card, f"{model.tool}:{model.card.name}"
        if key in self._loaded:
            self._loaded.move_to_end(key)
            return self._loaded[key][1]
        while self._loaded and sum(self.loaded.values()) + card.memory_mb > budget_mb:
            self._loaded.popitem(last=False)
        folder = None
        if card.checkpoint is not None:
            folder = self._weights.path(card.checkpoint)
            if folder is None:
                raise ToolUnavailable(
                    f"The weights of {card.name} are not installed.",
                    tool=model.tool,
                    hint=f"Run `tonmeister models pull {card.name}`.",
                )
        adapter = model.adapter()
        try:
            adapter.load(folder, self._threads)
        except ImportError as error:
            extra = f"[{card.extra}]" if card.extra else ""
            raise ToolUnavailable(
                f"{card.name} needs the package '{error.name}', which is not installed.",
                tool=model.tool,
                hint=f"Run `pip install 'tonmeister{extra}'`.",
            ) from error
        self._loaded[key] = (card.memory_mb, adapter)
        return adapter
