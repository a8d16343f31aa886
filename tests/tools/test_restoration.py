from pathlib import Path

import numpy as np
import pytest
from scipy.signal import fftconvolve, lfilter

from scripts.recordings import LIBRIVOX, TWO_CITIES, pulled
from tests.models.conftest import mono_16k
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.testing import tone
from tonmeister.tools.bandwidth import content_limit_hz
from tonmeister.tools.clicks import find_clicks
from tonmeister.tools.hum import find_hum
from tonmeister.tools.margins import pieces_with_margins
from tonmeister.tools.mending import Mended, remove_hum, repair, repair_clicks
from tonmeister.tools.restoration import extend_bandwidth, reduce_reverb

RATE = 16_000


def opened(samples: Samples, sample_rate: int = RATE) -> Audio:
    return Audio.from_waveform(Waveform(samples, sample_rate))


def whole(result: Audio | Mended | Noted) -> Samples:
    sound = result.value if isinstance(result, Noted) else result
    sound = sound.recording if isinstance(sound, Mended) else sound
    assert isinstance(sound, Audio)
    made = np.concatenate([block.samples for block in sound.blocks()], axis=1)
    assert sound.num_frames == made.shape[1]
    return made


def said(result: Audio | Mended | Noted) -> str:
    assert isinstance(result, Noted)
    return " ".join(result.notes)


def snr(reference: Samples, estimate: Samples) -> float:
    return float(
        10 * np.log10(np.sum(reference**2) / (np.sum((reference - estimate) ** 2) + 1e-20))
    )


def babbling(duration: float, seed: int = 0, sample_rate: int = RATE) -> Samples:
    """Noise with formants that comes in syllables: speech enough for linear prediction."""
    generator = np.random.default_rng(seed)
    count = round(duration * sample_rate)
    voice = lfilter([1.0], [1.0, -1.6, 0.9], generator.standard_normal(count))
    beat = np.maximum(0.05, np.sin(2 * np.pi * 3.0 * np.arange(count) / sample_rate)) ** 2
    voice = voice * beat
    return (0.2 * voice / np.max(np.abs(voice))).astype(np.float32)


def hum(count: int, frequency_hz: float, sample_rate: int = RATE) -> Samples:
    times = np.arange(count) / sample_rate
    parts = {1: 1.0, 2: 0.5, 3: 0.7, 5: 0.3}
    made = sum(
        share * np.sin(2 * np.pi * k * frequency_hz * times + k) for k, share in parts.items()
    )
    return np.asarray(made, np.float32)


def scratched(samples: Samples, count: int, sample_rate: int = RATE) -> tuple[Samples, list[int]]:
    generator = np.random.default_rng(3)
    places = sorted(generator.choice(np.arange(2_000, len(samples) - 2_000, 1_500), count, False))
    spoiled, peak = samples.copy(), float(np.max(np.abs(samples)))
    for place in places:
        length = 1 + round(generator.uniform(0.0001, 0.0008) * sample_rate)
        fade = np.exp(-2.0 * np.arange(length) / length)
        spoiled[place : place + length] += generator.choice([-1, 1]) * peak * fade
    return spoiled, [int(place) for place in places]


@pytest.fixture(scope="module")
def reading() -> Samples:
    return mono_16k(pulled(TWO_CITIES) / "two_cities.wav").part(0.0, 14.0).samples[0]


@pytest.mark.parametrize("frames", [0, 1, 7, 100, 1_000, 30_001])
def test_pieces_cover_a_recording_once_and_bring_their_margins(frames: int):
    samples = np.arange(frames, dtype=np.float32)[np.newaxis]
    seen: list[Samples] = []
    for piece in pieces_with_margins(opened(samples, 1_000), 0.1, 0.03):
        assert np.array_equal(
            piece.samples[0], samples[0, piece.offset :][: piece.samples.shape[1]]
        )
        assert piece.first == min(30, piece.offset + piece.first)
        assert piece.samples.shape[1] - piece.last == min(30, frames - piece.offset - piece.last)
        seen.append(piece.samples[:, piece.first : piece.last])
    assert np.array_equal(np.concatenate([np.zeros((1, 0), np.float32), *seen], axis=1), samples)


