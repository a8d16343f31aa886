"""WORLD: gives speech the pitch and the timbre of another voice, without any learned model.

The vocoder takes voiced sound apart into pitch, spectral envelope and noise share. Pitch and
envelope are moved to where those of the reference lie on average, and the sound is put together
again; sound without pitch stays as it was recorded. Source: Morise et al., "WORLD: A Vocoder-Based
High-Quality Speech Synthesis System for Real-Time Applications" (IEICE Trans. 2016); mean and
spread are moved as in Stylianou et al., "Continuous Probabilistic Transform for Voice Conversion"
(1998), with one class.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.models.reference_voice import reference_speech
from tonmeister.models.silero import SpeechDetector
from tonmeister.streaming import Audio, Feed, fit_blocks
from tonmeister.tools.voice import convert_voice, require_consent
from tonmeister.toolspec import Card, model

__all__ = ["World", "pitch_of"]

Reals = NDArray[np.float64]

PITCH_RATE = 16_000
"""Hz; pitch is sought in a copy of this rate, which is as good and quicker."""

LOWEST_HZ, HIGHEST_HZ = 65.0, 600.0
FRAME = 0.005
"""Seconds between analyses."""

LOWEST_RATE, HIGHEST_RATE = 16_000, 48_000
"""Hz; other rates are brought here, since the vocoder is made for them."""

BLOCK_DURATION, OVERLAP = 10.0, 2.0
"""Seconds made at a time, and what two blocks have in common; the seam lies in a pause there."""

UNSURE = 0.2
"""Seconds at both ends of a block where pitch lacks one half of what it is found by."""

SURVEYS, SURVEY_DURATION = 8, 8.0
"""Pieces of the recording, evenly spread, whose averages stand for its voice."""

COEFFICIENTS = 30
"""Cepstral coefficients that describe a voice; finer detail of the envelope stays the speaker's."""

SHAPE = slice(3, COEFFICIENTS)
FACTORS = np.arange(0.86, 1.17, 0.02)
"""Ratios of vocal tract lengths that people differ by."""

LARGEST_SPREAD = 1.35
"""By how much the spread of pitch and envelope may grow or shrink."""

LARGEST_STEP = 4.0
"""Limit of the change of the envelope, in natural log of power: 17 dB."""

LOUD = 0.2
"""Share of the quietest voiced frames that say little about a voice."""

CEILING = 0.97
FADE_FRAMES = 7
TINY = 1e-16
UNCHANGED = "No voiced speech was found in the recording; it is unchanged."


@dataclass(frozen=True, slots=True, eq=False)
class _Voice:
    """Averages of a voice.

    Attributes:
        pitch: Mean of the natural log of the pitch in Hz.
        pitch_spread: Standard deviation of it.
        envelope: Mean of the natural log of the power envelope, shape ``(bins,)``.
        spread: Standard deviation of each of its first ``COEFFICIENTS`` cepstral coefficients.
    """

    pitch: float
    pitch_spread: float
    envelope: Reals
    spread: Reals


