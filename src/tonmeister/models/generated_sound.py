"""Sounds that a network makes of words: brought to length, listened to, and credited.

What all such networks need around them. They make a few seconds at a time, so what is longer is
looped; nobody recorded what they make, so the credits say that; and what they make is not always
what was asked for, so YAMNet listens where it is installed.
"""

import math
from collections.abc import Callable, Generator, Mapping, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from tonmeister.artifacts import File, Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import CheckpointCache
from tonmeister.errors import ToolFailed, ToolInputError, ToolUnavailable
from tonmeister.models.audioset import FAMILIES
from tonmeister.models.pretrained import is_of_memory
from tonmeister.models.scene_ear import AS_MUCH, HEARD, HEARD_IN_MIX
from tonmeister.models.sound_library import UNHEARD
from tonmeister.models.sound_loops import loop_of, repeated
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.models.sound_words import SOUND_WORDS, SoundWords
from tonmeister.models.yamnet_network import SAMPLE_RATE as YAMNET_RATE
from tonmeister.models.yamnet_network import Listener
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.streaming import Audio
from tonmeister.tools.generation import GeneratedSound
from tonmeister.tools.soundscape import parse_scene

__all__ = [
    "Ear",
    "MakesSounds",
    "SoundNetwork",
    "memory_watched",
    "nobody",
    "on_device",
    "too_long",
]

USUAL = 10.0
"""Seconds that are made when no length is said."""

CLOSE = 10
"""Most members of a family that stands for each of them: a dog's, not that of all animals."""

HIGHEST = 10 ** (-1.0 / 20)
MADE = "{} made this sound out of words: nobody recorded it."
WORDS_CUT = "The description has more words than {} takes: the last ones were left out."
LOOPED = (
    "{} makes {:.1f} s at most: the rest of the {:g} s is the same sound again, looped without a "
    "seam."
)
QUIETER = "It was turned down by {:.1f} dB, so that it does not clip."
DEAF = "Nothing listened to the result; YAMNet would, after `tonmeister models pull sound-library`."
UNWANTED = "'{}' was not to be heard, but YAMNet, which listened to the result, hears it."
NO_CLASS = "YAMNet has no class for '{}', so nothing checked that it is heard."
NO_CLASS_UNWANTED = "YAMNet has no class for '{}', so nothing checked that it is not heard."


class SoundNetwork(Protocol):
    """What makes sound of words.

    Attributes:
        sample_rate: Of its sound, in Hz.
        window: Most seconds it makes at a time.
    """

    sample_rate: int
    window: float

    def cuts(self, words: str) -> bool:
        """Say whether words are more than the network takes: it does not know the last ones.

        Args:
            words: What is to be heard.
        """
        ...

    def generated(
        self, words: str, duration: float, seed: int, on_progress: Callable[[float], None]
    ) -> Samples:
        """Return sound of shape ``(channels, frames)``, at least as long as asked.

        Args:
            words: What is to be heard.
            duration: Length in seconds, at most ``window``.
            seed: The same seed gives the same sound.
            on_progress: Called with the share done after each step.
        """
        ...


class Ear:
    """Tells whether what was asked for is heard, with the YAMNet of a checkpoint beside.

    Args:
        folder: Folder of a checkpoint that has the files of YAMNet and the sentence encoder.
    """

    def __init__(self, folder: Path) -> None:
        self._listener = Listener(folder)
        self._words = SoundWords(SentenceEncoder(folder), self._listener.labels)

    @classmethod
    def beside(cls, folder: Path) -> "Ear | None":
        """Return an ear whose weights lie beside a checkpoint; None when they are not installed.

        Args:
            folder: Folder of the other checkpoint.
        """
        cache = CheckpointCache(folder.parent, offline=True)
        found = cache.path(SOUND_LIBRARY) or cache.path(SOUND_WORDS)
        return cls(found) if found is not None else None

    def doubts(self, description: str, sound: Audio) -> list[str]:
        """Return a sentence for each part of a description that is not heard, or has no class.

        Args:
            description: What was asked for.
            sound: What was made.

        Returns:
            Also one for each thing that is heard although it was not to be.
        """
        notes: list[str] = []
        wanted: dict[str, list[int]] = {}
        parts, unwanted = _parts(description)
        for words in (*parts, *unwanted):
            classes = self._words.classes(words)
            if not classes:
                notes.append((NO_CLASS if words in parts else NO_CLASS_UNWANTED).format(words))
                continue
            meant = {one.label for one in classes if words in parts or one.weight >= AS_MUCH}
            labels = self._listener.labels
            near = meant | (_families(meant, labels) if words in parts else set())
            wanted[words] = [row for row, label in enumerate(labels) if label in near]
        best = self._best(sound, wanted) if wanted else {}
        unheard = [one for one, score in best.items() if one in parts and score < HEARD_IN_MIX]
        heard = [one for one, score in best.items() if one not in parts and score >= HEARD]
        notes += [UNHEARD.format(words) for words in unheard]
        return notes + [UNWANTED.format(words) for words in heard]

    def _best(self, sound: Audio, wanted: Mapping[str, Sequence[int]]) -> dict[str, float]:
        best = dict.fromkeys(wanted, 0.0)
        for scores in self._listener.scores(sound.converted(YAMNET_RATE, 1)):
            for words, rows in wanted.items():
                best[words] = max(best[words], float(scores[rows].max()))
        return best


