"""Which columns do the tables of a frontier and of an explanation have? Each is declared once."""

from planner.domain.format import percent_as_set
from planner.domain.results.explanation import Standing, TornadoBar
from planner.domain.results.frontier import Frontier, FrontierPoint
from planner.domain.vocabulary import Objective
from planner.reporting.columns import Column, Columns, Look, Surface, look_of

__all__ = ["MARK", "STANDINGS", "TORNADO", "frontier_columns", "is_here", "points_shown"]

MARK = "▸"
_TERMINAL, _PAGE, _NOTEBOOK = Surface.TERMINAL, Surface.PAGE, Surface.NOTEBOOK
_WORTH = {
    Objective.NET_VALUE: "Net value",
    Objective.VALUE: "Value",
    Objective.TARGETS_MET: "Targets",
    Objective.ACCURACY: "Points",
}


def is_here(frontier: Frontier, point: FrontierPoint) -> bool:
    """Whether a point has the budget of the file."""
    return frontier.axis == "budget" and point.budget == frontier.you_are_here


def points_shown(frontier: Frontier) -> list[FrontierPoint]:
    """Return the points where something changes: those that a larger budget leaves are left out.

    The present budget and the last point always stand.
    """
    points, kept = frontier.points, list[FrontierPoint]()
    for at, point in enumerate(points):
        before = kept[-1] if kept else None
        new = before is None or (point.committed, point.value, point.weight, point.funded) != (
            before.committed,
            before.value,
            before.weight,
            before.funded,
        )
        if new or is_here(frontier, point) or at == len(points) - 1:
            kept.append(point)
    return kept


def frontier_columns(frontier: Frontier) -> Columns[FrontierPoint]:
    """Return the columns of a frontier's points, in the unit of its objective."""
    counts = not frontier.objective.in_money
    worth = look_of(frontier.objective)
    step = 1000 * (100 if frontier.objective is Objective.ACCURACY else 1) if counts else 1
    tail = f"Worst\n{percent_as_set(1 - frontier.level)}"

    def gap(point: FrontierPoint) -> float:
        return max(0.0, point.bound - point.value) / (abs(point.value) or 1.0)

    declared: tuple[Column[FrontierPoint], ...] = (
        Column(key="here", header="", kind=Look.WORD,
               of=lambda p: MARK if is_here(frontier, p) else ""),
        Column(key="budget", header="Budget", kind=Look.AMOUNT, unit="money",
               said={_PAGE: "Budget, {currency}"}, note="Limit on committed spend."),
        Column(key="weight", header="Weight", kind=Look.SCORE,
               note="Of the tail in the risk measure, in [0, 1]; 0 is the expectation."),
        Column(key="committed", header="Committed", kind=Look.AMOUNT, unit="money",
               said={_TERMINAL: "Spend"}, note="Spend of the best plan found."),
        Column(key="held_out_value", header="Worth", kind=worth, unit="objective",
               said={_TERMINAL: _WORTH[frontier.objective]},
               note="The worth to quote: the objective on draws that no plan was chosen on."),
        Column(key="value", header="Worth on the draws chosen on", kind=worth, unit="objective",
               note="Objective reached on the draws that the plans were chosen on."),
        Column(key="bound", header="Bound", kind=worth, unit="objective",
               note="Proven upper bound on the objective."),
        Column(key="mean", header="Mean", kind=worth, unit="objective",
               note="Expected worth on draws that no plan was chosen on."),
        Column(key="cvar", header="Worst outcomes", kind=worth, said={_TERMINAL: tail},
               note="Mean of its worst outcomes on these draws."),
        Column(key="expected_targets", header="Targets expected", kind=Look.TARGETS,
               said={_TERMINAL: "Targets", _PAGE: "Targets met on average"},
               note="Sum of the chances of target of what is funded."),
        Column(key="chance_all", header="All met", kind=Look.CHANCE, said={_TERMINAL: "All\nmet"},
               given=lambda p: bool(p.funded),
               note="Chance that every funded project meets its target."),
        Column(key="funded", header="Funds", kind=Look.NAME, of=lambda p: ", ".join(p.funded),
               note="Ids, separated by ', '."),
        Column(key="n_funded", header="Funded", kind=Look.TALLY, of=lambda p: len(p.funded),
               said={_TERMINAL: "Funds"}, note="How many projects it funds."),
        Column(key="shadow_price", header="Price of budget", kind=Look.FIGURE,
               note="Worth of one more unit of budget, units of the objective per currency."),
        Column(key="adds", header="+1,000\nadds" if counts else "+1 adds", kind=Look.FIGURE,
               of=lambda p: step * p.shadow_price),
        Column(key="gap", header="Gap", kind=Look.GAP, of=gap),
    )  # fmt: skip
    return Columns(
        place="",
        declared=declared,
        views=_views(frontier, counts=counts),
        tone=lambda point: "here" if is_here(frontier, point) else "",
    )


def _views(frontier: Frontier, *, counts: bool) -> dict[Surface, tuple[str, ...]]:
    by_budget = frontier.axis == "budget"
    return {
        _TERMINAL: (
            *("here", "budget" if by_budget else "weight", "committed", "held_out_value"),
            *(("mean",) if frontier.measure != "expected" else ()),
            "cvar",
            *(() if counts else ("expected_targets",)),
            *("chance_all", "n_funded", "adds" if by_budget else "gap"),
        ),
        _PAGE: ("budget", "committed", "held_out_value", "n_funded", "expected_targets"),
        _NOTEBOOK: (
            "budget",
            "committed",
            "held_out_value",
            "cvar",
            "expected_targets",
            "n_funded",
        ),
        Surface.FRAME: (
            *("budget", "weight", "committed", "held_out_value", "value", "bound", "mean", "cvar"),
            *("expected_targets", "chance_all", "funded", "n_funded", "shadow_price"),
        ),
    }


STANDINGS = Columns[Standing](
    place="standings",
    declared=(
        Column(key="project", header="Project", kind=Look.NAME, widths=(30, 30),
               note="Name in the portfolio."),
        Column(key="verdict", header="Verdict", kind=Look.WORD, note="GO, PILOT or NO-GO."),
        Column(key="core_index", header="Core index", kind=Look.CHANCE, bounded=True,
               note="Share of states of the model in which the best plan funds it."),
        Column(key="standing", header="Standing", kind=Look.WORD,
               note="core, borderline or exterior."),
    ),
)  # fmt: skip

TORNADO = Columns[TornadoBar](
    place="tornado.bars",
    declared=(
        Column(key="input", header="Input", kind=Look.NAME, note="What is moved."),
        Column(key="unit", header="Unit", kind=Look.WORD, note="Of the input."),
        Column(key="low", header="P10", kind=Look.FIGURE, note="Its P10, in that unit."),
        Column(key="high", header="P90", kind=Look.FIGURE, note="Its P90, in that unit."),
        Column(key="value_at_low", header="Value at P10", kind=Look.FIGURE,
               note="The decision's value there, in the tornado's unit."),
        Column(key="value_at_high", header="Value at P90", kind=Look.FIGURE,
               note="The decision's value there, in the tornado's unit."),
        Column(key="effect", header="Effect", kind=Look.FIGURE,
               note="Distance between the two, in the tornado's unit."),
    ),
)  # fmt: skip
