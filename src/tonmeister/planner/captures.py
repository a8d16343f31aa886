"""Words of a request that become an argument as they were said: names, consent, positions, voices.

They are found before the request is folded, so that "Ana" stays "Ana".
"""

import re
from collections.abc import Callable, Mapping

from tonmeister.sound_vocabulary import flat, sound_pattern

__all__ = ["Keep", "consent_in", "is_consent", "take_captures"]

Keep = Callable[[str, str], str]
"""Takes the letter of a slot and its words, and returns what stands for it."""

_NAME = (
    r"(?:(?:Dra?|Mrs?|Ms|Prof|Eng|Sra?)\. )?[A-ZÀ-Ý][\w'’-]*"
    r"(?: (?:d[aeo]s? )?[A-ZÀ-Ý][\w'’-]*)*"
)
_AND = r"(?:\s*,\s*|\s+(?:and|e)\s+|\s*,\s+(?:and|e)\s+)"

# Who a label of a transcript is. A name without a capital needs an article or an order to rename.
_LABEL = r"(?:(?i:the|o|a) )?(?i:speaker|falante|orador)_(\d{1,2})"
_NAMINGS = (
    re.compile(
        rf"\b{_LABEL}(?:\s*(?:=|->|→)\s*|(?i:\s+(?:is|are|is called|is named|as|to|é|e|como|para"
        rf"|chama-se|passa a ser|should be|deve ser))\s+)(?:(?i:the|o|a|called|named)\s+)?"
        rf"({_NAME})"
    ),
    re.compile(
        rf"\b{_LABEL}(?i:\s+(?:is the|é [oa]|e [oa])|\s*=|\s+(?:to|para)(?: the| o| a)?)\s*"
        r"([a-zà-ÿ]{3,20})(?=\s*(?:[,;.!]|$|\s(?:and|e)\s))"
    ),
    re.compile(rf"\b{_LABEL}\s+({_NAME})"),
)
_NAMED_FIRST = re.compile(
    rf"(?:\b(?i:chama)\s+)?(?:\b[oa] )?({_NAME})(?i:\s+(?:is|é|ao|à|a))\s+{_LABEL}\b"
)

_PERMISSION = (
    r"(?:permission|consent|authori[sz]ation|approval|agreement|autoriza[cç][aã]o|permiss[aã]o"
    r"|consentimento|licen[cç]a)"
)
_WHOSE = (
    r"(?:his|her|their|the speaker's|the owner's|the person's|written|explicit|full|[A-Z]\w+'s"
    r"|a sua|sua|a|o|do pr[oó]prio|da pr[oó]pria)"
)
_CONSENT = re.compile(
    rf"\b(?:(?:(?:I|we) (?:do )?have|I've got|I've|I got|(?:eu )?tenho|(?:n[oó]s )?temos|with|com)"
    rf"(?: {_WHOSE})* {_PERMISSION}"
    r"(?: (?:d(?:el[ea]s?|[oa] (?:pr[oó]pri[oa]|[A-Z]\w+))|(?:from|of) (?:him|her|them|[A-Z]\w+)"
    r"|para isso|to do so|to do this|to use it|to clone it))?"
    r"|(?:it's|it is|this is|that's|that is) my (?:own )?voice"
    r"|(?:[eé]|esta [eé]|isto [eé]) a minha (?:pr[oó]pria )?voz"
    r"|(?:she|he|they|ela|ele|eles) (?:has |have )?(?:agreed|consents|consented|said yes"
    r"|gave (?:me )?(?:(?:his|her|their) )?(?:permission|consent)|autorizou|concordou|consentiu"
    r"|deu(?:-me)? (?:a )?(?:sua )?(?:autoriza[cç][aã]o|permiss[aã]o|consentimento)|deixou"
    r"|autorizaram|concordaram))\b",
    re.IGNORECASE,
)

_SIDE = r"(?:left|right)(?:[- ]hand side| side)?(?: of me)?"
_LADO = r"(?:esquerda|direita)(?: de mim)?"
_PLACE = (
    rf"from (?:the |my )?{_SIDE} to (?:the |my )?{_SIDE}|from front to back|from back to front"
    rf"|(?:on|to|at|from) (?:the |my )(?:far )?{_SIDE}"
    r"|(?:behind|in front of|above|below|around|over) (?:me\b|my head)"
    r"|-?\d+(?:\.\d+)? ?(?:degrees|deg|°)(?: to the| to my)?(?: (?:left|right|behind|up|down))?"
    r"|(?:azimuth|elevation|azimute|eleva[cç][aã]o) -?\d+(?:\.\d+)?(?: degrees| graus)?"
    rf"|da (?:minha )?{_LADO} (?:para|até) (?:a|à) (?:minha )?{_LADO}"
    r"|de tr[aá]s para a frente|da frente para tr[aá]s"
    rf"|(?:[aà]|na|da|pela|para a) (?:minha )?{_LADO}"
    r"|(?:por )?(?:atr[aá]s|tr[aá]s|cima|acima|baixo|abaixo) de mim|[aà] minha (?:frente|volta)"
    r"|[aà] (?:frente|volta) de mim|em (?:frente|volta) (?:de mim|a mim)"
    r"|por cima da minha cabe[cç]a"
    rf"|-?\d+ ?(?:graus|°)(?: (?:[aà]|para a) {_LADO})?"
)
_HOW = (
    r"once|twice|\d+ times|(?:anti|counter)?-?clockwise|uma vez|duas vezes|\d+ vezes"
    r"|(?:at |a )?\d+(?:[.,]\d+)? ?(?:m|met(?:er|re)s?|metros?)(?: away)?"
    r"|(?:in|em) \d+(?:[.,]\d+)? ?s(?:econds|egundos)?"
)
_POSITION = re.compile(
    rf"\b(?:{_PLACE})(?:,? (?:and |e )?(?:{_PLACE}))*(?:,? (?:{_HOW})\b)*(?!\w)", re.IGNORECASE
)

