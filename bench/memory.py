"""Memory: whether it stays flat with the length of a recording, and comes back when idle."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure, Goal, measured
from bench.studio import Bench
from scripts.recordings import LIBRIVOX, TWO_CITIES
from tonmeister.checkpoints import CheckpointCache
from tonmeister.models.gtcrn import GTCRN
from tonmeister.models.whisper import WHISPER_BASE
from tonmeister.models.yamnet import YAMNET

__all__ = ["measure_length", "measure_unloading"]

GOAL = Goal("<", 1.15)
STEPS: Mapping[str, Mapping[str, Any]] = {
    "trim": {"start": 5.0},
    "normalize_loudness": {"target_lufs": -16.0},
    "detect_speech": {},
    "detect_sounds": {},
    "enhance_speech": {},
}
IDLE_UNLOAD = 2.0


def measure_length(bench: Bench) -> Iterator[Figure]:
    """Compare peak memory on a short and a long recording, in fresh processes."""
    bench.weights(GTCRN, YAMNET)
    minutes = (2, 12) if bench.quick else (10, 60)
    encoded = [bench.speech(60.0 * each, suffix="mp3") for each in minutes]
    plain = [bench.speech(60.0 * each) for each in minutes]
    for name, files in {"MP3": encoded, "WAV": plain}.items():
        few, many = (bench.child("decode", file=str(file)) for file in files)
        yield _compared(f"decode {name}", "decoder", few, many, minutes)
    highest = [{"interface": 0.0}, {"interface": 0.0}]
    for tool, args in STEPS.items():
        few, many = (_peak(bench, tool, args, file) for file in plain)
        for so_far, found in zip(highest, (few, many), strict=True):
            so_far["interface"] = max(so_far["interface"], found["interface"])
        yield _compared(tool, "worker", few, many, minutes)
    yield _compared("all of these", "interface", highest[0], highest[1], minutes)
    if bench.long:
        yield from _transcription_length(bench)


def _transcription_length(bench: Bench) -> Iterator[Figure]:
    """Compare the peak memory of transcribing a short and a long talk with pauses."""
    minutes = (5, 60)
    bench.weights(WHISPER_BASE)
    few, many = (
        _peak(bench, "transcribe", {"language": "en"}, _talk(bench, 60.0 * each))
        for each in minutes
    )
    yield _compared("transcribe talk with pauses", "worker", few, many, minutes)


def _talk(bench: Bench, duration: float) -> Path:
    """Write real readings again and again, with pauses of 0.5 to 4 s between them."""
    import numpy as np
    import soundfile

    cache = CheckpointCache(bench.settings.weights)
    files = [cache.pull(TWO_CITIES) / "two_cities.wav", *sorted(cache.pull(LIBRIVOX).glob("*.wav"))]
    readings = [_mono_16k(file) for file in files]
    rng = np.random.default_rng(round(duration))
    path = bench.fresh("talk") / "talk.wav"
    with soundfile.SoundFile(path, "w", 16_000, 1) as file:
        while file.frames < duration * 16_000:
            file.write(readings[rng.integers(len(readings))])
            file.write(1e-4 * rng.standard_normal(rng.integers(8_000, 64_000)))
    return path


def _mono_16k(path: Path) -> Any:
    import soundfile
    import soxr

    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, 16_000)


def _peak(bench: Bench, tool: str, args: Mapping[str, Any], file: Path) -> dict[str, Any]:
    return bench.child("step", tool=tool, args={"audio": "@a1", **args}, file=str(file))


def _compared(
    name: str,
    where: str,
    few: Mapping[str, float],
    many: Mapping[str, float],
    minutes: tuple[int, int],
) -> Figure:
    short, long = minutes
    note = f"{short} min: {few[where]:.0f} MiB, {long} min: {many[where]:.0f} MiB"
    title = f"{name}: peak of the {where}, {long} : {short} min"
    return measured(title, [many[where] / few[where]], "", GOAL, note)


def measure_unloading(bench: Bench) -> Iterator[Figure]:
    """Follow a worker from before its model is loaded until it is gone."""
    bench.weights(WHISPER_BASE)
    runs = [
        bench.child("unload", changes={"idle_unload": IDLE_UNLOAD}, file=str(bench.speech()))
        for _ in range(bench.runs(3, 1))
    ]
    titles = {
        "worker_before": "worker before the model is loaded",
        "worker_during": "worker while it transcribes, at most",
        "worker_idle": "worker after it, idle",
        "worker_after": "worker after idle unload",
        "interface_before": "interface process before",
        "interface_during": "interface process after the step",
        "interface_after": "interface process after idle unload",
    }
    for key, title in titles.items():
        goal = Goal("=", 0.0) if key == "worker_after" else None
        yield measured(title, [run[key] for run in runs], "MiB", goal)
    gone = [run["gone_after"] for run in runs]
    yield measured("idle until the worker is gone", gone, "s", note=f"set to {IDLE_UNLOAD:g} s")
