"""Comparing: known changes are found, with their numbers."""

import numpy as np
import pytest

from tests.tools.test_editing import audio_of, loudness
from tests.tools.test_effects import RATE, Watched, noise, sine
from tonmeister.artifacts import Image, Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.comparison import compare_audio
from tonmeister.tools.filters import Band, filtered


def babble(duration=6.0, rate=RATE, channels=1, seed=4):
    """Noise that comes and goes like words."""
    swell = 0.2 + np.square(np.sin(np.arange(round(duration * rate)) / rate * 5.0))
    return (noise(duration, rate, channels, 0.05, seed) * swell).astype(np.float32)


def compared(first, second, tmp_path, rates=(RATE, RATE)):
    result = compare_audio(audio_of(first, rates[0]), audio_of(second, rates[1]), tmp_path)
    assert isinstance(result, Noted)
    report, difference, picture = result.value
    assert isinstance(picture, Image)
    assert picture.path.read_bytes().startswith(b"\x89PNG")
    blocks = [block.samples for block in difference.blocks()]
    made = np.concatenate(blocks, axis=1)
    assert made.shape == (difference.num_channels, difference.num_frames)
    return report.values, made, " ".join(result.notes)


def test_a_recording_is_like_itself(tmp_path):
    given = babble()
    values, difference, told = compared(given, given, tmp_path)
    assert values["loudness_difference_lu"] == 0.0
    assert values["lines_up"] == "yes"
    assert values["delay"] == 0.0
    assert values["si_sdr_db"] >= 100.0
    assert values["difference_db"] is None
    assert not difference.any()
    assert "equally loud" in told


def test_louder_is_told_and_does_not_count_as_a_difference(tmp_path):
    given = babble()
    values, difference, told = compared(given, given * np.float32(10 ** (-6 / 20)), tmp_path)
    assert values["loudness_difference_lu"] == pytest.approx(-6.0, abs=0.1)
    assert values["rms_difference_db"] == pytest.approx(-6.0, abs=0.05)
    assert values["si_sdr_db"] >= 80.0
    assert "The first is louder by 6.0 LU." in told
    assert np.abs(difference).max() < 0.02 * np.abs(given).max()


@pytest.mark.parametrize("delay", [-30_001, -7, 11, 1_234, 70_007])
def test_a_delay_is_found_to_the_frame_and_taken_out(delay, tmp_path):
    whole = babble(8.0)
    first = whole
    second = np.pad(whole, ((0, 0), (delay, 0))) if delay > 0 else whole[:, -delay:]
    values, difference, told = compared(first, second, tmp_path)
    assert values["delay"] == pytest.approx(delay / RATE, abs=1e-9)
    assert values["si_sdr_db"] >= 60.0
    assert ("later" if delay > 0 else "earlier") in told
    assert np.abs(difference).max() < 0.02


def test_an_inverted_recording_is_noticed(tmp_path):
    given = babble()
    values, difference, told = compared(given, -given, tmp_path)
    assert values["likeness"] == pytest.approx(-1.0, abs=1e-3)
    assert "upside down" in told
    assert np.abs(difference).max() < 1e-5


def test_tone_is_compared_in_octaves_at_equal_loudness(tmp_path):
    given = babble()
    band = Band("bell", 250.0, 9.0, 1.0)
    blocks = filtered(audio_of(given), [band]).blocks()
    changed = np.concatenate([block.samples for block in blocks], axis=1)
    values, _, told = compared(given, changed, tmp_path)
    tone = {
        float(name.split("_")[1]): value
        for name, value in values.items()
        if name.startswith("octave")
    }
    shift = np.mean([tone[2_000.0], tone[4_000.0], tone[8_000.0]])
    assert tone[250.0] - shift == pytest.approx(8.0, abs=1.0)
    assert tone[4_000.0] - shift == pytest.approx(0.0, abs=0.3)
    assert "around 250 Hz" in told


def test_noise_that_was_added_is_the_si_sdr_and_the_difference(tmp_path):
    given = babble()
    added = noise(6.0, seed=9, deviation=0.004)
    values, difference, _ = compared(given, given + added, tmp_path)
    truth = 10 * np.log10(np.mean(given**2) / np.mean(added**2))
    assert values["si_sdr_db"] == pytest.approx(truth, abs=0.3)
    assert values["difference_db"] == pytest.approx(-truth, abs=0.5)
    assert np.corrcoef(-difference[0], added[0])[0, 1] > 0.97


def test_different_sounds_do_not_line_up_and_it_is_said(tmp_path):
    values, _, told = compared(babble(seed=1), babble(seed=2), tmp_path)
    assert values["lines_up"] == "no"
    assert values["si_sdr_db"] is None
    assert values["delay"] is None
    assert "do not line up" in told


@pytest.mark.parametrize(
    ("rates", "channels"), [((48_000, 16_000), (1, 1)), ((44_100, 44_100), (2, 1))]
)
def test_rates_channels_and_lengths_may_differ(rates, channels, tmp_path):
    given = Waveform(babble(5.0, rates[0], channels[0]), rates[0])
    if channels[0] == 2:
        given = Waveform(np.repeat(given.samples[:1], 2, axis=0), rates[0])
    second = given.to_mono().resampled(rates[1]).samples[:, : 3 * rates[1]]
    values, difference, told = compared(given.samples, second, tmp_path, rates)
    assert values["lines_up"] == "yes"
    assert abs(values["delay"]) <= 1.5 / rates[0]
    assert values["compared_duration"] == pytest.approx(3.0, abs=0.01)
    assert "They last 5.00 and 3.00 s" in told
    assert ("converted from 16000" in told) == (rates[0] != rates[1])
    assert ("mono sums" in told) == (channels[0] != channels[1])
    assert difference.shape[0] == 1
    assert "octave_16000_hz_difference_db" not in values or min(rates) > 40_000


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (96_000, 2), (48_000, 8)])
@pytest.mark.parametrize("duration", [0.05, 1.0])
def test_any_shape_gives_a_comparison(rate, channels, duration, tmp_path):
    given = babble(duration, rate, channels)
    values, _, _ = compared(given, given, tmp_path, (rate, rate))
    assert values["lines_up"] == "yes"


def test_silence_and_nothing_are_told(tmp_path):
    values, _, told = compared(sine(300.0, -20.0), np.zeros((1, RATE), np.float32), tmp_path)
    assert values["other_loudness_lufs"] is None
    assert "cannot be compared" in told
    with pytest.raises(ToolInputError, match="empty"):
        compare_audio(audio_of(noise()), audio_of(noise()[:, :0]), tmp_path)


def test_loudness_is_that_of_the_meter(tmp_path):
    first, second = babble(), babble(seed=8) * np.float32(0.3)
    values, _, _ = compared(first, second, tmp_path)
    for samples, name in ((first, "loudness_lufs"), (second, "other_loudness_lufs")):
        assert values[name] == pytest.approx(loudness(samples, RATE).loudness_lufs, abs=0.01)


def test_minutes_are_compared_in_pieces(tmp_path):
    first, second = Watched(90.0), Watched(90.0)
    result = compare_audio(first.audio, second.audio, tmp_path)
    assert isinstance(result, Noted)
    difference = result.value[1]
    assert isinstance(difference, Audio)
    assert sum(block.num_frames for block in difference.blocks()) == difference.num_frames
    assert max(first.largest, second.largest) <= 40 * 8_000
