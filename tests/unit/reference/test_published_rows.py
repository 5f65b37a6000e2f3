"""Rows of the published regression: 48 of the literature and 8 clients fitted, 6 clients tested."""

from collections import Counter

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.published_equations import predicted_error
from planner.reference.published_rows import COLUMNS, published_rows
from planner.reference.tables import catalogue_table
from planner.regression.rows.reconstruction import reconstruction_table


def test_literature_and_clients_and_fit_and_test_are_told_apart_by_columns() -> None:
    """As many of each as the paper says; what is invented is said in each row."""
    rows = published_rows()
    found = Counter((row["source"], row["split"]) for row in rows)
    assert found == {("literature", "fit"): 48, ("client", "fit"): 8, ("client", "test"): 6}
    assert {row["data"] for row in rows if row["split"] == "test"} == {"as printed"}
    assert {row["data"] for row in rows if row["split"] == "fit"} == {
        "reconstructed; error invented"
    }
    assert all(tuple(row) == COLUMNS for row in rows)


def test_rows_of_the_fit_are_those_that_are_fitted_and_those_of_the_test_stay_out() -> None:
    """The table that fits read has the same 56 errors in the same order, and none of the six."""
    fitted = [row for row in published_rows() if row["split"] == "fit"]
    read = reconstruction_table()
    assert [float(row["error"]) for row in fitted] == pytest.approx(read.error.tolist())
    assert [row["case"] for row in fitted] == list(read.dataset)
    tested = [row for row in published_rows() if row["split"] == "test"]
    assert {row["case"] for row in tested}.isdisjoint(read.dataset)
    first = predicted_error(float(tested[0]["images"]), float(tested[0]["relative_complexity"]))
    assert float(first) == pytest.approx(0.0413, abs=5e-5)


def test_the_catalogue_prints_them_and_narrows_them() -> None:
    """By either column, in the terminal and as data."""
    _, rows = catalogue_table("published", ["split=test"])
    assert len(rows) == 6
    shown = CliRunner().invoke(app, ["catalogue", "published", "--filter", "split=test"]).stdout
    assert shown.splitlines()[0].split()[:3] == ["source", "split", "case"]
    assert shown.count("client") == 6
