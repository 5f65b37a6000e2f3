"""A second program's view of workbooks: skipped only where LibreOffice is not installed.

It shows the results that stand in a file and computes only what has none, so they are taken out
before it opens one: what is compared below is what it computed itself.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.domain.words.life import line_words

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
LIVES = ("11_screening_clinic", "12_four_hundred_stores", "13_build_or_buy")
CENT = 0.005


@pytest.fixture(scope="module")
def soffice() -> str:
    """Return the installed LibreOffice."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip("LibreOffice is not installed (Debian: apt install libreoffice-calc)")
    return found


def ok(*arguments: str | Path) -> str:
    """Run a command that succeeds; return what it prints."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def saved_by(soffice: str, file: Path, folder: Path) -> Any:
    """Return a workbook as LibreOffice opens and saves it."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    kind = "xlsx:Calc MS Excel 2007 XML"
    subprocess.run(
        [soffice, "--headless", "--norestore", profile, "--convert-to", kind, "--outdir",
         str(folder), str(file)],
        check=True, capture_output=True, timeout=120, env={**os.environ, "HOME": str(folder)},
    )  # fmt: skip
    return openpyxl.load_workbook(folder / file.name, data_only=True)


def computed(soffice: str, file: Path, folder: Path, changed: dict[str, float]) -> Any:
    """Return a workbook whose every formula LibreOffice computed, with some cells changed first."""
    book = openpyxl.load_workbook(file)  # it keeps formulas and drops their results
    for place, value in changed.items():
        sheet, cell = place.split("!")
        book[sheet][cell] = value
    bare = folder / "bare" / file.name
    bare.parent.mkdir(parents=True)
    book.save(bare)
    left = openpyxl.load_workbook(bare, data_only=True)
    assert all(left[sheet.title][cell.coordinate].value is None for sheet, cell in live(book))
    return saved_by(soffice, bare, folder / "computed")


def live(book: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the cells that hold formulas, each with its sheet."""
    for sheet in book.worksheets:
        yield from ((sheet, cell) for row in sheet.iter_rows() for cell in row if is_live(cell))


def is_live(cell: Any) -> bool:
    """Whether a cell holds a formula."""
    return bool(cell.data_type == "f")


def compare(ours: Path, theirs: Any) -> int:
    """Assert that no cell is an error and each formula's result is ours; return how many."""
    results, formulas = openpyxl.load_workbook(ours, data_only=True), openpyxl.load_workbook(ours)
    for sheet in theirs.worksheets:
        for row in sheet.iter_rows(values_only=True):
            assert not any(str(value).startswith(("#", "Err:")) for value in row), (sheet, row)
    compared = 0
    for sheet, cell in live(formulas):
        found = theirs[sheet.title][cell.coordinate].value
        expected = results[sheet.title][cell.coordinate].value
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-9), (sheet, cell)
        compared += 1
    return compared


def life_rows(book: Any) -> dict[str, dict[str, float]]:
    """Return the table of lines on top of the sheet *Life*: by project, by words of the line."""
    rows = list(book["Life"].iter_rows(min_row=6, values_only=True))
    heads = [str(head).rsplit(" (", 1)[0] for head in rows[0] if head is not None]
    found = {}
    for row in rows[1:]:
        found[str(row[0])] = {h: v for h, v in zip(heads[1:], row[1:], strict=False) if v}
        if row[0] == "Total":
            return found
    raise AssertionError


def test_libreoffice_computes_the_same(soffice: str, tmp_path: Path) -> None:
    """Opened and computed: no cell shows an error, and every formula agrees with us."""
    file, out = tmp_path / "p.xlsx", tmp_path / "out.xlsx"
    ok("init", "--xlsx", "--demo", "-o", file)
    ok("plan", file, "--xlsx", out)
    assert compare(out, computed(soffice, out, tmp_path, {})) > 30


@pytest.mark.parametrize("example", LIVES)
def test_libreoffice_computes_a_life_as_the_plan_says_it(
    soffice: str, tmp_path: Path, example: str
) -> None:
    """Present values and sums, to the cent; at no discount rate, the cash of all years together."""
    out = tmp_path / "out.xlsx"
    plan = json.loads(ok("plan", EXAMPLES / example / "portfolio.yaml", "--xlsx", out, "--json"))
    book = computed(soffice, out, tmp_path / "same", {})
    assert compare(out, book) > 40
    rows = life_rows(book)
    lives = {each["project"]: each["life"] for each in plan["decisions"] if "life" in each}
    assert set(lives) <= set(rows)
    for name, life in (*lives.items(), ("Total", plan["life"])):
        said = {line_words(line): amount for line, amount in life["lines"].items() if amount}
        assert rows[name] == pytest.approx({**said, "Net present value": life["npv"]}, abs=CENT)
    committed = next(r for r in book["Plan"].iter_rows() if str(r[0].value).startswith("Committed"))
    assert committed[2].value == plan["budget"]["committed"]
    assert book["Plan"].cell(committed[0].row + 1, 3).value == 0
    later = life_rows(computed(soffice, out, tmp_path / "undiscounted", {"Life!B3": 0.0}))
    cash = sum(year["amount"] for year in plan["life"]["cash_by_year"])
    assert later["Total"]["Net present value"] == pytest.approx(cash, abs=CENT)


def test_libreoffice_saves_a_form_that_reads_the_same(soffice: str, tmp_path: Path) -> None:
    """A form opened and saved by another program is the same portfolio."""
    file, again = tmp_path / "p.xlsx", tmp_path / "saved" / "p.xlsx"
    ok("init", "--xlsx", "--demo", "-o", file)
    saved_by(soffice, file, again.parent)
    first, second = (json.loads(ok("plan", path, "--json")) for path in (file, again))
    assert first["decisions"] == second["decisions"]
