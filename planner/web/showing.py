"""What the page shows, as plain data: texts that are formatted already, numbers where curves go.

The page formats nothing that is quoted: every number comes with the text that the report prints
for it and with its place in ``plan --json``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.domain.format import count, money, percent, short_money
from planner.domain.format import target as target_words
from planner.domain.portfolio.project import Project
from planner.domain.results.explanation import Tornado
from planner.domain.results.frontier import Frontier
from planner.domain.results.pilots import Pilots
from planner.domain.results.plan import Decision, Plan, Warning_
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.domain.words.measure_first import first_words, pilot_words, worth_words
from planner.domain.words.worth import amount_of, objective_in, unit_of
from planner.forecasting.forecast import Forecast
from planner.reporting import numbers
from planner.reporting.columns import Surface, verdict_mark
from planner.reporting.document import Mark, Number, Part, Row, Table
from planner.reporting.headline import not_included
from planner.reporting.sections.plan_tables import decision_table
from planner.reporting.words.pilots import limit_words, outcome_words, then_words

__all__ = [
    "fan_view",
    "first_view",
    "frontier_view",
    "plan_view",
    "policy_view",
    "table_view",
    "tornado_view",
]

FAN_POINTS = 41
FAN_LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
MOST_BARS = 8


def plan_view(plan: Plan) -> dict[str, object]:
    """Return a plan as the page shows it."""
    if plan.status is Status.INFEASIBLE:
        return {
            "status": str(plan.status),
            "conflict": list(plan.conflict),
            "fixes": [fix.to_dict() for fix in plan.fixes],
            "warnings": _warnings(plan.warnings),
        }
    return {
        "status": str(plan.status),
        "currency": plan.currency,
        "tiles": list(_tiles(plan)),
        "table": table_view(decision_table(plan, Surface.NOTEBOOK)),
        "decisions": [_decision(plan, at) for at in range(len(plan.decisions))],
        "notes": list(plan.notes),
        "warnings": _warnings(plan.warnings),
        "pilots": sum(item.verdict is Verdict.PILOT for item in plan.decisions),
        "not_included": _not_included(plan),
        "left_out": not_included(plan),
    }


_WORTH_LABELS = {
    Objective.TARGETS_MET: "Targets met, expected",
    Objective.ACCURACY: "Errors cut, expected",
}


def _tiles(plan: Plan) -> Iterable[dict[str, object]]:
    """Yield the numbers that stand large: what it is worth, what to approve, how sure."""
    kind = None if plan.objective is None else plan.objective.kind
    counts = kind is not None and not kind.in_money
    currency = plan.currency
    funded = [item for item in plan.decisions if item.verdict is not Verdict.NO_GO]
    if plan.audit is not None:
        value, key = plan.audit.held_out_value, "audit.held_out_value"
        worth = _amount(value, plan, key)
        if counts:
            worth = numbers.worth(kind, value, currency, key, named=True)
        label = _WORTH_LABELS.get(kind, "Expected worth") if kind else "Expected worth"
        note = "on draws that no solve saw"
        if plan.assumptions.get("risk", "expected") != "expected":
            label, note = "Worth, with care for bad outcomes", _also_expected(plan, note)
        yield _tile(label, worth, note)
    spent = _amount(plan.budget.committed, plan, "budget.committed")
    limit = numbers.amount(plan.budget.limit, currency, "budget.limit", named=True)
    of_all = f"{len(funded)} of {len(plan.decisions)} projects"
    yield _tile("Committed", spent, f"of {limit.text}, for {of_all}")
    if plan.risk is not None:
        over = plan.risk.chance_over_budget
        short = max(0.0, plan.risk.cost.p80 - plan.budget.limit)
        reserve = money(short, currency)
        note = (
            f"with a reserve of {reserve}, that is {money(plan.budget.limit + short, currency)}, "
            "it is in 80 % of outcomes"
            if short
            else "the budget covers at least 80 % of outcomes"
        )
        chance = numbers.chance(over, "risk.chance_over_budget")
        yield _tile("Chance that the budget is not enough", chance, note)


def _also_expected(plan: Plan, note: str) -> str:
    """Return what is expected besides, where the worth is not that."""
    expected = None if plan.audit is None else plan.audit.held_out_expected
    if expected is None or plan.objective is None:
        return note
    return f"{note}; expected {amount_of(plan.objective.kind, expected, plan.currency)}"


def _amount(value: float, plan: Plan, key: str) -> Number:
    return numbers.amount(value, plan.currency, key, named=True)


def _tile(label: str, number: Number, note: str) -> dict[str, object]:
    return {"label": label, "number": _part(number), "note": note}


def _decision(plan: Plan, at: int) -> dict[str, object]:
    """Return what a decision is compared by, and why it was made."""
    decision = plan.decisions[at]
    return {
        "project": decision.project,
        "verdict": str(decision.verdict),
        "why": str(decision.why),
        "spend": decision.cost.total,
        "chance": decision.chance_of_target if decision.verdict is not Verdict.NO_GO else None,
        "worth": decision.expected_net_value,
        "pilot": None if decision.pilot is None else asdict(decision.pilot),
    }


def first_view(plan: Plan) -> dict[str, object]:
    """Return what to do before the money is released: which runs to make, and what each decides."""
    first = plan.measure_first
    runs = () if first is None else first.pilots
    waiting = [item for item in plan.decisions if item.verdict is Verdict.PILOT]
    return {
        "said": ""
        if first is None
        else f"{first_words(first, plan.currency)} {worth_words(first, plan.currency)}",
        "runs": [
            {
                "project": run.project,
                "images": run.images,
                "architecture": run.architecture or "",
                "text": f"{run.project}: {run.architecture} on {count(run.images)} images, "
                f"{money(run.price, plan.currency)}.",
            }
            for run in runs
        ],
        "waiting": [
            {
                "project": item.project,
                "images": "" if item.pilot is None else item.pilot.images,
                "architecture": "" if item.pilot is None else item.pilot.architecture or "",
                "text": pilot_words(item, plan.currency) or _at_stake(plan, item),
            }
            for item in waiting
        ],
    }


def policy_view(found: Pilots) -> dict[str, object]:
    """Return what is done after each result of each run."""
    return {
        "projects": [
            {
                "project": policy.project,
                "said": f"measured on {count(policy.images)} images",
                "rows": [
                    {
                        "error": limit_words(policy, at),
                        "chance": percent(row.chance),
                        "then": outcome_words(row),
                    }
                    for at, row in enumerate(policy.rows)
                ],
            }
            for policy in found.policy
        ],
        "then": list(then_words(found)),
    }


def _not_included(plan: Plan) -> list[str]:
    """Return what the amounts do not hold, as the plan says it."""
    found = plan.to_dict().get("not_included")
    return [str(item) for item in found] if isinstance(found, list | tuple) else []


def _at_stake(plan: Plan, item: Decision) -> str:
    """Say what a PILOT binds, where the plan names no run that it should wait for."""
    spend = money(item.cost.total, plan.currency)
    chance = percent(item.chance_of_target)
    return f"{item.project}: {spend} at a chance of {chance}; a run would cost more than that."


def _warnings(warnings: Sequence[Warning_]) -> list[dict[str, object]]:
    return [
        {"code": item.code, "project": item.project, "field": item.field, "message": item.message}
        for item in warnings
    ]


def table_view(table: Table) -> dict[str, object]:
    """Return a table of a document as plain data."""
    return {
        "heads": [{"label": head.label, "numeric": head.numeric} for head in table.columns],
        "rows": [_row(row) for row in table.rows],
        "foot": None if table.foot is None else _row(table.foot),
    }


def _row(row: Row) -> dict[str, object]:
    return {"tone": row.tone, "cells": [[_part(part) for part in cell] for cell in row.cells]}


def _part(part: Part) -> dict[str, object]:
    """Return a part of a text with what it is."""
    if isinstance(part, str):
        return {"t": part}
    if isinstance(part, Number):
        return {"t": part.text, "k": "number", "key": part.key, "v": part.value}
    if isinstance(part, Mark):
        return {"t": part.text, "k": "mark", "tone": part.tone, "sign": part.sign}
    return {"t": getattr(part, "text", ""), "k": part.kind}


def fan_view(decision: Decision, forecast: Forecast) -> dict[str, object]:
    """Return a learning curve: quantiles of the error by images, with what is marked on it."""
    project = forecast.project
    images = sizes_shown(project)
    errors = forecast.error_draws(images, decision.architecture)
    return {
        "project": project.id,
        "architecture": decision.architecture or "any architecture",
        "images": images.tolist(),
        "levels": list(FAN_LEVELS),
        "errors": np.quantile(errors, FAN_LEVELS, axis=0).tolist(),
        "target": project.error_target if project.has_target else None,
        "target_text": target_words(project.error_target),
        "held": project.images.held,
        "limit": project.images.limit,
        "chosen": decision.images_total if decision.verdict is not Verdict.NO_GO else None,
        "chosen_text": count(decision.images_total),
        "pilots": [[run.images, run.error] for run in project.pilots],
        "evidence": [float(end) for end in forecast.posterior.evidence.images],
        "unit": "1 − accuracy" if project.task == "classification" else "1 − IoU",
        "mark": _part(verdict_mark(str(decision.verdict))),
        "said": _fan_said(decision, project),
    }


def _fan_said(decision: Decision, project: Project) -> str:
    """Return what a learning curve shows, as a sentence."""
    target = target_words(project.error_target)
    if decision.verdict is Verdict.NO_GO:
        return f"Not funded. The target is an error of {target}."
    chance = percent(decision.chance_of_target)
    return (
        f"{chance} likely to reach an error of {target} on {count(decision.images_total)} images, "
        f"with {decision.architecture or 'any architecture'}."
    )


def sizes_shown(project: Project) -> NDArray[np.float64]:
    """Return sizes from below what is held to the limit, evenly on a scale of tens."""
    first = min([project.images.held or 1_000, *(run.images for run in project.pilots)])
    start = max(10.0, min(first / 4, project.images.limit / 10))
    return np.geomspace(start, 1.2 * project.images.limit, FAN_POINTS)


def frontier_view(frontier: Frontier) -> dict[str, object]:
    """Return what each budget buys."""
    return {
        "objective": str(frontier.objective),
        "currency": frontier.currency,
        "here": frontier.you_are_here,
        "unit": unit_of(frontier.objective, "worth"),
        "said": _frontier_said(frontier),
        "next_step": None if frontier.next_step is None else frontier.next_step.text,
        "points": [
            {
                "budget": point.budget,
                "budget_text": short_money(point.budget),
                "worth": point.mean,
                "worth_text": short_money(point.mean),
                "tail": point.cvar,
                "funded": list(point.funded),
            }
            for point in frontier.points
        ],
        "notes": list(frontier.notes),
    }


def _frontier_said(frontier: Frontier) -> str:
    """Return what the curve of budgets shows, as a sentence."""
    best = max(frontier.points, key=lambda point: point.mean, default=None)
    if best is None:
        return ""
    enough = min(p.budget for p in frontier.points if p.mean >= best.mean - abs(best.mean) * 1e-3)
    if enough == frontier.points[-1].budget:
        return "More budget buys more worth, as far as the curve goes."
    return f"Beyond {short_money(enough)} more budget buys next to nothing."


def _tornado_said(tornado: Tornado) -> str:
    """Return what the widest bar shows, as a sentence."""
    if not tornado.bars:
        return ""
    bar = tornado.bars[0]
    ends = sorted((bar.value_at_low, bar.value_at_high))
    low, high = map(short_money, ends)
    return f"{bar.input[:1].upper()}{bar.input[1:]} moves it most: from {low} to {high}."


def tornado_view(tornado: Tornado, currency: str) -> dict[str, Any]:
    """Return the widest bars of a tornado."""
    from planner.reporting.terminal.explain import input_words

    return {
        "centre": tornado.centre,
        "centre_text": short_money(tornado.centre),
        "said": _tornado_said(tornado),
        "unit": tornado.unit if objective_in(tornado.unit) else currency,
        "bars": [
            {
                "input": bar.input,
                "unit": bar.unit,
                "low": input_words(bar.low, bar.unit),
                "high": input_words(bar.high, bar.unit),
                "at_low": bar.value_at_low,
                "at_high": bar.value_at_high,
                "at_low_text": short_money(bar.value_at_low),
                "at_high_text": short_money(bar.value_at_high),
            }
            for bar in tornado.bars[:MOST_BARS]
        ],
    }
