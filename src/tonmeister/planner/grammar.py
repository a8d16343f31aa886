"""A GBNF grammar for the plans one request can mean.

Recordings, numbers, languages and quoted texts are enumerated from the request, and a step can
only refer to earlier results of a kind it takes. A small model cannot leave what was said.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from tonmeister.artifacts import Kind
from tonmeister.plan import ACCEPTED_AS
from tonmeister.planner.grounding import KEPT, MOST_STEPS, SCENE, Grounding, unit_of
from tonmeister.planner.slots import LANGUAGES, fold
from tonmeister.toolspec import OPEN, Parameter, Tool

__all__ = ["plan_grammar"]

MOST_HANDLES = 12
# In plans of more steps only sound and transcripts may be used again: the states multiply.
MOST_STEPS_OF_ALL_KINDS = 4
_ANY_NUMBER = '"-"? [0-9]{1,4} ("." [0-9]{1,3})?'
_LINE = "[^\\n]{1,160}"


# What is meant when no number is said: "a bit louder", "normalise it".
_USUAL: Mapping[str, tuple[float, ...]] = {
    "db": (3.0, -3.0, 6.0, -6.0),
    "lufs": (-16.0, -14.0, -23.0),
    "hz": (16000.0, 44100.0, 48000.0),
    "semitones": (1.0, -1.0, 2.0, -2.0, 12.0, -12.0),
    "factor": (0.85, 1.15, 0.5, 2.0),
}


def plan_grammar(
    tools: Iterable[Tool],
    grounding: Grounding,
    limit: int,
    *,
    others: Sequence[str] = ("chat", "question", "decline"),
) -> str:
    """Return the grammar of all answers to a request.

    Args:
        tools: Tools a step may call.
        grounding: What the request says.
        limit: Steps at most, ≥ 1.
        others: Answers besides a plan.
    """
    # A small model stops after the first step even where a second is announced.
    least = min(limit, 2) if grounding.words & _ANNOUNCED else 1
    writer = _Writer(tuple(tools), grounding, least, min(limit, MOST_STEPS))
    plan = writer.steps("")
    rules = {
        "chat": '"chat:"',
        "question": f'"question: " {_LINE}',
        "decline": f'"decline: " {_LINE}',
    }
    alternatives = ([plan] if plan else []) + [rules[name] for name in others]
    return "\n".join([f"root ::= {' | '.join(alternatives)}", *writer.rules.values()]) + "\n"


_ANNOUNCED = frozenset({"then", "afterwards", "depois", "seguida", "seguir"})
FREE = frozenset({"description", "question"})
"""Parameters in the person's own words."""

_NO_BEGINNING_WORDS = """
the a an of to in and or that is are there o os as um uma uns umas de do da dos das e ou que ha se
"""
NO_BEGINNING = frozenset(_NO_BEGINNING_WORDS.split())
"""Words no description begins with; "a" also stands before a verb in Portuguese."""

_LETTER = {
    Kind.AUDIO: "a",
    Kind.VIDEO: "v",
    Kind.TRANSCRIPT: "t",
    Kind.TEXT: "x",
    Kind.DOCUMENT: "d",
    Kind.TURNS: "u",
    Kind.CHAPTERS: "c",
}


