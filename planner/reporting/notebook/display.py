"""Records as small HTML tables for a notebook: self-contained, and every text escaped."""

import math
from collections.abc import Iterable
from functools import singledispatch
from html import escape

import numpy as np
from numpy.typing import NDArray

from planner.domain.format import count, money, percent, rate, shorten
from planner.domain.format import target as target_words
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import Amount, Range
from planner.domain.results.explanation import Explanation, PlanExplanation
from planner.domain.results.frontier import Frontier
from planner.domain.results.pilots import Pilots
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Status
from planner.domain.words.worth import unit_of
from planner.forecasting.forecast import Forecast
from planner.questions.estimate.estimate import Estimate
from planner.reporting.columns import Surface
from planner.reporting.document import Head, Name, table_of
from planner.reporting.headline import headline_lines
from planner.reporting.notebook.draw import LONGEST_NAME, draw_table, name, page, paragraph
from planner.reporting.sections.estimate_columns import ESTIMATES
from planner.reporting.sections.frontier_columns import STANDINGS, frontier_columns
from planner.reporting.sections.pilots_columns import RUNS
from planner.reporting.sections.plan_tables import decision_table
from planner.reporting.words.pilots import advice, worth_words

QUANTILES_SENTENCE = "P10, P50 and P90 are not exceeded in 10, 50 and 90 % of outcomes."


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
        f"{name(record.portfolio)} · budget {escape(money(record.budget.limit, record.currency))} "
        f"· model {name(record.model['name'])} · seed {record.seed}"
    )
    if record.status is Status.INFEASIBLE:
        return page(header, _infeasible(record))
    table = draw_table(decision_table(record, Surface.NOTEBOOK))
    return page(header, table, *(paragraph(text) for text in _plan_sentences(record)))


def _plan_sentences(plan: Plan) -> Iterable[str]:
    yield from filter(None, headline_lines(plan))
    yield (
        "Chance: of meeting the target. Worth: net value expected on draws the plan was not chosen "
        f"on, before shared assets, {plan.currency}."
    )
    if plan.risk is not None and plan.objective is not None:
        if plan.objective.kind.in_money:
            net = plan.risk.net_value
            yield (
                f"Net value on draws the plan never saw: P10 {money(net.p10, plan.currency)}, "
                f"P50 {money(net.p50)}, P90 {money(net.p90)}. {QUANTILES_SENTENCE}"
            )
        for decision in plan.decisions:
            noise = plan.noise(decision)
            if noise:
                yield f"{shorten(decision.project, LONGEST_NAME)}: {noise}."


def _infeasible(plan: Plan) -> str:
    conflict = "".join(f"<li>{name(rule, 300)}</li>" for rule in plan.conflict)
    fixes = "".join(f"<li>{escape(fix.text)}</li>" for fix in plan.fixes)
    parts = ["<p><strong>No plan fits.</strong></p>"]
    if conflict:
        parts.append(f"<p>These cannot hold together:</p><ul>{conflict}</ul>")
    if fixes:
        parts.append(f"<p>Smallest fixes:</p><ul>{fixes}</ul>")
    return "".join(parts)


@html_of.register
def _(record: Pilots) -> str:
    header = f"{name(record.portfolio)} · model {name(record.model['name'])} · seed {record.seed}"
    table = draw_table(RUNS.table(Surface.NOTEBOOK, record.pilots, record.currency))
    said = [advice(record), *([worth_words(record)] if record.chosen else [])]
    return page(header, *(paragraph(text) for text in said), table)


@html_of.register
def _(record: Portfolio) -> str:
    limit = "no budget" if record.budget is None else f"budget {money(record.budget)}"
    header = f"{name(record.name)} · {limit} · {name(record.currency)}"
    heads = (
        *(Head("Project"), Head("Task"), Head("Target error", numeric=True)),
        *(Head("Held", numeric=True), Head("Limit", numeric=True)),
        *(Head("Price per image", numeric=True), Head("Value", numeric=True)),
    )
    rows = (
        (
            Name(project.id),
            str(project.task),
            target_words(project.error_target),
            count(project.images.held),
            count(project.images.limit),
            str(project.images.price),
            "–" if project.value is None else _amount(project.value),
        )
        for project in record.projects
    )
    rules = f"{len(record.rules)} rules, {len(record.shared)} shared assets."
    return page(header, draw_table(table_of(heads, rows)), paragraph(rules))


@html_of.register
def _(record: Forecast) -> str:
    project = record.project
    header = (
        f"{name(project.id)} · target error {target_words(project.error_target)} · "
        f"model {name(record.posterior.name)} · any architecture"
    )
    sizes = sorted({max(project.images.held, 10), _middle(record), project.images.limit})
    frame = record.error_draws(sizes)
    chances = record.chance(project.error_target, sizes)
    rows = [
        (count(size), *(rate(value) for value in _three(frame[:, column])), percent(chance))
        for column, (size, chance) in enumerate(zip(sizes, chances.tolist(), strict=True))
    ]
    names = ("Images", "Error P10", "Error P50", "Error P90", "Chance of target")
    heads = tuple(Head(name, numeric=True) for name in names)
    notes = f"{QUANTILES_SENTENCE} Name an architecture: plot(architecture=…)."
    return page(header, draw_table(table_of(heads, rows)), paragraph(notes))


def _amount(amount: Amount) -> str:
    """Return a number of money, or a range as it is written."""
    return str(amount) if isinstance(amount, Range) else money(amount)


def _middle(forecast: Forecast) -> int:
    """Return the size halfway between what is held and the limit, in log."""
    images = forecast.project.images
    return round(math.sqrt(max(images.held, 10) * images.limit))


def _three(draws: NDArray[np.float64]) -> list[float]:
    return [float(value) for value in np.quantile(draws, (0.1, 0.5, 0.9))]


@html_of.register
def _(record: Estimate) -> str:
    header = f"Estimate · model {name(record.model['name'])} · seed {record.seed}"
    table = ESTIMATES.table(Surface.NOTEBOOK, record.projects, record.currency)
    notes = f"Images needed in all. {QUANTILES_SENTENCE}"
    return page(header, draw_table(table), paragraph(notes))


@html_of.register
def _(record: Frontier) -> str:
    header = f"{name(record.portfolio)} · frontier · model {name(record.model['name'])}"
    table = frontier_columns(record).table(Surface.NOTEBOOK, record.points, record.currency)
    unit = unit_of(record.objective, record.currency)
    notes = f"Budgets in {record.currency}; worth in {unit}, on draws no plan was chosen on."
    return page(header, draw_table(table), paragraph(notes))


@html_of.register
def _(record: Explanation) -> str:
    header = f"{name(record.project)} · {escape(str(record.verdict))}"
    parts = [paragraph(record.text)]
    if record.flips:
        heads = (Head("Input"), Head("Where the decision flips"))
        rows = ((flip.quantity, flip.text) for flip in record.flips)
        parts.append(draw_table(table_of(heads, rows)))
    return page(header, *parts)


@html_of.register
def _(record: PlanExplanation) -> str:
    header = f"{name(record.portfolio)} · what holds the plan"
    table = draw_table(STANDINGS.table(Surface.NOTEBOOK, record.standings, record.currency))
    notes = "Core index: share of states of the model in which the best plan funds the project."
    return page(header, paragraph(record.text), table, paragraph(notes))
