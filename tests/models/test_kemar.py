import hashlib
import itertools
import resource
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.kemar import FILE, KEMAR, KemarStage, read_responses
from tonmeister.streaming import Audio
from tonmeister.tools.positions import parse_path

pytestmark = pytest.mark.weights

RATE = 44_100


@pytest.fixture(scope="module")
def folder() -> Path:
    return pulled(KEMAR)


@pytest.fixture(scope="module")
def stage(folder: Path) -> KemarStage:
    loaded = KemarStage()
    loaded.load(folder, 1)
    return loaded


def noise(duration: float = 1.0, sample_rate: int = RATE, channels: int = 1) -> Waveform:
    made = np.random.default_rng(5).normal(0.0, 0.05, (channels, round(duration * sample_rate)))
    return Waveform(made.astype(np.float32), sample_rate)


def placed(stage: KemarStage, waveform: Waveform, position: str) -> tuple[Samples, tuple[str, ...]]:
    result = stage(Audio.from_waveform(waveform), position)
    sound, notes = (result.value, result.notes) if isinstance(result, Noted) else (result, ())
    assert isinstance(sound, Audio)
    assert (sound.sample_rate, sound.num_channels) == (waveform.sample_rate, 2)
    blocks = [np.zeros((2, 0), np.float32), *(block.samples for block in sound.blocks())]
    made = np.concatenate(blocks, axis=1)
    assert made.shape[1] == waveform.num_frames
    return made, notes


def itd_us(ears: Samples, sample_rate: int, below_hz: float = 1500.0) -> float:
    """By how much the right ear is later, from the cross-correlation below 1.5 kHz."""
    size = 4 * ears.shape[1]
    left, right = np.fft.rfft(ears, size)
    cross = right * np.conj(left)
    cross[np.fft.rfftfreq(size, 1 / sample_rate) > below_hz] = 0.0
    likeness = np.fft.irfft(cross, 8 * size)
    reach = round(0.001 * 8 * sample_rate)
    around = np.concatenate([likeness[-reach:], likeness[: reach + 1]])
    return (int(np.argmax(around)) - reach) / (8 * sample_rate) * 1e6


def level_db(samples: Samples) -> float:
    return 10.0 * float(np.log10(np.mean(np.square(samples, dtype=np.float64))))


def test_the_file_is_read_without_an_hdf5_library(folder: Path):
    head = read_responses(folder / FILE)
    assert head.responses.shape == (710, 2, 512)
    # Measured as 16-bit numbers, in rings from 40 degrees below to straight above.
    assert np.array_equal(head.responses * 32_768, np.round(head.responses * 32_768))
    assert np.array_equal(np.unique(head.elevations), np.arange(-40.0, 91.0, 10.0))
    digest = hashlib.sha256(np.ascontiguousarray(head.responses).tobytes()).hexdigest()
    # As h5py reads the same table.
    assert digest == "6f81f5d39eab2445e727539adff959fde6466fdbd09c02222a5b32d306a79a39"
    ahead = (head.azimuths == 0.0) & (head.elevations == 0.0)
    assert itd_us(head.responses[ahead][0], RATE) == 0.0


@pytest.mark.parametrize("sample_rate", [8_000, 48_000])
@pytest.mark.parametrize(
    ("position", "expected_us", "louder_db"),
    [
        ("azimuth 90", 697.0, 5.0),
        ("azimuth 30", 275.0, 4.0),
        ("azimuth 150", 247.0, 2.0),
        ("azimuth -60", -607.0, -5.0),
        ("in front", 0.0, 0.0),
        ("behind me", 0.0, 0.0),
    ],
)
def test_ears_differ_in_time_and_level_as_measured(
    stage: KemarStage, position: str, expected_us: float, louder_db: float, sample_rate: int
):
    made, _ = placed(stage, noise(1.0, sample_rate), position)
    # What the raw responses give in the same band; the tolerance is half the just noticeable 10 %.
    assert itd_us(made, sample_rate) == pytest.approx(expected_us, abs=45.0)
    difference = level_db(made[0]) - level_db(made[1])
    assert difference * np.sign(louder_db) >= abs(louder_db) or abs(difference) < 0.2


