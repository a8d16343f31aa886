"""Kokoro: reads text aloud in six languages with 48 voices, sentence after sentence.

Source: hexgrad, "Kokoro-82M" v1.0 (2025), a StyleTTS 2 decoder; a voice is one style vector for
each number of phonemes.
"""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Noted, Text, Transcript
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro_weights import KOKORO, VOICES
from tonmeister.models.onnx import open_graph
from tonmeister.models.phonemes import Phonemizer, sentences_of, written_out
from tonmeister.models.text_language import NAMES, language_of, script_of
from tonmeister.streaming import Audio
from tonmeister.tools.synthesis import synthesize_speech
from tonmeister.toolspec import Card, model

__all__ = ["KOKORO", "Kokoro"]

SAMPLE_RATE = 24_000
MAX_TOKENS = 510
"""Phonemes the network takes at once, and rows of a voice."""

USUAL_TOKENS = 220
"""Sentences are joined up to this many phonemes: enough for a melody, not yet hurried."""

SENTENCE_PAUSE = 0.35
PARAGRAPH_PAUSE = 0.8
CUT_PAUSE = 0.12
"""Seconds of silence after a group, a paragraph, and a piece of a sentence that is too long."""

SILENCE = 0.01
"""Share of the peak below which the ends of a group count as silence (-40 dB)."""

MARGIN = 0.03
CEILING = 0.97


@dataclass(frozen=True, slots=True)
class _Speaker:
    """What the first letter of a voice's name stands for.

    Attributes:
        language: ISO 639-1 code.
        accent: espeak's name of it.
        voice: The default voice.
    """

    language: str
    accent: str
    voice: str


SPEAKERS = {
    "a": _Speaker("en", "en-us", "af_heart"),
    "b": _Speaker("en", "en-gb", "bf_emma"),
    "e": _Speaker("es", "es", "ef_dora"),
    "f": _Speaker("fr", "fr-fr", "ff_siwis"),
    "h": _Speaker("hi", "hi", "hf_alpha"),
    "i": _Speaker("it", "it", "if_sara"),
    "p": _Speaker("pt", "pt-br", "pf_dora"),
}
LANGUAGES = tuple(sorted({speaker.language for speaker in SPEAKERS.values()}))
SCRIPTS = {"latin": None, "devanagari": "hi"}


