"""Columns are declared once: what every renderer takes from a declaration."""

from dataclasses import replace
from functools import cache
from html import unescape

import pytest

import planner
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Objective
from planner.reporting.columns import Column, Columns, Look, Surface
from planner.reporting.document import Head, Name, Row, Table, plain, table_of
from planner.reporting.notebook.draw import draw_table as in_notebook
from planner.reporting.sections.estimate_columns import ESTIMATES
from planner.reporting.sections.frontier_columns import STANDINGS, TORNADO
from planner.reporting.sections.plan_columns import (
    BASELINES,
    DECISIONS,
    PERIODS,
    SHARES,
    UNITS,
    baseline_columns,
)
from planner.reporting.sections.plan_tables import decision_table
from planner.reporting.terminal.draw import draw_table as in_terminal
from tests.random_portfolios import rich_portfolio

TABLES: dict[str, Columns[object]] = {
    "decisions": DECISIONS,  # type: ignore[dict-item]
    "periods": PERIODS,  # type: ignore[dict-item]
    "units": UNITS,  # type: ignore[dict-item]
    "baselines": BASELINES,  # type: ignore[dict-item]
    "shares": SHARES,  # type: ignore[dict-item]
    "estimates": ESTIMATES,  # type: ignore[dict-item]
    "standings": STANDINGS,  # type: ignore[dict-item]
    "tornado": TORNADO,  # type: ignore[dict-item]
}


@cache
def plan() -> Plan:
    """Return a plan that funds some projects and leaves others out."""
    plans = (planner.plan(rich_portfolio(seed), planner.load_model()) for seed in range(99))
    return next(one for one in plans if len({item.verdict for item in one.decisions}) > 1)


@pytest.mark.parametrize("name", TABLES)
def test_a_view_names_declared_columns_and_each_has_its_sentence(name: str) -> None:
    """No surface shows what is not declared, and a dictionary explains every column."""
    columns = TABLES[name]
    known = [column.key or column.name for column in columns.declared]
    assert len(known) == len(set(known))
    assert {key for keys in columns.views.values() for key in keys} <= set(known)
    assert all(column.note.endswith(".") for column in columns.declared)


def test_every_surface_prints_a_value_alike() -> None:
    """Terminal, page and notebook print the same text for the same column of a decision."""
    said: dict[str, set[tuple[str, ...]]] = {}
    for surface in (Surface.TERMINAL, Surface.PAGE, Surface.NOTEBOOK):
        shown = DECISIONS.on(surface, plan().decisions)
        table = decision_table(plan(), surface)
        for at, column in enumerate(shown):
            if not column.key:  # release now and after: a page alone has them
                continue
            said.setdefault(column.key, set()).add(
                tuple(plain(row.cells[at]) for row in table.rows)
            )
    assert len(said) > 7
    assert all(len(texts) == 1 for texts in said.values())


def test_what_is_not_funded_shows_dashes_on_every_surface() -> None:
    """Of a project that is left out, a table says its name and its verdict alone."""
    for surface in (Surface.TERMINAL, Surface.PAGE, Surface.NOTEBOOK):
        table = decision_table(plan(), surface)
        off = [row for row in table.rows if row.tone == "off"]
        assert off
        assert all(sum(plain(cell) != "–" for cell in row.cells) == 2 for row in off)


def test_a_worth_that_counts_targets_is_no_money() -> None:
    """The unit of what is compared with a plan is that of the plan's objective."""
    found = plan()
    assert found.objective is not None
    counting = replace(found, objective=replace(found.objective, kind=Objective.TARGETS_MET))
    kinds = [
        next(column.kind for column in baseline_columns(one).declared if column.key.startswith("h"))
        for one in (replace(found, objective=None), counting)
    ]
    assert kinds == [Look.WORTH, Look.WORTH_TARGETS]


def test_whole_cents_add_up_to_whole_cents() -> None:
    """0.1 + 0.2 is 0.3 where money is meant."""
    column: Column[float] = Column(key="", header="", kind=Look.MONEY, of=lambda amount: amount)
    (total,) = column.total([0.1, 0.2], "")
    assert getattr(total, "value", None) == 0.3


def test_a_long_name_is_cut_to_its_column_in_a_terminal_only() -> None:
    """A terminal has a width; a notebook wraps."""
    table = table_of([Head("Name", width=5)], [[Name("a long name")]])
    (cell,) = in_terminal(table).columns[0].cells
    assert str(cell) == "a lo…"
    assert "a long name" in unescape(in_notebook(table))


def test_names_are_escaped_where_they_could_be_markup() -> None:
    """A document holds text; what draws it makes it harmless."""
    table = Table("", (Head("[b]"),), (Row(((Name("[red]<b>"),),)),))
    assert "<b>" not in in_notebook(table)
    assert str(next(iter(in_terminal(table).columns[0].cells))) == "[red]<b>"
