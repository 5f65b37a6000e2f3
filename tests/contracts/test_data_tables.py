"""What the reference tables promise: documented, parsable, with units, unchanged."""

import csv
import hashlib
import re
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
TABLES = sorted(DATA.glob("*.csv"))
README = (DATA / "README.md").read_text(encoding="utf-8")

UNIT_WORDS = {
    "usd": r"(^|_)usd(_|$)",
    "price": r"^(price_date|price_kind)$",
    "memory": r"_gb$",
    "tdp": r"_w$",
    "peak": r"_(tflop|flop)_per_s$",
    "intensity": r"^intensity_(vintage|origin)$",
    "seconds": r"^seconds_per_",
    "hours": r"_hours$",
    "px": r"_px$",
    "gmacs": r"_gmacs$",
    "gco2e": r"_per_kwh$",
    "twh": r"_twh$",
}
"""Columns that speak of a quantity must name its unit like this."""


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, strict=True))


def section(name: str) -> str:
    """Return the README's words from a table's name on, until the next one of its kind."""
    start = README.index(f"**{name}**" if f"**{name}**" in README else f"### {name}")
    return README[start : start + 4000]


def test_the_tables_of_the_product_are_all_there() -> None:
    """Every reference table is in the folder."""
    assert len(TABLES) == 17


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_is_rectangular_utf8_with_plain_line_ends(path: Path) -> None:
    """A table parses, every row has every column, and no line ends in a carriage return."""
    header, *body = rows(path)
    assert body
    assert {len(row) for row in body} == {len(header)}
    assert b"\r" not in path.read_bytes()
    assert len(set(header)) == len(header)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in header)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_table_is_described_with_its_size_and_every_column(path: Path) -> None:
    """The README names each table, how many rows it has, and each of its columns."""
    header, *body = rows(path)
    assert f"({len(body)} rows)" in section(path.name)
    missing = [column for column in header if not re.search(rf"\b{column}\b", README)]
    assert missing == []


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_cites_its_source(path: Path) -> None:
    """A table has a source for each row, and its date."""
    header, *body = rows(path)
    source, dated = header.index("source"), header.index("source_date")
    assert all(row[source] and row[dated] for row in body)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_quantities_carry_their_unit_in_the_column_name(path: Path) -> None:
    """A column about money, power, time, energy or operations ends in its unit."""
    for column in rows(path)[0]:
        for word, unit in UNIT_WORDS.items():
            if re.search(rf"(^|_){word}(_|$)", column):
                assert re.search(unit, column), column


def test_checksums_are_those_listed() -> None:
    """No table changed without its checksum; data/README.md says how to list them anew."""
    lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: checksum for checksum, name in (line.split() for line in lines)}
    actual = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in TABLES}
    assert listed == actual


def test_shares_are_fractions() -> None:
    """Accuracies, utilisations and errors are between 0 and 1, never per cent."""
    for path in TABLES:
        header, *body = rows(path)
        for column in ("imagenet_top1", "utilisation", "error"):
            if column in header:
                cells = [row[header.index(column)] for row in body]
                assert all(0 <= float(cell) <= 1 for cell in cells if cell), (path.name, column)
