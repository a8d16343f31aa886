"""Silero VAD: where somebody speaks. It serves ``detect_speech`` and the Whisper adapter.

The graph is the one that faster-whisper brings along, so nothing is downloaded for it. It takes
a run of windows at once and hands back its state, which makes it both quick and streamable.
Source: Silero Team, "Silero VAD: pre-trained enterprise-grade voice activity detector" (2021–2025).
"""

import importlib.util
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Region, SpeechRegions
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolUnavailable
from tonmeister.models.onnx import open_graph
from tonmeister.streaming import Audio
from tonmeister.tools.speech import detect_speech
from tonmeister.toolspec import Card, model

__all__ = ["SileroVad", "SpeechDetector", "SpeechRules", "speech_spans"]

SAMPLE_RATE = 16_000
WINDOW = 512
"""Samples the graph judges at a time: 32 ms."""

CONTEXT = 64
"""Samples before a window that the graph also sees."""

HYSTERESIS = 0.15
"""Speech goes on until the probability falls this far below the threshold."""

BLOCK_DURATION = 30.0


@dataclass(frozen=True, slots=True)
class SpeechRules:
    """How probabilities become regions.

    Attributes:
        threshold: Probability from which a window counts as speech, 0.0 to 1.0.
        min_speech: Shorter stretches are dropped, in seconds.
        min_silence: Shorter pauses do not end a region, in seconds.
        pad: What is added before and after a region, in seconds; at most half of ``min_silence``.
        max_speech: Longer regions are cut where speech is least likely, in seconds.
    """

    threshold: float = 0.5
    min_speech: float = 0.25
    min_silence: float = 0.3
    pad: float = 0.1
    max_speech: float = float("inf")


class SpeechDetector:
    """Finds speech in a stream of any length.

    Args:
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: faster-whisper is installed without its voice activity graph.
    """

    def __init__(self, threads: int) -> None:
        self._graph = open_graph(_bundled_graph(), threads)

    def regions(self, audio: Audio, rules: SpeechRules) -> Iterator[Region]:
        """Yield the stretches with speech, each as soon as its end is heard.

        Args:
            audio: Mono at 16 kHz.
            rules: What counts as speech.
        """
        duration = audio.duration
        windows = self.probabilities(audio.blocks(BLOCK_DURATION))
        for start, end in speech_spans(itertools.chain.from_iterable(windows), rules):
            yield Region(max(0.0, start), min(end, duration))

    def probabilities(self, blocks: Iterable[Waveform]) -> Iterator[Samples]:
        """Yield the probability of speech for consecutive windows of 32 ms.

        Args:
            blocks: Mono at 16 kHz, consecutive, of any length; the last window is padded with
                silence.
        """
        cell = hidden = np.zeros((1, 1, 128), np.float32)
        rest = np.zeros(CONTEXT, np.float32)
        for samples in _with_tail(blocks):
            rest = np.concatenate([rest, samples])
            count = (len(rest) - CONTEXT) // WINDOW
            if count == 0:
                continue
            views = np.lib.stride_tricks.sliding_window_view(rest, CONTEXT + WINDOW)
            windows = np.ascontiguousarray(views[: count * WINDOW : WINDOW])
            found, hidden, cell = self._graph.run(None, {"input": windows, "h": hidden, "c": cell})
            rest = rest[count * WINDOW :]
            yield np.asarray(found, np.float32)


def _with_tail(blocks: Iterable[Waveform]) -> Iterator[Samples]:
    frames = 0
    for block in blocks:
        frames += block.num_frames
        yield block.samples[0]
    if missing := -frames % WINDOW:
        yield np.zeros(missing, np.float32)


def speech_spans(
    probabilities: Iterable[float], rules: SpeechRules, window: float = WINDOW / SAMPLE_RATE
) -> Iterator[tuple[float, float]]:
    """Turn probabilities of windows into padded spans of speech in seconds.

    Args:
        probabilities: Of consecutive windows.
        rules: What counts as speech.
        window: Seconds of a window.
    """
    min_silence, max_speech = rules.min_silence / window, rules.max_speech / window
    inside: list[float] = []  # probabilities since the start of the open span
    start = 0.0
    silent = 0
    now = 0.0
    for index, probability in enumerate(probabilities):
        if not inside:
            if probability >= rules.threshold:
                start, silent, inside = index * window - rules.pad, 0, [probability]
            continue
        inside.append(probability)
        if probability >= rules.threshold:
            silent = 0
        elif silent or probability < rules.threshold - HYSTERESIS:
            silent += 1
        now = (index + 1) * window
        if silent >= min_silence:
            if (len(inside) - silent) * window >= rules.min_speech:
                yield start, now - silent * window + rules.pad
            inside = []
        elif len(inside) >= max_speech:
            cut = _quietest(inside)
            # No pads at a cut: speech goes on, and nothing may be heard twice.
            yield start, now - (len(inside) - cut) * window
            start, inside = now - (len(inside) - cut) * window, inside[cut:]
            silent = min(silent, len(inside))
    if inside and (len(inside) - silent) * window >= rules.min_speech:
        yield start, now - silent * window + rules.pad


def _quietest(probabilities: list[float]) -> int:
    """Return where, in the second half, speech is least likely over a quarter of a second."""
    half = len(probabilities) // 2
    smooth = np.convolve(probabilities[half:], np.ones(9), mode="valid")
    return half + int(np.argmin(smooth)) + 4


def _bundled_graph() -> Path:
    # Looking the package up does not import it: ctranslate2 is not needed to find speech.
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder, "assets").glob("silero_vad*.onnx")):
            return path
    raise ToolUnavailable(
        "The voice activity graph of faster-whisper 1.2 was not found.",
        tool="detect_speech",
        hint="Run: pip install --force-reinstall 'faster-whisper>=1.2,<2'",
    )


@model(
    detect_speech,
    card=Card(
        name="silero-vad",
        licence="MIT",
        checkpoint=None,
        memory_mb=110,
        speed=0.003,
        load_duration=0.3,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
    ),
)
class SileroVad:
    """Finds speech with Silero VAD."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph.

        Args:
            weights: Not used; the graph comes with faster-whisper.
            threads: CPU threads it may use.
        """
        self._detector = SpeechDetector(threads)

    def __call__(self, audio: Audio, threshold: float) -> SpeechRegions:
        """Find when somebody speaks.

        Args:
            audio: Mono at 16 kHz.
            threshold: Probability from which sound counts as speech, 0.05 to 0.95.
        """
        rules = SpeechRules(threshold=threshold)
        return SpeechRegions(tuple(self._detector.regions(audio, rules)), audio.duration)
