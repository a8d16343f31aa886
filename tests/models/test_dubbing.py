import gc
from itertools import pairwise

import numpy as np
import pytest

from tonmeister.audio import Samples
from tonmeister.models.dubbing import (
    EARLY,
    FASTEST,
    GAP,
    SLOWEST,
    Line,
    Placed,
    SpeechFitter,
    Timeline,
)

RATE = 8_000


class Speaker:
    """Says every letter for 0.1 s as a tone; follows a speed only so far, like a real voice."""

    def __init__(self, obedience: float = 0.8) -> None:
        self.asked: list[float] = []
        self.obedience = obedience

    def __call__(self, text: str, voice: str, speed: float) -> Samples:
        self.asked.append(speed)
        duration = 0.1 * len(text) / (1.0 + self.obedience * (speed - 1.0))
        times = np.arange(round(duration * RATE)) / RATE
        return (0.5 * np.sin(2 * np.pi * 200 * times + 0.1)).astype(np.float32)


def placed(lines: list[Line], speaker: Speaker | None = None) -> tuple[list[Placed], Timeline]:
    timeline = Timeline(RATE)
    return SpeechFitter(speaker or Speaker(), RATE).placed(lines, timeline), timeline


def line(start: float, end: float, length: int) -> Line:
    return Line(start, end, "x" * length, "voice")


@pytest.mark.parametrize(("length", "speed"), [(10, 1.0), (12, 1.2), (9, 0.9), (8, 0.8)])
def test_a_line_is_fitted_to_its_slot_by_speed(length: int, speed: float):
    (one,), _ = placed([line(2.0, 3.0, length)])
    assert one.fits
    assert one.start == 2.0
    assert one.end == pytest.approx(3.0, abs=0.02)
    assert one.speed == pytest.approx(speed, abs=0.02)


def test_small_differences_are_stretched_without_speaking_again():
    speaker = Speaker()
    (one,), _ = placed([line(0.0, 2.5, 27)], speaker)
    assert speaker.asked == [1.0]
    assert one.end == pytest.approx(2.5, abs=0.02)


def test_a_short_line_is_not_drawn_out_beyond_the_slowest_speed():
    (one,), _ = placed([line(0.0, 3.0, 10)])
    assert one.speed == pytest.approx(SLOWEST, abs=0.01)
    assert one.end == pytest.approx(1.25, abs=0.02)
    assert one.fits


def test_a_long_line_runs_into_the_pause_and_is_told():
    (first, second), _ = placed([line(1.0, 2.0, 20), line(4.0, 5.0, 10)])
    assert first.speed == pytest.approx(FASTEST, abs=0.01)
    assert first.start == pytest.approx(1.0 - EARLY)
    assert first.overrun == pytest.approx(2.0 / FASTEST - 1.0 - EARLY, abs=0.02)
    assert not first.fits
    assert second.start == 4.0
    assert second.fits


def test_lines_are_never_over_each_other_and_a_late_one_catches_up():
    lines = [line(0.0, 1.0, 20), line(1.0, 3.5, 20), line(3.5, 5.0, 15)]
    made, timeline = placed(lines)
    assert all(b.start >= a.end + GAP - 1e-9 for a, b in pairwise(made))
    assert made[1].delay > 0.3
    assert 0.0 <= made[2].delay <= GAP
    assert made[2].fits
    total = sum(one.end - one.start for one in made)
    written = timeline.audio(RATE * 6).read().samples[0]
    # Not a sample is cut: as much sound is there as was spoken.
    assert np.count_nonzero(np.abs(written) > 1e-4) / RATE == pytest.approx(total, rel=0.02)


def test_silence_surrounds_what_is_said_and_any_place_can_be_read():
    _, timeline = placed([line(2.0, 3.0, 10)])
    audio = timeline.audio(RATE * 10)
    assert audio.duration == 10.0
    assert np.max(np.abs(audio.read(0.0, 1.99).samples)) == 0.0
    assert np.max(np.abs(audio.read(2.2, 2.8).samples)) > 0.4
    assert np.max(np.abs(audio.read(3.1, 10.0).samples)) == 0.0
    del timeline
    gc.collect()
    assert audio.read(2.2, 2.8).num_frames == round(0.6 * RATE)
