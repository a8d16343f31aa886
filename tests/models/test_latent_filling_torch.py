"""Filling of latents, against the truth: a model of which every answer is known."""

import numpy as np
import pytest

from tonmeister.models.latent_filling import refilled

pytestmark = pytest.mark.torch

FRAMES, GAP = 24, slice(9, 15)
SIGMAS = [float(one) for one in np.geomspace(20.0, 0.02, 40)] + [0.0]


def _nobody(share: float) -> None:
    pass


def _covariance() -> np.ndarray:
    """Frames that go up and down smoothly: what is beside a gap tells much of what is in it."""
    places = np.arange(FRAMES)
    near = np.exp(-(((places[:, None] - places) / 5.0) ** 2))
    return near + 0.02 * np.eye(FRAMES)


def _sampled(known: np.ndarray, rounds: int, seed: int) -> np.ndarray:
    import torch

    truth = torch.tensor(_covariance(), dtype=torch.float64)
    eye = torch.eye(FRAMES, dtype=torch.float64)
    generator = torch.Generator().manual_seed(seed)
    given = torch.tensor(known).reshape(-1, 1, FRAMES)
    unknown = torch.zeros(FRAMES, dtype=torch.bool)
    unknown[GAP] = True

    def denoised(latents, sigma: float):
        # What a perfectly trained model would answer for signals of this covariance.
        return latents @ torch.linalg.solve(truth + sigma**2 * eye, truth)

    def noise():
        return torch.randn(given.shape, generator=generator, dtype=torch.float64)

    made = refilled(
        given, unknown, SIGMAS, denoised, noise, rounds=rounds, on_progress=_nobody
    ).numpy()[:, 0]
    assert np.array_equal(made[:, : GAP.start], known[:, : GAP.start])
    assert np.array_equal(made[:, GAP.stop :], known[:, GAP.stop :])
    return made[:, GAP]


def test_the_gap_is_filled_with_what_the_rest_makes_likely():
    covariance = _covariance()
    root = np.linalg.cholesky(covariance)
    true = np.random.default_rng(2).standard_normal((400, FRAMES)) @ root.T
    beside = np.r_[0 : GAP.start, GAP.stop : FRAMES]
    weights = np.linalg.solve(covariance[np.ix_(beside, beside)], covariance[beside, GAP])
    likely = true[:, beside] @ weights
    left = covariance[GAP, GAP] - covariance[GAP, beside] @ weights
    best = np.sqrt(2 * np.trace(left) / (GAP.stop - GAP.start))  # of two draws that fit as well

    def error(rounds: int) -> float:
        holed = true.copy()
        holed[:, GAP] = 99.0  # what is in the gap is not read
        made = _sampled(holed, rounds, 5)
        assert abs(made.std() - true[:, GAP].std()) < 0.3
        return float(np.sqrt(np.mean((made - true[:, GAP]) ** 2)))

    chance = float(np.sqrt(2.0))  # of two draws that know nothing of each other
    assert error(5) < 1.5 * best < 0.8 * chance
    # Passing each level once only, both sides of the edges agree less: the measure sees it.
    assert error(1) > 1.15 * error(5)
    assert np.sqrt(np.mean((likely - true[:, GAP]) ** 2)) < best


def test_the_same_seed_fills_the_same_and_progress_ends_at_one():
    import torch

    known = np.zeros((1, FRAMES))
    assert np.array_equal(_sampled(known, 2, 1), _sampled(known, 2, 1))
    assert not np.array_equal(_sampled(known, 2, 1), _sampled(known, 2, 2))
    shares: list[float] = []
    refilled(
        torch.zeros(1, 1, 4),
        torch.tensor([False, True, True, False]),
        [2.0, 1.0, 0.0],
        lambda latents, sigma: latents,
        lambda: torch.zeros(1, 1, 4),
        rounds=2,
        on_progress=shares.append,
    )
    assert shares == [0.25, 0.5, 1.0]
