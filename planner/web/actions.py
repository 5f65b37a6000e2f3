"""What can be done to a portfolio on the page, and what the page is told after it.

Each action takes a session and what the page sent, changes the text of the file, and says nothing;
:func:`state_view` tells the page how things stand then.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from planner.domain.fields.finding import Location
from planner.errors import InputError, Problem
from planner.inputs.document import Document
from planner.inputs.edits import Edited, put, without
from planner.inputs.portfolio_file import parse_with_document
from planner.inputs.portfolio_warnings import portfolio_warnings
from planner.inputs.starter import starter_portfolio
from planner.inputs.xlsx.cells import CellError
from planner.inputs.xlsx.fields import OF_PROJECTS, PROJECTS, RULE_COLUMNS, RULES, SHEETS
from planner.inputs.xlsx.layout import FormField, FormSheet
from planner.inputs.yaml_source import read_yaml
from planner.web.entries import named, nested, of_one, renamed, rule_of
from planner.web.opening import NAME, QUESTIONS, Opened, from_answers
from planner.web.problems import problem_rows
from planner.web.sessions import Session
from planner.web.table import (
    PROJECT,
    RULE,
    Cell,
    cells_of,
    field_named,
    form_view,
    kind_of,
    located,
    tables_view,
    value_of,
)

__all__ = ["ACTIONS", "Refused", "data_of", "form_and_questions", "located_problems", "state_view"]

LAID_OUT_ANEW = "The layout did not allow the change in place: the file is laid out anew."
MOST_PASTED = 5_000


class Refused(Exception):  # noqa: N818 - what was asked is answered with why not
    """What was typed is not taken.

    Parameters
    ----------
    cell : Cell or None
        Where it was typed.
    message, fix : str
        Why not, and what would be.
    """

    def __init__(self, message: str, fix: str = "", cell: Cell | None = None) -> None:
        super().__init__(message)
        self.message, self.fix, self.cell = message, fix, cell


def form_and_questions() -> dict[str, object]:
    """Return what does not change: sheets and columns with their help, and the three questions."""
    asked = [
        {
            "text": question.text,
            "fields": [
                {"path": path, "title": title, "value": value, "choices": _choices(path)}
                for path, title, value in question.fields
            ],
        }
        for question in QUESTIONS
    ]
    return {"form": form_view(), "questions": asked}


def _choices(path: str) -> list[str]:
    item = field_named(PROJECTS.name, path.removeprefix("projects."))
    return list(item.choices) if item is not None else []


def state_view(session: Session) -> dict[str, object]:
    """Return how a session stands: its tables, and every mistake at its cell."""
    opened = session.opened
    base: dict[str, object] = {
        "open": opened is not None,
        "revision": session.revision,
        "name": session.name,
        "undo": len(session.undo),
        "redo": len(session.redo),
        "changed": opened is not None and session.text != opened.text,
        "notes": list(session.notes),
    }
    if opened is None:
        return base
    content = session.text.encode("utf-8")
    try:
        portfolio, document = parse_with_document(content, session.name)
    except InputError as error:
        return {**base, "text": session.text, **_with_mistakes(session, error)}
    warnings = [
        {"code": item.code, "project": item.project, "field": item.field, "message": item.message}
        for item in portfolio_warnings(portfolio)
    ]
    return {
        **base,
        "text": session.text,
        "tables": tables_view(document.data),
        "problems": [],
        "warnings": warnings,
        "currency": portfolio.currency,
        "projects": len(portfolio.projects),
        "budget": portfolio.budget,
        "cautious": portfolio.risk.is_cautious,
    }


def _with_mistakes(session: Session, error: InputError) -> dict[str, object]:
    """Return tables and mistakes of a file that cannot be planned; no tables if it is no YAML."""
    document = _document(session)
    rows = problem_rows(error)
    if document is None:
        return {"tables": None, "problems": [{**row, "cell": None} for row in rows]}
    return {"tables": tables_view(document.data), "problems": located(rows, document)}


def located_problems(
    session: Session, rows: Sequence[Mapping[str, str]]
) -> list[dict[str, object]]:
    """Return problems that planning found, at the cells of a session's tables."""
    document = _document(session)
    return [{**row, "cell": None} for row in rows] if document is None else located(rows, document)


