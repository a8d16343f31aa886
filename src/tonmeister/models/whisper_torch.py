"""Whisper by transformers and torch: for checkpoints in their original format, and for a GPU.

The extra ``torch`` brings the packages. Pieces of at most 30 s, cut at pauses by the voice activity
detector, are read one by one; word times come where the checkpoint names its alignment heads.
Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tonmeister.artifacts import Noted, Segment, Transcript, Word
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.pretrained import pretrained
from tonmeister.models.sentences import sentences
from tonmeister.models.silero import SAMPLE_RATE, SpeechDetector, SpeechRules
from tonmeister.models.speech_pieces import Piece, grouped
from tonmeister.models.spoken_language import NamesLanguage
from tonmeister.models.whisper_weights import LANGUAGES_V3
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.speech import detect_language, transcribe
from tonmeister.toolspec import Card, model

__all__ = ["WHISPER_LARGE_V3_TORCH", "WhisperTorch", "WhisperTorchLanguage"]

_FILES = (
    "model.safetensors",
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "normalizer.json",
    "added_tokens.json",
    "special_tokens_map.json",
)
_HUB = Hub("openai/whisper-large-v3-turbo", "main")
WHISPER_LARGE_V3_TORCH = Checkpoint(
    name="whisper-large-v3-turbo-torch",
    files=dict.fromkeys(_FILES, ""),
    licence="MIT",
    size_mb=1625.0,
    sources=[{file: Part(_HUB, file) for file in _FILES}],
)

LONGEST = 29.0
RULES = SpeechRules(min_silence=0.5, pad=0.25, max_speech=LONGEST)
GROUP = 15.0
"""Seconds from which stretches are a piece: two stretches together stay below 30 s or are cut."""

MAX_TOKENS = 440
STOPPED = (
    "Whisper writes {} tokens at a time at most and was stopped in the speech from {}: more may be "
    "said there than is written."
)


@model(
    transcribe,
    card=Card(
        name="whisper-large-v3-turbo-torch",
        licence="MIT",
        checkpoint=WHISPER_LARGE_V3_TORCH,
        memory_mb=4200,
        speed=2.5,  # not measured: the publisher gives eight times the speed of large-v3, on a GPU
        load_duration=20.0,
        quality=84,
        languages=LANGUAGES_V3,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
    ),
)
class WhisperTorch:
    """Transcribes with Whisper large-v3-turbo in torch, 809 million parameters."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the weights, onto a GPU if there is one.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.

        Raises:
            ToolUnavailable: The files do not fit together.
        """
        import torch
        from transformers import AutoTokenizer, WhisperFeatureExtractor
        from transformers.models.whisper import WhisperForConditionalGeneration

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        folder = Path(weights or "")
        kind = torch.float16 if self._device == "cuda" else torch.float32
        network = pretrained(WhisperForConditionalGeneration, folder, dtype=kind)
        self._network = network.to(self._device)
        self._features: Any = WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._detector = SpeechDetector(threads=1)

    def __call__(
        self, audio: Audio, language: str | None = None, vocabulary: str | None = None
    ) -> Transcript | Noted:
        """Write down what is said.

        Args:
            audio: Mono at 16 kHz, of any length; it is read in places.
            language: Code of the language; None to detect it from the first speech.
            vocabulary: Words and names to expect, separated by commas.

        Raises:
            ToolInputError: The language is not one of the checkpoint's.
        """
        known = self._languages()
        if language is not None and known and language not in known:
            raise ToolInputError(
                f"Language '{language}' is unknown to this model; expected a code.",
                tool="transcribe",
                hint=f"Codes: {', '.join(known)}; or leave it out to detect the language.",
            )
        segments: list[Segment] = []
        stopped: list[str] = []
        for group in grouped(self._detector.regions(audio, RULES), GROUP):
            for piece in self._pieces(audio, group):
                if language is None and known:
                    votes = self.languages(piece.samples)
                    language = max(votes, key=lambda code: votes[code])
                read, ended = self._read(piece, language, vocabulary)
                segments += read
                stopped += [] if ended else [f"{piece.restored(0.0, 0.0)[0]:.1f} s"]
        found = Transcript(language or "en" if segments else None, tuple(segments), audio.duration)
        if not stopped:
            return found
        return Noted(found, (STOPPED.format(self._limit, ", ".join(stopped)),))

    @property
    def _limit(self) -> int:
        return min(MAX_TOKENS, self._network.config.max_target_positions // 2)

    def _pieces(self, audio: Audio, group: Sequence[Any]) -> list[Piece]:
        """Read a group as one piece if it fits a window, else every stretch as one."""
        piece = Piece.read(audio, group)
        if piece.duration <= 30.0:
            return [piece]
        return [Piece.read(audio, [region]) for region in group]

    def _languages(self) -> tuple[str, ...]:
        """Return the codes the checkpoint knows; none for a model of English only."""
        tokens = getattr(self._network.generation_config, "lang_to_id", None) or {}
        return tuple(token[2:-2] for token in tokens)

    def _spectrogram(self, samples: Samples) -> Any:
        features = self._features(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        return features.input_features.to(self._device, self._network.dtype)

    def languages(self, samples: Samples) -> dict[str, float]:
        """Return the probability of each language the checkpoint knows, by its code.

        Args:
            samples: Speech, mono at 16 kHz; 30 s are heard.
        """
        tokens: dict[str, int] = self._network.generation_config.lang_to_id
        start = self._torch.tensor([[self._network.config.decoder_start_token_id]])
        with self._torch.inference_mode():
            made = self._network(
                input_features=self._spectrogram(samples),
                decoder_input_ids=start.to(self._device),
            )
            scores = made.logits[0, -1, list(tokens.values())].float()
            shares = self._torch.softmax(scores, dim=-1).cpu().tolist()
        return {token[2:-2]: share for token, share in zip(tokens, shares, strict=True)}

    def _read(
        self, piece: Piece, language: str | None, vocabulary: str | None
    ) -> tuple[list[Segment], bool]:
        """Return what is said, and whether the network came to an end by itself."""
        options: dict[str, Any] = {"num_beams": 1, "do_sample": False}
        if self._languages():
            options |= {"language": language, "task": "transcribe"}
        if vocabulary:
            prompt = self._tokenizer.get_prompt_ids(vocabulary, return_tensors="pt")
            options["prompt_ids"] = prompt.to(self._device)
        heads = getattr(self._network.generation_config, "alignment_heads", None)
        if heads:
            options["return_token_timestamps"] = True
        with self._torch.inference_mode():
            features = self._spectrogram(piece.samples)
            found = self._network.generate(
                features, max_new_tokens=self._limit, return_dict_in_generate=True, **options
            )
        tokens = [int(token) for token in found["sequences"][0]]
        # Some versions of transformers leave the mark of the end out.
        mark = self._network.generation_config.eos_token_id
        ended = mark in tokens or len(tokens) < self._limit
        if not heads:
            return self._untimed(piece, tokens), ended
        times = [float(time) for time in found["token_timestamps"][0]]
        return self._timed(piece, tokens, times), ended

    def _untimed(self, piece: Piece, tokens: Sequence[int]) -> list[Segment]:
        text = self._tokenizer.decode(list(tokens), skip_special_tokens=True).strip()
        if not any(letter.isalnum() for letter in text):
            return []
        start, _ = piece.restored(0.0, 0.0)
        _, end = piece.restored(piece.duration, piece.duration)
        return [Segment(round(start, 3), round(end, 3), text)]

    def _timed(self, piece: Piece, tokens: Sequence[int], times: Sequence[float]) -> list[Segment]:
        """Join tokens to words: a word begins with a space."""
        special = set(self._tokenizer.all_special_ids)
        last = self._tokenizer.vocab_size
        kept = [
            (token, time)
            for token, time in zip(tokens, times, strict=False)
            if token not in special and token < last
        ]
        groups: list[list[tuple[int, float]]] = []
        for token, time in kept:
            begins = self._tokenizer.decode([token]).startswith(" ")
            if begins or not groups:
                groups.append([])
            groups[-1].append((token, time))
        words: list[Word] = []
        for index, group in enumerate(groups):
            text = self._tokenizer.decode([token for token, _ in group])
            begin = group[0][1]
            end = groups[index + 1][0][1] if index + 1 < len(groups) else group[-1][1] + 0.2
            start, end = piece.restored(begin, max(begin, end))
            start = max(start, words[-1].end if words else 0.0)
            words.append(Word(round(start, 3), round(max(start, end), 3), text))
        text = "".join(word.text for word in words)
        return sentences(words) if any(letter.isalnum() for letter in text) else []


@model(
    detect_language,
    card=Card(
        name="whisper-large-v3-turbo-torch",
        licence="MIT",
        checkpoint=WHISPER_LARGE_V3_TORCH,
        memory_mb=4200,
        speed=0.2,  # not measured: one pass of the encoder for each of six windows at most
        load_duration=20.0,
        quality=70,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
    ),
)
class WhisperTorchLanguage(NamesLanguage):
    """Names the language of speech with Whisper large-v3-turbo, of text with py3langid."""

    def opened(self) -> Callable[[Samples], dict[str, float]]:
        """Open Whisper, which hears 30 s of each stretch."""
        whisper = WhisperTorch()
        whisper.load(self.weights, self.threads)
        return whisper.languages
