"""How often a short sound is made: its separate bursts, by level."""

from collections.abc import Sequence

import numpy as np

from tonmeister.artifacts import Region
from tonmeister.models.spectral_gate import Band, SpectralGate
from tonmeister.streaming import Audio

__all__ = ["GAP", "bursts"]

GAP = 0.25
"""Bursts nearer than this are one sound: the syllables of a laugh, the echo of a bark."""

FRAME = 0.01
BELOW_PEAK = 10 ** (-20 / 20)
"""A burst reaches a tenth of the loudest one's amplitude."""

SHORTEST = 0.02


def bursts(audio: Audio, regions: Sequence[Region]) -> tuple[Region, ...]:
    """Return the separate bursts of a sound in the stretches where it is heard.

    Args:
        audio: The recording; it is read at any place.
        regions: Where the sound is heard, in order of time.
    """
    sound = SpectralGate(audio, regions, Band(), grow=True).sound()
    step = max(1, round(FRAME * audio.sample_rate))
    levels: list[float] = []
    rest = np.zeros(0, np.float32)
    for block in sound.blocks():
        joined = np.concatenate([rest, np.abs(block.samples).max(axis=0)])
        whole = len(joined) // step * step
        levels += joined[:whole].reshape(-1, step).max(axis=1).tolist()
        rest = joined[whole:]
    heard = np.array(levels, np.float32)
    if not len(heard) or heard.max() <= 0.0:
        return ()
    found: list[list[int]] = []
    for index in np.flatnonzero(heard >= BELOW_PEAK * heard.max()).tolist():
        if found and (index - found[-1][-1]) * FRAME <= GAP:
            found[-1].append(index)
        else:
            found.append([index])
    return tuple(
        Region(round(one[0] * FRAME, 2), round((one[-1] + 1) * FRAME, 2))
        for one in found
        if (one[-1] + 1 - one[0]) * FRAME >= SHORTEST
    )
