"""Mending: gaps, clicks, clipping and hum."""

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from tonmeister.artifacts import Noted, SoundEvent, SoundEvents
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio, write_pcm
from tonmeister.tools.clicks import Gap, find_clicks, without_clicks
from tonmeister.tools.clipping import Clipping, find_clipping, without_clipping
from tonmeister.tools.hum import MINIMUM_DURATION, Hum, find_hum, without_hum
from tonmeister.tools.inpainting import (
    INTERPOLATED,
    LONGEST,
    Fill,
    fill_of,
    find_dropout,
    with_fill,
)
from tonmeister.toolspec import Range, WorkingFolder, tool

__all__ = [
    "Mended",
    "band_of",
    "inpaint",
    "remove_hum",
    "repair",
    "repair_clicks",
    "repair_clipping",
    "span_of",
]

POOR_FIT = 0.4
"""Similarity of the edges under which a copy is said to fit badly."""

GENERATIVE = (
    "A generative model fills longer gaps: `tonmeister models pull stable-audio-open-1.0`, then "
    "say 'with Stable Audio'; or fill a part of it, or cut it out with remove_part."
)

CEILING_DB = -1.0
"""Peak of a recording that had to be turned down, in dB relative to full scale."""


class Mended(NamedTuple):
    """A recording that was mended, and where.

    Attributes:
        recording: The recording; outside the edits it is as it was.
        edits: What was mended, with times in the recording and what was done as labels.
    """

    recording: Audio
    edits: SoundEvents


@tool(suffix="inpainted", claims=("audible", "duration_kept", "shape_kept"))
def inpaint(
    audio: Audio,
    start: Annotated[float, Range(0.0, None)],
    end: Annotated[float | None, Range(0.0, None)] = None,
    low_hz: Annotated[float | None, Range(0.0, None)] = None,
    high_hz: Annotated[float | None, Range(0.0, None)] = None,
) -> Mended | Noted:
    """Fill a gap or dropout of up to 1 s, or a band of it, from what is around it.

    Use it for dropouts, or to cover a short noise. Up to 40 ms are interpolated, longer gaps get
    a fitting passage of the same recording. It invents no words or notes that were lost.

    Args:
        audio: The recording; it must go on for 10 ms or more on both sides of the gap.
        start: Beginning of the gap in seconds; without an end, about where a dropout is.
        end: End of the gap in seconds, at most 1 s later; left out, the dropout is looked for.
        low_hz: Lowest frequency to fill in; what is below stays. Left out, all from 0 Hz.
        high_hz: Highest frequency to fill in; what is above stays. Left out, all upward.
    """
    start, end = span_of(audio, start, end, LONGEST, GENERATIVE)
    band_hz = band_of(audio, low_hz, high_hz)
    fill = fill_of(audio, start, end, band_hz)
    if fill is None:
        raise ToolInputError(
            f"Too little is around the gap from {start:.3f} to {end:.3f} s: 10 ms on both sides "
            "are expected, and another passage as long when it lasts more than 40 ms.",
            hint="Cut the place out with remove_part instead.",
        )
    event = SoundEvent(
        round(start, 4), round(end, 4), fill.method, round(min(1.0, max(0.0, fill.similarity)), 3)
    )
    edits = SoundEvents((event,), audio.duration)
    notes = (_about(fill, start, end, band_hz), *_doubts(fill))
    return Noted(Mended(with_fill(audio, fill), edits), notes)


def span_of(
    audio: Audio, start: float, end: float | None, longest: float, hint: str
) -> tuple[float, float]:
    """Return where a gap is, looked for when its end was not said.

    Args:
        audio: The recording.
        start: Beginning in seconds.
        end: End in seconds; None to look for a dropout near the start.
        longest: Most seconds that can be filled.
        hint: What to do about a gap that is longer.

    Raises:
        ToolInputError: It lies outside of the recording, is empty or too long, or is not found.
    """
    if start >= audio.duration or (end is not None and end > audio.duration + 0.05):
        raise ToolInputError(
            f"The recording is {audio.duration:.2f} s long; the gap lies outside of it.",
            hint="Give times within the recording.",
        )
    if end is None:
        found = find_dropout(audio, start)
        if found is None:
            raise ToolInputError(
                f"No dropout was found within a second of {start:.2f} s.",
                hint="Say where the gap begins and ends.",
            )
        start, end = found
    end = min(end, audio.duration)
    if round(end * audio.sample_rate) <= round(start * audio.sample_rate):
        raise ToolInputError(
            f"The gap ends at {end:g} s, not after its start at {start:g} s.",
            hint="Give an end that is later.",
        )
    if end - start > longest + 1e-9:
        raise ToolInputError(
            f"The gap lasts {end - start:.2f} s; at most {longest:.3g} s can be filled from what "
            "is around it.",
            hint=hint,
        )
    return start, end


