"""A worker process: it holds models and runs one step at a time.

It speaks JSON, one message a line: tasks come in on standard input, messages go out on standard
output. It ends as soon as its standard input closes, so it never outlives its parent.
"""

import base64
import json
import logging
import os
import queue
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from tonmeister.artifacts import (
    AudioFile,
    File,
    Image,
    Kind,
    Later,
    Noted,
    SoundEvents,
    SpeakerTurns,
    Text,
    Transcript,
    Value,
    from_json,
    kind_of,
    to_json,
)
from tonmeister.audio import Waveform
from tonmeister.blobs import Blobs
from tonmeister.checkpoints import CheckpointCache
from tonmeister.decoding import decode, decode_picture
from tonmeister.errors import StoreError, TonmeisterError, ToolFailed
from tonmeister.execution.executor import Output
from tonmeister.execution.pool import ModelPool
from tonmeister.registry import Catalog, discover
from tonmeister.streaming import PCM_MEDIA_TYPE, Audio, write_pcm
from tonmeister.toolspec import OPEN, Card, Tool

__all__ = ["Worker", "main"]

PROGRESS_INTERVAL = 0.1
MOST_TIMES = 64
log = logging.getLogger(__name__)


class Worker:
    """Runs steps against the blobs of one home folder.

    Args:
        home: Folder of the store.
        weights: Folder of the checkpoints.
        threads: CPU threads of one model.
        max_duration: Longest recording that is decoded, in seconds.
        catalog: Tools and models; by default all that are installed.
    """

    def __init__(
        self,
        home: Path,
        weights: Path,
        threads: int,
        max_duration: float,
        catalog: Catalog | None = None,
    ) -> None:
        self._blobs = Blobs(home)
        self._catalog = catalog or discover()
        self._pool = ModelPool(CheckpointCache(weights, offline=True), threads)
        self._max_duration = max_duration
        self._models = {(model.tool, model.card.name): model for model in self._catalog.models}

    @property
    def loaded(self) -> dict[str, int]:
        """Memory of each loaded model in MiB, by name."""
        return self._pool.loaded

    def close(self) -> None:
        """Remove the scratch folder; a killed worker's is swept by the next store."""
        self._blobs.close()

    def run(
        self,
        task: Mapping[str, Any],
        budget_mb: int,
        on_progress: Callable[[float], None],
        on_sound: Callable[[Waveform], None],
    ) -> tuple[dict[str, Output], tuple[str, ...]]:
        """Run one step and store its results.

        Args:
            task: A ``Task`` as data.
            budget_mb: Memory the models of this worker may use, in MiB.
            on_progress: Called with the share done, 0.0 to 1.0.
            on_sound: Called with the sound of a task that is listened to, while it is made.

        Returns:
            The stored results by name, and notes for the user.

        Raises:
            TonmeisterError: The step failed.
        """
        tool = self._catalog.tools[task["tool"]]
        folder = self._blobs.scratch()
        try:
            card = None
            body: Callable[..., Any] = tool.body
            if task["model"] is not None:
                model = self._models[tool.name, task["model"]]
                card, body = model.card, self._pool.get(model, budget_mb)
                if hasattr(body, "on_progress"):
                    body.on_progress = on_progress  # pyright: ignore[reportFunctionMemberAccess]
            arguments = dict(task["arguments"])
            notes: list[str] = [card.note] if card is not None and card.note else []
            for name, inputs in task["inputs"].items():
                opened = [self._open(one, card, folder, on_progress, notes) for one in inputs]
                arguments[name] = opened if name in task["many"] else opened[0]
            if tool.folder:
                arguments[tool.folder] = folder
            result = body(**arguments)
            later = None
            if isinstance(result, Noted):
                notes += result.notes
                later, result = result.later, result.value
            if task["listen"] and isinstance(result, Audio):
                result = _overheard(result, on_sound)
            outputs = {
                name: self._store(value, folder, on_progress)
                for name, value in _named(tool, result).items()
            }
            return outputs, (*notes, *(later() if later is not None else ()))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _open(
        self,
        source: Mapping[str, Any],
        card: Card | None,
        folder: Path,
        on_progress: Callable[[float], None],
        notes: list[str],
    ) -> Value:
        path = self._blobs.path(source["sha256"])
        if path is None:
            raise StoreError(
                "A stored input of this step is missing.",
                hint="It may have been dropped by gc; repeat the request that made it.",
            )
        kind = Kind(source["kind"])
        if kind in (Kind.AUDIO, Kind.VIDEO):
            if source["media_type"] != PCM_MEDIA_TYPE:
                pcm = folder / f"decoded-{source['sha256'][:12]}.wav"
                decoded = decode(path, pcm, max_duration=self._max_duration)
                path = pcm
                if decoded.note:
                    notes.append(decoded.note)
            audio = Audio.from_file(path, on_read=on_progress)
            if source["region"] is not None:
                start, end = source["region"]
                audio = Audio.from_file(path).part(start, end)
            audio = self._convert(audio, card, folder, on_progress)
            audio.synthetic = source.get("synthetic") or False
            return audio
        if kind is Kind.IMAGE and card is not None:
            # Pixels for a model: the picture is foreign, and decoded where it can do no harm.
            pixels = folder / f"picture-{source['sha256'][:12]}.ppm"
            decode_picture(path, pixels)
            return Image(pixels, "image/x-portable-pixmap", "ppm")
        if kind in (Kind.FILE, Kind.IMAGE):
            return File(path, source["media_type"], path.suffix)
        return from_json(kind, path.read_bytes())

    def _convert(
        self,
        audio: Audio,
        card: Card | None,
        folder: Path,
        on_progress: Callable[[float], None],
    ) -> Audio:
        """Bring sound to what a model wants, once, so that it can be read at any place."""
        if card is None:
            return audio
        converted = audio.converted(card.sample_rate, card.num_channels)
        if converted is audio:
            return audio
        path = folder / f"converted-{len(list(folder.iterdir()))}.wav"
        write_pcm(converted, path)
        return Audio.from_file(path, on_read=on_progress)

    def _store(self, value: Any, folder: Path, on_progress: Callable[[float], None]) -> Output:
        if isinstance(value, Later):
            value = value.make()
        kind = kind_of(type(value))
        if kind is None:
            raise ToolFailed(f"A result of type {type(value).__name__} is no kind of artifact.")
        if isinstance(value, Audio):
            path = folder / "result.wav"
            written = write_pcm(_followed(value, on_progress), path)
            facts = {**asdict(written), "duration": written.duration}
            return self._adopt(path, kind, PCM_MEDIA_TYPE, facts)
        if isinstance(value, File):
            facts = {"suffix": value.suffix}
            if isinstance(value, AudioFile):
                facts |= _facts_of_file(value)
            return self._adopt(value.path, kind, value.media_type, facts)
        path = folder / "result.json"
        path.write_bytes(to_json(value))
        return self._adopt(path, kind, "application/json", _facts_of(value))

    def _adopt(self, path: Path, kind: Kind, media_type: str, facts: dict[str, Any]) -> Output:
        sha256, size = self._blobs.adopt(path)
        return Output(kind, sha256, size, media_type, facts)


