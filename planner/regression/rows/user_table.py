"""Can a user's table of measured results be fitted, and if not, what exactly is wrong with it?

Every mistake is found in one pass and named with its line and column.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from planner.domain.portfolio.project import FROZEN_FROM_SCRATCH
from planner.domain.quantities import QuantityError, parse_number
from planner.domain.suggest import one_meant
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError, Problem
from planner.reference.csv_table import Cell, CsvTable, Row, read_csv
from planner.regression.rows.architectures import canonical_architecture, known_covariates
from planner.regression.rows.observations import Observation
from planner.regression.rows.shipped import chance_error, is_excluded, uniform_complexity

REQUIRED = ("dataset", "task", "architecture", "n_train", "pretrained", "error")
SIZES = ("n_classes", "relative_complexity")
OPTIONAL = ("study", "pretraining", "backbone", "test_images")
DESCRIPTIVE = ("domain", "metric", "notes", "split_hint", "source", "source_date")
KNOWN = (*REQUIRED, *SIZES, *OPTIONAL)

MAX_BYTES = 20_000_000
MAX_ROWS = 5_000
MAX_NAME = 300

HEADER = "dataset,task,architecture,n_classes,n_train,pretrained,error"

_TRUE, _FALSE = ("1", "true", "yes"), ("0", "false", "no")

# A little above the majority guess is bad luck; far above it is most likely an accuracy.
_ABOVE_CHANCE = 1.05


@dataclass(frozen=True)
class UserTable:
    """A user's results, checked.

    Attributes
    ----------
    observations : tuple of Observation
        In the order of the file.
    unused_columns : tuple of str
        Columns that no model uses.
    n_excluded : int
        Rows dropped because they are shipped rows that the documented rules drop.
    further : mapping of str to tuple of str
        Text of the columns that no model uses, one for each observation.
    """

    observations: tuple[Observation, ...]
    unused_columns: tuple[str, ...] = ()
    n_excluded: int = 0
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_user_table(path: Path, shipped: Sequence[Observation] = ()) -> UserTable:
    """Read and check a table of measured results.

    Parameters
    ----------
    path : Path
        CSV with a header. Required columns: ``dataset``, ``task``, ``architecture``, ``n_train``,
        ``pretrained``, ``error`` and one of ``n_classes`` and ``relative_complexity``; optional:
        ``study``, ``pretraining``, ``backbone``, ``test_images``.
    shipped : sequence of Observation
        Rows it will be fitted with; a repeated result or a contradiction is a mistake.

    Raises
    ------
    InputError
        With every mistake found in one pass.
    """
    _, table = read_csv(path, HEADER, most_bytes=MAX_BYTES)
    header = _check_header(table)
    rows = list(table.records(header))
    if len(rows) > MAX_ROWS:
        message = f"the file has {len(rows):,} rows; at most {MAX_ROWS:,} can be fitted."
        raise InputError([Problem("", message, place=str(path), code="FILE")])
    kept = [row for row in rows if not _is_dropped(row)]
    found = [(row, _read_row(table, row)) for row in kept]
    good = [(row["dataset"].line, each) for row, each in found if each is not None]
    _check_together(table, good, shipped)
    table.require_sound()
    if not good:
        _wrong(table, 2, "", "the table has no rows that can be fitted.")
        table.require_sound()
    unused = tuple(h for h in header if h and h not in (*KNOWN, *DESCRIPTIVE))
    return UserTable(
        observations=tuple(observation for _, observation in good),
        unused_columns=unused,
        n_excluded=len(rows) - len(kept),
        further={name: tuple(row[name].text.strip() for row in kept) for name in unused},
    )


def _wrong(
    table: CsvTable, line: int, column: str, message: str, fix: str = "", code: str = "BAD_VALUE"
) -> None:
    """Report a mistake of a whole line."""
    table.report(Cell("", line, 1), column, message, code, fix)


def _check_header(table: CsvTable) -> tuple[str, ...]:
    """Return the names of the columns; report missing, repeated and misspelt ones."""
    known = (*KNOWN, *DESCRIPTIVE)
    for choice in (*((name,) for name in REQUIRED), SIZES):
        table.require_one(choice, known)
    table.require_each_once(table.names, known)
    absent = [name for name in (*SIZES, *OPTIONAL) if name not in table.names]
    for name, cell in zip(table.names, table.heading, strict=True):
        near = one_meant(name, absent) if name not in known and not table.problems else ""
        if near:
            message = f"unknown column, which would be left out; is it {near!r}?"
            table.report(cell, name, message, "UNKNOWN_COLUMN", near)
    table.require_sound()
    return table.names


def _texts(cells: Row) -> dict[str, str]:
    return {name: cell.text.strip() for name, cell in cells.items()}


def _is_dropped(cells: Row) -> bool:
    """Tell whether a row is one of the shipped ones that the documented rules drop."""
    needed = ("study", "dataset", "architecture", "pretraining")
    return all(name in cells for name in needed) and is_excluded(_texts(cells))


def _read_row(table: CsvTable, cells: Row) -> Observation | None:
    """Return one row as a record, or None after reporting what is wrong with it."""
    before = len(table.problems) + table.unlisted
    row = _texts(cells)

    def wrong(column: str, message: str, fix: str = "", code: str = "BAD_VALUE") -> None:
        table.report(cells.get(column) or cells["dataset"], column, message, code, fix)

    names = {name: _name(wrong, row, name) for name in ("dataset", "architecture")}
    study = _name(wrong, row, "study", "own results")
    task = _task(wrong, row["task"])
    pretrained = _flag(wrong, row["pretrained"])
    backbone = _backbone(wrong, row.get("backbone", ""), pretrained)
    n_images = _number(wrong, row, "n_train", least=1.0)
    test_images = _number(wrong, row, "test_images", least=1.0) if row.get("test_images") else None
    complexity, chance = _complexity(wrong, row, task)
    error = _error(wrong, row["error"], chance)
    pretraining = _name(wrong, row, "pretraining", "pretrained" if pretrained else "none")
    if len(table.problems) + table.unlisted > before:
        return None
    architecture = canonical_architecture(names["architecture"])
    top1_percent, parameters = known_covariates(architecture)
    return Observation(
        dataset=names["dataset"],
        task=task or Task.CLASSIFICATION,
        architecture=architecture,
        n_images=n_images or 1.0,
        error=error,
        relative_complexity=complexity,
        pretrained=bool(pretrained) and not pretraining.startswith("synthetic-"),
        backbone=backbone,
        study=study,
        pretraining=pretraining,
        chance_error=chance,
        top1_percent=top1_percent,
        parameters=parameters,
        test_images=test_images or math.inf,
    )


def _name(wrong: Any, row: Mapping[str, str], column: str, default: str = "") -> str:  # noqa: ANN401 - the reporter of a row
    value = row.get(column, "") or default
    if not value:
        wrong(column, "missing.")
    elif len(value) > MAX_NAME or not value.isprintable():
        wrong(column, f"a name is a printable text of at most {MAX_NAME} characters.")
    elif " | " in value:
        wrong(column, f"{value!r} holds ' | ', which separates names in the stored model.")
    return value


def _task(wrong: Any, text: str) -> Task | None:  # noqa: ANN401 - as above
    known = [task.value for task in Task]
    if text.casefold() in known:
        return Task(text.casefold())
    near = get_close_matches(text.casefold()[:100], known, n=1, cutoff=0.6)
    wrong("task", f"{text[:60]!r} is not one of {', '.join(known)}.", near[0] if near else "")
    return None


def _flag(wrong: Any, text: str) -> bool | None:  # noqa: ANN401 - as above
    if text.casefold() in _TRUE:
        return True
    if text.casefold() in _FALSE:
        return False
    wrong("pretrained", f"{text[:60]!r} is neither 0 (from random weights) nor 1 (pretrained).")
    return None


def _backbone(wrong: Any, text: str, pretrained: bool | None) -> Backbone:  # noqa: ANN401 - as above
    known = [backbone.value for backbone in Backbone]
    if (text or Backbone.FINETUNED) not in known:
        near = get_close_matches(text[:100], known, n=1, cutoff=0.6)
        message = f"{text[:60]!r} is not one of {', '.join(known)}."
        wrong("backbone", message, near[0] if near else "")
        return Backbone.FINETUNED
    backbone = Backbone(text or Backbone.FINETUNED)
    if backbone is Backbone.FROZEN and pretrained is False:
        wrong("backbone", f"{FROZEN_FROM_SCRATCH}, but pretrained is 0.", "1")
    return backbone


def _number(
    wrong: Any,  # noqa: ANN401 - as above
    row: Mapping[str, str],
    column: str,
    *,
    least: float,
    most: float = 1e12,
) -> float | None:
    text = row.get(column, "")
    if not text:
        wrong(column, "missing.")
        return None
    try:
        value = parse_number(text, currency=None, most=most)
    except QuantityError as error:
        wrong(column, f"{error}.", error.fix)
        return None
    if not least <= value <= most:
        wrong(column, f"{text[:60]} is not between {least:g} and {most:g}.")
        return None
    return value


def _complexity(wrong: Any, row: Mapping[str, str], task: Task | None) -> tuple[float, float]:  # noqa: ANN401 - as above
    """Return relative complexity and chance error, from classes, or from complexity alone."""
    stand_in = (0.5, 1.0)
    if not any(row.get(size) for size in SIZES):
        wrong("n_classes", "missing; a row needs n_classes or relative_complexity.")
        return stand_in
    classes = _number(wrong, row, "n_classes", least=2, most=1e7) if row.get("n_classes") else None
    given = (
        _number(wrong, row, "relative_complexity", least=1e-6, most=3.0)
        if row.get("relative_complexity")
        else None
    )
    if classes is None and given is None:
        return stand_in
    if classes is not None and given is not None and given > uniform_complexity(classes) + 5e-3:
        message = f"{given:g} is more than {classes:g} classes can have: "
        largest = f"{uniform_complexity(classes):.6f}"
        wrong("relative_complexity", f"{message}{largest}, if all are equally frequent.", largest)
    complexity = given if given is not None else uniform_complexity(classes or 2.0)
    if classes is None:
        classes = 1000.0**complexity  # as many equally frequent classes as have this entropy
    return complexity, chance_error(task or Task.SEGMENTATION, classes)


def _error(wrong: Any, text: str, chance: float) -> float:  # noqa: ANN401 - as above
    """Return an error in (0, 1), reporting what may be an accuracy or a percentage."""
    stand_in = 0.5
    try:
        value = parse_number(text.removesuffix("%"), currency=None, most=100)
    except QuantityError as error:
        wrong("error", f"{error}." if text else "missing.", error.fix if text else "")
        return stand_in
    if text.endswith("%"):
        value /= 100.0
    if value == 0.0:
        wrong(
            "error",
            "an error of exactly 0 has no logarithm: no mistake was seen on a finite test set.",
            "half a mistake: 0.5 divided by the number of test images",
            "ERROR_ZERO",
        )
    elif value == 1.0:
        wrong("error", "an error of exactly 1 has no test image right; check it.", code="ERROR_ONE")
    elif 1.0 < value <= 100.0:
        wrong("error", f"{text} is above 1; as a percentage it is {value / 100:g}.", f"{text}%")
    elif not 0.0 < value < 1.0:
        wrong("error", f"{text[:60]} is not strictly between 0 and 1.")
    elif value > _ABOVE_CHANCE * chance:
        wrong(
            "error",
            f"{value:g} is worse than always answering the most frequent class ({chance:.4g}). "
            "Is it an accuracy?",
            f"{1 - value:g}",
            "SUSPECT_ACCURACY",
        )
    else:
        return value
    return stand_in


type _Numbered = tuple[int, Observation]


def _check_together(
    table: CsvTable, rows: Sequence[_Numbered], shipped: Sequence[Observation]
) -> None:
    """Report repeated results, contradictions about a data set, and accuracies given as errors."""
    seen: dict[tuple[object, ...], str] = {_identity(o): "the shipped data" for o in shipped}
    for line, row in rows:
        if _identity(row) in seen:
            message = f"the same result stands in {seen[_identity(row)]} already."
            _wrong(table, line, "", message, "remove the row", "DUPLICATE")
        seen.setdefault(_identity(row), f"line {line}")
    facts: dict[str, tuple[Observation, str]] = {}
    for observation in shipped:
        facts.setdefault(observation.dataset, (observation, "the shipped data"))
    for line, row in rows:
        first, where = facts.setdefault(row.dataset, (row, f"line {line}"))
        _check_same_dataset(table, line, row, first, where)
    _check_directions(table, rows)


def _identity(row: Observation) -> tuple[object, ...]:
    return (row.curve, row.n_images)


def _check_same_dataset(
    table: CsvTable, line: int, row: Observation, first: Observation, where: str
) -> None:
    if row.task is not first.task:
        message = f"data set {row.dataset!r} is {first.task} in {where}; give each task its name."
        _wrong(table, line, "task", message, code="CONTRADICTION")
    elif not math.isclose(row.relative_complexity, first.relative_complexity, abs_tol=1e-4):
        message = (
            f"data set {row.dataset!r} has relative complexity {row.relative_complexity:.4f} here, "
            f"but {first.relative_complexity:.4f} in {where}. One data set has one set of classes."
        )
        column = "n_classes" if row.task is Task.CLASSIFICATION else "relative_complexity"
        _wrong(table, line, column, message, "another data set name", "CONTRADICTION")


def _check_directions(table: CsvTable, rows: Sequence[_Numbered]) -> None:
    """Report a table whose errors rise with images throughout: they may be accuracies."""
    curves: dict[str, list[_Numbered]] = {}
    for line, row in rows:
        curves.setdefault(row.curve, []).append((line, row))
    ends = [_ends(curve) for curve in curves.values() if len(curve) > 1]
    rising = [(first, last) for first, last in ends if last[1].error > 1.2 * first[1].error]
    if len(ends) >= 2 and len(rising) == len(ends):
        (_, first), (line, last) = rising[0]
        message = (
            f"in all {len(ends)} curves the error rises with images (from {first.error:g} to "
            f"{last.error:g} here). Are these accuracies?"
        )
        _wrong(table, line, "error", message, f"{1 - last.error:g}", "SUSPECT_ACCURACY")


def _ends(curve: Iterable[_Numbered]) -> tuple[_Numbered, _Numbered]:
    ordered = sorted(curve, key=lambda numbered: numbered[1].n_images)
    return ordered[0], ordered[-1]
