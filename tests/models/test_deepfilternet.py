import numpy as np
import pytest

from tests.models.test_gtcrn import noise, noisy, shift_of, si_sdr, sound_of
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.models.deepfilternet import DeepFilterNet3
from tonmeister.registry import discover
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


def enhanced(model: DeepFilterNet3, waveform: Waveform, strength: float = 1.0) -> Samples:
    result = sound_of(model(Audio.from_waveform(waveform), strength))
    assert (result.sample_rate, result.num_channels) == (
        waveform.sample_rate,
        waveform.num_channels,
    )
    return np.concatenate([block.samples for block in result.blocks()], axis=1)


@pytest.fixture(scope="module")
def reading(two_cities: Waveform) -> Waveform:
    return two_cities.part(0.0, 8.0)


def test_it_is_chosen_by_name_only():
    cards = {model.card.name: model.card for model in discover().models_of("enhance_speech")}
    assert cards["deepfilternet3"].by_name and not cards["deepfilternet3"].commercial
    assert not cards["gtcrn"].by_name and cards["gtcrn"].licence == "MIT"


@pytest.mark.parametrize("sample_rate", [8_000, 44_100, 48_000])
def test_noise_is_removed_at_any_rate_and_nothing_moves(
    deepfilternet: DeepFilterNet3, reading: Waveform, sample_rate: int
):
    clean = reading.resampled(sample_rate).samples[0]
    mixture = noisy(clean, 0.5)
    made = enhanced(deepfilternet, Waveform(mixture, sample_rate))
    assert made.shape == (1, len(clean))
    assert si_sdr(clean, made[0]) > si_sdr(clean, mixture) + 6.0
    assert shift_of(clean, made[0]) == 0


@pytest.mark.parametrize("level", [0.02, 10.0])
def test_the_level_of_the_recording_does_not_matter(
    deepfilternet: DeepFilterNet3, reading: Waveform, level: float
):
    mixture = noisy(reading.samples[0], 0.5)
    usual = enhanced(deepfilternet, Waveform(mixture, 16_000))[0]
    other = enhanced(deepfilternet, Waveform(mixture * np.float32(level), 16_000))[0]
    assert si_sdr(usual, other) > 40.0


def test_a_voice_that_grows_faint_is_followed(deepfilternet: DeepFilterNet3, reading: Waveform):
    clean = reading.samples[0] * np.geomspace(1.0, 0.05, reading.num_frames, dtype=np.float32)
    made = enhanced(deepfilternet, Waveform(noisy(clean, 0.5, 20.0), 16_000))[0]
    last = slice(len(clean) * 3 // 4, None)
    assert si_sdr(clean[last], made[last]) > 5.0


def test_strength_blends_and_none_changes_nothing(deepfilternet: DeepFilterNet3, reading: Waveform):
    mixture = Waveform(noisy(reading.samples[0], 0.0), 16_000)
    whole, half = enhanced(deepfilternet, mixture), enhanced(deepfilternet, mixture, 0.5)
    assert np.array_equal(enhanced(deepfilternet, mixture, 0.0), mixture.samples)
    assert np.allclose(half, (whole + mixture.samples) / 2, atol=1e-5)


def test_channels_stay_apart_also_when_they_part_late(
    deepfilternet: DeepFilterNet3, reading: Waveform
):
    left = noisy(reading.samples[0], 0.5)
    right = np.concatenate([left[: 16_000 * 6], noise(16_000 * 2, 0.0) * 0.1])
    both = enhanced(deepfilternet, Waveform(np.stack([left, right]), 16_000))
    assert np.allclose(both[0], enhanced(deepfilternet, Waveform(left, 16_000))[0], atol=1e-5)
    assert np.allclose(both[1], enhanced(deepfilternet, Waveform(right, 16_000))[0], atol=1e-5)
    assert not np.allclose(both[0], both[1], atol=1e-3)


@pytest.mark.parametrize("frames", [0, 1, 511, 1_537, 80_001])
@pytest.mark.parametrize("sample_rate", [11_025, 48_000])
def test_any_length_is_kept_and_silence_stays_silent(
    deepfilternet: DeepFilterNet3, frames: int, sample_rate: int
):
    audio = Audio.from_waveform(Waveform(np.zeros((2, frames), np.float32), sample_rate))
    made = [block.samples for block in sound_of(deepfilternet(audio, 1.0)).blocks()]
    assert sum(block.shape[1] for block in made) == frames
    assert all(np.max(np.abs(block)) < 1e-6 for block in made)


def test_what_it_cannot_hear_is_said(deepfilternet: DeepFilterNet3):
    silence = Audio.from_waveform(Waveform(np.zeros((1, 960), np.float32), 96_000))
    result = deepfilternet(silence, 1.0)
    assert isinstance(result, Noted) and "24 kHz" in result.notes[0]
