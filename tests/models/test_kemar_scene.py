"""Scenes: each source is where it was put, and the sum fits into a file."""

import numpy as np
import pytest

from scripts.recordings import pulled
from tests.models.test_kemar import RATE, itd_us, level_db, noise
from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.kemar import KEMAR, KemarStage
from tonmeister.models.kemar_scene import KemarScene
from tonmeister.streaming import Audio

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def scene() -> KemarScene:
    loaded = KemarScene()
    loaded.load(pulled(KEMAR), 1)
    return loaded


def staged(
    scene: KemarScene, waveforms: list[Waveform], positions: str
) -> tuple[Samples, tuple[str, ...], int]:
    result = scene([Audio.from_waveform(one) for one in waveforms], positions)
    sound, notes = (result.value, result.notes) if isinstance(result, Noted) else (result, ())
    assert isinstance(sound, Audio)
    made = np.concatenate([block.samples for block in sound.blocks()], axis=1)
    assert made.shape == (2, sound.num_frames)
    return made, notes, sound.sample_rate


def silence(duration: float, rate: int = RATE) -> Waveform:
    return Waveform(np.zeros((1, round(duration * rate)), np.float32), rate)


def test_a_scene_is_the_sum_of_its_sources_placed_one_by_one(scene: KemarScene) -> None:
    stage = KemarStage()
    stage.load(pulled(KEMAR), 1)
    sources = [noise(0.8), noise(1.2)]
    made, notes, _ = staged(scene, sources, "on my left; behind me")
    alone = np.zeros_like(made)
    for waveform, position in zip(sources, ("on my left", "behind me"), strict=True):
        result = stage(Audio.from_waveform(waveform), position)
        assert isinstance(result, Audio)
        heard = np.concatenate([block.samples for block in result.blocks()], axis=1)
        alone[:, : heard.shape[1]] += heard
    assert notes == ()
    assert np.allclose(made, alone, atol=1e-5)


def test_every_source_is_heard_where_it_was_put(scene: KemarScene) -> None:
    first, second = noise(1.0), noise(1.0)
    early = Waveform(np.concatenate([first.samples, silence(1.0).samples], axis=1), RATE)
    late = Waveform(np.concatenate([silence(1.0).samples, second.samples], axis=1), RATE)
    made, _, _ = staged(scene, [early, late], "à esquerda; 90 graus à direita")
    assert itd_us(made[:, RATE // 4 : 3 * RATE // 4], RATE) > 500.0
    assert itd_us(made[:, 5 * RATE // 4 : 7 * RATE // 4], RATE) < -500.0


def test_the_longest_decides_the_length_and_the_highest_rate_the_rate(scene: KemarScene) -> None:
    short = noise(0.5, 8_000)
    long = noise(2.0, 48_000, 2)
    made, notes, rate = staged(scene, [short, long], "left; right")
    assert rate == 48_000
    assert made.shape[1] == 96_000
    assert level_db(made[:, 72_000:]) > -60.0
    assert "mixed to one" in notes[0]


def test_many_loud_sources_do_not_clip_and_it_is_said(scene: KemarScene) -> None:
    loud = Waveform(np.clip(noise(1.0).samples * 15, -1, 1), RATE)
    made, notes, _ = staged(scene, [loud] * 5, "left; right; front; behind; above")
    assert 0.9 < np.abs(made).max() <= 1.0
    assert "turned down" in notes[0]


@pytest.mark.parametrize(
    ("positions", "problem"),
    [
        ("left", "1 positions for 2"),
        ("left; right; behind me", "3 positions for 2"),
        ("left; somewhere nice", "not understood"),
    ],
)
def test_positions_must_be_as_many_and_understood(
    scene: KemarScene, positions: str, problem: str
) -> None:
    with pytest.raises(ToolInputError, match=problem) as caught:
        staged(scene, [noise(0.1), noise(0.1)], positions)
    assert caught.value.tool == "spatialize_scene"


def test_minutes_are_placed_in_pieces(scene: KemarScene) -> None:
    largest = 0
    second = noise(1.0, 8_000).samples

    def read(first: int, count: int) -> Samples:
        nonlocal largest
        largest = max(largest, count)
        return np.take(second, np.arange(first, first + count) % 8_000, axis=1)

    long = Audio(8_000, 1, 8_000 * 200, read=read)
    result = scene([long, long], "left; circles around me")
    sound = result.value if isinstance(result, Noted) else result
    assert isinstance(sound, Audio)
    assert sum(block.num_frames for block in sound.blocks()) == 8_000 * 200
    assert largest <= 12 * 8_000
