from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import LIBRIVOX, PROMPTS, pulled
from tests.tools.test_mending import bars, chord, mended, opened, snr
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.testing import tone
from tonmeister.tools.clipping import find_clipping, without_clipping
from tonmeister.tools.mending import remove_hum, repair, repair_clicks, repair_clipping
from tonmeister.translations import in_words

RATE = 16_000


def singing(duration: float, sample_rate: int = RATE, seed: int = 0) -> Samples:
    """Harmonics that swell and glide, so that peaks have all heights."""
    times = np.arange(round(duration * sample_rate)) / sample_rate
    pitch = 140.0 + 25.0 * np.sin(2 * np.pi * 0.7 * times)
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    made = sum(np.sin(k * phase + k * k) / k for k in range(1, 8))
    made = made * (0.3 + 0.7 * np.sin(2 * np.pi * 0.4 * times) ** 2)
    made = made + np.random.default_rng(seed).normal(0.0, 1e-3, len(times))
    return (0.9 * made / np.max(np.abs(made))).astype(np.float32)


def cut(samples: Samples, level: float) -> Samples:
    """Clip at a level and round to 16 bits, as a converter does."""
    return (np.round(np.clip(samples, -level, level) * 32_767) / 32_768).astype(np.float32)


@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize(("level", "gain_db"), [(0.3, 2.5), (0.5, 8.0), (0.7, 8.0)])
def test_cut_peaks_are_drawn_anew_and_the_rest_stays(
    level: float, gain_db: float, sample_rate: int
):
    clean = singing(6.0, sample_rate)
    clipped = cut(clean, level)
    audio = opened(clipped, sample_rate)
    found = find_clipping(audio)
    assert found is not None
    assert all(abs(one.value) == pytest.approx(level, abs=0.002) for one in found.levels)
    blocks = list(without_clipping(audio, found).blocks())
    made = np.concatenate([block.samples for block in blocks], axis=1)[0]
    assert snr(clean, made) > snr(clean, clipped) + gain_db
    untouched = np.abs(clipped) < level - 0.002
    assert np.array_equal(made[untouched], clipped[untouched])
    # Nothing that was cut may come out lower than it was cut at.
    peaks = np.abs(clipped) >= level - 1e-4
    assert np.all(np.abs(made[peaks]) >= np.abs(clipped[peaks]) - 1e-6)


def test_what_exceeds_full_scale_is_turned_down_and_this_is_said(tmp_path: Path):
    clean = singing(6.0) * 3.0
    made, edits, said = mended(repair_clipping(opened(cut(clean, 0.999)), tmp_path))
    assert np.max(np.abs(made)) == pytest.approx(10 ** (-1 / 20), abs=0.001)
    assert "turned down by" in said and "so that nothing clips again" in said
    assert {event.label for event in edits.events} == {"clipping"}
    scale = np.sum(made[0] * clean) / np.sum(made[0] ** 2)
    assert snr(clean, made[0] * scale) > snr(clean, cut(clean, 0.999)) + 5.0


def test_what_fits_under_full_scale_is_not_turned_down(tmp_path: Path):
    clipped = cut(singing(6.0), 0.4)
    made, _, said = mended(repair_clipping(opened(clipped), tmp_path))
    assert "turned down" not in said and "cut off at -8.0 dBFS" in said
    untouched = np.abs(clipped) < 0.39
    assert np.array_equal(made[0][untouched], clipped[untouched])


def test_the_list_says_where(tmp_path: Path):
    clean = singing(6.0) * 0.2
    clean[2 * RATE : 3 * RATE] *= 5.0
    clipped = cut(clean, 0.3)
    _, edits, _ = mended(repair_clipping(opened(clipped), tmp_path))
    assert all(1.99 <= event.start < event.end <= 3.01 for event in edits.events)
    assert edits.events and edits.duration == 6.0


def test_only_the_clipped_channel_is_changed(tmp_path: Path):
    clean = singing(4.0)
    stereo = np.stack([cut(clean, 0.4), clean])
    made, _, _ = mended(repair_clipping(opened(stereo), tmp_path))
    assert np.array_equal(made[1], stereo[1])
    assert snr(clean, made[0]) > snr(clean, stereo[0]) + 8.0


