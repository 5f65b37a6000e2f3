"""Decision against measured error, with the density of what is expected, as a figure."""

from typing import TYPE_CHECKING

import numpy as np

from planner._drawing import plain_style
from planner.domain.format import count, percent
from planner.domain.results.pilots import Pilots, ProjectPolicy
from planner.reporting.figure_text import plain_text, rate_tick

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_pilots"]

INK, GO, STOP, TARGET = "#1b2a41", "#3b6e8f", "#d9dee5", "#b3261e"
MOST_PANELS = 6


@plain_style()
def draw_pilots(found: Pilots) -> "Figure":
    """Return a matplotlib figure: for each chosen run what is expected, and what is done then.

    Raises
    ------
    ValueError
        No run is chosen: there is nothing to draw.
    """
    from matplotlib.figure import Figure

    shown = found.policy[:MOST_PANELS]
    if not shown:
        message = "no run is worth its price: there is nothing to draw."
        raise ValueError(message)
    size = (7.2, 0.6 + 1.9 * len(shown))
    figure = Figure(figsize=size, dpi=150, layout="constrained")
    panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
    for axes, policy in zip(panels, shown, strict=True):
        _panel(axes, policy)
    panels[-1].set_xlabel("measured error (log scale); hatched: fund, plain: stop")
    return figure


def _panel(axes: "Axes", policy: ProjectPolicy) -> None:
    """Draw one run: the density of its outcomes, cut where the decision changes."""
    at, height = _density(policy)
    limits = [row.error_at_most for row in policy.rows]
    low = at[0]
    for row, limit in zip(policy.rows, limits, strict=True):
        high = at[-1] if limit is None else min(max(limit, low), at[-1])
        inside = np.unique(np.concatenate([[low, high], at[(at > low) & (at < high)]]))
        funded = row.images_total is not None
        axes.fill_between(
            inside,
            np.interp(np.log(inside), np.log(at), height),
            color=GO if funded else STOP,
            alpha=0.55,
            hatch="//" if funded else "",
            edgecolor=INK,
            lw=0.4,
        )
        words = row.alternative or (f"{count(row.images_total)} images" if funded else "stop")
        if row.chance >= 0.06:
            axes.annotate(
                f"{words}\n{percent(row.chance)}",
                (float(np.sqrt(low * high)), 1.04),
                ha="center",
                va="bottom",
                fontsize=7.5,
                color=INK,
            )
        low = high
    if policy.error_target > 0:
        axes.axvline(policy.error_target, color=TARGET, ls="--", lw=1.0)
        axes.annotate(
            "target",
            (policy.error_target, 0.02),
            xytext=(3, 2),
            textcoords="offset points",
            fontsize=7,
            color=TARGET,
        )
    axes.set(xscale="log", ylim=(0, 1.45), yticks=[])
    axes.xaxis.set_major_formatter(rate_tick)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_title(
        f"{plain_text(policy.project, 40)}, run on {count(policy.images)} images",
        loc="left",
        fontsize=9,
    )


def _density(policy: ProjectPolicy) -> tuple[np.ndarray, np.ndarray]:
    """Return errors, rising, and the density of what is expected there, the highest 1."""
    edges = np.log(np.array(policy.expected))
    middle, high = 0.5 * (edges[:-1] + edges[1:]), 1.0 / np.maximum(np.diff(edges), 1e-3)
    smooth = np.convolve(np.pad(high, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    ends = np.array([edges[0] - (edges[1] - edges[0]), edges[-1] + (edges[-1] - edges[-2])])
    at = np.concatenate([ends[:1], middle, ends[1:]])
    height = np.concatenate([[0.0], smooth / smooth.max(), [0.0]])
    return np.exp(at), height
