"""Restoration of speech: enhance, dry, extend, measure."""

from typing import Annotated

from tonmeister.artifacts import Measurement, Noted
from tonmeister.streaming import Audio
from tonmeister.tools.bandwidth import FULL_HZ, LOWEST_HZ, content_limit_hz, extended
from tonmeister.tools.reverberation import dereverberated
from tonmeister.toolspec import Range, tool

__all__ = ["enhance_speech", "extend_bandwidth", "measure_speech", "reduce_reverb"]


@tool(
    needs_model=True,
    suffix="enhanced",
    claims=("audible", "unclipped", "duration_kept", "shape_kept"),
)
def enhance_speech(audio: Audio, strength: Annotated[float, Range(0.0, 1.0)] = 1.0) -> Audio:  # pyright: ignore[reportReturnType]
    """Remove background noise from a speech recording.

    Use it to clean up a voice for those who listen. It does not separate speakers, music is treated
    as noise, and transcripts hardly gain by it.

    Args:
        audio: Speech, any rate and number of channels.
        strength: Share of the noise to remove, 0.0 (none) to 1.0 (all).
    """


@tool(suffix="dry", claims=("audible", "unclipped", "duration_kept", "shape_kept"))
def reduce_reverb(audio: Audio, strength: Annotated[float, Range(0.0, 1.0)] = 1.0) -> Audio:
    """Make a voice sound closer: take the echo of a room away.

    Use it for speech recorded in a reverberant room or far from the microphone; recordings of two
    or more microphones gain most. Early reflections stay, and noise is not removed.

    Args:
        audio: Speech, any rate and number of channels.
        strength: Share of the reverberation to take away, 0.0 (none) to 1.0 (all that is found).
    """
    return audio if strength == 0.0 else dereverberated(audio, strength)


@tool(suffix="extended", claims=("audible", "duration_kept", "rate_not_lowered"))
def extend_bandwidth(audio: Audio) -> Audio | Noted:
    """Brighten dull speech: estimate the high frequencies a recording lacks.

    Use it for telephone and other narrow recordings that shall sound less muffled. What it adds is
    estimated from the band below and makes no word clearer that was not.

    Args:
        audio: Speech whose upper band is missing, any rate; a full-band one is left alone.
    """
    limit_hz = content_limit_hz(audio)
    if limit_hz is None:
        return Noted(audio, ("There was nothing to extend: no sound that changes was found.",))
    if limit_hz >= FULL_HZ:
        return Noted(
            audio,
            (f"There was nothing to extend: the recording reaches {limit_hz / 1000:.1f} kHz.",),
        )
    if limit_hz < LOWEST_HZ:
        return Noted(
            audio,
            (
                f"Nothing was extended: the recording ends at {limit_hz / 1000:.1f} kHz, and below "
                f"{LOWEST_HZ / 1000:.1f} kHz there is too little to estimate from.",
            ),
        )
    made = extended(audio, limit_hz)
    end = f"{limit_hz / 1000:.1f} kHz"
    notes = [f"The recording ends at {end}; what is above is estimated from the band below."]
    if made.sample_rate != audio.sample_rate:
        notes.append(f"The result has {made.sample_rate} Hz, to have room for it.")
    return Noted(made, tuple(notes))


@tool(needs_model=True, suffix="speech-measures", claims=("opinion_in_range",))
def measure_speech(audio: Audio) -> Measurement:  # pyright: ignore[reportReturnType]
    """Measure speech: quality, noise, loudness, speaking rate, pauses, pitch range.

    Use it to judge how well a voice was recorded and how it was spoken, or to compare before and
    after. It does not tell what is said or who speaks.

    Args:
        audio: Speech of any length, any rate and number of channels.
    """
