"""How do ranks compare with uniform ones? One panel for each parameter, its band around zero."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from planner._drawing import plain_style
from planner.domain.format import percent_as_set
from planner.domain.results.calibration import Calibration
from planner.files import write_files
from planner.regression.calibration.bands import counts_up_to

FILE_STEM = "calibration"

_COLUMNS = 4
_INSIDE, _OUTSIDE, _BAND = "#2166ac", "#b2182b", "#cccccc"


def write_calibration_figure(calibration: Calibration, folder: Path) -> tuple[Path, ...]:
    """Write the figure as PNG and SVG and return both paths; the same bytes every time.

    Parameters
    ----------
    calibration : Calibration
        What to draw.
    folder : Path
        Created if missing.
    """
    settings = {"svg.hashsalt": "planner", "font.family": "DejaVu Sans", "font.size": 8}
    with plain_style(settings):
        figure = _draw(calibration)
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=150, metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    drawn = {f"{FILE_STEM}.png": png, f"{FILE_STEM}.svg": svg}
    return write_files(folder, [(name, file.getvalue()) for name, file in drawn.items()])


def _draw(calibration: Calibration) -> Any:  # noqa: ANN401 - matplotlib is imported lazily
    from matplotlib.figure import Figure

    n_rows = -(-len(calibration.parameters) // _COLUMNS)
    figure = Figure(figsize=(9.0, 0.9 + 1.7 * n_rows), layout="constrained")
    figure.suptitle(
        f"Ranks of true values among draws, {calibration.model}, {calibration.n_refits} refits: "
        f"share up to a rank minus the share expected, {percent_as_set(calibration.level)} band"
    )
    panels = figure.subplots(n_rows, _COLUMNS, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, name in zip(panels, calibration.parameters, strict=False):
        _draw_panel(axes, calibration, name)
    for axes in panels[len(calibration.parameters) :]:
        axes.set_visible(False)
    return figure


def _draw_panel(axes: Any, calibration: Calibration, name: str) -> None:  # noqa: ANN401 - as above
    n_draws, found = calibration.n_draws, calibration.parameters[name]
    z = np.arange(1, n_draws + 1) / (n_draws + 1)
    lower, upper = np.array(calibration.band_lower), np.array(calibration.band_upper)
    path = counts_up_to(np.array(found.ranks), n_draws) / calibration.n_refits
    axes.fill_between(z, lower - z, upper - z, color=_BAND, step="post", linewidth=0)
    axes.step(z, path - z, color=_INSIDE if found.inside else _OUTSIDE, where="post", linewidth=1)
    axes.set_title(name if found.inside else f"{name}: {found.reads}", fontsize=8)
