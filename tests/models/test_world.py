import numpy as np
import pytest

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models import world as module
from tonmeister.models.world import World, pitch_of
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights

CONSENT = "it is my own voice"


@pytest.fixture(scope="module")
def world() -> World:
    loaded = World()
    loaded.load(None, 1)
    return loaded


@pytest.fixture(scope="module")
def reader(librivox: list[tuple[Waveform, str]]) -> Waveform:
    """Five seconds of a man who reads."""
    return librivox[2][0]


def converted(world: World, waveform: Waveform, reference: Waveform) -> Samples:
    made = world(Audio.from_waveform(waveform), Audio.from_waveform(reference), CONSENT)
    assert isinstance(made, Audio)
    assert (made.sample_rate, made.num_channels) == (waveform.sample_rate, waveform.num_channels)
    return np.concatenate([block.samples for block in made.blocks()], axis=1)


@pytest.fixture(scope="module")
def made(world: World, reader: Waveform, jfk: Waveform) -> Samples:
    """The reader with the voice of a president."""
    return converted(world, reader, jfk)


def mean_pitch_hz(waveform: Waveform) -> float:
    pitch, _ = pitch_of(waveform)
    return float(np.exp(np.log(pitch[pitch > 0.0]).mean()))


def test_the_pitch_becomes_that_of_the_reference(made: Samples, reader: Waveform, jfk: Waveform):
    # The president speaks to a crowd, an octave above the reader.
    assert mean_pitch_hz(jfk) > 1.8 * mean_pitch_hz(reader)
    assert mean_pitch_hz(Waveform(made, 16_000)) == pytest.approx(mean_pitch_hz(jfk), rel=0.08)


def test_sound_without_pitch_is_untouched_to_the_last_bit(made: Samples, reader: Waveform):
    pitch, times = pitch_of(reader)
    near = np.convolve(pitch > 0.0, np.ones(11), mode="same") > 0.0
    touched = np.interp(np.arange(reader.num_frames) / 16_000, times, near) > 0.0
    assert 0.1 < np.mean(touched) < 0.95
    assert np.array_equal(made[:, ~touched], reader.samples[:, ~touched])
    assert not np.allclose(made[:, touched], reader.samples[:, touched], atol=1e-3)


def test_loudness_and_timing_stay(made: Samples, reader: Waveform):
    frames = reader.num_frames // 1600 * 1600
    levels = [
        np.sqrt(np.mean(one[0, :frames].reshape(-1, 1600) ** 2, axis=1))
        for one in (reader.samples, made)
    ]
    assert np.corrcoef(levels)[0, 1] > 0.9
    assert 20 * np.log10(levels[1].mean() / levels[0].mean()) == pytest.approx(0.0, abs=2.0)
    assert np.max(np.abs(made)) <= max(0.97, float(np.max(np.abs(reader.samples)))) + 1e-6


@pytest.mark.parametrize(("sample_rate", "channels"), [(8_000, 1), (44_100, 2)])
def test_rate_channels_and_length_are_kept(
    world: World, reader: Waveform, two_cities: Waveform, sample_rate: int, channels: int
):
    part = reader.part(0.0, 2.37).resampled(sample_rate)
    sound = Waveform(np.tile(part.samples, (channels, 1)), sample_rate)
    made = converted(world, sound, two_cities.part(0.0, 5.0))
    assert made.shape == sound.samples.shape
    assert np.array_equal(made[0], made[-1])


def test_blocks_join_without_a_seam(
    world: World, reader: Waveform, two_cities: Waveform, monkeypatch: pytest.MonkeyPatch
):
    speech, other = two_cities.part(0.0, 7.5), reader
    whole = converted(world, speech, other)
    monkeypatch.setattr(module, "BLOCK_DURATION", 3.0)
    monkeypatch.setattr(module, "OVERLAP", 1.2)
    pieces = converted(world, speech, other)
    assert whole.shape == pieces.shape == speech.samples.shape
    spectra = [_levels_db(one[0]) for one in (whole, pieces)]
    # The pulses of a voiced stretch may lie elsewhere; what is heard may not.
    apart = np.abs(spectra[0] - spectra[1])
    assert np.median(apart) < 0.3
    assert np.percentile(apart, 95) < 2.5


def _levels_db(samples: Samples) -> Samples:
    # Tenths of a second: in shorter ones it matters where a single pulse of the voice lies.
    frames = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
    return 10.0 * np.log10(np.mean(frames**2, axis=1) + 1e-6)


def test_a_seam_lies_in_the_longest_pause_of_both_blocks():
    voiced = np.ones(100, np.bool_)
    voiced[10:14] = voiced[60:80] = False
    made = module._seamed(np.zeros((1, 100), np.float32), np.ones((1, 100), np.float32), voiced)
    assert np.array_equal(made[0] > 0.5, np.arange(100) >= 70)
    everywhere = module._seamed(
        np.zeros((1, 101), np.float32), np.ones((1, 101), np.float32), np.ones(101, np.bool_)
    )
    assert np.max(np.abs(np.diff(everywhere[0]))) < 0.02


def test_without_consent_nothing_is_imitated(world: World, reader: Waveform):
    sound = Audio.from_waveform(reader)
    refusals = ("no", "none.", "without asking", "she did not agree", "não", "ela não autorizou")
    for words in ("", "  ", "-", *refusals):
        with pytest.raises(ToolUnavailable, match="consent") as refused:
            world(sound, sound, words)
        assert 'consent: it is my own voice"' in refused.value.hint


def test_a_short_or_silent_reference_is_refused_with_what_was_found(
    world: World, reader: Waveform, jfk: Waveform
):
    sound = Audio.from_waveform(reader)
    with pytest.raises(ToolInputError, match=r"holds \d\.\d s of speech; 3 s or more"):
        world(sound, Audio.from_waveform(jfk.part(0.2, 2.4)), CONSENT)
    noise = np.random.default_rng(1).normal(0.0, 0.05, (1, 16_000 * 5)).astype(np.float32)
    with pytest.raises(ToolInputError, match="holds no speech"):
        world(sound, Audio.from_waveform(Waveform(noise, 16_000)), CONSENT)


def test_a_recording_without_a_voice_is_unchanged_and_that_is_said(world: World, jfk: Waveform):
    silence = Audio.from_waveform(Waveform(np.zeros((1, 48_000), np.float32), 16_000))
    made = world(silence, Audio.from_waveform(jfk), CONSENT)
    assert isinstance(made, Noted) and made.value is silence
    assert "unchanged" in made.notes[0]
