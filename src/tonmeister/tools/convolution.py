"""Convolution of recordings of any length with long responses, in blocks (overlap-add)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Waveform
from tonmeister.streaming import Audio, Feed

__all__ = ["convolved"]

SHORTEST_FFT = 1 << 15


def convolved(audio: Audio, responses: NDArray[np.float64], dry: float, wet: float) -> Audio:
    """Mix a recording with its convolution; the tail after its end is kept.

    Args:
        audio: A recording of known length.
        responses: From each of its channels to each channel of the result, shape
            ``(channels, outputs, frames)``.
        dry: Amplitude of the recording itself; a mono one goes to all outputs.
        wet: Amplitude of the convolution.
    """
    channels, outputs, length = responses.shape
    total = (audio.num_frames or 0) + (length - 1 if audio.num_frames else 0)
    size = max(SHORTEST_FFT, 1 << (2 * length - 1).bit_length())
    hop = size - length + 1

    def blocks() -> Iterator[Waveform]:
        spectra = np.fft.rfft(responses, size)
        feed = Feed(audio)
        rest = np.zeros((outputs, length - 1))
        missing = total
        while missing > 0:
            samples = feed.take(hop)
            count = min(hop, missing)
            made = np.zeros((outputs, size))
            if samples.shape[1]:
                heard = np.fft.rfft(samples, size)
                for output in range(outputs):
                    summed = sum(heard[one] * spectra[one, output] for one in range(channels))
                    made[output] = np.fft.irfft(summed, size)
            made[:, : length - 1] += rest
            rest = made[:, hop:].copy()
            mixed = wet * made[:, :count]
            mixed[:, : samples.shape[1]] += dry * samples
            missing -= count
            yield Waveform(mixed.astype(np.float32), audio.sample_rate)

    return Audio.from_blocks(blocks(), audio.sample_rate, outputs, total)
