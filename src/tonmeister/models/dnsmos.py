"""Speech in numbers: quality as listeners would rate it (DNSMOS), noise, rate, pauses, pitch.

Speech is found by Silero VAD, the pitch by SwiftF0, both over the whole recording; DNSMOS, much
slower, hears windows of nine seconds spread over it.
Sources: Reddy et al., "DNSMOS P.835: A Non-Intrusive Perceptual Objective Speech Quality Metric to
Evaluate Noise Suppressors" (ICASSP 2022); Nieradzik, "SwiftF0: Fast and Accurate Monophonic Pitch
Detection" (2025).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Measurement, Noted, Region
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.onnx import open_graph
from tonmeister.models.silero import SpeechDetector, SpeechRules
from tonmeister.packages import Part, Wheel
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.loudness import levels_of
from tonmeister.tools.prosody import (
    FRAME_DURATION,
    frame_powers,
    pause_figures,
    snr_of,
    syllable_times,
)
from tonmeister.tools.restoration import measure_speech
from tonmeister.toolspec import Card, model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["DNSMOS", "Dnsmos", "Opinion"]

DNSMOS = Checkpoint(
    name="dnsmos",
    files={
        "sig_bak_ovr.onnx": "269fbebdb513aa23cddfbb593542ecc540284a91849ac50516870e1ac78f6edd",
        "swift_f0.onnx": "6385e8c2ebc3872e82c9ff5946228de44cd3be77a750ea53698b7dbfe94b0a22",
    },
    licence="MIT",
    size_mb=1.3,
    sources=[
        {
            "sig_bak_ovr.onnx": Part(
                Wheel("speechmos", "0.0.1.1"), "speechmos/dnsmos_models/sig_bak_ovr.onnx"
            ),
            "swift_f0.onnx": Part(Wheel("swift-f0", "0.3.0"), "swift_f0/model.onnx"),
        },
    ],
)

SAMPLE_RATE = 16_000
BLOCK_DURATION = 30.0

WINDOW_SAMPLES = 144_160
"""Samples DNSMOS hears at once: 9.01 s. Shorter recordings are repeated, as its authors do."""

WINDOW_DURATION = WINDOW_SAMPLES / SAMPLE_RATE
MAX_WINDOWS = 16
MIN_SPEECH_SHARE = 0.3
"""Windows with less speech say little about it, and are heard only if there is no other."""

OPINION_SCALE = {
    "sig": (-0.08397278, 1.22083953, 0.0052439),
    "bak": (-0.13166888, 1.60915514, -0.39604546),
    "ovrl": (-0.06766283, 1.11546468, 0.04602535),
}
"""Polynomials from the network's output to the scale of listeners, published with the weights."""

PITCH_HOP = 256
LOWEST_HZ, HIGHEST_HZ = 50.0, 600.0
"""Range of speaking voices."""

VOICED = 0.5
"""Confidence from which SwiftF0 calls a frame voiced, by its calibration."""

FAINT_PEAK = 1e-3
"""Below it SwiftF0 sees only the floor of its spectrum and guesses."""

RULES = SpeechRules(min_speech=0.1, min_silence=0.25, pad=0.0)
"""Silence from a quarter of a second counts as a pause (Goldman-Eisler, 1968)."""

Values = dict[str, float | int | str | None]


class Opinion:
    """Rates speech as listeners would (ITU-T P.835), from 1 (bad) to 5 (excellent).

    Args:
        graph: The file ``sig_bak_ovr.onnx``.
        threads: CPU threads it may use.
    """

    def __init__(self, graph: Path, threads: int) -> None:
        self._graph = open_graph(graph, threads)

    def rate(self, samples: Samples) -> dict[str, float]:
        """Return the mean opinion on the voice, the background and the whole.

        Args:
            samples: One channel at 16 kHz of at most 9.01 s, at least one sample.

        Returns:
            Scores named "sig", "bak" and "ovrl".
        """
        window = np.resize(np.clip(samples, -1.0, 1.0), WINDOW_SAMPLES).astype(np.float32)
        (raw,) = self._graph.run(None, {"input_1": window[np.newaxis]})
        return {
            name: float(np.polyval(OPINION_SCALE[name], score))
            for name, score in zip(OPINION_SCALE, np.asarray(raw)[0], strict=True)
        }


