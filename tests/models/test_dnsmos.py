import numpy as np
import pytest

from tests.models.test_gtcrn import noisy
from tonmeister.artifacts import Measurement, Noted
from tonmeister.audio import Waveform
from tonmeister.models.dnsmos import MAX_WINDOWS, WINDOW_DURATION, Dnsmos
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


def measured(dnsmos: Dnsmos, waveform: Waveform) -> dict[str, float | int | str | None]:
    result = dnsmos(Audio.from_waveform(waveform))
    value = result.value if isinstance(result, Noted) else result
    assert isinstance(value, Measurement)
    return dict(value.values)


def number(values: dict[str, float | int | str | None], name: str) -> float:
    value = values[name]
    assert isinstance(value, (int, float)), f"{name} is measured"
    return float(value)


@pytest.fixture(scope="module")
def reading(two_cities: Waveform) -> Waveform:
    return two_cities.part(0.0, 20.0)


@pytest.fixture(scope="module")
def values(dnsmos: Dnsmos, reading: Waveform) -> dict[str, float | int | str | None]:
    return measured(dnsmos, reading)


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 10.0])
def test_added_noise_is_measured_and_lowers_the_opinion(
    dnsmos: Dnsmos, reading: Waveform, values: dict[str, float | int | str | None], snr_db: float
):
    noisy_values = measured(dnsmos, Waveform(noisy(reading.samples[0], 0.5, snr_db), 16_000))
    assert number(noisy_values, "snr_db") == pytest.approx(snr_db, abs=2.0)
    for name in ("dnsmos_bak_mos", "dnsmos_ovrl_mos"):
        assert number(noisy_values, name) < number(values, name) - 0.3


def test_a_mans_voice_has_the_pitch_and_the_pauses_of_a_reader(
    values: dict[str, float | int | str | None],
):
    assert number(values, "f0_median_hz") == pytest.approx(115.0, abs=8.0)
    assert number(values, "f0_low_hz") < number(values, "f0_median_hz") < 200.0
    assert 5 <= number(values, "num_pauses") <= 10
    assert 0.1 < number(values, "pause_share") < 0.3
    assert 0.3 < number(values, "mean_pause_duration") < 0.9


def test_a_pause_that_is_put_in_is_found_and_speech_that_is_hastened_is_faster(
    dnsmos: Dnsmos, reading: Waveform, values: dict[str, float | int | str | None]
):
    samples = reading.samples[0]
    gap = np.random.default_rng(1).normal(0.0, 1e-4, 48_000).astype(np.float32)
    pause = measured(dnsmos, Waveform(np.concatenate([samples, gap, samples]), 16_000))
    # The reading begins and ends with up to a second of silence of its own.
    assert 3.0 <= number(pause, "longest_pause_duration") <= 4.6
    assert number(values, "longest_pause_duration") < 1.2
    faster = Waveform(samples, 20_800).resampled(16_000)
    rate = "articulation_rate_syllables_per_second"
    quick = number(measured(dnsmos, faster), rate)
    assert quick == pytest.approx(1.3 * number(values, rate), rel=0.15)


def test_the_rate_is_near_the_count_of_syllables_of_a_known_text(
    dnsmos: Dnsmos, librivox: list[tuple[Waveform, str]]
):
    counted = heard = 0.0
    for clip, text in librivox:
        words = [word.rstrip("e") for word in text.lower().split()]
        counted += sum(max(1, len(_vowels(word))) for word in words)
        found = measured(dnsmos, clip)
        rate = number(found, "articulation_rate_syllables_per_second")
        heard += rate * number(found, "speech_duration")
    assert heard == pytest.approx(counted, rel=0.12)


def _vowels(word: str) -> list[str]:
    groups = "".join(letter if letter in "aeiouy" else " " for letter in word)
    return groups.split()


def test_without_speech_nothing_about_it_is_claimed(dnsmos: Dnsmos):
    silence = Audio.from_waveform(Waveform(np.zeros((2, 44_100), np.float32), 44_100))
    result = dnsmos(silence)
    assert isinstance(result, Noted) and "No speech" in result.notes[0]
    assert isinstance(result.value, Measurement)
    spoken = {
        name: value
        for name, value in result.value.values.items()
        if name not in ("duration", "speech_duration")
    }
    assert set(spoken.values()) == {None}


def test_a_long_recording_is_rated_by_windows_and_that_is_said(dnsmos: Dnsmos, reading: Waveform):
    count = int(MAX_WINDOWS * WINDOW_DURATION / reading.duration) + 2
    blocks = [Waveform(reading.samples, 16_000)] * count
    long = Waveform(np.concatenate([block.samples for block in blocks], axis=1), 16_000)
    result = dnsmos(Audio.from_waveform(long))
    assert isinstance(result, Noted) and f"{MAX_WINDOWS} windows" in result.notes[0]
