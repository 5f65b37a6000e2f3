r"""What does a fitted model say of a whole data set whose own effects are not known?

Given one joint draw of everything that data sets share, the effects of a new data set are normal
and enter level, log slope and logit floor linearly. Here they are written out for the rows of one
data set, to draw predictive curves and to integrate the effects out of the likelihood. Scores of
left-out data sets and cross-validation by importance sampling both rest on this; neither needs a
sampler.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.curve_shape import log10_share_and_slopes
from planner.domain.model.specification import ModelSpec, Predictor
from planner.domain.scores import log_sum_exp
from planner.regression.rows.observations import ObservationTable, design_columns, group_labels

LN10 = math.log(10.0)
_NEWTON_STEPS = 25
_HALVINGS = 6
POINTS, MIXED_POINTS = 256, 16
"""Of an importance sample for each draw; fewer where there are several such samples."""
N_MIXINGS = 8
"""Draws of what makes tails heavy and tells groups apart, for each draw of the parameters."""
_PROPOSAL_DEGREES = 7.0
_PROPOSAL_WIDTH = 1.1
_FROM_PRIOR = 8
"""Every eighth point is drawn from the effects' own prior: no weight exceeds eight times the
likelihood's peak, where a curve that saturates is wider than its slope at the mode tells."""


@dataclass(frozen=True, eq=False)
class NewDataset:
    """The rows of one data set under draws of the shared parameters, its own effects unknown.

    Attributes
    ----------
    spec : ModelSpec
        What was fitted.
    means : mapping of str to ndarray of shape (n_draws, n_rows)
        Each predictor with all effects at 0.
    loadings : mapping of str to ndarray of shape (n_rows, n_effects)
        How each standardised effect enters each predictor, before its standard deviation.
    sds : ndarray of shape (n_draws, n_effects)
        Standard deviations of the effects; Student-t ones are normal given their mixing variable.
    decades, log10_chance : ndarray of shape (n_rows,)
        log10 images beyond the reference size, and log10 of the majority guess's error.
    rotation : ndarray of shape (n_rows, n_rows)
        Orthogonal; rotated rows have independent noise.
    noise_variance : ndarray of shape (n_draws, n_rows)
        Of the rotated rows: noise, discrepancy and the size of test sets.
    row_sd : ndarray of shape (n_draws, n_rows)
        Standard deviation of an observed row about its curve; where sizes of the discrepancy
        differ between projects, that of the draw's own size.
    """

    spec: ModelSpec
    means: Mapping[str, Floats]
    loadings: Mapping[str, Floats]
    sds: Floats
    decades: Floats
    log10_chance: Floats
    rotation: Floats
    noise_variance: Floats
    row_sd: Floats

    @property
    def n_effects(self) -> int:
        """Number of unknown effects of the data set."""
        return int(self.sds.shape[1])

    def mean_log10_error(self, effects: Floats) -> Floats:
        """Return the curve at every row, shape (n_draws, n_rows), from standardised effects."""
        return _curve(self, _predictors(self, effects))[0]


def new_dataset(
    draws: Mapping[str, Floats],
    labels: Mapping[str, tuple[str, ...]],
    spec: ModelSpec,
    rows: ObservationTable,
    rng: np.random.Generator,
) -> NewDataset:
    """Describe the rows of one data set as new to the model.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Scalars (n_draws,) and stored effects (n_draws, n_labels), as a posterior holds them.
    labels : mapping of str to tuple of str
        Labels of the stored effects.
    spec : ModelSpec
        What was fitted.
    rows : ObservationTable
        Rows of a single data set. Effects by architecture that were fitted are reused; every other
        group is new.
    rng : Generator
        For the mixing variables of Student-t effects.
    """
    columns = design_columns(rows)
    means: dict[str, Floats] = {}
    pieces: dict[str, list[Floats]] = {name: [] for name in spec.predictors}
    sds: list[Floats] = []
    for name, predictor in spec.predictors.items():
        means[name], parts = _mean_and_groups(draws, labels, predictor, rows, columns, rng)
        for loading, sd in parts:
            sds.append(sd)
            for other, collected in pieces.items():
                collected.append(loading if other == name else np.zeros_like(loading))
    n_draws, n_rows = len(draws["sigma"]), len(rows)
    rotation, known_variance = _noise_basis(spec, rows)
    noise = draws["sigma"][:, None] ** 2
    law = spec.discrepancy
    sizes = law.sizes(rng.standard_normal((n_draws, 1))) if law.spread else np.ones((1, 1))
    empty = [np.zeros((n_rows, 0))]
    return NewDataset(
        spec=spec,
        means=means,
        loadings={name: np.hstack(part or empty) for name, part in pieces.items()},
        sds=np.hstack(sds) if sds else np.zeros((n_draws, 0)),
        decades=spec.reference.decades(np.log10(rows.n_images), rows.relative_complexity),
        log10_chance=rows.log10_chance,
        rotation=rotation,
        noise_variance=noise + known_variance,
        row_sd=np.sqrt(
            noise + (sizes * law.scale * _height(spec, rows)) ** 2 + rows.measurement_variance
        ),
    )


