"""How often a photo becomes the sound of what is on it, and nothing where nothing sounds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import PHOTOS, pulled
from tonmeister.decoding import decode_picture
from tonmeister.models.efficientnet import read_picture
from tonmeister.models.picture_sound import PICTURE_SOUND, PictureSound

pytestmark = pytest.mark.weights

# Written before any of these photos was looked at, except fire engine and elephant.
SOUNDING = {
    "european-bear": "bear", "wildboar": "pig", "orca": "orca", "gorilla": "gorilla",
    "chimp": "chimpanzee", "tiger": "tiger", "tiger_sumatran": "tiger", "lion-2": "lion",
    "cow_white": "cow", "sheep": "sheep", "dingo": "dog", "fox": "fox", "hen": "hen",
    "chicken_profile": "hen", "peacock": "bird", "penguin": "penguin", "pelican": "seagulls",
    "magpie": "birds", "rainbow-lorikeet": "bird", "gander": "goose",
    "guitar_classical": "guitar", "drumkit": "drum", "hammer": "hammer", "fly": "flies",
    "firetruck": "fire truck", "elephant": "elephant",
}  # fmt: skip
SILENT = ("pineapple", "wrench", "banana", "moon_full", "lemon", "pizza")


def test_photos_become_the_sounds_of_what_is_on_them(
    tmp_path: Path, capability: Callable[..., None]
):
    viewer = PictureSound()
    viewer.load(pulled(PICTURE_SOUND), 1)

    def sounds_of(name: str) -> list[str]:
        decode_picture(pulled(PHOTOS) / f"{name}.png", tmp_path / "pixels.ppm")
        return viewer.sounds_in(read_picture(tmp_path / "pixels.ppm"))

    right: list[bool] = []
    wrong: list[bool] = []
    for name, word in SOUNDING.items():
        found = sounds_of(name)
        right.append(bool(found) and word in found[0])
        wrong.append(any(word not in one for one in found))
        if not right[-1] or wrong[-1]:
            print(f"{name}: {found}")
    silent = [not sounds_of(name) for name in SILENT]
    row = {"tool": "sonify_image", "model": "picture-sound", "unit": "%"}
    photos = f"{len(SOUNDING)} photos of things that sound"
    capability(
        **row, data=photos, measure="the right sound", value=100.0 * float(np.mean(right)),
        goal="≥ 70",
    )  # fmt: skip
    capability(
        **row, data=photos, measure="a wrong sound, alone or besides",
        value=100.0 * float(np.mean(wrong)), goal="≤ 20",
    )  # fmt: skip
    capability(
        **row, data=f"{len(SILENT)} photos of things that do not sound", measure="declined",
        value=100.0 * float(np.mean(silent)), goal="100",
    )  # fmt: skip
    assert np.mean(right) >= 0.6
    assert np.mean(silent) >= 0.8
