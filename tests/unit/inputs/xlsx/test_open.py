"""Files that are no plain workbook are answered in a sentence, without a traceback."""

import io
import zipfile
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.inputs.portfolio_file import parse_portfolio, read_portfolio
from tests.workbooks import saved, workbook

HEAD: list[object] = ["Project", "Classes", "Target accuracy", "Images limit"]
ROW: list[object] = ["a", 4, 0.9, 1000]
PLAIN = saved(workbook({"Projects": [HEAD, ROW]}))


def archive(**changes: bytes) -> bytes:
    """Return the plain workbook with parts replaced or added; ``__`` stands for a slash."""
    named = {
        name.replace("__", "/").replace("_xml", ".xml"): part for name, part in changes.items()
    }
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PLAIN)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, named.pop(name, source.read(name)))
        for name, part in named.items():
            target.writestr(name, part)
    return packed.getvalue()


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, part in members.items():
            target.writestr(name.replace("_xml", ".xml"), part)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged"),
        (b"Project,Classes\n", "damaged"),
        (PLAIN[:500], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel workbook"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "protected with a password",
        ),
        (zipped(mimetype=b"x", content_xml=b"<a/>"), "OpenDocument"),
        (zipped(readme=b"x"), "no Excel workbook"),
        (archive(xl__workbook_xml=b"<nonsense"), "damaged"),
        (archive(xl__worksheets__sheet1_xml=b"<worksheet><sheetData>"), "damaged"),
        (archive(xl__workbook_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "document type"),
        (archive(xl__worksheets__sheet9_xml=b" " * 60_000_000), "unpack to"),
    ],
    ids=range(11),
)
def test_what_is_no_workbook_says_what_it_is(content: bytes, said: str) -> None:
    """Empty, cut, old, protected, foreign, damaged and swelling files are told apart."""
    with pytest.raises(InputError, match=said) as caught:
        parse_portfolio(content, "p.xlsx")
    assert [problem.place for problem in caught.value.problems] == ["p.xlsx"]


@pytest.mark.parametrize("ending", [".xls", ".xlsm", ".xlsb", ".ods"])
def test_other_endings_say_how_to_save(tmp_path: Path, ending: str) -> None:
    """Workbooks of other kinds get the menu entry that makes an .xlsx of them."""
    file = tmp_path / f"p{ending}"
    file.write_bytes(PLAIN)
    with pytest.raises(InputError, match=r"Save As, Excel Workbook \(\.xlsx\)"):
        read_portfolio(file)


def test_a_cell_far_away_costs_nothing() -> None:
    """A stray cell in the last row and column does not fill the memory with empty ones."""
    book = workbook({"Projects": [HEAD, ROW]})
    book["Projects"]["XFD1048576"] = " "
    assert len(parse_portfolio(saved(book), "p.xlsx").projects) == 1


def test_a_huge_merged_area_costs_nothing() -> None:
    """Nor does an area merged over a whole sheet."""
    content = PLAIN
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        sheet = source.read("xl/worksheets/sheet1.xml")
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="G9:XFD1048576"/></mergeCells>'
    changed = archive(xl__worksheets__sheet1_xml=sheet.replace(b"</sheetData>", merged))
    assert len(parse_portfolio(changed, "p.xlsx").projects) == 1


def test_formulas_count_with_their_saved_result() -> None:
    """The result that stood in the cell is read, an empty text as an empty cell."""
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as source:
        sheet = source.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="D2" t="n"><v>1000</v></c>' in sheet
    computed = sheet.replace(
        '<c r="D2" t="n"><v>1000</v></c>',
        '<c r="D2"><f>500*2</f><v>1000</v></c><c r="E2" t="str"><f>""</f><v></v></c>',
    )
    changed = archive(xl__worksheets__sheet1_xml=computed.encode())
    assert parse_portfolio(changed, "p.xlsx").projects[0].images.limit == 1000