def draw_curves(dataset: NewDataset, rng: np.random.Generator) -> Floats:
    """Draw the data set's effects once per draw; return its curve at every row, in log10 error."""
    return dataset.mean_log10_error(rng.standard_normal(dataset.sds.shape))


def log_likelihood(
    dataset: NewDataset, log10_error: Floats, rng: np.random.Generator, *, n_samples: int = POINTS
) -> Floats:
    r"""Return the log likelihood of all rows of a data set, its own effects integrated out.

    :math:`\log \int p(y \mid z, \theta_s)\, N(z \mid 0, I)\, dz` for every draw s of the shared
    parameters: what leave-one-data-set-out needs.

    Parameters
    ----------
    dataset : NewDataset
        The rows.
    log10_error : ndarray of shape (n_rows,)
        Observed.
    rng : Generator
        For the importance sample.
    n_samples : int, default=256
        Points per draw: of every eight, seven from a Student t at the mode that Gauss-Newton steps
        find, one from the prior; weighed by the mixture's density (Owen and Zhou 2000, Safe and
        effective importance sampling).

    Returns
    -------
    ndarray of shape (n_draws,)

    Notes
    -----
    Plain Monte Carlo from the prior would waste nearly every point: 38 rows pin down effects whose
    prior is ten times wider. About the mode the integrand is almost normal.
    """
    mode, root = _mode(dataset, log10_error)
    if dataset.n_effects == 0:
        return _log_joint(dataset, log10_error, mode)
    proposal = _Proposal(mode, _PROPOSAL_WIDTH * root)
    terms = np.empty((n_samples, len(mode)))
    for k in range(n_samples):
        point = proposal.draw(rng, from_prior=k % _FROM_PRIOR == _FROM_PRIOR - 1)
        terms[k] = _log_joint(dataset, log10_error, point) - proposal.log_density(point)
    return log_sum_exp(terms) - math.log(n_samples)


def dataset_log_likelihood(
    draws: Mapping[str, Floats],
    labels: Mapping[str, tuple[str, ...]],
    spec: ModelSpec,
    rows: ObservationTable,
    rng: np.random.Generator,
    *,
    n_mixings: int = N_MIXINGS,
) -> Floats:
    """Return the log likelihood of a data set's rows under every draw of the shared parameters.

    Heavy tails and shares of groups are normal given variables that :func:`new_dataset` draws once;
    here they are integrated out as well. Leaving a data set out weighs draws by the reciprocal of
    this, which a single one of those variables would make far too small.

    Parameters
    ----------
    draws, labels, spec, rows, rng
        As for :func:`new_dataset`.
    n_mixings : int, default=8
        Draws of those variables.

    Returns
    -------
    ndarray of shape (n_draws,)
    """
    groups = [group for predictor in spec.predictors.values() for group in predictor.groups]
    mixed = any(g.family == "student_t" or g.share_prior is not None for g in groups)
    count = n_mixings if mixed else 1
    terms = [
        log_likelihood(
            new_dataset(draws, labels, spec, rows, rng),
            rows.log10_error,
            rng,
            n_samples=POINTS if count == 1 else MIXED_POINTS,
        )
        for _ in range(count)
    ]
    return log_sum_exp(np.stack(terms)) - math.log(count)


