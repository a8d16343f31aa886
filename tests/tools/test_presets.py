"""Presets: every one runs on every rate, does what its name says, and an unknown one is refused."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from tests.tools.test_editing import audio_of, loudness, played, value_of
from tests.tools.test_effects import RATE, Watched, gain_db, level_db, noise, sine
from tonmeister.artifacts import Noted
from tonmeister.errors import ToolInputError
from tonmeister.tools.presets import PRESETS, Preset, apply_preset, preset_named


def test_every_name_has_a_chain():
    assert set(get_args(Preset)) == set(PRESETS)
    for steps in PRESETS.values():
        for step in steps:
            assert set(step.settings) <= set(step.tool.parameters)
            for name, value in step.settings.items():
                limits = step.tool.parameters[name].limits
                assert limits.minimum is None or limits.minimum <= value
                assert limits.maximum is None or value <= limits.maximum


def test_the_docs_page_shows_every_setting_of_every_preset():
    page = (Path(__file__).parents[2] / "docs" / "tools" / "effects.md").read_text("utf-8")
    lines = {line.split("|")[1].strip(" `"): line for line in page.splitlines() if "| `" in line}
    for name, steps in PRESETS.items():
        for step in steps:
            settings = [
                f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"
                for key, value in step.settings.items()
            ]
            assert " ".join([step.tool.name, *settings]) in lines[name]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (44_100, 2)])
def test_every_preset_runs_and_is_told(preset, rate, channels, tmp_path):
    made = apply_preset(audio_of(noise(1.0, rate, channels), rate), preset, tmp_path)
    assert isinstance(made, Noted)
    assert made.notes[0].startswith(f"{preset}: ")
    samples = played(made)
    assert 0.001 < np.abs(samples).max() <= 1.0
    assert samples.shape[1] >= rate


@pytest.mark.parametrize(
    ("preset", "gains"),
    [
        ("warmer", {80.0: 2.7, 15_000.0: -2.5}),
        ("brighter", {100.0: 0.0, 15_000.0: 4.0}),
        ("darker", {100.0: 0.0, 12_000.0: -7.0}),
        ("more-bass", {40.0: 6.0, 3_000.0: 0.0}),
        ("less-bass", {50.0: -6.0, 3_000.0: 0.0}),
    ],
)
def test_tone_changes_where_the_name_says(preset, gains, tmp_path):
    for number, (frequency, wanted) in enumerate(gains.items()):
        given = sine(frequency, -20.0, 2.0)
        folder = tmp_path / str(number)
        folder.mkdir()
        made = played(apply_preset(audio_of(given), preset, folder))
        assert gain_db(made, given, frequency) == pytest.approx(wanted, abs=0.5), frequency


def test_half_the_amount_is_half_the_change(tmp_path):
    given = sine(15_000.0, -20.0, 2.0)
    made = played(apply_preset(audio_of(given), "brighter", tmp_path, 0.5))
    assert gain_db(made, given, 15_000.0) == pytest.approx(2.0, abs=0.3)


def test_a_telephone_passes_its_band_and_nothing_else(tmp_path):
    given = noise(4.0, deviation=0.02)
    made = played(apply_preset(audio_of(given), "telephone", tmp_path))
    power = np.square(np.abs(np.fft.rfft(made[0] * np.hanning(made.shape[1]))))
    frequencies = np.fft.rfftfreq(made.shape[1], 1 / RATE)

    def density_db(low, high):
        return 10 * np.log10(power[(frequencies > low) & (frequencies < high)].mean())

    inside = density_db(500.0, 2_500.0)
    # The band of ITU-T G.712 is 300 to 3400 Hz.
    assert density_db(20.0, 100.0) < inside - 60.0
    assert density_db(8_000.0, 20_000.0) < inside - 60.0
    assert density_db(300.0, 3_400.0) > inside - 3.0


@pytest.mark.parametrize("preset", ["telephone", "megaphone", "walkie-talkie", "old-radio"])
def test_a_quiet_recording_gets_the_same_sound_as_a_loud_one(preset, tmp_path):
    swell = np.square(np.sin(np.arange(3 * RATE) / RATE * 5.0))
    given = (noise(3.0, deviation=0.03) * swell).astype(np.float32)
    made = []
    for factor in (1.0, 0.1):
        folder = tmp_path / str(factor)
        folder.mkdir()
        made.append(played(apply_preset(audio_of(given * np.float32(factor)), preset, folder)))
    assert np.allclose(made[0] * 0.1, made[1], atol=1e-3 * np.abs(made[0]).max())


def test_a_podcast_voice_has_the_loudness_of_podcasts(tmp_path):
    words = noise(6.0, deviation=0.05) * (1.0 + np.sin(np.arange(6 * RATE) / RATE * 9.0))
    made = played(apply_preset(audio_of(words.astype(np.float32)), "podcast-voice", tmp_path))
    levels = loudness(made, RATE, true_peak=True)
    assert levels.loudness_lufs == pytest.approx(-16.0, abs=0.5)
    assert levels.true_peak_db is not None and levels.true_peak_db <= -1.0


def test_a_big_church_goes_on_after_the_sound(tmp_path):
    made = played(apply_preset(audio_of(noise(1.0)), "big-church", tmp_path))
    assert made.shape[0] == 2
    assert made.shape[1] > 5 * RATE
    assert level_db(made[:, 2 * RATE : 3 * RATE]) > level_db(made[:, 5 * RATE : 6 * RATE]) > -90.0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Telefone", "telephone"),
        ("mais quente", "warmer"),
        ("igreja grande", "big-church"),
        ("radio voice", "radio-voice"),
        ("voz de rádio", "radio-voice"),
        ("casa de banho", "bathroom"),
    ],
)
def test_a_preset_is_known_by_its_words(words, name):
    assert preset_named(words) == name


def test_an_unknown_preset_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ToolInputError, match="no preset 'telefhone'") as caught:
        apply_preset(audio_of(noise()), "telefhone", tmp_path)
    assert "Did you mean 'telephone'?" in caught.value.hint
    assert "big-church" in caught.value.hint


def test_minutes_are_worked_on_in_pieces(tmp_path):
    source = Watched(45.0)
    made = value_of(apply_preset(source.audio, "old-radio", tmp_path))
    assert sum(block.num_frames for block in made.blocks()) == source.audio.num_frames
    assert source.largest <= 12 * source.audio.sample_rate


def test_a_room_for_eight_channels_is_refused_and_tone_is_not(tmp_path):
    eight = audio_of(noise(0.5, channels=8))
    with pytest.raises(ToolInputError, match="8 channels"):
        apply_preset(eight, "church", tmp_path)
    (tmp_path / "tone").mkdir()
    assert played(apply_preset(eight, "warmer", tmp_path / "tone")).shape == (8, RATE // 2)
