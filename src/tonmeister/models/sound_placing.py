"""Where sounds are: near or far, left or right, passing with Doppler shift, in a room.

A layer is a stream of stereo blocks. Far sounds are quieter, duller and more reverberant. A source
that passes moves along a straight line at an even pace: its level falls with the distance, and what
is heard was sent when the sound set out, which shifts its pitch. Rooms are statistical: noise that
dies away, high tones first (Moorer, "About this reverberation business", 1979).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.models.sound_loops import repeated
from tonmeister.models.synthetic_sounds import BLOCK, signal_blocks
from tonmeister.sound_rooms import Room
from tonmeister.tools.signals import Signal
from tonmeister.tools.soundscape import Distance, Motion

__all__ = [
    "Course",
    "Reverberation",
    "Source",
    "Track",
    "at_times",
    "calculated",
    "looped",
    "moved",
    "panned",
]

SPEED_OF_SOUND = 343.0
DISTANT_DB, NEAR_DB = -12.0, 4.0
DISTANT_HZ = 2_500.0
OPEN_AIR = Room("open air", 1.0, -7.0)
"""What reaches a listener from afar: echoes of houses and woods."""

EARLIEST = 0.012
"""Seconds before the first echo of a room."""

BRIGHT_HZ = 4_000.0
BRIGHT_SHARE = 0.45
"""Above this frequency echoes last this share of the time: walls and air swallow high tones."""

EDGE = 0.01
"""Seconds in which a cut event fades."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Course:
    """How a source moves past a listener.

    Attributes:
        speed: Metres per second.
        nearest: Metres at its nearest point.
        pan: Where it is heard at first and at last, -1 left to 1 right.
        motion: "passing", "coming" (it stops when nearest) or "leaving".
    """

    speed: float
    nearest: float
    pan: tuple[float, float]
    motion: Motion = "passing"


Source = Callable[[int], Iterator[Samples]]
"""Makes as many frames of a layer as asked, in stereo blocks of shape ``(2, frames)``."""


@dataclass(frozen=True, slots=True)
class Track:
    """One layer of a scene, which can be made any number of times.

    Attributes:
        source: Makes it.
        gain_db: Level added.
        distance: Distant ones are quieter, duller and more reverberant; near ones are louder.
    """

    source: Source
    gain_db: float = 0.0
    distance: Distance = "normal"

    def blocks(self, num_frames: int, sample_rate: int) -> Iterator[Samples]:
        """Yield the layer from front to back, shape ``(2, frames)``.

        Args:
            num_frames: Length in frames.
            sample_rate: Rate in Hz.
        """
        from scipy import signal as scipy_signal

        placed = {"distant": DISTANT_DB, "near": NEAR_DB, "normal": 0.0}[self.distance]
        gain = np.float32(10.0 ** ((self.gain_db + placed) / 20.0))
        if self.distance != "distant":
            for block in self.source(num_frames):
                yield gain * block
            return
        low: Any = scipy_signal.butter(2, DISTANT_HZ, fs=sample_rate, output="sos")
        state = np.zeros((len(low), 2, 2))
        echo = Reverberation(OPEN_AIR, sample_rate, 1)
        for block in self.source(num_frames):
            dull, state = scipy_signal.sosfilt(low, block, zi=state)
            yield echo.add(gain * np.asarray(dull, np.float32))


def looped(piece: Samples, first: int, pan: tuple[float, float]) -> Source:
    """Return the source of a loop.

    Args:
        piece: From ``loop_of``.
        first: Frame of the loop to begin at.
        pan: Where it is heard at first and at last, -1 left to 1 right.
    """

    def blocks(num_frames: int) -> Iterator[Samples]:
        for start in range(0, num_frames, BLOCK):
            count = min(BLOCK, num_frames - start)
            share = np.arange(start, start + count) / max(1, num_frames)
            place = pan[0] + (pan[1] - pan[0]) * share if pan[0] != pan[1] else pan[0]
            yield panned(repeated(piece, first + start, count), place)

    return blocks


def at_times(events: Sequence[tuple[float, Samples]], sample_rate: int) -> Source:
    """Return the source of events; what would be beyond the end fades out.

    Args:
        events: When each begins in seconds, and its stereo clip of shape ``(2, frames)``.
        sample_rate: Rate in Hz.
    """
    edge = round(EDGE * sample_rate)

    def blocks(num_frames: int) -> Iterator[Samples]:
        for first in range(0, num_frames, BLOCK):
            block = np.zeros((2, min(BLOCK, num_frames - first)), np.float32)
            for start, clip in events:
                begin = round(start * sample_rate)
                low, high = max(first, begin), min(first + block.shape[1], begin + clip.shape[1])
                if low < high:
                    fade = np.ones(high - low, np.float32)
                    if begin + clip.shape[1] > num_frames:
                        fade = np.clip((num_frames - 1 - np.arange(low, high)) / edge, 0.0, 1.0)
                    heard = clip[:, low - begin : high - begin] * fade
                    block[:, low - first : high - first] += heard
            yield block

    return blocks


