"""How requests are worded: phrases for recordings, courtesies, and a small pattern language.

A pattern reads like the sentence it matches: words, ``a/b`` for either word, ``[…]`` for what may
be left out, ``(… | …)`` for alternatives, ``cort~ar`` for the forms of a Portuguese verb, and
``T:start`` for a slot that fills an argument. ``O`` is a phrase for a recording.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial

from tonmeister.planner.deeds import words_for
from tonmeister.planner.heard_parts import PART_PHRASE
from tonmeister.planner.nouns import NOME, NOUN
from tonmeister.planner.slots import Sentence
from tonmeister.planner.versions import version_phrases

__all__ = [
    "CONNECTOR",
    "COURTESY",
    "MODEL",
    "compile_pattern",
    "correct_typos",
    "needs_of",
    "take_targets",
    "tokens_in",
    "words_of",
]

_ORDINAL = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|latest|1st|2nd|3rd|4th"
)
_ORDINAL_PT = (
    "primeir[oa]|segund[oa]|terceir[oa]|quart[oa]|quint[oa]|sext[oa]|setim[oa]|oitav[oa]|non[oa]"
    "|decim[oa]|ultim[oa]"
)
# Recordings by what was done to them, and parts of them by what is heard there.
_MADE = words_for("made")
_NAMED = "|".join((*version_phrases(), PART_PHRASE))
# "this text" and "that hum" are no recordings.
_NOT_ALONE = (
    r"(?! (?:texts?|scripts?|sentence|phrase|words?|dialog(?:ue)?|play|scene|voices?|person|people"
    r"|speakers?|transcript|transcription|translation|annoying|hum|buzz|echo|C\d+)\b)"
)
_NAO_SO = (
    r"(?! (?:textos?|frases?|palavras?|guiao|dialogo|cena|voz|vozes|pessoas?|orador(?:es)?"
    r"|transcricao|traducao|zumbido|eco|C\d+)\b)(?!(?<=esta) (?:a|este|isto|escrit[oa]|alguem)\b)"
    r"(?!(?<=esta) (?:(?:muito|tod[oa]) )?(?:saturad|clipad|ceifad)[oa]\b)"
)
_ENGLISH = (
    r"(?:all|both|each|every)(?: (?:one )?of)?(?: (?:the|these|those|my))?(?: two)?"
    rf" (?:{NOUN}|one)|(?:all|both|each)(?= (?:[.,;!?]|(?:to|and|into|as|then|together)\b)| ?$)"
    r"|all of (?:them|these|those)|both of (?:them|these)|each one"
    rf"|the (?:last|latest) two(?: (?:{NOUN}|ones|results|versions|takes))?"
    rf"|the (?:{_ORDINAL})(?: (?:{NOUN}|one|result|version|take))"
    rf"|the other (?:{NOUN}|one)|the previous (?:version|result)"
    rf"|the original(?: (?:{NOUN}|one))?"
    r"|(?:the|this|that|my|our|these|those)(?: (?:whole|entire|full|attached|uploaded|noisy"
    r"|old|phone|telephone|vinyl|two))*"
    rf" (?:{NOUN})(?: (?:R|M)\d+)?"
    rf"|here|this one|that one|these{_NOT_ALONE}|those|them|this{_NOT_ALONE}"
    rf"|that{_NOT_ALONE}(?! (?:the|is|of|shows?|says?|tells?)\b)|it"
)
_WHOSE = (
    "o|a|os|as|est[ea]s?|ess[ea]s?|aquel[ea]s?|(?:[oa]s? )?(?:meus?|minhas?)|tod[oa]s [oa]s"
    "|tod[oa]s est[ea]s|cada|ambos os|ambas as|os dois|as duas"
)
_PORTUGUESE = (
    r"(?:tod[oa]s(?: eles| elas)?|ambos|ambas|cada um[a]?|os dois|as duas)"
    r"(?= [.,;!?]| ?$| e\b| para\b)"
    rf"|(?:[oa]s (?:dois|duas) ultim[oa]s|[oa]s ultim[oa]s (?:dois|duas))(?: (?:{NOME}|versoes))?"
    rf"|[oa] (?:{_ORDINAL_PT})(?: (?:{NOME}|versao)|(?= (?:[.,;!?]|(?:e|em|para|mas)\b)| ?$))"
    rf"|[oa] outr[oa](?: (?:{NOME}))?(?= [.,;!?]| ?$| e\b| para\b)|[oa] versao anterior"
    rf"|[oa] (?:{NOME}) (?:original|anterior)|[oa] original"
    rf"|(?:{_WHOSE}) (?:{NOME})"
    r"(?: (?:inteir[oa]|complet[oa]|anex[oa]|antig[oa]|telefonic[oa]|(?:R|M)\d+))?"
    rf"|isto|isso|aquilo|aqui|(?:est[ea]s?|ess[ea]s?){_NAO_SO}|eles|elas|-l?[oa]s?|-n[oa]s?"
)
_TARGET = re.compile(rf"(?<![\w-])(?:{_NAMED}|{_ENGLISH}|{_PORTUGUESE})(?![\w'-])")
# "da gravação" is "de" + "a gravação"; undone before phrases are looked for.
_CONTRACTED = re.compile(
    rf"\b(d|n)(?=(?:[oa]s? (?:(?:{NOME}|{_ORDINAL_PT}|{_MADE}|original|meu|minha|sem|outr[oa]"
    rf"|que (?:tem|foi|ficou))\b|versao|partes?\b"
    rf"|(?:dois|duas) (?:{NOME})\b))"
    r"|(?:est[ea]s?|ess[ea]s?|ist[oa]|iss[oa])\b)"
    r"|\b(a)(?=os? )"
)
CONNECTOR = re.compile(
    r"(?:[,;.] )?(?:(?:and|e)(?: (?:then|also|after that|afterwards|finally|depois|tambem"
    r"|em seguida|a seguir|no fim|por fim|so then))? |(?:then|after that|afterwards|finally|next"
    r"|depois(?: disso)?|em seguida|a seguir|por fim|no fim|later) )(?:[,] )?|[,;.] "
)
COURTESY = re.compile(
    r"(?:(?:(?:cool|great|nice|lovely|perfect|awesome|thanks|thank you|boa|otimo|fixe|perfeito"
    r"|excelente|obrigad[oa])(?= [,.!;])(?: [.!;])?"
    r"|please|kindly|now|first|ok|okay|(?:hi|hello|hey)(?: there)?|ola|bom dia|boa tarde"
    r"|boa noite|por favor|se faz favor|sff|agora|primeiro|entao|oi|tonmeister"
    r"|(?:can|could|would|will) you(?: please)?|would you mind|i (?:want|need|would like) you to"
    r"|i'd like you to|i (?:want|need|would like) to|i'd like to|help me|let's|you should"
    r"|know(?= (?:who|what|when|where|which|how|if|whether)\b)"
    r"|saber(?= (?:quem|o que|quando|onde|que|qual|quais|quanto|se|em que)\b)"
    r"|(?:tell|show) me(?= (?:what|when|where|which|how|who|if|whether)\b)"
    r"|(?:diz|mostra)(?= (?:o que|quando|onde|que|quais|quanto|quem|qual|se|em que)\b)"
    r"|(?:podes|podias|pode|podia|poderia|poderias|consegues|es capaz de|e possivel)(?: por favor)?"
    r"|(?:quero|queria|preciso|gostava|gostaria)(?: de)? que"
    r"|(?:quero|queria|gostava de|gostaria de)(?= \w+[aei]r )|preciso de(?= \w+[aei]r )) (?:, )?)+"
)
_PLEASE = re.compile(
    r"(?<!\S)(?:[,] )?(?:please|por favor|se faz favor|sff|for me|para mim|thanks|thank you"
    r"|obrigad[oa]|if you can|se puderes|if possible|se possivel)(?!\S)"
)
# What a recording can be converted to, in any order: format, rate, mono.
_SPEC = (
    r"(?P<spec>(?:[FH]\d+|mono) (?:(?:(?:at|in|a|em|and|e|,|com|with|file|ficheiro) )*"
    r"(?:[FH]\d+|mono) )*)(?:(?:file|ficheiro|format|audio) )?"
)
# Words that are not read, as in "generate music …"; none of them may turn the meaning round.
_ANYTHING = (
    r"(?:(?!(?:and|then|e|depois|not|no|don't|nao|mas|but|instead|unless|if|se|except|exceto|sem"
    r"|without|waveform|spectrogram|espectrograma|onda|[ORM]\d+) )[^\s.;:]+ )*"
)
_MACROS = {"SPEC": _SPEC, "…": _ANYTHING}
_MACRO_TOKENS = {"SPEC": frozenset({"F", "H", "mono"}), "…": frozenset[str]()}
# A wording ends where the sentence ends or a connector may begin.
_WITH = r"(?:with|using|on|com|usando) (?:the |o |a )?(?:model |modelo )?(?:Y\d+) "
_BOUNDARY = (
    rf"(?=$|{_WITH}|(?:[,;.]|and|e|then|after|afterwards|finally|next|later|depois|em|a|por|no) )"
)
# "clean it up with gtcrn": a model may be named after any wording.
MODEL = re.compile(_WITH.replace("(?:Y", "(?P<model>Y"))
_FORMAT = re.compile(r"\bF\d+")
_TOKEN = re.compile(r"[()\[\]|]|[^\s()\[\]|]+")


def take_targets(sentence: Sentence) -> None:
    """Drop courtesies and replace every phrase for a recording by a slot ``O``.

    Args:
        sentence: A read sentence; it is changed in place.
    """
    text = _PLEASE.sub(" ", sentence.text)
    text = _CONTRACTED.sub(_spelled_out, text)
    text = _TARGET.sub(partial(_target_at, sentence), text)
    text = re.sub(r"(?: [.!?…;,])+ *$", " ", f" {text.rstrip()}")
    sentence.text = " ".join(text.split()) + " "


def _target_at(sentence: Sentence, match: re.Match[str]) -> str:
    return _target(match.group().strip(), match.string[: match.start()], sentence)


def _target(phrase: str, before: str, sentence: Sentence) -> str:
    named = re.search(r" ([RM]\d+)$", phrase)
    if named:
        return f" {named[1]} "
    # "Which is the louder?" asks; it does not name one.
    if re.match(r"[oa] mais ", phrase) and re.search(r"\bqual\b[^,;.]* e $", before):
        return phrase
    return sentence.put("O", _FORMAT.sub(lambda slot: str(sentence.slots[slot[0]].value), phrase))


def _spelled_out(match: re.Match[str]) -> str:
    return {"d": "de ", "n": "em ", "a": "a "}[match.group(1) or match.group(2)]


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern; every word eats the space after it.

    Args:
        pattern: A pattern as described at the top of this module.
    """
    signs = {"[": "(?:", "(": "(?:", "]": ")?", ")": ")", "|": "|"}
    source = "".join(signs.get(token) or _word(token) for token in _TOKEN.findall(pattern))
    seen: Counter[str] = Counter()

    def numbered(match: re.Match[str]) -> str:
        # A group name may occur once: the second "start" is called "start_2".
        seen[match[1]] += 1
        return f"(?P<{match[1]}{f'_{seen[match[1]]}' if seen[match[1]] > 1 else ''}>"

    return re.compile(re.sub(r"\(\?P<(\w+)>", numbered, f"(?:{source}){_BOUNDARY}"))


