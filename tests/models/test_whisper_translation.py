import numpy as np
import pytest

from tonmeister.artifacts import Noted, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.whisper_translation import WhisperTranslation
from tonmeister.streaming import Audio


def translated(
    model: WhisperTranslation, waveform: Waveform, source: str | None = None
) -> tuple[Transcript, tuple[str, ...]]:
    result = model(Audio.from_waveform(waveform.to_mono().resampled(16_000)), "en", source)
    return (result.value, result.notes) if isinstance(result, Noted) else (result, ())


def test_another_target_is_refused_with_the_plan_that_does_it():
    silence = Audio.from_waveform(Waveform(np.zeros((1, 16_000), np.float32), 16_000))
    with pytest.raises(ToolInputError, match="English only, not into Portuguese") as found:
        WhisperTranslation()(silence, "pt", None)
    assert "transcribe, then translate_transcript" in str(found.value)


def test_unknown_languages_and_english_itself_are_refused():
    silence = Audio.from_waveform(Waveform(np.zeros((1, 16_000), np.float32), 16_000))
    with pytest.raises(ToolInputError, match="'xx' is unknown to Whisper"):
        WhisperTranslation()(silence, "en", "xx")
    with pytest.raises(ToolInputError, match="in English already"):
        WhisperTranslation()(silence, "en", "en-GB")


@pytest.mark.weights
def test_a_spanish_prompt_comes_out_in_english_with_times(
    whisper_translation: WhisperTranslation, foreign_prompts: dict[str, list[tuple[Waveform, str]]]
):
    waveform, _ = foreign_prompts["es"][4]
    made, notes = translated(whisper_translation, waveform)
    assert made.language == "en"
    assert "The speech was taken for Spanish." in notes
    assert "accept" in made.text and "messages" in made.text
    assert all(0.0 <= one.start < one.end <= made.duration + 0.1 for one in made.segments)
    assert all(one.words == () for one in made.segments)


@pytest.mark.weights
def test_english_speech_is_not_translated(whisper_translation: WhisperTranslation, jfk: Waveform):
    with pytest.raises(ToolInputError, match="in English already"):
        translated(whisper_translation, jfk)


@pytest.mark.weights
def test_silence_gives_an_empty_transcript(whisper_translation: WhisperTranslation):
    silence = Waveform(np.zeros((1, 80_000), np.float32), 16_000)
    assert translated(whisper_translation, silence)[0] == Transcript(None, (), 5.0)
