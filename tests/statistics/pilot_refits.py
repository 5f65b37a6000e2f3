"""Full refits with a new data set's runs among the rows: the reference for updates with pilots.

The refit samples coefficients and the new data set together, from the shipped rows and the runs.
A fit takes all curves to stray alike, while a new project has a discrepancy of a size of its own.
So the runs enter the refit with extra noise, and its draws are weighted afterwards by the exact
likelihood of the runs under a grid of sizes, over the likelihood they were sampled with.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.domain.arrays import Floats
from planner.domain.model.specification import Discrepancy
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.vocabulary import Backbone, Task
from planner.forecasting.forecast import build_forecast
from planner.reference.store import load_model
from planner.regression.fitting.build import effect_labels
from planner.regression.fitting.fit import Fit, fit_model
from planner.regression.rows.architectures import known_covariates
from planner.regression.rows.observations import Observation, build_table
from planner.regression.rows.shipped import read_observations

NETWORK, NAME = "ResNet-50", "project"
EXTRA_SD = 0.1
MONTE_CARLO = 0.04  # two errors of a difference of medians of log10 data needed
N_SIZES = 15
N_KEPT = 8_000
LN10 = math.log(10.0)


@dataclass(frozen=True)
class Case:
    """Runs of one new data set: images, error, test images; a target, and sizes to forecast."""

    classes: int
    runs: tuple[tuple[int, float, int], ...]
    target: float

    @property
    def sizes(self) -> tuple[float, float]:
        """Five and twenty times the largest run."""
        return 5.0 * self.runs[-1][0], 20.0 * self.runs[-1][0]

    @property
    def complexity(self) -> float:
        """Relative complexity of equally frequent classes."""
        return math.log(self.classes) / math.log(1_000)

    @property
    def log10_reference(self) -> float:
        """Of the images at which level and rate are told: about 18 for each class."""
        return 2.75 + 3.0 * (self.complexity - 0.5)

    @property
    def log10_guess(self) -> float:
        """Of the majority guess."""
        return math.log10(1 - 1 / self.classes)


CASES = {
    "one run": Case(100, ((1_000, 0.45, 2_000),), 0.15),
    "three runs": Case(
        10, ((500, 0.2, 100_000), (1_500, 0.13, 100_000), (5_000, 0.08, 100_000)), 0.04
    ),
    "two runs": Case(20, ((1_000, 0.3, 1_000), (4_000, 0.2, 1_000)), 0.1),
    "steep": Case(20, ((1_000, 0.4, 1_000), (4_000, 0.15, 1_000)), 0.05),
    "flat": Case(20, ((1_000, 0.2, 1_000), (4_000, 0.19, 1_000)), 0.1),
    "near chance": Case(200, ((500, 0.95, 2_000),), 0.3),
    "small error": Case(2, ((5_000, 0.01, 5_000),), 0.003),
    "repeats": Case(20, ((2_000, 0.2, 500), (2_000, 0.22, 500), (2_000, 0.25, 500)), 0.1),
    "five in line": Case(
        50,
        (
            (500, 0.5, 5_000),
            (1_000, 0.42, 5_000),
            (2_000, 0.33, 5_000),
            (4_000, 0.27, 5_000),
            (8_000, 0.21, 5_000),
        ),
        0.1,
    ),
    "out of line": Case(30, ((1_000, 0.3, 5_000), (2_000, 0.33, 5_000), (4_000, 0.18, 5_000)), 0.1),
    "many images": Case(100, ((50_000, 0.1, 10_000),), 0.05),
}


@dataclass(frozen=True, eq=False)
class Curves:
    """Draws of a case's own curve, each of shape (n_draws,)."""

    case: Case
    level: Floats
    rate: Floats
    decay: Floats
    bend: Floats

    def at(self, log10_images: Floats) -> Floats:
        """Return log10 error of every draw, shape (n_draws, n_images).

        The rate of fall is ``rate`` at the reference size, less by a factor e for each
        ``1 / decay`` decades beyond it: the integral of that is what the curve has fallen. The
        share of the majority guess bends towards 1 with the exponent ``bend``.
        """
        beyond = log10_images - self.case.log10_reference
        faded = np.exp(-self.decay[:, None] * beyond)
        u = self.level[:, None] - self.rate[:, None] * (1.0 - faded) / self.decay[:, None]
        bend = self.bend[:, None]
        return self.case.log10_guess - bend * np.log1p(10.0 ** (-u / bend)) / LN10

    def rows(self, chosen: NDArray[np.intp]) -> "Curves":
        """Return some of the draws."""
        parts = (self.level, self.rate, self.decay, self.bend)
        return Curves(self.case, *(part[chosen] for part in parts))


