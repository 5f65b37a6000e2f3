"""Refits with data sets left out, for real; minutes."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from planner._resources import resource_root
from planner.domain.scores import log_sum_exp
from planner.reference.store import load_model
from planner.regression.checking.left_out import read_left_out, shipped_sha256
from planner.regression.checking.new_dataset import (
    N_MIXINGS,
    POINTS,
    NewDataset,
    dataset_log_likelihood,
    log_likelihood,
    new_dataset,
)
from planner.regression.fitting.folds import FoldConfig, assign_folds, refit_folds
from planner.regression.rows.observations import ObservationTable, build_table, select_rows
from planner.regression.rows.shipped import read_observations

pytestmark = pytest.mark.mcmc


def test_left_out_data_sets_have_effects_from_the_population() -> None:
    """A fold's own errors do not enter its fit: changed errors, same draws."""
    spec = load_model("transfer").spec
    assert spec is not None
    whole = build_table(read_observations())
    table = select_rows(whole, np.isin(np.array(whole.dataset), ["dtd", "eurosat", "svhn"]))
    fold = assign_folds(table, 3)
    config = FoldConfig(folds=3, chains=2, tune=300, draws=300)
    out = fold == 0
    moved = replace(table, error=np.where(out, 0.8 * table.error, table.error))
    first = next(iter(refit_folds(table, spec, fold, config)))
    second = next(iter(refit_folds(moved, spec, fold, config)))
    assert np.array_equal(first.rows, np.flatnonzero(out))
    for name in spec.hyper_names:
        # the huge variance leaves a trace of 1e-10 in the gradient; chaos may enlarge it
        assert first.draws[name].mean() == pytest.approx(
            second.draws[name].mean(), abs=0.5 * first.draws[name].std() + 1e-12
        )


def test_scores_of_refits_agree_with_importance_sampling() -> None:
    """Where k-hat is small, PSIS-LOO from the whole fit equals the refit's density."""
    from planner.domain.model.model_checks import CheckThresholds
    from planner.regression.checking.checks import check_loo, gather_evidence

    posterior = load_model("transfer")
    assert posterior.spec is not None
    scores = read_left_out(
        resource_root("models") / "transfer", posterior.spec, shipped_sha256()
    ).scores
    assert scores is not None
    thinned = replace(posterior, draws={k: v[::16] for k, v in posterior.draws.items()})
    evidence = gather_evidence(thinned, build_table(read_observations()))
    _, _, by_dataset = check_loo(evidence, None, CheckThresholds())
    good = {name: entry for name, entry in by_dataset.items() if entry["pareto_k"] < 0.5}
    assert len(good) > 10
    for name, entry in good.items():
        # the stored refits leave out seven sets at once, so a little apart is right
        assert entry["log_density"] == pytest.approx(scores.joint_log_density[name], abs=1.0), name


def test_the_likelihood_needs_few_points() -> None:
    """Eight times the importance points change the log likelihood of real data sets by little."""
    for rng, dataset, table in _real_data_sets():
        counts = (POINTS, 8 * POINTS)
        found = [log_likelihood(dataset, table.log10_error, rng, n_samples=n) for n in counts]
        assert np.mean(np.abs(found[0] - found[1])) < 0.3


def test_leaving_a_data_set_out_needs_few_draws_of_heavy_tails() -> None:
    """Eight times as many change its density by less than .3; one alone would take off 2."""
    posterior = load_model("transfer")
    assert posterior.spec is not None
    draws = {name: values[::40] for name, values in posterior.draws.items()}
    for rng, _, table in _real_data_sets():
        few, many, one = (
            dataset_log_likelihood(
                draws, posterior.labels, posterior.spec, table, rng, n_mixings=count
            )
            for count in (N_MIXINGS, 8 * N_MIXINGS, 1)
        )
        left_out = [math.log(len(v)) - float(log_sum_exp(-v)) for v in (few, many, one)]
        assert left_out[0] == pytest.approx(left_out[1], abs=0.3)
        assert left_out[2] < left_out[1]


def _real_data_sets() -> Iterator[tuple[np.random.Generator, NewDataset, ObservationTable]]:
    posterior = load_model("transfer")
    assert posterior.spec is not None
    whole = build_table(read_observations())
    draws = {name: values[::40] for name, values in posterior.draws.items()}
    for name in ("cifar-100", "cityscapes", "eurosat"):
        table = select_rows(whole, np.array(whole.dataset) == name)
        rng = np.random.default_rng(0)
        yield rng, new_dataset(draws, posterior.labels, posterior.spec, table, rng), table
