"""From frames in which people speak to turns with labels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import SpeakerTurn, SpeakerTurns
from tonmeister.audio import Samples

__all__ = ["Diarized", "labelled", "overlap_duration", "spans_of"]

LONGEST_GAP = 0.3
"""Seconds of silence inside a turn: a breath or a stop consonant."""

SHORTEST_TURN = 0.2

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Diarized:
    """Who speaks when, and how each person sounds.

    Attributes:
        turns: Turns with labels.
        voices: Mean voice of each label, of unit length.
        num_alone: How many people the voices alone tell apart, whatever number was given.
    """

    turns: SpeakerTurns
    voices: Mapping[str, Samples]
    num_alone: int


def spans_of(active: NDArray[np.bool_], step: float, start: float) -> list[Span]:
    """Return the stretches in which somebody speaks, short gaps closed, blips dropped.

    Args:
        active: Whether the person speaks, frame by frame.
        step: Seconds from frame to frame.
        start: Where the first frame begins.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    spans: list[Span] = []
    for first, last in edges.reshape(-1, 2).tolist():
        span = (start + first * step, start + last * step)
        if spans and span[0] - spans[-1][1] <= LONGEST_GAP:
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    return [span for span in spans if span[1] - span[0] >= SHORTEST_TURN]


def labelled(
    people: list[list[Span]], centroids: Samples, duration: float, num_alone: int
) -> Diarized:
    """Name people SPEAKER_00, SPEAKER_01 … in the order in which they first speak.

    Args:
        people: Stretches of each person; those without any get no label.
        centroids: Mean voice of each person.
        duration: Length of the recording in seconds; nothing goes beyond it.
        num_alone: How many people the voices alone tell apart.
    """
    inside = [
        [(max(0.0, start), min(duration, end)) for start, end in spans if start < duration]
        for spans in people
    ]
    present = sorted((spans[0][0], person) for person, spans in enumerate(inside) if spans)
    labels = {person: f"SPEAKER_{index:02d}" for index, (_, person) in enumerate(present)}
    turns = [
        SpeakerTurn(round(start, 3), round(end, 3), label)
        for person, label in labels.items()
        for start, end in inside[person]
    ]
    ordered = tuple(sorted(turns, key=lambda turn: (turn.start, turn.end)))
    voices = {label: centroids[person] for person, label in labels.items()}
    return Diarized(SpeakerTurns(ordered, duration), voices, num_alone)


def overlap_duration(turns: SpeakerTurns) -> float:
    """Return for how many seconds two or more people speak at once."""
    changes = sorted(change for turn in turns.turns for change in ((turn.start, 1), (turn.end, -1)))
    total, speaking, before = 0.0, 0, 0.0
    for time, change in changes:
        total += time - before if speaking > 1 else 0.0
        speaking, before = speaking + change, time
    return total