_VOICE = r"[a-z][fm]_[a-z]+"
_VOICES = re.compile(
    rf"\b[A-Z][A-Z0-9_]*\s*(?:=|\s(?:is|as|é|como|com|with)\s)\s*{_VOICE}"
    rf"(?:{_AND}[A-Z][A-Z0-9_]*\s*(?:=|\s(?:is|as|é|como|com|with)\s)\s*{_VOICE})*|\b{_VOICE}\b(?!\.\w|-)"
)
_WORDS = re.compile(
    r"(?i:\b(?:words?|names?|terms?|vocabulary|palavras?|nomes?|termos?|vocabulário|vocabulario)"
    r"(?: (?:are|is|of|to expect are|são|sao|como|such as|like))?)\s+"
    rf"({_NAME}(?:{_AND}{_NAME})*)"
)


def take_captures(text: str, keep: Keep, models: Mapping[str, str]) -> str:
    """Replace words that are kept as they are by what ``keep`` gives for them.

    Args:
        text: A request whose quoted texts are taken out.
        keep: Keeps words under a letter: B "SPEAKER_00=Ana", K consent, Z position, V voice or
            voices, U a list of words, E the name of a sound, Y the name of a model.
        models: Name of a model by what it may be called, in lower case.
    """
    for naming in _NAMINGS:
        text = naming.sub(lambda match: keep("B", _naming(match[1], match[2])), text)
    text = _NAMED_FIRST.sub(lambda match: keep("B", _naming(match[2], match[1])), text)
    text = _CONSENT.sub(lambda match: keep("K", match.group()), text)
    text = _POSITION.sub(lambda match: keep("Z", match.group()), text)
    text = _VOICES.sub(lambda match: keep("V", _voices(match.group())), text)
    text = _WORDS.sub(lambda match: _list(match, keep), text)
    text = _take_sounds(text, keep)
    for said in sorted(models, key=len, reverse=True):
        pattern = re.compile(rf"(?<![\w-]){re.escape(said)}(?![\w-]|\.\w)", re.IGNORECASE)
        text = pattern.sub(lambda _, said=said: keep("Y", models[said]), text)
    return text


# A sound is kept only after a verb that takes something out: elsewhere it is what it is called.
_TAKING = (
    r"\b(?:extract|isolate|remove|delete|erase|eliminate|silence|mute|suppress|get rid of|pull out"
    r"|take out|cut out|filter out|edit out|take|get|keep only|keep just"
    r"|extrai|extraia|extrair|isola|isole|isolar|tira|tire|tirar|retira|retire|retirar|remove"
    r"|remova|remover|elimina|elimine|eliminar|apaga|apague|apagar|silencia|silenciar|limpa|limpar"
    r"|deixa so|guarda so)"
    r" (?:only |just |so |all )?(?:of )?(?:the |that |this |any |a |an |o |os |as |um |uma |esse "
    r"|essa |este |esta |todos os |todas as )?"
)


def _take_sounds(text: str, keep: Keep) -> str:
    pattern = (
        rf"{_TAKING}(?:(?:sound|sounds|noise|som|sons|barulho|ruido) (?:of|do|da|dos|das|de) "
        rf"(?:the |a |an |o |os |as )?)?(?!ronco eletric)(?P<sound>{sound_pattern()})"
        rf"(?: (?:and|e) (?:the|that|o|a|os|as) (?P<second>{sound_pattern()}))?"
    )
    place, made = 0, ""
    for match in re.finditer(pattern, flat(text)):
        begin, end = match.span("sound")
        made += text[place : match.start()] + _without_of(text[match.start() : begin])
        made += keep("E", text[begin:end])
        place = end
        if match["second"]:
            begin, place = match.span("second")
            made += text[end:begin] + keep("E", text[begin:place])
    return made + text[place:]


def _without_of(words: str) -> str:
    """Drop "the sound of", which adds nothing to the name of a sound."""
    return re.sub(
        r"(?:sounds?|noise|so(?:m|ns)|barulho|ru[ií]do) (?:of|d[oae]s?) (?:the |an? |os? |as? )?$",
        "",
        words,
    )


def is_consent(text: str) -> bool:
    """Tell whether a text is nothing but somebody's consent.

    Args:
        text: Any text.
    """
    return _CONSENT.fullmatch(text.strip()) is not None


def consent_in(text: str) -> bool:
    """Tell whether somebody's consent is stated in a text.

    Args:
        text: Any text.
    """
    return _CONSENT.search(text) is not None


def _naming(label: str, name: str) -> str:
    return f"SPEAKER_{int(label):02d}={name}"


def _voices(text: str) -> str:
    pairs = re.findall(rf"([A-Z][A-Z0-9_]*)\s*(?:=|\s\w+\s)\s*({_VOICE})", text)
    return ", ".join(f"{role}={voice}" for role, voice in pairs) or text


def _list(match: re.Match[str], keep: Keep) -> str:
    words = ", ".join(re.split(_AND, match[1]))
    return match.group()[: match.start(1) - match.start()] + keep("U", words)
