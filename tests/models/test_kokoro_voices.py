import pytest

from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro_voices import LANGUAGES, VOICES, cast, fitting_voice, voice_named
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
    with pytest.raises(ToolInputError, match=r"'de' is not spoken here.*en, es, fr, hi, it, pt"):
        fitting_voice(None, "de")


@pytest.mark.parametrize(("name", "language"), [("jf_alpha", "ja"), ("zm_yunxi", "zh")])
def test_voices_we_have_no_readings_for_are_refused_with_the_reason(name: str, language: str):
    with pytest.raises(ToolInputError, match=r"cannot be used here.*not part of Tonmeister"):
        voice_named(name)
    with pytest.raises(ToolInputError, match=rf"'{language}' is not spoken.*not part of"):
        fitting_voice(None, language)


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
