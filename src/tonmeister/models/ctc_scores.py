"""What a wav2vec 2.0 network with letters hears in a recording of any length, frame by frame.

Source: Baevski et al., "wav2vec 2.0: A Framework for Self-Supervised Learning of Speech
Representations" (NeurIPS 2020), fine-tuned with connectionist temporal classification.
"""

import json
import math
import tempfile
import unicodedata
import weakref
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Word
from tonmeister.audio import Samples
from tonmeister.models.ctc_path import ANY
from tonmeister.models.frame_windows import SAMPLE_RATE, framewise
from tonmeister.models.pretrained import pretrained
from tonmeister.streaming import Audio

__all__ = ["LetterScores", "Letters", "SpeechLetters"]

SHARPEST = 1e-5
"""Lowest probability that is kept: one frame alone does not rule a letter out."""


class Letters:
    """The letters a network knows.

    Args:
        folder: Folder with ``vocab.json``: each letter with its index.
        blank: Index of "no letter".
    """

    def __init__(self, folder: Path, blank: int) -> None:
        written: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        self.blank = blank
        self.space = written.get("|")
        self._index = {one: place for one, place in written.items() if len(one) == 1 and one != "|"}
        self._written = {place: one for one, place in self._index.items()}

    def spelled(self, word: str) -> list[int]:
        """Return the indices of a word's letters; of a word without any, one ``ANY``.

        A letter the network does not know is spelled with those it is made of: "ü" with "u".

        Args:
            word: One word, or several with spaces.
        """
        found: list[int] = []
        for letter in word:
            if letter.isspace() and self.space is not None and found:
                found.append(self.space)
            else:
                found += self._known(letter)
        return found or [ANY]

    def _known(self, letter: str) -> list[int]:
        parts = (one for one in unicodedata.normalize("NFKD", letter) if one.isalnum())
        for spelling in (letter, "".join(parts)):
            for form in (spelling, spelling.lower(), spelling.upper()):
                if form and all(one in self._index for one in form):
                    return [self._index[one] for one in form]
        return []

    def text(self, indices: list[int]) -> str:
        """Return letters as text, in lower case; what is no letter is left out.

        Args:
            indices: Indices of the network.
        """
        return "".join(self._written.get(index, "") for index in indices).lower()


class LetterScores:
    """The scores of a recording, kept on disk: hours of them cost no memory.

    Args:
        frame_duration: Seconds from one frame to the next.
        num_letters: Letters of the network.
    """

    def __init__(self, frame_duration: float, num_letters: int) -> None:
        self.frame_duration = frame_duration
        self.num_frames = 0
        self._num_letters = num_letters
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this
        weakref.finalize(self, self._file.close)

    def append(self, scores: Samples) -> None:
        """Add the frames that follow.

        Args:
            scores: Shape ``(frames, letters)``.
        """
        self._file.seek(4 * self._num_letters * self.num_frames)
        self._file.write(np.ascontiguousarray(scores, "<f4").tobytes())
        self.num_frames += len(scores)

    def between(self, start: float, end: float) -> tuple[Samples, float]:
        """Return the frames of a stretch, shape ``(frames, letters)``, and when they begin.

        Args:
            start: Seconds of the recording.
            end: Seconds of the recording.
        """
        first = min(self.num_frames, max(0, math.floor(start / self.frame_duration)))
        last = min(self.num_frames, max(first, math.ceil(end / self.frame_duration)))
        self._file.seek(4 * self._num_letters * first)
        kept = self._file.read(4 * self._num_letters * (last - first))
        scores = np.frombuffer(kept, "<f4").reshape(-1, self._num_letters)
        return np.asarray(scores, np.float32), first * self.frame_duration


class SpeechLetters:
    """Hears letters in speech.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files do not fit together.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        import torch
        from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._features: Any = Wav2Vec2FeatureExtractor.from_pretrained(
            weights, local_files_only=True
        )
        network = pretrained(Wav2Vec2ForCTC, weights)
        self._network = network.to(self._device)
        config: Any = network.config
        self.letters = Letters(weights, int(config.pad_token_id))
        self._hop = math.prod(config.conv_stride)
        self._reach = 1  # samples one frame hears
        for kernel, stride in zip(config.conv_kernel[::-1], config.conv_stride[::-1], strict=True):
            self._reach = (self._reach - 1) * stride + kernel

    def heard(self, audio: Audio) -> tuple[LetterScores, list[Word]]:
        """Listen to a recording once.

        Args:
            audio: Mono at 16 kHz, of any length.

        Returns:
            The scores of all frames, and the words they make when each frame is taken alone.
        """
        scores = LetterScores(self._hop / SAMPLE_RATE, int(self._network.config.vocab_size))
        words = _Words(self.letters, scores.frame_duration)
        for part in framewise(audio, self._hop, self._reach, self._scores):
            first = scores.num_frames
            scores.append(part)
            words.add(first, part.argmax(axis=1).tolist())
        return scores, words.finished()

    def _scores(self, samples: Samples) -> Samples:
        prepared = self._features(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with self._torch.inference_mode():
            made = self._network(prepared["input_values"].to(self._device)).logits[0]
            likely = self._torch.log_softmax(made.float(), dim=-1).cpu().numpy()
        return np.maximum(np.asarray(likely, np.float32), np.float32(math.log(SHARPEST)))


class _Words:
    """Joins the likeliest letter of each frame to words, as the frames come."""

    def __init__(self, letters: Letters, frame_duration: float) -> None:
        self._letters = letters
        self._frame_duration = frame_duration
        self._last = letters.blank
        self._open: list[tuple[int, int]] = []  # frame and letter
        self._end = 0
        self._words: list[Word] = []

    def add(self, first: int, likeliest: list[int]) -> None:
        for frame, letter in enumerate(likeliest, start=first):
            if letter == self._letters.space:
                self._close()
            elif letter != self._letters.blank:
                if letter != self._last:
                    self._open.append((frame, letter))
                self._end = frame + 1
            self._last = letter

    def finished(self) -> list[Word]:
        self._close()
        return self._words

    def _close(self) -> None:
        text = self._letters.text([letter for _, letter in self._open])
        if text:
            start = self._open[0][0] * self._frame_duration
            self._words.append(Word(start, self._end * self._frame_duration, f" {text}"))
        self._open = []
