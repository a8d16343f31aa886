"""Held sounds: made of harmonics here, so that what moves in them is known."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.models.held_vowels import RATE, Vowel, spoken_pieces, with_hesitations
from tonmeister.artifacts import Region, Segment, SoundEvent, Transcript, Word
from tonmeister.audio import Samples, Waveform
from tonmeister.models.hesitations import Held, held_sounds, hesitations, word_at
from tonmeister.models.silero import SpeechDetector
from tonmeister.streaming import Audio
from tonmeister.tools.fillers import HESITATION, cut_between_pauses

HELD = Held(2.0, 2.4, 0.9)
RUNS = [(0.0, 1.7), (2.0, 2.4), (2.7, 4.0)]


def voice(duration: float, *, semitones: float = 0.0, glide: bool = False) -> Samples:
    """Harmonics of 120 Hz under two formants; pitch may move, and [a] may become [i]."""
    time = np.arange(round(duration * RATE)) / RATE
    share = time / duration
    pitch = 120.0 * 2.0 ** (semitones * share / 12.0 + 0.002 * np.sin(2 * np.pi * 6 * time))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    low, high = (800.0 - 500.0 * share, 1200.0 + 1100.0 * share) if glide else (800.0, 1200.0)
    sound = np.zeros(len(time))
    for number in range(1, 32):
        height = 1.0 / (1.0 + ((number * pitch - low) / 60.0) ** 2)
        height += 0.5 / (1.0 + ((number * pitch - high) / 90.0) ** 2)
        sound += height * np.sin(number * phase)
    edge = round(0.02 * RATE)
    sound[:edge] *= np.linspace(0.0, 1.0, edge)
    sound[-edge:] *= np.linspace(1.0, 0.0, edge)
    return (0.1 * sound).astype(np.float32)


def alone(sound: Samples) -> Samples:
    """A sound between two quiet seconds."""
    samples = 1e-5 * np.random.default_rng(1).standard_normal(len(sound) + 2 * RATE)
    samples[RATE : RATE + len(sound)] += sound
    return samples.astype(np.float32)


def test_a_held_vowel_is_found_with_its_times():
    (held,) = held_sounds(alone(voice(0.5)))
    assert (held.start, held.end) == pytest.approx((1.0, 1.5), abs=0.03)
    assert held.still > 0.9


def hiss(duration: float) -> Samples:
    return (0.1 * np.random.default_rng(2).standard_normal(round(duration * RATE))).astype("f4")


@pytest.mark.parametrize(
    "sound",
    [
        voice(0.35, glide=True),
        voice(0.5, semitones=-7.0),
        voice(0.12),
        voice(2.5),
        hiss(0.5),
    ],
    ids=["glide", "falling pitch", "too short", "too long", "hiss"],
)
def test_what_moves_or_has_no_pitch_is_no_hesitation(sound: Samples):
    assert list(held_sounds(alone(sound))) == []


def test_a_sound_is_found_once_wherever_it_lies_in_a_long_stretch():
    samples = np.concatenate([alone(voice(0.4)) for _ in range(9)])
    starts = [held.start for held in held_sounds(samples)]
    assert starts == pytest.approx([1.0 + 2.4 * index for index in range(9)], abs=0.03)
    assert list(held_sounds(np.zeros(0, np.float32))) == []


def said(*words: tuple[float, float, str]) -> list[Word]:
    return [Word(start, end, text, 0.9) for start, end, text in words]


@pytest.mark.parametrize("text", ["Um,", "é", "Ehhh…", "eu"])
def test_what_a_recogniser_writes_for_a_held_sound_is_no_word(text: str):
    words = said((1.0, 1.7, "fui"), (1.9, 2.4, text), (2.7, 3.0, "ver"))
    assert word_at(HELD, words, "pt", RUNS) is None


@pytest.mark.parametrize(
    ("words", "still"),
    [
        (said((1.0, 1.7, "e"), (2.0, 2.4, "mar"), (2.7, 3.0, "alto")), 0.9),
        (said((1.0, 1.7, "e"), (2.0, 2.4, "eu"), (2.7, 3.0, "vou")), 0.5),
        (said((1.0, 1.7, "são"), (2.0, 2.4, "um"), (2.7, 3.0, "dois")), 0.9),
        (said((1.0, 1.7, "B"), (2.0, 2.4, "A"), (2.7, 3.0, "C")), 0.9),
    ],
    ids=["content", "glide", "counted", "spelled"],
)
def test_a_word_that_the_sound_may_be_is_named(words: list[Word], still: float):
    assert word_at(Held(2.0, 2.4, still), words, "pt", RUNS) == 1


def test_a_word_that_sounds_beside_it_is_not_the_sound():
    words = said((1.9, 3.0, "mercado"))
    assert word_at(HELD, words, "pt", RUNS) is None
    assert word_at(HELD, words, "pt", [(2.0, 2.4)]) == 0


def test_a_sound_without_pauses_is_not_cut():
    audio = Audio.from_waveform(Waveform(alone(voice(0.5))[None], RATE))
    event = cut_between_pauses(audio, 1.0, 1.5, "um", 1.0)
    assert event is not None and event.start < 1.0 and event.end > 1.5
    joined = np.concatenate([alone(voice(0.5))[: round(1.5 * RATE)], voice(0.5)])
    audio = Audio.from_waveform(Waveform(joined[None], RATE))
    assert cut_between_pauses(audio, 1.0, 1.5, "um", 1.0) is None


def read_nothing(samples: Samples) -> list[str]:
    return []


def found(
    waveform: Waveform,
    words: list[Word],
    read: Callable[[Samples], list[str]] = read_nothing,
) -> list[SoundEvent]:
    transcript = Transcript("en", (Segment(0.0, waveform.duration, "", words=tuple(words)),), 9.0)
    audio = Audio.from_waveform(waveform)
    region = Region(0.0, waveform.duration)
    return hesitations(audio, transcript, [region], SpeechDetector(1), read)


@pytest.mark.weights
def test_a_voice_is_cut_and_a_beep_of_the_same_length_is_not(two_cities: Waveform):
    first, second = spoken_pieces(two_cities.samples[0])[:2]
    waveform, ((start, end),) = with_hesitations(
        [first, second], [Vowel(second)], np.random.default_rng(5)
    )
    (event,) = found(waveform, [])
    assert event.start < start and end < event.end and event.label == HESITATION
    samples = waveform.samples.copy()
    time = np.arange(round((end - start) * RATE)) / RATE
    place = slice(round(start * RATE), round(start * RATE) + len(time))
    samples[0, place] = 0.2 * np.sin(2 * np.pi * 250.0 * time)
    beeping = Waveform(samples, RATE)
    assert len(list(held_sounds(samples[0]))) == 1, "a beep holds still: the control"
    assert found(beeping, []) == []


@pytest.mark.weights
def test_a_word_that_is_heard_without_the_sound_does_not_keep_it(two_cities: Waveform):
    pieces = spoken_pieces(two_cities.samples[0])[:2]
    waveform, ((start, end),) = with_hesitations(
        pieces, [Vowel(pieces[1])], np.random.default_rng(5)
    )
    words = said(
        (start - 0.5, start - 0.2, "times."), (start, end, "It"), (end + 0.6, end + 1, "was")
    )
    assert len(found(waveform, words, lambda _: [" of", " times.", " It", " was"])) == 1
    assert found(waveform, words, lambda _: [" of", " times.", " was"]) == []
