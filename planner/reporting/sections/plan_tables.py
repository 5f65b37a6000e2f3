"""Tables of a plan, for any renderer: decisions, spend by period and unit, shared assets."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from planner.domain.format import count, shorten
from planner.domain.results.plan import Decision, Plan
from planner.domain.results.spending import SharedResult
from planner.reporting import numbers
from planner.reporting.columns import Column, Columns, Surface
from planner.reporting.document import Row, Table, Text
from planner.reporting.sections.plan_columns import (
    DECISIONS,
    PERIODS,
    UNITS,
    decision_columns,
    is_funded,
    waits_for_run,
)

__all__ = [
    "asset_title",
    "columns_shown",
    "decision_table",
    "foot_row",
    "released",
    "spend_tables",
    "waiting_for_runs",
]

TOTAL = "Total"
ROOMY = 7
"""Columns up to which names have room in a terminal."""


def columns_shown(
    plan: Plan, surface: Surface, without: Collection[str] = ()
) -> tuple[Column[Decision], ...]:
    """Return the columns that a surface shows of a plan's decisions, but for some keys."""
    columns = _with_release(plan, decision_columns(plan))
    shown = columns.on(surface, plan.decisions)
    return tuple(column for column in shown if (column.key or column.name) not in without)


def decision_table(
    plan: Plan,
    surface: Surface,
    *,
    places: Sequence[int] | None = None,
    without: Collection[str] = (),
    caption: str = "",
) -> Table:
    """Return what the plan does with each project, as a table of a document.

    Parameters
    ----------
    surface : Surface
        Where it is shown, and so which columns it has.
    places : sequence of int, optional
        Of the decisions that have a row; all of them if not given.
    without : collection of str
        Keys of columns to leave out.
    """
    shown, currency = columns_shown(plan, surface, without), plan.currency
    crowded = len(shown) > ROOMY
    rows = (
        DECISIONS.row(
            surface,
            plan.decisions[at],
            currency,
            shown=shown,
            at=at,
            bounds=plan.chance_bounds(plan.decisions[at].project),
        )
        for at in (range(len(plan.decisions)) if places is None else places)
    )
    heads = tuple(column.head(surface, currency, crowded=crowded) for column in shown)
    return Table(caption, heads, tuple(rows), _foot(plan, surface, shown), tone="decision")


def _foot(plan: Plan, surface: Surface, shown: Sequence[Column[Decision]]) -> Row:
    committed = numbers.amount(plan.budget.committed, plan.currency, "budget.committed")
    cells: dict[str, Text] = {"project": (TOTAL,), "cost.total": (committed,)}
    if surface is Surface.NOTEBOOK:
        cells["verdict"] = (f"{sum(map(is_funded, plan.decisions))} funded",)
    if surface is Surface.PAGE:
        for late in (False, True):
            waiting = released(plan, after_run=late)
            spend = sum(round(100 * item.cost.total) for item in waiting) / 100
            cells["release_after" if late else "release_now"] = (
                numbers.amount(spend, plan.currency),
            )
        cells["held_out_net_value"] = (
            numbers.amount(plan.worth or 0.0, plan.currency, "audit.held_out_value"),
        )
    return foot_row(shown, cells)


def foot_row(shown: Sequence[Column[Decision]], cells: Mapping[str, Text]) -> Row:
    """Return a row of some cells by the keys of their columns, the others empty."""
    return Row(tuple(cells.get(column.key or column.name, ("",)) for column in shown))


def released(plan: Plan, *, after_run: bool) -> tuple[Decision, ...]:
    """Return the funded decisions whose money is released now, or after a first run."""
    waiting = waiting_for_runs(plan)
    return tuple(
        item
        for item in plan.decisions
        if is_funded(item) and (item.project in waiting) == after_run
    )


def waiting_for_runs(plan: Plan) -> frozenset[str]:
    """Return the projects whose money waits: those of a run to make first, and every PILOT."""
    chosen = () if plan.measure_first is None else plan.measure_first.pilots
    pilots = (item.project for item in plan.decisions if waits_for_run(item))
    return frozenset((*(run.project for run in chosen), *pilots))


def _with_release(plan: Plan, columns: Columns[Decision]) -> Columns[Decision]:
    """Return the columns with what is released now and later as this plan has it."""
    waiting = waiting_for_runs(plan)

    def spend(item: Decision, *, late: bool) -> float | None:
        return item.cost.total if (item.project in waiting) == late else None

    chosen = () if plan.measure_first is None else plan.measure_first.pilots
    limits = {run.project: run.go_if_error_at_most for run in chosen}

    def limit(item: Decision) -> float | None:
        return limits.get(item.project) if item.pilot is None else item.pilot.go_if_error_at_most

    taken: Mapping[str, Callable[[Decision], object]] = {
        "release_now": partial(spend, late=False),
        "release_after": partial(spend, late=True),
        "release_if": limit,
    }
    declared = (
        replace(column, of=taken[column.name]) if column.name in taken else column
        for column in columns.declared
    )
    return replace(columns, declared=tuple(declared))


def spend_tables(plan: Plan, surface: Surface) -> Iterator[Table]:
    """Yield spend by period and by business unit, where there are any."""
    if plan.periods:
        yield PERIODS.table(surface, plan.periods, plan.currency)
    if plan.units:
        yield UNITS.table(surface, plan.units, plan.currency)


def asset_title(asset: SharedResult) -> str:
    """Return a shared asset's name with its kind and the images of its pool."""
    images = f", {count(asset.images)} images" if asset.images else ""
    return f"{shorten(asset.id, 24)} ({asset.kind.replace('_', ' ')}{images})"
