"""Sounds out of a library: found by meaning, looped, placed, mixed, and judged by YAMNet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonmeister.artifacts import File, Noted
from tonmeister.audio import Waveform
from tonmeister.models.sightings import SURE, Moments, confidences, moments_of
from tonmeister.models.single_events import counted, is_several, single_events
from tonmeister.models.sound_choice import UNSURE, Candidate, Part, RecordingFinder
from tonmeister.models.sound_credits import write_credits
from tonmeister.models.sound_recordings import SAMPLE_RATE, SOUND_LIBRARY, Recordings
from tonmeister.models.sound_scene import BEHIND_DB, Ingredient, SceneMix, natural_duration
from tonmeister.models.yamnet_network import SAMPLE_RATE as YAMNET_RATE
from tonmeister.models.yamnet_network import Listener
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.soundlibrary import LibrarySound, duties_of, own_sounds, recorded_sounds
from tonmeister.streaming import Audio
from tonmeister.tools.generation import GeneratedSound, generate_sound
from tonmeister.tools.signals import Signal
from tonmeister.tools.soundscape import Layer, Scene, parse_scene
from tonmeister.toolspec import Card, model

__all__ = ["SoundLibrary"]

HEARD = 0.15
"""Score of YAMNet from which a recording by itself is what its caption says."""

HEARD_IN_MIX = 0.1
LISTENED = 60.0
"""Seconds of a scene that are listened to."""

TRIES = 5
FURTHER_DB = 5.0
"""By how much what goes on is turned down when events in front of it are not recognised."""

CANDIDATES = 4
EQUAL = 0.06
"""Candidates less like the words than the best by up to this fit as well."""

RAIN_CLASSES = ("Rain", "Raindrop", "Rain on surface")

RECORDED = "Recordings used: {}."
CALCULATED = "Calculated, not recorded: {}."
NEAREST = "For '{}' the nearest recording is '{}'; it may not be what was meant."
LEFT_OUT = "Nothing in the library sounds like '{}', so it was left out."
UNHEARD = "YAMNet, which listened to the result, did not recognise '{}' in it."
SHARED = "Before you share it: {}"
MISCOUNTED = "Asked for {1} times '{0}'; {2} are counted in the result."
UNCOUNTED = "'{}' goes on without pauses, so it cannot be made a number of times."
TOO_FAINT = "'{}' is hard to hear among the rest: a search of the result may not find it."
QUIETER = "The whole was turned down by {:.1f} dB, so that it does not clip."


@dataclass(frozen=True, slots=True, eq=False)
class _Take:
    """A mix that was listened to.

    Attributes:
        mix: The mix.
        ingredients: What it is made of.
        duration: Length in seconds.
        unheard: Captions of what YAMNet did not recognise in it.
        counts: How often something is to be heard and how often it is counted, by caption, where
            these differ.
    """

    mix: SceneMix
    ingredients: Sequence[Ingredient]
    duration: float
    unheard: Sequence[str]
    counts: Mapping[str, tuple[int, int]]

    @property
    def faults(self) -> tuple[int, int]:
        """What is wrong with it, the worst first."""
        return len(self.unheard), sum(abs(one - other) for one, other in self.counts.values())


@model(
    generate_sound,
    card=Card(
        name="sound-library",
        licence="Apache-2.0 (models); recordings CC0, CC-BY, CC-BY-SA, GPL",
        checkpoint=SOUND_LIBRARY,
        memory_mb=400,
        speed=0.1,
        load_duration=4.0,
        quality=60,
    ),
)
class SoundLibrary:
    """Makes sounds of 207 recordings and of what can be calculated.

    It knows what its recordings hold and no more: what nothing fits is declined, with the nearest.
    """

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the recordings, the sentence encoder and YAMNet.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used; one is quickest.
        """
        folder = Path(weights or "")
        self._recordings = Recordings(folder)
        self._listener = Listener(folder)
        self._encoder = SentenceEncoder(folder)
        # What the user added lies beside the library; it is looked for anew at each request.
        self._own_folder = folder.parent / "own-sounds"
        self._own: list[LibrarySound] = []
        self._finder = RecordingFinder(self._encoder, recorded_sounds())

    def __call__(
        self, description: str, folder: Path, duration: float | None = None, seed: int = 0
    ) -> GeneratedSound | Noted:
        """Make a sound from words.

        Args:
            description: What is to be heard.
            folder: Where the credits are written.
            duration: Length in seconds; None for as said, or as it suits.
            seed: Decides what may be one way or the other.

        Raises:
            ToolInputError: Nothing in the library fits, or the description cannot be made.
        """
        scene = parse_scene(description)
        own = own_sounds(self._own_folder)
        if own != self._own:
            self._finder = RecordingFinder(self._encoder, [*recorded_sounds(), *own])
            self._own = own
        notes: list[str] = []
        options = self._options(scene, seed, notes)
        best = self._best_take(scene, options, duration or scene.duration, seed)
        notes += [UNHEARD.format(one) for one in best.unheard]
        notes += [TOO_FAINT.format(one) for one in self._too_faint(best)]
        notes += [MISCOUNTED.format(one, *found) for one, found in best.counts.items()]
        notes += [
            UNCOUNTED.format(one.caption)
            for one in best.ingredients
            if one.layer.times is not None and one.goes_on
        ]
        if best.mix.turned_down_db > 0.5:
            notes.append(QUIETER.format(best.mix.turned_down_db))
        place = folder / "credits.txt"
        made_of = [one.made_of for one in best.ingredients]
        write_credits(place, description, best.duration, seed, made_of, notes)
        result = GeneratedSound(best.mix.audio(), File(place, "text/plain", "txt"))
        return Noted(result, (*_origins(made_of), *notes))  # pyright: ignore[reportArgumentType]

    def nearest(self, words: str) -> Candidate:
        """Return the recording whose caption is nearest to some words.

        Args:
            words: In any language of the sentence encoder.
        """
        return self._finder.ranked(words)[0]

    def _best_take(
        self,
        scene: Scene,
        options: Sequence[Sequence[Ingredient]],
        duration: float | None,
        seed: int,
    ) -> _Take:
        """Mix, listen, and try again where something is not recognised among the rest.

        By turns it is made of the next recording that fits, and what goes on behind it is turned
        down.
        """
        takes: list[_Take] = []
        places, behind_db = [0] * len(options), BEHIND_DB
        while True:
            ingredients = [one[place] for one, place in zip(options, places, strict=True)]
            length = duration or natural_duration(ingredients, scene.room)
            mix = SceneMix(ingredients, scene.room, length, seed, behind_db)
            sound = _in_memory(mix, LISTENED)
            unheard = self._unheard(ingredients, sound)
            counts = self._miscounted(ingredients, sound) if length <= LISTENED else {}
            takes.append(_Take(mix, ingredients, length, unheard, counts))
            if not (unheard or counts) or len(takes) == TRIES:
                return min(takes, key=lambda take: take.faults)
            wrong = {*unheard, *counts}
            others = [
                place + (one.caption in wrong and place + 1 < len(part))
                for place, one, part in zip(places, ingredients, options, strict=True)
            ]
            if others == places or len(takes) % 2 == 0:
                behind_db -= FURTHER_DB
            else:
                places = others

    def _options(self, scene: Scene, seed: int, notes: list[str]) -> list[list[Ingredient]]:
        """Find what may make each layer; a place that is not in the library is left out."""
        found: list[list[Ingredient]] = []
        for layer in scene.layers:
            match = self._finder.find(layer)
            found.append(self._candidates(layer, match.part, seed, notes))
            if match.around is not None:
                behind = Layer(layer.where, distance=layer.distance)
                found.append(self._candidates(behind, match.around, seed, notes))
            if match.left_out:
                notes.append(LEFT_OUT.format(match.left_out))
        return found

    def _candidates(
        self, layer: Layer, part: Part, seed: int, notes: list[str]
    ) -> list[Ingredient]:
        """Return a few recordings that fit, first those in which YAMNet hears what it should.

        Those that fit as well as the best take turns at the first place from seed to seed.
        """
        if isinstance(part, Signal):
            return [Ingredient(layer, part, np.zeros(0, np.float32))]
        best = part[0].likeness
        if best < UNSURE:
            notes.append(NEAREST.format(layer.words, part[0].sound.caption))
        equal = [one.sound for one in part if one.likeness >= best - EQUAL]
        turn = seed % len(equal)
        order = [*equal[turn:], *equal[:turn]]
        order += [one.sound for one in part if one.likeness < best - EQUAL]
        read = [self._ingredient(layer, one) for one in order[:CANDIDATES]]
        if layer.times is not None:
            # A recording of one event is repeated as it is; out of others, single ones are cut.
            read.sort(key=_is_no_single)
        heard = [one for one in read if self._hears(one)]
        return [*heard, *(one for one in read if one not in heard)]

    def _ingredient(self, layer: Layer, sound: LibrarySound) -> Ingredient:
        samples = self._recordings.read(sound)
        singles = single_events(samples, SAMPLE_RATE) if layer.times is not None else ()
        return Ingredient(layer, sound, samples, singles)

    def _hears(self, one: Ingredient) -> bool:
        """Tell whether YAMNet hears in a recording what its caption says."""
        classes = _classes(one)
        if not classes:
            return True
        peak = float(np.abs(one.samples).max(initial=0.0))
        loud = one.samples * np.float32(0.7 / peak if peak > 0.0 else 1.0)
        audio = Audio.from_waveform(Waveform(loud[np.newaxis], SAMPLE_RATE))
        return self._best(audio, {"": classes})[""] >= HEARD

    def _unheard(self, ingredients: Sequence[Ingredient], sound: Audio) -> list[str]:
        """Return the layers of which YAMNet hears none of the classes in the whole."""
        wanted = {one.caption: classes for one in ingredients if (classes := _classes(one))}
        best = self._best(sound, wanted)
        return [caption for caption in wanted if best[caption] < HEARD_IN_MIX]

    def _too_faint(self, take: _Take) -> list[str]:
        """Return what was recognised and yet would not be found by its classes, as find_sound does.

        One that is alone is not faint among others.
        """
        wanted = {one.caption: classes for one in take.ingredients if (classes := _classes(one))}
        if len(take.ingredients) == 1 or not wanted:
            return []
        found = self._moments(_in_memory(take.mix, LISTENED), list(wanted.values()))
        return [
            caption
            for caption, moments in zip(wanted, found, strict=True)
            if float(confidences(moments).max(initial=0.0)) < SURE and caption not in take.unheard
        ]

    def _miscounted(
        self, ingredients: Sequence[Ingredient], sound: Audio
    ) -> dict[str, tuple[int, int]]:
        """Count what is to be heard a number of times, and return what differs."""
        asked = [
            (one.caption, one.layer.times, classes)
            for one in ingredients
            if one.layer.times is not None and not one.goes_on and (classes := _classes(one))
        ]
        if not asked:
            return {}
        heard = self._moments(sound, [classes for _, _, classes in asked])
        counts = [counted(sound, moments) for moments in heard]
        return {
            caption: (times, found)
            for (caption, times, _), found in zip(asked, counts, strict=True)
            if found != times
        }

    def _moments(self, sound: Audio, wanted: Sequence[Sequence[str]]) -> list[Moments]:
        """Return how much of each group of classes is heard in every patch."""
        labels = self._listener.labels
        groups = [dict.fromkeys((labels.index(one) for one in group), 1.0) for group in wanted]
        return moments_of(self._listener, sound, groups)

    def _best(self, sound: Audio, wanted: dict[str, tuple[str, ...]]) -> dict[str, float]:
        """Return the highest score any of some classes reaches, by name of the group."""
        labels = self._listener.labels
        rows = {name: [labels.index(one) for one in wanted[name]] for name in wanted}
        best = dict.fromkeys(wanted, 0.0)
        for scores in self._listener.scores(sound.converted(YAMNET_RATE, 1)):
            for name, places in rows.items():
                best[name] = max(best[name], float(scores[places].max()))
        return best


