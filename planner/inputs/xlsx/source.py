"""A workbook as plain values with places: the same values a YAML file would give.

Each sheet of the form becomes a part of the file; a message names the cell, such as
``Projects!F7``. Other sheets are the author's own and not read; one whose name is nearly that of a
sheet of the form that is missing is a mistake.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from planner.domain.fields.declared import section_of
from planner.domain.portfolio.rules import NAMES_ONE, RULE_KINDS
from planner.domain.quantities import DEFAULT_CURRENCY, show
from planner.domain.suggest import did_you_mean, one_meant
from planner.errors import InputError, Problem
from planner.inputs.document import Finding, Location, Mark
from planner.inputs.xlsx.document import ROWS, WorkbookDocument
from planner.inputs.xlsx.fields import (
    ARCHITECTURES,
    OF_PROJECTS,
    PERIODS,
    PILOTS,
    PORTFOLIO,
    PRICES,
    PROJECTS,
    RULE_COLUMNS,
    RULES,
    SHARED,
    SHEETS,
    sheet_named,
)
from planner.inputs.xlsx.layout import EXAMPLE, FormSheet
from planner.inputs.xlsx.open import Grid, read_grids
from planner.inputs.xlsx.tables import CellValue, Note, SheetRow, TableReader

__all__ = ["read_xlsx"]


def read_xlsx(content: bytes, name: str) -> tuple[WorkbookDocument, list[Finding]]:
    """Return the values of a workbook with the cell of each, and what is wrong with its layout.

    Parameters
    ----------
    content : bytes
        Of an ``.xlsx`` file.
    name : str
        The file as the user named it.

    Returns
    -------
    tuple of WorkbookDocument and list of Finding
        Findings are headers that are missing, misspelt or given twice; values that stand under no
        header; merged cells; dates, errors and formulas without results.

    Raises
    ------
    InputError
        It is no workbook that can be opened, or none of its sheets is of the form.
    """
    wanted = {spelling.lower() for sheet in SHEETS for spelling in (sheet.name, *sheet.aliases)}
    everything, grids = read_grids(content, name, wanted)
    _require_projects(everything, grids, name)
    builder = _Builder(name, tuple(grid.name for grid in grids))
    found = {id(sheet_named(grid.name)): (index, grid) for index, grid in enumerate(grids)}
    for sheet in (PORTFOLIO, PERIODS, ARCHITECTURES, PRICES, PROJECTS, *OF_PROJECTS, SHARED, RULES):
        if id(sheet) in found:
            builder.read(sheet, *found[id(sheet)])
    return builder.document(), [*builder.located(), *_misspelt_sheets(everything, grids)]


def _require_projects(everything: list[str], grids: list[Grid], name: str) -> None:
    if any(sheet_named(grid.name) is PROJECTS for grid in grids):
        return
    near = one_meant(PROJECTS.name, everything)
    has = ", ".join(show(sheet) for sheet in everything[:5])
    fix = (
        f"rename the sheet {show(near)} to {PROJECTS.name}"
        if near
        else "planner init --xlsx -o portfolio.xlsx writes a form to fill in"
    )
    message = f"the workbook has no sheet {PROJECTS.name}; it has {has}."
    raise InputError([Problem("", message, fix, name, "MISSING")])


def _misspelt_sheets(everything: list[str], grids: list[Grid]) -> Iterator[Finding]:
    """Yield a finding for each sheet whose name is nearly that of a missing one."""
    present = [sheet_named(grid.name) for grid in grids]
    missing = [sheet.name for sheet in SHEETS if sheet not in present]
    for title in everything:
        near = one_meant(title, missing) if sheet_named(title) is None else ""
        if near and _is_near(title, near):
            message = f"the sheet {show(title)} is not read, but its name is nearly {near}."
            fix = f"rename it to {near}, or to something else if it is your own"
            yield Finding((), message, fix, "UNKNOWN_FIELD")


def _is_near(title: str, known: str) -> bool:
    """Tell a slip of the pen from another word of similar letters."""
    from difflib import SequenceMatcher

    one, other = title.strip().casefold(), known.casefold()
    return one[:1] == other[:1] and SequenceMatcher(None, one, other).ratio() >= 0.75


@dataclass
class _Builder:
    """Puts values of sheets where they belong in the file."""

    name: str
    sheets: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=lambda: {"version": 1})
    values: dict[Location, Mark] = field(default_factory=dict)
    blanks: dict[Location, Mark] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unlisted: int = 0
    unreadable: set[Location] = field(default_factory=set)

    def document(self) -> WorkbookDocument:
        return WorkbookDocument(
            self.name,
            self.data,
            self.values,
            unreadable=frozenset(self.unreadable),
            sheets=self.sheets,
            blanks=self.blanks,
            unlisted=self.unlisted,
        )

    def located(self) -> list[Finding]:
        """Return the findings with the field of those at a cell that could not be read."""
        fields = {
            self.values[location]: location for location in self.unreadable & set(self.values)
        }
        return [
            replace(finding, location=fields.get(finding.mark, ()))
            if finding.mark and not finding.location
            else finding
            for finding in self.findings
        ]

    def read(self, sheet: FormSheet, index: int, grid: Grid) -> None:
        currency = str(self.data.get("portfolio", {}).get("currency", DEFAULT_CURRENCY))
        reader = TableReader(grid, sheet, currency)
        origin = index * ROWS
        if not sheet.is_table:
            self.put_all((), reader.fields(), origin)
        else:
            entries = reader.entries()
            if sheet.of_projects:
                self.of_projects(sheet, entries, origin)
            elif sheet is RULES:
                self.rules(entries, origin)
            else:
                self.entries(sheet, entries, origin)
        self.findings += [_finding(note, origin) for note in reader.notes]
        self.unlisted += reader.unlisted
        if sheet is PROJECTS and not self.data.get("projects"):
            self.say_no_projects(bool(reader.notes), origin)

    def put_all(self, location: Location, entry: SheetRow, origin: int) -> None:
        """Put the values of an entry; remember where missing ones belong."""
        for path, value in entry.values.items():
            self.put((*location, *path), value, origin)

    def put(self, location: Location, value: CellValue, origin: int) -> None:
        mark = (origin + value.mark[0], value.mark[1])
        if value.unreadable:
            self.unreadable.add(location)
        if value.value is None and not value.unreadable:
            self.blanks.setdefault(location, mark)
            return
        self.holder(location[:-1], mark)[location[-1]] = value.value
        self.values[location] = mark
        if isinstance(value.value, dict | list):
            keys = value.value if isinstance(value.value, dict) else range(len(value.value))
            self.values.update({(*location, key): mark for key in keys})

    def add(self, location: Location, entry: SheetRow, origin: int) -> Location:
        """Add an empty entry to a list and return its location."""
        mark = (origin + entry.row, min(value.mark[1] for value in entry.values.values()))
        holder = self.holder(location[:-1], mark).setdefault(location[-1], [])
        self.values.setdefault(location, mark)
        holder.append({})
        here = (*location, len(holder) - 1)
        self.values[here] = mark
        return here

    def holder(self, location: Location, mark: Mark) -> Any:  # noqa: ANN401 - a mapping or a list
        """Return what holds the values below a location; mappings are made where they lack."""
        holder: Any = self.data
        for depth, step in enumerate(location, 1):
            self.values.setdefault(location[:depth], mark)
            holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
        return holder

    def entries(self, sheet: FormSheet, entries: list[SheetRow], origin: int) -> None:
        for entry in entries:
            here = self.add(sheet.location, entry, origin)
            if sheet is PROJECTS:
                limit = entry.values.get(("images", "limit"))
                column = limit.mark[1] if limit else 1
                self.put((*here, "images"), CellValue({}, (entry.row, column)), origin)
            self.put_all(here, entry, origin)

    def of_projects(self, sheet: FormSheet, entries: list[SheetRow], origin: int) -> None:
        """Put entries, such as measured runs, under the projects they name."""
        index: dict[object, int] = {}
        for at, project in enumerate(self.data.get("projects", ())):
            index.setdefault(project.get("id"), at)
        for entry in entries:
            named = entry.values.get(("project",))
            if named is None or named.value is None or named.value not in index:
                self.say_unknown_project(sheet, named, entry, index, origin)
                continue
            at = index[named.value]
            here = self.add(("projects", at, *sheet.location[1:]), entry, origin)
            rest = {path: value for path, value in entry.values.items() if path != ("project",)}
            self.put_all(here, SheetRow(entry.row, rest), origin)

    def rules(self, entries: list[SheetRow], origin: int) -> None:
        for entry in entries:
            here = self.add(("rules",), entry, origin)
            kind = entry.values.get(("rule",))
            columns = RULE_COLUMNS.get(str(kind.value)) if kind else None
            if columns is None or kind is None:
                self.unreadable.add(here)
                self.say_unknown_rule(kind, entry, origin)
                continue
            self.rule(here, str(kind.value), columns, entry, origin)

    def rule(
        self, here: Location, kind: str, columns: Mapping[str, str], entry: SheetRow, origin: int
    ) -> None:
        """Put one rule; what it lacks, and cells it does not use, are mistakes."""
        for (name,), value in entry.values.items():
            if name == "rule":
                continue
            header = next(item.header for item in RULES.fields if item.path == (name,))
            mark = (origin + value.mark[0], value.mark[1])
            is_filled = value.value is not None or value.unreadable
            if name in columns:
                wanted = columns[name]
                self.put((*here, wanted), self.of_one(value, wanted, mark), origin)
                if not is_filled and wanted in _NEEDED:
                    self.unreadable.add(here)
                    self.findings.append(
                        Finding(here, f"rule {kind} needs {header}.", code="MISSING", mark=mark)
                    )
            elif is_filled:
                message = f"rule {kind} does not use {header}; clear the cell."
                self.findings.append(Finding(here, message, code="UNKNOWN_FIELD", mark=mark))

    def of_one(self, value: CellValue, wanted: str, mark: Mark) -> CellValue:
        """Return the value of a field that takes one project, of which a cell may list several."""
        if wanted not in NAMES_ONE or not isinstance(value.value, list):
            return value
        if len(value.value) == 1:
            return CellValue(value.value[0], value.mark)
        message = f"rule {wanted} takes one project; write a rule for each."
        self.findings.append(Finding((), message, mark=mark))
        return CellValue(None, value.mark, unreadable=True)

    def say_no_projects(self, has_notes: bool, origin: int) -> None:
        self.data["projects"] = []
        self.unreadable.add(("projects",))
        if not has_notes:
            message = f"no project is filled in; rows that begin with {EXAMPLE} are not read."
            fix = "write one project to a row of sheet Projects"
            self.findings.append(
                Finding(("projects",), message, fix, "MISSING", mark=(origin + 1, 1))
            )

    def say_unknown_project(
        self,
        sheet: FormSheet,
        named: CellValue | None,
        entry: SheetRow,
        index: Mapping[object, int],
        origin: int,
    ) -> None:
        mark = (origin + entry.row, named.mark[1] if named else 1)
        if named is None or named.value is None:
            message, fix = f"the {'run' if sheet is PILOTS else 'row'} names no project.", ""
        else:
            message = f"no project has the id {show(named.value)}."
            known = [str(name) for name in index if isinstance(name, str)]
            fix = did_you_mean(str(named.value), known) if len(known) <= 1000 else ""
        ids = {location[-1:] for location in self.unreadable}
        if ("id",) not in ids and (named is None or not named.unreadable):
            self.findings.append(Finding((), message, fix, "UNKNOWN_NAME", mark=mark))

    def say_unknown_rule(self, kind: CellValue | None, entry: SheetRow, origin: int) -> None:
        if kind is not None and kind.unreadable:
            return
        mark = (origin + entry.row, kind.mark[1] if kind else 1)
        known = ", ".join(RULE_COLUMNS)
        if kind is None or kind.value is None:
            message, fix = f"this row names no rule; a rule is one of {known}.", ""
        else:
            message = f"got {show(kind.value)}; a rule is one of {known}."
            fix = did_you_mean(str(kind.value), list(RULE_COLUMNS))
        self.findings.append(Finding((), message, fix, mark=mark))


_NEEDED = frozenset(
    key
    for record in RULE_KINDS.values()
    for key, field in section_of(record).in_file.items()
    if field.required
)
"""Fields without which a rule says nothing."""


def _finding(note: Note, origin: int) -> Finding:
    mark = (origin + note.mark[0], note.mark[1])
    return Finding((), note.message, note.fix, note.code, mark=mark)
