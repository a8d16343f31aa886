import numpy as np
import pytest

from tonmeister.artifacts import Measurement, Noted, Segment, Text, Transcript
from tonmeister.audio import Waveform
from tonmeister.models.spoken_language import MAX_WINDOWS, spread
from tonmeister.models.whisper_language import WhisperLanguage
from tonmeister.streaming import Audio
from tonmeister.testing import tone

pytestmark = pytest.mark.weights


def told(result: Measurement | Noted) -> tuple[dict, tuple[str, ...]]:
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Measurement)
    return dict(value.values), result.notes if isinstance(result, Noted) else ()


def test_prompts_in_four_languages_are_told_apart(
    language_namer: WhisperLanguage, prompts: dict[str, list[tuple[Waveform, str]]]
):
    for language, clips in prompts.items():
        joined = np.concatenate([clip.samples for clip, _ in clips[:2]], axis=1)
        values, notes = told(language_namer(Audio.from_waveform(Waveform(joined, 16_000))))
        assert values["language"] == language and values["probability"] > 0.8
        assert values["runner_up"] not in (None, language) and not notes


def test_a_recording_in_two_languages_is_told_so(
    language_namer: WhisperLanguage,
    prompts: dict[str, list[tuple[Waveform, str]]],
    two_cities: Waveform,
):
    french = np.concatenate([clip.samples for clip, _ in prompts["fr"]], axis=1)
    both = np.concatenate([two_cities.samples, french], axis=1)
    values, notes = told(language_namer(Audio.from_waveform(Waveform(both, 16_000))))
    assert values["language"] in ("en", None) and values["num_windows"] >= 2
    assert any("'fr'" in note for note in notes)


def test_where_nobody_speaks_there_is_no_language(language_namer: WhisperLanguage):
    values, notes = told(language_namer(Audio.from_waveform(tone(duration=5.0))))
    assert values["language"] is None and values["probability"] == 0.0
    assert "no words" in notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "O comboio parte às oito da manhã.",
        Text.plain("O comboio parte às oito da manhã."),
        Transcript("pt", (Segment(0.0, 2.0, "O comboio parte às oito da manhã."),), 2.0),
    ],
    ids=["words", "text", "transcript"],
)
def test_texts_of_every_kind_have_a_language(language_namer: WhisperLanguage, text):
    values, notes = told(language_namer(text))
    assert values["language"] == "pt" and values["probability"] > 0.8 and not notes


def test_a_name_leaves_the_language_open_and_says_so(language_namer: WhisperLanguage):
    values, notes = told(language_namer("Tonmeister"))
    assert values["language"] is None
    assert "does not tell its language clearly" in notes[0]


def test_windows_come_from_the_whole_recording():
    groups = [[index] for index in range(100)]
    chosen = spread(groups)
    assert len(chosen) == MAX_WINDOWS
    assert chosen[0] == [0] and chosen[-1] == [99]