def _document(session: Session) -> Document | None:
    return _parsed(session.text, session.name)


@lru_cache(maxsize=16)
def _parsed(text: str, name: str) -> Document | None:
    """Return what a text holds, None if it is no YAML; it is asked for several times an edit."""
    try:
        return read_yaml(text, name)[0]
    except InputError:
        return None


def data_of(session: Session) -> Any:  # noqa: ANN401 - plain data
    """Return the values of a session's file."""
    document = _document(session)
    if document is None or not isinstance(document.data, dict):
        message = "the file does not parse; mend it as text first."
        raise InputError([Problem("", message, "", session.name, "SYNTAX")])
    return document.data


def _start(session: Session, sent: Mapping[str, Any]) -> None:
    answers = sent.get("answers")
    found = answers if isinstance(answers, Mapping) else {}
    session.open(from_answers({str(key): str(value) for key, value in found.items()}))


def _demo(session: Session, _sent: Mapping[str, Any]) -> None:
    session.open(Opened(NAME, starter_portfolio()))


def _close(session: Session, _sent: Mapping[str, Any]) -> None:
    session.opened, session.first, session.notes = None, None, ()
    session.undo, session.redo = [], []
    session.change("")


def _edit(session: Session, sent: Mapping[str, Any]) -> None:
    """Set one cell; an empty one takes its field out of the file."""
    cell, item = _cell(session, sent)
    text = str(sent.get("text", "")).strip()
    if cell.column == RULE and cell.sheet == RULES.name:
        _take(session, _as_rule(session, cell, text))
        return
    if cell.column == PROJECT and not cell.location:
        _move(session, cell, text)
        return
    if not cell.location:
        raise Refused("This cell follows from another one.", cell=cell)
    value = _read(session, text, item, cell)
    if cell.sheet == RULES.name:
        value = _of_one(session, cell, value)
    edited = _set(session, cell.location, value)
    if (cell.sheet, cell.column) == (PROJECTS.name, "id") and isinstance(value, str):
        edited = renamed(edited, data_of(session), cell.location, value)
    _take(session, edited)


def _of_one(session: Session, cell: Cell, value: object) -> object:
    try:
        kind = kind_of(data_of(session)["rules"][cell.row])
        return of_one(value, kind, str(cell.location[-1]))
    except ValueError as error:
        raise Refused(str(error), cell=cell) from None


def _set(session: Session, location: Location, value: object) -> Edited:
    return without(session.text, location) if value is None else put(session.text, location, value)


def _take(session: Session, edited: Edited) -> None:
    if not edited.kept and edited.text != session.text:
        session.notes = (*session.notes, LAID_OUT_ANEW)[-3:]
    session.change(edited.text)


def _read(session: Session, text: str, item: FormField, cell: Cell | None) -> object:
    data = data_of(session)
    portfolio = data.get("portfolio")
    currency = portfolio.get("currency") if isinstance(portfolio, Mapping) else None
    try:
        return value_of(text, item, str(currency or "USD"))
    except CellError as error:
        raise Refused(str(error), error.fix, cell) from None


def _cell(session: Session, sent: Mapping[str, Any]) -> tuple[Cell, FormField]:
    sheet, row, column = str(sent.get("sheet")), sent.get("row"), str(sent.get("column"))
    item = field_named(sheet, column)
    rows = tables_view(data_of(session)).get(sheet, [])
    if item is None or not isinstance(row, int) or not 0 <= row < len(rows):
        raise Refused("There is no such cell any more.")
    for cell in cells_of(data_of(session)):
        if (cell.sheet, cell.row, cell.column) == (sheet, row, column):
            return cell, item
    if column == RULE:
        return Cell(sheet, row, column, ("rules", row)), item
    if sheet == RULES.name:
        message = (
            f"a rule {kind_of(data_of(session)['rules'][row]) or 'of no kind'} does not use it."
        )
        raise Refused(message, cell=Cell(sheet, row, column, ()))
    return Cell(sheet, row, column, ()), item


