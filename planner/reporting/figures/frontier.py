"""Value against budget, or mean against tail, as a figure."""

from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.format import figure as figure_of
from planner.domain.format import percent_as_set
from planner.domain.results.frontier import Frontier
from planner.domain.vocabulary import Objective
from planner.reporting.figure_text import number_tick, plain_text
from planner.reporting.terminal.frontier import worth_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, TAIL, HERE, BAND = "#1b2a41", "#e08e0b", "#b3261e", "#dbe7ee"
_WORDS = {
    Objective.NET_VALUE: "expected net value",
    Objective.VALUE: "expected value",
    Objective.TARGETS_MET: "expected targets met",
}


@plain_style()
def draw_frontier(frontier: Frontier) -> "Figure":
    """Return a matplotlib figure of the frontier.

    By budget: what the plans are worth on the draws they were chosen on with the proven bound
    above, their mean and the mean of their worst outcomes on draws they never saw, and the budget
    of the file. By risk: mean against the mean of the worst outcomes. Lines differ in style and
    marker, not in colour alone.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.4), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    currency = plain_text(frontier.currency, 12)
    unit = "" if frontier.objective is Objective.TARGETS_MET else f", {currency}"
    if frontier.axis == "budget":
        _by_budget(axes, frontier)
        axes.set(xlabel=f"budget, {currency}", ylabel=f"{worth_name(frontier)}{unit}")
    else:
        _by_risk(axes, frontier)
        worst = f"mean of the worst {percent_as_set(1 - frontier.level)} of outcomes{unit}"
        axes.set(xlabel=worst, ylabel=f"{_WORDS[frontier.objective]}{unit}")
    axes.grid(visible=True, which="major", color="#d9dee5", lw=0.6)
    axes.xaxis.set_major_formatter(number_tick)
    axes.yaxis.set_major_formatter(number_tick)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(fontsize=7.5, frameon=False)
    return figure


def _by_budget(axes: "Axes", frontier: Frontier) -> None:
    budgets = [point.budget for point in frontier.points]
    values = [point.value for point in frontier.points]
    bounds = [max(point.bound, point.value) for point in frontier.points]
    worst = f"mean of the worst {percent_as_set(1 - frontier.level)}, held out"
    axes.fill_between(budgets, values, bounds, color=BAND, lw=0, label="up to the proven bound")
    axes.plot(budgets, values, color=INK, lw=2, marker="o", ms=3, label="draws chosen on")
    held_out = [point.mean for point in frontier.points]
    axes.plot(budgets, held_out, color=INK, lw=1.2, ls="--", label="mean, held out")
    tails = [point.cvar for point in frontier.points]
    axes.plot(budgets, tails, color=TAIL, lw=1.4, ls="-.", marker="s", ms=2.5, label=worst)
    if frontier.you_are_here is not None:
        axes.axvline(frontier.you_are_here, color=HERE, lw=1.2, ls=":", label="you are here")


def _by_risk(axes: "Axes", frontier: Frontier) -> None:
    tails = [point.cvar for point in frontier.points]
    means = [point.mean for point in frontier.points]
    axes.plot(tails, means, color=INK, lw=1.4, marker="o", ms=4, label="plans, held out")
    for point in frontier.points:
        axes.annotate(
            figure_of(point.weight),
            (point.cvar, point.mean),
            textcoords="offset points",
            xytext=(4, 4),
            fontsize=7,
            color=INK,
        )
