"""Worth against budget as steps, or mean against tail as dots, as a figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.format import figure as figure_of
from planner.domain.format import money, percent_as_set
from planner.domain.results.frontier import Frontier, FrontierPoint
from planner.domain.vocabulary import Objective
from planner.domain.words.worth import KINDS
from planner.reporting.figure_text import number_tick, plain_text, short_tick
from planner.reporting.figures.svg import BLUE, INK, MUTED, RED, RULE
from planner.reporting.terminal.frontier import worth_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["break_points", "draw_frontier"]


@plain_style()
def draw_frontier(frontier: Frontier) -> "Figure":
    """Return a matplotlib figure of the frontier.

    By budget: the worth of the best plan as steps, each where its plan can first be paid, and the
    budget of the file. By risk: mean against the mean of the worst outcomes. Both on draws that no
    plan was chosen on.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.0), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    currency = plain_text(frontier.currency, 12)
    counts = not frontier.objective.in_money
    unit = "" if counts else f", {currency}"
    if frontier.axis == "budget":
        _by_budget(axes, frontier)
        axes.set(xlabel=f"budget, {currency}", ylabel=f"{worth_name(frontier)}{unit}")
    else:
        _by_risk(axes, frontier)
        worst = f"mean of the worst {percent_as_set(1 - frontier.level)} of outcomes{unit}"
        axes.set(xlabel=worst, ylabel=f"expected {KINDS[frontier.objective]}{unit}")
    axes.grid(visible=True, axis="y", color=RULE, lw=0.6)
    axes.xaxis.set_major_formatter(short_tick)
    axes.yaxis.set_major_formatter(number_tick if counts else short_tick)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def break_points(points: Sequence[FrontierPoint]) -> list[tuple[float, float]]:
    """Return where the worth changes: the least budget that pays for each plan, and its worth.

    A plan that is best at a budget is so from what it commits on, or from the budget before, if
    that is larger.

    Examples
    --------
    >>> a = FrontierPoint(10.0, 0.0, 4.0, 5.0, 5.0, 5.0, 0.0, 1.0, 1.0, (), 0.0, 4.5)
    >>> break_points([a])
    [(4.0, 4.5)]
    """
    found: list[tuple[float, float]] = []
    before = 0.0
    for point in points:
        start = min(max(point.committed, before), point.budget)
        if not found or point.held_out_value != found[-1][1]:
            found.append((start, point.held_out_value))
        before = point.budget
    return found


def _every_step(frontier: Frontier) -> list[tuple[float, float]]:
    """Return every break point with its worth, the first at the first budget looked at."""
    first = frontier.points[0].budget
    return [(max(first, one.budget), one.held_out_value) for one in frontier.breaks or ()]


def _by_budget(axes: "Axes", frontier: Frontier) -> None:
    steps = break_points(frontier.points)
    last = frontier.points[-1].budget
    xs, ys = [at for at, _ in steps], [worth for _, worth in steps]
    every = steps if frontier.breaks is None else _every_step(frontier)
    along, worth = [at for at, _ in every], [value for _, value in every]
    axes.plot([*along, last], [*worth, worth[-1]], color=BLUE, lw=2, drawstyle="steps-post")
    axes.plot(xs, ys, "o", color=BLUE, ms=3.5)
    axes.margins(y=0.14)
    if frontier.you_are_here is not None:
        _here(axes, frontier, frontier.you_are_here)


def _here(axes: "Axes", frontier: Frontier, here: float) -> None:
    """Mark the budget of the file on the steps, and say its worth beside it."""
    axes.axvline(here, color=RED, lw=1.1, ls="--")
    worth = next((p.held_out_value for p in frontier.points if p.budget == here), None)
    low, high = axes.get_xlim()
    right = here > low + 0.6 * (high - low)
    scale = 100 if frontier.objective is Objective.ACCURACY else 1
    show = money if frontier.objective.in_money else figure_of
    said = "" if worth is None else f": {show(scale * worth)}"
    axes.annotate(
        f"you are here{said}",
        (here, 0.03),
        xycoords=("data", "axes fraction"),
        xytext=(-6 if right else 6, 0),
        textcoords="offset points",
        ha="right" if right else "left",
        color=RED,
        fontsize=8,
    )
    if worth is not None:
        axes.plot(here, worth, "s", color=RED, ms=6, mec="white", mew=0.8)


def _by_risk(axes: "Axes", frontier: Frontier) -> None:
    tails = [point.cvar for point in frontier.points]
    means = [point.mean for point in frontier.points]
    axes.plot(tails, means, color=MUTED, lw=0.9)
    axes.plot(tails, means, "o", color=BLUE, ms=5)
    for point in frontier.points:
        axes.annotate(
            figure_of(point.weight),
            (point.cvar, point.mean),
            textcoords="offset points",
            xytext=(4, 4),
            fontsize=7.5,
            color=INK,
        )
