"""The path through made-up emissions whose truth is known."""

import itertools

import numpy as np
import pytest

from tonmeister.models.ctc_path import ANY, fewest_frames, letter_spans

BLANK = 0


def emissions(path: list[int], num_letters: int = 5, sure: float = 0.9) -> np.ndarray:
    """Make scores of a network that hears one letter in each frame."""
    shares = np.full((len(path), num_letters), (1.0 - sure) / (num_letters - 1), np.float32)
    shares[np.arange(len(path)), path] = sure
    return np.log(shares)


def places(path: list[int], letters: list[int], **more: float) -> list[tuple[int, int]]:
    return [(one.first, one.last) for one in letter_spans(emissions(path, **more), letters, BLANK)]


def test_letters_lie_where_they_were_put():
    assert places([0, 0, 1, 1, 0, 2, 3, 3, 3, 0], [1, 2, 3]) == [(2, 4), (5, 6), (6, 9)]


def test_a_letter_that_comes_twice_is_parted_by_a_blank():
    assert places([1, 1, 0, 1, 2], [1, 1, 2]) == [(0, 2), (3, 4), (4, 5)]
    assert fewest_frames([1, 1, 2]) == 4
    # Without a blank heard between them, one frame is taken for it all the same.
    (first, one), (two, last) = places([1, 1, 1, 1], [1, 1])
    assert first == 0 and two > one and last == 4


def test_a_misheard_letter_gets_the_frames_that_are_left_for_it():
    found = letter_spans(emissions([1, 1, 4, 4, 3, 3]), [1, 2, 3], BLANK)
    assert (found[0].first, found[0].last) == (0, 2)
    assert 2 <= found[1].first < found[1].last <= found[2].first <= 4 and found[2].last == 6
    assert found[1].probability < 0.1 < 0.8 < found[0].probability <= 1.0


def test_an_unknown_letter_takes_any_sound_and_no_silence():
    assert places([1, 0, 4, 4, 0, 2], [1, ANY, 2]) == [(0, 1), (2, 4), (5, 6)]


@pytest.mark.parametrize("seed", range(5))
def test_no_other_path_is_likelier(seed: int):
    draw = np.random.default_rng(seed)
    shares = draw.dirichlet(np.ones(4), 7).astype(np.float32)
    letters = [int(one) for one in draw.integers(1, 4, 3)]
    found = letter_spans(np.log(shares), letters, BLANK)
    chosen = [BLANK] * 7
    for span, letter in zip(found, letters, strict=True):
        chosen[span.first : span.last] = [letter] * (span.last - span.first)

    def likely(path: tuple[int, ...]) -> float:
        return float(np.log(shares[np.arange(7), list(path)]).sum())

    def said(path: tuple[int, ...]) -> list[int]:
        return [one for one, _ in itertools.groupby(path) if one != BLANK]

    every = [path for path in itertools.product(range(4), repeat=7) if said(path) == letters]
    assert said(tuple(chosen)) == letters
    assert likely(tuple(chosen)) == pytest.approx(max(map(likely, every)), abs=1e-4)


def test_more_letters_than_frames_are_refused():
    assert places([1, 2, 3], [1, 2, 3]) == [(0, 1), (1, 2), (2, 3)]
    with pytest.raises(ValueError, match="4 letters do not go through 3 frames"):
        letter_spans(emissions([1, 2, 3]), [1, 2, 3, 4], BLANK)
