"""Speed of transcribing and speaking, against the same engines called directly.

Both sides take turns in one run, so that a busy machine slows both. Processor time is shown
next to wall time, because it hardly depends on what else runs.
"""

import importlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench.figures import Figure, Goal, measured, ratio
from bench.machine import cpu_seconds
from bench.studio import Bench, Given, MissingPart, Timeline
from scripts.recordings import LIBRIVOX, pulled
from tonmeister.artifacts import Kind, Transcript, from_json
from tonmeister.checks import word_error_rate
from tonmeister.events import StepFinished, StepStarted
from tonmeister.execution.local import LocalExecutor
from tonmeister.models import whisper, whisper_decoding
from tonmeister.models.kokoro import KOKORO
from tonmeister.models.silero import SpeechRules
from tonmeister.models.speech_pieces import SPEECH
from tonmeister.plan import Plan, Step
from tonmeister.session import Tonmeister

__all__ = ["measure_peer", "measure_synthesize", "measure_transcribe"]

GOAL = Goal("≥", 0.95)
KOKORO_ONNX = "kokoro-onnx==0.6.1"
POCKETSPHINX = "pocketsphinx==5.1.1"
VOICE = "af_heart"
TEXT = (
    "It was the best of times, it was the worst of times. It was the age of wisdom, it was the "
    "age of foolishness. The harbour lay quiet in the morning, and a few boats went out to sea. "
    "Nobody had told the keeper of the lighthouse that the old lamp would be replaced this year. "
    "He climbed the stairs, cleaned the glass, and wrote the weather into his book as always. "
)


@dataclass(slots=True)
class _Runs:
    """Seconds of several runs of one side."""

    wall: list[float] = field(default_factory=list[float])
    step: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    sounding: list[float] = field(default_factory=list[float])


def measure_transcribe(bench: Bench) -> Iterator[Figure]:
    """Transcribe the same speech through a session and with faster-whisper itself."""
    (weights,) = bench.weights(whisper.WHISPER_BASE)
    direct = _direct_whisper(weights, bench.settings.threads)
    duration = 60.0 if bench.quick else 300.0
    ours, theirs = _Runs(), _Runs()
    planner = Given(_plan("transcribe", {"audio": "@a1"}))
    settings = bench.with_settings()
    executor = LocalExecutor(settings)
    with Tonmeister(settings, executor=executor, planners=[planner]) as owner:
        _ask(owner, [bench.speech(20.0)])
        direct(bench.speech(20.0))
        for number in range(bench.runs(3, 2)):
            clip = bench.speech(duration)
            sides: list[Callable[[], None]] = [
                lambda clip=clip: _through_session(owner, executor, [clip], ours),
                lambda clip=clip: _directly(lambda: direct(clip), theirs),
            ]
            for side in sides if number % 2 else reversed(sides):
                side()
            clip.unlink()
    note = f"{duration:.0f} s of speech, {settings.threads} threads"
    yield measured(
        "Tonmeister, whole request",
        [duration / s for s in ours.wall],
        "× real time",
        note=f"{note}; decoding, storing and checking included",
    )
    yield measured(
        "faster-whisper, called directly",
        [duration / s for s in theirs.wall],
        "× real time",
        note=f"{note}; same options, decoding and VAD included",
    )
    yield ratio("throughput, Tonmeister : direct", theirs.wall, ours.wall, GOAL)
    yield ratio("… of the step alone", theirs.wall, ours.step)
    yield ratio("… by processor time of the worker", theirs.cpu, ours.cpu)


