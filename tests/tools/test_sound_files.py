import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures

from tonmeister.artifacts import File, Image, Noted, SoundEvent, SoundEvents
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.sound_files import draw_sounds, write_sounds

HEARD = SoundEvents(
    (
        SoundEvent(0.0, 1.25, "Dog", 0.9),
        SoundEvent(1.0, 2.0, 'Vehicle horn, car horn, "honking"', 0.4),
        SoundEvent(3700.04, 3701.0, "Bird\tsong", 0.55),
    ),
    3702.0,
)
NONE = SoundEvents((), 2.0)


def written(format: str, folder: Path, sounds: SoundEvents = HEARD) -> str:
    made = write_sounds(sounds, folder, format)
    file = made.value if isinstance(made, Noted) else made
    assert isinstance(file, File)
    return file.path.read_text(encoding="utf-8")


def noise(duration: float = 3.0) -> Audio:
    samples = 0.1 * np.random.default_rng(0).standard_normal((1, round(duration * 16_000)))
    return Audio.from_waveform(Waveform(samples.astype(np.float32), 16_000))


def test_a_table_is_read_back_by_any_program(tmp_path: Path):
    head, *rows = list(csv.reader(written("csv", tmp_path).splitlines()))
    assert head == ["start", "end", "label", "score"]
    assert rows[1] == ["1.000", "2.000", 'Vehicle horn, car horn, "honking"', "0.400"]
    assert len(rows) == 3


def test_a_label_is_never_a_formula(tmp_path: Path):
    sounds = SoundEvents((SoundEvent(0.0, 1.0, "=1+1", 0.9),), 1.0)
    assert "'=1+1" in written("csv", tmp_path, sounds)


def test_json_keeps_everything(tmp_path: Path):
    stored = json.loads(written("json", tmp_path))
    assert stored["duration"] == 3702.0
    assert stored["events"][0] == {"start": 0.0, "end": 1.25, "label": "Dog", "score": 0.9}


def test_audacity_labels_have_three_fields_a_line(tmp_path: Path):
    lines = written("audacity", tmp_path).splitlines()
    assert [line.split("\t")[2] for line in lines][::2] == ["Dog", "Bird song"]
    assert all(line.count("\t") == 2 for line in lines)
    assert lines[0].startswith("0.000000\t1.250000\t")


def test_rttm_has_ten_fields_a_line(tmp_path: Path):
    lines = written("rttm", tmp_path).splitlines()
    assert all(len(line.split()) == 10 for line in lines)
    assert lines[0].split()[3:5] == ["0.000", "1.250"]
    assert lines[0].split()[7] == "Dog"


def test_the_list_tells_hours(tmp_path: Path):
    assert "01:01:40.0 – 01:01:41.0  Bird\tsong (0.55)" in written("txt", tmp_path)


@pytest.mark.parametrize("format", ["csv", "json", "audacity", "rttm", "txt"])
def test_a_file_without_sounds_is_said_to_have_none(format: str, tmp_path: Path):
    made = write_sounds(NONE, tmp_path, format)
    assert isinstance(made, Noted)
    assert "No sounds were heard" in made.notes[0]


def test_the_picture_has_a_row_for_each_sound(tmp_path: Path):
    heights: list[int] = []
    for count in (1, 12):
        events = tuple(
            SoundEvent(0.1 * n, 0.1 * n + 0.5, f"Sound $_{n}", 0.8) for n in range(count)
        )
        made = draw_sounds(noise(), SoundEvents(events, 3.0), tmp_path)
        assert isinstance(made, Image)
        with Pictures.open(made.path) as picture:
            heights.append(picture.height)
    assert heights[1] > heights[0] + 200


def test_sounds_stand_where_they_are_heard(tmp_path: Path):
    sounds = SoundEvents((SoundEvent(2.0, 3.0, "Dog", 1.0),), 4.0)
    made = draw_sounds(noise(4.0), sounds, tmp_path)
    assert isinstance(made, Image)
    with Pictures.open(made.path) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    blue = np.abs(pixels - (42, 111, 176)).sum(axis=2) < 12
    columns = np.flatnonzero(blue.sum(axis=0) > 10)
    dark = np.flatnonzero((pixels.sum(axis=2) < 250).sum(axis=0) > 200)
    left, right = dark[0], dark[dark < 1500][-1]
    share = (columns - left) / (right - left)
    assert share.min() == pytest.approx(0.5, abs=0.05)
    assert share.max() == pytest.approx(0.75, abs=0.05)


def test_too_many_sounds_and_none_are_told(tmp_path: Path):
    many = SoundEvents(tuple(SoundEvent(0.0, 1.0, f"S{n}", 0.5) for n in range(40)), 3.0)
    made = draw_sounds(noise(), many, tmp_path)
    assert isinstance(made, Noted)
    assert "40 sounds were heard; the 24 surest are drawn." in made.notes
    assert isinstance(draw_sounds(noise(), NONE, tmp_path), Noted)


def test_an_empty_recording_has_no_picture(tmp_path: Path):
    empty = Audio.from_waveform(Waveform(np.zeros((1, 0), np.float32), 16_000))
    with pytest.raises(ToolInputError, match="empty"):
        draw_sounds(empty, NONE, tmp_path)
