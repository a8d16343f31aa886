"""Sounds that were heard as files: tables, labels, pictures, and the scores of all classes.

Audacity: label tracks, manual of version 3. RTTM: NIST, "Rich Transcription Spring 2009 Evaluation
Plan", appendix A; its type for what is no speaker is NON-SPEECH, and the label stands where the
name of a speaker would.
"""

import csv
import io
from typing import Literal

from tonmeister.artifacts import File, Image, Noted, SoundEvents, to_json
from tonmeister.errors import ToolInputError, writing
from tonmeister.streaming import Audio
from tonmeister.tools.picture import spectrogram_with_marks
from tonmeister.toolspec import WorkingFolder, tool

__all__ = ["draw_sounds", "score_sounds", "write_sounds"]

MOST_ROWS = 24
"""Labels that fit into a picture; the highest scores are drawn."""


@tool(claims=("file_not_empty",))
def write_sounds(
    sounds: SoundEvents,
    folder: WorkingFolder,
    format: Literal["csv", "json", "audacity", "rttm", "txt"] = "csv",
) -> File | Noted:
    """Write the sounds that were heard as a table, labels or JSON.

    Use it after detect_sounds or find_sound when a file is asked for.

    Args:
        sounds: Which sounds are heard when.
        folder: Where the file is written.
        format: csv is a table, json keeps everything, audacity is a label track, rttm lists one
            line for each sound, txt is for reading.
    """
    if format == "json":
        content, media_type = to_json(sounds), "application/json"
    else:
        written = {"csv": _table, "audacity": _labels, "rttm": _rttm, "txt": _listed}[format]
        content = written(sounds).encode()
        media_type = "text/csv" if format == "csv" else "text/plain"
    suffix = "txt" if format == "audacity" else format
    path = folder / f"sounds.{suffix}"
    with writing(f"The {format} file"):
        path.write_bytes(content)
    file = File(path, media_type, suffix)
    empty = "No sounds were heard, so the file lists none."
    return file if sounds.events else Noted(file, (empty,))


@tool(suffix="sounds", claims=("file_not_empty",))
def draw_sounds(audio: Audio, sounds: SoundEvents, folder: WorkingFolder) -> Image | Noted:
    """Draw the sounds that were heard under the spectrogram of a recording.

    Use it after detect_sounds or find_sound, to see which sound is heard when.

    Args:
        audio: The recording.
        sounds: Which sounds are heard when.
        folder: Where the picture is written.
    """
    if not audio.num_frames:
        raise ToolInputError(
            "The recording is empty; there is nothing to draw.",
            tool="draw_sounds",
            hint="Choose another recording.",
        )
    highest: dict[str, float] = {}
    for event in sounds.events:
        highest[event.label] = max(highest.get(event.label, 0.0), event.score)
    shown = sorted(highest, key=lambda label: -highest[label])[:MOST_ROWS]
    first = {one.label: one.start for one in reversed(sounds.events)}
    rows = sorted(shown, key=lambda label: first[label])
    marks = [
        (rows.index(one.label), one.start, one.end, one.score)
        for one in sounds.events
        if one.label in rows
    ]
    picture = spectrogram_with_marks(audio, rows, marks, folder, "sounds.png")
    notes: list[str] = []
    if not sounds.events:
        notes.append("No sounds were heard, so the picture marks none.")
    if len(highest) > len(shown):
        notes.append(f"{len(highest)} sounds were heard; the {len(shown)} surest are drawn.")
    return Noted(picture, tuple(notes)) if notes else picture


@tool(needs_model=True, suffix="scores", claims=("file_not_empty",))
def score_sounds(audio: Audio, folder: WorkingFolder) -> File:  # pyright: ignore[reportReturnType]
    """Save the scores of all sound classes every half second, for programs.

    Use it when numbers over time are wanted and not a list of sounds. The file is NumPy's npz:
    times, labels, and scores as a matrix; it is read without pickle.

    Args:
        audio: Any recording.
        folder: Where the file is written.
    """


def _table(sounds: SoundEvents) -> str:
    rows = io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    table.writerow(("start", "end", "label", "score"))
    table.writerows(
        (f"{one.start:.3f}", f"{one.end:.3f}", _plain(one.label), f"{one.score:.3f}")
        for one in sounds.events
    )
    return rows.getvalue()


def _plain(label: str) -> str:
    """Keep a label from being taken for a formula by a spreadsheet."""
    return f"'{label}" if label[:1] in ("=", "+", "-", "@", "\t", "\r") else label


def _labels(sounds: SoundEvents) -> str:
    # A tab or a line break inside a label would end it.
    return "".join(
        f"{one.start:.6f}\t{one.end:.6f}\t{' '.join(one.label.split())}\n" for one in sounds.events
    )


def _rttm(sounds: SoundEvents) -> str:
    return "".join(
        f"NON-SPEECH recording 1 {one.start:.3f} {one.end - one.start:.3f} <NA> other "
        f"{'_'.join(one.label.split())} {one.score:.3f} <NA>\n"
        for one in sounds.events
        if one.end > one.start
    )


def _listed(sounds: SoundEvents) -> str:
    return "".join(
        f"{_clock(one.start)} – {_clock(one.end)}  {one.label} ({one.score:.2f})\n"
        for one in sounds.events
    )


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)
    hours, rest = divmod(tenths, 36_000)
    minutes, rest = divmod(rest, 600)
    return f"{hours:02d}:{minutes:02d}:{rest // 10:02d}.{rest % 10}"