@dataclass(frozen=True, eq=False)
class Refit:
    """Draws of a case's own curve from a refit, weighted by sizes of its discrepancy."""

    case: Case
    curves: Curves
    sigma: Floats

    @cached_property
    def law(self) -> Discrepancy:
        """Discrepancy of the shipped model."""
        spec = load_model("transfer").spec
        assert spec is not None
        return spec.discrepancy

    def predict(self) -> tuple[Floats, Floats]:
        """Return draws of log10 error at the sizes, and of log10 data needed."""
        rows, sizes = self._resampled()
        return _predict(self.case, self.law, sizes, self.curves.rows(rows), self.sigma[rows])

    def _resampled(self) -> tuple[NDArray[np.intp], Floats]:
        """Return draws and sizes that follow the exact posterior."""
        shares = (np.arange(N_SIZES) + 0.5) / N_SIZES
        sizes = self.law.sizes(ndtri(shares)) if self.law.spread else np.ones(1)
        seen = np.log10([n for n, _, _ in self.case.runs])
        residual = np.log10([e for _, e, _ in self.case.runs]) - self.curves.at(seen)
        sampled = self._log_likelihood(residual, 1.0, EXTRA_SD**2)
        exact = np.stack([self._log_likelihood(residual, size, 0.0) for size in sizes.tolist()])
        weights = np.exp(exact - sampled - (exact - sampled).max())
        weights /= weights.sum()
        ends = np.cumsum(weights.ravel())
        chosen = np.searchsorted(ends, (np.arange(N_KEPT) + 0.5) / N_KEPT * ends[-1])
        size, rows = np.unravel_index(np.minimum(chosen, weights.size - 1), weights.shape)
        return rows, sizes[size]

    def _log_likelihood(self, residual: Floats, size: float, extra: float) -> Floats:
        noise = _noise(self.case, self.law, self.sigma, np.full(len(self.sigma), size))
        noise = noise + extra * np.eye(len(self.case.runs))
        solved = np.linalg.solve(noise, residual[..., None])[..., 0]
        log_volume = np.linalg.slogdet(noise)[1]
        return np.asarray(-0.5 * ((residual * solved).sum(axis=1) + log_volume))


def refit(case: Case, *, tune: int = 500, draws: int = 1_500) -> Refit:
    """Sample the shipped rows and a case's runs together."""
    spec = load_model("transfer").spec
    assert spec is not None
    rows = [*read_observations(), *(_row(case, *run) for run in case.runs)]
    fit = fit_model(build_table(rows), spec, seed=1, tune=tune, draws=draws, target_accept=0.93)
    level = _effect(fit, "A", NAME) + _effect(fit, "P", NAME) + _effect(fit, "R", NETWORK)
    slope = _effect(fit, "L", NAME) + _scalar(fit, "l_pre") + _effect(fit, "LC", f"{NAME} | 1 | 0")
    curves = Curves(
        case,
        level + _scalar(fit, "b_rc") * (case.complexity - 0.5),
        np.exp(slope),
        np.exp(_scalar(fit, "k0") + _effect(fit, "K", NAME)),
        np.exp(_scalar(fit, "c0") + _effect(fit, "C", NAME)),
    )
    return Refit(case, curves, _scalar(fit, "sigma"))


@dataclass(frozen=True)
class Agreement:
    """Update less refit: medians of log10 error, median and 90 % quantile of log10 data needed."""

    log10_error: tuple[float, ...]
    needed_median: float
    needed_p90: float


def agreement(case: Case, *, tune: int = 500, draws: int = 1_500) -> Agreement:
    """Compare an update with a refit."""
    errors, needed = refit(case, tune=tune, draws=draws).predict()
    project = Project(
        id=NAME,
        classes=case.classes,
        target_error=case.target,
        images=Images(limit=1_000_000),
        pilots=tuple(Pilot(n, error, tested, NETWORK) for n, error, tested in case.runs),
    )
    forecast = build_forecast(project, load_model("transfer"))
    assert forecast.pilot_quality is not None
    assert forecast.pilot_quality.is_reliable
    updated = np.log10(forecast.error_draws(case.sizes, NETWORK))
    ours = np.log10(forecast.data_needed_draws(case.target, NETWORK))
    apart = np.median(updated, axis=0) - np.median(errors, axis=0)
    return Agreement(
        tuple(apart.tolist()),
        _apart(_quantile(ours, 0.5), _quantile(needed, 0.5)),
        _apart(_quantile(ours, 0.9), _quantile(needed, 0.9)),
    )


