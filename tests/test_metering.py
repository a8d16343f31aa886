import numpy as np
import pyloudnorm
import pytest
from scipy.signal import butter, sosfilt

from tonmeister.audio import Waveform
from tonmeister.metering import LoudnessMeter


def measured(samples, rate, block=7001, true_peak=False):
    meter = LoudnessMeter(rate, len(samples), true_peak=true_peak)
    for first in range(0, samples.shape[1], block):
        meter.add(Waveform(samples[:, first : first + block], rate))
    return meter.levels()


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000, 96000])
@pytest.mark.parametrize("num_channels", [1, 2])
def test_loudness_agrees_with_an_independent_meter(rate, num_channels):
    generator = np.random.default_rng(5)
    # Near half the rate the meters' filters differ, so the noise ends well below it.
    lowpass = butter(4, 0.25, output="sos")
    samples = sosfilt(lowpass, generator.normal(0.0, 0.2, (num_channels, 6 * rate)))
    samples[:, rate : 3 * rate] *= 0.05
    expected = pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(samples.T)
    assert measured(samples.astype(np.float32), rate).loudness_lufs == pytest.approx(
        expected, abs=0.2
    )


def test_the_reference_tone_of_the_standard_has_minus_three_lufs():
    # ITU-R BS.1770-4: a full-scale 997 Hz sine in one channel reads -3.01 LUFS.
    tone = np.sin(2 * np.pi * 997 * np.arange(96000) / 48000)[None, :]
    levels = measured(tone.astype(np.float32), 48000)
    assert levels.loudness_lufs == pytest.approx(-3.01, abs=0.1)
    assert levels.rms_db == pytest.approx(-3.01, abs=0.01)


def test_the_true_peak_is_found_between_the_samples():
    # A sine at a quarter of the rate, sampled 45 degrees off its peaks: samples read 3 dB low.
    tone = np.sin(2 * np.pi * np.arange(48000) / 4 + np.pi / 4)[None, :]
    tone *= np.hanning(48000)  # an abrupt beginning would itself overshoot
    levels = measured(tone.astype(np.float32), 48000, true_peak=True)
    assert levels.peak_db == pytest.approx(-3.01, abs=0.01)
    assert levels.true_peak_db == pytest.approx(0.0, abs=0.3)


def test_silence_and_very_short_sounds_have_no_loudness():
    silence = measured(np.zeros((1, 48000), np.float32), 48000)
    assert silence.loudness_lufs is silence.peak_db is silence.rms_db is None
    short = measured(np.full((1, 2400), 0.5, np.float32), 48000)
    assert short.loudness_lufs is None
    assert short.peak_db == pytest.approx(-6.02, abs=0.01)


def test_nothing_added_is_nothing_measured():
    levels = LoudnessMeter(48000, 2).levels()
    assert levels.loudness_lufs is levels.peak_db is levels.rms_db is None


@pytest.mark.parametrize("num_channels", range(1, 9))
def test_every_number_of_channels_up_to_eight_is_measured(num_channels):
    samples = np.random.default_rng(0).normal(0, 0.1, (num_channels, 48000)).astype(np.float32)
    assert measured(samples, 48000).loudness_lufs is not None
