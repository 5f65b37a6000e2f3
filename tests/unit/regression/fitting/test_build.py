"""The PyMC model of a specification, held to the likelihood written out in NumPy."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner._resources import resource_root
from planner.domain.arrays import Floats
from planner.domain.model.specification import ModelSpec
from planner.domain.model.specification_file import parse_spec
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError
from planner.regression.fitting.build import build_model, build_rotation, effect_labels, rotate
from planner.regression.fitting.command import PUBLISHED_SPEC
from planner.regression.fitting.fit import thin
from planner.regression.rows.observations import (
    Observation,
    ObservationTable,
    build_table,
    design_columns,
    group_labels,
)
from planner.regression.rows.shipped import read_observations

pytestmark = pytest.mark.slow  # PyMC is imported and compiles

PLAIN = {"mode": "FAST_COMPILE", "on_unused_input": "ignore"}  # no machine code for one call


def shipped_spec() -> ModelSpec:
    path = resource_root("models") / "transfer" / "model.toml"
    return parse_spec(path.read_text(encoding="utf-8"))


def published_spec() -> ModelSpec:
    return parse_spec(PUBLISHED_SPEC.read_text(encoding="utf-8"))


def small_table(*, test_images: float = math.inf) -> ObservationTable:
    """Return eleven rows: curves of one, two and three points, frozen, segmented, structured."""

    def row(dataset: str, images: float, error: float, **changes: object) -> Observation:
        fields: dict[str, Any] = {
            "dataset": dataset,
            "task": Task.CLASSIFICATION,
            "architecture": "ResNet-50",
            "n_images": images,
            "error": error,
            "relative_complexity": 0.3,
            "pretrained": True,
            "backbone": Backbone.FINETUNED,
            "study": "s",
            "pretraining": "imagenet-1k",
            "chance_error": 0.9,
            "top1_percent": 74.9,
            "parameters": 25.6e6,
            "test_images": test_images,
        }
        return Observation(**{**fields, **changes})

    scratch = {"pretrained": False, "pretraining": "none"}
    other = {"architecture": "Net", "top1_percent": math.nan, "parameters": math.nan}
    masks = {"task": Task.SEGMENTATION, "chance_error": 1.0, "relative_complexity": 0.6}
    return build_table(
        [
            row("a", 1000, 0.3),
            row("b", 500, 0.4, **scratch),
            row("a", 10000, 0.1),
            row("a", 3000, 0.2),
            row("a", 3000, 0.25, backbone=Backbone.FROZEN),
            row("b", 700, 0.35, **other),
            row("b", 5000, 0.3, **scratch),
            row("kitti-distance", 1000, 0.5),
            row("kitti-distance", 9000, 0.2),
            row("roads", 400, 0.6, **masks),
            row("roads", 3000, 0.4, **masks),
        ]
    )


def log_likelihood(spec: ModelSpec, table: ObservationTable, values: dict[str, Floats]) -> float:
    """Return the density of all rows jointly normal, with no rotation and no shared code."""
    columns = design_columns(table)
    predictors = {}
    for name, predictor in spec.predictors.items():
        total = np.zeros(len(table))
        absorbed = {term for group in predictor.groups for term in group.centre_on}
        for term in predictor.terms:
            if term.name not in absorbed:
                total += values[term.name] * math.prod(columns[c] for c in term.columns)
        for group in predictor.groups:
            times = np.ones(len(table))
            for column in group.times:
                times = times * columns[column]
            labels = effect_labels(table, group)
            all_labels, index = group_labels(table, group.by)
            if not labels:
                continue
            effects = values[group.name]
            for i in range(len(table)):
                if times[i]:
                    total[i] += effects[labels.index(all_labels[index[i]])] * times[i]
        predictors[name] = total
    if spec.slope is None:
        mean = predictors["level"]
    else:
        away = spec.reference.per_complexity * (table.relative_complexity - 0.5)
        x = np.log10(table.n_images) - spec.reference.log10_images - away
        k, a = np.exp(predictors["decay"]), np.exp(predictors["ceiling"])
        u = predictors["level"] - np.exp(predictors["slope"]) * (1.0 - np.exp(-k * x)) / k
        share = np.exp(-a * np.logaddexp(0.0, -u * math.log(10.0) / a))
        if spec.floor is not None:
            phi = 1.0 / (1.0 + np.exp(-predictors["floor"]))
            share = phi + (1.0 - phi) * share
        mean = np.log10(table.chance_error * share)
    same = np.equal.outer(np.array(table.curve), np.array(table.curve))
    apart = np.abs(np.subtract.outer(np.log10(table.n_images), np.log10(table.n_images)))
    covariance = spec.discrepancy.scale**2 * same * np.exp(-apart / spec.discrepancy.decades)
    # Curves stray less near chance, by the share of chance that was measured.
    share = np.minimum(table.error / table.chance_error, 1.0)
    height = 1.0 - share + spec.discrepancy.at_chance * share
    covariance *= np.outer(height, height)
    covariance += np.diag(values["sigma"] ** 2 + table.measurement_variance)
    residual = np.log10(table.error) - mean
    _, log_determinant = np.linalg.slogdet(2 * math.pi * covariance)
    distance = residual @ np.linalg.solve(covariance, residual)
    return float(-0.5 * (log_determinant + distance))


def effects_of(
    spec: ModelSpec, table: ObservationTable, point: dict[str, Floats]
) -> dict[str, Floats]:
    """Return natural parameter values, effects about their centres included, from a draw."""
    values = dict(point)
    columns = design_columns(table)
    for predictor in spec.predictors.values():
        terms = {term.name: term for term in predictor.terms}
        for group in predictor.groups:
            if group.centred:
                continue
            labels = effect_labels(table, group)
            all_labels, index = group_labels(table, group.by)
            effects = values[group.sd] * values[f"{group.name}_z"]
            for j, label in enumerate(labels):
                i = next(
                    i
                    for i in range(len(table))
                    if all_labels[index[i]] == label and all(columns[c][i] for c in group.times)
                )
                for name in group.centre_on:
                    rest = [c for c in terms[name].columns if c not in group.times]
                    effects[j] += values[name] * math.prod(columns[c][i] for c in rest)
            values[group.name] = effects
    return values


WITH_FLOOR = """
[[floor.terms]]
name = "f0"
prior = {family = "normal", location = -4.0, scale = 1.0}
"""


@pytest.mark.parametrize("kind", ["published", "transfer", "floor", "test images", "real rows"])
def test_likelihood_is_the_joint_normal_of_the_rows(kind: str) -> None:
    """Marginalised and rotated, the model has the density of the plain multivariate normal."""
    import pymc as pm

    spec = published_spec() if kind == "published" else shipped_spec()
    if kind == "floor":
        spec = parse_spec(spec.text + WITH_FLOOR)
    table = small_table(test_images=200.0 if kind == "test images" else math.inf)
    table = build_table(read_observations()) if kind == "real rows" else table
    model = build_model(spec, table)
    with model:
        prior = pm.sample_prior_predictive(3, random_seed=5)["prior"]
    density = pm.logp(model["rotated_log10_error"], model["rotated_response"]).sum()
    observed = model.compile_fn(density, inputs=model.free_RVs, **PLAIN)
    for draw in range(3):
        point = {rv.name: prior[rv.name].values[0, draw] for rv in model.free_RVs}
        want = log_likelihood(spec, table, effects_of(spec, table, point))
        assert observed(point) == pytest.approx(want, rel=1e-6)


def test_rotation_is_orthogonal_and_diagonalises() -> None:
    """Rotated rows of a curve are uncorrelated, with the variances that are used."""
    table, spec = small_table(test_images=300.0), shipped_spec()
    rotation = build_rotation(table, spec.discrepancy)
    Q = np.column_stack([rotate(unit, rotation) for unit in np.eye(len(table))])
    assert np.allclose(Q @ Q.T, np.eye(len(table)))
    same = np.equal.outer(np.array(table.curve), np.array(table.curve))
    x = np.log10(table.n_images)
    apart = np.abs(np.subtract.outer(x, x))
    share = np.minimum(table.error / table.chance_error, 1.0)
    height = 1.0 - share + spec.discrepancy.at_chance * share
    K = 0.08**2 * same * np.exp(-apart) * np.outer(height, height)
    K += np.diag(table.measurement_variance)
    assert np.allclose(Q @ K @ Q.T, np.diag(rotation.variance))


def test_a_huge_known_variance_takes_a_curve_out() -> None:
    """Known variances, given by row, are used in rotated order: a left-out curve has no say."""
    import pymc as pm

    table, spec = small_table(), published_spec()
    spec = replace(spec, discrepancy=shipped_spec().discrepancy)
    model = build_model(spec, table)
    left_out = np.array([dataset == "a" for dataset in table.dataset])
    error = np.where(left_out, 0.9, table.error)
    changed = replace(table, error=error)
    point = model.initial_point(1)
    logp = model.compile_logp(mode="FAST_COMPILE")
    before = logp(point)
    with model:
        pm.set_data({"extra_variance": np.where(left_out, 1e10, 0.0)})
    out = logp(point)
    rotation = build_rotation(changed, spec.discrepancy)
    with model:
        pm.set_data({"rotated_response": rotate(changed.log10_error, rotation)})
    assert logp(point) == pytest.approx(out, abs=1e-6)
    assert out != pytest.approx(before, abs=1.0)


def test_only_groups_with_rows_have_effects() -> None:
    """A data set without frozen rows owns no frozen effect."""
    groups = {group.name: group for group in shipped_spec().groups}
    table = small_table()
    assert effect_labels(table, groups["F"]) == ("a",)
    assert effect_labels(table, groups["AT"]) == ("roads",)
    assert effect_labels(table, groups["A"]) == ("a", "b", "kitti-distance", "roads")


def test_rows_without_a_kind_leave_its_spread_to_the_prior() -> None:
    """A table with no frozen row and no segmentation is fitted, its unused spreads free."""
    table = small_table()
    rows = [0, 1, 2, 3, 5, 6]
    from planner.regression.rows.observations import select_rows

    keep = np.isin(np.arange(len(table)), rows)
    model = build_model(shipped_spec(), select_rows(table, keep))
    names = {rv.name for rv in model.free_RVs}
    assert {"tau_fz", "tau_a_seg"} <= names
    assert not {"AT_z", "F_z"} & names
    parts = model.compile_logp(sum=False, mode="FAST_COMPILE")(model.initial_point(0))
    assert all(np.isfinite(part).all() for part in parts)


def test_a_centre_that_differs_within_a_group_is_refused() -> None:
    """Two tasks under one data set's name are answered, not averaged."""
    table = small_table()
    segmentation = table.segmentation.copy()
    segmentation[0] = 1.0
    with pytest.raises(InputError, match="differs within the group 'a'"):
        build_model(shipped_spec(), replace(table, segmentation=segmentation))


