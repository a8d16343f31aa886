"""Naming the language of a recording or a text, with any model that hears languages.

Up to six windows of 28 s of speech from all over the recording vote with their probabilities. A
text is judged by its letters and words.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Measurement, Noted, Region, Text, Transcript
from tonmeister.audio import Samples
from tonmeister.models.silero import SpeechDetector, SpeechRules
from tonmeister.models.speech_pieces import Piece, grouped
from tonmeister.models.written_language import UNCLEAR, WrittenLanguage
from tonmeister.streaming import Audio

__all__ = ["MAX_WINDOWS", "WINDOW", "NamesLanguage", "spread"]

WINDOW = 28.0
MAX_WINDOWS = 6
SHORTEST = 0.5
"""Seconds of speech below which a recording tells nothing."""

RULES = SpeechRules(min_silence=0.5, pad=0.2, max_speech=WINDOW)
ALSO = 0.5
"""Probability with which a window must name another language before that is told."""


class NamesLanguage:
    """Serves ``detect_language``; ``opened`` gives what hears one stretch of speech."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Remember the weights; they are opened when there is something to hear.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self.weights, self.threads = Path(weights or ""), threads
        self._detector = SpeechDetector(threads=1)
        self._written = WrittenLanguage()
        self._ear: Callable[[Samples], dict[str, float]] | None = None

    def opened(self) -> Callable[[Samples], dict[str, float]]:
        """Open the weights, and return what gives the probability of each language by its code."""
        raise NotImplementedError

    def votes(self, samples: Samples) -> dict[str, float]:
        """Return the probability of each language by its code.

        Args:
            samples: Speech, mono at 16 kHz, about half a minute at most.
        """
        if self._ear is None:
            self._ear = self.opened()
        return self._ear(samples)

    def __call__(self, text: str | Audio | Transcript | Text) -> Measurement | Noted:
        """Name the language.

        Args:
            text: A recording, mono at 16 kHz; a transcript; a text; or words.
        """
        if isinstance(text, Audio):
            return self._spoken(text)
        words = text if isinstance(text, str) else text.text
        return _measured(self._written(words), "The text")

    def _spoken(self, audio: Audio) -> Measurement | Noted:
        found = list(self._detector.regions(audio, RULES))
        groups = spread(list(grouped(found, WINDOW * 0.6)))
        if sum((region.end or 0.0) - region.start for one in groups for region in one) < SHORTEST:
            return _measured([], "The recording")
        votes = [self.votes(Piece.read(audio, group).samples) for group in groups]
        codes = sorted({code for vote in votes for code in vote})
        mean = {code: float(np.mean([vote.get(code, 0.0) for vote in votes])) for code in codes}
        ranked = sorted(mean.items(), key=lambda one: -one[1])
        measured = _measured(ranked, "The recording", len(votes))
        return _with_others(measured, ranked[0][0], votes)


def spread(groups: Sequence[list[Region]]) -> list[list[Region]]:
    """Choose groups from all over, the first and the last among them.

    Args:
        groups: Stretches of speech, in order of time.
    """
    if len(groups) <= MAX_WINDOWS:
        return list(groups)
    places = np.linspace(0, len(groups) - 1, MAX_WINDOWS).round().astype(int)
    return [groups[place] for place in places]


def _measured(
    ranked: Sequence[tuple[str, float]], subject: str, windows: int | None = None
) -> Measurement | Noted:
    """Tell the likeliest language, or that it is unclear."""
    best, second = [*ranked, ("", 0.0), ("", 0.0)][:2]
    clear = best[1] >= UNCLEAR
    values: dict[str, float | int | str | None] = {
        "language": best[0] if clear else None,
        "probability": round(best[1], 3),
        "runner_up": second[0] or None,
        "runner_up_probability": round(second[1], 3),
    }
    if windows is not None:
        values["num_windows"] = windows
    if clear:
        return Measurement(values)
    if not ranked:
        return Noted(Measurement(values), (f"{subject} has no words to judge a language by.",))
    told = f"{subject} does not tell its language clearly: perhaps '{best[0]}' ({best[1]:.0%})"
    return Noted(Measurement(values), (f"{told} or '{second[0]}' ({second[1]:.0%}).",))


def _with_others(
    measured: Measurement | Noted, main: str, votes: Sequence[dict[str, float]]
) -> Measurement | Noted:
    """Add what other languages single windows clearly heard."""
    heard = (max(vote.items(), key=lambda one: one[1]) for vote in votes)
    others = Counter(code for code, share in heard if code != main and share >= ALSO)
    if not others:
        return measured
    told = ", ".join(f"'{code}' in {count} of {len(votes)}" for code, count in others.items())
    note = f"Some stretches sound like another language: {told}."
    if isinstance(measured, Noted):
        return Noted(measured.value, (*measured.notes, note))
    return Noted(measured, (note,))
