"""Sounds out of a library: found by meaning, looped, placed, mixed, and judged by YAMNet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np

from tonmeister.artifacts import File, Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.scene_ear import SceneEar
from tonmeister.models.single_events import is_several, single_events
from tonmeister.models.sound_choice import UNSURE, Candidate, Part, RecordingFinder
from tonmeister.models.sound_credits import write_credits
from tonmeister.models.sound_recordings import SAMPLE_RATE, SOUND_LIBRARY, Recordings
from tonmeister.models.sound_scene import BEHIND_DB, Ingredient, SceneMix, natural_duration
from tonmeister.models.yamnet_network import Listener
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.soundlibrary import (
    LibrarySound,
    duties_of,
    own_sounds,
    recorded_sounds,
    words_of,
)
from tonmeister.streaming import Audio
from tonmeister.tools.generation import GeneratedSound, generate_sound
from tonmeister.tools.signals import Signal
from tonmeister.tools.soundscape import Layer, Scene, parse_scene
from tonmeister.toolspec import Card, model

__all__ = ["SoundLibrary"]

LISTENED = 60.0
"""Seconds of a scene that are listened to."""

TRIES = 5
FURTHER_DB = 5.0
"""By how much what goes on is turned down when events in front of it are not recognised."""

CANDIDATES = 4
EQUAL = 0.06
"""Candidates less like the words than the best by up to this fit as well."""

RAISES_DB = (3.0, 6.0)
"""By how much what is hard to hear among the rest is raised, one after the other."""

RECORDED = "Recordings used: {}."
CALCULATED = "Calculated, not recorded: {}."
NEAREST = "For '{}' the nearest recording is '{}'; it may not be what was meant."
LEFT_OUT = "Nothing in the library sounds like '{}', so it was left out."
UNHEARD = "YAMNet, which listened to the result, did not recognise '{}' in it."
SHARED = "Before you share it: {}"
MISCOUNTED = "Asked for {1} times '{0}'; {2} are counted in the result."
UNCOUNTED = "'{}' goes on without pauses, so it cannot be made a number of times."
RAISED = "'{}' was raised by {:g} dB, to be heard among the rest."
UNWANTED = "YAMNet does not hear '{}' in the result."
UNWANTED_AT_FIRST = "YAMNet does not hear '{}' in the first minute of the result."
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
        unwanted: What is heard although it is not to be.
        raised_db: By how much layers were raised to be heard, by caption.
    """

    mix: SceneMix
    ingredients: Sequence[Ingredient]
    duration: float
    unheard: Sequence[str]
    counts: Mapping[str, tuple[int, int]]
    unwanted: Sequence[str] = ()
    raised_db: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def faults(self) -> tuple[int, int, int]:
        """What is wrong with it, the worst first."""
        counts = self.counts.values()
        return len(self.unwanted), len(self.unheard), sum(abs(one - other) for one, other in counts)


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
        self._encoder = SentenceEncoder(folder)
        self._ear = SceneEar(Listener(folder), self._encoder)
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
            ToolInputError: Nothing in the library fits, nothing without what is not to be heard, or
                the description cannot be made.
        """
        scene = parse_scene(description)
        own = own_sounds(self._own_folder)
        if own != self._own:
            self._finder = RecordingFinder(self._encoder, [*recorded_sounds(), *own])
            self._own = own
        notes: list[str] = []
        unwanted = {words: self._ear.classes_of(words) for words in scene.unwanted}
        options = self._options(scene, seed, notes, unwanted)
        best = self._best_take(scene, options, (duration or scene.duration, seed), unwanted)
        if best.unwanted:
            raise _declined(best.unwanted, "Every way to mix it")
        best, faint = self._raised(scene, best, seed, unwanted)
        absent = UNWANTED if best.duration <= LISTENED else UNWANTED_AT_FIRST
        notes += [absent.format(one) for one in unwanted]
        notes += [UNHEARD.format(one) for one in best.unheard]
        notes += [RAISED.format(*one) for one in best.raised_db.items()]
        notes += [TOO_FAINT.format(one) for one in faint if one not in best.unheard]
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
        asked: tuple[float | None, int],
        unwanted: Mapping[str, Sequence[str]],
    ) -> _Take:
        """Mix, listen, and try again where something is not recognised among the rest.

        By turns it is made of the next recording that fits, and what goes on behind it is turned
        down.
        """
        takes: list[_Take] = []
        places, behind_db = [0] * len(options), BEHIND_DB
        duration, seed = asked
        while True:
            ingredients = [one[place] for one, place in zip(options, places, strict=True)]
            length = duration or natural_duration(ingredients, scene.room)
            mix = SceneMix(ingredients, scene.room, length, seed, behind_db)
            take = self._listened(mix, ingredients, length, unwanted)
            takes.append(take)
            if not any(take.faults) or len(takes) == TRIES:
                return min(takes, key=lambda take: take.faults)
            wrong = {*take.unheard, *take.counts}
            others = [
                place + ((one.caption in wrong or bool(take.unwanted)) and place + 1 < len(part))
                for place, one, part in zip(places, ingredients, options, strict=True)
            ]
            if others == places or len(takes) % 2 == 0:
                behind_db -= FURTHER_DB
            else:
                places = others

    def _listened(
        self,
        mix: SceneMix,
        ingredients: Sequence[Ingredient],
        length: float,
        unwanted: Mapping[str, Sequence[str]],
    ) -> _Take:
        sound = _in_memory(mix, LISTENED)
        unheard = self._ear.unheard(ingredients, sound)
        counts = self._ear.miscounted(ingredients, sound) if length <= LISTENED else {}
        heard = self._ear.heard(sound, unwanted)
        return _Take(mix, ingredients, length, unheard, counts, heard)

    def _raised(
        self, scene: Scene, best: _Take, seed: int, unwanted: Mapping[str, Sequence[str]]
    ) -> tuple[_Take, list[str]]:
        """Raise what would not be found among the rest, unless it is to be quiet.

        Returns:
            The take, and what is faint in it all the same.
        """
        start, faint = best, self._faint(best)
        quiet = {one.caption for one in best.ingredients if one.layer.level_db < 0.0}
        raised: dict[str, float] = {}
        for by_db in RAISES_DB:
            louder = set(faint) - quiet
            if not louder:
                break
            if best.unheard and by_db < RAISES_DB[-1]:
                continue  # what is not even recognised needs all that there is
            raised |= dict.fromkeys(louder, by_db)
            ingredients = [_louder(one, raised.get(one.caption, 0.0)) for one in start.ingredients]
            behind_db = start.mix.behind_db - (2 * FURTHER_DB if best.unheard else 0.0)
            mix = SceneMix(ingredients, scene.room, best.duration, seed, behind_db)
            take = self._listened(mix, ingredients, best.duration, unwanted)
            if take.faults > best.faults:
                break
            left = self._faint(take)
            if (take.faults, len(left)) < (best.faults, len(faint)):
                best, faint = replace(take, raised_db=dict(raised)), left
        return best, faint

    def _faint(self, take: _Take) -> list[str]:
        faint = self._ear.too_faint(take.ingredients, _in_memory(take.mix, LISTENED))
        return list(dict.fromkeys([*take.unheard, *faint]))

    def _options(
        self, scene: Scene, seed: int, notes: list[str], unwanted: Mapping[str, Sequence[str]]
    ) -> list[list[Ingredient]]:
        """Find what may make each layer; a place that is not in the library is left out."""
        found: list[list[Ingredient]] = []
        for layer in scene.layers:
            match = self._finder.find(layer)
            found.append(self._candidates(layer, match.part, seed, notes, unwanted))
            if match.around is not None:
                behind = Layer(layer.where, distance=layer.distance)
                found.append(self._candidates(behind, match.around, seed, notes, unwanted))
            if match.left_out:
                notes.append(LEFT_OUT.format(match.left_out))
        return found

    def _candidates(
        self,
        layer: Layer,
        part: Part,
        seed: int,
        notes: list[str],
        unwanted: Mapping[str, Sequence[str]],
    ) -> list[Ingredient]:
        """Return a few recordings that fit, first those in which YAMNet hears what it should.

        Those that fit as well as the best take turns at the first place from seed to seed. Those
        that are said to have what is not wanted, or in which it is heard, are left out.
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
        silent = (one for one in order if not _names(one, unwanted))
        fitting = (self._ingredient(layer, one) for one in silent)
        clean = (one for one in fitting if not self._ear.hears_in(one, unwanted))
        read = list(islice(clean, CANDIDATES))
        if not read:
            raise _declined(list(unwanted), f"Every recording that fits '{layer.words}'")
        if layer.times is not None:
            # A recording of one event is repeated as it is; out of others, single ones are cut.
            read.sort(key=_is_no_single)
        heard = [one for one in read if self._ear.hears_itself(one)]
        return [*heard, *(one for one in read if one not in heard)]

    def _ingredient(self, layer: Layer, sound: LibrarySound) -> Ingredient:
        samples = self._recordings.read(sound)
        singles = single_events(samples, SAMPLE_RATE) if layer.times is not None else ()
        return Ingredient(layer, sound, samples, singles)


