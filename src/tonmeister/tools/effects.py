"""Tone, level and width: equalize, compress, limit, gate, de-ess, widen."""

from typing import Annotated

import numpy as np

from tonmeister.artifacts import Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio, write_pcm
from tonmeister.tools.dynamics import (
    HYSTERESIS_DB,
    Compressor,
    Curve,
    DeEsser,
    Gate,
    governed,
    longest_under,
    voice_level_db,
)
from tonmeister.tools.filters import Band, filtered
from tonmeister.tools.loudness import (
    amplified,
    decibels,
    held_under,
    levels_of,
    peak_of,
    within_full_scale,
)
from tonmeister.toolspec import Range, WorkingFolder, tool

__all__ = ["compress", "de_ess", "equalize", "gate", "limit", "stereo_width"]

LIMITER_CEILING_DB = -0.5
THRESHOLD_ABOVE_MEAN_DB = 4.0
GATE_BELOW_PEAK_DB = 40.0
HISS_BELOW_VOICE_DB = 15.0
HARDLY_DB = 0.05
MONO = "The recording is mono, so it has no width; nothing was changed."

Frequency = Annotated[float, Range(10.0, 96_000.0)]
Boost = Annotated[float, Range(-24.0, 24.0)]


@tool(suffix="equalized", claims=("audible", "unclipped", "duration_kept", "shape_kept"))
def equalize(
    audio: Audio,
    low_cut_hz: Frequency | None = None,
    low_shelf_db: Boost = 0.0,
    low_shelf_hz: Frequency = 150.0,
    bell_db: Boost = 0.0,
    bell_hz: Frequency = 1_000.0,
    bell_octaves: Annotated[float, Range(0.1, 5.0)] = 1.0,
    high_shelf_db: Boost = 0.0,
    high_shelf_hz: Frequency = 6_000.0,
    high_cut_hz: Frequency | None = None,
) -> Audio | Noted:
    """Change the tone of a recording: cut lows or highs, raise or lower bands.

    Use it for rumble, boom, mud, harshness or dullness when frequencies are known; apply_preset
    knows words such as "warmer". For several bells, use it several times.

    Args:
        audio: Any recording.
        low_cut_hz: Removes what is below, 24 dB per octave; left out, nothing.
        low_shelf_db: Gain of the lows in dB.
        low_shelf_hz: Below it the lows begin (half the gain is reached there).
        bell_db: Gain around one frequency in dB.
        bell_hz: The middle of the bell.
        bell_octaves: Width of the bell in octaves, between half its gain on both sides.
        high_shelf_db: Gain of the highs in dB.
        high_shelf_hz: Above it the highs begin (half the gain is reached there).
        high_cut_hz: Removes what is above, 24 dB per octave; left out, nothing.
    """
    asked: list[Band] = []
    if low_cut_hz is not None:
        asked.append(Band("low_cut", low_cut_hz))
    if low_shelf_db:
        asked.append(Band("low_shelf", low_shelf_hz, low_shelf_db))
    if bell_db:
        asked.append(Band("bell", bell_hz, bell_db, bell_octaves))
    if high_shelf_db:
        asked.append(Band("high_shelf", high_shelf_hz, high_shelf_db))
    if high_cut_hz is not None:
        asked.append(Band("high_cut", high_cut_hz))
    bands = [band for band in asked if band.fits(audio.sample_rate)]
    _check_bands(asked, bands, audio)
    made = within_full_scale(lambda: filtered(audio, bands))
    notes = tuple(_left_out(band, audio) for band in asked if band not in bands)
    if not notes:
        return made
    return Noted(*(made.value, notes + made.notes) if isinstance(made, Noted) else (made, notes))


def _check_bands(asked: list[Band], bands: list[Band], audio: Audio) -> None:
    if not asked:
        raise ToolInputError(
            "No band was given, so there is nothing to equalize.",
            tool="equalize",
            hint="Give low_cut_hz, high_cut_hz, or the gain of a shelf or bell in dB.",
        )
    unreachable = [band for band in asked if band not in bands]
    if not bands or any(band.kind == "low_cut" for band in unreachable):
        listed = ", ".join(f"{band.frequency_hz:g} Hz" for band in unreachable)
        raise ToolInputError(
            f"{listed} lies beyond what a recording of {audio.sample_rate} Hz can hold, "
            f"{audio.sample_rate / 2:g} Hz.",
            tool="equalize",
            hint="Give a lower frequency.",
        )


def _left_out(band: Band, audio: Audio) -> str:
    return (
        f"The band at {band.frequency_hz:g} Hz was left out: the recording ends at "
        f"{audio.sample_rate / 2:g} Hz."
    )


