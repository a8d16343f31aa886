"""Translated texts and transcripts: their shape, and their times, stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Protocol, TypeVar

from tonmeister.artifacts import Chapter, Noted, Segment, Text, Transcript
from tonmeister.models.passages import LONGEST, Passages, sentences_in
from tonmeister.models.translation_pairs import Pair, found_pair

__all__ = [
    "TranslatesTexts",
    "TranslatesTranscripts",
    "translated_text",
    "translated_transcript",
]

Value = TypeVar("Value", Text, Transcript)

ENDINGS = (".", "!", "?", "…", "。", "！", "？", "।")
CLOSING = '"”’»)]」』'

UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "zh"})
"""Languages that write no space between words; their sentences are divided between letters."""

LONG_GAP = 2.0
"""Seconds without speech after which a sentence is not taken to go on."""

CLAUSE_BONUS = 0.15
"""Share of the sentence by which a cut may move to fall behind a comma."""


def translated_text(text: Text, passages: Passages) -> Text:
    """Translate a text; chapters, paragraphs and the author stay.

    Args:
        text: What is written.
        passages: Translates sentences.
    """
    chapters = tuple(
        Chapter(_heading(chapter.title, passages), passages.text(chapter.text))
        for chapter in text.chapters
    )
    return Text(chapters, passages.target, _heading(text.title, passages), text.author)


def _heading(heading: str, passages: Passages) -> str:
    return passages.text(heading) if heading else ""


def translated_transcript(transcript: Transcript, passages: Passages) -> Transcript:
    """Translate a transcript; segments keep their times and speakers, words lose theirs.

    A sentence that spans segments is translated as a whole and dealt out to them again in
    proportion to what each had of it, preferably behind a clause.

    Args:
        transcript: What is said.
        passages: Translates sentences.
    """
    spoken = [segment for segment in transcript.segments if segment.text.strip()]
    pieces = [piece for group in _groups(spoken) for piece in _pieces(group)]
    made = passages.sentences([piece.text for piece in pieces])
    texts: list[list[str]] = [[] for _ in spoken]
    joint = "" if passages.target in UNSPACED else " "
    for piece, text in zip(pieces, made, strict=True):
        dealt = _dealt(text, [*piece.shares.values()], joint)
        for index, part in zip(piece.shares, dealt, strict=True):
            if part:
                texts[index].append(part)
    segments = [
        replace(segment, text=joint.join(parts), words=())
        for segment, parts in zip(spoken, texts, strict=True)
    ]
    return Transcript(passages.target, _without_empty(segments), transcript.duration)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, and how many of its characters lie in which segment."""

    text: str
    shares: dict[int, int]


def _groups(segments: Sequence[Segment]) -> list[list[tuple[int, Segment]]]:
    """Group segments, with their indices, that may share a sentence."""
    groups: list[list[tuple[int, Segment]]] = []
    length = 0
    for index, segment in enumerate(segments):
        before = segments[index - 1] if index else None
        new = (
            before is None
            or before.speaker != segment.speaker
            or segment.start - before.end >= LONG_GAP
            or before.text.rstrip().rstrip(CLOSING).endswith(ENDINGS)
            or length > 2 * LONGEST
        )
        if new:
            groups.append([])
            length = 0
        groups[-1].append((index, segment))
        length += len(segment.text)
    return groups


def _pieces(group: Sequence[tuple[int, Segment]]) -> list[_Piece]:
    spans: list[tuple[int, int, int]] = []
    text = ""
    for index, segment in group:
        text += " " if text else ""
        start = len(text)
        text += " ".join(segment.text.split())
        spans.append((index, start, len(text)))
    pieces: list[_Piece] = []
    place = 0
    for sentence, gap in sentences_in(text):
        end = place + len(sentence)
        shares = {
            index: min(end, last) - max(place, first)
            for index, first, last in spans
            if min(end, last) > max(place, first)
        }
        pieces.append(_Piece(sentence, shares))
        place = end + len(gap)
    return pieces


