"""Records as small HTML tables for a notebook: self-contained, and every text escaped."""

import math
from collections.abc import Iterable, Sequence
from functools import singledispatch
from html import escape

import numpy as np
from numpy.typing import NDArray

from planner.domain.format import count, fixed, gap, money, percent, percent_as_set, rate, shorten
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.explanation import Explanation, PlanExplanation
from planner.domain.results.frontier import Frontier
from planner.domain.results.plan import Decision, Plan
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate

MOST_ROWS = 60
"""Rows of a table; what is left out is counted below it, and stands in ``to_frame()``."""

LONGEST_NAME = 60

QUANTILES_SENTENCE = "P10, P50 and P90 are not exceeded in 10, 50 and 90 % of outcomes."

_LEFT, _RIGHT = "text-align:left", "text-align:right"


@singledispatch
def html_of(record: object) -> str:
    """Return a record as a small HTML table.

    Raises
    ------
    TypeError
        Nothing is known of such a record.
    """
    message = f"no table is known for {type(record).__name__}"
    raise TypeError(message)


@html_of.register
def _(record: Plan) -> str:
    header = (
        f"{_name(record.portfolio)} · budget {escape(money(record.budget.limit, record.currency))} "
        f"· model {_name(record.model['name'])} · seed {record.seed}"
    )
    if record.status is Status.INFEASIBLE:
        return _page(header, _infeasible(record))
    funded = [item for item in record.decisions if item.verdict is not Verdict.NO_GO]
    columns = ("Project", "Verdict", "Train on", "To buy", "Architecture", "Spend", "Chance", "Net")
    rows = [_decision_cells(record, decision) for decision in record.decisions]
    total = ("Total", f"{len(funded)} funded", "", "", "", money(record.budget.committed), "", "")
    table = _table(columns, rows, numbers={2, 3, 5, 6, 7}, footer=total)
    return _page(header, table, *(_paragraph(text) for text in _plan_sentences(record)))


def _decision_cells(plan: Plan, decision: Decision) -> tuple[str, ...]:
    if decision.verdict is Verdict.NO_GO:
        return (_name(decision.project), "NO-GO", "–", "–", "–", "–", "–", "–")
    return (
        _name(decision.project),
        escape(str(decision.verdict)),
        count(decision.images_total),
        count(decision.images_to_buy),
        _name(decision.architecture or "–"),
        money(decision.cost.total),
        percent(decision.chance_of_target, against=plan.chance_bounds(decision.project)),
        money(decision.expected_net_value),
    )


def _plan_sentences(plan: Plan) -> Iterable[str]:
    money_spent = money(plan.budget.committed, plan.currency)
    yield (
        f"Committed {money_spent}, {money(plan.budget.left)} left. Chance: of meeting the target. "
        f"Net: expected value minus cost, {plan.currency}."
    )
    if plan.risk is not None and plan.objective is not None:
        if plan.objective.kind is not Objective.TARGETS_MET:
            net = plan.risk.net_value
            yield (
                f"Net value on draws the plan never saw: P10 {money(net.p10, plan.currency)}, "
                f"P50 {money(net.p50)}, P90 {money(net.p90)}. {QUANTILES_SENTENCE}"
            )
        proof = "Proven optimal" if plan.status is Status.OPTIMAL else "Not proven optimal"
        for decision in plan.decisions:
            noise = plan.noise(decision)
            if noise:
                yield f"{shorten(decision.project, LONGEST_NAME)}: {noise}."
        yield f"{proof}: at most {gap(plan.objective.gap)} below the bound."


def _infeasible(plan: Plan) -> str:
    conflict = "".join(f"<li>{_name(name, 300)}</li>" for name in plan.conflict)
    fixes = "".join(f"<li>{escape(fix.text)}</li>" for fix in plan.fixes)
    parts = ["<p><strong>No plan fits.</strong></p>"]
    if conflict:
        parts.append(f"<p>These cannot hold together:</p><ul>{conflict}</ul>")
    if fixes:
        parts.append(f"<p>Smallest fixes:</p><ul>{fixes}</ul>")
    return "".join(parts)


@html_of.register
def _(record: Portfolio) -> str:
    limit = "no budget" if record.budget is None else f"budget {money(record.budget)}"
    header = f"{_name(record.name)} · {limit} · {_name(record.currency)}"
    columns = ("Project", "Task", "Target error", "Held", "Limit", "Price per image", "Value")
    rows = [
        (
            _name(project.id),
            escape(str(project.task)),
            percent_as_set(project.error_target),
            count(project.images.held),
            count(project.images.limit),
            escape(str(project.images.price)),
            "–" if project.value is None else money(project.value),
        )
        for project in record.projects
    ]
    rules = f"{len(record.rules)} rules, {len(record.shared)} shared assets."
    return _page(header, _table(columns, rows, numbers={2, 3, 4, 5, 6}), _paragraph(rules))


