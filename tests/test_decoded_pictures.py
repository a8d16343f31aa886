"""Pictures through the decoding gate: pixels for models, and hostile files refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tonmeister.decoding import decode_picture
from tonmeister.errors import AudioError


def pixels(path: Path) -> np.ndarray:
    content = path.read_bytes()
    _, width, height, _ = content.split(maxsplit=4)[:4]
    size = int(width) * int(height) * 3
    return np.frombuffer(content[-size:], np.uint8).reshape(int(height), int(width), 3)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "gif"])
def test_pixels_are_those_of_the_picture(tmp_path: Path, suffix: str):
    made = np.zeros((30, 60, 3), np.uint8)
    made[:, :30] = (200, 30, 30)
    made[:, 30:] = (30, 30, 200)
    Image.fromarray(made).save(tmp_path / f"a.{suffix}")
    assert decode_picture(tmp_path / f"a.{suffix}", tmp_path / "a.ppm") == (60, 30)
    found = pixels(tmp_path / "a.ppm").astype(int)
    assert np.abs(found[:, 5:25] - (200, 30, 30)).max() < 40
    assert np.abs(found[:, 35:55] - (30, 30, 200)).max() < 40


def test_what_is_transparent_is_grey_and_what_is_large_is_made_smaller(tmp_path: Path):
    Image.new("RGBA", (3_000, 1_500), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert decode_picture(tmp_path / "clear.png", tmp_path / "clear.ppm") == (1_024, 512)
    assert set(np.unique(pixels(tmp_path / "clear.ppm"))) == {230}


def test_a_camera_held_sideways_is_turned_upright(tmp_path: Path):
    image = Image.new("RGB", (60, 30), (10, 200, 10))
    marks = image.getexif()
    marks[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=marks)
    assert decode_picture(tmp_path / "turned.jpg", tmp_path / "turned.ppm") == (30, 60)


def test_what_is_no_picture_or_broken_is_refused_and_leaves_nothing(tmp_path: Path):
    Image.new("RGB", (64, 64)).save(tmp_path / "whole.png")
    whole = (tmp_path / "whole.png").read_bytes()
    for name, content in (
        ("text.png", b"hello, I am no picture at all"),
        ("cut.png", whole[: len(whole) // 2]),
        ("noise.png", b"\x89PNG\r\n\x1a\n" + np.random.default_rng(0).bytes(500)),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(AudioError):
            decode_picture(tmp_path / name, tmp_path / "out.ppm")
        assert not (tmp_path / "out.ppm").exists()
