"""What runs did a team measure? A CSV file to pilots, or every mistake in it at once."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from planner.domain.catalogue import Catalogue
from planner.domain.fields.parsers import true_or_false, word_of
from planner.domain.named_project import no_such_project
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Pilot, Project
from planner.domain.quantities import QuantityError, parse_count, parse_rate, show
from planner.domain.results.plan import Warning_
from planner.domain.suggest import did_you_mean
from planner.domain.vocabulary import Backbone, Task
from planner.domain.words.warnings import tables as words
from planner.errors import InputError
from planner.inputs.runs.columns import (
    EXAMPLE,
    MEASURES,
    OPTIONAL,
    STATUS,
    RunColumns,
    run_columns,
)
from planner.inputs.runs.doubts import (
    RunRow,
    repeat_warnings,
    run_doubts,
    unfinished_warnings,
    without_identical,
)
from planner.reference.csv_table import Cell, CsvTable, Row, read_csv

__all__ = ["MEASURES", "OPTIONAL", "RunFile", "read_runs"]

MAX_SUGGESTIONS = 20
"""Unknown names for which the nearest known one is looked up."""

_BARE_NUMBER = re.compile(r"[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+\s*%?")
_POINTED_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_NOTHING = {"", "nan", "none", "null", "n/a", "na", "-"}
_UNFINISHED = frozenset(
    ("failed", "killed", "crashed", "running", "scheduled", "pending", "preempting", "preempted",
     "canceled", "cancelled", "aborted", "queued", "error")
)  # fmt: skip
"""States in which a tracker leaves a run that did not end well."""

_ROUNDING = 5e-4  # by which an error and an accuracy of one row may differ
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class RunFile:
    """Runs of a file, with what is strange about them.

    Attributes
    ----------
    name, sha256 : str
        File name and checksum.
    runs : tuple of RunRow
        In the order of the file; identical rows are there once.
    warnings : tuple of Warning_
        What is suspected; the runs count all the same.
    notes : tuple of str
        How the file was read, where that was a choice.
    """

    name: str
    sha256: str
    runs: tuple[RunRow, ...]
    warnings: tuple[Warning_, ...]
    notes: tuple[str, ...]

    def pilots(self) -> dict[str, tuple[Pilot, ...]]:
        """Return the runs by project, in the order of the file."""
        found: dict[str, list[Pilot]] = {}
        for run in self.runs:
            found.setdefault(run.project, []).append(run.pilot)
        return {project: tuple(pilots) for project, pilots in found.items()}


def read_runs(path: Path, portfolio: Portfolio | None, catalogue: Catalogue) -> RunFile:
    """Read measured runs from a CSV file.

    Columns ``project``, ``images`` and at least one of ``error``, ``accuracy`` and ``iou`` are
    needed; each row fills one of the measures. ``test_images``, ``architecture``, ``pretrained``,
    ``backbone`` and ``seed`` may be given or left empty. Commas, semicolons or tabs separate them;
    their order is free; other columns are ignored and named in a note. Names that a tracker of
    experiments gives them are understood where they can mean one thing only, and runs that it
    says failed are left out and named.

    Parameters
    ----------
    path : Path
        UTF-8 text.
    portfolio : Portfolio or None
        Whose projects the runs are of; None checks the rest of the file alone.
    catalogue : Catalogue
        Where architectures are looked up.

    Raises
    ------
    InputError
        With every mistake, each with its line and column.
    """
    content, table = read_csv(path, EXAMPLE)
    projects = _projects(portfolio)
    columns = run_columns(table, projects or ())
    rows = list(table.records(columns.names))
    finished = [row for row in rows if not _is_unfinished(row)]
    kept = [row for row in finished if not (_is_log(table) and _is_no_run(row, columns.measures))]
    reader = _Reader(table, catalogue, columns.measures, projects)
    runs = [run for row in kept if (run := reader.run(row)) is not None]
    for measure in columns.measures:
        reader.require_one_scale(measure, [row[measure] for row in kept])
    if not kept and not table.problems:
        message = _NO_ROWS if not rows else _NO_RUN if finished else _UNFINISHED_ALONE
        table.report(Cell("", 1, 1), "", message, "EMPTY")
    table.require_sound()
    once, identical = without_identical(runs, str(path))
    unfinished = {row[STATUS].line: row[STATUS].text.strip() for row in rows if _is_unfinished(row)}
    doubts = (*repeat_warnings(once, str(path)), *run_doubts(once, projects or {}, str(path)))
    return RunFile(
        name=str(path),
        sha256=hashlib.sha256(content).hexdigest(),
        runs=once,
        warnings=(*unfinished_warnings(unfinished, str(path)), *identical, *doubts),
        notes=(*_notes(table, columns), *words.rows_no_runs(len(finished) - len(kept))),
    )


_NO_ROWS = "the file has a heading, but no rows."
_NO_RUN = "no row says both images and the error that was measured with them."
_UNFINISHED_ALONE = "every row is of a run that did not finish."


def _projects(portfolio: Portfolio | None) -> dict[str, Project] | None:
    return None if portfolio is None else {item.id: item for item in portfolio.projects}


def _is_unfinished(row: Row) -> bool:
    return STATUS in row and row[STATUS].text.strip().casefold() in _UNFINISHED


def _is_log(table: CsvTable) -> bool:
    """Whether a file says what came of projects, of which runs are a part."""
    return {"date", "spend"} <= set(table.names)


def _is_no_run(row: Row, measures: Sequence[str]) -> bool:
    """Whether a row says what was spent, and of no run."""
    return not row["images"].text.strip() or not any(row[name].text.strip() for name in measures)


def _notes(table: CsvTable, columns: RunColumns) -> Iterator[str]:
    for what, text in columns.understood.items():
        yield words.column_read_as(_unquoted(text), what)
    if columns.unused:
        yield words.columns_unused([_unquoted(name) for name in columns.unused])
    for measure in columns.measures:
        if measure != "error":
            yield words.measure_read_as_error(measure)
    if table.separator != ",":
        yield words.separated_by(table.separator_name)


def _unquoted(text: str) -> str:
    """Return what a cell says as messages show it, without quotes."""
    return show(text).strip('"')


@dataclass
class _Reader:
    """Reads rows one by one; what is wrong goes to the table."""

    table: CsvTable
    catalogue: Catalogue
    measures: tuple[str, ...]
    projects: Mapping[str, Project] | None
    suggestions: int = MAX_SUGGESTIONS
    architectures: dict[str, str] = field(default_factory=dict)

    def run(self, row: Row) -> RunRow | None:
        """Return one row's run; None if any of its cells is wrong."""
        before = self.table.mistakes
        identity = self.project(row["project"])
        project = (self.projects or {}).get(identity or "")
        measure = self.measure(row, project)
        values: dict[str, Any] = {
            "images": self.value(row, "images", _at_least_one_image),
            "error": self.value(row, measure, partial(_as_error, measure=measure)),
            "test_images": self.value(row, "test_images", _at_least_one_image),
            "architecture": self.architecture(row),
            "pretrained": self.value(row, "pretrained", _flag),
            "backbone": self.value(row, "backbone", lambda text: word_of(Backbone)(text.lower())),
            "seed": self.value(row, "seed", _seed),
        }
        self.check_together(row, values, measure, project)
        if self.table.mistakes > before or identity is None:
            return None
        return RunRow(identity, Pilot(**values), row["project"].line)

    def value[T](self, row: Row, name: str, parse: Callable[[str], T]) -> T | None:
        """Return what a cell says; None where it is empty and may be, or wrong."""
        cell = row.get(name)
        text = cell.text.strip() if cell else ""
        if cell is None or (text.casefold() in _NOTHING and name in OPTIONAL):
            return None
        return self.table.value(cell, name, parse)

    def measure(self, row: Row, project: Project | None) -> str:
        """Return the measure that a row fills; of several, the one that its project asks for."""
        filled = [name for name in self.measures if row[name].text.strip()]
        other = {Task.SEGMENTATION: "accuracy", Task.CLASSIFICATION: "iou"}
        if project is not None:
            filled = [name for name in filled if name != other[project.task]] or filled
        if len(filled) > 1:
            self.require_agreement([(name, row[name]) for name in filled])
        return (filled or self.measures)[0]

    def require_agreement(self, cells: Sequence[tuple[str, Cell]]) -> None:
        """Report measures of one row that say different things."""
        (first, cell), *others = cells
        with suppress(QuantityError):  # which is reported where the first is read
            error = _as_error(cell.text.strip(), first)
            for name, other in others:
                said = self.value({name: other}, name, partial(_as_error, measure=name))
                if said is not None and abs(said - error) > _ROUNDING:
                    pair = f"{first} {cell.text.strip()} and {name} {other.text.strip()}"
                    message = f"{pair} say different things; keep one of them."
                    self.table.report(other, name, message, "CONTRADICTION")

    def project(self, cell: Cell) -> str | None:
        """Return the id that a cell names."""
        name = cell.text if self.projects and cell.text in self.projects else cell.text.strip()
        if not name:
            self.table.report(cell, "project", "the cell is empty.", "MISSING")
            return None
        if self.projects is None or name in self.projects:
            return name
        fix = ""
        if self.suggestions > 0:  # each compares with every id
            self.suggestions -= 1
            fix = did_you_mean(name, self.projects)
        message = no_such_project(name, self.projects)
        self.table.report(cell, "project", message, "UNKNOWN_NAME", fix)
        return None

    def architecture(self, row: Row) -> str | None:
        """Return the catalogue's name of the architecture that a row names."""
        cell = row.get("architecture")
        name = cell.text.strip() if cell else ""
        if cell is None or name.casefold() in _NOTHING:
            return None
        if name not in self.architectures:
            try:
                self.architectures[name] = self.catalogue.architecture(name).name
            except InputError as error:
                problem = error.problems[0]
                self.table.report(cell, "architecture", problem.message, problem.code, problem.fix)
        return self.architectures.get(name)

    def check_together(
        self, row: Row, values: Mapping[str, Any], measure: str, project: Project | None
    ) -> None:
        """Report cells that contradict each other or the project."""
        backbone = values["backbone"] or (project.backbone if project else None)
        if backbone is Backbone.FROZEN and values["pretrained"] is False:
            whose = "" if values["backbone"] else " (the project's)"
            message = f"a frozen backbone{whose} needs pretrained weights."
            self.table.report(row["pretrained"], "pretrained", message, "CONTRADICTION", "true")
        cell = row[measure]
        if values["error"] == 0.0 and values["test_images"] is None and _may_be_empty(row):
            message = (
                "no error, among how many test images? Without their number that says nothing: "
                "0 of 20 and 0 of 20,000 are not the same."
            )
            fix = "a column test_images with the number the error was measured on"
            self.table.report(cell, measure, message, "ERROR_ZERO", fix)
        self.check_measure(cell, measure, project)

    def check_measure(self, cell: Cell, measure: str, project: Project | None) -> None:
        """Report a measure that is not the one of the project's task."""
        if project is None:
            return
        if measure == "iou" and project.task is Task.CLASSIFICATION:
            message = f"IoU measures segmentation; {show(project.id)} is classification."
            self.table.report(cell, "iou", message, "WRONG_MEASURE", "a column error or accuracy")
        if measure == "accuracy" and project.task is Task.SEGMENTATION:
            message = (
                f"{show(project.id)} is segmentation: its error is 1 − mean IoU, and accuracy of "
                "pixels is another measure."
            )
            self.table.report(cell, "accuracy", message, "WRONG_MEASURE", "a column iou or error")

    def require_one_scale(self, measure: str, cells: Sequence[Cell]) -> None:
        """Report bare numbers above 1 and below 1 in one column: one of them misses its sign."""
        bare = [(cell, _bare(cell)) for cell in cells]
        fractions = [cell for cell, number in bare if number is not None and 0 < number < 1]
        percents = [cell for cell, number in bare if number is not None and number > 1]
        if not fractions or not percents:
            return
        odd, usual = (
            (fractions, percents) if len(fractions) <= len(percents) else (percents, fractions)
        )
        example = f"{usual[0].text.strip()} in line {usual[0].line}"
        for cell in odd:
            text = cell.text.strip().replace(",", ".")
            message = f"{text} beside {example}: the column mixes fractions and per cent."
            fix = f"{text}%"
            if odd is fractions:
                percent = f"{float(text) * 100:.6g}"
                message += f" It may mean {text} % or {percent} %."
                fix += f" or {percent}%"
            self.table.report(cell, measure, message, "AMBIGUOUS", fix)


