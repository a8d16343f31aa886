"""Requests for sounds in words: "the sound of …", or nothing but what is to be heard.

A description is kept as it was said. Where no verb asks for a sound, every word must be one of the
library of sounds, so that other requests are left to others.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Request
from tonmeister.planner.slots import AUDIO_FORMATS, fold
from tonmeister.quantities import NUMBER_WORDS, find_events, find_length
from tonmeister.registry import Catalog
from tonmeister.sound_vocabulary import is_sound
from tonmeister.soundlibrary import recorded_sounds
from tonmeister.unwanted import without_unwanted

__all__ = ["is_known_sound", "request_words", "sound_plan"]

MOST_TAKES = 8
SHORTEST, LONGEST = 0.1, 3600.0

_VERB = (
    r"(?:generate|create|make|produce|synthesi[sz]e|give|play|i want|i need|i'd like|gera|gere"
    r"|gerar|cria|crie|criar|faz|faca|fazer|produz|da-me|quero|queria|preciso de|toca)"
    r"(?:-me)?(?: me)?"
)
_NOUN = (
    r"(?:sounds?(?: effects?)?|noises?|sound ?scapes?|ambien(?:ce|t sounds?)|atmosphere|background"
    r" (?:sounds?|noise)|sfx|som|sons|efeitos? sonoros?|barulho|ambiente sonoro|paisagem sonora)"
)
_ARTICLE = r"(?:(?:the|a|an|some|o|os|um|uns|uma|umas) )?"
_TAKES = re.compile(
    r"\b(\d|two|three|four|duas|tres|quatro) (?:different )?(?:takes|versions|variations|versoes"
    r"|variacoes|tomadas)(?: diferentes)?(?: of| de| do| da)?\b"
)
_SEED = re.compile(r"[ ,]*\b(?:with|com)? ?(?:the |a |o )?(?:seed|semente) (\d{1,9})\b")
_FORMAT = re.compile(
    rf"[ ,]*\b(?:as|in|em|como) (?:an? |um )?({'|'.join(AUDIO_FORMATS)})(?: file)?$"
)
_BY_MODEL = (
    r"[ ,;:]*\b(?:with|using|use|by|com|usando|usa|use|pelo) (?:the |o |a )?(?:model |modelo )?"
    r"(NAMES)(?![\w.])(?: (?:to|and|para|e)\b)?"
)
# "Make me sound like a radio host" asks for no sound.
_ASKED = re.compile(
    rf"(?!make me sound like ){_VERB} {_ARTICLE}{_NOUN}"
    r"(?: of| like| with| for|:| de| do| da| dum| duma| dos| das| com)"
    r" (?P<what>.+)"
)
_SOUND_OF = re.compile(rf"{_ARTICLE}{_NOUN}(?: of| de| do| da| dum| duma| dos| das) (?P<what>.+)")
_MAKE = re.compile(
    r"(?:generate|create|make me|synthesi[sz]e|gera|gere|gerar|cria|crie|criar)(?:-me)?"
    r" (?P<what>.+)"
)
_BARE = re.compile(r"(?P<what>(?:a|an|some|um|uma|uns|umas) .+)")
_PLAIN_MAKE = re.compile(
    r"(?:make|produce|i want to hear|let me hear|faz|faca|fazer|quero ouvir|queria ouvir)(?:-me)?"
    r" (?P<what>(?:(?:a|an|some|um|uma|uns|umas) .+|.*(?:\bhz|noise|ruido).*))"
)
# "Three barks" are a sound; "three songs" are not, and "three takes" are something else.
_COUNTED = re.compile(
    rf"(?:(?:make|produce|faz|faca|fazer)(?:-me)? )?"
    rf"(?P<what>(?:\d{{1,3}}|{'|'.join(NUMBER_WORDS)}) .+)"
)
# Without an article, only what can mean nothing else: noise and tones, weather, what is far away.
_SURE = re.compile(
    r"(?P<what>(?:(?:white|pink|brown) noise|ruido (?:branco|rosa|castanho)"
    r"|(?:thunder|rain|wind|chuva|trovoada|trovoes|vento)"
    r"(?:,? (?:then|and|with|without|but no|in|depois|e|com|sem|ao) .+)?))"
)
_OTHERS = re.compile(
    r"@\w|\.\w{2,4}\b|[?\"“«]"
    r"|\b(?:this|that|these|it|its|my|recording|file|video|song|music|melody"
    r"|voice|saying|says|reading|reads|singing|speech|podcast|transcript|isto|isso|este|esta|esse"
    r"|essa|meu|minha|gravacao|ficheiro|arquivo|musica|cancao|melodia|voz|dizer|dizendo|ler|fala"
    r"|cantar|discurso|mono|stereo|estereo)\b"
    r"|\b(?:the|a|o|um) (?:part|piece|bit|stretch|section|rest|parte|bocado|pedaco|trecho|resto)\b"
    r"|(?:from|between|entre|de|dos?|das?) \d+:\d\d"
)
_GOES_ON = re.compile(
    r"(?:\b(?:and|e|then|depois)|,) (?:then |depois )?(?:make|convert|normali[sz]e|save|export|trim"
    r"|cut|add|fade|put|mix|transcribe|enhance|clean|tell|show|send|play|converte|guarda|corta|normaliza"
    r"|mistura|poe|junta|transcreve|limpa|exporta|mostra|envia)\b"
)
_IMAGE = (
    r"(?:(?:this|the|my) (?:picture|photo|photograph|image|scene)|(?:est[ae]|a|o|d?est[ae]|ess[ae]"
    r"|minha) (?:imagem|foto|fotografia|cena)|it|this|isto)"
)
_PICTURE = re.compile(
    rf"(?:sonify|sonifica|sonifique|sonificar) {_IMAGE}"
    rf"|{_VERB} {_ARTICLE}{_NOUN} (?:of|for|from|de|da|do|para|a partir de) ?{_IMAGE}"
    rf"|{_VERB} {_ARTICLE}{_NOUN} (?:desta|dessa|da) (?:imagem|foto|fotografia|cena)"
    rf"|what (?:does|would|might) {_IMAGE} sound like|what is the sound of {_IMAGE}"
    rf"|como (?:soa|soaria) {_IMAGE}|que som (?:tem|faz) {_IMAGE}"
    rf"|(?:turn|convert|make) {_IMAGE} (?:into|to) (?:a )?sounds?|make {_IMAGE} audible"
    rf"|(?:transforma|converte|torna) {_IMAGE} (?:em|num) som"
)
_COURTESY = re.compile(
    r"(?i)^(?:please|por favor|can you|could you|podes|pode),? |,? (?:please|por favor)$"
)
_WEATHER = re.compile(
    r"\b(?:rain|drizzle|storm|thunderstorm|thunder|wind|trovoes|vento|chuva|chuvisco|tempestade|trovoada|noise|ruido|tone|tom"
    r"|silence|silencio|sweep)\b"
)
_HOW_WORDS = """
a an the some in on at of and with while by from to for near under inside through into over
distant far away distance close nearby background loud loudly quiet quietly soft softly left
right once twice large big small long huge old empty busy heavy light pouring rain drizzle storm
thunderstorm hall church cathedral cave tunnel room bathroom corridor hallway garage stairwell
white pink brown noise tone hz khz sine square sweep silence approaching leaving passing past um
uma uns umas o os as e com em no na nos nas num numa ao aos de do da dos das que longe fundo
distante distantes perto proximo alto baixinho esquerda direita grande pequeno pequena grandes
enorme vazio vazia velho velha forte fraca chuva chuvisco tempestade trovoada salao igreja
catedral gruta caverna tunel sala quarto casa banho corredor garagem escadas ruido branco rosa
castanho tom puro silencio a passar passando aproximar afastar se sob debaixo dentro
then without depois sem thunder trovoes wind vento
"""
"""Words that say how or where something is heard, and rain, noise and tones."""

_HOW = frozenset(_HOW_WORDS.split())


def sound_plan(request: Request, catalog: Catalog) -> Plan | None:
    """Return the plan of a request for a sound, or None when it is something else.

    Args:
        request: The request.
        catalog: What can be done here.
    """
    if "generate_sound" not in catalog.tools:
        return None
    text = request_words(request)
    if text is None:
        return None
    folded = fold(text)
    picture = _of_picture(text, request, catalog)
    if picture is not None:
        return picture
    if _OTHERS.search(folded) or _GOES_ON.search(folded):
        return None
    asked = _Asked(text, catalog.names_of_models("generate_sound"))
    # With a recording at hand, only who asks for the sound of something else gets it.
    bare = (_SOUND_OF, _MAKE, _BARE, _PLAIN_MAKE, _SURE, _COUNTED)
    for pattern in (_ASKED,) if request.files else (_ASKED, *bare):
        found = pattern.fullmatch(fold(asked.text))
        if found is not None and (pattern is not _COUNTED or find_events(found["what"])):
            what = asked.text[found.start("what") :].strip(" ,")
            of_words = ("generate_sound", "description")
            # Who names a model wants it to make what the library has not.
            fits = pattern is _ASKED or asked.model is not None or is_known_sound(what)
            return asked.plan(of_words, what) if fits else None
    return None


def request_words(request: Request) -> str | None:
    """Return a request without courtesy, at the same places as when it is folded; else None.

    Args:
        request: The request.
    """
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", request.text)).strip(" .!")
    text = _COURTESY.sub("", text)
    return text if len(fold(text)) == len(text) else None


def _of_picture(text: str, request: Request, catalog: Catalog) -> Plan | None:
    """Return the plan for the sound of the one picture that was handed over."""
    given = [request.artifacts[one] for one in request.files if one in request.artifacts]
    if "sonify_image" not in catalog.tools or [one.kind for one in given] != [Kind.IMAGE]:
        return None
    asked = _Asked(text, catalog.names_of_models("sonify_image"))
    if not _PICTURE.fullmatch(fold(asked.text).rstrip(" ?")):
        return None
    return asked.plan(("sonify_image", "image"), f"@{request.files[0]}")


class _Asked:
    """A request without what says how long, how often, as what, and by which model."""

    def __init__(self, text: str, models: Mapping[str, str]) -> None:
        self.text = text
        self.model: str | None = None
        if models:
            # The longest first: "stable audio open" is no "stable audio" with a word more.
            names = "|".join(re.escape(one) for one in sorted(models, key=len, reverse=True))
            named = self._take(re.compile(_BY_MODEL.replace("NAMES", names)))
            self.model = models[named[1]] if named else None
        self.format = self._take(_FORMAT)
        seed = self._take(_SEED)
        takes = self._take(_TAKES)
        self.duration = self._length()
        self.seed = int(seed[1]) if seed else 0
        self.takes = 1 if takes is None else NUMBER_WORDS.get(takes[1]) or int(takes[1])

    def _length(self) -> float | None:
        """Take out the length; one that cannot be made stays, for the tool to refuse."""
        found = find_length(fold(self.text))
        if found is None or not SHORTEST <= found.seconds <= LONGEST:
            return None
        self._cut(found.start, found.end)
        return found.seconds

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.search(fold(self.text))
        if found is not None:
            self._cut(found.start(), found.end())
        return found

    def _cut(self, start: int, end: int) -> None:
        kept = (self.text[:start].rstrip(" ,"), self.text[end:].lstrip(" ,"))
        self.text = " ".join(part for part in kept if part)

    def plan(self, tool: tuple[str, str], what: str) -> Plan | None:
        """Return the steps that make it.

        Args:
            tool: Name of the tool and of the parameter that says what.
            what: A description or a reference.
        """
        length = self.duration
        if not 1 <= self.takes <= MOST_TAKES:
            return None
        steps: list[Step] = []
        for take in range(self.takes):
            args: dict[str, Any] = {tool[1]: what}
            if length is not None:
                args["duration"] = length
            if self.seed + take:
                args["seed"] = self.seed + take
            made = f"s{len(steps) + 1}"
            steps.append(Step(id=made, tool=tool[0], model=self.model, args=args))
            if self.format:
                args = {"audio": f"@{made}.sound", "format": self.format[1]}
                steps.append(Step(id=f"s{len(steps) + 1}", tool="convert_format", args=args))
        return Plan(steps=tuple(steps))


def is_known_sound(what: str) -> bool:
    """Tell whether every word is one of the library's or says how something is heard.

    What is not to be heard may be any sound.

    Args:
        what: A description, without what asks for it.
    """
    what, unwanted = without_unwanted(what, fold(what))
    folded = fold(what)
    events = find_events(folded)
    folded = folded[events.end :] if events else folded
    named = [word for word in re.findall(r"[^\W\d_]+", folded) if word not in _HOW]
    there = bool(named) or _WEATHER.search(folded) is not None
    return there and all(word in _vocabulary() for word in named) and all(map(is_sound, unwanted))


@cache
def _vocabulary() -> frozenset[str]:
    phrases = [phrase for sound in recorded_sounds() for phrase in sound.phrases]
    return frozenset(word for phrase in phrases for word in re.findall(r"[^\W\d_]+", fold(phrase)))
