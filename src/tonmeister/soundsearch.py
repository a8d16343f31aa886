"""Collections of recordings: what is heard in each, found by words or by an example.

A folder is indexed once; after that only what is new or changed is listened to. The index lies in
Tonmeister's home and holds no sound, only numbers: about 5 kB for each recording. A folder is
no artifact, and copying a library into the store to search it would double it: so this is no tool
in a plan but a command beside it. Foreign bytes go the way they always go: each file is decoded in
the limited child, and a worker process listens to it in a scratch home that is emptied file by
file; nothing foreign is opened here.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Artifact, Kind, Measurement, from_json
from tonmeister.blobs import Blobs
from tonmeister.config import Settings
from tonmeister.decoding import decode
from tonmeister.errors import AudioError, ConfigError, StoreError, ToolFailed
from tonmeister.events import ignored
from tonmeister.execution.executor import Message, Output, Task, TaskDone, TaskFailed
from tonmeister.execution.local import LocalExecutor
from tonmeister.plan import Plan, Step
from tonmeister.production import Approve, Studio
from tonmeister.streaming import PCM_MEDIA_TYPE

__all__ = ["SUFFIXES", "Found", "Indexed", "SoundIndex", "SoundSearch"]

SUFFIXES = frozenset(
    {
        *(".wav", ".wave", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aiff"),
        *(".aif", ".wma", ".mp4", ".mov", ".mkv", ".webm", ".avi"),
    }
)
VERSION = 1
SAVED_EVERY = 50
PATIENCE = 60.0
"""Seconds a file may keep still: among a thousand, on a busy machine, some begin late."""

DOUBT = 4.0
"""As in find_sound: how a class that is meant less surely is held back."""

Floats = NDArray[np.float32]
OnFile = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What indexing a folder did.

    Attributes:
        total: Recordings in the index.
        listened: Recordings that were new or changed.
        forgotten: Recordings that are no longer there.
        unreadable: Message by path, relative to the folder, of what could not be read.
    """

    total: int
    listened: int
    forgotten: int
    unreadable: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A recording that was found.

    Attributes:
        path: Where it lies.
        score: By words: the highest score of a class that is meant, 0.0 to 1.0. By example: how
            alike it is, up to 1.0.
        start: Seconds at which the sound is heard best; None when found by example.
        label: The class that is heard, or the surest one.
        duration: Its length in seconds.
        loudness_lufs: Integrated loudness; None when it is too quiet or short for one.
        speech_share: Share of the time with speech, 0.0 to 1.0.
    """

    path: Path
    score: float
    start: float | None
    label: str
    duration: float
    loudness_lufs: float | None
    speech_share: float


@dataclass(slots=True)
class _Entry:
    """A recording in the index."""

    size: int
    changed: int
    duration: float
    loudness_lufs: float | None
    speech_share: float
    music_share: float


class SoundIndex:
    """What is known of one folder.

    Args:
        file: Where it is kept, without a suffix.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.labels: tuple[str, ...] = ()
        self.entries: dict[str, _Entry] = {}
        self.rows: dict[str, tuple[Floats, Floats, Floats]] = {}
        self._read()

    def _read(self) -> None:
        """Read what is kept; a damaged or older index is made anew."""
        try:
            with (
                self._file.with_suffix(".npz").open("rb") as file,
                np.load(file, allow_pickle=False) as kept,
            ):
                told = json.loads(bytes(kept["told"]))
                if told["version"] != VERSION:
                    return
                parts = [np.asarray(kept[name], np.float32) for name in _PARTS]
                labels = tuple(str(label) for label in kept["labels"])
            entries = {name: _Entry(**values) for name, values in told["entries"].items()}
            rows = {
                name: (parts[0][row], parts[1][row], parts[2][row])
                for row, name in enumerate(entries)
            }
        except (OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile):
            return
        self.labels, self.entries, self.rows = labels, entries, rows

    def save(self) -> None:
        """Write it; it appears whole or not at all.

        Raises:
            StoreError: The disk is full.
        """
        entries = {name: asdict(entry) for name, entry in self.entries.items()}
        told = json.dumps({"version": VERSION, "entries": entries}).encode()
        scores, times, embeddings = (
            np.array([self.rows[name][part] for name in entries]) for part in range(3)
        )
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            written = self._file.with_suffix(f".{os.getpid()}.tmp.npz")
            np.savez(
                written,
                told=np.frombuffer(told, np.uint8),
                labels=np.array(self.labels),
                scores=scores.astype(np.float16),
                times=times.astype(np.float32),
                embeddings=embeddings.astype(np.float16),
            )
            written.replace(self._file.with_suffix(".npz"))
        except OSError as error:
            raise StoreError(
                f"The index could not be kept: {error.strerror or error}.",
                hint="Free some disk space.",
            ) from error

    def put(self, name: str, stat: os.stat_result, numbers: Path) -> None:
        """Take in what a worker wrote of a recording.

        Args:
            name: Its path, relative to the folder.
            stat: Size and time of the file that was listened to.
            numbers: The worker's file.
        """
        with np.load(numbers, allow_pickle=False) as made:
            self.labels = tuple(label.decode("utf-8") for label in made["labels"].tolist())
            loudness = float(made["loudness_lufs"])
            self.entries[name] = _Entry(
                stat.st_size,
                stat.st_mtime_ns,
                float(made["duration"]),
                None if np.isnan(loudness) else loudness,
                float(made["speech_share"]),
                float(made["music_share"]),
            )
            scores, times, embedding = (
                np.asarray(made[part], np.float32) for part in ("scores", "times", "embedding")
            )
            self.rows[name] = (scores, times, embedding)

    def by_classes(self, weights: Mapping[str, float]) -> list[tuple[float, str, int]]:
        """Return score, name and class of every recording, the best first.

        Args:
            weights: How surely each class is meant, by label.
        """
        columns = [self.labels.index(label) for label in weights if label in self.labels]
        doubts = DOUBT * np.log([max(1e-3, weights[self.labels[each]]) for each in columns])
        ranked: list[tuple[float, str, int]] = []
        for name, (scores, _, _) in self.rows.items():
            wanted = np.clip(scores[columns], 1e-4, 1.0 - 1e-4)
            logits = np.log(wanted / (1.0 - wanted)) + doubts
            best = int(np.argmax(logits))
            ranked.append((float(1.0 / (1.0 + np.exp(-logits[best]))), name, columns[best]))
        return sorted(ranked, key=lambda one: (-one[0], one[1]))

    def by_example(self, embedding: Floats) -> list[tuple[float, str, int]]:
        """Return likeness, name and surest class of every recording, the most alike first.

        Args:
            embedding: What the example is like.
        """
        if not self.rows:
            return []
        known = np.stack([row[2] for row in self.rows.values()])
        # What all have in common tells nothing; two recordings have nothing but that in common.
        middle = known.mean(axis=0) if len(known) > 2 else np.zeros(known.shape[1], np.float32)
        likeness = _directions(known - middle) @ _directions(embedding[np.newaxis] - middle)[0]
        names = list(self.rows)
        surest = [int(np.argmax(self.rows[name][0])) for name in names]
        ranked = zip(likeness.tolist(), names, surest, strict=True)
        return sorted(ranked, key=lambda one: (-one[0], one[1]))


