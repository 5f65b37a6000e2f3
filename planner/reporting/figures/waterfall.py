"""What each project brings to the worth of a plan, bar after bar, ending at the worth to quote."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.format import money
from planner.reporting.figure_text import plain_text, short_tick
from planner.reporting.figures.svg import BLUE, INK, MUTED, RED, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_STEPS", "Step", "draw_waterfall", "steps_shown"]

MOST_STEPS = 12
"""Projects with a bar of their own; the smaller ones are one bar together."""


@dataclass(frozen=True)
class Step:
    """One bar.

    Attributes
    ----------
    name : str
        What brings or takes it.
    amount : float
        In currency; below 0 it takes.
    """

    name: str
    amount: float


def steps_shown(projects: Sequence[Step], others: str) -> list[Step]:
    """Return the largest steps first, those beyond the first so many summed up under a name.

    Examples
    --------
    >>> steps_shown([Step("a", 1.0), Step("b", 2.0)], "{count} others")[0].name
    'b'
    """
    ranked = sorted(projects, key=lambda step: -step.amount)
    if len(ranked) <= MOST_STEPS:
        return ranked
    rest = ranked[MOST_STEPS - 1 :]
    together = Step(others.format(count=len(rest)), sum(step.amount for step in rest))
    return [*ranked[: MOST_STEPS - 1], together]


@plain_style()
def draw_waterfall(steps: Sequence[Step], last: Step, currency: str) -> "Figure":
    """Return a matplotlib figure of steps that end at a last bar, each with its amount beside it.

    Parameters
    ----------
    steps : sequence of Step
        In order, from 0 on; they add up to the last.
    last : Step
        The whole.
    currency : str
        Of the axis.
    """
    from matplotlib.figure import Figure

    rows = len(steps) + 1
    figure = Figure(figsize=(6.4, 0.75 + 0.27 * rows), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    level = 0.0
    for place, step in enumerate(steps):
        _bar(axes, place, level, step.amount, BLUE if step.amount >= 0 else RED)
        axes.plot([level + step.amount] * 2, [place, place + 1], color=MUTED, lw=0.7)
        level += step.amount
    _bar(axes, rows - 1, 0.0, last.amount, INK)
    names = [plain_text(step.name, 34) for step in (*steps, last)]
    axes.set_yticks(range(rows), names, fontsize=8)
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.axvline(0, color=INK, lw=0.8)
    axes.xaxis.set_major_formatter(short_tick)
    axes.set_xlabel(f"worth, {plain_text(currency, 12)}", fontsize=8)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x", color=RULE, lw=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    return figure


def _bar(axes: "Axes", place: int, start: float, amount: float, colour: str) -> None:
    """Draw one bar, hatched where it takes, with its amount beside its end."""
    hatch = "" if amount >= 0 else "////"
    axes.barh(place, amount, 0.62, start, color=colour, hatch=hatch, ec="white", lw=0.3)
    axes.annotate(
        money(amount),
        (start + max(amount, 0.0), place),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=7.5,
    )
