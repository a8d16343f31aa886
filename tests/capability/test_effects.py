"""How exactly effects do what their settings say, and what they do to a real voice."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import TWO_CITIES, pulled
from tests.capability.extent import some
from tests.models.test_kemar import itd_us, noise
from tests.models.test_kemar_scene import staged
from tests.tools.test_editing import played
from tests.tools.test_rooms import click, reverberation_time
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.models.kemar import KEMAR
from tonmeister.models.kemar_scene import KemarScene
from tonmeister.streaming import Audio
from tonmeister.tools import effects
from tonmeister.tools.comparison import compare_audio
from tonmeister.tools.filters import Band, filtered
from tonmeister.tools.loudness import levels_of
from tonmeister.tools.room_acoustics import BANDS_HZ, ROOMS
from tonmeister.tools.rooms import reverb

pytestmark = pytest.mark.weights
READING = {"model": "signal processing", "data": "44 s of read English"}


@pytest.fixture(scope="module")
def reading() -> Audio:
    return Audio.from_file(pulled(TWO_CITIES) / "two_cities.wav")


def sharpness_db(samples: Samples, rate: int) -> float:
    """Level above 6 kHz of the sharpest hundredth of frames of 10 ms, in dBFS."""
    made = filtered(Audio.from_waveform(Waveform(samples, rate)), [Band("low_cut", 6_000.0)])
    high = np.concatenate([block.samples for block in made.blocks()], axis=1)[0]
    count = rate // 100
    frames = high[: len(high) // count * count].reshape(-1, count)
    return 10 * float(np.log10(np.percentile(np.mean(np.square(frames), axis=1), 99)))


def test_rooms_decay_as_promised(capability: Callable[..., None]):
    errors: list[float] = []
    for name, room in ROOMS.items():
        made = played(reverb(Audio.from_waveform(Waveform(click(), 48_000)), name, 1.0))
        promised = dict(zip(BANDS_HZ, room.decays(), strict=True))
        for centre in (250.0, 500.0, 1_000.0, 2_000.0):
            found = reverberation_time(made[0], centre)
            errors.append(100.0 * abs(found / promised[centre] - 1.0))
    capability(
        tool="reverb", model="signal processing", data="a click in 6 rooms, 250 Hz to 2 kHz, T30",
        measure="largest error of the reverberation time", value=max(errors), unit="%",
        goal="≤ 15", reference="5 % is just noticeable (ISO 3382-1)",
    )  # fmt: skip
    assert max(errors) <= 15.0


def test_the_ceiling_is_kept_on_a_voice_that_is_driven_into_it(
    reading: Audio, capability: Callable[..., None]
):
    made = played(effects.limit(reading, -1.0, 24.0))
    levels = levels_of(Audio.from_waveform(Waveform(made, reading.sample_rate)), true_peak=True)
    before = levels_of(reading, true_peak=True)
    assert levels.true_peak_db is not None and before.true_peak_db is not None
    capability(
        tool="limit", **READING, measure="true peak under a ceiling of -1 dBTP, driven into it",
        value=levels.true_peak_db, unit="dBTP", goal="≤ -1",
        reference=f"{before.true_peak_db + 24.0:.1f} dBTP without",
    )  # fmt: skip
    assert levels.true_peak_db <= -1.0 < before.true_peak_db + 24.0


def test_a_compressed_voice_varies_less_at_the_same_loudness(
    reading: Audio, tmp_path: Path, capability: Callable[..., None]
):
    made = played(effects.compress(reading, tmp_path))
    after = levels_of(Audio.from_waveform(Waveform(made, reading.sample_rate)))
    before = levels_of(reading)
    assert after.loudness_range_lu is not None and before.loudness_range_lu is not None
    assert after.loudness_lufs is not None and before.loudness_lufs is not None
    capability(
        tool="compress", **READING, measure="loudness range", value=after.loudness_range_lu,
        unit="LU", goal="less than before", reference=f"before: {before.loudness_range_lu:.1f} LU",
    )  # fmt: skip
    assert after.loudness_range_lu < before.loudness_range_lu - 1.0
    assert after.loudness_lufs == pytest.approx(before.loudness_lufs, abs=0.3)


def test_the_sharpest_sounds_of_a_voice_are_softened(
    reading: Audio, capability: Callable[..., None]
):
    given = reading.read().samples
    made = played(effects.de_ess(reading))
    softer = sharpness_db(given, reading.sample_rate) - sharpness_db(made, reading.sample_rate)
    capability(
        tool="de_ess", **READING, measure="the sharpest hundredth above 6 kHz is softer by",
        value=softer, unit="dB", goal="≥ 3",
    )  # fmt: skip
    assert softer >= 3.0
    voice = np.mean(np.square(made - given)) / np.mean(np.square(given))
    assert voice < 0.02


def test_delays_between_two_versions_of_a_voice_are_found(
    reading: Audio, tmp_path: Path, capability: Callable[..., None]
):
    rate = reading.sample_rate
    whole = reading.read(0.0, 25.0).samples
    worst = 0
    delays = some((240_007, -96_011, -1_207, -3, 5, 444, 13_001), 4)
    for delay in delays:
        shifted = np.pad(whole, ((0, 0), (delay, 0))) if delay > 0 else whole[:, -delay:]
        changed = filtered(
            Audio.from_waveform(Waveform(shifted, rate)), [Band("high_shelf", 3_000.0, 6.0)]
        )
        later = np.concatenate([block.samples for block in changed.blocks()], axis=1)
        first, second = (Audio.from_waveform(Waveform(one, rate)) for one in (whole, later))
        result = compare_audio(first, second, tmp_path)
        assert isinstance(result, Noted)
        found = result.value[0].values["delay"]
        worst = max(worst, abs(round(found * rate) - delay))
    capability(
        tool="compare_audio", model="signal processing",
        data=f"a voice against itself, brightened by 6 dB, {len(delays)} delays up to 5 s",
        measure="largest error of the delay", value=worst, unit="frames of 48 kHz", goal="≤ 1",
    )  # fmt: skip
    assert worst <= 1


def test_two_voices_of_a_scene_are_where_they_were_put(capability: Callable[..., None]):
    scene = KemarScene()
    scene.load(pulled(KEMAR), 1)
    errors: list[float] = []
    for azimuth in (30, 60, 90):
        alone = [
            itd_us(staged(scene, [noise(0.5)], f"azimuth {side * azimuth}")[0], 44_100)
            for side in (1, -1)
        ]
        rest = np.zeros_like(noise(0.5).samples)
        early = Waveform(np.concatenate([noise(0.5).samples, rest], axis=1), 44_100)
        late = Waveform(np.concatenate([rest, noise(0.5).samples], axis=1), 44_100)
        made, _, _ = staged(scene, [early, late], f"azimuth {azimuth}; azimuth {-azimuth}")
        half = made.shape[1] // 2
        heard = itd_us(made[:, : half - 2_000], 44_100), itd_us(made[:, half + 2_000 :], 44_100)
        errors += [abs(one - other) for one, other in zip(heard, alone, strict=True)]
    capability(
        tool="spatialize_scene", model="kemar", data="noise from two of six directions in turn",
        measure="largest change of the interaural delay against one source alone",
        value=max(errors), unit="µs", goal="≤ 30",
    )  # fmt: skip
    assert max(errors) <= 30.0
