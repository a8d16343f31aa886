"""Equaliser bands as biquads, run over a recording with state, so that blocks leave no trace.

Formulas: Robert Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients",
W3C Working Group Note, 2021.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio

__all__ = ["Band", "Cascade", "filtered", "gentle_low_cut", "second_order_sections"]

Sections = NDArray[np.float64]

HIGHEST_SHARE = 0.49
"""Of the sample rate; nearer to its half a biquad cannot follow its analogue model."""

BUTTERWORTH_4 = (0.5412, 1.3066)
"""Q of the two halves of a fourth-order Butterworth filter, 24 dB per octave."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of an equaliser.

    Attributes:
        kind: "low_cut" and "high_cut" (24 dB per octave, -3 dB at the frequency), "low_shelf" and
            "high_shelf" (half of the gain at the frequency), or "bell".
        frequency_hz: Where it acts.
        gain_db: Of a shelf or bell.
        octaves: Width of a bell between the points of half its gain.
    """

    kind: Literal["low_cut", "low_shelf", "bell", "high_shelf", "high_cut"]
    frequency_hz: float
    gain_db: float = 0.0
    octaves: float = 1.0

    def fits(self, sample_rate: int) -> bool:
        """Tell whether the frequency lies inside what a rate can hold.

        Args:
            sample_rate: Rate of the recording in Hz.
        """
        return self.frequency_hz <= HIGHEST_SHARE * sample_rate


def second_order_sections(band: Band, sample_rate: int) -> Sections:
    """Return the coefficients of a band, shape ``(sections, 6)``.

    Args:
        band: A band that fits the rate.
        sample_rate: Rate in Hz.
    """
    turn = 2.0 * math.pi * band.frequency_hz / sample_rate
    sine, cosine = math.sin(turn), math.cos(turn)
    if band.kind in ("low_cut", "high_cut"):
        return np.array([_cut(band.kind, cosine, sine / (2.0 * q)) for q in BUTTERWORTH_4])
    amount = 10.0 ** (band.gain_db / 40.0)
    if band.kind == "bell":
        alpha = sine * math.sinh(math.log(2.0) / 2.0 * band.octaves * turn / sine)
        above = (1.0 + alpha * amount, -2.0 * cosine, 1.0 - alpha * amount)
        below = (1.0 + alpha / amount, -2.0 * cosine, 1.0 - alpha / amount)
        return _section(above, below)[np.newaxis]
    # A low shelf is a high shelf with the sign of the cosine turned.
    side = 1.0 if band.kind == "low_shelf" else -1.0
    alpha = sine / math.sqrt(2.0)  # slope 1: as steep as it can be without a bump
    more, less = amount + 1.0, amount - 1.0
    slope = 2.0 * math.sqrt(amount) * alpha
    turned = side * cosine
    above = (
        amount * (more - less * turned + slope),
        side * 2.0 * amount * (less - more * turned),
        amount * (more - less * turned - slope),
    )
    below = (
        more + less * turned + slope,
        side * -2.0 * (less + more * turned),
        more + less * turned - slope,
    )
    return _section(above, below)[np.newaxis]


def gentle_low_cut(frequency_hz: float, sample_rate: int) -> Sections:
    """Return a low cut of 12 dB per octave (Butterworth), shape ``(1, 6)``.

    Args:
        frequency_hz: Where it is 3 dB down.
        sample_rate: Rate in Hz.
    """
    turn = 2.0 * math.pi * frequency_hz / sample_rate
    return _cut("low_cut", math.cos(turn), math.sin(turn) / math.sqrt(2.0))[np.newaxis]


def _cut(kind: str, cosine: float, alpha: float) -> Sections:
    side = 1.0 if kind == "low_cut" else -1.0
    edge = (1.0 + side * cosine) / 2.0
    return _section((edge, -side * 2.0 * edge, edge), (1.0 + alpha, -2.0 * cosine, 1.0 - alpha))


def _section(above: Sequence[float], below: Sequence[float]) -> Sections:
    return np.array([*above, *below]) / below[0]


class Cascade:
    """Second-order sections that remember, for each channel, where the last block ended.

    Args:
        sections: Shape ``(sections, 6)``.
        num_channels: Channels of the blocks.
    """

    def __init__(self, sections: Sections, num_channels: int) -> None:
        self._sections = sections
        self._state = np.zeros((len(sections), num_channels, 2))

    def run(self, samples: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the next block, filtered.

        Args:
            samples: Shape ``(channels, frames)``.
        """
        from scipy.signal import sosfilt

        if not samples.shape[1]:
            return samples.astype(np.float64)
        made, self._state = sosfilt(
            self._sections, samples.astype(np.float64), axis=1, zi=self._state
        )
        return made


def filtered(audio: Audio, bands: Sequence[Band]) -> Audio:
    """Run a recording through bands one after the other.

    Args:
        audio: Any recording.
        bands: Bands that fit its rate; without any, it stays as it is.
    """
    if not bands:
        return audio
    sections = np.concatenate([second_order_sections(band, audio.sample_rate) for band in bands])

    def blocks() -> Iterator[Waveform]:
        cascade = Cascade(sections, audio.num_channels)
        for block in audio.blocks():
            made: Samples = cascade.run(block.samples).astype(np.float32)
            yield Waveform(made, block.sample_rate)

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, audio.num_frames)