@model(
    synthesize_speech,
    card=Card(
        name="kokoro-82m",
        licence="Apache-2.0",
        checkpoint=KOKORO,
        memory_mb=640,
        speed=0.75,
        load_duration=2.0,
        quality=60,
        languages=LANGUAGES,
        packages=("phonemizer", "espeakng_loader"),
        extra="espeak",
    ),
)
class Kokoro:
    """Reads text aloud with Kokoro, 82 million parameters, 24 kHz mono."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph, the vocabulary and espeak-ng.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        folder = Path(weights or "")
        self._phonemizer = Phonemizer()
        self._voices = folder / "voices"
        self._vocabulary: dict[str, int] = json.loads(
            (folder / "vocab.json").read_text(encoding="utf-8")
        )["vocab"]
        self._graph = open_graph(folder / "kokoro-v1.0.int8.onnx", threads)

    def __call__(
        self, text: str | Transcript | Text, language: str | None, voice: str | None, speed: float
    ) -> Audio | Noted:
        """Read a text aloud.

        Args:
            text: What to say, of any length.
            language: ISO 639-1 code; None to take it from the voice, or to detect it.
            voice: Name of the voice; None for the default one of the language.
            speed: Speaking rate relative to normal, 0.5 to 2.0.

        Raises:
            ToolInputError: There is nothing to say, or language and voice do not fit it.
        """
        note = ""
        if isinstance(text, Transcript | Text):
            language = language or text.language
            text = text.text
        if not any(letter.isalnum() for letter in text):
            raise _refused("The text has no words.", "Give at least one word.")
        if voice is None and language is None:
            language, note = _detected(text)
        voice = _fitting_voice(voice, language)
        speaker = SPEAKERS[voice[0]]
        style = np.fromfile(self._voices / f"{voice}.bin", "<f4").reshape(MAX_TOKENS, 1, 256)
        groups = self._groups(written_out(text, speaker.language), speaker.accent)
        blocks = (self._spoken(group, pause, style, speed) for group, pause in groups)
        audio = Audio.from_blocks(blocks, SAMPLE_RATE, 1)
        return Noted(audio, (note,)) if note else audio

    def _groups(self, text: str, accent: str) -> Iterator[tuple[list[int], float]]:
        """Yield token ids of one or more sentences, and the pause that follows them."""
        waiting: list[int] = []
        for sentence, paragraph_ends in sentences_of(text):
            tokens = self._tokens(self._phonemizer(sentence, accent))
            if waiting and len(waiting) + len(tokens) >= USUAL_TOKENS:
                yield waiting, SENTENCE_PAUSE
                waiting = []
            *cut, rest = self._cut(tokens)
            for piece in cut:
                yield piece, CUT_PAUSE
            waiting += [*([self._vocabulary[" "]] if waiting else []), *rest]
            if paragraph_ends and waiting:
                yield waiting, PARAGRAPH_PAUSE
                waiting = []
        if waiting:
            yield waiting, SENTENCE_PAUSE

    def _tokens(self, phonemes: str) -> list[int]:
        known = (self._vocabulary.get(phoneme) for phoneme in phonemes)
        return [token for token in known if token is not None]

    def _cut(self, tokens: list[int]) -> list[list[int]]:
        """Cut a sentence that is too long, after a clause if possible, else between words."""
        pieces: list[list[int]] = []
        clauses = {self._vocabulary[mark] for mark in ";:,—…"}
        while len(tokens) > MAX_TOKENS:
            half = range(MAX_TOKENS // 2, MAX_TOKENS)
            places = [index for index in half if tokens[index] in clauses]
            places = places or [index for index in half if tokens[index] == self._vocabulary[" "]]
            last = places[-1] + 1 if places else MAX_TOKENS
            pieces.append(tokens[:last])
            tokens = tokens[last:]
        return [*pieces, tokens]

    def _spoken(self, tokens: list[int], pause: float, style: Samples, speed: float) -> Waveform:
        (samples,) = self._graph.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": style[len(tokens) - 1],
                "speed": np.array([speed], np.float32),
            },
        )
        spoken = _trimmed(np.asarray(samples, np.float32).reshape(-1))
        silence = np.zeros(round(pause / speed * SAMPLE_RATE), np.float32)
        return Waveform(np.concatenate([spoken, silence]), SAMPLE_RATE)


def _trimmed(samples: Samples) -> Samples:
    """Cut the silence at both ends, which differs from call to call, and avoid clipping."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    loud = np.flatnonzero(np.abs(samples) > SILENCE * peak)
    if len(loud) == 0:
        return samples
    margin = round(MARGIN * SAMPLE_RATE)
    kept = samples[max(0, loud[0] - margin) : loud[-1] + margin]
    return kept * np.float32(min(1.0, CEILING / peak))


def _detected(text: str) -> tuple[str, str]:
    """Return the language of a text, and a note that says which it was taken for."""
    script = script_of(text) or "latin"
    spoken = ", ".join(f"{NAMES[code]} ({code})" for code in LANGUAGES)
    if script not in SCRIPTS:
        raise _refused(
            f"The text is in {script.title()} script, which no voice here reads.",
            f"Languages: {spoken}.",
        )
    language = SCRIPTS[script] or language_of(text)
    if language is None:
        return "en", "The language of the text was not clear; it is read as English."
    if language not in LANGUAGES:
        raise _refused(
            f"The text seems to be {NAMES[language]}, which no voice here speaks.",
            f"Languages: {spoken}. If it is one of them, name it.",
        )
    return language, f"The text was taken for {NAMES[language]}."


def _fitting_voice(voice: str | None, language: str | None) -> str:
    """Return the voice to use; either a voice or a language is given."""
    if language is not None and language not in LANGUAGES:
        raise _refused(
            f"Language '{language}' is not spoken here.", f"Languages: {', '.join(LANGUAGES)}."
        )
    spoken = [name for name in VOICES if name[0] in SPEAKERS]
    fitting = [name for name in spoken if language in (None, SPEAKERS[name[0]].language)]
    if voice is None:
        return next(one.voice for one in SPEAKERS.values() if one.language == language)
    if voice not in spoken:
        close = difflib.get_close_matches(voice, fitting, n=1, cutoff=0.4)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise _refused(f"Voice '{voice}' is unknown.", f"{meant}Voices: {', '.join(fitting)}.")
    if voice not in fitting:
        raise _refused(
            f"Voice '{voice}' speaks {NAMES[SPEAKERS[voice[0]].language]}, not '{language}'.",
            f"Voices: {', '.join(fitting)}.",
        )
    return voice


def _refused(message: str, hint: str) -> ToolInputError:
    return ToolInputError(message, tool="synthesize_speech", hint=hint)
