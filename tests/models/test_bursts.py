"""Bursts of a sound are told apart, and a sound without end does not fill the memory."""

import tracemalloc

import numpy as np

from tonmeister.artifacts import Region
from tonmeister.audio import Waveform
from tonmeister.models.bursts import bursts
from tonmeister.streaming import Audio

RATE = 8_000


def clicking(duration: float, times: tuple[float, ...]) -> Audio:
    """Bursts of 0.2 s of a chord in faint noise."""
    generator = np.random.default_rng(3)
    samples = 0.001 * generator.standard_normal(round(duration * RATE))
    chord = sum(np.sin(2 * np.pi * hz * np.arange(RATE // 5) / RATE) for hz in (500, 900, 1_700))
    for time in times:
        at = round(time * RATE)
        samples[at : at + len(chord)] += 0.2 * chord
    return Audio.from_waveform(Waveform(samples[np.newaxis].astype(np.float32), RATE))


def test_bursts_that_were_not_heard_are_found_by_those_that_were():
    times = (1.0, 2.5, 4.0, 7.0)
    found = bursts(clicking(10.0, times), [Region(0.5, 3.0)])
    assert np.allclose([one.start for one in found], times, atol=0.03)


def test_a_sound_that_lasts_for_minutes_takes_no_more_memory_than_its_beginning():
    def peak(duration: float) -> int:
        generator = np.random.default_rng(1)
        samples = generator.standard_normal((1, round(duration * RATE))).astype(np.float32)
        audio = Audio.from_waveform(Waveform(0.1 * samples, RATE))
        tracemalloc.start()
        bursts(audio, [Region(1.0, duration - 1.0)])
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(240.0) < 1.3 * peak(60.0)
