"""Gaps in a recording, filled from what is around them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.autoregression import continued, interpolated
from tonmeister.tools.matching import Match, best_match

__all__ = [
    "INTERPOLATED",
    "LONGEST",
    "MATCHED",
    "Fill",
    "find_dropout",
    "fill_of",
    "fill_with",
    "with_fill",
]

LONGEST_INTERPOLATED = 0.04  # seconds
LONGEST = 1.0
REACH = 15.0  # seconds before and after the gap in which a passage is looked for
LEAST_CONTEXT = 0.01
ORDER = 1024
CROSSFADE = (0.002, 0.02)  # seconds over which the sound around goes over into a passage that
# fits perfectly, and into one that does not fit
BAND_EDGE_HZ = 40.0  # width over which a band begins and ends
BAND_FADE = 0.005
BAND_CONTEXT = 0.5  # seconds beside a gap over which a band is separated

NEAR = 1.0  # seconds around a time within which a dropout is looked for
STEP = 0.0005
SHORTEST_DROPOUT = 0.002
QUIET = 0.003  # share of the usual level under which nothing is left
ABRUPT = 0.004  # seconds within which a dropout begins and ends

INTERPOLATED = "autoregressive interpolation"
MATCHED = "matched copy"
GENERATED = "generated"

Signal = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """What goes into a gap.

    Attributes:
        first: Index of the first frame of the gap in the recording.
        samples: Shape ``(channels, frames)``.
        method: ``INTERPOLATED``, ``MATCHED`` or ``GENERATED``.
        copied_from: Seconds at which a passage that was copied begins; None when none was.
        similarity: How well its edges fit, -1.0 to 1.0; 1.0 when nothing was copied.
    """

    first: int
    samples: Samples
    method: str
    copied_from: float | None = None
    similarity: float = 1.0


def fill_of(
    audio: Audio, start: float, end: float, band_hz: tuple[float, float] | None = None
) -> Fill | None:
    """Work out what belongs into a gap.

    Args:
        audio: The recording; up to 15 s on both sides of the gap are read.
        start: Beginning of the gap in seconds.
        end: Its end, at most ``LONGEST`` later.
        band_hz: Lowest and highest frequency that are to be filled; None for all of them.

    Returns:
        None when too little is around it: less than 10 ms on a side, or no passage to copy.
    """
    rate = audio.sample_rate
    first, last = round(start * rate), round(end * rate)
    short = end - start <= LONGEST_INTERPOLATED + 1e-9
    beside = BAND_CONTEXT if short else REACH
    offset = max(0, first - round(beside * rate))
    around = audio.read(offset / rate, min(audio.duration, end + beside)).samples
    gap = slice(first - offset, last - offset)
    least = round(LEAST_CONTEXT * rate)
    if gap.start < least or around.shape[1] - gap.stop < least:
        return None
    clean = around if band_hz is None else _in_band(_bridged(around, gap, rate), rate, band_hz)
    match = None if short else best_match(clean, gap.start, gap.stop, rate)
    if match is None and not short:
        return None
    filled = _interpolated(clean, gap) if match is None else _copied(clean, gap, match, rate)
    if band_hz is not None:
        filled = _exchanged(around, gap, filled, rate, band_hz)
    made = filled.astype(np.float32)
    if match is None:
        return Fill(first, made, INTERPOLATED)
    return Fill(first, made, MATCHED, (offset + match.first) / rate, match.similarity)


def fill_with(
    audio: Audio,
    start: float,
    passage: Samples,
    fade: float,
    band_hz: tuple[float, float] | None = None,
) -> Fill | None:
    """Fit a passage that a model made into a gap: what is beside the gap fades into it.

    Args:
        audio: The recording.
        start: Beginning of the gap in seconds.
        passage: As long as the gap, shape ``(channels, frames)``.
        fade: Seconds inside the gap, at both ends, over which the surroundings go on; at most a
            quarter of the gap.
        band_hz: Lowest and highest frequency that are to be filled; None for all of them.

    Returns:
        None when less than 10 ms are on a side of the gap.
    """
    rate, count = audio.sample_rate, passage.shape[1]
    first = round(start * rate)
    offset = max(0, first - round(BAND_CONTEXT * rate))
    last = first + count
    around = audio.read(offset / rate, last / rate + BAND_CONTEXT).samples
    gap = slice(first - offset, last - offset)
    least = round(LEAST_CONTEXT * rate)
    if gap.start < least or around.shape[1] - gap.stop < least:
        return None
    filled = passage.astype(np.float64)
    _faded(filled, around, gap, min(round(fade * rate), count // 4), rate)
    if band_hz is not None:
        whole = around.astype(np.float64)
        whole[:, gap] = filled
        filled = _exchanged(around, gap, _in_band(whole, rate, band_hz)[:, gap], rate, band_hz)
    return Fill(first, filled.astype(np.float32), GENERATED)


def with_fill(audio: Audio, fill: Fill) -> Audio:
    """Put a fill into its gap; every other sample stays as it is.

    Args:
        audio: The recording.
        fill: From ``fill_of``.
    """

    def blocks() -> Iterator[Waveform]:
        position, last = 0, fill.first + fill.samples.shape[1]
        for block in audio.blocks():
            begin, end = max(position, fill.first), min(position + block.num_frames, last)
            samples = block.samples
            if begin < end:
                samples = samples.copy()
                piece = fill.samples[:, begin - fill.first : end - fill.first]
                samples[:, begin - position : end - position] = piece
            position += block.num_frames
            yield Waveform(samples, block.sample_rate)

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, audio.num_frames)


def find_dropout(audio: Audio, time: float) -> tuple[float, float] | None:
    """Find the stretch near a time where the sound breaks off and comes back as abruptly.

    Args:
        audio: The recording; a second on both sides of the time is read.
        time: Seconds from the beginning.

    Returns:
        Its start and end in seconds; None when there is none.
    """
    rate = audio.sample_rate
    offset = round(max(0.0, time - NEAR) * rate)
    samples = np.abs(audio.read(offset / rate, time + NEAR).samples).max(axis=0, initial=0.0)
    step = max(1, round(STEP * rate))
    peaks = samples[: len(samples) // step * step].reshape(-1, step).max(axis=1, initial=0.0)
    if not len(peaks) or not np.any(peaks):
        return None
    quiet = peaks <= QUIET * float(np.percentile(peaks, 75))
    turns = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(int)))
    abrupt = max(1, round(ABRUPT / STEP))
    found: list[tuple[float, float]] = []
    for begin, end in zip(turns[::2], turns[1::2], strict=True):
        before, after = peaks[max(0, begin - abrupt) : begin], peaks[end : end + abrupt]
        loud = 0.1 * float(np.percentile(peaks, 75))
        sides = min(before.max(initial=0.0), after.max(initial=0.0))
        if (end - begin) * STEP >= SHORTEST_DROPOUT and sides >= loud:
            found.append(_widened(samples, begin * step, end * step, QUIET * loud))
    spans = [((offset + begin) / rate, (offset + end) / rate) for begin, end in found]
    return min(spans, key=lambda span: max(span[0] - time, time - span[1], 0.0), default=None)


def _widened(peaks: Samples, begin: int, end: int, level: float) -> tuple[int, int]:
    """Move both ends of a quiet stretch to the last samples that are quiet."""
    while begin > 0 and peaks[begin - 1] <= level:
        begin -= 1
    while end < len(peaks) and peaks[end] <= level:
        end += 1
    return begin, end


def _interpolated(around: Samples | Signal, gap: slice) -> Signal:
    count = gap.stop - gap.start
    order = min(ORDER, 3 * count + 64)
    context = max(8 * count, 4 * order)
    begin, end = max(0, gap.start - context), min(around.shape[1], gap.stop + context)
    order = max(1, min(order, (end - begin - count) // 3))
    unknown = np.zeros(end - begin, np.bool_)
    unknown[gap.start - begin : gap.stop - begin] = True
    rows = [
        interpolated(channel[begin:end].astype(np.float64), unknown, order, rounds=2)[unknown]
        for channel in around
    ]
    return np.stack(rows)


def _copied(around: Samples | Signal, gap: slice, match: Match, rate: int) -> Signal:
    """Return a passage with its gain, into and out of which the surroundings fade."""
    count = gap.stop - gap.start
    gains = np.linspace(match.gain_before, match.gain_after, count)
    passage = around[:, match.first : match.first + count].astype(np.float64) * gains
    perfect, unlike = CROSSFADE
    duration = perfect + (unlike - perfect) * (1.0 - min(1.0, max(0.0, match.similarity)))
    _faded(passage, around, gap, min(round(duration * rate), count // 4), rate)
    return passage


def _faded(passage: Signal, around: Samples | Signal, gap: slice, fade: int, rate: int) -> None:
    """Let the sound at both sides of a gap go over into a passage, which is changed in place."""
    count = passage.shape[1]
    ramp = (np.arange(fade) + 0.5) / max(1, fade)
    for channel, sound in zip(passage, around, strict=True):
        before, after = _beside(sound, gap, fade, rate)
        # Two sounds in phase: their amplitudes add.
        channel[:fade] = channel[:fade] * ramp + before * (1 - ramp)
        channel[count - fade :] = channel[count - fade :] * ramp[::-1] + after * ramp


def _beside(sound: Samples | Signal, gap: slice, fade: int, rate: int) -> tuple[Signal, Signal]:
    """Return how a sound would go on into a gap from before, and from after it backwards."""
    reach = round(0.1 * rate)
    before = sound[max(0, gap.start - reach) : gap.start].astype(np.float64)
    after = sound[gap.stop : gap.stop + reach].astype(np.float64)[::-1]
    order = max(1, min(ORDER // 2, len(before) // 3, len(after) // 3))
    return continued(before, fade, order), continued(after, fade, order)[::-1]


def _bridged(around: Samples, gap: slice, rate: int) -> Signal:
    """Return the sound without what is in the gap, so that it does not ring out of it."""
    count = gap.stop - gap.start
    bridged = around.astype(np.float64)
    ramp = (np.arange(count) + 0.5) / count
    for channel in bridged:
        before, after = _beside(channel, gap, count, rate)
        channel[gap] = before * (1 - ramp) + after * ramp
    return bridged


def _in_band(sound: Signal | Samples, rate: int, band_hz: tuple[float, float]) -> Signal:
    """Return what of a sound lies in a band, without any delay."""
    count = sound.shape[1]
    beside = min(count, round(0.1 * rate))
    padded = np.pad(sound.astype(np.float64), ((0, 0), (beside, beside)), mode="reflect")
    frequencies = np.fft.rfftfreq(padded.shape[1], 1 / rate)
    low, high = band_hz
    rising = np.clip((frequencies - low) / BAND_EDGE_HZ + 0.5, 0.0, 1.0) if low > 0 else 1.0
    falling = np.clip((high - frequencies) / BAND_EDGE_HZ + 0.5, 0.0, 1.0)
    falling = falling if high < rate / 2 else 1.0
    share = np.sin(np.pi / 2 * np.asarray(rising * falling)) ** 2
    spectrum = np.fft.rfft(padded) * share
    return np.fft.irfft(spectrum, padded.shape[1])[:, beside : beside + count]


def _exchanged(
    around: Samples, gap: slice, filled: Signal, rate: int, band_hz: tuple[float, float]
) -> Signal:
    """Exchange the band inside a gap for another, and leave the frequencies outside it."""
    beside = round(BAND_CONTEXT * rate)
    begin = max(0, gap.start - beside)
    near = around[:, begin : gap.stop + beside]
    inner = slice(gap.start - begin, gap.stop - begin)
    change = filled - _in_band(near, rate, band_hz)[:, inner]
    count = change.shape[1]
    fade = min(round(BAND_FADE * rate), count // 4)
    ramp = np.ones(count)
    ramp[:fade] = (np.arange(fade) + 0.5) / fade
    ramp[count - fade :] = ramp[:fade][::-1]
    return around[:, gap] + change * ramp
