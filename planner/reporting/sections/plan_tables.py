"""Tables of a plan, for any renderer: decisions, spend by period and unit, shared assets."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from planner.domain.format import count, shorten
from planner.domain.results.plan import Decision, Plan, SharedResult
from planner.reporting import numbers
from planner.reporting.columns import Column, Surface
from planner.reporting.document import Row, Table, Text
from planner.reporting.sections.plan_columns import (
    DECISIONS,
    PERIODS,
    UNITS,
    decision_columns,
    is_funded,
)

__all__ = ["asset_title", "columns_shown", "decision_table", "foot_row", "spend_tables"]

TOTAL = "Total"
ROOMY = 7
"""Columns up to which names have room in a terminal."""


def columns_shown(
    plan: Plan, surface: Surface, without: Collection[str] = ()
) -> tuple[Column[Decision], ...]:
    """Return the columns that a surface shows of a plan's decisions, but for some keys."""
    shown = decision_columns(plan.decisions).on(surface, plan.decisions)
    return tuple(column for column in shown if column.key not in without)


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
        for column in shown:
            if column.key in ("images_to_buy", "expected_net_value"):
                cells[column.key] = column.total(plan.decisions, plan.currency)
    return foot_row(shown, cells)


def foot_row(shown: Sequence[Column[Decision]], cells: Mapping[str, Text]) -> Row:
    """Return a row of some cells by the keys of their columns, the others empty."""
    return Row(tuple(cells.get(column.key, ("",)) for column in shown))


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