def _as_rule(session: Session, cell: Cell, kind: str) -> Edited:
    """Return the file with a rule made one of another kind; what both use stays."""
    if kind not in RULE_COLUMNS:
        known = ", ".join(RULE_COLUMNS)
        raise Refused(f"a rule is one of {known}.", cell=cell)
    entry = data_of(session)["rules"][cell.location[1]]
    before = RULE_COLUMNS.get(kind_of(entry), {})
    said = {column: entry[key] for column, key in before.items() if key in entry}
    return put(session.text, cell.location, rule_of(kind, said))


def _add(session: Session, sent: Mapping[str, Any]) -> None:
    """Add a row to a table, with the texts of some of its cells."""
    sheet = _sheet(sent)
    cells = sent.get("cells")
    texts = {str(k): str(v) for k, v in cells.items()} if isinstance(cells, Mapping) else {}
    _take(session, _with_row(session, sheet, texts))


def _with_row(session: Session, sheet: FormSheet, texts: Mapping[str, str]) -> Edited:
    values: dict[str, object] = {}
    for column, text in texts.items():
        item = field_named(sheet.name, column)
        if item is not None and text.strip() and column not in (RULE, PROJECT):
            values[column] = _read(session, text.strip(), item, None)
    data = data_of(session)
    if sheet in OF_PROJECTS:
        return _with_part(session, sheet, texts.get(PROJECT, ""), nested(values))
    if sheet is RULES:
        kind = texts.get(RULE, "") or next(iter(RULE_COLUMNS))
        entry: dict[str, object] = rule_of(kind, values) if kind in RULE_COLUMNS else {}
    else:
        entry = nested(values)
    if sheet is PROJECTS:
        entry = named(entry, data)
    return put(session.text, _end_of(data, sheet.location), entry)


def _with_part(
    session: Session, sheet: FormSheet, project: str, entry: Mapping[str, object]
) -> Edited:
    """Return the file with a run, or another entry of its own, added to a project."""
    data = data_of(session)
    projects = data.get("projects")
    known = projects if isinstance(projects, list) else []
    for at, found in enumerate(known):
        if isinstance(found, Mapping) and str(found.get("id")) == project:
            end = _end_of(found, sheet.location[1:])
            return put(session.text, ("projects", at, *end), dict(entry))
    raise Refused(f"no project has the id {project!r}.")


def _move(session: Session, cell: Cell, project: str) -> None:
    """Give an entry of one project to another."""
    sheet = next(one for one in OF_PROJECTS if one.name == cell.sheet)
    row = tables_view(data_of(session))[cell.sheet][cell.row]
    if row["cells"].get(PROJECT) == project:  # type: ignore[attr-defined]
        return
    entry = data_of(session)
    for step in row["at"]:  # type: ignore[attr-defined]
        entry = entry[step]
    after = Session(opened=session.opened, text=_with_part(session, sheet, project, entry).text)
    _remove(after, {"sheet": cell.sheet, "row": _row_at(after, cell.sheet, row["at"])})
    session.change(after.text)


def _row_at(session: Session, sheet: str, at: object) -> int:
    """Return which row of a table stands at a place of the file."""
    rows = tables_view(data_of(session))[sheet]
    return next(number for number, row in enumerate(rows) if row["at"] == at)


def _end_of(data: object, location: Location) -> Location:
    for step in location:
        data = data.get(step) if isinstance(data, Mapping) else None
    return (*location, len(data) if isinstance(data, list) else 0)


def _remove(session: Session, sent: Mapping[str, Any]) -> None:
    """Take a row out of a table."""
    sheet, row = _sheet(sent), sent.get("row")
    rows = tables_view(data_of(session))[sheet.name]
    if not isinstance(row, int) or not 0 <= row < len(rows):
        raise Refused("There is no such row any more.")
    location: Any = tuple(rows[row]["at"])  # type: ignore[arg-type]
    alone = sheet is not PROJECTS and location[-1] == 0 and _is_last(session, location[:-1])
    _take(session, without(session.text, location[:-1] if alone else location))


