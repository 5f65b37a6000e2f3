"""The learning curve of a project as a fan: what is likely at each number of images."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner._drawing import plain_style
from planner.domain.format import count
from planner.domain.format import target as target_words
from planner.domain.portfolio.project import Project
from planner.reporting.figure_text import number_tick, plain_text, rate_tick
from planner.reporting.figures.files import Named, file_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from planner.forecasting.forecast import Forecast

N_POINTS = 120
BANDS = (
    (0.05, 0.95, "90 %", "#dbe7ee"),
    (0.1, 0.9, "80 %", "#b9d1de"),
    (0.25, 0.75, "50 %", "#8fb5ca"),
)
INK, TARGET, PILOT = "#1b2a41", "#b3261e", "#e08e0b"


def fans(forecasts: Iterable["Forecast"], architectures: Mapping[str, str]) -> Iterator[Named]:
    """Yield the learning curve of every project, named after its place and the project.

    Parameters
    ----------
    forecasts : iterable of Forecast
        Of each project; one is held at a time.
    architectures : mapping of str to str
        The architecture to draw for each project id.
    """
    for index, forecast in enumerate(forecasts):
        project = forecast.project
        figure = draw_fan(project, forecast, architectures[project.id])
        yield f"{index + 1:02d}_{file_name(project.id)}", figure


@plain_style()
def draw_fan(
    project: Project,
    forecast: "Forecast",
    architecture: str | None,
    go_limits: Sequence[tuple[float, float]] = (),
) -> "Figure":
    """Return a matplotlib figure of error against images.

    Bands hold 50, 80 and 90 % of outcomes; the median is solid inside the fitted evidence and
    dashed outside. The
    target, the images held, the limit and the pilots are marked and named in the legend. Without an
    architecture, the curve is that of one not named yet. ``go_limits`` are images of runs and the
    largest error after which each releases the money.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.4), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    images = images_shown(project)
    errors = forecast.error_draws(images, architecture)
    low, high = forecast.posterior.evidence.images
    inside = (images >= low) & (images <= high)
    for lower, upper, label, colour in BANDS:
        band = np.quantile(errors, (lower, upper), axis=0)
        axes.fill_between(images, *band, color=colour, lw=0, label=f"{label} of outcomes")
    median = np.quantile(errors, 0.5, axis=0)
    axes.plot(images, np.where(inside, median, np.nan), color=INK, lw=2, label="median")
    if not inside.all():
        axes.plot(
            images,
            np.where(inside, np.nan, median),
            color=INK,
            lw=2,
            ls="--",
            label="median, outside the evidence",
        )
    _mark(axes, project)
    for images_of_run, error in go_limits:
        axes.plot([images_of_run] * 2, [0.6 * error, error], color=PILOT, lw=1.2)
        axes.plot(
            images_of_run,
            error,
            "_",
            color=PILOT,
            ms=14,
            mew=2.4,
            label=f"GO if a run shows at most {rate_tick(error)}",
        )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="labelled images trained on",
        ylabel="error (1 − accuracy)" if project.task == "classification" else "error (1 − IoU)",
        title=f"{plain_text(project.id)}: {plain_text(architecture or 'any architecture')}, "
        f"model {forecast.posterior.name}",
        xlim=(images[0], images[-1]),
    )
    axes.grid(visible=True, which="major", color="#d9dee5", lw=0.6)
    axes.xaxis.set_major_formatter(number_tick)
    axes.yaxis.set_major_formatter(rate_tick)
    axes.yaxis.set_minor_formatter(lambda _value, _: "")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=7.5, frameon=False, loc="lower left", ncols=2)
    return figure


def _mark(axes: "Axes", project: Project) -> None:
    """Mark target, held, limit and pilots; each differs in line style, not in colour alone."""
    if project.has_target:
        axes.axhline(
            project.error_target,
            color=TARGET,
            lw=1.4,
            ls="-.",
            label=f"target {target_words(project.error_target)}",
        )
    if project.images.held > 0:
        held = project.images.held
        axes.axvline(held, color=INK, lw=1, ls=":", label=f"held {count(held)}")
    limit = project.images.limit
    axes.axvline(limit, color=INK, lw=1, ls="--", label=f"limit {count(limit)}")
    if project.pilots:
        axes.plot(
            [run.images for run in project.pilots],
            [run.error for run in project.pilots],
            "o",
            color=PILOT,
            mec=INK,
            ms=6,
            label="pilots",
        )


def images_shown(project: Project) -> NDArray[np.float64]:
    """Return sizes from a tenth of what is held (or 100) to twice the limit."""
    first = min([project.images.held or 1_000, *(run.images for run in project.pilots)])
    start = max(10.0, min(first / 10, project.images.limit / 10))
    return np.geomspace(start, 2.0 * project.images.limit, N_POINTS)
