"""Files for other programs: audio formats, subtitles, the sound of a video."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from tonmeister.artifacts import AudioFile, File, Noted, SpeakerTurns, Transcript, to_json
from tonmeister.errors import ToolInputError, writing
from tonmeister.streaming import Audio
from tonmeister.tools.aac import (
    AAC_RATES,
    FullScale,
    comment_on,
    nearest_rate,
    short_blocks,
    write_aac,
)
from tonmeister.tools.subtitles import plain_text, srt, subtitles_of, vtt
from tonmeister.tools.transcript_formats import audacity_labels, listed_turns, rttm, textgrid
from tonmeister.toolspec import WorkingFolder, tool

__all__ = ["convert_format", "extract_audio", "write_subtitles"]


@dataclass(frozen=True, slots=True)
class _Format:
    """A delivery format: how it is written and what it can hold."""

    media_type: str
    container: str
    subtype: str
    max_channels: int
    rates: tuple[int, ...] = ()  # empty: any rate
    bitrate_mode: str | None = None
    compression_level: float | None = None  # 0.0 best quality, 1.0 smallest


_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_FORMATS = {
    "wav": _Format("audio/wav", "WAV", "PCM_24", 1024),
    "flac": _Format("audio/flac", "FLAC", "PCM_24", 8),
    "mp3": _Format("audio/mpeg", "MP3", "MPEG_LAYER_III", 2, _MP3_RATES, "VARIABLE", 0.1),
    "ogg": _Format("audio/ogg", "OGG", "VORBIS", 8, compression_level=0.3),
    "opus": _Format("audio/opus", "OGG", "OPUS", 8, (48000,)),
    "m4a": _Format("audio/mp4", "", "aac", 2, AAC_RATES),
    "aiff": _Format("audio/aiff", "AIFF", "PCM_24", 1024),
}
WAV_LIMIT = 4_000_000_000  # bytes; sizes in WAV and AIFF have 32 bits
AAC_BIT_RATE = 112_000  # per channel: transparent for nearly all material


@tool(claims=("file_not_empty",))
def convert_format(
    audio: Audio,
    format: Literal["wav", "flac", "mp3", "ogg", "opus", "m4a", "aiff"],
    folder: WorkingFolder,
) -> AudioFile | Noted:
    """Save a recording in another audio format.

    Use it when a file format is asked for. It changes neither sound nor level beyond what the
    format itself loses; wav, flac and aiff get 24 bits.

    Args:
        audio: Any recording.
        format: Wanted format.
        folder: Where the file is written.
    """
    wanted, synthetic = _FORMATS[format], audio.synthetic
    if audio.num_channels > wanted.max_channels:
        raise ToolInputError(
            f"Found {audio.num_channels} channels; {format} takes {wanted.max_channels} at most.",
            tool="convert_format",
            hint="Use to_mono first, or choose wav or flac.",
        )
    notes: list[str] = []
    rate = nearest_rate(audio.sample_rate, wanted.rates)
    if rate != audio.sample_rate:
        notes.append(f"{format} cannot hold {audio.sample_rate} Hz; the file has {rate} Hz.")
        audio = audio.converted(sample_rate=rate)
    if format in ("wav", "aiff") and 3 * audio.num_channels * (audio.num_frames or 0) > WAV_LIMIT:
        if format == "aiff":
            raise ToolInputError(
                f"{audio.duration:.0f} s with {audio.num_channels} channels exceed 4 GB, the "
                "limit of aiff.",
                tool="convert_format",
                hint="Choose wav or flac.",
            )
        wanted = _Format(wanted.media_type, "RF64", "PCM_24", 1024)
        notes.append("The file exceeds 4 GB and is therefore written as RF64 (EBU Tech 3306).")
    path = folder / f"sound.{format}"
    peak = _write(audio, path, wanted, comment_on(synthetic))
    if peak > 1.0:
        notes.append(
            f"Peaks exceed full scale by {20 * math.log10(peak):.1f} dB and were clipped, as "
            f"{format} files are played no louder; change_gain before saving avoids it."
        )
    file = AudioFile(path, wanted.media_type, format)
    return Noted(file, tuple(notes)) if notes else file


@tool(claims=("file_not_empty",))
def write_subtitles(
    transcript: Transcript | SpeakerTurns,
    folder: WorkingFolder,
    format: Literal["srt", "vtt", "txt", "json", "rttm", "audacity", "textgrid"] = "srt",
) -> File | Noted:
    """Write a transcript as subtitles, text or labels; or who speaks when.

    Use it after transcribe or diarize when a file is asked for. Subtitles have at most two lines
    of 42 characters, named speakers, and time to read. Speaker turns have no words for srt or vtt.

    Args:
        transcript: What was said, with times; or who speaks when.
        folder: Where the file is written.
        format: srt and vtt are subtitles, txt is plain text, json keeps everything, rttm lists
            speaker turns, audacity is a label track, textgrid is for Praat.
    """
    if isinstance(transcript, SpeakerTurns) and format in ("srt", "vtt"):
        raise ToolInputError(
            f"Speaker turns hold no words, which {format} subtitles need.",
            tool="write_subtitles",
            hint="Transcribe and label the speakers first, or choose rttm, json, audacity, "
            "textgrid or txt.",
        )
    text, media_type, suffix = _written(transcript, format)
    path = folder / f"subtitles.{suffix}"
    with writing(f"The {format} file"):
        path.write_bytes(text)
    file = File(path, media_type, suffix)
    notes: list[str] = []
    if not _says_something(transcript):
        notes.append("The transcript is empty: nothing was said, so the file is empty.")
    elif format == "rttm" and _unnamed(transcript):
        notes.append("No speakers are known for some of it; the file calls them UNKNOWN.")
    return Noted(file, tuple(notes)) if notes else file


def _unnamed(subject: Transcript | SpeakerTurns) -> bool:
    if isinstance(subject, SpeakerTurns):
        return False
    return any(segment.speaker is None for segment in subject.segments)


def _says_something(subject: Transcript | SpeakerTurns) -> bool:
    return bool(subject.turns if isinstance(subject, SpeakerTurns) else subject.text)


def _written(subject: Transcript | SpeakerTurns, format: str) -> tuple[bytes, str, str]:
    """Return the bytes of a file, its media type and its suffix."""
    if format == "json":
        return to_json(subject), "application/json", "json"
    if format == "rttm":
        return rttm(subject).encode(), "text/plain", "rttm"
    if format == "audacity":
        return audacity_labels(subject).encode(), "text/plain", "txt"
    if format == "textgrid":
        return textgrid(subject).encode(), "text/plain", "TextGrid"
    if isinstance(subject, SpeakerTurns):
        return listed_turns(subject).encode(), "text/plain", "txt"
    if format == "vtt":
        return vtt(subtitles_of(subject)).encode(), "text/vtt", "vtt"
    if format == "srt":
        return srt(subtitles_of(subject, labels=True)).encode(), "application/x-subrip", "srt"
    return plain_text(subject).encode(), "text/plain", "txt"


@tool(suffix="audio", claims=("audible",))
def extract_audio(audio: Audio) -> Audio:
    """Take the sound out of a video.

    Use it when the sound of a video is wanted as a recording of its own.

    Args:
        audio: A video, or any recording.
    """
    return audio


def _write(audio: Audio, path: Path, wanted: _Format, comment: str) -> float:
    """Write the file and return the highest peak of what was to be written."""
    guard = FullScale()
    with writing(path.name):
        if wanted.subtype == "aac":
            write_aac(audio, path, guard, bit_rate=AAC_BIT_RATE, tags={"comment": comment})
        else:
            _write_with_libsndfile(audio, path, wanted, guard, comment)
    return guard.peak


def _write_with_libsndfile(
    audio: Audio, path: Path, wanted: _Format, guard: FullScale, comment: str
) -> None:
    import soundfile

    try:
        with soundfile.SoundFile(
            path,
            "w",
            audio.sample_rate,
            audio.num_channels,
            format=wanted.container,
            subtype=wanted.subtype,
            bitrate_mode=wanted.bitrate_mode,
            compression_level=wanted.compression_level,
        ) as file:
            if comment:
                file.comment = comment
            for block in short_blocks(audio):
                file.write(np.ascontiguousarray(guard(block).T))
    except soundfile.LibsndfileError as error:
        raise OSError(str(error)) from error
