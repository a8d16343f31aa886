"""What must hold after a turn, compared with what was observed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tonmeister.artifacts import Artifact, Kind
from tonmeister.evaluation.robustness.scenarios import Expected
from tonmeister.execution.records import StepRecord

__all__ = ["Observed", "unmet"]

TOLERANCE = 0.15  # seconds; changing speed and cutting silence round to blocks


@dataclass(frozen=True, slots=True)
class Observed:
    """What came of a turn.

    Attributes:
        outcome: Outcome of the reply, or "error".
        text: Words of the reply or of the error.
        steps: What became of each step.
        before: What could be referred to before the turn, by handle without "@".
        after: What can be referred to now.
        made_from: Names of the files that each artifact comes from, by its id.
    """

    outcome: str
    text: str
    steps: Sequence[StepRecord]
    before: Mapping[str, Artifact]
    after: Mapping[str, Artifact]
    made_from: Mapping[str, frozenset[str]]


def unmet(expected: Expected, observed: Observed) -> list[str]:
    """Return everything that does not hold.

    Args:
        expected: What must hold.
        observed: What came of the turn.
    """
    return [
        *_about_the_reply(expected, observed),
        *_about_the_steps(expected, observed),
        *_about_the_result(expected, observed),
    ]


def _about_the_reply(expected: Expected, observed: Observed) -> Iterator[str]:
    if observed.outcome not in expected.outcome:
        yield f"it ended as '{observed.outcome}', not as {' or '.join(expected.outcome)}"
    for words in expected.says:
        if words.casefold() not in observed.text.casefold():
            yield f"the reply does not say “{words}”"
    if expected.handles is not None and tuple(observed.after) != expected.handles:
        yield f"there are {', '.join(observed.after)}, not {', '.join(expected.handles)}"


def _about_the_steps(expected: Expected, observed: Observed) -> Iterator[str]:
    done = [one.step.tool for one in observed.steps if one.outputs and one.error is None]
    lost = [one.step.tool for one in observed.steps if not one.outputs or one.error is not None]
    for name, got, wanted in (
        ("done", done, expected.done),
        ("not done", lost, expected.not_done),
    ):
        if wanted is not None and Counter(got) != Counter(wanted):
            yield f"{name}: {', '.join(got) or 'nothing'}; wanted: {', '.join(wanted) or 'nothing'}"
    cached = sum(one.cached for one in observed.steps)
    if expected.cached is not None and cached != expected.cached:
        yield f"{cached} steps were there already, not {expected.cached}"


def _about_the_result(expected: Expected, observed: Observed) -> Iterator[str]:
    new = [one for handle, one in observed.after.items() if handle not in observed.before]
    made = sum(one.recipe is not None for one in new)
    if expected.made is not None and made != expected.made:
        yield f"{made} results are new, not {expected.made}"
    sounds = [
        one
        for record in observed.steps
        for one in record.outputs.values()
        if one.kind == Kind.AUDIO
    ]
    last = sounds[-1] if sounds else None
    if expected.duration is not None:
        length = float(last.facts["duration"]) if last else 0.0
        if abs(length - expected.duration) > TOLERANCE:
            yield f"the result lasts {length:.2f} s, not {expected.duration:g} s"
    if expected.from_files is not None:
        found = observed.made_from.get(last.id, frozenset()) if last else frozenset[str]()
        if found != frozenset(expected.from_files):
            said = " and ".join(sorted(found)) or "nothing"
            yield f"it was made from {said}, not from {' and '.join(expected.from_files)}"
