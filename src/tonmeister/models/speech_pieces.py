"""Speech in pieces: stretches joined without the pauses, and times mapped back.

Silero VAD picks the stretches with speech while the recording is read once. They are joined to
pieces of a few minutes, so that no time is spent on pauses and memory stays flat.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tonmeister.artifacts import Region
from tonmeister.audio import Samples
from tonmeister.models.silero import SAMPLE_RATE, SpeechRules
from tonmeister.streaming import Audio

__all__ = ["PIECE_DURATION", "SPEECH", "Piece", "grouped", "mono_16k"]

PIECE_DURATION = 400.0
"""Seconds of speech in a piece: long enough that half-filled last windows cost little."""

SPEECH = SpeechRules(min_silence=2.0, pad=0.4, max_speech=60.0)
"""Wide regions, as recognisers read best with some air around the words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Stretches of speech joined without the pauses between them.

    Attributes:
        regions: Where they lie in the recording.
        offsets: Where each begins inside the piece, in seconds.
        samples: Mono at 16 kHz.
    """

    regions: tuple[Region, ...]
    offsets: tuple[float, ...]
    samples: Samples

    @classmethod
    def read(cls, audio: Audio, regions: Sequence[Region]) -> "Piece":
        """Read stretches of a recording of any rate and number of channels.

        Args:
            audio: The recording; it is read in places.
            regions: In order of time, both ends given.
        """
        parts = [mono_16k(audio, region) for region in regions]
        ends = np.cumsum([len(part) for part in parts]) / SAMPLE_RATE
        return cls(tuple(regions), (0.0, *ends[:-1].tolist()), np.concatenate(parts))

    @property
    def duration(self) -> float:
        """Seconds of speech."""
        return len(self.samples) / SAMPLE_RATE

    def restored(self, start: float, end: float) -> tuple[float, float]:
        """Map a time span of the piece to the recording; it stays inside one stretch."""
        index = max(0, bisect_right(self.offsets, (start + end) / 2) - 1)
        region, shift = self.regions[index], self.regions[index].start - self.offsets[index]
        last = region.start if region.end is None else region.end
        first = min(max(start + shift, region.start), last)
        return first, min(max(end + shift, first), last)


def mono_16k(audio: Audio, region: Region) -> Samples:
    """Read one stretch as mono at 16 kHz.

    Args:
        audio: The recording.
        region: Where to read.
    """
    waveform = audio.read(region.start, region.end)
    if waveform.num_channels > 1:
        waveform = waveform.to_mono()
    if waveform.sample_rate != SAMPLE_RATE and waveform.num_frames:
        waveform = waveform.resampled(SAMPLE_RATE)
    return waveform.samples[0]


def grouped(regions: Iterable[Region], duration: float = PIECE_DURATION) -> Iterator[list[Region]]:
    """Group regions, as they come.

    Args:
        regions: In order of time, both ends given.
        duration: Seconds from which a group is full.
    """
    group: list[Region] = []
    so_far = 0.0
    for region in regions:
        group.append(region)
        so_far += (region.end or region.start) - region.start
        if so_far >= duration:
            yield group
            group, so_far = [], 0.0
    if group:
        yield group