def measure_peer(bench: Bench) -> Iterator[Figure]:
    """Transcribe clips whose words are known, and let PocketSphinx transcribe them, too."""
    direct = _direct_pocketsphinx()
    clips = _clips_with_words()
    ours, theirs = _Runs(), _Runs()
    heard: dict[str, list[str]] = {"ours": [], "theirs": []}
    planner = Given(_plan("transcribe", {"audio": "@a1"}))
    settings = bench.with_settings(threads=1)
    executor = LocalExecutor(settings)
    with Tonmeister(settings, executor=executor, planners=[planner]) as owner:
        _ask(owner, [bench.speech(20.0)])  # loads the model
        for path, _ in clips:
            _directly(lambda path=path: direct(path, heard["theirs"]), theirs)
            began = time.perf_counter()
            reply = owner.session().ask("", [path], deliver=False)
            ours.wall.append(time.perf_counter() - began)
            made = [one for one in reply.artifacts.values() if one.kind is Kind.TRANSCRIPT]
            written = owner.studio.store.path(made[0]).read_bytes()
            transcript = from_json(Kind.TRANSCRIPT, written)
            assert isinstance(transcript, Transcript)
            heard["ours"].append(transcript.text)
    words = " ".join(text for _, text in clips)
    note = f"{sum(theirs.sounding):.0f} s of LibriVox in {len(clips)} clips, 1 thread each"
    for name, runs in (("Tonmeister", ours), (POCKETSPHINX, theirs)):
        speed = sum(theirs.sounding) / sum(runs.wall)
        yield measured(f"{name}, speed", [speed], "× real time", note=note)
    for name, texts in (("Tonmeister", heard["ours"]), (POCKETSPHINX, heard["theirs"])):
        errors = word_error_rate(words, " ".join(texts))
        yield measured(f"{name}, word error rate", [100 * errors], "%", note=note)
    yield ratio(
        "throughput, Tonmeister : PocketSphinx",
        [sum(theirs.wall)],
        [sum(ours.wall)],
        note="other weights: a 1990s-style acoustic model against Whisper base",
    )


def measure_synthesize(bench: Bench) -> Iterator[Figure]:
    """Speak the same text through a session and with kokoro-onnx itself."""
    (weights,) = bench.weights(KOKORO)
    direct = _direct_kokoro(bench, weights)
    ours, theirs = _Runs(), _Runs()
    planner = Given(_plan("transcribe", {"audio": "@a1"}))
    settings = bench.with_settings()
    executor = LocalExecutor(settings)
    with Tonmeister(settings, executor=executor, planners=[planner]) as owner:
        for number in range(bench.runs(5, 2) + 1):
            spoken = f"Take {number + 1}. {TEXT}"  # another text, so that the cache has nothing
            planner.chosen = _plan(
                "synthesize_speech", {"text": spoken, "language": "en", "voice": VOICE}
            )
            sides: list[Callable[[], None]] = [
                lambda: _through_session(owner, executor, [], ours),
                lambda spoken=spoken: _directly(lambda: direct(spoken), theirs),
            ]
            for side in sides if number % 2 else reversed(sides):
                side()
    for runs in (ours, theirs):  # the first take loads the models
        for values in (runs.wall, runs.step, runs.cpu, runs.sounding):
            del values[:1]
    characters = len(TEXT)
    note = f"{characters} characters, {settings.threads} threads, {VOICE}"
    yield measured(
        "Tonmeister, the step",
        [characters / s for s in ours.step],
        "characters/s",
        note=f"{note}; storing included",
    )
    yield measured(
        "kokoro-onnx, called directly",
        [characters / s for s in theirs.wall],
        "characters/s",
        note=f"{note}; {KOKORO_ONNX}",
    )
    yield ratio("throughput, Tonmeister : direct", theirs.wall, ours.step, GOAL, "same text")
    yield ratio(
        "… by seconds of sound per second",
        _rates(ours.sounding, ours.step),
        _rates(theirs.sounding, theirs.wall),
        note="the real-time factor; pauses count as sound",
    )
    yield ratio(
        "sound made of the same text, Tonmeister : direct",
        ours.sounding,
        theirs.sounding,
        note="above 1, Tonmeister reads more slowly and pauses longer, which costs time, too",
    )
    yield ratio(
        "… of the whole request",
        theirs.wall,
        ours.wall,
        note="the speech is transcribed back as a check",
    )


def _rates(sounding: list[float], seconds: list[float]) -> list[float]:
    return [sound / taken for sound, taken in zip(sounding, seconds, strict=True)]


def _plan(tool: str, args: dict[str, Any]) -> Plan:
    return Plan(steps=(Step(id="s1", tool=tool, args=args),))


def _ask(owner: Tonmeister, files: list[Path]) -> Timeline:
    timeline = Timeline()
    reply = owner.session().ask("", files, deliver=False, on_event=timeline)
    if reply.outcome != "done":
        raise RuntimeError(reply.text)
    return timeline


