"""What does an update with pilots look at? Runs and prior of one project, draws on the last axis.

Unknowns are standardised: each is a standard normal before the pilots.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats, Places
from planner.domain.model.curve_shape import log10_share, log10_share_and_slopes
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Discrepancy, Reference
from planner.domain.portfolio.project import Project
from planner.forecasting.discrepancy import DiscrepancyPath, NodeGrid, path_sizes
from planner.forecasting.hierarchy import GaussianPredictor, Option, ProjectPrior, project_prior
from planner.forecasting.luck import Luck
from planner.forecasting.path_noise import PathNoise
from planner.forecasting.pilots.path import PilotedPath, path_between
from planner.forecasting.pilots.runs import PilotRun
from planner.forecasting.pilots.stacked import cholesky, solve_lower, solve_upper, spread_axes
from planner.forecasting.starts import start_error

_JITTER = 1e-10  # relative: two fitted architectures differ by a constant, which is singular


def reindexed(predictor: GaussianPredictor, index: Places) -> GaussianPredictor:
    """Return the prior whose row r is that of population draw ``index[r]``."""
    components = tuple(
        replace(part, variance=part.variance[index]) for part in predictor.components
    )
    return GaussianPredictor(predictor.mean[index], components)


@dataclass(frozen=True, eq=False)
class PredictorPart:
    """Distinct values of one predictor among the piloted options, as a factor times normals.

    Attributes
    ----------
    name : str
        Of the predictor.
    prior : GaussianPredictor
        Of the piloted options.
    distinct : tuple of int
        One option for each distinct combination of effects.
    factor : ndarray of shape (n_distinct, n_distinct, n_draws)
        Lower Cholesky factor of their covariance.
    centre : ndarray of shape (n_options, n_draws)
        Prior mean of each piloted option.
    loading : ndarray of shape (n_options, n_distinct, n_draws)
        Places of the factor for each piloted option.
    """

    name: str
    prior: GaussianPredictor
    distinct: tuple[int, ...]
    factor: Floats
    centre: Floats
    loading: Floats

    @classmethod
    def build(cls, name: str, prior: GaussianPredictor) -> "PredictorPart":
        """Return one predictor's part."""
        keys = [
            tuple(
                (part.name, part.labels[o], part.times[o])
                for part in prior.components
                if part.times[o] != 0.0
            )
            for o in range(prior.mean.shape[1])
        ]
        position = {key: at for at, key in enumerate(dict.fromkeys(filter(None, keys)))}
        distinct = tuple(keys.index(key) for key in position)
        covariance = np.ascontiguousarray(prior.covariance(distinct, distinct).transpose(1, 2, 0))
        for at in range(len(distinct)):
            covariance[at, at] *= 1.0 + _JITTER
            covariance[at, at] += np.finfo(np.float64).tiny
        factor = cholesky(covariance)
        centre = np.ascontiguousarray(prior.mean.T)
        loading = np.zeros((len(keys), *factor.shape[1:]))
        for option, key in enumerate(keys):
            if key:  # an option without effects is what its mean says
                loading[option] = factor[position[key]]
        return cls(name, prior, distinct, factor, centre, loading)

    def at_options(self, standardised: Floats) -> Floats:
        """Return values of each option from standard normals, shape (n_distinct, ..., n_draws)."""
        value = np.zeros((len(self.centre), *standardised.shape[1:]))
        value += spread_axes(self.centre, value.ndim)
        for at, normal in enumerate(standardised):
            value += spread_axes(self.loading[:, at], value.ndim) * normal
        return value


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything an update looks at.

    Attributes
    ----------
    luck : Luck
        Of the project.
    options : tuple of Option
        With pilots.
    option_of : ndarray of int, shape (n_runs,)
        Option of each run.
    decades : ndarray of shape (n_runs,)
        log10 images over the reference size.
    parts : tuple of PredictorPart
        Level, slope and whatever else is declared.
    log10_start : ndarray of shape (n_runs,)
        Of the error that each run's curve starts from.
    measured, log10_images, test_variance : ndarray of shape (n_runs,)
        log10 error, log10 images, and the variance of one run's log10 error beyond repeats.
    lasting : ndarray of shape (n_runs,)
        Variance that repeats do not take away.
    repeats, spread, freedom : ndarray of shape (n_runs,)
        How many runs each stands for, their sum of squares about their mean, and its degrees of
        freedom.
    sigma : ndarray of shape (n_draws,)
        Repeat noise.
    law : Discrepancy
        As declared.
    sizes : ndarray of shape (n_draws,), or None
        Of the discrepancy in each draw.
    """

    luck: Luck
    options: tuple[Option, ...]
    option_of: Places
    decades: Floats
    parts: tuple[PredictorPart, ...]
    log10_start: Floats
    measured: Floats
    sigma: Floats
    law: Discrepancy
    log10_images: Floats
    test_variance: Floats
    lasting: Floats
    repeats: Floats
    spread: Floats
    freedom: Floats
    sizes: Floats | None = None

    @classmethod
    def build(
        cls, posterior: Posterior, project: Project, runs: Sequence[PilotRun], luck: Luck
    ) -> "Scene":
        """Gather runs and prior; levels come first among the parts."""
        options = tuple(dict.fromkeys(run.option for run in runs))
        option_of = np.array([options.index(run.option) for run in runs], dtype=np.intp)
        prior: ProjectPrior = project_prior(posterior, project, options, luck)
        log10_images = np.array([run.log10_images for run in runs])
        spec = posterior.spec
        reference = Reference() if spec is None else spec.reference
        return cls(
            luck=luck,
            options=options,
            option_of=option_of,
            decades=reference.decades(log10_images, project.relative_complexity),
            parts=tuple(
                PredictorPart.build(name, predictor) for name, predictor in prior.predictors.items()
            ),
            log10_start=np.array(
                [math.log10(start_error(project, frozen=run.option.frozen)) for run in runs]
            ),
            measured=np.array([run.log10_error for run in runs]),
            sigma=posterior.draws["sigma"],
            law=Discrepancy() if spec is None else spec.discrepancy,
            log10_images=log10_images,
            test_variance=np.array([run.variance for run in runs]),
            lasting=np.array([run.lasting for run in runs]),
            repeats=np.array([run.repeats for run in runs], dtype=np.float64),
            spread=np.array([run.spread for run in runs]),
            freedom=np.array([run.freedom for run in runs], dtype=np.float64),
        )

    def with_sizes(self, layer: int) -> "Scene":
        """Return the scene with one assignment of discrepancy sizes to the draws."""
        return replace(self, sizes=path_sizes(self.law, self.luck, layer))

    @property
    def n_levels(self) -> int:
        """Number of distinct levels."""
        return len(self.parts[0].distinct)

    @property
    def n_unknown(self) -> int:
        """Number of unknowns of each draw."""
        return sum(len(part.distinct) for part in self.parts)

    @cached_property
    def runs_of(self) -> tuple[Places, ...]:
        """Runs of each option."""
        return tuple(np.flatnonzero(self.option_of == o) for o in range(len(self.options)))

    @cached_property
    def height(self) -> Floats:
        """What is left of the discrepancy at each run, from its measured error."""
        return self.law.height(10.0 ** (self.measured - self.log10_start))

    @cached_property
    def run_variance(self) -> Floats:
        """Variance of each run about its curve and its discrepancy, shape (n_runs, n_draws)."""
        own = (self.test_variance[:, None] + self.sigma**2) / self.repeats[:, None]
        return np.asarray(own + self.lasting[:, None])

    @cached_property
    def noise(self) -> PathNoise:
        """Discrepancy and noise at the runs; options have nothing in common."""
        return PathNoise.build(
            self.law, self.option_of, self.log10_images, self.height, self.run_variance, self.sizes
        )

    def log_noise_volume(self) -> Floats:
        """Return what the likelihood loses by wide noise, whatever the curve, shape (n_draws,)."""
        return self.noise.log_volume() + self._spread_of_repeats()

    def _spread_of_repeats(self) -> Floats:
        """Return minus the log likelihood of repeats about their own means, shape (n_draws,)."""
        total = np.zeros_like(self.sigma)
        for run in np.flatnonzero(self.freedom):
            variance = self.test_variance[run] + self.sigma**2
            total += 0.5 * (self.spread[run] / variance + self.freedom[run] * np.log(variance))
        return total

    def whiten(self, at_runs: Floats) -> Floats:
        """Return values at the runs with their noise made standard and independent."""
        return self.noise.whiten(at_runs)

    def split(self, standardised: Floats) -> list[Floats]:
        """Return the unknowns of each part."""
        ends = np.cumsum([len(part.distinct) for part in self.parts])[:-1]
        return np.split(standardised, ends)

    def residual(self, standardised: Floats) -> Floats:
        """Return measured minus mean log10 error, shape (n_runs, ..., n_draws)."""
        return self._curve(standardised, with_slopes=False)[0]

    def linearised(self, standardised: Floats) -> tuple[Floats, list[Floats]]:
        """Return the residual and the change of the curve with each predictor."""
        return self._curve(standardised, with_slopes=True)

    def _curve(self, standardised: Floats, *, with_slopes: bool) -> tuple[Floats, list[Floats]]:
        values = [
            part.at_options(normals)[self.option_of]
            for part, normals in zip(self.parts, self.split(standardised), strict=True)
        ]
        decades = self.decades.reshape(-1, *(1,) * (values[0].ndim - 1))
        named = {part.name: value for part, value in zip(self.parts, values, strict=True)}
        measured = (self.measured - self.log10_start).reshape(decades.shape)
        if not with_slopes:
            return measured - log10_share(named, decades), []
        log_share, slopes = log10_share_and_slopes(named, decades)
        return measured - log_share, [slopes[part.name] for part in self.parts]

    def pulls(self, standardised: Floats, index: Places) -> dict[str, Floats]:
        """Return what moves other options: the inverse covariance times the piloted ones' shift.

        Each of shape (n_options, n_draws), 0 for options that repeat another's effects.
        """
        found = {}
        for part, normals in zip(self.parts, self.split(standardised), strict=True):
            prior = reindexed(part.prior, index)
            fresh = (prior.draw(self.luck) - prior.mean)[:, part.distinct].T
            factor = part.factor[..., index]
            pull = np.zeros((len(self.options), len(index)))
            pull[list(part.distinct)] = solve_upper(factor, normals - solve_lower(factor, fresh))
            found[part.name] = pull
        return found

    def paths(
        self,
        standardised: Floats,
        index: Places,
        sigma: Floats,
        sizes: Floats | None,
        grid: NodeGrid,
    ) -> dict[Option, PilotedPath]:
        """Return conditioned discrepancies of the piloted options.

        Parameters
        ----------
        standardised : ndarray of shape (n_unknown, n_rows)
            Unknowns of every row.
        index : ndarray of int, shape (n_rows,)
            Population draw behind each row.
        sigma : ndarray of shape (n_rows,)
            Repeat noise in every row.
        sizes : ndarray of shape (n_rows,), or None
            Of the discrepancy in every row.
        grid : NodeGrid
            Nodes.
        """
        prior = [DiscrepancyPath(self.law, self.luck, o.curve, grid, sizes) for o in self.options]
        own = self.runs_of
        between = [
            path_between(path, self.log10_images[runs])
            for path, runs in zip(prior, own, strict=True)
        ]
        there = self.at(index, sigma, sizes)
        explained = there.fresh_noise()
        moved = [
            PilotedPath(path, *found, self.log10_images[runs], np.zeros((len(runs), len(index))))
            for path, found, runs in zip(prior, between, own, strict=True)
        ]
        for path, runs in zip(moved, own, strict=True):
            departure = path.at(self.log10_images[runs], slice(None))
            explained[runs] += self.height[runs, None] * departure
        scaled = there.noise.solve_transposed(
            there.whiten(there.residual(standardised) - explained)
        )
        pull = self.height[:, None] * scaled * (1.0 if sizes is None else sizes**2)
        return {
            option: replace(path, pull=pull[runs])
            for option, path, runs in zip(self.options, moved, own, strict=True)
        }

    def at(self, index: Places, sigma: Floats, sizes: Floats | None) -> "Scene":
        """Return the scene where row r stands for draw ``index[r]`` with noise and size given."""
        parts = tuple(
            replace(part, centre=part.centre[:, index], loading=part.loading[..., index])
            for part in self.parts
        )
        return replace(self, parts=parts, sigma=sigma, sizes=sizes)

    def fresh_noise(self) -> Floats:
        """Return new noise of the runs themselves, shape (n_runs, n_draws)."""
        normals = self.luck.generator("pilot noise").standard_normal(self.run_variance.shape)
        return np.asarray(normals * np.sqrt(self.run_variance))
