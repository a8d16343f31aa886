"""Listens to what a scene is made of and to the whole: YAMNet tells whether it is as asked."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.sightings import SURE, Moments, confidences, moments_of
from tonmeister.models.single_events import counted
from tonmeister.models.sound_recordings import SAMPLE_RATE
from tonmeister.models.sound_scene import Ingredient
from tonmeister.models.sound_words import SoundWords
from tonmeister.models.yamnet_network import SAMPLE_RATE as YAMNET_RATE
from tonmeister.models.yamnet_network import Listener
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.streaming import Audio
from tonmeister.tools.signals import Signal

__all__ = ["AS_MUCH", "HEARD", "HEARD_IN_MIX", "SceneEar", "classes_in"]

HEARD = 0.15
"""Score of YAMNet from which a recording by itself is what its caption says."""

HEARD_IN_MIX = 0.1
RAIN_CLASSES = ("Rain", "Raindrop", "Rain on surface")
AS_MUCH = 0.9
"""Share of the surest meaning of unwanted words from which a further one is meant as well."""


class SceneEar:
    """Judges recordings and mixes.

    Args:
        listener: YAMNet.
        encoder: Knows what words mean.
    """

    def __init__(self, listener: Listener, encoder: SentenceEncoder) -> None:
        self._listener, self._encoder = listener, encoder

    @cached_property
    def _words(self) -> SoundWords:
        return SoundWords(self._encoder, self._listener.labels)

    def classes_of(self, words: str) -> tuple[str, ...]:
        """Return the classes that are not to be heard.

        Args:
            words: What is not to be heard.

        Raises:
            ToolInputError: There is no such class, so nothing could check it.
        """
        meant = self._words.classes(words)
        if not meant:
            raise ToolInputError(
                f"Nothing can check that '{words}' is not heard: no sound that is known is called "
                "that.",
                tool="generate_sound",
                hint="Name it in other words, or leave it out of the description.",
            )
        return tuple(one.label for one in meant if one.weight >= AS_MUCH)

    def hears_itself(self, one: Ingredient) -> bool:
        """Tell whether in a recording is heard what its caption says.

        Args:
            one: What makes a layer.
        """
        classes = classes_in(one)
        return not classes or self._alone(one, {"": classes})[""] >= HEARD

    def hears_in(self, one: Ingredient, unwanted: Mapping[str, Sequence[str]]) -> bool:
        """Tell whether in a recording something is heard that is not wanted.

        Args:
            one: What makes a layer.
            unwanted: Classes by what they are called.
        """
        if not unwanted or not len(one.samples):
            return False
        own = set(classes_in(one))
        return any(own & set(classes) for classes in unwanted.values()) or any(
            score >= HEARD for score in self._alone(one, unwanted).values()
        )

    def heard(self, sound: Audio, unwanted: Mapping[str, Sequence[str]]) -> list[str]:
        """Return what is heard of what is not wanted.

        Args:
            sound: The whole.
            unwanted: Classes by what they are called.
        """
        if not unwanted:
            return []
        best = self._best(sound, unwanted)
        return [words for words in unwanted if best[words] >= HEARD]

    def unheard(self, ingredients: Sequence[Ingredient], sound: Audio) -> list[str]:
        """Return the captions of layers none of whose classes is heard in the whole.

        Args:
            ingredients: What it is made of.
            sound: The whole.
        """
        wanted = {one.caption: classes for one in ingredients if (classes := classes_in(one))}
        best = self._best(sound, wanted)
        return [caption for caption in wanted if best[caption] < HEARD_IN_MIX]

    def too_faint(self, ingredients: Sequence[Ingredient], sound: Audio) -> list[str]:
        """Return what would not be found by its classes, as find_sound looks for it.

        One that is alone is not faint among others.

        Args:
            ingredients: What it is made of.
            sound: The whole.
        """
        wanted = {one.caption: classes for one in ingredients if (classes := classes_in(one))}
        if len(ingredients) == 1 or not wanted:
            return []
        found = self._moments(sound, list(wanted.values()))
        return [
            caption
            for caption, moments in zip(wanted, found, strict=True)
            if float(confidences(moments).max(initial=0.0)) < SURE
        ]

    def miscounted(
        self, ingredients: Sequence[Ingredient], sound: Audio
    ) -> dict[str, tuple[int, int]]:
        """Count what is to be heard a number of times, and return what differs, by caption.

        Args:
            ingredients: What it is made of.
            sound: The whole.
        """
        asked = [
            (one.caption, one.layer.times, classes)
            for one in ingredients
            if one.layer.times is not None and not one.goes_on and (classes := classes_in(one))
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

    def _alone(self, one: Ingredient, wanted: Mapping[str, Sequence[str]]) -> dict[str, float]:
        peak = float(np.abs(one.samples).max(initial=0.0))
        loud = one.samples * np.float32(0.7 / peak if peak > 0.0 else 1.0)
        return self._best(Audio.from_waveform(Waveform(loud[np.newaxis], SAMPLE_RATE)), wanted)

    def _moments(self, sound: Audio, wanted: Sequence[Sequence[str]]) -> list[Moments]:
        """Return how much of each group of classes is heard in every patch."""
        labels = self._listener.labels
        groups = [dict.fromkeys((labels.index(one) for one in group), 1.0) for group in wanted]
        return moments_of(self._listener, sound, groups)

    def _best(self, sound: Audio, wanted: Mapping[str, Sequence[str]]) -> dict[str, float]:
        """Return the highest score any of some classes reaches, by name of the group."""
        labels = self._listener.labels
        rows = {name: [labels.index(one) for one in wanted[name]] for name in wanted}
        best = dict.fromkeys(wanted, 0.0)
        for scores in self._listener.scores(sound.converted(YAMNET_RATE, 1)):
            for name, places in rows.items():
                best[name] = max(best[name], float(scores[places].max()))
        return best


def classes_in(one: Ingredient) -> tuple[str, ...]:
    """Return the classes that are to be heard in what makes a layer.

    Args:
        one: What makes it.
    """
    if isinstance(one.made_of, Signal):
        return RAIN_CLASSES if one.made_of.kind == "rain" else ()
    return one.made_of.classes
