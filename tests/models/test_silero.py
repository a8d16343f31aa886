import importlib.util
from itertools import pairwise

import numpy as np
import pytest

from tonmeister.audio import Waveform
from tonmeister.errors import ToolUnavailable
from tonmeister.models.silero import SileroVad, SpeechDetector, SpeechRules, speech_spans
from tonmeister.streaming import Audio

WINDOW = 0.032
RULES = SpeechRules(min_speech=0.25, min_silence=0.32, pad=0.1)


def spans(*stretches: tuple[float, int], rules: SpeechRules = RULES) -> list[tuple[float, float]]:
    return list(speech_spans([p for p, count in stretches for _ in range(count)], rules))


def test_a_stretch_of_speech_gets_its_pads():
    ((start, end),) = spans((0.0, 20), (0.9, 30), (0.0, 20))
    assert start == pytest.approx(20 * WINDOW - 0.1)
    assert end == pytest.approx(50 * WINDOW + 0.1)


def test_short_pauses_join_and_long_ones_part():
    assert len(spans((0.9, 30), (0.0, 8), (0.9, 30))) == 1
    assert len(spans((0.9, 30), (0.0, 12), (0.9, 30))) == 2


def test_blips_are_dropped_also_at_the_end():
    assert spans((0.0, 20), (0.9, 5), (0.0, 20)) == []
    assert spans((0.0, 20), (0.9, 5)) == []


def test_speech_up_to_the_end_is_kept():
    ((_, end),) = spans((0.0, 5), (0.9, 30))
    assert end == pytest.approx(35 * WINDOW + 0.1)


def test_endless_speech_is_cut_where_it_is_least_likely_and_nothing_is_heard_twice():
    rules = SpeechRules(min_silence=2.0, pad=0.4, max_speech=10.0)
    found = spans((0.9, 200), (0.55, 9), (0.9, 400), rules=rules)
    assert found[0][1] == pytest.approx(204 * WINDOW, abs=2 * WINDOW)
    assert all(left[1] == right[0] for left, right in pairwise(found))
    assert found[-1][1] == pytest.approx(609 * WINDOW + 0.4)


def test_blocks_of_any_length_give_the_same_probabilities():
    noise = np.random.default_rng(3).standard_normal(40_001).astype(np.float32) * 0.1
    detector = SpeechDetector(1)

    def found(length: int) -> np.ndarray:
        blocks = (Waveform(noise[i : i + length], 16_000) for i in range(0, len(noise), length))
        return np.concatenate(list(detector.probabilities(blocks)))

    assert len(found(40_001)) == 79
    assert np.allclose(found(40_001), found(777), atol=1e-5)
    assert np.allclose(found(40_001), found(16_000), atol=1e-5)


@pytest.mark.parametrize("level", [0.0, 0.03])
def test_silence_and_noise_are_no_speech(silero: SileroVad, level: float):
    noise = np.random.default_rng(5).standard_normal(160_000).astype(np.float32) * level
    found = silero(Audio.from_waveform(Waveform(noise, 16_000)), 0.5)
    assert found.regions == ()
    assert found.duration == 10.0


def test_a_recording_of_no_length_has_no_speech(silero: SileroVad):
    empty = Audio.from_waveform(Waveform(np.zeros((1, 0), np.float32), 16_000))
    assert silero(empty, 0.5).regions == ()


def test_a_missing_graph_names_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ToolUnavailable, match="pip install"):
        SpeechDetector(1)


@pytest.mark.weights
def test_speech_between_silences_is_found_within_a_tenth_of_a_second(
    silero: SileroVad, librivox: list[tuple[Waveform, str]]
):
    clip = librivox[1][0].samples[0]
    quiet = np.zeros(48_000, np.float32)
    mixture = np.concatenate([quiet, clip, quiet])
    found = silero(Audio.from_waveform(Waveform(mixture, 16_000)), 0.5)
    loud = np.flatnonzero(np.abs(mixture) > 0.05) / 16_000
    assert found.regions[0].start == pytest.approx(loud[0], abs=0.25)
    assert found.regions[-1].end == pytest.approx(loud[-1], abs=0.35)


@pytest.mark.weights
def test_most_of_a_reading_is_speech_and_its_pauses_are_not(
    silero: SileroVad, two_cities: Waveform
):
    found = silero(Audio.from_waveform(two_cities), 0.5)
    share = sum(region.end - region.start for region in found.regions) / two_cities.duration
    assert 0.6 < share < 0.97
    assert len(found.regions) >= 8
    ends = [time for region in found.regions for time in (region.start, region.end)]
    assert ends == sorted(ends)
    assert ends[0] >= 0.0 and ends[-1] <= two_cities.duration


@pytest.mark.weights
def test_a_higher_threshold_finds_less(silero: SileroVad, two_cities: Waveform):
    def spoken(threshold: float) -> float:
        found = silero(Audio.from_waveform(two_cities), threshold)
        return sum(region.end - region.start for region in found.regions)

    assert spoken(0.95) < spoken(0.5) < spoken(0.05)
