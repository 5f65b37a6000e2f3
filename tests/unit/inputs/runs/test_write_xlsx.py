"""Measured runs are added to a workbook, and nothing else in it changes."""

import io

import openpyxl
import pytest

from planner.domain.portfolio.project import Pilot
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.runs.write_yaml import add_pilots
from planner.reporting.xlsx.form import form_bytes
from tests.workbooks import Rows, saved, workbook

DATA = {
    "projects": [
        {"id": "=a", "classes": 4, "target_accuracy": "90%", "images": {"limit": 1000}},
        {"id": "b", "classes": 4, "target_accuracy": "90%", "images": {"limit": 1000},
         "pilots": [{"images": 10, "error": "50%"}]},
    ]
}  # fmt: skip
RUNS = {
    "=a": [Pilot(images=100, error=0.081, test_images=500, architecture="ResNet-50")],
    "b": [Pilot(images=20, error=1 / 3, seed=2, pretrained=False)],
}


def test_runs_are_added_below_those_there() -> None:
    """Each project has its new runs after its old ones, to the last digit a cell holds."""
    changed = add_pilots(form_bytes(DATA), "p.xlsx", RUNS)
    first, second = parse_portfolio(changed, "p.xlsx").projects
    assert first.pilots == tuple(RUNS["=a"])
    assert [run.images for run in second.pilots] == [10, 20]
    assert second.pilots[1].error == pytest.approx(1 / 3, rel=1e-15)


def test_a_missing_sheet_is_made() -> None:
    """A workbook without a sheet Pilots gets one."""
    rows: Rows = [
        ["Project", "Classes", "Target accuracy", "Images limit"],
        ["=a", 4, "90%", 1000],
        ["b", 4, "90%", 1000],
    ]
    changed = add_pilots(saved(workbook({"Projects": rows})), "p.xlsx", RUNS)
    assert [len(p.pilots) for p in parse_portfolio(changed, "p.xlsx").projects] == [1, 1]


def test_all_else_is_kept() -> None:
    """Own sheets, formulas with their results, formats, comments and lists stay."""
    source = openpyxl.load_workbook(io.BytesIO(form_bytes(DATA)))
    own = source.create_sheet("Mine")
    own["A1"], own["A2"] = "=1+1", "=Projects!A4"
    own["A1"].number_format = "0.00"
    changed = openpyxl.load_workbook(
        io.BytesIO(add_pilots(saved(source), "p.xlsx", {"b": RUNS["b"]}))
    )
    assert changed.sheetnames == source.sheetnames
    assert [cell.value for cell in changed["Mine"]["A"]] == ["=1+1", "=Projects!A4"]
    assert changed["Mine"]["A1"].number_format == "0.00"
    for name in ("Portfolio", "Projects", "Rules"):
        before, after = source[name], changed[name]
        assert [[c.value for c in row] for row in after] == [
            [c.value for c in row] for row in before
        ]
        assert after["B3"].comment == before["B3"].comment or (
            after["B3"].comment.text == before["B3"].comment.text
        )
        assert len(after.data_validations.dataValidation) == len(
            before.data_validations.dataValidation
        )
