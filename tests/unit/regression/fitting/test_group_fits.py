"""Refits without groups of data sets: how sets are dealt, and when a refit is computed anew."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import ModelSpec
from planner.domain.model.specification_file import parse_spec
from planner.reference.store import find_model, load_model
from planner.regression.fitting import group_fits as module
from planner.regression.fitting.folds import FoldFit
from planner.regression.fitting.group_fits import (
    GROUP_FILES,
    dataset_groups,
    group_fits,
    missing_fits,
)
from planner.regression.rows.observations import ObservationTable, build_table, select_rows
from planner.regression.rows.shipped import read_observations


@pytest.fixture(scope="module")
def table() -> ObservationTable:
    """Return the shipped rows."""
    return build_table(read_observations())


@pytest.fixture
def model() -> Posterior:
    """Return a model with the declaration of the default one; its draws are nobody's."""
    text = (find_model("transfer") / "model.toml").read_text(encoding="utf-8")
    return replace(load_model("published"), family="saturating", spec=parse_spec(text))


@pytest.fixture
def sampled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the folds sampled so far; sampling itself is replaced."""
    folds: list[int] = []

    def refit_folds(
        _table: ObservationTable, _spec: ModelSpec, fold: Any, _config: Any, **options: Any
    ) -> Iterator[FoldFit]:
        for each in options["only"]:
            folds.append(each)
            draws = {"sigma": np.linspace(0.5, 1.0, 9) + each, "R": np.ones((9, 2))}
            rows = np.flatnonzero(fold == each)
            yield FoldFit(rows, draws, {"R": ("a", "b")}, 1.01, each, 2.0)

    monkeypatch.setattr(module, "refit_folds", refit_folds)
    return folds


def test_every_data_set_is_in_one_of_four_groups(table: ObservationTable) -> None:
    """And the groups are the same whatever the order of the rows."""
    groups = dataset_groups(table)
    assert len(groups) == 4
    assert sorted(name for group in groups for name in group) == sorted(set(table.dataset))
    keep = np.ones(len(table), dtype=bool)
    assert dataset_groups(select_rows(table, keep)) == groups


def test_near_copies_stay_together(table: ObservationTable) -> None:
    """A fit that lacks one of them lacks the other."""
    group_of = {name: at for at, group in enumerate(dataset_groups(table)) for name in group}
    for one, other in (
        ("eurosat", "eurosat-5-way"),
        ("imagenet-1k", "imagenet-1k-128px"),
        ("dogs-vs-cats", "dogs-vs-cats-filtered"),
        ("pascal-voc-2012", "pascal-voc-2012-blended"),
        ("m-cashew-plant", "m-chesapeake"),
    ):
        assert group_of[one] == group_of[other]


def test_every_group_has_every_kind(table: ObservationTable) -> None:
    """Segmentation, specialist images and photographs, in numbers of curves that are alike."""
    kind = dict(zip(table.dataset, table.domain_group, strict=True))
    kind |= {
        name: "segmentation"
        for name, flag in zip(table.dataset, table.segmentation, strict=True)
        if flag
    }
    for group in dataset_groups(table):
        assert {kind[name] for name in group} == {"natural", "specialised", "segmentation"}


def test_a_refit_that_is_kept_is_not_sampled_again(
    table: ObservationTable, model: Posterior, sampled: list[int], tmp_path: Path
) -> None:
    """Draws come back as they were kept, thinned to whole chains, with what their sampling said."""
    first = group_fits(table, model, tmp_path)
    assert sampled == [0, 1, 2, 3]
    assert {path.name for path in tmp_path.iterdir()} == set(GROUP_FILES)
    again = group_fits(table, model, tmp_path)
    assert sampled == [0, 1, 2, 3]
    assert [fit.datasets for fit in again] == list(dataset_groups(table))
    assert [fit.divergences for fit in again] == [0, 1, 2, 3]
    for one, other in zip(first, again, strict=True):
        assert one.posterior.n_draws == other.posterior.n_draws == 8
        np.testing.assert_allclose(one.posterior.draws["sigma"], other.posterior.draws["sigma"])
    assert again[1].posterior.draws["sigma"][0] == 1.5


def test_a_refit_of_something_else_or_a_damaged_one_is_sampled_anew(
    table: ObservationTable, model: Posterior, sampled: list[int], tmp_path: Path
) -> None:
    """Other rows or another declaration make all of them stale; a damaged file only itself."""
    group_fits(table, model, tmp_path)
    assert missing_fits(table, model, tmp_path) == 0
    assert model.spec is not None
    other_prior = replace(model.spec, noise=replace(model.spec.noise, scale=0.4))
    assert missing_fits(table, replace(model, spec=other_prior), tmp_path) == 4
    shifted = replace(table, error=table.error * 0.99)
    assert missing_fits(shifted, model, tmp_path) == 4
    (tmp_path / GROUP_FILES[2]).write_bytes(b"PK damaged")
    assert missing_fits(table, model, tmp_path) == 1
    sampled.clear()
    group_fits(table, model, tmp_path)
    assert sampled == [2]
