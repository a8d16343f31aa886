import numpy as np
import pytest

from tonmeister.audio import Samples
from tonmeister.models.kokoro_voices import VOICES
from tonmeister.models.voice_pitch import KOKORO_F0_HZ, closest_voices, median_f0_hz

PORTUGUESE = ("pf_dora", "pm_alex", "pm_santa")


def voiced(frequency_hz: float, duration: float = 1.0, sample_rate: int = 16_000) -> Samples:
    """A rich tone with a weak fundamental, as telephones leave it, and some noise."""
    times = np.arange(round(duration * sample_rate)) / sample_rate
    partials = [0.2, 1.0, 0.8, 0.6, 0.4, 0.2]
    tone = sum(
        share * np.sin(2 * np.pi * frequency_hz * (index + 1) * times)
        for index, share in enumerate(partials)
    )
    noise = np.random.default_rng(3).normal(0.0, 0.05, len(times))
    return (0.1 * tone + 0.1 * noise).astype(np.float32)


@pytest.mark.parametrize("frequency_hz", [75.0, 110.0, 165.0, 220.0, 330.0])
@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100])
def test_the_pitch_is_found_without_octave_errors(frequency_hz: float, sample_rate: int):
    found = median_f0_hz([voiced(frequency_hz, sample_rate=sample_rate)], sample_rate)
    assert found == pytest.approx(frequency_hz, rel=0.01)


def test_noise_silence_and_too_little_speech_have_no_pitch():
    noise = np.random.default_rng(1).normal(0.0, 0.1, 16_000).astype(np.float32)
    assert median_f0_hz([noise], 16_000) is None
    assert median_f0_hz([np.zeros(16_000, np.float32)], 16_000) is None
    assert median_f0_hz([voiced(120.0, 0.2)], 16_000) is None
    assert median_f0_hz([], 16_000) is None


def test_every_voice_that_speaks_here_is_in_the_table():
    assert set(KOKORO_F0_HZ) == {voice.name for voice in VOICES}
    women = [pitch for voice, pitch in KOKORO_F0_HZ.items() if voice[1] == "f"]
    men = [pitch for voice, pitch in KOKORO_F0_HZ.items() if voice[1] == "m"]
    assert np.median(women) > 1.4 * np.median(men)


def test_voices_are_chosen_by_class_and_pitch_and_no_two_speakers_share_one():
    assert closest_voices({"": 205.0}, PORTUGUESE, "pf_dora") == {"": "pf_dora"}
    assert closest_voices({"": 110.0}, PORTUGUESE, "pf_dora") == {"": "pm_alex"}
    two = closest_voices({"A": 110.0, "B": 115.0}, PORTUGUESE, "pf_dora")
    assert set(two.values()) == {"pm_alex", "pm_santa"}
    assert list(two) == ["A", "B"]


def test_a_speaker_without_a_pitch_takes_the_default_or_what_is_left():
    assert closest_voices({"": None}, PORTUGUESE, "pf_dora") == {"": "pf_dora"}
    chosen = closest_voices({"A": None, "B": 210.0}, PORTUGUESE, "pf_dora")
    assert chosen["B"] == "pf_dora"
    assert chosen["A"] != "pf_dora"


def test_more_speakers_than_voices_share_them():
    many = {f"S{index}": 100.0 + index for index in range(5)}
    assert set(closest_voices(many, PORTUGUESE, "pf_dora").values()) <= set(PORTUGUESE)
