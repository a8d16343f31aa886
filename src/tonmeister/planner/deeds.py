"""What was done to a recording, and how people say so: "cleaned", "with reverb", "sem ruído".

One table serves the recordings that are meant by what was done to them, and the turns that are
meant by it: "the one with reverb", "go back to before the reverb".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tonmeister.planner.slots import AUDIO_FORMATS

__all__ = ["DEEDS", "Deed", "Fits", "deeds_called", "words_for"]

Fits = Callable[[str, Mapping[str, Any]], bool]
"""Tells whether a call of a tool, by its name and arguments, is the deed."""


def _always(tool: str, args: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that tools do, with words for it: regular expressions for folded text.

    Attributes:
        tools: Names of the tools that do it.
        made: What a result is: "cleaned", "mais lenta".
        having: What a result has: "reverb".
        lacking: What a result no longer has: "noise".
        doing: What the deed is called: "cleaning", "limpeza".
        did: What was done, after "you" or "before you", or in Portuguese by itself.
        fits: Whether the arguments make it this deed, where a tool does several.
    """

    tools: frozenset[str]
    made: str = ""
    having: str = ""
    lacking: str = ""
    doing: str = ""
    did: str = ""
    fits: Fits = _always

    def is_done_by(self, tool: str, args: Mapping[str, Any]) -> bool:
        """Tell whether a call is this deed.

        Args:
            tool: Name of the tool.
            args: Its arguments.
        """
        return tool in self.tools and self.fits(tool, args)


def _amount(up: bool, name: str, neutral: float) -> Fits:
    """Return whether an argument raises something; without it, the deed is taken as done."""

    def fits(tool: str, args: Mapping[str, Any]) -> bool:
        value = args.get(name)
        if not isinstance(value, int | float):
            return value is None
        return value > neutral if up else value < neutral

    return fits


def _speed(up: bool) -> Fits:
    changed = _amount(up, "factor", 1.0)

    def fits(tool: str, args: Mapping[str, Any]) -> bool:
        if tool == "synthesize_speech":  # spoken at another speed, when one was asked for
            return args.get("speed") is not None and _amount(up, "speed", 1.0)(tool, args)
        return changed(tool, args)

    return fits


def _given(name: str, *values: str) -> Fits:
    return lambda tool, args: tool != "apply_preset" or args.get(name, values[0]) in values


def _deed(tools: str, **words: Any) -> Deed:
    return Deed(frozenset(tools.split()), **words)


def _preset(name: str, made: str) -> Deed:
    return _deed("apply_preset", made=made, fits=_given("preset", name))


def _format(name: str) -> Deed:
    def fits(tool: str, args: Mapping[str, Any]) -> bool:
        return args.get("format") == name

    return _deed("convert_format", made=name, having=name, doing=name, fits=fits)


_ROOMS = ("small-room", "bathroom", "concert-hall", "church", "big-church", "plate")
_IT = r"(?: (?:it|this|that))?"
_REVERB = r"reverb(?:eration)?|reverberacao"

