"""A recording in pieces that know a little of what comes before and after them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tonmeister.audio import Samples
from tonmeister.streaming import Audio, Feed

__all__ = ["Piece", "pieces_with_margins"]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of a recording with margins.

    Attributes:
        samples: The piece and its margins, shape ``(channels, frames)``; not to be changed.
        offset: Index in the recording of the first frame of ``samples``.
        first: Index in ``samples`` where the piece proper begins.
        last: Index in ``samples`` after its end.
    """

    samples: Samples
    offset: int
    first: int
    last: int


def pieces_with_margins(audio: Audio, duration: float, margin: float) -> Iterator[Piece]:
    """Read a recording once, from front to back, in pieces that follow one another.

    Args:
        audio: Any recording.
        duration: Length of a piece in seconds; the last one is shorter.
        margin: What is added on both sides, in seconds, less at the ends of the recording.
    """
    length, beside = (max(1, round(each * audio.sample_rate)) for each in (duration, margin))
    feed = Feed(audio)
    samples = feed.take(length + beside)
    offset = first = 0
    while samples.shape[1] > first:
        last = min(samples.shape[1], first + length)
        yield Piece(samples, offset, first, last)
        kept = max(0, last - beside)
        fresh = feed.take(last + length + beside - samples.shape[1])
        samples = np.concatenate([samples[:, kept:], fresh], axis=1)
        offset, first = offset + kept, last - kept
