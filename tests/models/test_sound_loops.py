"""Loops without a seam, events at their times, sources that move."""

import numpy as np
import pytest

from tonmeister.models.sound_loops import levelled, loop_of, repeated, times_of_events
from tonmeister.models.sound_placing import Course, Reverberation, moved, panned
from tonmeister.sound_rooms import Room

RATE = 22_050


def texture(seconds: float, seed: int = 1) -> np.ndarray:
    """Noise whose colour and level change slowly, as in a recording of a place."""
    generator = np.random.default_rng(seed)
    noise = generator.standard_normal(round(seconds * RATE))
    smooth = np.convolve(noise, np.ones(8) / 8, mode="same")
    share = 0.5 + 0.4 * np.sin(2 * np.pi * 0.9 * np.arange(len(noise)) / RATE)
    return (0.1 * (share * noise + (1 - share) * smooth)).astype(np.float32)


def level_db(samples: np.ndarray, frame: int) -> np.ndarray:
    count = len(samples) // frame
    power = (samples[: count * frame].reshape(count, frame) ** 2).mean(axis=1)
    return 10 * np.log10(power + 1e-12)


def pitch_hz(samples: np.ndarray, rate: int) -> float:
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 8 * len(samples)))
    return float(np.argmax(power)) * rate / (8 * len(samples))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_seam_is_louder_quieter_or_sharper_than_the_recording_itself(seed: int):
    recording = texture(4.0, seed)
    piece = loop_of(recording, RATE)
    assert len(piece) > 0.5 * len(recording)
    endless = repeated(piece, 0, 5 * len(piece))
    frame = round(0.05 * RATE)
    assert (
        np.abs(np.diff(level_db(endless, frame))).max()
        < 1.3 * np.abs(np.diff(level_db(recording, frame))).max() + 0.5
    )
    assert np.abs(np.diff(endless)).max() <= 1.05 * np.abs(np.diff(recording)).max()


def test_a_bare_cut_would_be_heard():
    """The control: the same piece without a cross-fade clicks."""
    tone = np.sin(2 * np.pi * 100.3 * np.arange(2 * RATE) / RATE).astype(np.float32)
    smooth, cut = loop_of(tone, RATE), tone[: round(1.507 * RATE)]
    steps = [np.abs(np.diff(repeated(one, 0, 3 * len(one)))).max() for one in (smooth, cut)]
    assert steps[0] < 1.2 * np.abs(np.diff(tone)).max() < steps[1]


def test_a_loop_is_read_at_any_place():
    piece = np.arange(10, dtype=np.float32)
    assert list(repeated(piece, 8, 5)) == [8, 9, 0, 1, 2]


def test_levels_agree_whatever_the_recording_was_and_peaks_stay_below_full_scale():
    quiet, loud = 0.01 * texture(2.0), 5.0 * texture(2.0)
    one, other = (levelled(each, RATE, goes_on=True) for each in (quiet, loud))
    assert one.std() == pytest.approx(other.std(), rel=0.01)
    click = np.zeros(RATE, np.float32)
    click[100] = 0.5
    assert np.abs(levelled(click, RATE, goes_on=False)).max() <= 0.9 + 1e-6
    assert not levelled(np.zeros(RATE, np.float32), RATE, goes_on=True).any()


def test_events_are_as_many_as_asked_and_none_is_cut_off():
    generator = np.random.default_rng(0)
    for times in (1, 2, 5):
        starts = times_of_events(0.5, 10.0, times, generator)
        assert len(starts) == times
        assert all(0.0 <= one <= 9.5 for one in starts)
    starts = times_of_events(0.5, 30.0, None, generator)
    assert len(starts) > 8
    assert min(np.diff(starts)) > 0.5
    assert times_of_events(4.0, 2.0, None, generator) == [0.0]
    assert times_of_events(4.0, 4.05, 1, generator)[0] <= 0.05 + 1e-9


def test_what_passes_is_higher_before_and_lower_after_and_loudest_in_between():
    rate, speed = 44_100, 20.0
    tone = np.sin(2 * np.pi * 1_000.0 * np.arange(8 * rate) / rate).astype(np.float32)
    heard = moved(tone, rate, Course(speed, 5.0, (-0.9, 0.9)))
    assert heard.shape == (2, 8 * rate)
    before, after = (
        pitch_hz(heard.sum(axis=0)[round(at * rate) :][:rate], rate) for at in (0.5, 6.5)
    )
    assert before == pytest.approx(1_000.0 * 343.0 / (343.0 - speed), rel=0.01)
    assert after == pytest.approx(1_000.0 * 343.0 / (343.0 + speed), rel=0.01)
    levels = level_db(heard.mean(axis=0), rate // 2)
    assert 6 <= int(np.argmax(levels)) <= 9
    assert levels.max() - levels[1] > 10.0
    left, right = (np.abs(one) for one in heard)
    assert left[: 2 * rate].mean() > 2 * right[: 2 * rate].mean()
    assert right[-2 * rate :].mean() > 2 * left[-2 * rate :].mean()


def test_panning_keeps_the_power():
    noise = texture(1.0)
    powers = [float((panned(noise, place) ** 2).sum()) for place in (-1.0, -0.3, 0.0, 0.8)]
    assert powers == pytest.approx([powers[0]] * 4, rel=1e-4)


def test_an_echo_dies_away_in_its_time_and_does_not_depend_on_blocks():
    room = Room("hall", 1.0, 0.0)
    click = np.zeros((2, 2 * RATE), np.float32)
    click[:, 0] = 1.0
    whole = Reverberation(room, RATE, 1).add(click)
    parts = Reverberation(room, RATE, 1)
    joined = np.concatenate(
        [parts.add(click[:, first : first + 4_096]) for first in range(0, 2 * RATE, 4_096)], axis=1
    )
    assert np.allclose(whole, joined, atol=1e-5)
    levels = level_db(whole[0, round(0.05 * RATE) :], RATE // 10)
    assert levels[1] - levels[6] == pytest.approx(30.0, abs=6.0)
