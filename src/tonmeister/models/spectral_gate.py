"""Takes a sound out of what is around it: what stands out from the background, while it is heard.

The background is learnt from the seconds before and after, one level for each frequency; in the
sound's own time every point of time and frequency is kept as far as it exceeds that level. Two
sounds at once that both stand out are not told apart.
Source: Boll, "Suppression of Acoustic Noise in Speech Using Spectral Subtraction" (IEEE ASSP 1979);
gains after Wiener.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio

__all__ = ["Band", "SpectralGate"]

WINDOW_DURATION = 0.064
"""Seconds seen at a time; the window is the power of two of samples that is nearest."""

BLOCK_FRAMES = 256
CONTEXT_DURATION = 8.0
"""Seconds of background that are learnt from, as near to the sound as there are."""

REACH = 60.0
"""Seconds from a sound up to which its background is looked for."""

MARGIN = 0.3
"""Seconds around every sound that are not taken for background: it may begin early."""

LEAST_CONTEXT = 0.25
MOST_GROWTH = 1.5
PAUSE = 0.1
GOES_ON = 0.1
ALIKE = 0.5
"""A sound grows by 1.5 s at most, over pauses of 0.1 s, while it has a tenth of its strength and a
spectrum like its own."""

NEAR = 10.0
"""Seconds of a long sound that tell how it begins, and how it ends."""

FADE = 0.03
FACTOR = 3.0
"""How far above its median the background may reach; of 1 to 3.7, the higher gave more SI-SDR on
real sounds, and from 3 on the ends of sounds were lost."""

SMOOTHING = 3
"""Frames and frequencies whose power is averaged, against single points that blink."""

FLOOR = 1e-9


@dataclass(frozen=True, slots=True)
class Band:
    """Frequencies that are meant.

    Attributes:
        low_hz: Lowest in Hz.
        high_hz: Highest in Hz; None without a limit.
    """

    low_hz: float = 0.0
    high_hz: float | None = None


class SpectralGate:
    """Keeps what stands out in some pieces of a recording, and nothing elsewhere.

    Args:
        audio: The recording; it is read at any place.
        regions: When the sound is heard, both ends given, in order of time.
        band: Frequencies it may have.
        grow: Whether the sound may begin earlier and end later than said, as long as what stands
            out goes on with the same frequencies.
    """

    def __init__(
        self, audio: Audio, regions: Sequence[Region], band: Band, *, grow: bool = False
    ) -> None:
        self._audio = audio
        self._regions = [
            (one.start, audio.duration if one.end is None else one.end) for one in regions
        ]
        size = 2 ** round(np.log2(WINDOW_DURATION * audio.sample_rate))
        self._size = int(max(64, size))
        self._hop = self._size // 4
        self._window = np.sqrt(np.hanning(self._size + 1)[:-1]).astype(np.float32)
        frequencies = np.fft.rfftfreq(self._size, 1.0 / audio.sample_rate)
        high = np.inf if band.high_hz is None else band.high_hz
        self._band = ((frequencies >= band.low_hz) & (frequencies <= high)).astype(np.float32)
        self._levels = [self._background(*one) for one in self._regions]
        if grow:
            found = zip(self._regions, self._levels, strict=True)
            self._regions = [self._grown(*one, level) for one, level in found]

    @property
    def has_background(self) -> list[bool]:
        """Tell of each region whether there is any time without the sound near it."""
        return [level is not None for level in self._levels]

    @property
    def regions(self) -> list[Region]:
        """The regions, as far as they have grown."""
        return [Region(start, end) for start, end in self._regions]

    def sound(self) -> Audio:
        """Return the sound alone, as long as the recording."""
        audio = self._audio
        return Audio.from_blocks(
            self._blocks(), audio.sample_rate, audio.num_channels, audio.num_frames
        )

    def _blocks(self) -> Iterator[Waveform]:
        rate, total = self._audio.sample_rate, self._audio.num_frames or 0
        step = BLOCK_FRAMES * self._hop
        for first in range(0, total, step):
            count = min(step, total - first)
            made = np.zeros((self._audio.num_channels, count), np.float32)
            begin, end = first / rate, (first + count) / rate
            if any(start - FADE < end and stop + FADE > begin for start, stop in self._regions):
                made = self._gated(first, count)
            yield Waveform(made, rate)

    def _gated(self, first: int, count: int) -> Samples:
        """Return the sound from a sample on; frames lie on one grid for the whole recording."""
        reach = 2 * self._size
        seen = self._samples(first - reach, count + 2 * reach)
        spectrum = self._spectrum(seen)
        frames = np.arange(spectrum.shape[1])
        times = (first - reach + frames * self._hop + self._size / 2) / self._audio.sample_rate
        gains = self._gains(np.sqrt(np.mean(np.abs(spectrum) ** 2, axis=0)), times)
        pieces = np.fft.irfft(spectrum * gains, self._size).astype(np.float32) * (self._window / 2)
        made = np.zeros((len(seen), len(frames) * self._hop + self._size), np.float32)
        quarters = pieces.reshape(len(seen), len(frames), 4, self._hop)
        for index in range(4):
            part = made[:, index * self._hop : (index + len(frames)) * self._hop]
            part += quarters[:, :, index].reshape(len(seen), -1)
        return made[:, reach : reach + count]

    def _gains(self, magnitudes: Samples, times: NDArray[np.float64]) -> Samples:
        gains = np.zeros(magnitudes.shape, np.float32)
        for (start, end), level in zip(self._regions, self._levels, strict=True):
            share = np.minimum(times - start, end - times) / FADE + 1.0
            share = np.clip(share, 0.0, 1.0).astype(np.float32)[:, np.newaxis]
            if not share.any():
                continue
            kept = (
                np.ones(magnitudes.shape, np.float32) if level is None else _kept(magnitudes, level)
            )
            gains = np.maximum(gains, share * kept)
        return gains * self._band

    def _grown(self, start: float, end: float, level: Samples | None) -> tuple[float, float]:
        """Return a region that lasts as long as its sound goes on."""
        if level is None:
            return start, end
        if end - start <= NEAR:
            return self._reaching(start, end, level)
        begin, _ = self._reaching(start, start + NEAR, level)
        _, stop = self._reaching(end - NEAR, end, level)
        return begin, stop

    def _reaching(self, start: float, end: float, level: Samples) -> tuple[float, float]:
        """Return from when to when a sound goes on that is read as a whole."""
        rate = self._audio.sample_rate
        first = max(0, round((start - MOST_GROWTH) * rate) - self._size)
        last = round((end + MOST_GROWTH) * rate) + self._size
        spectrum = self._spectrum(self._samples(first, last - first))
        magnitudes = np.sqrt(np.mean(np.abs(spectrum) ** 2, axis=0))
        excess = magnitudes * _kept(magnitudes, level) * self._band
        times = (first + np.arange(len(excess)) * self._hop + self._size / 2) / rate
        inside = (times >= start) & (times <= end)
        if not excess[inside].any():
            return start, end
        shape = np.sqrt(np.mean(excess[inside] ** 2, axis=0))
        strength = excess @ (shape / (np.linalg.norm(shape) + FLOOR))
        likeness = strength / (np.linalg.norm(excess, axis=1) + FLOOR)
        goes_on = strength >= GOES_ON * float(strength[inside].max())
        goes_on &= likeness >= ALIKE
        begin = _reached(times[::-1], goes_on[::-1], start, -1.0)
        stop = _reached(times, goes_on, end, 1.0)
        return max(begin, start - MOST_GROWTH, 0.0), min(stop, end + MOST_GROWTH)

    def _background(self, start: float, end: float) -> Samples | None:
        """Return the level of each frequency around a sound; None when it is heard everywhere."""
        found: list[Samples] = []
        left = CONTEXT_DURATION
        for piece_start, piece_end in self._silent_pieces(start, end):
            piece_end = min(piece_end, piece_start + left)
            samples = self._audio.read(piece_start, piece_end).samples
            if samples.shape[1] < self._size:
                continue
            found.append(np.sqrt(np.mean(np.abs(self._spectrum(samples)) ** 2, axis=0)))
            left -= piece_end - piece_start
            if left <= 0.0:
                break
        if not found or CONTEXT_DURATION - left < LEAST_CONTEXT:
            return None
        return np.median(np.concatenate(found), axis=0).astype(np.float32)

    def _silent_pieces(self, start: float, end: float) -> list[tuple[float, float]]:
        """Return the pieces without any of the sounds, the nearest to one of them first."""
        low, high = max(0.0, start - REACH), min(self._audio.duration, end + REACH)
        edges = [low]
        for begin, stop in self._regions:
            if stop + MARGIN > low and begin - MARGIN < high:
                edges += [begin - MARGIN, stop + MARGIN]
        edges.append(high)
        pieces = [
            piece
            for begin, stop in zip(edges[::2], edges[1::2], strict=True)
            for piece in _halved(begin, stop, start, end)
        ]
        return sorted(pieces, key=lambda piece: min(abs(piece[1] - start), abs(piece[0] - end)))

    def _samples(self, first: int, count: int) -> Samples:
        """Return samples, silence where the recording is not."""
        rate = self._audio.sample_rate
        low, high = max(0, first), min(self._audio.num_frames or 0, first + count)
        inside = self._audio.read(low / rate, high / rate).samples
        return np.pad(inside, ((0, 0), (low - first, first + count - low - inside.shape[1])))

    def _spectrum(self, samples: Samples) -> NDArray[np.complex64]:
        frames = np.lib.stride_tricks.sliding_window_view(samples, self._size, axis=1)
        return np.fft.rfft(frames[:, :: self._hop] * self._window).astype(np.complex64)


def _kept(magnitudes: Samples, level: Samples) -> Samples:
    """Return the share of each point that exceeds the background."""
    from scipy.ndimage import uniform_filter

    power = uniform_filter(magnitudes**2, SMOOTHING)
    excess = 1.0 - (FACTOR * level) ** 2 / (power + FLOOR**2)
    return np.sqrt(np.clip(excess, 0.0, 1.0)).astype(np.float32)


def _reached(
    times: NDArray[np.float64], goes_on: NDArray[np.bool_], edge: float, way: float
) -> float:
    """Return how far a sound goes on beyond an edge, later or earlier."""
    reached = edge
    for time, still in zip(times, goes_on, strict=True):
        if way * (time - edge) <= 0.0:
            continue
        if still:
            reached = float(time)
        elif way * (time - reached) > PAUSE:
            break
    return reached


def _halved(begin: float, end: float, start: float, stop: float) -> list[tuple[float, float]]:
    """Return at most a context's length of a piece, from its end that is nearest to a sound."""
    if end <= begin:
        return []
    if end <= start:
        return [(max(begin, end - CONTEXT_DURATION / 2), end)]
    return [(begin, min(end, begin + CONTEXT_DURATION / 2))]
