"""The Excel form of a portfolio file: what ``planner init --xlsx`` writes.

Every field has its cell, with its unit, a drop-down list or a limit, and help that shows when the
cell is chosen. The layout is declared in :mod:`planner.inputs.xlsx.fields`; the sheet Help says
it to the person who fills in the form.
"""

from collections.abc import Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from planner.domain.fields.declared import Kind
from planner.inputs.xlsx.fields import PROJECTS, RULE_COLUMNS, SHEETS
from planner.inputs.xlsx.layout import EXAMPLE, FormField, FormSheet
from planner.inputs.xlsx.save import workbook_bytes
from planner.reference.tables import load_catalogue
from planner.reporting.xlsx import look
from planner.reporting.xlsx.form_values import cell_value
from planner.reporting.xlsx.look import Sheet

__all__ = ["form_bytes"]

_FIRST = 4  # row of the first entry; title, hint and headers stand above it
_READY = 25  # rows that look ready to be filled in
_LAST = 5000  # rows with drop-down lists and limits
_FORMATS = {
    Kind.TEXT: look.TEXT,
    Kind.NAMES: look.TEXT,
    Kind.COUNTS: look.TEXT,
    Kind.BASELINE: look.TEXT,
    Kind.COUNT: "#,##0",
    Kind.MONEY: "#,##0.00",
    Kind.PRICE: "#,##0.00##",
    Kind.SHARE: "0.0%",
    Kind.SHARES: "0.0%",
    Kind.CHANGE: "0.0%",
}
_HOW_TO = (
    "Fill in the pale cells. Sheet Projects is needed, and for a plan a budget (sheet Portfolio).",
    "Then: planner check FILE.xlsx, and planner plan FILE.xlsx --xlsx results.xlsx",
    "Shares: 94%, or 0.94, or 94. In a cell that Excel shows per cent, what Excel shows counts.",
    "Amounts: plain numbers in the one currency of sheet Portfolio; 20k and 5M are read, too.",
    "Ranges: 0.30..0.45 is P10..P90: in 9 of 10 cases not below 0.30, in 9 of 10 not above 0.45.",
    "Several names: separated by commas. A name that holds a comma stands in double quotes.",
    "Class counts: ok: 9000, torn: 800, missing: 200. No commas inside the numbers.",
    f"Rows that begin with {EXAMPLE} are shown, not read: type over them or leave them.",
    "Rows and columns may be moved, rows left empty, hidden rows are read like any other.",
    "Your own remarks: in a column under the header Notes, or under one that begins with #.",
    "Your own sheets are not read. Formulas count with the result they had when last saved.",
    "Do not merge cells. Messages name the cell they are about, such as Projects!F7.",
)


def form_bytes(data: Mapping[str, Any] | None = None) -> bytes:
    """Return the form as the bytes of an ``.xlsx`` file.

    Parameters
    ----------
    data : mapping, optional
        Content of a portfolio file as plain values, which is filled in; an empty form with an
        example in each table unless given.
    """
    workbook = Workbook()
    workbook.remove(workbook.active)
    for sheet in SHEETS:
        target = workbook.create_sheet(sheet.name)
        if sheet.is_table:
            _write_table(target, sheet, data)
        else:
            _write_fields(target, sheet, data)
    _write_help(workbook.create_sheet("Help"))
    _write_lists(workbook.create_sheet("Lists"))
    return workbook_bytes(workbook)


def _write_fields(target: Sheet, sheet: FormSheet, data: Mapping[str, Any] | None) -> None:
    """Write a sheet with a field to a row."""
    row = look.headline(target, sheet.name, sheet.hint)
    look.widths(target, (28, 30, 14, 34, 90))
    look.header_row(target, row, ("Field", "Value", "Unit", "If empty", "What to write"))
    for offset, item in enumerate(sheet.fields):
        at = _FIRST + offset
        look.put(target, at, 1, item.header, bold=True)
        value = cell_value(_at(data, item.path), item)
        if value is None and item.path == ("version",):
            value = 1
        cell = look.put(target, at, 2, value, _number_format(item))
        look.boxed(cell, is_input=True)
        cell.alignment = Alignment(horizontal="left", vertical="top")
        for column, text in ((3, item.unit), (4, item.default), (5, item.help)):
            look.put(target, at, column, text, wrap=column == 5)
        _validate(target, item, f"B{at}")
    look.finish(target, freeze=f"B{_FIRST}", repeat=row)


def _write_table(target: Sheet, sheet: FormSheet, data: Mapping[str, Any] | None) -> None:
    """Write a sheet with an entry to a row, and a last column for notes."""
    row = look.headline(target, sheet.name, sheet.hint)
    look.widths(target, [*(item.width for item in sheet.fields), 30])
    look.header_row(target, row, [*(item.title for item in sheet.fields), "Notes"])
    entries = _entries(sheet, data)
    for column, item in enumerate(sheet.fields, 1):
        letter = get_column_letter(column)
        help_text = f"{item.help}{f' If empty: {item.default}.' if item.default else ''}"
        comment = Comment(help_text, "planner", width=320, height=110)
        target.cell(row, column).comment = comment
        _validate(target, item, f"{letter}{_FIRST}:{letter}{_LAST}")
        target.column_dimensions[letter].number_format = _number_format(item)
        for offset in range(max(_READY, len(entries))):
            value = (
                cell_value(_at(entries[offset], item.path), item) if offset < len(entries) else None
            )
            cell = look.put(target, _FIRST + offset, column, value, _number_format(item))
            look.boxed(cell, is_input=True)
    if data is None:
        _write_example(target, sheet)
    look.finish(target, freeze=f"B{_FIRST}", repeat=row)


