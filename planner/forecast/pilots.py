"""How do a project's own measurements change its forecast?

Given a draw of what all projects share, levels and log slopes of a project's options are jointly
Gaussian, and a pilot measures the curve they make, plus a discrepancy and noise. Importance
sampling in three steps, for all draws at once:

1. Gauss-Newton finds the mode of every draw's own posterior; slopes (and floors) are proposed from
   its Student-t Laplace approximation.
2. Given those, levels are proposed from a second Laplace approximation. Level and slope lie on a
   curved ridge when the pilots are far from the reference size; one Gaussian would miss it.
3. Weights are exact, so draws of the population are reweighted too. They are Pareto-smoothed, and
   resampled so that a row that survives keeps its place: row s stays one state of the world for
   every project.

Options without pilots follow by Matheron's rule: prior draws plus the covariance times what the
piloted options moved by. Discrepancies of piloted options do the same along images.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.covariates import REFERENCE_LOG10_IMAGES
from planner.domain.plan import Warning_
from planner.domain.posterior import Posterior
from planner.domain.project import Project
from planner.domain.specification import Discrepancy
from planner.forecast.discrepancy import NODES, DiscrepancyPath, NodeGrid
from planner.forecast.hierarchy import GaussianPredictor, Option, ProjectPrior, project_prior
from planner.forecast.importance import coupled_rows, pareto_smooth
from planner.forecast.luck import Luck
from planner.forecast.pilot_runs import PilotRun

type Array = NDArray[np.float64]
type Rows = NDArray[np.intp]

K_HAT_LIMIT = 0.7
"""Above it the tail of the weights is too heavy for their averages to be relied on."""

FEWEST_EFFECTIVE = 400.0
"""Effective draws below which an update is not relied on."""

_LN10 = math.log(10.0)
_SEARCH_STEPS = 8
_LEVEL_STEPS = 2
_LONGEST_STEP = 1.5  # prior standard deviations; Gauss-Newton overshoots near chance
_JITTER = 1e-10  # relative: two fitted architectures differ by a constant, which is singular
_LARGEST_EXPONENT = 600.0
_SMALLEST_LOG_RATE, _LARGEST_LOG_RATE = -30.0, 10.0


@dataclass(frozen=True)
class Effort:
    """How many proposals each draw makes, and how wide.

    Attributes
    ----------
    copies : int
        Proposals for each draw of the population.
    widening : float
        Factor on the scale of the Laplace approximations.
    degrees : float
        Of freedom of the Student-t proposals.
    """

    copies: int = 2
    widening: float = 1.15
    degrees: float = 6.0


FIRST_TRY = Effort()
SECOND_TRY = Effort(copies=8, widening=1.6)
"""Four times the proposals, as wide as those of a likelihood tempered to 0.4."""


@dataclass(frozen=True)
class UpdateQuality:
    """How far an update can be relied on.

    Attributes
    ----------
    k_hat : float
        Pareto shape of the weights' tail; above 0.7 they cannot be relied on.
    effective_draws : float
        Effective number of population draws.
    moved : float
        Share of rows that now stand for another population draw.
    """

    k_hat: float
    effective_draws: float
    moved: float

    @property
    def is_reliable(self) -> bool:
        """Whether averages over the draws can be relied on."""
        return self.k_hat <= K_HAT_LIMIT and self.effective_draws >= FEWEST_EFFECTIVE


@dataclass(frozen=True, eq=False)
class PilotedGrid:
    """Nodes of a piloted option: the usual ones, and the sizes of its pilots."""

    nodes: Array

    def log10_images(self) -> Array:
        """Return log10 images of every node."""
        return self.nodes


@dataclass(frozen=True, eq=False)
class PilotedPath:
    """The discrepancy of a piloted option: its path before the pilots, moved towards them.

    Attributes
    ----------
    prior : DiscrepancyPath
        Before the pilots.
    between : ndarray of shape (n_between,)
        log10 images of pilots that are no nodes of the prior's grid, rising.
    prior_between : ndarray of shape (n_between, n_draws)
        The prior path there.
    log10_images : ndarray of shape (n_runs,)
        Of the option's pilots.
    pull : ndarray of shape (n_runs, n_draws)
        How strongly each pilot moves the path.
    """

    prior: DiscrepancyPath
    between: Array
    prior_between: Array
    log10_images: Array
    pull: Array

    @cached_property
    def grid(self) -> PilotedGrid:
        """Nodes of the prior's grid, and the pilots."""
        nodes = np.concatenate([self.prior.grid.log10_images(), self.between])
        return PilotedGrid(np.sort(nodes))

    def at(self, log10_images: Array, rows: slice) -> Array:
        """Return departures of log10 error, shape (n_images, n_rows)."""
        nodes = self.grid.nodes
        inside = np.clip(log10_images, nodes[0], nodes[-1])
        low = np.clip(np.searchsorted(nodes, inside, side="right") - 1, 0, len(nodes) - 2)
        if len(low) == 0:
            return np.zeros((0, len(range(*rows.indices(self.prior.luck.n_draws)))))
        first = int(low.min())
        values = self.nodes(first, int(low.max()) + 1, rows)
        weight = ((inside - nodes[low]) / (nodes[low + 1] - nodes[low]))[:, None]
        path: Array = (1.0 - weight) * values[low - first]
        path += weight * values[low - first + 1]
        return path

    def noise(self, rows: slice) -> Array:
        """Return standard normal repeat noise of a new run, shape (n_rows,)."""
        return self.prior.noise(rows)

    def nodes(self, first: int, last: int, rows: slice) -> Array:
        """Return paths on nodes ``first`` to ``last``, shape (n_nodes, n_rows)."""
        nodes = self.grid.nodes[first : last + 1]
        law, regular = self.prior.law, self.prior.grid.log10_images()
        gaps = np.abs(nodes[:, None] - self.log10_images)
        gain = law.scale**2 * np.exp(-gaps / law.decades)
        values: Array = gain @ self.pull[:, rows]
        is_between = np.isin(nodes, self.between)
        if is_between.any():
            at = np.searchsorted(self.between, nodes[is_between])
            values[is_between] += self.prior_between[at, rows]
        if not is_between.all():
            wanted = np.searchsorted(regular, nodes[~is_between])
            values[~is_between] += self.prior.nodes(int(wanted[0]), int(wanted[-1]), rows)
        return values