class _Writer:
    """Writes rules per state; a state is the kinds of the results so far, such as "at".

    Tools of several results have a capital letter, since each result has a name; those whose
    results are called the same share one.
    """

    def __init__(
        self, tools: tuple[Tool, ...], grounding: Grounding, least: int, limit: int
    ) -> None:
        self.rules: dict[str, str] = {}
        self._tools = tools
        named = {tuple(tool.outputs.items()): tool for tool in tools if len(tool.outputs) > 1}
        several = list(named.values())
        if limit > MOST_STEPS_OF_ALL_KINDS:
            several = []
        self._several = {chr(ord("A") + at): tool for at, tool in enumerate(several[:26])}
        self._grounding = grounding
        self._limit = limit
        self._least = least

    def steps(self, state: str) -> str | None:
        name = f"s{len(state) + 1}{state}"
        if name in self.rules:
            return name
        calls: list[str] = []
        for tool in self._tools:
            call = self._call(tool, state)
            if call is None:
                continue
            after = state + self._letter(tool)
            following = self.steps(after) if len(after) < self._limit else None
            if following:
                end = "" if len(after) < self._least else "?"
                calls.append(f'{call} ("\\n" {following}){end}')
            else:
                calls.append(call)
        if not calls:
            return None
        self.rules[name] = f'{name} ::= "s{len(state) + 1}: " ({" | ".join(calls)})'
        return name

    def _letter(self, tool: Tool) -> str:
        several = [
            letter for letter, known in self._several.items() if known.outputs == tool.outputs
        ]
        if several:
            return several[0]
        kind = next(iter(tool.outputs.values()))
        used = OPEN not in tool.outputs and len(tool.outputs) == 1
        if self._limit > MOST_STEPS_OF_ALL_KINDS:
            used = used and kind in (Kind.AUDIO, Kind.VIDEO, Kind.TRANSCRIPT)
        return _LETTER.get(kind, "o") if used else "o"

    def _results(self, at: int, letter: str, wanted: set[Kind]) -> list[str]:
        """Return the references of the results of a step that are of a wanted kind."""
        several = self._several.get(letter)
        if several is None:
            letters = {_LETTER.get(kind, "") for kind in wanted}
            return [f"@s{at}"] if letter in letters else []
        return [f"@s{at}.{name}" for name, kind in several.outputs.items() if kind in wanted]

    def _call(self, tool: Tool, state: str) -> str | None:
        name = f"{tool.name.replace('_', '-')}-{state or '0'}"
        if name in self.rules:
            return name
        if self._too_few(tool, state):
            return None
        required: list[str] = []
        optional: list[str] = []
        for parameter in tool.parameters.values():
            value = self._value(parameter, state)
            if value is None:
                if parameter.required:
                    return None
                continue
            (required if parameter.required else optional).append(f'"{parameter.name}=" {value}')
        arguments = ' ", " '.join(required)
        for position, argument in enumerate(optional):
            if required or position:
                arguments += f' (", " {argument})?'
            else:
                arguments += f"({argument})?"
        self.rules[name] = f'{name} ::= "{tool.name}(" {arguments} ")"'
        return name

    def _too_few(self, tool: Tool, state: str) -> bool:
        """Tell whether there are fewer recordings than a tool such as mix takes."""
        wanted = [found for found in tool.parameters.values() if found.required and found.kinds]
        known = len(self._grounding.artifacts) + len(state)
        return known < len(wanted) + any(parameter.many for parameter in wanted)

    def _value(self, parameter: Parameter, state: str) -> str | None:
        if parameter.type == "artifact":
            refs = self._refs(parameter, state)
            if not refs:
                return None
            # No recording twice, or a small model never ends a list.
            others = len(self._grounding.artifacts) + len(state) - 1
            return f'"[" {refs} (", " {refs}){{0,{others}}} "]"' if parameter.many else refs
        if parameter.name == "source_language":
            return self._language(parameter)
        match parameter.type:
            case "text":
                return self._text(parameter, state)
            case "language":
                return self._language(parameter)
            case "choice":
                return self._choice(parameter)
            case "flag":
                return '("True" | "False")'
            case _:
                return self._number(parameter)

    def _refs(self, parameter: Parameter, state: str) -> str | None:
        wanted = set(parameter.kinds)
        for kind in parameter.kinds:
            wanted |= ACCEPTED_AS.get(kind, frozenset())
        letters = {_LETTER.get(kind, "") for kind in wanted}
        name = f"ref-{''.join(sorted(letters))}-{state or '0'}"
        if name not in self.rules:
            known = self._grounding.artifacts
            fitting = [handle for handle, found in known.items() if found.kind in wanted]
            refs = [f"@{handle}" for handle in fitting[-MOST_HANDLES:]]
            for at, letter in enumerate(state, 1):
                refs += self._results(at, letter, wanted)
            if not refs:
                return None
            pieces = self._pieces() if Kind.AUDIO in wanted else None
            self.rules[name] = (
                f"{name} ::= ({_alternatives(refs)}){f' ({pieces})?' if pieces else ''}"
            )
        return name

    def _pieces(self) -> str | None:
        times = sorted({0.0, *self._grounding.times})
        pairs = [f"[{start!r}:{end!r}]" for start, end in pairwise(times)]
        return _alternatives(pairs) if 1 < len(times) <= 4 else None

    def _text(self, parameter: Parameter, state: str) -> str | None:
        kept = self._grounding.kept.get(parameter.name)
        if kept:
            return f"({_alternatives([json.dumps(text, ensure_ascii=False) for text in kept])})"
        if parameter.name in FREE:
            return self._free(parameter.name)
        refs = self._refs(parameter, state) if parameter.kinds else None
        if not parameter.required or parameter.name in (*KEPT.values(), SCENE):
            return None
        said = [json.dumps(text, ensure_ascii=False) for text in self._grounding.texts]
        choices = [_alternatives(said)] if said else []
        choices += [refs] if refs else []
        return f"({' | '.join(choices)})" if choices else None

    def _free(self, name: str) -> str | None:
        """Return what a text in the person's own words may be: a part of the request."""
        said = [_alternatives([json.dumps(one, ensure_ascii=False)]) for one in self._quotes(name)]
        words = self._grounding.phrase
        if words and "span" not in self.rules:
            for at, word in enumerate(words):
                last = at + 1 == len(words)
                more = "" if last else f" ({_quoted(_gap(word))} w{at + 1})?"
                self.rules[f"w{at}"] = f"w{at} ::= {_quoted(word.rstrip(','))}{more}"
            begins = [f"w{at}" for at, word in enumerate(words) if fold(word) not in NO_BEGINNING]
            self.rules["span"] = f"span ::= {' | '.join(begins or ['w0'])}"
        if words:
            said.append('"\\"" span "\\""')
        return f"({' | '.join(said)})" if said else None

    def _quotes(self, name: str) -> Sequence[str]:
        return () if name == "question" else self._grounding.quoted

    def _language(self, parameter: Parameter) -> str | None:
        said = self._grounding.languages
        if not said and not parameter.required:
            return None
        codes = said or tuple(dict.fromkeys(LANGUAGES.values()))
        return f"({_alternatives([repr(code) for code in codes])})"

    def _choice(self, parameter: Parameter) -> str | None:
        # "como numa igreja" names a room in another language, so that all stay open then.
        said = [choice for choice in parameter.choices if choice in self._grounding.words]
        return f"({_alternatives([repr(choice) for choice in said or parameter.choices])})"

    def _number(self, parameter: Parameter) -> str | None:
        unit, said = unit_of(parameter), list(self._grounding.stated(parameter))
        if not unit and self._grounding.times:
            said += [0.0, *self._from_end()]
        if not said and not parameter.required:
            return None
        said = said or [value for value in _USUAL.get(unit, ()) if parameter.limits.has(value)]
        if not said:
            return f"({_ANY_NUMBER})"
        written = [
            repr(int(value)) if parameter.type == "integer" else repr(value) for value in said
        ]
        return f"({_alternatives(list(dict.fromkeys(written)))})"

    def _from_end(self) -> list[float]:
        """Return times counted from the end, and the end itself, for "the last 10 seconds"."""
        if not self._grounding.words & {"last", "ultimos", "ultimo", "end", "fim", "final"}:
            return []
        durations = {found.facts.get("duration") for found in self._grounding.artifacts.values()}
        return [
            round(duration - time, 3)
            for duration in durations
            if isinstance(duration, (int, float))
            for time in (0.0, *self._grounding.times)
            if 0 <= time < duration
        ]


def _gap(word: str) -> str:
    return ", " if word.endswith(",") else " "


def _alternatives(texts: Sequence[str]) -> str:
    return " | ".join(_quoted(text) for text in texts)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
