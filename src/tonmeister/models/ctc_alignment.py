"""Known text matched with its recording by a network that hears letters: to 20 ms, with torch.

What the letters of the text have in common with those that are heard divides text and recording;
in each part the most likely path of the letters through the frames says when each word begins and
ends. Numbers and abbreviations are written out first, so that their letters can be found.
Source: Kürzinger et al., "CTC-Segmentation of Large Corpora for German End-to-end Speech
Recognition" (SPECOM 2020), for the idea; Baevski et al. (2020) and Gris et al., "Brazilian
Portuguese Speech Recognition Using Wav2vec 2.0" (2021), for the networks.

The weights are not at hand here: layout and tensor names are those of ``transformers``, which the
repositories were written with, and the code was run on random weights only.
"""

from collections.abc import Sequence
from pathlib import Path

from tonmeister.artifacts import Noted, Text, Transcript, Word
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.ctc_path import Span, fewest_frames, letter_spans
from tonmeister.models.ctc_scores import LetterScores, SpeechLetters
from tonmeister.models.frame_windows import SAMPLE_RATE
from tonmeister.models.text_matching import Window, aligned, refused, units
from tonmeister.models.translation_pairs import code_of, name_of
from tonmeister.models.writing_out import written_out
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.speech import align
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "CtcAlignment", "CtcEnglish", "CtcPortuguese"]

FILES = ("config.json", "model.safetensors", "preprocessor_config.json", "vocab.json")


def _card(hub: Hub, language: str, size_mb: float, memory_mb: int, speed: float) -> Card:
    name = hub.repo.partition("/")[2]
    weights = Checkpoint(
        name=name,
        files=dict.fromkeys(FILES, ""),
        licence="Apache-2.0",
        size_mb=size_mb,
        sources=[{file: Part(hub, file) for file in FILES}],
    )
    return Card(
        name=name,
        licence="Apache-2.0",
        checkpoint=weights,
        memory_mb=memory_mb,
        speed=speed,  # from the parameter counts, not measured
        load_duration=5.0,
        quality=60,  # Bain et al., WhisperX (2023): words nearer than those of Whisper's attention
        languages=(language,),
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
    )


class CtcAlignment:
    """Matches text and speech of one language."""

    language: str

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network and the letters it knows.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._speech = SpeechLetters(Path(weights or ""), threads)

    def __call__(
        self, audio: Audio, text: str | Transcript | Text, language: str | None = None
    ) -> Transcript | Noted:
        """Match a text with its recording.

        Args:
            audio: Mono at 16 kHz, of any length.
            text: The words that are said.
            language: That of the network, or None.

        Raises:
            ToolInputError: There are no words, they are in another language, or the speech is
                another text.
        """
        if not isinstance(text, str):
            language, text = language or text.language, text.text
        if language is not None and code_of(language) != self.language:
            raise refused(
                f"This model hears {name_of(self.language)}, not {name_of(language)}.",
                "Leave the model out, and one that fits is chosen.",
            )
        words = units(text, self.language)
        if not words:
            raise refused("The text has no words.", "Give the words that are said.")
        scores, rough = self._speech.heard(audio)
        spoken = [written_out(word, self.language) for word in words]
        spelled = [self._speech.letters.spelled(word) for word in spoken]

        def timed(window: Window) -> list[Word]:
            part = slice(window.first, window.last)
            return self._timed(scores, window, words[part], spelled[part])

        return aligned(
            words, rough, timed, language=self.language, duration=audio.duration, spoken=spoken
        )

    def _timed(
        self,
        scores: LetterScores,
        window: Window,
        words: Sequence[str],
        spelled: Sequence[Sequence[int]],
    ) -> list[Word]:
        """Return the words of a window with their times in the recording."""
        heard, start = scores.between(window.start, window.end)
        found: list[Word] = []
        for word, spans in zip(words, self._spans(heard, window, words, spelled), strict=True):
            begin = start + spans[0].first * scores.frame_duration
            end = start + spans[-1].last * scores.frame_duration
            likely = sum(one.probability for one in spans) / len(spans)
            found.append(Word(round(begin, 3), round(end, 3), f" {word}", round(likely, 3)))
        return found

    def _spans(
        self,
        heard: Samples,
        window: Window,
        words: Sequence[str],
        spelled: Sequence[Sequence[int]],
    ) -> list[list[Span]]:
        """Return the spans of the letters of each word."""
        letters, space = self._speech.letters, self._speech.letters.space
        path: list[int] = []
        places: list[tuple[int, int]] = []
        for indices in spelled:
            if path and space is not None:
                path.append(space)
            places.append((len(path), len(path) + len(indices)))
            path += indices
        try:
            spans = letter_spans(heard, path, letters.blank)
        except ValueError as error:
            more = "more" if fewest_frames(path) > len(heard) else "other"
            raise refused(
                f"Much {more} text than can be matched between {window.start:.0f} and "
                f"{window.end:.0f} s: “{' '.join(words)[:60]}…”.",
                "Give the words that are said in this recording, in their order.",
            ) from error
        return [spans[first:last] for first, last in places]


@model(
    align,
    card=_card(
        Hub("facebook/wav2vec2-base-960h", "main"),
        language="en",
        size_mb=377.6,
        memory_mb=1200,
        speed=0.1,
    ),
)
class CtcEnglish(CtcAlignment):
    """Matches English with wav2vec 2.0 base, 94 million parameters, 960 h of audiobooks."""

    language = "en"


@model(
    align,
    card=_card(
        # Its main branch has a pickle only; on this one the hub's converter added a safe file.
        Hub("lgris/wav2vec2-large-xlsr-open-brazilian-portuguese-v2", "refs/pr/1"),
        language="pt",
        size_mb=1262.0,
        memory_mb=2600,
        speed=0.3,
    ),
)
class CtcPortuguese(CtcAlignment):
    """Matches Portuguese with XLSR-53, 315 million parameters, on five Brazilian corpora."""

    language = "pt"
