"""Finds a described sound with YAMNet, and says what it listened for and how near it came."""

from pathlib import Path

from tonmeister.artifacts import Noted, SoundEvents
from tonmeister.models.sightings import Moments, SoundFinder, found_events, likeliest
from tonmeister.models.sound_words import SOUND_WORDS, weights_of
from tonmeister.streaming import Audio
from tonmeister.tools.sound import find_sound
from tonmeister.toolspec import Card, model

__all__ = ["YamnetFinder"]


@model(
    find_sound,
    card=Card(
        name="yamnet-finder",
        licence="Apache-2.0",
        checkpoint=SOUND_WORDS,
        memory_mb=260,
        speed=0.04,
        load_duration=3.0,
    ),
)
class YamnetFinder:
    """Finds sounds among the 521 classes of AudioSet, asked for in 16 languages."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph, and read the names of classes.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._finder = SoundFinder(Path(weights or ""), threads)

    def __call__(self, audio: Audio, description: str, threshold: float) -> SoundEvents | Noted:
        """Find when a sound is heard.

        Args:
            audio: Any recording that can be read twice.
            description: The sound in a few words.
            threshold: Confidence from which it counts as there, 0.05 to 0.95.

        Raises:
            ToolInputError: The words mean no sound that is known.
        """
        meant = self._finder.meant(description, "find_sound")
        (found,) = self._finder.evidence(audio, [weights_of(meant)])
        events = found_events(found, description.strip(), threshold, audio.duration)
        listened = f"Listened for: {', '.join(one.label for one in meant)}."
        notes = (listened,) if events else (listened, _absent(found, threshold, audio.duration))
        return Noted(SoundEvents(events, audio.duration), notes)


def _absent(found: Moments, threshold: float, duration: float) -> str:
    if not len(found):
        return "The recording is empty."
    when, sure = likeliest(found, duration)
    return (
        f"Not there: the likeliest moment, at {when:.1f} s, reaches a confidence of "
        f"{sure:.3f}; {threshold:.2f} is needed."
    )
