import string

import pytest

from tonmeister.artifacts import Artifact, Kind, SoundEvents
from tonmeister.checks import Finding
from tonmeister.execution.records import RunResult, StepRecord
from tonmeister.plan import Plan, Step
from tonmeister.reply import Reply, compose, duration_in_words
from tonmeister.wording import SENTENCES, say


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (8.31, "8.3 s"), (59.99, "60.0 s"), (60, "1:00"), (3727.4, "1:02:07")],
)
def test_a_length_of_time_reads_well(seconds: float, words: str):
    assert duration_in_words(seconds) == words


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        *(("done", 0), ("chat", 0), ("command", 0), ("partial", 1), ("failed", 1)),
        *(("decline", 1), ("question", 1), ("cancelled", 130)),
    ],
)
def test_the_exit_code_tells_whether_all_was_done(outcome, code: int):
    assert Reply(outcome, "words").exit_code == code


@pytest.mark.parametrize(("passed", "code"), [(True, 0), (None, 0), (False, 1)])
def test_a_claim_that_does_not_hold_is_told_by_the_exit_code(passed: bool | None, code: int):
    finding = Finding("loudness_reached", passed, "-12.0 LUFS for -5.0")
    record = StepRecord(Step(id="s1", tool="normalize_loudness"), findings=[finding])
    assert Reply("done", "words", steps=(record,)).exit_code == code


def test_a_reply_prints_as_its_words():
    assert str(Reply("chat", "Good morning.")) == "Good morning."


def composed(record: StepRecord, language: str = "en") -> str:
    """Return the reply to a run of one step."""
    result = RunResult(1, "failed" if record.error else "done", (record,), {})
    plan = Plan(steps=(record.step,))
    shown = compose(
        result, plan, language=language, seconds=1.0, values={}, handles={}, files={}, remarks=()
    )
    return shown.text


def sound() -> Artifact:
    return Artifact("id-a1", Kind.AUDIO, "0", "flac", 1, "speech", {}, None)


def fields(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_every_sentence_is_there_in_every_language_with_the_same_fields():
    english = SENTENCES["en"]
    for language, sentences in SENTENCES.items():
        assert set(sentences) == set(english), language
        for name, sentence in sentences.items():
            assert fields(sentence) <= fields(english[name]), (language, name)


def test_an_unknown_language_is_answered_in_english():
    assert say("xx", "files") == say("en", "files") == "Files:"


@pytest.mark.parametrize(
    ("output", "words"), [("edits", "Nothing was changed."), ("result", "No sound reaches")]
)
def test_an_empty_list_says_what_it_means(output: str, words: str):
    reply = compose(
        RunResult(run_id=1, state="done", steps=(), delivered={}),
        Plan(steps=(Step(id="s1", tool="repair_clicks", args={}),)),
        language="en",
        seconds=1.0,
        values={f"s1.{output}": SoundEvents((), 5.0)},
        handles={},
        files={},
    )
    assert words in str(reply)


def test_a_text_of_several_lines_stays_on_the_line_of_its_step():
    step = Step(id="s1", tool="synthesize_speech", args={"text": "HOST: Hi.\nGUEST:\tHello."})
    lines = composed(StepRecord(step, outputs={"speech": sound()})).splitlines()
    assert any("(text=HOST: Hi. GUEST: Hello.): " in line for line in lines)