@cache
def needs_of(pattern: str) -> tuple[frozenset[str], ...]:
    """Return sets of tokens; a sentence that lacks all tokens of a set does not match.

    Compiling a pattern takes milliseconds and there are hundreds; this tells which are worth it.

    Args:
        pattern: A pattern as described at the top of this module.
    """
    alternatives = _needs(iter(_TOKEN.findall(pattern)))
    return tuple(alternatives[0] if len(alternatives) == 1 else _either(alternatives))


def tokens_in(text: str) -> frozenset[str]:
    """Return the words of a read sentence, and the letters of its slots.

    Args:
        text: Of a ``Sentence``.
    """
    return frozenset(token[0] if token[0].isupper() else token for token in text.split())


def _needs(tokens: Iterator[str]) -> list[list[frozenset[str]]]:
    """Read tokens up to a closing bracket; return what each alternative needs one token of."""
    found: list[list[frozenset[str]]] = [[]]
    for part in tokens:
        if part in ("]", ")"):
            break
        if part == "|":
            found.append([])
        elif part == "[":
            _needs(tokens)  # may be left out
        elif part == "(":
            found[-1] += _either(_needs(tokens))
        elif wanted := _tokens_for(part):
            found[-1].append(wanted)
    return found


def _either(alternatives: list[list[frozenset[str]]]) -> list[frozenset[str]]:
    if not all(alternatives):
        return []  # one of them needs nothing
    return [frozenset[str]().union(*(min(needs, key=len) for needs in alternatives))]


