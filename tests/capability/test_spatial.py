"""How exactly a source is placed, from the differences between the ears."""

from collections.abc import Callable

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.test_kemar import RATE, itd_us, noise, placed
from tonmeister.models.kemar import FILE, KEMAR, KemarStage, read_responses

pytestmark = pytest.mark.weights


def test_interaural_delays_are_those_that_were_measured(capability: Callable[..., None]):
    stage = KemarStage()
    stage.load(pulled(KEMAR), 1)
    head = read_responses(pulled(KEMAR) / FILE)
    errors, lateral = [], 0.0
    for azimuth in range(0, 360, 30):
        here = (head.azimuths == azimuth) & (head.elevations == 0.0)
        made = itd_us(placed(stage, noise(0.5), f"azimuth {azimuth}")[0], RATE)
        errors.append(abs(made - itd_us(head.responses[here][0], RATE)))
        lateral = made if azimuth == 90 else lateral
    row = {"tool": "spatialize", "model": "kemar", "data": "noise from 12 directions, level"}
    capability(
        **row, measure="interaural delay at 90°", value=lateral, unit="µs", goal="about 700",
        reference="697 µs in the measured responses, below 1.5 kHz",
    )  # fmt: skip
    capability(
        **row, measure="largest error of the interaural delay", value=max(errors), unit="µs",
        goal="≤ 45",
    )  # fmt: skip
    assert lateral == pytest.approx(697.0, abs=45.0)
    assert max(errors) <= 45.0


def test_a_path_is_heard_where_it_should_be(capability: Callable[..., None]):
    stage = KemarStage()
    stage.load(pulled(KEMAR), 1)
    duration = 12.0
    made, _ = placed(stage, noise(duration), "walks from left to right behind me")
    known = sorted(
        (itd_us(placed(stage, noise(0.5), f"azimuth {azimuth}")[0], RATE), azimuth)
        for azimuth in range(90, 271, 15)
    )
    errors = []
    for time in np.arange(0.5, duration, 0.5):
        window = made[:, round((time - 0.1) * RATE) : round((time + 0.1) * RATE)]
        heard = np.interp(itd_us(window, RATE), *np.array(known).T)
        errors.append(abs(heard - (90.0 + 180.0 * time / duration)))
    capability(
        tool="spatialize", model="kemar", data="noise that walks from left to right in 12 s",
        measure="mean error of the azimuth, from interaural delay", value=float(np.mean(errors)),
        unit="°", goal="≤ 4", reference="listeners tell 1° to 10° apart (Blauert, 1997)",
    )  # fmt: skip
    assert np.mean(errors) <= 4.0
