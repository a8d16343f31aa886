"""What the sections share: settings, real recordings, given plans, timed events."""

import itertools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from scripts.recordings import TWO_CITIES
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.config import Settings
from tonmeister.events import Event
from tonmeister.plan import Plan
from tonmeister.planner.answers import Request
from tonmeister.registry import Catalog

__all__ = ["Bench", "CaseFailed", "Given", "MissingPart", "Timeline"]

ROOT = Path(__file__).resolve().parent.parent
BLOCK_FRAMES = 480_000


class MissingPart(Exception):
    """Something a section needs is not installed; the message says which command brings it."""


class CaseFailed(Exception):
    """A case in a process of its own ended with an error, which it has printed."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a section is given.

    Attributes:
        settings: How Tonmeister runs; its home is the working folder.
        quick: Whether fewer and shorter runs are wanted.
        long: Whether runs of many minutes are wanted too.
        folder: Working folder, removed at the end.
        requests: How many requests are planned in several ways.
    """

    settings: Settings
    quick: bool
    long: bool
    folder: Path
    requests: int = 12
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def runs(self, usual: int, quick: int) -> int:
        """Return how many runs to make."""
        return quick if self.quick else usual

    def fresh(self, name: str) -> Path:
        """Return a new folder."""
        path = self.folder / f"{name}-{next(self._numbers)}"
        path.mkdir(parents=True)
        return path

    def with_settings(self, **changes: Any) -> Settings:
        """Return the settings with another, empty home and what else is to change."""
        return self.settings.model_copy(update={"home": self.fresh("home"), **changes})

    def weights(self, *checkpoints: Checkpoint) -> list[Path]:
        """Return the folders of checkpoints.

        Raises:
            MissingPart: One is not installed.
        """
        cache = CheckpointCache(self.settings.weights, offline=True)
        found = {checkpoint.name: cache.path(checkpoint) for checkpoint in checkpoints}
        missing = [name for name, path in found.items() if path is None]
        if missing:
            raise MissingPart(f"run: tonmeister models pull {' '.join(missing)}")
        return [path for path in found.values() if path is not None]

    def speech(self, duration: float | None = None, *, suffix: str = "wav") -> Path:
        """Write real speech, repeated up to a length; each file has another contents.

        Args:
            duration: Seconds; None for the recording itself.
            suffix: "wav" (16 bit) or "mp3".
        """
        import soundfile

        folder = CheckpointCache(self.settings.weights).pull(TWO_CITIES)
        samples, rate = soundfile.read(next(folder.glob("*.wav")), dtype="int16")
        number = next(self._numbers)
        samples[0] = number + 1  # other contents, so that nothing comes out of the cache
        total = len(samples) if duration is None else round(duration * rate)
        path = self.folder / f"speech-{number}.{suffix}"
        with soundfile.SoundFile(path, "w", rate, 1) as file:
            for first in range(0, total, len(samples)):
                piece = samples[: total - first]
                for start in range(0, len(piece), BLOCK_FRAMES):
                    file.write(np.ascontiguousarray(piece[start : start + BLOCK_FRAMES]))
        return path

    def child(
        self, case: str, *, changes: Mapping[str, Any] | None = None, **arguments: Any
    ) -> dict[str, Any]:
        """Run a case in a process of its own and return what it measured.

        Args:
            case: Name of a function of ``bench.cases``.
            changes: Settings that differ from the usual ones.
            arguments: What the case needs.

        Raises:
            CaseFailed: It ended with an error.
        """
        settings = self.with_settings(**(changes or {}))
        request = {"settings": settings.model_dump(mode="json"), **arguments}
        command = [sys.executable, "-m", "bench.cases", case, json.dumps(request)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise CaseFailed(f"the case {case} failed, see above")
        shutil.rmtree(settings.home)
        return json.loads(done.stdout)


class Given:
    """A planner that always has the same plan.

    Args:
        plan: The plan.

    Attributes:
        chosen: The plan; another one may take its place.
    """

    name = "given"

    def __init__(self, plan: Plan) -> None:
        self.chosen = plan

    def plan(self, request: Request, catalog: Catalog) -> Plan:
        """Return the plan."""
        return self.chosen

    def repair(
        self, request: Request, catalog: Catalog, plan: Plan, problems: Sequence[str]
    ) -> None:
        """Give up: the plan of a benchmark must be right."""


class Timeline:
    """Events with the moments they came at, to be given as ``on_event``."""

    def __init__(self) -> None:
        self.began = time.perf_counter()
        self.moments: list[tuple[float, Event]] = []

    def __call__(self, event: Event) -> None:
        """Take an event."""
        self.moments.append((time.perf_counter() - self.began, event))

    def first(self, kind: type[Event]) -> float:
        """Return the seconds until the first event of a kind."""
        return next(moment for moment, event in self.moments if isinstance(event, kind))

    def all(self, kind: type[Event]) -> list[tuple[float, Any]]:
        """Return all events of a kind with their moments."""
        return [(moment, event) for moment, event in self.moments if isinstance(event, kind)]