@cache
def _tokens_for(token: str) -> frozenset[str]:
    if token in _MACROS:
        return _MACRO_TOKENS[token]
    letters, _ = _slot(token)
    return frozenset(letters or _words(token.partition("=")[0]))


def _slot(token: str) -> tuple[str, str]:
    """Return the letters and the name of a slot; no letters for a word."""
    slot = re.fullmatch(r"([A-Z]+)(?::(\w+))?", token)
    if slot is None:
        return "", ""
    letters, name = slot.groups()
    # A number without a unit may be a time, and a file name may stand for a recording.
    return {"T": "TN", "O": "ORM"}.get(letters, letters), name or "target"


def _words(token: str) -> list[str]:
    return [form for word in token.split("/") for form in _forms(word)]


def _word(token: str) -> str:
    if token in _MACROS:
        return _MACROS[token]
    letters, slot = _slot(token)
    if letters:
        return rf"(?P<{slot}>[{letters}]\d+) "
    token, _, name = token.partition("=")
    opening = f"(?P<{name}>" if name else "(?:"
    return f"{opening}{'|'.join(map(re.escape, _words(token)))}) "


def _forms(word: str) -> list[str]:
    stem, tilde, ending = word.partition("~")
    if not tilde:
        return [word]
    if ending == "ar":
        soft = re.sub("g$", "gu", re.sub("c$", "qu", stem))
        return [f"{stem}a", f"{stem}ar", f"{soft}e", f"{soft}es", f"{stem}as", f"{stem}asses"]
    return [f"{stem}e", f"{stem}{ending}", f"{stem}a", f"{stem}as", f"{stem}es", f"{stem}esses"]