@dataclass(frozen=True, eq=False)
class _Proposal:
    """A Student t about each draw's mode, mixed with the standard normal prior of the effects."""

    mode: Floats
    root: Floats

    def draw(self, rng: np.random.Generator, *, from_prior: bool) -> Floats:
        """Return one point of a component for each draw."""
        normal = rng.standard_normal(self.mode.shape)
        if from_prior:
            return normal
        mixing = _PROPOSAL_DEGREES / rng.chisquare(_PROPOSAL_DEGREES, size=(len(self.mode), 1))
        return self.mode + (self.root @ (normal * np.sqrt(mixing))[:, :, None])[:, :, 0]

    def log_density(self, point: Floats) -> Floats:
        """Log density of the mixture at one point for each draw."""
        standard = (self._inverse @ (point - self.mode)[:, :, None])[:, :, 0]
        local = _log_student_t(standard) + self._log_inverse_determinant
        prior = -0.5 * ((point**2).sum(axis=1) + point.shape[1] * math.log(2 * math.pi))
        return np.asarray(
            np.logaddexp(local + math.log1p(-1 / _FROM_PRIOR), prior - math.log(_FROM_PRIOR))
        )

    @cached_property
    def _inverse(self) -> Floats:
        return np.asarray(np.linalg.inv(self.root))

    @cached_property
    def _log_inverse_determinant(self) -> Floats:
        return np.asarray(np.log(np.diagonal(self._inverse, axis1=1, axis2=2)).sum(axis=1))


def _log_student_t(standard: Floats) -> Floats:
    """Log density of a standard multivariate t with the proposal's degrees of freedom."""
    df, q = _PROPOSAL_DEGREES, standard.shape[1]
    constant = math.lgamma((df + q) / 2) - math.lgamma(df / 2) - 0.5 * q * math.log(df * math.pi)
    return np.asarray(constant - 0.5 * (df + q) * np.log1p((standard**2).sum(axis=1) / df))


def _mode(dataset: NewDataset, y: Floats) -> tuple[Floats, Floats]:
    """Return the mode of the effects and a root of their covariance there, for every draw."""
    n_draws, q = dataset.sds.shape
    z = np.zeros((n_draws, q))
    identity = np.eye(q)
    best = _log_joint(dataset, y, z)
    precision = np.broadcast_to(identity, (n_draws, q, q)).copy()
    for _ in range(_NEWTON_STEPS if q else 0):
        curve, jacobian = _curve_and_jacobian(dataset, z)
        weighted = np.swapaxes(jacobian / dataset.noise_variance[:, :, None], 1, 2)
        precision = weighted @ jacobian + identity
        residual = (y - curve) @ dataset.rotation
        gradient = (weighted @ residual[:, :, None])[:, :, 0] - z
        step = np.linalg.solve(precision, gradient[:, :, None])[:, :, 0]
        z, best, moved = _damped(dataset, y, z, step, best)
        if not moved:
            break
    root = np.linalg.inv(np.linalg.cholesky(precision)).transpose(0, 2, 1)
    return z, root


def _damped(
    dataset: NewDataset, y: Floats, z: Floats, step: Floats, best: Floats
) -> tuple[Floats, Floats, bool]:
    """Take each draw's step, halved until it improves; tell whether any draw still gains."""
    size = np.ones(len(z))
    start = best
    for _ in range(_HALVINGS):
        worse = _log_joint(dataset, y, z + size[:, None] * step) < start - 1e-12
        if not worse.any():
            break
        size = np.where(worse, size / 2, size)
    value = _log_joint(dataset, y, z + size[:, None] * step)
    better = value > start
    gained = bool(np.any(value[better] - start[better] > 1e-6))
    return np.where(better[:, None], z + size[:, None] * step, z), np.maximum(value, start), gained


def _log_joint(dataset: NewDataset, y: Floats, z: Floats) -> Floats:
    """Log density of rows and standardised effects."""
    residual = (y - dataset.mean_log10_error(z)) @ dataset.rotation
    variance = dataset.noise_variance
    rows = -0.5 * (residual**2 / variance + np.log(2 * math.pi * variance)).sum(axis=1)
    effects = -0.5 * (z**2).sum(axis=1) - 0.5 * z.shape[1] * math.log(2 * math.pi)
    return np.asarray(rows + effects, dtype=np.float64)