@tool(suffix="compressed", claims=("audible", "unclipped", "duration_kept", "shape_kept"))
def compress(
    audio: Audio,
    folder: WorkingFolder,
    threshold_db: Annotated[float, Range(-90.0, 0.0)] | None = None,
    ratio: Annotated[float, Range(1.0, 50.0)] = 3.0,
    attack: Annotated[float, Range(0.0001, 1.0)] = 0.005,
    release: Annotated[float, Range(0.005, 5.0)] = 0.12,
    knee_db: Annotated[float, Range(0.0, 24.0)] = 6.0,
    makeup_db: Annotated[float, Range(0.0, 36.0)] | None = None,
) -> Audio | Noted:
    """Even out loud and quiet: turn down what is above a level (compressor).

    Use it for voices and instruments that jump out. It does not set a loudness
    (normalize_loudness does) and is no brick wall (limit is).

    Args:
        audio: Any recording.
        folder: Where it is kept in between.
        threshold_db: Peak level in dBFS above which it is turned down; left out, 4 dB above
            the mean level of what is no pause.
        ratio: How many dB above the threshold become one.
        attack: Seconds until 63 % of a reduction are reached, in dB.
        release: Seconds until 63 % of a reduction are gone.
        knee_db: Width in dB of the bend around the threshold; 0 for a corner.
        makeup_db: Gain afterwards; left out, what brings back the loudness.
    """
    notes: list[str] = []
    if threshold_db is None:
        threshold_db = min(0.0, voice_level_db(audio) + THRESHOLD_ABOVE_MEAN_DB)
        notes.append(f"What is above {threshold_db:.1f} dBFS was turned down.")
    compressor = Compressor(Curve(threshold_db, ratio, knee_db), attack, release, audio.sample_rate)
    path = folder / "compressed.rf64"
    after = write_pcm(governed(audio, compressor), path)
    if compressor.deepest_db > -HARDLY_DB and not makeup_db:
        note = f"Nothing reaches the threshold of {threshold_db:g} dBFS, so nothing was changed."
        return Noted(audio, (note,))
    notes.append(f"Peaks were turned down by up to {-compressor.deepest_db:.1f} dB.")
    if makeup_db is None:
        makeup_db = _lost_db(levels_of(audio).loudness_lufs, after.loudness_lufs)
        notes.append(f"Everything was turned up by {makeup_db:.1f} dB, to be as loud as before.")
    made = Audio.from_file(path)
    if (after.peak_db or 0.0) + makeup_db <= LIMITER_CEILING_DB:
        return Noted(amplified(made, makeup_db), tuple(notes))
    notes.append(f"A limiter held the beginnings of loud sounds under {LIMITER_CEILING_DB:g} dBTP.")
    held = held_under(made, gain_db=makeup_db, ceiling_db=LIMITER_CEILING_DB)
    return Noted(held, tuple(notes))


def _lost_db(before_lufs: float | None, after_lufs: float | None) -> float:
    if before_lufs is None or after_lufs is None:
        return 0.0
    return max(0.0, before_lufs - after_lufs)


@tool(suffix="limited", claims=("audible", "unclipped", "duration_kept", "shape_kept"))
def limit(
    audio: Audio,
    ceiling_db: Annotated[float, Range(-30.0, 0.0)] = -1.0,
    gain_db: Annotated[float, Range(-24.0, 24.0)] = 0.0,
) -> Audio | Noted:
    """Hold peaks under a ceiling in dBTP, looking ahead (brick-wall limiter).

    Use it last, so that a recording does not clip after coding or on air. To reach a loudness,
    use normalize_loudness; to even out a voice, use compress.

    Args:
        audio: Any recording.
        ceiling_db: Highest true peak in dBTP, also between samples.
        gain_db: Change of level before the limiter, in dB.
    """
    peak_db = levels_of(audio, true_peak=True).true_peak_db
    excess_db = -1.0 if peak_db is None else peak_db + gain_db - ceiling_db
    if excess_db <= 0.0:
        note = f"No peak reaches {ceiling_db:g} dBTP, so the limiter had nothing to do."
        return Noted(amplified(audio, gain_db) if gain_db else audio, (note,))
    note = f"Peaks were held under {ceiling_db:g} dBTP, by up to {excess_db:.1f} dB."
    return Noted(held_under(audio, gain_db=gain_db, ceiling_db=ceiling_db), (note,))


