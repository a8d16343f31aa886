"""What mending brings back, on damage that was put into real recordings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.recordings import BLUES, TWO_CITIES, pulled
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.mending import (
    Mended,
    inpaint,
    remove_hum,
    repair,
    repair_clicks,
    repair_clipping,
)

pytestmark = pytest.mark.weights
Record = Callable[..., None]
MOST_HZ = 8_000.0


def excerpt(path: Path, start: float, duration: float) -> Waveform:
    rate = soundfile.info(str(path)).samplerate
    frames = round(duration * rate)
    samples, _ = soundfile.read(path, frames, round(start * rate), dtype="float32", always_2d=True)
    return Waveform(np.ascontiguousarray(samples.T, np.float32), rate)


@pytest.fixture(scope="module")
def recordings() -> dict[str, Waveform]:
    return {
        "music": excerpt(pulled(BLUES) / "city_blues.ogg", 20.0, 40.0),
        "speech": excerpt(pulled(TWO_CITIES) / "two_cities.wav", 0.0, 40.0),
    }


def recording_of(result: Mended | Audio | Noted) -> Audio:
    value = result.value if isinstance(result, Noted) else result
    value = value.recording if isinstance(value, Mended) else value
    assert isinstance(value, Audio)
    return value


def whole(result: Mended | Audio | Noted) -> Samples:
    return np.concatenate([block.samples for block in recording_of(result).blocks()], axis=1)


def snr(reference: Samples, estimate: Samples) -> float:
    error = np.sum((reference - estimate) ** 2) + 1e-20
    return float(10 * np.log10(np.sum(reference**2) / error))


def places(clean: Waveform, duration: float, count: int, beside: float = 3.0) -> list[float]:
    """Times at which gaps of a length hold sound, not a pause."""
    generator = np.random.default_rng(0)
    usual = float(np.std(clean.samples))
    found: list[float] = []
    while len(found) < count:
        start = round(float(generator.uniform(beside, clean.duration - beside - duration)), 3)
        if np.std(clean.part(start, start + duration).samples) > 0.3 * usual:
            found.append(start)
    return found


def filled(clean: Waveform, start: float, duration: float) -> tuple[Samples, Samples, slice]:
    """Return true and filled samples of a gap, and where it lies."""
    rate = clean.sample_rate
    gap = slice(round(start * rate), round((start + duration) * rate))
    damaged = clean.samples.copy()
    damaged[:, gap] = 0.0
    audio = Audio.from_waveform(Waveform(damaged, rate))
    made = whole(inpaint(audio, start, start + duration))
    return clean.samples[:, gap], made[:, gap], gap


def straight(clean: Waveform, gap: slice) -> Samples:
    count = gap.stop - gap.start
    ends = (clean.samples[:, gap.start - 1], clean.samples[:, gap.stop])
    return np.linspace(*ends, count + 2, axis=1)[:, 1:-1].astype(np.float32)


@pytest.mark.parametrize("kind", ["music", "speech"])
@pytest.mark.parametrize("gap_ms", [10, 20, 40])
def test_short_gaps(capability: Record, recordings: dict[str, Waveform], kind: str, gap_ms: int):
    clean = recordings[kind]
    ours: list[float] = []
    lines: list[float] = []
    for start in places(clean, gap_ms / 1000, 16):
        truth, made, gap = filled(clean, start, gap_ms / 1000)
        ours.append(snr(truth, made))
        lines.append(snr(truth, straight(clean, gap)))
    capability(
        tool="inpaint",
        model="autoregressive",
        data=f"{kind}, 16 gaps of {gap_ms} ms",
        measure="median SNR in the gap",
        value=round(float(np.median(ours)), 1),
        unit="dB",
        reference=f"straight line: {np.median(lines):.1f} dB, silence: 0",
    )
    # What is expected of 20 ms of speech and more is no better than silence, and no worse.
    expected = {10: 12.0, 20: 10.0, 40: 6.0} if kind == "music" else {10: 3.0, 20: -1.0, 40: -1.0}
    assert np.median(ours) > max(expected[gap_ms], np.median(lines))


def levels_db(samples: Samples, sample_rate: int) -> Samples:
    """Level in 24 bands up to 8 kHz, every 10 ms."""
    size, hop = 1 << round(0.02 * sample_rate).bit_length(), round(0.01 * sample_rate)
    views = np.lib.stride_tricks.sliding_window_view(samples.mean(axis=0), size)[::hop]
    powers = np.abs(np.fft.rfft(views * np.hanning(size))) ** 2 / size
    edges = np.unique(np.geomspace(60.0, MOST_HZ, 25) * size / sample_rate).astype(int)
    bands = np.add.reduceat(powers, np.unique(edges), axis=1)[:, :-1]
    return (10 * np.log10(bands + 1e-6)).astype(np.float32)


def distance_db(truth: Samples, made: Samples, sample_rate: int) -> float:
    difference = levels_db(truth, sample_rate) - levels_db(made, sample_rate)
    return float(np.mean(np.sqrt(np.mean(difference**2, axis=1))))


@pytest.mark.parametrize("kind", ["music", "speech"])
@pytest.mark.parametrize("gap_ms", [200, 1000])
def test_longer_gaps(capability: Record, recordings: dict[str, Waveform], kind: str, gap_ms: int):
    clean = recordings[kind]
    distances: dict[str, list[float]] = {"ours": [], "silence": [], "anywhere": []}
    generator = np.random.default_rng(1)
    for start in places(clean, gap_ms / 1000, 6):
        truth, made, _ = filled(clean, start, gap_ms / 1000)
        other = int(generator.integers(0, clean.num_frames - truth.shape[1]))
        rivals = {
            "ours": made,
            "silence": np.zeros_like(truth),
            "anywhere": clean.samples[:, other : other + truth.shape[1]],
        }
        for name, rival in rivals.items():
            distances[name].append(distance_db(truth, rival, clean.sample_rate))
    ours, silence, anywhere = (float(np.mean(values)) for values in distances.values())
    capability(
        tool="inpaint",
        model="matched copy",
        data=f"{kind}, 6 gaps of {gap_ms / 1000:g} s",
        measure="log-spectral distance",
        value=round(ours, 1),
        unit="dB",
        reference=f"silence: {silence:.1f}, any passage: {anywhere:.1f} dB",
    )
    assert ours < 0.8 * silence
    assert ours < anywhere + 0.5


@pytest.mark.parametrize("kind", ["music", "speech"])
def test_a_whistle_in_a_band(capability: Record, recordings: dict[str, Waveform], kind: str):
    clean = recordings[kind]
    rate, duration = clean.sample_rate, 0.4
    count = round(duration * rate)
    times = np.arange(count) / rate
    whistle = 0.3 * np.hanning(count) * np.sin(2 * np.pi * (2000 * times + 300 * times**2))
    before: list[float] = []
    after: list[float] = []
    for start in places(clean, duration, 4):
        gap = slice(round(start * rate), round(start * rate) + count)
        noisy = clean.samples.copy()
        noisy[:, gap] += whistle.astype(np.float32)
        audio = Audio.from_waveform(Waveform(noisy, rate))
        made = whole(inpaint(audio, start, start + duration, 1_800.0, 2_500.0))
        before.append(snr(clean.samples[:, gap], noisy[:, gap]))
        after.append(snr(clean.samples[:, gap], made[:, gap]))
    capability(
        tool="inpaint",
        model="matched copy",
        data=f"{kind}, 4 whistles of 0.4 s, box of 1.8 to 2.5 kHz",
        measure="median SNR in the box's time",
        value=round(float(np.median(after)), 1),
        unit="dB",
        reference=f"before: {np.median(before):.1f} dB",
    )
    assert np.median(after) > np.median(before) + 15.0


@pytest.mark.parametrize("kind", ["music", "speech"])
@pytest.mark.parametrize("level", [0.2, 0.3, 0.5, 0.7])
def test_clipped_peaks(
    capability: Record, recordings: dict[str, Waveform], kind: str, level: float, tmp_path: Path
):
    clean = recordings[kind].part(2.0, 12.0)
    samples = 0.9 * clean.samples / np.max(np.abs(clean.samples))
    cut = 0.9 * level
    clipped = np.clip(samples, -cut, cut).astype(np.float32)
    made = whole(
        repair_clipping(Audio.from_waveform(Waveform(clipped, clean.sample_rate)), tmp_path)
    )
    # Turned down or not: the scale of the whole is no error.
    kept = np.abs(samples) < 0.99 * cut
    made = made * np.float32(np.sum(made[kept] * samples[kept]) / np.sum(made[kept] ** 2))
    before, after = snr(samples, clipped), snr(samples, made)
    share = 100 * float(np.mean(np.abs(samples) >= cut))
    capability(
        tool="repair_clipping",
        model="A-SPADE",
        data=f"{kind}, 10 s, cut at {level:g} of its peak ({share:.2g} % of the samples)",
        measure="SDR",
        value=round(after, 1),
        unit="dB",
        reference=f"before: {before:.1f} dB",
    )
    assert after > before + 8.0


def test_hum_and_clicks(capability: Record, recordings: dict[str, Waveform]):
    clean = recordings["speech"].part(0.0, 12.0).resampled(16_000)
    reading, rate = clean.samples[0], clean.sample_rate
    times = np.arange(len(reading)) / rate
    shares = {1: 1.0, 2: 0.5, 3: 0.7, 5: 0.3}
    hum = sum(share * np.sin(2 * np.pi * k * 50.03 * times + k) for k, share in shares.items())
    level = np.sqrt(np.sum(reading**2) / np.sum(np.asarray(hum) ** 2)) * 10 ** (-5.0 / 20)
    humming = (reading + level * hum).astype(np.float32)
    clicked = reading.copy()
    generator = np.random.default_rng(0)
    for place in generator.choice(np.arange(1_000, len(reading) - 1_000, 900), 40, False):
        clicked[place : place + 8] += (0.2 * generator.standard_normal(8)).astype(np.float32)
    for tool, mend, name, spoiled in (
        ("remove_hum", remove_hum, "hum", humming),
        ("repair_clicks", repair_clicks, "clicks", clicked),
    ):
        made = whole(mend(Audio.from_waveform(Waveform(spoiled[np.newaxis], rate))))[0]
        before, after = snr(reading, spoiled), snr(reading, made)
        capability(
            tool=tool,
            model="signal processing",
            data=f"one reader, 12 s, {name} put in",
            measure="SNR",
            value=round(after, 1),
            unit="dB",
            reference=f"before: {before:.1f} dB",
        )
        assert after > before + 8.0


def test_clean_recordings_are_left_alone(
    capability: Record, recordings: dict[str, Waveform], tmp_path: Path
):
    touched = 0
    for clean in recordings.values():
        audio = Audio.from_waveform(clean)
        for result in (repair_clipping(audio, tmp_path), remove_hum(audio)):
            touched += not np.array_equal(whole(result), clean.samples)
    clicks = repair(Audio.from_waveform(recordings["speech"]), tmp_path)
    assert isinstance(clicks, Noted) and isinstance(clicks.value, Mended)
    capability(
        tool="repair",
        model="signal processing",
        data="40 s each of clean music and speech",
        measure="clipping or hum found where there is none",
        value=touched,
        unit="recordings",
    )
    capability(
        tool="repair_clicks",
        model="signal processing",
        data="40 s of clean speech",
        measure="false clicks",
        value=len(clicks.value.edits.events),
        unit="clicks",
    )
    assert touched == 0
    assert len(clicks.value.edits.events) <= 4
