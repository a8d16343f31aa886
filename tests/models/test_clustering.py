"""Voices made of noise around known centres are grouped as they were made."""

import numpy as np
import pytest

from tonmeister.audio import Samples
from tonmeister.models import clustering
from tonmeister.models.clustering import group_voices

APART = 0.5


def voices(counts: list[int], *, seed: int = 1, spread: float = 0.6) -> tuple[Samples, np.ndarray]:
    draw = np.random.default_rng(seed)
    centres = np.linalg.qr(draw.normal(size=(64, len(counts))))[0].T
    truth = draw.permutation(np.repeat(np.arange(len(counts)), counts))
    noise = draw.normal(size=(len(truth), 64)) * spread / 8.0
    found = centres[truth] + noise
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32), truth


def same_groups(found: np.ndarray, truth: np.ndarray) -> bool:
    pairs = set(zip(found.tolist(), truth.tolist(), strict=True))
    return len(pairs) == len(set(found.tolist())) == len(set(truth.tolist()))


@pytest.mark.parametrize("counts", [[40], [30, 30], [5, 60, 8], [20, 3, 9, 50, 12]])
def test_the_number_of_people_is_found_also_when_some_say_little(counts: list[int]):
    embeddings, truth = voices(counts)
    found = group_voices(embeddings, np.full(len(truth), 2.0, np.float32), APART)
    assert same_groups(found.labels, truth)
    assert len(found.centroids) == len(counts)
    assert np.allclose(np.linalg.norm(found.centroids, axis=1), 1.0, atol=1e-5)


def test_a_voice_heard_for_a_moment_founds_no_person():
    embeddings, truth = voices([40, 40, 1])
    durations = np.where(truth == 2, 1.0, 2.0).astype(np.float32)
    found = group_voices(embeddings, durations, APART)
    assert len(found.centroids) == 2
    assert set(found.labels.tolist()) == {0, 1}


@pytest.mark.parametrize("wanted", [1, 2, 3, 4, 7])
def test_a_given_number_is_obeyed(wanted: int):
    embeddings, truth = voices([20, 20, 20])
    found = group_voices(embeddings, np.full(len(truth), 2.0, np.float32), APART, wanted)
    assert len(found.centroids) == len(set(found.labels.tolist())) == wanted


def test_more_people_than_voices_are_as_many_as_voices():
    embeddings, _ = voices([1, 1])
    found = group_voices(embeddings, np.array([1.0, 1.0], np.float32), APART, 20)
    assert len(found.centroids) == 2


def test_two_stages_find_what_one_finds(monkeypatch: pytest.MonkeyPatch):
    embeddings, truth = voices([150, 90, 60, 10], spread=0.7)
    durations = np.full(len(truth), 2.0, np.float32)
    whole = group_voices(embeddings, durations, APART)
    monkeypatch.setattr(clustering, "FIRST_STAGE", 40)
    parted = group_voices(embeddings, durations, APART)
    assert same_groups(parted.labels, whole.labels)
    assert same_groups(whole.labels, truth)


def test_hours_are_grouped_in_seconds():
    embeddings, truth = voices([2500, 1500, 800, 200])
    found = group_voices(embeddings, np.full(len(truth), 2.0, np.float32), APART)
    assert same_groups(found.labels, truth)
