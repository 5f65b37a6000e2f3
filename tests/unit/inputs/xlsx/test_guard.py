"""Hostile workbooks are refused at once, whatever their parts are called."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable

import openpyxl
import PIL.Image
import pytest
from openpyxl.drawing.image import Image

from planner.domain.portfolio.project import Pilot
from planner.errors import InputError
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.runs.write_xlsx import add_pilots_to_workbook
from planner.inputs.xlsx import guard as xlsx_guard
from planner.inputs.xlsx import open as xlsx_open
from planner.inputs.xlsx.open import (
    formula_results,
    open_workbook,
    pictures_left_out,
    read_grids,
)
from tests.workbooks import saved, workbook

HEAD: list[object] = ["Project", "Classes", "Target accuracy", "Images limit"]
ROW: list[object] = ["a", 4, 0.9, 1000]
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
MEGABYTE = bytes(1 << 20)

type Part = tuple[str, Iterable[bytes]]


def plain() -> bytes:
    """Return a workbook with one project and a picture."""
    book = workbook({"Projects": [HEAD, ROW]})
    picture = io.BytesIO()
    PIL.Image.new("RGB", (4, 4)).save(picture, "PNG")
    book["Projects"].add_image(Image(picture), "H5")
    return saved(book)


PLAIN = plain()


def changed(change: Callable[[str, bytes], Part]) -> bytes:
    """Return the workbook with every part as `change` returns it, in pieces."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PLAIN)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for name in source.namelist():
            written, pieces = change(name, source.read(name))
            with target.open(written, "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece)
    return packed.getvalue()


def replaced(part: str, old: bytes, new: bytes) -> bytes:
    """Return the workbook with a text in one part replaced."""

    def change(name: str, content: bytes) -> Part:
        if name != part:
            return name, [content]
        assert old in content
        return name, [content.replace(old, new)]

    return changed(change)


def in_sheet(text: bytes) -> bytes:
    """Return the workbook with rows or areas at the end of its sheet."""
    if text.startswith(b"<row"):
        return replaced(SHEET, b"</sheetData>", text + b"</sheetData>")
    return replaced(SHEET, b"</sheetData>", b"</sheetData>" + text)


def renamed(name: str, content: bytes) -> Part:
    """Call the sheet's part ``sheet1.bin``, and let it unpack to 60 MB."""
    if name == SHEET:
        text = content.replace(b"</worksheet>", b"")
        blanks = (b" " * len(MEGABYTE) for _ in range(60))
        return SHEET.replace(".xml", ".bin"), [text, *blanks, b"</worksheet>"]
    return name, [content.replace(b"sheet1.xml", b"sheet1.bin")]


def doctype(before: bytes, encoding: str = "utf-8") -> Callable[[str, bytes], Part]:
    """Declare a document type in the sheet, after some other text."""
    entities = b'<!DOCTYPE a [<!ENTITY b "c">]>'

    def change(name: str, content: bytes) -> Part:
        if name != SHEET:
            return name, [content]
        return name, [(before + entities + content).decode().encode(encoding)]

    return change


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (in_sheet(b'<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>'), "A4000000000"),
        (in_sheet(b'<row r="4e9"/>'), "A4000000000"),
        (in_sheet(b'<row r="3"><c r="ZZZ3"><v>1</v></c></row>'), "ZZZ3"),
        (in_sheet(b'<row r="3"><c r="A4000000000"><v>1</v></c></row>'), "A4000000000"),
        (
            in_sheet(b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(3, 403))),
            "up to row 402 and column 16,384",
        ),
        (replaced(STYLES, b"</cellXfs>", b"<xf/>" * 40_000 + b"</cellXfs>"), "30,000 elements"),
        (replaced(STYLES, b"<cellXfs ", b"<cellXfs " + b"a" * 3_000_000 + b"='' "), "tag or comm"),
        (in_sheet(b"<x>" * 300), "deep inside each other"),
        (changed(renamed), "unpack to 63 MB"),
        (changed(doctype(b"")), "document type"),
        (changed(doctype(b"<!--" + b" " * 5000 + b"-->")), "document type"),
        (changed(doctype(b"<!--" + b" " * 5000 + b"-->", "utf-16")), "document type"),
    ],
    ids=range(12),
)
def test_hostile_workbooks_are_refused_with_a_reason(content: bytes, said: str) -> None:
    """Sizes that a file claims, floods of elements and document types are seen before parsing."""
    with pytest.raises(InputError, match=said) as caught:
        parse_portfolio(content, "p.xlsx")
    (problem,) = caught.value.problems
    assert problem.place == "p.xlsx"
    assert problem.fix


@pytest.mark.parametrize("read", [open_workbook, formula_results])
def test_a_copy_is_as_careful(read: Callable[[bytes, str], object]) -> None:
    """Every way a workbook is opened looks through it first."""
    far = in_sheet(b'<row r="4000000000"/>')
    with pytest.raises(InputError, match="beyond the last one of Excel"):
        read(far, "p.xlsx")