def path_between(path: DiscrepancyPath, log10_images: Array) -> tuple[Array, Array]:
    """Return sizes that are no nodes of a path, rising, and the path there for all draws.

    Between two nodes the path is a bridge, drawn from left to right.
    """
    regular, law = path.grid.log10_images(), path.law
    sizes = np.setdiff1d(np.minimum(log10_images, regular[-1]), regular)
    values = np.empty((len(sizes), path.luck.n_draws))
    normals = path.luck.generator("between nodes", path.option).standard_normal(values.shape)
    for at, size in enumerate(sizes):
        right = int(np.searchsorted(regular, size))
        left_value, right_value = path.nodes(right - 1, right, slice(None))
        left_size = float(regular[right - 1])
        if at and sizes[at - 1] > left_size:
            left_size, left_value = float(sizes[at - 1]), values[at - 1]
        near = math.exp(-(float(size) - left_size) / law.decades)
        far = math.exp(-(float(regular[right]) - float(size)) / law.decades)
        total = 1.0 - (near * far) ** 2
        values[at] = near * (1.0 - far**2) / total * left_value
        values[at] += far * (1.0 - near**2) / total * right_value
        sd = law.scale * math.sqrt((1.0 - near**2) * (1.0 - far**2) / total)
        values[at] += sd * normals[at]
    return sizes, values


