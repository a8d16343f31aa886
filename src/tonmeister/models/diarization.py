"""Finds who speaks when, in recordings of any length, the number of people known or not.

Two ways share the comparison of voices: with a network that hears overlapping talk, or by pauses
alone. Both read the recording once from front to back and keep a few numbers for each second of it.
Sources: Bredin, "pyannote.audio 2.1 speaker diarization pipeline" (Interspeech 2023) for the first;
Park et al., "A Review of Speaker Diarization" (Computer Speech & Language 2022) for the second.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region, SpeakerTurns
from tonmeister.audio import Samples
from tonmeister.models.clustering import Voices, group_voices
from tonmeister.models.pyannote import FRAME_CENTER, FRAME_STEP, Chunk, LocalSpeech
from tonmeister.models.silero import SpeechDetector, SpeechRules
from tonmeister.models.turns import Diarized, Span, labelled, spans_of
from tonmeister.streaming import Audio

__all__ = ["Diarizer", "OverlapDiarizer", "PauseDiarizer", "VoiceEncoder"]

SAMPLE_RATE = 16_000

LEAST_ALONE = 0.2
"""Seconds of speech of one person alone below which nothing can be said of a voice."""

ENOUGH_ALONE = 1.0
"""The same, from which a voice may found a person."""

MOST_ALONE = 6.0
"""Seconds of a voice that are listened to in one chunk; more does not sharpen it."""

SAME_BREATH = 0.3
"""Seconds of pause inside a stretch that is judged as one."""

LONG_STRETCH = 1.5
"""Seconds of speech of one person alone that are judged by themselves."""

CLIPS_AT_ONCE = 16


class VoiceEncoder(Protocol):
    """Turns speech into voices that can be compared by their product.

    Attributes:
        apart: Mean cosine distance from which two groups of voices are two people.
        same: Similarity from which two voices of three seconds or more are one person.
    """

    apart: float
    same: float

    def embed(self, clips: Sequence[Samples]) -> Samples:
        """Return the voice in each clip, of unit length, shape ``(clips, dimensions)``.

        Args:
            clips: Speech of one person each, mono at 16 kHz, not empty.
        """
        ...


class Diarizer(Protocol):
    """Finds who speaks when."""

    hears_overlap: bool

    def diarized(self, audio: Audio, num_speakers: int | None) -> Diarized:
        """Return turns and voices; none where nobody speaks.

        Args:
            audio: Any rate and number of channels.
            num_speakers: How many people speak; None to find it.
        """
        ...


@dataclass(slots=True)
class _Heard:
    """Voices heard so far, and those still to be embedded."""

    encoder: VoiceEncoder
    durations: list[float] = field(default_factory=list[float])
    _clips: list[Samples] = field(default_factory=list[Samples])
    _found: list[Samples] = field(default_factory=list[Samples])

    def add(self, clip: Samples) -> None:
        self.durations.append(len(clip) / SAMPLE_RATE)
        self._clips.append(clip)
        if len(self._clips) == CLIPS_AT_ONCE:
            self._embed()

    def embeddings(self) -> Samples:
        if self._clips:
            self._embed()
        return np.concatenate(self._found)

    def _embed(self) -> None:
        self._found.append(self.encoder.embed(self._clips))
        self._clips.clear()


@dataclass(frozen=True, slots=True)
class _Track:
    """A local speaker: in which chunk, and the likelihood of his speech frame by frame."""

    chunk: int
    speaking: NDArray[np.float16]
    founds: bool
    """Whether enough of him is heard alone to found a person."""


class OverlapDiarizer:
    """Finds who speaks when, also at once, with a network that tells local speakers apart.

    Args:
        encoder: Compares voices.
        speech: Tells local speakers apart.
    """

    hears_overlap = True

    def __init__(self, encoder: VoiceEncoder, speech: LocalSpeech) -> None:
        self._encoder = encoder
        self._speech = speech

    def diarized(self, audio: Audio, num_speakers: int | None) -> Diarized:
        """Return turns and voices; none where nobody speaks.

        Args:
            audio: Any rate and number of channels.
            num_speakers: How many people speak; None to find it.
        """
        heard = _Heard(self._encoder)
        tracks: list[_Track] = []
        starts: list[float] = []
        for index, chunk in enumerate(self._speech.chunks(audio.converted(SAMPLE_RATE, 1))):
            starts.append(chunk.start)
            for track, clip in _tracks(chunk, index):
                tracks.append(track)
                heard.add(clip)
        if not tracks:
            return Diarized(SpeakerTurns((), audio.duration), {}, 0)
        durations = np.array(heard.durations, np.float32)
        voices = _people(heard.embeddings(), durations, tracks, self._encoder, num_speakers)
        speaking = _on_one_line(tracks, voices, starts, audio.duration)
        start = FRAME_CENTER - FRAME_STEP / 2
        people = [spans_of(one, FRAME_STEP, start) for one in speaking]
        return labelled(people, voices.centroids, audio.duration, voices.num_alone)


def _tracks(chunk: Chunk, index: int) -> list[tuple[_Track, Samples]]:
    """Return the local speakers of a chunk, each with what is heard of him alone.

    The network may take two people in turn for one local speaker. So each stretch long enough to
    know a voice by is judged by itself, and the others of the local speaker together.
    """
    active = chunk.speaking >= 0.5
    alone = active & (active.sum(axis=1, keepdims=True) == 1)
    found: list[tuple[_Track, Samples]] = []
    for person in range(active.shape[1]):
        likely = chunk.speaking[:, person]
        for frames in _stretches(active[:, person], alone[:, person]):
            by_himself = frames & alone[:, person]
            clip = _heard_in(chunk.samples, by_himself if by_himself.any() else frames)
            if len(clip) >= LEAST_ALONE * SAMPLE_RATE:
                founds = len(clip) >= ENOUGH_ALONE * SAMPLE_RATE and bool(by_himself.any())
                masked = np.where(frames, likely, 0.0).astype(np.float16)
                found.append((_Track(index, masked, founds), clip))
    return found


def _stretches(active: NDArray[np.bool_], alone: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Part the frames of a local speaker into long stretches and the rest of them."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], active.astype(np.int8), [0]])))
    runs: list[list[int]] = []
    for first, last in edges.reshape(-1, 2).tolist():
        if runs and (first - runs[-1][1]) * FRAME_STEP <= SAME_BREATH:
            runs[-1][1] = last
        else:
            runs.append([first, last])
    rest = np.zeros_like(active)
    parted: list[NDArray[np.bool_]] = []
    for first, last in runs:
        frames = np.zeros_like(active)
        frames[first:last] = active[first:last]
        if np.count_nonzero(frames & alone) * FRAME_STEP >= LONG_STRETCH:
            parted.append(frames)
        else:
            rest |= frames
    return [*parted, rest] if rest.any() else parted


def _heard_in(samples: Samples, frames: NDArray[np.bool_]) -> Samples:
    """Return the samples of chosen frames, at most six seconds."""
    first = FRAME_CENTER - FRAME_STEP / 2
    edges = np.flatnonzero(np.diff(np.concatenate([[0], frames.astype(np.int8), [0]])))
    places = np.round((first + edges * FRAME_STEP) * SAMPLE_RATE).astype(int).reshape(-1, 2)
    parts = [samples[start:end] for start, end in places.tolist()]
    joined = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return joined[: round(MOST_ALONE * SAMPLE_RATE)]


def _people(
    embeddings: Samples,
    durations: Samples,
    tracks: Sequence[_Track],
    encoder: VoiceEncoder,
    num_speakers: int | None,
) -> Voices:
    """Group the voices; those heard too briefly go to the person they resemble most."""
    founding = np.array([track.founds for track in tracks])
    if int(founding.sum()) < max(1, num_speakers or 1):
        founding[:] = True
    chosen = np.flatnonzero(founding)
    voices = group_voices(embeddings[chosen], durations[chosen], encoder.apart, num_speakers)
    labels = np.argmax(embeddings @ voices.centroids.T, axis=1)
    labels[chosen] = voices.labels
    return replace(voices, labels=labels)


def _on_one_line(
    tracks: Sequence[_Track], voices: Voices, starts: Sequence[float], duration: float
) -> NDArray[np.bool_]:
    """Return whether each person speaks, frame by frame.

    As many people speak as the chunks over a frame have counted on average; those to whom the
    chunks give most. So a stretch whose chunks disagree about the person is not lost.
    """
    num_frames = int(duration / FRAME_STEP) + 1
    length = len(tracks[0].speaking)
    offsets = [round(start / FRAME_STEP) for start in starts]
    total = np.zeros((len(voices.centroids), num_frames), np.float32)
    counted = np.zeros(num_frames, np.float32)
    # Two local speakers of a chunk that turn out to be one person count once.
    united: dict[tuple[int, int], NDArray[np.float16]] = {}
    for track, person in zip(tracks, voices.labels.tolist(), strict=True):
        before = united.get((track.chunk, person))
        likely = track.speaking
        united[track.chunk, person] = likely if before is None else np.maximum(before, likely)
    for (chunk, person), likely in united.items():
        first = offsets[chunk]
        lost = max(0, -first)
        place = slice(first + lost, first + length)
        kept = likely[lost : lost + len(counted[place])]
        total[person, place] += kept
        counted[place] += kept >= 0.5
    judged = np.zeros(num_frames, np.float32)
    for first in offsets:
        judged[max(0, first) : max(0, first + length)] += 1.0
    # Half of the chunks are enough to count one more.
    speaking = np.floor(counted / np.maximum(judged, 1.0) + 0.5)
    ranks = np.argsort(np.argsort(-total, axis=0, kind="stable"), axis=0)
    return (ranks < speaking) & (total > 0.0)


WINDOW = 1.6
HOP = 0.4
STEP = 0.1
"""Seconds a voice is listened to at a time, from one time to the next, and of a turn's borders."""

