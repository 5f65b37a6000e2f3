"""The Excel form: complete, helpful, the same bytes each time."""

import io

import openpyxl

from planner.domain.fields.declared import Kind
from planner.inputs.xlsx.fields import SHEETS
from planner.reporting.xlsx.form import form_bytes


def test_every_cell_to_fill_in_has_help() -> None:
    """Each field shows its help when its cell is chosen; closed lists drop down."""
    book = openpyxl.load_workbook(io.BytesIO(form_bytes()))
    for sheet in SHEETS:
        rules = book[sheet.name].data_validations.dataValidation
        prompts = {rule.prompt: rule for rule in rules}
        for item in sheet.fields:
            rule = prompts[item.help[:255]]
            if item.choices:
                assert rule.formula1 == '"' + ",".join(item.choices) + '"'
                assert len(rule.formula1) <= 257
            elif item.kind is Kind.COUNT:
                assert rule.type == "whole"


def test_tables_have_units_frozen_headers_and_an_example() -> None:
    """Headers say units and stay in view; the example shows every column that needs one."""
    book = openpyxl.load_workbook(io.BytesIO(form_bytes()))
    for sheet in SHEETS:
        target = book[sheet.name]
        assert target.freeze_panes == "B4"
        if sheet.is_table:
            titles = [cell.value for cell in target[3]]
            assert titles == [*(item.title for item in sheet.fields), "Notes"]
            assert str(target["A4"].value).startswith("(example)")


def test_the_form_is_the_same_each_time() -> None:
    """No time of writing, no order of sets: the same bytes."""
    assert form_bytes() == form_bytes()