def test_a_share_of_effects_lies_elsewhere() -> None:
    """Summed over, the effects have the density of two normals in the declared share."""
    import pymc as pm

    spec, table = shipped_spec(), small_table()
    (group,) = [each for each in spec.groups if each.share]
    model = build_model(spec, table)
    with model:
        prior = pm.sample_prior_predictive(4000, random_seed=3)["prior"]
    effects = (prior[group.sd] * prior[f"{group.name}_z"]).values
    far = effects > group.shift / 2.0
    assert np.mean(far) == pytest.approx(prior[group.share].values.mean(), abs=0.03)
    assert effects[far].mean() == pytest.approx(group.shift, abs=0.1)


def test_structure_of_the_shipped_model() -> None:
    """Every declared parameter is a variable of the model, and its draws thin to joint draws."""
    from pymc.testing import mock_sample

    spec, table = shipped_spec(), small_table()
    model = build_model(spec, table)
    with model:
        trace = mock_sample(draws=8, chains=4, random_seed=1)
    for name in (*spec.hyper_names, *spec.stored_names):
        assert name in trace["posterior"]
    draws = thin(trace, (*spec.hyper_names, *spec.stored_names), kept=4)
    assert draws["a0"].shape == (16,)
    assert draws["R"].shape == (16, 2)
    chains = trace["posterior"]["a0"].values
    assert np.array_equal(draws["a0"].reshape(4, 4), chains[:, [0, 2, 5, 7]])