SPEECH = SpeechRules(min_silence=0.2, pad=0.05)

SWITCH_COST = 1.0
"""Similarity that a change of speaker inside uninterrupted speech must earn, over all its steps."""


class PauseDiarizer:
    """Finds who speaks when by pauses and changes of voice; one person at a time.

    Args:
        encoder: Compares voices.
        detector: Finds speech.
    """

    hears_overlap = False

    def __init__(self, encoder: VoiceEncoder, detector: SpeechDetector) -> None:
        self._encoder = encoder
        self._detector = detector

    def diarized(self, audio: Audio, num_speakers: int | None) -> Diarized:
        """Return turns and voices; none where nobody speaks.

        Args:
            audio: Any rate and number of channels.
            num_speakers: How many people speak; None to find it.
        """
        heard = _Heard(self._encoder)
        regions: list[Region] = []
        windows: list[list[Span]] = []
        for region in self._detector.regions(audio.converted(SAMPLE_RATE, 1), SPEECH):
            speech = audio.read(region.start, region.end).to_mono().resampled(SAMPLE_RATE)
            spans = _windows(region)
            for start, end in spans:
                heard.add(speech.part(start - region.start, end - region.start).samples[0])
            regions.append(region)
            windows.append(spans)
        if not regions:
            return Diarized(SpeakerTurns((), audio.duration), {}, 0)
        embeddings = heard.embeddings()
        durations = np.minimum(np.array(heard.durations, np.float32), HOP)
        voices = group_voices(embeddings, durations, self._encoder.apart, num_speakers)
        similar = embeddings @ voices.centroids.T
        people: list[list[Span]] = [[] for _ in voices.centroids]
        first = 0
        for spans in windows:
            for person, span in _resegmented(spans, similar[first : first + len(spans)]):
                _append(people[person], span)
            first += len(spans)
        return labelled(people, voices.centroids, audio.duration, voices.num_alone)


