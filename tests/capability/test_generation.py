"""How often a sound made from words is what was asked for, by a tagger and by its caption."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scripts.recordings import pulled
from tonmeister.artifacts import Noted
from tonmeister.errors import ToolInputError
from tonmeister.models.sound_library import SoundLibrary
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.models.yamnet_network import SAMPLE_RATE, YAMNET, Listener
from tonmeister.streaming import Audio
from tonmeister.tools.generation import GeneratedSound

pytestmark = pytest.mark.weights

HEARD = 0.1
OUTSIDE = (
    "waves on a beach", "a zipper", "a lawn mower", "bowling", "a waterfall", "a skateboard",
    "scissors", "an accordion", "a parrot talking", "a snake", "a toothbrush", "an elevator",
    "ondas do mar", "um fecho éclair", "um corta-relva", "uma cascata", "uma cobra", "um acordeão",
    "um elevador", "uma escova de dentes",
)  # fmt: skip


def rows(part: str) -> list[tuple[str, list[str], list[str]]]:
    listed = Path(__file__).with_name("sound_descriptions.txt").read_text(encoding="utf-8")
    _, _, wanted = listed.partition(f"[{part}]")
    lines = [line.split(" | ") for line in wanted.partition("\n[")[0].splitlines()[1:]]
    return [(said, classes.split(";"), words.split(";")) for said, classes, words in lines]


@pytest.fixture(scope="module")
def library() -> SoundLibrary:
    loaded = SoundLibrary()
    loaded.load(pulled(SOUND_LIBRARY), 1)
    return loaded


@pytest.mark.parametrize("part", ["looked at", "held out"])
def test_what_was_described_is_heard(
    library: SoundLibrary, tmp_path: Path, capability: Callable[..., None], part: str
):
    listener = Listener(pulled(YAMNET))
    heard: list[bool] = []
    fitting: list[bool] = []
    for said, classes, words in rows(part):
        try:
            noted = library(said, tmp_path)
        except ToolInputError as error:
            print(f"declined: {said}: {error.hint}")
            heard.append(False)
            fitting.append(False)
            continue
        assert isinstance(noted, Noted)
        assert isinstance(noted.value, GeneratedSound)
        fitting.append(any(word in noted.notes[0] for word in words))
        mono: Audio = noted.value.sound.converted(SAMPLE_RATE, 1)
        best = np.max(list(listener.scores(mono)), axis=0)
        score = max(float(best[listener.labels.index(one)]) for one in classes)
        heard.append(score >= HEARD)
        if score < HEARD or not fitting[-1]:
            print(f"{said}: {score:.2f}: {noted.notes[0]}")
    row = {"tool": "generate_sound", "model": "sound-library", "unit": "%"}
    described = f"{len(heard)} descriptions, English and Portuguese, {part}"
    capability(
        **row, data=described, measure="YAMNet hears the class that was asked for",
        value=100.0 * float(np.mean(heard)), goal="≥ 80",
    )  # fmt: skip
    capability(
        **row, data=described, measure="made of a recording whose caption is right",
        value=100.0 * float(np.mean(fitting)), goal="≥ 85",
    )  # fmt: skip
    assert np.mean(heard) >= 0.75
    assert np.mean(fitting) >= 0.85


def test_what_is_not_in_the_library_is_mostly_declined(
    library: SoundLibrary, tmp_path: Path, capability: Callable[..., None]
):
    honest: list[bool] = []
    for said in OUTSIDE:
        try:
            noted = library(said, tmp_path, 1.0)
        except ToolInputError:
            honest.append(True)
            continue
        assert isinstance(noted, Noted)
        honest.append("may not be what was meant" in " ".join(noted.notes))
        if not honest[-1]:
            print(f"{said}: {noted.notes[0]}")
    capability(
        tool="generate_sound", model="sound-library", unit="%",
        data=f"{len(OUTSIDE)} sounds that are not in the library",
        measure="declined, or told that it is only the nearest",
        value=100.0 * float(np.mean(honest)), goal="≥ 90",
    )  # fmt: skip
    assert np.mean(honest) >= 0.85
