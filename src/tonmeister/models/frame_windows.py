"""Recordings of any length heard in windows, by networks that say something of every frame."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from tonmeister.audio import Samples
from tonmeister.streaming import Audio, Feed

__all__ = ["SAMPLE_RATE", "framewise"]

SAMPLE_RATE = 16_000
WINDOW = 20.0
CONTEXT = 1.0
"""Seconds heard at a time, and beside them on both sides: a frame depends on its neighbours."""


def framewise(
    audio: Audio, hop: int, reach: int, heard: Callable[[Samples], Samples]
) -> Iterator[Samples]:
    """Yield what a network says of consecutive frames, begun ones too.

    Args:
        audio: Mono at 16 kHz.
        hop: Samples from one frame to the next.
        reach: Samples that one frame hears, ``hop`` or more.
        heard: The network: samples to frames, the first axis of what it returns.
    """
    step, beside = (round(one * SAMPLE_RATE / hop) * hop for one in (WINDOW, CONTEXT))
    feed = Feed(audio)
    before: Samples = np.zeros(0, np.float32)
    ahead: Samples = feed.take(step + beside)[0]
    while len(ahead):
        now, after = ahead[:step], ahead[step:]
        samples = np.concatenate([before, ahead])
        # Silence at the end, so that the last frame is whole.
        silence = np.zeros(-len(samples) % hop + reach - hop, np.float32)
        found = heard(np.concatenate([samples, silence]))
        skipped = len(before) // hop
        yield found[skipped : skipped + math.ceil(len(now) / hop)]
        before = now[-beside:]
        ahead = np.concatenate([after, feed.take(step)[0]]) if len(after) else after
