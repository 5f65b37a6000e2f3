"""From what is held to what is proposed: the chance of target of each project, then and now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.format import percent
from planner.reporting.figure_text import plain_text
from planner.reporting.figures.svg import BLUE, INK, MUTED, RULE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Change", "draw_change"]


@dataclass(frozen=True)
class Change:
    """One project.

    Attributes
    ----------
    name : str
        Of the project.
    before, after : float
        Chance of target with the images held, and as proposed.
    note : str
        What the proposal takes.
    """

    name: str
    before: float
    after: float
    note: str


@plain_style()
def draw_change(changes: Sequence[Change], axis: str) -> "Figure":
    """Return a matplotlib figure with a line for each project, from an open mark to a full one.

    Parameters
    ----------
    changes : sequence of Change
        From top to bottom.
    axis : str
        Of the chances.
    """
    from matplotlib.figure import Figure

    size = (6.4, 0.6 + 0.27 * len(changes))
    figure = Figure(figsize=size, dpi=150, layout="constrained")
    axes = figure.add_subplot()
    for row, change in enumerate(changes):
        ends = (change.before, change.after)
        axes.plot(ends, (row, row), color=BLUE, lw=2.2, zorder=1, solid_capstyle="butt")
        axes.plot(change.before, row, "o", color="white", mec=INK, mew=1.2, ms=6)
        axes.plot(change.after, row, "o", color=INK, ms=6)
        axes.annotate(
            f"{percent(change.after)}  {plain_text(change.note, 50)}",
            (max(ends), row),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=INK,
        )
    names = [plain_text(change.name, 34) for change in changes]
    axes.set_yticks(range(len(changes)), names, fontsize=8)
    axes.set(xlim=(-0.02, 1.75), ylim=(len(changes) - 0.4, -0.6))  # the notes stand beyond 100 %
    axes.set_xticks((0, 0.25, 0.5, 0.75, 1), ("0 %", "25 %", "50 %", "75 %", "100 %"), fontsize=8)
    axes.set_xlabel(axis, fontsize=8, loc="left")
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x", color=RULE, lw=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", color=MUTED)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    return figure