def _is_last(session: Session, holder: Location) -> bool:
    return _end_of(data_of(session), holder)[-1] == 1


def _paste(session: Session, sent: Mapping[str, Any]) -> None:
    """Set a block of cells, as Excel copies it: below headers it brings, or from one cell on."""
    sheet = _sheet(sent)
    lines = [line.split("\t") for line in str(sent.get("text", "")).rstrip("\r\n").splitlines()]
    if sum(map(len, lines)) > MOST_PASTED:
        raise Refused(f"at most {MOST_PASTED:,} cells are pasted at once.")
    columns, first = _pasted_columns(sheet, lines, str(sent.get("column")))
    start = _row_of(sent)
    begun = Session(opened=session.opened, text=session.text)
    for offset, line in enumerate(lines[first:]):
        texts = {
            column: text.strip() for column, text in zip(columns, line, strict=False) if column
        }
        _paste_row(begun, sheet, start + offset, texts)
    session.notes = (*session.notes, *begun.notes)[-3:]
    session.change(begun.text)


def _row_of(sent: Mapping[str, Any]) -> int:
    row = sent.get("row")
    return row if isinstance(row, int) and row >= 0 else 0


def _pasted_columns(
    sheet: FormSheet, lines: Sequence[Sequence[str]], column: str
) -> tuple[list[str], int]:
    """Return which column each pasted one is, and where the values begin."""
    named = [sheet.named(text) for text in lines[0]] if lines else []
    if sum(item is not None for item in named) * 2 > len(named):
        return ["" if item is None else ".".join(item.path) for item in named], 1
    paths = [".".join(item.path) for item in sheet.fields]
    return paths[paths.index(column) :] if column in paths else paths, 0


def _paste_row(session: Session, sheet: FormSheet, row: int, texts: Mapping[str, str]) -> None:
    rows = tables_view(data_of(session))[sheet.name]
    if row >= len(rows):
        if any(texts.values()):
            _take(session, _with_row(session, sheet, texts))
        return
    for column, text in texts.items():
        where = {"sheet": sheet.name, "row": row, "column": column, "text": text}
        if str(rows[row]["cells"].get(column, "")) != text:  # type: ignore[attr-defined]
            _edit(session, where)


def _sheet(sent: Mapping[str, Any]) -> FormSheet:
    name = str(sent.get("sheet"))
    found = next((sheet for sheet in SHEETS if sheet.name == name and sheet.is_table), None)
    if found is None:
        raise Refused("There is no such table.")
    return found


def _caution(session: Session, sent: Mapping[str, Any]) -> None:
    """Weigh the worst tenth of outcomes against the mean; a weight of 0 is the mean alone."""
    weight = sent.get("weight")
    if not isinstance(weight, int) or isinstance(weight, bool) or not 0 <= weight <= 100:
        raise Refused("a weight lies between 0 and 100 per cent.")
    here: Location = ("portfolio", "risk")
    if weight == 0:
        _take(session, without(session.text, here))
        return
    portfolio = data_of(session).get("portfolio")
    risk = portfolio.get("risk") if isinstance(portfolio, Mapping) else None
    level = risk.get("level", "90%") if isinstance(risk, Mapping) else "90%"
    _take(
        session,
        put(session.text, here, {"measure": "cvar", "level": level, "weight": f"{weight}%"}),
    )


def _text(session: Session, sent: Mapping[str, Any]) -> None:
    """Take the whole file as text."""
    session.change(str(sent.get("text", "")))


def _undo(session: Session, _sent: Mapping[str, Any]) -> None:
    session.back()


def _redo(session: Session, _sent: Mapping[str, Any]) -> None:
    session.forth()


def _compare_from_here(session: Session, _sent: Mapping[str, Any]) -> None:
    session.first = None


ACTIONS: Mapping[str, Callable[[Session, Mapping[str, Any]], None]] = {
    "start": _start,
    "demo": _demo,
    "close": _close,
    "edit": _edit,
    "add": _add,
    "remove": _remove,
    "caution": _caution,
    "paste": _paste,
    "text": _text,
    "undo": _undo,
    "redo": _redo,
    "compare": _compare_from_here,
}
