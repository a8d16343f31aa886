"""What requests for each tool sound like, in English and Portuguese."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tonmeister.planner.slots import Slot

__all__ = ["RULES", "SPAN", "Rule"]

Reading = Callable[[Slot], float | str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """Wordings of one tool call.

    Attributes:
        tool: Name of the tool.
        patterns: Wordings in the language of ``phrases``.
        fixed: Arguments that the wording alone gives.
        read: How a slot becomes an argument, where it is not simply its value; None refuses it.
    """

    tool: str
    patterns: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    read: Mapping[str, Reading] = field(default_factory=dict[str, Reading])


def _unsigned(slot: Slot) -> float | None:
    # "3 dB louder" and "+3 dB", but not "-3 dB louder".
    return _number(slot) if slot.unit in ("", "+", "plus", "mais") else None


def _lowered(slot: Slot) -> float | None:
    return None if slot.unit else -_number(slot)


def _number(slot: Slot) -> float:
    return slot.value if isinstance(slot.value, float) else 0.0


def _share(slot: Slot) -> float:
    return round(_number(slot) / 100, 4)


def _more(slot: Slot) -> float | None:
    return round(1 + _number(slot) / 100, 4) if _number(slot) > 0 else None


def _less(slot: Slot) -> float | None:
    return round(1 - _number(slot) / 100, 4) if _number(slot) > 0 else None


def _times_less(slot: Slot) -> float | None:
    return round(1 / _number(slot), 4) if _number(slot) > 1 else None


def _times(slot: Slot) -> float | None:
    return _number(slot) if _number(slot) > 1 else None


_BETWEEN = (
    "[from/between/de/do/dos/da/entre/desde] [os/o/a] T:span_start"
    " to/until/till/and/a/ao/aos/ate/e/- [ao/aos/os/o/a] T:span_end"
)
SPAN = (
    f"[only/just/apenas/so] ( {_BETWEEN}"
    " | from/de/do/desde T:span_from ( to/until/till the end | on/onwards | ate ao fim | em diante )"
    " | ( from the start/beginning to/until | up to | do/desde [o] inicio [ate] a/ao/aos/ate [aos/ao] )"
    " T:span_upto"
    " | [in/em/de] [the/o/os/nos/no/dos] first/primeiros/primeiro T:span_first"
    " | [in/em/de] [the/o/os/nos/no/dos] last/ultimos/ultimo T:span_last )"
)
_GIVE = (
    "( give/get/show/make/create/write/generate/produce/draw/add [me] | i want/need | i'd like"
    " | da/dar/de/faz/faca/fazer/cria/crie/criar/gera/gere/gerar/escreve/escreva/escrever/mostra"
    "/mostre/mostrar/desenha/desenhe/desenhar/quero/queria/poe/junta/adiciona | preciso de"
    " | let me see | can i have/get )"
)
_MAKE = (
    "( make/turn/render/play/set | torna/torne/tornar/poe/ponha/por/deixa/deixe/deixar/mete/fica"
)
_MAKE += "/faz/toca )"
_UP = "raise/increase/boost/lift/aumenta/aumente/aumentar/sobe/suba/subir/levanta"
_DOWN = (
    "lower/reduce/decrease/drop/cut/reduz/reduza/reduzir/baixa/baixe/baixar/desce/desca/descer"
    "/diminui/diminua/diminuir"
)
_LEVEL = "[the/o/a] ( volume/level/gain/loudness/nivel/ganho | volume level )"
_OF = "( of/in/from/on/to/de/em/a/para/do/da )"
_BY = "[by/em/de/por]"
_A_BIT = "[( a bit/little/tad [bit] | slightly | um pouco/bocado/pouquinho | ligeiramente )]"
_REMOVE = "delete/drop/erase/strip/remov~er/apag~ar/elimin~ar/retir~ar/tir~ar"
_KEEP = "keep/extract/mantem/mantenha/manter/guard~ar/deix~ar/extrai/extrair"
# "Cut the first 10 seconds" may mean to keep or to delete them; with two times it means to keep.
_CUT = "trim/crop/cut/cort~ar/recort~ar"
_THROW = f"( {_REMOVE} | get rid of | cut/take/chop off )"
_SPEED = "[the/a] ( speed/tempo/velocidade/ritmo | playback speed | velocidade de reproducao )"
_PITCH = "[the/o/a] ( pitch/key/tom/altura/tonalidade )"

_APPLY = "add/apply/do/make/with/put/faz/faca/fazer/aplica/aplicar/poe/mete/com/adiciona"
_IN = "( fade in | fade-in | fadein )"
_OUT = "( fade out | fade-out | fadeout )"
_OVER = "of/over/de/com/for/em/during/durante"

RULES: tuple[Rule, ...] = (
    Rule(
        "trim",
        (
            f"{_KEEP} [O] [( down to | so | only | apenas )] {SPAN} [( of | de ) O]",
            f"{_CUT} [O] [( down to | to | apenas | so )] {_BETWEEN} [( of | de ) O]",
            f"{_CUT} [O] [( down to | to )] from/de/do/desde T:span_from ( to the end | ate ao fim )",
            f"( fica/ficar/fique/quero/deixa ) so/apenas com {SPAN} [de O]",
            "i only want/need the first T:span_first [of O]",
            "i only want/need the last T:span_last [of O]",
        ),
    ),
    Rule(
        "remove_part",
        (
            f"{_THROW} [( the part/piece/section/bit | a/o parte/trecho )] {SPAN} [of/from/de/em O]",
            f"{_THROW} {SPAN} [of/from/de/em O]",
            f"{_THROW} O {SPAN}",
        ),
    ),
    Rule(
        "join",
        tuple(
            f"{verb} O:recordings {tail}"
            for verb in (
                "( join/concatenate/append/stitch/splice/glue | put/chain | string | junt~ar"
                "/un~ir/concaten~ar/col~ar/encade~ar/emend~ar )",
            )
            for tail in (
                "[( and/with/to/e/com/a O:recordings )] [( together/up | into one [file/recording]"
                " | in/as [one] sequence | [one] after the other | in [this] order | num [so/unico]"
                " [ficheiro/arquivo] | numa [so/unica] [gravacao] | uns aos outros )]"
                " [( with [a/an] ( gap/pause/silence of T:gap | T:gap ( gap/pause/silence | of silence ) )"
                " [( between/in between [them/O:between] )]"
                " | with [a] ( crossfade of T:crossfade | T:crossfade crossfade )"
                " | com [um/uma] ( intervalo/pausa/silencio/espaco de T:gap"
                " | T:gap ( de ( intervalo/pausa/silencio/espaco ) ) ) [entre [O:between]]"
                " | com [um] crossfade de T:crossfade )]",
                ", O:recordings and/e O:recordings",
            )
        ),
    ),
    Rule(
        "mix",
        (
            "( mix/blend/overlay/combine | mistur~ar/combin~ar/sobrepoe ) O:audio ( with/and/e/com ) O:other"
            " [at/a/com D:gain_db] [,] [( starting/beginning/start at | from | a partir de/do/dos | a comecar em/a/ao/aos/no/nos"
            " | comecando em/a/ao/aos/no/nos | aos/no/ao ) T:offset]",
            "( put/lay/play/place/add/mix/set | poe/ponha/por/mete/coloca/toca/adiciona ) O:audio"
            " ( over/onto/on top of | por cima de | sobre )"
            " O:other",
            "( put/lay/play/place/add/mix/set | poe/ponha/por/mete/coloca/toca/adiciona ) O:other"
            " ( under/underneath/beneath/behind | por baixo de | debaixo de | por tras de | de fundo em )"
            " O:audio [,] [( at/a/com D:gain_db | D:quieter ( quieter | mais baixo ) )]"
            " [, and e] [( starting/beginning at | starting from | from | at | a partir de/do/dos/da"
            " | a comecar em/a/ao/aos/no/nos | comecando em/a/ao/aos/no/nos | comecar aos | aos/ao ) T:offset]",
        ),
        read={"quieter": _lowered},
    ),
    Rule(
        "normalize_loudness",
        (
            "( normalise/normalize/normaliz~ar ) [O] [( the loudness/level/volume | a/o sonoridade/volume"
            " | o nivel | loudness )] [of/de O] [( to/at/a/para/em ) L:target_lufs]",
            f"( bring/set | leva/levar/poe/coloca ) O ( to/at/a/para/em ) L:target_lufs",
            f"{_MAKE} O L:target_lufs",
            "( set | poe ) the/a loudness/sonoridade [of/de O] ( to/a/em/para ) L:target_lufs",
        ),
    ),
    Rule(
        "normalize_loudness",
        ("normalise/normalize/normaliz~ar [O] ( for | para ) [a/an/o/um] podcast/podcasts",),
        {"target_lufs": -16.0},
    ),
    Rule(
        "normalize_loudness",
        ("normalise/normalize/normaliz~ar [O] ( for | para ) [o] streaming",),
        {"target_lufs": -14.0},
    ),
    Rule(
        "normalize_loudness",
        (
            "normalise/normalize/normaliz~ar [O] ( for broadcast/broadcasting/radio/tv | to/for ebu r128"
            " | para [a] radio/televisao/emissao/tv )",
        ),
        {"target_lufs": -23.0},
    ),
    Rule(
        "change_gain",
        (
            f"[{_MAKE}] [O] ( D:gain_db louder | louder by D:gain_db | mais alto/alta/altos/altas D:gain_db"
            " | D:gain_db mais alto/alta/altos/altas | mais alto/alta em D:gain_db )",
            f"turn O up {_BY} D:gain_db",
            f"turn up ( O | the volume ) {_BY} D:gain_db",
            f"{_UP} [( O | {_LEVEL} [{_OF} O] )] {_BY} D:gain_db",
            "add D:gain_db [to O]",
            "( da/aplica | poe ) [mais] D:gain_db [( a | de ganho a ) O]",
        ),
        read={"gain_db": _unsigned},
    ),
    Rule(
        "change_gain",
        (
            f"[{_MAKE}] [O] ( D:gain_db quieter/softer/lower | quieter/softer by D:gain_db"
            " | mais baixo/baixa/baixos D:gain_db | D:gain_db mais baixo/baixa/baixos"
            " | mais baixo/baixa em D:gain_db )",
            f"turn O down {_BY} D:gain_db",
            f"turn down ( O | the volume ) {_BY} D:gain_db",
            f"{_DOWN} [( O | {_LEVEL} [{_OF} O] )] {_BY} D:gain_db",
        ),
        read={"gain_db": _lowered},
    ),
    Rule(
        "change_gain",
        (
            "change the gain/level/volume [of O] by D:gain_db",
            "muda/altera o ganho/nivel/volume [de O] em D:gain_db",
        ),
    ),
    Rule(
        "change_gain",
        (
            f"[{_MAKE}] [O] {_A_BIT} ( louder | mais alto/alta/altos/altas )",
            "turn O up",
            "turn up the volume",
            "( aumenta | sobe ) o volume",
        ),
        {"gain_db": 3.0},
    ),
    Rule(
        "change_gain",
        (
            f"[{_MAKE}] [O] {_A_BIT} ( quieter/softer | mais baixo/baixa/baixos/baixas )",
            "turn O down",
            "turn down the volume",
            "( baixa/diminui/reduz ) o volume",
        ),
        {"gain_db": -3.0},
    ),
    Rule(
        "fade",
        (
            f"[{_APPLY}] [a/an/um/the/o] {_IN} [{_OVER}] T:fade_in"
            f" [ [,] [and/e/with/com] [a/an/um] ( {_OUT} | out ) [{_OVER}] T:fade_out ] [( a/to/of/on/em/para ) O]",
            f"[{_APPLY}] [a/an/um/the/o] {_OUT} [{_OVER}] T:fade_out"
            f" [ [,] [and/e/with/com] [a/an/um] ( {_IN} | in ) [{_OVER}] T:fade_in ] [( a/to/of/on/em/para ) O]",
            f"[{_APPLY}] [a/an/um] T:fade_in [de] {_IN} [ [,] [and/e/with/com] [a/um] T:fade_out [de] {_OUT} ]"
            " [( a/to/of/on/em/para ) O]",
            f"[{_APPLY}] [a/an/um] T:fade_out [de] {_OUT} [( a/to/of/on/em/para ) O]",
            f"fade O in [{_OVER}] T:fade_in [ [,] and [fade] [O:between] out [{_OVER}] T:fade_out ]",
            f"fade O out [{_OVER}] T:fade_out",
        ),
    ),
    Rule(
        "fade_both",
        (
            f"[{_APPLY}] [a/an/um] ( fade [O] in and out | fade in e out | {_IN} and/e {_OUT} )"
            f" [{_OVER}] T:both [each/cada] [( a/to/of/on/em/para ) O]",
        ),
    ),
    Rule(
        "change_speed",
        (
            f"[{_MAKE}] [O] ( twice/double as fast | two times faster | [at/to] double [the] speed | at twice the speed"
            " | [ao/no/a/o] dobro da velocidade | duas vezes mais rapido/rapida | com o dobro da velocidade )",
            f"double {_SPEED} [of O]",
            "( duplica/dobra ) [a] velocidade [de O]",
            "( speed up | acelera ) O ( to double | para o dobro )",
        ),
        {"factor": 2.0},
    ),
    Rule(
        "change_speed",
        (
            f"[{_MAKE}] [O] ( half as fast | twice as slow | [at/to] half [the/its] speed | [a/para] metade da velocidade"
            " | com metade da velocidade )",
            f"halve {_SPEED} [of O]",
            "( slow O down | abranda O ) ( to half [( the speed )] | para metade )",
            "reduz a velocidade [de O] ( para/a metade )",
        ),
        {"factor": 0.5},
    ),
    Rule(
        "change_speed",
        (
            f"[{_MAKE}] [O] ( at/a/com/para ) X:factor [( [the] [normal/original] speed | da velocidade | a velocidade [normal/original] | de velocidade )]",
            f"[{_MAKE}] [O] ( X:times faster | X:times [the] [normal/original] speed | X:times as fast | X:times mais rapido/rapida | X:times a velocidade )",
            f"[{_MAKE}] [O] ( X:less slower | X:less mais lento/lenta/devagar )",
            f"speed [O] up {_BY} [a/to] X:times",
            "( speed up | aceler~ar ) [O] [by/to/a/em/para] X:times",
        ),
        read={"times": _times, "less": _times_less},
    ),
    Rule(
        "change_speed",
        (
            "( speed/slow ) O up/down to P:share [( of [its/the] [original/normal] speed | speed )]",
            "( speed up | slow down | aceler~ar/abrand~ar/desaceler~ar ) [O] ( to/para/ate/a ) P:share"
            " [( of [its/the] [original/normal] speed | da velocidade [original/normal] )]",
            f"( set/change/reduce/increase/lower/raise/muda/reduz/aumenta/poe/mude/altera ) {_SPEED} [of/de O] ( to/para/em/a ) P:share",
            f"{_MAKE} [O] ( at/a/com ) P:share ( [of] [the/its] [original/normal] speed | da velocidade [original/normal] | de velocidade )",
        ),
        read={"share": _share},
    ),
    Rule(
        "change_speed",
        (
            f"[{_MAKE}] [O] ( P:more faster | faster by P:more | P:more mais rapido/rapida/depressa | mais rapido/rapida/depressa P:more"
            " | mais rapido/rapida em P:more )",
            f"speed O up by P:more",
            "( speed up | aceler~ar ) [O] [by/em] P:more",
            f"( {_UP} ) {_SPEED} [of/de O] [by/em] P:more",
        ),
        read={"more": _more},
    ),
    Rule(
        "change_speed",
        (
            f"[{_MAKE}] [O] ( P:fewer slower | slower by P:fewer | P:fewer mais lento/lenta/devagar | mais lento/lenta/devagar P:fewer"
            " | mais lento/lenta em P:fewer )",
            "slow O down by P:fewer",
            "( slow down | abrand~ar/desaceler~ar ) [O] [by/em] P:fewer",
            f"( {_DOWN} ) {_SPEED} [of/de O] [by/em] P:fewer",
        ),
        read={"fewer": _less},
    ),
    Rule(
        "slower",
        (
            f"[{_MAKE}] [O] {_A_BIT} ( slower | more slowly | mais devagar/lento/lenta )",
            "slow O down [a bit/little]",
            "( abranda ) O",
        ),
    ),
    Rule(
        "faster",
        (
            f"[{_MAKE}] [O] {_A_BIT} ( faster | more quickly | mais depressa/rapido/rapida )",
            "speed O up [a bit/little]",
            "( speed up | acelera ) O",
        ),
    ),
    Rule(
        "change_pitch",
        (
            f"{_UP} ( O | {_PITCH} [{_OF} O] ) {_BY} S:semitones",
            "( transpose/shift/pitch | transpoe/transpor ) [( O | the pitch | o tom )] [of/de O] ( up [by] S:semitones | S:semitones up/upwards"
            " | S:semitones ( acima | para cima ) )",
            f"[{_MAKE}] [O] [the pitch] ( S:semitones higher/up | up S:semitones | S:semitones ( mais agudo/aguda | acima | para cima ) | mais agudo S:semitones )",
            f"( {_UP} ) [by/em] S:semitones",
        ),
        read={"semitones": _unsigned},
    ),
    Rule(
        "change_pitch",
        (
            f"{_DOWN} ( O | {_PITCH} [{_OF} O] ) {_BY} S:semitones",
            "( transpose/shift/pitch | transpoe/transpor ) [( O | the pitch | o tom )] [of/de O] ( down [by] S:semitones | S:semitones down/downwards"
            " | S:semitones ( abaixo | para baixo ) )",
            f"( {_DOWN} ) [by/em] S:semitones",
            f"[{_MAKE}] [O] [the pitch] ( S:semitones lower/down/deeper | down S:semitones | S:semitones ( mais grave | abaixo | para baixo ) | mais grave S:semitones )",
        ),
        read={"semitones": _lowered},
    ),
    Rule(
        "change_pitch",
        (
            "( transpose/shift/change | transpoe/muda/altera ) [( O | the pitch | o tom )] [of/de O] [by/em] S:semitones",
        ),
        read={"semitones": lambda slot: _number(slot) if slot.unit else None},
    ),
    Rule(
        "remove_silence",
        (
            f"( {_THROW} | cut/edit out | cut/cort~ar/shorten/tighten/suprim~ir ) [all/todos/todas] [the/os/as/o/a]"
            " ( silences/silence/pauses/gaps/silencios/silencio/pausas | silent/quiet parts/stretches/bits/passages"
            " | dead air | partes/trechos silenciosas/silenciosos/silencio | partes/trechos em/de silencio )"
            " [( longer than | over | mais longos/longas [do] que | maiores [do] que | com mais de ) T:min_duration]"
            " [of/from/in/de/em/a O]",
        ),
    ),
    Rule(
        "convert",
        (
            "( convert/change/turn/transform/make/encode/transcode/export/save/store/write/render/downmix/mix/resample"
            " | convert~er/mud~ar/pass~ar/transform~ar/export~ar/guard~ar/grav~ar/salv~ar/codific~ar/poe/reamostr~ar )"
            " [O] [( to/into/as/in/at/down | down to | para/em/como/a/num/numa )] [( a/an/um/uma/formato/ficheiro | o formato | um ficheiro )]"
            " SPEC",
            f"{_GIVE} [O] [as/in/an/a/em/como/um/uma] [( a/an/um/ficheiro/formato )] SPEC",
            "[O] [to/as/in/para/em/como] SPEC",
        ),
    ),
    Rule(
        "enhance_speech",
        (
            "( clean/enhance/denoise/improve | limp~ar/melhor~ar ) [up] [( O | [the/a/o] ( voice/speech/voz/fala | audio quality"
            " | background/ruido | background noise | ruido/barulho de fundo ) [( in/of/from/on/de/em ) O] )] [up]",
            "[( clean O | limpa O ) (and|e|by|,)] ( remove/reduce/suppress | get rid of | take/filter out"
            f" | remov~er/tir~ar/retir~ar/elimin~ar/reduz~ir/apag~ar ) [all] [the/o/a/os/as] [P:strength of/de/do] [the/o]"
            " ( [background] noise/noises/hiss | ruido/barulho/ruidos/chiado [de fundo] ) [( in/of/from/on/de/em/a ) O]",
            "clean up",
        ),
        read={"strength": _share},
    ),
    Rule(
        "transcribe",
        (
            f"transcribe/transcrev~er [O] [{SPAN}] [( of/de ) O] [( in/em/from/to ) G:language]"
            " [( to/into/as/em/para/a text/texto )]",
            f"{_GIVE} [the/a/an/o/uma] ( transcript/transcription/transcricao | text/texto | [full/complete] transcript ) [( of/from/for/de/em/a ) O]"
            f" [{SPAN}] [( in/em ) G:language]",
            "( write down | type out | escrev~er/anot~ar ) ( what is said/spoken | what's said | what they/people say | everything that is said | o que"
            " se/e/foi diz/dito [( que )] ) [( in/at/em ) O]",
            "( what is said/spoken/being | what's being said | what is being said | what was said ) [said] [( in/on/at/em ) O]",
            "( what do/does/did they/he/she/people/we say/said ) [( in/on/at ) O]",
            "o que ( se diz | e [que] dito | dizem | diz | foi dito | e que dizem | e que diz ele/ela | estao a dizer | ele/ela diz ) [[em] O]",
            "( turn/convert/pass~ar/convert~er/transform~ar/poe ) O ( into/to/em/para/a ) text/texto",
            "[a/uma] ( transcript/transcription/transcricao ) [( of/de ) O]",
        ),
    ),
    Rule(
        "write_subtitles",
        (
            f"{_GIVE} [the/a/some/as/o/um/umas] [W:format] ( subtitles/captions/legendas/subtitle | subtitle/caption file | ficheiro de legendas )"
            " [( for/of/to/from/de/para/a ) O] [( as/in/em/como/no [a/um/formato] ) W:format] [format/file] [( de/para/for/of ) O]",
            "( subtitle/caption | legend~ar ) O [( as/in/em/como ) W:format]",
            "[the/as] ( subtitles/captions/legendas ) [( for/of/de/para ) O] [( as/in/em/como ) W:format]",
            "( save/export/write/store/guard~ar/grav~ar/export~ar ) [O] [( the/it/o/as/a ) ( subtitles/transcript/text/transcription/transcricao/texto/legendas )]"
            " ( as/to/in/em/como/para ) [a/an/um/uma] W:format [file/ficheiro]",
            f"{_GIVE} ( [O] as | a/an/um | the/o ( transcript/text/texto ) as/in/em/como ) W:format [file/ficheiro]",
        ),
    ),
    Rule(
        "write_subtitles",
        (
            "( save/export/write/store/guard~ar/grav~ar/export~ar ) the/a/o transcript/transcricao/text/texto"
            " ( as/to/como/em/num/para ) [a/um] ( text file | plain text | ficheiro de texto | texto simples )",
        ),
        {"format": "txt"},
    ),
    Rule(
        "detect_sounds",
        (
            "what/which sounds/noises ( are [there/heard] | do you hear | can you hear | can i hear | can be heard | occur/appear ) [in O] [,] [( and when | and at what times )]",
            "what/which sounds/noises are [there/heard] in O [,] [( and when [are they heard] )]",
            "( what can you hear | what do you hear | what can be heard | what sounds ) [in O] [,] [and when]",
            "( detect/list/find/identify/recognize/recognise/name | detet~ar/detect~ar/list~ar/identific~ar/encontr~ar/reconhec~er ) [all/todos] [the/os] sounds/sons [( in/of/from/de/em ) O] [,] [( and when | e quando )]",
            "que/quais [( sao os | os )] sons [( e que | que )] ( ha/existem/aparecem | se ouvem | ouves | sao | estao | consegues ouvir ) [[em] O] [,] [e quando] [se ouvem]",
            "o que ( se ouve | e que se ouve | ouves | consegues ouvir ) [[em] O] [,] [( e quando )]",
        ),
    ),
    Rule(
        "detect_speech",
        (
            "when ( does/is/do somebody/someone/anybody/anyone/people/they speak/speaking/talk/talking | is there speech ) [in O]",
            "( where/when ) is [there] ( speech/somebody/someone ) [speaking/talking] [in O]",
            "( find/detect/locate/mark/show | encontr~ar/detet~ar/detect~ar/localiz~ar/mostr~ar/marc~ar ) [( where/when there is | when | where | onde/quando ha | quando/onde | me )] [the/a/as/os]"
            " ( speech/fala/voz | voice activity | speech regions/segments/parts | partes com fala/voz | atividade de voz"
            " | somebody/someone speaks/talks/speaking | alguem fala ) [( in/of/from/de/em ) O]",
            "( quando/onde | em que momentos/alturas ) [( e que )] ( alguem/se fala | ha [alguem a falar] fala/voz | ha alguem a falar | esta alguem a falar | falam ) [[em] O]",
            "( quando | em que momentos ) ha alguem a falar [[em] O]",
        ),
    ),
    Rule(
        "extract_audio",
        (
            "( extract/get/take/rip/pull/grab | extrai/extraia/extrair/extraias/sac~ar ) [( out )] ( O:sound | the soundtrack | a banda sonora ) [out] [( from/of/de/out ) [of] O]",
        ),
    ),
    Rule(
        "draw_spectrogram",
        (
            f"[{_GIVE}] [the/a/its/o/um] [mel] ( spectrogram/espectrograma/espetrograma ) [mel] [( of/from/for/de ) O]",
        ),
    ),
    Rule(
        "draw_waveform",
        (
            f"[{_GIVE}] [the/a/its/a/o] ( waveform | wave form | forma de onda | onda sonora ) [( of/from/for/de ) O]",
        ),
    ),
    Rule(
        "describe_audio",
        (
            "( describe/measure | descrev~er/med~ir ) O [technically/tecnicamente]",
            "( tell me about ) O",
            "( how long/loud is ) O",
            "( what is | what's | qual e | quais sao | tell me | diz-me | diz ) [the/o/a/os] ( length/duration/loudness/format/duracao/sonoridade/formato | sample rate | taxa de amostragem | peak level )"
            " [of/de O]",
            "quanto tempo ( dura/tem | e que dura/tem ) [O]",
            "que ( duracao/sonoridade ) tem O",
            "( what kind of file is | que tipo de ficheiro e ) O",
        ),
    ),
    Rule(
        "synthesize_speech",
        (
            "( read/say/speak/pronounce/recite/narrate/voice | le/leia/ler/leias/diz/diga/dizer/digas/fala/fale/pronuncia/narra )"
            " [O:words] [( the following | o seguinte | this/the text | este/o texto | these/estas/as words/palavras | this/esta sentence/frase )]"
            " [( out loud | aloud | em voz alta )] [slowly/devagar=slow] [( in/em ) G:language] [slowly/devagar=slow] [( out loud | aloud | em voz alta )] [:/,] Q:text"
            " [( out loud | aloud | em voz alta )] [( in/em ) G:language] [slowly/devagar=slow]",
            "( synthesize/synthesise/sintetiz~ar ) [( the/this text | o/este texto | speech | fala/voz )] [( in/em ) G:language] [:/,] Q:text [( in/em ) G:language]",
            "( text to speech | text-to-speech | tts ) [( in/em ) G:language] [:/,] Q:text",
        ),
    ),
    Rule(
        "read_transcript",
        (
            "( read/say/speak | le/leia/ler/diz ) ( the/that/this/o/a/esse/este transcript/text/transcription/transcricao/texto ) [( out loud | aloud | em voz alta | back )] [( in/em ) G:language]",
        ),
    ),
    Rule(
        "speak_in",
        (
            "( in/em G:language instead | [( now | and )] in/em G:language | em vez disso , em G:language | antes em G:language"
            " | em G:language em vez de O:between | mas em G:language )",
        ),
    ),
)
