"""Mending: gaps filled from what is around them."""

from typing import Annotated, NamedTuple

from tonmeister.artifacts import Noted, SoundEvent, SoundEvents
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.inpainting import (
    INTERPOLATED,
    LONGEST,
    Fill,
    fill_of,
    find_dropout,
    with_fill,
)
from tonmeister.toolspec import Range, tool

__all__ = ["Mended", "inpaint"]

POOR_FIT = 0.4
"""Similarity of the edges under which a copy is said to fit badly."""


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
    start, end = _span(audio, start, end)
    band_hz = _band(audio, low_hz, high_hz)
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


def _span(audio: Audio, start: float, end: float | None) -> tuple[float, float]:
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
    if end - start > LONGEST + 1e-9:
        raise ToolInputError(
            f"The gap lasts {end - start:.2f} s; at most {LONGEST:g} s can be filled from what is "
            "around it.",
            hint="Longer gaps need a generative model, and none is installed; fill a part of it, "
            "or cut it out with remove_part.",
        )
    return start, end


def _band(audio: Audio, low_hz: float | None, high_hz: float | None) -> tuple[float, float] | None:
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
