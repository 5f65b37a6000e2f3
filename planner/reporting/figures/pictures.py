"""The natural picture of each record, as a matplotlib figure that a notebook shows.

Colour is never the only signal: what differs in colour differs in hatching, line style or words.
"""

from functools import singledispatch
from io import BytesIO
from typing import TYPE_CHECKING

from planner._drawing import plain_style
from planner.domain.format import money, percent
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.explanation import Explanation, PlanExplanation, Tornado
from planner.domain.results.frontier import Frontier
from planner.domain.results.pilots import Pilots
from planner.domain.results.plan import Decision, Plan
from planner.domain.vocabulary import Verdict
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate
from planner.reporting.figure_text import number_tick, plain_text
from planner.reporting.figures.fan import draw_fan
from planner.reporting.figures.frontier import draw_frontier
from planner.reporting.figures.pilots import draw_pilots
from planner.reporting.figures.tornado import draw_tornado

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 40
"""Bars that can still be read; the rest is named in the title."""

INK, GRID = "#1b2a41", "#d9dee5"
_FACE = {Verdict.GO: "#3b6e8f", Verdict.PILOT: "#e3b45f"}
_HATCH = {Verdict.GO: "", Verdict.PILOT: "///"}


@plain_style()
def picture_of(record: object, **options: str | None) -> "Figure":
    """Return the natural picture of a record.

    Plan: spend by project, with the chance of target. Forecast: the learning curve as a fan.
    Portfolio: images held and obtainable. Estimate: images needed against what is held and
    obtainable. Frontier: what other budgets would buy. Pilots: decision against measured
    error. Explanation: its tornado.

    Raises
    ------
    TypeError
        Nothing is known of such a record.
    ValueError
        There is nothing to draw.
    """
    return _shown_by_notebooks(_draw(record, **options))


@singledispatch
def _draw(record: object, **_options: str | None) -> "Figure":
    message = f"no picture is known for {type(record).__name__}"
    raise TypeError(message)


@_draw.register(Forecast)
def _(record: Forecast, *, architecture: str | None = None) -> "Figure":
    return draw_fan(record.project, record, architecture)


@_draw.register(Frontier)
def _(record: Frontier) -> "Figure":
    return draw_frontier(record)


@_draw.register(Pilots)
def _(record: Pilots) -> "Figure":
    return draw_pilots(record)


@_draw.register(Explanation)
def _(record: Explanation) -> "Figure":
    return _tornado(record.tornado, record.project, record.currency)


@_draw.register(PlanExplanation)
def _(record: PlanExplanation) -> "Figure":
    return _tornado(record.tornado, record.portfolio, record.currency)


def _tornado(tornado: Tornado | None, name: str, currency: str) -> "Figure":
    if tornado is None:
        message = f"nothing uncertain moves {name}: there is nothing to draw."
        raise ValueError(message)
    return draw_tornado(tornado, currency=currency, title=plain_text(name))


@_draw.register(Plan)
def _(record: Plan) -> "Figure":
    if not record.decisions:
        message = f"the plan is {record.status}: there is nothing to draw."
        raise ValueError(message)
    dearest = sorted(record.decisions, key=lambda decision: -decision.cost.total)[:MOST_BARS]
    shown = [decision for decision in record.decisions if decision in dearest]
    figure, axes = _bars(len(shown))
    for row, decision in enumerate(shown):
        _spend_bar(axes, row, decision, record.chance_bounds(decision.project))
    axes.set_yticks(range(len(shown)), [plain_text(decision.project, 40) for decision in shown])
    longest = max(decision.cost.total for decision in shown)
    axes.set_xlim(0, 1.0 if longest == 0 else 1.3 * longest)
    axes.xaxis.set_major_formatter(number_tick)
    axes.set_xlabel(
        f"committed, {plain_text(record.currency, 12)}; beside it the chance of target "
        "(hatched: PILOT, measure first)"
    )
    missing = len(record.decisions) - len(shown)
    more = f"; {missing} smaller ones not drawn" if missing else ""
    axes.set_title(
        f"{plain_text(record.portfolio, 40)}: {money(record.budget.committed)} of "
        f"{money(record.budget.limit)} committed{more}",
        loc="left",
    )
    return figure


