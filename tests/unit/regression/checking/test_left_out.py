"""Scores on data sets left out of a fit: folds, baselines, summaries and what is stored."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.domain.published_equations import PRINTED_COEFFICIENTS, predicted_error
from planner.domain.results.validation import LeftOutScores, ScoreSummary
from planner.errors import InputError, ResourceError
from planner.regression.checking.baselines import (
    BASELINES,
    plugin_forecast,
    pooled_forecast,
    power_law_forecast,
)
from planner.regression.checking.left_out import (
    ALL_ROWS,
    comparison_rows,
    read_left_out,
    spec_sha256,
    write_left_out,
)
from planner.regression.checking.row_scores import RowForecast, score_rows, summarise_scores
from planner.regression.fitting.folds import DEFAULT_FOLDS, assign_folds
from planner.regression.rows.observations import ObservationTable, build_table, select_rows
from planner.regression.rows.shipped import read_observations
from planner.testing import synthetic_hierarchy


@pytest.fixture(scope="module")
def table() -> ObservationTable:
    """Return the shipped rows."""
    return build_table(read_observations())


SUMMARY = ScoreSummary(
    rows=4,
    datasets=2,
    log_density=-0.2,
    log_density_by_set=-0.3,
    log_density_by_set_se=0.1,
    crps=0.2,
    crps_by_set=0.25,
    crps_by_set_se=None,
    bias=0.0,
    coverage={"50%": 0.5, "80%": 0.8, "90%": 0.9, "95%": 0.95},
    coverage_by_set={"50%": 0.5, "80%": 0.8, "90%": 0.9, "95%": 0.95},
)


def stored(spec_hash: str) -> LeftOutScores:
    return LeftOutScores(
        date="2026-11-21",
        model="synthetic",
        data_sha256="d" * 64,
        spec_sha256=spec_hash,
        seed=1,
        folds=9,
        sampler={"max_rhat": 1.01},
        versions={"numpy": "2"},
        slices={ALL_ROWS: {"synthetic": SUMMARY, "published plug-in": SUMMARY}},
        datasets={"a": {"synthetic": SUMMARY}},
        joint_log_density={"a": -1.5},
    )


def test_a_data_set_is_in_one_fold_and_folds_mix_domains(table: ObservationTable) -> None:
    """No row of a left-out data set remains in the fit, and no fold is of one domain."""
    fold = assign_folds(table)
    by_set = {name: set(fold[np.array(table.dataset) == name]) for name in table.dataset}
    assert all(len(folds) == 1 for folds in by_set.values())
    assert set(fold) == set(range(DEFAULT_FOLDS))
    groups = np.array(table.domain_group)
    assert all(len(set(groups[fold == each])) > 1 for each in range(DEFAULT_FOLDS))
    assert len(set(assign_folds(table, 1000))) == len(set(table.dataset))
    with pytest.raises(InputError, match="at least two"):
        assign_folds(table, 1)


def test_the_plugin_is_eq1_below_the_chance_error(table: ObservationTable) -> None:
    """Its mean is the printed equation, but never above the majority guess."""
    means = plugin_forecast(table).means[0]
    equation = [
        predicted_error(n, rc, pretrained=p == 1, segmentation=s == 1)
        for n, rc, p, s in zip(
            table.n_images,
            table.relative_complexity,
            table.pretrained,
            table.segmentation,
            strict=True,
        )
    ]
    assert 10**means == pytest.approx(np.minimum(np.array(equation), table.chance_error))


def test_the_pooled_model_returns_the_prior_without_data_and_the_data_with_much(
    table: ObservationTable,
) -> None:
    """With two rows left it stands at Table 1; with many synthetic rows at their coefficients."""
    fold = np.zeros(len(table), dtype=np.int64)
    fold[:2] = 1
    few = pooled_forecast(table, fold)
    weights = np.exp(few.log_weights[:, 5]) if few.log_weights is not None else np.ones(1)
    assert weights.sum() == pytest.approx(1.0)
    x = np.log10(table.n_images)
    truth = -0.5 - 0.3 * x + 0.2 * table.relative_complexity
    many = replace(table, error=10.0**truth)
    halves = np.arange(len(table)) % 2
    fitted = pooled_forecast(many, halves)
    assert fitted.log_weights is not None
    mean = (np.exp(fitted.log_weights) * fitted.means).sum(axis=0)
    assert np.median(np.abs(mean - truth)) < 0.05
    assert PRINTED_COEFFICIENTS["log10_images"] == -0.070


def test_a_left_out_row_does_not_move_its_own_forecast(table: ObservationTable) -> None:
    """Changing a data set's errors changes no forecast for that data set."""
    names = np.array(table.dataset)
    out = names == "cifar-10"
    fold = out.astype(np.int64)
    moved = replace(table, error=np.where(out, 0.9 * table.error, table.error))
    before, after = pooled_forecast(table, fold), pooled_forecast(moved, fold)
    assert np.array_equal(before.means[:, out], after.means[:, out])
    assert not np.array_equal(before.means[:, ~out], after.means[:, ~out])


