"""Is a fitted model sound? Prior, posterior, cross-validation and sensitivity, from its draws.

The sampler's own numbers come with the fit. Everything here is recomputed from the stored joint
draws and the rows, with the effects of each data set integrated out; no refit, no trace.
"""

import importlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.model.model_checks import CheckResult, CheckThresholds, CheckVerdict
from planner.domain.model.posterior import N_CHAINS, Posterior
from planner.domain.model.specification import ModelSpec, Prior
from planner.domain.results.validation import LeftOutScores
from planner.domain.scores import central_coverage, log_sum_exp, normal_cdf
from planner.regression.checking.new_dataset import (
    NewDataset,
    dataset_log_likelihood,
    draw_curves,
    new_dataset,
)
from planner.regression.rows.observations import ObservationTable, group_labels, select_rows

N_DRAWS = 1000
"""Joint draws the checks look at, evenly over the chains."""

_SEED = 0
_PRIOR_LEVEL = 0.99


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the checks rest on.

    Attributes
    ----------
    spec : ModelSpec
        What was fitted.
    table : ObservationTable
        The rows.
    draws : mapping of str to ndarray
        ``N_DRAWS`` joint draws, chains one after the other.
    log_likelihood : ndarray of shape (n_draws, n_datasets)
        Of all rows of each data set, its own effects integrated out.
    log_prior : ndarray of shape (n_draws,)
        Of the scalar parameters.
    curves, row_sds, replicated : ndarray of shape (n_draws, n_rows)
        Curve of a new data set at every row, its spread, and a replicated measurement.
    datasets : tuple of str
        In the order of the log likelihood.
    index : ndarray of int, shape (n_rows,)
        Data set of every row.
    """

    spec: ModelSpec
    table: ObservationTable
    draws: Mapping[str, Floats]
    log_likelihood: Floats
    log_prior: Floats
    curves: Floats
    row_sds: Floats
    replicated: Floats
    datasets: tuple[str, ...]
    index: NDArray[np.int64]


def gather_evidence(posterior: Posterior, table: ObservationTable) -> Evidence:
    """Compute what the checks rest on; about two minutes for the shipped model."""
    spec = posterior.spec
    if spec is None:
        message = "a model without a declaration has no priors and no data sets to check"
        raise ValueError(message)
    at = np.linspace(0, posterior.n_draws - 1, min(N_DRAWS, posterior.n_draws)).round().astype(int)
    draws = {name: values[at] for name, values in posterior.draws.items()}
    datasets, index = group_labels(table, ("dataset",))
    n = len(draws["sigma"])
    likelihood = np.empty((n, len(datasets)))
    curves, sds, replicated = (np.empty((n, len(table))) for _ in range(3))
    for each in range(len(datasets)):
        rows = np.flatnonzero(index == each)
        part = select_rows(table, index == each)
        rng = np.random.default_rng([_SEED, each])
        described = new_dataset(draws, posterior.labels, spec, part, rng)
        likelihood[:, each] = dataset_log_likelihood(draws, posterior.labels, spec, part, rng)
        curves[:, rows] = draw_curves(described, rng)
        sds[:, rows] = described.row_sd
        replicated[:, rows] = _replicate(described, curves[:, rows], rng)
    return Evidence(
        spec=spec,
        table=table,
        draws=draws,
        log_likelihood=likelihood,
        log_prior=log_prior(spec, draws),
        curves=curves,
        row_sds=sds,
        replicated=replicated,
        datasets=datasets,
        index=index,
    )


def check_prior_predictive(
    spec: ModelSpec, table: ObservationTable, limits: CheckThresholds
) -> CheckResult:
    """Do the priors alone allow the errors that were observed?"""
    replicated = draw_prior_predictive(spec, table)
    tail = (1.0 - _PRIOR_LEVEL) / 2
    low, high = np.quantile(replicated, [tail, 1 - tail], axis=0)
    outside = float(np.mean((table.log10_error < low) | (table.log10_error > high)))
    return CheckResult(
        "prior predictive",
        _at_most(outside, limits.prior_outside, limits.prior_outside_fail),
        outside,
        limits.prior_outside,
        "share of observed errors outside the prior's central 99 %",
        "None needed."
        if outside <= limits.prior_outside
        else "Widen the priors: they rule out results that were measured.",
    )


def draw_prior_predictive(
    spec: ModelSpec, table: ObservationTable, n_draws: int = N_DRAWS
) -> Floats:
    """Draw log10 errors of every row from the priors alone, shape (n_draws, n_rows)."""
    rng = np.random.default_rng([_SEED, 1])
    draws = {t.name: draw_prior(t.prior, rng, n_draws) for t in spec.terms}
    scalars = [scalar for group in spec.groups for scalar in group.scalars]
    draws |= {name: draw_prior(prior, rng, n_draws) for name, prior in scalars}
    draws["sigma"] = draw_prior(spec.noise, rng, n_draws)
    nothing: dict[str, tuple[str, ...]] = {}
    for group in spec.groups:
        if group.stored:  # no fitted effects: every architecture is new
            nothing[group.name], draws[group.name] = (), np.zeros((n_draws, 0))
    replicated = np.empty((n_draws, len(table)))
    datasets, index = group_labels(table, ("dataset",))
    for each in range(len(datasets)):
        part = select_rows(table, index == each)
        described = new_dataset(draws, nothing, spec, part, rng)
        replicated[:, index == each] = _replicate(described, draw_curves(described, rng), rng)
    return replicated


def check_posterior_predictive(evidence: Evidence, limits: CheckThresholds) -> CheckResult:
    """Would data sets replicated from the model look like those observed?"""
    observed = statistics(evidence.table.log10_error[None, :], evidence.index)
    replicated = statistics(evidence.replicated, evidence.index)
    p_values = {}
    for name, values in replicated.items():
        above = float(np.mean(values >= observed[name][0]))
        p_values[name] = 2.0 * min(above, 1.0 - above)
    worst = min(p_values, key=lambda name: p_values[name])
    value = p_values[worst]
    return CheckResult(
        "posterior predictive",
        _at_least(value, limits.posterior_p, limits.posterior_p_fail),
        value,
        limits.posterior_p,
        f"smallest two-sided p of {len(p_values)} statistics of new data sets: {worst}",
        "None needed."
        if value >= limits.posterior_p
        else f"Replicated data sets differ from the observed ones in {worst}; look at --plots.",
    )


def statistics(log10_error: Floats, index: NDArray[np.int64]) -> dict[str, Floats]:
    """Return what observed and replicated rows are compared by, for every draw.

    Parameters
    ----------
    log10_error : ndarray of shape (n_draws, n_rows)
        Observed (one draw) or replicated.
    index : ndarray of int, shape (n_rows,)
        Data set of every row.
    """
    n_sets = int(index.max()) + 1
    means = np.stack([log10_error[:, index == i].mean(axis=1) for i in range(n_sets)], axis=1)
    within = np.stack([log10_error[:, index == i].std(axis=1) for i in range(n_sets)], axis=1)
    return {
        "the mean error of data sets": means.mean(axis=1),
        "the spread between data sets": means.std(axis=1),
        "the spread within data sets": within.mean(axis=1),
        "the easiest data set": means.min(axis=1),
        "the hardest data set": means.max(axis=1),
    }


def check_loo(
    evidence: Evidence, stored: LeftOutScores | None, limits: CheckThresholds
) -> tuple[CheckResult, CheckResult, dict[str, dict[str, float]]]:
    """Leave one data set out by importance sampling; take refits where that fails.

    Returns
    -------
    density, pit : CheckResult
        Of PSIS-LOO with its k-hat, and of the calibration of left-out rows.
    by_dataset : dict
        Log density and k-hat of each.
    """
    weights, khat = _psis(evidence.log_likelihood)
    densities = log_sum_exp(evidence.log_likelihood + weights)
    by_dataset, refitted = {}, 0
    joint = {} if stored is None else stored.joint_log_density
    for each, name in enumerate(evidence.datasets):
        usable = khat[each] <= limits.pareto_k
        from_refit = not usable and name in joint
        refitted += from_refit
        by_dataset[name] = {
            "log_density": float(joint[name] if from_refit else densities[each]),
            "pareto_k": float(khat[each]),
        }
    total = math.fsum(entry["log_density"] for entry in by_dataset.values())
    bad = int(np.sum(khat > limits.pareto_k))
    uncovered = bad - refitted
    density = CheckResult(
        "PSIS-LOO by data set",
        "PASS" if bad == 0 else "REVIEW",
        float(khat.max()),
        limits.pareto_k,
        f"largest k-hat; {bad} of {len(khat)} data sets above, {refitted} of them taken from "
        f"refits; log density {total:.1f} over {len(khat)} data sets",
        "None needed."
        if bad == 0
        else (
            "Importance sampling fails for influential data sets; their refits are used."
            if not uncovered
            else "Run planner validate --refit: importance sampling fails for some data sets."
        ),
    )
    return density, _check_pit(evidence, weights, khat, stored, limits), by_dataset


def loo_pit(evidence: Evidence) -> Floats:
    """Return one PIT for each data set: of its mean log10 error, the set itself left out.

    Rows of a data set move together, so PITs of rows are no independent sample; these are.
    """
    weights, _ = _psis(evidence.log_likelihood)
    pits = []
    for each in range(len(evidence.datasets)):
        rows = evidence.index == each
        below = evidence.replicated[:, rows].mean(axis=1) < evidence.table.log10_error[rows].mean()
        pits.append(float(np.exp(weights[:, each]) @ below))
    return np.array(pits)


def check_prior_sensitivity(evidence: Evidence, limits: CheckThresholds) -> CheckResult:
    """How much would the answers move if the priors were a little narrower or wider?"""
    prior, likelihood = power_scaling(evidence)
    worst = max(prior, key=lambda name: prior[name])
    above = sorted(name for name, value in prior.items() if value > limits.prior_sensitivity)
    conflicts = [name for name in above if likelihood[name] > limits.prior_sensitivity]
    listed = ", ".join(above[:6]) + (", …" if len(above) > 6 else "")
    advice = "None needed."
    if above:
        kind = "prior and data both pull" if conflicts else "the data say little"
        advice = (
            f"The priors of {listed} matter ({kind}); be ready to defend them, or add rows that "
            "inform them."
        )
    return CheckResult(
        "prior sensitivity",
        "REVIEW" if above else "PASS",
        prior[worst],
        limits.prior_sensitivity,
        f"largest power-scaling sensitivity, of {worst}; {len(above)} of {len(prior)} above",
        advice,
    )


def power_scaling(evidence: Evidence) -> tuple[dict[str, float], dict[str, float]]:
    """Return each parameter's sensitivity to power-scaling the prior, and the likelihood.

    References
    ----------
    .. [1] Kallioinen, Paananen, Bürkner, Vehtari (2024), Detecting and diagnosing prior and
       likelihood sensitivity with power-scaling, Statistics and Computing 34, 57.
    """
    import arviz

    tree = _as_tree(evidence)
    moving = [n for n in evidence.spec.hyper_names if np.ptp(evidence.draws[n]) > 0]
    found = []
    for group in ("prior", "likelihood"):
        values = arviz.psense(tree, var_names=moving, group=group)
        found.append({name: float(values[name]) for name in moving})
    return found[0], found[1]


def log_prior(spec: ModelSpec, draws: Mapping[str, Floats]) -> Floats:
    """Return the log prior density of all scalar parameters, up to a constant."""
    priors = {term.name: term.prior for term in spec.terms}
    priors |= {name: prior for group in spec.groups for name, prior in group.scalars}
    priors["sigma"] = spec.noise
    total = np.zeros(len(draws["sigma"]))
    for name, prior in priors.items():
        value = draws[name]
        if prior.family == "normal":
            total -= 0.5 * ((value - prior.location) / prior.scale) ** 2
        elif prior.family == "half_normal":
            total -= 0.5 * (value / prior.scale) ** 2
        elif prior.family == "lognormal":
            total -= 0.5 * ((np.log(value) - prior.location) / prior.scale) ** 2 + np.log(value)
        elif prior.family == "beta":
            at, weight = prior.location, prior.scale
            total += (at * weight - 1.0) * np.log(value)
            total += ((1.0 - at) * weight - 1.0) * np.log1p(-value)
    return total


def draw_prior(prior: Prior, rng: np.random.Generator, n_draws: int) -> Floats:
    """Draw a scalar parameter from its prior."""
    normal = rng.standard_normal(n_draws)
    if prior.family == "normal":
        return prior.location + prior.scale * normal
    if prior.family == "half_normal":
        return np.abs(prior.scale * normal)
    if prior.family == "lognormal":
        return np.exp(prior.location + prior.scale * normal)
    if prior.family == "beta":
        at, weight = prior.location, prior.scale
        return rng.beta(at * weight, (1.0 - at) * weight, n_draws)
    return np.full(n_draws, prior.location)


def _check_pit(
    evidence: Evidence,
    weights: Floats,
    khat: Floats,
    stored: LeftOutScores | None,
    limits: CheckThresholds,
) -> CheckResult:
    """Coverage of the central 80 % by left-out PIT, each data set counting once."""
    pits = _row_pits(evidence, weights)
    coverage = []
    for each, name in enumerate(evidence.datasets):
        inside = central_coverage(pits[evidence.index == each], 0.8)
        if khat[each] > limits.pareto_k and stored is not None and name in stored.datasets:
            inside = stored.datasets[name][stored.model].coverage["80%"]
        coverage.append(inside)
    value = float(np.mean(coverage))
    low, high, margin = limits.loo_pit_low, limits.loo_pit_high, limits.loo_pit_margin
    good = low <= value <= high
    far = value < low - margin or value > high + margin
    advice = "None needed."
    if not good:
        word = "narrow" if value < low else "wide"
        advice = f"Intervals for new data sets are too {word}; look at the groups' spreads."
    return CheckResult(
        "LOO-PIT",
        "PASS" if good else "FAIL" if far else "REVIEW",
        value,
        low if value < high else high,
        f"coverage of 80 % intervals of left-out data sets; expected {low:.2f} to {high:.2f}",
        advice,
    )


def _row_pits(evidence: Evidence, weights: Floats) -> Floats:
    z = (evidence.table.log10_error - evidence.curves) / evidence.row_sds
    share = np.exp(weights[:, evidence.index])
    return np.asarray((share * normal_cdf(z)).sum(axis=0) / share.sum(axis=0), dtype=np.float64)


def _psis(log_likelihood: Floats) -> tuple[Floats, Floats]:
    """Return smoothed log weights of leaving each column out, and k-hat; weights sum to 1."""
    array_stats: Any = importlib.import_module("arviz_stats.base").array_stats
    found, khat = array_stats.psislw(log_likelihood, axis=0)  # takes the sign itself
    weights = np.moveaxis(np.asarray(found, dtype=np.float64), -1, 0)
    return weights - log_sum_exp(weights), np.asarray(khat, dtype=np.float64)


def _replicate(dataset: NewDataset, curve: Floats, rng: np.random.Generator) -> Floats:
    """Add discrepancy and noise to curves, correlated as the model has them; cap at chance."""
    noise = rng.standard_normal(curve.shape) * np.sqrt(dataset.noise_variance)
    return np.minimum(curve + noise @ dataset.rotation.T, dataset.log10_chance)


def _as_tree(evidence: Evidence) -> Any:  # noqa: ANN401 - xarray does not type it
    import arviz

    def chains(values: Floats) -> Floats:
        usable = len(values) // N_CHAINS * N_CHAINS
        return values[:usable].reshape(N_CHAINS, -1, *values.shape[1:])

    names = [n for n in evidence.spec.hyper_names if np.ptp(evidence.draws[n]) > 0]
    return arviz.from_dict(
        {
            "posterior": {name: chains(evidence.draws[name]) for name in names},
            "log_prior": {"parameters": chains(evidence.log_prior)},
            "log_likelihood": {"datasets": chains(evidence.log_likelihood)},
        }
    )


def _at_most(value: float, review: float, fail: float) -> CheckVerdict:
    return "PASS" if value <= review else "REVIEW" if value <= fail else "FAIL"


def _at_least(value: float, review: float, fail: float) -> CheckVerdict:
    return "PASS" if value >= review else "REVIEW" if value >= fail else "FAIL"