def _families(meant: Set[str], labels: Sequence[str]) -> set[str]:
    """Return the small families that classes belong to: a bark heard as a dog is heard."""
    place = {label: row for row, label in enumerate(labels)}
    return {
        family
        for family, last in FAMILIES.items()
        if place[last] - place[family] < CLOSE
        and any(place[family] < place[one] <= place[last] for one in meant)
    }


def _parts(description: str) -> tuple[list[str], tuple[str, ...]]:
    """Return what is to be heard, and what is not; all as one where the parts are not clear."""
    try:
        scene = parse_scene(description)
    except ToolInputError:
        return [description], ()
    return [layer.bare or layer.words for layer in scene.layers], scene.unwanted


def nobody(share: float) -> None:
    """Tell nobody how far a sound is; the worker puts in its place who is told.

    Args:
        share: Of the work that is done, 0.0 to 1.0.
    """


class MakesSounds:
    """What an adapter of ``generate_sound`` does around its network.

    Attributes:
        label: Name of the model for people.
        credit: Who made the model, its licence, and what that asks, as lines of the credits.
        on_progress: Called with the share done.
    """

    label: str
    credit: Sequence[str]
    on_progress: Callable[[float], None]
    network: SoundNetwork
    ear: Ear | None

    def __call__(
        self, description: str, folder: Path, duration: float | None = None, seed: int = 0
    ) -> Noted:
        """Make a sound from words.

        Args:
            description: What is to be heard.
            folder: Where the credits are written.
            duration: Length in seconds; None for 10 s.
            seed: Another seed is another take.

        Raises:
            ToolInputError: Nothing is described.
            ToolUnavailable: The memory did not suffice.
            ToolFailed: What the network made is no sound.
        """
        words = " ".join(description.split())
        if not any(one.isalnum() for one in words):
            raise ToolInputError(
                "The description has no words; what is to be heard was expected.",
                tool="generate_sound",
                hint="Say it in English, such as 'a dragon breathing fire'.",
            )
        network, wanted = self.network, USUAL if duration is None else duration
        made = network.generated(words, min(wanted, network.window), seed, self.on_progress)
        notes = [MADE.format(self.label)]
        notes += [WORDS_CUT.format(self.label)] if network.cuts(words) else []
        made = _within_scale(made, self.label, notes)
        if wanted > network.window:
            notes.append(LOOPED.format(self.label, network.window, wanted))
        sound = _of_length(made, network.sample_rate, wanted)
        heard = sound.part(0.0, min(wanted, network.window))  # what follows is the same again
        notes += [DEAF] if self.ear is None else self.ear.doubts(words, heard)
        place = folder / "credits.txt"
        _write_credits(place, words, (wanted, seed), self.credit, notes)
        return Noted(GeneratedSound(sound, File(place, "text/plain", "txt")), tuple(notes))  # pyright: ignore[reportArgumentType]


def _within_scale(made: Samples, label: str, notes: list[str]) -> Samples:
    if not np.isfinite(made).all():
        raise ToolFailed(
            f"{label} made numbers that are no sound.",
            tool="generate_sound",
            hint="Try another seed.",
        )
    peak = float(np.abs(made).max(initial=0.0))
    if peak <= HIGHEST:
        return made
    notes.append(QUIETER.format(20 * math.log10(peak / HIGHEST)))
    return (made * np.float32(HIGHEST / peak)).astype(np.float32)


def _of_length(made: Samples, sample_rate: int, duration: float) -> Audio:
    """Cut sound to a length, or loop it: what repeats is kept once, however long it goes on."""
    count = round(duration * sample_rate)
    if count <= made.shape[1]:
        return Audio.from_waveform(Waveform(made[:, :count], sample_rate))
    piece = loop_of(made, sample_rate)

    def read(first: int, frames: int) -> Samples:
        return repeated(piece, first, frames)

    return Audio(sample_rate, made.shape[0], count, read=read)


def _write_credits(
    place: Path,
    description: str,
    asked: tuple[float, int],
    credit: Sequence[str],
    notes: Sequence[str],
) -> None:
    lines = [
        f"Sound: {description}",
        f"Length {asked[0]:g} s, seed {asked[1]}.",
        "",
        "Generated by a neural network; no recording is in it.",
        *(f"* {one}" for one in credit),
        "",
        "Notes:",
        *(f"* {one}" for one in notes),
        "",
    ]
    place.write_text("\n".join(lines), encoding="utf-8")


def on_device(pipeline: Any, device: str) -> Any:
    """Return a pipeline where it is to run, without its bar.

    Args:
        pipeline: A pipeline of diffusers, as loaded: with 32 bits, since T5 overflows with half as
            many.
        device: "cpu" or "cuda".
    """
    from diffusers.utils import logging

    logging.set_verbosity_error()  # its advice is for programmers
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)


def too_long(words: str, *tokenizers: Any) -> bool:
    """Say whether words have more tokens than a network takes, which cuts off the rest.

    Args:
        words: What is to be heard.
        tokenizers: Those of transformers that a pipeline reads words with.
    """
    return any(
        len(one(words, verbose=False)["input_ids"]) > one.model_max_length for one in tokenizers
    )


@contextmanager
def memory_watched(label: str, needed_mb: int) -> Generator[None]:
    """Turn what torch raises when memory does not suffice into an error with a way out.

    Args:
        label: Name of the model for people.
        needed_mb: Memory it takes, in MiB.

    Raises:
        ToolUnavailable: The memory of the machine or of its GPU did not suffice.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_of_memory(error):
            raise
        raise ToolUnavailable(
            f"The memory did not suffice for {label}, which takes about {needed_mb} MiB.",
            hint="Close other programs, or use a machine with more memory; a shorter sound takes "
            "as much.",
        ) from error
