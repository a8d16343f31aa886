"""What people ask of an audio assistant that Tonmeister may not have, so it can say so clearly."""

from collections.abc import Mapping
from dataclasses import dataclass

from tonmeister.planner.rules import Rule

__all__ = ["TOPICS", "TOPIC_RULES", "Topic"]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that cannot be done unless a tool for it is installed.

    Attributes:
        verbs: A tool whose name begins with one of these can do it.
        missing: What is missing, by language.
        loses: What the nearest possible plan would not give, by language.
        nearest: Tool that comes nearest; empty for the steps before it only.
    """

    verbs: tuple[str, ...]
    missing: Mapping[str, str]
    loses: Mapping[str, str]
    nearest: str = ""


TOPICS: Mapping[str, Topic] = {
    "!stems": Topic(
        ("separate", "isolate", "split"),
        {
            "en": "No tool here separates vocals or instruments from a mixture.",
            "pt": "Nenhuma ferramenta daqui separa vozes ou instrumentos de uma mistura.",
        },
        {"en": "the separation", "pt": "a separação"},
    ),
    "!speakers": Topic(
        ("separate_speakers", "identify_speakers", "diarize", "label_speakers", "split_speakers"),
        {
            "en": "No tool here tells speakers apart.",
            "pt": "Nenhuma ferramenta daqui distingue quem fala.",
        },
        {"en": "who says what", "pt": "quem diz o quê"},
    ),
    "!music": Topic(
        ("generate", "compose", "make_music", "create"),
        {
            "en": "No tool here composes music.",
            "pt": "Nenhuma ferramenta daqui compõe música.",
        },
        {"en": "the music", "pt": "a música"},
    ),
    "!sound": Topic(
        ("generate", "synthesize_sound", "create", "make_sound"),
        {
            "en": "No tool here makes sounds from a description.",
            "pt": "Nenhuma ferramenta daqui cria sons a partir de uma descrição.",
        },
        {"en": "the sound", "pt": "o som"},
    ),
    "!singing": Topic(
        ("sing", "synthesize_singing"),
        {"en": "No tool here sings.", "pt": "Nenhuma ferramenta daqui canta."},
        {"en": "the singing", "pt": "o canto"},
    ),
    "!clone": Topic(
        ("clone", "convert_voice", "imitate"),
        {
            "en": "No tool here imitates a particular person's voice.",
            "pt": "Nenhuma ferramenta daqui imita a voz de uma pessoa.",
        },
        {"en": "the imitated voice", "pt": "a voz imitada"},
    ),
    "!translate": Topic(
        ("translate",),
        {"en": "No tool here translates.", "pt": "Nenhuma ferramenta daqui traduz."},
        {"en": "the translation", "pt": "a tradução"},
        "transcribe",
    ),
    "!face": Topic(
        ("animate", "talk", "make_talking", "lip"),
        {
            "en": "No tool here animates faces.",
            "pt": "Nenhuma ferramenta daqui anima rostos.",
        },
        {"en": "the animated face", "pt": "o rosto animado"},
    ),
    "!image": Topic(
        ("generate", "create", "draw_image", "paint"),
        {
            "en": "No tool here makes pictures, except the waveform and the spectrogram of a recording.",
            "pt": "Nenhuma ferramenta daqui faz imagens, exceto a forma de onda e o espectrograma de uma gravação.",
        },
        {"en": "the picture", "pt": "a imagem"},
    ),
}

_FEEL = "( generate/compose/create/make/produce/invent/ger~ar/cri~ar/compoe/faz/produz/invent~ar )"
_STEM = (
    "( vocals/vocal/drums/bass/stems/instruments/instrumental/accompaniment/guitar/piano/acapella"
    " | singing voice | vocais/bateria/baixo/stems/instrumentos/instrumental/guitarra/acompanhamento )"
)

TOPIC_RULES: tuple[Rule, ...] = (
    Rule(
        "!stems",
        (
            "( separate/isolate/extract/split/remove/delete/get/mute | take out | separ~ar/isol~ar/extrai"
            f"/extrair/tir~ar/retir~ar/remov~er ) [( O | out )] [into] [the/os/as/o/a/only] {_STEM}"
            f" [( and/from/e/de [the/os/o/a] {_STEM} )] [( from/of/in/de/em O )]",
            "( separ~ar ) a/as voz/vozes ( de a musica | da musica | dos instrumentos | do instrumental )",
            "( separate ) the voice from the music",
            "( make/create | faz/cria ) [a/um] karaoke [( of/from/version/versao/de ) [of/de] O]",
        ),
    ),
    Rule(
        "!speakers",
        (
            "( separate/identify/label/distinguish/split/name | separ~ar/identific~ar/distingu~ir ) [the/os/as/all/todos]"
            " ( speakers/voices/oradores/falantes/locutores/interlocutores | different speakers ) [( in/of/from/de/em ) O]",
            "who ( speaks/spoke/talks/is [speaking] ) [when] [in O]",
            "quem ( fala/falou | esta a falar ) [quando] [em O]",
        ),
    ),
    Rule(
        "!music",
        (
            f"{_FEEL} [me] [a/an/some/um/uma/alguma] [( piece of | happy/sad/short/calm/relaxing/jazz/rock/techno/piano"
            "/background/pop )] ( music/song/melody/beat/tune/jingle/musica/melodia/cancao/batida/jingle ) …",
        ),
    ),
    Rule(
        "!sound",
        (
            f"{_FEEL} [me] [the/a/an/o/um] ( sound/noise of … | sound effect … | som/barulho/ruido de … | efeito sonoro … )",
        ),
    ),
    Rule("!singing", ("sing …", "cant~ar …")),
    Rule(
        "!clone",
        (
            "( clone/imitate/copy/mimic ) [the/my/this/her/his/that/your] voice …",
            "( clon~ar/imit~ar/copi~ar ) [a/esta/essa] [minha/sua/tua] voz …",
            "( clone/imitate/clon~ar/imit~ar ) ( the/a/this voice/speaker | a voz ) ( in/of/from/de/em ) O",
        ),
    ),
    Rule(
        "!translate",
        (
            "translate [O] [from G:from_language] [( to/into/in ) G:language]",
            "( traduz/traduza/traduzir/traduzas ) [O] [de/do G:from_language] [( para/em [o] ) G:language]",
            "translate/traduz/traduzir [O] [:] Q:text [( to/into/para/em ) G:language]",
            "( what does it say | o que diz ) ( in G:language | em G:language )",
        ),
    ),
    Rule(
        "!face",
        (
            f"{_FEEL} [a/um/uma] ( talking head/face/avatar | cabeca falante | avatar falante ) …",
            "( lip sync | lip-sync | lipsync ) …",
            "( animate/anim~ar ) [the/this/a/o/este/esta] ( face/photo/picture/portrait/foto/fotografia/rosto/cara/imagem ) …",
        ),
    ),
    Rule(
        "!image",
        (
            "( generate/create/make/draw/paint | ger~ar/cri~ar/desenh~ar/pint~ar/faz ) [me] [a/an/um/uma]"
            " ( image/picture/photo/painting/drawing/imagem/foto/fotografia/pintura/desenho ) [( of | de )] …",
        ),
    ),
)
