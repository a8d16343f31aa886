from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import SoundEvent, SoundEvents
from tonmeister.audio import Samples, Waveform
from tonmeister.models.audioset import FAMILIES, PLACES
from tonmeister.models.yamnet import (
    YAMNET,
    Yamnet,
    YamnetDescriber,
    YamnetScores,
    _without_families,
)
from tonmeister.streaming import Audio


def events(yamnet: Yamnet, samples: Samples, threshold: float = 0.3) -> SoundEvents:
    return yamnet(Audio.from_waveform(Waveform(samples.astype(np.float32), 16_000)), threshold)


def chords(duration: float) -> Samples:
    time = np.arange(round(duration * 16_000)) / 16_000
    tones = sum(np.sin(2 * np.pi * tone * time) for tone in (196, 246.9, 293.7, 392, 493.9, 587.3))
    return (0.05 * tones * np.exp(-3 * (time % 0.5))).astype(np.float32)


def test_an_animal_is_not_listed_while_it_is_known_to_be_a_dog():
    labels = ("Shout", "Screaming", "Animal", "Dog", "Bark", "Whale vocalization", "Music")
    families = {"Animal": "Whale vocalization", "Dog": "Bark"}
    dog = [SoundEvent(0.0, 4.0, "Animal", 0.9), SoundEvent(1.0, 4.0, "Bark", 0.8)]
    other = [SoundEvent(9.0, 12.0, "Animal", 0.7), SoundEvent(0.0, 9.0, "Music", 0.7)]
    kept = _without_families([*dog, *other], labels, families)
    assert kept == [dog[1], *other]


@pytest.mark.weights
def test_families_and_places_are_classes_in_order(yamnet: Yamnet):
    labels = yamnet._listener.labels
    assert len(labels) == 521
    assert set(labels) >= PLACES
    for family, last in FAMILIES.items():
        assert labels.index(family) < labels.index(last)


@pytest.mark.weights
@pytest.mark.parametrize(
    ("frames", "patches"),
    [(0, 0), (1, 1), (15_600, 1), (15_601, 2), (23_281, 3), (307_200, 39), (322_800, 41)],
)
def test_every_sample_is_heard_once(yamnet: Yamnet, frames: int, patches: int):
    audio = Audio.from_waveform(Waveform(np.zeros((1, frames), np.float32), 16_000))
    assert len(list(yamnet._listener.scores(audio))) == patches


@pytest.mark.weights
def test_silence_gives_no_sounds(yamnet: Yamnet):
    found = events(yamnet, np.zeros(80_000))
    assert (found.events, found.duration) == ((), 5.0)
    assert events(yamnet, np.zeros(0)).events == ()


@pytest.mark.weights
def test_a_reading_is_speech_nearly_all_the_time(yamnet: Yamnet, two_cities: Waveform):
    found = events(yamnet, two_cities.samples[0])
    spoken = sum(one.end - one.start for one in found.events if one.label == "Speech")
    assert spoken > 0.9 * two_cities.duration
    assert all(one.label == "Speech" or one.end - one.start < 2.0 for one in found.events)


@pytest.mark.weights
def test_sounds_are_found_where_they_are(yamnet: Yamnet, librivox: list[tuple[Waveform, str]]):
    clip = librivox[3][0].samples[0]
    quiet = np.zeros(64_000, np.float32)
    found = events(yamnet, np.concatenate([quiet, clip, quiet, chords(6.0), quiet]))
    (speech,) = [one for one in found.events if one.label == "Speech"]
    music = [one for one in found.events if one.label == "Music"]
    starts = (4.0, 8.0 + len(clip) / 16_000)
    assert speech.start == pytest.approx(starts[0], abs=0.75)
    assert speech.end == pytest.approx(starts[0] + len(clip) / 16_000, abs=0.75)
    assert music[0].start == pytest.approx(starts[1], abs=0.75)
    assert music[-1].end == pytest.approx(starts[1] + 6.0, abs=1.0)
    assert list(found.events) == sorted(found.events, key=lambda one: one.start)
    assert all(one.start < one.end <= found.duration for one in found.events)


@pytest.mark.weights
def test_a_higher_threshold_lists_less(yamnet: Yamnet, two_cities: Waveform):
    noisy = two_cities.samples[0] + 0.01 * np.random.default_rng(1).standard_normal(
        two_cities.num_frames
    )
    few, many = events(yamnet, noisy, 0.9).events, events(yamnet, noisy, 0.1).events
    assert len(few) < len(many)
    assert all(one.score >= 0.9 for one in few)


@pytest.mark.weights
def test_speech_and_music_are_told_apart(describer: YamnetDescriber, two_cities: Waveform):
    speech = describer(Audio.from_waveform(two_cities)).values
    music = describer(Audio.from_waveform(Waveform(chords(10.0), 16_000))).values
    assert speech["speech_share"] > 0.8 > 0.1 > speech["music_share"]
    assert music["music_share"] > 0.8 > 0.1 > music["speech_share"]
    assert speech["duration"] == pytest.approx(two_cities.duration, abs=1e-3)


@pytest.mark.weights
def test_a_stereo_recording_of_any_rate_is_described(describer: YamnetDescriber):
    silence = Waveform(np.zeros((2, 44_100), np.float32), 44_100)
    values = describer(Audio.from_waveform(silence)).values
    assert (values["speech_share"], values["music_share"]) == (0.0, 0.0)
    assert values["num_channels"] == 2


@pytest.mark.weights
def test_the_scores_of_all_classes_are_kept(yamnet: Yamnet, tmp_path: Path, two_cities: Waveform):
    saver = YamnetScores()
    saver.load(pulled(YAMNET), 1)
    with np.load(saver(Audio.from_waveform(two_cities), tmp_path).path) as stored:
        scores, times, labels = (stored[name] for name in ("scores", "times", "labels"))
    assert scores.shape == (len(times), 521)
    assert (scores.dtype, times[1]) == (np.float16, pytest.approx(0.48))
    assert times[-1] < two_cities.duration
    assert list(labels) == list(yamnet._listener.labels)
    assert np.median(scores[:, list(labels).index("Speech")]) > 0.9


@pytest.mark.weights
def test_more_looks_hear_the_same_between(yamnet: Yamnet, two_cities: Waveform):
    audio = Audio.from_waveform(Waveform(two_cities.samples[:, : 16_000 * 12], 16_000))
    once = np.concatenate([heard.scores for heard in yamnet._listener.listen(audio)])
    twice = np.concatenate([heard.scores for heard in yamnet._listener.listen(audio, looks=2)])
    assert len(twice) == pytest.approx(2 * len(once), abs=2)
    count = min(len(once), (len(twice) + 1) // 2)
    assert np.abs(twice[::2][: count - 1] - once[: count - 1]).max() < 1e-4
