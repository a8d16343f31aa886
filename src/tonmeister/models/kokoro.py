"""Kokoro: reads text aloud in eight languages with 54 voices, sentence after sentence.

Source: hexgrad, "Kokoro-82M" v1.0 (2025), a StyleTTS 2 decoder; a voice is one style vector for
each number of phonemes.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Noted, Text, Transcript
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.dialogue import (
    Turn,
    assigned_voices,
    speakers_of,
    turns_of_script,
    turns_of_transcript,
)
from tonmeister.models.kokoro_voices import (
    GENDERS,
    LANGUAGES,
    SCRIPTS,
    VOICES,
    cast,
    expect_script,
    fitting_voice,
    voice_named,
)
from tonmeister.models.kokoro_weights import KOKORO
from tonmeister.models.markup import Pronunciations, paragraphs_of, pieces_of
from tonmeister.models.onnx import open_graph
from tonmeister.models.phonemes import ESPEAK_ACCENTS, Phonemes, sentences_of
from tonmeister.models.text_language import NAMES, language_of, script_of, spoken_duration
from tonmeister.models.writing_out import written_out
from tonmeister.streaming import Audio
from tonmeister.tools.synthesis import synthesize_speech
from tonmeister.toolspec import Card, Voice, model

__all__ = ["KOKORO", "SAMPLE_RATE", "Kokoro"]

SAMPLE_RATE = 24_000
MAX_TOKENS = 510
"""Phonemes the network takes at once, and rows of a voice."""

USUAL_TOKENS = 220
"""Sentences are joined up to this many phonemes: enough for a melody, not yet hurried."""

FIRST_TOKENS = 40
"""Phonemes of the first group, about two seconds, so that sound is there soon; then twice as many
each time until the usual length, so that each group is made while the one before it is heard."""

SENTENCE_PAUSE = 0.35
PARAGRAPH_PAUSE = 0.8
TURN_PAUSE = 0.5
CUT_PAUSE = 0.12
WORD_PAUSE = 0.0
"""Seconds of silence after a group, a paragraph, a speaker's turn, and a piece of a sentence."""

SILENCE = 0.01
"""Share of the peak below which the ends of a group count as silence (-40 dB)."""

MARGIN = 0.03
CEILING = 0.97

Group = tuple[list[int], float]
"""Token ids of what is said in one go, and the seconds of silence after it."""


