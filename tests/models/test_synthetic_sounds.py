"""Calculated sounds: exact where they are for measuring, and the same for the same seed."""

import numpy as np
import pytest

from tonmeister.errors import ToolInputError
from tonmeister.models.synthetic_sounds import BLOCK, signal_blocks
from tonmeister.tools.signals import parse_signal

RATE = 44_100


def made(words: str, seconds: float = 4.0, seed: int = 1) -> np.ndarray:
    asked = parse_signal(words)
    assert asked is not None
    return np.concatenate(list(signal_blocks(asked, round(seconds * RATE), RATE, seed)))


def levels_of_octaves(samples: np.ndarray) -> np.ndarray:
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    octaves = [power[(frequencies >= low) & (frequencies < 2 * low)].sum() for low in OCTAVES]
    return 10 * np.log10(octaves)


OCTAVES = (250, 500, 1_000, 2_000, 4_000, 8_000)


@pytest.mark.parametrize(
    ("words", "frequency"),
    [("440 Hz tone", 440.0), ("tom de 1 kHz", 1_000.0), ("onda quadrada de 100 Hz", 100.0)],
)
def test_a_tone_has_its_frequency_and_its_level(words: str, frequency: float):
    samples = made(words)
    peak = np.argmax(np.abs(np.fft.rfft(samples))) * RATE / len(samples)
    assert peak == pytest.approx(frequency, abs=0.3)
    assert np.abs(samples).max() == pytest.approx(0.25, rel=0.2)
    assert abs(samples[0]) < 1e-6 and abs(samples[-1]) < 1e-3


def test_harmonics_do_not_fold_back():
    samples = made("sawtooth of 5000 Hz", 2.0)
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    known = np.zeros(len(power), bool)
    for number in range(1, 5):
        known |= np.abs(frequencies - 5_000.0 * number) < 20.0
    assert power[~known].max() < 1e-3 * power.max()


@pytest.mark.parametrize(
    ("words", "slope_db"), [("white noise", 3.0), ("ruído rosa", 0.0), ("brown noise", -3.0)]
)
def test_the_colour_of_noise_is_its_slope(words: str, slope_db: float):
    steps = np.diff(levels_of_octaves(made(words, 20.0)))
    assert np.abs(steps - slope_db).max() < 0.6


def test_a_sweep_goes_from_one_frequency_to_the_other():
    samples = made("sweep from 100 Hz to 1600 Hz", 4.0)
    crossings = np.flatnonzero(np.diff(np.signbit(samples)))
    local = 0.5 * RATE / np.diff(crossings)
    times = crossings[1:] / RATE
    assert np.median(local[(times > 1.9) & (times < 2.1)]) == pytest.approx(400.0, rel=0.05)
    assert np.median(local[times > 3.9]) == pytest.approx(1_600.0, rel=0.06)


def test_rain_is_louder_when_it_is_heavier_and_its_seed_decides_every_drop():
    light, heavy = made("light rain"), made("heavy rain")
    assert 8.0 < 20 * np.log10(heavy.std() / light.std()) < 20.0
    assert np.array_equal(made("rain", seed=3), made("rain", seed=3))
    assert not np.array_equal(made("rain", seed=3), made("rain", seed=4))


def test_silence_is_silent_and_lengths_are_exact():
    assert not made("silence").any()
    for seconds in (0.01, 1.0, 2.5 * BLOCK / RATE):
        assert len(made("chuva", seconds)) == round(seconds * RATE)


@pytest.mark.parametrize("words", ["5 Hz tone", "a tone of 40 kHz"])
def test_what_is_not_heard_is_refused(words: str):
    with pytest.raises(ToolInputError, match="cannot be made"):
        parse_signal(words)


@pytest.mark.parametrize("words", ["rain forest", "rain on a tin roof", "a cat", "tone of voice"])
def test_other_words_are_no_signal(words: str):
    assert parse_signal(words) is None
