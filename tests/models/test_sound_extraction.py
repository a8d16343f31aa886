"""A sound is taken out of a recording by words or by place, and the rest is what remains."""

from typing import Any

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.mixtures import collected, music, si_sdr, singing, sound
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolFailed, ToolInputError, ToolUnavailable
from tonmeister.models.gtcrn import GTCRN
from tonmeister.models.sound_extraction import SoundExtractor, SoundRemover
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.spleeter import SPLEETER
from tonmeister.streaming import Audio
from tonmeister.testing import tone

pytestmark = pytest.mark.weights
RATE = 22_050


@pytest.fixture(scope="module")
def extractor() -> SoundExtractor:
    pulled(SPLEETER)
    pulled(GTCRN)
    loaded = SoundExtractor()
    loaded.load(pulled(SOUND_WORDS), 1)
    return loaded


@pytest.fixture(scope="module")
def remover() -> SoundRemover:
    loaded = SoundRemover()
    loaded.load(pulled(SOUND_WORDS), 1)
    return loaded


def taken(
    adapter: SoundExtractor | SoundRemover, waveform: Waveform, description: str = "", **place: Any
) -> tuple[Samples, Samples, tuple[str, ...]]:
    given = {"start": None, "end": None, "low_hz": None, "high_hz": None, **place}
    made = adapter(Audio.from_waveform(waveform), description, **given)
    assert isinstance(made, Noted) and isinstance(made.value, tuple)
    first, second = made.value
    assert isinstance(first, Audio) and isinstance(second, Audio)
    for result in (first, second):
        assert result.sample_rate == waveform.sample_rate
        assert result.num_channels == waveform.num_channels
    both = collected(first), collected(second)
    assert np.abs(both[0] + both[1] - waveform.samples).max() < 1e-5
    return *both, made.notes


def scene(file: str, background: str, at: float = 4.0) -> tuple[Samples, Samples]:
    """Return a sound at a known time, 10 dB above a background of 10 s."""
    single = sound(file, RATE)
    event = np.zeros(10 * RATE, np.float32)
    event[round(at * RATE) : round(at * RATE) + len(single)] = 3.2 * single
    return 0.5 * event, 0.5 * np.resize(sound(background, RATE), 10 * RATE)


@pytest.mark.parametrize(
    ("file", "background", "description"),
    [
        ("Cat.mp3", "SewingMachine.mp3", "cat meowing"),
        ("Cat.mp3", "SewingMachine.mp3", "miado do gato"),
        ("Goose.wav", "WaterRunning.mp3", "goose honking"),
        ("Horse.wav", "SewingMachine.mp3", "horse neighing"),
    ],
)
def test_a_sound_named_in_words_is_lifted_off_its_background(
    extractor: SoundExtractor, file: str, background: str, description: str
):
    event, behind = scene(file, background)
    made, rest, notes = taken(extractor, Waveform(event + behind, RATE), description)
    assert si_sdr(event, made) - si_sdr(event, event + behind) > 5.0
    assert si_sdr(behind, rest) - si_sdr(behind, event + behind) > 5.0
    assert any("was found at" in note for note in notes)
    assert any("at the same moment" in note for note in notes)


def test_what_is_removed_is_what_would_be_extracted(
    extractor: SoundExtractor, remover: SoundRemover
):
    event, behind = scene("Cat.mp3", "SewingMachine.mp3")
    mixture = Waveform(event + behind, RATE)
    made, rest, _ = taken(extractor, mixture, "cat")
    left, removed, _ = taken(remover, mixture, "cat")
    assert np.allclose(made, removed, atol=1e-6) and np.allclose(rest, left, atol=1e-6)


@pytest.mark.parametrize(("level", "told"), [(1.0, False), (0.5, True)])
def test_what_is_taken_out_without_being_sure_is_told(
    extractor: SoundExtractor, level: float, told: bool
):
    event, behind = scene("Goose.wav", "WaterRunning.mp3")
    mixture = Waveform((level * event + behind)[None], RATE)
    *_, notes = taken(extractor, mixture, "goose")
    assert any("it may be something else" in note for note in notes) == told


def test_a_sound_that_is_not_there_is_not_made_up(extractor: SoundExtractor):
    _, behind = scene("Cat.mp3", "WaterRunning.mp3")
    with pytest.raises(ToolFailed, match="'siren' was not found") as error:
        taken(extractor, Waveform(behind, RATE), "siren")
    assert "start and end" in (error.value.hint or "")


