"""Time stretching: another duration at the same pitch.

WSOLA: Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", ICASSP 1993.
"""

from collections.abc import Iterator

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio, Feed, fit_blocks, resample_blocks

__all__ = ["repitched", "stretched"]

WINDOW_DURATION = 0.032  # longer ones blur onsets, shorter ones break low voices
SEARCH_DURATION = 0.01  # either way: half a period at 50 Hz
CENTRE_PREFERENCE = 0.02  # share of the best match that the farthest candidate must win by


def stretched(audio: Audio, num_frames: int) -> Audio:
    """Make a recording longer or shorter without changing its pitch.

    FFmpeg's ``atempo`` was measured against it: that one loses up to 0.1 s at the end and moves
    onsets after a pause 10 to 140 ms early.

    Args:
        audio: A recording of known length, at least one frame.
        num_frames: Wanted number of frames, at least one.
    """
    blocks = fit_blocks(
        _stretched_blocks(audio, (audio.num_frames or 0) / num_frames),
        audio.sample_rate,
        audio.num_channels,
        num_frames,
    )
    return Audio.from_blocks(blocks, audio.sample_rate, audio.num_channels, num_frames)


def repitched(audio: Audio, ratio: float) -> Audio:
    """Multiply all frequencies without changing the duration.

    Args:
        audio: A recording of known length, at least one frame.
        ratio: 2.0 is an octave up, 0.5 an octave down.
    """
    rate, channels, total = audio.sample_rate, audio.num_channels, audio.num_frames or 0
    longer = max(1, round(total * max(ratio, 1.0 / ratio)))
    # The windows do their work where the sound is longest, which keeps onsets sharp.
    if ratio > 1.0:
        blocks = resample_blocks(stretched(audio, longer).blocks(), rate * ratio, rate, channels)
        return Audio.from_blocks(fit_blocks(blocks, rate, channels, total), rate, channels, total)
    blocks = resample_blocks(audio.blocks(), rate * ratio, rate, channels)
    lower = fit_blocks(blocks, rate, channels, longer)
    return stretched(Audio.from_blocks(lower, rate, channels, longer), total)


class _Tape:
    """Frames around a place that moves forward, with silence before the first one."""

    def __init__(self, audio: Audio, lead: int) -> None:
        self._feed = Feed(audio)
        self._first = -lead
        self._samples: Samples = np.zeros((audio.num_channels, lead), np.float32)
        self._chunk = audio.sample_rate

    def read(self, first: int, count: int) -> Samples:
        """Return frames; those before ``first`` less one second are forgotten."""
        while first + count > self._first + self._samples.shape[1]:
            more = self._feed.take(self._chunk)
            missing = self._chunk - more.shape[1]
            more = np.pad(more, ((0, 0), (0, missing))) if missing else more
            forgotten = max(0, first - self._chunk - self._first)
            self._samples = np.concatenate([self._samples[:, forgotten:], more], axis=1)
            self._first += min(forgotten, self._samples.shape[1])
        return self._samples[:, first - self._first : first - self._first + count]


def _stretched_blocks(audio: Audio, speed: float) -> Iterator[Waveform]:
    rate = audio.sample_rate
    hop = max(1, round(WINDOW_DURATION * rate / 2))
    search = max(1, round(SEARCH_DURATION * rate))
    window = (0.5 - 0.5 * np.cos(np.pi * np.arange(2 * hop) / hop)).astype(np.float32)
    finder = _SimilarityFinder(2 * hop, search)
    tape = _Tape(audio, hop + search)
    position = -hop
    overlap = tape.read(position, 2 * hop)[:, hop:] * window[hop:]
    done: list[Samples] = []
    index = 0
    while position < (audio.num_frames or 0):
        index += 1
        wanted = round(index * hop * speed) - hop
        # Read in order of time: the tape forgets what lies far behind.
        around = tape.read(wanted - search, 2 * (hop + search))
        if speed != 1.0:
            continuation = tape.read(position + hop, 2 * hop)
            position = wanted + finder.shift(continuation, around)
        else:
            position = wanted
        piece = around[:, position - wanted + search :][:, : 2 * hop] * window
        done.append((overlap + piece[:, :hop]).astype(np.float32, copy=False))
        overlap = piece[:, hop:]
        if len(done) * hop >= rate:
            yield Waveform(np.concatenate(done, axis=1), rate)
            done = []
    yield Waveform(np.concatenate([*done, overlap], axis=1), rate)


class _SimilarityFinder:
    """Find where a stretch of sound continues another one best.

    Args:
        length: Frames that are compared.
        search: Frames that may be shifted, either way.
    """

    def __init__(self, length: int, search: int) -> None:
        self._length = length
        self._search = search
        self._n_fft = 1 << (length + 2 * search - 1).bit_length()
        distance = np.abs(np.arange(-search, search + 1)) / search
        self._preference = CENTRE_PREFERENCE * distance

    def shift(self, continuation: Samples, around: Samples) -> int:
        """Return the shift in frames, -search to search; 0 where nothing is alike.

        Args:
            continuation: What would follow, ``(channels, length)``.
            around: The candidates, ``(channels, length + 2 * search)``.
        """
        spectrum = np.conj(np.fft.rfft(continuation, self._n_fft))
        spectrum = (spectrum * np.fft.rfft(around, self._n_fft)).sum(axis=0)
        products = np.fft.irfft(spectrum, self._n_fft)[: 2 * self._search + 1]
        power = np.cumsum(np.square(around, dtype=np.float64).sum(axis=0))
        power = np.concatenate([[0.0], power])
        energy = power[self._length :] - power[: -self._length]
        likeness = products / np.sqrt(np.maximum(energy, 1e-9))
        best = float(np.max(likeness))
        if best <= 0.0:
            return 0
        # Without the preference, silence and noise would wander to the edge of the search.
        return int(np.argmax(likeness - best * self._preference)) - self._search
