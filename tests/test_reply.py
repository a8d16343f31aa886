import string

import pytest

from tonmeister.artifacts import Artifact, Kind, SoundEvents
from tonmeister.checks import Finding
from tonmeister.errors import ToolInputError
from tonmeister.execution.records import RunResult, StepRecord
from tonmeister.plan import Plan, Step
from tonmeister.reply import Reply, _span, compose, duration_in_words
from tonmeister.speech_translations import SPEECH
from tonmeister.translations import PORTUGUESE
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


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            ToolInputError(
                "There is no speaker 'SPEAKER_09'; found SPEAKER_00, SPEAKER_01. "
                "Did you mean SPEAKER_00?",
                hint="Use one of these labels.",
            ),
            "s1 transcribe falhou: Não há nenhum orador 'SPEAKER_09'; há SPEAKER_00, SPEAKER_01. "
            "Seria SPEAKER_00? Use uma destas etiquetas.",
        ),
        (
            ToolInputError(
                "Text and speech do not match: only 21% of their letters agree. The speech begins "
                "with: “It was. The best of”.",
                hint="Give the words that are said in this recording, in their order.",
            ),
            "só 21% das letras coincidem. A fala começa assim: “It was. The best of”. Dê as "
            "palavras que se dizem nesta gravação, pela sua ordem.",
        ),
        (
            ToolInputError(
                "No model that clones voices is installed, so nothing was imitated. The closest "
                "built-in voice is am_echo, with a speaker similarity of 0.61 (1.00 is the same "
                "voice).",
                hint='To hear that one: tonmeister "read with the voice am_echo: hello". To clone: '
                "pip install 'tonmeister[torch]', then tonmeister models pull openvoice-v2 "
                "--allow-pickle",
            ),
            "A voz incluída mais parecida é am_echo, com uma semelhança de 0.61 (1.00 é a mesma "
            'voz). Para ouvir essa: tonmeister "read with the voice am_echo: hello". Para clonar: '
            "pip install",
        ),
        (
            ToolInputError("All 10.00 s of the recording are silent; nothing would be left."),
            "Os 10.00 s da gravação são todos silêncio",
        ),
    ],
)
def test_why_a_step_failed_is_told_in_the_language_of_the_request(error, words: str):
    told = composed(StepRecord(Step(id="s1", tool="transcribe"), error=error), "pt")
    assert words in told


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (
            "Imitating a voice needs the consent of the person it belongs to; none was given.",
            "a quem pertence; não se deu nenhum.",
        ),
        ("The text was taken for Portuguese.", "O texto foi lido como sendo em português."),
        ("Nobody was heard to speak in this recording.", "Não se ouviu ninguém"),
        (
            "The speech sounds like 'en' (99% sure), not like 'pt', which was asked for; the words "
            "may be wrong or translated.",
            "A fala parece ser 'en' (99% de certeza), não 'pt'",
        ),
        ("The recording has no words to judge a language by.", "A gravação não tem palavras"),
        (
            "Portuguese comes mixed: mostly Brazilian, with European words now and then.",
            "O português sai misturado",
        ),
        (
            "Nobody speaks in this recording, so no word of the text has a place in it.",
            "Ninguém fala nesta gravação",
        ),
        ("Listened for: Dog. Not heard in this recording: Ana.", "Procurou-se: cão. Não se ouve"),
        ("No click. Something no translation knows.", "No click. Something no translation knows."),
    ],
)
def test_notes_are_told_in_the_language_of_the_request(note: str, words: str):
    record = StepRecord(Step(id="s1", tool="transcribe"), outputs={"r": sound()}, notes=(note,))
    assert words in composed(record, "pt")
    assert note in composed(record, "en")


def test_every_translation_has_the_values_of_its_sentence():
    for english, portuguese in (*PORTUGUESE, *SPEECH):
        values = {int(field) for field in fields(portuguese) if field}
        assert values <= set(range(english.count("{}"))), english


def test_short_events_are_told_in_milliseconds():
    assert _span(61.0254, 61.0312) == "1:01.025-1:01.031"
    assert _span(3599.96, 3600.3) == "1:00:00.0-1:00:00.3"
