"""From a conversation to a recipe: what led to the results on its current branch."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tonmeister.artifacts import Artifact, Kind
from tonmeister.errors import RecipeError
from tonmeister.ledger.history import SessionRecord, Turn
from tonmeister.memory import words_of
from tonmeister.plan import (
    ACCEPTED_AS,
    MAX_STEPS,
    Plan,
    Step,
    deliverables,
    parse_ref,
)
from tonmeister.plan_translations import translate
from tonmeister.planner.slots import language_of
from tonmeister.recipes.recipe import (
    CONSENT,
    LONGEST_NAME,
    Recipe,
    RecipeInput,
    RecipeOutput,
    RecipeStep,
)
from tonmeister.recipes.repetition import without_repetition
from tonmeister.store import Store
from tonmeister.streaming import PCM_MEDIA_TYPE
from tonmeister.toolspec import OPEN, Tool

__all__ = ["recipe_of", "recipe_of_session"]

SPOKEN_OF = {
    Kind.AUDIO: "recording",
    Kind.VIDEO: "video",
    Kind.IMAGE: "picture",
    Kind.DOCUMENT: "document",
    Kind.TRANSCRIPT: "subtitles",
}
"""Role of the file that varies, by its kind."""

WITHHELD = "…"
"""What stands in a request for the words in which somebody agreed; a recipe keeps none."""


def recipe_of_session(
    store: Store,
    record: SessionRecord,
    tools: Mapping[str, Tool],
    *,
    name: str | None = None,
    up_to: str | None = None,
) -> Recipe:
    """Make a recipe of the current branch of a conversation.

    Args:
        store: Where it is kept.
        record: The conversation.
        tools: The catalog's tools by name.
        name: What the recipe is called; by default as the conversation.
        up_to: Handle of a result, such as "@a5": later turns are left out.

    Raises:
        StoreError: There is no such handle on this branch.
        RecipeError: Nothing was done that could be done again.
    """
    turns = store.history.path(record.id)
    visible = store.handles.visible(record.id)
    if up_to is not None:
        handle = up_to if up_to.startswith("@") else f"@{up_to}"
        store.handles.resolve(record.id, handle)
        last = next(one.turn for one in visible if one.handle == handle)
        turns = [turn for turn in turns if turn.number <= last]
    artifacts = {one.handle.removeprefix("@"): one.artifact for one in visible}
    try:
        return recipe_of(turns, artifacts, tools, name or record.name[:LONGEST_NAME])
    except RecipeError as error:
        translate(error, language_of(" ".join(map(words_of, turns))))
        raise


def recipe_of(
    turns: Sequence[Turn],
    artifacts: Mapping[str, Artifact],
    tools: Mapping[str, Tool],
    name: str,
) -> Recipe:
    """Make a recipe of turns.

    Args:
        turns: One after the other, the oldest first.
        artifacts: What they refer to, by handle without "@".
        tools: The catalog's tools by name.
        name: What the recipe is called.

    Raises:
        RecipeError: Nothing was done that could be done again.
    """
    gathering = _Gathering(artifacts, tools)
    for turn in turns:
        gathering.add(turn)
    if not gathering.formats:
        raise RecipeError(
            [f"In '{name}' nothing was delivered yet that could be made into a recipe."],
            hint="Ask for something first; `tonmeister log` shows what was done.",
        )
    return gathering.recipe(name)


@dataclass(slots=True)
class _Gathering:
    """What is known of a recipe while turns are added to it."""

    artifacts: Mapping[str, Artifact]
    tools: Mapping[str, Tool]
    steps: list[RecipeStep] = field(default_factory=list[RecipeStep])
    places: dict[str, str] = field(default_factory=dict[str, str])  # "@s3.vocals" by handle
    roles: dict[str, str] = field(default_factory=dict[str, str])  # role by handle
    formats: dict[str, str | None] = field(default_factory=dict[str, str | None])  # by place
    requests: list[str] = field(default_factory=list[str])
    left_out: list[str] = field(default_factory=list[str])

    def add(self, turn: Turn) -> None:
        """Take over what a turn has done."""
        answer: dict[str, Any] = turn.answer or {}
        plan = Plan.model_validate(answer["plan"]) if answer.get("steps") else None
        request = _without_consent(words_of(turn), plan)
        if turn.state != "done" or answer.get("outcome") == "decline":
            why = "declined" if answer.get("outcome") == "decline" else turn.state
            self.left_out.append(f"turn {turn.number}, “{request}”: {why}")
        if plan is None:
            return
        self.requests.append(request)
        local: dict[str, str] = {}
        for step in plan.steps:
            self._add_step(turn, step, answer, local)
        if turn.state == "done":
            self._add_outputs(answer)

    def _add_step(
        self, turn: Turn, step: Step, answer: Mapping[str, Any], local: dict[str, str]
    ) -> None:
        made = {
            place.partition(".")[2]: handle
            for place, handle in answer["steps"].items()
            if place.partition(".")[0] == step.id and handle in self.artifacts
        }
        if not made:
            told = f"turn {turn.number}, {step.id} {step.tool}: it gave no result"
            self.left_out.append(told)
            return
        known = self.places.get(next(iter(made.values())))
        if known is not None:  # done before, and taken from there
            local[step.id] = known.partition(".")[0].removeprefix("@")
            return
        tool = self._tool(step)
        new_id = f"s{len(self.steps) + 1}"
        origin = self.artifacts[next(iter(made.values()))].recipe
        args = {
            name: self._mapped(step.args[name], local)
            for name in tool.parameters
            if step.args.get(name) is not None and name != CONSENT
        }
        if "seed" in tool.parameters and tool.parameters["seed"].default is not None:
            args.setdefault("seed", tool.parameters["seed"].default)
        self.steps.append(
            RecipeStep(
                id=new_id,
                request=len(self.requests),
                tool=step.tool,
                args=args,
                model=origin.model if origin else None,
                checkpoint=origin.checkpoint if origin else None,
                tool_version=origin.tool_version if origin else tool.version,
            )
        )
        local[step.id] = new_id
        single = len(made) == 1 and len(tool.outputs) == 1 and OPEN not in tool.outputs
        for output, handle in made.items():
            self.places.setdefault(handle, f"@{new_id}" if single else f"@{new_id}.{output}")

    def _tool(self, step: Step) -> Tool:
        if step.tool not in self.tools:
            raise RecipeError(
                [f"The tool '{step.tool}', which was used, is not here any more."],
                hint="Install the plug-in that brought it.",
            )
        return self.tools[step.tool]

    def _mapped(self, value: Any, local: Mapping[str, str]) -> Any:
        """Return an argument with references that hold in the recipe."""
        if isinstance(value, list):
            return [self._mapped(member, local) for member in value]
        ref = parse_ref(value)
        if ref is None:
            return value
        _, bracket, region = value.partition("[")
        output = f".{ref.output}" if ref.output else ""
        if ref.name in local:
            return f"@{local[ref.name]}{output}{bracket}{region}"
        if ref.name in self.places:
            return f"{self.places[ref.name]}{bracket}{region}"
        return f"@{self._role(ref.name)}{bracket}{region}"

    def _role(self, handle: str) -> str:
        if handle in self.roles:
            return self.roles[handle]
        artifact = self.artifacts.get(handle)
        if artifact is None or artifact.recipe is not None:
            raise RecipeError(
                [f"@{handle} was used, and what it was made of is not on this branch."],
                hint="Go to the turn that made it: `tonmeister checkout NUMBER`.",
            )
        kind = SPOKEN_OF.get(artifact.kind, "file")
        wanted = kind if not self.roles else _as_role(artifact.name) or kind
        taken = set(self.roles.values())
        role = next(
            one for one in (wanted, *(f"{wanted}_{n}" for n in range(2, 1000))) if one not in taken
        )
        self.roles[handle] = role
        return role

    def _add_outputs(self, answer: Mapping[str, Any]) -> None:
        audio, text = answer.get("formats") or ("flac", "txt")
        for handle in answer.get("outputs", ()):
            if handle not in self.places:
                continue
            artifact, place = self.artifacts[handle], self.places[handle]
            chosen: str | None = "json"
            if artifact.kind is Kind.TRANSCRIPT:
                chosen = text
            elif artifact.kind is Kind.AUDIO:
                chosen = audio if artifact.media_type == PCM_MEDIA_TYPE else None
            elif artifact.kind in (Kind.FILE, Kind.IMAGE, Kind.VIDEO):
                chosen = None
            step = next(one for one in self.steps if place.split(".")[0] == f"@{one.id}")
            if OPEN in self.tools[step.tool].outputs:  # how many there will be, files will tell
                place = f"@{step.id}"
            self.formats.pop(place, None)
            self.formats[place] = chosen

    def recipe(self, name: str) -> Recipe:
        """Return the recipe: steps that lead to a result, numbered anew."""
        wanted = {place.partition(".")[0].removeprefix("@") for place in self.formats}
        for step in reversed(self.steps):
            if step.id in wanted:
                wanted |= {ref.name for _, ref in _as_step(step).refs()}
        kept = without_repetition([step for step in self.steps if step.id in wanted])
        if len(kept) > MAX_STEPS:
            raise RecipeError(
                [f"The conversation has {len(kept)} steps; a recipe has {MAX_STEPS} at most."],
                hint="Save it up to an earlier result: --up-to @a5.",
            )
        ids = {step.id: f"s{number}" for number, step in enumerate(kept, 1)}
        asked = sorted({step.request for step in kept if step.request})
        steps = tuple(
            step.model_copy(
                update={
                    "id": ids[step.id],
                    "args": {key: _renamed(value, ids) for key, value in step.args.items()},
                    "request": asked.index(step.request) + 1 if step.request else None,
                }
            )
            for step in kept
        )
        return Recipe(
            version=1,
            name=name,
            requests=tuple(self.requests[number - 1] for number in asked),
            left_out=tuple(self.left_out),
            inputs=self._inputs(kept),
            steps=steps,
            outputs=self._outputs(steps, ids),
        ).explained(self.tools)

    def _inputs(self, kept: Sequence[RecipeStep]) -> dict[str, RecipeInput]:
        """Return the files that are used, the first one varying."""
        inputs: dict[str, RecipeInput] = {}
        for handle, role in self.roles.items():
            used = [
                self.tools[step.tool].parameters[name].kinds
                for step in kept
                for name, ref in _as_step(step).refs()
                if ref.name == role
            ]
            if not used:
                continue
            kind = self.artifacts[handle].kind
            for general, special in ACCEPTED_AS.items():
                if general is Kind.AUDIO and kind in special:  # its sound was used: any will do
                    kind = general if all(general in kinds for kinds in used) else kind
            inputs[role] = RecipeInput(kind=kind.value, varies=not inputs)  # pyright: ignore[reportArgumentType]
        return inputs

    def _outputs(
        self, steps: Sequence[RecipeStep], ids: Mapping[str, str]
    ) -> tuple[RecipeOutput, ...]:
        """Return what was delivered; what a later step made more of the same from stays."""
        plan = Plan(steps=tuple(_as_step(step) for step in steps))
        finished = {f"@{ref.name}.{ref.output}" for ref in deliverables(plan, self.tools)}
        by_id = {step.id: self.tools[step.tool] for step in steps}
        outputs: list[RecipeOutput] = []
        for place, chosen in self.formats.items():
            if place.removeprefix("@").partition(".")[0] not in ids:  # the same of another file
                continue
            result = _renamed(place, ids)
            step_id, _, output = result.removeprefix("@").partition(".")
            name = output or next(iter(by_id[step_id].outputs))
            deliver = f"@{step_id}.{name}" in finished
            outputs.append(RecipeOutput(result=result, format=chosen, deliver=deliver))
        return tuple(outputs)


def _as_step(step: RecipeStep) -> Step:
    return Step(id=step.id, tool=step.tool, args=step.args)


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(member, ids) for member in value]
    ref = parse_ref(value)
    if ref is None or ref.name not in ids:
        return value
    return f"@{ids[ref.name]}{value[len(ref.name) + 1 :]}"


def _without_consent(request: str, plan: Plan | None) -> str:
    """Return a request without the words in which somebody agreed."""
    given = [step.args[CONSENT] for step in plan.steps if step.args.get(CONSENT)] if plan else []
    for words in given:
        pattern = r"\s+".join(re.escape(word) for word in str(words).split())
        request, count = re.subn(pattern, WITHHELD, request, flags=re.IGNORECASE)
        if not count:
            return WITHHELD
    return request


def _as_role(name: str) -> str:
    """Return the name of a file as a role: small letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    role = re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:40]
    return "" if re.fullmatch(r"[as]\d+", role) else role
