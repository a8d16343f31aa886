"""Whisper's decoding: windows of 30 s become words with times, several windows at once.

Whisper reads 30 s at a time and says how far it got; the next window begins there. faster-whisper
offers two ways: one window after the other, or all at once in windows that are cut beforehand.
The second loses what a window did not get to: on 159 s of readings (LibriVox, A Tale of Two Cities;
whisper-base, two threads) its word error rate was 4.0 % with time marks and 10.0 % without, against
1.3 %. So the windows here go on like the first way, but a piece is divided into up to
``STREAMS`` streams of whole stretches, and a window of each is read in the same batch. On 476 s and
634 s of the same readings: word error rate 1.9 and 1.2 %, against 2.6 and 1.6 % one by one, in 12
to 17 % less time (two threads of a busy machine).
Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022),
section 4.5; word times from cross-attention by dynamic time warping.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples

if TYPE_CHECKING:
    from faster_whisper.tokenizer import Tokenizer

__all__ = ["Decoder", "Draft", "Encoded", "Hearing", "SpokenWord", "Stream", "kept_words"]

Encoded = Any
"""What the encoder makes of windows, a ``ctranslate2.StorageView``, which has no types."""

STREAMS = 4
"""Windows in a batch: beyond four, two cores gain nothing more."""

STREAM_DURATION = 50.0
"""Seconds a stream should have at least; shorter ones waste a half-filled window each."""

FRAMES_PER_SECOND = 100
WINDOW_FRAMES = 3000
MARK_FRAMES = 2
"""A time mark counts 20 ms, two frames of the spectrogram."""

LEAST_ADVANCE = 20
"""Frames a window moves on at least, so that reading ends whatever the model says."""

LEAST_FRAMES = 30
"""Frames below which nothing is read: no word is so short, and the alignment needs a few frames."""

BEAM = 5
TEMPERATURES = (0.2, 0.4, 0.6)
"""Tried in turn while the text repeats itself or is improbable; higher ones only invent."""

SAMPLED = 5
NO_SPEECH = 0.6
IMPROBABLE = -1.0
REPETITIVE = 2.4
"""Limits of the no-speech probability, the mean log probability and the compression ratio, from
section 4.5 of the paper."""

OPENING_MARKS = "\"'“¿([{-"
CLOSING_MARKS = "\"'.。,，!！?？:：”)]}、"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word as the model hears it.

    Attributes:
        start: Seconds from the beginning of the samples.
        end: Seconds from the beginning of the samples.
        text: The word with the space before it, if any, and its punctuation.
        probability: 0.0 to 1.0.
    """

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Draft:
    """One reading of a window.

    Attributes:
        tokens: Text tokens and time marks.
        log_probability: Mean over the tokens.
        no_speech: Probability that nobody speaks.
        compression: Length of the text over its length when compressed.
    """

    tokens: tuple[int, ...]
    log_probability: float
    no_speech: float
    compression: float

    @property
    def failed(self) -> bool:
        """Whether it should be read again at another temperature."""
        return self.compression > REPETITIVE or self.log_probability < IMPROBABLE

    @property
    def silent(self) -> bool:
        """Whether the window holds no speech."""
        return self.no_speech > NO_SPEECH and self.log_probability < IMPROBABLE

    @property
    def invented(self) -> bool:
        """Whether two of the three signs of text without speech are met."""
        doubts = (
            self.no_speech > NO_SPEECH,
            self.log_probability < IMPROBABLE,
            self.compression > REPETITIVE,
        )
        return sum(doubts) >= 2


@dataclass(frozen=True, slots=True)
class Hearing:
    """How to listen.

    Attributes:
        language: Code of the language.
        task: "transcribe", or "translate" into English.
        vocabulary: Words to expect, given to the model as what was said before; empty for none.
    """

    language: str
    task: str = "transcribe"
    vocabulary: str = ""


@dataclass(slots=True)
class Stream:
    """Samples that are read window after window.

    Attributes:
        features: Log-mel spectrogram ``(bands, frames)``.
        num_frames: Frames with sound; the rest is padding.
        start: Where the samples begin in their piece, in seconds.
        seek: Frame at which the next window begins.
        words: What was heard so far.
        last: When the last word ended, in seconds within the stream.
    """

    features: NDArray[np.float32]
    num_frames: int
    start: float
    seek: int = 0
    words: list[SpokenWord] = field(default_factory=list[SpokenWord])
    last: float = 0.0

    @property
    def size(self) -> int:
        """Frames of the next window; none when what is left is too short for a word."""
        left = self.num_frames - self.seek
        return min(WINDOW_FRAMES, left) if left >= LEAST_FRAMES else 0

    def window(self) -> NDArray[np.float32]:
        """The next window, padded to 30 s."""
        part = self.features[:, self.seek : self.seek + self.size]
        return np.pad(part, ((0, 0), (0, WINDOW_FRAMES - part.shape[1])))