@model(
    synthesize_speech,
    card=Card(
        name="kokoro-82m",
        licence="Apache-2.0",
        checkpoint=KOKORO,
        memory_mb=690,
        speed=0.75,
        load_duration=2.0,
        quality=60,
        languages=LANGUAGES,
        voices=VOICES,
    ),
)
class Kokoro:
    """Reads text aloud with Kokoro, 82 million parameters, 24 kHz mono."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph and the vocabulary.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        folder = Path(weights or "")
        self._voices = folder / "voices"
        self._vocabulary: dict[str, int] = json.loads(
            (folder / "vocab.json").read_text(encoding="utf-8")
        )["vocab"]
        self._phonemes = Phonemes(folder, tuple(self._vocabulary))
        self._graph = open_graph(folder / "kokoro-v1.0.int8.onnx", threads)

    def __call__(
        self, text: str | Transcript | Text, language: str | None, voice: str | None, speed: float
    ) -> Audio | Noted:
        """Read a text aloud.

        Args:
            text: What to say, of any length; a script or a transcript with speakers gets a voice
                for each of them.
            language: ISO 639-1 code; None to take it from the voice, or to detect it.
            voice: Name of the voice; None for the default one of the language. Of a script,
                "HOST=af_heart, GUEST=am_adam".
            speed: Speaking rate relative to normal, 0.5 to 2.0.

        Raises:
            ToolInputError: There is nothing to say, or language, voice or marks do not fit it.
            ToolUnavailable: The language needs an extra that is not installed.
        """
        notes: list[str] = []
        if isinstance(text, Transcript | Text):
            language = language or text.language
        named = assigned_voices(voice)
        if isinstance(text, Transcript):
            turns = turns_of_transcript(text)
        else:
            plain = text.text if isinstance(text, Text) else text
            turns = turns_of_script(plain, named)
        words = text if isinstance(text, str) else text.text
        _expect_words(words)
        given = {name.upper(): voice_named(one) for name, one in (named or {}).items()}
        if language is None and (voice is None or named or voice in GENDERS):
            language, note = _detected(words, {one.language for one in given.values()})
            notes += [note] if note else []
        speakers = speakers_of(turns or [])
        heard = {name.casefold() for name in speakers}
        if unheard := [name for name in named or () if name.casefold() not in heard]:
            raise _no_script(unheard, speakers)
        if turns is None:
            turns = [Turn(None, words)]
            voices: dict[str | None, Voice] = {None: fitting_voice(voice, language)}
        else:
            voices = self._cast(turns, language, None if named else voice, given)
            notes.append(_told(voices))
        expect_script(words, next(iter(voices.values())).language, "synthesize_speech")
        if any(one.accent in ESPEAK_ACCENTS for one in voices.values()):
            notes.append("The phonemes of this language come from espeak-ng (GPL-3.0).")
        blocks = self._blocks([(turn.text, voices[turn.speaker]) for turn in turns], speed)
        audio = _progressing(blocks, spoken_duration(words) / speed)
        return Noted(audio, tuple(notes)) if notes else audio

    def spoken(
        self, text: str, language: str | None, voice: str | None, speed: float
    ) -> Iterator[Waveform]:
        """Read a text aloud with one voice, block by block; ``duration`` of a block is its length.

        Marks count, speakers do not: "HOST:" is read. The silence after a sentence or paragraph
        belongs to its block.

        Args:
            text: What to say, of any length.
            language: ISO 639-1 code; None to take it from the voice.
            voice: Name of the voice; None for the default one of the language.
            speed: Speaking rate relative to normal, 0.5 to 2.0.

        Raises:
            ToolInputError: Language, voice or marks do not fit; at once, not at the first block.
        """
        _expect_words(text)
        return self._blocks([(text, fitting_voice(voice, language))], speed)

    def _cast(
        self,
        turns: Sequence[Turn],
        language: str | None,
        voice: str | None,
        given: dict[str, Voice],
    ) -> dict[str | None, Voice]:
        """Give each speaker a voice, and text without a speaker the default one."""
        if voice is not None:
            language = fitting_voice(voice, language).language
        language = language or "en"
        for one in given.values():
            fitting_voice(one.name, language)
        speakers = speakers_of(list(turns))
        names = {name: name.upper() for name in speakers}
        if voice is not None and speakers:  # "a script, read by pm_alex": the first speaker is
            given = {names[speakers[0]]: fitting_voice(voice, language), **given}
        chosen = cast(
            speakers, language, {n: given[names[n]] for n in speakers if names[n] in given}
        )
        return {None: fitting_voice(voice, language), **chosen}

    def _blocks(self, texts: Sequence[tuple[str, Voice]], speed: float) -> Iterator[Waveform]:
        """Check voices and marks of all texts, then make sound as it is asked for."""
        for text, voice in texts:
            self._phonemes.prepare(voice.accent)
            marks = self._marks(voice)
            for paragraph in paragraphs_of(text):
                for piece in pieces_of(paragraph):
                    if isinstance(piece, str):
                        marks.taken_out(piece)
        return self._made(texts, speed)

    def _made(self, texts: Sequence[tuple[str, Voice]], speed: float) -> Iterator[Waveform]:
        limit = FIRST_TOKENS
        for number, (text, voice) in enumerate(texts):
            style = np.fromfile(self._voices / f"{voice.name}.bin", "<f4").reshape(
                MAX_TOKENS, 1, 256
            )
            last = TURN_PAUSE if number + 1 < len(texts) else SENTENCE_PAUSE
            for tokens, pause in self._ramped(self._groups(text, voice, last), limit):
                limit = USUAL_TOKENS if number else limit
                yield self._sound(tokens, pause, style, speed)

    def _marks(self, voice: Voice) -> Pronunciations:
        return Pronunciations(lambda ipa, word: self._phonemes.of_ipa(ipa, word, voice.accent))

    def _groups(self, text: str, voice: Voice, last: float) -> Iterator[Group]:
        """Yield groups of a text; one without tokens is a pause that the text asks for.

        Args:
            text: Text with marks.
            voice: Who reads it.
            last: Silence after the end, in seconds.
        """
        marks = self._marks(voice)
        paragraphs = list(paragraphs_of(text))
        for number, paragraph in enumerate(paragraphs, start=1):
            end = PARAGRAPH_PAUSE if number < len(paragraphs) else last
            pieces = list(pieces_of(paragraph))
            for index, piece in enumerate(pieces, start=1):
                if isinstance(piece, str):
                    plain = written_out(marks.taken_out(piece), voice.language)
                    # A pause that is asked for takes the place of the usual one.
                    after = end if index == len(pieces) else 0.0
                    yield from self._grouped(plain, voice, marks, after)
                else:
                    yield [], piece

    def _grouped(
        self, text: str, voice: Voice, marks: Pronunciations, end: float
    ) -> Iterator[Group]:
        """Join sentences up to the usual length; cut those that are too long for the network."""
        waiting: list[int] = []
        for sentence, _ in sentences_of(text):
            tokens = self._tokens(self._phonemes(sentence, voice.accent, marks))
            if waiting and len(waiting) + len(tokens) >= USUAL_TOKENS:
                yield waiting, SENTENCE_PAUSE
                waiting = []
            *cut, rest = self._cut(tokens)
            for piece in cut:
                yield piece, CUT_PAUSE
            waiting += [*([self._vocabulary[" "]] if waiting else []), *rest]
        if waiting:
            yield waiting, end

    def _tokens(self, phonemes: str) -> list[int]:
        known = (self._vocabulary.get(phoneme) for phoneme in phonemes)
        return [token for token in known if token is not None]

    def _cut(self, tokens: list[int]) -> list[list[int]]:
        """Cut a sentence that is too long, after a clause if possible, else between words."""
        pieces: list[list[int]] = []
        while len(tokens) > MAX_TOKENS:
            half = range(MAX_TOKENS // 2, MAX_TOKENS)
            places = self._places(tokens, half, ";:,—…") or self._places(tokens, half, " ")
            last = places[-1] + 1 if places else MAX_TOKENS
            pieces.append(tokens[:last])
            tokens = tokens[last:]
        return [*pieces, tokens]

    def _ramped(self, groups: Iterable[Group], limit: int) -> Iterator[Group]:
        """Cut the first groups shorter, each twice as long as the one before."""
        for tokens, pause in groups:
            while limit < USUAL_TOKENS and len(tokens) > limit:
                place, silence = self._early(tokens, limit)
                if not place:
                    break
                yield tokens[:place], silence
                tokens = self._unspaced(tokens[place:])
                limit *= 2
            yield tokens, pause
            limit *= 2 if tokens else 1

    def _early(self, tokens: list[int], limit: int) -> tuple[int, float]:
        """Return where to cut a group near a length, and the silence there; 0 for nowhere."""
        for marks, pause, least in ((".!?…", SENTENCE_PAUSE, 4), (";:,—", CUT_PAUSE, limit // 3)):
            if places := self._places(tokens, range(least, min(limit, len(tokens) - 4)), marks):
                return places[-1] + 1, pause
        if limit > FIRST_TOKENS or len(tokens) < 2 * limit:
            return 0, 0.0
        places = self._places(tokens, range(limit // 2, 3 * limit // 4), " ")
        return (places[-1], WORD_PAUSE) if places else (0, 0.0)

    def _places(self, tokens: list[int], within: Iterable[int], marks: str) -> list[int]:
        wanted = {self._vocabulary[mark] for mark in marks}
        return [index for index in within if tokens[index] in wanted]

    def _unspaced(self, tokens: list[int]) -> list[int]:
        return tokens[1:] if tokens[:1] == [self._vocabulary[" "]] else tokens

    def _sound(self, tokens: list[int], pause: float, style: Samples, speed: float) -> Waveform:
        if not tokens:
            return Waveform(np.zeros((1, round(pause * SAMPLE_RATE)), np.float32), SAMPLE_RATE)
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


def _progressing(blocks: Iterator[Waveform], expected: float) -> Audio:
    """Return the recording of blocks; it tells how far it is, and so that it is not stuck."""
    made = 0.0

    def counted() -> Iterator[Waveform]:
        nonlocal made
        for block in blocks:
            made += block.duration
            yield block

    return Audio.from_blocks(
        counted(), SAMPLE_RATE, 1, share_made=lambda: min(1.0, made / max(expected, 1.0))
    )


def _trimmed(samples: Samples) -> Samples:
    """Cut the silence at both ends, which differs from call to call, and avoid clipping."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    loud = np.flatnonzero(np.abs(samples) > SILENCE * peak)
    if len(loud) == 0:
        return samples
    margin = round(MARGIN * SAMPLE_RATE)
    kept = samples[max(0, loud[0] - margin) : loud[-1] + margin]
    return kept * np.float32(min(1.0, CEILING / peak))


