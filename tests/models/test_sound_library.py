"""Sounds from words, out of the library: what is chosen, mixed, credited, declined."""

from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Noted
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.sound_library import SoundLibrary
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.tools.generation import GeneratedSound

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def library() -> SoundLibrary:
    loaded = SoundLibrary()
    loaded.load(pulled(SOUND_LIBRARY), 1)
    return loaded


@pytest.fixture
def make(library: SoundLibrary, tmp_path: Path):
    def made(description: str, duration: float | None = None, seed: int = 0):
        noted = library(description, tmp_path, duration, seed)
        assert isinstance(noted, Noted)
        assert isinstance(noted.value, GeneratedSound)
        blocks = [block.samples for block in noted.value.sound.blocks()]
        sound = Waveform(np.concatenate(blocks, axis=1), noted.value.sound.sample_rate)
        credits = noted.value.credits.path.read_text(encoding="utf-8")
        return sound, " ".join(noted.notes), credits

    return made


def side_db(sound: Waveform, start: float, end: float) -> float:
    """Return by how many dB the right is louder than the left."""
    first, last = round(start * sound.sample_rate), round(end * sound.sample_rate)
    left, right = np.sqrt((sound.samples[:, first:last] ** 2).mean(axis=1) + 1e-12)
    return 20 * float(np.log10(right / left))


@pytest.mark.parametrize(
    ("description", "used"),
    [
        ("A motorcycle passing in the rain", ("motorcycle passing by", "rain")),
        ("uma mota a passar à chuva", ("motorcycle passing by", "rain")),
        ("a busy street with a distant siren, 30 s", ("street", "siren")),
        ("uma rua movimentada com uma sirene ao longe, 30 s", ("street", "siren")),
        ("a cat in a large hall", ("cat",)),
        ("um gato num salão grande", ("cat",)),
    ],
)
def test_what_was_asked_for_is_what_it_is_made_of_and_what_is_heard(
    make, description: str, used: tuple[str, ...]
):
    sound, notes, credits = make(description)
    for word in used:
        assert word in notes
        assert word in credits
    assert "did not recognise" not in notes
    assert "may not be what was meant" not in notes
    assert sound.num_channels == 2
    assert np.abs(sound.samples).max() <= 0.9
    if "30 s" in description:
        assert sound.duration == pytest.approx(30.0)


def test_the_same_seed_makes_the_same_sound_and_another_makes_another(make):
    one, again, other = (make("a dog barking in the rain", 4.0, seed)[0] for seed in (3, 3, 4))
    assert np.array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, other.samples)


@pytest.mark.parametrize("duration", [0.1, 1.0, 75.0])
def test_the_length_is_the_one_asked_for(make, duration: float):
    sound, _, _ = make("a busy street", duration)
    assert sound.num_frames == round(duration * sound.sample_rate)
    tenths = np.array_split(sound.samples, 10, axis=1)
    if duration > 1.0:
        levels = [20 * np.log10(np.sqrt((part**2).mean())) for part in tenths]
        assert max(levels) - min(levels) < 6.0


def test_what_is_distant_is_quieter_and_duller(make):
    near, far = make("a siren", 6.0)[0], make("a distant siren", 6.0)[0]

    def level_and_treble(sound: Waveform) -> tuple[float, float]:
        power = np.abs(np.fft.rfft(sound.samples.mean(axis=0))) ** 2
        frequencies = np.fft.rfftfreq(sound.num_frames, 1 / sound.sample_rate)
        return 10 * np.log10(power.sum()), power[frequencies > 4_000].sum() / power.sum()

    assert level_and_treble(near)[0] - level_and_treble(far)[0] > 6.0
    assert level_and_treble(far)[1] < 0.3 * level_and_treble(near)[1]


def test_what_goes_from_left_to_right_is_heard_so(make):
    sound, _, _ = make("a motorcycle passing from left to right", 8.0)
    assert side_db(sound, 0.4, 1.4) < -6.0
    assert side_db(sound, 6.4, 7.4) > 6.0


def test_a_hall_goes_on_sounding_and_the_open_does_not(make):
    def tail_db(sound: Waveform) -> float:
        power = (sound.samples.mean(axis=0) ** 2).reshape(-1)
        peak = int(np.argmax(power))
        late = power[peak + round(0.8 * sound.sample_rate) :][: round(0.3 * sound.sample_rate)]
        return 10 * float(np.log10(late.mean() / power.max() + 1e-12))

    hall = make("a finger snap once in a cathedral", 4.0)[0]
    outside = make("a finger snap once", 4.0)[0]
    assert tail_db(hall) > tail_db(outside) + 10.0


