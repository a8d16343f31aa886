"""Searching folders of recordings: the index alone, and with real models on real recordings."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from scripts.recordings import TWO_CITIES, pulled
from scripts.sounds import EVENTS
from tonmeister.config import load_settings
from tonmeister.errors import AudioError, ConfigError, ToolInputError
from tonmeister.interfaces.cli import cli
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.yamnet import YAMNET
from tonmeister.session import Tonmeister
from tonmeister.soundsearch import SoundIndex, SoundSearch
from tonmeister.streaming import Audio
from tonmeister.tools.measuring import measure

LABELS = ("Dog", "Bark", "Bell")


def numbers(folder: Path, scores: tuple[float, ...], direction: tuple[float, ...]) -> Path:
    """Write what a worker would."""
    path = folder / "made.npz"
    np.savez(
        path,
        scores=np.array(scores, np.float16),
        times=np.arange(len(scores), dtype=np.float32),
        embedding=np.array(direction, np.float16),
        labels=np.char.encode(np.array(LABELS), "utf-8"),
        speech_share=0.25,
        music_share=0.0,
        loudness_lufs=float("nan"),
        duration=2.0,
    )
    return path


@pytest.fixture
def index(tmp_path: Path) -> SoundIndex:
    made = SoundIndex(tmp_path / "index")
    stat = tmp_path.stat()
    made.put("dog.wav", stat, numbers(tmp_path, (0.9, 0.8, 0.0), (1.0, 0.0, 0.1)))
    made.put("bell.wav", stat, numbers(tmp_path, (0.0, 0.1, 0.7), (0.0, 1.0, 0.1)))
    made.put("wolf.wav", stat, numbers(tmp_path, (0.2, 0.3, 0.0), (0.9, 0.1, 0.1)))
    return made


def test_words_find_what_is_heard_most_surely(index: SoundIndex):
    assert [name for _, name, _ in index.by_classes({"Dog": 1.0})] == [
        "dog.wav",
        "wolf.wav",
        "bell.wav",
    ]
    score, name, label = index.by_classes({"Bell": 1.0, "Dog": 0.5})[0]
    assert (name, LABELS[label]) == ("bell.wav", "Bell")
    assert score == pytest.approx(0.7, abs=0.01)


def test_an_example_finds_what_is_like_it(index: SoundIndex):
    ranked = index.by_example(np.array([1.0, 0.0, 0.1], np.float32))
    assert [name for _, name, _ in ranked] == ["dog.wav", "wolf.wav", "bell.wav"]


def test_an_index_is_kept_and_a_damaged_one_made_anew(index: SoundIndex, tmp_path: Path):
    index.save()
    again = SoundIndex(tmp_path / "index")
    assert (again.labels, again.entries) == (index.labels, index.entries)
    assert again.entries["dog.wav"].loudness_lufs is None
    assert again.by_classes({"Dog": 1.0}) == index.by_classes({"Dog": 1.0})
    kept = tmp_path / "index.npz"
    kept.write_bytes(kept.read_bytes()[:-400])
    assert SoundIndex(tmp_path / "index").entries == {}
    hidden = np.array([{"a": 1}], dtype=object)
    np.savez(kept, told=hidden, allow_pickle=True)
    assert SoundIndex(tmp_path / "index").entries == {}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "inside").mkdir()
    for file in EVENTS.files:
        shutil.copy(pulled(EVENTS) / file, folder / "inside" / Path(file).name)
    voice, rate = soundfile.read(pulled(TWO_CITIES) / "two_cities.wav", stop=10 * 48_000)
    soundfile.write(folder / "reading.flac", voice, rate)
    (folder / "broken.wav").write_bytes(b"RIFF\x00\x00")
    (folder / "notes.txt").write_text("no recording")
    return folder


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Tonmeister]:
    pulled(YAMNET), pulled(SOUND_WORDS)
    with Tonmeister(load_settings({"home": tmp_path / "home", "pull": "never"})) as made:
        yield made


@pytest.mark.weights
def test_a_folder_is_searched_by_words_of_several_languages(owner: Tonmeister, library: Path):
    search = SoundSearch(owner.studio)
    found, report = search.by_words(library, "a rooster crowing")
    assert (report.total, report.listened) == (len(EVENTS.files) + 1, len(EVENTS.files) + 1)
    assert list(report.unreadable) == ["broken.wav"]
    assert found[0].path == library / "inside" / "Rooster.wav"
    for words, name in {
        "um bebé a chorar": "BabyCry.mp3",
        "somebody talking": "reading.flac",
    }.items():
        found, report = search.by_words(library, words, 3)
        assert (report.listened, found[0].path.name) == (0, name)
    assert found[0].speech_share > 0.8
    measured = measure(Audio.from_file(library / "reading.flac"))
    assert found[0].loudness_lufs == pytest.approx(measured["loudness_lufs"], abs=0.1)
    with pytest.raises(ToolInputError, match="nearest"):
        search.by_words(library, "an invoice for the rent")


@pytest.mark.weights
def test_only_what_is_new_or_changed_is_listened_to(
    owner: Tonmeister, library: Path, tmp_path: Path
):
    folder = tmp_path / "library"
    shutil.copytree(library, folder)
    search = SoundSearch(owner.studio)
    first = search.index(folder)[1]
    assert search.index(folder)[1].listened == 0
    (folder / "inside" / "Horse.wav").unlink()
    shutil.copy(folder / "inside" / "Rooster.wav", folder / "again.wav")
    os.utime(folder / "reading.flac", ns=(1, 1))
    report = search.index(folder)[1]
    assert (report.total, report.listened, report.forgotten) == (first.total, 2, 1)
    found = owner.search(folder, "rooster", limit=2)
    assert {one.path.name for one in found} == {"again.wav", "Rooster.wav"}
    alike = owner.search(folder, like=folder / "inside" / "Rooster.wav", limit=1)
    assert alike[0].path.name == "again.wav"
    assert alike[0].score == pytest.approx(1.0, abs=0.01)
    # Nothing of the recordings is left behind.
    left = [path for path in (owner.studio.settings.home / "search").rglob("*") if path.is_file()]
    assert [path.suffix for path in left] == [".npz"]


def test_a_search_says_what_is_missing(owner: Tonmeister, tmp_path: Path):
    with pytest.raises(ConfigError, match="what to search for"):
        owner.search(tmp_path)
    with pytest.raises(AudioError, match="no folder"):
        owner.search(tmp_path / "nowhere", "a dog")


@pytest.mark.weights
def test_the_command_prints_a_table(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pulled(YAMNET), pulled(SOUND_WORDS)
    monkeypatch.setenv("TONMEISTER_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(cli, ["search", str(library), "sino da igreja", "--limit", "2"])
    assert result.exit_code == 0, result.output
    assert "BellToll.wav" in result.stdout.splitlines()[1]
    assert "Church bell" in result.stdout
    assert "broken.wav" in result.stderr
