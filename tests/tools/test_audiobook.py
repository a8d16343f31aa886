"""Audiobooks as players read them: chapters, tags, and sound where the chapters say."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from tonmeister.artifacts import AudioFile, ChapterMark, Chapters, Noted
from tonmeister.audio import Waveform
from tonmeister.decoding import decode
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.testing import tone
from tonmeister.tools.aac import comment_on
from tonmeister.tools.audiobook import MOST_BYTES, write_audiobook

RATE = 24_000


def marked(starts: Sequence[float], duration: float, titles: Sequence[str] = ()) -> Chapters:
    ends = [*starts[1:], duration]
    named = titles or [f"Capítulo {number}" for number in range(1, len(starts) + 1)]
    marks = tuple(map(ChapterMark, starts, ends, named))
    return Chapters(marks, duration, "Dom Casmurro", "Machado de Assis", "pt")


def spoken(starts: Sequence[float], duration: float) -> Audio:
    """Two seconds of a tone at each start, silence between."""
    samples = np.zeros((1, round(duration * RATE)), np.float32)
    note = tone(440.0, 2.0, RATE).samples * 0.5
    for start in starts:
        first = round(start * RATE)
        samples[:, first : first + note.shape[1]] = note[:, : samples.shape[1] - first]
    return Audio.from_waveform(Waveform(samples, RATE))


def made(audio: Audio, chapters: Chapters, folder: Path) -> Path:
    result = write_audiobook(audio, chapters, folder)
    file = result.value if isinstance(result, Noted) else result
    assert isinstance(file, AudioFile)
    assert (file.suffix, file.media_type) == ("m4b", "audio/mp4")
    return file.path


def played(path: Path) -> tuple[dict[str, str], list[tuple[float, float, str]], str]:
    """Return the tags, the chapters and the language of the sound, as a player reads them."""
    with av.open(str(path)) as container:
        chapters = [
            (
                float(one["start"] * one["time_base"]),
                float(one["end"] * one["time_base"]),
                one["metadata"]["title"],
            )
            for one in container.chapters()
        ]
        return dict(container.metadata), chapters, container.streams.audio[0].metadata["language"]


def decoded(path: Path, folder: Path) -> np.ndarray[Any, Any]:
    decode(path, folder / "decoded.wav", max_duration=10_000, cancelled=threading.Event())
    samples, rate = soundfile.read(folder / "decoded.wav", dtype="float32")
    assert rate == RATE
    return samples


def onsets(samples: np.ndarray[Any, Any], pause: float) -> list[float]:
    """Return the times at which sound begins after a pause of at least this length."""
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    begins = loud[np.r_[True, np.diff(loud) > pause * RATE]]
    return [float(begin) / RATE for begin in begins]


def test_players_find_the_chapters_and_the_tags(tmp_path: Path):
    titles = ["I. Do título", "第二章", "Ömer & «fim»"]
    starts = [0.0, 4.25, 9.5]
    path = made(spoken(starts, 12.0), marked(starts, 12.0, titles), tmp_path)
    tags, chapters, language = played(path)
    assert [title for _, _, title in chapters] == titles
    assert [start for start, _, _ in chapters] == pytest.approx(starts, abs=0.001)
    assert [end for _, end, _ in chapters] == pytest.approx([*starts[1:], 12.0], abs=0.001)
    wanted = {"title": "Dom Casmurro", "artist": "Machado de Assis", "genre": "Audiobook"}
    assert wanted.items() <= tags.items()
    assert tags["media_type"] == "2"
    assert "comment" not in tags
    assert "encoder" not in tags
    assert language == "por"


def test_both_kinds_of_chapters_are_written_and_the_index_comes_first(tmp_path: Path):
    content = made(spoken([0.0, 2.0], 4.0), marked([0.0, 2.0], 4.0), tmp_path).read_bytes()
    assert b"chpl" in content
    assert b"chap" in content  # the reference of the sound to its track of titles
    assert content.index(b"moov") < content.index(b"mdat")


def test_the_sound_of_a_chapter_begins_where_its_mark_is(tmp_path: Path):
    starts = [0.0, 5.017, 61.333, 120.9]
    path = made(spoken(starts, 125.0), marked(starts, 125.0), tmp_path)
    found = onsets(decoded(path, tmp_path), pause=1.0)
    marks = [start for start, _, _ in played(path)[1]]
    assert len(found) == len(marks) == 4
    assert np.max(np.abs(np.array(found) - np.array(marks))) < 0.05


def test_a_synthetic_voice_is_told_in_the_file(tmp_path: Path):
    audio = spoken([0.0], 2.0)
    audio.synthetic = True
    assert played(made(audio, marked([0.0], 2.0), tmp_path))[0]["comment"] == comment_on(True)


def test_many_chapters_and_endless_titles_are_kept_as_far_as_the_format_goes(tmp_path: Path):
    starts = [0.1 * number for number in range(300)]
    titles = ["ã" * 400, *(str(number) for number in range(299))]
    _, chapters, _ = played(made(spoken([0.0], 30.0), marked(starts, 30.0, titles), tmp_path))
    assert len(chapters) == 300
    assert chapters[0][2] == "ã" * 125
    assert chapters[-1][2] == "298"


def test_a_chapter_without_a_title_gets_its_number(tmp_path: Path):
    path = made(spoken([0.0], 4.0), marked([0.0, 2.0], 4.0, ["", ""]), tmp_path)
    assert [title for _, _, title in played(path)[1]] == ["1", "2"]


def test_chapters_of_another_recording_are_refused(tmp_path: Path):
    with pytest.raises(ToolInputError, match=r"4\.0 s.*belong to one of 9\.0 s"):
        write_audiobook(spoken([0.0], 4.0), marked([0.0], 9.0), tmp_path)


def of_length(duration: float, num_channels: int = 1) -> Audio:
    def read(first: int, count: int) -> Any:
        raise AssertionError("it is refused before anything is read")

    return Audio(RATE, num_channels, round(duration * RATE), read=read)


def test_more_than_four_gigabytes_are_refused_before_anything_is_encoded(tmp_path: Path):
    hours = MOST_BYTES * 8 / 64_000
    with pytest.raises(ToolInputError, match=r"4\.1 GB; players take 4 GB"):
        write_audiobook(of_length(1.02 * hours), marked([0.0], 1.02 * hours), tmp_path)
    with pytest.raises(AssertionError, match="before anything is read"):
        write_audiobook(of_length(0.98 * hours), marked([0.0], 0.98 * hours), tmp_path)


def test_more_than_two_channels_are_refused(tmp_path: Path):
    with pytest.raises(ToolInputError, match=r"Found 6 channels.*to_mono"):
        write_audiobook(of_length(10.0, 6), marked([0.0], 10.0), tmp_path)


def test_a_rate_that_aac_lacks_is_converted_and_told(tmp_path: Path):
    blocks: Iterator[Waveform] = iter([tone(440.0, 2.0, 20_000)])
    audio = Audio.from_blocks(blocks, 20_000, 1, 40_000)
    result = write_audiobook(audio, marked([0.0], 2.0), tmp_path)
    assert isinstance(result, Noted)
    assert result.notes == ("m4b cannot hold 20000 Hz; the file has 22050 Hz.",)
