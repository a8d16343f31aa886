"""Clipped peaks: found by their flat tops, and drawn anew above the level they were cut at."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.margins import pieces_with_margins
from tonmeister.tools.sparsity import sparsest

__all__ = ["Clipping", "Level", "find_clipping", "without_clipping"]

BLOCK_DURATION = 10.0
MARGIN = 0.05
FLAT = 1e-4  # share of its level within which a flat top is flat: dither, rounding
SHORTEST_RUN = 3  # samples of a flat top that count as evidence
LEAST_RUNS = 3
QUIETEST = 0.05  # full scale under which nothing is looked for
STEEP = 20.0  # times FLAT, by which a flat top falls off beside it: a round top does not
BINS = 2_000  # levels per full scale
ABOVE = 0.1  # samples above a level, per sample at it, that it may have
BELOW = 0.05  # samples at a level, per sample in the tenth below it, that it must have
JOIN = 0.1  # seconds between clipped samples that are one region

FRAME_DURATION = 0.046
HIGHEST = 8.0  # times the level of clipping a peak may become


@dataclass(frozen=True, slots=True)
class Level:
    """Where a channel is cut.

    Attributes:
        channel: From 0.
        value: The sample value that is not passed: positive for peaks, negative for troughs.
    """

    channel: int
    value: float


@dataclass(frozen=True, slots=True)
class Clipping:
    """Clipping that was found.

    Attributes:
        levels: Where channels are cut.
        regions: First frame of every stretch with clipped samples, and the frame after its last.
        num_samples: How many samples are clipped, all channels taken together.
    """

    levels: tuple[Level, ...]
    regions: tuple[tuple[int, int], ...]
    num_samples: int


def find_clipping(audio: Audio) -> Clipping | None:
    """Look for a level that the peaks of a channel reach again and again and never pass.

    Args:
        audio: Any recording; it is read twice.
    """
    tops: Counter[tuple[int, int]] = Counter()
    for piece in pieces_with_margins(audio, BLOCK_DURATION, MARGIN):
        for index, channel in enumerate(piece.samples):
            for sign in (1, -1):
                tops.update((sign * (index + 1), bin_) for bin_ in _flat_tops(sign * channel))
    suspects = [
        Level(abs(which) - 1, float(np.sign(which)) * top)
        for which in {which for which, _ in tops}
        if (top := _highest(tops, which)) is not None
    ]
    return (
        _confirmed(audio, sorted(suspects, key=lambda level: level.channel)) if suspects else None
    )


def without_clipping(audio: Audio, clipping: Clipping) -> Audio:
    """Draw clipped peaks anew; samples that are not clipped stay as they are.

    The result may exceed full scale.

    Source: Kitić, Bertin & Gribonval, "Sparsity and Cosparsity for Audio Declipping: A Flexible
    Non-Convex Approach" (LVA/ICA 2015).

    Args:
        audio: The recording.
        clipping: What ``find_clipping`` found in it.
    """
    shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
    return Audio.from_blocks(_drawn(audio, clipping.levels), *shape)


def _flat_tops(samples: Samples) -> list[int]:
    """Return the level, in bins, of every flat top of one channel."""
    loud = samples >= QUIETEST
    alike = np.abs(np.diff(samples)) <= FLAT * np.abs(samples[1:])
    pairs = np.concatenate([[False], alike & loud[1:] & loud[:-1], [False]])
    turns = np.flatnonzero(np.diff(pairs.astype(np.int8)))
    firsts, lasts = turns[::2], turns[1::2]  # index of first and last sample of each run
    lengths = lasts - firsts + 1
    # A round top that is flat for so long falls off four times as far in half as long beside it.
    beside = np.maximum(1, lengths // 2)
    before, after = firsts - beside, lasts + beside
    whole = (before >= 0) & (after < len(samples)) & (lengths >= SHORTEST_RUN)
    firsts, before, after = firsts[whole], before[whole], after[whole]
    top = samples[firsts]
    least = STEEP * FLAT * top
    steep = (top - samples[before] >= least) & (top - samples[after] >= least)
    return np.round(top[steep] * BINS).astype(np.int64).tolist()


def _highest(tops: Counter[tuple[int, int]], which: int) -> float | None:
    """Return the highest level with enough flat tops."""
    counts = {bin_: count for (one, bin_), count in tops.items() if one == which}
    for bin_ in sorted(counts, reverse=True):
        if sum(counts.get(near, 0) for near in (bin_ - 1, bin_, bin_ + 1)) >= LEAST_RUNS:
            return (bin_ - 1.0) / BINS
    return None


def _confirmed(audio: Audio, suspects: Sequence[Level]) -> Clipping | None:
    """Return the clipping of those levels that stand out of the samples around them."""
    tallies = [_Tally(level, round(JOIN * audio.sample_rate)) for level in suspects]
    offset = 0
    for block in audio.blocks():
        for tally in tallies:
            tally.add(block.samples[tally.level.channel], offset)
        offset += block.num_frames
    sure = [tally for tally in tallies if tally.stands_out()]
    if not sure:
        return None
    regions: list[tuple[int, int]] = []
    for span in sorted(span for tally in sure for span in tally.regions):
        _append(regions, span, sure[0].join)
    levels = tuple(tally.level for tally in sure)
    return Clipping(levels, tuple(regions), sum(tally.at for tally in sure))


@dataclass(slots=True)
class _Tally:
    """Counts how many samples lie at a level, above it, and a little below it."""

    level: Level
    join: int
    at: int = 0
    above: int = 0
    below: int = 0
    regions: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def add(self, samples: Samples, offset: int) -> None:
        height = abs(self.level.value)
        upright = samples * np.float32(np.sign(self.level.value))
        clipped = upright >= height
        self.at += int(np.count_nonzero(clipped))
        self.above += int(np.count_nonzero(upright > height + 3.0 / BINS))
        self.below += int(np.count_nonzero((upright >= 0.9 * height) & ~clipped))
        places = np.flatnonzero(clipped)
        if not len(places):
            return
        for group in np.split(places, 1 + np.flatnonzero(np.diff(places) > self.join)):
            span = (int(group[0]) + offset, int(group[-1]) + 1 + offset)
            _append(self.regions, span, self.join)

    def stands_out(self) -> bool:
        return self.above <= ABOVE * self.at and self.at >= BELOW * self.below


def _append(regions: list[tuple[int, int]], span: tuple[int, int], join: int) -> None:
    """Add a stretch after others, or to the last one where it is near."""
    if regions and span[0] <= regions[-1][1] + join:
        regions[-1] = (regions[-1][0], max(span[1], regions[-1][1]))
    else:
        regions.append(span)


def _drawn(audio: Audio, levels: Sequence[Level]) -> Iterator[Waveform]:
    rate = audio.sample_rate
    size = max(32, 1 << round(np.log2(FRAME_DURATION * rate)))
    hop = size // 2
    # Whole hops, so that frames lie the same in every piece.
    duration, margin = (round(BLOCK_DURATION * rate / hop) * hop / rate, 2 * size / rate)
    for piece in pieces_with_margins(audio, duration, margin):
        drawn = piece.samples.copy()
        for channel in {level.channel for level in levels}:
            cut = [level.value for level in levels if level.channel == channel]
            drawn[channel] = _redrawn(drawn[channel], cut, size)
        yield Waveform(drawn[:, piece.first : piece.last], rate)


def _redrawn(samples: Samples, levels: Sequence[float], size: int) -> Samples:
    """Return one channel of a piece with its clipped samples drawn anew."""
    over = np.zeros(len(samples), np.bool_)
    under = np.zeros(len(samples), np.bool_)
    for level in levels:
        if level > 0:
            over |= samples >= level
        else:
            under |= samples <= level
    clipped = over | under
    if not clipped.any():
        return samples
    drawn = sparsest(samples, over, under, size)
    highest = np.float32(HIGHEST * max(abs(level) for level in levels))
    return np.where(clipped, np.clip(drawn, -highest, highest), samples)
