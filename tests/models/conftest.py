"""Real recordings and loaded models, shared by the tests of the model tier."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from scripts.recordings import FOREIGN_PROMPTS, JFK, LIBRIVOX, TWO_CITIES, pulled
from tonmeister.audio import Waveform
from tonmeister.models.bergamot import BERGAMOT, BergamotTexts, BergamotTranscripts
from tonmeister.models.gtcrn import GTCRN, Gtcrn
from tonmeister.models.kokoro import KOKORO, Kokoro
from tonmeister.models.kokoro_dub import KokoroDub
from tonmeister.models.silero import SileroVad
from tonmeister.models.whisper import WHISPER_BASE, WhisperBase
from tonmeister.models.whisper_translation import WhisperTranslation
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
def foreign_prompts() -> dict[str, list[tuple[Waveform, str]]]:
    """Telephone prompts by language, each with its meaning in English, written by hand."""
    folder = pulled(FOREIGN_PROMPTS)
    listed = Path(__file__).with_name("foreign_prompts.txt").read_text(encoding="utf-8")
    prompts: dict[str, list[tuple[Waveform, str]]] = {}
    for line in listed.splitlines():
        name, meaning = line.split("\t")
        prompts.setdefault(name[:2], []).append((mono_16k(folder / f"{name}.wav"), meaning))
    return prompts


@pytest.fixture(scope="session")
def bergamot() -> BergamotTexts:
    loaded = BergamotTexts()
    loaded.load(pulled(BERGAMOT), 1)
    return loaded


@pytest.fixture(scope="session")
def bergamot_transcripts() -> BergamotTranscripts:
    loaded = BergamotTranscripts()
    loaded.load(pulled(BERGAMOT), 1)
    return loaded


@pytest.fixture(scope="session")
def whisper_translation() -> WhisperTranslation:
    loaded = WhisperTranslation()
    loaded.load(pulled(WHISPER_BASE), 2)
    return loaded


@pytest.fixture(scope="session")
def kokoro_dub() -> KokoroDub:
    loaded = KokoroDub()
    loaded.load(pulled(KOKORO), 2)
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
