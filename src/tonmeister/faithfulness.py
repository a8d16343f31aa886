"""Whether words of a language model keep to what was measured: the guard of reworded answers.

It reads what can be read without understanding: numbers and times, negations, which of two is more,
what is quoted, and which sounds are named. Whoever passes may still be clumsy; what is found here
is told wrongly, or cannot be told right.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from tonmeister.quantities import NUMBER_WORDS
from tonmeister.sound_vocabulary import flat, sounds_in

__all__ = ["unfaithful"]

ECHO = 4
"""Words in a row that tell that somebody else's sentence was taken over."""

LONGEST = 3
"""Times that a wording may be as long as the answer, and some more for a short one."""

_NUMBER = re.compile(
    r"(?<![\w.,:])(?P<clock>(?:\d+:)?\d+:\d{2}(?:[.,]\d+)?)"
    r"|(?<![\w.,:])(?P<minus>[-−]|minus |menos )?(?P<plain>\d+(?:[.,]\d+)?)"
    r"(?P<time> ?(?:s|sec|secs|seconds?|segundos?)\b)?"
)
_WORDS: Mapping[str, int] = {
    **{said: number for said, number in NUMBER_WORDS.items() if number > 1},
    "once": 1,
    "twice": 2,
    "couple": 2,
    "dozen": 12,
    "duzia": 12,
    "hundred": 100,
    "cem": 100,
    "thousand": 1000,
    "mil": 1000,
}
_ONE = re.compile(r"\b(?:one|single|uma?|unic[oa])\b")
"""Words that may be the number one or an article: they say a number only where one is meant."""

_NOT = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|without|neither|nor|nao|nunca|nenhum|nenhuma|ninguem"
    r"|nada|sem|nem)\b|n['’]t\b"
)
_MORE = re.compile(
    r"\b(?:louder|quieter|softer|fainter|weaker|stronger|lower|higher|equally|same|less|menos"
    r"|igualmente)\b|\bmais (?:alt|baix|frac|fort)"
)
_QUOTED = re.compile(r"[“\"«]([^”\"»]*)[”\"»]")
_FOREIGN = re.compile(r"https?:|www\.|\[[^\]]*\]\(|[`<>{}*#\n]|@\w")
_FAMILIES = (
    ("music", "song", "musica", "cancao", "sing", "canta"),
    ("voice", "speech", "speak", "talk", "voz", "fala", "somebody", "alguem", "said", "diz"),
)
"""Words of one sound that begin differently."""


def unfaithful(wording: str, answer: str, basis: Iterable[str] = ()) -> str:
    """Return what a wording says otherwise than the answer, in English; empty if nothing is.

    Args:
        wording: What a language model wrote.
        answer: The sentence that was made of what was measured.
        basis: Further measured facts. What stands in quotation marks in them, such as words that
            were said, is content: its numbers are no facts.
    """
    facts = [answer, *basis]
    if _FOREIGN.search(wording) or len(wording) > LONGEST * len(answer) + 200:
        return "it is not one short paragraph of plain words"
    quotes = [_plain(quote) for fact in facts for quote in _QUOTED.findall(fact)]
    for quote in _QUOTED.findall(wording):
        if not any(_plain(quote) in known for known in quotes):
            return f"it quotes “{quote}”, which stands nowhere in the facts"
    return (
        _echoed(wording, answer, quotes)
        or _wrong_number(wording, answer, facts)
        or _wrong_sense(wording, answer)
        or _unheard(wording, facts)
    )


def _echoed(wording: str, answer: str, quotes: Iterable[str]) -> str:
    """Find what was only said in a recording and now stands there as if it were so."""
    words, own = _plain(_unquoted(wording)).split(), f" {_plain(_unquoted(answer))} "
    for place in range(len(words) - ECHO + 1):
        run = f" {' '.join(words[place : place + ECHO])} "
        if run not in own and any(run in f" {quote} " for quote in quotes):
            return f"it says “{run.strip()}” as its own, which somebody says in the recording"
    return ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", flat(text)))


def _unquoted(text: str) -> str:
    return _QUOTED.sub(" “” ", text)


def _wrong_number(wording: str, answer: str, facts: Iterable[str]) -> str:
    said, stated = _numbers(wording), _numbers(answer)
    known = {number for fact in facts for number in _numbers(fact)}
    for number in said:
        if number not in known:
            return f"it says {number[1]:g}, which was not measured"
    if _ONE.search(flat(wording)):
        said = [*said, ("count", 1.0)] if ("count", 1.0) not in said else said
    for kind in ("time", "count"):
        left = iter([value for one, value in said if one == kind])
        for value in (value for one, value in stated if one == kind):
            if value not in left:  # the iterator moves on, so the order counts
                return f"it does not say {value:g} where the answer does"
    return ""


def _numbers(text: str) -> list[tuple[str, float]]:
    """Return the numbers of a text in order, as times in seconds or as others."""
    found: list[tuple[str, float]] = []
    folded = flat(_unquoted(text))
    words = re.compile(rf"\b(?:{'|'.join(_WORDS)}|uma vez)\b")
    for match in sorted(
        [*_NUMBER.finditer(folded), *words.finditer(folded)], key=lambda one: one.start()
    ):
        if match.re is words:
            found.append(("count", float(_WORDS.get(match[0], 1))))
        elif match["clock"]:
            parts = [float(part.replace(",", ".")) for part in match["clock"].split(":")]
            seconds = sum(part * 60**power for power, part in enumerate(reversed(parts)))
            found.append(("time", round(seconds, 3)))
        else:
            value = float(match["plain"].replace(",", "."))
            kind = "time" if match["time"] else "count"
            found.append((kind, round(-value if match["minus"] else value, 3)))
    return found


def _wrong_sense(wording: str, answer: str) -> str:
    said, stated = flat(_unquoted(wording)), flat(_unquoted(answer))
    if bool(_NOT.search(said)) != bool(_NOT.search(stated)):
        return "it denies what the answer says, or says what the answer denies"
    compared = set(_MORE.findall(stated))
    if set(_MORE.findall(said)) != compared:
        return "it compares otherwise than the answer"
    if compared:
        names = [flat(name) for name in _QUOTED.findall(answer)[:2]]
        places = [_place(name, flat(wording)) for name in names]
        middle = _MORE.search(flat(wording))
        at = [places[0], middle.start() if middle else -1, places[-1]]
        # Of two that are equally loud it does not matter which is named first.
        ordered = any(word == "louder" or word.startswith("mais") for word in compared)
        if -1 in at or (ordered and at != sorted(at)):
            return "it compares otherwise than the answer"
    return ""


def _place(name: str, text: str) -> int:
    """Return where a name begins in a text, in any form of its first long word; -1 if nowhere."""
    stems = [word[:4] for word in name.split() if len(word) > 2] or [name]
    found = [match.start() for stem in stems[:1] for match in _stemmed(stem).finditer(text)]
    return min(found, default=-1)


@cache
def _stemmed(stem: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(stem)}")


def _unheard(wording: str, facts: Iterable[str]) -> str:
    """Name a sound that the wording tells of and the facts do not."""
    known = flat(" ".join(facts))
    for word in sounds_in(wording):
        family = next((one for one in _FAMILIES if word.startswith(one)), (word[:4],))
        if not any(_stemmed(stem).search(known) for stem in family):
            return f"it tells of “{word}”, which was not measured"
    return ""
