"""Real recordings and loaded models, shared by the tests of the model tier."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.dialogues import utterances
from scripts.recordings import JFK, LIBRIVOX, TWO_CITIES, pulled
from tonmeister.audio import Samples, Waveform
from tonmeister.models.campplus import (
    CAMPPLUS,
    CampplusDiarizer,
    CampplusIdentifier,
    CampplusSeparator,
    CampplusVerifier,
)
from tonmeister.models.gtcrn import GTCRN, Gtcrn
from tonmeister.models.kokoro import KOKORO, Kokoro
from tonmeister.models.silero import SileroVad
from tonmeister.models.whisper import WHISPER_BASE, WhisperBase
from tonmeister.models.yamnet import YAMNET, Yamnet, YamnetDescriber


def mono_16k(path: Path) -> Waveform:
    samples, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    return Waveform(np.ascontiguousarray(samples.T), sample_rate).to_mono().resampled(16_000)


@pytest.fixture(scope="session")
def two_cities_file() -> Path:
    return pulled(TWO_CITIES) / "two_cities.wav"


@pytest.fixture(scope="session")
def two_cities(two_cities_file: Path) -> Waveform:
    """44 s of one reader."""
    return mono_16k(two_cities_file)


@pytest.fixture(scope="session")
def librivox() -> list[tuple[Waveform, str]]:
    """Clips of one reader, each with what is said."""
    folder = pulled(LIBRIVOX)
    lines = (folder / "transcription.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"<s> (.*) </s> \(.*-(\d+)\)", line.strip()) for line in lines]
    return [(mono_16k(folder / f"{match[2]}.wav"), match[1]) for match in found if match]


@pytest.fixture(scope="session")
def jfk() -> Waveform:
    """11 s of a speech with the noise of its time."""
    return mono_16k(pulled(JFK) / "jfk.mp3")


@pytest.fixture(scope="session")
def pieces() -> dict[str, list[Samples]]:
    """What nine people say, cut at pauses."""
    return utterances()


@pytest.fixture(scope="session")
def diarizer() -> CampplusDiarizer:
    loaded = CampplusDiarizer()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def separator() -> CampplusSeparator:
    loaded = CampplusSeparator()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def identifier() -> CampplusIdentifier:
    loaded = CampplusIdentifier()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def verifier() -> CampplusVerifier:
    loaded = CampplusVerifier()
    loaded.load(pulled(CAMPPLUS), 2)
    return loaded


@pytest.fixture(scope="session")
def whisper() -> WhisperBase:
    loaded = WhisperBase()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def silero() -> SileroVad:
    loaded = SileroVad()
    loaded.load(None, 1)
    return loaded


@pytest.fixture(scope="session")
def gtcrn() -> Gtcrn:
    loaded = Gtcrn()
    loaded.load(pulled(GTCRN), 1)
    return loaded


@pytest.fixture(scope="session")
def kokoro() -> Kokoro:
    loaded = Kokoro()
    loaded.load(pulled(KOKORO), 2)
    return loaded


@pytest.fixture(scope="session")
def yamnet() -> Yamnet:
    loaded = Yamnet()
    loaded.load(pulled(YAMNET), 1)
    return loaded


@pytest.fixture(scope="session")
def describer() -> YamnetDescriber:
    loaded = YamnetDescriber()
    loaded.load(pulled(YAMNET), 1)
    return loaded
