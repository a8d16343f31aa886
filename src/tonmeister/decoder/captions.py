"""Subtitle files as transcripts: SubRip (SRT) and WebVTT."""

import html
import re
from typing import Any

from tonmeister.errors import DocumentError

__all__ = ["is_captions", "transcript_of"]

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_CUE = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>\n]{1,80})>")
_TAG = re.compile(r"<[^<>\n]{0,80}>|\{\\[^{}\n]{0,80}\}")


def is_captions(text: str) -> bool:
    """Tell whether a text begins like a subtitle file."""
    return text.lstrip().startswith("WEBVTT") or _CUE.search(text[:4096]) is not None


def transcript_of(text: str) -> dict[str, Any]:
    """Read subtitles as a transcript, each subtitle a segment.

    Args:
        text: An SRT or WebVTT file.

    Raises:
        DocumentError: There is no subtitle in it.
    """
    cues = list(_CUE.finditer(text))
    segments: list[dict[str, Any]] = []
    for cue, following in zip(cues, [*cues[1:], None], strict=False):
        start, end = _seconds(cue.groups()[:4]), _seconds(cue.groups()[4:])
        shown = text[cue.end() : following.start() if following else len(text)]
        # Up to the next empty line; the number or name of the next cue stands after it.
        shown = shown.lstrip("\n").split("\n\n")[0]
        voice = _VOICE.search(shown)
        said = " ".join(html.unescape(_TAG.sub("", shown)).split())
        if said and end > start:
            speaker = voice[1].strip() if voice else None
            segments.append({"start": start, "end": end, "text": said, "speaker": speaker})
    if not segments:
        raise DocumentError(
            "The file has no subtitles.",
            hint="A subtitle has a line such as 00:00:01,000 --> 00:00:03,500 and text below it.",
        )
    segments.sort(key=lambda segment: (segment["start"], segment["end"]))
    duration = max(segment["end"] for segment in segments)
    return {"language": None, "segments": segments, "duration": duration}


def _seconds(parts: tuple[Any, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + int(str(fraction).ljust(3, "0")) / 1000
