"""Sounds that have a name: chains of equaliser, dynamics and room with documented settings."""

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, cast, get_args

from tonmeister.artifacts import Noted
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio, write_pcm
from tonmeister.tools.editing import normalize_loudness
from tonmeister.tools.effects import compress, de_ess, equalize, gate
from tonmeister.tools.rooms import reverb
from tonmeister.toolspec import Range, Tool, WorkingFolder, tool

__all__ = ["PRESETS", "PresetStep", "apply_preset", "preset_named"]

Preset = Literal[
    "warmer",
    "brighter",
    "darker",
    "clearer",
    "softer",
    "more-bass",
    "less-bass",
    "podcast-voice",
    "radio-voice",
    "telephone",
    "walkie-talkie",
    "megaphone",
    "old-radio",
    "next-room",
    "underwater",
    "small-room",
    "bathroom",
    "concert-hall",
    "church",
    "big-church",
    "plate",
]
SCALED = frozenset({"low_shelf_db", "bell_db", "high_shelf_db", "amount_db", "wet"})
"""Settings that ``amount`` changes; corner frequencies and dynamics stay."""


class PresetStep(NamedTuple):
    """One step of a preset.

    Attributes:
        tool: What is called.
        settings: With which arguments; what is left out has the tool's default.
    """

    tool: Tool
    settings: Mapping[str, Any]


def _step(used: Tool, **settings: Any) -> PresetStep:
    return PresetStep(used, settings)


_LINE = (_step(equalize, low_cut_hz=300.0, high_cut_hz=3_400.0),) * 2
PRESETS: Mapping[str, tuple[PresetStep, ...]] = {
    "warmer": (
        _step(equalize, low_shelf_db=3.0, low_shelf_hz=220.0, bell_db=-1.5, bell_hz=3_000.0,
              bell_octaves=1.5, high_shelf_db=-2.5, high_shelf_hz=7_000.0),
    ),
    "brighter": (
        _step(equalize, bell_db=1.5, bell_hz=3_000.0, bell_octaves=1.5, high_shelf_db=4.0,
              high_shelf_hz=5_500.0),
    ),
    "darker": (_step(equalize, high_shelf_db=-7.0, high_shelf_hz=3_000.0),),
    "clearer": (
        _step(equalize, low_cut_hz=80.0, bell_db=-3.0, bell_hz=300.0, bell_octaves=1.3,
              high_shelf_db=3.0, high_shelf_hz=3_500.0),
    ),
    "softer": (
        _step(equalize, bell_db=-4.0, bell_hz=3_200.0, bell_octaves=1.3, high_shelf_db=-2.0,
              high_shelf_hz=8_000.0),
        _step(de_ess, amount_db=6.0),
    ),
    "more-bass": (_step(equalize, low_shelf_db=6.0, low_shelf_hz=120.0),),
    "less-bass": (_step(equalize, low_shelf_db=-6.0, low_shelf_hz=200.0),),
    "podcast-voice": (
        _step(equalize, low_cut_hz=80.0, bell_db=-2.5, bell_hz=300.0, high_shelf_db=2.0,
              high_shelf_hz=6_000.0),
        _step(compress, ratio=3.0),
        _step(de_ess, amount_db=6.0),
        _step(normalize_loudness, target_lufs=-16.0, true_peak_db=-1.0),
    ),
    "radio-voice": (
        _step(equalize, low_cut_hz=60.0, low_shelf_db=3.0, low_shelf_hz=160.0, bell_db=-3.0,
              bell_hz=400.0, high_shelf_db=3.0, high_shelf_hz=5_000.0),
        _step(compress, ratio=5.0, attack=0.003, release=0.08),
        _step(equalize, bell_db=2.5, bell_hz=3_500.0),
        _step(de_ess, amount_db=8.0),
        _step(normalize_loudness, target_lufs=-16.0, true_peak_db=-1.0),
    ),
    "telephone": (_step(compress, ratio=4.0), *_LINE),
    "walkie-talkie": (
        _step(equalize, low_cut_hz=450.0, bell_db=6.0, bell_hz=1_600.0),
        _step(compress, ratio=12.0, attack=0.002, release=0.05),
        _step(gate),
        _step(equalize, low_cut_hz=450.0, high_cut_hz=2_900.0),
        _step(equalize, high_cut_hz=2_900.0),
    ),
    "megaphone": (
        _step(equalize, bell_db=9.0, bell_hz=1_800.0),
        _step(compress, ratio=10.0, attack=0.002, release=0.06),
        _step(equalize, low_cut_hz=500.0, high_cut_hz=3_800.0),
        _step(reverb, room="room", wet=0.15),
    ),
    "old-radio": (
        _step(equalize, bell_db=5.0, bell_hz=1_200.0, bell_octaves=2.0),
        _step(compress, ratio=5.0),
        _step(equalize, low_cut_hz=180.0, high_cut_hz=3_700.0),
    ),
    "next-room": (
        _step(equalize, low_shelf_db=2.0, low_shelf_hz=150.0, high_cut_hz=700.0),
        _step(reverb, room="room", wet=0.5),
    ),
    "underwater": (
        _step(equalize, low_shelf_db=4.0, low_shelf_hz=150.0, high_cut_hz=420.0),
        _step(reverb, room="plate", wet=0.25),
    ),
    "small-room": (_step(reverb, room="room", wet=0.35),),
    "bathroom": (_step(reverb, room="bathroom", wet=0.4),),
    "concert-hall": (_step(reverb, room="hall", wet=0.35),),
    "church": (_step(reverb, room="church", wet=0.35),),
    "big-church": (_step(reverb, room="cathedral", wet=0.4),),
    "plate": (_step(reverb, room="plate", wet=0.25),),
}  # fmt: skip
_ALSO = {
    "warm": "warmer", "mais quente": "warmer", "quente": "warmer", "mais calorosa": "warmer",
    "bright": "brighter", "mais brilhante": "brighter", "mais agudos": "brighter",
    "more treble": "brighter", "dark": "darker", "mais escura": "darker", "less treble": "darker",
    "mais escuro": "darker", "menos agudos": "darker", "clear": "clearer", "mais clara": "clearer",
    "mais claro": "clearer", "mais nitida": "clearer", "mais nitido": "clearer",
    "less muddy": "clearer", "less harsh": "softer", "mais suave": "softer",
    "menos aspera": "softer", "menos aspero": "softer", "bassier": "more-bass",
    "mais graves": "more-bass", "mais grave": "more-bass", "menos graves": "less-bass",
    "podcast": "podcast-voice", "voz de podcast": "podcast-voice", "radio": "radio-voice",
    "voz de radio": "radio-voice", "broadcast voice": "radio-voice", "phone": "telephone",
    "telefone": "telephone", "telemovel": "telephone", "walkie talkie": "walkie-talkie",
    "megafone": "megaphone", "altifalante": "megaphone", "radio antigo": "old-radio",
    "radio antiga": "old-radio", "quarto ao lado": "next-room", "behind a wall": "next-room",
    "atras de uma parede": "next-room", "debaixo de agua": "underwater", "room": "small-room",
    "sala": "small-room", "sala pequena": "small-room", "casa de banho": "bathroom",
    "banheiro": "bathroom", "hall": "concert-hall", "sala de concertos": "concert-hall",
    "igreja": "church", "igreja grande": "big-church", "grande igreja": "big-church",
    "cathedral": "big-church", "catedral": "big-church",
}  # fmt: skip


