"""Partial regression plots."""

from pathlib import Path

import numpy as np
import pytest

from planner.regression.published.design import design_matrix, read_reconstruction
from planner.regression.published.figures import (
    PANELS,
    partial_residuals,
    write_partial_regression_plots,
)


def test_the_slope_through_each_panel_is_the_coefficient() -> None:
    """Frisch-Waugh: least squares through a panel's points gives the full fit's coefficient."""
    panels = partial_residuals(read_reconstruction())
    assert [panel.term for panel in panels] == list(PANELS)
    for panel in panels:
        through_points = panel.predictor @ panel.response / (panel.predictor @ panel.predictor)
        assert through_points == pytest.approx(panel.slope, rel=1e-9)


def test_what_is_left_of_a_predictor_is_unrelated_to_the_others() -> None:
    """The points of a panel are orthogonal to every other column of the design."""
    rows = read_reconstruction()
    X = design_matrix(rows)
    for k, panel in enumerate(partial_residuals(rows), start=1):
        others = np.delete(X, k, axis=1)
        np.testing.assert_allclose(others.T @ panel.predictor, 0, atol=1e-9)


@pytest.mark.slow
def test_the_same_files_come_out_every_time(tmp_path: Path) -> None:
    """PNG and SVG carry no date and no random id, and label the rows as a reconstruction."""
    first = write_partial_regression_plots(tmp_path / "a")
    second = write_partial_regression_plots(tmp_path / "b" / "deeper")
    assert [path.name for path in first] == ["partial_regression.png", "partial_regression.svg"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    assert first[0].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in first[1].read_bytes()
    assert b"dc:date" not in first[1].read_bytes()
