"""How does a specification become a PyMC model?

One function serves the published regression and the hierarchical model: it adds up the terms and
groups of each predictor, bends them into a curve, and marginalises the curve discrepancy exactly.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.model.specification import Discrepancy, Group, ModelSpec, Predictor, Prior, Term
from planner.errors import InputError, Problem
from planner.regression.rows.observations import (
    Labels,
    ObservationTable,
    design_columns,
    group_labels,
)

if TYPE_CHECKING:  # PyMC takes seconds to import; only building a model needs it
    import pymc

LN10 = math.log(10.0)

LIKELIHOOD = "rotated_log10_error"
RESPONSE = "rotated_response"
EXTRA_VARIANCE = "extra_variance"

type Tensor = Any  # PyTensor ships no types
type Columns = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Rotation:
    """Eigen-decomposition of what is known of the covariance within every curve.

    Each rotated row is the sum over ``partners`` of ``weights`` times a row's value, and rotated
    rows are independent with ``variance`` beyond noise. Rows of one-point curves need no rotation;
    they come first.

    Attributes
    ----------
    order : ndarray of int, shape (n_rows,)
        Row behind each rotated row's place.
    n_single : int
        Rows of one-point curves.
    partners : ndarray of int, shape (n_rows - n_single, n_longest)
        Rows of the same curve, padded with any row at weight 0.
    weights : ndarray of shape (n_rows - n_single, n_longest)
        Eigenvectors.
    variance : ndarray of shape (n_rows,)
        Eigenvalues.
    """

    order: NDArray[np.int64]
    n_single: int
    partners: NDArray[np.int64]
    weights: Floats
    variance: Floats


def build_rotation(table: ObservationTable, discrepancy: Discrepancy) -> Rotation:
    """Return the rotation that makes the rows of each curve independent but for their mean.

    Size and memory of the discrepancy are fixed, so the eigenvectors are constants and the sampler
    never sees the latent paths: sampling those instead is slower by an order of magnitude.
    """
    _, curve = group_labels(table, ("curve",))
    counts = np.bincount(curve)
    size = counts[curve]
    multiple, single = np.flatnonzero(size > 1), np.flatnonzero(size == 1)
    shape = (len(multiple), int(counts.max(initial=1)))
    partners, weights = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    variance = np.empty(len(multiple))
    x = np.log10(table.n_images)
    height = discrepancy.height(table.error / table.chance_error)
    for each in np.unique(curve[multiple]):
        at = np.flatnonzero(curve[multiple] == each)
        rows = multiple[at]
        apart = np.abs(x[rows][:, None] - x[rows][None, :])
        covariance = discrepancy.scale**2 * np.exp(-apart / discrepancy.decades)
        covariance *= height[rows][:, None] * height[rows]
        covariance += np.diag(table.measurement_variance[rows])
        values, vectors = np.linalg.eigh(covariance)
        partners[at, : len(rows)] = rows
        weights[at, : len(rows)] = vectors.T
        variance[at] = np.maximum(values, 0.0)
    alone = (discrepancy.scale * height[single]) ** 2 + table.measurement_variance[single]
    return Rotation(
        order=np.concatenate([single, multiple]),
        n_single=len(single),
        partners=partners,
        weights=weights,
        variance=np.concatenate([alone, variance]),
    )


def build_model(spec: ModelSpec, table: ObservationTable) -> "pymc.Model":
    """Return the PyMC model of a specification on a table.

    The data container ``extra_variance`` holds one known variance for each row on log10 error (0 by
    default; constant within a curve). A huge value takes a curve out of the likelihood without
    another compilation, which leaving data sets out makes use of.

    Parameters
    ----------
    spec : ModelSpec
        What to build.
    table : ObservationTable
        Rows to build it on.

    Raises
    ------
    InputError
        The rows do not fit the specification: a group is centred on a column that differs within
        one of its groups.
    """
    import pymc as pm

    pt = _tensors()

    columns = design_columns(table)
    rotation = build_rotation(table, spec.discrepancy)
    with pm.Model() as model:
        mean = _mean_log10_error(spec, table, columns)
        sigma = _scalar("sigma", spec.noise)
        extra = pm.Data(EXTRA_VARIANCE, np.zeros(len(table)))
        variance = sigma**2 + rotation.variance + extra[rotation.order]
        response = pm.Data(RESPONSE, rotate(table.log10_error, rotation))
        pm.Normal(
            LIKELIHOOD, mu=_rotate(mean, rotation), sigma=pt.sqrt(variance), observed=response
        )
    return model


def rotate(values: Floats, rotation: Rotation) -> Floats:
    """Return values of the rows, reordered and rotated."""
    alone = values[rotation.order[: rotation.n_single]]
    return np.concatenate([alone, np.sum(rotation.weights * values[rotation.partners], axis=1)])


def effect_labels(table: ObservationTable, group: Group) -> Labels:
    """Return the labels of a group's effects, in the order in which the model holds them."""
    times = _product(design_columns(table), group.times, len(table))
    return _groups_in_use(table, group.by, times)[0]


