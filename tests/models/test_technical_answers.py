"""Hum, clipping, channels, rate and the loudest moment are told as they were made."""

import numpy as np
import pytest

from tonmeister.artifacts import SoundEvent
from tonmeister.audio import Samples, Waveform
from tonmeister.models.technical_answers import TECHNICAL, loudest_sound
from tonmeister.streaming import Audio

RATE = 16_000


def noise(duration: float, level: float = 0.01, seed: int = 3) -> Samples:
    drawn = np.random.default_rng(seed).standard_normal((1, round(duration * RATE)))
    return (level * drawn).astype(np.float32)


def told(asks: str, samples: Samples, language: str = "en") -> str:
    return TECHNICAL[asks](Audio.from_waveform(Waveform(samples, RATE)), language)


def tones(duration: float, *lines: tuple[float, float]) -> Samples:
    times = np.arange(round(duration * RATE)) / RATE
    made = sum(amplitude * np.sin(2 * np.pi * hz * times + hz) for hz, amplitude in lines)
    return np.asarray(made, np.float32)[None]


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_is_told_with_its_lines_and_its_level(mains_hz: float):
    # -34 dB and -40 dB of amplitude make -36.2 dB of root mean square together.
    hum = tones(12.0, (mains_hz, 0.02), (3 * mains_hz, 0.01))
    said = told("hum", hum + noise(12.0))
    assert said.startswith(f"Yes: mains hum at {mains_hz:.1f} Hz, -3")
    assert f"lines at {mains_hz:.0f} and {3 * mains_hz:.0f} Hz" in said
    level = float(said.split(" Hz, ")[1].split(" dBFS")[0])
    assert level == pytest.approx(10 * np.log10((0.02**2 + 0.01**2) / 2), abs=1.0)
    assert told("hum", hum + noise(12.0), "pt").startswith("Sim: zumbido de rede a ")


def test_noise_and_a_high_tone_are_no_hum():
    for samples in (noise(8.0), noise(8.0) + tones(8.0, (440.0, 0.1)), noise(8.0, 0.0)):
        assert told("hum", samples).startswith("No: no mains hum")


def test_too_short_a_recording_is_not_said_to_be_without_hum():
    assert told("hum", tones(1.0, (50.0, 0.1))).startswith("The recording is too short")


def test_clipping_is_told_with_its_level_and_times():
    samples = tones(6.0, (200.0, 0.3))
    loud = slice(2 * RATE, 3 * RATE)
    samples[:, loud] = np.clip(4.0 * samples[:, loud], -0.5, 0.5)
    said = told("clipped", samples + noise(6.0, 1e-6))
    assert said.startswith("Yes: it is clipped at -6.0 dBFS") and ", once: 0:02.0." in said
    assert told("clipped", tones(6.0, (200.0, 0.9)) + noise(6.0)).startswith("No: ")
    assert told("clipped", noise(1.0, 0.0), "pt").startswith("Não: ")


def test_channels_are_told_by_what_is_in_them():
    left, right = noise(2.0), noise(2.0, seed=4)
    assert told("channels", left) == "It is mono: one channel."
    assert told("channels", np.concatenate([left, right])).startswith("It is stereo")
    assert "sounds mono" in told("channels", np.concatenate([left, left + 1e-5 * right]))
    assert "sounds mono" in told("channels", np.zeros((2, RATE), np.float32))
    assert told("channels", np.repeat(left, 8, axis=0), "pt").endswith("tem 8 canais.")


def test_the_sample_rate_is_told():
    assert told("sample_rate", noise(0.05)) == "The sample rate is 16000 Hz."


def burst(at: float) -> Samples:
    samples = noise(8.0, 0.001)
    samples[:, round(at * RATE) : round((at + 0.5) * RATE)] *= 200.0
    return samples


@pytest.mark.parametrize("at", [0.0, 3.3, 7.4])
def test_the_loudest_moment_is_told_within_two_tenths_of_a_second(at: float):
    said = told("loudest", burst(at))
    minutes, seconds = said.split(" at ")[1].split(": -")[0].split(":")
    assert 60 * int(minutes) + float(seconds) == pytest.approx(at + 0.25, abs=0.2)
    assert told("loudest", burst(at), "pt").startswith("Está mais alta em 0:0")


def test_what_has_no_loudness_is_not_said_to_be_loudest_anywhere():
    for samples in (np.zeros((1, RATE), np.float32), noise(0.05)):
        assert told("loudest", samples).startswith("The recording is too short or too quiet")
        audio = Audio.from_waveform(Waveform(samples, RATE))
        assert "too short or too quiet" in loudest_sound(audio, (), "en")


def test_the_loudest_sound_is_the_surest_one_of_the_loudest_moment():
    audio = Audio.from_waveform(Waveform(burst(3.0), RATE))
    events = (
        SoundEvent(0.0, 2.0, "Siren", 0.99),
        SoundEvent(2.8, 3.6, "Bark", 0.7),
        SoundEvent(2.8, 3.6, "Cough", 0.4),
    )
    assert loudest_sound(audio, events, "en").startswith("The loudest sound is “bark”, at 0:03.")
    assert loudest_sound(audio, events, "pt").startswith("O som mais alto é “ladrar”, em 0:03.")


def test_a_loudest_moment_without_a_known_sound_is_said_to_be_that():
    audio = Audio.from_waveform(Waveform(burst(3.0), RATE))
    said = loudest_sound(audio, (SoundEvent(5.0, 6.0, "Siren", 0.9),), "en")
    assert "no sound that is known here" in said and "siren" not in said
