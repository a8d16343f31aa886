"""What enhancement and restoration of speech bring, on real voices with real disturbances."""

import importlib.util
import re
from collections.abc import Callable
from typing import Any

import jiwer
import numpy as np
import pytest
from scipy.signal import fftconvolve

from scripts.recordings import BABBLE, LIBRIVOX, TRAFFIC, TWO_CITIES, pulled
from tests.capability.extent import some
from tests.models.conftest import mono_16k
from tonmeister.artifacts import Noted, Transcript
from tonmeister.audio import Samples, Waveform
from tonmeister.models.deepfilternet import DEEPFILTERNET3, DeepFilterNet3
from tonmeister.models.dnsmos import DNSMOS, Opinion
from tonmeister.models.gtcrn import GTCRN, Gtcrn
from tonmeister.models.whisper import WHISPER_BASE, WhisperBase
from tonmeister.streaming import Audio
from tonmeister.tools.restoration import extend_bandwidth, reduce_reverb

pytestmark = pytest.mark.weights

RATE = 16_000
CLIPS = ("0870", "0920")
MODELS = {"gtcrn": Gtcrn, "deepfilternet3": DeepFilterNet3}
WEIGHTS = {"gtcrn": GTCRN, "deepfilternet3": DEEPFILTERNET3}
LEVELS_DB = (0.0, 5.0, 10.0)
SOURCES = "LibriVox, 13 s; babble of six telephone voices, LinCity-NG traffic"
Record = Callable[..., None]


@pytest.fixture(scope="module")
def speech() -> Samples:
    folder = pulled(LIBRIVOX)
    return np.concatenate([mono_16k(folder / f"{clip}.wav").samples[0] for clip in CLIPS])


@pytest.fixture(scope="module")
def librivox() -> list[tuple[Waveform, str]]:
    folder = pulled(LIBRIVOX)
    lines = (folder / "transcription.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"<s> (.*) </s> \(.*-(\d+)\)", line.strip()) for line in lines]
    return [(mono_16k(folder / f"{match[2]}.wav"), match[1]) for match in found if match]


@pytest.fixture(scope="module")
def reading() -> Samples:
    return mono_16k(pulled(TWO_CITIES) / "two_cities.wav").part(0.0, 12.0).samples[0]


@pytest.fixture(scope="module")
def opinion() -> Opinion:
    return Opinion(pulled(DNSMOS) / "sig_bak_ovr.onnx", 2)


@pytest.fixture(scope="module")
def noises() -> dict[str, Samples]:
    voices = [
        mono_16k(pulled(BABBLE) / language / "demo-instruct.wav") for language in ("en", "it", "ru")
    ]
    pieces = [
        voice.part(start, start + 20.0).samples[0] for voice in voices for start in (4.0, 30.0)
    ]
    street = [
        mono_16k(pulled(TRAFFIC) / f"TraficHigh{index}.wav").samples[0] for index in (1, 2, 3)
    ]
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(20 * RATE))
    pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 400)))
    return {
        "babble": np.sum([piece / np.std(piece) for piece in pieces], axis=0),
        "pink noise": pink.astype(np.float32),
        "traffic": np.concatenate([*street, *street]),
    }


def mixed(clean: Samples, noise: Samples, snr_db: float) -> Samples:
    added = np.resize(noise, len(clean))
    gain = np.sqrt(np.mean(clean**2) / np.mean(added**2) / 10 ** (snr_db / 10))
    return (clean + gain * added).astype(np.float32)


def whole(result: Any) -> Samples:
    sound: Audio = result.value if isinstance(result, Noted) else result
    return np.concatenate([block.samples for block in sound.blocks()], axis=1)


def opened(samples: Samples, sample_rate: int = RATE) -> Audio:
    return Audio.from_waveform(Waveform(samples, sample_rate))


def si_sdr(reference: Samples, estimate: Samples) -> float:
    """Scale-invariant signal-to-distortion ratio in dB (Le Roux et al., 2019)."""
    target = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * np.log10((target @ target) / np.sum((estimate - target) ** 2)))


def scores(clean: Samples, made: Samples, opinion: Opinion | None) -> dict[str, float]:
    from pystoi import stoi

    found = {"SI-SDR": si_sdr(clean, made), "STOI": float(stoi(clean, made, RATE))}
    if opinion is not None:
        found["DNSMOS OVRL"] = opinion.rate(made[: 9 * RATE])["ovrl"]
    # PESQ has no wheels: it is measured where the dependency group "pesq" is installed.
    if importlib.util.find_spec("pesq"):
        from pesq import pesq

        found["PESQ"] = float(pesq(RATE, clean, made, "wb"))
    return found


UNITS = {"SI-SDR": "dB"}
GAINS = {"SI-SDR": 1.0, "PESQ": 0.1, "DNSMOS OVRL": 0.2}
"""What enhancement brings at least, on average over 0, 5 and 10 dB."""


