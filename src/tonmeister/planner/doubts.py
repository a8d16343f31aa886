"""What makes a valid plan with the right tools doubtful: it is shown before it runs."""

from collections import Counter

from tonmeister.artifacts import Kind
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Request
from tonmeister.planner.references import Unclear, current, recordings_of
from tonmeister.planner.situation import pointed_at
from tonmeister.registry import Catalog

__all__ = ["doubtful", "without_twins"]


def doubtful(plan: Plan, request: Request, catalog: Catalog) -> bool:
    """Tell whether a plan forks where a chain is usual, or chooses a recording nobody named.

    Args:
        plan: A valid plan.
        request: The request.
        catalog: What can be done here.
    """
    return _forks(plan, catalog) or _guesses(plan, request, catalog)


def _forks(plan: Plan, catalog: Catalog) -> bool:
    """Tell whether two steps change one recording, each on its own: was the second to go on?"""
    changed = [
        step.args["audio"]
        for step in plan.steps
        if isinstance(step.args.get("audio"), str)
        and Kind.AUDIO in catalog.tools[step.tool].outputs.values()
    ]
    return any(count > 1 for count in Counter(changed).values())


def _guesses(plan: Plan, request: Request, catalog: Catalog) -> bool:
    """Tell whether a plan takes some of several recordings that nothing in the request names."""
    known = current(request)
    at_hand = frozenset() if isinstance(known, Unclear) else frozenset(known)
    used = {ref.name for step in plan.steps for _, ref in step.refs()}
    taken = frozenset(recordings_of(used, request.artifacts))
    if not taken or taken == at_hand:
        return False
    return not taken <= pointed_at(request, catalog)


def without_twins(plan: Plan) -> Plan:
    """Return a plan without steps that are the same as an earlier one, and give the same result.

    Args:
        plan: The plan.
    """
    kept: list[Step] = []
    for step in plan.steps:
        if all((step.tool, step.args) != (one.tool, one.args) for one in kept):
            kept.append(step)
    names = {step.id for step in kept}
    used = {ref.name for step in kept for _, ref in step.refs()}
    own = {step.id for step in plan.steps}
    # What refers to a twin would be left without it.
    return Plan(steps=tuple(kept)) if used & own <= names else plan
