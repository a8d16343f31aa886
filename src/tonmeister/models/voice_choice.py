"""Which voice a speaker of a recording is given: a man's or a woman's, and of about the pitch.

Man or woman is told by the sound of the voice, compared with the built-in voices by their speaker
embeddings, where that is clear: the pitch of many men is that of many women.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import CheckpointCache
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro_voices import VOICES
from tonmeister.models.resemblyzer import RESEMBLYZER, SAMPLE_RATE, Resemblyzer
from tonmeister.models.voice_pitch import (
    HIGH_VOICE_HZ,
    KOKORO_F0_HZ,
    closest_voices,
    median_f0_hz,
)
from tonmeister.models.voice_table import read_table

__all__ = [
    "Gender",
    "GenderEar",
    "Heard",
    "Why",
    "chosen_voices",
    "given_voices",
    "heard",
    "reasons_told",
]

Gender = Literal["f", "m"]
Why = Literal["sound", "low", "unclear", "deaf", "short", "unvoiced"]

CLEAR = 0.02
"""Difference of mean similarity from which the sound decides. Each built-in voice was compared with
all others: of 54, bm_fable lies 0.019 on the wrong side, and a child's voice 0.078."""

LOWEST_WOMAN_HZ = min(pitch for voice, pitch in KOKORO_F0_HZ.items() if voice[1] == "f")
"""Whoever is lower gets a man's voice, whatever else: no woman's voice here is as low."""

LEAST_SPEECH = 1.2
"""Seconds of speech below which the sound is not asked; the shortest that was tried."""

REASONS: Mapping[Why, str] = {
    "sound": "Voices chosen by how the speakers sound, man or woman, and by pitch: {}.",
    "low": "Voices chosen by pitch, which is below that of every woman's voice here: {}.",
    "unclear": "Voices chosen by pitch, as the sound is neither clearly a man's nor a woman's: {}.",
    "deaf": "Voices chosen by pitch alone, as resemblyzer is not installed "
    "(`tonmeister models pull resemblyzer`): {}.",
    "short": "Voices chosen by pitch alone, as there is too little speech to compare: {}.",
    "unvoiced": "Voices chosen without knowing the pitch, which could not be measured: {}.",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a speaker.

    Attributes:
        pitch_hz: Median pitch; None with too little voiced speech.
        gender: "f" or "m", the class of voice to give; None without a pitch.
        why: What decided.
    """

    pitch_hz: float | None
    gender: Gender | None
    why: Why


class GenderEar:
    """Tells a man's from a woman's voice, by the built-in voices it is like.

    Args:
        weights: The file of tensors of Resemblyzer.
        threads: CPU threads it may use.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        self._encoder = Resemblyzer(weights, threads)
        table = read_table()
        women = np.array([name[1] == "f" for name in table.names])
        self._direction = table.voices[women].mean(axis=0) - table.voices[~women].mean(axis=0)

    @classmethod
    def beside(cls, folder: Path, threads: int) -> "GenderEar | None":
        """Return one whose weights lie beside a checkpoint; None when they are not installed.

        Args:
            folder: Folder of the other checkpoint.
            threads: CPU threads it may use.
        """
        found = CheckpointCache(folder.parent, offline=True).path(RESEMBLYZER)
        return None if found is None else cls(found / "pretrained.pt", threads)

    def leaning(self, speech: Waveform) -> float:
        """Return the mean similarity to the women's voices less that to the men's, -1 to 1.

        Args:
            speech: Of one person, mono, any rate, not empty.
        """
        (voice,) = self._encoder.embed([speech.resampled(SAMPLE_RATE).samples[0]])
        return float(voice @ self._direction)


def heard(pieces: Sequence[Samples], sample_rate: int, ear: GenderEar | None) -> Heard:
    """Return what is heard of a speaker.

    Args:
        pieces: Mono stretches of the speaker, each of shape ``(frames,)``.
        sample_rate: Their rate in Hz.
        ear: Listens to the sound; None goes by pitch alone.
    """
    pitch = median_f0_hz(pieces, sample_rate)
    if pitch is None:
        return Heard(None, None, "unvoiced")
    by_pitch: Gender = "f" if pitch >= HIGH_VOICE_HZ else "m"
    if ear is None:
        return Heard(pitch, by_pitch, "deaf")
    if pitch < LOWEST_WOMAN_HZ:
        return Heard(pitch, "m", "low")
    speech = np.concatenate(list(pieces))[np.newaxis]
    if speech.shape[1] < LEAST_SPEECH * sample_rate:
        return Heard(pitch, by_pitch, "short")
    leaning = ear.leaning(Waveform(speech, sample_rate))
    if abs(leaning) < CLEAR:
        return Heard(pitch, by_pitch, "unclear")
    return Heard(pitch, "f" if leaning > 0.0 else "m", "sound")


def chosen_voices(
    speakers: Mapping[str, Heard], voices: Sequence[str], default: str
) -> dict[str, str]:
    """Choose a voice for each speaker: of the same class, and of about the pitch.

    Args:
        speakers: What was heard of each.
        voices: Kokoro voices that are left in the language.
        default: The voice of a speaker without a known pitch.
    """
    pitches = {name: one.pitch_hz for name, one in speakers.items()}
    genders = {name: one.gender for name, one in speakers.items() if one.gender}
    return closest_voices(pitches, voices, default, genders)


def reasons_told(speakers: Mapping[str, Heard], voices: Mapping[str, str]) -> tuple[str, ...]:
    """Return a sentence for each reason: which voice was given to whom because of it.

    Args:
        speakers: What was heard of each; "" where there are no labels.
        voices: The voice each was given.
    """
    told: dict[Why, list[str]] = {}
    for name, one in speakers.items():
        told.setdefault(one.why, []).append(f"{name}={voices[name]}".lstrip("="))
    return tuple(REASONS[why].format(", ".join(given)) for why, given in told.items())


def given_voices(
    voice: str | None, known: Sequence[str], speakers: Sequence[str]
) -> dict[str, str]:
    """Return the voices that were asked for, by speaker.

    Args:
        voice: A voice for everybody, or "SPEAKER_00=pm_alex, SPEAKER_01=pf_dora"; None for none.
        known: Voices of the language.
        speakers: Names of the speakers; "" where there are no labels.

    Raises:
        ToolInputError: There is no such voice, or nobody of that name.
    """
    if voice is None:
        return {}
    if "=" not in voice:
        return dict.fromkeys(speakers, _known_voice(voice.strip(), known))
    pairs = [part.partition("=") for part in re.split(r"[,;]", voice) if part.strip()]
    given = {name.strip(): _known_voice(wanted.strip(), known) for name, _, wanted in pairs}
    if strangers := [name for name in given if name not in speakers]:
        listed = ", ".join(speaker or "(no labels)" for speaker in speakers)
        raise ToolInputError(
            f"Nobody in the transcript is called '{strangers[0]}'.",
            tool="dub",
            hint=f"Speakers: {listed}.",
        )
    return given


def _known_voice(voice: str, known: Sequence[str]) -> str:
    fitting = [one.name for one in VOICES if one.gender == voice.lower() and one.name in known]
    if fitting:
        return fitting[0]
    if voice not in known:
        close = difflib.get_close_matches(voice, known, n=1, cutoff=0.4)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise ToolInputError(
            f"Voice '{voice}' is not one of this language.",
            tool="dub",
            hint=f"{meant}Voices: {', '.join(known)}.",
        )
    return voice