def _through_session(
    owner: Tonmeister, executor: LocalExecutor, files: list[Path], runs: _Runs
) -> None:
    before = {pid: cpu_seconds(pid) for pid in executor.pids}
    began = time.perf_counter()
    timeline = _ask(owner, files)
    runs.wall.append(time.perf_counter() - began)
    spent = sum(cpu_seconds(pid) - before.get(pid, 0.0) for pid in executor.pids)
    runs.cpu.append(spent)
    runs.step.append(timeline.first(StepFinished) - timeline.first(StepStarted))
    ((_, finished),) = timeline.all(StepFinished)
    runs.sounding += [one.facts.get("duration", 0.0) for one in finished.outputs.values()]


def _directly(call: Callable[[], float], runs: _Runs) -> None:
    began, before = time.perf_counter(), cpu_seconds(os.getpid())
    runs.sounding.append(call())
    runs.wall.append(time.perf_counter() - began)
    runs.cpu.append(cpu_seconds(os.getpid()) - before)


def _direct_whisper(weights: Path, threads: int) -> Callable[[Path], float]:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(weights), device="cpu", compute_type="int8", cpu_threads=threads)
    rules: SpeechRules = SPEECH

    def transcribe(path: Path) -> float:
        segments, facts = model.transcribe(
            str(path),
            vad_filter=True,
            vad_parameters={
                "threshold": rules.threshold,
                "min_silence_duration_ms": round(1000 * rules.min_silence),
                "speech_pad_ms": round(1000 * rules.pad),
                "max_speech_duration_s": rules.max_speech,
            },
            word_timestamps=True,
            condition_on_previous_text=False,
            temperature=(0.0, *whisper_decoding.TEMPERATURES),
            no_speech_threshold=whisper_decoding.NO_SPEECH,
            log_prob_threshold=whisper_decoding.IMPROBABLE,
            compression_ratio_threshold=whisper_decoding.REPETITIVE,
        )
        for _ in segments:  # they are made as they are read
            pass
        return facts.duration

    return transcribe


def _direct_kokoro(bench: Bench, weights: Path) -> Callable[[str], float]:
    import onnxruntime

    kokoro_onnx = _kokoro_onnx()
    voices = bench.fresh("voices") / "voices.npz"
    styles = {
        path.stem: np.fromfile(path, "<f4").reshape(-1, 1, 256)
        for path in (weights / "voices").glob("*.bin")
    }
    np.savez(voices, allow_pickle=False, **styles)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = bench.settings.threads
    session = onnxruntime.InferenceSession(
        str(next(weights.glob("*.onnx"))), options, providers=["CPUExecutionProvider"]
    )
    model = kokoro_onnx.Kokoro.from_session(session, str(voices))

    def speak(text: str) -> float:
        samples, rate = model.create(text, voice=VOICE, speed=1.0, lang="en-us")
        return len(samples) / rate

    return speak


def _direct_pocketsphinx() -> Callable[[Path, list[str]], float]:
    pocketsphinx = _peer(POCKETSPHINX, "pocketsphinx")
    decoder = pocketsphinx.Decoder(lm=pocketsphinx.get_model_path("en-us/en-us.lm.bin"))

    def transcribe(path: Path, heard: list[str]) -> float:
        samples, sample_rate = soundfile.read(path, dtype="int16")
        assert sample_rate == 16_000, "the model's rate"
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        heard.append(found.hypstr if found else "")
        return len(samples) / sample_rate

    return transcribe


def _clips_with_words() -> list[tuple[Path, str]]:
    folder = pulled(LIBRIVOX)
    lines = (folder / "transcription.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"<s> (.*) </s> \(.*-(\d+)\)", line.strip()) for line in lines]
    return [(folder / f"{match[2]}.wav", match[1]) for match in found if match]


def _kokoro_onnx() -> Any:
    # It asks for the package phonemizer, while Tonmeister brings its fork of the same name.
    return _peer(KOKORO_ONNX, "kokoro_onnx")


def _peer(requirement: str, module: str) -> Any:
    """Import a peer from a folder of its own, next to the packages of Tonmeister.

    It is installed without what it depends on, and so runs on the very same packages.
    """
    folder = Path(sys.prefix) / requirement.partition("==")[0]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    install += ["--target", str(folder), requirement]
    if not folder.exists() and subprocess.run(install, check=False).returncode:
        raise MissingPart(f"run: pip install --no-deps --target {folder} {requirement}")
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPart(f"{error}; run: pip install 'tonmeister[espeak]'") from error