@dataclass(frozen=True, eq=False)
class PilotUpdate:
    """A project's draws after its pilots.

    Attributes
    ----------
    index : ndarray of int, shape (n_draws,)
        Population draw behind each row.
    quality : UpdateQuality
        Of the weights.
    warnings : tuple of Warning_
        Where they cannot be relied on.
    """

    index: Rows
    quality: UpdateQuality
    warnings: tuple[Warning_, ...]
    _options: tuple[Option, ...]
    _pulls: Mapping[str, Array]
    _paths: Mapping[Option, PilotedPath]

    @property
    def options(self) -> tuple[Option, ...]:
        """Options with pilots."""
        return self._options

    def draw(self, name: str, joint: GaussianPredictor, luck: Luck) -> Array:
        """Return conditioned draws of one predictor of one option, shape (n_draws,).

        Parameters
        ----------
        name : str
            ``level``, ``slope`` or ``floor``.
        joint : GaussianPredictor
            Prior of the option, and then of :attr:`options`, before the update. It may be a part
            of the predictor: parts are independent and their draws add up.
        luck : Luck
            Of the project.
        """
        drawn = reindexed(first_option(joint), self.index).draw(luck)[:, 0]
        others = range(1, len(self._options) + 1)
        covariance = joint.covariance([0], others)[self.index, 0]
        return np.asarray(drawn + np.einsum("so,os->s", covariance, self._pulls[name]))

    def path(self, option: Option) -> PilotedPath | None:
        """Return the discrepancy of an option that was piloted, None for any other."""
        return self._paths.get(option)


def update_with_pilots(
    posterior: Posterior,
    project: Project,
    runs: Sequence[PilotRun],
    luck: Luck,
    grid: NodeGrid = NODES,
) -> PilotUpdate:
    """Condition a project's draws on its pilots.

    Parameters
    ----------
    posterior : Posterior
        Of family ``saturating``, with a declaration.
    project : Project
        Whose pilots they are.
    runs : sequence of PilotRun
        From :func:`planner.forecast.pilot_runs.read_runs`, at least one.
    luck : Luck
        Of the project.
    grid : NodeGrid
        Nodes of the discrepancy.

    Returns
    -------
    PilotUpdate
        With a warning where the weights cannot be relied on even at the second try.
    """
    scene = _Scene.build(posterior, project, runs, luck)
    proposal = _propose(scene, FIRST_TRY)
    chosen = _resample(scene, proposal)
    if not chosen.quality.is_reliable:
        proposal = _propose(scene, SECOND_TRY)
        chosen = _resample(scene, proposal)
    standardised = proposal.at(chosen.copy, chosen.index)
    return PilotUpdate(
        index=chosen.index,
        quality=chosen.quality,
        warnings=_quality_warnings(project, chosen.quality),
        _options=scene.options,
        _pulls=scene.pulls(standardised, chosen.index),
        _paths=scene.paths(standardised, chosen.index, grid),
    )


def first_option(joint: GaussianPredictor) -> GaussianPredictor:
    """Return the prior of the first option alone."""
    components = tuple(
        replace(part, labels=part.labels[:1], times=part.times[:1], variance=part.variance[:, :1])
        for part in joint.components
    )
    return GaussianPredictor(joint.mean[:, :1], components)


def reindexed(predictor: GaussianPredictor, index: Rows) -> GaussianPredictor:
    """Return the prior whose row r is that of population draw ``index[r]``."""
    components = tuple(
        replace(part, variance=part.variance[index]) for part in predictor.components
    )
    return GaussianPredictor(predictor.mean[index], components)


@dataclass(frozen=True, eq=False)
class _Part:
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
    centre : ndarray of shape (n_runs, n_draws)
        Prior mean at each run.
    loading : ndarray of shape (n_runs, n_distinct, n_draws)
        Rows of the factor at each run.
    """

    name: str
    prior: GaussianPredictor
    distinct: tuple[int, ...]
    factor: Array
    centre: Array
    loading: Array

    @classmethod
    def build(cls, name: str, prior: GaussianPredictor, option_of: Rows) -> "_Part":
        """Return one predictor's part; ``option_of`` is the option of each run."""
        keys = [
            tuple(
                (part.name, part.labels[o], part.times[o])
                for part in prior.components
                if part.times[o] != 0.0
            )
            for o in range(prior.mean.shape[1])
        ]
        position = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        distinct = tuple(keys.index(key) for key in position)
        covariance = np.ascontiguousarray(prior.covariance(distinct, distinct).transpose(1, 2, 0))
        for at in range(len(distinct)):
            covariance[at, at] *= 1.0 + _JITTER
            covariance[at, at] += np.finfo(np.float64).tiny
        factor = _cholesky(covariance)
        of_run = np.array([position[keys[o]] for o in option_of])
        centre = np.ascontiguousarray(prior.mean[:, option_of].T)
        return cls(name, prior, distinct, factor, centre, factor[of_run])

    def at_runs(self, standardised: Array) -> Array:
        """Return values at each run from standard normals of shape (n_distinct, ..., n_draws)."""
        value = np.zeros((len(self.centre), *standardised.shape[1:]))
        value += _spread(self.centre, value.ndim)
        for at, normal in enumerate(standardised):
            value += _spread(self.loading[:, at], value.ndim) * normal
        return value


