"""What each budget, or each weight of caution, buys: a table, its prices, and the goals."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure, money, percent_as_set, shorten
from planner.domain.portfolio.risk import RiskKind
from planner.domain.results.frontier import Frontier
from planner.domain.vocabulary import Objective
from planner.domain.words.risk_measures import under_risk
from planner.domain.words.worth import KINDS
from planner.reporting.columns import Surface
from planner.reporting.page import wrap
from planner.reporting.sections.frontier_columns import (
    MARK,
    frontier_columns,
    is_here,
    points_shown,
)
from planner.reporting.terminal.draw import draw_table, paragraphs


def worth_name(frontier: Frontier) -> str:
    """Return what a point's value is: an expectation, or less where risk counts."""
    kind = KINDS[frontier.objective]
    if frontier.measure == RiskKind.QUANTILE:
        return under_risk(kind, frontier.measure, {"level": frontier.level})
    words = f"expected {kind}"
    return words if frontier.measure == "expected" else words.replace("expected", "risk-adjusted")


def render_frontier(frontier: Frontier, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield the frontier block by block, each at most 79 columns wide."""
    yield _header(frontier)
    points = frontier_columns(frontier)
    table = points.table(Surface.TERMINAL, points_shown(frontier), frontier.currency)
    yield draw_table(table, padding=(0, 1, 0, 0))
    if not quiet:
        yield from paragraphs(_how_to_read(frontier))
    step = frontier.next_step
    yield from paragraphs([shadow_price_sentence(frontier), step.text if step else ""])
    yield from paragraphs(goal.text for goal in frontier.goals)
    if not quiet:
        yield from paragraphs(frontier.notes)


def _header(frontier: Frontier) -> Text:
    budgets = [point.budget for point in frontier.points]
    span = (
        f"budget {money(min(budgets), frontier.currency)} to {money(max(budgets))}"
        if frontier.axis == "budget"
        else f"budget {money(max(budgets), frontier.currency)}, by weight of the tail"
    )
    model = f"model {frontier.model['name']} · seed {frontier.seed}"
    return Text(wrap(f"{shorten(frontier.portfolio, 30)} · {span} · {model}"), style="bold")


def _how_to_read(frontier: Frontier) -> Iterator[str]:
    column = frontier_columns(frontier).header("held_out_value", Surface.TERMINAL)
    words, counts = worth_name(frontier), not frontier.objective.in_money
    unit = "" if counts else f" in {frontier.currency}"
    tail = f"the mean of the worst {percent_as_set(1 - frontier.level)} of outcomes"
    yield (
        f"{column}: {words}{unit} on draws that no plan was chosen on; Worst: {tail} there. "
        "All met: chance that every funded project meets its target."
        + ("" if counts else " Targets: how many are met on average there.")
    )
    if any(is_here(frontier, point) for point in frontier.points):
        yield f"{MARK} marks the budget of the file: you are here."
    changes = len(frontier.breaks or ()) - 1
    if changes > 0:
        yield (
            f"Between the first budget and the last the best plan changes at {count(changes)} "
            "budgets; --json lists them all (breaks)."
        )


def shadow_price_sentence(frontier: Frontier) -> str:
    """Return what one more unit of budget is worth where the reader stands; empty if unknown."""
    here = [p for p in frontier.points if p.budget == frontier.you_are_here]
    if frontier.axis != "budget" or not here:
        return ""
    point, words = here[0], worth_name(frontier)
    at = f"At {money(point.budget, frontier.currency)}"
    if point.shadow_price <= 0:
        return f"{at} the budget does not bind: one more unit of money adds 0 of {words}."
    if not frontier.objective.in_money:
        per = 1000 * (100 if frontier.objective is Objective.ACCURACY else 1)
        return (
            f"{at} another {frontier.currency} 1,000 of budget adds about "
            f"{figure(per * point.shadow_price)} {words}, at the margin."
        )
    return (
        f"{at} one more {frontier.currency} of budget adds about {frontier.currency} "
        f"{figure(point.shadow_price)} of {words}, at the margin. 0 would mean that the budget "
        "does not bind."
    )
