"""Write the pages of docs/ that follow from the code: ``python -m scripts.docs [--check]``."""

import inspect
import sys
import types
import typing
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tonmeister import errors
from tonmeister.config import PREFIX, Settings
from tonmeister.interfaces.cli import cli
from tonmeister.llm.embedded import QWEN_CODER_1_5B
from tonmeister.planner.limits import limits
from tonmeister.registry import Catalog, discover
from tonmeister.sentence_encoder import SENTENCE_ENCODER
from tonmeister.toolspec import Parameter, Tool

FOLDER = Path(__file__).parents[1] / "docs"
NOTE = "<!-- Written by `make docs`; change the code instead. -->"
# What a default is on this machine is nobody else's; the docs say the rule.
DEFAULTS = {
    "home": "the user's data folder",
    "weights": "the user's cache folder",
    "threads": "cores of the machine, at most 4",
}


SPEECH = (
    *("transcribe", "align", "detect_language", "detect_speech", "remove_silence"),
    *("remove_fillers", "diarize", "label_speakers", "name_speakers", "identify_speaker"),
    *("verify_speaker", "separate_speakers", "translate_text", "translate_transcript"),
    *("translate_speech", "dub", "synthesize_speech", "narrate", "write_audiobook", "clone_voice"),
    *("convert_voice", "closest_voice", "enhance_speech", "reduce_reverb", "extend_bandwidth"),
    *("measure_speech", "spatialize"),
)
"""Tools of speech, in the order of the pages."""

