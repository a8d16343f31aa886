import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from tonmeister.artifacts import Kind
from tonmeister.config import Settings
from tonmeister.errors import AudioError, RunCancelled
from tonmeister.ingestion import ingest
from tonmeister.store import Store
from tonmeister.testing import tone

GO = threading.Event()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store(settings.home) as opened:
        yield opened


def test_a_recording_is_decoded_and_its_facts_are_known(
    store: Store, settings: Settings, tmp_path: Path
):
    made = tone(440.0, 1.5, 22_050, 2)
    soundfile.write(tmp_path / "são joão\n.flac", made.samples.T, made.sample_rate)
    artifact = ingest(tmp_path / "são joão\n.flac", store, settings, GO)
    assert (artifact.kind, artifact.name, artifact.recipe) == (Kind.AUDIO, "são joão\n", None)
    known = ("duration", "sample_rate", "num_channels", "container")
    assert [artifact.facts[name] for name in known] == [1.5, 22_050, 2, "flac"]
    samples, _ = soundfile.read(store.path(artifact), dtype="float32", always_2d=True)
    assert np.allclose(samples, made.samples.T, atol=1e-4)


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes UTF-8 only")
def test_a_name_that_is_no_text_is_handed_over(store: Store, settings: Settings, tmp_path: Path):
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    with path.open("wb") as file:
        soundfile.write(file, tone().samples.T, 16_000, format="WAV")
    assert ingest(path, store, settings, GO).name == "caf\ufffd"
    assert ingest(path, store, settings, GO).name == "caf\ufffd"


def test_the_same_file_again_is_the_same_artifact(store: Store, settings: Settings, tmp_path: Path):
    soundfile.write(tmp_path / "a.wav", tone().samples.T, 16_000)
    first = ingest(tmp_path / "a.wav", store, settings, GO)
    before = store.path(first).stat().st_ino
    second = ingest(tmp_path / "a.wav", store, settings, GO)
    assert second == first
    assert store.path(second).stat().st_ino == before  # it was not written again


def test_a_file_that_changed_is_another_artifact(store: Store, settings: Settings, tmp_path: Path):
    soundfile.write(tmp_path / "a.wav", tone(300.0).samples.T, 16_000)
    first = ingest(tmp_path / "a.wav", store, settings, GO)
    soundfile.write(tmp_path / "a.wav", tone(400.0).samples.T, 16_000)
    assert ingest(tmp_path / "a.wav", store, settings, GO).id != first.id


def test_a_picture_is_kept_as_it_is(store: Store, settings: Settings, tmp_path: Path):
    Image.new("RGB", (8, 8)).save(tmp_path / "cover.PNG")
    artifact = ingest(tmp_path / "cover.PNG", store, settings, GO)
    assert artifact.kind is Kind.IMAGE
    assert artifact.facts["suffix"] == "png"
    assert store.path(artifact).read_bytes() == (tmp_path / "cover.PNG").read_bytes()


@pytest.mark.parametrize("name", ["absent.wav", "x" * 5000, "folder", "empty.wav"])
def test_what_is_no_recording_is_one_error(
    store: Store, settings: Settings, tmp_path: Path, name: str
):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioError):
        ingest(tmp_path / name, store, settings, GO)


def test_cancelling_stops_the_decoding(store: Store, settings: Settings, tmp_path: Path):
    soundfile.write(tmp_path / "a.wav", tone().samples.T, 16_000)
    stop = threading.Event()
    stop.set()
    with pytest.raises(RunCancelled):
        ingest(tmp_path / "a.wav", store, settings, stop)
    assert ingest(tmp_path / "a.wav", store, settings, GO).facts["duration"] == 1.0
