"""Texts in translatable sentences: what must survive is set aside, the rest is joined again.

Paragraphs, lists, headings and scripts ("HOST: …") keep their shape. Links, addresses, file names,
pronunciations and pauses are never shown to a model, or only as a placeholder that is looked for
afterwards. Numbers are compared, and asked for again as placeholders when one got lost.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

__all__ = ["Passages", "Rendering", "sentences_in"]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A translated sentence.

    Attributes:
        text: The translation.
        complete: Whether the model ended it; else it went on until it was stopped.
    """

    text: str
    complete: bool


Translate = Callable[[Sequence[str]], Sequence[Rendering]]

LONGEST = 400
"""Characters of a sentence, above which it is divided after a clause, or between words."""

_END = re.compile(r"""(?<=[.!?…।])["”’»)\]]*\s+|(?<=[。！？])[”’»）」』]*\s*(?=.)""")
_OPENING = '"“‘«(¿¡[—–- '
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“])(?:Mr|Mrs|Ms|Dr|Dra|Prof|Profa|Sr|Sra|Srta|St|Sto|Sta|Jr|vs|etc|approx|fig|cap|"
    r"pág|p|pp|no|nº|vol|ex|i\.e|e\.g|p\.\s?ex|a\.m|p\.m|(?:[A-ZÀ-Ý]\.)*[A-ZÀ-Ý])\.$"
)
_CLAUSE = re.compile(r"(?<=[;:,—])\s+")
_PREFIX = re.compile(
    r"^(?:\s|[-*+•>—–]\s|#{1,6}\s|\d{1,3}[.)]\s|[A-ZÀ-Ý][A-ZÀ-Ý0-9 _]{0,30}:(?=\s|$))*"
)
_BREAK = re.compile(r"(\s*\[pause[^\]\n]*\]\s*)", re.IGNORECASE)
_FILE_TYPES = "wav|mp3|flac|ogg|opus|m4a|mp4|mkv|mov|txt|md|pdf|epub|srt|vtt|json|csv|html|docx|py"
_KEPT = re.compile(
    r"https?://[^\s<>\"]*[\w/=#&%+~-]"
    r"|www\.[^\s<>\"]*[\w/=#&%+~-]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\{[^{}|\n]+\|/[^/\n]*/\}"
    r"|`[^`\n]+`"
    r"|</?[A-Za-z][^<>\n]*>"
    r"|(?<!\w)[@#][A-Za-z_]\w*"
    rf"|\b[\w-]+\.(?:{_FILE_TYPES})\b"
)
_BOTH_MARKS = {
    "en": re.compile(r"\b\d{1,3}(?:,\d{3})+\.\d+\b"),
    "pt": re.compile(r"\b\d{1,3}(?:\.\d{3})+,\d+\b"),
}
_STRAIGHT = str.maketrans("“”„‘’", '"""\'\'')
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_GROUPING = re.compile(r"(?<=\d)[.,\s\u00a0](?=\d)")


@dataclass(slots=True)
class _Sentence:
    """A sentence on its way: what the model sees, and what was set aside."""

    source: str
    shown: str
    kept: list[tuple[str, str]]
    capitals: bool = False
    dotted: bool = False


