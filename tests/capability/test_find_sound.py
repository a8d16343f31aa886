"""How well a described sound is found, on recordings that nothing was set on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from scripts.recordings import pulled
from scripts.sounds import STAMP_NAMES, STAMPS
from tests.capability.extent import some
from tests.models.sound_scenes import RATE, Scene, background, clip, overlap, scene
from tonmeister.models.audioset import PLACES
from tonmeister.models.sightings import SoundFinder, confidences, evidence, found_events
from tonmeister.models.sound_words import SOUND_WORDS, weights_of

pytestmark = pytest.mark.weights
THRESHOLD = 0.5
SOUNDS = {file: STAMP_NAMES[file] for file in some(STAMP_NAMES, 26)}
# Sounds of which one could be taken for the other: neither is a scene without the other.
ALIKE = (
    {"bee", "hornet", "mosquito"},
    {"crow", "gander", "duck", "drake", "rooster", "hen", "owl", "turkey", "blackbird", "lark"},
    {"sheep", "sheep_lamb", "cow", "cow_white", "goat"},
    {"horse", "donkey"},
    {"cello", "violin"},
    {"cymbal_crash", "drumkit"},
    {"hammer", "saw"},
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A scene as the tagger hears it: what is in it, how loud, and the scores of its patches."""

    file: str
    snr_db: float
    scene: Scene
    scores: np.ndarray


def alike(one: str, other: str) -> bool:
    stems = {file.rsplit("/", 1)[1].removesuffix(".ogg") for file in (one, other)}
    return len(stems) == 1 or any(stems <= group for group in ALIKE)


def listened(finder: SoundFinder, here: Scene) -> np.ndarray:
    return np.concatenate([heard.scores for heard in finder.listen(here.audio)])


@pytest.fixture(scope="module")
def finder() -> SoundFinder:
    return SoundFinder(pulled(SOUND_WORDS))


@pytest.fixture(scope="module")
def scenes(finder: SoundFinder) -> list[Heard]:
    """Every sound, at three levels against a street, voices and pink noise."""
    generator = np.random.default_rng(0)
    made: list[Heard] = []
    for file in SOUNDS:
        sound = clip(pulled(STAMPS) / file)
        for kind in ("street", "voices", "pink"):
            for snr_db in (0.0, 5.0, 10.0):
                here = scene(sound, background(kind, generator), snr_db, generator)
                made.append(Heard(file, snr_db, here, listened(finder, here)))
    return made


@pytest.fixture(scope="module")
def evident(finder: SoundFinder) -> frozenset[str]:
    """The sounds whose class is among the five likeliest when nothing else is heard."""
    known: set[str] = set()
    for file, names in SOUNDS.items():
        quiet = np.zeros(8 * RATE, np.float32)
        here = scene(clip(pulled(STAMPS) / file), quiet, 0.0, np.random.default_rng(1))
        likeliest = listened(finder, here).max(axis=0)
        likeliest[[finder.labels.index(place) for place in PLACES]] = 0.0
        meant = {one.index for one in finder.words.classes(names[0])}
        if meant & set(np.argsort(-likeliest)[:5].tolist()):
            known.add(file)
    return frozenset(known)


def auc(there: list[float], absent: list[float]) -> float:
    higher = np.subtract.outer(there, absent)
    return float(np.mean(higher > 0) + 0.5 * np.mean(higher == 0))


def test_described_sounds_are_found(
    finder: SoundFinder,
    scenes: list[Heard],
    evident: frozenset[str],
    capability: Callable[..., None],
):
    areas: dict[tuple[float, bool], list[float]] = {}
    missed: dict[float, list[bool]] = {}
    wrongly: list[bool] = []
    shared: list[float] = []
    unknown = asked = 0
    for file, names in SOUNDS.items():
        for name in names:
            asked += 1
            meant = finder.words.classes(name)
            unknown += not meant
            if not meant:
                continue
            weights = weights_of(meant)
            best = {id(one): confidences(evidence(one.scores, weights)).max() for one in scenes}
            others = [one for one in scenes if not alike(file, one.file)]
            wrongly += [best[id(one)] >= THRESHOLD for one in others]
            for snr_db in (0.0, 5.0, 10.0):
                here = [one for one in scenes if one.file == file and one.snr_db == snr_db]
                area = auc(
                    [best[id(one)] for one in here],
                    [best[id(one)] for one in others if one.snr_db == snr_db],
                )
                areas.setdefault((snr_db, False), []).append(area)
                if file in evident:
                    areas.setdefault((snr_db, True), []).append(area)
                missed.setdefault(snr_db, []).extend(best[id(one)] < THRESHOLD for one in here)
                for one in here:
                    found = found_events(evidence(one.scores, weights), name, THRESHOLD, 8.0)
                    if found:
                        spans = ((event.start, event.end) for event in found)
                        shared.append(overlap(one.scene, spans))
    row = {"tool": "find_sound", "model": "yamnet-finder"}
    sounds = f"{len(SOUNDS)} sounds, asked for in 2 to 4 languages, 3 backgrounds"
    known = (
        f"the {len(evident)} of them that the tagger names among five when nothing else is heard"
    )
    for snr_db in (0.0, 5.0, 10.0):
        goal = {"goal": "≥ 0.93"} if snr_db == 5.0 else {}
        for only, what in ((False, sounds), (True, known)):
            capability(
                **row, data=f"{what}, {snr_db:.0f} dB", measure="area under the ROC curve",
                value=float(np.mean(areas[snr_db, only])), **goal,
            )  # fmt: skip
        capability(
            **row, data=f"{sounds}, {snr_db:.0f} dB", measure="sounds missed at the threshold",
            value=100 * float(np.mean(missed[snr_db])), unit="%",
        )  # fmt: skip
    capability(
        **row, data=sounds, measure="scenes wrongly found to have the sound",
        value=100 * float(np.mean(wrongly)), unit="%", goal="5 on other recordings",
    )  # fmt: skip
    capability(
        **row, data=sounds, measure="overlap (IoU) of the times of what is found",
        value=float(np.mean(shared)), goal="≥ 0.6",
    )  # fmt: skip
    capability(
        **row, data=f"{asked} descriptions", measure="descriptions that mean no known class",
        value=100 * unknown / asked, unit="%",
    )  # fmt: skip
    # The goal at 5 dB is not reached: these bounds hold what is.
    assert np.mean(areas[5.0, False]) >= 0.86
    assert np.mean(areas[5.0, True]) >= 0.90
    assert np.mean(areas[10.0, True]) >= 0.95
    assert np.mean(wrongly) <= 0.06
    assert np.mean(shared) >= 0.65
