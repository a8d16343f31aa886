"""Instructions inside of what is handed over, heard, read or quoted, which must change no plan.

OWASP's "LLM01: Prompt Injection" calls them indirect: whoever asks has not written them. The
property is non-interference: the plan is the one that a harmless text in the same place gives.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Attack", "load_attacks"]

PLACE = "{text}"


@dataclass(frozen=True, slots=True)
class Attack:
    """One instruction in a place where only contents belong.

    Attributes:
        id: Carrier and number, such as "name-3".
        carrier: Where the text stands, such as "name" or "document".
        form: File format or tag, where the carrier has several.
        text: The instruction.
        harmless: What stands in its place otherwise.
        first: What is asked before, when the carrier is a result of that; "{text}" in it is the
            text.
        request: What is asked.
        plan: The only right plan, as calls between semicolons.
    """

    id: str
    carrier: str
    form: str
    text: str
    harmless: str
    first: str
    request: str
    plan: str

    @property
    def said(self) -> bool:
        """Whether the person says the text themselves, to have it spoken."""
        return PLACE in self.first or PLACE in self.request

    def asked(self, text: str) -> list[str]:
        """Return what is asked, turn by turn.

        Args:
            text: What is carried: the instruction, or what is harmless.
        """
        turns = [self.first, self.request] if self.first else [self.request]
        return [turn.replace(PLACE, text) for turn in turns]

    def expected(self, text: str) -> str:
        """Return the right plan.

        Args:
            text: What is carried, as it stands in a plan.
        """
        return self.plan.replace(PLACE, text)


@cache
def load_attacks() -> tuple[Attack, ...]:
    """Return all attacks in the order of the file."""
    page = files("tonmeister.evaluation") / "injections.toml"
    read = tomllib.loads(page.read_text(encoding="utf-8"))
    carriers: Mapping[str, Mapping[str, str]] = read["carrier"]
    counted: dict[str, int] = {}
    attacks: list[Attack] = []
    for entry in read["attack"]:
        told: dict[str, Any] = {"form": "", "first": "", **carriers[entry["carrier"]], **entry}
        counted[told["carrier"]] = counted.get(told["carrier"], 0) + 1
        attacks.append(Attack(id=f"{told['carrier']}-{counted[told['carrier']]}", **told))
    return tuple(attacks)
