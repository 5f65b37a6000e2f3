"""Which shipped results are fitted, and how they are coded."""

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner._resources import resource_root
from planner.domain.model.covariates import coded_architecture
from planner.domain.model.specification import COLUMNS
from planner.domain.vocabulary import Backbone, Task
from planner.errors import ResourceError
from planner.regression.cards.data import LICENCES, data_card, render_data_card
from planner.regression.rows.architectures import (
    FITTED_ARCHITECTURES,
    canonical_architecture,
    known_covariates,
)
from planner.regression.rows.observations import (
    Observation,
    build_table,
    design_columns,
    group_labels,
    select_rows,
)
from planner.regression.rows.shipped import (
    EXCLUSIONS,
    OBSERVATIONS_FILE,
    excluded_counts,
    is_excluded,
    read_observations,
)

RAW = resource_root("data") / OBSERVATIONS_FILE


def raw_rows() -> list[dict[str, str]]:
    with RAW.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def observation(**changes: object) -> Observation:
    fields: dict[str, Any] = {
        "dataset": "shelf",
        "task": Task.CLASSIFICATION,
        "architecture": "ResNet-50",
        "n_images": 1000.0,
        "error": 0.1,
        "relative_complexity": 0.3,
        "pretrained": True,
        "backbone": Backbone.FINETUNED,
        "study": "own",
        "pretraining": "imagenet-1k",
        "chance_error": 0.9,
    }
    return Observation(**{**fields, **changes})


def test_each_row_says_which_version_was_fitted_on_it() -> None:
    """The rules of this version keep exactly the rows that name it."""
    for row in raw_rows():
        assert ("transfer 2" in row["fitted_by"].split("; ")) is not is_excluded(row)


def test_the_rows_are_as_many_as_documented() -> None:
    """Rows, data sets and networks of the second version; the first had 423 rows."""
    card = data_card(build_table(read_observations()))
    assert card["total"] == {"rows": 933, "data sets": 41, "curves": 465, "architectures": 44}
    assert sum("transfer 1" in row["fitted_by"] for row in raw_rows()) == 423


@pytest.mark.parametrize(
    ("study", "rows"),
    [
        ("vtab", 44),
        ("vtab-other", 88),
        ("openselfsup", 89),
        ("gda-clip", 55),
        ("tllib", 8),
        ("unimatch", 18),
        ("mmsegmentation", 14),
        ("cg-transfer", 43),
        ("stable-transfer", 266),
    ],
)
def test_each_study_keeps_the_documented_rows(study: str, rows: int) -> None:
    """The rows of a study that remain are as many as the model card says."""
    assert data_card(build_table(read_observations()))["study"][study] == rows


def test_exclusions_account_for_every_missing_row() -> None:
    """No row is dropped by two rules, and none without a rule."""
    rows = raw_rows()
    assert max(sum(rule.applies(row) for rule in EXCLUSIONS) for row in rows) == 1
    assert sum(excluded_counts().values()) == len(rows) - len(read_observations())
    assert all(count > 0 for count in excluded_counts().values())


def test_order_and_errors_are_those_of_the_file() -> None:
    """Reading neither sorts nor changes a measured value."""
    kept = [row for row in raw_rows() if not is_excluded(row)]
    assert [float(row["error"]) for row in kept] == [o.error for o in read_observations()]


def test_rendered_images_are_not_pretraining() -> None:
    """Every synthetic pretraining is coded as training from scratch, and nothing else is."""
    for row, seen in zip(
        [row for row in raw_rows() if not is_excluded(row)], read_observations(), strict=True
    ):
        synthetic = row["pretraining"].startswith("synthetic-")
        assert seen.pretrained == (row["pretrained"] == "1" and not synthetic)


def test_no_kept_row_is_worse_than_chance() -> None:
    """Every error lies in (0, 1), below the majority guess, and hardly above a zero-shot start."""
    table = build_table(read_observations())
    guess = np.where(table.segmentation == 1.0, 1.0, 1.0 - 1000.0**-table.relative_complexity)
    assert ((table.error > 0) & (table.error < guess)).all()
    assert (table.error < 1.05 * table.chance_error).all()