def _write_example(target: Sheet, sheet: FormSheet) -> None:
    for column, item in enumerate(sheet.fields, 1):
        value: Any = f"{EXAMPLE} {item.example}" if column == 1 else item.example
        cell = look.put(target, _FIRST, column, value, _number_format(item))
        look.boxed(cell)
        look.faint(cell)
    if sheet.fields[0].kind is Kind.WORD:
        return
    look.faint(look.put(target, _FIRST, len(sheet.fields) + 1, "an example: not read"))


def _entries(sheet: FormSheet, data: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Return the rows of a table, as plain values by column."""
    if data is None:
        return []
    if sheet.of_projects:
        return [
            {"project": project.get("id"), **entry}
            for project in data.get("projects", ())
            for entry in _listed(project, sheet.location[1:])
        ]
    found = _at(data, sheet.location)
    entries: list[Mapping[str, Any]] = found if isinstance(found, list) else []
    return [_rule_row(entry) for entry in entries] if sheet.location == ("rules",) else entries


def _listed(project: Mapping[str, Any], path: tuple[str, ...]) -> list[Mapping[str, Any]]:
    found = _at(project, path)
    return found if isinstance(found, list) else []


def _rule_row(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a rule by the columns of the form."""
    kind = next(name for name in RULE_COLUMNS if name in rule)
    columns = RULE_COLUMNS[kind]
    return {"rule": kind, **{column: rule.get(name) for column, name in columns.items()}}


def _at(data: object, path: tuple[str, ...]) -> object:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _number_format(item: FormField) -> str:
    return (
        look.NUMBER
        if item.path == ("compute", "usd_per_flop")
        else _FORMATS.get(item.kind, look.NUMBER)
    )


def _validate(target: Sheet, item: FormField, cells: str) -> None:
    """Give cells their drop-down list or limit, and the help that shows when one is chosen."""
    rule = DataValidation(**_limits(item), allow_blank=True)
    rule.promptTitle, rule.prompt = item.header.removesuffix(" *")[:32], item.help[:255]
    rule.showInputMessage = rule.showErrorMessage = True
    rule.errorTitle = "Not what is expected"
    target.add_data_validation(rule)
    rule.add(cells)


def _limits(item: FormField) -> dict[str, Any]:
    words = item.choices or (("TRUE", "FALSE") if item.kind is Kind.YES_NO else ())
    if words:
        return {"type": "list", "formula1": f'"{",".join(words)}"', "error": ", ".join(words)[:255]}
    if item.path == ("compute", "accelerator"):
        return {"type": "list", "formula1": "Lists!$B$4:$B$200", "errorStyle": "warning"}
    if item.path in (("project",), ("needs",)):
        last = f"{PROJECTS.name}!$A${_FIRST}:$A${_LAST}"
        return {"type": "list", "formula1": last, "errorStyle": "warning"}
    match item.kind:
        case Kind.COUNT:
            least = "2" if item.path == ("classes",) else "0"
            error = f"A whole number of at least {least}."
            return _limit("whole", "greaterThanOrEqual", least, error)
        case Kind.MONEY | Kind.AMOUNT:
            return _limit("decimal", "greaterThanOrEqual", "0", "A number of at least 0.")
        case Kind.NUMBER:
            return _limit("decimal", "greaterThan", "0", "A number above 0.")
        case Kind.SHARE:
            limit = _limit("decimal", "between", "0", "A share between 0 % and 100 %.")
            return {**limit, "formula2": "1"}
        case Kind.TEXT:
            return _limit("textLength", "lessThanOrEqual", "300", "At most 300 characters.")
        case _:
            return {}


def _limit(kind: str, operator: str, value: str, error: str) -> dict[str, Any]:
    return {"type": kind, "operator": operator, "formula1": value, "error": error}


def _write_help(target: Sheet) -> None:
    row = look.headline(target, "Help", "How to fill in this form, and what each field means.")
    look.widths(target, (14, 30, 34, 34, 100))
    for sentence in _HOW_TO:
        look.put(target, row, 1, f"• {sentence}")
        row += 1
    columns = [
        (name, look.NUMBER)
        for name in ("Sheet", "Field", "Name in a YAML file", "If empty", "Meaning")
    ]
    rows = [
        (sheet.name, item.title, ".".join((*sheet.location, *item.path)), item.default, item.help)
        for sheet in SHEETS
        for item in sheet.fields
    ]
    look.table(target, row + 1, columns, rows)
    look.finish(target)


def _write_lists(target: Sheet) -> None:
    catalogue = load_catalogue()
    look.headline(target, "Lists", "Names that the tables know. This sheet is not read.")
    look.widths(target, (34, 34))
    look.header_row(target, 3, ("Architectures", "Accelerators"))
    architectures = [item.name for item in catalogue.architectures]
    accelerators = [item.name for item in catalogue.accelerators]
    for column, names in enumerate((architectures, accelerators), 1):
        for offset, name in enumerate(names):
            look.put(target, 4 + offset, column, name)
    look.finish(target, freeze="A4", repeat=3)