def _predictors(dataset: NewDataset, effects: Floats) -> dict[str, Floats]:
    scaled = effects * dataset.sds
    return {name: mean + scaled @ dataset.loadings[name].T for name, mean in dataset.means.items()}


def _curve_and_jacobian(dataset: NewDataset, effects: Floats) -> tuple[Floats, Floats]:
    """Return the curve and its rotated derivatives by the standardised effects."""
    predictors = _predictors(dataset, effects)
    curve, slopes = _curve(dataset, predictors)
    jacobian = np.zeros((*curve.shape, dataset.n_effects))
    for name, by_predictor in slopes.items():
        jacobian += by_predictor[:, :, None] * dataset.loadings[name][None, :, :]
    jacobian *= dataset.sds[:, None, :]
    return curve, dataset.rotation.T @ jacobian


def _curve(
    dataset: NewDataset, predictors: Mapping[str, Floats]
) -> tuple[Floats, dict[str, Floats]]:
    """Return log10 error and its derivative by each predictor."""
    level = predictors["level"]
    if dataset.spec.family == "log_linear":
        return level, {"level": np.ones_like(level)}
    log_share, slopes = log10_share_and_slopes(predictors, dataset.decades)
    return dataset.log10_chance + log_share, slopes


def _mean_and_groups(
    draws: Mapping[str, Floats],
    labels: Mapping[str, tuple[str, ...]],
    predictor: Predictor,
    rows: ObservationTable,
    columns: Mapping[str, Floats],
    rng: np.random.Generator,
) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    """Return a predictor without new effects, and (loading, sd) of each of its groups."""
    n_draws, n_rows = len(draws["sigma"]), len(rows)
    mean = np.zeros((n_draws, n_rows))
    covered = {term.name: np.zeros(n_rows, dtype=bool) for term in predictor.terms}
    parts: list[tuple[Floats, Floats]] = []
    for group in predictor.groups:
        times = _product(columns, group.times, n_rows)
        fresh = np.ones(n_rows, dtype=bool)
        if group.stored:
            position = {label: at for at, label in enumerate(labels[group.name])}
            at = np.array([position.get(name, -1) for name in rows.architecture])
            fresh = at < 0
            known = np.flatnonzero(~fresh)
            mean[:, known] += draws[group.name][:, at[known]] * times[known]
            for name in group.centre_on:
                covered[name] |= ~fresh
        names, index = group_labels(rows, group.by)
        loading = (index[:, None] == np.arange(len(names))) * (times * fresh)[:, None]
        used = np.any(loading != 0.0, axis=0)
        sd = np.repeat(draws[group.sd][:, None], int(used.sum()), axis=1)
        if group.share_prior is not None:
            elsewhere = rng.random(sd.shape) < draws[group.share][:, None]
            mean += group.shift * elsewhere @ loading[:, used].T
        if group.family == "student_t":
            sd = sd * np.sqrt(group.degrees / rng.chisquare(group.degrees, size=sd.shape))
        parts.append((loading[:, used], sd))
    for term in predictor.terms:
        value = np.where(covered[term.name], 0.0, _product(columns, term.columns, n_rows))
        mean += draws[term.name][:, None] * value
    return mean, parts


def _product(columns: Mapping[str, Floats], names: tuple[str, ...], n_rows: int) -> Floats:
    value = np.ones(n_rows)
    for name in names:
        value = value * columns[name]
    return value


def _height(spec: ModelSpec, rows: ObservationTable) -> Floats:
    """Return what is left of the discrepancy at each row, nearer to chance."""
    return spec.discrepancy.height(rows.error / rows.chance_error)


def _noise_basis(spec: ModelSpec, rows: ObservationTable) -> tuple[Floats, Floats]:
    """Return eigenvectors and eigenvalues of the known covariance: discrepancy and test sets."""
    x = np.log10(rows.n_images)
    _, curve = group_labels(rows, ("curve",))
    same = curve[:, None] == curve[None, :]
    near = np.exp(-np.abs(x[:, None] - x[None, :]) / spec.discrepancy.decades)
    known = spec.discrepancy.scale**2 * np.where(same, near, 0.0)
    height = _height(spec, rows)
    known *= height[:, None] * height
    values, vectors = np.linalg.eigh(known + np.diag(rows.measurement_variance))
    return np.asarray(vectors), np.maximum(np.asarray(values), 0.0)
