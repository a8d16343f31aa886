"""Scenes: layers of recordings and calculated sounds, placed, mixed, and kept below full scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.models.sound_loops import levelled, loop_of, repeated, times_of_events
from tonmeister.models.sound_placing import (
    Course,
    Reverberation,
    Source,
    Track,
    at_times,
    calculated,
    looped,
    moved,
    panned,
)
from tonmeister.models.sound_recordings import SAMPLE_RATE
from tonmeister.sound_rooms import Room
from tonmeister.soundlibrary import LibrarySound
from tonmeister.streaming import Audio
from tonmeister.tools.signals import Signal
from tonmeister.tools.soundscape import Layer

__all__ = ["BEHIND_DB", "Ingredient", "SceneMix", "natural_duration"]

USUAL = 8.0
"""Seconds of a scene that goes on, when no length is said."""

SHORTEST = 3.0
"""Seconds of a scene of events, when no length is said."""

SECONDS_PER_PASS = 20.0
PASS_DURATION = 8.0
VEHICLE, WALKER = (13.0, 5.0), (1.5, 1.5)
"""Speed in metres per second, and nearest distance in metres, of what moves."""

BEHIND_DB = -3.0
"""Added to what goes on when it is not alone."""

CEILING = 0.89
FADE = 0.03
SIDEWAYS = 0.35
"""How far from the middle a source may stand that nobody has placed."""


@dataclass(frozen=True, slots=True, eq=False)
class Ingredient:
    """What makes a layer.

    Attributes:
        layer: How it is to be heard.
        made_of: The recording, or what is calculated.
        samples: The recording's samples, mono, shape ``(frames,)``; empty for what is calculated.
        singles: Single events of it, when the layer says how often it is heard; each in turn.
    """

    layer: Layer
    made_of: LibrarySound | Signal
    samples: Samples
    singles: tuple[Samples, ...] = ()

    @property
    def caption(self) -> str:
        """What it is, in a few words."""
        return self.made_of.caption

    @property
    def goes_on(self) -> bool:
        """Whether it lasts as long as the scene."""
        if self.singles:
            return False
        return isinstance(self.made_of, Signal) or self.made_of.kind == "loop"

    @property
    def clips(self) -> tuple[Samples, ...]:
        """What is heard at each time, by turns."""
        return self.singles or (self.samples,)

    @property
    def length(self) -> float:
        """Seconds of the longest that is heard at a time."""
        return max(len(clip) for clip in self.clips) / SAMPLE_RATE

    @property
    def passes(self) -> bool:
        """Whether it is a recording that comes near and goes away by itself."""
        return isinstance(self.made_of, LibrarySound) and self.made_of.kind == "pass"


def natural_duration(ingredients: Sequence[Ingredient], room: Room | None) -> float:
    """Return how long a scene lasts when nobody has said, in seconds.

    Args:
        ingredients: Its layers.
        room: The room around them.
    """
    lengths = [one.length for one in ingredients if not one.goes_on]
    moves = any(one.layer.motion != "still" for one in ingredients)
    echo = 0.6 * room.decay if room else 0.0
    if not lengths or moves or any(one.goes_on for one in ingredients):
        return round(max(USUAL, *lengths, 0.0) + echo, 1)
    times = max(one.layer.times or 1 for one in ingredients)
    return round(max(SHORTEST, times * (max(lengths) + 0.6)) + echo, 1)


class SceneMix:
    """A scene that is made block by block, always the same.

    Args:
        ingredients: Its layers.
        room: The room around all of them; None in the open.
        duration: Length in seconds.
        seed: Decides when events are heard, and where.
        behind_db: Added to what goes on when it is not alone.

    Attributes:
        behind_db: The same.
    """

    def __init__(
        self,
        ingredients: Sequence[Ingredient],
        room: Room | None,
        duration: float,
        seed: int,
        behind_db: float = BEHIND_DB,
    ) -> None:
        self._num_frames = max(1, round(duration * SAMPLE_RATE))
        self._room, self._seed, self.behind_db = room, seed, behind_db
        self._exact = all(_is_test_signal(one) for one in ingredients) and room is None
        generator = np.random.default_rng([seed, 1])
        alone = len(ingredients) == 1
        self._tracks = [self._track(one, alone, generator) for one in ingredients]
        peak = max((float(np.abs(block).max()) for block in self._summed()), default=0.0)
        self._gain = min(1.0, CEILING / peak) if peak > 0.0 else 1.0

    @property
    def turned_down_db(self) -> float:
        """By how much the whole was turned down so that it does not clip."""
        return -20.0 * float(np.log10(self._gain))

    def audio(self, most: float | None = None) -> Audio:
        """Return the sound: stereo, or mono for nothing but test signals.

        Args:
            most: Seconds from the beginning that are wanted; None for all.
        """
        channels = 1 if self._exact else 2
        wanted = self._num_frames if most is None else round(most * SAMPLE_RATE)
        num_frames = min(wanted, self._num_frames)
        made = self._made(channels, num_frames)
        return Audio.from_blocks(made, SAMPLE_RATE, channels, num_frames)

    def _made(self, channels: int, num_frames: int) -> Iterator[Waveform]:
        gain, missing = np.float32(self._gain), num_frames
        for block in self._summed():
            yield Waveform(np.ascontiguousarray(gain * block[:channels, :missing]), SAMPLE_RATE)
            missing -= block.shape[1]
            if missing <= 0:
                return

    def _summed(self) -> Iterator[Samples]:
        """Yield the mix before it is turned down, faded in and out at its ends."""
        echo = Reverberation(self._room, SAMPLE_RATE, self._seed) if self._room else None
        layers = [one.blocks(self._num_frames, SAMPLE_RATE) for one in self._tracks]
        edge = min(FADE, self._num_frames / SAMPLE_RATE / 10) * SAMPLE_RATE
        first = 0
        for blocks in zip(*layers, strict=True):
            block: Samples = np.stack(blocks).sum(axis=0)
            if echo is not None:
                block = echo.add(block)
            if not self._exact:
                frames = np.arange(first, first + block.shape[1])
                ends = np.minimum(frames, self._num_frames - 1 - frames) / max(1.0, edge)
                block = block * np.clip(ends, 0.0, 1.0).astype(np.float32)
            first += block.shape[1]
            yield block

    def _track(self, one: Ingredient, alone: bool, generator: np.random.Generator) -> Track:
        layer = one.layer
        is_behind = not alone and one.goes_on and not _is_test_signal(one)
        behind_db = self.behind_db if is_behind else 0.0
        gain_db = layer.level_db + behind_db
        if isinstance(one.made_of, Signal):
            source = calculated(one.made_of, SAMPLE_RATE, int(generator.integers(1 << 30)))
            return Track(source, gain_db, layer.distance)
        samples = levelled(one.samples, SAMPLE_RATE, goes_on=one.goes_on)
        if layer.motion != "still" or one.passes:
            return Track(self._moving(one, samples, generator), gain_db, layer.distance)
        if one.goes_on:
            piece = loop_of(samples, SAMPLE_RATE)
            pan = layer.pan or _somewhere(alone, generator)
            first = int(generator.integers(len(piece)))
            return Track(looped(piece, first, pan), gain_db, layer.distance)
        pan = layer.pan or _somewhere(alone, generator)
        clips = [
            panned(one, np.linspace(*pan, len(one)))
            for one in (levelled(clip, SAMPLE_RATE, goes_on=False) for clip in one.clips)
        ]
        duration = self._num_frames / SAMPLE_RATE
        starts = times_of_events(one.length, duration, layer.times, generator)
        events = [(start, clips[turn % len(clips)]) for turn, start in enumerate(starts)]
        return Track(at_times(events, SAMPLE_RATE), gain_db, layer.distance)

    def _moving(self, one: Ingredient, samples: Samples, generator: np.random.Generator) -> Source:
        """Return what moves past the listener, in longer scenes several times."""
        duration = self._num_frames / SAMPLE_RATE
        pan = one.layer.pan or ((-0.9, 0.9) if generator.random() < 0.5 else (0.9, -0.9))
        number = one.layer.times or max(1, round(duration / SECONDS_PER_PASS))
        share = duration / number
        if one.passes:
            place = _by_loudness(samples, pan)
            clip = panned(samples, place)
        else:
            length = round(min(share, PASS_DURATION) * SAMPLE_RATE)
            piece = loop_of(samples, SAMPLE_RATE) if one.goes_on else samples
            sent = repeated(piece, 0, length) if one.goes_on else _again(piece, length)
            on_foot = "Walk, footsteps" in getattr(one.made_of, "classes", ())
            motion = one.layer.motion if one.layer.motion != "still" else "passing"
            course = Course(*(WALKER if on_foot else VEHICLE), pan, motion)
            clip = levelled(moved(sent, SAMPLE_RATE, course), SAMPLE_RATE, goes_on=False)
        clip = _cut_around_peak(clip, round(share * SAMPLE_RATE))
        spare = max(0.0, share - clip.shape[1] / SAMPLE_RATE)
        starts = [index * share + spare * generator.uniform(0.3, 0.7) for index in range(number)]
        return at_times([(float(start), clip) for start in starts], SAMPLE_RATE)


def _is_test_signal(one: Ingredient) -> bool:
    return isinstance(one.made_of, Signal) and one.made_of.is_test_signal


def _somewhere(alone: bool, generator: np.random.Generator) -> tuple[float, float]:
    """Return where a source stands that nobody has placed: one alone is in the middle."""
    place = 0.0 if alone else float(generator.uniform(-SIDEWAYS, SIDEWAYS))
    return place, place


def _again(samples: Samples, num_frames: int) -> Samples:
    """Repeat an event with pauses until it fills a time."""
    pause = np.zeros(round(0.4 * SAMPLE_RATE), np.float32)
    once = np.concatenate([samples, pause])
    return np.resize(once, num_frames) if len(once) < num_frames else samples[:num_frames]


def _by_loudness(samples: Samples, pan: tuple[float, float]) -> NDArray[np.float64]:
    """Return a way from side to side that is in the middle when a recording is loudest."""
    power = np.cumsum(np.square(samples, dtype=np.float64))
    middle = int(np.searchsorted(power, power[-1] / 2)) if len(power) and power[-1] else 0
    seconds = (np.arange(len(samples)) - middle) / SAMPLE_RATE
    share = 0.5 + 0.5 * np.tanh(1.2 * seconds)
    return pan[0] + (pan[1] - pan[0]) * share


def _cut_around_peak(clip: Samples, num_frames: int) -> Samples:
    """Shorten a clip to a length, its loudest moment in the middle, and fade its ends."""
    if clip.shape[1] > num_frames:
        power = np.cumsum(np.square(clip, dtype=np.float64).sum(axis=0))
        middle = int(np.searchsorted(power, power[-1] / 2))
        first = min(max(0, middle - num_frames // 2), clip.shape[1] - num_frames)
        clip = clip[:, first : first + num_frames]
    edge = min(round(0.25 * SAMPLE_RATE), clip.shape[1] // 4)
    fade = np.ones(clip.shape[1], np.float32)
    fade[:edge] = np.linspace(0.0, 1.0, edge)
    fade[len(fade) - edge :] = np.linspace(1.0, 0.0, edge)
    return clip * fade