@dataclass(frozen=True, eq=False)
class _Scene:
    """Everything an update looks at, draws along the last axis."""

    luck: Luck
    options: tuple[Option, ...]
    option_of: Rows
    decades: Array
    parts: tuple[_Part, ...]
    log10_ceiling: float
    measured: Array
    sigma: Array
    law: Discrepancy
    log10_images: Array
    test_variance: Array

    @classmethod
    def build(
        cls, posterior: Posterior, project: Project, runs: Sequence[PilotRun], luck: Luck
    ) -> "_Scene":
        """Gather runs and prior; levels come first among the parts."""
        options = tuple(dict.fromkeys(run.option for run in runs))
        option_of = np.array([options.index(run.option) for run in runs], dtype=np.intp)
        prior: ProjectPrior = project_prior(posterior, project, options, luck)
        predictors = {"level": prior.level, "slope": prior.slope, "floor": prior.floor}
        log10_images = np.array([run.log10_images for run in runs])
        spec = posterior.spec
        return cls(
            luck=luck,
            options=options,
            option_of=option_of,
            decades=log10_images - REFERENCE_LOG10_IMAGES,
            parts=tuple(
                _Part.build(name, predictor, option_of)
                for name, predictor in predictors.items()
                if predictor is not None
            ),
            log10_ceiling=math.log10(project.majority_guess_error),
            measured=np.array([run.log10_error for run in runs]),
            sigma=posterior.draws["sigma"],
            law=Discrepancy() if spec is None else spec.discrepancy,
            log10_images=log10_images,
            test_variance=np.array([run.variance for run in runs]),
        )

    @property
    def n_levels(self) -> int:
        """Number of distinct levels."""
        return len(self.parts[0].distinct)

    @property
    def n_unknown(self) -> int:
        """Number of unknowns of each draw."""
        return sum(len(part.distinct) for part in self.parts)

    @cached_property
    def path_covariance(self) -> Array:
        """Prior covariance of the discrepancies at the runs; options have nothing in common."""
        same = self.option_of[:, None] == self.option_of[None, :]
        gaps = np.abs(self.log10_images[:, None] - self.log10_images[None, :])
        covariance = same * self.law.scale**2 * np.exp(-gaps / self.law.decades)
        return np.asarray(covariance * self.height[:, None] * self.height)

    @cached_property
    def height(self) -> Array:
        """What is left of the discrepancy at each run, from its measured error."""
        return self.law.height(10.0 ** (self.measured - self.log10_ceiling))

    @cached_property
    def rotation(self) -> tuple[Array, Array]:
        """Eigenvalues and vectors of the part of the noise that no draw changes."""
        values, vectors = np.linalg.eigh(self.path_covariance + np.diag(self.test_variance))
        return np.maximum(values, 0.0), vectors

    @cached_property
    def noise_sd(self) -> Array:
        """Standard deviation of the rotated noise, shape (n_runs, n_draws)."""
        return np.sqrt(self.rotation[0][:, None] + self.sigma**2)

    def whiten(self, at_runs: Array) -> Array:
        """Return rotated values over the sd of their noise."""
        rotated = np.tensordot(self.rotation[1].T, at_runs, axes=1)
        rotated /= _spread(self.noise_sd, rotated.ndim)
        return np.asarray(rotated)

    def split(self, standardised: Array) -> list[Array]:
        """Return the unknowns of each part."""
        ends = np.cumsum([len(part.distinct) for part in self.parts])[:-1]
        return np.split(standardised, ends)

    def residual(self, standardised: Array) -> Array:
        """Return measured minus mean log10 error, shape (n_runs, ..., n_draws)."""
        return self._curve(standardised, with_slopes=False)[0]

    def linearised(self, standardised: Array) -> tuple[Array, list[Array]]:
        """Return the residual and the change of the curve with each predictor."""
        return self._curve(standardised, with_slopes=True)

    def _curve(self, standardised: Array, *, with_slopes: bool) -> tuple[Array, list[Array]]:
        values = [
            part.at_runs(normals)
            for part, normals in zip(self.parts, self.split(standardised), strict=True)
        ]
        decades = self.decades.reshape(-1, *(1,) * (values[0].ndim - 1))
        fall = np.exp(np.clip(values[1], _SMALLEST_LOG_RATE, _LARGEST_LOG_RATE)) * decades
        odds = np.exp(np.clip((fall - values[0]) * _LN10, -_LARGEST_EXPONENT, _LARGEST_EXPONENT))
        share = 1.0 / (1.0 + odds)
        complement = odds * share
        floor = np.zeros(1)
        if len(values) == 3:
            floor = 1.0 / (1.0 + np.exp(-np.clip(values[2], -50.0, 50.0)))
        error = floor + (1.0 - floor) * share
        steep = (1.0 - floor) * share * complement / error
        measured = self.measured.reshape(decades.shape) - self.log10_ceiling
        residual = measured - np.log10(error)
        if not with_slopes:
            return residual, []
        changes = [steep, -steep * fall]
        if len(values) == 3:
            changes.append(floor * (1.0 - floor) * complement / (error * _LN10))
        return residual, changes

    def pulls(self, standardised: Array, index: Rows) -> dict[str, Array]:
        """Return what moves other options: the inverse covariance times the piloted ones' shift.

        Each of shape (n_options, n_draws), 0 for options that repeat another's effects.
        """
        found = {}
        for part, normals in zip(self.parts, self.split(standardised), strict=True):
            prior = reindexed(part.prior, index)
            fresh = (prior.draw(self.luck) - prior.mean)[:, part.distinct].T
            factor = part.factor[..., index]
            pull = np.zeros((len(self.options), len(index)))
            pull[list(part.distinct)] = _solve_upper(factor, normals - _solve_lower(factor, fresh))
            found[part.name] = pull
        return found

    def paths(self, standardised: Array, index: Rows, grid: NodeGrid) -> dict[Option, PilotedPath]:
        """Return conditioned discrepancies of the piloted options."""
        prior = [DiscrepancyPath(self.law, self.luck, o.curve, grid) for o in self.options]
        own = [np.flatnonzero(self.option_of == o) for o in range(len(self.options))]
        between = [
            path_between(path, self.log10_images[runs])
            for path, runs in zip(prior, own, strict=True)
        ]
        explained = self._measurement_noise(index)
        moved = [
            PilotedPath(path, *found, self.log10_images[runs], np.zeros((len(runs), len(index))))
            for path, found, runs in zip(prior, between, own, strict=True)
        ]
        for path, runs in zip(moved, own, strict=True):
            departure = path.at(self.log10_images[runs], slice(None))
            explained[runs] += self.height[runs, None] * departure
        values, vectors = self.rotation
        scaled = vectors.T @ (self._residual_of(standardised, index) - explained)
        scaled /= values[:, None] + self.sigma[index] ** 2
        pull = self.height[:, None] * (vectors @ scaled)
        return {
            option: replace(path, pull=pull[runs])
            for option, path, runs in zip(self.options, moved, own, strict=True)
        }

    def _residual_of(self, standardised: Array, index: Rows) -> Array:
        """Return residuals where row r stands for population draw ``index[r]``."""
        parts = tuple(
            replace(part, centre=part.centre[:, index], loading=part.loading[..., index])
            for part in self.parts
        )
        return replace(self, parts=parts, sigma=self.sigma[index]).residual(standardised)

    def _measurement_noise(self, index: Rows) -> Array:
        """Return fresh noise of the runs themselves, shape (n_runs, n_draws)."""
        normals = self.luck.generator("pilot noise").standard_normal(
            (len(self.measured), len(index))
        )
        return np.asarray(normals * np.sqrt(self.test_variance[:, None] + self.sigma[index] ** 2))


