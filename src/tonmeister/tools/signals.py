"""Sounds that are calculated: tones, sweeps, noises, silence, rain; and the words for them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from tonmeister.errors import ToolInputError

__all__ = ["Signal", "SignalKind", "parse_signal"]

SignalKind = Literal[
    "sine", "square", "sawtooth", "triangle", "sweep", "white", "pink", "brown", "silence", "rain"
]

LOWEST_HZ, HIGHEST_HZ = 10.0, 20_000.0
_HZ = r"(\d+(?:[.,]\d+)?) ?(k?hz|kilohertz|hertz)\b"
_ONE = re.compile(_HZ)
_SWEEP = re.compile(
    r"\b(?:sweep|chirp|varrimento|varredura)\b.*?"
    rf"\b(?:from|de|dos) {_HZ} (?:to|ate|a|aos|ate aos) {_HZ}"
)
_TONE = re.compile(
    r"\b(?:tone|sine|sinewave|test tone|tom(?: puro)?|seno|sinusoide|sinusoidal|square|quadrada"
    r"|sawtooth|dente de serra|triangle|triangular|hz|khz|hertz|kilohertz)\b"
)
_WAVES: tuple[tuple[str, SignalKind], ...] = (
    (r"\b(?:square|quadrada)\b", "square"),
    (r"\b(?:sawtooth|dente de serra)\b", "sawtooth"),
    (r"\b(?:triangle wave|triangular)\b", "triangle"),
)
_NOISES: tuple[tuple[str, SignalKind], ...] = (
    (r"\b(?:white noise|ruido branco)\b", "white"),
    (r"\b(?:pink noise|ruido (?:rosa|cor de rosa))\b", "pink"),
    (r"\b(?:brown|brownian|red) noise\b|\bruido (?:castanho|marrom|vermelho|browniano)\b", "brown"),
    (
        r"^(?:(?:digital|total|pure|complete) )?silence$|^silencio(?: (?:total|digital))?$",
        "silence",
    ),
)
_RAIN = re.compile(
    r"^(?:(?:falling|steady|soft|gentle|light|heavy|pouring|hard|strong|loud) )*"
    r"(?:rain(?:fall|drops)?|drizzle|downpour|rain (?:falling|shower)|chuva|chuvinha|chuvisco"
    r"|aguaceiro|gotas de chuva|chuvada|chover)"
    r"(?: (?:falling|a cair|caindo|forte|fraca|leve|miudinha|intensa|suave))*"
    r"$"
)
_HARD = re.compile(
    r"\b(?:heavy|pouring|hard|strong|loud|downpour|forte|intensa|aguaceiro|chuvada)\b"
)
_SOFT = re.compile(r"\b(?:soft|gentle|light|drizzle|chuvinha|chuvisco|fraca|leve|miudinha|suave)\b")


@dataclass(frozen=True, slots=True)
class Signal:
    """A sound that is calculated.

    Attributes:
        kind: Which one.
        frequency_hz: Of a tone, or where a sweep begins.
        end_frequency_hz: Where a sweep ends.
        strength: Of rain: 0.0 a drizzle, 1.0 a downpour.
    """

    kind: SignalKind
    frequency_hz: float = 1_000.0
    end_frequency_hz: float = 1_000.0
    strength: float = 0.5

    @property
    def caption(self) -> str:
        """What it is, in a few words."""
        if self.kind == "sweep":
            return f"sweep from {self.frequency_hz:g} to {self.end_frequency_hz:g} Hz"
        if self.kind in ("sine", "square", "sawtooth", "triangle"):
            return f"{self.kind} tone of {self.frequency_hz:g} Hz"
        if self.kind == "rain":
            return "rain"
        return "silence" if self.kind == "silence" else f"{self.kind} noise"

    @property
    def is_test_signal(self) -> bool:
        """Whether it is made for measuring: it stays as exact as it is, and mono."""
        return self.kind != "rain"


def parse_signal(words: str) -> Signal | None:
    """Return the calculated sound that words ask for, or None for anything else.

    Args:
        words: English or Portuguese, for example "440 Hz tone", "ruído branco", "heavy rain".

    Raises:
        ToolInputError: A frequency is outside 10 Hz to 20 kHz.
    """
    plain = unicodedata.normalize("NFKD", words.lower())
    plain = "".join(one for one in plain if not unicodedata.combining(one)).strip()
    swept = _SWEEP.search(plain)
    if swept:
        return Signal("sweep", _hz(swept[1], swept[2]), _hz(swept[3], swept[4]))
    for pattern, kind in _NOISES:
        if re.search(pattern, plain):
            return Signal(kind)
    if _RAIN.match(plain):
        hard, soft = _HARD.search(plain), _SOFT.search(plain)
        return Signal("rain", strength=0.85 if hard else 0.2 if soft else 0.5)
    found = _ONE.search(plain)
    if found and _TONE.search(plain):
        wave: SignalKind = "sine"
        for pattern, kind in _WAVES:
            if re.search(pattern, plain):
                wave = kind
        return Signal(wave, _hz(found[1], found[2]))
    if re.fullmatch(r"(?:pure )?(?:test|sine|pure) (?:tone|wave)|tom (?:puro|de teste)", plain):
        return Signal("sine")
    return None


def _hz(amount: str, unit: str) -> float:
    frequency = float(amount.replace(",", ".")) * (1_000.0 if unit.startswith("k") else 1.0)
    if not LOWEST_HZ <= frequency <= HIGHEST_HZ:
        raise ToolInputError(
            f"A tone of {frequency:g} Hz cannot be made.",
            hint=f"Choose {LOWEST_HZ:g} Hz to {HIGHEST_HZ / 1000:g} kHz.",
        )
    return frequency
