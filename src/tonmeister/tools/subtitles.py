"""Subtitles: words with times become short, readable pieces.

The limits are those of the field (EBU-TT-D and Netflix timed text guides): two lines of 42
characters, at most seven seconds and 17 characters a second where the speech leaves the time,
breaks at punctuation and pauses.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tonmeister.artifacts import Segment, Transcript, Word

__all__ = ["Subtitle", "plain_text", "srt", "subtitles_of", "vtt"]

MAX_LINE = 42
MAX_LINES = 2
MAX_DURATION = 7.0
MIN_DURATION = 0.8
MAX_RATE = 17.0  # characters per second that are comfortably read
LEAD = 0.5  # seconds by which a subtitle may come before its words, when it needs the time
ORPHAN = 6.0  # cost of a subtitle of one word: more than tearing any sentence apart
PAUSE = 1.2  # seconds; the picture should not show words long before they are spoken
UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})

_SENTENCE_END = re.compile(r"[.!?…。！？]['\")\]»”’]*$")
_CLAUSE_END = re.compile(r"[,;:–—、，；：]['\")\]»”’]*$")


@dataclass(frozen=True, slots=True)
class Subtitle:
    """One subtitle.

    Attributes:
        start: Seconds from the beginning.
        end: Seconds from the beginning, after ``start``.
        lines: One or two lines of text.
        speaker: Who speaks, if known.
    """

    start: float
    end: float
    lines: tuple[str, ...]
    speaker: str | None = None

    @property
    def length(self) -> int:
        """Characters to read."""
        return sum(map(len, self.lines)) + len(self.lines) - 1


def subtitles_of(transcript: Transcript, *, labels: bool = False) -> list[Subtitle]:
    """Divide a transcript into subtitles that do not overlap.

    Args:
        transcript: What was said; words without times share their segment's time by length.
        labels: Write "Anna:" into the text where another known speaker begins.
    """
    space = "" if transcript.language in UNSPACED_LANGUAGES else " "
    found: list[Subtitle] = []
    shown: str | None = None
    for speaker, stretch in _stretches(transcript, space):
        if labels and speaker is not None and speaker != shown:
            name = " ".join(speaker.split())[: MAX_LINE - 1]
            stretch = [Word(stretch[0].start, stretch[0].start, f"{name}:"), *stretch]
        shown = speaker
        for words in _divided(stretch, space):
            lines = _lines([word.text for word in words], space)
            found.append(Subtitle(words[0].start, words[-1].end, lines, speaker))
    return _timed(found, transcript.duration)


def srt(subtitles: Sequence[Subtitle]) -> str:
    """Return the text of a SubRip file.

    Args:
        subtitles: In order of time.
    """
    return "".join(
        f"{number}\n{_timecode(subtitle.start, ',')} --> {_timecode(subtitle.end, ',')}\n"
        # An arrow inside the text would be read as a line of times.
        + "\n".join(subtitle.lines).replace("-->", "→")
        + "\n\n"
        for number, subtitle in enumerate(subtitles, start=1)
    )


def vtt(subtitles: Sequence[Subtitle]) -> str:
    """Return the text of a WebVTT file.

    Args:
        subtitles: In order of time.
    """
    return "WEBVTT\n\n" + "".join(
        f"{_timecode(subtitle.start, '.')} --> {_timecode(subtitle.end, '.')}\n"
        + _voice(subtitle.speaker)
        + html.escape("\n".join(subtitle.lines), quote=False)
        + "\n\n"
        for subtitle in subtitles
    )


def _voice(speaker: str | None) -> str:
    """Return the voice tag that names a speaker in WebVTT; players need not show it."""
    return f"<v {html.escape(' '.join(speaker.split()), quote=False)}>" if speaker else ""


def plain_text(transcript: Transcript) -> str:
    """Return one line of text for each sentence, with the speaker where it is known.

    A segment that a pause has cut off inside a sentence continues the line: what precedes it has
    no full stop, and it begins with a small letter.

    Args:
        transcript: What was said.
    """
    lines: list[str] = []
    speaker: str | None = None
    for segment in transcript.segments:
        text = " ".join(segment.text.split())
        if not text:
            continue
        begun = bool(lines) and segment.speaker == speaker and not _SENTENCE_END.search(lines[-1])
        if begun and text[0].islower():
            lines[-1] += f" {text}"
        else:
            lines.append(f"{segment.speaker}: {text}" if segment.speaker else text)
        speaker = segment.speaker
    return "".join(f"{line}\n" for line in lines)


def _timecode(seconds: float, separator: str) -> str:
    total = round(seconds * 1000)
    hours, rest = divmod(total, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}{separator}{rest % 1000:03d}"


def _stretches(transcript: Transcript, space: str) -> Iterator[tuple[str | None, list[Word]]]:
    """Yield speaker and words that belong together: one speaker, no long pause."""
    stretch: list[Word] = []
    speaker: str | None = None
    for segment in transcript.segments:
        for word in _words(segment, space):
            paused = bool(stretch) and word.start - stretch[-1].end >= PAUSE
            if stretch and (paused or segment.speaker != speaker):
                yield speaker, stretch
                stretch = []
            speaker = segment.speaker
            stretch.append(word)
    if stretch:
        yield speaker, stretch


def _words(segment: Segment, space: str) -> Iterator[Word]:
    words: Sequence[Word] = segment.words
    if not words:
        texts = segment.text.split() if space else list(segment.text.strip())
        words = _shared_time(texts, segment.start, segment.end)
    for word in words:
        text = " ".join(word.text.split())
        if len(text) > MAX_LINE:
            parts = [text[i : i + MAX_LINE] for i in range(0, len(text), MAX_LINE)]
            yield from _shared_time(parts, word.start, word.end)
        elif text:
            yield replace(word, text=text)


def _shared_time(texts: Sequence[str], start: float, end: float) -> list[Word]:
    total = max(1, sum(len(text) for text in texts))
    words: list[Word] = []
    done = 0
    for text in texts:
        first = start + (end - start) * done / total
        done += len(text)
        words.append(Word(first, start + (end - start) * done / total, text))
    return words


def _divided(words: Sequence[Word], space: str) -> list[Sequence[Word]]:
    """Divide words so that the sum of all costs is lowest (dynamic programming)."""
    best = [0.0] + [float("inf")] * len(words)
    came_from = [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        for start in range(end - 1, -1, -1):
            if end - start > 1 and not _fits(words[start:end], space):
                break
            cost = best[start] + _cost(words, start, end, space)
            if cost < best[end]:
                best[end], came_from[end] = cost, start
    divided: list[Sequence[Word]] = []
    end = len(words)
    while end:
        divided.append(words[came_from[end] : end])
        end = came_from[end]
    return divided[::-1]


def _fits(words: Sequence[Word], space: str) -> bool:
    if words[-1].end - words[0].start > MAX_DURATION:
        return False
    return _break([word.text for word in words], space) is not None


def _cost(words: Sequence[Word], start: int, end: int, space: str) -> float:
    """Return how bad a subtitle is: each one costs, and so does an unnatural end."""
    cost = 1.0
    last = words[end - 1]
    ends_sentence = bool(_SENTENCE_END.search(last.text))
    if end - start == 1 and len(words) > 1:
        cost += ORPHAN
    if last.end - words[start].start < MIN_DURATION:
        cost += 0.5
    cost += _haste(words, start, end, space)
    if end < len(words) and not ends_sentence:
        pause = words[end].start - last.end
        cost += 0.3 if _CLAUSE_END.search(last.text) else 1.5
        cost -= min(0.8, 2.0 * max(0.0, pause))
    # A sentence that begins near the end of a subtitle is torn apart.
    inner = [bool(_SENTENCE_END.search(word.text)) for word in words[start : end - 1]]
    return cost + 0.6 * sum(inner)


def _haste(words: Sequence[Word], start: int, end: int, space: str) -> float:
    """Return the cost of too little time to read, counting what is silent afterwards."""
    length = len(space.join(word.text for word in words[start:end]))
    until = words[end].start if end < len(words) else words[end - 1].end + PAUSE
    needed = length / MAX_RATE
    return min(1.5, max(0.0, needed - (until - words[start].start)))


def _break(texts: Sequence[str], space: str) -> int | None:
    """Return after how many words the first line ends; None when they do not fit."""
    if len(space.join(texts)) <= MAX_LINE:
        return len(texts)
    best: tuple[float, int] | None = None
    for count in range(1, len(texts)):
        upper, lower = space.join(texts[:count]), space.join(texts[count:])
        if len(upper) > MAX_LINE or len(lower) > MAX_LINE:
            continue
        score = abs(len(upper) - len(lower)) / MAX_LINE
        score += 2.0 * (count == 1) + 2.0 * (count == len(texts) - 1)
        score -= 0.4 if _CLAUSE_END.search(upper) or _SENTENCE_END.search(upper) else 0.0
        if best is None or score < best[0]:
            best = (score, count)
    return None if best is None else best[1]


def _lines(texts: Sequence[str], space: str) -> tuple[str, ...]:
    count = _break(texts, space) or len(texts)
    return tuple(space.join(part) for part in (texts[:count], texts[count:]) if part)


def _timed(subtitles: Sequence[Subtitle], duration: float) -> list[Subtitle]:
    """Give each the time to read it where there is room, and end it before the next."""
    timed: list[Subtitle] = []
    for index, subtitle in enumerate(subtitles):
        earliest = timed[-1].end if timed else 0.0
        start = max(earliest, subtitle.start)
        end = max(subtitle.end, start + 0.001)
        limit = max(end, duration)
        if index + 1 < len(subtitles):
            limit = max(start + 0.001, subtitles[index + 1].start)
        needed = max(MIN_DURATION, subtitle.length / MAX_RATE)
        end = min(max(end, start + needed), limit)
        # What does not fit afterwards comes before, out of a pause.
        start = max(earliest, start - LEAD, min(start, end - needed), 0.0)
        timed.append(replace(subtitle, start=start, end=min(end, start + MAX_DURATION)))
    return timed
