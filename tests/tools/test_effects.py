"""Tone, level and width: measured against what the settings say."""

import numpy as np
import pytest

from tests.tools.test_editing import audio_of, loudness, played, value_of
from tonmeister.artifacts import Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools import effects
from tonmeister.tools.dynamics import Compressor, Curve, DeEsser, Gate, governed
from tonmeister.tools.filters import Band, filtered
from tonmeister.tools.loudness import within_full_scale
from tonmeister.translations import in_words

RATE = 48_000
SHAPES = [(8_000, 1), (44_100, 2), (96_000, 1), (48_000, 8)]


def sine(frequency_hz, level_db, duration=1.0, rate=RATE, channels=1):
    times = np.arange(round(duration * rate)) / rate
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * frequency_hz * times)
    return np.tile(wave.astype(np.float32), (channels, 1))


def noise(duration=1.0, rate=RATE, channels=1, deviation=0.05, seed=3):
    made = np.random.default_rng(seed).normal(0.0, deviation, (channels, round(duration * rate)))
    return made.astype(np.float32)


def gain_db(made, given, frequency_hz, rate=RATE):
    """By how much one frequency is stronger than before, away from the ends."""
    inner = slice(made.shape[1] // 4, -made.shape[1] // 4)
    turn = np.exp(-2j * np.pi * frequency_hz * np.arange(made.shape[1]) / rate)[inner]
    window = np.hanning(len(turn))
    powers = [np.abs(np.sum(one[0, inner] * turn * window)) for one in (made, given)]
    return 20 * np.log10(powers[0] / powers[1])


def level_db(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20)


def cut_up(samples, rate, length):
    """Make a recording of blocks of some length, read once."""
    blocks = (
        Waveform(samples[:, first : first + length], rate)
        for first in range(0, samples.shape[1], length)
    )
    return Audio.from_blocks(blocks, rate, samples.shape[0], samples.shape[1])


EVERY_ENGINE = {
    "equalizer": lambda audio: filtered(
        audio, [Band("low_cut", 80.0), Band("bell", 1000.0, 6.0), Band("high_shelf", 3000.0, -6.0)]
    ),
    "compressor": lambda audio: governed(
        audio, Compressor(Curve(-30.0, 4.0, 6.0), 0.005, 0.1, audio.sample_rate)
    ),
    "gate": lambda audio: governed(audio, Gate(-35.0, 40.0, 0.05, 0.1, audio.sample_rate)),
    "de-esser": lambda audio: governed(
        audio, DeEsser(2500.0, -40.0, 12.0, audio.sample_rate, audio.num_channels)
    ),
}


@pytest.mark.parametrize("name", EVERY_ENGINE)
@pytest.mark.parametrize(("rate", "channels"), SHAPES)
def test_blocks_leave_no_trace(name, rate, channels):
    samples = noise(2.0, rate, channels) * np.abs(np.sin(np.arange(2 * rate) / rate * 4))
    samples = samples.astype(np.float32)
    whole = played(EVERY_ENGINE[name](cut_up(samples, rate, samples.shape[1])))
    assert whole.shape == samples.shape
    for length in (997, 70_001):
        assert np.array_equal(played(EVERY_ENGINE[name](cut_up(samples, rate, length))), whole)


@pytest.mark.parametrize("name", EVERY_ENGINE)
@pytest.mark.parametrize("count", [0, 1, 7, 400])
def test_a_recording_shorter_than_what_is_looked_ahead_keeps_its_length(name, count):
    made = list(EVERY_ENGINE[name](audio_of(noise()[:, :count])).blocks())
    assert sum(block.num_frames for block in made) == count


# Equalizer


@pytest.mark.parametrize(
    ("band", "gains"),
    [
        (Band("low_cut", 80.0), {20.0: -48.0, 40.0: -24.1, 80.0: -3.0, 320.0: 0.0}),
        (Band("high_cut", 4_000.0), {1_000.0: 0.0, 4_000.0: -3.0, 8_000.0: -26.7}),
        (Band("low_shelf", 200.0, 6.0), {20.0: 6.0, 200.0: 3.0, 2_000.0: 0.0}),
        (Band("high_shelf", 5_000.0, -8.0), {500.0: 0.0, 5_000.0: -4.0, 20_000.0: -8.0}),
        (Band("bell", 1_000.0, 9.0, 2.0), {1_000.0: 9.0, 500.0: 4.5, 2_000.0: 4.5, 30.0: 0.0}),
        (Band("bell", 1_000.0, -9.0, 2.0), {1_000.0: -9.0, 500.0: -4.5, 100.0: 0.0}),
    ],
)
def test_a_band_has_the_gain_it_says_at_every_frequency(band, gains):
    for frequency, wanted in gains.items():
        given = sine(frequency, -20.0, 2.0)
        made = played(filtered(audio_of(given), [band]))
        assert gain_db(made, given, frequency) == pytest.approx(wanted, abs=0.35), frequency


def test_everything_below_a_frequency_is_cut():
    hum, voice = sine(50.0, -20.0, 2.0), sine(1_000.0, -20.0, 2.0)
    made = played(effects.equalize(audio_of(hum + voice), low_cut_hz=100.0))
    assert gain_db(made, hum + voice, 50.0) < -23.0
    assert gain_db(made, hum + voice, 1_000.0) == pytest.approx(0.0, abs=0.05)


def test_a_boost_that_would_clip_is_turned_down_and_said():
    made = effects.equalize(audio_of(sine(1_000.0, -1.0)), bell_db=12.0)
    assert isinstance(made, Noted)
    assert "would have clipped" in made.notes[0]
    assert np.abs(played(made)).max() <= 1.0


def test_a_band_beyond_the_recording_is_left_out_and_said_or_refused():
    audio = audio_of(noise(rate=8_000), 8_000)
    made = effects.equalize(audio, low_cut_hz=100.0, high_shelf_db=6.0)
    assert isinstance(made, Noted)
    assert "ends at 4000 Hz" in made.notes[0]
    with pytest.raises(ToolInputError, match="beyond"):
        effects.equalize(audio, high_shelf_db=6.0)
    with pytest.raises(ToolInputError, match="No band"):
        effects.equalize(audio)


# Compressor


@pytest.mark.parametrize("frequency_hz", [60.0, 1_000.0])
@pytest.mark.parametrize("ratio", [2.0, 4.0, 10.0])
@pytest.mark.parametrize("given_db", [-40.0, -24.0, -18.0, -12.0, -3.0])
def test_the_static_curve_is_the_one_that_was_asked_for(frequency_hz, ratio, given_db, tmp_path):
    threshold = -20.0
    result = effects.compress(
        audio_of(sine(frequency_hz, given_db, 2.0)), tmp_path,
        threshold, ratio, attack=0.005, release=0.1, knee_db=0.0, makeup_db=0.0,
    )  # fmt: skip
    made = played(result)[:, RATE:]
    wanted = given_db if given_db < threshold else threshold + (given_db - threshold) / ratio
    assert 20 * np.log10(np.abs(made).max()) == pytest.approx(wanted, abs=0.1)


def test_the_knee_bends_evenly_around_the_threshold():
    curve = Curve(-20.0, 4.0, 8.0)
    levels = np.array([-30.0, -24.0, -20.0, -16.0, -8.0])
    # Giannoulis et al. (2012), equation 4.
    assert curve.gains_db(levels) == pytest.approx([0.0, 0.0, -0.75, -3.0, -9.0], abs=1e-9)


def test_attack_and_release_take_the_time_they_say():
    quiet, loud = sine(1_000.0, -30.0, 1.0), sine(1_000.0, 0.0, 1.0)
    given = np.concatenate([quiet, loud, quiet], axis=1)
    compressor = Compressor(Curve(-20.0, 4.0, 0.0), 0.02, 0.2, RATE)
    gains = np.concatenate([compressor.gains_db(given)])
    deepest = -15.0  # 20 dB over at 4:1
    assert gains[2 * RATE - 1] == pytest.approx(deepest, abs=0.05)
    attacked = np.argmax(gains < deepest * (1 - np.exp(-1))) / RATE - 1.0
    assert attacked == pytest.approx(0.02, abs=0.002)
    # The level is held for half a period of 50 Hz before it falls.
    released = np.argmax(gains[2 * RATE :] > deepest * np.exp(-1)) / RATE
    assert released == pytest.approx(0.21, abs=0.004)


def test_channels_get_the_same_gain(tmp_path):
    given = np.concatenate([sine(500.0, -3.0), sine(500.0, -23.0)])
    made = played(effects.compress(audio_of(given), tmp_path, -20.0, makeup_db=0.0))
    assert np.abs(made[:, RATE // 2 :]).max() < 0.3
    assert np.allclose(made[0], 10.0 * made[1], atol=1e-5)


def test_loudness_comes_back_and_loud_and_quiet_are_nearer(tmp_path):
    given = np.concatenate([sine(400.0, level, 1.0) for level in (-6.0, -26.0) * 4], axis=1)
    result = effects.compress(audio_of(given), tmp_path, -30.0, ratio=4.0)
    assert isinstance(result, Noted)
    made = played(result)
    before, after = loudness(given, RATE), loudness(made, RATE)
    assert after.loudness_lufs == pytest.approx(before.loudness_lufs, abs=0.3)
    steps = [
        level_db(one[:, RATE // 2 : RATE]) - level_db(one[:, RATE * 3 // 2 : 2 * RATE])
        for one in (given, made)
    ]
    assert steps[0] == pytest.approx(20.0, abs=0.1)
    assert steps[1] == pytest.approx(5.0, abs=0.7)


def test_without_a_threshold_a_quiet_recording_is_compressed_like_a_loud_one(tmp_path):
    given = np.concatenate(
        [sine(400.0, level, 1.0) for level in (-6.0, -20.0, -20.0, -20.0) * 2], axis=1
    )
    loud = effects.compress(audio_of(given), tmp_path)
    made = played(loud)
    quiet = played(effects.compress(audio_of(given * np.float32(0.01)), tmp_path))
    assert isinstance(loud, Noted) and "was turned down" in loud.notes[0]
    steady = slice(3 * RATE // 2, 2 * RATE)
    assert level_db(made[:, steady]) - level_db(quiet[:, steady]) == pytest.approx(40.0, abs=0.5)
    before = level_db(given[:, RATE // 2 : RATE]) - level_db(given[:, steady])
    after = level_db(made[:, RATE // 2 : RATE]) - level_db(made[:, steady])
    assert after < before - 2.0


def test_what_does_not_reach_the_threshold_is_unchanged_and_said(tmp_path):
    given = sine(1_000.0, -40.0)
    result = effects.compress(audio_of(given), tmp_path, -20.0)
    assert isinstance(result, Noted)
    assert "Nothing reaches" in result.notes[0]
    assert np.array_equal(played(result), given)


# Limiter


@pytest.mark.parametrize("ceiling_db", [-0.1, -1.0, -9.0])
@pytest.mark.parametrize(("rate", "channels"), SHAPES)
def test_the_ceiling_is_never_passed_not_even_between_samples(ceiling_db, rate, channels):
    given = noise(2.0, rate, channels, 0.3)
    given[:, rate : rate + 40] = 1.4  # clicks and a tone whose peaks lie between samples
    given += sine(rate / 4 - 1, -6.0, 2.0, rate, channels)
    made = played(effects.limit(audio_of(given, rate), ceiling_db))
    levels = loudness(made, rate, true_peak=True)
    assert levels.true_peak_db is not None and levels.peak_db is not None
    assert levels.true_peak_db <= ceiling_db
    assert levels.peak_db <= ceiling_db
    before = loudness(given, rate, true_peak=True)
    assert before.true_peak_db is not None and before.true_peak_db > ceiling_db  # the control


def test_the_limiter_looks_ahead_so_that_a_peak_is_not_clipped_but_turned_down():
    given = sine(200.0, -20.0, 1.0)
    given[:, RATE // 2 : RATE // 2 + 480] *= 9.0
    made = played(effects.limit(audio_of(given), -6.0))
    # Clipping would leave the samples before the peak as they are.
    before = slice(RATE // 2 - 240, RATE // 2 - 40)
    assert np.abs(made[:, before]).max() < 0.9 * np.abs(given[:, before]).max()
    assert np.allclose(made[:, : RATE // 4], given[:, : RATE // 4])


def test_a_limiter_without_anything_to_limit_says_so():
    given = sine(1_000.0, -12.0)
    result = effects.limit(audio_of(given))
    assert isinstance(result, Noted)
    assert "nothing to do" in result.notes[0]
    assert np.array_equal(played(result), given)


# Gate


def test_the_gate_closes_between_words_and_keeps_their_beginnings():
    hiss = noise(4.0, deviation=0.0004)
    words = sine(300.0, -6.0, 4.0)
    words[:, RATE : 2 * RATE] = 0.0
    words[:, 3 * RATE :] = 0.0
    result = effects.gate(audio_of(hiss + words), range_db=40.0)
    made = played(result)
    pause = slice(round(1.8 * RATE), round(1.95 * RATE))
    assert level_db(made[:, pause]) - level_db(hiss[:, pause]) == pytest.approx(-40.0, abs=3.0)
    onset = slice(2 * RATE, 2 * RATE + RATE // 100)
    assert level_db(made[:, onset]) == pytest.approx(level_db((hiss + words)[:, onset]), abs=0.3)
    inside = slice(RATE // 4, RATE // 2)
    assert np.allclose(made[:, inside], (hiss + words)[:, inside], atol=1e-5)


def test_the_gate_stays_open_for_as_long_as_it_is_told():
    given = np.concatenate([sine(300.0, -6.0, 0.5), noise(1.5, deviation=0.001)], axis=1)
    for hold in (0.1, 0.6):
        made = played(effects.gate(audio_of(given), -30.0, 60.0, hold, 0.01))
        open_until = np.flatnonzero(np.abs(made[0]) > 0.5 * np.abs(given[0]).clip(1e-6))
        assert open_until[-1] / RATE == pytest.approx(0.5 + hold, abs=0.05)


def test_a_gate_that_never_closes_says_so():
    words = sine(300.0, -20.0)
    open_all_along = effects.gate(audio_of(words), -30.0)
    assert isinstance(open_all_along, Noted)
    assert open_all_along.notes[0].startswith("The level never stays under -36.0 dBFS")
    assert "gate fecha" in in_words("pt", open_all_along.notes[0])
    paused = words.copy()
    paused[..., 9_000:18_000] = 0.0
    assert not isinstance(effects.gate(audio_of(paused), -30.0, hold=0.1), Noted)


def test_a_gate_that_never_opens_is_refused():
    with pytest.raises(ToolInputError, match="never open"):
        effects.gate(audio_of(sine(300.0, -40.0)), -20.0)


# De-esser


def hissing(level_db):
    """A voiced vowel with bursts of hiss above 6 kHz."""
    voice = sum(sine(150.0 * k, -20.0 - 2 * k, 2.0) for k in range(1, 9))
    hiss = played(filtered(audio_of(noise(2.0, deviation=0.2)), [Band("low_cut", 6_000.0)]))
    hiss *= 10 ** (level_db / 20) / np.sqrt(np.mean(np.square(hiss)))
    bursts = (np.arange(2 * RATE) // (RATE // 4)) % 2 == 1
    return voice + hiss * bursts, bursts


def hiss_level(samples, where):
    high = played(filtered(audio_of(samples), [Band("low_cut", 6_500.0)]))[:, where]
    return level_db(high)


def test_sharp_sounds_are_softened_and_the_voice_is_not():
    given, bursts = hissing(-20.0)
    made = played(effects.de_ess(audio_of(given), 8.0))
    steady = bursts & np.roll(bursts, 2_000) & np.roll(bursts, -2_000)
    softer = hiss_level(made, steady) - hiss_level(given, steady)
    assert -8.3 <= softer <= -6.5
    for harmonic in (150.0, 450.0, 1_200.0):
        assert gain_db(made, given, harmonic) == pytest.approx(0.0, abs=0.3)


def test_the_de_esser_hears_the_same_at_any_level():
    given, _ = hissing(-20.0)
    loud = played(effects.de_ess(audio_of(given), 8.0))
    quiet = played(effects.de_ess(audio_of(given * np.float32(0.01)), 8.0))
    assert np.allclose(quiet * 100.0, loud, atol=1e-3)


def test_a_voice_without_hiss_is_left_alone():
    given = sum(sine(150.0 * k, -20.0 - 2 * k, 1.0) for k in range(1, 9))
    result = effects.de_ess(audio_of(given))
    assert isinstance(result, Noted)
    assert "nothing was changed" in result.notes[0]
    assert np.array_equal(played(result), given)


def test_a_telephone_recording_has_no_hiss_to_soften():
    result = effects.de_ess(audio_of(noise(rate=8_000), 8_000))
    assert isinstance(result, Noted)
    assert "ends at 4000 Hz" in result.notes[0]


# Width


@pytest.mark.parametrize("width", [0.0, 0.5, 1.0, 2.0])
def test_width_changes_the_side_and_never_the_mono_sum(width):
    given = noise(1.0, channels=2)
    made = played(effects.stereo_width(audio_of(given), width))
    assert np.allclose(made.sum(axis=0), given.sum(axis=0), atol=1e-6)
    assert np.allclose(made[0] - made[1], width * (given[0] - given[1]), atol=1e-6)


def test_a_mono_recording_has_no_width_and_eight_channels_are_refused():
    result = effects.stereo_width(audio_of(noise()), 2.0)
    assert isinstance(result, Noted)
    assert "no width" in result.notes[0]
    with pytest.raises(ToolInputError, match="8 channels"):
        effects.stereo_width(audio_of(noise(channels=8)), 2.0)


# All


class Watched:
    """A long recording that exists only while it is read."""

    def __init__(self, duration=900.0, rate=8_000, channels=2):
        self.largest = 0
        rng = np.random.default_rng(1)
        second = rng.normal(0.0, 0.1, (channels, rate)).astype(np.float32)

        def read(first, count):
            self.largest = max(self.largest, count)
            return np.take(second, np.arange(first, first + count) % rate, axis=1)

        self.audio = Audio(rate, channels, round(duration * rate), read=read)


@pytest.mark.parametrize(
    "work",
    [
        lambda audio, _: effects.equalize(audio, low_cut_hz=80.0),
        lambda audio, folder: effects.compress(audio, folder, makeup_db=0.0),
        lambda audio, _: effects.limit(audio),
        lambda audio, _: effects.gate(audio),
        lambda audio, _: effects.de_ess(audio, frequency_hz=3_000.0),
        lambda audio, _: effects.stereo_width(audio, 1.5),
    ],
    ids=["equalize", "compress", "limit", "gate", "de_ess", "stereo_width"],
)
def test_minutes_are_worked_on_in_pieces(work, tmp_path):
    source = Watched(60.0)
    frames = sum(block.num_frames for block in value_of(work(source.audio, tmp_path)).blocks())
    assert frames == source.audio.num_frames
    assert source.largest <= 12 * source.audio.sample_rate


def test_turning_down_is_needed_for_the_test_above_to_mean_anything():
    loud = audio_of(sine(100.0, 6.0))
    assert np.abs(played(within_full_scale(lambda: loud))).max() <= 1.0
    assert np.abs(played(loud)).max() > 1.9