def test_the_power_law_looks_only_at_smaller_sizes(table: ObservationTable) -> None:
    """It needs two smaller sizes on the same curve, and ignores everything larger."""
    whole = power_law_forecast(table).means[0]
    known = np.flatnonzero(~np.isnan(whole))
    assert 0 < len(known) < len(table)
    at = int(known[0])
    keep = np.array([c == table.curve[at] for c in table.curve])
    keep &= table.n_images <= table.n_images[at]
    alone = power_law_forecast(select_rows(table, keep)).means[0]
    assert np.nanmax(alone) == pytest.approx(whole[at]) or whole[at] in alone


def test_scores_of_a_single_normal_are_its_closed_forms() -> None:
    """PIT, density and CRPS of one normal; a row without a forecast stays without scores."""
    forecast = RowForecast(np.array([[-0.5, np.nan]]), np.array([[0.2, np.nan]]))
    scores = score_rows(forecast, np.array([-0.5, -0.5]), np.zeros(2), np.random.default_rng(0))
    assert scores.pit[0] == pytest.approx(0.5)
    assert scores.crps[0] == pytest.approx(0.2 * 0.233695, rel=0.01)
    assert scores.log_density[0] == pytest.approx(-np.log(0.2 * np.sqrt(2 * np.pi)))
    assert np.isnan(scores.pit[1])


def test_weights_of_a_mixture_count() -> None:
    """A component without weight does not matter."""
    means, sds = np.array([[-0.5], [3.0]]), np.full((2, 1), 0.2)
    with np.errstate(divide="ignore"):
        mixed = RowForecast(means, sds, np.log(np.array([[1.0], [0.0]])))
    alone = RowForecast(means[:1], sds[:1])
    rng = np.random.default_rng
    one = score_rows(mixed, np.array([-0.4]), np.zeros(1), rng(0))
    other = score_rows(alone, np.array([-0.4]), np.zeros(1), rng(0))
    assert one.crps == pytest.approx(other.crps, rel=1e-3)
    assert one.pit == pytest.approx(other.pit)


def test_data_sets_count_once_in_means_by_set(table: ObservationTable) -> None:
    """Repeating the rows of one data set leaves the mean over data sets as it was."""
    two = select_rows(table, np.isin(np.array(table.dataset), ["dtd", "eurosat"]))
    forecast = plugin_forecast(two)
    scores = score_rows(forecast, two.log10_error, two.log10_chance, np.random.default_rng(0))
    keep = np.ones(len(two), dtype=bool)
    whole = summarise_scores(scores, two.log10_error, two.dataset, keep)
    assert whole is not None
    means = [scores.crps[np.array(two.dataset) == name].mean() for name in ("dtd", "eurosat")]
    assert whole.crps_by_set == pytest.approx(np.mean(means))
    assert whole.crps == pytest.approx(scores.crps.mean())
    assert summarise_scores(scores, two.log10_error, two.dataset, ~keep) is None


def test_stored_scores_come_back_and_know_when_they_are_stale(tmp_path: Path) -> None:
    """Written and read again they are equal; another declaration or other rows are said."""
    spec = synthetic_hierarchy().spec
    assert spec is not None
    scores = stored(spec_sha256(spec))
    write_left_out(tmp_path, scores)
    fresh = read_left_out(tmp_path, spec, "d" * 64)
    assert (fresh.scores, fresh.stale) == (scores, ())
    other = replace(spec, discrepancy=replace(spec.discrepancy, scale=0.2))
    changed = read_left_out(tmp_path, other, "e" * 64)
    assert len(changed.stale) == 2
    assert changed.usable is None


def test_the_declarations_checksum_ignores_words(tmp_path: Path) -> None:
    """Reasons and the name change nothing that was computed."""
    spec = synthetic_hierarchy().spec
    assert spec is not None
    term = replace(spec.level.terms[0], why="another reason")
    reworded = replace(
        spec, name="x", text="y", level=replace(spec.level, terms=(term, *spec.level.terms[1:]))
    )
    assert spec_sha256(reworded) == spec_sha256(spec)


def test_missing_and_damaged_scores(tmp_path: Path) -> None:
    """No file: nothing stored. A damaged one: say so, with the command that mends it."""
    spec = synthetic_hierarchy().spec
    assert read_left_out(tmp_path, spec, None).scores is None
    assert read_left_out(tmp_path, None, None).closed_form
    (tmp_path / "validation.json").write_text(json.dumps({"date": "x"}), encoding="utf-8")
    with pytest.raises(ResourceError, match="validate --refit"):
        read_left_out(tmp_path, spec, None)


def test_a_published_model_is_compared_by_its_plugin(tmp_path: Path) -> None:
    """A model in closed form has no refits; the plug-in's scores stand in its column."""
    spec = synthetic_hierarchy().spec
    assert spec is not None
    write_left_out(tmp_path, stored(spec_sha256(spec)))
    ours = read_left_out(tmp_path, spec, None)
    nothing = read_left_out(tmp_path / "none", None, None)
    rows = comparison_rows(nothing, ours)
    assert [row.first is not None and row.second is not None for row in rows] == [True] * 4
    assert comparison_rows(nothing, nothing) == ()
    assert set(BASELINES) == {"published plug-in", "pooled GLM", "power law"}
