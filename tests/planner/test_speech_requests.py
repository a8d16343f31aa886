"""Requests about speech in words: what they become, and what must be left to others.

``speech_*.txt`` were looked at while the wordings were written. ``held_out_*.txt`` were written
at the same time, before any wording, and first looked at when 220 of 233 were understood, none
wrongly; a handful of what they showed has been worded since.
"""

import pytest

from tests.planner.situations import (
    SITUATIONS,
    Situation,
    artifact,
    ask,
    plan_of,
    rows,
)
from tonmeister.plan import Plan
from tonmeister.planner.answers import Decline, Question
from tonmeister.registry import Catalog
from tonmeister.toolspec import Tool


@pytest.mark.parametrize(
    ("situation", "said", "calls"),
    [
        *rows("speech_en.txt"),
        *rows("speech_pt.txt"),
        *rows("speech_late.txt"),
        *rows("speech_mended.txt"),
        *rows("follow_ups.txt"),
    ],
)
def test_a_clear_request_about_speech_becomes_its_plan(
    situation: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "said", "_"), list(rows("passed_on_speech.txt")))
def test_a_near_miss_is_left_to_another_planner(
    situation: str, said: str, _: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) is None


@pytest.mark.parametrize("table", ["held_out_en.txt", "held_out_pt.txt"])
def test_wordings_nobody_looked_at_are_mostly_understood_and_never_misunderstood(
    table: str, catalog: Catalog
) -> None:
    answers = [
        (ask(said, SITUATIONS[where], catalog), plan_of(calls))
        for where, said, calls in rows(table)
    ]
    planned = [(got, wanted) for got, wanted in answers if isinstance(got, Plan)]
    assert len(answers) > 100
    assert len(planned) >= 0.9 * len(answers)
    assert all(got == wanted for got, wanted in planned)


def test_every_tool_of_speech_has_wordings_in_both_languages() -> None:
    for language in ("en", "pt"):
        tables = [*rows(f"speech_{language}.txt"), *rows(f"held_out_{language}.txt")]
        worded = {step.tool for _, _, calls in tables for step in plan_of(calls).steps}
        assert worded >= SPOKEN_OF


def _without(catalog: Catalog, *tools: str) -> Catalog:
    left = {name: tool for name, tool in catalog.tools.items() if name not in tools}
    return Catalog(left, catalog.models, ())


SPOKEN_OF = frozenset(
    {
        *("transcribe", "detect_language", "align", "remove_fillers", "write_subtitles"),
        *("diarize", "label_speakers", "name_speakers", "identify_speaker", "verify_speaker"),
        *("separate_speakers", "synthesize_speech", "narrate", "write_audiobook", "translate_text"),
        *("translate_transcript", "translate_speech", "dub", "clone_voice", "convert_voice"),
        *("spatialize", "reduce_reverb", "repair", "extend_bandwidth", "measure_speech"),
    }
)
SPEAKERS = ("diarize", "label_speakers", "identify_speaker", "verify_speaker", "separate_speakers")
TRANSLATION = ("translate_text", "translate_transcript", "translate_speech", "dub")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("who speaks when?", "speakers"),
        ("quem fala quando?", "quem fala"),
        ("separate the speakers", "speakers"),
        ("dub this into Spanish", "translates"),
        ('clone this voice saying "Hello"', "voice"),
        ("clona a minha voz agora", "voz"),
    ],
)
def test_without_the_tool_the_same_words_are_declined(
    said: str, words: str, catalog: Catalog
) -> None:
    voices = ("clone_voice", "convert_voice", "closest_voice")
    few = _without(catalog, *SPEAKERS, *TRANSLATION, *voices, "name_speakers")
    answer = ask(said, SITUATIONS["one"], few)
    assert isinstance(answer, Decline)
    assert words in answer.missing
    assert not isinstance(ask(said, SITUATIONS["one"], catalog), Decline)


@pytest.mark.parametrize(
    "said",
    [
        "translate this recording to English",
        "traduz isto para inglês",
        "traduz isto para português",
    ],
)
def test_without_translation_a_transcript_is_the_nearest_plan(said: str, catalog: Catalog) -> None:
    answer = ask(said, SITUATIONS["one"], _without(catalog, *TRANSLATION))
    assert isinstance(answer, Decline)
    assert answer.nearest == plan_of("transcribe(audio=@a1)")
    assert answer.loses in ("the translation", "a tradução")


def test_without_diarization_a_plain_transcript_is_the_nearest_plan(catalog: Catalog) -> None:
    few = _without(catalog, *SPEAKERS)
    answer = ask("clean this up and transcribe it with speaker names", SITUATIONS["one"], few)
    assert isinstance(answer, Decline)
    assert answer.nearest == plan_of("enhance_speech(audio=@a1)")


