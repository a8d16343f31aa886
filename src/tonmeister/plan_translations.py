"""What is wrong with a plan, in Portuguese; and errors as a whole, every problem of them.

A pattern has ``{}`` where values stand, as in ``translations``; the more special ones come first.
"""

import re
from functools import cache

from tonmeister.errors import PlanError, TonmeisterError
from tonmeister.translations import in_words

__all__ = ["PROBLEMS", "problem_in_words", "translate"]

KINDS = {
    "audio": "gravação",
    "video": "vídeo",
    "image": "imagem",
    "transcript": "transcrição",
    "text": "texto",
    "document": "documento",
    "chapters": "capítulos",
    "speech": "trechos de fala",
    "turns": "vezes de fala",
    "events": "sons encontrados",
    "measurement": "medição",
    "file": "arquivo",
}
"""What artifacts are called in problems; ``artifacts.Kind`` in Portuguese."""

PROBLEMS: tuple[tuple[str, str], ...] = (
    # Of plan.check.
    (
        "Two steps have the same id; give each its own.",
        "Há dois passos com o mesmo id; dá a cada um o seu.",
    ),
    (
        "there is no tool '{}'; did you mean '{}'?.",
        "não existe a ferramenta '{0}'; querias dizer '{1}'?",
    ),
    ("there is no tool '{}'.", "não existe a ferramenta '{0}'."),
    (
        "{} has no argument '{}'; did you mean '{}'?.",
        "{0} não tem o argumento '{1}'; querias dizer '{2}'?",
    ),
    ("{} has no argument '{}'.", "{0} não tem o argumento '{1}'."),
    ("{} needs '{}': {}", "{0} precisa de '{1}'."),
    ("'{}' must be a list of references.", "'{0}' tem de ser uma lista de referências."),
    (
        "'{}' must be a reference such as @a1, not {}.",
        "'{0}' tem de ser uma referência como @a1, não {1}.",
    ),
    (
        "'{}' uses @{}, which does not come before it.",
        "'{0}' usa @{1}, que não vem antes.",
    ),
    (
        "'{}' refers to @{}, which does not exist; there are: none yet.",
        "'{0}' refere-se a @{1}, que não existe; ainda não há nada.",
    ),
    (
        "'{}' refers to @{}, which does not exist; there are: {}.",
        "'{0}' refere-se a @{1}, que não existe; há: {2}.",
    ),
    (
        "'{}' takes no reference such as {}; give the value itself.",
        "'{0}' não aceita uma referência como {1}; indica o próprio valor.",
    ),
    (
        "'{}': @{} gives several results; name one of them.",
        "'{0}': @{1} dá vários resultados; indica um deles.",
    ),
    ("'{}': @{} gives {}; name one of them.", "'{0}': @{1} dá {2}; indica um deles."),
    (
        "'{}': @{} has no part '{}'; refer to @{} itself.",
        "'{0}': @{1} não tem a parte '{2}'; refere-te ao próprio @{3}.",
    ),
    ("'{}' needs {}; @{} is {}.", "'{0}' precisa de: {1}; @{2} é: {3}."),
    (
        "'{}': a region needs a recording; @{} is {}.",
        "'{0}': um trecho precisa de uma gravação; @{1} é: {2}.",
    ),
    (
        "'{}': the region ends at {} s, not after its start.",
        "'{0}': o trecho acaba aos {1} s, não depois do seu início.",
    ),
    (
        "'{}': the region leaves @{}, which is {} s long.",
        "'{0}': o trecho sai de @{1}, que tem {2} s.",
    ),
    ("'{}' is {}; a text was expected.", "'{0}' é {1}; esperava-se um texto."),
    (
        "'{}' is {}; true or false was expected.",
        "'{0}' é {1}; esperava-se true ou false.",
    ),
    ("'{}' is {}; one of {} is valid.", "'{0}' é {1}; vale um destes: {2}."),
    (
        "'{}' is {}; a whole number was expected.",
        "'{0}' é {1}; esperava-se um número inteiro.",
    ),
    ("'{}' is {}; a number was expected.", "'{0}' é {1}; esperava-se um número."),
    (
        "'{}' is {}; it must be at least {} and at most {}.",
        "'{0}' é {1}; tem de ser pelo menos {2} e no máximo {3}.",
    ),
    ("'{}' is {}; it must be at least {}.", "'{0}' é {1}; tem de ser pelo menos {2}."),
    ("'{}' is {}; it must be at most {}.", "'{0}' é {1}; tem de ser no máximo {2}."),
    # Of delivery.check_output.
    (
        "{} was asked for, but there will be {} such results.",
        "Pediu-se {0}, mas haverá {1} resultados assim.",
    ),
    ("{} was asked for, but the result is {}.", "Pediu-se {0}, mas o resultado é {1}."),
    # Of planner.dialect.
    (
        "'{}' is no step; write s1: tool(name=value, …)",
        "'{0}' não é um passo; escreve s1: ferramenta(nome=valor, …)",
    ),
    (
        "the arguments of {} cannot be read: {}",
        "não se conseguem ler os argumentos de {0}: {1}",
    ),
    (
        'there is no JSON object; answer with one such as {"steps": [...]}',
        'não há nenhum objeto JSON; responde com um como {{"steps": [...]}}',
    ),
    (
        "it has none of steps, question, decline, chat",
        "não tem steps, question, decline nem chat",
    ),
    (
        '{} is no step; write {"tool": …, "args": …}',
        '{0} não é um passo; escreve {{"tool": …, "args": …}}',
    ),
    # Of pydantic, on what is not even a plan.
    ("Field required", "falta o campo"),
    ("Tuple should have at least {} item after validation, not {}", "é preciso pelo menos {0}"),
    ("Extra inputs are not permitted", "este campo não existe"),
    ("Input should be a valid string", "espera-se um texto"),
    ("Input should be a valid dictionary", "espera-se um objeto"),
    ("Input should be a valid tuple", "espera-se uma lista"),
)