def stored_labels(table: ObservationTable, group: Group) -> Labels:
    """Return the labels of a group whose effects are kept for new projects."""
    datasets: dict[str, set[str]] = {}
    for label, dataset in zip(table.architecture, table.dataset, strict=True):
        datasets.setdefault(label, set()).add(dataset)
    return tuple(
        label for label in effect_labels(table, group) if len(datasets[label]) >= group.stored_from
    )


def _mean_log10_error(spec: ModelSpec, table: ObservationTable, columns: Columns) -> Tensor:
    """Return log10 of the curve's error, one value for each row."""
    pt = _tensors()
    from pymc.math import sigmoid

    values = {name: _predictor(name, p, table, columns) for name, p in spec.predictors.items()}
    if spec.slope is None:
        return values["level"]
    decades = spec.reference.decades(np.log10(table.n_images), table.relative_complexity)
    u = values["level"] - pt.exp(values["slope"]) * _fallen(values.get("decay"), decades)
    exponent = pt.exp(values["ceiling"]) if "ceiling" in values else 1.0
    log_share = -exponent * pt.softplus(-u * LN10 / exponent)  # stable for large |u|
    if spec.floor is not None:
        floor = sigmoid(values["floor"])
        log_share = pt.logaddexp(pt.log(floor), pt.log1p(-floor) + log_share)
    return table.log10_chance + log_share / LN10


def _fallen(decay: Tensor | None, decades: Floats) -> Tensor:
    """Return :func:`planner.domain.model.curve_shape.fallen` inside the model."""
    pt = _tensors()

    if decay is None:
        return decades
    bent = pt.exp(decay) * decades + 1e-9  # no 0 / 0 at the reference size itself
    return decades * (-pt.expm1(-bent) / bent)


def _predictor(
    name: str, predictor: Predictor, table: ObservationTable, columns: Columns
) -> Tensor:
    """Return the sum of a predictor's terms and group effects, one value for each row."""
    pt = _tensors()

    coefficients = {term.name: _scalar(term.name, term.prior) for term in predictor.terms}
    absorbed = {term for group in predictor.groups for term in group.centre_on}
    total = pt.zeros(len(table))
    # In the order of the file: a set's order changes with the hash seed, and rounding with it.
    for term in predictor.terms:
        if term.name not in absorbed:
            total = total + coefficients[term.name] * _product(columns, term.columns, len(table))
    terms = {term.name: term for term in predictor.terms}
    for i, group in enumerate(predictor.groups):
        times = _product(columns, group.times, len(table))
        labels, index = _groups_in_use(table, group.by, times)
        if not labels:  # no row has such an effect: its standard deviation keeps the prior
            _require_not_stored(f"{name}.groups[{i}]", group)
            for scalar, prior in group.scalars:
                _scalar(scalar, prior)
            continue
        centre = pt.zeros(len(labels))
        for wanted in group.centre_on:
            value = _per_group(f"{name}.groups[{i}]", group, terms[wanted], table, columns, index)
            centre = centre + coefficients[wanted] * value[: len(labels)]
        effect = _effects(group, centre, len(labels))
        total = total + effect[index] * times
    return total


