"""Answers about a recording as a signal: mains hum, clipping, channels, rate, where it is loudest.

Nothing here needs a network. The loudest sound is told from events that were detected before.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region, SoundEvent
from tonmeister.metering import LoudnessMeter
from tonmeister.models.answer_words import clock, counted, listed, tell, times
from tonmeister.models.captioning import sound_name
from tonmeister.streaming import Audio
from tonmeister.tools.clipping import find_clipping
from tonmeister.tools.hum import MINIMUM_DURATION, find_hum

__all__ = ["TECHNICAL", "loudest_sound"]

MOMENT = 0.1
"""Seconds between two momentary loudnesses (EBU Tech 3341)."""

WINDOW = 0.4
"""Seconds over which each of them is measured, that end where it is given."""

ALIKE_DB = -50.0
"""Level of the difference of two channels, against their sum, below which they are one."""

EDGE = 0.25
"""Seconds by which the borders of detected events are uncertain."""

MOST_HARMONICS = 5


def _hum(audio: Audio, language: str) -> str:
    if audio.duration < MINIMUM_DURATION:
        return tell(language, "hum_short", seconds=f"{MINIMUM_DURATION:.0f}")
    hum = find_hum(audio)
    if hum is None:
        return tell(language, "no_hum")
    lines = [f"{one * hum.frequency_hz:.0f}" for one in hum.harmonics[:MOST_HARMONICS]]
    more = len(hum.harmonics) - len(lines)
    told = ", ".join([*lines, f"… (+{more})"]) if more else listed(language, lines)
    return tell(
        language,
        "hum",
        base=f"{hum.frequency_hz:.1f}",
        level=f"{hum.level_db:.1f}",
        lines=told,
        height=f"{hum.height_db:.0f}",
    )


def _clipped(audio: Audio, language: str) -> str:
    found = find_clipping(audio)
    if found is None:
        return tell(language, "unclipped")
    rate = audio.sample_rate
    regions = [Region(start / rate, end / rate) for start, end in found.regions]
    highest = max(abs(level.value) for level in found.levels)
    return tell(
        language,
        "clipped",
        level=f"{20.0 * np.log10(highest):.1f}",
        samples=found.num_samples,
        count=counted(language, len(regions)),
        times=times(language, regions, ends=False),
    )


def _channels(audio: Audio, language: str) -> str:
    if audio.num_channels == 1:
        return tell(language, "mono")
    if audio.num_channels > 2:
        return tell(language, "channels", count=audio.num_channels)
    middle = side = 0.0
    for block in audio.blocks():
        left, right = block.samples.astype(np.float64)
        middle += float(np.sum(np.square(left + right)))
        side += float(np.sum(np.square(left - right)))
    alike = side <= middle * 10 ** (ALIKE_DB / 10)
    return tell(language, "twice_mono" if alike else "stereo")


def _sample_rate(audio: Audio, language: str) -> str:
    return tell(language, "sample_rate", rate=audio.sample_rate)


def _where_loudest(audio: Audio, language: str) -> str:
    moments = _moments(audio)
    if not np.isfinite(moments).any():
        return tell(language, "unmeasured")
    best = int(np.argmax(moments))
    return tell(
        language, "loudest", time=clock(_middles(moments)[best]), value=f"{moments[best]:.1f}"
    )


TECHNICAL: Mapping[str, Callable[[Audio, str], str]] = {
    "hum": _hum,
    "clipped": _clipped,
    "channels": _channels,
    "sample_rate": _sample_rate,
    "loudest": _where_loudest,
}
"""What is asked → how it is answered, of a recording that can be read twice, in "en" or "pt"."""


def loudest_sound(audio: Audio, events: Iterable[SoundEvent], language: str) -> str:
    """Name the sound that is heard at the loudest moment, or say that none is known there.

    Of sounds at the same moment, the surest one is named.

    Args:
        audio: Any recording that can be read again.
        events: What was detected in it.
        language: "en" or "pt".
    """
    moments = _moments(audio)
    if not np.isfinite(moments).any():
        return tell(language, "unmeasured")
    best = int(np.argmax(moments))
    time = float(_middles(moments)[best])
    told = {"time": clock(time), "value": f"{moments[best]:.1f}"}
    there = [one for one in events if one.start - EDGE <= time <= one.end + EDGE]
    if not there:
        return tell(language, "loudest_unknown", **told)
    surest = max(there, key=lambda one: one.score)
    return tell(language, "loudest_sound", sound=sound_name(surest.label, language), **told)


def _moments(audio: Audio) -> NDArray[np.float64]:
    """Return the momentary loudness in LUFS every 0.1 s; what is not heard is minus infinity."""
    meter = LoudnessMeter(audio.sample_rate, audio.num_channels)
    for block in audio.blocks():
        meter.add(block)
    return meter.momentary()


def _middles(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the middle in seconds of what each momentary loudness was measured over."""
    ends = MOMENT * np.arange(1, len(moments) + 1, dtype=np.float64)
    return np.asarray((ends + np.maximum(ends - WINDOW, 0.0)) / 2.0, np.float64)
