import numpy as np
import pytest

from scripts.recordings import pulled
from scripts.sounds import EVENTS
from tests.models.sound_scenes import RATE, background, clip, scene
from tonmeister.artifacts import Noted, SoundEvents
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.sightings import confidences, found_events
from tonmeister.models.sound_finder import YamnetFinder
from tonmeister.streaming import Audio


def answer(finder: YamnetFinder, audio: Audio, description: str, threshold: float = 0.5):
    noted = finder(audio, description, threshold)
    assert isinstance(noted, Noted)
    assert isinstance(noted.value, SoundEvents)
    return noted.value.events, noted.notes


def test_an_event_reaches_as_far_as_it_stands_out():
    found = np.full(40, -8.0, np.float32)
    found[10:14] = (1.0, 6.0, 5.0, -1.0)
    found[29:32] = 8.0
    first, second = found_events(found, "dog", 0.5, 11.0)
    assert (first.label, second.label) == ("dog", "dog")
    assert first.start == pytest.approx(10 * 0.24 + 0.48, abs=1e-3)
    assert first.end == pytest.approx(13 * 0.24 + 0.975 - 0.48, abs=1e-3)
    assert 0.5 < first.score < second.score < 1.0
    assert found_events(found, "dog", second.score, 11.0)[0].start == second.start


def test_a_moment_counts_with_its_neighbours():
    brief, longer = np.full((2, 40), -8.0, np.float32)
    brief[20], longer[19:22] = 9.0, 6.0
    assert confidences(brief).max() < confidences(longer).max()
    assert confidences(brief)[19:22].min() == confidences(brief).max()


def test_a_recording_that_is_full_of_a_sound_is_one_event():
    found = np.full(9, 4.0, np.float32) + np.float32(0.5) * np.arange(9, dtype=np.float32) % 2
    (event,) = found_events(found, "rooster", 0.5, 2.4)
    assert (event.start, event.end) == (0.0, 2.4)
    assert event.score > 0.85


def test_nothing_and_a_single_moment_have_times_inside():
    assert found_events(np.zeros(0, np.float32), "dog", 0.5, 0.0) == ()
    (event,) = found_events(np.array([9.0], np.float32), "dog", 0.5, 0.05)
    assert (event.start, event.end) == (0.0, 0.05)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("file", "description"),
    [
        ("Animal/Rooster.wav", "a rooster"),
        ("Animal/Rooster.wav", "um galo a cantar"),
        ("Human/BabyCry.mp3", "ein weinendes Baby"),
        ("Effects/BellToll.wav", "el campanario de una iglesia"),
        ("Animal/Horse.wav", "a horse neighing"),
        ("Animal/Goose.wav", "una oca, un ganso"),
    ],
)
def test_a_sound_on_a_street_is_found_where_it_is(
    finder: YamnetFinder, file: str, description: str
):
    generator = np.random.default_rng(3)
    there = scene(clip(pulled(EVENTS) / file), background("street", generator), 10.0, generator)
    events, notes = answer(finder, there.audio, description)
    best = max(events, key=lambda event: event.score)
    middle = (there.start + there.end) / 2
    assert best.start < middle < best.end
    assert best.label == description
    assert notes[0].startswith("Listened for: ")


@pytest.mark.weights
@pytest.mark.parametrize("kind", ["street", "voices", "pink"])
def test_what_is_not_there_is_not_found_and_the_reply_says_how_near_it_came(
    finder: YamnetFinder, kind: str
):
    behind = scene(None, background(kind, np.random.default_rng(5)), 0.0, np.random.default_rng(5))
    events, notes = answer(finder, behind.audio, "um galo")
    assert events == ()
    assert "Not there: the likeliest moment" in notes[1]
    assert "0.50 is needed" in notes[1]


@pytest.mark.weights
def test_silence_and_nothing_hold_no_dog(finder: YamnetFinder):
    for length in (0, 800, 5 * RATE):
        audio = Audio.from_waveform(Waveform(np.zeros((1, length), np.float32), RATE))
        assert answer(finder, audio, "a dog")[0] == ()


@pytest.mark.weights
def test_words_for_no_sound_are_refused_with_the_nearest(finder: YamnetFinder):
    audio = Audio.from_waveform(Waveform(np.zeros((1, RATE), np.float32), RATE))
    with pytest.raises(ToolInputError, match="the nearest are"):
        finder(audio, "the second law of thermodynamics", 0.5)


@pytest.mark.weights
def test_a_lower_threshold_finds_no_less(finder: YamnetFinder):
    generator = np.random.default_rng(4)
    sound = clip(pulled(EVENTS) / "Animal/Rooster.wav")
    there = scene(sound, background("voices", generator), 0.0, generator)
    few = answer(finder, there.audio, "rooster", 0.8)[0]
    many = answer(finder, there.audio, "rooster", 0.2)[0]
    assert len(many) >= len(few)
    assert all(event.score >= 0.2 for event in many)