def _is_no_single(one: Ingredient) -> tuple[bool, bool, int]:
    """Put first what is one event by itself, then what single ones can be cut out of."""
    several = any(is_several(each, SAMPLE_RATE) for each in one.singles)
    return not one.singles, several, len(one.singles)


def _in_memory(mix: SceneMix, most: float) -> Audio:
    """Return the beginning of a mix so that it can be read at any place."""
    made = np.concatenate([block.samples for block in mix.audio(most).blocks()], axis=1)
    return Audio.from_waveform(Waveform(made, SAMPLE_RATE))


def _classes(one: Ingredient) -> tuple[str, ...]:
    if isinstance(one.made_of, Signal):
        return RAIN_CLASSES if one.made_of.kind == "rain" else ()
    return one.made_of.classes


def _origins(made_of: Sequence[LibrarySound | Signal]) -> list[str]:
    """Return the sentences that say what it is made of, and what the licences ask."""
    recordings = [one for one in made_of if isinstance(one, LibrarySound)]
    notes: list[str] = []
    if recordings:
        told = "; ".join(f"{one.caption} ({_in_one_sentence(one)})" for one in recordings)
        notes.append(RECORDED.format(told))
        duties = duties_of(one.licence for one in recordings)
        notes += [SHARED.format(one) for one in duties if not one.startswith("CC0")]
    calculated = [one.caption for one in made_of if isinstance(one, Signal)]
    if calculated:
        notes.append(CALCULATED.format(", ".join(calculated)))
    return notes


def _in_one_sentence(one: LibrarySound) -> str:
    credit = one.credit.replace(". ", ", ").rstrip(".")
    return f"{credit}, {one.licence}" if one.licence else credit