@dataclass(slots=True)
class Passages:
    """Translates texts sentence by sentence.

    Args:
        translate: The model, for one direction.
        source: Language of the texts.
        target: Language to translate into.
        foreign: What the model cannot read, such as emoji; it is kept as it is.

    Attributes:
        num_sentences: Sentences so far.
        doubtful: Which of them, counted from 1, lost a number or were not ended by the model.
    """

    translate: Translate
    source: str
    target: str
    foreign: re.Pattern[str] | None = None
    num_sentences: int = 0
    doubtful: list[int] = field(default_factory=list[int])

    def text(self, text: str) -> str:
        """Translate a text; lines, paragraphs and list marks stay.

        Args:
            text: Of any length.
        """
        parts: list[str] = []
        sentences: dict[int, str] = {}
        for line in _lines(text):
            prefix = _PREFIX.match(line)
            start = prefix.end() if prefix else 0
            parts.append(line[:start])
            for piece in _BREAK.split(line[start:]):
                if _BREAK.fullmatch(piece):
                    parts.append(piece)
                    continue
                for sentence, gap in sentences_in(piece):
                    sentences[len(parts)] = sentence
                    parts += [sentence, gap]
            parts.append("\n")
        for place, made in zip(sentences, self.sentences([*sentences.values()]), strict=True):
            parts[place] = made
        return "".join(parts[:-1])

    def sentences(self, sentences: Sequence[str]) -> list[str]:
        """Translate sentences in one go; what holds no letter stays as it is.

        Args:
            sentences: One sentence each, without outer spaces.
        """
        first = self.num_sentences + 1
        self.num_sentences += len(sentences)
        waiting = {
            index: self._prepared(sentence)
            for index, sentence in enumerate(sentences)
            if _has_letters(_KEPT.sub("", sentence))
        }
        results = list(sentences)
        again: dict[int, _Sentence] = {}
        renderings = self.translate([one.shown for one in waiting.values()]) if waiting else ()
        for (index, one), rendering in zip(waiting.items(), renderings, strict=True):
            made = _restored(one, rendering.text)
            if made is not None and rendering.complete and _numbers_kept(one.source, made):
                results[index] = made
            else:
                again[index] = one
        for index, one in again.items():
            results[index], sure = self._piecewise(one.source)
            if not sure:
                self.doubtful.append(first + index)
        return results

    def _prepared(self, sentence: str, *, numbers: bool = False) -> _Sentence:
        """Set aside what must survive, and bring the rest into a form models know."""
        kept: list[tuple[str, str]] = []

        def aside(original: str, wanted: str) -> str:
            # Both models copy this word; see docs/tools/translation.md.
            kept.append((f"XQ{len(kept) + 1}", wanted))
            return kept[-1][0]

        patterns = [_KEPT, *([self.foreign] if self.foreign else [])]
        shown = sentence.translate(_STRAIGHT)  # curly ones are read as something else
        if both := _BOTH_MARKS.get(self.source):
            shown = both.sub(lambda found: aside(found[0], self._localised(found[0])), shown)
        for pattern in patterns:
            shown = pattern.sub(lambda found: aside(found[0], found[0]), shown)
        if numbers:
            shown = re.sub(
                rf"(?<!XQ)(?<!\w){_NUMBER.pattern}",
                lambda found: aside(found[0], found[0]),
                shown,
            )
        one = _Sentence(sentence, shown, kept)
        words = re.sub(r"XQ\d+", "", shown).split()
        letters = "".join(words)
        # "THE GOLDEN AGE" is taken for names and copied.
        one.capitals = len(letters) > 3 and letters.isupper()
        if one.capitals:
            one.shown = re.sub(r"XQ\d+|\w+", _lowered, shown)
            one.shown = one.shown[:1].upper() + one.shown[1:]
        # A lone word without a full stop tempts them to go on.
        one.dotted = len(words) <= 2 and one.shown[-1].isalnum()
        one.shown += "." if one.dotted else ""
        return one

    def _localised(self, number: str) -> str:
        """Swap the marks of a number such as 1,234.56 where the target language does."""
        swap = self.target in _BOTH_MARKS and self.target != self.source
        return number.translate(str.maketrans(",.", ".,")) if swap else number

    def _piecewise(self, sentence: str) -> tuple[str, bool]:
        """Translate again with numbers set aside, else around what must survive."""
        one = self._prepared(sentence, numbers=True)
        if one.kept:
            rendering = self.translate([one.shown])[0]
            made = _restored(one, rendering.text)
            if made is not None and rendering.complete and _numbers_kept(sentence, made):
                return made, True
        one = self._prepared(sentence)
        pieces = re.split(r"(XQ\d+)", one.shown)
        originals = dict(one.kept)
        speakable = [piece for piece in pieces if piece not in originals and _has_letters(piece)]
        if not speakable:
            return sentence, False
        renderings = iter(self.translate([piece.strip() for piece in speakable]))
        sure, made = True, ""
        for piece in pieces:
            if piece in originals or not _has_letters(piece):
                made += originals.get(piece, piece)
                continue
            rendering = next(renderings)
            sure = sure and rendering.complete
            inner = rendering.text if piece is pieces[0] else _uncapitalised(piece, rendering.text)
            made += _spaced(piece, inner)
        one.kept = []
        return _restored(one, made) or made, sure and _numbers_kept(sentence, made)


