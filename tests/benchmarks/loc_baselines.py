"""Ways to decide how much to collect, as published, and the protocol that compares them.

Mahmood et al. (CVPR 2022, arXiv 2207.01725): fit a power law to runs on subsets, collect what it
says the target takes; a correction tau asks for a little more than the target. Mahmood et al.
(NeurIPS 2022, arXiv 2210.01234, LOC): bootstrap the fit, smooth the estimates of data needed, and
collect what costs least in expectation. Their code is not public; these are re-implementations.

Protocol: the truth is the straight line between measured points. A tenth of the images is held,
runs on up to a tenth of them are known, and ten targets lie between the accuracy held plus one
point and that of the full set.
"""

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from planner._resources import resource_root
from planner.allocation.rounds import (
    ReplannedRounds,
    RoundPrices,
    RoundsRun,
    least_cost_levels,
    simulate_rounds,
)
from planner.catalogue.tables import load_catalogue
from planner.domain.posterior import Posterior
from planner.domain.project import Images, Pilot, Project
from planner.forecast.forecast import Forecast, build_forecast

type Array = NDArray[np.float64]
type Decide = Callable[[tuple[int, ...], int], int]

HELD_SHARE = 0.1
N_TARGETS = 10
MOST_PILOTS = 10
CAP = 10
"""Collection ends at this multiple of the full set, whatever a method asks for."""

PRICES = RoundPrices(per_image=1.0, penalty=1e8)
ROUNDS = (1, 3, 5)
N_BOOTSTRAP = 30
N_GRID = 300
EXPONENTS = np.geomspace(0.01, 3.0, 300)
TAUS = np.arange(0.0, 10.25, 0.25)


@dataclass(frozen=True, eq=False)
class Truth:
    """A learning curve taken as the truth: accuracy in per cent, straight between its points."""

    name: str
    images: Array
    accuracy: Array

    @property
    def full(self) -> int:
        """Images of the full set."""
        return round(float(self.images[-1]))

    @property
    def held(self) -> int:
        """Images owned at the start."""
        return round(HELD_SHARE * self.full)

    @property
    def cap(self) -> int:
        """Most images that may be collected."""
        return CAP * self.full

    @property
    def pilot_sizes(self) -> tuple[int, ...]:
        """Sizes of the runs known at the start, the images held last."""
        below = [int(n) for n in self.images if n < self.held]
        return (*below[-(MOST_PILOTS - 1) :], self.held)

    @property
    def targets(self) -> Array:
        """Accuracies to reach, in per cent."""
        return np.linspace(self.accuracy_at(self.held) + 1.0, self.accuracy[-1], N_TARGETS)

    def accuracy_at(self, images: float) -> float:
        """Return the accuracy at a number of images; flat beyond the full set."""
        return float(np.interp(images, self.images, self.accuracy))

    def needed(self, target: float) -> float:
        """Return the images at which the line first reaches a target."""
        at = int(np.argmax(self.accuracy >= target))
        if at == 0:
            return float(self.images[0])
        share = (target - self.accuracy[at - 1]) / (self.accuracy[at] - self.accuracy[at - 1])
        return float(self.images[at - 1] + share * (self.images[at] - self.images[at - 1]))

    def runs(self, tried: Sequence[int]) -> tuple[Array, Array]:
        """Return images and accuracies of all runs, given the sizes collected so far."""
        sizes = [*self.pilot_sizes, *tried[1:]]
        return np.array(sizes, dtype=float), np.array([self.accuracy_at(n) for n in sizes])


