"""Photos made audible: what is seen decides what is heard, and nothing is invented."""

from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import PHOTOS, pulled
from tonmeister.artifacts import Image, Noted
from tonmeister.decoding import decode_picture
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.efficientnet import EFFICIENTNET, read_picture
from tonmeister.models.picture_sound import PICTURE_SOUND, PictureSound
from tonmeister.models.picture_words import sound_words
from tonmeister.models.tflite_reading import read_lite
from tonmeister.soundlibrary import recorded_sounds
from tonmeister.tools.generation import GeneratedSound


def test_every_word_for_a_picture_is_the_caption_of_a_recording():
    from tonmeister.models import picture_words

    captions = {one.caption for one in recorded_sounds()}
    lines = picture_words._LINES.strip().splitlines()
    assert {line.partition(": ")[0] for line in lines} <= captions
    assert sound_words(200, "Tibetan terrier") == "dog barking"
    assert sound_words(417, "balloon") is None


def test_a_damaged_graph_is_refused(tmp_path: Path):
    for content in (b"", b"TFL3", bytes(200), np.random.default_rng(1).bytes(4_000)):
        (tmp_path / "x.tflite").write_bytes(content)
        with pytest.raises(ToolUnavailable, match="cannot be read"):
            read_lite(tmp_path / "x.tflite")


@pytest.fixture(scope="module")
def viewer() -> PictureSound:
    loaded = PictureSound()
    loaded.load(pulled(PICTURE_SOUND), 1)
    return loaded


def photo(name: str, folder: Path) -> Image:
    decode_picture(pulled(PHOTOS) / f"{name}.png", folder / "pixels.ppm")
    return Image(folder / "pixels.ppm", "image/x-portable-pixmap", "ppm")


@pytest.mark.weights
def test_the_labels_name_what_the_weights_were_trained_for():
    labels = (pulled(EFFICIENTNET) / "efficientnet_labels.txt").read_text("utf-8").splitlines()
    assert len(labels) == 1_000
    known = {label.split(",")[0].strip() for label in labels}
    from tonmeister.models import picture_words

    assert set(picture_words._table()) <= known


@pytest.mark.weights
@pytest.mark.parametrize(
    ("name", "seen", "heard"),
    [
        ("firetruck", "fire engine", "fire truck siren"),
        ("elephant", "elephant", "elephant trumpeting"),
    ],
)
def test_a_photo_becomes_the_sound_of_what_is_on_it(
    viewer: PictureSound, tmp_path: Path, name: str, seen: str, heard: str
):
    noted = viewer(photo(name, tmp_path), tmp_path, 4.0)
    assert isinstance(noted, Noted)
    assert isinstance(noted.value, GeneratedSound)
    assert noted.notes[0].startswith("Seen in the picture: ")
    assert seen in noted.notes[0]
    assert f"So the sound is: {heard}" in noted.notes[1]
    assert "licence" in noted.value.credits.path.read_text(encoding="utf-8")
    assert noted.value.sound.duration == pytest.approx(4.0)


@pytest.mark.weights
def test_what_makes_no_sound_is_declined_and_said_what_was_seen(
    viewer: PictureSound, tmp_path: Path
):
    with pytest.raises(ToolInputError, match="seen: pineapple"):
        viewer(photo("pineapple", tmp_path), tmp_path)


@pytest.mark.weights
@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (900, 2), (40, 40)])
def test_pictures_of_any_shape_are_looked_at(
    viewer: PictureSound, tmp_path: Path, shape: tuple[int, int]
):
    flat = np.full((*shape, 3), 128, np.uint8)
    header = f"P6 {shape[1]} {shape[0]} 255\n".encode()
    (tmp_path / "flat.ppm").write_bytes(header + flat.tobytes())
    assert read_picture(tmp_path / "flat.ppm").shape == (*shape, 3)
    with pytest.raises(ToolInputError, match="Nothing with a sound"):
        viewer(Image(tmp_path / "flat.ppm", "", "ppm"), tmp_path)
