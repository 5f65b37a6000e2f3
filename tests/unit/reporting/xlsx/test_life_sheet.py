"""The sheet Life: its formulas, computed by nothing of the product, give what ``--json`` says."""

import io
import json
import math
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest

import planner
from planner.domain.results.plan import Plan
from planner.domain.words.life import line_words
from planner.reference.tables import load_catalogue
from planner.reporting.xlsx.results import results_bytes

EXAMPLES = Path(__file__).parents[4] / "examples"
CASES = ["13_build_or_buy", "mid", "start"]
IN_TURN = [CASES[0], *(pytest.param(case, marks=pytest.mark.slow) for case in CASES[1:])]
LIVED = """\
version: 1
portfolio: {{name: N, budget: 60k, horizon_years: 4, discount_rate: 7%, cash: {cash},
  carbon: {{region: POL, price_per_tonne: 5M}}}}
projects:
  - {{id: "a*", classes: 4, target_accuracy: 90%, value: 50k, architectures: [EfficientNet-B0],
     images: {{held: 3k, limit: 9k, price: 0.3}}, build: {{weeks: 9}},
     use: {{images_per_year: 2M, growth: 10%, ramp_years: 1.5}},
     inference: {{price_per_1000: 0.9}}, benefits: [{{id: sales, yearly: 40k}}],
     end: {{once: 3k, resale: 1k}}}}
  - {{id: "A?", classes: 4, target_accuracy: 90%, value: 30k, architectures: [EfficientNet-B0],
     images: {{held: 3k, limit: 9k, price: 0.3}}}}
"""


@cache
def planned(case: str) -> tuple[Plan, planner.Portfolio]:
    if case in CASES[1:]:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "p.yaml"
            file.write_text(LIVED.format(cash=case), encoding="utf-8")
            portfolio = planner.read_portfolio(file)
    else:
        portfolio = planner.read_portfolio(EXAMPLES / case / "portfolio.yaml")
    return planner.plan(portfolio, planner.load_model()), portfolio


def sheet_of(case: str) -> Any:
    plan, portfolio = planned(case)
    book = openpyxl.load_workbook(io.BytesIO(results_bytes(plan, portfolio, load_catalogue())))
    return book["Life"]


def calculator(sheet: Any) -> Callable[[str], float]:
    """Return what computes a cell of a sheet: sums, products and powers of other cells."""

    def total(first: str, last: str) -> float:
        cells = [cell for row in sheet[f"{first}:{last}"] for cell in row]
        return math.fsum(of(cell.coordinate) for cell in cells if cell.value is not None)

    def of(place: str) -> float:
        value = sheet[place].value
        if not isinstance(value, str):
            return float(value)
        assert value.startswith("="), f"{place}: {value}"
        text = re.sub(r"SUM\((\w+):(\w+)\)", r"total('\1', '\2')", value[1:].replace("$", ""))
        text = re.sub(r"(?<!')\b([A-Z]+\d+)\b(?!')", r"of('\1')", text).replace("^", "**")
        return float(eval(text, {"of": of, "total": total}))  # noqa: S307 - our own workbook

    return of


def lines_in(sheet: Any, plan: Plan) -> dict[tuple[str, str], float]:
    """Return every present value of the sheet's first table, computed."""
    of, heads = calculator(sheet), [cell.value for cell in sheet[6] if cell.value]
    lived = [item.project for item in plan.decisions if item.life is not None]
    return {
        (project, head.rsplit(" (", 1)[0]): of(cell.coordinate)
        for row, project in enumerate(lived, 7)
        for head, cell in zip(heads[1:], sheet[row][1:], strict=False)
        if cell.value is not None
    }


@pytest.mark.parametrize("case", IN_TURN)
def test_every_line_and_every_net_present_value_is_that_of_the_json(case: str) -> None:
    """To a millionth of a cent, whenever amounts count."""
    plan, _ = planned(case)
    found = lines_in(sheet_of(case), plan)
    for decision in plan.decisions:
        if decision.life is not None:
            for name, amount in decision.life.lines.items():
                key = (decision.project, line_words(name))
                assert found.pop(key) == pytest.approx(amount, rel=1e-9, abs=1e-8), key
            net = found.pop((decision.project, "Net present value"))
            assert net == pytest.approx(decision.life.npv, rel=1e-9, abs=1e-8)
    assert found == {}


@pytest.mark.parametrize("case", IN_TURN)
def test_what_a_program_shows_before_it_computes_is_the_same(case: str) -> None:
    """Stored results are those of the formulas."""
    plan, portfolio = planned(case)
    content = io.BytesIO(results_bytes(plan, portfolio, load_catalogue()))
    stored, sheet = openpyxl.load_workbook(content, data_only=True)["Life"], sheet_of(case)
    of, seen = calculator(sheet), 0
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                seen += 1
                expected = stored[cell.coordinate].value
                assert of(cell.coordinate) == pytest.approx(expected, rel=1e-9, abs=1e-8)
    assert seen > 10


@pytest.mark.parametrize("case", IN_TURN)
def test_another_discount_rate_moves_the_sheet_as_it_moves_the_cash(case: str) -> None:
    """Change one pale cell and all of it follows."""
    plan, _ = planned(case)
    sheet = sheet_of(case)
    sheet["B3"] = 0.2
    for decision in plan.decisions:
        if decision.life is not None:
            expected = sum(flow.amount / 1.2**flow.counted for flow in decision.life.flows)
            key = (decision.project, "Net present value")
            assert lines_in(sheet, plan)[key] == pytest.approx(expected, rel=1e-9, abs=1e-8)


def sheets(plan: Plan, portfolio: planner.Portfolio) -> list[str]:
    content = io.BytesIO(results_bytes(plan, portfolio, load_catalogue()))
    return list(openpyxl.load_workbook(content).sheetnames)


def test_a_plan_without_a_life_and_one_from_a_file_have_no_such_sheet(tmp_path: Path) -> None:
    """There is nothing to compute, or the amounts behind the lines are not known."""
    plain = planner.read_portfolio(EXAMPLES / "03_small_grant" / "portfolio.yaml")
    assert "Life" not in sheets(planner.plan(plain, planner.load_model("published")), plain)
    plan, portfolio = planned("mid")
    (tmp_path / "plan.json").write_text(json.dumps(plan.to_dict()), encoding="utf-8")
    assert "Life" in sheets(plan, portfolio)
    assert "Life" not in sheets(planner.read_plan(tmp_path / "plan.json"), portfolio)
