"""Questions about a recording that measured facts can answer, in English and Portuguese.

A question is read into what it asks and what it is about. Whatever does not fit one of the forms
is no question of this kind: the reader never guesses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tonmeister.sound_vocabulary import flat, is_sound

__all__ = ["AudioQuestion", "read_question"]


@dataclass(frozen=True, slots=True)
class AudioQuestion:
    """What is asked about a recording.

    Attributes:
        asks: "count", "when", "is_there", "how_long", "how_loud", "how_much", "louder",
            "quieter", "sounds", "speakers", "language", "count_said", "when_said", "is_said",
            "hum", "clipped", "channels", "sample_rate", "loudest" or "loudest_sound".
        subject: The sound it is about, or the words that are said; empty for the whole recording.
        other: The sound it is compared with.
        language: "en" or "pt".
    """

    asks: str
    subject: str = ""
    other: str = ""
    language: str = "en"

    @property
    def needs(self) -> str:
        """What must be made of the recording first: "transcript", "turns" or nothing."""
        if self.asks in ("count_said", "when_said", "is_said", "language"):
            return "transcript"
        return "turns" if self.asks == "speakers" else ""


_WHO = (
    r"(?:she|he|they|it|the (?:speaker|man|woman|person|host|guest|narrator)|anyone|anybody"
    r"|someone|somebody|people)"
)
_SAY = r"(?:mention|say|speak of|speak about|talk about|refer to|name|use)s?"
_THE_WORD = r"(?:the (?:words?|name|phrase) )?"
_QUEM = (
    r"(?:ela|ele|eles|elas|alguem|a pessoa|o orador|a oradora|o homem|a mulher|o locutor"
    r"|a locutora)"
)
_DIZ = (
    r"(?:menciona|mencionam|diz|dizem|fala de|fala em|fala sobre|fala do|fala da|falam de|falam em"
    r"|falam sobre|refere|referem|disse|falou de|falou em|falou sobre|mencionou|referiu)"
)
_A_PALAVRA = r"(?:a palavra |o nome |a frase )?"
_IT = r"(?:it|this|that|(?:the |this |my )?(?:recording|audio|file|clip|track|song)|\S+\.\w{2,4})"
_HUM = r"(?:(?:mains|power|line|electrical|electric|ac|50 hz|60 hz|50hz|60hz|background) )*hum"
_ISTO = (
    r"(?:ist[oa]|isso|(?:[ao]|est[ae]|minha|meu) (?:gravacao|ficheiro|arquivo|audio|som|musica"
    r"|faixa|clipe)|\S+\.\w{2,4})"
)
_ZUMBIDO = (
    r"(?:zumbido|hum|ronco)(?: (?:[dn]a rede|de rede|da corrente|de corrente|de terra|eletrico"
    r"|electrico|de 50 ?hz|de 60 ?hz))*"
)
_CORTADA = r"(?:a (?:saturar|clipar)|saturad[oa]|clipad[oa])"
_HEARD = r"(?: (?:heard|audible|playing|there|present|happening))?"
_OUVE = r"(?:se ouve |se ouvem |ouve-se |ouvem-se |ha |existe |existem |aparece |soa )?"

# Form by what it asks; W stands for words that are said, S and B for sounds. The first one fits.
_FORMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("hum", rf"(?:is|are) there (?:an? |any |some |the )?{_HUM}(?: noise)?"),
        ("hum", rf"does {_IT} (?:hum|(?:have|contain) (?:an? |any |some )?{_HUM}(?: noise)?)"),
        ("hum", rf"(?:can you|do you|can i) hear (?:an? |any |some |the )?{_HUM}(?: noise)?"),
        ("hum", rf"(?:how (?:loud|strong|bad) is (?:the|its) {_HUM}|is {_IT} humming)"),
        ("clipped", rf"(?:where |when )?(?:is|was) {_IT} (?:being )?(?:clipped|clipping)"),
        ("clipped", rf"(?:where |when )?does {_IT} clip"),
        ("clipped", r"(?:is|are) there (?:any |some )?(?:clipping|clipped (?:peaks|samples))"),
        ("channels", rf"is {_IT} (?:really )?(?:in )?(?:stereo|mono)"
         r"(?: or (?:in )?(?:mono|stereo))?"),
        ("channels", rf"how many channels (?:are there|(?:does|do) {_IT} have|has {_IT})"),
        ("sample_rate", r"(?:what|which)(?: is|['’]s)? (?:the |its )?sampl(?:e|ing)"
         rf"(?: rate| frequency)(?: (?:of|in|does) {_IT}(?: have)?)?"),
        ("loudest_sound", r"(?:what|which)(?: is|['’]s| was) the loudest (?:sound|noise|event)"
         r"(?: (?:heard|there))?"),
        ("loudest_sound", r"(?:what|which) (?:sound|noise) is (?:the )?loudest"),
        ("loudest", rf"(?:where|when|at what (?:time|point)) (?:is|does) (?:{_IT}|the sound)"
         r"(?: get)?(?: the)? loudest"),
        ("loudest", r"(?:where|when|what)(?: is|['’]s) the loudest (?:part|moment|point|place"
         r"|passage)"),
        ("count_said", rf"(?:does|do|did) {_WHO} (?:ever )?{_SAY} {_THE_WORD}W,? and (?:if so,? )?"
         rf"how (?:often|many times)(?: (?:does|do|did) {_WHO} {_SAY} (?:it|that))?"),
        ("when_said", rf"(?:does|do|did) {_WHO} (?:ever )?{_SAY} {_THE_WORD}W,? and (?:if so,? )?"
         rf"(?:when|where)(?: (?:does|do|did) {_WHO} {_SAY} (?:it|that))?"),
        ("count_said", rf"how (?:many times|often) (?:does|do|did) {_WHO} {_SAY} {_THE_WORD}W"),
        ("count_said", rf"how (?:many times|often) (?:is|was) {_THE_WORD}W (?:said|mentioned)"),
        ("speakers", r"how many (?:different )?(?:people|speakers|persons|voices)"
         r"(?: (?:speak|talk|are speaking|are talking|are there|are heard|can be heard"
         r"|do you hear))?"),
        ("count", r"how (?:many times|often) (?:does|do|did|can you hear|can i hear|do you hear"
         r"|is|are|was) (?:there )?S(?: (?:heard|audible|ring|sound|happen|occur))?"),
        ("count", r"how many S (?:are heard|can be heard|do you hear|can you hear"
         r"|can i hear|occur)"),
        ("count", r"count (?:the |all )?S"),
        ("ratio", r"(?:is|are|was) S (louder|quieter|softer|fainter) than B"),
        ("ratio", r"(?:which|what) is (louder|quieter),? S or B"),
        ("when_said", rf"(?:when|where|at what times?) (?:does|do|did) {_WHO} (?:first )?{_SAY} "
         rf"{_THE_WORD}W"),
        ("when_said", rf"(?:when|where|at what times?) (?:is|was) {_THE_WORD}W "
         r"(?:said|mentioned|named|talked about)"),
        ("is_said", rf"(?:does|do|did) {_WHO} (?:ever )?{_SAY} {_THE_WORD}W"),
        ("is_said", rf"is {_THE_WORD}W (?:said|mentioned|named|talked about)"),
        ("when", r"(?:when|at what times?) (?:does|do|did|is|are|was|can you hear|can i hear"
         rf"|do you hear) (?:there )?S{_HEARD}(?: (?:start|begin|stop|end|ring|happen|occur))?"),
        ("when", r"when (?:is|was) the first S"),
        ("how_long", r"(?:for )?how long (?:does|do|is|are|did|was) S"
         rf"(?: (?:last|go on|continue|ring|play))?{_HEARD}"),
        ("how_long", r"how long is (?:it|this|the recording)"),
        ("how_loud", r"how loud (?:is|are) (?:it|this|the recording|S)"),
        ("how_much", r"how much (?:of (?:it|this|the recording) )?is S"),
        ("how_much", r"what (?:share|percentage|part)(?: of (?:it|this|the recording))?"
         r" is S"),
        ("language", r"(?:what|which) language (?:is (?:spoken|it|this)|do they speak"
         r"|does (?:he|she) speak|is being spoken)"),
        ("is_there", r"(?:is|are) there (?:any |a |an |some )?S(?: (?:heard|playing))?"),
        ("is_there", r"(?:can you hear|do you hear|can i hear) (?:any |a |an |some )?S"),
        ("is_there", r"(?:is|are) S (?:heard|audible|playing|there|present)"),
        ("is_there", r"does S"),
        ("sounds", r"what (?:sounds are (?:there|heard)|can be heard|do you hear|is heard)"),
    ),
    "pt": (
        ("hum", rf"(?:{_ISTO} )?(?:ha|existe|tem|ouve-se|ouves|consegues ouvir|nota-se)"
         rf" (?:algum |um |o )?{_ZUMBIDO}"),
        ("hum", rf"(?:quao (?:alto|forte) e o|qual e o nivel do) {_ZUMBIDO}"),
        ("clipped", rf"(?:(?:onde|quando) (?:e que )?)?(?:{_ISTO} )?(?:esta|foi|fica) {_CORTADA}"),
        ("clipped", rf"(?:(?:onde|quando) (?:e que )?)?{_ISTO} satura"),
        ("clipped", rf"(?:{_ISTO} )?(?:ha|tem) (?:alguma |algum )?(?:saturacao|clipping"
         r"|picos cortados)"),
        ("channels", rf"(?:{_ISTO} )?(?:e|esta)(?: em)? (?:estereo|stereo|mono)"
         r"(?: ou (?:em )?(?:mono|estereo|stereo))?"),
        ("channels", rf"quantos canais (?:ha|tem)(?: {_ISTO})?"),
        ("sample_rate", r"(?:qual e a|que) (?:taxa|frequencia) de amostragem"
         rf"(?: (?:d|tem )?{_ISTO})?"),
        ("loudest_sound", r"(?:qual|que som)(?: e)? o (?:som|ruido|barulho) mais (?:alto|forte)"),
        ("loudest_sound", r"que (?:som|ruido|barulho) e (?:que e )?o mais (?:alto|forte)"),
        ("loudest", r"(?:onde|quando|em que (?:momento|altura|parte|ponto)) (?:e que )?"
         rf"(?:{_ISTO} )?(?:esta|e|fica|soa) (?:o )?mais (?:alt[oa]|forte)(?: {_ISTO})?"),
        ("loudest", r"(?:onde|quando|qual) (?:e|esta|fica) [ao] (?:parte|momento|ponto|passagem"
         r"|sitio) mais (?:alt[oa]|forte)"),
        ("count_said", rf"{_QUEM} {_DIZ} {_A_PALAVRA}W,? e quantas vezes"),
        ("when_said", rf"{_QUEM} {_DIZ} {_A_PALAVRA}W,? e quando"),
        ("count_said", rf"quantas vezes (?:e que )?(?:{_QUEM} )?{_DIZ} {_A_PALAVRA}W"),
        ("count_said", rf"quantas vezes (?:e|foi) (?:dit[oa]|mencionad[oa]) {_A_PALAVRA}W"),
        ("speakers", r"quantas (?:pessoas|vozes)(?: diferentes)?(?: (?:falam|ha|se ouvem"
         r"|estao a falar|estao falando))?"),
        ("speakers", r"quantos (?:oradores|falantes|locutores)(?: (?:falam|ha|se ouvem))?"),
        ("count", rf"quantas vezes (?:e que )?{_OUVE}S"),
        ("count", r"quant[oa]s S (?:se ouvem|ouves|consegues ouvir)"),
        ("count", r"conta (?:os |as )?S"),
        ("ratio", r"S (?:esta|e|soa|ouve-se) mais (alt[oa]|forte|baix[oa]|frac[oa])"
         r" (?:do )?que B"),
        ("ratio", r"(?:o que|qual) (?:esta|e|soa) mais (alt[oa]|forte|baix[oa]|frac[oa])"
         r"[,:]? S ou B"),
        ("when_said", r"(?:quando|onde|em que (?:momento|momentos|altura|minuto)) (?:e que )?"
         rf"(?:{_QUEM} )?{_DIZ} {_A_PALAVRA}W"),
        ("when_said", r"(?:quando|em que (?:momento|altura)) (?:e|foi) "
         rf"(?:dit[oa]|mencionad[oa]|referid[oa]) {_A_PALAVRA}W"),
        ("is_said", rf"{_QUEM} {_DIZ} {_A_PALAVRA}W"),
        ("when", r"(?:quando|em que (?:momento|momentos|altura|alturas)) (?:e que )?"
         rf"{_OUVE}S(?: (?:comeca|acaba|toca))?"),
        ("when", r"quando (?:e|foi) [oa] primeir[oa] S"),
        ("how_long", r"(?:durante )?quanto tempo (?:e que )?(?:dura|duram|se ouve|toca) S"),
        ("how_long", r"quanto tempo dura (?:isto|a gravacao)"),
        ("how_loud", r"quao alt[oa] (?:esta|e|soa) (?:isto|a gravacao|S)"),
        ("how_much", r"(?:quanto|que (?:parte|percentagem|porcentagem))"
         r"(?: (?:disto|da gravacao))? e S"),
        ("language", r"(?:que lingua|que idioma|em que lingua|em que idioma) (?:se fala|falam"
         r"|fala (?:ela|ele)|e falad[oa]|ela fala|ele fala)"),
        ("is_there", r"(?:ha|ouve-se|ouvem-se|existe|existem|ouves|consegues ouvir) "
         r"(?:algum |alguma |alguns |algumas |um |uma )?S"),
        ("is_there", r"S (?:ouve-se|esta presente)"),
        ("sounds", r"(?:que sons (?:se ouvem|ha)|o que se ouve)"),
    ),
}  # fmt: skip
_ARTICLE = r"(?:the |a |an |o |os |as |um |uma )?"
_SOUND = r"[\w'-]+(?: [\w'-]+){0,4}?"
# A second question, as in "country, and how often", is no part of what is said.
_SPOKEN = (
    r"(?:(?!,? (?:and|e) (?:how|when|why|where|who|what|como|quando|porque|onde|quem|quant\w+)\b)"
    r"[\w'’., -]){2,60}?"
)
_PLACE = re.compile(
    r"(?:,? (?:in|on|of|em|na|no|da|do|nesta|neste|desta|deste|nisto))?(?: (?:the|this|that|my))?"
    r" ?(?:recording|audio|file|clip|sound file|gravacao|ficheiro|arquivo|som|nisto|here|aqui"
    r"|\S+\.\w{2,4})$|,? (?:in|on|of) (?:it|this|that)$"
)
_POLITE = re.compile(
    r"^(?:(?:please|por favor|can you tell me|could you tell me|tell me|do you know|diz-me"
    r"|podes dizer-me|sabes dizer-me|and|e),? )+(?!(?:hear|ouvir|estereo|stereo|mono)\b)"
)
_QUOTES = re.compile('["“”«»]')
_LESS = ("quieter", "softer", "fainter", "baix", "frac")


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    slots = {"W": f"(?P<said>{_SPOKEN})"}
    slots |= {
        one: f"{_ARTICLE}(?P<{name}>{_SOUND})" for one, name in (("S", "sound"), ("B", "other"))
    }

    def compiled(form: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"(?<![\w\\])[WSB](?!\w)", lambda match: slots[match[0]], form))

    return tuple(
        (language, asks, compiled(form))
        for language, forms in _FORMS.items()
        for asks, form in forms
    )


def read_question(text: str) -> AudioQuestion | None:
    """Return what a question asks about a recording; None when it is not of a known form.

    Args:
        text: The person's words, one question.
    """
    clear = " ".join(_QUOTES.sub(" ", text).split()).strip(" ?!.")
    folded = flat(clear)
    while polite := _POLITE.match(folded):
        clear, folded = clear[polite.end() :], folded[polite.end() :]
    return next(_read(clear, folded), None)


def _read(clear: str, folded: str) -> Iterator[AudioQuestion]:
    place = _PLACE.search(folded)
    ends = [place.start()] if place and place.start() else []
    for language, asks, pattern in _patterns():
        for end in [*ends, len(folded)]:
            match = pattern.fullmatch(folded[:end].rstrip(" ,"))
            if match is None:
                continue
            found = _question(clear, language, asks, match)
            if found is not None:
                yield found


def _question(clear: str, language: str, asks: str, match: re.Match[str]) -> AudioQuestion | None:
    parts = match.groupdict()
    if parts.get("said"):
        return AudioQuestion(asks, _part(clear, match, "said"), "", language)
    sounds = [_part(clear, match, name) for name in ("sound", "other") if parts.get(name)]
    if not all(is_sound(sound) for sound in sounds):
        return None
    if asks == "ratio":
        less = any(word.startswith(_LESS) for word in match.groups() if word)
        return AudioQuestion("quieter" if less else "louder", sounds[0], sounds[1], language)
    return AudioQuestion(asks, sounds[0] if sounds else "", "", language)


def _part(clear: str, match: re.Match[str], name: str) -> str:
    return clear[match.start(name) : match.end(name)].strip(" ,")
