"""The user's own sounds: indexed by file name, anew only where something changed."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonmeister.config import Settings
from tonmeister.errors import ConfigError
from tonmeister.soundfolder import own_folder, refresh


def write(path: Path, seconds: float = 0.5, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).normal(0.0, 0.1, round(seconds * 16_000))
    soundfile.write(path, noise, 16_000)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "mine").mkdir()
    return Settings(weights=tmp_path / "weights", sound_library=tmp_path / "mine")


def test_files_are_captioned_by_their_names(settings: Settings, tmp_path: Path):
    write(tmp_path / "mine" / "trams" / "OldTram_bell-02.wav")
    write(tmp_path / "mine" / "fountain loop.flac", seed=1)
    write(tmp_path / "mine" / "kitchen.wav", 7.0, seed=2)
    sounds, problems = refresh(settings)
    assert problems == []
    assert {one.caption: one.kind for one in sounds} == {
        "old tram bell": "event", "fountain loop": "loop", "kitchen": "loop",
    }  # fmt: skip
    assert all(Path(one.member).is_file() for one in sounds)


def test_only_what_changed_is_decoded_again_and_what_is_gone_is_forgotten(
    settings: Settings, tmp_path: Path
):
    write(tmp_path / "mine" / "a.wav", seed=1)
    write(tmp_path / "mine" / "b.wav", seed=2)
    before, _ = refresh(settings)
    times = {one.name: Path(one.member).stat().st_mtime_ns for one in before}
    write(tmp_path / "mine" / "b.wav", seed=3)
    write(tmp_path / "mine" / "c.wav", seed=4)
    after, _ = refresh(settings)
    assert {one.name for one in after} == {"a.wav", "b.wav", "c.wav"}
    digests = [{one.name: one.sha256 for one in each} for each in (before, after)]
    assert digests[0]["a.wav"] == digests[1]["a.wav"]
    assert digests[0]["b.wav"] != digests[1]["b.wav"]
    assert Path(after[0].member).stat().st_mtime_ns == times["a.wav"]
    (tmp_path / "mine" / "a.wav").unlink()
    assert {one.name for one in refresh(settings)[0]} == {"b.wav", "c.wav"}
    assert len(list(own_folder(settings.weights).glob("*.wav"))) == 2


def test_a_file_that_cannot_be_read_is_told_of_and_the_others_work(
    settings: Settings, tmp_path: Path
):
    write(tmp_path / "mine" / "good.wav")
    (tmp_path / "mine" / "bad.wav").write_bytes(b"not a recording")
    write(tmp_path / "mine" / "very long.wav", 200.0)
    sounds, problems = refresh(settings)
    assert [one.caption for one in sounds] == ["good"]
    assert sorted(one.partition(":")[0] for one in problems) == ["bad.wav", "very long.wav"]


def test_a_folder_that_is_not_there_is_named_and_none_is_no_sounds(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"sound_library.*nowhere"):
        refresh(Settings(weights=tmp_path, sound_library=tmp_path / "nowhere"))
    assert refresh(Settings(weights=tmp_path)) == ([], [])
