import numpy as np
import pytest

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.models.gtcrn import Gtcrn
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


def enhanced(gtcrn: Gtcrn, waveform: Waveform, strength: float = 1.0) -> Samples:
    result = sound_of(gtcrn(Audio.from_waveform(waveform), strength))
    assert (result.sample_rate, result.num_channels) == (
        waveform.sample_rate,
        waveform.num_channels,
    )
    return np.concatenate([block.samples for block in result.blocks()], axis=1)


def sound_of(result: Audio | Noted) -> Audio:
    sound = result.value if isinstance(result, Noted) else result
    assert isinstance(sound, Audio)
    return sound


def test_only_a_recording_that_reaches_above_8_khz_is_noted(gtcrn: Gtcrn) -> None:
    for sample_rate, noted in ((16_000, False), (48_000, True)):
        silence = Waveform(np.zeros((1, sample_rate), np.float32), sample_rate)
        assert isinstance(gtcrn(Audio.from_waveform(silence), 1.0), Noted) is noted


def si_sdr(reference: Samples, estimate: Samples) -> float:
    """Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., 2019)."""
    target = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * np.log10((target @ target) / np.sum((estimate - target) ** 2)))


def noise(length: int, power: float) -> Samples:
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(length))
    shape = np.maximum(np.arange(len(spectrum)), len(spectrum) / 400) ** power
    return np.fft.irfft(spectrum / shape, length).astype(np.float32)


def noisy(clean: Samples, power: float, snr_db: float = 5.0) -> Samples:
    added = noise(len(clean), power)
    return clean + added * np.sqrt((clean @ clean) / (added @ added) / 10 ** (snr_db / 10))


def shift_of(reference: Samples, estimate: Samples) -> int:
    size = 2 * len(reference)
    spectrum = np.fft.rfft(estimate, size) * np.conj(np.fft.rfft(reference, size))
    lag = int(np.argmax(np.fft.irfft(spectrum)))
    return lag - size if lag > len(reference) else lag


@pytest.fixture(scope="module")
def reading(two_cities: Waveform) -> Waveform:
    return two_cities.part(0.0, 10.0)


@pytest.mark.parametrize("power", [0.0, 0.5], ids=["white", "pink"])
@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100])
def test_noise_is_removed_at_any_rate_and_nothing_moves(
    gtcrn: Gtcrn, reading: Waveform, sample_rate: int, power: float
):
    clean = reading.resampled(sample_rate).samples[0]
    mixture = noisy(clean, power)
    made = enhanced(gtcrn, Waveform(mixture, sample_rate))
    assert made.shape == (1, len(clean))
    assert si_sdr(clean, made[0]) > si_sdr(clean, mixture) + 4.0
    assert shift_of(clean, made[0]) == 0


@pytest.mark.parametrize("level", [0.02, 10.0])
def test_the_level_of_the_recording_does_not_matter(gtcrn: Gtcrn, reading: Waveform, level: float):
    clean = reading.samples[0]
    mixture = noisy(clean, 0.5)
    usual = enhanced(gtcrn, Waveform(mixture, 16_000))[0]
    other = enhanced(gtcrn, Waveform(mixture * np.float32(level), 16_000))[0]
    assert si_sdr(usual, other) > 40.0


def test_hiss_above_the_networks_band_goes_as_well(gtcrn: Gtcrn, reading: Waveform):
    clean = reading.resampled(48_000).samples[0]
    mixture = noisy(clean, 0.0, snr_db=0.0)

    def high(samples: Samples) -> float:
        spectrum = np.abs(np.fft.rfft(samples))
        return float(np.sum(spectrum[len(spectrum) * 9 // 24 :] ** 2))

    made = enhanced(gtcrn, Waveform(mixture, 48_000))[0]
    assert high(made) < 0.3 * high(mixture)


def test_strength_blends_and_none_changes_nothing(gtcrn: Gtcrn, reading: Waveform):
    mixture = Waveform(noisy(reading.samples[0], 0.0), 16_000)
    whole, half = enhanced(gtcrn, mixture), enhanced(gtcrn, mixture, 0.5)
    assert np.array_equal(enhanced(gtcrn, mixture, 0.0), mixture.samples)
    assert np.allclose(half, (whole + mixture.samples) / 2, atol=1e-5)


def test_channels_stay_apart_also_when_they_part_late(gtcrn: Gtcrn, reading: Waveform):
    left = noisy(reading.samples[0], 0.5)
    right = np.concatenate([left[: 16_000 * 7], noise(16_000 * 3, 0.0) * 0.1])
    both = enhanced(gtcrn, Waveform(np.stack([left, right]), 16_000))
    assert np.allclose(both[0], enhanced(gtcrn, Waveform(left, 16_000))[0], atol=1e-5)
    assert np.allclose(both[1], enhanced(gtcrn, Waveform(right, 16_000))[0], atol=1e-5)
    assert not np.allclose(both[0], both[1], atol=1e-3)


@pytest.mark.parametrize("frames", [0, 1, 255, 511, 800, 80_001])
@pytest.mark.parametrize("sample_rate", [11_025, 16_000, 48_000])
def test_any_length_is_kept_and_silence_stays_silent(gtcrn: Gtcrn, frames: int, sample_rate: int):
    audio = Audio.from_waveform(Waveform(np.zeros((2, frames), np.float32), sample_rate))
    made = [block.samples for block in sound_of(gtcrn(audio, 1.0)).blocks()]
    assert sum(block.shape[1] for block in made) == frames
    assert all(np.max(np.abs(block)) < 1e-6 for block in made)
