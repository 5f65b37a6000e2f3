"""One reader of CSV files for runs, curves and tables of results: what it reads, in any dialect."""

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.inputs.runs.runs import read_runs
from planner.reference.csv_table import MAX_CELLS, CsvTable
from planner.reference.tables import load_catalogue
from planner.regression.rows.user_table import read_user_table
from planner.validation.curve_file import read_curves

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from('",;\t\n '),
    max_size=8,
)


@given(
    rows=st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_a_program_writes_is_split_as_it_was(
    rows: list[list[str]], separator: str, newline: str
) -> None:
    """Cells with separators, quotes and lines in them come back, each at the place it begins."""
    heading = ["a", "b", "c"]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=newline, quoting=csv.QUOTE_ALL)
    writer.writerows([heading, *rows])
    table = CsvTable("t.csv", text.getvalue(), "a,b,c")
    found = [[cell.text for cell in row] for row in table.lines]
    assert found == [row for row in [heading, *rows] if any(cell.strip() for cell in row)]
    assert not table.problems
    lines = text.getvalue().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in table.lines:
        for cell in row:
            assert lines[cell.line - 1][cell.column - 1] == '"'


def _runs(path: Path) -> list[tuple[int, float]]:
    read = read_runs(path, None, load_catalogue()).runs
    return [(run.pilot.images, run.pilot.error) for run in read]


def _curves(path: Path) -> list[tuple[int, float]]:
    return [
        point
        for curve in read_curves(path).curves
        for point in zip(curve.images, curve.errors, strict=True)
    ]


def _results(path: Path) -> list[tuple[int, float]]:
    return [(int(row.n_images), row.error) for row in read_user_table(path).observations]


READERS: dict[str, tuple[Callable[[Path], list[tuple[int, float]]], str, str]] = {
    "runs": (_runs, "project,images,error", "a b,{},{}"),
    "curves": (_curves, "curve_id,images,error", "a b,{},{}"),
    "results": (
        _results,
        "dataset,n_train,error,task,architecture,n_classes,pretrained",
        "a b,{},{},classification,resnet50,10,1",
    ),
}
POINTS = [(100, 0.5), (200, 0.4)]


@pytest.fixture(params=READERS)
def reader(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Callable[[Callable[[str], bytes]], list[tuple[int, float]]]:
    """Return what reads a file of two points after its text was made to bytes somehow."""
    read, heading, row = READERS[request.param]

    def read_as(bytes_of: Callable[[str], bytes]) -> list[tuple[int, float]]:
        path = tmp_path / "t.csv"
        path.write_bytes(bytes_of("\n".join([heading, *(row.format(*p) for p in POINTS), ""])))
        return read(path)

    return read_as


type Reader = Callable[[Callable[[str], bytes]], list[tuple[int, float]]]


@pytest.mark.parametrize(
    "bytes_of",
    [
        str.encode,
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.rstrip().encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: f"sep=;\r{text}".replace(",", ";").replace("\n", "\r").encode(),
        lambda text: text.replace("a b", '"a, ""b"""').encode(),
        lambda text: text.replace("\n", "\n\n \n").encode(),
        lambda text: text.replace("\n", ",\n").encode(),
    ],
    ids=[
        "plain",
        "\\r",
        "\\r\\n",
        "open end",
        "mark",
        ";",
        "tab",
        "sep=",
        "quotes",
        "blank",
        "more",
    ],
)
def test_every_dialect_is_read_by_every_reader(
    reader: Reader, bytes_of: Callable[[str], bytes]
) -> None:
    """Line ends of old Macs, marks, separators, cells over two lines: the same two points."""
    assert reader(bytes_of) == POINTS


@pytest.mark.parametrize(
    ("bytes_of", "message"),
    [
        (lambda text: text.encode("utf-16"), "UTF-16 or UTF-32 text; save it as UTF-8"),
        (lambda text: text.encode("utf-16-le"), "UTF-16 or UTF-32 text; save it as UTF-8"),
        (
            lambda text: (text + "x" * 99 + "\0").encode(),
            r"t\.csv:4:100\n +control character U\+0000",
        ),
        (lambda text: (text + "\xe9").encode("latin-1"), r"t\.csv:4:1\n +byte 0xe9 is not UTF-8"),
        (lambda text: text.replace("100", '"' + "9" * 200_000 + '"').encode(), "too large"),
        (lambda text: text.replace("100", '"100').encode(), r"t\.csv:2:5\n +a quote opens here"),
        (lambda text: text.replace("100", '"100"x').encode(), "text follows a closing quote"),
        (lambda text: text.encode() + b"," * (MAX_CELLS + 1), "1,000,000 cells; split it"),
        (lambda _: b"PK\x03\x04", "save the sheet as CSV"),
        (lambda _: b" \n ", "is empty"),
    ],
    ids=["utf-16", "no mark", "NUL", "latin", "huge", "open", "rest", "cells", "zip", "blank"],
)
def test_what_is_no_table_is_answered_by_every_reader(
    reader: Reader, bytes_of: Callable[[str], bytes], message: str
) -> None:
    """With the place and the reason; nothing else is raised."""
    with pytest.raises(InputError, match=message):
        reader(bytes_of)


@given(content=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode()))
def test_whatever_stands_in_a_file_there_is_no_other_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Bytes of any kind are read, or refused as input."""
    folder = tmp_path_factory.mktemp("csv")
    for name, (read, heading, _) in READERS.items():
        for start in (b"", heading.encode() + b"\n"):
            path = folder / f"{name}.csv"
            path.write_bytes(start + content)
            with suppress(InputError):
                read(path)


def test_a_device_without_end_is_not_read_to_the_end() -> None:
    """Reading stops where the file would be too large."""
    device = Path("/dev/zero")
    if not device.exists():
        return
    for read, _, _ in READERS.values():
        with pytest.raises(InputError, match=r"more than .* bytes"):
            read(device)


@given(
    text=st.lists(st.text("ab1. ", max_size=4), min_size=2, max_size=12).map(",".join),
    ends=st.lists(st.integers(0, 40), max_size=4),
)
def test_a_text_without_quotes_is_split_as_with_them(text: str, ends: list[int]) -> None:
    """Both ways of splitting agree on cells, lines and columns."""
    for end in sorted(ends, reverse=True):
        text = f"{text[:end]}\n{text[end:]}"
    plain = CsvTable("t", text, "")
    quoted = CsvTable("t", f'{text}\n"z"', "")
    assert (*plain.lines, *quoted.lines[-1:]) == quoted.lines