def _dealt(text: str, shares: Sequence[int], joint: str) -> list[str]:
    """Divide a translated sentence in proportion to shares, between words."""
    words = text.split() if joint else list(text)
    if len(shares) == 1 or len(words) < 2:
        # A single word goes where most of it was.
        most = max(range(len(shares)), key=lambda index: shares[index])
        return [text if index == most else "" for index in range(len(shares))]
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word) + len(joint))
    cuts, so_far = [0], 0
    for share in shares[:-1]:
        so_far += share
        wanted = so_far / sum(shares)
        places = range(cuts[-1], len(words) + 1)

        def cost(place: int, wanted: float = wanted) -> float:
            clause = 0 < place < len(words) and words[place - 1][-1] in ",;:—、，"
            return abs(ends[place] / ends[-1] - wanted) - (CLAUSE_BONUS if clause else 0.0)

        cuts.append(min(places, key=cost))
    cuts.append(len(words))
    return [joint.join(words[a:b]) for a, b in pairwise(cuts)]


def _without_empty(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Give the time of a segment that got no words to the one before it."""
    kept: list[Segment] = []
    for segment in segments:
        if segment.text:
            kept.append(segment)
        elif kept:
            kept[-1] = replace(kept[-1], end=max(kept[-1].end, segment.end))
    return tuple(kept)


class Engine(Protocol):
    """What a family of models brings: translation of sentences in a direction."""

    def passages(self, pair: Pair) -> Passages:
        """Return what translates in a direction."""
        ...


class TranslatesTexts:
    """Serves ``translate_text``; a family states what it knows, ``load`` sets the engine."""

    engine: Engine
    known: ClassVar[tuple[str, ...]]
    told: ClassVar[str]

    def __call__(
        self, text: str | Text, language: str, source_language: str | None = None
    ) -> Text | Noted:
        """Translate a text.

        Args:
            text: What is written.
            language: ISO 639-1 code of the language to translate into.
            source_language: Code of that it is written in; None to detect it.

        Raises:
            ToolInputError: There are no words, or the pair is not among the model's.
        """
        written = Text.plain(text) if isinstance(text, str) else text
        pair = found_pair(
            written.text,
            language,
            stated=(source_language, written.language),
            known=self.known,
            told=self.told,
            tool="translate_text",
        )
        passages = self.engine.passages(pair)
        return _noted(translated_text(written, passages), passages, pair.note)


class TranslatesTranscripts:
    """Serves ``translate_transcript``; a family states what it knows, ``load`` sets the engine."""

    engine: Engine
    known: ClassVar[tuple[str, ...]]
    told: ClassVar[str]

    def __call__(
        self, transcript: Transcript, language: str, source_language: str | None = None
    ) -> Transcript | Noted:
        """Translate a transcript; times and speakers stay.

        Args:
            transcript: What is said.
            language: ISO 639-1 code of the language to translate into.
            source_language: Code of that it is spoken in; None for that of the transcript.

        Raises:
            ToolInputError: There are no words, or the pair is not among the model's.
        """
        pair = found_pair(
            transcript.text,
            language,
            stated=(source_language, transcript.language),
            known=self.known,
            told=self.told,
            tool="translate_transcript",
        )
        passages = self.engine.passages(pair)
        return _noted(translated_transcript(transcript, passages), passages, pair.note)


def _noted(value: Value, passages: Passages, note: str) -> Value | Noted:
    """Add what the user must be told of a translation."""
    notes = [note] if note else []
    if doubtful := passages.doubtful:
        shown = ", ".join(map(str, doubtful[:10])) + (" …" if len(doubtful) > 10 else "")
        notes.append(
            f"In {len(doubtful)} of {passages.num_sentences} sentences a number or the end may be "
            f"missing; compare them with the original: {shown}."
        )
    return Noted(value, tuple(notes)) if notes else value
