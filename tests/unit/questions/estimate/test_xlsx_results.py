"""The workbook of results: every number is the plan's, and hostile names stay text."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
from planner.inputs.portfolio_file import parse_portfolio
from planner.planning.plan import build_plan
from planner.questions.estimate.estimate import Estimate, build_estimate
from planner.reference.tables import load_catalogue
from planner.reporting.xlsx.form import form_bytes
from planner.reporting.xlsx.look import safe_text
from planner.reporting.xlsx.results import results_bytes

HEADER_INK = "1F2A44"
"""Colour of header cells."""

HOSTILE = [
    "=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)", "<script>alert(1)</script>", "a\u202eb",
    "\U0001f4a5", "x" * 300,
]  # fmt: skip
DATA: dict[str, Any] = {
    "version": 1,
    "portfolio": {"name": "=1+1", "budget": "60k", "currency": "USD"},
    "projects": [
        {"id": name, "classes": 3 + index, "target_accuracy": "85%", "value": 50_000,
         "images": {"held": 500, "limit": 9_000, "price": "0.30..0.45", "fixed_cost": 100},
         "architectures": ["ResNet-50"]}
        for index, name in enumerate(HOSTILE)
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def made(synthetic: Posterior) -> tuple[Plan, Portfolio, Estimate]:
    """Return a plan over projects with hostile names."""
    portfolio = parse_portfolio(json.dumps(DATA).encode(), "p.yaml")
    catalogue = load_catalogue()
    plan = build_plan(portfolio, synthetic, catalogue)
    return plan, portfolio, build_estimate(portfolio, synthetic, catalogue)


def written(made: tuple[Plan, Portfolio, Estimate], *, results: bool, **extra: Any) -> Any:
    plan, portfolio, estimate = made
    content = results_bytes(plan, portfolio, load_catalogue(), estimate=estimate, **extra)
    return openpyxl.load_workbook(io.BytesIO(content), data_only=results)


def test_hostile_names_are_text(made: tuple[Plan, Portfolio, Estimate]) -> None:
    """No name becomes a formula; only our own sums and equations are formulas."""
    book = written(made, results=False)
    formulas = re.compile(r"=(SUM|ROUND|IF|MAX)?\(?[A-Z$0-9(]")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert sheet.title in ("Plan", "Equations")
                    assert formulas.match(cell.value)
                    assert "HYPERLINK" not in cell.value
    names = [row[0].value for row in book["Plan"].iter_rows(min_row=4, max_row=11)]
    assert names == HOSTILE
    assert book["Plan"]["A4"].quotePrefix
    assert book["Summary"]["A1"].value == "=1+1"
    assert book["Summary"]["A1"].data_type != "f"


def test_control_characters_and_endless_texts_fit_a_cell() -> None:
    """What a workbook cannot hold is shown as a replacement character, or cut."""
    assert safe_text("a\x00b\x1fc\ud800") == "a\ufffdb\ufffdc\ufffd"
    assert len(safe_text("x" * 40_000)) == 32_000


def test_every_number_is_that_of_the_json(made: tuple[Plan, Portfolio, Estimate]) -> None:
    """Each cell of each table, parsed back, equals the value its dictionary entry points to."""
    plan, _, estimate = made
    book = written(made, results=True)
    data = json.loads(plan.to_json())
    ranges = json.loads(json.dumps(estimate.to_dict()).replace("Infinity", "null"))
    checked = 0
    for sheet, header, _, _, key in book["Data dictionary"].iter_rows(min_row=4, values_only=True):
        if not key or key == "inputs" or key.startswith("assumptions"):
            continue
        if sheet == "Equations" and not key.startswith("estimate: "):
            continue
        expected = _values(ranges, key[10:]) if key.startswith("estimate: ") else _values(data, key)
        found = _cells(book[sheet], header, len(expected))
        if "verdict" in key and sheet == "Summary":
            continue
        for value, number in zip(found, expected, strict=True):
            if isinstance(number, float | int) and not isinstance(number, bool):
                is_blank = value is None and number == 0
                assert is_blank or value == pytest.approx(number, rel=1e-12, abs=1e-9), (
                    header,
                    key,
                )
                checked += 1
    assert checked > 100


def _values(data: Any, key: str) -> list[Any]:
    """Return what a path such as ``decisions[].cost.total`` points to."""
    found = [data]
    for step in key.split("."):
        found = [item[step.removesuffix("[]")] for item in found]
        if step.endswith("[]"):
            found = [part for item in found for part in item]
    return found


def _cells(sheet: Any, header: str, count: int) -> list[Any]:
    """Return the values under a header, or beside a label."""
    for row in sheet.iter_rows():
        for cell in row:
            name = re.sub(r" \([^()]*\)$", "", str(cell.value))
            if header not in (name, str(cell.value)):
                continue
            if cell.fill.start_color.rgb.endswith(HEADER_INK):
                below = sheet.iter_rows(
                    min_row=cell.row + 1, max_row=cell.row + count,
                    min_col=cell.column, max_col=cell.column, values_only=True,
                )  # fmt: skip
                return [values[0] for values in below]
            beside = [item.value for item in row[cell.column :] if item.value is not None]
            return beside[:1]
    raise AssertionError(header)


@pytest.mark.slow
def test_results_stand_before_the_sheets_of_a_copy(
    made: tuple[Plan, Portfolio, Estimate],
) -> None:
    """A workbook is copied with its sheets; results of an earlier plan in it are replaced."""
    form = form_bytes(DATA)
    first = results_bytes(*made[:2], load_catalogue(), source=form)
    again = results_bytes(*made[:2], load_catalogue(), source=first)
    book = openpyxl.load_workbook(io.BytesIO(again))
    own = openpyxl.load_workbook(io.BytesIO(form)).sheetnames
    assert book.sheetnames[-len(own) :] == own
    assert book.sheetnames[0] == "Summary"
    assert len(book.sheetnames) == len(set(book.sheetnames)) == len(own) + 9
    before = openpyxl.load_workbook(io.BytesIO(first))
    for sheet in book.worksheets:
        values = list(sheet.iter_rows(values_only=True))
        assert values == list(before[sheet.title].iter_rows(values_only=True))
    reread = parse_portfolio(again, "p.xlsx")
    assert reread.projects == parse_portfolio(form, "p.xlsx").projects


@pytest.mark.slow
def test_a_sheet_of_ones_own_is_never_replaced(made: tuple[Plan, Portfolio, Estimate]) -> None:
    """A sheet that the author called Summary stays, beside ours."""
    source = openpyxl.load_workbook(io.BytesIO(form_bytes(DATA)))
    source.create_sheet("Summary")["A1"] = "mine"
    stream = io.BytesIO()
    source.save(stream)
    book = written(made, results=False, source=stream.getvalue())
    assert book["Summary"]["A1"].value == "mine"
    assert book["Summary (results)"]["A1"].value == "=1+1"


def test_an_infeasible_plan_says_why(synthetic: Posterior) -> None:
    """The summary names the conflict and its fixes; there are no decisions to show."""
    data = {**DATA, "rules": [{"fund": ["+1+1"]}, {"skip": ["+1+1"]}]}
    portfolio = parse_portfolio(json.dumps(data).encode(), "p.yaml")
    plan = build_plan(portfolio, synthetic, load_catalogue())
    content = results_bytes(plan, portfolio, load_catalogue())
    book = openpyxl.load_workbook(io.BytesIO(content))
    texts = [cell.value for cell in book["Summary"]["A"] if cell.value]
    assert "Plan" not in book.sheetnames
    assert "These cannot hold together" in texts
    assert len(plan.conflict) > 0
    assert set(plan.conflict) <= set(texts)


def test_the_same_plan_is_the_same_bytes(made: tuple[Plan, Portfolio, Estimate]) -> None:
    """Nothing in the file depends on when it is written."""
    plan, portfolio, estimate = made
    one, other = (
        results_bytes(replace(plan), portfolio, load_catalogue(), estimate=estimate)
        for _ in range(2)
    )
    assert one == other
