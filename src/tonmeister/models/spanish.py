"""Spanish words to Kokoro's phonemes, from their spelling, which tells every sound and the stress.

Source: Real Academia Española, "Ortografía de la lengua española" (2010); Hualde, "The Sounds of
Spanish" (2005). As Kokoro's Spanish voices were trained, z is [θ].
"""

import re
import unicodedata
from collections.abc import Sequence

from tonmeister.models.letters import compiled, pairs_of, sounds_of, with_secondary, words_of

__all__ = ["Spanish"]

_WEAK_WORDS = words_of(
    "el la los las de del al y e o u en con por que se me te le les lo nos os mi mis su sus tu "
    "tus si ni a sin"
)
_HALF_WEAK = words_of("pero para como cuando donde sobre hasta desde nuestro nuestra entre")
_WORDS = pairs_of(
    "y:i e:e muy:mˈuj hay:ˈI whisky:wˈiski méxico:mˈexiko mexicano:mˌexikˈano "
    "mexicana:mˌexikˈana texas:tˈexas club:klˈub internet:ˌinteɾnˈet software:sˈoftweɾ "
    "web:wˈeb ok:okˈA"
)
_NUCLEUS = re.compile(
    r"(?:[iuü](?=[aeoáéó]))?[aeoáéó](?:[iuy](?![aeoáéóíú]))?|[íú]|[iuü](?:[iuyíú](?![aeo]))?"
)
_RULES = compiled(
    (
        (r"(?<![aeiouáéíóú])ˈ?h?(?=u(?=ˈ?e))u(?=ˈ?e)", "w"),
        (r"h", ""),
        # Diphthongs.
        (r"^p(?=s)", ""),
        (r"[aá][iy](?!ˈ?[aeoáéóíú])", "I"),
        (r"[aá]u", "W"),
        (r"[eé][iy](?!ˈ?[aeoáéóíú])", "A"),
        (r"[eé]u", "eʊ"),
        (r"[oó][iy](?!ˈ?[aeoáéóíú])", "oɪ"),
        (r"uy$", "uj"),
        (r"i(?=ˈ?[aeoáéóuú])", "j"),
        (r"(?<![Gg])u(?=ˈ?[aeoáéóií])", "w"),
        (r"g(?=u(?=ˈ?[aoáó]))u", "Ɡw"),
        (r"(?<=ˈ)e(?=n[tzc])", "ɛ"),
        (r"[aá]", "a"),
        (r"[eé]", "e"),
        (r"[ií]", "i"),
        (r"[oó]", "o"),
        (r"[uúü]", "u"),
        # Consonants; b, d and g are soft but at the beginning and after m, n (and d after l).
        (r"[bvβ]", "B"),
        (r"d$", "d"),
        (r"d", "D"),
        (r"[gG]", "Ɡ"),
        (r"n(?=[bvp])", "m"),
        (r"n(?=[kKgGqxj])|n(?=c[aouáóúlr])", "ŋ"),
        (r"C", "ʧ"),
        (r"c(?=ˈ?[eiéí])|z", "θ"),
        (r"[ckKq]", "k"),
        (r"j", "x"),
        (r"L", "ʎ"),
        (r"ñ", "ɲ"),
        (r"^r|R|(?<=[nls])r", "r"),
        (r"r", "ɾ"),
        (r"^x", "s"),
        (r"x", "ks"),
        (r"y(?=ˈ?[aeiouáéíóú])", "ʝ"),
        (r"y", "i"),
        (r"w", "w"),
        (r"ç", "s"),
    )
)
_HARD = {"B": "b", "D": "d", "Ɡ": "ɡ"}
_SOFT = {"B": "β", "D": "ð", "Ɡ": "ɣ"}


class Spanish:
    """Turns Spanish words into phonemes."""

    def __call__(self, words: Sequence[str], sentence: Sequence[str] = ()) -> list[str]:
        """Return the phonemes of each word of a clause.

        Args:
            words: The words between two punctuation marks.
            sentence: All words of the sentence; of no account here.
        """
        spoken: list[str] = []
        before = ""
        for word in words:
            sounds = _softened(_word(word), before)
            spoken.append(sounds)
            before = sounds[-1:] or before
        return spoken


def _softened(spoken: str, before: str) -> str:
    """Let b, d and g be soft where they stand between vowels, also across words."""
    result = ""
    for sound in spoken:
        if sound in _HARD:
            previous = result.rstrip("ˈˌ")[-1:] or before
            hard = previous in ("", "m", "n", "ŋ") or (sound == "D" and previous in "lʎ")
            sound = (_HARD if hard else _SOFT)[sound]
        result += sound
    return result


def _word(word: str) -> str:
    small = unicodedata.normalize("NFC", word.lower()).replace("'", "").replace("’", "")
    if small in _WORDS:
        return _WORDS[small]
    if "-" in small:
        return " ".join(_word(part) for part in small.split("-") if part)
    if small.endswith("mente") and len(small) > 8:
        # An adverb keeps the stress of its adjective.
        return _stressed_sounds(small.removesuffix("mente")) + "mˈente"
    return _stressed_sounds(small)


def _stressed_sounds(small: str) -> str:
    prepared = re.sub(r"ch", "C", small).replace("ll", "L").replace("rr", "R").replace("ph", "f")
    prepared = re.sub(r"qu(?=[eiéí])", "K", prepared)
    prepared = re.sub(r"gu(?=[eiéí])", "G", prepared)
    prepared = re.sub(r"g(?=[eiéíy])", "j", prepared)
    if small in _WEAK_WORDS:
        return sounds_of(prepared, _RULES)
    place = _stress(prepared)
    if place is None:
        return sounds_of(prepared, _RULES)
    mark = "ˌ" if small in _HALF_WEAK else "ˈ"
    spoken = sounds_of(f"{prepared[:place]}ˈ{prepared[place:]}", _RULES)
    spoken = with_secondary(spoken, "aeiouɛAIWY", every_other=False, from_first=False)
    return spoken.replace("ˈ", mark)


def _stress(word: str) -> int | None:
    """Return the place of the stressed vowel."""
    for place, letter in enumerate(word):
        if letter in "áéíóú":
            return place
    nuclei = list(_NUCLEUS.finditer(word))
    if not nuclei:
        return None
    light = re.search(r"[aeiou]s?$|n$", word) and len(nuclei) > 1
    nucleus = nuclei[-2 if light else -1]
    strong = re.search(r"[aeo]", nucleus.group())
    if strong:
        return nucleus.start() + strong.start()
    return nucleus.end() - 1
