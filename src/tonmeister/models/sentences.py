"""Words with times, grouped to sentences."""

from collections.abc import Sequence

from tonmeister.artifacts import Segment, Word

__all__ = ["sentences"]

ENDINGS = (".", "?", "!", "…", "。", "？", "！", "؟", "।", "۔")
CLAUSE_ENDINGS = (",", ";", ":", "—", "、", "，", "；", "،")
CLOSING = "\"'”’»)]」』"

LONG_PAUSE = 1.0
"""Seconds of silence that end a segment even inside a sentence."""

MAX_DURATION = 15.0
"""Seconds after which a sentence is cut at its best inner place."""


def sentences(words: Sequence[Word]) -> list[Segment]:
    """Group words to segments that end with a sentence, a long pause, or before 15 s.

    Args:
        words: In order of time, each text with the space that precedes it, if any.
    """
    segments: list[Segment] = []
    first = 0
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else None
        if following is None or _ends(word, following):
            segments += _cut(words[first : index + 1])
            first = index + 1
    return segments


def _ends(word: Word, following: Word) -> bool:
    pause = following.start - word.end
    if pause >= LONG_PAUSE:
        return True
    text = word.text.strip().rstrip(CLOSING)
    if not text.endswith(ENDINGS):
        return False
    # "Mr. Dashwood" and "J. S. Bach" go on; a real end is followed by a breath.
    abbreviated = text.endswith(".") and text[:1].isupper() and len(text) <= 4
    return pause >= 0.25 or not abbreviated


def _cut(words: Sequence[Word]) -> list[Segment]:
    """Make a segment, or two where a sentence is too long, and so on."""
    if words[-1].end - words[0].start <= MAX_DURATION or len(words) < 2:
        return [_segment(words)]
    best = max(range(1, len(words)), key=lambda place: _merit(words, place))
    return _cut(words[:best]) + _cut(words[best:])


def _merit(words: Sequence[Word], place: int) -> float:
    """Rate a cut before a word: after a clause, at a pause, near the middle."""
    before, after = words[place - 1], words[place]
    start, duration = words[0].start, words[-1].end - words[0].start
    balance = 1.0 - abs(2.0 * (after.start - start) / duration - 1.0)
    clause = before.text.strip().rstrip(CLOSING).endswith(CLAUSE_ENDINGS)
    return balance + (0.5 if clause else 0.0) + min(1.0, after.start - before.end)


def _segment(words: Sequence[Word]) -> Segment:
    text = "".join(word.text for word in words).strip()
    kept = tuple(
        Word(word.start, word.end, word.text.strip(), word.probability)
        for word in words
        if word.text.strip()
    )
    return Segment(words[0].start, words[-1].end, text, words=kept)
