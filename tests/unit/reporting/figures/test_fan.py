"""The learning-curve fan: files that come out, the same each time, for any name."""

from pathlib import Path

import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.forecasting.forecast import build_forecast
from planner.reporting.figures.fan import draw_fan, fans
from planner.reporting.figures.files import write_figures


def project(name: str = "shelf", **changes: object) -> Project:
    fields: dict[str, object] = {
        "id": name,
        "classes": 4,
        "target_error": 0.06,
        "images": {"held": 1_000, "limit": 100_000, "price": 0.3},
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


def test_the_figure_marks_target_held_limit_and_evidence(synthetic: Posterior) -> None:
    """Everything a reader needs to place the curve is named in the legend."""
    one = project(images={"held": 1_000, "limit": 10_000_000, "price": 0.3})
    figure = draw_fan(one, build_forecast(one, synthetic), "ResNet-50")
    (axes,) = figure.axes
    labels = " | ".join(text.get_text() for text in axes.get_legend().get_texts())  # type: ignore[union-attr]
    for words in ("target 6 %", "held 1,000", "limit 10 million", "outside the evidence", "80 %"):
        assert words in labels


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a/b:c", "$x^{2}$", "=cmd()", "é" * 300, "‮🙂"])
def test_any_name_gives_two_files_with_the_same_bytes_each_time(
    name: str, synthetic: Posterior, tmp_path: Path
) -> None:
    """Names cannot leave the folder or break the drawing; a rerun changes nothing."""
    forecasts = [build_forecast(project(name), synthetic)]
    leads = {name: "ResNet-50"}
    first = write_figures(tmp_path / "one", fans(forecasts, leads))
    again = write_figures(tmp_path / "two", fans(forecasts, leads))
    assert [path.suffix for path in first] == [".svg", ".png"]
    assert all(path.parent == tmp_path / "one" for path in first)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