class Decoder:
    """A loaded Whisper model.

    Args:
        weights: Folder with a CTranslate2 model and its tokenizer.
        threads: CPU threads it may use.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        from faster_whisper import WhisperModel

        self.whisper = WhisperModel(
            str(weights),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )

    @property
    def multilingual(self) -> bool:
        """Whether it knows more than English."""
        return bool(self.whisper.model.is_multilingual)

    @property
    def languages_known(self) -> tuple[str, ...]:
        """Codes of the languages it knows."""
        # Only the larger vocabulary of the third generation has a token for Cantonese.
        tokens = self.whisper.hf_tokenizer
        known = self.whisper.supported_languages
        return tuple(code for code in known if tokens.token_to_id(f"<|{code}|>") is not None)

    def tokenizer(self, hearing: Hearing) -> "Tokenizer":
        """Return the tokenizer for a language and a task."""
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(
            self.whisper.hf_tokenizer,
            self.multilingual,
            task=hearing.task,
            language=hearing.language,
        )

    def opened(self, samples: Samples, cuts: Sequence[float] = ()) -> list[Stream]:
        """Divide samples into streams of about the same length.

        Args:
            samples: Mono at 16 kHz.
            cuts: Seconds at which they may be divided, in order: the pauses.
        """
        rate = self.whisper.feature_extractor.sampling_rate
        duration = len(samples) / rate
        count = max(1, min(STREAMS, int(duration / STREAM_DURATION)))
        places = sorted({_nearest(cuts, duration * i / count) for i in range(1, count)} - {0.0})
        bounds = [0.0, *places, duration]
        streams: list[Stream] = []
        for start, end in pairwise(bounds):
            part = samples[round(start * rate) : round(end * rate)]
            if len(part):
                features = self.whisper.feature_extractor(part)
                streams.append(Stream(features, features.shape[-1] - 1, start))
        return [stream for stream in streams if stream.size] or streams[:1]

    def encoded(self, streams: Sequence[Stream]) -> Encoded:
        """Return the encoded next window of every stream.

        Args:
            streams: From ``opened``, none at its end.
        """
        return self.whisper.encode(np.stack([stream.window() for stream in streams]))

    def languages(self, encoded: Encoded) -> dict[str, float]:
        """Return the mean probability of every language over encoded windows.

        Args:
            encoded: From ``encoded``.
        """
        found = self.whisper.model.detect_language(encoded)
        votes: dict[str, float] = {}
        for window in found:
            for token, share in window:
                votes[token[2:-2]] = votes.get(token[2:-2], 0.0) + float(share) / len(found)
        return votes

    def read(
        self, streams: Sequence[Stream], hearing: Hearing, encoded: Encoded | None = None
    ) -> list[SpokenWord]:
        """Read streams to their ends.

        Args:
            streams: From ``opened``.
            hearing: How to listen.
            encoded: Their first windows, when they were encoded before.

        Returns:
            The words of all streams, in order, with times within the piece.
        """
        import ctranslate2

        # Retries at a higher temperature draw samples; the same input shall give the same text.
        ctranslate2.set_random_seed(0)
        tokenizer = self.tokenizer(hearing)
        prompt = self.whisper.get_prompt(tokenizer, [], hotwords=hearing.vocabulary or None)
        while waiting := [stream for stream in streams if stream.size > 0]:
            encoded = self.encoded(waiting) if encoded is None else encoded
            results = self._generated(encoded, prompt, tokenizer, len(waiting))
            for index, (stream, draft) in enumerate(zip(waiting, results, strict=True)):
                one = encoded if len(waiting) == 1 else _slice(encoded, index)
                if draft.failed and not draft.silent:
                    draft = self._again(one, prompt, tokenizer, draft)
                self._take(stream, draft, one, tokenizer)
            encoded = None
        return [
            replace(word, start=word.start + stream.start, end=word.end + stream.start)
            for stream in streams
            for word in stream.words
        ]

    def _generated(
        self, encoded: Encoded, prompt: list[int], tokenizer: "Tokenizer", count: int
    ) -> list[Draft]:
        results = self.whisper.model.generate(
            encoded,
            [prompt] * count,
            beam_size=BEAM,
            suppress_tokens=_suppressed(tokenizer),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [_draft(result, tokenizer) for result in results]

    def _again(
        self, encoded: Encoded, prompt: list[int], tokenizer: "Tokenizer", first: Draft
    ) -> Draft:
        """Read a window at rising temperatures until it is plausible; else take the likeliest."""
        drafts = [first]
        for temperature in TEMPERATURES:
            result = self.whisper.model.generate(
                encoded,
                [prompt],
                beam_size=1,
                num_hypotheses=SAMPLED,
                sampling_topk=0,
                sampling_temperature=temperature,
                suppress_tokens=_suppressed(tokenizer),
                return_scores=True,
                return_no_speech_prob=True,
            )[0]
            drafts.append(_draft(result, tokenizer))
            if drafts[-1].silent or not drafts[-1].failed:
                return drafts[-1]
        varied = [draft for draft in drafts if draft.compression <= REPETITIVE]
        return max(varied or drafts, key=lambda draft: draft.log_probability)

    def _take(self, stream: Stream, draft: Draft, encoded: Encoded, tokenizer: "Tokenizer") -> None:
        """Add the words of a window to its stream and move on to where the next begins."""
        size = stream.size
        if draft.silent:
            stream.seek += size
            return
        parts, advance, closed = _parts(draft.tokens, tokenizer.timestamp_begin, stream.seek, size)
        batch: Any = [parts]
        self.whisper.add_word_timestamps(
            batch, tokenizer, encoded, size, OPENING_MARKS, CLOSING_MARKS, stream.last
        )
        words = [word for part in parts for word in part["words"]]
        if words:
            stream.last = float(words[-1]["end"])
            if not closed:
                # The window ends inside a sentence: what follows the last word is read next.
                advance = round(stream.last * FRAMES_PER_SECOND) - stream.seek
        stream.words += kept_words(words, draft)
        stream.seek += min(size, max(LEAST_ADVANCE, advance))


def kept_words(words: Sequence[dict[str, Any]], draft: Draft) -> list[SpokenWord]:
    """Return the words of a window unless they are inventions over noise or music.

    Args:
        words: As faster-whisper gives them.
        draft: The reading they come from.
    """
    text = "".join(word["word"] for word in words)
    if draft.invented or not any(letter.isalnum() for letter in text):
        return []
    return [
        SpokenWord(
            float(word["start"]), float(word["end"]), word["word"], float(word["probability"])
        )
        for word in words
    ]


def _nearest(cuts: Sequence[float], place: float) -> float:
    return min(cuts, key=lambda cut: abs(cut - place), default=0.0)


def _slice(encoded: Encoded, index: int) -> Encoded:
    from ctranslate2 import StorageView

    return StorageView.from_array(np.ascontiguousarray(np.asarray(encoded)[index : index + 1]))


def _suppressed(tokenizer: "Tokenizer") -> list[int]:
    from faster_whisper.transcribe import get_suppressed_tokens

    tokens: Any = [-1]  # all that are no speech; the annotation of the library is too narrow
    return list(get_suppressed_tokens(tokenizer, tokens) or ())


def _draft(result: Any, tokenizer: "Tokenizer") -> Draft:
    tokens = tuple(result.sequences_ids[0])
    encoded = tokenizer.decode(list(tokens)).strip().encode()
    return Draft(
        tokens=tokens,
        # The score is a mean without the end token.
        log_probability=result.scores[0] * len(tokens) / (len(tokens) + 1),
        no_speech=float(result.no_speech_prob),
        compression=len(encoded) / len(zlib.compress(encoded)),
    )


def _parts(
    tokens: Sequence[int], first_mark: int, seek: int, size: int
) -> tuple[list[dict[str, Any]], int, bool]:
    """Divide tokens at pairs of time marks.

    Returns:
        Parts as faster-whisper wants them; how many frames were read: the whole window, unless
        it ends inside a part, which is then left to the next window; and whether the last part
        is closed by a mark, so that nothing is said after it.
    """
    marks = [token >= first_mark for token in tokens]
    ends = [i for i in range(1, len(tokens)) if marks[i] and marks[i - 1]]
    closed = len(tokens) >= 2 and marks[-1] and not marks[-2]
    if not ends:
        said = [token for token in tokens if token > first_mark]
        duration = (said[-1] - first_mark) * MARK_FRAMES if said else size
        return [_part(tokens, seek, 0, duration)], size, closed
    if closed:
        ends.append(len(tokens))
    parts: list[dict[str, Any]] = []
    begin = 0
    for end in ends:
        piece = tokens[begin:end]
        times = [(mark - first_mark) * MARK_FRAMES for mark in (piece[0], piece[-1])]
        parts.append(_part(piece, seek, *times))
        begin = end
    if closed:
        return parts, size, True
    return parts, (tokens[begin - 1] - first_mark) * MARK_FRAMES, False


def _part(tokens: Sequence[int], seek: int, start: int, end: int) -> dict[str, Any]:
    return {
        "seek": seek,
        "start": (seek + start) / FRAMES_PER_SECOND,
        "end": (seek + end) / FRAMES_PER_SECOND,
        "tokens": list(tokens),
    }