@dataclass(frozen=True, eq=False)
class _Proposal:
    """Standardised unknowns, shape (n_unknown, n_copies, n_draws), and their log weights."""

    standardised: Array
    log_weights: Array

    def at(self, copy: Rows, index: Rows) -> Array:
        """Return the chosen copy of the chosen draw, shape (n_unknown, n_rows)."""
        return self.standardised[:, copy, index]


@dataclass(frozen=True, eq=False)
class _Chosen:
    """Which population draw, and which of its copies, each row stands for."""

    index: Rows
    copy: Rows
    quality: UpdateQuality


def _propose(scene: _Scene, effort: Effort) -> _Proposal:
    """Return proposals for every draw with exact weights."""
    generator = scene.luck.generator("proposal", f"{effort.copies}")
    mode, root = _find_mode(scene)
    n_levels, n_draws = scene.n_levels, scene.luck.n_draws
    shape = (effort.copies, n_draws)
    start = mode[:, None].repeat(effort.copies, axis=1)

    slopes, log_slopes = _student(
        generator, root[n_levels:, n_levels:], start[n_levels:], shape, effort
    )
    # where the levels would go if the curve were straight: H_ll d_l = -H_ls d_s
    shift = np.einsum(
        "ijs,jcs->ics", _cross(root, n_levels), slopes - start[n_levels:], optimize=False
    )
    levels = start[:n_levels] - _solve_upper(root[:n_levels, :n_levels], shift)
    levels, level_root = _settle_levels(scene, levels, slopes)
    levels, log_levels = _student(generator, level_root, levels, shape, effort)
    standardised = np.concatenate([levels, slopes])
    return _Proposal(standardised, _log_density(scene, standardised) - log_slopes - log_levels)