def _effects(group: Group, centre: Tensor, n_labels: int) -> Tensor:
    """Return the effects of a group about their centre."""
    import pymc as pm

    sd = _scalar(group.sd, group.sd_prior)
    if group.share_prior is not None:
        return _two_normals(group, centre, sd, n_labels)
    tails = {} if group.family == "normal" else {"nu": group.degrees}
    family = pm.Normal if group.family == "normal" else pm.StudentT
    if group.centred:
        return family(group.name, mu=centre, sigma=sd, shape=n_labels, **tails)
    standard = family(f"{group.name}_z", mu=0.0, sigma=1.0, shape=n_labels, **tails)
    effect = centre + sd * standard
    return pm.Deterministic(group.name, effect) if group.stored else effect


def _two_normals(group: Group, centre: Tensor, sd: Tensor, n_labels: int) -> Tensor:
    """Return effects of which a share lies elsewhere; which ones is summed over, never sampled."""
    import pymc as pm

    pt = _tensors()

    assert group.share_prior is not None  # noqa: S101 - the family has one
    share = _scalar(group.share, group.share_prior)
    standard = pm.NormalMixture(
        f"{group.name}_z",
        w=pt.stack([1.0 - share, share]),
        mu=pt.stack([0.0, group.shift / sd]),
        sigma=1.0,
        shape=n_labels,
    )
    return centre + sd * standard


def _require_not_stored(place: str, group: Group) -> None:
    if group.stored:
        message = f"the effects of group {group.name} are to be stored, but no row has one."
        raise InputError([Problem(f"{place}.times", message, "stored = false")])


def _scalar(name: str, prior: Prior) -> Tensor:
    """Return the random variable (or constant) of one scalar parameter."""
    import pymc as pm

    pt = _tensors()

    match prior.family:
        case "normal":
            return pm.Normal(name, prior.location, prior.scale)
        case "half_normal":
            return pm.HalfNormal(name, prior.scale)
        case "lognormal":
            return pm.LogNormal(name, prior.location, prior.scale)
        case "beta":
            at, weight = prior.location, prior.scale
            return pm.Beta(name, at * weight, (1.0 - at) * weight)
        case "fixed":
            return pm.Deterministic(name, pt.constant(prior.location))


def _product(columns: Columns, names: tuple[str, ...], n_rows: int) -> Floats:
    """Return the product of named columns; ones for no names."""
    value = np.ones(n_rows)
    for name in names:
        value = value * columns[name]
    return value


def _groups_in_use(
    table: ObservationTable, by: tuple[str, ...], times: Floats
) -> tuple[Labels, NDArray[np.int64]]:
    """Return the groups that some row uses, and each row's group.

    A data set without frozen rows, say, must not own a frozen effect: a centred effect without data
    is a funnel. Rows with ``times`` 0 point at group 0, where it does not matter.
    """
    used = times != 0.0
    all_labels, index = group_labels(table, by)
    present = np.unique(index[used])
    position = np.zeros(len(all_labels), dtype=np.int64)
    position[present] = np.arange(len(present))
    return tuple(all_labels[i] for i in present), position[index]


def _per_group(
    place: str,
    group: Group,
    term: Term,
    table: ObservationTable,
    columns: Columns,
    index: NDArray[np.int64],
) -> Floats:
    """Return the value of a term in each group, refusing one that differs within a group."""
    n_rows = len(table)
    value = _product(columns, tuple(c for c in term.columns if c not in group.times), n_rows)
    used = _product(columns, group.times, n_rows) != 0.0
    result = np.zeros(n_rows)
    result[index[used]] = value[used]
    differs = np.flatnonzero(used & (result[index] != value))
    if len(differs):
        labels = group_labels(table, group.by)[0]
        where = labels[group_labels(table, group.by)[1][differs[0]]]
        message = (
            f"group {group.name} is centred on {term.name}, but {' x '.join(term.columns)} differs "
            f"within the group {where!r}."
        )
        raise InputError([Problem(f"{place}.centre_on", message)])
    return result


def _rotate(mean: Tensor, rotation: Rotation) -> Tensor:
    """Reorder and rotate a vector of row means inside the model."""
    pt = _tensors()

    alone = mean[rotation.order[: rotation.n_single]]
    if rotation.n_single == len(rotation.order):
        return alone
    return pt.concatenate([alone, pt.sum(rotation.weights * mean[rotation.partners], axis=1)])


def _tensors() -> Any:  # noqa: ANN401 - PyTensor ships no types that hold
    """Return PyTensor's tensor functions, which are not typed."""
    import pytensor.tensor

    return pytensor.tensor
