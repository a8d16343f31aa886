"""A sound at a known place in a known background."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from scripts.recordings import BABBLE, TRAFFIC, pulled
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio

RATE = 16_000
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Scene:
    """A recording with one sound in it, or none: then it ends before it starts."""

    samples: Samples
    start: float
    end: float

    @property
    def audio(self) -> Audio:
        return Audio.from_waveform(Waveform(self.samples[np.newaxis], RATE))


def clip(path: Path, longest: float = 2.0) -> Samples:
    """Read a sound without the silence around it."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = Waveform(np.ascontiguousarray(samples.T), rate).to_mono().resampled(RATE).samples[0]
    loud = np.flatnonzero(np.abs(mono) > 0.05 * np.abs(mono).max())
    return mono[loud[0] : loud[-1] + 1][: round(longest * RATE)]


def street() -> Samples:
    names = ("TraficHigh2.wav", "TraficHigh3.wav")
    return np.concatenate([clip(pulled(TRAFFIC) / name, 60.0) for name in names])


def voices() -> Samples:
    said = [clip(pulled(BABBLE) / f"{code}/demo-instruct.wav", 60.0) for code in ("en", "it", "ru")]
    length = min(map(len, said))
    together = np.sum([one[:length] / one.std() for one in said], axis=0)
    return np.asarray(together[length // 2 :], np.float32)


def pink(length: int, generator: np.random.Generator) -> Samples:
    spectrum = np.fft.rfft(generator.standard_normal(length))
    bins = np.arange(len(spectrum))
    spectrum[: round(20 * length / RATE)] = 0.0
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(bins, 1)), length).astype(np.float32)


def background(kind: str, generator: np.random.Generator, duration: float = 8.0) -> Samples:
    """Return "street", "voices" or "pink" noise of a known level."""
    length = round(duration * RATE)
    if kind == "pink":
        made = pink(length, generator)
    else:
        source = street() if kind == "street" else voices()
        looped = np.tile(source, length // len(source) + 2)
        made = looped[(first := int(generator.integers(len(source)))) : first + length]
    return (made / made.std() * LEVEL).astype(np.float32)


def scene(
    sound: Samples | None, behind: Samples, snr_db: float, generator: np.random.Generator
) -> Scene:
    """Put a sound between seconds 1 and 5."""
    if sound is None:
        return Scene(behind, 0.0, 0.0)
    first = round(generator.uniform(1.0, 5.0) * RATE)
    made = behind.copy()
    made[first : first + len(sound)] += sound / sound.std() * LEVEL * 10 ** (snr_db / 20)
    made /= max(1.0, float(np.abs(made).max()) / 0.99)
    return Scene(made, first / RATE, (first + len(sound)) / RATE)


def overlap(scene: Scene, spans: Iterator[tuple[float, float]]) -> float:
    """Return the share that the best of some spans has in common with the sound."""
    shares = [
        max(0.0, min(end, scene.end) - max(start, scene.start))
        / (max(end, scene.end) - min(start, scene.start))
        for start, end in spans
    ]
    return max(shares, default=0.0)