def _overheard(audio: Audio, on_sound: Callable[[Waveform], None]) -> Audio:
    def blocks() -> Iterator[Waveform]:
        for block in audio.blocks():
            on_sound(block)
            yield block

    shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
    return Audio.from_blocks(blocks(), *shape, share_made=audio.share_made)


def _followed(audio: Audio, on_progress: Callable[[float], None]) -> Audio:
    """Report how far sound of unknown length is made, block by block: it may take hours."""
    share = audio.share_made
    if share is None:
        return audio

    def blocks() -> Iterator[Waveform]:
        for block in audio.blocks():
            on_progress(share())
            yield block

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, audio.num_frames)


def _named(tool: Tool, result: object) -> Mapping[str, Any]:
    if OPEN in tool.outputs:
        assert isinstance(result, dict)  # noqa: S101 - what the tool has promised
        return result
    if isinstance(result, tuple):
        return dict(zip(tool.outputs, result, strict=True))
    return {next(iter(tool.outputs)): result}


def _facts_of(value: Value) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    duration = getattr(value, "duration", None)
    if duration is not None:
        facts["duration"] = duration
    if isinstance(value, Transcript):
        facts["language"] = value.language
        facts["num_segments"] = len(value.segments)
        facts["num_words"] = len(value.text.split())
    if isinstance(value, Text):
        facts["language"] = value.language
        facts["num_characters"] = len(value.text)
        facts["num_words"] = len(value.text.split())
    if isinstance(value, SpeakerTurns):
        facts["num_speakers"] = len(value.speakers)
    if isinstance(value, SoundEvents):
        facts["num_events"] = len(value.events)
        facts["heard"] = _times_heard(value)
    return facts