_PARTS = ("scores", "times", "embeddings")


def _directions(rows: Floats) -> Floats:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


class SoundSearch:
    """Indexes folders and finds recordings in them.

    Args:
        studio: Settings, catalog and weights to work with.
        approve: Asked before weights are downloaded.
        on_file: Called with number, count and path of each file that is listened to.
        cancelled: Set it from another thread to stop; what was listened to is kept.
    """

    def __init__(
        self,
        studio: Studio,
        *,
        approve: Approve | None = None,
        on_file: OnFile | None = None,
        cancelled: threading.Event | None = None,
    ) -> None:
        self._studio = studio
        self._approve = approve
        self._on_file = on_file
        self._cancelled = cancelled or threading.Event()

    def index(self, folder: Path) -> tuple[SoundIndex, Indexed]:
        """Bring the index of a folder up to date.

        Args:
            folder: With recordings, also in folders inside it.

        Raises:
            AudioError: There is no such folder.
            ToolUnavailable: Weights are missing and may not be downloaded.
            RunCancelled: It was stopped.
        """
        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            raise AudioError(f"There is no folder {folder}.", hint="Name a folder of recordings.")
        key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]
        index = SoundIndex(self._studio.settings.home / "search" / key)
        present = dict(_recordings(folder))
        gone = [name for name in index.entries if name not in present]
        for name in gone:
            del index.entries[name], index.rows[name]
        fresh = {name: stat for name, stat in present.items() if not _same(index, name, stat)}
        unreadable = self._listen(folder, fresh, index) if fresh else {}
        if gone or fresh:
            index.save()
        listened = len(fresh) - len(unreadable)
        return index, Indexed(len(index.entries), listened, len(gone), unreadable)

    def find(
        self, folder: Path, words: str | None, like: Path | None, limit: int = 10
    ) -> tuple[list[Found], Indexed]:
        """Find recordings by words or by an example.

        Args:
            folder: With recordings.
            words: As in ``by_words``.
            like: As in ``by_example``; instead of words.
            limit: How many are wanted at most.

        Raises:
            ConfigError: Neither words nor a recording is given, or both.
        """
        if words and like is None:
            return self.by_words(folder, words, limit)
        if like is not None and not words:
            return self.by_example(folder, like, limit)
        raise ConfigError(
            "Say what to search for: words, or a recording that others should sound like, not both."
        )

    def by_words(self, folder: Path, words: str, limit: int = 10) -> tuple[list[Found], Indexed]:
        """Find recordings in which a described sound is heard.

        Args:
            folder: With recordings.
            words: The sound in a few words of any of 16 languages.
            limit: How many are wanted at most.

        Raises:
            ToolInputError: The words mean no sound that is known.
        """
        index, report = self.index(folder)
        if not index.rows:
            return [], report
        weights = self._matched(words)
        return self._found(folder, index, index.by_classes(weights)[:limit], timed=True), report

    def by_example(
        self, folder: Path, example: Path, limit: int = 10
    ) -> tuple[list[Found], Indexed]:
        """Find recordings that sound like another.

        Args:
            folder: With recordings.
            example: Any recording; when it lies in the folder it is left out of what is found.
            limit: How many are wanted at most.
        """
        index, report = self.index(folder)
        with self._workshop() as shop:
            embedding = shop.listened(example.expanduser())[1]["embedding"]
        ranked = [
            one
            for one in index.by_example(np.asarray(embedding, np.float32))
            if not (folder / one[1]).exists() or not (folder / one[1]).samefile(example)
        ]
        return self._found(folder, index, ranked[:limit], timed=False), report

    def _found(
        self,
        folder: Path,
        index: SoundIndex,
        ranked: Sequence[tuple[float, str, int]],
        *,
        timed: bool,
    ) -> list[Found]:
        found: list[Found] = []
        for score, name, label in ranked:
            entry = index.entries[name]
            start = float(index.rows[name][1][label]) if timed else None
            found.append(
                Found(
                    folder / name,
                    round(score, 4),
                    start,
                    index.labels[label],
                    entry.duration,
                    entry.loudness_lufs,
                    entry.speech_share,
                )
            )
        return found

    def _listen(
        self, folder: Path, fresh: Mapping[str, os.stat_result], index: SoundIndex
    ) -> dict[str, str]:
        """Listen to recordings, some at a time; return what could not be read."""
        unreadable: dict[str, str] = {}
        with self._workshop() as shop, ThreadPoolExecutor(shop.capacity) as pool:
            jobs = {name: pool.submit(shop.listened, folder / name) for name in fresh}
            try:
                for number, (name, job) in enumerate(jobs.items(), start=1):
                    try:
                        numbers, _ = job.result()
                    except AudioError as error:
                        unreadable[name] = error.message
                    else:
                        index.put(name, fresh[name], numbers)
                        numbers.unlink()
                    if self._on_file is not None:
                        self._on_file(number, len(fresh), name)
                    if number % SAVED_EVERY == 0:
                        index.save()
            except BaseException:
                self._cancelled.set()
                pool.shutdown(cancel_futures=True)
                index.save()
                raise
        return unreadable

    def _matched(self, words: str) -> Mapping[str, float]:
        with self._workshop() as shop:
            encoded = shop.done("match_sounds", {"description": words}, {}).read_bytes()
        measured = from_json(Kind.MEASUREMENT, encoded)
        assert isinstance(measured, Measurement)  # noqa: S101 - what the tool promises
        return {label: float(value or 0.0) for label, value in measured.values.items()}

    def _workshop(self) -> "_Workshop":
        return _Workshop(self._studio, self._approve, self._cancelled)


