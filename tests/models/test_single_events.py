"""Single events cut out of recordings, told from sounds that run together."""

import numpy as np

from tonmeister.models.single_events import is_several, single_events

RATE = 16_000


def burst(seconds: float, level: float = 1.0) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 500 * times)).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def test_each_event_is_cut_out_by_itself_the_loudest_first():
    parts = (burst(0.3, 0.6), silence(0.4), burst(0.2), silence(0.5), burst(0.2, 0.2))
    found = single_events(np.concatenate(parts), RATE)
    assert len(found) == 2
    assert abs(found[0]).max() > abs(found[1]).max()
    assert 0.2 <= len(found[0]) / RATE <= 0.32
    assert not any(is_several(one, RATE) for one in found)


def test_what_goes_on_has_no_single_events():
    assert single_events(burst(8.0), RATE) == ()
    assert single_events(silence(1.0), RATE) == ()
    assert single_events(np.zeros(0, np.float32), RATE) == ()


def test_sounds_that_run_together_are_several():
    together = np.concatenate([burst(0.3), burst(0.15, 0.15), burst(0.3, 0.8)])
    assert len(single_events(together, RATE)) == 1
    assert is_several(together, RATE)
    assert not is_several(burst(1.0), RATE)