def _log_density(scene: _Scene, standardised: Array) -> Array:
    """Return log prior plus log likelihood up to a constant, shape (n_copies, n_draws)."""
    residual = scene.whiten(scene.residual(standardised))
    density = -0.5 * (np.sum(standardised**2, axis=0) + np.sum(residual**2, axis=0))
    return np.asarray(density - np.log(scene.noise_sd).sum(axis=0))


def _find_mode(scene: _Scene) -> tuple[Array, Array]:
    """Return every draw's posterior mode and the Cholesky factor of its precision."""
    mode = np.zeros((scene.n_unknown, scene.luck.n_draws))
    for _ in range(_SEARCH_STEPS):
        gradient, root = _gauss_newton(scene, mode)
        step = _solve_upper(root, _solve_lower(root, gradient))
        step *= np.minimum(1.0, _LONGEST_STEP / np.maximum(np.abs(step).max(axis=0), 1e-300))
        mode = mode + step
        if np.abs(step).max() < 1e-3:  # weights are exact, the mode need not be
            break
    return mode, _gauss_newton(scene, mode)[1]


def _settle_levels(scene: _Scene, levels: Array, slopes: Array) -> tuple[Array, Array]:
    """Return the levels' mode given the slopes, and the factor of their precision."""
    n_levels = scene.n_levels
    for _ in range(_LEVEL_STEPS):
        gradient, root = _gauss_newton(scene, np.concatenate([levels, slopes]), n_levels)
        step = _solve_upper(root, _solve_lower(root, gradient))
        levels = levels + np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
    return levels, _gauss_newton(scene, np.concatenate([levels, slopes]), n_levels)[1]


def _gauss_newton(
    scene: _Scene, standardised: Array, n_free: int | None = None
) -> tuple[Array, Array]:
    """Return gradient and Cholesky factor of the precision in the first unknowns."""
    residual, changes = scene.linearised(standardised)
    white = scene.whiten(residual)
    columns: list[Array] = []
    for part, change in zip(scene.parts, changes, strict=True):
        for at in range(len(part.distinct)):
            if n_free is None or len(columns) < n_free:
                loading = _spread(part.loading[:, at], change.ndim)
                columns.append(scene.whiten(change * loading))
    gradient = np.stack([np.sum(column * white, axis=0) for column in columns])
    gradient -= standardised[: len(columns)]
    precision = np.empty((len(columns), *gradient.shape))
    for i, left in enumerate(columns):
        for j, right in enumerate(columns[: i + 1]):
            precision[i, j] = precision[j, i] = np.sum(left * right, axis=0) + (i == j)
    return gradient, _cholesky(precision)