@html_of.register
def _(record: Forecast) -> str:
    project = record.project
    header = (
        f"{_name(project.id)} · target error {percent_as_set(project.error_target)} · "
        f"model {_name(record.posterior.name)} · any architecture"
    )
    sizes = sorted({max(project.images.held, 10), _middle(record), project.images.limit})
    frame = record.error_draws(sizes)
    chances = record.chance(project.error_target, sizes)
    rows = [
        (count(size), *(rate(value) for value in _three(frame[:, column])), percent(chance))
        for column, (size, chance) in enumerate(zip(sizes, chances.tolist(), strict=True))
    ]
    columns = ("Images", "Error P10", "Error P50", "Error P90", "Chance of target")
    notes = f"{QUANTILES_SENTENCE} Name an architecture: plot(architecture=…)."
    return _page(header, _table(columns, rows, numbers={0, 1, 2, 3, 4}), _paragraph(notes))


def _middle(forecast: Forecast) -> int:
    """Return the size halfway between what is held and the limit, in log."""
    images = forecast.project.images
    return round(math.sqrt(max(images.held, 10) * images.limit))


def _three(draws: NDArray[np.float64]) -> list[float]:
    return [float(value) for value in np.quantile(draws, (0.1, 0.5, 0.9))]


@html_of.register
def _(record: Estimate) -> str:
    header = f"Estimate · model {_name(record.model['name'])} · seed {record.seed}"
    columns = (
        *("Project", "Needed P10", "P50", "P90", "Chance at limit"),
        *("Architecture", "Train on", f"Cost, {record.currency}"),
    )
    rows = []
    for project in record.projects:
        need, lead = project.data_needed, project.recommendations[0]
        rows.append(
            (
                _name(project.id),
                *(count(size) for size in (need.p10, need.p50, need.p90)),
                percent(project.chance_of_target_at_limit),
                _name(lead.architecture),
                count(lead.images_total),
                money(lead.cost.total),
            )
        )
    notes = f"Images needed in all. {QUANTILES_SENTENCE}"
    return _page(header, _table(columns, rows, numbers={1, 2, 3, 4, 6, 7}), _paragraph(notes))


@html_of.register
def _(record: Frontier) -> str:
    header = f"{_name(record.portfolio)} · frontier · model {_name(record.model['name'])}"
    columns = ("Budget", "Committed", "Value", "Bound", "Targets expected", "Funded")
    targets = record.objective is Objective.TARGETS_MET
    rows = [
        (
            money(point.budget),
            money(point.committed),
            fixed(point.value, 2) if targets else money(point.value),
            fixed(point.bound, 2) if targets else money(point.bound),
            fixed(point.expected_targets, 2),
            f"{len(point.funded)}",
        )
        for point in record.points
    ]
    unit = "targets" if targets else record.currency
    notes = f"Budgets in {record.currency}; value and its proven bound in {unit}."
    return _page(header, _table(columns, rows, numbers=set(range(6))), _paragraph(notes))


@html_of.register
def _(record: Explanation) -> str:
    header = f"{_name(record.project)} · {escape(str(record.verdict))}"
    parts = [_paragraph(record.text)]
    if record.flips:
        rows = [(escape(flip.quantity), escape(flip.text)) for flip in record.flips]
        parts.append(_table(("Input", "Where the decision flips"), rows, numbers=set()))
    return _page(header, *parts)


@html_of.register
def _(record: PlanExplanation) -> str:
    header = f"{_name(record.portfolio)} · what holds the plan"
    columns = ("Project", "Verdict", "Core index", "Standing")
    rows = [
        (
            _name(item.project),
            escape(str(item.verdict)),
            percent(item.core_index),
            escape(item.standing),
        )
        for item in record.standings
    ]
    notes = "Core index: share of states of the model in which the best plan funds the project."
    table = _table(columns, rows, numbers={2})
    return _page(header, _paragraph(record.text), table, _paragraph(notes))


def _name(text: str, width: int = LONGEST_NAME) -> str:
    """Return a user's text escaped, cut, and kept from changing the direction of what follows."""
    return f'<bdi dir="auto">{escape(shorten(text, width))}</bdi>'


def _paragraph(text: str) -> str:
    return f'<p style="margin:.3em 0">{escape(text)}</p>'


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numbers: set[int],
    footer: Sequence[str] = (),
) -> str:
    """Return a table of cells that are escaped already; ``numbers`` are aligned right."""
    sides = [_RIGHT if index in numbers else _LEFT for index in range(len(columns))]
    head = "".join(
        f'<th scope="col" style="{side}">{escape(column)}</th>'
        for column, side in zip(columns, sides, strict=True)
    )
    lines = [_row(row, sides) for row in rows[:MOST_ROWS]]
    foot = f"<tfoot>{_row(footer, sides)}</tfoot>" if footer else ""
    left_out = len(rows) - MOST_ROWS
    more = _paragraph(f"{left_out} more rows in to_frame().") if left_out > 0 else ""
    body = "".join(lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>{more}"


def _row(cells: Sequence[str], sides: Sequence[str]) -> str:
    first = f'<th scope="row" style="{sides[0]}">{cells[0]}</th>'
    rest = "".join(
        f'<td style="{side}">{cell}</td>' for cell, side in zip(cells[1:], sides[1:], strict=True)
    )
    return f"<tr>{first}{rest}</tr>"


def _page(header: str, *parts: str) -> str:
    """Return the whole; ``header`` and ``parts`` are escaped already."""
    return f'<div><p style="margin:.3em 0"><strong>{header}</strong></p>{"".join(parts)}</div>'