_WHERE = re.compile(r"(plan|line \d+|@?\w+(?:\.\w+)*): (.+)", re.DOTALL)
_PLACES = {"plan": "plano", "line": "linha"}
NO_PLAN = "The language model's answer is no plan: "
"""How ``planner.llm`` begins what it says of a problem."""


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    return tuple(
        (
            re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL),
            portuguese,
            english.endswith("@{} is {}."),
        )
        for english, portuguese in PROBLEMS
    )


def problem_in_words(language: str, problem: str) -> str:
    """Return a problem of a plan in a language; what is not known is passed on as it is.

    Args:
        language: "en" or "pt".
        problem: One problem in English, with or without its step.
    """
    if language != "pt":
        return problem
    if match := _WHERE.fullmatch(problem):
        place, fault = match.groups()
        word, space, number = place.partition(" ")
        told = f"{_PLACES.get(word, word)}{space}{number}"
        return f"{told}: {problem_in_words(language, fault)}"
    for pattern, portuguese, tells_kinds in _compiled():
        if match := pattern.fullmatch(problem):
            name, *others = (*match.groups(), "")  # an argument may be called as a kind is
            told = [_in_portuguese(one) for one in others] if tells_kinds else others
            return portuguese.format(name, *told)
    return in_words(language, problem)


def _in_portuguese(kinds: str) -> str:
    """Return the names of kinds of artifacts, such as "audio or video"."""
    return " ou ".join(KINDS.get(kind, kind) for kind in kinds.split(" or "))


def translate(error: BaseException, language: str) -> None:
    """Put an error into a language: message, hint, and every problem of a plan.

    Args:
        error: It is changed when it is a typed error; others stay as they are.
        language: "en" or "pt".
    """
    if not isinstance(error, TonmeisterError):
        return
    if isinstance(error, PlanError):
        error.problems = [problem_in_words(language, one) for one in error.problems]
        error.message = "; ".join(error.problems)
    elif language == "pt" and error.message.startswith(NO_PLAN):
        problem = error.message.removeprefix(NO_PLAN).removesuffix(".")
        told = problem_in_words(language, problem).rstrip(".")
        error.message = f"A resposta do modelo de linguagem não é um plano: {told}."
    else:
        error.message = in_words(language, error.message)
    error.hint = in_words(language, error.hint)
