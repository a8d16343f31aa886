"""What is wrong with a plan is told in Portuguese to those who ask in Portuguese."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tonmeister.artifacts import Kind
from tonmeister.errors import LLMError, PlanError, StoreError
from tonmeister.plan import Plan, check, parse_plan
from tonmeister.plan_translations import KINDS, NO_PLAN, PROBLEMS, problem_in_words, translate
from tonmeister.planner.dialect import parse_json
from tonmeister.registry import discover

SOURCES = Path(__file__).parents[1] / "src" / "tonmeister"
CHECKS = ("check", "_check_args", "_check_value", "_check_ref", "_check_region")
NEAR = ("", "; did you mean '7'?")
BOUNDS = ("at least 7 and at most 7", "at least 7", "at most 7")


def wordings(node: ast.expr, faults: tuple[str, ...]) -> list[str]:
    """Return every text an expression may come to, with 7 for what is not known."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        pieces = [wordings(part, faults) for part in node.values]
        return ["".join(chosen) for chosen in product(*pieces)]
    if isinstance(node, ast.FormattedValue):
        return wordings(node.value, faults)
    if isinstance(node, ast.IfExp):
        return wordings(node.body, faults) + wordings(node.orelse, faults)
    if isinstance(node, ast.Name) and node.id == "fault":
        return list(faults)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_near":
        return list(NEAR)
    if isinstance(node, ast.Call) and "bound" in ast.unparse(node):
        return list(BOUNDS)
    return ["7"]


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    return {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}


def problems_of(source: str) -> Iterator[str]:
    """Yield every problem the checks of a plan may find, each wording of it."""
    known = functions(ast.parse(source))
    faults = tuple(
        text
        for node in ast.walk(known["_scalar_fault"])
        if isinstance(node, ast.Return) and node.value is not None
        for text in wordings(node.value, ())
        if text
    )
    for name in CHECKS:
        for node in ast.walk(known[name]):
            said: ast.expr | None = None
            if isinstance(node, ast.Yield):
                said = node.value
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "problems.append":
                said = node.args[0]
            if said is not None:
                yield from wordings(said, faults)


def untranslated(problems: Iterator[str]) -> list[str]:
    return [one for one in problems if problem_in_words("pt", one) == one]


def raised_problems(source: str) -> Iterator[str]:
    """Yield what stands in each ``PlanError([…])`` of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "PlanError":
            for argument in node.args:
                if isinstance(argument, ast.List):
                    yield from (text for one in argument.elts for text in wordings(one, ()))


def source_of(name: str) -> str:
    return (SOURCES / name).read_text(encoding="utf-8")


def test_every_problem_the_checks_of_a_plan_find_has_its_portuguese():
    found = list(problems_of(source_of("plan.py")))
    assert len(found) > 25
    assert "'7' is 7; a whole number was expected." in found
    assert untranslated(iter(found)) == []


@pytest.mark.parametrize("module", ["delivery.py", "planner/dialect.py"])
def test_so_has_every_problem_that_is_raised_elsewhere(module: str):
    found = list(raised_problems(source_of(module)))
    assert found
    assert untranslated(iter(found)) == []


def test_a_problem_without_a_translation_would_be_found():
    source = source_of("plan.py")
    changed = source.replace("must be a list of references", "must be several references")
    assert changed != source
    assert untranslated(problems_of(changed)) == ["'7' must be several references."]
    changed = source.replace("a text was expected", "letters were expected")
    assert untranslated(problems_of(changed)) == ["'7' is 7; letters were expected."]


@pytest.mark.parametrize(("english", "portuguese"), PROBLEMS)
def test_each_problem_has_a_translation_of_its_own(english: str, portuguese: str):
    said = problem_in_words("pt", f"s1: {english.replace('{}', '7')}")
    assert said == f"s1: {portuguese.format(*'7777')}"
    assert problem_in_words("en", english) == english


def test_every_kind_of_artifact_has_a_name():
    assert set(KINDS) == {str(kind) for kind in Kind}


def faulty(**args: Any) -> list[str]:
    step = {"id": "s1", "tool": "trim", "args": args}
    problems = check(Plan.model_validate({"steps": [step]}), discover().tools, {})
    return [problem_in_words("pt", one) for one in problems]


def test_the_problems_of_a_faulty_plan_are_told_with_their_steps():
    assert faulty(audio="@a9", zzz=1.0, end="x") == [
        "s1: trim não tem o argumento 'zzz'.",
        "s1: 'audio' refere-se a @a9, que não existe; ainda não há nada.",
        "s1: 'end' é 'x'; esperava-se um número.",
    ]
    needed = "s1: 'audio' precisa de: gravação ou vídeo; @a1 é: texto."
    assert problem_in_words("pt", "s1: 'audio' needs audio or video; @a1 is text.") == needed


def told(error: PlanError) -> list[str]:
    translate(error, "pt")
    assert error.message == "; ".join(error.problems)
    return error.problems


def test_what_is_no_plan_is_told_too():
    with pytest.raises(PlanError) as caught:
        parse_plan({"steps": [{"id": "s1"}]})
    assert told(caught.value) == ["steps.0.tool: falta o campo"]
    with pytest.raises(PlanError) as caught:
        parse_json("nothing")
    assert told(caught.value)[0].startswith("não há nenhum objeto JSON; responde")


def test_the_problem_of_a_language_model_s_plan_is_told_inside_its_error():
    problem = "s1: there is no tool 'trimm'; did you mean 'trim'?."
    error = LLMError(f"{NO_PLAN}{problem}.", hint="Word the request differently.")
    translate(error, "pt")
    assert str(error) == (
        "A resposta do modelo de linguagem não é um plano: s1: não existe a ferramenta 'trimm'; "
        "querias dizer 'trim'?. Formula o pedido de outra maneira."
    )
    assert NO_PLAN in source_of("planner/llm.py")


def test_what_is_not_known_is_passed_on_as_it_is():
    error = StoreError("Mystery: something new", hint="s1: something else")
    translate(error, "pt")
    assert (error.message, error.hint) == ("Mystery: something new", "s1: something else")
