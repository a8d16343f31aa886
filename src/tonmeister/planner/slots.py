"""Slots of a sentence: times, levels, numbers, languages, formats, file names, quoted texts.

What is said with one of a few fixed meanings is replaced by a capital letter and a number, so that
``cut from 0:12 to 0:31`` reads ``cut from T0 to T1``. Everything else is folded to lower case
without accents; a capital in a read sentence is therefore always a slot.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import NamedTuple

from tonmeister.plan import parse_ref
from tonmeister.planner.amounts import take_amounts
from tonmeister.planner.captures import is_consent, take_captures

__all__ = [
    "AUDIO_FORMATS",
    "LANGUAGES",
    "Names",
    "SUBTITLE_FORMATS",
    "Sentence",
    "Slot",
    "common_words",
    "fold",
    "language_of",
    "read_sentence",
    "unquoted",
]

AUDIO_FORMATS = ("wav", "flac", "mp3", "ogg", "opus", "m4a", "aiff")
SUBTITLE_FORMATS = ("srt", "vtt", "txt", "json", "rttm", "audacity", "textgrid")
LANGUAGES: Mapping[str, str] = {
    "english": "en", "ingles": "en", "inglesa": "en",
    "portuguese": "pt", "portugues": "pt", "portuguesa": "pt",
    "spanish": "es", "espanhol": "es", "espanhola": "es", "castelhano": "es",
    "french": "fr", "frances": "fr", "francesa": "fr",
    "german": "de", "alemao": "de", "alema": "de",
    "italian": "it", "italiano": "it", "italiana": "it",
    "dutch": "nl", "holandes": "nl", "neerlandes": "nl",
    "polish": "pl", "polaco": "pl", "russian": "ru", "russo": "ru",
    "japanese": "ja", "japones": "ja", "chinese": "zh", "chines": "zh",
    "mandarin": "zh", "mandarim": "zh",
    "hindi": "hi", "korean": "ko", "coreano": "ko", "turkish": "tr", "turco": "tr",
    "ukrainian": "uk", "ucraniano": "uk", "swedish": "sv", "sueco": "sv",
    "arabic": "ar", "arabe": "ar",
}  # fmt: skip

_QUOTES = re.compile(
    r'"([^"]*)"|“([^”]*)”|«([^»]*)»|„([^“”]*)[“”]|‘([^’]*)’|(?<![\w\'])\'(?=\S)([^\']*?\S)\'(?![\w\'])'
)
_COLON = re.compile(r""":(?=\s|["“«„‘']|[^\W\d])""")
_GOES_ON = re.compile(r"[\s,;.]*(?:and|then|e|depois|em seguida|a seguir|,|;)\b", re.IGNORECASE)
_TEXT_BEFORE = re.compile(
    r"\b(?:say(?:s|ing)?|announc\w+|pronounc\w+|diz(?:er|endo)?|diga|anunci\w+|words?|palavras?"
    r"|[oa]s|todos)\W*(?:[\"“«][^\"”»]*[\"”»](?:\W|\b(?:and|e|or|ou)\b)*)*$"
)
"""Before a quotation that is a text, whatever a file is called: say "…", the words "…" and "…"."""
_EXTENSIONS = (
    "wav|wave|mp3|flac|ogg|oga|opus|m4a|aac|aiff|aif|wma|mp4|mov|mkv|webm|avi|srt|vtt|txt|json"
    "|png|jpe?g|pdf|epub|md|docx?|html?|rtf|odt|rttm|textgrid"
)
_MARKS = re.compile("[\ue000-\uf8ff]")
_LETTERS = "QRMTNDLPHSXGFWCBKZVUYE"


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a sentence.

    Attributes:
        kind: T time, N bare number, D decibels, L LUFS, P percent, H hertz, S semitones, X times,
            G language, F audio format, W text format, R reference, M unknown file name,
            O phrase for a recording or document, Q quoted text, C number of people, B who a
            speaker is, K consent, Z position, V voice, U list of words, E sound, Y model.
        value: Seconds, number, code, handle or the words themselves.
        unit: How it was written: "clock", "s", "min" of a time; "signed" of a number.
    """

    kind: str
    value: float | str
    unit: str = ""


@dataclass(slots=True)
class Sentence:
    """A sentence with its slots taken out.

    Attributes:
        text: Folded words and slot names, each followed by one space.
        slots: What the slot names stand for.
    """

    text: str = ""
    slots: dict[str, Slot] = field(default_factory=dict[str, Slot])

    def put(self, kind: str, value: float | str, unit: str = "") -> str:
        """Add a slot and return its name between spaces.

        Args:
            kind: Its letter.
            value: What it stands for.
            unit: How it was written.
        """
        name = f"{kind}{len(self.slots)}"
        self.slots[name] = Slot(kind, value, unit)
        return f" {name} "


def fold(text: str) -> str:
    """Return a text in lower case without accents.

    Args:
        text: Any text.
    """
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in plain if not unicodedata.combining(char))


def unquoted(text: str) -> str:
    """Return the words of a request without what stands in quotes or after a colon.

    Args:
        text: The person's own words.
    """
    return re.split(r":\s", _QUOTES.sub(" ", text), maxsplit=1)[0]


def language_of(text: str) -> str:
    """Return the language of a request, "en" or "pt"; "en" when nothing tells.

    Args:
        text: The person's own words; what stands in quotes or after a colon counts least.
    """
    head = unquoted(text)
    words_of = _words()
    for part in (head, text):
        words = re.findall(r"[^\W\d_]+", part.lower())
        folded = [fold(word) for word in words]
        marked = sum(bool(re.search("[ãõçáéíóúâêôà]", word)) for word in words)
        portuguese = marked + sum(word in words_of["pt"] for word in folded)
        english = sum(word in words_of["en"] for word in folded)
        if portuguese != english:
            return "pt" if portuguese > english else "en"
    return "en"


@cache
def common_words() -> frozenset[str]:
    """Return the commonest words of requests in all languages that are understood."""
    return frozenset(word for words in _words().values() for word in words)


@cache
def _words() -> Mapping[str, frozenset[str]]:
    text = (files("tonmeister.planner") / "words.txt").read_text(encoding="utf-8")
    pairs = (line.split(": ", 1) for line in text.splitlines())
    return {code: frozenset(words.split()) for code, words in pairs}


_CONSENT_AFTER = re.compile(
    r"\s*[;,.]\s*(?:(?:with|com)\s+)?(?:(?:my|o meu)\s+)?consent(?:imento)?\s*:\s*", re.IGNORECASE
)
"""Between a text to be said and the words in which the owner of the voice agrees."""


class Names(NamedTuple):
    """What the known files may be called.

    Attributes:
        handles: Folded file name stem to handle; "" for a stem that several share.
        bare: Stems that may be said without an extension.
        models: Name of a model by what it may be called, in lower case.
    """

    handles: Mapping[str, str]
    bare: frozenset[str] = frozenset()
    models: Mapping[str, str] = {}


def read_sentence(text: str, names: Names) -> Sentence:
    """Fold a request and take out everything that has one of the fixed meanings.

    Args:
        text: The person's words.
        names: What the known files may be called.
    """
    sentence = Sentence()
    # A slot travels as one private-use character until all are found, so that no later pattern
    # can look inside it.
    clear = _take_spoken(_MARKS.sub(" ", text), sentence, names)
    clear = take_captures(clear, partial(_mark, sentence), names.models)
    clear = fold(clear).replace("\u2212", "-").replace("’", "'").replace("\u2011", "-")
    clear = _take_names(clear, sentence, names)
    clear = re.sub(r"[.,;]?\s*\n\s*", " ; ", clear.strip())
    if re.search(r"\d,\d{3}(?!\d)", clear):
        return Sentence("? ")
    clear = take_amounts(clear, partial(_mark, sentence))
    clear = _take_codes(clear, sentence)
    clear = re.sub(r"(?<=[a-z])-(?:mo|ma|me|lhe)\b", " ", clear)
    clear = re.sub(r"(?<=[a-z])-(l[oa]s?|n[oa]s?|[oa]s?)\b(?!-)", r" -\1", clear)
    clear = re.sub(r"([,;.!?:()\"…])", r" \1 ", clear)
    clear = re.sub(r"(?<=[\ue000-\uf8ff])\s*[-\u2013\u2014]\s*(?=[\ue000-\uf8ff])", " - ", clear)
    clear = _MARKS.sub(lambda mark: f" {_unmarked(mark.group())} ", clear)
    sentence.text = " ".join(clear.split()) + " "
    return sentence


def _unmarked(mark: str) -> str:
    code = ord(mark) - 0xE000
    return f"{_LETTERS[code >> 8]}{code & 255}"


def _mark(sentence: Sentence, kind: str, value: float | str, unit: str = "") -> str:
    name = sentence.put(kind, value, unit).strip()
    return f" {chr(0xE000 + (_LETTERS.index(kind) << 8) + int(name[1:]))} "


def _take_spoken(text: str, sentence: Sentence, names: Names) -> str:
    quoted = [match.span() for match in _QUOTES.finditer(text)]
    for colon in _COLON.finditer(text):
        if any(start < colon.start() < end for start, end in quoted):
            continue
        if is_consent(text[: colon.start()]):
            return _take_spoken(f"{text[: colon.start()]},{text[colon.end() :]}", sentence, names)
        rest = text[colon.end() :].strip()
        if rest and not _are_files(rest, names):
            head = _take_quotes(text[: colon.start()], sentence, names)
            said, *agreed = _CONSENT_AFTER.split(rest, maxsplit=1)
            tail = f"; consent : {_take_rest(agreed[0], sentence, names)}" if agreed else ""
            return f"{head} : {_take_rest(said, sentence, names)} {tail}"
    return _take_quotes(text, sentence, names)


def _are_files(text: str, names: Names) -> bool:
    """Tell whether a text is a list of known files, as in "references: ana.wav, rui.wav"."""
    listed = re.split(r"\s*,\s*|\s+(?:and|e|or|ou)\s+", fold(text).strip(" .?!"))
    return len(listed) > 1 and all(_stem(name) in names.handles for name in listed)


def _take_rest(rest: str, sentence: Sentence, names: Names) -> str:
    whole = _QUOTES.match(rest)
    if whole and whole.end() == len(rest):
        return _mark(sentence, "Q", _inside(whole), "quoted")
    # Quoted words and then more words: two readings, text to be said or a further instruction.
    unit = "open" if whole and _GOES_ON.match(rest[whole.end() :]) else "colon"
    return _mark(sentence, "Q", rest, "open" if _stem(fold(rest)) in names.handles else unit)


def _take_quotes(text: str, sentence: Sentence, names: Names) -> str:
    def quoted(match: re.Match[str]) -> str:
        inside = _inside(match)
        folded = fold(inside).strip()
        stem = _stem(folded)
        is_text = stem == folded and _TEXT_BEFORE.search(fold(text[: match.start()]))
        if stem in names.handles and not is_text:
            return _mark(sentence, "R", names.handles[stem])
        return _mark(sentence, "Q", inside, "quoted")

    return _QUOTES.sub(quoted, text)


def _inside(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def _stem(name: str) -> str:
    return re.sub(rf"\.(?:{_EXTENSIONS})$", "", name)


def _take_names(text: str, sentence: Sentence, names: Names) -> str:
    def reference(match: re.Match[str]) -> str:
        ref = parse_ref(match.group())
        known = ref is not None and ref.name in names.handles.values()
        return _mark(sentence, "R" if known else "M", match.group())

    text = re.sub(r"@[a-z][\w.]*(?<!\.)(?:\[[\d.]*:[\d.]*\])?", reference, text)
    for stem in sorted(filter(None, names.handles), key=len, reverse=True):
        extension = rf"\.(?:{_EXTENSIONS})"
        if stem in names.bare:
            extension = f"(?:{extension})?"
        pattern = rf"(?<![\w.@-]){re.escape(stem)}{extension}(?![\w-]|\.\w)"
        text = re.sub(pattern, lambda _, stem=stem: _mark(sentence, "R", names.handles[stem]), text)
    return re.sub(
        rf"(?<![\w.@-])[\w-]+(?:\.[\w-]+)*\.(?:{_EXTENSIONS})(?![\w-]|\.\w)",
        lambda match: _mark(sentence, "M", match.group()),
        text,
    )


def _take_codes(text: str, sentence: Sentence) -> str:
    text = re.sub(
        r"\b(?:brazilian portuguese|portugues (?:do brasil|brasileiro)|pt-br)\b", "portugues", text
    )
    spoken = "|".join(LANGUAGES)
    text = re.sub(
        rf"\b({spoken})(?:(?<=a)s)?\b",
        lambda match: _mark(sentence, "G", LANGUAGES[match.group(1)]),
        text,
    )
    text = re.sub(
        rf"(?<![\w])\.?({'|'.join(AUDIO_FORMATS)})s?\b",
        lambda match: _mark(sentence, "F", match.group(1)),
        text,
    )
    return re.sub(
        rf"(?<![\w])\.?({'|'.join(SUBTITLE_FORMATS)})\b",
        lambda match: _mark(sentence, "W", match.group(1)),
        text,
    )
