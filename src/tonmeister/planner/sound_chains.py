"""Wordings about what is in a sound: stems, single sounds, questions."""

from collections.abc import Callable, Mapping

from tonmeister.planner.assembly import Assembly, Call
from tonmeister.planner.mentions import Args

__all__ = ["CHAINS"]


def _stems(assembly: Assembly, call: Call, args: Args) -> None:
    """Part a song; what was asked for is "it" from then on, or both when nothing was."""
    wanted = [args["keep"]] if "keep" in args else ["vocals", "accompaniment"]
    made: list[str] = []
    for ref in assembly.targets("separate_stems", call):
        assembly.step("separate_stems", {"audio": ref}, wanted[0])
        made += [f"@{assembly.steps[-1].id}.{stem}" for stem in wanted]
    assembly.now(made)


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "separate_stems": _stems,
}