@pytest.mark.parametrize(
    "clean",
    [
        singing(5.0),
        chord(5.0),
        bars(3),
        tone(30.0, 4.0, 48_000, amplitude=0.9).samples[0],
        tone(440.0, 4.0, 8_000, amplitude=1.0).samples[0],
        np.random.default_rng(0).normal(0.0, 0.2, 5 * RATE).astype(np.float32),
        np.zeros(RATE, np.float32),
    ],
)
def test_what_does_not_clip_is_left_alone(clean: Samples, tmp_path: Path):
    made, edits, said = mended(repair_clipping(opened(clean), tmp_path))
    assert np.array_equal(made[0], clean)
    assert said == "No clipping was found." and edits.events == ()


@pytest.mark.weights
def test_clean_speech_is_left_alone(tmp_path: Path):
    import soundfile

    files = [*pulled(LIBRIVOX).glob("*.wav"), *pulled(PROMPTS).rglob("*.wav")]
    assert len(files) > 20
    for file in files:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        audio = Audio.from_waveform(Waveform(np.ascontiguousarray(samples.T, np.float32), rate))
        assert find_clipping(audio) is None, file.name


def test_pieces_of_a_long_recording_agree():
    clean = np.tile(singing(5.6), 4)
    clipped = cut(clean, 0.5)
    audio = opened(clipped)
    found = find_clipping(audio)
    assert found is not None
    made = np.concatenate([b.samples for b in without_clipping(audio, found).blocks()], axis=1)[0]
    border = slice(10 * RATE - 2_000, 10 * RATE + 2_000)
    assert snr(clean[border], made[border]) > snr(clean[border], clipped[border]) + 8.0


def test_repair_mends_all_that_is_wrong_at_once(tmp_path: Path):
    clean = singing(12.0)
    spoiled = cut(clean, 0.4)
    places = np.arange(3_000, len(clean) - 3_000, 20_000)
    for place in places:
        spoiled[place : place + 6] = [0.39, -0.39, 0.35, -0.3, 0.2, -0.1]
    made, edits, said = mended(repair(opened(spoiled), tmp_path))
    assert "clicks were filled in." in said and "drawn anew" in said
    assert "No mains hum was found." in said
    assert {event.label for event in edits.events} == {"click", "clipping"}
    assert [event.start for event in edits.events] == sorted(e.start for e in edits.events)
    assert snr(clean, made[0]) > snr(clean, spoiled) + 6.0


def test_what_was_repaired_is_said_in_portuguese_too(tmp_path: Path):
    loud = mended(repair_clipping(opened(cut(singing(6.0) * 3.0, 0.999)), tmp_path))[2]
    none = mended(repair(opened(chord(4.0)), tmp_path))[2]
    for sentence in (loud, none):
        said = in_words("pt", sentence)
        assert not {"the", "found", "were", "was", "down"} & set(said.lower().split()), said


@pytest.mark.parametrize("sample_rate", [8_000, 96_000])
def test_eight_channels_at_any_rate_are_mended(sample_rate: int, tmp_path: Path):
    clean = np.stack([singing(1.2, sample_rate, seed) * (0.5 + seed / 16) for seed in range(8)])
    clipped = np.stack([cut(channel, 0.3) for channel in clean])
    for tool in (repair_clipping, repair):
        made, _, said = mended(tool(opened(clipped, sample_rate), tmp_path))
        assert made.shape == clipped.shape and "drawn anew" in said
        assert snr(clean, made) > snr(clean, clipped) + 4.0
    for plain in (repair_clicks, remove_hum):
        result = plain(opened(clipped, sample_rate))
        assert isinstance(result, Noted)


@pytest.mark.parametrize("duration", [0.0005, 0.05])
def test_a_blink_of_sound_is_left_alone(duration: float, tmp_path: Path):
    blink = singing(0.2)[: round(duration * RATE)]
    for tool in (repair_clipping, repair):
        made, edits, _ = mended(tool(opened(blink), tmp_path))
        assert np.array_equal(made[0], blink) and edits.events == ()
