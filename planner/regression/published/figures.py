"""Figure 3: partial regression (added-variable) plots of the published regression."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner._drawing import plain_style
from planner.domain.published_equations import TERMS
from planner.files import write_files
from planner.regression.published.design import Observations, design_matrix, read_reconstruction
from planner.regression.published.least_squares import fit_least_squares

PANELS = {
    "log10_images": "log10(images)",
    "pretrained_log10_images": "pretrained × log10(images)",
    "relative_complexity": "relative complexity",
    "type": "type (1 = segmentation)",
}
"""Term of each panel and its name on the axis, in reading order."""

FILE_STEM = "partial_regression"

_BLUE, _ORANGE, _DARK = "#2166ac", "#d95f02", "#333333"


@dataclass(frozen=True, eq=False)
class PartialResiduals:
    """What one predictor adds to all others.

    Attributes
    ----------
    term : str
        Predictor.
    predictor, response : ndarray of shape (n_rows,)
        What is left of the predictor and of log10 error after regressing each on the other terms.
    slope, std_err : float
        Coefficient of the full fit, which is the slope through these points, and its error.
    """

    term: str
    predictor: NDArray[np.float64]
    response: NDArray[np.float64]
    slope: float
    std_err: float


def partial_residuals(rows: Observations) -> tuple[PartialResiduals, ...]:
    """Return the points of the four panels.

    Parameters
    ----------
    rows : Observations
        Rows of the regression.
    """
    X = design_matrix(rows)
    full = fit_least_squares(X, rows.log10_error)
    found = []
    for term in PANELS:
        k = TERMS.index(term)
        others = np.delete(X, k, axis=1)
        found.append(
            PartialResiduals(
                term=term,
                predictor=fit_least_squares(others, X[:, k]).residuals,
                response=fit_least_squares(others, rows.log10_error).residuals,
                slope=float(full.coefficients[k]),
                std_err=float(full.std_err[k]),
            )
        )
    return tuple(found)


def write_partial_regression_plots(folder: Path) -> tuple[Path, ...]:
    """Write the grid of Figure 3 as PNG and SVG and return both paths; same bytes every time.

    Parameters
    ----------
    folder : Path
        Created if missing; the two files are replaced, both or none.
    """
    rows = read_reconstruction()
    settings: dict[Any, Any] = {
        "svg.hashsalt": "planner",  # otherwise the ids in the file are random
        "font.family": "DejaVu Sans",  # ships with matplotlib, so every machine draws the same
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with plain_style(settings):
        figure = _draw_grid(partial_residuals(rows), rows.segmentation > 0)
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=150, metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    drawn = {f"{FILE_STEM}.png": png, f"{FILE_STEM}.svg": svg}
    return write_files(folder, [(name, file.getvalue()) for name, file in drawn.items()])


def _draw_grid(panels: Sequence[PartialResiduals], literature: NDArray[np.bool_]) -> Any:  # noqa: ANN401 - matplotlib is imported lazily
    """Return the figure: one panel for each predictor."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 7.0), layout="constrained")
    figure.suptitle(
        "What each predictor adds (partial regression, as in the paper's Figure 3)\n"
        "reconstructed rows, not the paper's data",
        fontsize=10,
    )
    for axes, panel in zip(figure.subplots(2, 2, sharey=True).flat, panels, strict=True):
        _draw_panel(axes, panel, literature)
    handles, names = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_panel(axes: Any, panel: PartialResiduals, literature: NDArray[np.bool_]) -> None:  # noqa: ANN401 - as above
    """Draw the points of one predictor and the line whose slope is its coefficient."""
    groups = (
        (literature, "48 pseudo-literature rows (segmentation)", _BLUE, "o"),
        (~literature, "8 pseudo-client rows (classification)", _ORANGE, "D"),
    )
    for chosen, name, colour, marker in groups:
        x, y = panel.predictor[chosen], panel.response[chosen]
        axes.scatter(x, y, s=22, c=colour, marker=marker, alpha=0.75, linewidths=0, label=name)
    ends = np.array([panel.predictor.min(), panel.predictor.max()])
    axes.plot(ends, panel.slope * ends, color=_DARK, linewidth=1.3, label="least squares")
    axes.axhline(0.0, color="#bbbbbb", linewidth=0.6, zorder=0)
    title = f"slope {panel.slope:.3f}, standard error {panel.std_err:.3f}".replace("-", "−")
    axes.set_title(title, fontsize=9)
    axes.set_xlabel(f"{PANELS[panel.term]}, given the others")
    if axes.get_subplotspec().is_first_col():
        axes.set_ylabel("log10(error), given the others")