def test_a_sound_that_is_not_recognised_is_taken_from_the_times_that_were_given(
    extractor: SoundExtractor,
):
    noise = np.random.default_rng(0).normal(0, 0.001, 10 * RATE).astype(np.float32)
    noise[4 * RATE : 5 * RATE] += 0.2 * tone(duration=1.0, sample_rate=RATE).samples[0]
    lifted, _, notes = taken(extractor, Waveform(noise[None], RATE), "cow", start=3.8, end=5.2)
    assert any("'cow' was not found there" in note for note in notes)
    assert np.abs(lifted[:, 4 * RATE : 5 * RATE]).max() > 0.1
    assert np.abs(lifted[:, : 3 * RATE]).max() == 0.0


def test_words_that_mean_no_sound_are_refused(extractor: SoundExtractor):
    with pytest.raises(ToolInputError, match="No sound that is known"):
        taken(extractor, tone(440.0, 1.0, RATE), "quarterly tax return")


def test_a_sound_that_never_stops_is_not_told_from_its_background(extractor: SoundExtractor):
    rain = np.resize(sound("WaterRunning.mp3", RATE), 8 * RATE)
    with pytest.raises(ToolFailed, match="all the time"):
        taken(extractor, Waveform(rain, RATE), "running water")


def test_a_place_is_taken_without_words(extractor: SoundExtractor):
    """A beep of 2 kHz from 3 to 4 s, over a tone of 300 Hz that goes on."""
    beep = np.zeros(8 * RATE, np.float32)
    beep[3 * RATE : 4 * RATE] = tone(2000.0, 1.0, RATE, amplitude=0.2).samples[0]
    steady = tone(300.0, 8.0, RATE, amplitude=0.2).samples[0]
    mixture = Waveform(beep + steady, RATE)
    made, _, _ = taken(extractor, mixture, start=2.9, end=4.1)
    assert si_sdr(beep, made) > 15.0
    made, _, _ = taken(extractor, mixture, start=2.9, end=4.1, low_hz=1500.0, high_hz=2500.0)
    assert si_sdr(beep, made) > 15.0
    outside, _, _ = taken(extractor, mixture, start=5.0, end=6.0, low_hz=1500.0)
    assert np.abs(outside).max() < 0.01, "the control: where it is not, nothing is taken"


def test_a_voice_is_taken_out_of_music_by_the_stems(extractor: SoundExtractor):
    voice = singing()[: 8 * 44_100]
    backing = music("Triumph", len(voice))
    mixture = Waveform(voice + backing, 44_100)
    made, rest, notes = taken(extractor, mixture, "singing")
    assert si_sdr(voice, made) > 9.0 and si_sdr(backing, rest) > 9.0
    assert any("as a song is" in note for note in notes)
    only, _, _ = taken(extractor, mixture, "música", start=1.0, end=2.0)
    assert not only[:, : 44_100 - 2000].any() and only[:, 44_100 : 2 * 44_100].std() > 0.01


def test_speech_in_noise_goes_to_the_network_that_cleans_speech(
    extractor: SoundExtractor, two_cities: Waveform
):
    speech = two_cities.part(0.0, 8.0).samples[0]
    noise = np.resize(sound("SewingMachine.mp3", 16_000), len(speech)) * speech.std()
    made, _, notes = taken(extractor, Waveform(speech + 3.0 * noise, 16_000), "the voice")
    assert any("out of noise" in note for note in notes)
    assert si_sdr(speech, made) > si_sdr(speech, speech + 3.0 * noise) + 2.0


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"start": 3.0, "end": 1.0},
        {"start": 70.0},
        {"low_hz": 900.0, "high_hz": 100.0},
        {"low_hz": 50_000.0},
    ],
)
def test_a_place_that_is_nowhere_is_refused(extractor: SoundExtractor, place: dict[str, float]):
    with pytest.raises(ToolInputError):
        taken(extractor, tone(440.0, 2.0, RATE), **place)


def test_missing_weights_are_named(extractor: SoundExtractor, tmp_path: Any):
    alone = SoundExtractor()
    folder = tmp_path / "sound-words"
    folder.symlink_to(pulled(SOUND_WORDS))
    alone.load(folder, 1)
    with pytest.raises(ToolUnavailable, match="spleeter-2stems") as error:
        taken(alone, tone(440.0, 1.0, RATE), "music")
    assert error.value.hint == "Run: tonmeister models pull spleeter-2stems"
