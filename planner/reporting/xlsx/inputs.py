"""What was planned, and what it rests on: the sheets Inputs, Assumptions and Data dictionary."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import Range
from planner.domain.results.plan import Plan
from planner.reporting.words.report import EXCLUDED_ITEMS
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Book, Column

__all__ = ["flattened", "write_assumptions", "write_dictionary", "write_inputs"]

_NOT_INPUTS = frozenset(("inputs_sha256", "places", "given"))

type _Line = tuple[str, object, str]
"""Field, value, where it comes from."""

_LINES: tuple[Column[_Line], ...] = (
    Column("Field", "", look.TEXT, "Path of the field in the portfolio.", "inputs",
           lambda line: line[0], 52),
    Column("Value", "", look.NUMBER, "As the plan used it; a range as P10..P90.", "inputs",
           lambda line: line[1], 44),
    Column("From", "", look.TEXT, "Its place in the file, the flag that replaced it, or default.",
           "", lambda line: line[2], 28),
)  # fmt: skip


def write_inputs(book: Book, portfolio: Portfolio) -> None:
    """Write every field of the portfolio, with where its value comes from."""
    sheet = book.add("Inputs", "Inputs", "Every field as the plan used it, defaults included.")
    places = portfolio.places
    lines = [
        (path, _in_words(value), places.get(path) or _unplaced(path))
        for path, value in _portfolio_fields(portfolio)
        if not path.endswith(".domain")
    ]
    book.table(sheet, 3, _LINES, lines)
    look.finish(sheet, freeze="A4", repeat=3)


_COMPUTED = (".relative_complexity", ".baseline_entropy", ".name")


def _unplaced(path: str) -> str:
    """Return where a value comes from that stands nowhere in the file."""
    return "computed" if path.endswith(_COMPUTED) and path != "portfolio.name" else "default"


def _in_words(value: object) -> object:
    """Return a truth value as a file says it; anything else as it is."""
    return str(value).lower() if isinstance(value, bool) else value


def _portfolio_fields(portfolio: Portfolio) -> Iterator[tuple[str, object]]:
    """Yield path and value of each field, in the order of a file."""
    parts = ("compute", "projects", "shared", "rules")
    for item in fields(portfolio):
        value = getattr(portfolio, item.name)
        if item.name in _NOT_INPUTS:
            continue
        prefix = item.name if item.name in parts else f"portfolio.{item.name}"
        yield from flattened(value, prefix)


def flattened(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield every plain value below a record, mapping or list, with its path; None is left out."""
    if isinstance(value, Range | StrEnum):
        yield path, str(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from flattened(getattr(value, item.name), f"{path}.{item.name}")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from flattened(part, f"{path}.{name}")
    elif isinstance(value, list | tuple | frozenset):
        for index, part in enumerate(value):
            label = getattr(part, "id", index)
            yield from flattened(part, f"{path}[{label}]")
    elif value is not None:
        yield path, value


def write_assumptions(book: Book, plan: Plan) -> None:
    """Write what the plan assumes, its notes and warnings, and what it leaves out."""
    sheet = book.add("Assumptions", "Assumptions", "What the plan rests on that nobody decided.")
    columns: tuple[Column[tuple[str, object]], ...] = (
        Column("Assumption", "", look.TEXT, "Name of the setting.", "assumptions",
               lambda line: line[0], 44),
        Column("Value", "", look.NUMBER, "What was assumed.", "assumptions",
               lambda line: line[1], 110),
    )  # fmt: skip
    lines = [
        *((path.removeprefix("."), value) for path, value in flattened(plan.assumptions, "")),
        ("model sha256", plan.model["sha256"]),
        ("inputs sha256", plan.inputs_sha256),
        ("seed", plan.seed),
    ]
    row = book.table(sheet, 3, columns, lines)
    notes = [("Note", text) for text in plan.notes]
    warnings = [
        (warning.code, f"{f'{warning.project}: ' if warning.project else ''}{warning.message}")
        for warning in plan.warnings
    ]
    for title, pairs in (
        ("Notes", notes),
        ("Warnings", warnings),
        ("What is not included", [("Not included", text) for text in EXCLUDED_ITEMS]),
    ):
        if pairs:
            row = look.title_row(sheet, row + 1, title)
            for name, text in pairs:
                look.put(sheet, row, 1, name)
                look.put(sheet, row, 2, text, wrap=True, indent=1)
                look.stretch(sheet, row, look.lines_of(sheet, 2, text))
                row += 1
    look.finish(sheet, freeze="A4", repeat=3)


def write_dictionary(book: Book) -> None:
    """Write what every column of the results means and where it stands in ``--json``."""
    sheet = book.add(
        "Data dictionary",
        "Data dictionary",
        "Every column of the results. estimate: in planner estimate --json, else in planner plan.",
    )
    look.widths(sheet, (18, 32, 14, 90, 44))
    headers = ("Sheet", "Column", "Unit", "Meaning", "Name in --json")
    look.table(sheet, 3, [(header, look.TEXT) for header in headers], book.entries)
    look.finish(sheet, freeze="A4", repeat=3)
