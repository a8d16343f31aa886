"""A recipe: steps, models and results of a conversation, in a file that a person can edit."""

import difflib
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from tonmeister.artifacts import Artifact, Kind
from tonmeister.delivery import AUDIO_FORMATS, TEXT_FORMATS
from tonmeister.errors import RecipeError, StoreError
from tonmeister.plan import MAX_STEPS, Plan, Ref, Step, check, parse_ref
from tonmeister.recipes.layout import Place, line_of, one_line, written
from tonmeister.toolspec import OPEN, Tool

__all__ = ["CONSENT", "Recipe", "RecipeInput", "RecipeOutput", "RecipeStep"]

CONSENT = "consent"
"""The argument of tools that imitate a voice; a recipe keeps none, each run is given its own."""

LONGEST_NAME = 80
MAX_BYTES = 2**20


Name = Annotated[str, Field(pattern=r"^[\w.+-]{1,100}$")]
"""A name that may be shown on a terminal as it is."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecipeInput(_Part):
    """A file that is handed over to each run.

    Attributes:
        kind: What it is; "audio" takes videos too.
        varies: Whether it is another one for each file of a run; the others stay the same.
    """

    kind: Literal["audio", "video", "image", "document", "transcript"]
    varies: bool = False


class RecipeStep(_Part):
    """One tool call.

    Attributes:
        id: Its name, such as "s1".
        tool: Name of the tool.
        args: Values, or references such as "@recording" and "@s1.vocals".
        model: Name of the model; without it the tool's own signal processing, where it has any.
        checkpoint: sha256 of the model's weights; None without weights.
        tool_version: Version of the tool that made the result.
        request: Number of the request it was done for.
    """

    id: str = Field(pattern=r"^s[0-9]{1,3}$")
    tool: Name
    args: dict[Name, Any] = Field(default_factory=dict)
    model: Name | None = None
    checkpoint: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    tool_version: int = Field(default=1, ge=1)
    request: int | None = Field(default=None, ge=1)


class RecipeOutput(_Part):
    """A result that each run gives.

    Attributes:
        result: Of which step: "@s1", or "@s1.vocals" of several.
        format: Format of a recording or a transcript; None where the tool has chosen it.
        deliver: Whether a file is written; false for what a later request refined.
    """

    result: str = Field(pattern=r"^@s[0-9]{1,3}(\.[a-z][a-z0-9_]*)?$")
    format: Name | None = None
    deliver: bool = True


class Recipe(_Part):
    """What was done in a conversation, to be done to other files.

    ``Session.recipe`` makes one, ``save`` writes it, ``load`` reads it back, and
    ``Tonmeister.run_recipe`` runs it.

    Attributes:
        version: Version of the file format.
        name: What it is called; also in the ledger.
        requests: What was asked, in the person's words, in order.
        left_out: Requests that are not in it, and why.
        inputs: Files it takes, by role.
        steps: What is done, in order.
        outputs: What each run gives.
    """

    version: Literal[1]
    name: str = Field(pattern=rf"^[^\p{{C}}]{{1,{LONGEST_NAME}}}$")
    requests: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    inputs: dict[Name, RecipeInput] = Field(default_factory=dict)
    steps: tuple[RecipeStep, ...] = Field(min_length=1, max_length=MAX_STEPS)
    outputs: tuple[RecipeOutput, ...] = Field(min_length=1)
    _text: str = PrivateAttr(default="")
    _summaries: dict[str, str] = PrivateAttr(default_factory=dict[str, str])

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a recipe from a file. Nothing of it is run, or looked up here.

        Args:
            path: The file.

        Raises:
            RecipeError: It cannot be read or is no recipe; every problem has its line.
        """
        path = Path(path)
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
            if len(raw) > MAX_BYTES:
                raise RecipeError([f"{path.name} has more than 1 MiB, so it is no recipe."])
            text = raw.decode()
            fields = tomllib.loads(text)
        except OSError as error:
            raise RecipeError([f"{path} cannot be read: {error.strerror or error}."]) from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise RecipeError([f"{path.name} is no TOML: {error}."], hint=_HINT) from error
        try:
            recipe = cls.model_validate(fields)
        except ValidationError as error:
            raise RecipeError(_faults(error, text), hint=_HINT) from error
        recipe._text = text
        return recipe

    def explained(self, tools: Mapping[str, Tool]) -> Self:
        """Return it with what its tools do, which ``save`` writes as comments.

        Args:
            tools: The catalog's tools by name.
        """
        told = self.model_copy()
        told._summaries = {name: tool.summary for name, tool in tools.items()}
        return told

    def save(self, path: str | Path, *, force: bool = False) -> None:
        """Write it to a file.

        Args:
            path: The file; its name ends in .toml.
            force: Whether an existing file may be replaced.

        Raises:
            StoreError: The file exists, or cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() != ".toml":
            raise StoreError(f"{path.name} does not end in .toml.", hint="Name it so.")
        if path.exists() and not force:
            raise StoreError(f"{path} exists already.", hint="Choose another name, or --force.")
        text = written(self.model_dump(mode="json", exclude_defaults=True), self._summaries)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=path.parent, prefix=".tonmeister-", delete=False, encoding="utf-8"
            ) as file:
                file.write(text)
            Path(file.name).chmod(0o644)
            os.replace(file.name, path)  # noqa: PTH105 - whole or not at all
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror or error}.") from error

    def __eq__(self, other: object) -> bool:
        """Tell whether another recipe says the same, whatever file it comes from."""
        return isinstance(other, Recipe) and self.model_dump() == other.model_dump()

    @property
    def main(self) -> str | None:
        """Role of the file that varies; None when it takes no files."""
        return next((role for role, one in self.inputs.items() if one.varies), None)

    @property
    def others(self) -> list[str]:
        """Roles of the files that stay the same in a run."""
        return [role for role, one in self.inputs.items() if not one.varies]

    def asks_consent(self, tools: Mapping[str, Tool]) -> list[str]:
        """Return the names of its tools that need somebody's consent.

        Args:
            tools: The catalog's tools by name.
        """
        used = dict.fromkeys(step.tool for step in self.steps)
        return [name for name in used if name in tools and CONSENT in tools[name].parameters]

    def plan(self, tools: Mapping[str, Tool], consent: str = "") -> Plan:
        """Return its steps as a plan; references to inputs are their roles.

        Args:
            tools: The catalog's tools by name.
            consent: Given to every step that needs it.
        """
        asking = self.asks_consent(tools)
        steps: list[Step] = []
        for step in self.steps:
            args = {**step.args, CONSENT: consent} if step.tool in asking else step.args
            steps.append(Step(id=step.id, tool=step.tool, args=args, model=step.model))
        return Plan(steps=tuple(steps))

    def examples(self) -> dict[str, Artifact]:
        """Return an artifact for each input that stands for the file to come, by role."""
        return {
            role: Artifact("", Kind(one.kind), "", "", 0, role) for role, one in self.inputs.items()
        }

    def formats(self, tools: Mapping[str, Tool]) -> dict[str, str]:
        """Return what leaves, with its format, by "step.output".

        Args:
            tools: The catalog's tools by name.
        """
        formats: dict[str, str] = {}
        for output in self.outputs:
            place, kind = self._place(output, tools)
            if output.deliver and place is not None:
                default = {Kind.AUDIO: "flac", Kind.TRANSCRIPT: "txt"}.get(kind or Kind.FILE, "")
                formats[place] = output.format or default
        return formats

    def problems(self, tools: Mapping[str, Tool]) -> list[str]:
        """Return why it cannot be run with the tools that are here, each with its line.

        Args:
            tools: The catalog's tools that are offered, by name.
        """
        found = [self._located(one) for one in check(self.plan(tools), tools, self.examples())]
        found += self._of_inputs()
        for number, step in enumerate(self.steps):
            if CONSENT in step.args:
                where = self._at("steps", number, "args")
                found.append(
                    f"{where}{step.id}: a recipe keeps no consent; take it out, and give it anew "
                    'with each run: --consent "…".'
                )
        for number, output in enumerate(self.outputs):
            fault = self._of_output(output, tools)
            if fault:
                found.append(f"{self._at('outputs', number)}{output.result}: {fault}")
        return found

    def demand(self, tools: Mapping[str, Tool]) -> None:
        """Refuse it when it cannot be run with the tools that are here.

        Args:
            tools: The catalog's tools that are offered, by name.

        Raises:
            RecipeError: Every problem has its line; a missing tool is named.
        """
        problems = self.problems(tools)
        if problems:
            missing = any(step.tool not in tools for step in self.steps)
            hint = "A tool of a plug-in comes with it; see `tonmeister tools`." if missing else ""
            raise RecipeError(problems, hint=hint)

    def _of_inputs(self) -> Iterable[str]:
        varying = [role for role, one in self.inputs.items() if one.varies]
        if self.inputs and len(varying) != 1:
            told = "none does" if not varying else f"{' and '.join(varying)} do"
            yield f"{self._at('inputs')}one of the inputs varies from file to file; {told}."
        for role in self.inputs:
            ref = parse_ref(f"@{role}")
            if ref is None or ref != Ref(role) or any(role == step.id for step in self.steps):
                yield (
                    f"{self._at('inputs', role)}'{role}' is no role; use small letters, digits "
                    "and underscores, and no name of a step."
                )

    def _place(
        self, output: RecipeOutput, tools: Mapping[str, Tool]
    ) -> tuple[str | None, Kind | None]:
        """Return the "step.output" that an output stands for, and its kind."""
        ref = parse_ref(output.result)
        step = next((one for one in self.steps if ref and one.id == ref.name), None)
        tool = tools.get(step.tool) if step else None
        if ref is None or tool is None:
            return None, None
        if OPEN in tool.outputs:
            return f"{ref.name}.{ref.output or OPEN}", tool.outputs[OPEN]
        name = ref.output or (next(iter(tool.outputs)) if len(tool.outputs) == 1 else "")
        return (f"{ref.name}.{name}", tool.outputs[name]) if name in tool.outputs else (None, None)

    def _of_output(self, output: RecipeOutput, tools: Mapping[str, Tool]) -> str:
        place, kind = self._place(output, tools)
        if kind is None or place is None:
            ids = {f"@{step.id}": step for step in self.steps}
            step = ids.get(output.result.partition(".")[0])
            if step is None:
                return f"there is no such step; there are: {', '.join(ids)}."
            tool = tools.get(step.tool)  # that there is none has been said of the step
            return f"it gives {', '.join(tool.outputs)}; name one of them." if tool else ""
        known = {Kind.AUDIO: AUDIO_FORMATS, Kind.TRANSCRIPT: TEXT_FORMATS}.get(kind)
        if known is None:
            known = () if kind in (Kind.FILE, Kind.IMAGE, Kind.VIDEO) else ("json",)
        if output.format is None or output.format in known:
            return ""
        if not known:
            return "the tool chooses its format; leave 'format' out."
        return f"'format' is '{output.format}'; one of {', '.join(known)} is valid."

    def _located(self, problem: str) -> str:
        """Put the line of its step before a problem of the plan."""
        step_id = problem.partition(":")[0]
        ids = [step.id for step in self.steps]
        if step_id not in ids:
            return problem
        number = ids.index(step_id)
        quoted = problem.split("'")[1::2]
        field = next((one for one in quoted if one in self.steps[number].args), None)
        place: Place = ("steps", number, "args" if field else "tool")
        return f"{self._at(*place)}{problem}"

    def _at(self, *place: str | int) -> str:
        line = line_of(self._text, place)
        return f"line {line}: " if line else ""


_HINT = "docs/recipes.md says what a recipe may hold."


def _faults(error: ValidationError, text: str) -> list[str]:
    """Return what is wrong with the fields of a recipe, each with its line."""
    found: list[str] = []
    for fault in error.errors(include_url=False):
        place = tuple(part for part in fault["loc"])
        line = line_of(text, place)
        *parents, last = place or ("recipe",)
        parent = ".".join(_counted(part) for part in parents)
        message = fault["msg"]
        if fault["type"] == "missing":
            told = f"the field '{last}' is missing"
        elif fault["type"] == "extra_forbidden":
            told = f"there is no field '{last}'{_near(str(last), parents)}"
        else:
            told = f"'{_counted(last)}': {message[:1].lower()}{message[1:]}"
        where = f"line {line}: " if line else ""
        found.append(one_line(f"{where}{f'in {parent}, ' if parent else ''}{told}."))
    return found


def _counted(part: str | int) -> str:
    return f"number {part + 1}" if isinstance(part, int) else part


def _near(name: str, parents: list[str | int]) -> str:
    part = {"inputs": RecipeInput, "steps": RecipeStep, "outputs": RecipeOutput}
    model = part.get(str(parents[0]), Recipe) if parents else Recipe
    close = difflib.get_close_matches(name, list(model.model_fields), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""