class _Listener:
    """Passes 16 kHz sound on and keeps what is needed of it: powers and pitches."""

    def __init__(self, pitch: "InferenceSession", audio: Audio) -> None:
        self._pitch = pitch
        self._feed = Feed(audio)
        self.powers: Samples = np.zeros(0, np.float32)
        self.pitches_hz: Samples = np.zeros(0, np.float32)

    def blocks(self) -> Iterator[Waveform]:
        """Yield the recording; afterwards the attributes tell about all of it."""
        powers: list[Samples] = []
        pitches: list[Samples] = []
        while (samples := self._feed.take(round(BLOCK_DURATION * SAMPLE_RATE))).size:
            powers.append(frame_powers(samples[0], SAMPLE_RATE))
            pitches.append(self._pitches(samples[0]))
            yield Waveform(samples, SAMPLE_RATE)
        self.powers = np.concatenate([self.powers, *powers])
        self.pitches_hz = np.concatenate([self.pitches_hz, *pitches])

    def _pitches(self, samples: Samples) -> Samples:
        """Return the pitch of frames of 16 ms in Hz, 0 where there is none."""
        padded = np.pad(samples, (0, max(0, 2 * PITCH_HOP - len(samples))))
        limits = {"fmin": np.array(LOWEST_HZ, "f4"), "fmax": np.array(HIGHEST_HZ, "f4")}
        pitch, confidence = self._pitch.run(None, {"audio": padded[np.newaxis], **limits})
        found = np.where(np.asarray(confidence)[0] >= VOICED, np.asarray(pitch)[0], 0.0)
        found = found[: -(-len(samples) // PITCH_HOP)].astype(np.float32)
        hops = np.resize(padded, len(found) * PITCH_HOP).reshape(-1, PITCH_HOP)
        found[np.max(np.abs(hops), axis=1, initial=0.0) < FAINT_PEAK] = 0.0
        return found


@model(
    measure_speech,
    card=Card(
        name="dnsmos",
        licence="MIT",
        checkpoint=DNSMOS,
        memory_mb=260,
        speed=0.05,
        load_duration=0.6,
    ),
)
class Dnsmos:
    """Measures speech with DNSMOS P.835, SwiftF0, Silero VAD and BS.1770 loudness."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the three graphs.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads they may use.
        """
        folder = Path(weights or "")
        self._opinion = Opinion(folder / "sig_bak_ovr.onnx", threads)
        self._pitch = open_graph(folder / "swift_f0.onnx", 1)
        self._detector = SpeechDetector(threads)

    def __call__(self, audio: Audio) -> Measurement | Noted:
        """Measure how speech was recorded and spoken.

        Args:
            audio: Speech, any rate and number of channels.
        """
        mono = audio.converted(SAMPLE_RATE, 1)
        listener = _Listener(self._pitch, mono)
        heard = Audio.from_blocks(listener.blocks(), SAMPLE_RATE, 1, mono.num_frames)
        regions = [
            region for region in self._detector.regions(heard, RULES) if _length(region) > 0.0
        ]
        starts = _windows(audio.duration, regions)
        scores = [self._score(audio, start) for start in starts]
        values: Values = {"duration": round(audio.duration, 3)}
        for name in OPINION_SCALE:
            rated = [score[name] for score in scores]
            values[f"dnsmos_{name}_mos"] = round(sum(rated) / len(rated), 2) if rated else None
        values["snr_db"] = _rounded(snr_of(listener.powers, regions), 1)
        values["loudness_lufs"] = _rounded(levels_of(audio).loudness_lufs, 1)
        values |= _delivery(listener, regions)
        return _noted(Measurement(values), audio.duration, len(starts), bool(regions))

    def _score(self, audio: Audio, start: float) -> dict[str, float]:
        piece = audio.part(start, start + WINDOW_DURATION).converted(SAMPLE_RATE, 1)
        samples = np.concatenate([block.samples[0] for block in piece.blocks()])
        return self._opinion.rate(samples)


def _windows(duration: float, regions: Sequence[Region]) -> list[float]:
    """Return where windows with speech start, a second apart or, in long recordings, further."""
    if not regions:
        return []
    starts = np.arange(0.0, max(0.0, duration - WINDOW_DURATION) + 0.001, 1.0)
    if len(starts) == 1:
        return [0.0]
    bounds = np.array([(one.start, one.end or one.start) for one in regions])
    shares = np.array(
        [
            np.sum(
                np.clip(
                    np.minimum(bounds[:, 1], start + WINDOW_DURATION)
                    - np.maximum(bounds[:, 0], start),
                    0.0,
                    None,
                )
            )
            for start in starts
        ]
    )
    wanted = min(MIN_SPEECH_SHARE * WINDOW_DURATION, float(np.max(shares)))
    spoken = starts[shares >= wanted]
    chosen = np.linspace(0, len(spoken) - 1, min(MAX_WINDOWS, len(spoken)))
    return [float(start) for start in spoken[np.round(chosen).astype(int)]]


def _delivery(listener: _Listener, regions: Sequence[Region]) -> Values:
    spoken = sum(_length(region) for region in regions)
    span = (regions[-1].end or 0.0) - regions[0].start if regions else 0.0
    times = np.arange(len(listener.pitches_hz)) * PITCH_HOP / SAMPLE_RATE
    pitched = (listener.pitches_hz > 0.0) & _within(times, regions)
    voices = listener.pitches_hz[pitched]
    frames = (np.arange(len(listener.powers)) + 0.5) * FRAME_DURATION
    nearest = np.minimum(
        np.round(frames * SAMPLE_RATE / PITCH_HOP).astype(int), max(0, len(pitched) - 1)
    )
    voiced = pitched[nearest] if len(pitched) else np.zeros(len(frames), np.bool_)
    nuclei = len(syllable_times(listener.powers, voiced))
    low, median, high = np.percentile(voices, (5, 50, 95)) if len(voices) else (None, None, None)
    figures = pause_figures(regions)
    return {
        "speech_duration": round(spoken, 2),
        "speaking_rate_syllables_per_second": _rounded(nuclei / span if nuclei else None, 2),
        "articulation_rate_syllables_per_second": _rounded(nuclei / spoken if nuclei else None, 2),
        **{name: _rounded(value, 3) for name, value in figures.items()},
        "f0_median_hz": _rounded(median, 1),
        "f0_low_hz": _rounded(low, 1),
        "f0_high_hz": _rounded(high, 1),
    }


def _within(times: NDArray[np.floating[Any]], regions: Sequence[Region]) -> NDArray[np.bool_]:
    edges = np.array([(one.start, one.end or one.start) for one in regions]).ravel()
    return np.searchsorted(edges, times, side="right") % 2 == 1


def _noted(
    measured: Measurement, duration: float, num_windows: int, spoken: bool
) -> Measurement | Noted:
    notes: list[str] = []
    if not spoken:
        notes.append("No speech was found, so nothing could be measured about it.")
    elif duration > MAX_WINDOWS * WINDOW_DURATION:
        notes.append(
            f"DNSMOS was measured on {num_windows} windows of 9 s spread over the recording."
        )
    return Noted(measured, tuple(notes)) if notes else measured


def _length(region: Region) -> float:
    return (region.end or 0.0) - region.start


def _rounded(value: float | None, digits: int) -> float | None:
    if value is None or not np.isfinite(value):
        return None
    return round(value, digits) if isinstance(value, int) else round(float(value), digits)