def _times_heard(sounds: SoundEvents) -> dict[str, list[list[float]]]:
    """Return when each sound is heard, so that "the part with the dog" can be told by facts.

    A list that is too long to be kept beside its artifact is left out rather than cut short.
    """
    if len(sounds.events) > MOST_TIMES:
        return {}
    heard: dict[str, list[list[float]]] = {}
    for event in sounds.events:
        heard.setdefault(event.label, []).append([event.start, event.end])
    return heard


def _facts_of_file(file: AudioFile) -> dict[str, Any]:
    import soundfile

    try:
        header = soundfile.info(file.path)
    except soundfile.LibsndfileError:  # M4A: its facts are those of the sound it was made from
        return {}
    return {
        "duration": header.duration,
        "sample_rate": header.samplerate,
        "num_channels": header.channels,
    }


def main() -> None:
    """Serve tasks until standard input closes."""
    settings = json.loads(sys.argv[1])
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not enter the channel
    tasks: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_read_tasks, args=(tasks,), daemon=True).start()
    worker = Worker(
        Path(settings["home"]),
        Path(settings["weights"]),
        settings["threads"],
        settings["max_duration"],
    )
    _send(channel, {"ready": os.getpid()})
    while True:
        message = tasks.get()
        _send(channel, _answer(worker, message, channel))


def _read_tasks(tasks: "queue.SimpleQueue[dict[str, Any]]") -> None:
    for line in sys.stdin:
        tasks.put(json.loads(line))
    # The parent is gone: neither a model in the middle of its work nor a decoder may live on.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _answer(worker: Worker, message: Mapping[str, Any], channel: TextIO) -> dict[str, Any]:
    began = time.monotonic()
    latest = 0.0

    def on_progress(fraction: float) -> None:
        nonlocal latest
        now = time.monotonic()
        if now - latest >= PROGRESS_INTERVAL:
            latest = now
            _send(channel, {"progress": fraction})

    def on_sound(sound: Waveform) -> None:
        # In the message, not in a file: so it reaches the other side wherever the worker runs.
        encoded = base64.b64encode(sound.samples.astype("<f4").tobytes()).decode()
        shape = {"sample_rate": sound.sample_rate, "num_channels": sound.num_channels}
        _send(channel, {"sound": encoded, **shape})

    try:
        task = message["task"]
        outputs, notes = worker.run(task, message["budget_mb"], on_progress, on_sound)
    except TonmeisterError as error:
        return {"failed": error.to_dict(), "loaded": worker.loaded}
    except MemoryError:
        error = ToolFailed("The step ran out of memory.", hint="Close other programs, or use less.")
        return {"failed": error.to_dict(), "loaded": worker.loaded}
    except Exception as error:
        log.debug("step failed", exc_info=True)
        failed = ToolFailed(f"{type(error).__name__}: {error}".splitlines()[0])
        return {"failed": failed.to_dict(), "loaded": worker.loaded}
    return {
        "done": {name: asdict(output) for name, output in outputs.items()},
        "notes": notes,
        "seconds": time.monotonic() - began,
        "loaded": worker.loaded,
    }


def _send(channel: TextIO, message: Mapping[str, Any]) -> None:
    try:
        channel.write(json.dumps(message, allow_nan=False) + "\n")
        channel.flush()
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