@tool(suffix="gated", claims=("audible", "duration_kept", "shape_kept"))
def gate(
    audio: Audio,
    threshold_db: Annotated[float, Range(-100.0, 0.0)] | None = None,
    range_db: Annotated[float, Range(0.0, 100.0)] = 40.0,
    hold: Annotated[float, Range(0.0, 5.0)] = 0.15,
    release: Annotated[float, Range(0.005, 5.0)] = 0.1,
) -> Audio | Noted:
    """Turn a recording down wherever it is quieter than a level (noise gate).

    Use it for the hiss or murmur between words or notes. It cannot tell noise from a quiet voice,
    and noise under the voice stays (enhance_speech removes that). Nothing is cut out in time.

    Args:
        audio: Any recording.
        threshold_db: Peak level in dBFS at which it opens; left out, 40 dB under the peak.
        range_db: By how many dB it turns down.
        hold: Seconds it stays open after the level has fallen.
        release: Seconds until 63 % of the way down is gone.
    """
    peak = peak_of(audio)
    if peak == 0.0:
        return Noted(audio, ("The recording is silent, so there is nothing to gate.",))
    notes: tuple[str, ...] = ()
    if threshold_db is None:
        threshold_db = decibels(peak) - GATE_BELOW_PEAK_DB
        notes = (f"The gate opens at {threshold_db:.1f} dBFS.",)
    if decibels(peak) < threshold_db:
        raise ToolInputError(
            f"The loudest sample has {decibels(peak):.1f} dBFS, so a gate that opens at "
            f"{threshold_db:g} dBFS would never open.",
            tool="gate",
            hint="Give a lower threshold_db, or leave it out.",
        )
    closes_db = threshold_db - HYSTERESIS_DB
    if longest_under(audio, closes_db) <= hold:
        notes += (
            f"The level never stays under {closes_db:.1f} dBFS, where this gate closes, for "
            f"{hold:g} s, so nothing was turned down; a higher threshold turns down more.",
        )
    made = governed(audio, Gate(threshold_db, range_db, hold, release, audio.sample_rate))
    return Noted(made, notes) if notes else made


@tool(suffix="de-essed", claims=("audible", "unclipped", "duration_kept", "shape_kept"))
def de_ess(
    audio: Audio,
    amount_db: Annotated[float, Range(0.0, 24.0)] = 8.0,
    frequency_hz: Annotated[float, Range(2_000.0, 16_000.0)] = 5_500.0,
) -> Audio | Noted:
    """Soften sharp s and sh sounds of a voice (de-esser).

    Use it for hissing consonants. It lowers the highs only while they are strong beside the voice;
    to lower them always, use equalize.

    Args:
        audio: A voice.
        amount_db: By how many dB sharp sounds are turned down at most.
        frequency_hz: Where the band of hiss begins; 5500 suits most voices, 7000 high ones.
    """
    if not Band("low_cut", frequency_hz).fits(audio.sample_rate):
        note = (
            f"The recording ends at {audio.sample_rate / 2:g} Hz, below the hiss at "
            f"{frequency_hz:g} Hz; nothing was changed."
        )
        return Noted(audio, (note,))
    limit_db = voice_level_db(audio) - HISS_BELOW_VOICE_DB

    def made() -> tuple[Audio, DeEsser]:
        rate, channels = audio.sample_rate, audio.num_channels
        de_esser = DeEsser(frequency_hz, limit_db, amount_db, rate, channels)
        return governed(audio, de_esser), de_esser

    trial, de_esser = made()
    peak_of(trial)
    if de_esser.deepest_db > -HARDLY_DB:
        return Noted(audio, ("No sharp s sounds were found; nothing was changed.",))
    note = f"Sharp s sounds were turned down by up to {-de_esser.deepest_db:.1f} dB."
    result = within_full_scale(lambda: made()[0])
    if isinstance(result, Noted):
        return Noted(result.value, (note, *result.notes))
    return Noted(result, (note,))


@tool(suffix="width", claims=("unclipped", "duration_kept", "shape_kept"))
def stereo_width(audio: Audio, width: Annotated[float, Range(0.0, 3.0)]) -> Audio | Noted:
    """Make a stereo recording wider or narrower; its mono sum stays the same.

    Use it when the sides shall come forward or go back. It makes no stereo out of mono
    (spatialize and reverb do).

    Args:
        audio: A stereo recording.
        width: Factor of the difference between the channels: 0.0 is mono, 1.0 as it is, 1.5 wide.
    """
    if audio.num_channels == 1:
        return Noted(audio, (MONO,))
    if audio.num_channels != 2:
        raise ToolInputError(
            f"Found {audio.num_channels} channels; width is that of two.",
            tool="stereo_width",
            hint="Use a stereo recording.",
        )

    def widened(block: Waveform) -> Waveform:
        left, right = block.samples.astype(np.float64)
        middle, side = (left + right) / 2.0, (left - right) / 2.0 * width
        made = np.stack([middle + side, middle - side]).astype(np.float32)
        return Waveform(made, block.sample_rate)

    return within_full_scale(lambda: audio.map(widened))
