"""What people ask of an audio assistant that Tonmeister may not have, so it can say so clearly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["TOPICS", "Topic", "topic_of"]


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

    def is_possible(self, tools: Iterable[str]) -> bool:
        """Tell whether a tool for it is there.

        Args:
            tools: Names of the tools.
        """
        return any(name.startswith(self.verbs) for name in tools)


TOPICS: Mapping[str, Topic] = {
    "!stems": Topic(
        ("separate_stems", "separate_vocals", "separate_sources", "isolate", "split_stems"),
        {
            "en": "No tool here separates vocals or instruments from a mixture.",
            "pt": "Nenhuma ferramenta daqui separa vozes ou instrumentos de uma mistura.",
        },
        {"en": "the separation", "pt": "a separação"},
    ),
    "!instruments": Topic(
        ("separate_instruments", "split_instruments"),
        {
            "en": "No tool here separates single instruments; vocals from music, yes.",
            "pt": "Nenhuma ferramenta daqui separa instrumentos; voz e acompanhamento, sim.",
        },
        {"en": "the instruments", "pt": "os instrumentos"},
    ),
    "!speakers": Topic(
        (
            "diarize",
            "label_speakers",
            "name_speakers",
            "identify_speaker",
            "verify_speaker",
            "separate_speakers",
            "split_speakers",
        ),
        {
            "en": "No tool here tells speakers apart.",
            "pt": "Nenhuma ferramenta daqui distingue quem fala.",
        },
        {"en": "who says what", "pt": "quem diz o quê"},
    ),
    "!music": Topic(
        ("generate_music", "compose", "make_music", "create_music"),
        {
            "en": "No tool here composes music.",
            "pt": "Nenhuma ferramenta daqui compõe música.",
        },
        {"en": "the music", "pt": "a música"},
    ),
    "!sound": Topic(
        ("generate_sound", "synthesize_sound", "create_sound", "make_sound"),
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
        ("translate", "dub"),
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
    "!reverse": Topic(
        ("reverse",),
        {
            "en": "No tool here plays a recording backwards.",
            "pt": "Nenhuma ferramenta daqui toca uma gravação ao contrário.",
        },
        {"en": "the reversal", "pt": "a inversão"},
    ),
    "!image": Topic(
        ("generate_image", "create_image", "draw_image", "paint"),
        {
            "en": "No tool here makes pictures of anything but sound.",
            "pt": "Nenhuma ferramenta daqui faz imagens de outra coisa que não som.",
        },
        {"en": "the picture", "pt": "a imagem"},
    ),
}


def topic_of(tool: str) -> Topic | None:
    """Return the topic a tool belongs to, if it belongs to one.

    Args:
        tool: Name of a tool.
    """
    return next((topic for topic in TOPICS.values() if tool.startswith(topic.verbs)), None)