def _windows(region: Region) -> list[Span]:
    end = region.start if region.end is None else region.end
    length = end - region.start
    if length <= WINDOW:
        return [(region.start, end)]
    count = int(np.ceil((length - WINDOW) / HOP)) + 1
    return [(start, start + WINDOW) for start in np.linspace(region.start, end - WINDOW, count)]


def _resegmented(spans: Sequence[Span], similar: Samples) -> list[tuple[int, Span]]:
    """Find the changes of speaker in a stretch of speech: the best path over steps of 0.1 s.

    Each step has the mean similarity of the windows over it; a change costs (Viterbi).
    """
    start, end = spans[0][0], spans[-1][1]
    count = max(1, round((end - start) / STEP))
    middles = start + (np.arange(count) + 0.5) * (end - start) / count
    covers = np.array([(middles >= first) & (middles <= last) for first, last in spans])
    scores = covers.T.astype(np.float32) @ similar / np.maximum(covers.sum(axis=0), 1)[:, None]
    best = scores[0].copy()
    came = np.zeros(scores.shape, np.int64)
    for step in range(1, count):
        leader = int(np.argmax(best))
        stays = best >= best[leader] - SWITCH_COST
        came[step] = np.where(stays, np.arange(len(best)), leader)
        best = np.maximum(best, best[leader] - SWITCH_COST) + scores[step]
    path = [int(np.argmax(best))]
    for step in range(count - 1, 0, -1):
        path.append(int(came[step, path[-1]]))
    path.reverse()
    width = (end - start) / count
    borders = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), count]
    return [
        (path[first], (start + first * width, start + last * width))
        for first, last in pairwise(borders)
    ]


def _append(spans: list[Span], span: Span) -> None:
    """Add a stretch; one that follows within a breath continues the one before."""
    if spans and span[0] - spans[-1][1] <= 0.3:
        spans[-1] = (spans[-1][0], span[1])
    else:
        spans.append(span)
