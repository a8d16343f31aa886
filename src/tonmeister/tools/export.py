"""Files for other programs: audio formats, subtitles, the sound of a video."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from tonmeister.artifacts import AudioFile, File, Noted, Transcript, to_json
from tonmeister.errors import StoreError, ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.aac import (
    AAC_RATES,
    SYNTHETIC,
    FullScale,
    nearest_rate,
    short_blocks,
    write_aac,
)
from tonmeister.tools.subtitles import plain_text, srt, subtitles_of, vtt
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
    peak = _write(audio, path, wanted, SYNTHETIC if synthetic else "")
    if peak > 1.0:
        notes.append(
            f"Peaks exceed full scale by {20 * math.log10(peak):.1f} dB and were clipped, as "
            f"{format} files are played no louder; change_gain before saving avoids it."
        )
    file = AudioFile(path, wanted.media_type, format)
    return Noted(file, tuple(notes)) if notes else file


@tool(claims=("file_not_empty",))
def write_subtitles(
    transcript: Transcript,
    folder: WorkingFolder,
    format: Literal["srt", "vtt", "txt", "json"] = "srt",
) -> File | Noted:
    """Write a transcript as subtitles, plain text or JSON.

    Use it after transcribe when subtitles or a text file are asked for. Lines have at most 42
    characters, a subtitle at most two lines.

    Args:
        transcript: What was said, with times.
        folder: Where the file is written.
        format: srt and vtt are subtitles, txt is plain text, json keeps everything.
    """
    path = folder / f"subtitles.{format}"
    if format == "json":
        encoded, media_type = to_json(transcript), "application/json"
    elif format == "txt":
        encoded, media_type = plain_text(transcript).encode(), "text/plain"
    elif format == "vtt":
        encoded, media_type = vtt(subtitles_of(transcript)).encode(), "text/vtt"
    else:
        encoded, media_type = srt(subtitles_of(transcript)).encode(), "application/x-subrip"
    try:
        path.write_bytes(encoded)
    except OSError as error:
        raise StoreError(
            f"The {format} file could not be written: {error}.", hint="Free some disk space."
        ) from error
    file = File(path, media_type, format)
    if not transcript.text:
        return Noted(file, ("The transcript is empty: nothing was said, so the file is empty.",))
    return file


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
    try:
        if wanted.subtype == "aac":
            write_aac(audio, path, guard, bit_rate=AAC_BIT_RATE, tags={"comment": comment})
        else:
            _write_with_libsndfile(audio, path, wanted, guard, comment)
    except OSError as error:
        raise StoreError(
            f"{path.name} could not be written: {error}.", hint="Free some disk space."
        ) from error
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
