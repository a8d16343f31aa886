"""Hesitations as people make them: a vowel of the speaker's own, held between pauses.

Nothing here ships with people who hesitate, so the stillest 80 ms of a vowel are stretched with
WORLD: its frames walk to and fro in time, the pitch falls slowly and trembles, and some end in a
hum. What is between the pauses of a recording stays as it was recorded.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyworld

from tonmeister.audio import Samples, Waveform
from tonmeister.tools.pauses import loud_runs

RATE = 16_000
FRAME = 0.005
Truth = list[tuple[float, float]]


def spoken_pieces(samples: Samples, least_pause: float = 0.25) -> list[Samples]:
    """Cut a recording at 16 kHz in the middle of its pauses."""
    runs = loud_runs(Waveform(samples[None], RATE))
    gaps = [(before[1], after[0]) for before, after in pairwise(runs)]
    places = [round((start + end) / 2 * RATE) for start, end in gaps if end - start >= least_pause]
    return [samples[start:end] for start, end in pairwise([0, *places, len(samples)])]


class Vowel:
    """The stillest 80 ms of somebody's voice.

    Args:
        samples: A second or two of speech at 16 kHz.
    """

    def __init__(self, samples: Samples) -> None:
        speech = samples.astype(np.float64)
        pitch, times = pyworld.dio(speech, RATE, f0_floor=65.0, f0_ceil=500.0)
        pitch = pyworld.stonemask(speech, pitch, times, RATE)
        self.envelope = pyworld.cheaptrick(speech, pitch, times, RATE)
        self.noise = pyworld.d4c(speech, pitch, times, RATE)
        self.pitch_hz = float(np.median(pitch[pitch > 0]))
        loud = np.abs(speech) > 0.05 * np.abs(speech).max()
        self.level = float(np.sqrt(np.mean(speech[loud] ** 2)))
        shapes, powers = np.log(self.envelope)[:, :200], self.envelope.sum(axis=1)
        enough = 0.06 * np.percentile(powers, 95)
        self.count = 16
        spreads = {
            first: float(np.mean(np.std(shapes[first : first + self.count], axis=0)))
            for first in range(len(pitch) - self.count)
            if (pitch[first : first + self.count] > 0).all()
            and powers[first : first + self.count].min() > enough
        }
        self.first = min(spreads, key=lambda first: spreads[first])

    def held(self, duration: float, rng: np.random.Generator, *, hum: float = 0.0) -> Samples:
        """Hold it; ``hum`` is the share at the end in which the mouth is closed."""
        count = round(duration / FRAME)
        walk = np.cumsum(rng.normal(0.25, 0.4, count)) % (2 * (self.count - 1))
        places = self.first + np.abs(walk - (self.count - 1)).round().astype(int)
        envelope, noise = self.envelope[places], self.noise[places]
        if hum:
            bins = np.linspace(0.0, RATE / 2, envelope.shape[1])
            loss_db = np.clip((bins - 400.0) / 400.0 * 22.0, 0.0, 30.0)
            share = np.clip((np.arange(count) / count - (1.0 - hum)) / 0.08, 0.0, 1.0)
            envelope = envelope * 10.0 ** (-share[:, None] * loss_db / 10.0)
        tremble = np.convolve(rng.normal(0.0, 1.0, count), np.hanning(20) / 10.0, "same") * 0.12
        semitones = rng.uniform(-4.0, 0.0) * np.arange(count) * FRAME + tremble
        pitch = self.pitch_hz * rng.uniform(0.82, 0.98) * 2.0 ** (semitones / 12.0)
        sound = pyworld.synthesize(pitch, envelope.copy(order="C"), noise.copy(order="C"), RATE)
        rise, fall = round(0.03 * RATE), round(0.07 * RATE)
        sound[:rise] *= np.sin(np.linspace(0.0, np.pi / 2, rise)) ** 2
        sound[-fall:] *= np.cos(np.linspace(0.0, np.pi / 2, fall)) ** 2
        sound *= self.level * rng.uniform(0.5, 1.0) / np.sqrt(np.mean(sound**2))
        return sound.astype(np.float32)


def with_hesitations(
    pieces: Sequence[Samples], vowels: Sequence[Vowel], rng: np.random.Generator
) -> tuple[Waveform, Truth]:
    """Join pieces of speech with a held vowel between any two; return where those lie."""
    floor = 1e-4 * max(float(np.abs(piece).max()) for piece in pieces)
    parts: list[Samples] = [pieces[0]]
    truth: Truth = []
    position = len(pieces[0])

    def add(samples: Samples) -> None:
        nonlocal position
        parts.append(samples)
        position += len(samples)

    def pause(least: float, most: float) -> None:
        count = round(rng.uniform(least, most) * RATE)
        add((floor * rng.standard_normal(count)).astype(np.float32))

    for piece in pieces[1:]:
        pause(0.12, 0.45)
        hum = rng.uniform(0.4, 0.7) if rng.random() < 0.4 else 0.0
        vowel = vowels[int(rng.integers(len(vowels)))]
        sound = vowel.held(float(rng.uniform(0.25, 0.7)), rng, hum=float(hum))
        start = position
        add(sound)
        truth.append((start / RATE, position / RATE))
        pause(0.15, 0.5)
        add(piece)
    return Waveform(np.concatenate(parts)[None], RATE), truth