def band_of(
    audio: Audio, low_hz: float | None, high_hz: float | None
) -> tuple[float, float] | None:
    """Return the band that is to be filled; None for all frequencies.

    Args:
        audio: The recording.
        low_hz: Lowest frequency in Hz; None for 0.
        high_hz: Highest frequency in Hz; None for all upward.

    Raises:
        ToolInputError: The band is empty.
    """
    if low_hz is None and high_hz is None:
        return None
    top = audio.sample_rate / 2
    low, high = low_hz or 0.0, top if high_hz is None else min(high_hz, top)
    if low >= high:
        raise ToolInputError(
            f"The band from {low:g} to {high:g} Hz is empty; the recording reaches {top:g} Hz.",
            hint="Give a lowest frequency below the highest.",
        )
    return None if low == 0.0 and high == top else (low, high)


def _about(fill: Fill, start: float, end: float, band_hz: tuple[float, float] | None) -> str:
    where = f"from {start:.3f} to {end:.3f} s"
    if band_hz is not None:
        where += f", {band_hz[0]:g}-{band_hz[1]:g} Hz,"
    if fill.method == INTERPOLATED:
        return f"The gap {where} was filled by autoregressive interpolation."
    return (
        f"The gap {where} was filled with the passage at {fill.copied_from:.2f} s, whose edges are "
        f"alike to {max(0.0, fill.similarity):.2f} (1.00 is the same sound)."
    )


def _doubts(fill: Fill) -> tuple[str, ...]:
    if not fill.samples.any():
        return ("What is around the gap is silent, and so is what was filled in.",)
    if fill.method != INTERPOLATED and fill.similarity < POOR_FIT:
        return ("No passage fits well: listen to the place.",)
    return ()


@tool(suffix="declicked", claims=("audible", "duration_kept", "shape_kept"))
def repair_clicks(audio: Audio) -> Mended | Noted:
    """Fill in clicks, pops and crackle; a recording without any is left alone.

    Use it for clicks as from records, bad cables or digital errors, up to 4 ms long. It does not
    remove noise or hum, and does not mend peaks that clip (repair_clipping does).

    Args:
        audio: Any recording.
    """
    clicks = find_clicks(audio)
    repaired = without_clicks(audio, clicks) if clicks else audio
    edits = SoundEvents(_clicks(audio, clicks), audio.duration)
    return Noted(Mended(repaired, edits), (_about_clicks(len(clicks)),))


@tool(suffix="declipped", claims=("audible", "unclipped", "duration_kept", "shape_kept"))
def repair_clipping(audio: Audio, folder: WorkingFolder) -> Mended | Noted:
    """Mend a recording that clips: peaks that were cut off flat are drawn anew.

    Use it for recordings made too loud, which crackle or sound saturated at their peaks. A
    recording that does not clip is left alone. It does not undo the distortion of amplifiers,
    or clipping that was saved as MP3 or resampled afterwards, since its tops are not flat.

    Args:
        audio: Any recording.
        folder: Where the mended recording is written before it is turned down.
    """
    clipping = find_clipping(audio)
    if clipping is None:
        return Noted(Mended(audio, SoundEvents((), audio.duration)), (_NO_CLIPPING,))
    recording, notes = _lowered(without_clipping(audio, clipping), folder)
    edits = SoundEvents(_clipped(audio, clipping), audio.duration)
    return Noted(Mended(recording, edits), (_about_clipping(clipping), *notes))


@tool(suffix="no-hum", claims=("audible", "duration_kept", "shape_kept"))
def remove_hum(audio: Audio) -> Audio | Noted:
    """Remove mains hum of 50 or 60 Hz with its harmonics; without any, do nothing.

    Use it for a steady hum or buzz from the mains. It does not remove other noise
    (enhance_speech does for voices) and leaves notes of the same pitch alone.

    Args:
        audio: Any recording of 3 s or more.
    """
    hum = find_hum(audio)
    return Noted(audio if hum is None else without_hum(audio, hum), (_about_hum(audio, hum),))