def _expect_words(text: str) -> None:
    pieces = (piece for paragraph in paragraphs_of(text) for piece in pieces_of(paragraph))
    if not any(isinstance(one, str) and any(map(str.isalnum, one)) for one in pieces):
        raise _refused("The text has no words.", "Give at least one word.")


def _detected(text: str, spoken: set[str]) -> tuple[str, str]:
    """Return the language of a text, and a note that says which it was taken for.

    Args:
        text: What to read.
        spoken: Languages of the voices that were asked for.
    """
    if len(spoken) == 1:
        return spoken.pop(), ""
    script = script_of(text) or "latin"
    listed = ", ".join(f"{NAMES[code]} ({code})" for code in LANGUAGES)
    if script not in SCRIPTS:
        raise _refused(
            f"The text is in {script.title()} script, which no voice here reads.",
            f"Languages: {listed}.",
        )
    language = SCRIPTS[script] or language_of(text)
    if language is None:
        return "en", "The language of the text was not clear; it is read as English."
    if language not in LANGUAGES:
        raise _refused(
            f"The text seems to be {NAMES[language]}, which no voice here speaks.",
            f"Languages: {listed}. If it is one of them, name it.",
        )
    return language, f"The text was taken for {NAMES[language]}."


def _told(voices: dict[str | None, Voice]) -> str:
    """Say who is read by whom."""
    told = [f"{name} by {one.name} ({one.gender})" for name, one in voices.items() if name]
    return f"The speakers have voices of their own: {', '.join(told)}."


def _no_script(unheard: list[str], speakers: list[str]) -> ToolInputError:
    hint = 'Write "HOST: …" at the beginning of a line for what the host says.'
    if speakers:
        hint = f"Who speaks in the text: {', '.join(speakers)}."
    return _refused(
        f"Voices are given for {', '.join(unheard)}, but no line of the text begins so.", hint
    )


def _refused(message: str, hint: str) -> ToolInputError:
    return ToolInputError(message, tool="synthesize_speech", hint=hint)
