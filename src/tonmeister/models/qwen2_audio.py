"""Qwen2-Audio: a language model that hears; its opinion stands beside what was measured.

It hears 30 s at a time. Longer recordings are heard in equal pieces, and what it says of each is
told with its times: nothing is summed up over pieces by a model that never heard them together.
The weights were not at hand here; the code was run on small random ones in the published layout.
Source: Chu et al., "Qwen2-Audio Technical Report" (2024), Qwen/Qwen2-Audio-7B-Instruct.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Noted, Region, SpeakerTurns, Text, Transcript
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.errors import ToolInputError
from tonmeister.models.answer_words import clock
from tonmeister.models.answering import SoundAnswerer
from tonmeister.models.captioning import SoundCaptioner
from tonmeister.models.pretrained import pretrained
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.yamnet_network import YAMNET
from tonmeister.packages import Hub, Part
from tonmeister.questions import read_question
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.hearing import answer_about_audio, caption_audio
from tonmeister.tools.measuring import measure
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "QWEN2_AUDIO", "Qwen2AudioAnswerer", "Qwen2AudioCaptioner", "Qwen2Listener"]

FILES = (
    *(f"model-0000{index}-of-00005.safetensors" for index in range(1, 6)),
    *("model.safetensors.index.json", "config.json", "generation_config.json"),
    *("preprocessor_config.json", "tokenizer.json", "tokenizer_config.json"),
    *("vocab.json", "merges.txt"),
)
_HUB = Hub("Qwen/Qwen2-Audio-7B-Instruct", "main")
QWEN2_AUDIO = Checkpoint(
    name="qwen2-audio",
    files=dict.fromkeys(FILES, ""),
    licence="Apache-2.0",
    size_mb=16_800.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)

SAMPLE_RATE = 16_000
WINDOW = 30.0
"""Seconds its ear takes at a time."""

SHORTEST = 1.0
"""Seconds to which a shorter piece is filled up with silence."""

MOST_PIECES = 20
LONGEST = WINDOW * MOST_PIECES
MOST_TOKENS = 160
QUIETEST = 10 ** (-80 / 20)
"""Peak under which a piece is silence: the model would make something up."""

AUDIO_TOKEN = "<|AUDIO|>"  # noqa: S105 - a mark in its vocabulary
PROMPT = (
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n"
    "Audio 1: <|audio_bos|>{audio}<|audio_eos|>\n{words}<|im_end|>\n<|im_start|>assistant\n"
)
CAPTION = "Describe in one or two sentences what is heard in this recording."
ANSWER = "Answer in one or two sentences, only from what is heard. {question}"
IN_PORTUGUESE = " Answer in European Portuguese."

_MEASURED = ("Measured: {}", "Medido: {}")
_OPINION = (
    "What Qwen2-Audio believes, unchecked: {}",
    "O que o Qwen2-Audio julga, sem verificação: {}",
)
_SILENCE = ("silence", "silêncio")
_SILENT = ("nothing: the recording is silent.", "nada: a gravação é silêncio.")
_FACTS = (
    "The recording lasts {seconds} s, with a loudness of {loudness}.",
    "A gravação dura {seconds} s, com uma sonoridade de {loudness}.",
)
_UNKNOWN = ("no value, it is too short or too quiet", "valor nenhum, é curta ou baixa demais")
IN_PIECES = (
    "Qwen2-Audio heard {count} pieces of {seconds:.1f} s, each without the others: what it says "
    "holds for the piece alone."
)


class Qwen2Listener:
    """Hears up to 30 s and answers in words.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files do not fit together.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        import torch
        from transformers import (
            AutoTokenizer,
            Qwen2AudioForConditionalGeneration,
            WhisperFeatureExtractor,
        )

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        folder = str(weights)
        network = pretrained(Qwen2AudioForConditionalGeneration, weights, dtype=torch.bfloat16)
        self._network = network.to(self._device)
        self._features: Any = WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)

    def prepared(self, samples: Samples, words: str) -> dict[str, Any]:
        """Return what the network takes.

        Args:
            samples: Mono at 16 kHz, up to 30 s, shape ``(frames,)``.
            words: What is asked.
        """
        short = max(0, round(SHORTEST * SAMPLE_RATE) - len(samples))
        heard = self._features(
            np.pad(np.asarray(samples, np.float32), (0, short)),
            sampling_rate=SAMPLE_RATE,
            return_attention_mask=True,
            padding="max_length",
            return_tensors="pt",
        )
        mask = heard["attention_mask"]
        frames = int(mask.sum())
        # Two layers of the ear halve the number of frames.
        tokens = (((frames - 1) // 2 + 1) - 2) // 2 + 1
        # A mark of the vocabulary in the question would end it.
        plain = words.replace("<|", "< |")
        text = PROMPT.format(audio=AUDIO_TOKEN * tokens, words=plain)
        written = self._tokenizer([text], return_tensors="pt")
        return {
            "input_ids": written["input_ids"].to(self._device),
            "attention_mask": written["attention_mask"].to(self._device),
            "input_features": heard["input_features"].to(self._device, self._network.dtype),
            "feature_attention_mask": mask.to(self._device),
        }

    def said(self, samples: Samples, words: str) -> str:
        """Return what it answers, always the same to the same; "…" where it was stopped.

        Args:
            samples: Mono at 16 kHz, up to 30 s, shape ``(frames,)``.
            words: What is asked.
        """
        given = self.prepared(samples, words)
        with self._torch.inference_mode():
            made = self._network.generate(
                **given,
                max_new_tokens=MOST_TOKENS,
                do_sample=False,
                **dict.fromkeys(("temperature", "top_p", "top_k")),
            )
        fresh = made[0, given["input_ids"].shape[1] :].tolist()
        said = str(self._tokenizer.decode(fresh, skip_special_tokens=True)).strip()
        ends = np.atleast_1d(self._network.generation_config.eos_token_id).tolist()
        return f"{said} …" if len(fresh) == MOST_TOKENS and fresh[-1] not in ends else said


def _pieces(audio: Audio) -> Iterator[tuple[Region, Samples]]:
    """Yield equal pieces of up to 30 s, with their times."""
    count = max(1, math.ceil(audio.duration / WINDOW - 1e-6))
    step = audio.duration / count
    feed, read = Feed(audio.converted(SAMPLE_RATE, 1)), 0
    for index in range(count):
        place = Region(index * step, (index + 1) * step)
        samples = feed.take(round((index + 1) * step * SAMPLE_RATE) - read)[0]
        read += len(samples)
        yield place, samples


class _Listens:
    """Asks the model about a recording, and tells its opinion beside what was measured."""

    tool_name: str

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files; those that measure may lie beside it.
            threads: CPU threads it may use.
        """
        self.weights = Path(weights or "")
        self.threads = threads
        self.listener = Qwen2Listener(self.weights, threads)

    def told(self, audio: Audio, words: str, measured: str, language: str) -> Noted:
        """Return what was measured, and after it what the model says of each piece.

        Args:
            audio: The recording.
            words: What the model is asked.
            measured: What was measured, in words.
            language: "en" or "pt".
        """
        portuguese = language == "pt"
        asked = words + (IN_PORTUGUESE if portuguese else "")
        heard = [(place, self._of_piece(samples, asked)) for place, samples in _pieces(audio)]
        if not any(said for _, said in heard):
            opinion = _SILENT[portuguese]
        elif len(heard) == 1:
            opinion = heard[0][1]
        else:
            opinion = "\n".join(
                f"{clock(place.start)}–{clock(place.end or 0.0)}: {said or _SILENCE[portuguese]}"
                for place, said in heard
            )
            opinion = f"\n{opinion}"
        parts = (_MEASURED[portuguese].format(measured), _OPINION[portuguese].format(opinion))
        notes: tuple[str, ...] = ()
        if len(heard) > 1:
            seconds = audio.duration / len(heard)
            notes = (IN_PIECES.format(count=len(heard), seconds=seconds),)
        return Noted(Text.plain("\n\n".join(parts), language), notes)

    def _of_piece(self, samples: Samples, asked: str) -> str:
        if not len(samples) or float(np.abs(samples).max()) < QUIETEST:
            return ""
        return self.listener.said(samples, asked) or "…"

    def check_length(self, audio: Audio) -> None:
        """Refuse what is too long.

        Args:
            audio: The recording.

        Raises:
            ToolInputError: It is longer than ten minutes.
        """
        if audio.duration > LONGEST:
            raise ToolInputError(
                f"The recording has {audio.duration:.0f} s; this model listens to up to "
                f"{LONGEST:.0f} s.",
                tool=self.tool_name,
                hint="Cut out the part it is about, or leave the choice of the model to the tool.",
            )

    def beside(self, checkpoint: Checkpoint) -> Path | None:
        """Return the folder of other weights that measure, if they are there.

        Args:
            checkpoint: Which ones.
        """
        return CheckpointCache(self.weights.parent, offline=True).path(checkpoint)


def _facts(audio: Audio, language: str) -> str:
    """Return what can be measured without weights, in a sentence."""
    value = measure(audio)["loudness_lufs"]
    portuguese = language == "pt"
    loudness = f"{value:.1f} LUFS" if isinstance(value, float) else _UNKNOWN[portuguese]
    return _FACTS[portuguese].format(seconds=f"{audio.duration:.1f}", loudness=loudness)


_CARD = Card(
    name="qwen2-audio",
    licence="Apache-2.0",
    checkpoint=QWEN2_AUDIO,
    memory_mb=18_500,
    speed=12.0,  # not measured: estimated from 8.4 billion parameters; a GPU is far quicker
    load_duration=60.0,
    quality=40,
    packages=("torch", "transformers"),
    extra="torch",
    # It may say what is not there; only who asks for an opinion gets one.
    by_name=True,
    note="The opinion of a language model that hears may be wrong; what was measured stands first.",
)


@model(caption_audio, card=_CARD)
class Qwen2AudioCaptioner(_Listens):
    """Describes a recording in the model's own words, after what was measured."""

    tool_name = "caption_audio"

    def __call__(self, audio: Audio, transcript: Transcript | None, language: str) -> Noted:
        """Return what was measured, and what the model believes to hear.

        Args:
            audio: Up to ten minutes, that can be read again.
            transcript: What is said in it, for what is measured.
            language: "en" or "pt".

        Raises:
            ToolInputError: The recording is longer.
        """
        self.check_length(audio)
        folder = self.beside(YAMNET)
        measured = _facts(audio, language)
        if folder is not None:
            captioner = SoundCaptioner()
            captioner.load(folder, self.threads)
            measured = captioner(audio, transcript, language).text
        return self.told(audio, CAPTION, measured, language)


@model(answer_about_audio, card=_CARD)
class Qwen2AudioAnswerer(_Listens):
    """Answers any question in the model's own words, after what was measured."""

    tool_name = "answer_about_audio"

    def __call__(
        self,
        audio: Audio,
        question: str,
        transcript: Transcript | None,
        turns: SpeakerTurns | None,
        language: str,
    ) -> Noted:
        """Return the measured answer, if there is one, and what the model believes.

        Args:
            audio: Up to ten minutes, that can be read again.
            question: Any question.
            transcript: What is said, for the measured answer.
            turns: Who speaks when, for the measured answer.
            language: "en" or "pt".

        Raises:
            ToolInputError: The recording is longer.
        """
        self.check_length(audio)
        measured = self._measured(audio, question, transcript, turns, language)
        words = ANSWER.format(question=question.strip())
        return self.told(audio, words, measured, language)

    def _measured(
        self,
        audio: Audio,
        question: str,
        transcript: Transcript | None,
        turns: SpeakerTurns | None,
        language: str,
    ) -> str:
        asked, folder = read_question(question), self.beside(SOUND_WORDS)
        if asked is None or folder is None:
            return _facts(audio, language)
        answerer = SoundAnswerer()
        answerer.load(folder, self.threads)
        try:
            return answerer(audio, question, transcript, turns, language).text
        except ToolInputError as error:  # it needs a transcript, or knows no such sound
            return f"{error} {_facts(audio, language)}"