@tool(version=2, suffix="repaired", claims=("audible", "duration_kept", "shape_kept"))
def repair(audio: Audio, folder: WorkingFolder) -> Mended | Noted:
    """Mend what is there of clicks, clipping and mains hum in a recording.

    Use it when a recording shall be repaired and what is wrong is not said; otherwise use
    repair_clicks, repair_clipping or remove_hum. It does not remove broadband noise.

    Args:
        audio: Any recording.
        folder: Where the mended recording is written before it is turned down.
    """
    # All are looked for in the recording as it was.
    clicks, clipping, hum = find_clicks(audio), find_clipping(audio), find_hum(audio)
    repaired = without_clicks(audio, clicks) if clicks else audio
    repaired = repaired if clipping is None else without_clipping(repaired, clipping)
    repaired = repaired if hum is None else without_hum(repaired, hum)
    events = [*_clicks(audio, clicks)]
    notes = [_about_clicks(len(clicks)), _NO_CLIPPING, _about_hum(audio, hum)]
    if clipping is not None:
        repaired, said = _lowered(repaired, folder)
        events += _clipped(audio, clipping)
        notes[1:2] = [_about_clipping(clipping), *said]
    edits = SoundEvents(tuple(sorted(events, key=lambda one: one.start)), audio.duration)
    return Noted(Mended(repaired, edits), tuple(notes))


_NO_CLIPPING = "No clipping was found."


def _clicks(audio: Audio, clicks: Sequence[Gap]) -> tuple[SoundEvent, ...]:
    return _events("click", [(gap.first, gap.last) for gap in clicks], audio.sample_rate)


def _clipped(audio: Audio, clipping: Clipping) -> tuple[SoundEvent, ...]:
    return _events("clipping", clipping.regions, audio.sample_rate)


def _events(
    label: str, spans: Sequence[tuple[int, int]], sample_rate: int
) -> tuple[SoundEvent, ...]:
    times = ((round(first / sample_rate, 4), round(last / sample_rate, 4)) for first, last in spans)
    return tuple(SoundEvent(start, end, label, 1.0) for start, end in times)


def _lowered(audio: Audio, folder: WorkingFolder) -> tuple[Audio, list[str]]:
    """Turn a recording down when it exceeds full scale, and say by how much."""
    path = folder / "mended.wav"
    peak_db = write_pcm(audio, path).peak_db
    written = Audio.from_file(path)
    if peak_db is None or peak_db <= 0.0:
        return written, []
    gain_db = CEILING_DB - peak_db
    factor = np.float32(10 ** (gain_db / 20))
    lowered = written.map(lambda block: Waveform(block.samples * factor, block.sample_rate))
    return lowered, [
        f"All of it was turned down by {-gain_db:.1f} dB, so that nothing clips again."
    ]


def _about_clicks(count: int) -> str:
    if count == 0:
        return "No clicks were found."
    return "1 click was filled in." if count == 1 else f"{count} clicks were filled in."


def _about_clipping(clipping: Clipping) -> str:
    lowest, highest = (
        choose(abs(level.value) for level in clipping.levels) for choose in (min, max)
    )
    at = [f"{round(20 * math.log10(level), 1) + 0.0:.1f}" for level in (lowest, highest)]
    levels = " and ".join(dict.fromkeys(at))
    places = "1 place" if len(clipping.regions) == 1 else f"{len(clipping.regions)} places"
    return (
        f"{clipping.num_samples} samples in {places} were cut off at {levels} dBFS; their peaks "
        "were drawn anew from what is around them."
    )


def _about_hum(audio: Audio, hum: Hum | None) -> str:
    if audio.duration < MINIMUM_DURATION:
        return f"Hum can be told from a voice only in {MINIMUM_DURATION:g} s or more."
    if hum is None:
        return "No mains hum was found."
    lines = ", ".join(f"{round(k * hum.frequency_hz)}" for k in hum.harmonics)
    return f"A hum of {hum.frequency_hz:.1f} Hz was removed, with lines at {lines} Hz."