def sentences_in(text: str) -> list[tuple[str, str]]:
    """Divide a line into sentences, each with the white space that follows it.

    Sentences longer than ``LONGEST`` characters are divided after a clause or between words.

    Args:
        text: One line.
    """
    found: list[tuple[str, str]] = []
    start = 0
    for end in _END.finditer(text):
        marks = re.match(r"""["”’»)\]）」』]*""", end[0])
        stop = end.start() + (marks.end() if marks else 0)
        following = text[end.end() :].lstrip(_OPENING)[:1]
        if following.islower() or _ABBREVIATED.search(text[start:stop]):
            continue
        found.append((text[start:stop], text[stop : end.end()]))
        start = end.end()
    rest = text[start:]
    body = rest.rstrip()
    if body:
        found.append((body, rest[len(body) :]))
    elif rest and found:
        found[-1] = (found[-1][0], found[-1][1] + rest)
    return [part for sentence, gap in found for part in _shortened(sentence, gap)]


def _shortened(sentence: str, gap: str) -> list[tuple[str, str]]:
    if len(sentence) <= LONGEST:
        return [(sentence, gap)]
    window = sentence[LONGEST // 4 : LONGEST]
    places = [*_CLAUSE.finditer(window)] or [*re.finditer(r"\s+", window)]
    if not places:
        return [(sentence[:LONGEST], ""), *_shortened(sentence[LONGEST:], gap)]
    start, end = (place + LONGEST // 4 for place in places[-1].span())
    return [(sentence[:start], " "), *_shortened(sentence[end:], gap)]


def _lines(text: str) -> list[str]:
    """Return the lines of a text; sentences that were wrapped come in one line again."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1].rstrip() if lines else ""
        wrapped = len(before) >= 50 and before[-1] not in ".!?…:" and line[:1].islower()
        if wrapped:
            lines[-1] = f"{before} {line}"
        else:
            lines.append(line)
    return lines


def _has_letters(text: str) -> bool:
    return any(letter.isalpha() for letter in re.sub(r"XQ\d+", "", text))


def _lowered(word: re.Match[str]) -> str:
    return word[0] if word[0].startswith("XQ") else word[0].lower()


def _uncapitalised(source: str, made: str) -> str:
    """Begin in lower case where the source does."""
    first = next((letter for letter in source if letter.isalpha()), "A")
    return made[:1].lower() + made[1:] if first.islower() else made


def _spaced(source: str, made: str) -> str:
    """Give a text the outer spaces of its source."""
    before = source[: len(source) - len(source.lstrip())]
    return before + made.strip() + source[len(source.rstrip()) :]


def _restored(one: _Sentence, made: str) -> str | None:
    """Put back what was set aside; None when a placeholder is missing or doubled."""
    made = made.strip()
    if not made:
        return None
    if one.dotted and made.endswith("."):
        made = made[:-1]
    if one.capitals:
        made = made.upper()
    if "“" in one.source:
        made = re.sub(r'"([^"]*)"', r"“\1”", made)
    for name, original in one.kept:
        pattern = re.compile(rf"(?<!\w){name}(?!\d)")
        if len(pattern.findall(made)) != 1:
            return None
        made = pattern.sub(lambda _, original=original: original, made)
    return made


def _numbers_kept(source: str, made: str) -> bool:
    """Tell whether every number of a sentence is in its translation, whatever its marks."""
    wanted, found = (
        Counter(re.findall(r"\d+", _GROUPING.sub("", text))) for text in (source, made)
    )
    return not wanted - found