def _is_no_single(one: Ingredient) -> tuple[bool, bool, int]:
    """Put first what is one event by itself, then what single ones can be cut out of."""
    several = any(is_several(each, SAMPLE_RATE) for each in one.singles)
    return not one.singles, several, len(one.singles)


def _names(sound: LibrarySound, unwanted: Iterable[str]) -> bool:
    """Tell whether a recording is said to have something in it that is not wanted."""
    said = [words_of(phrase) for phrase in sound.phrases]
    return any(words_of(one) <= phrase for one in unwanted for phrase in said if words_of(one))


def _louder(one: Ingredient, by_db: float) -> Ingredient:
    return replace(one, layer=replace(one.layer, level_db=one.layer.level_db + by_db))


def _declined(unwanted: Sequence[str], which: str) -> ToolInputError:
    words = "' or '".join(unwanted)
    return ToolInputError(
        f"{which} sounds like '{words}' too, which is not to be heard.",
        tool="generate_sound",
        hint="Ask for something else, for another seed, or without that exception.",
    )


def _in_memory(mix: SceneMix, most: float) -> Audio:
    """Return the beginning of a mix so that it can be read at any place."""
    made = np.concatenate([block.samples for block in mix.audio(most).blocks()], axis=1)
    return Audio.from_waveform(Waveform(made, SAMPLE_RATE))


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
