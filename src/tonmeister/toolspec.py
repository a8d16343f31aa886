"""What authors of tools and models meet: ``@tool``, ``@model``, ``Card``, ``Range``."""

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from tonmeister.artifacts import Kind, Noted, kind_of
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ConfigError

__all__ = [
    "OPEN",
    "Card",
    "Language",
    "Model",
    "Parameter",
    "Range",
    "Tool",
    "Voice",
    "WorkingFolder",
    "model",
    "tool",
]


OPEN = "*"
"""Name of the outputs of a tool that names its results itself, such as one for each speaker."""


@dataclass(frozen=True, slots=True)
class Range:
    """Limits of a number, both included: ``Annotated[float, Range(0.0, 1.0)]``."""

    minimum: float | None = None
    maximum: float | None = None

    def has(self, value: float) -> bool:
        """Tell whether a number is within the limits.

        Args:
            value: The number.
        """
        low, high = self.minimum, self.maximum
        return (low is None or value >= low) and (high is None or value <= high)


class _LanguageMark:
    """Marks a parameter as an ISO 639-1 code, so that models are chosen by it."""


class _FolderMark:
    """Marks a parameter that the worker fills with the step's own working folder."""


Language = Annotated[str, _LanguageMark()]
WorkingFolder = Annotated[Path, _FolderMark()]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool, as planners and checks see it.

    Attributes:
        name: Its name.
        type: "number", "integer", "flag", "text", "choice", "language", or "artifact".
        description: One line for planners and people.
        required: Whether it must be given.
        default: Its default, when not required.
        kinds: Kinds of artifact it takes; empty unless type is "artifact" or text may be one.
        many: Whether it takes a list of artifacts.
        choices: Allowed texts of a choice.
        limits: Limits of a number.
    """

    name: str
    type: str
    description: str
    required: bool
    default: Any = None
    kinds: frozenset[Kind] = frozenset()
    many: bool = False
    choices: tuple[str, ...] = ()
    limits: Range = Range()


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what can be done.

    Attributes:
        name: Verb phrase such as ``enhance_speech``.
        summary: First line of the docstring.
        description: The rest of it before ``Args:``: when to use it and what it does not do.
        parameters: By name, in order.
        outputs: Kind of each named output; a single result is called "result", and the one entry
            ``OPEN`` stands for any number of results that are named when they are made.
        body: The function; unused when ``needs_model`` is true.
        needs_model: Whether only a model can do the work.
        folder: Name of the parameter that takes the working folder; None without one.
        version: Raised when results change; part of the step key.
        suffix: What names a result, as in "interview.enhanced"; empty adds nothing.
        named_by: Name of the text argument whose words name what is made of nothing else:
            "dog-barking"; empty when the suffix does.
        synthetic: Whether its results are speech that nobody spoke; said of them from then on.
        phrased: Whether its result is a sentence of measured facts, with their basis, which a
            language model that is configured for it may word anew.
        imitates: Whether its results are in the voice of a person, who must have agreed; a plan
            with it is shown before it runs.
        internal: Whether it is a part of a command and never offered to planners or people.
        claims: Names of the checks that hold after a step.
        source: Module that defines it.
    """

    name: str
    summary: str
    description: str
    parameters: Mapping[str, Parameter]
    outputs: Mapping[str, Kind]
    body: Callable[..., Any]
    needs_model: bool
    folder: str | None
    version: int
    suffix: str
    named_by: str
    synthetic: bool
    phrased: bool
    imitates: bool
    internal: bool
    claims: tuple[str, ...]
    source: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the tool's own body, for tests and other tools."""
        return self.body(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that a model reads with.

    Attributes:
        name: What it is called, such as "af_heart".
        language: ISO 639-1 code.
        accent: Its pronunciation: "en-us", "pt-br" …
        gender: "female" or "male".
        grade: The publisher's grade, "A" to "F"; empty without one.
        extra: Extra of the installation that its language needs; empty for none.
    """

    name: str
    language: str
    accent: str
    gender: str
    grade: str = ""
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What is known about a model before it is loaded.

    Attributes:
        name: For example "whisper-base".
        licence: SPDX expression of the weights, or "unstated".
        commercial: Whether the licence allows commercial use.
        checkpoint: The weights; None for a model without any.
        memory_mb: Resident memory once loaded, in MiB.
        speed: Seconds of one CPU core per second of audio (or of speech made).
        load_duration: Seconds to load.
        quality: Rank among the models of the tool, higher is better.
        languages: ISO 639-1 codes it can do; empty when language does not matter.
        sample_rate: Rate its audio inputs are converted to, in Hz; None keeps theirs.
        num_channels: Channels its audio inputs are converted to; None keeps theirs.
        packages: Import names it needs beyond the default install.
        extra: Extra of the distribution that brings them.
        note: What users must be told about every result; empty if nothing.
        voices: Voices it reads with, the default one of each language first.
        by_name: Whether it works only when it is asked for by name, for example because its
            licence is not clear.
        spoken: What people call it besides its name, in lower case: "stable audio".
        generates: Whether it makes sound that nobody recorded; said of its results from then on.
    """

    name: str
    licence: str
    checkpoint: Checkpoint | None
    memory_mb: int
    speed: float
    commercial: bool = True
    load_duration: float = 0.0
    quality: int = 50
    languages: tuple[str, ...] = ()
    sample_rate: int | None = None
    num_channels: int | None = None
    packages: tuple[str, ...] = ()
    extra: str = ""
    note: str = ""
    voices: tuple[Voice, ...] = ()
    by_name: bool = False
    spoken: tuple[str, ...] = ()
    generates: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """A model: how a tool is done.

    The class has ``load(weights: Path | None, threads: int) -> None``, called once in a worker,
    and ``__call__`` with the tool's parameters. One that is given no recording, or works long
    without reading it, has an attribute ``on_progress: Callable[[float], None]``; the worker sets
    it before each call, and it is called with the share done, or the step counts as stuck.

    Attributes:
        tool: Name of the tool it serves.
        card: What is known before loading.
        adapter: The class; it imports heavy packages in ``load`` only.
        source: Module that defines it.
    """

    tool: str
    card: Card
    adapter: type
    source: str


def tool(
    *,
    version: int = 1,
    suffix: str = "",
    named_by: str = "",
    claims: tuple[str, ...] = (),
    needs_model: bool = False,
    synthetic: bool = False,
    phrased: bool = False,
    imitates: bool = False,
    internal: bool = False,
) -> Callable[[Callable[..., Any]], Tool]:
    """Make a tool of a typed function with a docstring.

    Args:
        version: Raise it when results change.
        suffix: What is added to the name of a result.
        named_by: The text argument whose words name a result that is made of nothing else.
        claims: Names of checks in ``tonmeister.checks`` that must hold after a step.
        needs_model: The function has no body; a model does the work.
        synthetic: Its results are speech that nobody spoke.
        phrased: Its result is a sentence of facts that a language model may word anew.
        imitates: Its results are in the voice of a person; the plan is shown before it runs.
        internal: It is a part of a command and never offered to planners or people.

    Raises:
        ConfigError: A parameter has no hint, no description, or a type no planner can fill; or
            ``named_by`` is no text parameter.
    """

    def make(function: Callable[..., Any]) -> Tool:
        summary, description, described = _docstring(function)
        hints = typing.get_type_hints(function, include_extras=True)
        parameters, folder = _parameters(function, hints, described)
        if named_by and (named_by not in parameters or parameters[named_by].type != "text"):
            raise ConfigError(
                f"Tool '{function.__name__}' names its results by '{named_by}', which is no text "
                "parameter of it."
            )
        return Tool(
            name=function.__name__,
            summary=summary,
            description=description,
            parameters=parameters,
            outputs=_outputs(function.__name__, hints.get("return")),
            body=function,
            needs_model=needs_model,
            folder=folder,
            version=version,
            suffix=suffix,
            named_by=named_by,
            synthetic=synthetic,
            phrased=phrased,
            imitates=imitates,
            internal=internal,
            claims=claims,
            source=function.__module__,
        )

    return make


def model(served: Tool, *, card: Card) -> Callable[[type], type]:
    """Register a class as a model of a tool.

    Args:
        served: The tool whose signature ``__call__`` follows.
        card: What is known before loading.
    """

    def make(adapter: type) -> type:
        spec = Model(tool=served.name, card=card, adapter=adapter, source=adapter.__module__)
        adapter.__tonmeister_model__ = spec  # pyright: ignore[reportAttributeAccessIssue]
        return adapter

    return make


def _parameters(
    function: Callable[..., Any], hints: Mapping[str, Any], described: Mapping[str, str]
) -> tuple[dict[str, Parameter], str | None]:
    """Return what planners fill, and the parameter that takes the working folder."""
    parameters: dict[str, Parameter] = {}
    folder: str | None = None
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in hints or not described.get(name):
            raise ConfigError(
                f"Parameter '{name}' of tool '{function.__name__}' lacks a type hint or a "
                "description under 'Args:'."
            )
        if any(isinstance(mark, _FolderMark) for mark in getattr(hints[name], "__metadata__", ())):
            folder = name
            continue
        required = parameter.default is inspect.Parameter.empty
        default = None if required else parameter.default
        parameters[name] = _parameter(name, hints[name], described[name], required, default)
    return parameters, folder


def _docstring(function: Callable[..., Any]) -> tuple[str, str, dict[str, str]]:
    text = inspect.getdoc(function) or ""
    if not text:
        raise ConfigError(f"Tool '{function.__name__}' has no docstring.")
    head, _, rest = text.partition("Args:\n")
    summary, _, description = head.strip().partition("\n")
    if len(summary) > 80:
        raise ConfigError(f"The first line of tool '{function.__name__}' exceeds 80 characters.")
    block = re.split(r"\n(?=\S)", rest)[0]
    described: dict[str, str] = {}
    for match in re.finditer(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", block, flags=re.MULTILINE):
        described[match.group(1)] = re.sub(r"\s+", " ", match.group(2)).strip()
    return summary, re.sub(r"\s+", " ", description).strip(), described


def _parameter(name: str, hint: Any, description: str, required: bool, default: Any) -> Parameter:
    marks: list[Any] = list(getattr(hint, "__metadata__", ()))
    plain, nested = _without_none(hint)
    marks += nested
    limits = next((mark for mark in marks if isinstance(mark, Range)), Range())
    kinds, many = _kinds(plain)
    if any(isinstance(mark, _LanguageMark) for mark in marks):
        type_name = "language"
    else:
        type_name = _type_name(plain, kinds)
    if type_name is None:
        raise ConfigError(f"Parameter '{name}' has the type {hint}, which no planner can fill.")
    choices = typing.get_args(plain) if type_name == "choice" else ()
    return Parameter(
        name, type_name, description, required, default, kinds, many, tuple(choices), limits
    )


def _without_none(hint: Any) -> tuple[Any, list[Any]]:
    marks: list[Any] = []
    while typing.get_origin(hint) is Annotated:
        marks += list(hint.__metadata__)
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        if len(members) == 1:
            inner, more = _without_none(members[0])
            return inner, marks + more
    return hint, marks


def _kinds(hint: Any) -> tuple[frozenset[Kind], bool]:
    origin, members = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return _kinds(members[0])[0], True
    if origin in (typing.Union, types.UnionType):
        return frozenset(kind for member in members for kind in _kinds(member)[0]), False
    kind = kind_of(hint) if isinstance(hint, type) else None
    return (frozenset() if kind is None else frozenset({kind})), False


def _type_name(hint: Any, kinds: frozenset[Kind]) -> str | None:
    members = typing.get_args(hint) or (hint,)
    if str in members:
        return "text"
    if kinds:
        return "artifact"
    if typing.get_origin(hint) is Literal:
        return "choice"
    return {float: "number", int: "integer", bool: "flag"}.get(hint)


def _outputs(name: str, hint: Any) -> dict[str, Kind]:
    # "Audio | Noted" promises an Audio: notes travel beside the result.
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    members = typing.get_args(hint) if union else (hint,)
    promised = [member for member in members if member is not Noted]
    hint = promised[0] if len(promised) == 1 else hint
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        fields = typing.get_type_hints(hint)
    elif typing.get_origin(hint) is Mapping:
        fields = {OPEN: typing.get_args(hint)[1]}
    else:
        fields = {"result": hint}
    outputs: dict[str, Kind] = {}
    for field_name, field_hint in fields.items():
        kind = kind_of(field_hint) if isinstance(field_hint, type) else None
        if kind is None:
            raise ConfigError(f"Tool '{name}' returns {field_hint}, which is no kind of artifact.")
        outputs[field_name] = kind
    return outputs
