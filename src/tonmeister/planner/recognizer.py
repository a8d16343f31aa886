"""Clear requests in English and Portuguese, recognized without a language model.

A request is answered only when every word of it is accounted for and there is one reading;
anything else is left to the next planner.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import permutations

from tonmeister.plan import Plan, Step, check
from tonmeister.planner.answers import Answer, Decline, Planner, Request
from tonmeister.planner.assembly import (
    Assembly,
    Call,
    MissingToolError,
    NotClearError,
    one_of,
)
from tonmeister.planner.chains import expand
from tonmeister.planner.corrections import correction
from tonmeister.planner.found_follow_ups import found_follow_up
from tonmeister.planner.limits import Limit, limit_in, limit_of, limits, nearest_requests
from tonmeister.planner.mentions import is_said
from tonmeister.planner.names import name_files
from tonmeister.planner.phrases import (
    CONNECTOR,
    COURTESY,
    MODEL,
    compile_pattern,
    correct_typos,
    needs_of,
    take_targets,
    tokens_in,
)
from tonmeister.planner.rules import Rule, load_rules
from tonmeister.planner.slots import (
    Sentence,
    Slot,
    language_of,
    read_sentence,
)
from tonmeister.planner.sound_chains import question_answer
from tonmeister.planner.sound_follow_ups import sound_follow_up
from tonmeister.planner.sound_requests import sound_plan
from tonmeister.planner.steering import steering
from tonmeister.planner.variations import Variation, variation_in
from tonmeister.planner.vocabulary import vocabulary
from tonmeister.planner.wording import ask_within, command_for, small_talk
from tonmeister.registry import Catalog

__all__ = ["Recognizer", "language_of"]

LONGEST_REQUEST = 2_000
MOST_READINGS = 64
READERS = {"narrate", "synthesize_speech"}
_CONSENT = re.compile(
    r"(?:(?:yes|sim) , )?"
    r"(?:(K\d+)|(?:with |com )?(?:my |o meu )?(?:consent|consentimento) : (Q\d+)) "
)


class Recognizer(Planner):
    """Plans clear requests without a language model, and leaves all others.

    Attributes:
        name: "recognizer".
    """

    name = "recognizer"

    def plan(self, request: Request, catalog: Catalog) -> Answer | None:
        """Return an answer when the whole request is understood in one way, else None.

        Args:
            request: The request.
            catalog: What can be done here.
        """
        pending = request.history and request.history[-1].plan is None
        if not request.text.strip() and pending and request.files:
            return self._answered(request, catalog, request.files)
        command = steering(request) or command_for(request.text)
        if command or len(request.text) > LONGEST_REQUEST * 50:
            return command
        talk = small_talk(request.text, request.language, catalog)
        if talk:
            return None if request.files else talk
        sound = sound_plan(request, catalog) or sound_follow_up(request, catalog)
        sound = sound or found_follow_up(request, catalog)
        if sound is not None and not check(sound, catalog.tools, request.artifacts):
            return sound
        sentence = _read(request, catalog)
        if len(sentence.text) > LONGEST_REQUEST:
            return None
        alone = re.fullmatch(r"[OR]\d+ ", sentence.text)
        if alone and pending:
            return self._chosen(request, catalog, sentence.slots[alone.group().strip()])
        consent = _CONSENT.fullmatch(sentence.text)
        if consent and pending:
            return self._consented(request, catalog, sentence.slots[consent[1] or consent[2]])
        answer = _one_reading(sentence, request, catalog) or correction(request, catalog)
        limit = limit_in(request.text, catalog) if answer is None else None
        return answer if limit is None else self.decline(limit, request, catalog)

    def decline(self, limit: Limit, request: Request, catalog: Catalog) -> Decline:
        """Return what is missing, with the plan for what else is asked, or for what comes near.

        Args:
            limit: Why it cannot be done.
            request: The request.
            catalog: What can be done here.
        """
        language = "pt" if request.language == "pt" else "en"
        for said in nearest_requests(limit, request.text, catalog):
            plan = self.plan(replace(request, text=said), catalog)
            if isinstance(plan, Plan):
                return Decline(limit.told(language), plan, limit.loses[language])
        return Decline(limit.told(language))

    def _chosen(self, request: Request, catalog: Catalog, slot: Slot) -> Answer | None:
        """Take a request that only names a recording as the answer to the last question."""
        assembly = Assembly(request, catalog)
        try:
            refs = assembly.resolve("transcribe", slot)
        except NotClearError:
            return None
        return self._answered(request, catalog, tuple(ref[1:] for ref in refs))

    def _consented(self, request: Request, catalog: Catalog, slot: Slot) -> Answer | None:
        """Take a request that only gives consent as the one before it, which lacked it."""
        inputs = tuple(name for name in request.history[-1].inputs if name in request.artifacts)
        answer = self._answered(request, catalog, inputs)
        if answer is None:
            return None
        given = {"consent": str(slot.value)}
        steps = tuple(
            step.model_copy(update={"args": {**step.args, **given}})
            if step.args.get("consent") == ""
            else step
            for step in answer.steps
        )
        return Plan(steps=steps) if steps != answer.steps else None

    def _answered(self, request: Request, catalog: Catalog, files: tuple[str, ...]) -> Plan | None:
        if any(handle not in request.artifacts for handle in files):
            return None
        earlier = request.history[-1].request
        if not earlier.strip():
            return None
        answer = self.plan(
            replace(request, text=earlier, files=files, history=request.history[:-1]), catalog
        )
        return answer if isinstance(answer, Plan) else None


@lru_cache(maxsize=1)
def _patterns_for(tokens: frozenset[str]) -> list[tuple[Rule, re.Pattern[str]]]:
    """Return the wordings a sentence of these tokens may have; compiling all takes seconds."""
    return [
        (rule, compile_pattern(pattern))
        for rule in load_rules()
        for pattern in rule.patterns
        if all(not tokens.isdisjoint(needed) for needed in needs_of(pattern))
    ]


def _read(request: Request, catalog: Catalog) -> Sentence:
    names = name_files(request, catalog.names_of_models())
    sentence = read_sentence(request.text, names)
    correct_typos(sentence, vocabulary())
    take_targets(sentence)
    return sentence


def _one_reading(sentence: Sentence, request: Request, catalog: Catalog) -> Answer | None:
    variation = variation_in(sentence)
    readings = _readings(sentence, variation.end if variation else 0, {})
    if not readings and variation:
        return None
    if not readings:
        return question_answer(sentence, request, catalog)
    # A wording that covers "fade in … and fade out …" beats two that cover a part each.
    shortest = min(len(reading) for reading in readings)
    answers: list[Answer | None] = []
    for reading in readings:
        if len(reading) == shortest:
            answer = _answer(reading, request, catalog, variation)
            if answer is not None and answer not in answers:
                answers.append(answer)
    # What can be done comes before a question about what cannot.
    plans = [answer for answer in answers if isinstance(answer, Plan)]
    left = plans or answers
    return left[0] if len(left) == 1 else None


def _readings(
    sentence: Sentence, position: int, known: dict[int, list[tuple[Call, ...]]]
) -> list[tuple[Call, ...]]:
    """Return every way to read the sentence from a position to its end."""
    if position in known:
        return known[position]
    readings: list[tuple[Call, ...]] = []
    known[position] = readings
    text = sentence.text
    courtesy = COURTESY.match(text, position)
    start = courtesy.end() if courtesy else position
    for rule, pattern in _patterns_for(tokens_in(text)):
        match = pattern.match(text, start)
        if match is None or match.end() == start or len(readings) >= MOST_READINGS:
            continue
        slots, end = _slots(match, sentence), match.end()
        if model := MODEL.match(text, end):
            slots["model"], end = sentence.slots[model["model"]], model.end()
        call = Call(rule, slots)
        if end == len(text):
            readings.append((call,))
        elif connector := CONNECTOR.match(text, end):
            rest = _readings(sentence, connector.end(), known)
            readings += [(call, *tail) for tail in rest]
    return readings


def _slots(match: re.Match[str], sentence: Sentence) -> dict[str, Slot]:
    found: dict[str, Slot] = {}
    for name, words in match.groupdict().items():
        if words is None:
            continue
        if name == "spec":
            found[name] = Slot("spec", _spec(words, sentence))
        else:
            found[name] = sentence.slots.get(words.strip()) or Slot("word", words.strip())
    return found


def _spec(words: str, sentence: Sentence) -> str:
    parts = [
        "mono" if word == "mono" else f"{word[0]}={sentence.slots[word].value}"
        for word in words.split()
        if word == "mono" or word in sentence.slots
    ]
    return "\x00".join(parts)


def _answer(
    reading: Sequence[Call], request: Request, catalog: Catalog, variation: Variation | None
) -> Answer | None:
    assembly = Assembly(request, catalog)
    if variation is not None:
        try:
            variation.point(assembly, reading)
        except NotClearError as error:
            return error.question
    for call in reading:
        tool = call.rule.tool
        limit = limits()[tool[1:]] if tool.startswith("!") else None
        try:
            if limit is not None:
                return _decline(limit, call, assembly)
            expand(assembly, call)
        except MissingToolError as error:
            limit = limit_of(error.tool)
            return _decline(limit, call, assembly) if limit else None
        except NotClearError as error:
            return error.question
    if _says_twice(assembly.steps):
        return None
    try:
        plan = Plan(steps=tuple(assembly.steps))
    except ValueError:
        return None
    problems = check(plan, catalog.tools, request.artifacts)
    return ask_within(request.language, problems) if problems else plan


def _says_twice(steps: Sequence[Step]) -> bool:
    """Tell whether two steps are one thing said in two parts, as in "subtitles, as vtt".

    One does the other with an argument more, or a text is read both as a book and by the way.
    """
    return any(
        (one.tool == other.tool and _adds_to(one, other))
        or ({one.tool, other.tool} == READERS and one.args.get("text") == other.args.get("text"))
        for one, other in permutations(steps, 2)
    )


def _adds_to(one: Step, other: Step) -> bool:
    """Tell whether a step has all arguments of another, and more."""
    return len(one.args) < len(other.args) and all(
        name in other.args and other.args[name] == value for name, value in one.args.items()
    )


def _decline(limit: Limit, call: Call, assembly: Assembly) -> Decline | None:
    """Decline a reading; what was to be done before comes nearest, else what the limit names."""
    request, catalog = assembly.request, assembly.catalog
    sound = call.slots.get("sound")
    if sound is not None and not re.search(r"(?:sound|som)$", str(sound.value)):
        return None
    if call.rule.tool.startswith("!") and limit.is_possible(catalog.tools):
        return None
    if assembly.steps:
        plan = Plan(steps=tuple(assembly.steps))
        if not check(plan, catalog.tools, request.artifacts):
            return Decline(limit.told(request.language), plan, limit.loses[request.language])
    if "text" in call.slots:
        return Decline(limit.told(request.language))
    target = one_of(call, "target")
    try:
        refs = assembly.resolve("transcribe", target) if is_said(target) else []
    except NotClearError:
        return Decline(limit.told(request.language))
    files = tuple(ref[1:] for ref in refs if ref[1:] in request.artifacts)
    return Recognizer().decline(limit, replace(request, files=files or request.files), catalog)