def _may_be_empty(row: Row) -> bool:
    """Tell whether the number of test images is absent rather than wrong."""
    return "test_images" not in row or row["test_images"].text.strip().casefold() in _NOTHING


def _as_error(text: str, measure: str) -> float:
    """Return the error that a cell of a measure's column says."""
    # A comma in a share can only be decimal: no share has thousands.
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    share = parse_rate(text)
    return share if measure == "error" else round(1.0 - share, 12)


def _bare(cell: Cell) -> float | None:
    """Return a number without a sign of its unit."""
    text = cell.text.strip().replace(",", ".")
    return float(text) if _BARE_NUMBER.fullmatch(text) else None


def _at_least_one_image(text: str) -> int:
    if _POINTED_THOUSANDS.fullmatch(text):
        whole = text.replace(".", "")
        message = f"{show(text)} may have points between thousands"
        raise QuantityError(message, whole)
    count = parse_count(text)
    if count < 1:
        message = f"got {show(text)}; a run needs at least 1 image"
        raise QuantityError(message)
    return count


def _flag(text: str) -> bool:
    return true_or_false(_FLAGS.get(text.casefold(), text))


def _seed(text: str) -> int:
    try:
        return parse_count(text)
    except QuantityError:
        message = f"got {show(text)}; a seed is a whole number of at least 0"
        raise QuantityError(message) from None