def test_a_test_signal_is_exact_and_mono_and_nobodys_work(make):
    sound, notes, credits = make("440 Hz tone", 2.0)
    assert sound.num_channels == 1
    assert np.abs(sound.samples).max() == pytest.approx(0.25, abs=0.001)
    assert "Calculated, not recorded: sine tone of 440 Hz." in notes
    assert "nobody's work" in credits


@pytest.mark.parametrize(
    "description", ["sea waves", "ondas do mar", "a quantum computer", "love", "a dragon"]
)
def test_what_is_not_in_the_library_is_declined_with_the_nearest(make, description: str):
    with pytest.raises(ToolInputError, match="Nothing in the library") as caught:
        make(description)
    assert caught.value.hint is not None
    assert "The nearest are: " in caught.value.hint
    assert "'with Stable Audio'" in caught.value.hint and "'with AudioLDM'" in caught.value.hint


def test_a_place_that_is_not_there_is_left_out_and_told(make):
    _, notes, _ = make("a dog barking in a submarine")
    assert "Nothing in the library sounds like 'submarine', so it was left out." in notes


def test_credits_name_author_licence_origin_and_duties(make):
    _, notes, credits = make("a car horn")
    for text in (
        "Janis Lukss",
        "CC-BY-3.0",
        "openttd-opensfx",
        "sha256",
        "name the author",
        "seed 0",
    ):
        assert text in credits, text
    assert "Before you share it: CC-BY-3.0" in notes


@pytest.mark.parametrize(
    ("description", "seed", "times"),
    [("a dog barking twice", 7, 2), ("um cão a ladrar três vezes", 0, 3)],
)
def test_what_is_asked_for_a_number_of_times_is_heard_so_often(
    make, description: str, seed: int, times: int
):
    sound, notes, _ = make(description, None, seed)
    assert "counted in the result" not in notes
    power = np.abs(sound.samples).max(axis=0)
    loud = np.flatnonzero(power >= 0.1 * power.max()) / sound.sample_rate
    assert 1 + int((np.diff(loud) > 0.25).sum()) == times


def test_what_goes_on_cannot_be_counted_and_that_is_said(make):
    _, notes, _ = make("rain twice", 4.0)
    assert "goes on without pauses" in notes


def test_another_count_than_asked_for_is_said(make):
    _, notes, _ = make("a dog barking twelve times", 1.0)
    assert "Asked for 12 times" in notes


@pytest.mark.parametrize(
    ("description", "raised"),
    [
        ("a busy street with a distant siren", "'emergency siren' was raised by 3 dB"),
        ("heavy rain and a distant cow", "'cow mooing' was raised by 6 dB"),
        ("a dog barking in the rain", ""),
        ("a siren", ""),
    ],
)
def test_what_a_search_would_not_find_among_the_rest_is_raised_and_that_is_said(
    make, description: str, raised: str
):
    _, notes, credits = make(description, 4.0)
    assert raised in notes and raised in credits
    assert ("was raised" in notes) is bool(raised)
    assert "did not recognise" not in notes and "may not find it" not in notes


def test_what_is_asked_for_softly_is_not_raised(make):
    _, notes, _ = make("heavy rain with a cat meowing softly in the distance", 3.0)
    assert "did not recognise 'cat meowing'" in notes and "was raised" not in notes


@pytest.mark.parametrize("description", ["three barks", "três latidos"])
def test_a_number_of_events_is_counted_in_the_result(make, description: str):
    _, notes, _ = make(description)
    assert "dog barking" in notes
    assert "Asked for" not in notes and "did not recognise" not in notes


@pytest.mark.parametrize("description", ["rain without thunder", "chuva sem trovoada"])
def test_what_is_not_wanted_is_listened_for(make, description: str):
    sound, notes, credits = make(description)
    assert "YAMNet does not hear" in notes and "YAMNet does not hear" in credits
    assert np.abs(sound.samples).max() > 0.01


@pytest.mark.parametrize("description", ["a busy street without cars", "uma floresta sem pássaros"])
def test_what_never_comes_without_the_unwanted_is_declined(make, description: str):
    with pytest.raises(ToolInputError, match="which is not to be heard"):
        make(description)


def test_another_recording_is_taken_where_the_first_has_what_is_not_wanted(make):
    assert "cat meowing and hissing" in make("a cat", 3.0, 1)[1]
    _, notes, _ = make("a cat without hissing", 3.0, 1)
    assert "cat meowing" in notes and "hissing (" not in notes


def test_what_nothing_can_listen_for_is_not_promised(make):
    with pytest.raises(ToolInputError, match="Nothing can check that 'unicorns'"):
        make("rain without unicorns")
