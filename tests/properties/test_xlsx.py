"""Laws of reading workbooks: they say what YAML says, and damage never ends in a traceback."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.quantities import parse_rate
from planner.errors import InputError, Problem
from planner.inputs.portfolio_file import parse_portfolio
from planner.reporting.xlsx.form import form_bytes
from tests.strategies import mutated_bytes, mutated_data, portfolio_data
from tests.workbooks import Rows, filled_in, saved, workbook

DATA = (
    portfolio_data()
    # a cell shows no spaces at its ends, so the form does not tell them apart
    .filter(lambda data: all(text == text.strip() for text in _texts(data)))
    .map(lambda data: _rounded(data))
)


def _rounded(value: Any) -> Any:
    """Round numbers to the 15 digits that a cell shows; a file may have more."""
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.15g}") if isinstance(value, float) else value


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


@given(DATA)
@settings(max_examples=20)
def test_a_workbook_says_what_yaml_says(data: dict[str, Any]) -> None:
    """Typed into cells, any portfolio reads as the same records, with the same fields given."""
    from_yaml = parse_portfolio(json.dumps(data).encode(), "p.yaml")
    from_cells = parse_portfolio(saved(filled_in(data)), "p.xlsx")
    assert replace(from_cells, inputs_sha256="") == replace(from_yaml, inputs_sha256="")
    assert _settings(from_cells.given) == _settings(from_yaml.given)


def _settings(given_paths: frozenset[str]) -> set[str]:
    """Return the paths of single fields: an empty section is not in a workbook."""
    return {path for path in given_paths if "." in path or "[" in path}


@given(DATA)
@settings(max_examples=5)
def test_the_form_filled_in_reads_back(data: dict[str, Any]) -> None:
    """The form written from a portfolio is the same portfolio."""
    from_yaml = parse_portfolio(json.dumps(data).encode(), "p.yaml")
    from_form = parse_portfolio(form_bytes(data), "p.xlsx")
    assert replace(from_form, inputs_sha256="") == replace(from_yaml, inputs_sha256="")


@given(mutated_data(portfolio_data()))
@settings(max_examples=20)
def test_nonsense_in_cells_is_answered(data: dict[str, Any]) -> None:
    """Whatever stands in the cells, the answer is a portfolio or a list of problems with cells."""
    rows: list[list[object]] = [["Project", "Classes", "Target accuracy", "Images limit"]]
    for project in data.get("projects") or [{}]:
        values = list(project.values()) if isinstance(project, dict) else [project]
        rows.append([_storable(value) for value in values])
    sheets: dict[str, Rows] = {"Projects": rows, "Rules": [["Rule", "Projects"], *rows[1:]]}
    problems = _problems(saved(workbook(sheets)))
    assert all("!" in problem.place or problem.place == "p.xlsx" for problem in problems)


def _problems(content: bytes) -> tuple[Problem, ...]:
    """Return what is wrong with a workbook; anything but an answer is an error here, too."""
    try:
        parse_portfolio(content, "p.xlsx")
    except InputError as error:
        return error.problems
    return ()


def _storable(value: Any) -> object:
    if isinstance(value, str):
        return "".join(char for char in value if char >= " ")[:300]
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return "nan"
    is_huge = isinstance(value, int) and abs(value) > 10**300
    return value if isinstance(value, int | float) and not is_huge else str(value)[:100]


BASE = saved(
    filled_in(
        {"projects": [{"id": "a", "classes": 4, "target_accuracy": 0.9, "images": {"limit": 1000}}]}
    )
)


@given(mutated_bytes(st.just(BASE)))
@settings(max_examples=30)
def test_damaged_archives_are_answered(content: bytes) -> None:
    """Bytes flipped, cut or inserted end in a portfolio or a problem of the file."""
    _problems(content)


PARTS = [name for name in zipfile.ZipFile(io.BytesIO(BASE)).namelist() if name.endswith(".xml")]


@given(st.sampled_from(PARTS), st.data())
@settings(max_examples=30)
def test_damaged_parts_are_answered(part: str, data: st.DataObject) -> None:
    """So does a valid archive whose XML is damaged."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(BASE)) as source,
        zipfile.ZipFile(packed, "w") as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                content = data.draw(mutated_bytes(st.just(content)))
            target.writestr(name, content)
    _problems(packed.getvalue())


@pytest.mark.parametrize("divided", [False, True])
def test_percentages_read_as_excel_shows_them(divided: bool) -> None:
    """Every tenth of a per cent, typed or divided in binary, is the share the text says."""
    tenths = range(1, 1000)
    values = [tenth / 10 / 100 if divided else float(f"{tenth / 10}e-2") for tenth in tenths]
    rows: Rows = [["Project", "Classes", "Target accuracy", "Images limit"]]
    rows += [[f"p{tenth}", 2, value, 10] for tenth, value in zip(tenths, values, strict=True)]
    book = workbook({"Projects": rows})
    for row in range(2, len(rows) + 1):
        book["Projects"].cell(row, 3).number_format = "0.0%"
    portfolio = parse_portfolio(saved(book), "p.xlsx")
    found = [project.target_accuracy for project in portfolio.projects]
    assert found == [parse_rate(f"{tenth / 10}%") for tenth in tenths]
