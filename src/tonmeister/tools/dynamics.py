"""Gain that follows the level: compressor, gate, de-esser; any length, whatever the blocks.

A gain is computed for every sample and is the same for all channels, so that the picture between
the loudspeakers stands still. The compressor follows Giannoulis, Massberg and Reiss, "Digital
dynamic range compressor design: a tutorial and analysis", J. Audio Eng. Soc. 60 (2012), 399:
feed-forward, the gain smoothed in decibels behind the gain computer.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.filters import Cascade, gentle_low_cut

__all__ = [
    "HYSTERESIS_DB",
    "Compressor",
    "Curve",
    "DeEsser",
    "Gate",
    "Governor",
    "governed",
    "longest_under",
    "voice_level_db",
]

Reals = NDArray[np.float64]

FLOOR_DB = -120.0
PEAK_WINDOW = 0.01  # seconds; half a period of 50 Hz, so that a level does not follow the wave
PIECE = 65_536  # frames worked on at once
FRAME_DURATION = 0.05
LOUD_RANGE_DB = 20.0  # what lies further under the loudest frame is a pause
HISS_AVERAGE = 0.002  # seconds
HISS_ATTACK, HISS_RELEASE = 0.001, 0.04
HISS_RATIO = 4.0
GATE_AHEAD = 0.005
HYSTERESIS_DB = 6.0


class Governor(Protocol):
    """What turns levels into gains, block after block."""

    ahead: int
    """Frames by which it sees what is to come."""

    def gains_db(self, samples: Samples) -> Reals:
        """Return a gain in dB for every frame that lies ``ahead`` frames before those given.

        Args:
            samples: Next frames, shape ``(channels, frames)``.
        """
        ...

    def apply(self, samples: Samples, gains_db: Reals) -> Samples:
        """Return the next frames with their gains.

        Args:
            samples: Shape ``(channels, frames)``, with up to ``ahead`` frames that follow.
            gains_db: One for each of the frames that are wanted.
        """
        ...


def governed(audio: Audio, governor: Governor) -> Audio:
    """Change the level of a recording from moment to moment.

    Args:
        audio: Any recording.
        governor: A new one: it remembers.
    """

    def blocks() -> Iterator[Waveform]:
        feed, ahead = Feed(audio), governor.ahead
        held = feed.take(ahead)
        governor.gains_db(_lengthened(held, ahead))
        while True:
            fresh = feed.take(PIECE)
            joined = np.concatenate([held, fresh], axis=1)
            # At the end, silence is what is to come.
            count = PIECE if fresh.shape[1] == PIECE else joined.shape[1]
            if not count:
                return
            gains = governor.gains_db(_lengthened(fresh, count))
            yield Waveform(governor.apply(joined, gains), audio.sample_rate)
            held = joined[:, count:]
            if fresh.shape[1] < PIECE:
                return

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, audio.num_frames)


def _lengthened(samples: Samples, count: int) -> Samples:
    return np.pad(samples, ((0, 0), (0, max(0, count - samples.shape[1]))))


class _PeakLevel:
    """Highest sample of all channels in the last 10 ms, in dB relative to full scale."""

    def __init__(self, sample_rate: int) -> None:
        self._window = max(2, round(PEAK_WINDOW * sample_rate))
        self._before = np.zeros(self._window - 1, np.float32)

    def next_db(self, samples: Samples) -> Reals:
        from scipy.ndimage import maximum_filter1d

        count = samples.shape[1]
        joined = np.concatenate([self._before, np.abs(samples).max(axis=0)])
        self._before = joined[-(self._window - 1) :]
        peaks = maximum_filter1d(joined, self._window)[self._window // 2 :][:count]
        return 20.0 * np.log10(np.maximum(peaks, 10.0 ** (FLOOR_DB / 20.0), dtype=np.float64))


def _keep_share(seconds: float, sample_rate: int) -> float:
    """Return what a one-pole filter keeps of its value in one frame."""
    return math.exp(-1.0 / max(1e-9, seconds * sample_rate))


class _Smoother:
    """Follows gains in dB: down with the attack, up with the release (a branching one-pole)."""

    def __init__(self, attack: float, release: float, sample_rate: int) -> None:
        self._attack = _keep_share(attack, sample_rate)
        self._release = _keep_share(release, sample_rate)
        self._value = 0.0

    def next(self, wanted: Reals) -> Reals:
        if self._value > -1e-7 and not wanted.any():
            self._value = 0.0
            return wanted
        value, attack, release = self._value, self._attack, self._release
        made: list[float] = []
        for target in wanted.tolist():
            keep = attack if target < value else release
            value = target + keep * (value - target)
            made.append(value)
        self._value = value
        return np.array(made)


class _Whole:
    """Gives every frame as a whole its gain."""

    def apply(self, samples: Samples, gains_db: Reals) -> Samples:
        """Return frames with their gains.

        Args:
            samples: The frames, and those that follow.
            gains_db: One for each that is wanted.
        """
        made = samples[:, : len(gains_db)] * 10.0 ** (gains_db / 20.0)
        return made.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Curve:
    """What a compressor makes of a steady level.

    Attributes:
        threshold_db: Peak level above which it turns down, in dBFS.
        ratio: dB above the threshold that become one.
        knee_db: Width of the bend around the threshold.
    """

    threshold_db: float
    ratio: float
    knee_db: float

    def gains_db(self, levels_db: Reals) -> Reals:
        """Return the gain at some levels, 0 or less.

        Args:
            levels_db: Peak levels in dBFS.
        """
        over = levels_db - self.threshold_db
        knee = max(self.knee_db, 1e-9)
        bent = np.square(np.clip(over + knee / 2.0, 0.0, knee)) / (2.0 * knee)
        return -(1.0 - 1.0 / self.ratio) * (bent + np.maximum(0.0, over - knee / 2.0))


class Compressor(_Whole):
    """Turns down what is above a threshold.

    Args:
        curve: What it makes of a steady level.
        attack: Seconds after which 63 % of a reduction are reached, in dB.
        release: Seconds after which 63 % of it are gone.
        sample_rate: Rate in Hz.
    """

    ahead = 0

    def __init__(self, curve: Curve, attack: float, release: float, sample_rate: int) -> None:
        self.deepest_db = 0.0
        self._curve = curve
        self._level = _PeakLevel(sample_rate)
        self._smoother = _Smoother(attack, release, sample_rate)

    def gains_db(self, samples: Samples) -> Reals:
        """Return a gain for every frame.

        Args:
            samples: Next frames.
        """
        gains = self._smoother.next(self._curve.gains_db(self._level.next_db(samples)))
        self.deepest_db = min(self.deepest_db, float(gains.min(initial=0.0)))
        return gains


class Gate(_Whole):
    """Turns down what is below a threshold, and sees 5 ms ahead, so that beginnings are kept.

    It closes 6 dB under the threshold at which it opens, and only after ``hold``.

    Args:
        threshold_db: Peak level at which it opens, in dBFS.
        range_db: By how much it turns down.
        hold: Seconds it stays open after the level has fallen.
        release: Seconds after which 63 % of the way down is gone.
        sample_rate: Rate in Hz.
    """

    def __init__(
        self, threshold_db: float, range_db: float, hold: float, release: float, sample_rate: int
    ) -> None:
        self.ahead = round(GATE_AHEAD * sample_rate)
        self._level = _PeakLevel(sample_rate)
        self._opens, self._closes = threshold_db, threshold_db - HYSTERESIS_DB
        self._closed_db = -range_db
        self._hold = round(hold * sample_rate)
        self._left = 0
        self._value = -range_db
        # After the 5 ms it sees ahead, less than half a dB of 80 dB is missing.
        self._rise = _keep_share(GATE_AHEAD / 5.5, sample_rate)
        self._fall = _keep_share(release, sample_rate)

    def gains_db(self, samples: Samples) -> Reals:
        """Return a gain for every frame ``ahead`` of those given.

        Args:
            samples: Next frames.
        """
        value, left, hold = self._value, self._left, self._hold
        opens, closes, closed = self._opens, self._closes, self._closed_db
        rise, fall = self._rise, self._fall
        made: list[float] = []
        for level in self._level.next_db(samples).tolist():
            if level >= opens or (left and level >= closes):
                left = hold + 1
            elif left:
                left -= 1
            value = rise * value if left else closed + fall * (value - closed)
            made.append(value)
        self._value, self._left = value, left
        return np.array(made)


class DeEsser:
    """Turns down the band of hiss while it is too strong beside the voice.

    The rest of the voice is not touched: what is taken away is a share of the band itself.

    Args:
        frequency_hz: Where the band begins.
        limit_db: Level of the band above which it is turned down, in dBFS (mean power).
        amount_db: By how much at most.
        sample_rate: Rate in Hz.
        num_channels: Channels of the recording.
    """

    def __init__(
        self,
        frequency_hz: float,
        limit_db: float,
        amount_db: float,
        sample_rate: int,
        num_channels: int,
    ) -> None:
        from scipy.signal import firwin

        self.deepest_db = 0.0
        self.ahead = round(HISS_AVERAGE * sample_rate)
        self._heard = Cascade(gentle_low_cut(frequency_hz, sample_rate), num_channels)
        # Linear phase: what is taken away of the band must be in step with it.
        taps = firwin(2 * self.ahead + 1, frequency_hz, pass_zero=False, fs=sample_rate)
        self._band = np.asarray(taps, np.float64)[np.newaxis]
        self._before = np.zeros((num_channels, self.ahead), np.float32)
        keep = _keep_share(HISS_AVERAGE, sample_rate)
        average = np.array([[1.0 - keep, 0.0, 0.0, 1.0, -keep, 0.0]])
        self._average = Cascade(average, 1)
        self._smoother = _Smoother(HISS_ATTACK, HISS_RELEASE, sample_rate)
        self._limit_db, self._amount_db = limit_db, amount_db

    def gains_db(self, samples: Samples) -> Reals:
        """Return a gain of the band for every frame ``ahead`` of those given.

        Args:
            samples: Next frames.
        """
        power = np.square(self._heard.run(samples)).max(axis=0, keepdims=True)
        mean = np.maximum(self._average.run(power)[0], 10.0 ** (FLOOR_DB / 10.0))
        over = np.maximum(0.0, 10.0 * np.log10(mean) - self._limit_db)
        wanted = -np.minimum(self._amount_db, over * (1.0 - 1.0 / HISS_RATIO))
        gains = self._smoother.next(wanted)
        self.deepest_db = min(self.deepest_db, float(gains.min(initial=0.0)))
        return gains

    def apply(self, samples: Samples, gains_db: Reals) -> Samples:
        """Return frames whose band has its gain.

        Args:
            samples: The frames, and those that follow.
            gains_db: One for each that is wanted.
        """
        from scipy.signal import oaconvolve

        count, reach = len(gains_db), self.ahead
        around = np.concatenate([self._before, samples[:, : count + reach]], axis=1)
        around = _lengthened(around, count + 2 * reach)
        self._before = around[:, count : count + reach]
        band = oaconvolve(around.astype(np.float64), self._band, "valid", axes=1)
        wanted = samples[:, :count] + (10.0 ** (gains_db / 20.0) - 1.0) * band
        return wanted.astype(np.float32)


def longest_under(audio: Audio, level_db: float) -> float:
    """Return the longest stretch in seconds whose peak level stays under a level.

    Args:
        audio: Any recording; it is read once.
        level_db: Peak of all channels in the last 10 ms, in dBFS.
    """
    peaks, feed = _PeakLevel(audio.sample_rate), Feed(audio)
    longest = running = 0
    while (samples := feed.take(PIECE)).shape[1]:
        count = samples.shape[1]
        loud = np.flatnonzero(peaks.next_db(samples) >= level_db)
        edges = np.concatenate([[-1 - running], loud, [count]])
        longest = max(longest, int(np.diff(edges).max()) - 1)
        running = int(edges[-1] - edges[-2]) - 1
    return longest / audio.sample_rate


def voice_level_db(audio: Audio) -> float:
    """Return the mean power of what is no pause, in dBFS; -120 for silence.

    Frames of 50 ms within 20 dB of the loudest one count; the loudest channel decides.

    Args:
        audio: Any recording; it is read once.
    """
    length = max(1, round(FRAME_DURATION * audio.sample_rate))
    feed, found = Feed(audio), list[Reals]()
    while (samples := feed.take(200 * length)).shape[1]:
        starts = np.arange(0, samples.shape[1], length)
        power = np.add.reduceat(np.square(samples, dtype=np.float64), starts, axis=1)
        found.append((power / np.diff(np.append(starts, samples.shape[1]))).max(axis=0))
    powers = np.concatenate(found or [np.zeros(1)])
    loud = powers[powers >= powers.max() * 10.0 ** (-LOUD_RANGE_DB / 10.0)]
    return 10.0 * math.log10(max(float(loud.mean()), 10.0 ** (FLOOR_DB / 10.0)))
