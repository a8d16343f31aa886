"""Real recordings mixed so that every part is known."""

from pathlib import Path

import numpy as np
import soundfile

from scripts.recordings import SINGING, SOUNDS, pulled
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio

TAKES = ("Sing-me-a-song", "Come-and-play", "Got-inspiration", "Join-us", "Oooo-badada")
MUSIC = ("Triumph", "Garden", "Medieval1", "Eggs", "Techno")


def read(path: Path, sample_rate: int) -> Waveform:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Waveform(np.ascontiguousarray(samples.T), rate).resampled(sample_rate)


def singing(sample_rate: int = 44_100) -> Samples:
    """Return 15 s of a cappella singing, mono, with a root mean square of 0.1."""
    takes = [read(pulled(SINGING) / f"{take}.mp3", sample_rate).to_mono() for take in TAKES]
    joined = np.concatenate([take.samples[0] for take in takes])
    return joined / joined.std() * np.float32(0.1)


def music(name: str, length: int, sample_rate: int = 44_100) -> Samples:
    """Return a loop of music as often as it takes, mono, with a root mean square of 0.1."""
    loop = read(pulled(SINGING) / f"{name}.mp3", sample_rate).to_mono().samples[0]
    looped = np.resize(loop, length)
    return looped / looped.std() * np.float32(0.1)


def sound(file: str, sample_rate: int = 44_100) -> Samples:
    """Return a single sound, mono, with a root mean square of 0.1."""
    samples = read(pulled(SOUNDS) / file, sample_rate).to_mono().samples[0]
    return samples / samples.std() * np.float32(0.1)


def collected(audio: Audio) -> Samples:
    """Return all samples, shape ``(channels, frames)``."""
    blocks = [block.samples for block in audio.blocks()]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((audio.num_channels, 0))


def si_sdr(reference: Samples, estimate: Samples) -> float:
    """Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., 2019)."""
    reference, estimate = reference.ravel() - reference.mean(), estimate.ravel() - estimate.mean()
    target = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * np.log10((target @ target) / np.sum((estimate - target) ** 2)))
