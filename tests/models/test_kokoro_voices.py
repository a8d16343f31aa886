import pytest

from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro_voices import (
    LANGUAGES,
    VOICES,
    cast,
    expect_script,
    fitting_voice,
    voice_named,
)
from tonmeister.models.kokoro_weights import VOICES as WEIGHTS


def test_every_voice_has_weights_and_every_weight_a_voice():
    assert {voice.name for voice in VOICES} == set(WEIGHTS)
    assert len(VOICES) == 54


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_default_voice(language: str):
    assert fitting_voice(None, language).language == language


@pytest.mark.parametrize(
    ("gender", "language", "name"),
    [
        ("female", "en", "af_heart"),
        ("male", "en", "am_michael"),
        ("male", "pt", "pm_alex"),
        ("Female", "pt", "pf_dora"),
    ],
)
def test_a_gender_stands_for_the_first_such_voice_of_the_language(gender, language, name):
    assert fitting_voice(gender, language).name == name


def test_a_gender_no_voice_of_the_language_has_is_refused():
    with pytest.raises(ToolInputError, match=r"No male voice speaks French.*ff_siwis"):
        fitting_voice("male", "fr")


def test_a_misspelt_voice_gets_a_suggestion_and_the_voices_of_the_language():
    with pytest.raises(ToolInputError, match=r"'pf_dorra' is unknown.*Did you mean 'pf_dora'") as e:
        fitting_voice("pf_dorra", "pt")
    assert "pm_alex" in str(e.value)
    assert "af_heart" not in str(e.value)


def test_a_voice_of_another_language_is_refused():
    with pytest.raises(ToolInputError, match=r"'pf_dora' speaks Portuguese, not 'en'"):
        fitting_voice("pf_dora", "en")


def test_a_language_without_a_voice_is_refused():
    with pytest.raises(
        ToolInputError, match=r"'de' is not spoken here.*en, es, fr, hi, it, ja, pt, zh"
    ):
        fitting_voice(None, "de")


@pytest.mark.parametrize(
    ("name", "language", "extra"),
    [
        ("jf_alpha", "ja", "japanese"),
        ("zm_yunxi", "zh", "chinese"),
        ("hf_beta", "hi", "espeak"),
        ("pf_dora", "pt", ""),
    ],
)
def test_a_voice_says_which_extra_its_language_needs(name: str, language: str, extra: str):
    voice = voice_named(name)
    assert (voice.language, voice.extra) == (language, extra)
    assert fitting_voice(None, language).extra == extra


def test_a_text_in_another_script_is_refused_and_not_spelled_out():
    expect_script("我用 iPhone。", "zh", "narrate")
    expect_script("東京都庁", "ja", "narrate")
    expect_script("The words 你好 mean hello.", "en", "narrate")
    expect_script("नमस्ते", "hi", "narrate")
    with pytest.raises(ToolInputError, match="The text is Chinese, so no English voice"):
        expect_script("你好，世界", "en", "narrate")
    with pytest.raises(ToolInputError, match=r"no Chinese characters.*Translate it first"):
        expect_script("Good morning, all", "zh", "narrate")
    with pytest.raises(ToolInputError, match="The text is Japanese, so no Chinese voice"):
        expect_script("今日は天気がいい。", "zh", "narrate")


def test_speakers_get_different_voices_of_alternating_gender():
    chosen = cast(["A", "B", "C", "D"], "en", {})
    assert [voice.gender for voice in chosen.values()] == ["female", "male", "female", "male"]
    assert len({voice.name for voice in chosen.values()}) == 4
    assert {voice.accent for voice in chosen.values()} == {"en-us"}


def test_a_voice_that_is_given_is_kept_and_not_given_twice():
    chosen = cast(["A", "B"], "pt", {"B": voice_named("pf_dora")})
    assert chosen["B"].name == "pf_dora"
    assert chosen["A"].name != "pf_dora"


def test_more_speakers_than_voices_share_them():
    chosen = cast([str(number) for number in range(5)], "fr", {})
    assert {voice.name for voice in chosen.values()} == {"ff_siwis"}
