"""Words that mean something in a request by themselves, so that no file may take them over."""

import re
from functools import cache

from tonmeister.planner.phrases import words_of
from tonmeister.planner.rules import load_rules
from tonmeister.planner.slots import AUDIO_FORMATS, LANGUAGES, SUBTITLE_FORMATS, common_words, fold
from tonmeister.quantities import HOURS, MILLISECONDS, MINUTES, NUMBER_WORDS, SECONDS

__all__ = ["reserved", "vocabulary"]

# "nesta gravação" is said of a recording as "esta gravação" is.
_CONTRACTED = "esta este estas estes essa esse essas esses isto isso aquela aquele aquilo ela ele"


@cache
def vocabulary() -> frozenset[str]:
    """Return the words that the recognizer's wordings use."""
    words = words_of([pattern for rule in load_rules() for pattern in rule.patterns])
    return words | set(LANGUAGES) | set(AUDIO_FORMATS) | set(SUBTITLE_FORMATS)


@cache
def reserved() -> frozenset[str]:
    """Return the words that name no file unless its extension is said with them.

    A recording may be called "mp3", "three" or "then" by whoever made it; said without ".wav",
    these stay what they are in every other request.
    """
    units = re.findall(r"[a-z]+\??", " ".join((HOURS, MINUTES, SECONDS, MILLISECONDS)))
    lengths = {
        form.rstrip("?") for unit in units for form in (unit, unit[: -2 if "?" in unit else None])
    }
    contracted = {f"{start}{word}" for start in "dn" for word in _CONTRACTED.split()}
    common = {fold(word) for word in common_words()}
    return vocabulary() | common | set(NUMBER_WORDS) | lengths | contracted