@pytest.mark.parametrize("noise", ["babble", "pink noise", "traffic"])
def test_enhancement_improves_what_listeners_and_meters_hear(
    capability: Record,
    speech: Samples,
    noises: dict[str, Samples],
    opinion: Opinion,
    noise: str,
):
    levels = some(LEVELS_DB, 2)
    mixtures = {level: mixed(speech, noises[noise], level) for level in levels}
    before = {level: scores(speech, mixtures[level], opinion) for level in levels}
    for name, adapter in MODELS.items():
        model = adapter()
        model.load(pulled(WEIGHTS[name]), 1)
        after = {
            level: scores(speech, whole(model(opened(mixtures[level]), 1.0))[0], opinion)
            for level in levels
        }
        for measure in before[levels[0]]:
            for level in levels:
                old = before[level][measure]
                capability(
                    tool="enhance_speech",
                    model=name,
                    data=f"{noise} at {level:g} dB, {SOURCES}",
                    measure=measure,
                    value=round(after[level][measure], 3),
                    unit=UNITS.get(measure, ""),
                    reference=f"before: {old:.2f}",
                )
            gain = np.mean([after[one][measure] - before[one][measure] for one in levels])
            assert gain > GAINS.get(measure, -0.03), f"{name}, {measure}"


def test_a_transcript_neither_gains_nor_loses_much_by_enhancement(
    capability: Record, librivox: list[tuple[Waveform, str]], noises: dict[str, Samples]
):
    """Whisper was trained on noisy speech; what enhancement takes away it misses as often."""
    whisper = WhisperBase()
    whisper.load(pulled(WHISPER_BASE), 2)
    clips = [clip for clip in librivox if clip[0].duration > 3.1]
    clean = np.concatenate([clip.samples[0] for clip, _ in clips])
    words = " ".join(text for _, text in clips)
    mixture = mixed(clean, noises["babble"], 5.0)
    before = _error_rate(whisper, mixture, words)
    for name, adapter in MODELS.items():
        model = adapter()
        model.load(pulled(WEIGHTS[name]), 1)
        after = _error_rate(whisper, whole(model(opened(mixture), 1.0))[0], words)
        capability(
            tool="enhance_speech",
            model=name,
            data=f"babble at 5 dB; LibriVox, {len(clean) / RATE:.0f} s, {len(words.split())} words",
            measure="WER of Whisper base",
            value=round(100 * after, 1),
            unit="%",
            reference=f"before: {100 * before:.1f} %",
        )
        assert abs(after - before) < 0.1, name


def _error_rate(whisper: WhisperBase, samples: Samples, words: str) -> float:
    heard = whisper(opened(samples), "en")
    transcript = heard.value if isinstance(heard, Noted) else heard
    assert isinstance(transcript, Transcript)
    return float(jiwer.wer(_plain(words), _plain(transcript.text)))


def _plain(text: str) -> str:
    kept = (letter if letter.isalnum() or letter in "' " else " " for letter in text.lower())
    return " ".join("".join(kept).split())


@pytest.mark.parametrize("num_channels", [1, 2])
def test_speech_in_a_room_comes_closer(capability: Record, reading: Samples, num_channels: int):
    generator = np.random.default_rng(3)
    times = np.arange(round(0.8 * RATE)) / RATE
    tails = generator.standard_normal((num_channels, len(times))) * 10 ** (-3 * times / 0.7)
    tails[:, : round(0.0025 * RATE)] = 0.0
    tails /= np.sqrt(np.sum(tails**2, axis=1, keepdims=True))
    tails[:, 0] = 1.0
    wet = np.stack([fftconvolve(reading, tail)[: len(reading)] for tail in tails])
    made = whole(reduce_reverb(opened(wet.astype(np.float32))))
    before, after = (scores(reading, each[0].astype(np.float32), None) for each in (wet, made))
    for measure, value in after.items():
        capability(
            tool="reduce_reverb",
            model="WPE",
            data=f"one reader, {num_channels} channels, decaying noise, RT60 0.7 s, direct 0 dB",
            measure=measure,
            value=round(value, 3),
            unit=UNITS.get(measure, ""),
            reference=f"before: {before[measure]:.2f}",
        )
        assert value > before[measure]


def test_the_octave_above_the_telephone_is_nearer_than_none(capability: Record, reading: Samples):
    narrow = Waveform(reading, RATE).resampled(8_000)
    made = Waveform(whole(extend_bandwidth(Audio.from_waveform(narrow))), 48_000).resampled(RATE)
    before = _distance(reading, narrow.resampled(RATE).samples[0])
    after = _distance(reading, made.samples[0])
    capability(
        tool="extend_bandwidth",
        model="spectral band replication",
        data="one reader, 12 s, cut to 8 kHz",
        measure="log-spectral distance 4 to 8 kHz",
        value=round(after, 2),
        unit="decades",
        reference=f"before: {before:.2f}",
    )
    assert after < 0.6 * before


def _distance(reference: Samples, estimate: Samples) -> float:
    count = min(len(reference), len(estimate))
    levels = []
    for samples in (reference[:count], estimate[:count]):
        views = np.lib.stride_tricks.sliding_window_view(samples, 2048)[::512] * np.hanning(2048)
        levels.append(np.log10(np.abs(np.fft.rfft(views)) ** 2 + 1e-8)[:, 512:])
    return float(np.mean(np.sqrt(np.mean((levels[0] - levels[1]) ** 2, axis=1))))
