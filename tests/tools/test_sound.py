import numpy as np
import pytest

from tonmeister.audio import Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.measuring import measure
from tonmeister.tools.sound import describe_audio


def facts(samples, rate=48000):
    return describe_audio(Audio.from_waveform(Waveform(samples, rate))).values


def tone(frequency=1000.0, duration=2.0, rate=48000, amplitude=0.5):
    time = np.arange(round(duration * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)[None, :]


def test_a_tone_has_the_levels_of_the_textbook():
    values = facts(tone())
    assert values["duration"] == 2.0
    assert values["sample_rate_hz"] == 48000
    assert values["num_channels"] == 1
    assert values["peak_db"] == pytest.approx(-6.02, abs=0.01)
    assert values["true_peak_db"] == pytest.approx(-6.02, abs=0.2)
    assert values["rms_db"] == pytest.approx(-9.03, abs=0.01)
    assert values["crest_factor_db"] == pytest.approx(3.01, abs=0.02)
    assert values["loudness_lufs"] == pytest.approx(-9.0, abs=0.2)
    assert values["silence_share"] == 0.0
    assert values["clipped_samples"] == 0
    assert values["dc_offset"] == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("frequency", [500.0, 4000.0, 15000.0])
def test_the_bandwidth_is_that_of_the_highest_tone(frequency):
    values = facts(tone(frequency) + tone(200.0, amplitude=0.2))
    assert values["bandwidth_hz"] == pytest.approx(frequency, abs=60)


def test_silence_and_noise_floor_are_found():
    samples = tone(duration=4.0)
    generator = np.random.default_rng(0)
    samples[:, 96000:] = generator.normal(0, 0.0005, (1, 96000))
    values = facts(samples)
    assert values["silence_share"] == pytest.approx(0.5, abs=0.02)
    assert values["noise_floor_db"] == pytest.approx(-66.0, abs=1.0)


def test_clipping_and_an_offset_are_found():
    samples = np.clip(tone(amplitude=2.0), -1.0, 1.0)
    assert facts(samples)["clipped_samples"] > 1000
    assert facts(tone() + np.float32(0.1))["dc_offset"] == pytest.approx(0.1, abs=1e-3)


def test_equal_channels_are_told_from_different_ones():
    assert facts(np.tile(tone(), (2, 1)))["channels_identical"] == "yes"
    assert facts(np.concatenate([tone(), tone(500)]))["channels_identical"] == "no"


def test_channels_in_opposite_phase_are_not_silent():
    values = facts(np.concatenate([tone(), -tone()]))
    assert values["silence_share"] == 0.0
    assert values["bandwidth_hz"] == pytest.approx(1000, abs=60)


def test_silence_has_no_levels_and_is_silent_throughout():
    values = facts(np.zeros((2, 48000), np.float32))
    assert values["silence_share"] == 1.0
    levels = (
        "loudness_lufs",
        "peak_db",
        "rms_db",
        "crest_factor_db",
        "noise_floor_db",
        "bandwidth_hz",
    )
    assert all(values[name] is None for name in levels)


@pytest.mark.parametrize(("rate", "num_channels"), [(8000, 1), (96000, 8)])
def test_short_recordings_of_every_shape_are_measured(rate, num_channels):
    values = facts(np.tile(tone(duration=0.05, rate=rate), (num_channels, 1)), rate)
    assert values["duration"] == 0.05
    assert values["loudness_lufs"] is None
    assert values["peak_db"] == pytest.approx(-6.0, abs=0.1)


def test_ten_minutes_are_measured_in_one_pass_over_small_pieces():
    read_frames = []

    def read(first, count):
        read_frames.append(count)
        return np.zeros((1, count), np.float32)

    measure(Audio(8000, 1, 4_800_000, read=read))
    assert sum(read_frames) == 4_800_000
    assert max(read_frames) <= 80_000
