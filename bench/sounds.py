"""Sounds in long recordings: how long tagging two hours takes, and whether memory stays flat."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from bench.figures import Figure, Goal, measured
from bench.studio import Bench
from scripts.recordings import BABBLE, TRAFFIC, pulled
from scripts.sounds import EVENTS
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.yamnet import YAMNET
from tonmeister.session import Tonmeister
from tonmeister.soundsearch import SoundSearch

__all__ = ["field_recording", "measure"]

RATE = 16_000
STEPS = {"detect_sounds": {}, "find_sound": {"description": "a rooster"}, "score_sounds": {}}


def measure(bench: Bench) -> Iterator[Figure]:
    """Tag a short and a long field recording in fresh processes."""
    bench.weights(YAMNET, SOUND_WORDS)
    minutes = (1, 6) if bench.quick else (10, 120)
    files = [field_recording(bench, 60.0 * each) for each in minutes]
    for tool, args in STEPS.items():
        few, many = (
            bench.child("step", tool=tool, args={"audio": "@a1", **args}, file=str(file))
            for file in files
        )
        share = many["seconds"] / (60.0 * minutes[1])
        yield measured(
            f"{tool}: wall time of the step for {minutes[1]} min, per second of audio",
            [share],
            "s",
            None if tool == "find_sound" else Goal("≤", 0.03),
            f"{many['seconds']:.0f} s, of which {many['cpu']:.0f} s of processor time",
        )
        note = f"{minutes[0]} min: {few['worker']:.0f} MiB, {minutes[1]} min: {many['worker']:.0f}"
        title = f"{tool}: peak of the worker, {minutes[1]} : {minutes[0]} min"
        yield measured(title, [many["worker"] / few["worker"]], "", Goal("<", 1.15), note)
    yield from _indexing(bench, 50 if bench.quick else 1000)


def _indexing(bench: Bench, count: int) -> Iterator[Figure]:
    """Index a folder of short recordings, then again when nothing has changed."""
    folder = bench.fresh("library")
    generator = np.random.default_rng(count)
    sounds = [_mono(pulled(EVENTS) / file) for file in EVENTS.files]
    for number in range(count):
        made = 0.01 * generator.standard_normal(3 * RATE)
        one = sounds[generator.integers(len(sounds))][: len(made)]
        made[: len(one)] += one
        soundfile.write(folder / f"{number:04d}.flac", np.clip(made, -1.0, 1.0), RATE)
    with Tonmeister(bench.with_settings()) as owner:
        search = SoundSearch(owner.studio)
        for what in ("new", "unchanged"):
            began = time.perf_counter()
            report = search.index(folder)[1]
            seconds = time.perf_counter() - began
            goal = Goal("≤", 600.0) if what == "new" and count == 1000 else None
            note = f"{report.listened} listened to, {len(report.unreadable)} unreadable"
            yield measured(f"search: index {count} {what} files of 3 s", [seconds], "s", goal, note)


def field_recording(bench: Bench, duration: float, num_channels: int = 1) -> Path:
    """Write a street with passers-by who talk, and a single sound every few seconds.

    Args:
        bench: Where it is written.
        duration: Its length in seconds.
        num_channels: All alike but for their level, 3 dB less from each to the next.
    """
    levels = 10 ** (-3.0 / 20.0 * np.arange(num_channels))
    generator = np.random.default_rng(round(duration))
    streets = [_mono(file) for file in sorted(pulled(TRAFFIC).glob("*.wav"))]
    voices = [_mono(file) for file in sorted(pulled(BABBLE).glob("*/*.wav"))]
    sounds = [_mono(pulled(EVENTS) / file) for file in EVENTS.files]
    path = bench.fresh("field") / "field.wav"
    with soundfile.SoundFile(path, "w", RATE, num_channels) as file:
        while file.frames < duration * RATE:
            block = streets[generator.integers(len(streets))].copy()
            for heard, often in ((sounds, 0.8), (voices, 0.3)):
                one = heard[generator.integers(len(heard))][: len(block)]
                if generator.random() < often:
                    first = generator.integers(len(block) - len(one) + 1)
                    block[first : first + len(one)] += generator.uniform(0.3, 1.5) * one
            file.write(np.clip(block, -1.0, 1.0)[:, np.newaxis] * levels)
    return path


def _mono(path: Path) -> Any:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = soxr.resample(samples.mean(axis=1), rate, RATE)
    return mono / max(1e-6, float(mono.std())) * 0.05