NO_HUB = {
    "remove_silence": "silence is judged by level, which needs no model.",
    "remove_fillers": "it cuts what a transcript spells as fillers; a larger model of "
    "`transcribe` is the way to more of them.",
    "label_speakers": "it joins a transcript with turns, and hears nothing.",
    "name_speakers": "it writes names into a transcript.",
    "write_audiobook": "it reads with the models of `narrate`.",
    "closest_voice": "it compares with a table of the voices that are here.",
    "reduce_reverb": "not written yet.",
    "extend_bandwidth": "not written yet.",
    "measure_speech": "the predictors of listeners' scores that are known to us are published as "
    "pickles or TorchScript, not in a layout with safe files.",
    "spatialize": "the responses of a head are measured; a network would only guess them.",
}
"""Why a tool has no adapter for the hub."""


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` say which ones are out of date."""
    catalog = discover()
    if catalog.problems:
        sys.exit("\n".join(f"{one.source}: {one.message}" for one in catalog.problems))
    stale: list[str] = []
    for name, text in pages(catalog).items():
        path = FOLDER / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(f"docs/{name}")
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        print(f"Out of date: {', '.join(stale)}. Run: make docs")
        return 1
    print(f"Written: {', '.join(stale)}" if stale else "The generated docs are up to date.")
    return 0


def pages(catalog: Catalog) -> dict[str, str]:
    """Return file name → text of every generated page."""
    return {
        "tools.md": _page("Tools", _tools(catalog.offered)),
        "models.md": _page("Models and their licences", _models(catalog)),
        "hub.md": _page("Speech: what runs here, what comes from the hub", _speech(catalog)),
        "settings.md": _page("Settings", _settings()),
        "limits.md": _page("What cannot be done, and why", _limits(catalog.offered)),
        "cli.md": _page("Command line", _commands()),
        "errors.md": _page("Errors", _errors()),
    }


def _page(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", *lines]).rstrip() + "\n"


def _table(*columns: str, rows: Iterable[Sequence[str]]) -> list[str]:
    cells = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in cells]


def _tools(catalog: Catalog) -> Iterable[str]:
    named = sorted(catalog.tools.items())
    rows = [(f"[`{name}`](#{name})", tool.summary, _serving(name, catalog)) for name, tool in named]
    yield "What can be asked for. `tonmeister tools NAME` shows the same for one tool."
    yield ""
    yield from _table("tool", "what it does", "models", rows=rows)
    for _, tool in named:
        yield from _tool(tool, catalog)


def _tool(tool: Tool, catalog: Catalog) -> Iterable[str]:
    yield from ("", f"## {tool.name}", "", tool.summary)
    if tool.description:
        yield from ("", tool.description)
    rows = [(f"`{one.name}`", *_kind(one), one.description) for one in tool.parameters.values()]
    yield ""
    yield from _table("parameter", "type", "default", "meaning", rows=rows)
    results = ", ".join(f"`{name}` ({kind})" for name, kind in tool.outputs.items())
    yield from ("", f"Gives {results}. Done by {_serving(tool.name, catalog)}.")


def _kind(parameter: Parameter) -> tuple[str, str]:
    kinds = " or ".join(sorted(parameter.kinds))
    name = " or ".join(parameter.choices) or parameter.type
    if parameter.type == "artifact":
        name = f"several {kinds}" if parameter.many else kinds
    limits = parameter.limits
    if limits.minimum is not None or limits.maximum is not None:
        low = "" if limits.minimum is None else f"{limits.minimum:g}"
        high = "" if limits.maximum is None else f"{limits.maximum:g}"
        name = f"{name}, {low} … {high}"
    if parameter.required:
        return name, "needed"
    return name, "–" if parameter.default is None else f"`{parameter.default}`"


def _serving(tool: str, catalog: Catalog) -> str:
    names = [model.card.name for model in catalog.models_of(tool)]
    return ", ".join(names) or "signal processing"


def _limits(catalog: Catalog) -> Iterable[str]:
    yield (
        "A request for one of these is declined with its reason, and with the nearest plan that is "
        "possible; “yes” runs that one. A plug-in that brings a tool lifts the limit. "
        '`tonmeister tools --why-not "talking head from a song"` tells the same.'
    )
    yield ""
    rows: list[tuple[str, ...]] = []
    for one in limits().values():
        if not one.signs or one.is_possible(catalog.tools):
            continue
        asked = "; ".join(f"“{said}”" for said in (*one.examples["en"], *one.examples["pt"]))
        nearest = one.nearest.get("en", "").replace('"{quote}"', "…")
        instead = f"“{nearest}”, without {one.loses['en']}" if nearest else "–"
        rows.append((one.title["en"], asked, one.told("en"), instead))
    yield from _table("what", "asked for as", "why not", "nearest", rows=rows)


def _models(catalog: Catalog) -> Iterable[str]:
    rows: list[tuple[str, ...]] = []
    for model in sorted(catalog.models, key=lambda one: (one.tool, -one.card.quality)):
        card, weights = model.card, model.card.checkpoint
        size = f"{weights.size_mb:.1f} MB" if weights else "none"
        size += "" if weights is None or weights.is_stated else ", hub"
        languages = ", ".join(card.languages[:8]) + (" …" if len(card.languages) > 8 else "")
        commercial = "yes" if card.commercial else "no"
        row = (card.name, f"`{model.tool}`", card.licence, commercial, size, languages or "any")
        rows.append(row)
    for weights, languages in ((QWEN_CODER_1_5B, "en, pt"), (SENTENCE_ENCODER, "16 languages")):
        size = f"{weights.size_mb:.1f} MB"
        rows.append((weights.name, "planning", weights.licence, "yes", size, languages))
    yield "Weights are downloaded on consent, verified by sha256, and then used offline."
    yield "Those marked “hub” are pinned to what the hub states at the first pull."
    yield ""
    columns = ("model", "tool", "licence of the weights", "commercial use", "download", "languages")
    yield from _table(*columns, rows=rows)
    notes = sorted(
        {(f"{one.card.name}, {one.tool}", one.card.note) for one in catalog.models if one.card.note}
    )
    if notes:
        yield from ("", "What users are told about every result:", "")
        yield from (f"- {name}: {note}" for name, note in notes)


def _speech(catalog: Catalog) -> Iterable[str]:
    yield (
        "The second column runs with `pip install tonmeister`. The third needs "
        "`pip install 'tonmeister[torch]'` and its weights, which "
        "`tonmeister models pull NAME` fetches from the hub; it is never chosen before they are "
        "there unless nothing else fits, and then the plan tells the download first. Its loading "
        "code is real and tested, **here on random weights only**: no quality is stated."
    )
    yield ""
    rows = [(f"[`{name}`](tools.md#{name})", *_bodies(name, catalog)) for name in SPEECH]
    yield from _table("tool", "here", "with the extra torch", rows=rows)
    yield ""
    yield "“hub”: weights of the hub without torch, not run here. “by name”: only when asked for."


def _bodies(tool: str, catalog: Catalog) -> tuple[str, str]:
    """Return who does a tool here, and who does it with torch or why nobody does."""
    told: dict[bool, list[str]] = {False: [], True: []}
    for model in catalog.models_of(tool):
        card, remarks = model.card, [model.card.licence]
        if card.extra != "torch" and card.checkpoint and not card.checkpoint.is_stated:
            remarks.append("hub")
        remarks += ["by name"] if card.by_name else []
        told[card.extra == "torch"].append(f"{card.name} ({', '.join(remarks)})")
    here, hub = ("; ".join(told[extra]) for extra in (False, True))
    if not catalog.tools[tool].needs_model:
        here = "; ".join(filter(None, ("no model needed", here)))
    return here, hub or f"none: {NO_HUB[tool]}"


def _settings() -> Iterable[str]:
    yield (
        f"Set by the environment variable `{PREFIX}NAME`, or as `name = …` in `config.toml` in "
        f"the user's configuration folder (another file: `{PREFIX}CONFIG`). "
        "Arguments win over the environment, and that over the file."
    )
    yield ""
    rows = [
        (f"`{name}`", _type(field), _default(name, field), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    yield from _table("setting", "values", "default", "meaning", rows=rows)


def _type(field: FieldInfo) -> str:
    kind = field.annotation
    if typing.get_origin(kind) is typing.Literal:
        return " or ".join(f"`{value}`" for value in typing.get_args(kind))
    if typing.get_origin(kind) is types.UnionType:
        kind = typing.get_args(kind)[0]
    words = {"bool": "true or false", "int": "whole number", "float": "number", "Path": "folder"}
    name = getattr(kind, "__name__", "")
    limits = [
        f"{symbol} {value:g}"
        for bound in field.metadata
        for attribute, symbol in (("ge", "≥"), ("gt", ">"), ("le", "≤"))
        if (value := getattr(bound, attribute, None)) is not None
    ]
    return ", ".join([words.get(name, "text"), *limits])


def _default(name: str, field: FieldInfo) -> str:
    if name in DEFAULTS:
        return DEFAULTS[name]
    if field.default is None or field.default is PydanticUndefined:
        return "–"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _commands() -> Iterable[str]:
    context = click.Context(cli, info_name="tonmeister", terminal_width=88, **cli.context_settings)
    yield from _help(cli, context)


def _help(command: click.Command, context: click.Context) -> Iterable[str]:
    yield from (f"## {context.command_path}", "", "```", command.get_help(context).rstrip(), "```")
    yield ""
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            child = command.commands[name]
            yield from _help(child, click.Context(child, parent=context, info_name=name))


def _errors() -> Iterable[str]:
    yield "Every expected failure is one line with its cure; `--debug` adds the traceback."
    yield from ("", "```", inspect.cleandoc(errors.__doc__ or ""), "```", "")
    rows = [
        (f"`{name}`", str(cls.exit_code), (cls.__doc__ or "").partition("\n")[0])
        for name, cls in sorted(vars(errors).items())
        if isinstance(cls, type) and issubclass(cls, errors.TonmeisterError)
    ]
    yield from _table("error", "exit code", "meaning", rows=rows)
    yield from ("", "An interrupted command ends with 130, wrong usage with 2.")
    yield "One that shows a plan and waits for a “yes” ends with 3."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
