"""What people ask for that cannot be done here, or only in part; read from ``limits.toml``.

A request has a limit when one of its signs is found: words in a certain order. Words in quotation
marks are to be spoken or written, and names of files are anybody's; neither is looked at.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from tonmeister.planner.slots import fold, unquoted
from tonmeister.registry import Catalog

__all__ = ["Limit", "limit_in", "limit_of", "limits", "nearest_requests"]

_JOINTS = (
    "of for from to with in on and or de da do das dos deste desta desse dessa para com em no na "
    "nos nas neste nesta por e ou sem"
)
_FEW = rf"(?:(?!(?:{_JOINTS.replace(' ', '|')}) )\w+ ){{0,3}}"
_MANY = r"(?:\w+ ){0,6}"
_COURTESY = (
    r" (?:(?:please|now|then|and|can|could|would|will|you|i|want|need|like|to|id|d|por|favor"
    r"|agora|e|podes|pode|podias|quero|queria|preciso|de|que) )*"
)
_PARTS = re.compile(r"\s*[,;]\s*(?:and |then |e |depois )*|\s+(?:and then|and|then|e depois|e)\s+")
_FILE_NAME = re.compile(r"(?<!/)\b[\w-]+\.\w{2,5}\b")


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that cannot be done unless a tool for it is installed.

    Attributes:
        name: What it is called here.
        title: What people call it, by language.
        tools: A tool whose name begins with one of these can do it; with none, no tool ever may.
        missing: What is missing, by language.
        why: For which reason, by language.
        loses: What the nearest possible plan would not give, by language.
        nearest: A request that is possible instead, by language; "{quote}" stands for the words in
            quotation marks. Empty when nothing comes near.
        signs: Words it is known by.
        unless: Words that tell that something else is meant.
        examples: Requests that have it, by language.
    """

    name: str
    title: Mapping[str, str]
    tools: tuple[str, ...]
    missing: Mapping[str, str]
    why: Mapping[str, str]
    loses: Mapping[str, str]
    nearest: Mapping[str, str] = field(default_factory=dict[str, str])
    signs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def is_possible(self, tools: Iterable[str]) -> bool:
        """Tell whether a tool for it is there.

        Args:
            tools: Names of the tools.
        """
        return any(name.startswith(self.tools) for name in tools)

    def told(self, language: str) -> str:
        """Return what is missing and why.

        Args:
            language: "en" or "pt".
        """
        language = "pt" if language == "pt" else "en"
        return f"{self.missing[language]} {self.why[language]}".strip()


@cache
def limits() -> Mapping[str, Limit]:
    """Return all limits by name, in the order in which they are looked for."""
    text = (files("tonmeister.planner") / "limits.toml").read_text(encoding="utf-8")
    return {
        name: Limit(
            name,
            tools=tuple(kept.pop("tools")),
            signs=tuple(kept.pop("signs", ())),
            unless=tuple(kept.pop("unless", ())),
            examples={at: tuple(said) for at, said in kept.pop("examples", {}).items()},
            **kept,
        )
        for name, kept in tomllib.loads(text).items()
    }


def limit_of(tool: str) -> Limit | None:
    """Return the limit that holds where a tool is not installed, if there is one.

    Args:
        tool: Name of a tool.
    """
    return next((one for one in limits().values() if tool.startswith(one.tools)), None)


def limit_in(text: str, catalog: Catalog) -> Limit | None:
    """Return the limit whose signs a request has, if it has any.

    Args:
        text: The person's words.
        catalog: What can be done here.
    """
    said = _FILE_NAME.sub(" ", fold(unquoted(text)))
    whole, *parts = [_words(part) for part in (said, *_PARTS.split(said))]
    for one in limits().values():
        signs, unless = _patterns(one.name)
        if signs is None or (unless and unless.search(whole)):
            continue
        if any(signs.search(part) for part in (whole, *parts)):
            return None if one.is_possible(catalog.tools) else one
    return None


def nearest_requests(limit: Limit, text: str, catalog: Catalog) -> Iterator[str]:
    """Yield requests that may be possible instead, the nearest first.

    Args:
        limit: Why it cannot be done.
        text: The person's words; the parts of it that are free of the limit come first.
        catalog: What can be done here.
    """
    parts = [part for part in _PARTS.split(text) if part.strip()]
    free = [part for part in parts if limit_in(part, catalog) is None]
    if 0 < len(free) < len(parts):
        yield " and ".join(free)
    quote = re.search(r"[\"“«]([^\"”»]+)[\"”»]", text)
    instead = limit.nearest.get("en", "")
    if instead and (quote or "{quote}" not in instead):
        yield instead.replace("{quote}", quote[1] if quote else "")


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", f" {text} ")


@cache
def _patterns(name: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    one = limits()[name]
    return _compiled(one.signs), _compiled(one.unless)


def _compiled(signs: Iterable[str]) -> re.Pattern[str] | None:
    patterns = [_pattern(sign) for sign in signs]
    return re.compile("|".join(patterns)) if patterns else None


def _pattern(sign: str) -> str:
    parts: list[str] = [] if sign.startswith("^") else ["(?<= )"]
    for word in sign.split():
        match word:
            case "^":
                parts.append(f"^{_COURTESY}")
            case "…":
                parts.append(_FEW)
            case "~":
                parts.append(_MANY)
            case _:
                parts.append("(?:" + word.replace("*", r"\w*").replace("/", "|") + ") ")
    return "".join(parts)
