"""Editing without models: cut, join, level, fade, tempo, pitch, rate, channels."""

from collections.abc import Sequence
from typing import Annotated

from tonmeister.artifacts import Noted
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.loudness import (
    amplified,
    amplitude,
    decibels,
    limited,
    normalized,
    peak_of,
    within_full_scale,
)
from tonmeister.tools.splicing import faded, piece, sequence, silent_pieces, spliced, summed
from tonmeister.tools.stretch import repitched, stretched
from tonmeister.toolspec import Range, tool

__all__ = [
    "change_gain",
    "change_pitch",
    "change_speed",
    "fade",
    "join",
    "mix",
    "normalize_loudness",
    "remove_part",
    "remove_silence",
    "resample",
    "to_mono",
    "trim",
]

EDGE_FADE = 0.005  # seconds; a cut inside a sound would click
CUT_CROSSFADE = 0.01
END_TOLERANCE = 0.05  # a spoken or rounded time may lie this far behind the end
LIMITER_CEILING_DB = -0.5


@tool(suffix="trimmed", claims=("duration_is_range", "shape_kept"))
def trim(
    audio: Audio, start: Annotated[float, Range(0.0)] = 0.0, end: float | None = None
) -> Audio:
    """Keep the part of a recording between two times.

    Use it to cut a piece out for keeping. To delete a piece and keep the rest, use remove_part.

    Args:
        audio: Any recording.
        start: Seconds from the beginning where the kept part starts.
        end: Seconds from the beginning where it ends; left out, the end of the recording.
    """
    first, last = _region(audio, start, end, "trim")
    count = last - first
    edge = min(round(EDGE_FADE * audio.sample_rate), count // 4)
    return faded(
        piece(audio, first, last),
        fade_in=edge if first else 0,
        fade_out=edge if last < (audio.num_frames or 0) else 0,
    )


@tool(suffix="cut", claims=("shape_kept",))
def remove_part(
    audio: Audio, start: Annotated[float, Range(0.0)], end: Annotated[float, Range(0.0)]
) -> Audio:
    """Delete the part of a recording between two times and close the gap.

    Use it to drop a piece. To keep only a piece, use trim.

    Args:
        audio: Any recording.
        start: Seconds from the beginning where the deleted part starts.
        end: Seconds from the beginning where it ends.
    """
    first, last = _region(audio, start, end, "remove_part")
    total = audio.num_frames or 0
    kept = [(a, b) for a, b in ((0, first), (last, total)) if a < b]
    if not kept:
        raise ToolInputError(
            f"From {start:g} to {end:g} s is the whole recording; nothing would be left.",
            tool="remove_part",
            hint="Give a part that is shorter than the recording.",
        )
    return spliced(audio, kept, round(CUT_CROSSFADE * audio.sample_rate))


@tool(suffix="joined", claims=("audible",))
def join(
    recordings: list[Audio],
    gap: Annotated[float, Range(0.0, 600.0)] = 0.0,
    crossfade: Annotated[float, Range(0.0, 30.0)] = 0.0,
) -> Audio | Noted:
    """Put recordings one after the other into one.

    Use it for sequences. To hear recordings at the same time, use mix. Rates and channels are
    brought to the highest of the recordings.

    Args:
        recordings: Two or more recordings in their order.
        gap: Seconds of silence between them.
        crossfade: Seconds by which neighbours overlap; not together with a gap.
    """
    _check_join(recordings, gap, crossfade)

    def made() -> Audio:
        alike = _alike(recordings, "join")
        rate = alike[0].sample_rate
        return sequence(alike, gap=round(gap * rate), crossfade=round(crossfade * rate))

    return within_full_scale(made) if crossfade else made()


@tool(suffix="mixed", claims=("audible", "unclipped"))
def mix(
    audio: Audio,
    other: Audio,
    offset: Annotated[float, Range(0.0)] = 0.0,
    gain_db: Annotated[float, Range(-60.0, 24.0)] = 0.0,
) -> Audio | Noted:
    """Play a second recording over the first.

    Use it for background music or effects under a voice. To put recordings one after the other,
    use join. The result is as long as both need, and turned down where it would clip.

    Args:
        audio: The first recording.
        other: The recording laid over it.
        offset: Seconds after the beginning of the first at which the second starts.
        gain_db: Change of the second's level in dB.
    """
    if offset > audio.duration:
        raise ToolInputError(
            f"The offset of {offset:g} s lies after the end of the first recording, which is "
            f"{audio.duration:.2f} s long.",
            tool="mix",
            hint="Use an offset inside the first recording, or join with a gap.",
        )

    def made() -> Audio:
        first, second = _alike([audio, other], "mix")
        frames = round(offset * first.sample_rate)
        return summed(first, second, offset=frames, factor=amplitude(gain_db))

    return within_full_scale(made)


@tool(suffix="normalized", claims=("loudness_reached", "unclipped", "duration_kept", "shape_kept"))
def normalize_loudness(
    audio: Audio,
    target_lufs: Annotated[float, Range(-70.0, -5.0)] = -16.0,
    true_peak_db: Annotated[float, Range(-20.0, 0.0)] = -1.0,
) -> Audio | Noted:
    """Bring a recording to a loudness in LUFS, with a true-peak ceiling.

    Use it before publishing: -16 LUFS for podcasts, -14 for streaming, -23 for broadcast
    (EBU R 128). It changes the level only, and limits peaks where needed.

    Args:
        audio: Any recording that is not silent.
        target_lufs: Integrated loudness to reach, -70 to -5 LUFS.
        true_peak_db: Ceiling of the true peak, -20 to 0 dBTP.
    """
    return normalized(
        audio, target_lufs=target_lufs, ceiling_db=true_peak_db, tool="normalize_loudness"
    )


@tool(suffix="gain", claims=("duration_kept", "shape_kept", "unclipped"))
def change_gain(audio: Audio, gain_db: Annotated[float, Range(-60.0, 60.0)]) -> Audio | Noted:
    """Make a recording louder or quieter by a number of decibels.

    Use it for a relative change. To reach a certain loudness, use normalize_loudness.

    Args:
        audio: Any recording.
        gain_db: Change of level in dB; negative is quieter.
    """
    excess_db = decibels(peak_of(audio)) + gain_db
    if excess_db <= 0.0:
        return amplified(audio, gain_db)
    note = (
        f"With {gain_db:+g} dB, peaks would exceed full scale by {excess_db:.1f} dB; "
        f"a limiter held them under {LIMITER_CEILING_DB:g} dBTP."
    )
    return Noted(limited(audio, gain_db=gain_db, ceiling_db=LIMITER_CEILING_DB), (note,))


@tool(suffix="faded", claims=("duration_kept", "shape_kept"))
def fade(
    audio: Audio,
    fade_in: Annotated[float, Range(0.0, 600.0)] = 0.0,
    fade_out: Annotated[float, Range(0.0, 600.0)] = 0.0,
) -> Audio:
    """Fade a recording in at the beginning and out at the end.

    Use it for soft beginnings and ends.

    Args:
        audio: Any recording.
        fade_in: Seconds of the fade at the beginning; 0.0 for none.
        fade_out: Seconds of the fade at the end; 0.0 for none.
    """
    if fade_in <= 0.0 and fade_out <= 0.0:
        raise ToolInputError(
            "Neither fade_in nor fade_out was given.",
            tool="fade",
            hint="Give the seconds of at least one.",
        )
    if fade_in + fade_out > audio.duration:
        raise ToolInputError(
            f"Fades of {fade_in:g} s and {fade_out:g} s do not fit into a recording of "
            f"{audio.duration:.2f} s.",
            tool="fade",
            hint="Use shorter fades.",
        )
    rate = audio.sample_rate
    return faded(audio, fade_in=round(fade_in * rate), fade_out=round(fade_out * rate))


@tool(suffix="speed", claims=("duration_scaled", "shape_kept"))
def change_speed(audio: Audio, factor: Annotated[float, Range(0.25, 4.0)]) -> Audio | Noted:
    """Play a recording faster or slower without changing its pitch.

    Use it for tempo. To change pitch, use change_pitch.

    Args:
        audio: Any recording.
        factor: 2.0 is twice as fast, 0.5 half as fast; 0.25 to 4.0.
    """
    if factor == 1.0 or not audio.num_frames:
        return Noted(audio, ("The factor is 1, so nothing was changed.",))
    return stretched(audio, max(1, round(audio.num_frames / factor)))


@tool(suffix="pitch", claims=("duration_kept", "shape_kept"))
def change_pitch(audio: Audio, semitones: Annotated[float, Range(-24.0, 24.0)]) -> Audio | Noted:
    """Raise or lower the pitch of a recording without changing its speed.

    Use it to transpose. To change tempo, use change_speed.

    Args:
        audio: Any recording.
        semitones: Up (positive) or down (negative), -24 to 24.
    """
    if semitones == 0.0 or not audio.num_frames:
        return Noted(audio, ("0 semitones were asked for, so nothing was changed.",))
    return repitched(audio, 2.0 ** (semitones / 12.0))


@tool(suffix="tightened", claims=("audible", "shape_kept"))
def remove_silence(
    audio: Audio,
    threshold_db: Annotated[float, Range(-90.0, -10.0)] = -45.0,
    min_duration: Annotated[float, Range(0.05, 60.0)] = 0.6,
    keep: Annotated[float, Range(0.0, 5.0)] = 0.2,
) -> Audio | Noted:
    """Cut silent stretches out of a recording.

    Use it to tighten pauses. Silence is judged by level, so noise above the threshold stays.

    Args:
        audio: Any recording.
        threshold_db: Level under which sound is silence, relative to the recording's peak.
        min_duration: Shortest silence that is cut, in seconds.
        keep: Seconds of each silence that are kept.
    """
    peak = peak_of(audio)
    if peak == 0.0:
        raise ToolInputError(
            f"All {audio.duration:.2f} s of the recording are silent; nothing would be left.",
            tool="remove_silence",
            hint="Choose another recording.",
        )
    total = audio.num_frames or 0
    left = round(keep * audio.sample_rate)
    pieces, position = list[tuple[int, int]](), 0
    for first, last in silent_pieces(audio, peak * amplitude(threshold_db), min_duration):
        # At either end of the recording, what is kept lies next to the sound.
        before = 0 if first == 0 else left if last == total else left // 2
        cut = (first + before, max(first + before, last - (left - before)))
        if cut[1] > cut[0]:
            pieces.append((position, cut[0]))
            position = cut[1]
    pieces = [kept for kept in [*pieces, (position, total)] if kept[1] > kept[0]]
    if pieces == [(0, total)]:
        note = f"No silence longer than {max(min_duration, keep):g} s was found; nothing was cut."
        return Noted(audio, (note,))
    return spliced(audio, pieces, round(CUT_CROSSFADE * audio.sample_rate))


@tool(suffix="resampled", claims=("rate_is", "duration_kept"))
def resample(audio: Audio, sample_rate: Annotated[int, Range(4000, 384000)]) -> Audio | Noted:
    """Convert a recording to another sample rate.

    Use it when a rate in Hz is asked for. Raising the rate adds no detail.

    Args:
        audio: Any recording.
        sample_rate: Wanted rate in Hz, 4000 to 384000.
    """
    if sample_rate == audio.sample_rate:
        return Noted(audio, (f"The recording already has {sample_rate} Hz.",))
    return audio.converted(sample_rate=sample_rate)


@tool(suffix="mono", claims=("is_mono", "duration_kept"))
def to_mono(audio: Audio) -> Audio | Noted:
    """Mix all channels of a recording down to one.

    Use it when mono is asked for. The channels are averaged.

    Args:
        audio: Any recording.
    """
    if audio.num_channels == 1:
        return Noted(audio, ("The recording is already mono.",))
    return audio.converted(num_channels=1)


def _region(audio: Audio, start: float, end: float | None, tool: str) -> tuple[int, int]:
    """Return the first and last frame (not included) between two times."""
    duration = audio.duration
    if end is not None and end <= start:
        raise ToolInputError(
            f"The end, {end:g} s, is not after the start, {start:g} s.",
            tool=tool,
            hint="Give an end that is after the start.",
        )
    if start < 0.0 or start >= duration or (end or 0.0) > duration + END_TOLERANCE:
        named = f"{start:g} s to the end" if end is None else f"{start:g} to {end:g} s"
        raise ToolInputError(
            f"{named} is not inside the recording, which is {duration:.2f} s long.",
            tool=tool,
            hint=f"Give times from 0 to {duration:.2f} s.",
        )
    total = audio.num_frames or 0
    first = round(start * audio.sample_rate)
    last = total if end is None else min(total, round(end * audio.sample_rate))
    if last <= first:
        raise ToolInputError(
            f"From {start:g} s on, less than one frame is left of {duration:.2f} s.",
            tool=tool,
            hint="Give times that are farther apart.",
        )
    return first, last


def _check_join(recordings: Sequence[Audio], gap: float, crossfade: float) -> None:
    if len(recordings) < 2:
        raise ToolInputError(
            f"Found {len(recordings)} recording; two or more can be joined.",
            tool="join",
            hint="Name all recordings in their order.",
        )
    if gap > 0.0 and crossfade > 0.0:
        raise ToolInputError(
            f"Found a gap of {gap:g} s and a crossfade of {crossfade:g} s; only one is possible.",
            tool="join",
            hint="Leave one of them out.",
        )
    for index, audio in enumerate(recordings, start=1):
        overlaps = 1 if index in (1, len(recordings)) else 2
        if crossfade * overlaps > audio.duration:
            raise ToolInputError(
                f"A crossfade of {crossfade:g} s on {'one end' if overlaps == 1 else 'both ends'} "
                f"does not fit into recording {index}, which is {audio.duration:.2f} s long.",
                tool="join",
                hint="Use a shorter crossfade.",
            )


def _alike(recordings: Sequence[Audio], tool: str) -> list[Audio]:
    """Bring recordings to the highest of their rates and numbers of channels."""
    rate = max(audio.sample_rate for audio in recordings)
    channels = max(audio.num_channels for audio in recordings)
    for audio in recordings:
        if audio.num_channels not in (1, channels):
            raise ToolInputError(
                f"Found recordings with {audio.num_channels} and {channels} channels; only mono "
                "can be brought to more channels.",
                tool=tool,
                hint="Use to_mono on one of them first.",
            )
    return [audio.converted(rate, channels) for audio in recordings]