def assert_agrees(found: Agreement) -> None:
    """Medians within .05, the 90 % quantile within .15, each with room for Monte Carlo error."""
    assert max(map(abs, found.log10_error)) <= 0.05
    assert abs(found.needed_median) <= 0.05 + MONTE_CARLO
    assert abs(found.needed_p90) <= 0.15 + 2 * MONTE_CARLO


def _apart(one: float, other: float) -> float:
    """Return a difference: none between two that are never reached."""
    return 0.0 if one == other else one - other


def _quantile(draws: Floats, share: float) -> float:
    return float(np.quantile(draws, share, method="inverted_cdf"))


def _row(case: Case, images: int, error: float, tested: int) -> Observation:
    top1, parameters = known_covariates(NETWORK)
    per_image = (1.0 - error) / (error * LN10**2)
    return Observation(
        dataset=NAME,
        task=Task.CLASSIFICATION,
        architecture=NETWORK,
        n_images=images,
        error=error,
        relative_complexity=case.complexity,
        pretrained=True,
        backbone=Backbone.FINETUNED,
        study=NAME,
        pretraining="imagenet-1k",
        chance_error=1 - 1 / case.classes,
        top1_percent=top1,
        parameters=parameters,
        test_images=per_image / (per_image / tested + EXTRA_SD**2),
    )


def _scalar(fit: Fit, name: str) -> Floats:
    return np.asarray(fit.trace.posterior[name].values).ravel()


def _effect(fit: Fit, name: str, label: str) -> Floats:
    """Return a group's effect; the sampler sees standardised ones where it is not centred."""
    (group,) = (group for group in fit.spec.groups if group.name == name)
    at = effect_labels(fit.table, group).index(label)
    posterior = fit.trace.posterior
    if name in posterior:
        return np.asarray(posterior[name].values)[..., at].ravel()
    return np.asarray(posterior[f"{name}_z"].values)[..., at].ravel() * _scalar(fit, group.sd)


def _kernel(law: Discrepancy, left: Floats, right: Floats) -> Floats:
    return law.scale**2 * np.exp(-np.abs(left[:, None] - right) / law.decades)


def _height(case: Case, law: Discrepancy, log10_error: Floats) -> Floats:
    share = np.minimum(10.0 ** (log10_error - case.log10_guess), 1.0)
    return 1.0 - share + law.at_chance * share


def _noise(case: Case, law: Discrepancy, sigma: Floats, sizes: Floats) -> Floats:
    """Return the covariance of the runs about the curve, shape (n_draws, n_runs, n_runs)."""
    seen = np.log10([n for n, _, _ in case.runs])
    tested = np.array([(1 - e) / (e * m * LN10**2) for _, e, m in case.runs])
    height = _height(case, law, np.log10([error for _, error, _ in case.runs]))
    noise = np.outer(height, height) * _kernel(law, seen, seen) * sizes[:, None, None] ** 2
    return np.asarray(noise + np.eye(len(seen)) * (tested + sigma[:, None, None] ** 2))


def _predict(
    case: Case, law: Discrepancy, sizes: Floats, curves: Curves, sigma: Floats
) -> tuple[Floats, Floats]:
    """Return draws at the sizes, and first crossings on nodes, from dense normals."""
    rng = np.random.default_rng(0)
    nodes = np.arange(0.0, 8.0001, 0.125)
    asked = np.concatenate([nodes, np.log10(case.sizes)])
    seen, measured = np.log10([(n, e) for n, e, _ in case.runs]).T
    cross = _height(case, law, measured)[:, None] * _kernel(law, seen, asked)
    noise = _noise(case, law, sigma, sizes)
    square = sizes[:, None, None] ** 2
    gain = np.swapaxes(np.linalg.solve(noise, square * cross), 1, 2)
    strayed = np.einsum("sij,sj->si", gain, measured - curves.at(seen))
    covariance = square * (_kernel(law, asked, asked) - gain @ cross)
    root = np.linalg.cholesky(covariance + 1e-9 * square * np.eye(len(asked)))
    normals = rng.standard_normal((len(sigma), len(asked)))
    strayed += np.einsum("sij,sj->si", root, normals)
    centre = curves.at(asked)
    drawn = centre + _height(case, law, centre) * strayed
    drawn += sigma[:, None] * rng.standard_normal((len(sigma), 1))
    gap = drawn[:, : len(nodes)] - math.log10(case.target)
    first = np.argmax(gap <= 0, axis=1)
    row, before = np.arange(len(first)), np.maximum(first - 1, 0)
    above, below = gap[row, before], gap[row, first]
    share = np.where(first > 0, above / np.where(above > below, above - below, 1.0), 0.0)
    crossing = nodes[before] + 0.125 * share
    return drawn[:, len(nodes) :], np.where((gap <= 0).any(axis=1), crossing, np.inf)