def calculated(asked: Signal, sample_rate: int, seed: int) -> Source:
    """Return the source of a calculated sound; rain comes from all sides.

    Args:
        asked: Which one.
        sample_rate: Rate in Hz.
        seed: Decides noise and drops.
    """

    def blocks(num_frames: int) -> Iterator[Samples]:
        left = signal_blocks(asked, num_frames, sample_rate, seed)
        if asked.is_test_signal:
            for block in left:
                yield np.stack([block, block])
            return
        right = signal_blocks(asked, num_frames, sample_rate, seed + 1)
        for pair in zip(left, right, strict=True):
            yield np.stack(pair)

    return blocks


def panned(samples: Samples, place: Reals | float) -> Samples:
    """Put mono between two loudspeakers at equal power.

    Args:
        samples: Shape ``(frames,)``.
        place: -1 left to 1 right, one value or one for each frame.
    """
    angle = (np.clip(place, -1.0, 1.0) + 1.0) * (np.pi / 4.0)
    pair = np.stack(np.broadcast_arrays(np.cos(angle) * samples, np.sin(angle) * samples))
    return np.asarray(np.sqrt(2.0) * pair, np.float32)


def moved(samples: Samples, sample_rate: int, course: Course) -> Samples:
    """Let a source move past the listener, and return what is heard, shape ``(2, frames)``.

    Args:
        samples: What it sends, mono, shape ``(frames,)``.
        sample_rate: Rate in Hz.
        course: How it moves.
    """
    duration = len(samples) / sample_rate
    times = np.arange(len(samples)) / sample_rate
    centre = {"coming": duration, "leaving": 0.0}.get(course.motion, duration / 2)
    along = course.speed * (times - centre)
    distance = np.hypot(course.nearest, along)
    sent = (times - (distance - distance.min()) / SPEED_OF_SOUND) * sample_rate
    heard = np.interp(sent, np.arange(len(samples)), samples, left=0.0)
    level = course.nearest / distance
    share = 0.5 + 0.5 * along / distance
    place = course.pan[0] + (course.pan[1] - course.pan[0]) * share
    return panned((heard * level).astype(np.float32), place)


class Reverberation:
    """Adds the echo of a room to stereo blocks that follow one another.

    Args:
        room: The room.
        sample_rate: Rate in Hz.
        seed: Decides its echoes.
    """

    def __init__(self, room: Room, sample_rate: int, seed: int) -> None:
        self._echoes = _echoes(room, sample_rate, seed)
        self._tail: Reals = np.zeros((2, self._echoes.shape[1] - 1))

    def add(self, block: Samples) -> Samples:
        """Return a block with the echo of it and of those before.

        Args:
            block: Shape ``(2, frames)``.
        """
        from scipy import signal as scipy_signal

        count = block.shape[1]
        echo = scipy_signal.fftconvolve(block.astype(np.float64), self._echoes, axes=1)
        echo[:, : self._tail.shape[1]] += self._tail
        self._tail = echo[:, count:]
        return (block + echo[:, :count]).astype(np.float32)


def _echoes(room: Room, sample_rate: int, seed: int) -> Reals:
    """Return impulse responses of both ears, without the direct sound, shape ``(2, frames)``."""
    from scipy import signal as scipy_signal

    generator = np.random.default_rng(seed)
    times = np.arange(round(1.1 * room.decay * sample_rate)) / sample_rate
    noise = generator.standard_normal((2, len(times)))
    low = scipy_signal.butter(1, BRIGHT_HZ, fs=sample_rate, output="sos")
    dull = np.asarray(scipy_signal.sosfilt(low, noise), np.float64)
    fall = np.log(1000.0) / room.decay
    echoes = dull * np.exp(-fall * times)
    echoes += (noise - dull) * np.exp(-fall / BRIGHT_SHARE * times)
    echoes *= times >= EARLIEST
    energy = np.sqrt(np.sum(echoes**2, axis=1, keepdims=True))
    return echoes / np.maximum(energy, 1e-12) * 10.0 ** (room.wet_db / 20.0)
