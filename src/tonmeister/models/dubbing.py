"""Speech fitted to given times: by speed within limits, never cut, never over each other."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.stretch import stretched

__all__ = ["FASTEST", "SLOWEST", "Line", "Placed", "Speak", "SpeechFitter", "Timeline"]

Speak = Callable[[str, str, float], Samples]
"""Text, voice and speed to mono speech without silence at its ends."""

SLOWEST = 0.8
FASTEST = 1.25
"""Speaking rates relative to the voice's own between which speech is fitted."""

AGAIN = 0.1
"""Share by which the speed may miss for stretching alone; beyond, it is spoken again, faster."""

TOLERANCE = 0.01
"""Share by which the length may miss without stretching, which costs a little clarity."""

EARLY = 0.1
"""Seconds that a line which does not fit may begin early, in the pause before it."""

LEAST_SLOT = 0.2
GAP = 0.03
"""Seconds of silence between two lines that would touch."""

IN_TIME = 0.05
"""Seconds that nobody notices."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be said when.

    Attributes:
        start: Seconds from the beginning.
        end: Seconds from the beginning.
        text: The words.
        voice: Who says them.
    """

    start: float
    end: float
    text: str
    voice: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a line.

    Attributes:
        start: Seconds at which it begins.
        end: Seconds at which it ends.
        speed: Speaking rate relative to the voice's own.
        delay: Seconds it begins late, as the line before was not over; negative when it begins
            early because it is long.
        overrun: Seconds it ends late.
    """

    start: float
    end: float
    speed: float
    delay: float
    overrun: float

    @property
    def fits(self) -> bool:
        """Whether it keeps its times."""
        return -EARLY <= self.delay <= IN_TIME and self.overrun <= IN_TIME


class Timeline:
    """Silence that speech is written into, kept on disk: hours of it cost no memory.

    Args:
        sample_rate: Rate in Hz.
    """

    def __init__(self, sample_rate: int) -> None:
        self.sample_rate = sample_rate
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this

    def __del__(self) -> None:
        self._file.close()

    def write(self, start: float, samples: Samples) -> None:
        """Put speech at a time; nothing may be there yet.

        Args:
            start: Seconds from the beginning.
            samples: Mono.
        """
        self._file.seek(4 * round(start * self.sample_rate))
        self._file.write(np.ascontiguousarray(samples, "<f4").tobytes())

    def audio(self, num_frames: int) -> Audio:
        """Return what was written, silence elsewhere.

        Args:
            num_frames: Its length.
        """

        def read(first: int, count: int) -> Samples:
            self._file.seek(4 * first)
            found = np.frombuffer(self._file.read(4 * count), "<f4")
            made = np.zeros((1, count), np.float32)
            made[0, : len(found)] = found
            return made

        return Audio(self.sample_rate, 1, num_frames, read=read)


@dataclass(slots=True)
class SpeechFitter:
    """Says lines at their times.

    Args:
        speak: Makes speech.
        sample_rate: Its rate in Hz.
    """

    speak: Speak
    sample_rate: int

    def placed(self, lines: Sequence[Line], timeline: Timeline) -> list[Placed]:
        """Say lines one after the other into a timeline.

        A line is fitted between its start and its end. If it is too long even at ``FASTEST``, it
        runs into the pause that follows; if there is none, the next line begins late.

        Args:
            lines: In order of their start.
            timeline: Where the speech goes.
        """
        made: list[Placed] = []
        free = 0.0
        for line in lines:
            start = max(line.start, free)
            slot = max(LEAST_SLOT, line.end - start)
            samples, speed = self._fitted(line, slot)
            duration = len(samples) / self.sample_rate
            start -= max(0.0, min(EARLY, duration - slot, start - free))
            timeline.write(start, samples)
            end = start + duration
            free = end + GAP
            overrun = max(0.0, end - max(line.end, start))
            made.append(Placed(start, end, speed, start - line.start, overrun))
        return made

    def _fitted(self, line: Line, slot: float) -> tuple[Samples, float]:
        """Return speech of about the length of a slot, and its rate."""
        samples = self.speak(line.text, line.voice, 1.0)
        usual = len(samples)
        wanted = min(FASTEST, max(SLOWEST, usual / (slot * self.sample_rate)))
        if abs(wanted - 1.0) > AGAIN:
            samples = self.speak(line.text, line.voice, wanted)
        num_frames = max(1, round(usual / wanted))
        ratio = len(samples) / num_frames
        # A voice takes a speed as a hint; what it misses is stretched.
        if abs(ratio - 1.0) > TOLERANCE and SLOWEST <= ratio <= FASTEST:
            samples = _stretched(samples, self.sample_rate, num_frames)
        return samples, usual / len(samples)


def _stretched(samples: Samples, sample_rate: int, num_frames: int) -> Samples:
    audio = Audio.from_waveform(Waveform(samples[np.newaxis], sample_rate))
    blocks = [block.samples[0] for block in stretched(audio, num_frames).blocks()]
    return np.concatenate(blocks)
