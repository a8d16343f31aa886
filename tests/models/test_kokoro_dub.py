from typing import Any

import numpy as np
import pytest

from tonmeister.artifacts import Noted, Segment, Transcript
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models import kokoro_dub as dubbing_module
from tonmeister.models.kokoro_dub import KokoroDub
from tonmeister.streaming import Audio
from tonmeister.tools.translation import Dubbing

LOW = np.sin(2 * np.pi * 110 * np.arange(32_000) / 16_000) * 0.3
HIGH = np.sin(2 * np.pi * 215 * np.arange(32_000) / 16_000) * 0.3


def recording(duration: float = 4.0) -> Audio:
    """A low voice for two seconds, then a high one; buzzes stand for speech."""
    samples = np.concatenate([np.sign(LOW) * 0.2, np.sign(HIGH) * 0.2]).astype(np.float32)
    return Audio.from_waveform(Waveform(samples[np.newaxis, : round(duration * 16_000)], 16_000))


def spoken(*segments: Segment, language: str | None = "pt") -> Transcript:
    return Transcript(language, segments, 4.0)


A = Segment(0.0, 2.0, "Bom dia a todos.", "A")
B = Segment(2.0, 4.0, "Tudo bem com vocês?", "B")


def _voices(
    audio: Audio, segments: list[Segment], language: str, voice: str | None
) -> dict[str, str]:
    return dubbing_module._voices(audio, segments, language, voice, None)[0]


def test_each_speaker_gets_a_voice_of_the_same_class():
    assert _voices(recording(), [A, B], "pt", None) == {"A": "pm_alex", "B": "pf_dora"}
    english = _voices(recording(), [A, B], "en", None)
    assert (english["A"][1], english["B"][1]) == ("m", "f")


def test_voices_that_were_asked_for_are_kept():
    assert _voices(recording(), [A, B], "pt", "pm_santa") == {"A": "pm_santa", "B": "pm_santa"}
    assert _voices(recording(), [A, B], "pt", "female") == {"A": "pf_dora", "B": "pf_dora"}
    assert _voices(recording(), [A, B], "pt", "B=pm_alex") == {"A": "pm_santa", "B": "pm_alex"}


@pytest.mark.parametrize(
    ("voice", "message"),
    [
        ("af_heart", "not one of this language.*pf_dora"),
        ("pf_dorra", "Did you mean 'pf_dora'"),
        ("C=pf_dora", "Nobody in the transcript is called 'C'.*A, B"),
    ],
)
def test_voices_that_do_not_fit_are_refused(voice: str, message: str):
    with pytest.raises(ToolInputError, match=message):
        _voices(recording(), [A, B], "pt", voice)


@pytest.mark.parametrize(
    ("transcript", "message"),
    [
        (spoken(), "no words"),
        (spoken(Segment(0.0, 1.0, "♪ 12")), "no words"),
        (spoken(A, language=None), "does not say its language"),
        (spoken(A, language="de"), "No voice here speaks German.*en, es, fr, hi, it, ja, pt, zh"),
        (spoken(A, Segment(9.0, 9.5, "Fim.")), "goes on at 9.0 s; the recording ends at 4.0 s"),
    ],
)
def test_what_cannot_be_dubbed_is_refused_before_anything_is_spoken(
    transcript: Transcript, message: str
):
    with pytest.raises(ToolInputError, match=message):
        KokoroDub()(recording(), transcript, None)


def dubbing(result: Any) -> tuple[Dubbing, tuple[str, ...]]:
    return (result.value, result.notes) if isinstance(result, Noted) else (result, ())


@pytest.mark.weights
def test_two_speakers_are_dubbed_at_their_times(kokoro_dub: KokoroDub):
    first, second = Segment(0.2, 1.6, A.text, "A"), Segment(2.2, 3.7, B.text, "B")
    made, notes = dubbing(kokoro_dub(recording(), spoken(first, second), None))
    # Buzzes are no voices: the low one is below every woman's, of the other the sound is heard.
    assert notes[0].endswith("every woman's voice here: A=pm_alex.")
    assert len(notes) == 2
    assert "B=pf_dora." in notes[1]
    assert made.dubbed.duration == 4.0
    values = made.report.values
    assert (values["segments"], values["fitted"], values["added"]) == (2, 2, 0.0)
    assert (values["voice_A"], values["voice_B"]) == ("pm_alex", "pf_dora")
    samples = made.dubbed.read().samples[0]
    loud = np.flatnonzero(np.abs(samples) > 0.02) / made.dubbed.sample_rate
    assert loud[0] == pytest.approx(0.2, abs=0.1)
    assert loud[loud > 1.9][0] == pytest.approx(2.2, abs=0.1)
    assert not np.any((loud > 1.75) & (loud < 2.1))


@pytest.mark.weights
def test_what_does_not_fit_is_told_and_not_cut(kokoro_dub: KokoroDub):
    long = Segment(3.0, 3.5, "Isto é muito mais longo do que o tempo que lhe deram aqui.", "B")
    made, notes = dubbing(kokoro_dub(recording(), spoken(long), "pf_dora"))
    assert made.dubbed.duration > 4.5
    assert made.report.values["fitted"] == 0
    assert made.report.values["max_speed"] == pytest.approx(1.25, abs=0.02)
    assert "1 of 1 segments are too long" in notes[0]
    assert "longer than the recording" in notes[1]
    added = made.dubbed.duration - 4.0
    assert made.report.values["added"] == pytest.approx(added, abs=0.01)
