"""How a language model writes its answer: lines for a small model, JSON for a large one."""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tonmeister.errors import PlanError
from tonmeister.plan import MAX_STEPS, Plan, parse_plan
from tonmeister.planner.answers import Answer, Chat, Decline, Question
from tonmeister.toolspec import Parameter, Tool

__all__ = ["SCHEMA", "as_json", "parse_json", "parse_lines", "signature"]

_STEP = re.compile(r"^\s*(?:s\d+\s*[:=]\s*)?(?P<tool>[a-z_]\w*)\((?P<args>.*)\)\s*$")
_REFERENCE = re.compile(
    r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|@[a-z]\w*(?:\.\w+)?(?:\[[\d.]*:[\d.]*\])?"
)

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "steps": {
            "type": "array",
            "maxItems": MAX_STEPS,
            "items": {
                "type": "object",
                "properties": {"tool": {"type": "string"}, "args": {"type": "object"}},
                "required": ["tool", "args"],
            },
        },
        "chat": {"type": "string"},
        "question": {"type": "string"},
        "decline": {"type": "string"},
        "loses": {"type": "string"},
    },
}


def signature(tool: Tool) -> str:
    """Return one line that says what a tool takes and gives.

    Args:
        tool: The tool.
    """
    parameters = ", ".join(
        f"{name}{'' if parameter.required else '?'}: {_type(parameter)}"
        for name, parameter in tool.parameters.items()
    )
    outputs = ", ".join(
        kind if name == "result" else f"{name}: {kind}" for name, kind in tool.outputs.items()
    )
    return f"{tool.name}({parameters}) -> {outputs}: {tool.summary}"


def _type(parameter: Parameter) -> str:
    kinds = "|".join(sorted(parameter.kinds))
    if parameter.type == "artifact":
        return f"[{kinds}, …]" if parameter.many else kinds
    if parameter.type == "choice":
        return "|".join(parameter.choices)
    return {"language": "language code"}.get(
        parameter.type, f"{parameter.type}{kinds and f'|{kinds}'}"
    )


def parse_lines(text: str) -> Answer:
    """Read an answer in lines.

    Args:
        text: What the model wrote.

    Raises:
        PlanError: It is no answer.
    """
    lines = [line for line in text.strip().strip("`").strip().splitlines() if line.strip()]
    word, _, rest = lines[0].partition(":") if lines else ("", "", "")
    rest = rest.strip()
    if word == "chat":
        return Chat(rest)
    if word == "question" and rest:
        return Question(rest)
    if word == "decline" and rest:
        return Decline(rest)
    return _plan([_call(line) for line in lines])


def _call(line: str) -> tuple[str, dict[str, Any]]:
    match = _STEP.match(line)
    if match is None:
        raise PlanError([f"'{line[:60]}' is no step; write s1: tool(name=value, …)"])
    quoted = _REFERENCE.sub(_as_text, match["args"])
    try:
        call = ast.parse(f"f({quoted})", mode="eval").body
        keywords = call.keywords if isinstance(call, ast.Call) and not call.args else []
        args = {str(word.arg): ast.literal_eval(word.value) for word in keywords}
    except (SyntaxError, ValueError) as error:
        raise PlanError(
            [f"the arguments of {match['tool']} cannot be read: {match['args'][:80]}"]
        ) from error
    return match["tool"], args


def _as_text(match: re.Match[str]) -> str:
    return repr(match.group()) if match.group().startswith("@") else match.group()


def _plan(calls: Sequence[tuple[str, dict[str, Any]]]) -> Plan:
    steps = [
        {"id": f"s{number}", "tool": tool, "args": args}
        for number, (tool, args) in enumerate(calls, 1)
    ]
    return parse_plan({"steps": steps})


def parse_json(text: str) -> Answer:
    """Read an answer in JSON, forgiving what surrounds it.

    Args:
        text: What the model wrote.

    Raises:
        PlanError: It holds no answer.
    """
    found = _first_object(text)
    if isinstance(found, list):
        found = {"steps": found}
    if not isinstance(found, dict):
        raise PlanError(['there is no JSON object; answer with one such as {"steps": [...]}'])
    steps = found.get("steps") or found.get("plan")
    plan: Plan | None = _plan(_calls(steps)) if isinstance(steps, list) and steps else None
    for word in ("decline", "question", "chat"):
        said = found.get(word)
        if not isinstance(said, str) or not said.strip():
            continue
        if word == "decline":
            return Decline(said, plan, str(found.get("loses") or "") if plan else "")
        if not plan:
            return Question(said) if word == "question" else Chat(said)
    if not plan:
        raise PlanError(["it has none of steps, question, decline, chat"])
    return plan


def _calls(steps: Sequence[Any]) -> list[tuple[str, dict[str, Any]]]:
    calls: list[tuple[str, dict[str, Any]]] = []
    for step in steps:
        tool = step.get("tool") or step.get("name") if isinstance(step, dict) else None
        args = (step.get("args") or step.get("arguments") or {}) if isinstance(step, dict) else {}
        if not isinstance(tool, str) or not isinstance(args, dict):
            raise PlanError([f'{json.dumps(step)[:60]} is no step; write {{"tool": …, "args": …}}'])
        calls.append(
            (tool, {str(name): value for name, value in args.items() if value is not None})
        )
    return calls


def _first_object(text: str) -> Any:
    decoder = json.JSONDecoder(strict=False)
    lenient = re.sub(r",(\s*[}\]])", r"\1", text.replace("“", '"').replace("”", '"'))
    for candidate in (text, lenient):
        for match in re.finditer(r"[{\[]", candidate):
            try:
                return decoder.raw_decode(candidate, match.start())[0]
            except json.JSONDecodeError:
                continue
    return None


def as_json(lines: str) -> str:
    """Return a demonstration's answer in JSON.

    Args:
        lines: The answer in lines.
    """
    answer = parse_lines(lines)
    if isinstance(answer, Plan):
        steps = [{"tool": step.tool, "args": step.args} for step in answer.steps]
        return json.dumps({"steps": steps}, ensure_ascii=False)
    if isinstance(answer, Decline):
        return json.dumps({"decline": answer.missing}, ensure_ascii=False)
    if isinstance(answer, Question):
        return json.dumps({"question": answer.text}, ensure_ascii=False)
    return json.dumps({"chat": "…"}, ensure_ascii=False)
