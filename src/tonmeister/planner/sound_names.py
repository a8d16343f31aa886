"""Whether two words name one sound: "the dogs", "Dog", "cão"."""

from functools import cache

from tonmeister.sound_translations import sounds_named
from tonmeister.sound_vocabulary import flat

__all__ = ["is_called"]


def is_called(said: str, label: str) -> bool:
    """Tell whether somebody's word is a name of a sound, in either language.

    Args:
        said: The word.
        label: What the sound was called before: by the person, or by the model that heard it.
    """
    return bool(said) and not _names(said).isdisjoint(_names(label))


@cache
def _names(label: str) -> frozenset[str]:
    """Return what a sound is called in both languages, in the singular and without accents."""
    single = _singular(label.strip().lower())
    named = sounds_named(single[:1].upper() + single[1:])
    return frozenset({flat(single), flat(named)})


def _singular(word: str) -> str:
    return {"cães": "cão", "caes": "cao"}.get(word, word.removesuffix("s"))