@pytest.mark.parametrize("frequency_hz", [49.95, 50.0, 60.0, 60.08])
@pytest.mark.parametrize("sample_rate", [8_000, 44_100])
def test_a_hum_is_found_at_its_frequency_and_goes(frequency_hz: float, sample_rate: int):
    clean = babbling(25.0, sample_rate=sample_rate)
    mixture = clean + 0.02 * hum(len(clean), frequency_hz, sample_rate)
    found = find_hum(opened(mixture, sample_rate))
    assert found is not None and found.frequency_hz == pytest.approx(frequency_hz, abs=0.1)
    assert {1, 2, 3} <= set(found.harmonics) <= {1, 2, 3, 5}
    result = remove_hum(opened(mixture, sample_rate))
    assert f"{frequency_hz:.0f}" in said(result) and "was removed" in said(result)
    assert snr(clean, whole(result)[0]) > snr(clean, mixture) + 15.0


def test_a_hum_that_drifts_is_followed():
    clean = babbling(30.0)
    drift = np.cumsum(50.0 + 0.05 * np.sin(2 * np.pi * np.arange(len(clean)) / len(clean))) / RATE
    mixture = clean + 0.05 * np.sin(2 * np.pi * drift).astype(np.float32)
    assert snr(clean, whole(remove_hum(opened(mixture)))[0]) > snr(clean, mixture) + 12.0


@pytest.mark.parametrize("tone_hz", [49.0, 55.0, 61.7, 98.0, 220.0])
def test_a_held_note_is_no_hum(tone_hz: float):
    note = tone(tone_hz, 8.0, RATE, amplitude=0.1).samples[0] + babbling(8.0)
    result = remove_hum(opened(note))
    assert "No mains hum was found." in said(result)
    assert np.array_equal(whole(result)[0], note)


def test_what_is_too_short_to_tell_is_said():
    assert "3 s or more" in said(remove_hum(opened(hum(RATE, 50.0) * 0.1)))


@pytest.mark.weights
@pytest.mark.parametrize("sample_rate", [8_000, 16_000, 44_100])
def test_clicks_in_speech_are_counted_and_filled_in(reading: Samples, sample_rate: int):
    clean = Waveform(reading, RATE).part(0.0, 8.0).resampled(sample_rate).samples[0]
    spoiled, places = scratched(clean, 20, sample_rate)
    found = find_clicks(opened(spoiled, sample_rate))
    hit = [any(gap.first <= place < gap.last for gap in found) for place in places]
    assert np.mean(hit) >= 0.9 and len(found) <= len(places) + 2
    result = repair_clicks(opened(spoiled, sample_rate))
    assert f"{len(found)} clicks were filled in." in said(result)
    assert snr(clean, whole(result)[0]) > snr(clean, spoiled) + 10.0


def chord(duration: float) -> Samples:
    tones = [tone(hz, duration, RATE, amplitude=0.1).samples[0] for hz in (220.0, 277.0, 330.0)]
    hiss = np.random.default_rng(5).normal(0.0, 1e-3, len(tones[0]))
    return np.asarray(np.sum(tones, axis=0) + hiss, np.float32)


def test_a_click_on_one_channel_leaves_the_other_alone(tmp_path: Path):
    clean = np.stack([chord(4.0), chord(4.0)])
    spoiled = clean.copy()
    spoiled[1], _ = scratched(clean[1], 5)
    result = repair(opened(spoiled), tmp_path)
    made = whole(result)
    assert "5 clicks were filled in." in said(result)
    assert np.array_equal(made[0], clean[0])
    assert snr(clean[1], made[1]) > snr(clean[1], spoiled[1]) + 15.0


def test_hum_and_clicks_are_both_repaired_across_blocks(tmp_path: Path):
    clean = chord(25.0)
    spoiled, _ = scratched(clean + 0.02 * hum(len(clean), 60.0), 40)
    result = repair(opened(spoiled), tmp_path)
    assert "clicks were filled in." in said(result) and "hum of 60" in said(result)
    assert snr(clean, whole(result)[0]) > 15.0


@pytest.mark.weights
def test_clean_speech_is_hardly_touched_by_repair(reading: Samples, tmp_path: Path):
    folder = pulled(LIBRIVOX)
    clips = [mono_16k(folder / f"{clip}.wav").samples[0] for clip in ("0880", "0890", "0920")]
    for clip in clips:
        result = repair_clicks(opened(clip))
        assert "No clicks" in said(result) and np.array_equal(whole(result)[0], clip)
    result = repair(opened(reading), tmp_path)
    assert "No mains hum" in said(result)
    assert snr(reading, whole(result)[0]) > 40.0