def test_separating_speakers_does_not_hide_that_stems_cannot_be_separated(
    catalog: Catalog,
) -> None:
    assert "separate_speakers" in catalog.tools
    few = _without(catalog, "separate_stems")
    assert isinstance(ask("separate the vocals", SITUATIONS["one"], few), Decline)


def test_it_asks_what_a_cloned_voice_should_say(catalog: Catalog) -> None:
    for said, words in (("clone the voice in ref.wav", "say"), ("clona a minha voz", "dizer")):
        answer = ask(said, SITUATIONS["reference"], catalog)
        assert isinstance(answer, Question)
        assert words in answer.text


@pytest.mark.parametrize(
    "consent",
    [
        "I have her permission",
        "I have Ana's permission",
        "with his consent",
        "this is my own voice",
        "she agreed",
        "é a minha própria voz",
        "tenho a autorização dela",
        "ele autorizou",
        "com o consentimento da Ana",
    ],
)
def test_consent_is_kept_in_the_persons_own_words(consent: str, catalog: Catalog) -> None:
    answer = ask(f'clone this voice saying "Hi", {consent}', SITUATIONS["reference"], catalog)
    assert isinstance(answer, Plan)
    assert answer.steps[0].args["consent"] == consent


@pytest.mark.parametrize(
    "refusal", ["I don't have her permission", "without her permission", "não tenho autorização"]
)
def test_words_that_refuse_consent_are_never_taken_for_it(refusal: str, catalog: Catalog) -> None:
    for said in (f'clone this voice saying "Hi", {refusal}', f'{refusal}, clone it saying "Hi"'):
        assert not isinstance(ask(said, SITUATIONS["reference"], catalog), Plan)


def test_a_reference_is_found_by_name_or_as_the_other_file(catalog: Catalog) -> None:
    swapped = Situation(artifact("a1", "ref"), artifact("a2", "talk"))
    for said in (
        "is this the same person as in ref.wav?",
        "is talk.wav the same person as ref.wav?",
    ):
        answer = ask(said, swapped, catalog)
        assert answer == plan_of("verify_speaker(audio=@a2, reference_audio=@a1)")


def test_a_text_between_quotes_is_never_read_as_names_places_or_consent(catalog: Catalog) -> None:
    text = "SPEAKER_00 is Ana, behind me on the left, I have her permission, af_heart"
    answer = ask(f'say "{text}"', SITUATIONS["none"], catalog)
    assert answer == Plan(
        steps=tuple(
            step.model_copy(update={"args": {"text": text}})
            for step in plan_of("synthesize_speech(text='x')").steps
        )
    )


@pytest.mark.parametrize("said", ["read this", "lê isto", "translate this to Portuguese"])
def test_a_document_is_never_taken_for_a_recording(said: str, catalog: Catalog) -> None:
    answer = ask(said, SITUATIONS["notes"], catalog)
    assert isinstance(answer, Plan)
    assert [step.tool for step in answer.steps] in (["synthesize_speech"], ["translate_text"])
    assert not isinstance(ask("transcribe this", SITUATIONS["notes"], catalog), Plan)


def test_a_model_is_chosen_by_name_only_where_it_serves(catalog: Catalog) -> None:
    known: Tool = catalog.tools["transcribe"]
    assert known.name == "transcribe"
    assert ask("transcribe this with whisper-base", SITUATIONS["one"], catalog) == plan_of(
        "transcribe(audio=@a1) on whisper-base"
    )
    assert ask("transcribe this with gtcrn", SITUATIONS["one"], catalog) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("who speaks when? there are 1000 people", "1 to 20, not 1000"),
        ("who speaks when? there are 0 people", "1 to 20, not 0"),
        ("quem fala quando? são 30 pessoas", "de 1 a 20, não 30"),
        ("there are 30 speakers", "1 to 20, not 30"),
        ("normalise to 500 LUFS", "-70 to -5, not 500. Which"),
        ("normaliza para 500 LUFS", "de -70 a -5, não 500. Que"),
        ("normalize to 16 LUFS", "-70 to -5, not 16"),
        ("slow down to 0 %", "0.25 to 4, not 0"),
        ("raise the pitch by 40 semitones", "-24 to 24, not 40"),
        ("resample to 100 Hz", "4000 to 384000, not 100"),
        ("delete from 31 to 12", "ends at 12 s, before it begins at 31 s"),
        ("transcribe from 0:15 to 0:05", "ends at 5 s, before it begins at 15 s"),
        ("transcreve de 0:15 a 0:05", "aos 5 s, antes de começar aos 15 s"),
        ("is it the same person?", "other recording"),
        ("são da mesma pessoa?", "outra gravação"),
    ],
)
def test_what_cannot_be_is_asked_about_with_the_limit(
    said: str, words: str, catalog: Catalog
) -> None:
    answer = ask(said, SITUATIONS["one"], catalog)
    assert isinstance(answer, Question)
    assert words in answer.text