def _spend_bar(axes: "Axes", row: int, decision: Decision, against: tuple[float, ...]) -> None:
    """Draw what one project spends, and write its verdict and chance beside it."""
    verdict = decision.verdict
    if verdict is Verdict.NO_GO:
        _write_beside(axes, "NO-GO", 0, row)
        return
    axes.barh(
        row,
        decision.cost.total,
        color=_FACE[verdict],
        hatch=_HATCH[verdict],
        edgecolor=INK,
        lw=0.6,
        height=0.7,
    )
    chance = percent(decision.chance_of_target, against=against)
    _write_beside(axes, f"{verdict}, {chance}", decision.cost.total, row)


@_draw.register(Portfolio)
def _(record: Portfolio) -> "Figure":
    if not record.projects:
        message = "the portfolio has no projects: there is nothing to draw."
        raise ValueError(message)
    shown = record.projects[:MOST_BARS]
    figure, axes = _bars(len(shown))
    for row, project in enumerate(shown):
        held, limit = max(1, project.images.held), project.images.limit
        axes.plot([held, limit], [row, row], color=_FACE[Verdict.GO], lw=4, solid_capstyle="butt")
        axes.plot(held, row, "o", color=INK, ms=6, label="held" if row == 0 else None)
        axes.plot(limit, row, "|", color=INK, ms=13, mew=2, label="limit" if row == 0 else None)
        if project.value is not None:
            _write_beside(axes, f"value {money(project.mean_value)}", limit, row)
    axes.set_yticks(range(len(shown)), [plain_text(project.id, 40) for project in shown])
    axes.set_xscale("log")
    axes.margins(x=0.25)
    axes.xaxis.set_major_formatter(number_tick)
    axes.set_xlabel("labelled images: held now, and most obtainable (none held: drawn at 1)")
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    missing = len(record.projects) - len(shown)
    more = f" ({missing} more not drawn)" if missing else ""
    axes.set_title(f"{plain_text(record.name, 40)}{more}", loc="left")
    return figure


@_draw.register(Estimate)
def _(record: Estimate) -> "Figure":
    shown = record.projects[:MOST_BARS]
    figure, axes = _bars(len(shown))
    for row, project in enumerate(shown):
        need = project.data_needed
        ends = [size for size in (need.p10, need.p50, need.p90) if size is not None]
        if not ends:
            _write_beside(axes, "never, in nine of ten outcomes", 10, row)
            continue
        # an infinite quantile leaves the bar open to the right
        high = need.p90 or _open_end(record)
        axes.plot([max(1, ends[0]), high], [row, row], color=_FACE[Verdict.GO], lw=4)
        if need.p50 is not None:
            axes.plot(max(1, need.p50), row, "D", color=INK, ms=5)
        chance = f"{percent(project.chance_of_target_at_limit)} at the limit"
        _write_beside(axes, chance, high, row)
    axes.set_yticks(range(len(shown)), [plain_text(project.id, 40) for project in shown])
    axes.set_xscale("log")
    axes.margins(x=0.25)
    axes.set_xlabel("labelled images needed: P10 to P90, median marked (log scale)")
    axes.set_title("Data needed, and the chance of target", loc="left")
    return figure


def _open_end(estimate: Estimate) -> float:
    """Return where a bar ends whose P90 is infinite: ten times the largest finite number."""
    sizes = [
        size
        for project in estimate.projects
        for size in (project.data_needed.p10, project.data_needed.p50, project.data_needed.p90)
        if size is not None
    ]
    return 10 * max(sizes, default=1e6)


def _write_beside(axes: "Axes", text: str, where: float, row: int) -> None:
    """Write a few words to the right of a bar's end."""
    axes.annotate(
        text,
        (where, row),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=INK,
    )


def _bars(count: int) -> "tuple[Figure, Axes]":
    """Return an empty figure for some horizontal bars, the first on top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 1.3 + 0.32 * max(count, 2)), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    axes.set_ylim(max(count, 1) - 0.4, -0.6)
    axes.grid(visible=True, axis="x", color=GRID, lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _shown_by_notebooks(figure: "Figure") -> "Figure":
    """Return the figure such that a notebook shows it also when pyplot was never imported."""

    @plain_style()
    def png() -> bytes:
        stream = BytesIO()
        figure.savefig(stream, format="png", metadata={"Software": None})
        return stream.getvalue()

    figure._repr_png_ = png  # type: ignore[attr-defined]  # the name IPython asks for
    return figure
