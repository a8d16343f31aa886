"""Cutting and joining without clicks, frame by frame."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import BLOCK_DURATION, Audio, Feed

__all__ = ["faded", "piece", "sequence", "silent_pieces", "spliced", "summed"]

FRAME_DURATION = 0.01  # levels are judged over 10 ms


def piece(audio: Audio, first: int, last: int) -> Audio:
    """Return the frames ``first`` to ``last`` (not included).

    Args:
        audio: A recording that can be read at any place.
        first: Index of the first frame.
        last: Index after the last frame.
    """
    return audio.part(first / audio.sample_rate, last / audio.sample_rate)


def faded(audio: Audio, *, fade_in: int, fade_out: int) -> Audio:
    """Fade in and out along half a cosine.

    Args:
        audio: A recording of known length.
        fade_in: Frames of the fade at the beginning.
        fade_out: Frames of the fade at the end.
    """
    total = audio.num_frames or 0

    def blocks() -> Iterator[Waveform]:
        position = 0
        for block in audio.blocks():
            frames = np.arange(position, position + block.num_frames)
            position += block.num_frames
            samples = block.samples
            if position - block.num_frames < fade_in:
                samples = samples * _rise((frames + 0.5) / fade_in)
            if position > total - fade_out:
                samples = samples * _rise((total - frames - 0.5) / fade_out)
            yield Waveform(samples, block.sample_rate)

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, total)


def _rise(share: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Samples:
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0.0, 1.0))).astype(np.float32)


def spliced(audio: Audio, pieces: Sequence[tuple[int, int]], crossfade: int) -> Audio:
    """Keep some pieces of a recording and close the gaps with short crossfades.

    A crossfade reaches half its length into what was cut out, so that the result is exactly as
    long as the pieces together.

    Args:
        audio: A recording that can be read at any place.
        pieces: First and last frame (not included) of each piece, in order.
        crossfade: Frames of a crossfade; shorter where a piece is too short for it.
    """
    total = sum(last - first for first, last in pieces)
    reaches = [
        min(crossfade, before[1] - before[0], after[1] - after[0]) // 2
        for before, after in pairwise(pieces)
    ]

    def blocks() -> Iterator[Waveform]:
        for index, (first, last) in enumerate(pieces):
            before = reaches[index - 1] if index else 0
            after = reaches[index] if index < len(reaches) else 0
            yield from piece(audio, first + before, last - after).blocks()
            if after:
                following = pieces[index + 1][0]
                ending = piece(audio, last - after, last + after).read()
                beginning = piece(audio, following - after, following + after).read()
                share = np.linspace(0.0, 1.0, 2 * after, dtype=np.float32)
                overlap = ending.samples * (1.0 - share) + beginning.samples * share
                yield Waveform(overlap.astype(np.float32), audio.sample_rate)

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, total)


def silent_pieces(audio: Audio, threshold: float, min_duration: float) -> list[tuple[int, int]]:
    """Find stretches whose level (root mean square over 10 ms) stays below a threshold.

    Args:
        audio: Any recording; it is read once.
        threshold: Amplitude, 1.0 is full scale; the loudest channel decides.
        min_duration: Shortest stretch in seconds.

    Returns:
        First and last frame (not included) of each, in order.
    """
    length = max(1, round(FRAME_DURATION * audio.sample_rate))
    feed = Feed(audio)
    silent: list[bool] = []
    total = 0
    while (samples := feed.take(1000 * length)).shape[1]:
        total += samples.shape[1]
        starts = np.arange(0, samples.shape[1], length)
        power = np.add.reduceat(np.square(samples, dtype=np.float64), starts, axis=1)
        counts = np.diff(np.append(starts, samples.shape[1]))
        silent.extend((np.sqrt((power / counts).max(axis=0)) < threshold).tolist())
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    runs = [(int(a) * length, min(total, int(b) * length)) for a, b in edges.reshape(-1, 2)]
    return [run for run in runs if run[1] - run[0] >= min_duration * audio.sample_rate]


def sequence(recordings: Sequence[Audio], *, gap: int, crossfade: int) -> Audio:
    """Put recordings one after the other.

    Args:
        recordings: Of the same rate and number of channels.
        gap: Frames of silence between them.
        crossfade: Frames by which neighbours overlap, with constant power.
    """
    first = recordings[0]
    total = sum(audio.num_frames or 0 for audio in recordings)
    total += (gap - crossfade) * (len(recordings) - 1)
    blocks = _sequence_blocks(recordings, gap, crossfade)
    return Audio.from_blocks(blocks, first.sample_rate, first.num_channels, total)


def _sequence_blocks(recordings: Sequence[Audio], gap: int, crossfade: int) -> Iterator[Waveform]:
    rate, channels = recordings[0].sample_rate, recordings[0].num_channels
    ending = np.zeros((channels, 0), np.float32)
    for index, audio in enumerate(recordings):
        feed = Feed(audio)
        if index and gap:
            yield from _silence(gap, rate, channels)
        if index and crossfade:
            yield Waveform(_crossfaded(ending, feed.take(crossfade)), rate)
        held_back = crossfade if index < len(recordings) - 1 else 0
        ending = np.zeros((channels, 0), np.float32)
        while (samples := feed.take(round(BLOCK_DURATION * rate))).shape[1]:
            samples = np.concatenate([ending, samples], axis=1)
            ready = max(0, samples.shape[1] - held_back)
            yield Waveform(samples[:, :ready], rate)
            ending = samples[:, ready:]


def _crossfaded(ending: Samples, beginning: Samples) -> Samples:
    count = ending.shape[1]
    beginning = np.pad(beginning, ((0, 0), (0, count - beginning.shape[1])))
    angle = np.linspace(0.0, np.pi / 2, count, dtype=np.float32)
    return ending * np.cos(angle) + beginning * np.sin(angle)


def _silence(num_frames: int, rate: int, channels: int) -> Iterator[Waveform]:
    length = round(BLOCK_DURATION * rate)
    for first in range(0, num_frames, length):
        count = min(length, num_frames - first)
        yield Waveform(np.zeros((channels, count), np.float32), rate)


def summed(audio: Audio, other: Audio, *, offset: int, factor: float) -> Audio:
    """Play two recordings at the same time.

    Args:
        audio: The first.
        other: The second, of the same rate and number of channels.
        offset: Frames after the beginning of the first at which the second starts.
        factor: Amplitude of the second.
    """
    rate, channels = audio.sample_rate, audio.num_channels
    total = max(audio.num_frames or 0, offset + (other.num_frames or 0))

    def late() -> Iterator[Waveform]:
        yield from _silence(offset, rate, channels)
        yield from other.blocks()

    def blocks() -> Iterator[Waveform]:
        length = round(BLOCK_DURATION * rate)
        first, second = Feed(audio), Feed(Audio.from_blocks(late(), rate, channels))
        while True:
            left, right = first.take(length), second.take(length)
            count = max(left.shape[1], right.shape[1])
            if not count:
                return
            samples = np.zeros((channels, count), np.float32)
            samples[:, : left.shape[1]] = left
            samples[:, : right.shape[1]] += right * np.float32(factor)
            yield Waveform(samples, rate)

    return Audio.from_blocks(blocks(), rate, channels, total)
