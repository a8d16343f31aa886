"""The whole product on real models and real recordings, as a user meets it."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from scripts.recordings import LIBRIVOX, TWO_CITIES, pulled
from tonmeister.config import Settings, load_settings
from tonmeister.session import Session, Tonmeister


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Weights as pulled by ``make weights``, a ledger of its own, no language model."""
    home = tmp_path_factory.mktemp("e2e-home")
    return load_settings({"home": home, "pull": "never", "llm": "off"})


@pytest.fixture(scope="session")
def tonmeister(real_settings: Settings) -> Iterator[Tonmeister]:
    with Tonmeister(real_settings) as owner:
        yield owner


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tonmeister]:
    """As above, and weights that a test needs first are pulled."""
    settings = Settings(
        home=tmp_path_factory.mktemp("e2e"),
        weights=load_settings().weights,
        pull="always",
        llm="off",
        threads=2,
    )
    with Tonmeister(settings) as made:
        yield made


@pytest.fixture
def session(tonmeister: Tonmeister) -> Session:
    return tonmeister.session()


@pytest.fixture(scope="session")
def two_cities() -> Path:
    return pulled(TWO_CITIES) / "two_cities.wav"


@pytest.fixture
def talk(two_cities: Path, tmp_path: Path) -> Path:
    """Twelve seconds of a real reading under a name with a space and accents."""
    samples, sample_rate = soundfile.read(two_cities, dtype="float32")
    path = tmp_path / "gravação da manhã.wav"
    soundfile.write(path, samples[: 12 * sample_rate], sample_rate)
    return path


@pytest.fixture
def phone_recording(two_cities: Path, tmp_path: Path) -> Path:
    """The same seconds as an M4A, as phones record."""
    samples, sample_rate = soundfile.read(two_cities, dtype="float32")
    path = tmp_path / "interview.m4a"
    with av.open(str(path), "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=sample_rate, layout="mono")
        wanted = np.ascontiguousarray(samples[np.newaxis, : 12 * sample_rate])
        frame = av.AudioFrame.from_ndarray(wanted, format="fltp", layout="mono")
        frame.sample_rate = sample_rate
        for packet in (*stream.encode(frame), *stream.encode()):
            container.mux(packet)
    return path


@pytest.fixture(scope="session")
def librivox() -> list[tuple[Path, str]]:
    """Five clips of Sense and Sensibility, each with what is said."""
    folder = pulled(LIBRIVOX)
    lines = (folder / "transcription.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"<s> (.*) </s> \(.*-(\d+)\)", line.strip()) for line in lines]
    return [(folder / f"{match[2]}.wav", match[1]) for match in found if match]