def _student(
    generator: np.random.Generator,
    root: Array,
    centre: Array,
    shape: tuple[int, int],
    effort: Effort,
) -> tuple[Array, Array]:
    """Return Student-t proposals about a mode and their log density up to a constant."""
    n, degrees = len(centre), effort.degrees
    normals = generator.standard_normal((n, *shape))
    squares = np.sum(normals**2, axis=0)
    mixing = generator.chisquare(degrees, shape) / degrees
    step = _solve_upper(_spread(root, 2 + len(shape)), normals / np.sqrt(mixing))
    log_volume = sum(np.log(root[at, at]) for at in range(n))
    log_density = log_volume - 0.5 * (degrees + n) * np.log1p(squares / mixing / degrees)
    return centre + effort.widening * step, np.asarray(log_density)


def _resample(scene: _Scene, proposal: _Proposal) -> _Chosen:
    """Return equally weighted rows; each half of the draws is resampled on its own."""
    n_copies, n_draws = proposal.log_weights.shape
    largest = proposal.log_weights.max(axis=0)
    within = np.exp(proposal.log_weights - largest)
    total = within.sum(axis=0)
    smooth = pareto_smooth(largest + np.log(total))
    generator = scene.luck.generator("resampling", f"{n_copies}")
    index = np.empty(n_draws, dtype=np.intp)
    for half in (slice(0, n_draws // 2), slice(n_draws // 2, n_draws)):
        weights = smooth.weights[half] / smooth.weights[half].sum()
        index[half] = half.start + coupled_rows(weights, generator.random())
    share = np.cumsum(within / total, axis=0)[:, index]
    copy = np.minimum((share < generator.random(n_draws)).sum(axis=0), n_copies - 1)
    moved = float(np.mean(index != np.arange(n_draws)))
    return _Chosen(index, copy, UpdateQuality(smooth.k_hat, smooth.effective, moved))


def _quality_warnings(project: Project, quality: UpdateQuality) -> tuple[Warning_, ...]:
    if quality.is_reliable:
        return ()
    message = (
        f"The pilots lie where the model hardly expects them (k-hat {quality.k_hat:.2f}, "
        f"{quality.effective_draws:,.0f} effective draws): the updated range is rough. Check "
        f"error, images, classes and pretraining of the runs, or refit the model with them."
    )
    field = f"projects[{project.id}].pilots"
    return (Warning_("PILOT_UPDATE_UNRELIABLE", project.id, field, message),)


def _cross(root: Array, n_first: int) -> Array:
    """Return L_21' of a Cholesky factor, (n_first, n_rest, n_draws): L_11 times it is H_12."""
    return root[n_first:, :n_first].transpose(1, 0, 2)


def _spread(values: Array, ndim: int) -> Array:
    """Insert axes before the last one, so that draws stay aligned."""
    return values.reshape(*values.shape[:-1], *(1,) * (ndim - values.ndim), values.shape[-1])


def _cholesky(matrix: Array) -> Array:
    """Return lower factors of matrices of shape (n, n, ...): a few unknowns, thousands of draws."""
    factor = np.zeros_like(matrix)
    for j in range(len(matrix)):
        diagonal = matrix[j, j] - np.sum(factor[j, :j] ** 2, axis=0)
        factor[j, j] = np.sqrt(np.maximum(diagonal, np.finfo(np.float64).tiny))
        for i in range(j + 1, len(matrix)):
            inner = np.sum(factor[i, :j] * factor[j, :j], axis=0)
            factor[i, j] = (matrix[i, j] - inner) / factor[j, j]
    return factor


def _solve_lower(factor: Array, right: Array) -> Array:
    """Solve L x = right along the first axis."""
    solution = _empty_solution(factor, right)
    for i in range(len(right)):
        done = sum((factor[i, j] * solution[j] for j in range(i)), start=0.0)
        solution[i] = (right[i] - done) / factor[i, i]
    return solution


def _solve_upper(factor: Array, right: Array) -> Array:
    """Solve L' x = right along the first axis."""
    solution = _empty_solution(factor, right)
    for i in reversed(range(len(right))):
        done = sum((factor[j, i] * solution[j] for j in range(i + 1, len(right))), start=0.0)
        solution[i] = (right[i] - done) / factor[i, i]
    return solution


def _empty_solution(factor: Array, right: Array) -> Array:
    return np.empty((len(right), *np.broadcast_shapes(factor.shape[2:], right.shape[1:])))