def test_the_azimuth_of_a_path_is_recovered_over_time(stage: KemarStage):
    duration, position = 12.0, "walks from left to right behind me"
    made, _ = placed(stage, noise(duration), position)
    still = {
        azimuth: itd_us(placed(stage, noise(0.5), f"azimuth {azimuth}")[0], RATE)
        for azimuth in range(90, 271, 15)
    }
    known = sorted((delay, azimuth) for azimuth, delay in still.items())
    for index in range(1, 24):
        time = index * 0.5
        window = made[:, round((time - 0.1) * RATE) : round((time + 0.1) * RATE)]
        delay = itd_us(window, RATE)
        heard = float(np.interp(delay, [one for one, _ in known], [one for _, one in known]))
        expected = 90.0 + 180.0 * time / duration
        assert heard == pytest.approx(expected, abs=8.0)


def test_a_moving_tone_has_no_clicks(stage: KemarStage):
    times = np.arange(2 * RATE) / RATE
    tone = Waveform((0.2 * np.sin(2 * np.pi * 500.0 * times)).astype(np.float32), RATE)
    made, _ = placed(stage, tone, "circles around me in 1 s")
    inner = made[:, RATE // 10 : -RATE // 10]
    # A click is broadband: above 5 kHz a gliding tone has next to nothing.
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(inner.shape[1]))) ** 2
    above = np.fft.rfftfreq(inner.shape[1], 1 / RATE) > 5000.0
    assert 10 * np.log10(spectrum[:, above].sum() / spectrum.sum()) < -70.0
    clicked = inner.copy()
    clicked[:, inner.shape[1] // 2 :] *= 0.9
    spectrum = np.abs(np.fft.rfft(clicked * np.hanning(inner.shape[1]))) ** 2
    assert 10 * np.log10(spectrum[:, above].sum() / spectrum.sum()) > -70.0


def test_distance_follows_the_inverse_law_and_air_dulls_what_is_far(stage: KemarStage):
    near, far = (placed(stage, noise(), f"{metres} m in front")[0] for metres in (2, 40))
    low, high = (
        [np.abs(np.fft.rfft(one[0]))[first:last] for one in (near, far)]
        for first, last in ((200, 1000), (12_000, 14_000))
    )
    assert level_db(low[0]) - level_db(low[1]) == pytest.approx(26.02, abs=0.1)
    assert level_db(high[0]) - level_db(high[1]) > 26.0 + 8.0


def test_loudness_stays_about_the_same_at_one_metre(stage: KemarStage):
    sound = noise()
    for position in ("in front", "left", "behind me", "above"):
        made, _ = placed(stage, sound, position)
        # White noise is mostly treble, which a head lets pass less from behind and above.
        assert level_db(made) == pytest.approx(level_db(sound.samples), abs=6.0)


def test_stereo_is_mixed_and_said_so_and_what_would_clip_is_turned_down(stage: KemarStage):
    _, notes = placed(stage, noise(channels=2), "left")
    assert any("mixed to one" in note for note in notes)
    loud = Waveform(noise().samples * 18.0, RATE)
    made, notes = placed(stage, loud, "close to my left ear")
    assert np.max(np.abs(made)) == pytest.approx(0.99, abs=0.001)
    assert any("Turned down by" in note for note in notes)


@pytest.mark.parametrize("frames", [0, 1, 100, 5000])
@pytest.mark.parametrize("sample_rate", [8_000, 192_000])
def test_any_length_and_rate_is_kept(stage: KemarStage, frames: int, sample_rate: int):
    made, _ = placed(stage, Waveform(np.zeros((1, frames), np.float32), sample_rate), "left")
    assert not np.any(made)


def test_nothing_is_early_or_late(stage: KemarStage):
    impulse = np.zeros((1, 4410), np.float32)
    impulse[0, 2000] = 0.5
    made, _ = placed(stage, Waveform(impulse, RATE), "in front")
    first = int(np.argmax(np.abs(made[0])))
    assert 2000 <= first <= 2000 + round(0.0006 * RATE)
    assert np.max(np.abs(made[:, :1990])) < 0.005


def test_memory_stays_flat_for_a_long_recording(stage: KemarStage):
    path = parse_path("circles around me in 20 s")

    def grown(minutes: float) -> int:
        frames = round(minutes * 60 * 16_000)
        blocks = (
            Waveform(np.zeros((1, 160_000), np.float32), 16_000) for _ in range(frames // 160_000)
        )
        audio = Audio.from_blocks(itertools.chain(blocks), 16_000, 1, frames)
        for _ in stage._stage._renderer(audio, path).render(audio):
            pass
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    first = grown(0.5)
    assert grown(10.0) - first < 20_000


def test_words_that_are_not_understood_are_refused(stage: KemarStage):
    with pytest.raises(ToolInputError, match="ceiling"):
        stage(Audio.from_waveform(noise()), "on the ceiling")
