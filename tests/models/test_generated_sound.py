"""What is done around networks that make sound: listening to it, length, and level."""

from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolFailed
from tonmeister.models.generated_sound import Ear, MakesSounds
from tonmeister.models.sound_recordings import SAMPLE_RATE, SOUND_LIBRARY, Recordings
from tonmeister.soundlibrary import recorded_sounds
from tonmeister.streaming import Audio


class Given(MakesSounds):
    """A maker whose network gives what it was given, whatever is asked for."""

    label, credit, ear = "It", ("Model: It",), None
    sample_rate, window = SAMPLE_RATE, 4.0

    def __init__(self, samples: Samples) -> None:
        self.samples = samples
        self.network = self
        self.on_progress = self.asked.append

    asked: list[float] = []  # noqa: RUF012

    def cuts(self, words: str) -> bool:
        return False

    def generated(self, words: str, duration: float, seed: int, on_progress: object) -> Samples:
        assert duration <= self.window
        return self.samples


def test_what_would_clip_is_turned_down_and_said(tmp_path: Path):
    loud = np.full((2, 4 * SAMPLE_RATE), 2.0, np.float32)
    noted = Given(loud)("rain", tmp_path, 1.0)
    peak = np.abs(noted.value.sound.read().samples).max()
    assert 20 * np.log10(peak) == pytest.approx(-1.0, abs=0.01)
    assert "turned down by 7.0 dB" in " ".join(noted.notes)


def test_numbers_that_are_no_sound_are_a_failure(tmp_path: Path):
    with pytest.raises(ToolFailed, match="no sound"):
        Given(np.full((1, 100), np.nan, np.float32))("rain", tmp_path, 0.001)


def test_an_hour_is_looped_in_stereo_without_a_jump_and_without_memory(tmp_path: Path):
    times = np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE
    steady = np.stack([np.sin(2 * np.pi * hz * times) for hz in (110.0, 165.0)]).astype(np.float32)
    sound = Given(0.5 * steady)("an engine", tmp_path, 3600.0).value.sound
    assert sound.num_frames == 3600 * SAMPLE_RATE
    late = sound.read(3590.0).samples
    assert late.shape == (2, 10 * SAMPLE_RATE)
    steps = np.abs(np.diff(late, axis=1)).max(axis=1)
    usual = np.abs(np.diff(0.5 * steady, axis=1)).max(axis=1)
    assert np.all(steps < 1.2 * usual)
    # Each side keeps its own tone, so both were cut at the same place.
    tones = np.abs(np.fft.rfft(late)).argmax(axis=1) * SAMPLE_RATE / late.shape[1]
    assert tones == pytest.approx([110.0, 165.0], abs=1.0)


@pytest.fixture(scope="module")
def library() -> Path:
    return pulled(SOUND_LIBRARY)


def _barking(library: Path) -> Audio:
    dog = next(one for one in recorded_sounds() if one.name == "lincity-shanty4")
    return Audio.from_waveform(Waveform(Recordings(library).read(dog)[np.newaxis], SAMPLE_RATE))


@pytest.mark.weights
def test_what_is_not_heard_in_the_result_is_said(library: Path):
    ear = Ear.beside(library.parent / "stable-audio-open-1.0")
    assert ear is not None
    assert ear.doubts("a dog barking", _barking(library)) == []
    noise = np.random.default_rng(0).normal(0.0, 0.1, (1, 4 * SAMPLE_RATE)).astype(np.float32)
    (doubt,) = ear.doubts("a dog barking", Audio.from_waveform(Waveform(noise, SAMPLE_RATE)))
    assert "did not recognise 'dog barking'" in doubt
    (heard,) = ear.doubts("a dog barking without a dog", _barking(library))
    assert heard.startswith("'dog' was not to be heard, but YAMNet")
    assert ear.doubts("a dog barking without a siren", _barking(library)) == []
    both = ear.doubts("a dog barking and church bells", _barking(library))
    assert len(both) == 1 and "bells" in both[0]


@pytest.mark.weights
def test_the_tagger_beside_is_used_for_what_a_network_made(library: Path, tmp_path: Path):
    barking = _barking(library).read().samples
    maker = Given(np.tile(barking, (1, 3)))
    maker.ear = Ear.beside(library)
    assert not any("YAMNet" in note for note in maker("a dog barking", tmp_path, 1.0).notes)
    assert any("YAMNet" in note for note in maker("church bells", tmp_path, 1.0).notes)
    assert Ear.beside(tmp_path / "nothing" / "beside") is None
