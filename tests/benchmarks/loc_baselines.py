"""Ways to decide how much to collect, as published; the protocol is that of planner.validation.

Mahmood et al. (CVPR 2022, arXiv 2207.01725): fit a power law to runs on subsets, collect what it
says the target takes; a correction tau asks for a little more than the target. Mahmood et al.
(NeurIPS 2022, arXiv 2210.01234, LOC): bootstrap the fit, smooth the estimates of data needed, and
collect what costs least in expectation. Their code is not public; these are re-implementations.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from scipy.special import ndtr

from planner.domain.arrays import Floats
from planner.domain.results.validation import RoundsScore
from planner.questions.collect.rounds import least_cost_levels
from planner.validation.collection import PRICES, collect_all, score_rounds
from planner.validation.collection_truth import Truth

type Decide = Callable[[tuple[int, ...], int], int]

N_BOOTSTRAP = 30
N_GRID = 300
EXPONENTS = np.geomspace(0.01, 3.0, 300)
TAUS = np.arange(0.0, 10.25, 0.25)


@dataclass(frozen=True)
class PowerLaw:
    """Accuracy in per cent: ceiling − scale · images^(−exponent)."""

    ceiling: float
    scale: float
    exponent: float

    def needed(self, target: float, cap: float) -> float:
        """Return the images at which it reaches a target, at most ``cap``."""
        if self.ceiling <= target or self.scale <= 0.0:
            return cap if self.ceiling <= target else 1.0
        log_needed = math.log(self.scale / (self.ceiling - target)) / self.exponent
        return math.exp(min(log_needed, math.log(cap)))


def fit_power_law(images: Floats, accuracy: Floats, weights: Floats | None = None) -> PowerLaw:
    """Fit by variable projection: ceiling and scale are linear given the exponent, on a grid.

    The ceiling is at most 100 %, the scale at least 0.
    """
    w = np.ones_like(images) if weights is None else weights
    x = images ** -EXPONENTS[:, None]
    x_mean, y_mean = x @ w / w.sum(), w @ accuracy / w.sum()
    centred = x - x_mean[:, None]
    variance = np.maximum(centred**2 @ w, np.finfo(float).tiny)
    scale = np.maximum(-(centred * (accuracy - y_mean)) @ w / variance, 0.0)
    ceiling = y_mean + scale * x_mean
    bound = ceiling > 100.0
    bounded = (x * (100.0 - accuracy)) @ w / (x**2 @ w)
    scale, ceiling = np.where(bound, bounded, scale), np.minimum(ceiling, 100.0)
    residual = (ceiling[:, None] - scale[:, None] * x - accuracy) ** 2 @ w
    best = int(np.argmin(residual))
    return PowerLaw(float(ceiling[best]), float(scale[best]), float(EXPONENTS[best]))


def by_regression(truth: Truth, target: float, tau: float = 0.0) -> Decide:
    """Collect what the power law through all runs says the target plus ``tau`` takes."""

    def decide(tried: tuple[int, ...], _rounds_left: int) -> int:
        law = fit_power_law(*truth.runs(tried))
        # a law that says "already met" is refuted by the run; it still asks for something
        wanted = max(law.needed(target + tau, truth.cap), tried[-1] + 1)
        return min(math.ceil(wanted), truth.cap)

    return decide


def by_loc(truth: Truth, target: float, seed: int = 0) -> Decide:
    """Bootstrap the power law, smooth its estimates of data needed, plan all rounds left."""
    luck = seed, crc32(truth.name.encode())  # curves as alike as these would else share their luck

    def decide(tried: tuple[int, ...], rounds_left: int) -> int:
        images, accuracy = truth.runs(tried)
        estimates = np.array(
            [
                fit_power_law(images, accuracy, weights).needed(target, truth.cap)
                for weights in _bootstrap_weights(len(images), luck)
            ]
        )
        levels = np.geomspace(tried[-1], truth.cap, N_GRID)
        unmet = _smoothed_survival(estimates, levels)
        if unmet[0] <= 0.0:
            return math.ceil(float(levels[1]))
        path = least_cost_levels(levels, unmet / unmet[0], PRICES, rounds_left)
        rising = path[path > 0]
        return math.ceil(float(levels[rising[0]])) if len(rising) else tried[-1]

    return decide


@lru_cache(maxsize=1024)
def _bootstrap_weights(n_runs: int, luck: tuple[int, int]) -> tuple[Floats, ...]:
    """Return how often each run is drawn; the law has three parameters, so at least three are."""
    rng = np.random.default_rng([*luck, n_runs])
    weights: list[Floats] = []
    while len(weights) < N_BOOTSTRAP:
        counts = np.bincount(rng.integers(0, n_runs, n_runs), minlength=n_runs)
        if np.count_nonzero(counts) >= min(3, n_runs):
            weights.append(counts.astype(float))
    return tuple(weights)


def _smoothed_survival(estimates: Floats, levels: Floats) -> Floats:
    """Return the chance that more is needed than each level, by a Gaussian kernel (Scott)."""
    width = max(float(np.std(estimates, ddof=1)), 0.01 * float(np.mean(estimates)))
    width *= len(estimates) ** -0.2
    return np.asarray(ndtr((estimates - levels[:, None]) / width).mean(axis=1))


def by_slope(truth: Truth, target: float, slope: float) -> Decide:
    """Collect what a fixed slope of log error on log images says, from the last run on."""

    def decide(tried: tuple[int, ...], _rounds_left: int) -> int:
        images, accuracy = truth.runs(tried)
        ratio = (100.0 - target) / (100.0 - accuracy[-1])
        log_factor = math.log(ratio) / slope
        wanted = float(images[-1]) * math.exp(min(log_factor, math.log(truth.cap)))
        return min(math.ceil(wanted), truth.cap)

    return decide


def run_protocol(
    method: Callable[[Truth, float], Decide], truths: Sequence[Truth], rounds: int
) -> RoundsScore:
    """Return how a method does with up to ``rounds`` rounds."""
    return score_rounds("", rounds, collect_all(method, truths, rounds))


def shown(score: RoundsScore) -> str:
    """Return failure %, mean and median ratio, and the cost in units of the price."""
    return (
        f"{100 * score.failure_rate:3.0f} / {score.mean_cost_ratio:6.2f} "
        f"({score.median_cost_ratio:.2f})   cost {score.mean_cost:.3g}"
    )


def tuned_tau(truths: Sequence[Truth], rounds: int) -> float:
    """Return the smallest correction with which regression fails least on some curves."""
    failures = math.inf
    best = 0.0
    for tau in TAUS.tolist():
        score = run_protocol(
            lambda truth, target, tau=tau: by_regression(truth, target, tau),  # type: ignore[misc]
            truths,
            rounds,
        )
        if score.failure_rate < failures:
            failures, best = score.failure_rate, tau
        if failures == 0.0:
            break
    return best