def room(rt60: float, num_channels: int, seed: int = 3) -> Samples:
    """Impulse responses: the direct sound, then noise that decays by 60 dB in a known time."""
    generator = np.random.default_rng(seed)
    times = np.arange(round(1.2 * rt60 * RATE)) / RATE
    tails = generator.standard_normal((num_channels, len(times))) * 10 ** (-3 * times / rt60)
    tails[:, : round(0.0025 * RATE)] = 0.0
    tails /= np.sqrt(np.sum(tails**2, axis=1, keepdims=True))
    tails[:, 0] = 1.0
    return tails.astype(np.float32)


@pytest.mark.weights
@pytest.mark.parametrize(("num_channels", "gain_db"), [(1, 1.0), (2, 4.0)])
def test_reverberation_is_reduced_more_with_more_channels(
    reading: Samples, num_channels: int, gain_db: float
):
    wet = np.stack([fftconvolve(reading, each)[: len(reading)] for each in room(0.7, num_channels)])
    made = whole(reduce_reverb(opened(wet.astype(np.float32))))
    assert made.shape == wet.shape
    assert _si_sdr(reading, made[0]) > _si_sdr(reading, wet[0]) + gain_db
    half = whole(reduce_reverb(opened(wet.astype(np.float32)), strength=0.5))
    assert np.allclose(half, (made + wet) / 2, atol=1e-4)


@pytest.mark.weights
def test_dry_speech_stays_what_it_is(reading: Samples):
    assert _si_sdr(reading, whole(reduce_reverb(opened(reading)))[0]) > 15.0


def _si_sdr(reference: Samples, estimate: Samples) -> float:
    target = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * np.log10((target @ target) / np.sum((estimate - target) ** 2)))


def test_identical_channels_stay_identical_and_blocks_join():
    speech = babbling(40.0, sample_rate=8_000)
    made = whole(reduce_reverb(opened(np.stack([speech, speech]), 8_000)))
    assert np.array_equal(made[0], made[1]) and made.shape == (2, len(speech))
    steps = np.abs(np.diff(made[0]))
    assert steps.max() < 1.5 * np.abs(np.diff(speech)).max()
    assert whole(reduce_reverb(opened(speech, 8_000), strength=0.0)).shape == (1, len(speech))


def test_nothing_is_extended_where_nothing_lacks_or_nothing_is():
    wide = babbling(5.0, sample_rate=44_100)
    wide += (
        np.float32(0.1)
        * np.random.default_rng(0).standard_normal(len(wide)).astype(np.float32)
        * np.repeat(np.arange(10) % 2, len(wide) // 10 + 1)[: len(wide)].astype(np.float32)
    )
    for samples in (wide, np.zeros(44_100, np.float32)):
        result = extend_bandwidth(opened(samples, 44_100))
        assert "nothing to extend" in said(result)
        assert np.array_equal(whole(result)[0], samples)


@pytest.mark.weights
def test_speech_in_a_wide_file_is_known_to_be_narrow():
    import soundfile

    samples, rate = soundfile.read(pulled(TWO_CITIES) / "two_cities.wav", dtype="float32")
    assert rate == 48_000
    assert content_limit_hz(opened(samples[: 10 * rate], rate)) == pytest.approx(8_000, abs=500)


@pytest.mark.weights
def test_the_missing_octave_of_telephone_speech_is_estimated(reading: Samples):
    narrow = Waveform(reading, RATE).resampled(8_000)
    result = extend_bandwidth(Audio.from_waveform(narrow))
    assert "estimated" in said(result) and "48000 Hz" in said(result)
    made = whole(result)
    assert made.shape[1] == 6 * narrow.num_frames
    plain = narrow.resampled(RATE).samples[0]
    wide = Waveform(made, 48_000).resampled(RATE).samples[0]
    assert _distance(reading, wide, 4_000, 8_000) < 0.6 * _distance(reading, plain, 4_000, 8_000)
    assert _distance(plain, wide, 0, 3_500) < 0.05


def _distance(reference: Samples, estimate: Samples, low_hz: float, high_hz: float) -> float:
    """Log-spectral distance in a band, in decades of power (Gray & Markel, 1976)."""
    count = min(len(reference), len(estimate))
    first, last = (round(hz / RATE * 2048) for hz in (low_hz, high_hz))
    spectra = []
    for samples in (reference[:count], estimate[:count]):
        views = np.lib.stride_tricks.sliding_window_view(samples, 2048)[::512] * np.hanning(2048)
        spectra.append(np.log10(np.abs(np.fft.rfft(views)) ** 2 + 1e-8)[:, first:last])
    return float(np.mean(np.sqrt(np.mean((spectra[0] - spectra[1]) ** 2, axis=1))))
