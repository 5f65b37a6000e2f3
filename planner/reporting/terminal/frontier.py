"""What each budget, or each weight of caution, buys: a table, its prices, and the goals."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import (
    figure,
    fixed,
    gap,
    money,
    percent,
    percent_as_set,
    short_money,
    shorten,
)
from planner.domain.results.frontier import Frontier, FrontierPoint
from planner.domain.vocabulary import Objective
from planner.reporting.page import wrap

MARK = "▸"
TOO_WIDE = 1e7
"""Amounts from here on are shown in millions, to fit a column."""

_WORDS = {
    Objective.NET_VALUE: "Net value",
    Objective.VALUE: "Value",
    Objective.TARGETS_MET: "Targets",
}
_LONG_WORDS = {
    Objective.NET_VALUE: "expected net value",
    Objective.VALUE: "expected value",
    Objective.TARGETS_MET: "expected targets met",
}


def worth_name(frontier: Frontier) -> str:
    """Return what a point's value is: an expectation, or less where risk counts."""
    words = _LONG_WORDS[frontier.objective]
    return words if frontier.measure == "expected" else words.replace("expected", "risk-adjusted")


def render_frontier(frontier: Frontier, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield the frontier block by block, each at most 79 columns wide."""
    yield _header(frontier)
    yield _table(frontier)
    if not quiet:
        yield from _paragraphs(_how_to_read(frontier))
    sentences = [shadow_price_sentence(frontier)]
    if frontier.next_step is not None:
        sentences.append(frontier.next_step.text)
    yield from _paragraphs(sentence for sentence in sentences if sentence)
    yield from _paragraphs(goal.text for goal in frontier.goals)
    if not quiet:
        yield from _paragraphs(iter(frontier.notes))


def _header(frontier: Frontier) -> Text:
    budgets = [point.budget for point in frontier.points]
    span = (
        f"budget {money(min(budgets), frontier.currency)} to {money(max(budgets))}"
        if frontier.axis == "budget"
        else f"budget {money(max(budgets), frontier.currency)}, by weight of the tail"
    )
    model = f"model {frontier.model['name']} · seed {frontier.seed}"
    return Text(wrap(f"{shorten(frontier.portfolio, 30)} · {span} · {model}"), style="bold")


def _table(frontier: Frontier) -> Table:
    by_budget = frontier.axis == "budget"
    worst = f"Worst\n{percent_as_set(1 - frontier.level)}"
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("")
    table.add_column("Budget" if by_budget else "Weight", justify="right", no_wrap=True)
    table.add_column("Spend", justify="right", no_wrap=True)
    table.add_column(_WORDS[frontier.objective], justify="right", no_wrap=True)
    table.add_column("Held out", justify="right", no_wrap=True)
    adds = "+1,000\nadds" if frontier.objective is Objective.TARGETS_MET else "+1 adds"
    table.add_column(worst, justify="right", no_wrap=True)
    if frontier.objective is not Objective.TARGETS_MET:
        table.add_column("Targets", justify="right", no_wrap=True)
    table.add_column("All\nmet", justify="right", no_wrap=True)
    table.add_column("Funds", justify="right", no_wrap=True)
    table.add_column(adds if by_budget else "Gap", justify="right", no_wrap=True)
    for point in frontier.points:
        table.add_row(*_row(frontier, point))
    return table


def _row(frontier: Frontier, point: FrontierPoint) -> tuple[Text, ...]:
    by_budget = frontier.axis == "budget"
    here = _is_here(frontier, point)
    cells = [
        MARK if here else "",
        _short(point.budget) if by_budget else fixed(point.weight, 2),
        _short(point.committed),
        *(_cell(frontier, worth) for worth in (point.value, point.mean, point.cvar)),
    ]
    if frontier.objective is not Objective.TARGETS_MET:
        cells.append(fixed(point.expected_targets, 2))
    open_ = max(0.0, point.bound - point.value) / (abs(point.value) or 1.0)
    cells += [
        percent(point.chance_all) if point.funded else "–",
        str(len(point.funded)),
        _price(frontier, point.shadow_price) if by_budget else gap(open_),
    ]
    return tuple(Text(cell, style="bold" if here else "") for cell in cells)


def _is_here(frontier: Frontier, point: FrontierPoint) -> bool:
    return frontier.axis == "budget" and point.budget == frontier.you_are_here


def _price(frontier: Frontier, price: float) -> str:
    """Return what one more unit of budget adds; for targets, a thousand more."""
    return figure(1000 * price if frontier.objective is Objective.TARGETS_MET else price)


def _cell(frontier: Frontier, worth: float) -> str:
    targets = frontier.objective is Objective.TARGETS_MET
    return worth_words(frontier.objective, worth) if targets else _short(worth)


def _short(amount: float) -> str:
    """Return an amount that fits a column: from ten million on in millions."""
    return money(amount) if abs(amount) < TOO_WIDE else short_money(amount)


def _how_to_read(frontier: Frontier) -> Iterator[str]:
    words, counts = worth_name(frontier), frontier.objective is Objective.TARGETS_MET
    unit = "" if counts else f" in {frontier.currency}"
    tail = f"the mean of the worst {percent_as_set(1 - frontier.level)} of outcomes"
    yield (
        f"{_WORDS[frontier.objective]}: {words}{unit} on the draws the plans were chosen on. "
        f"Held out: its mean on draws they never saw; Worst: {tail} there. All met: chance that "
        "every funded project meets its target."
        + ("" if counts else " Targets: how many are met on average there.")
    )
    if any(_is_here(frontier, point) for point in frontier.points):
        yield f"{MARK} marks the budget of the file: you are here."


def shadow_price_sentence(frontier: Frontier) -> str:
    """Return what one more unit of budget is worth where the reader stands; empty if unknown."""
    here = [p for p in frontier.points if p.budget == frontier.you_are_here]
    if frontier.axis != "budget" or not here:
        return ""
    point, words = here[0], worth_name(frontier)
    at = f"At {money(point.budget, frontier.currency)}"
    if point.shadow_price <= 0:
        return f"{at} the budget does not bind: one more unit of money adds 0 of {words}."
    if frontier.objective is Objective.TARGETS_MET:
        return (
            f"{at} another {frontier.currency} 1,000 of budget adds about "
            f"{figure(1000 * point.shadow_price)} {words}, at the margin."
        )
    return (
        f"{at} one more {frontier.currency} of budget adds about {frontier.currency} "
        f"{figure(point.shadow_price)} of {words}, at the margin. 0 would mean that the budget "
        "does not bind."
    )


def worth_words(objective: Objective, value: float) -> str:
    """Return a worth in its own unit, without the currency.

    Examples
    --------
    >>> worth_words(Objective.TARGETS_MET, 2.345), worth_words(Objective.VALUE, 1234.5)
    ('2.35', '1,235')
    """
    return fixed(value, 2) if objective is Objective.TARGETS_MET else money(value)


def _paragraphs(sentences: Iterator[str]) -> Iterator[Text]:
    for sentence in sentences:
        yield Text(wrap(sentence))
