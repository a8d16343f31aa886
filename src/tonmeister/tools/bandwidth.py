"""The band a recording lacks: measured, and estimated from the band below it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio, Feed

__all__ = ["FULL_HZ", "LOWEST_HZ", "content_limit_hz", "extended"]

TARGET_HZ = 16_000.0
"""Up to here the band is filled; speech has little above."""

FULL_HZ = 13_000.0
"""A recording that reaches up to here lacks nothing one would miss in speech."""

LOWEST_HZ = 2_500.0
"""Below it there is too little of the voice to estimate from."""

N_FFT = 2048
BAND_BINS = 8
MAX_FRAMES = 4_000
MIN_FRAMES = 8
MOVES_DB = 10.0
BELOW_PEAK_DB = -60.0
FLOOR = 1e-12
FRAME_DURATION = 0.032
SLOPES_DB = (-30.0, -6.0)
"""Limits of the fall per octave above the edge: of a vowel, and of a hiss such as s."""

SMOOTHING = 0.5
FADE_BINS = 4


def content_limit_hz(audio: Audio) -> float | None:
    """Measure up to which frequency a recording has content.

    Content comes and goes; the noise a converter or coder leaves above it stands still, so that
    levels there would not tell.

    Args:
        audio: Any recording; it is read once.

    Returns:
        The frequency in Hz, the half rate when the content reaches it; None when nothing moves.
    """
    feed = Feed(audio.converted(None, 1))
    total = -(-(audio.num_frames or 0) // N_FFT)
    stride = max(1, -(-total // MAX_FRAMES))
    window = np.hanning(N_FFT)
    levels: list[NDArray[np.float64]] = []
    for index in range(total):
        samples = feed.take(N_FFT)[0]
        if index % stride == 0 and len(samples) == N_FFT:
            power = np.square(np.abs(np.fft.rfft(samples * window)))[1:]
            levels.append(10.0 * np.log10(power.reshape(-1, BAND_BINS).mean(axis=1) + FLOOR))
    if len(levels) < MIN_FRAMES:
        return None
    quiet, loud = np.percentile(np.stack(levels), (20, 95), axis=0)
    moving = (loud - quiet > MOVES_DB) & (loud > np.max(loud) + BELOW_PEAK_DB)
    above = np.flatnonzero(moving)
    if not len(above):
        return None
    return float((above[-1] + 1) * BAND_BINS * audio.sample_rate / N_FFT)


def extended(audio: Audio, limit_hz: float) -> Audio:
    """Fill the band above a limit with copies of the octave below it, shaped frame by frame.

    The octave under the limit is shifted up as often as needed and falls off as that octave does:
    steeply in vowels, slowly in hisses. What lies below the limit is not touched.

    Source: Dietz et al., "Spectral Band Replication, a Novel Approach in Audio Coding" (AES 112th
    Convention, 2002); here without the side information of a coder, so the envelope is a guess.

    Args:
        audio: Any recording.
        limit_hz: Up to where it has content, in Hz.

    Returns:
        The recording at 44.1 or 48 kHz, or at its own rate if that is higher.
    """
    rate = _target_rate(audio.sample_rate)
    source = audio.converted(rate, None)
    return Audio.from_blocks(
        _blocks(source, limit_hz), rate, source.num_channels, source.num_frames
    )


def _target_rate(sample_rate: int) -> int:
    if sample_rate >= 2 * TARGET_HZ:
        return sample_rate
    return 44_100 if 44_100 % sample_rate == 0 else 48_000


def _blocks(source: Audio, limit_hz: float) -> Iterator[Waveform]:
    rate = source.sample_rate
    hop = round(FRAME_DURATION * rate / 4)
    size = 4 * hop
    window = np.sqrt(np.hanning(size + 1)[:-1] / 2.0)  # squared and added at four hops: 1
    patch = _Patch(rate / size, limit_hz, source.num_channels)
    feed, missing = Feed(source), source.num_frames or 0
    rest: Samples = np.zeros((source.num_channels, size - hop), np.float32)
    tail = np.zeros((source.num_channels, size - hop))
    surplus = size - hop
    while missing > 0:
        fresh = feed.take(200 * hop)
        fresh = np.pad(fresh, ((0, 0), (0, 200 * hop - fresh.shape[1])))
        rest = np.concatenate([rest, fresh], axis=1)
        views = np.lib.stride_tricks.sliding_window_view(rest, size, axis=1)[:, ::hop]
        added = np.fft.irfft(patch.fill(np.fft.rfft(views * window)), size) * window
        made = np.zeros((len(rest), rest.shape[1]))
        made[:, : tail.shape[1]] = tail
        for index in range(added.shape[1]):
            made[:, index * hop : index * hop + size] += added[:, index]
        ready = made[:, : added.shape[1] * hop] + rest[:, : added.shape[1] * hop]
        tail, rest = made[:, added.shape[1] * hop :], rest[:, added.shape[1] * hop :]
        ready, surplus = ready[:, surplus:], 0
        count = min(missing, ready.shape[1])
        missing -= count
        yield Waveform(ready[:, :count].astype(np.float32), rate)


class _Patch:
    """Estimates the bins above a limit; it remembers how the last frame fell off."""

    def __init__(self, bin_hz: float, limit_hz: float, num_channels: int) -> None:
        self._edge = int(limit_hz / bin_hz) - FADE_BINS
        self._top = int(TARGET_HZ / bin_hz)
        # Shifted by a multiple of four bins, the copies of successive frames stay in phase.
        self._shift = self._edge // 2 // 4 * 4
        self._octaves = np.log2(np.arange(1, self._edge))
        self._slope = np.full(num_channels, sum(SLOPES_DB) / 2)

    def fill(self, spectrum: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return the added bins alone, shape ``(channels, frames, bins)`` as given."""
        edge, shift = self._edge, self._shift
        added = np.zeros_like(spectrum)
        level = 10.0 * np.log10(np.square(np.abs(spectrum[..., 1:edge])) + 1e-16)
        slopes = self._smoothed(_slopes(level, self._octaves))
        start = edge
        while start < self._top:
            count = min(shift, self._top - start, spectrum.shape[-1] - start)
            if count <= 0:
                break
            bins = np.arange(start, start + count)
            copies = bins - (start - edge) - shift
            fall = np.log2(bins / copies)
            gain = 10.0 ** (slopes[..., np.newaxis] * fall / 20.0)
            added[..., bins] = spectrum[..., copies] * gain
            start += count
        added[..., edge : edge + FADE_BINS] *= np.linspace(0.0, 1.0, FADE_BINS)
        fade = min(self._top, spectrum.shape[-1])
        added[..., fade - FADE_BINS : fade] *= np.linspace(1.0, 0.0, FADE_BINS)
        return added

    def _smoothed(self, slopes: NDArray[np.float64]) -> NDArray[np.float64]:
        for index in range(slopes.shape[1]):
            self._slope = SMOOTHING * self._slope + (1 - SMOOTHING) * slopes[:, index]
            slopes[:, index] = self._slope
        return slopes


def _slopes(level: NDArray[np.float64], octaves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the fall in dB per octave over the upper two octaves, shape ``(channels, frames)``."""
    first = len(octaves) // 4
    centred = octaves[first:] - octaves[first:].mean()
    fall = level[..., first:] @ centred / (centred @ centred)
    return np.clip(fall, *SLOPES_DB)