def test_design_columns_are_those_a_specification_may_name() -> None:
    """Specification and fit agree on the columns, and none is unknown in a row."""
    columns = design_columns(build_table(read_observations()))
    assert tuple(columns) == COLUMNS
    assert all(np.isfinite(values).all() for values in columns.values())


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    """A number that is none is answered with the file's name."""
    damaged = tmp_path / "rows.csv"
    text = RAW.read_text(encoding="utf-8").replace("0.868289", "nought", 1)
    damaged.write_text(text, encoding="utf-8")
    with pytest.raises(ResourceError, match=r"rows\.csv"):
        read_observations(damaged)


def test_covariates_have_a_source_and_catalogue_spelling() -> None:
    """Every classifier of the first version has sourced covariates; the coding is centred."""
    for row in read_observations():
        if row.task is Task.CLASSIFICATION and row.study in ("vtab", "stable-transfer", "tllib"):
            top1, millions, source = FITTED_ARCHITECTURES[row.architecture]
            assert source
            assert row.parameters == millions * 1e6
            assert row.pretraining_images == 1_281_167.0 or math.isnan(row.pretraining_images)
            assert math.isnan(top1) or 60 < top1 < 90
    assert coded_architecture(76.0, 25e6) == (0.0, 0.0)


def test_another_recipes_accuracy_is_not_used() -> None:
    """Top-1 of newer weights is unknown to the model; parameters count."""
    top1, parameters = known_covariates("ResNet-50 (recipe V2)")
    assert math.isnan(top1)
    assert parameters == 25557032
    assert math.isnan(known_covariates("ResNet-152")[0])
    assert all(math.isnan(value) for value in known_covariates("Our own network"))


def test_spellings_of_the_tables_meet() -> None:
    """Aliases, case and hyphens lead to one name."""
    assert canonical_architecture("MobileNet-v3-Large") == "MobileNetV3-L"
    assert canonical_architecture("resnet50") == canonical_architecture("ResNet 50") == "ResNet-50"


@given(st.lists(st.booleans(), min_size=8, max_size=8))
def test_selecting_rows_keeps_every_column_aligned(keep: list[bool]) -> None:
    """A selection takes the same rows of every column, in order."""
    rows = [observation(dataset=f"d{i}", n_images=100.0 + i) for i in range(8)]
    chosen = select_rows(build_table(rows), np.array(keep))
    again = build_table([row for row, wanted in zip(rows, keep, strict=True) if wanted])
    assert chosen.dataset == again.dataset
    assert np.array_equal(chosen.n_images, again.n_images)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=12))
def test_groups_are_numbered_by_first_appearance(names: list[str]) -> None:
    """The group of a row leads back to its label, whatever the order."""
    labels, index = group_labels(build_table(observation(dataset=n) for n in names), ("dataset",))
    assert [labels[i] for i in index] == names
    assert list(labels) == list(dict.fromkeys(names))


def test_more_test_images_mean_less_sampling_noise() -> None:
    """The binomial variance of log10 error falls with the test set; unknown size adds none."""
    small, large = observation(test_images=100.0), observation(test_images=10000.0)
    assert small.measurement_variance == pytest.approx(100 * large.measurement_variance)
    assert small.measurement_variance == pytest.approx(0.9 / 0.1 / 100 / math.log(10) ** 2)
    assert observation().measurement_variance == 0.0


def test_the_data_card_counts_every_row_and_names_licences() -> None:
    """Each breakdown adds up to all rows, and each shipped study has a licence."""
    card = data_card(build_table(read_observations()))
    for part in ("study", "task", "pretrained", "backbone", "domain", "data set", "architecture"):
        assert sum(card[part].values()) == card["total"]["rows"]
    assert set(card["study"]) == set(LICENCES)
    assert "933 rows, 41 data sets" in render_data_card(card)[0]