@dataclass(frozen=True, slots=True, eq=False)
class _Frames:
    """An analysed piece of sound.

    Attributes:
        pitch: Hz, 0.0 without pitch, shape ``(frames,)``.
        times: Seconds, shape ``(frames,)``.
        logs: Natural log of the power envelope, shape ``(frames, bins)``.
    """

    pitch: Reals
    times: Reals
    logs: Reals

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Frames with pitch."""
        return self.pitch > 0.0


@model(
    convert_voice,
    card=Card(
        name="world",
        licence="MIT",
        checkpoint=None,
        memory_mb=400,
        speed=0.6,
        load_duration=0.4,
        quality=20,
        note="Low fidelity: only average pitch and timbre are matched, so it resembles the "
        "reference without being mistaken for it.",
    ),
)
class World:
    """Moves pitch and spectral envelope of speech to those of a reference."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the speech detector.

        Args:
            weights: Not used; there are none.
            threads: Not used; the vocoder has one.
        """
        self._detector = SpeechDetector(1)

    def __call__(self, audio: Audio, reference_audio: Audio, consent: str) -> Audio | Noted:
        """Convert a recording to the voice of a reference; rate, channels and length stay.

        Args:
            audio: Speech of one person.
            reference_audio: The voice to take on.
            consent: The words in which the owner of the voice agrees.

        Raises:
            ToolUnavailable: There is no consent.
            ToolInputError: The reference holds too little speech.
        """
        require_consent(consent, "convert_voice")
        rate = min(max(audio.sample_rate, LOWEST_RATE), HIGHEST_RATE)
        speech = reference_speech(reference_audio, self._detector, rate, "convert_voice")
        target = _voice_of([speech])
        source = _voice_of(_surveyed(audio, rate))
        if source is None or target is None:
            return Noted(audio, (UNCHANGED,))
        working = audio.converted(rate, None)
        blocks = _joined(working, _Change(source, target))
        made = Audio.from_blocks(blocks, rate, audio.num_channels, working.num_frames)
        shape = (audio.sample_rate, audio.num_channels, audio.num_frames or 0)
        fitted = fit_blocks(made.converted(audio.sample_rate, None).blocks(), *shape)
        return Audio.from_blocks(fitted, *shape)


def pitch_of(waveform: Waveform) -> tuple[Reals, Reals]:
    """Find the pitch of speech.

    Args:
        waveform: Speech; several channels are averaged.

    Returns:
        Pitch in Hz, 0.0 where there is none, and the times in seconds.
    """
    import pyworld

    samples = waveform.to_mono().resampled(PITCH_RATE).samples[0].astype(np.float64)
    limits = {"f0_floor": LOWEST_HZ, "f0_ceil": HIGHEST_HZ, "frame_period": 1000 * FRAME}
    pitch, times = pyworld.harvest(samples, PITCH_RATE, **limits)
    return pitch, times


def _analysed(waveform: Waveform, channel: int, pitch: Reals, times: Reals) -> _Frames:
    import pyworld

    samples = waveform.samples[channel].astype(np.float64)
    envelope = pyworld.cheaptrick(samples, pitch, times, waveform.sample_rate)
    return _Frames(pitch, times, np.log(np.maximum(envelope, TINY)))


def _surveyed(audio: Audio, rate: int) -> Iterator[Waveform]:
    """Yield pieces spread over a recording; all of it when it is short."""
    length = audio.duration
    count = min(SURVEYS, max(1, int(np.ceil(length / SURVEY_DURATION))))
    step = length / count
    for index in range(count):
        start = index * step
        piece = audio.read(start, start + min(step, SURVEY_DURATION))
        if piece.num_frames:
            yield piece.to_mono().resampled(rate)


def _voice_of(pieces: Iterator[Waveform] | list[Waveform]) -> _Voice | None:
    """Average the loud voiced frames of some pieces; None without any."""
    pitches: list[Reals] = []
    envelopes: list[Reals] = []
    for piece in pieces:
        pitch, times = pitch_of(piece)
        frames = _analysed(piece, 0, pitch, times)
        if not frames.voiced.any():
            continue
        logs = frames.logs[frames.voiced]
        levels = logs.mean(axis=1)
        clear = levels >= np.quantile(levels, LOUD)
        pitches.append(np.log(pitch[frames.voiced][clear]))
        envelopes.append(logs[clear])
    if not pitches:
        return None
    tones, shapes = np.concatenate(pitches), np.concatenate(envelopes)
    spread = _cepstrum(shapes).std(axis=0) + 1e-9
    return _Voice(float(tones.mean()), max(float(tones.std()), 1e-3), shapes.mean(axis=0), spread)


def _cepstrum(logs: Reals) -> Reals:
    """Return the first coefficients of the cosine series of each log envelope."""
    return np.fft.irfft(logs, axis=-1)[..., :COEFFICIENTS]


def _stretched(logs: Reals, factor: float) -> Reals:
    """Stretch envelopes along frequency, as a shorter vocal tract does (factor above 1)."""
    bins = logs.shape[-1]
    place = np.minimum(np.arange(bins) / factor, bins - 1.001)
    low = place.astype(int)
    share = place - low
    return logs[..., low] * (1.0 - share) + logs[..., low + 1] * share


def _tract_factor(source: Reals, target: Reals) -> float:
    """Return the stretch with which one mean envelope is most like another.

    The slope is left out, because microphones decide it as much as voices.
    """
    wanted = _cepstrum(target)[SHAPE]
    likeness = [
        float(np.corrcoef(_cepstrum(_stretched(source, factor))[SHAPE], wanted)[0, 1])
        for factor in FACTORS
    ]
    return float(FACTORS[int(np.argmax(likeness))])


class _Change:
    """How pitch and envelope of one voice become those of another."""

    def __init__(self, source: _Voice, target: _Voice) -> None:
        self._source, self._target = source, target
        self._factor = _tract_factor(source.envelope, target.envelope)
        self._before = _cepstrum(_stretched(source.envelope, self._factor))
        self._after = _cepstrum(target.envelope)
        limits = 1.0 / LARGEST_SPREAD, LARGEST_SPREAD
        self._pitch_share = float(np.clip(target.pitch_spread / source.pitch_spread, *limits))
        self._shares = np.clip(target.spread / source.spread, *limits)

    def pitch(self, pitch: Reals) -> Reals:
        """Return the new pitch in Hz; 0.0 stays 0.0."""
        logs = np.log(np.maximum(pitch, 1.0)) - self._source.pitch
        moved = np.exp(logs * self._pitch_share + self._target.pitch)
        return np.where(pitch > 0.0, np.clip(moved, LOWEST_HZ, HIGHEST_HZ), 0.0)

    def envelope(self, frames: _Frames) -> Reals:
        """Return new log envelopes, each as loud as before."""
        logs = _stretched(frames.logs, self._factor)
        found = _cepstrum(logs)
        wanted = (found - self._before) * self._shares + self._after
        steps = np.zeros((len(found), 2 * (frames.logs.shape[1] - 1)))
        steps[:, 1:COEFFICIENTS] = (wanted - found)[:, 1:]
        steps[:, -COEFFICIENTS + 1 :] = steps[:, COEFFICIENTS - 1 : 0 : -1]
        change = np.clip(np.fft.rfft(steps, axis=1).real, -LARGEST_STEP, LARGEST_STEP)
        made = logs + change
        before = np.exp(frames.logs).sum(axis=1)
        return made + np.log(before / np.exp(made).sum(axis=1))[:, np.newaxis]


def _joined(audio: Audio, change: _Change) -> Iterator[Waveform]:
    """Convert overlapping blocks, and cut from one to the next where nothing is voiced."""
    rate = audio.sample_rate
    length, overlap = round(BLOCK_DURATION * rate), round(OVERLAP * rate)
    unsure = round(UNSURE * rate)
    feed = Feed(audio)
    held = feed.take(length)
    tail: Samples | None = None
    touched = np.zeros(overlap, np.bool_)
    while held.shape[1]:
        fresh = feed.take(length - overlap)
        made, voiced = _converted(Waveform(held, rate), change)
        if tail is not None:
            both = touched | voiced[:overlap]
            # Near the ends of a block its pitch is not certain, so what it left is not either.
            both[:unsure] = both[-unsure:] = True
            made[:, :overlap] = _seamed(tail, made[:, :overlap], both)
        last = not fresh.shape[1]
        ready = made if last else made[:, :-overlap]
        yield Waveform(ready, rate)
        if last:
            return
        tail, touched = made[:, -overlap:], voiced[-overlap:]
        held = np.concatenate([held[:, -overlap:], fresh], axis=1)


def _seamed(before: Samples, after: Samples, voiced: NDArray[np.bool_]) -> Samples:
    """Go from one block to the next in the longest stretch that both left as it was."""
    count = len(voiced)
    edges = np.flatnonzero(np.diff(np.concatenate([[1], voiced.astype(int), [1]])))
    starts, ends = edges[::2], edges[1::2]
    fade: Samples = np.linspace(0.0, 1.0, count).astype(np.float32)
    if len(starts):
        longest = int(np.argmax(ends - starts))
        middle = (int(starts[longest]) + int(ends[longest])) // 2
        fade = (np.arange(count) >= middle).astype(np.float32)
    return np.asarray(before + fade * (after - before), np.float32)


def _converted(waveform: Waveform, change: _Change) -> tuple[Samples, NDArray[np.bool_]]:
    """Convert a block; say of each frame whether it was touched."""
    import pyworld

    rate, count = waveform.sample_rate, waveform.num_frames
    pitch, times = pitch_of(waveform)
    share = np.convolve(pitch > 0.0, np.hanning(FADE_FRAMES + 2)[1:-1], mode="same")
    share = np.minimum(1.0, share / np.hanning(FADE_FRAMES + 2).sum())
    shares = np.interp(np.arange(count) / rate, times, share).astype(np.float32)
    made = waveform.samples.copy()
    if not np.any(pitch > 0.0):
        return made, shares > 0.0
    tuned = change.pitch(pitch)
    for channel, samples in enumerate(waveform.samples):
        if channel and np.array_equal(samples, waveform.samples[0]):
            made[channel] = made[0]
            continue
        frames = _analysed(waveform, channel, pitch, times)
        noise = pyworld.d4c(samples.astype(np.float64), pitch, times, rate)
        power = np.ascontiguousarray(np.exp(change.envelope(frames)))
        sound = pyworld.synthesize(tuned, power, noise, rate, 1000 * FRAME)
        fitted = np.zeros(count, np.float32)
        kept = min(count, len(sound))
        fitted[:kept] = np.clip(sound[:kept], -CEILING, CEILING)
        made[channel] = samples + shares * (fitted - samples)
    return made, shares > 0.0