@cache
def development_curves() -> tuple[Truth, ...]:
    """Return the eight nine-point ImageNet ResNet-50 curves among the shipped results."""
    points: dict[str, list[tuple[float, float]]] = {}
    with (resource_root("data") / "transfer_observations.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = (row["study"], row["dataset"], row["architecture"])
            if key == ("cg-transfer", "imagenet-1k", "ResNet-50"):
                point = float(row["n_train"]), 100.0 * (1.0 - float(row["error"]))
                points.setdefault(row["pretraining"], []).append(point)
    curves = [(name, sorted(rows)) for name, rows in points.items() if len(rows) == 9]
    return tuple(Truth(name, *np.array(rows).T) for name, rows in curves)


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


def fit_power_law(images: Array, accuracy: Array, weights: Array | None = None) -> PowerLaw:
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
def _bootstrap_weights(n_runs: int, luck: tuple[int, int]) -> tuple[Array, ...]:
    """Return how often each run is drawn; the law has three parameters, so at least three are."""
    rng = np.random.default_rng([*luck, n_runs])
    weights: list[Array] = []
    while len(weights) < N_BOOTSTRAP:
        counts = np.bincount(rng.integers(0, n_runs, n_runs), minlength=n_runs)
        if np.count_nonzero(counts) >= min(3, n_runs):
            weights.append(counts.astype(float))
    return tuple(weights)


def _smoothed_survival(estimates: Array, levels: Array) -> Array:
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


@dataclass(frozen=True, eq=False)
class Forecaster:
    """Our own forecasts of the protocol's projects, each set of runs updated once."""

    posterior: Posterior
    seed: int = 0
    _known: dict[tuple[str, tuple[int, ...]], Forecast] = field(default_factory=dict)

    def forecast(self, truth: Truth, tried: tuple[int, ...]) -> Forecast:
        """Return the forecast after all runs so far."""
        key = truth.name, tried
        if key not in self._known:
            self._known[key] = build_forecast(
                _project(truth, tried),
                self.posterior,
                architectures=load_catalogue().architectures,
                seed=self.seed,
            )
        return self._known[key]

    def needed(self, truth: Truth, tried: tuple[int, ...], target: float) -> Array:
        """Return draws of data needed, given that the last run missed the target."""
        forecast = self.forecast(truth, tried)
        draws = forecast.data_needed_draws(1.0 - target / 100.0, "ResNet-50")
        beyond = draws[draws > tried[-1]]
        # a belief that the runs refute says nothing: double
        return beyond if len(beyond) else np.array([2.0 * tried[-1]])

    def by_rounds(self, truth: Truth, target: float) -> Decide:
        """Plan all rounds left on our draws of data needed."""
        return ReplannedRounds(lambda tried: self.needed(truth, tried, target), truth.cap, PRICES)

    def by_median(self, truth: Truth, target: float) -> Decide:
        """Collect the median need."""

        def decide(tried: tuple[int, ...], _rounds_left: int) -> int:
            draws = self.needed(truth, tried, target)
            wanted = float(np.quantile(draws, 0.5, method="inverted_cdf"))
            return math.ceil(min(wanted, truth.cap))

        return decide


def _project(truth: Truth, tried: tuple[int, ...]) -> Project:
    images, accuracy = truth.runs(tried)
    return Project(
        id=truth.name,
        classes=1000,
        pretrained=False,  # rendered images are not pretraining in the fitted rows' sense
        target_error=0.5,
        images=Images(held=tried[-1], limit=truth.cap),
        architectures=("ResNet-50",),
        pilots=tuple(
            Pilot(images=int(n), error=round(1.0 - v / 100.0, 12), architecture="ResNet-50")
            for n, v in zip(images, accuracy, strict=True)
        ),
    )


@dataclass(frozen=True)
class Score:
    """How a method did over all curves and targets.

    Attributes
    ----------
    failures : float
        Share of targets not met within the rounds.
    mean_ratio, median_ratio : float
        Images bought over those needed, minus 1, where the target was met.
    mean_cost : float
        Spend plus penalty: the objective itself.
    n : int
        Targets.
    """

    failures: float
    mean_ratio: float
    median_ratio: float
    mean_cost: float
    n: int

    def __str__(self) -> str:
        """Return failure %, mean and median ratio, and the cost in units of the price."""
        return (
            f"{100 * self.failures:3.0f} / {self.mean_ratio:6.2f} ({self.median_ratio:.2f})"
            f"   cost {self.mean_cost:.3g}"
        )


def run_protocol(
    method: Callable[[Truth, float], Decide], truths: Sequence[Truth], rounds: int
) -> Score:
    """Return how a method does with up to ``rounds`` rounds."""
    runs, ratios = [], []
    for truth in truths:
        for target in truth.targets.tolist():
            needed = truth.needed(target)
            run = simulate_rounds(
                method(truth, target), needed=needed, held=truth.held, rounds=rounds, prices=PRICES
            )
            runs.append(run)
            if run.reached:
                ratios.append(run.spend / (needed - truth.held) - 1.0)
    return _score(runs, ratios)


def _score(runs: Sequence[RoundsRun], ratios: Sequence[float]) -> Score:
    return Score(
        failures=float(np.mean([not run.reached for run in runs])),
        mean_ratio=float(np.mean(ratios)) if ratios else math.nan,
        median_ratio=float(np.median(ratios)) if ratios else math.nan,
        mean_cost=float(np.mean([run.cost for run in runs])),
        n=len(runs),
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
        if score.failures < failures:
            failures, best = score.failures, tau
        if failures == 0.0:
            break
    return best