def words_of(patterns: list[str]) -> frozenset[str]:
    """Return every word that patterns use.

    Args:
        patterns: Patterns of all rules.
    """
    tokens = {token for pattern in patterns for token in _TOKEN.findall(pattern)}
    words = {form for token in tokens for word in token.split("/") for form in _forms(word)}
    ordinals = re.sub(r"(\w+)\[oa\]", r"\1o|\1a", _ORDINAL_PT)
    fixed = " ".join(
        (NOUN, NOME, _ORDINAL, ordinals, _MADE, _ENGLISH, COURTESY.pattern, CONNECTOR.pattern)
    )
    return frozenset(word for word in words if word.isalpha()) | {
        form
        for run in re.findall(r"[a-z]+\??", fixed)
        for form in ((run[:-1], run[:-2]) if run[-1] == "?" else (run,))
    }


def correct_typos(sentence: Sentence, vocabulary: frozenset[str]) -> None:
    """Correct words of six letters or more that one slip separates from one known word.

    Args:
        sentence: A read sentence; it is changed in place.
        vocabulary: The known words.
    """
    words = sentence.text.split()
    for position, word in enumerate(words):
        if len(word) >= 6 and word.isalpha() and word.islower() and word not in vocabulary:
            near = [known for known in vocabulary if _one_slip(word, known)]
            if len(near) == 1:
                words[position] = near[0]
    sentence.text = " ".join(words) + " "


def _one_slip(word: str, known: str) -> bool:
    if word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), None)
    if start is None:
        # Known words differ from their plurals by one letter at the end: no slip to correct.
        return False
    rest, other = word[start:], known[start:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )
