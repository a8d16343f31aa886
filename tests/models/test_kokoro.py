import re

import jiwer
import numpy as np
import pytest

from tonmeister.artifacts import Noted, Segment, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro import MAX_TOKENS, SAMPLE_RATE, SPEAKERS, Kokoro, _fitting_voice
from tonmeister.models.kokoro_weights import VOICES
from tonmeister.models.whisper import WhisperBase
from tonmeister.streaming import Audio

ENGLISH = "The weather was lovely this morning, so we walked along the river."
PORTUGUESE = "Bom dia, hoje vamos aprender como funciona um sistema de reconhecimento de voz."


def plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


def spoken(
    kokoro: Kokoro,
    text: str | Transcript,
    language: str | None = None,
    voice: str | None = None,
    speed: float = 1.0,
) -> Waveform:
    result = kokoro(text, language, voice, speed)
    audio = result.value if isinstance(result, Noted) else result
    assert isinstance(audio, Audio)
    return Waveform(np.concatenate([b.samples for b in audio.blocks()], axis=1), SAMPLE_RATE)


def heard(whisper: WhisperBase, waveform: Waveform) -> Transcript:
    result = whisper(Audio.from_waveform(waveform.resampled(16_000)), None)
    return result.value if isinstance(result, Noted) else result


def test_every_default_voice_exists_and_speaks_its_language():
    for letter, speaker in SPEAKERS.items():
        assert speaker.voice in VOICES
        assert speaker.voice[0] == letter
        assert SPEAKERS[_fitting_voice(None, speaker.language)[0]].language == speaker.language


def test_a_misspelt_voice_gets_a_suggestion_and_the_voices_of_the_language():
    with pytest.raises(ToolInputError, match=r"'pf_dorra' is unknown.*Did you mean 'pf_dora'") as e:
        _fitting_voice("pf_dorra", "pt")
    assert "pm_alex" in str(e.value)
    assert "af_heart" not in str(e.value)


def test_a_voice_of_another_language_is_refused():
    with pytest.raises(ToolInputError, match=r"'pf_dora' speaks Portuguese, not 'en'"):
        _fitting_voice("pf_dora", "en")


def test_a_language_without_a_voice_is_refused():
    with pytest.raises(ToolInputError, match=r"'de' is not spoken here.*en, es, fr, hi, it, pt"):
        _fitting_voice(None, "de")
    with pytest.raises(ToolInputError, match="'jf_alpha' is unknown"):
        _fitting_voice("jf_alpha", None)


@pytest.mark.weights
@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("pt", PORTUGUESE)])
def test_what_is_spoken_is_understood(
    kokoro: Kokoro, whisper: WhisperBase, language: str, text: str
):
    said = spoken(kokoro, text)
    found = heard(whisper, said)
    assert found.language == language
    assert jiwer.wer(plain(text), plain(found.text)) == 0.0
    assert 0.1 < np.max(np.abs(said.samples)) < 1.0


@pytest.mark.weights
def test_a_voice_decides_the_language_and_speed_the_length(kokoro: Kokoro):
    slow = spoken(kokoro, "Tonmeister", voice="pm_alex", speed=0.7)
    fast = spoken(kokoro, "Tonmeister", voice="pm_alex", speed=1.5)
    assert 1.5 < slow.duration / fast.duration < 3.0


@pytest.mark.weights
def test_a_transcript_is_read_in_its_language(kokoro: Kokoro):
    transcript = Transcript("it", (Segment(0.0, 1.0, "Tonmeister"),), 1.0)
    result = kokoro(transcript, None, None, 1.0)
    assert not isinstance(result, Noted)
    read = np.concatenate([block.samples for block in result.blocks()], axis=1)
    assert np.array_equal(read, spoken(kokoro, "Tonmeister", "it").samples)


@pytest.mark.weights
def test_a_guessed_language_is_told(kokoro: Kokoro):
    result = kokoro("Tonmeister", None, None, 1.0)
    assert isinstance(result, Noted)
    assert "read as English" in result.notes[0]


@pytest.mark.weights
@pytest.mark.parametrize("text", ["", "  \n", "?!…"])
def test_a_text_without_words_is_refused(kokoro: Kokoro, text: str):
    with pytest.raises(ToolInputError, match="no words"):
        kokoro(text, None, None, 1.0)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "found"), [("Привет, мир", "Cyrillic"), ("Das Wetter ist schön", "German")]
)
def test_a_text_nobody_here_can_read_is_refused(kokoro: Kokoro, text: str, found: str):
    with pytest.raises(ToolInputError, match=rf"{found}.*Portuguese \(pt\)"):
        kokoro(text, None, None, 1.0)


@pytest.mark.weights
def test_long_texts_come_in_groups_that_fit_and_lose_nothing(kokoro: Kokoro):
    endless = "and then we went along the river " * 30
    text = f"{ENGLISH} {ENGLISH}\n\n{endless}, {endless}. {ENGLISH}"
    groups = list(kokoro._groups(text, "en-us"))
    assert all(0 < len(tokens) <= MAX_TOKENS for tokens, _ in groups)
    assert len(groups) >= 6
    whole = kokoro._tokens(kokoro._phonemizer(f"{endless}, {endless}.", "en-us"))
    inner = [token for tokens, _ in groups[1:-1] for token in tokens]
    assert whole == inner or inner[: len(whole)] == whole


@pytest.mark.weights
def test_the_first_sentences_are_there_before_the_rest_is_made(kokoro: Kokoro):
    result = kokoro(f"Yes, it is.\n\n{ENGLISH * 200}", "en", None, 1.0)
    assert isinstance(result, Audio)
    first = next(iter(result.blocks()))
    assert 0.5 < first.duration < 4.0
