"""Transcripts and speaker turns in the formats of research and editing programs.

RTTM: NIST, "Rich Transcription Spring 2009 Evaluation Plan", appendix A. Audacity: label tracks,
manual of version 3. TextGrid: Praat's long text format (Boersma and Weenink).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tonmeister.artifacts import SpeakerTurn, SpeakerTurns, Transcript

__all__ = ["audacity_labels", "listed_turns", "rttm", "textgrid"]

UNKNOWN = "UNKNOWN"
"""Speaker of what nobody was named for."""


@dataclass(frozen=True, slots=True)
class _Mark:
    start: float
    end: float
    text: str


def rttm(subject: Transcript | SpeakerTurns, recording: str = "recording") -> str:
    """Return one SPEAKER line for each turn; spaces in names become underscores.

    Args:
        subject: Who speaks when, or a transcript with speakers.
        recording: Name of the recording, one word.
    """
    lines = [
        f"SPEAKER {recording} 1 {turn.start:.3f} {turn.end - turn.start:.3f} <NA> <NA> "
        f"{'_'.join(turn.speaker.split()) or UNKNOWN} <NA> <NA>\n"
        for turn in _turns(subject)
        if turn.end > turn.start
    ]
    return "".join(lines)


def audacity_labels(subject: Transcript | SpeakerTurns) -> str:
    """Return a label track: start, end and text, parted by tabs.

    Args:
        subject: What is said, or who speaks when.
    """
    if isinstance(subject, SpeakerTurns):
        marks = [_Mark(turn.start, turn.end, turn.speaker) for turn in subject.turns]
    else:
        marks = [
            _Mark(one.start, one.end, f"{one.speaker}: {one.text}" if one.speaker else one.text)
            for one in subject.segments
        ]
    # A tab or a line break inside a label would end it.
    return "".join(
        f"{mark.start:.6f}\t{mark.end:.6f}\t{' '.join(mark.text.split())}\n" for mark in marks
    )


def textgrid(subject: Transcript | SpeakerTurns) -> str:
    """Return a TextGrid: a tier for each speaker, and one of words when their times are known.

    Args:
        subject: What is said, or who speaks when.
    """
    tiers: list[tuple[str, list[_Mark]]] = []
    if isinstance(subject, SpeakerTurns):
        for speaker in subject.speakers:
            turns = (turn for turn in subject.turns if turn.speaker == speaker)
            tiers.append((speaker, [_Mark(turn.start, turn.end, speaker) for turn in turns]))
    else:
        speakers = dict.fromkeys(segment.speaker for segment in subject.segments)
        for speaker in speakers or {None: None}:
            said = (one for one in subject.segments if one.speaker == speaker)
            marks = [_Mark(one.start, one.end, one.text.strip()) for one in said]
            tiers.append((speaker or "segments", marks))
        words = [word for segment in subject.segments for word in segment.words]
        if words:
            tiers.append(("words", [_Mark(word.start, word.end, word.text) for word in words]))
    duration = max([subject.duration, *(mark.end for _, marks in tiers for mark in marks)])
    head = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {_number(duration)}",
        "tiers? <exists>" if tiers else "tiers? <absent>",
    ]
    if tiers:
        head += [f"size = {len(tiers)}", "item []:"]
    for number, (name, marks) in enumerate(tiers, start=1):
        head += _tier(number, name, _tiled(marks, duration), duration)
    return "\n".join(head) + "\n"


def listed_turns(turns: SpeakerTurns) -> str:
    """Return one line for each turn: its times and who speaks.

    Args:
        turns: Who speaks when.
    """
    return "".join(
        f"{_clock(turn.start)} – {_clock(turn.end)}  {turn.speaker}\n" for turn in turns.turns
    )


def _turns(subject: Transcript | SpeakerTurns) -> Iterable[SpeakerTurn]:
    if isinstance(subject, SpeakerTurns):
        return subject.turns
    return (SpeakerTurn(one.start, one.end, one.speaker or UNKNOWN) for one in subject.segments)


def _tiled(marks: Sequence[_Mark], duration: float) -> list[_Mark]:
    """Return marks that follow one another without gap or overlap, as Praat demands."""
    tiled: list[_Mark] = []
    position = 0.0
    for mark in sorted(marks, key=lambda one: one.start):
        start, end = max(round(mark.start, 6), position), round(mark.end, 6)
        if end <= start:
            continue
        if start > position:
            tiled.append(_Mark(position, start, ""))
        tiled.append(_Mark(start, end, mark.text))
        position = end
    if position < duration or not tiled:
        tiled.append(_Mark(position, duration, ""))
    return tiled


def _tier(number: int, name: str, marks: Sequence[_Mark], duration: float) -> list[str]:
    lines = [
        f"    item [{number}]:",
        '        class = "IntervalTier"',
        f"        name = {_quoted(name)}",
        "        xmin = 0",
        f"        xmax = {_number(duration)}",
        f"        intervals: size = {len(marks)}",
    ]
    for count, mark in enumerate(marks, start=1):
        lines += [
            f"        intervals [{count}]:",
            f"            xmin = {_number(mark.start)}",
            f"            xmax = {_number(mark.end)}",
            f"            text = {_quoted(mark.text)}",
        ]
    return lines


def _number(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    plain = " ".join(text.split()).replace('"', '""')
    return f'"{plain}"'


def _clock(seconds: float) -> str:
    total = round(seconds * 10)
    hours, rest = divmod(total, 36_000)
    minutes, tenths = divmod(rest, 600)
    return f"{hours:02d}:{minutes:02d}:{tenths // 10:02d}.{tenths % 10}"