def test_links_over_a_whole_sheet_are_read_but_not_copied() -> None:
    """Changing such a sheet would fill it with cells; reading it does not."""
    links = b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'
    content = in_sheet(links)
    assert parse_portfolio(content, "p.xlsx").projects[0].id == "a"
    with pytest.raises(InputError, match="merged or linked"):
        open_workbook(content, "p.xlsx")


def test_a_style_that_the_workbook_does_not_have_is_damage() -> None:
    """Formats of cells are looked up while the workbook can still be refused."""
    content = replaced(SHEET, b'<c r="D2"', b'<c s="4000" r="D2"')
    with pytest.raises(InputError, match="damaged"):
        parse_portfolio(content, "p.xlsx")


def with_large_picture(megabytes: int) -> bytes:
    return changed(
        lambda name, content: (
            name,
            [content, *[MEGABYTE] * megabytes] if name.endswith(".png") else [content],
        )
    )


def test_a_large_picture_is_left_out_of_a_copy_and_said() -> None:
    """A picture that unpacks to 100 MB costs no memory, and the copy has none."""
    content = with_large_picture(100)
    assert pictures_left_out(PLAIN) == ()
    assert pictures_left_out(content) == ("xl/media/image1.png",)
    tracemalloc.start()
    copied = add_pilots_to_workbook(content, "p.xlsx", {"a": [Pilot(images=10, error=0.5)]})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000
    assert parse_portfolio(copied, "p.xlsx").projects[0].pilots[0].images == 10
    assert not openpyxl.load_workbook(io.BytesIO(copied))["Projects"]._images


def test_a_small_picture_is_kept_in_a_copy() -> None:
    """PNG, JPEG and GIF pictures are carried along as they are."""
    copied = add_pilots_to_workbook(PLAIN, "p.xlsx", {"a": [Pilot(images=10, error=0.5)]})
    assert len(openpyxl.load_workbook(io.BytesIO(copied))["Projects"]._images) == 1


def test_a_picture_that_would_be_painted_anew_is_left_out() -> None:
    """A BMP of a few bytes may claim gigapixels."""
    picture = io.BytesIO()
    PIL.Image.new("RGB", (4, 4)).save(picture, "BMP")
    content = changed(
        lambda name, part: (name, [picture.getvalue() if name.endswith(".png") else part])
    )
    assert pictures_left_out(content) == ("xl/media/image1.png",)
    assert not open_workbook(content, "p.xlsx")["Projects"]._images


def test_cells_of_the_form_are_counted_and_those_of_other_sheets_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A sheet of the author's own is not read; only a copy would have to carry it."""
    monkeypatch.setattr(xlsx_open, "MAX_CELLS", 50)
    own = saved(workbook({"Projects": [HEAD, ROW], "Mine": [[1] * 10 for _ in range(10)]}))
    assert len(parse_portfolio(own, "p.xlsx").projects) == 1
    with pytest.raises(InputError, match="has 100 cells"):
        open_workbook(own, "p.xlsx")
    with pytest.raises(InputError, match="has 68 cells up to row 3 and column 60; at most 50"):
        parse_portfolio(in_sheet(b'<row r="3">' + b"<c/>" * 60 + b"</row>"), "p.xlsx")


def test_extents_are_those_of_the_cells() -> None:
    """Rows and cells without names follow the last, as every program reads them."""
    rows = b'<row><c><v>1</v></c><c r="F3"/><c/></row><row r="9"><c r="B9"/></row>'
    extent = xlsx_guard.harmless(in_sheet(rows)).extents[SHEET]
    assert (extent.last_row, extent.last_column, extent.cells) == (9, 7, 8 + 3 + 1)
    assert extent.padded == 4 + 4 + 7 + 2


def test_mistakes_of_a_sheet_are_listed_up_to_a_number() -> None:
    """Twenty thousand stray cells are two hundred problems and a count."""
    rows: list[list[object]] = [[None] * 5 + [1] for _ in range(1000)]
    with pytest.raises(InputError) as caught:
        parse_portfolio(saved(workbook({"Projects": [HEAD, ROW, *rows]})), "p.xlsx")
    assert len(caught.value.problems) == 201
    assert caught.value.problems[0].place == "Projects!F3"
    assert caught.value.problems[-1].message == "800 more mistakes are not listed."


def test_a_grid_is_whole_where_rows_are_missing() -> None:
    """Cells far apart are read where they stand."""
    book = workbook({"Projects": [HEAD, ROW]})
    book["Projects"]["H900"] = 5
    _, grids = read_grids(saved(book), "p.xlsx", {"projects"})
    assert grids[0].cells[900, 8].value == 5
