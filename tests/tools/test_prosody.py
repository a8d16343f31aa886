"""Syllables are counted by level, near by: people differ in how loud they are."""

import numpy as np
import pytest

from tonmeister.tools.prosody import FRAME_DURATION, syllable_times


def spoken(seconds: float, level_db: float) -> np.ndarray:
    """Return powers of four syllables a second."""
    times = np.arange(round(seconds / FRAME_DURATION)) * FRAME_DURATION
    beat = np.maximum(0.05, np.sin(2 * np.pi * 2.0 * times) ** 2)
    return (beat * 10 ** (level_db / 10)).astype(np.float32)


@pytest.mark.parametrize("softer_db", [0.0, 20.0, 30.0])
def test_who_speaks_softly_after_somebody_loud_is_counted_too(softer_db: float):
    powers = np.concatenate([spoken(6.0, -10.0), spoken(6.0, -10.0 - softer_db)])
    times = syllable_times(powers, np.ones(len(powers), np.bool_))
    assert np.count_nonzero(times < 6.0) == pytest.approx(24, abs=1)
    # In the first two seconds after the loud voice its level still counts.
    assert np.count_nonzero(times > 8.0) == pytest.approx(16, abs=1)


def test_the_faintest_sounds_are_no_syllables():
    powers = np.concatenate([spoken(6.0, -10.0), spoken(6.0, -70.0)])
    times = syllable_times(powers, np.ones(len(powers), np.bool_))
    assert np.max(times) < 6.5


def test_what_has_no_pitch_has_no_syllables():
    powers = spoken(6.0, -10.0)
    assert len(syllable_times(powers, np.zeros(len(powers), np.bool_))) == 0
