"""Comparing two recordings: loudness, tone, likeness, and what is different."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Image, Measurement, Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.metering import Levels
from tonmeister.streaming import Audio, Feed, write_pcm
from tonmeister.tools.alignment import Alignment, find_alignment
from tonmeister.tools.comparison_picture import draw_comparison
from tonmeister.tools.loudness import amplitude, levels_of, within_full_scale
from tonmeister.toolspec import WorkingFolder, tool

__all__ = ["Comparison", "compare_audio"]

Reals = NDArray[np.float64]

OCTAVES_HZ = (31.5, 63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0)
ALIKE = 0.4  # of the correlation, from which two recordings are taken for versions of one
N_FFT = 8_192
COLUMNS = 800
PIECE_FRAMES = 32 * N_FFT
FLOOR = 1e-13
EQUAL_LU = 0.1
FARTHEST_SI_SDR_DB = 120.0


class Comparison(NamedTuple):
    """What ``compare_audio`` gives.

    Attributes:
        report: The numbers; "other" is the second recording, differences are second minus first.
        difference: The first minus the second, brought to the same time and loudness.
        picture: Tone and level of both.
    """

    report: Measurement
    difference: Audio
    picture: Image


@tool(suffix="comparison", claims=("file_not_empty",))
def compare_audio(audio: Audio, other: Audio, folder: WorkingFolder) -> Comparison | Noted:
    """Compare two recordings: which is louder, how the tone differs, what was changed.

    Use it before and after an edit, or to choose between two versions. Tone and difference are
    compared at the same loudness. It does not judge which sounds better or who speaks.

    Args:
        audio: The first recording, such as the one before.
        other: The second, such as the one after; rate, channels and length may differ.
        folder: Where the picture is written.
    """
    if not audio.num_frames or not other.num_frames:
        raise ToolInputError(
            "One of the recordings is empty; there is nothing to compare.",
            tool="compare_audio",
            hint="Choose two recordings with sound.",
        )
    levels = levels_of(audio, true_peak=True), levels_of(other, true_peak=True)
    notes: list[str] = []
    first, second = _alike(audio, other, folder, notes)
    found = find_alignment(first, second)
    alike = found is not None and abs(found.likeness) >= ALIKE
    aligned = found if found is not None and alike else Alignment(0, 1.0)
    matched_db = _matched_db(levels)
    pair = _Pair(first, second, aligned, matched_db)
    sums = _measured(pair)
    values = _values(levels, found, alike, sums, audio.sample_rate, other.sample_rate)
    notes = [*_told(levels, values, alike, audio, other), *notes]
    difference = within_full_scale(lambda: pair.difference())
    if isinstance(difference, Noted):
        notes += difference.notes
        difference = difference.value
    columns = [10.0 * np.log10(np.maximum(one, FLOOR)) for one in sums.columns]
    picture = draw_comparison(
        folder, OCTAVES_HZ, sums.octaves_db(), columns, pair.num_frames / first.sample_rate
    )
    report = Measurement(values)
    return Noted((report, difference, picture), tuple(notes))  # pyright: ignore[reportArgumentType]


def _alike(audio: Audio, other: Audio, folder: Path, notes: list[str]) -> tuple[Audio, Audio]:
    """Bring the second to the rate of the first, and both to the same channels."""
    first, second = audio, other
    if audio.num_channels != other.num_channels:
        notes.append(
            f"One has {audio.num_channels} and the other {other.num_channels} channels: tone and "
            "difference are of their mono sums."
        )
        first, second = first.converted(None, 1), second.converted(None, 1)
    if audio.sample_rate != other.sample_rate:
        notes.append(
            f"The second was converted from {other.sample_rate} to {audio.sample_rate} Hz."
        )
        second = second.converted(audio.sample_rate)
    return (
        _stored(first, audio, folder / "first.rf64"),
        _stored(second, other, folder / "second.rf64"),
    )


def _stored(made: Audio, given: Audio, path: Path) -> Audio:
    """Return a recording that can be read at any place."""
    if made is given:
        return given
    write_pcm(made, path)
    return Audio.from_file(path)


def _matched_db(levels: tuple[Levels, Levels]) -> float:
    """Return the gain that makes the second as loud as the first; by power where too short."""
    for name in ("loudness_lufs", "rms_db"):
        first, second = getattr(levels[0], name), getattr(levels[1], name)
        if first is not None and second is not None:
            return first - second
    return 0.0


class _Pair:
    """The time both recordings share, the second as loud and the same way up as the first."""

    def __init__(self, first: Audio, second: Audio, aligned: Alignment, matched_db: float) -> None:
        rate, delay = first.sample_rate, aligned.delay_frames
        self.sample_rate, self.num_channels = rate, first.num_channels
        self._first = first.part(max(0, -delay) / rate)
        self._second = second.part(max(0, delay) / rate)
        lengths = self._first.num_frames or 0, self._second.num_frames or 0
        self.num_frames = min(lengths)
        self._factor = np.float32(math.copysign(amplitude(matched_db), aligned.likeness))

    def pieces(self) -> Iterator[tuple[Samples, Samples]]:
        feeds = Feed(self._first), Feed(self._second)
        left = self.num_frames
        while left > 0:
            count = min(left, PIECE_FRAMES)
            yield feeds[0].take(count), feeds[1].take(count) * self._factor
            left -= count

    def difference(self) -> Audio:
        blocks = (Waveform(one - other, self.sample_rate) for one, other in self.pieces())
        return Audio.from_blocks(blocks, self.sample_rate, self.num_channels, self.num_frames)


@dataclass(slots=True)
class _Sums:
    """Sums over the time that both share; ``octaves`` and ``columns`` are powers of each."""

    sample_rate: int
    num_frames: int
    first: float = 0.0
    second: float = 0.0
    product: float = 0.0
    difference: float = 0.0
    octaves: Reals = field(default_factory=lambda: np.zeros((2, len(OCTAVES_HZ))))
    columns: Reals = field(default_factory=lambda: np.zeros((2, COLUMNS)))

    def octaves_db(self) -> Reals:
        """Return levels of both in octave bands; NaN where there is nothing."""
        heard = self.octaves > FLOOR * max(1.0, float(self.octaves.max()))
        return np.where(heard, 10.0 * np.log10(np.maximum(self.octaves, 1e-30)), np.nan)


def _measured(pair: _Pair) -> _Sums:
    made = _Sums(pair.sample_rate, pair.num_frames)
    frequencies = np.fft.rfftfreq(N_FFT, 1.0 / pair.sample_rate)
    members = [
        (frequencies >= centre / math.sqrt(2.0)) & (frequencies < centre * math.sqrt(2.0))
        for centre in OCTAVES_HZ
    ]
    counts = np.zeros(COLUMNS)
    position = 0
    for one, other in pair.pieces():
        both = one.astype(np.float64), other.astype(np.float64)
        made.first += float(np.sum(np.square(both[0])))
        made.second += float(np.sum(np.square(both[1])))
        made.product += float(np.sum(both[0] * both[1]))
        made.difference += float(np.sum(np.square(both[0] - both[1])))
        places = np.arange(position, position + one.shape[1]) * COLUMNS // pair.num_frames
        counts += np.bincount(places, minlength=COLUMNS)
        for index, samples in enumerate(both):
            power = np.square(samples).mean(axis=0)
            made.columns[index] += np.bincount(places, power, COLUMNS)
            spectrum = _power_spectrum(samples)
            made.octaves[index] += [spectrum[member].sum() for member in members]
        position += one.shape[1]
    made.columns /= np.maximum(counts, 1.0)
    made.octaves /= max(1, pair.num_frames)
    return made


def _power_spectrum(samples: Reals) -> Reals:
    """Return summed powers of windows half over one another; the last is filled with silence."""
    hop = N_FFT // 2
    count = max(1, math.ceil(samples.shape[1] / hop))
    padded = np.pad(samples, ((0, 0), (hop // 2, count * hop + hop - samples.shape[1])))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT, axis=1)[:, ::hop]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(N_FFT)))
    return np.square(spectrum).sum(axis=(0, 1)) / N_FFT


def _values(
    levels: tuple[Levels, Levels],
    found: Alignment | None,
    alike: bool,
    sums: _Sums,
    rate: int,
    other_rate: int,
) -> dict[str, float | int | str | None]:
    first, second = levels
    louder_lu = _less(second.loudness_lufs, first.loudness_lufs)
    values: dict[str, float | int | str | None] = {
        "loudness_lufs": _rounded(first.loudness_lufs),
        "other_loudness_lufs": _rounded(second.loudness_lufs),
        "loudness_difference_lu": _rounded(louder_lu),
        "true_peak_db": _rounded(first.true_peak_db),
        "other_true_peak_db": _rounded(second.true_peak_db),
        "rms_difference_db": _rounded(_less(second.rms_db, first.rms_db)),
        "loudness_range_lu": _rounded(first.loudness_range_lu),
        "other_loudness_range_lu": _rounded(second.loudness_range_lu),
        "lines_up": "yes" if alike else "no",
        "likeness": None if found is None else round(found.likeness, 3),
        "delay": found.delay_frames / rate if found is not None and alike else None,
        "compared_duration": round(sums.num_frames / rate, 4),
        "si_sdr_db": _rounded(_si_sdr_db(sums)) if alike else None,
        "difference_db": _rounded(_ratio_db(sums.difference, sums.first)),
    }
    octaves = sums.octaves_db()
    for centre, one, other in zip(OCTAVES_HZ, *octaves, strict=True):
        if centre * math.sqrt(2.0) <= min(rate, other_rate) / 2.0:
            values[f"octave_{centre:g}_hz_difference_db"] = _rounded(other - one)
    return values


def _si_sdr_db(sums: _Sums) -> float | None:
    """Return the scale-invariant signal-to-distortion ratio of the second to the first.

    Le Roux et al., "SDR - half-baked or well done?", ICASSP 2019.
    """
    if sums.first <= 0.0 or sums.second <= 0.0:
        return None
    target = sums.product**2 / sums.first
    ratio = _ratio_db(target, max(0.0, sums.second - target))
    return FARTHEST_SI_SDR_DB if ratio is None else min(FARTHEST_SI_SDR_DB, ratio)


def _told(
    levels: tuple[Levels, Levels],
    values: dict[str, float | int | str | None],
    alike: bool,
    audio: Audio,
    other: Audio,
) -> list[str]:
    """Say the most important in sentences."""
    told: list[str] = []
    louder = _less(levels[1].loudness_lufs, levels[0].loudness_lufs)
    if louder is None:
        told.append("One of them is silent or shorter than 0.4 s: loudness cannot be compared.")
    elif abs(louder) < EQUAL_LU:
        told.append("Both are equally loud.")
    else:
        which = "second" if louder > 0.0 else "first"
        told.append(f"The {which} is louder by {abs(louder):.1f} LU.")
    tone = {
        name.split("_")[1]: value
        for name, value in values.items()
        if name.startswith("octave") and isinstance(value, float)
    }
    if tone:
        centre = max(tone, key=lambda one: abs(tone[one]))
        told.append(
            f"At equal loudness their tone differs most around {centre} Hz: the second has "
            f"{tone[centre]:+.1f} dB there."
        )
    if not alike:
        told.append(
            "They do not line up: they are different sounds, or too much was changed. The "
            "difference is that of their beginnings."
        )
    delay = values["delay"]
    if isinstance(delay, float) and delay:
        told.append(
            f"The second is {abs(1000.0 * delay):.2f} ms {'later' if delay > 0.0 else 'earlier'}; "
            "they were brought to the same time."
        )
    likeness = values["likeness"]
    if alike and isinstance(likeness, float) and likeness < 0.0:
        told.append("The second is turned upside down; it was turned back for the difference.")
    if abs(audio.duration - other.duration) > 0.05:
        told.append(
            f"They last {audio.duration:.2f} and {other.duration:.2f} s; what both have was "
            "compared."
        )
    return told


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _ratio_db(one: float, other: float) -> float | None:
    return 10.0 * math.log10(one / other) if one > 0.0 and other > 0.0 else None


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 2)