DEEDS: tuple[Deed, ...] = (
    _deed(
        "enhance_speech",
        made=r"clean(?:ed)?(?: up)?|enhanced|denoised|limp[oa]|melhorad[oa]",
        lacking=r"(?:background )?noise|hiss|(?:ruido|barulho)(?: de fundo)?|chiado",
        doing=r"clean(?:ing)?(?:[- ]?up)?|denoising|noise (?:reduction|removal)|enhancement"
        r"|limpeza|reducao de ruido",
        did=rf"cleaned{_IT}(?: up)?|denoised{_IT}|removed the noise|limp(?:aste|ares)"
        r"|tir(?:aste|ares) o ruido",
    ),
    _deed(
        "trim remove_part",
        made=r"trimmed|cut|cortad[oa]",
        doing=r"trim(?:ming)?|cut(?:ting)?|corte",
        did=rf"trimmed{_IT}|cut{_IT}|cort(?:aste|ares)",
    ),
    _deed(
        "normalize_loudness",
        made=r"normali[sz]ed|normalizad[oa]",
        doing=r"normali[sz](?:ation|ing)|normalizacao",
        did=rf"normali[sz]ed{_IT}|normaliz(?:aste|ares)",
    ),
    _deed(
        "fade",
        made=r"faded",
        having=r"fade(?:[- ]?(?:in|out))?",
        doing=r"fad(?:e|ing)(?:[- ]?(?:in|out))?",
        did=rf"faded{_IT}(?: (?:in|out))?",
    ),
    _deed(
        "change_speed synthesize_speech",
        made=r"slower|slowed(?: down)?|mais lent[oa]|abrandad[oa]",
        doing=r"slowing(?: down)?|slow[- ]?down|abrandamento",
        did=rf"slowed{_IT}(?: down)?|made it slower|abrand(?:aste|ares)",
        fits=_speed(up=False),
    ),
    _deed(
        "change_speed synthesize_speech",
        made=r"faster|sped[- ]up|mais rapid[oa]|acelerad[oa]",
        doing=r"speeding up|speed[- ]?up|aceleracao",
        did=rf"sped{_IT} up|made it faster|aceler(?:aste|ares)",
        fits=_speed(up=True),
    ),
    _deed(
        "change_gain",
        made=r"louder|mais alt[oa]",
        did=r"made it louder|aument(?:aste|ares) o volume",
        fits=_amount(True, "gain_db", 0.0),
    ),
    _deed(
        "change_gain",
        made=r"quieter|softer|mais baix[oa]",
        did=r"made it (?:quieter|softer)|baix(?:aste|ares) o volume",
        fits=_amount(False, "gain_db", 0.0),
    ),
    _deed(
        "change_pitch",
        made=r"higher|mais agud[oa]",
        did=r"made it higher|sub(?:iste|ires) o tom",
        fits=_amount(True, "semitones", 0.0),
    ),
    _deed(
        "change_pitch",
        made=r"lower|deeper|mais grave",
        did=r"made it (?:lower|deeper)|desce(?:ste|res) o tom",
        fits=_amount(False, "semitones", 0.0),
    ),
    _deed("change_pitch", doing=r"pitch (?:shift(?:ing)?|change)|transposi(?:tion|cao)"),
    _deed("to_mono", made=r"mono", having=r"mono", did=r"made it mono"),
    _deed(
        "join",
        made=r"joined|junt[oa]|juntad[oa]",
        doing=r"join(?:ing)?|juncao",
        did=r"joined (?:it|them)|junt(?:aste|ares)(?:-[oa]s)?",
    ),
    _deed(
        "mix",
        made=r"mixed|misturad[oa]",
        doing=r"mix(?:ing)?|mistura",
        did=r"mixed (?:it|them)|mistur(?:aste|ares)(?:-[oa]s)?",
    ),
    _deed("resample", made=r"resampled|reamostrad[oa]", doing=r"resampling|reamostragem"),
    _deed(
        "remove_silence",
        made=r"tightened|shortened|encurtad[oa]",
        lacking=r"silences?|silent parts|pauses|gaps|silencios?|pausas",
        doing=r"tightening",
        did=r"(?:removed|cut) the (?:silences?|pauses)|tir(?:aste|ares) (?:os silencios|as pausas)",
    ),
    _preset("warmer", r"warmer|mais quente"),
    _preset("brighter", r"brighter|mais brilhante"),
    _preset("darker", r"darker|mais escur[oa]"),
    _deed(
        "compress",
        made=r"compressed|comprimid[oa]",
        having=r"compression|compressao",
        doing=r"compress(?:ion|ing|or)|compressao|compressor",
        did=rf"compressed{_IT}|comprim(?:iste|ires)",
    ),
    _deed("limit", made=r"limited|limitad[oa]", doing=r"limit(?:er|ing)|limitador"),
    _deed(
        "equalize",
        made=r"equali[sz]ed|equalizad[oa]",
        having=r"eq",
        doing=r"eq|equali[sz](?:ation|ing|er)|equalizacao|equalizador",
        did=rf"equali[sz]ed{_IT}|equaliz(?:aste|ares)",
    ),
    _deed(
        "reverb apply_preset",
        having=_REVERB,
        doing=_REVERB,
        did=rf"added (?:the |some )?(?:{_REVERB})"
        rf"|(?:pus(?:este|eres)|adicion(?:aste|ares)) (?:o |a )?(?:{_REVERB})",
        fits=_given("preset", *_ROOMS),
    ),
    _deed(
        "reduce_reverb",
        made=r"dry|drier|(?:mais )?sec[oa]",
        lacking=rf"echo|eco|{_REVERB}",
        doing=rf"(?:echo|{_REVERB}) (?:reduction|removal)|dereverberation",
        did=rf"(?:removed|took out) the (?:echo|{_REVERB})"
        rf"|tir(?:aste|ares) (?:o|a) (?:eco|{_REVERB})",
    ),
    _deed("remove_hum repair", lacking=r"hum|buzz|zumbido", did=r"removed the hum"),
    _deed("repair_clicks repair", lacking=r"clicks|pops|crackle|estalidos|estalos|cliques"),
    _deed(
        "repair repair_clicks repair_clipping inpaint",
        made=r"repaired|mended|restored|reparad[oa]|restaurad[oa]",
        doing=r"repair(?:ing)?|mending|reparacao",
        did=rf"(?:repaired|mended){_IT}|repar(?:aste|ares)",
    ),
    _deed(
        "remove_fillers",
        lacking=r"ums|uhs|fillers|filler words|hesitations|hesitacoes|hums",
        did=r"removed the (?:ums|fillers|hesitations)|tir(?:aste|ares) (?:as hesitacoes|os hums)",
    ),
    _deed("stereo_width", made=r"wider|mais larg[oa]", fits=_amount(True, "width", 1.0)),
    _deed("stereo_width", made=r"narrower|mais estreit[oa]", fits=_amount(False, "width", 1.0)),
    _deed("dub", made=r"dubbed|dobrad[oa]", doing=r"dub(?:bing)?|dobragem"),
    _deed("transcribe", doing=r"transcription|transcricao", did=rf"transcribed{_IT}"),
    _deed("compare_audio", doing=r"comparison|comparacao", did=r"compared (?:it|them)"),
    *map(_format, AUDIO_FORMATS),
)


def words_for(relation: str) -> str:
    """Return a regular expression for all words that stand in a relation to a deed.

    Args:
        relation: "made", "having", "lacking", "doing" or "did".
    """
    return "|".join(words for deed in DEEDS if (words := getattr(deed, relation)))


def deeds_called(relation: str, said: str) -> list[Deed]:
    """Return the deeds some words mean.

    Args:
        relation: "made", "having", "lacking", "doing" or "did".
        said: Folded words.
    """
    return [
        deed for deed in DEEDS if (words := getattr(deed, relation)) and re.fullmatch(words, said)
    ]