@tool(suffix="preset", claims=("audible", "unclipped"))
def apply_preset(
    audio: Audio,
    preset: Preset,
    folder: WorkingFolder,
    amount: Annotated[float, Range(0.1, 2.0)] = 1.0,
) -> Audio | Noted:
    """Give a recording a sound that has a name: warmer, telephone, big church.

    Use it when a sound is asked for in words. Each preset is a chain of equalize, compress,
    de_ess, gate, reverb and normalize_loudness with fixed settings; use those for other settings.

    Args:
        audio: Any recording; presets with a room take mono or stereo.
        preset: Name of the sound.
        folder: Where it is kept in between.
        amount: Factor of the gains in dB and of the share of the room: 0.5 a bit, 1.5 much.
    """
    steps = PRESETS[preset_named(preset)]
    notes: list[str] = []
    for number, step in enumerate(steps):
        own = folder / f"preset-{number}"
        own.mkdir()
        settings = _scaled(step.settings, amount)
        places = {step.tool.folder: own} if step.tool.folder else {}
        made = step.tool.body(audio, **settings, **places)
        if isinstance(made, Noted):
            notes += made.notes
            made = made.value
        given, audio = audio, cast("Audio", made)
        if number < len(steps) - 1 and audio is not given:
            write_pcm(audio, own / "result.rf64")
            audio = Audio.from_file(own / "result.rf64")
    told = f"{preset}: {_in_words(steps, amount)}."
    return Noted(audio, (told, *dict.fromkeys(notes)))


def preset_named(words: str) -> str:
    """Return the preset that words mean.

    Args:
        words: Its name, or what it is called in English or Portuguese.

    Raises:
        ToolInputError: There is none of that name; the known ones are listed.
    """
    folded = unicodedata.normalize("NFKD", words.lower())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    plain = " ".join(re.sub(r"[-_]", " ", plain).split())
    known = {name.replace("-", " "): name for name in get_args(Preset)} | _ALSO
    if plain in known:
        return known[plain]
    near = difflib.get_close_matches(plain, known, 1)
    meant = f"Did you mean '{known[near[0]]}'? " if near else ""
    raise ToolInputError(
        f"There is no preset {words!r}.",
        tool="apply_preset",
        hint=f"{meant}The presets are {', '.join(get_args(Preset))}.",
    )


def _scaled(settings: Mapping[str, Any], amount: float) -> dict[str, Any]:
    return {
        name: min(value * amount, 1.0 if name == "wet" else 24.0) if name in SCALED else value
        for name, value in settings.items()
    }


def _in_words(steps: Sequence[PresetStep], amount: float) -> str:
    return "; ".join(
        " ".join(
            [step.tool.name]
            + [
                f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
                for name, value in _scaled(step.settings, amount).items()
            ]
        )
        for step in steps
    )