class _Workshop:
    """A scratch home with workers of its own; what is made in it is gone when it is left."""

    def __init__(self, studio: Studio, approve: Approve | None, cancelled: threading.Event) -> None:
        steps = (
            Step(id="s1", tool="index_sound", args={"audio": "@a1"}),
            Step(id="s2", tool="match_sounds", args={"description": "a dog"}),
        )
        settings = studio.settings
        self._cancelled = cancelled
        self._home = Path(tempfile.mkdtemp(prefix="search-", dir=_scratch(settings)))
        try:
            self._models = _chosen(studio, Plan(steps=steps), approve, cancelled)
            self._settings = settings.model_copy(update={"home": self._home})
            self._blobs = Blobs(self._home)
            self._executor = LocalExecutor(self._settings)
        except BaseException:
            shutil.rmtree(self._home, ignore_errors=True)
            raise
        self.capacity = self._executor.capacity()
        self._lock = threading.Lock()
        self._listening: Counter[str] = Counter()

    def __enter__(self) -> "_Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.stop()
        self._blobs.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def listened(self, path: Path) -> tuple[Path, dict[str, Any]]:
        """Decode a file in the limited child and listen to it in a worker.

        Args:
            path: Any file.

        Returns:
            The numbers of it as a file, and as arrays by name.
        """
        folder = self._blobs.scratch()
        try:
            pcm = folder / "decoded.wav"
            limit = self._settings.max_duration
            decode(
                path,
                pcm,
                max_duration=limit,
                cancelled=self._cancelled,
                idle_timeout=PATIENCE,
            )
            with self._lock:
                sha256, _ = self._blobs.adopt(pcm)
                self._listening[sha256] += 1
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        source = {
            "kind": Kind.AUDIO,
            "sha256": sha256,
            "media_type": PCM_MEDIA_TYPE,
            "region": None,
            "synthetic": False,
        }
        # Equal recordings share a blob: it goes when nobody listens to it any more, and each takes
        # a copy of the numbers away.
        try:
            numbers = self.done("index_sound", {}, {"audio": [source]})
            kept = Path(shutil.copy(numbers, self._home / f"{os.urandom(8).hex()}.npz"))
        finally:
            with self._lock, self._blobs.locked(exclusive=True):
                self._listening[sha256] -= 1
                if not self._listening[sha256]:
                    self._blobs.drop(sha256)
        with np.load(kept, allow_pickle=False) as made:
            return kept, {name: made[name] for name in made.files}

    def done(
        self, tool: str, arguments: Mapping[str, Any], inputs: Mapping[str, list[dict[str, Any]]]
    ) -> Path:
        """Run one step in a worker and return the file of its result."""
        model = self._models[tool]
        finished = threading.Event()
        told: list[Message] = []

        def inbox(message: Message) -> None:
            if isinstance(message, (TaskDone, TaskFailed)):
                told.append(message)
                finished.set()

        task = Task(
            id=os.urandom(8).hex(),
            tool=tool,
            model=model.card.name,
            arguments=arguments,
            inputs=inputs,
            memory_mb=model.card.memory_mb,
        )
        self._executor.submit(task, inbox)
        while not finished.wait(0.2):
            if self._cancelled.is_set():
                self._executor.cancel(task.id)
        last = told[-1]
        if isinstance(last, TaskFailed):
            raise last.error
        assert isinstance(last, TaskDone)  # noqa: S101 - the only other that ends a task
        output: Output = next(iter(last.outputs.values()))
        path = self._blobs.path(output.sha256)
        if path is None:
            raise ToolFailed("A worker's result is missing.", tool=tool)
        return path


def _chosen(
    studio: Studio, plan: Plan, approve: Approve | None, cancelled: threading.Event
) -> dict[str, Any]:
    """Return the model of each tool, its weights pulled when that is allowed."""
    nothing = Artifact("", Kind.AUDIO, "", PCM_MEDIA_TYPE, 0, "a1", {"duration": 1.0})
    assignments = studio.price(plan, {"a1": nothing})
    studio.pull_missing(assignments, approve, ignored, cancelled)
    return {step.tool: assignments[step.id].model for step in plan.steps}


def _scratch(settings: Settings) -> Path:
    folder = settings.home / "search"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be made: {error.strerror or error}.", hint="Check its permissions."
        ) from error
    return folder


def _recordings(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files that look like recordings by name, links out of the folder left out."""
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and not path.name.startswith("."):
            try:
                if path.is_file() and path.resolve().is_relative_to(inside):
                    yield path.relative_to(folder).as_posix(), path.stat()
            except OSError:
                continue


def _same(index: SoundIndex, name: str, stat: os.stat_result) -> bool:
    entry = index.entries.get(name)
    return entry is not None and (entry.size, entry.changed) == (stat.st_size, stat.st_mtime_ns)
