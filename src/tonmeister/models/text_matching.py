"""A known text divided over its recording, by what a recogniser heard there.

A rough transcription tells where in the recording which part of the text is said. The text is
divided over windows of at most 28 s, whose borders lie between words that both agree on; in each
window a model says exactly where its words are.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tonmeister.artifacts import Noted, Transcript, Word
from tonmeister.errors import ToolInputError
from tonmeister.models.sentences import sentences
from tonmeister.tools.subtitles import UNSPACED_LANGUAGES

__all__ = ["LONGEST_WINDOW", "Window", "aligned", "matched", "refused", "units", "windows"]

LONGEST_WINDOW = 28.0
SHORTEST_WINDOW = 12.0
MARGIN = 0.3
"""Seconds of sound around the words of a window."""

LEAST_SHARE = 0.4
"""Share of the letters that text and rough transcription must have in common, in order."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the text and where it is said.

    Attributes:
        start: Seconds of the recording.
        end: Seconds of the recording.
        first: Index of its first word in the text.
        last: Index after its last word.
    """

    start: float
    end: float
    first: int
    last: int


def aligned(
    words: Sequence[str],
    rough: Sequence[Word],
    timed: Callable[[Window], list[Word]],
    *,
    language: str,
    duration: float,
    spoken: Sequence[str] | None = None,
) -> Transcript | Noted:
    """Give the words of a text their times, window by window.

    Args:
        words: The text, at least one word.
        rough: What was heard, in order of time; may be empty.
        timed: Returns the words of a window with their times in the recording.
        language: ISO 639-1 code of both.
        duration: Seconds of the recording.
        spoken: The words as they sound, where they are written otherwise.

    Raises:
        ToolInputError: The speech is another text.
    """
    if not rough:
        note = "Nobody speaks in this recording, so no word of the text has a place in it."
        return Noted(Transcript(None, (), duration), (note,))
    places, share = matched(spoken or words, rough)
    if share < LEAST_SHARE:
        heard = "".join(word.text for word in rough).strip()
        raise refused(
            f"Text and speech do not match: only {share:.0%} of their letters agree. The "
            f"speech begins with: “{heard[:60]}”.",
            "Give the words that are said in this recording, in their order.",
        )
    found: list[Word] = []
    for window in windows(words, rough, places, duration):
        found += timed(window)
    segments = sentences(_in_order(found))
    transcript = Transcript(language, tuple(segments), duration)
    if share < 0.8:
        note = f"Text and speech differ in places ({share:.0%} of the letters agree); there "
        return Noted(transcript, (f"{note}the times are estimates.",))
    return transcript


def units(text: str, language: str) -> list[str]:
    """Return what is timed: words, or characters where a language writes no spaces.

    Args:
        text: Any text.
        language: ISO 639-1 code.
    """
    if language not in UNSPACED_LANGUAGES:
        return [word for word in text.split() if any(letter.isalnum() for letter in word)]
    letters = "".join(text.split())
    return re.findall(r"\w\W*", letters)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if letter.isalnum())


def matched(words: Sequence[str], rough: Sequence[Word]) -> tuple[list[tuple[int, int]], float]:
    """Match the text with the rough transcription by letters.

    Args:
        words: The text.
        rough: What was heard, in order of time.

    Returns:
        Pairs of (index in the text, index in the rough transcription) of words that begin alike,
        and the share of letters in common.
    """
    text, text_starts = _letters([_plain(word) for word in words])
    heard, heard_starts = _letters([_plain(word.text) for word in rough])
    starts_at = {place: index for index, place in enumerate(heard_starts)}
    wanted = {place: index for index, place in enumerate(text_starts)}
    pairs: list[tuple[int, int]] = []
    common = 0
    for i, j, count in _common(text, heard):
        common += count
        for step in range(count):
            if i + step in wanted and j + step in starts_at and count - step >= 3:
                pairs.append((wanted[i + step], starts_at[j + step]))
    return pairs, 2.0 * common / max(1, len(text) + len(heard))


def _letters(words: Sequence[str]) -> tuple[str, list[int]]:
    starts: list[int] = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word)
    return "".join(words), starts


CHUNK = 1_200
"""Letters matched at a time: the matching takes quadratic time."""


def _common(text: str, heard: str) -> Iterator[tuple[int, int, int]]:
    """Yield blocks of letters in common, each at least three long, along the whole text."""
    i = j = 0
    while i < len(text) and j < len(heard):
        one, two = text[i : i + CHUNK], heard[j : j + CHUNK]
        matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size >= 3]
        whole = i + CHUNK >= len(text) and j + CHUNK >= len(heard)
        # What matches near the end of a chunk may match better with what comes after it.
        limit = CHUNK * (2 if whole else 1) * 3 // 4
        used = (CHUNK // 2, CHUNK // 2)
        for block in blocks:
            if (size := min(block.size, limit - block.a)) > 0:
                yield i + block.a, j + block.b, size
                used = (block.a + size, block.b + size)
        if whole:
            return
        i, j = i + used[0], j + used[1]


def windows(
    words: Sequence[str], rough: Sequence[Word], pairs: Sequence[tuple[int, int]], duration: float
) -> Iterator[Window]:
    """Divide the text over windows, cut before words that both agree on, at the longest pauses.

    Args:
        words: The text.
        rough: What was heard, at least one word.
        pairs: Words that both agree on, as from ``matched``.
        duration: Seconds of the recording.
    """
    first, start = 0, max(0.0, rough[0].start - MARGIN)
    index = 0
    while first < len(words):
        rest = [pair for pair in pairs[index:] if pair[0] > first and pair[1] > 0]
        end_of_speech = rough[-1].end
        if end_of_speech - start <= LONGEST_WINDOW or not rest:
            yield Window(start, min(duration, end_of_speech + MARGIN), first, len(words))
            return
        near = [p for p in rest if rough[p[1] - 1].end - start <= LONGEST_WINDOW - MARGIN]
        far = [p for p in near if rough[p[1] - 1].end - start >= SHORTEST_WINDOW]
        chosen = max(
            far or near[-1:] or rest[:1],
            key=lambda p: rough[p[1]].start - rough[p[1] - 1].end,
        )
        before, after = rough[chosen[1] - 1].end, rough[chosen[1]].start
        middle = (before + after) / 2
        yield Window(start, min(before + MARGIN, max(middle, before)), first, chosen[0])
        first, start = chosen[0], max(after - MARGIN, min(middle, after))
        index = pairs.index(chosen)


def _in_order(words: Sequence[Word]) -> list[Word]:
    """Return the words with times that never go back."""
    ordered: list[Word] = []
    earliest = 0.0
    for word in words:
        start = max(word.start, earliest)
        earliest = max(start, word.end)
        ordered.append(Word(start, earliest, word.text, word.probability))
    return ordered


def refused(message: str, hint: str) -> ToolInputError:
    """Return the error of an alignment.

    Args:
        message: What was found and expected.
        hint: What to do.
    """
    return ToolInputError(message, tool="align", hint=hint)
