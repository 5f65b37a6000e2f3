"""Charts that the workbook draws from its own cells, colours of verdicts, reasons apart."""

import io
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

import planner
from planner.domain.results.plan import Plan
from planner.reference.tables import load_catalogue
from planner.reporting.xlsx.results import results_bytes

FILE = Path(__file__).parents[4] / "examples" / "01_retail_shelves" / "portfolio.yaml"


@cache
def made() -> tuple[Plan, bytes]:
    portfolio = planner.read_portfolio(FILE)
    plan = planner.plan(portfolio, planner.load_model())
    return plan, results_bytes(plan, portfolio, load_catalogue())


@cache
def book() -> Any:
    return openpyxl.load_workbook(io.BytesIO(made()[1]))


def test_the_workbook_draws_worth_spend_and_both_s_curves_from_its_cells() -> None:
    """Native charts: whoever changes a cell sees it move."""
    sheet, plan = book()["Charts"], made()[0]
    charts = sheet._charts
    assert [type(chart).__name__ for chart in charts] == ["BarChart"] * 2 + ["ScatterChart"] * 2
    for chart in charts:
        series = chart.series[0]
        numbers = series.val.numRef if hasattr(series, "val") and series.val else series.yVal.numRef
        assert numbers.f.startswith("'Charts'!")
    worth = {row[0].value: row[1].value for row in sheet.iter_rows(min_row=4, max_row=6)}
    funded = [item for item in plan.decisions if item.cost.total > 0]
    assert worth == {item.project: item.held_out_net_value for item in funded}


def test_verdicts_are_coloured_by_what_stands_in_their_cells() -> None:
    """A conditional format for each verdict, on the plan and on the reasons."""
    for name in ("Plan", "Why"):
        found = book()[name].conditional_formatting
        rules = [rule.formula for area in found for rule in area.rules]
        assert sorted(rules) == [['"GO"'], ['"NO-GO"'], ['"PILOT"']]


def test_reasons_stand_on_a_sheet_of_their_own() -> None:
    """The plan's sheet keeps to numbers, and prints on pages one sheet wide."""
    plan = made()[0]
    why = {row[0].value: row[2].value for row in book()["Why"].iter_rows(min_row=4)}
    assert why == {item.project: item.why for item in plan.decisions}
    assert "Why" not in [cell.value for cell in book()["Plan"][3]]
    for sheet in book().worksheets:
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.print_area


def test_the_same_plan_gives_the_same_workbook() -> None:
    """Charts and all, byte for byte."""
    plan, content = made()
    portfolio = planner.read_portfolio(FILE)
    assert results_bytes(plan, portfolio, load_catalogue()) == content
