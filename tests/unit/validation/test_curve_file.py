"""Curves read from a file."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError
from planner.validation.curve_file import read_curves

HEAD = "curve_id,images,error,pretrained,n_classes,architecture,task,backbone"


def written(folder: Path, text: str) -> Path:
    path = folder / "curves.csv"
    path.write_text(text, encoding="utf-8")
    return path


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["a", "b, c", 'd"e']),
            st.integers(1, 10**9),
            st.floats(1e-6, 0.999),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_point_written_is_read(
    rows: list[tuple[str, int, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the names, quotes and order of rows, points come back sorted by images."""
    text = io.StringIO()
    csv.writer(text).writerows([("curve_id", "images", "error"), *rows])
    path = tmp_path_factory.mktemp("curves") / "c.csv"
    path.write_bytes(text.getvalue().encode())
    found = read_curves(path)
    assert [curve.id for curve in found.curves] == list(dict.fromkeys(name for name, _, _ in rows))
    for curve in found.curves:
        expected = sorted((n, e) for name, n, e in rows if name == curve.id)
        assert curve.images == tuple(n for n, _ in expected)
        assert curve.errors == pytest.approx([e for _, e in expected], rel=1e-9)


def test_a_full_row_and_defaults(tmp_path: Path) -> None:
    """Optional cells are read; empty ones and absent columns take their defaults."""
    text = f"{HEAD}\na,20k,8.1%,0,10,ResNet-50,segmentation,finetuned\nb,100,0.5,,,,,\n"
    full, bare = read_curves(written(tmp_path, text)).curves
    assert (full.images, full.n_classes, full.pretrained) == ((20_000,), 10, False)
    assert full.errors == pytest.approx([0.081])
    assert full.task is Task.SEGMENTATION
    assert (bare.pretrained, bare.backbone) == (True, Backbone.FINETUNED)
    assert (bare.n_classes, bare.architecture) == (None, None)
    short = read_curves(written(tmp_path, "images,error,curve_id\n5,0.5,x\n"))
    absent = ("pretrained", "n_classes", "architecture", "task", "backbone", "dataset")
    assert short.absent == absent


def test_every_mistake_is_found_in_one_pass_with_line_and_column(tmp_path: Path) -> None:
    """Each wrong cell has its own problem, at the place it stands."""
    text = (
        f"{HEAD}\na,0,0.5,1,10,,classification,\na,100,0,maybe,1,,seg,warm\n,100,250,1,10,,,\n"
        "b,10\nc,10,0.5,0,10,,,frozen\n"
    )
    with pytest.raises(InputError, match="problems") as raised:
        read_curves(written(tmp_path, text))
    found = {(p.place.split("curves.csv")[1], p.field) for p in raised.value.problems}
    assert found == {
        (":2:3", "images"),
        (":3:7", "error"),
        (":3:9", "pretrained"),
        (":3:15", "n_classes"),
        (":3:18", "task"),
        (":3:22", "backbone"),
        (":4:1", "curve_id"),
        (":4:6", "error"),
        (":5:1", ""),
        (":6:17", "backbone"),
    }


def test_rows_of_one_curve_must_agree(tmp_path: Path) -> None:
    """A curve is one system: its classes cannot change half-way."""
    text = "curve_id,images,error,n_classes\na,10,0.5,10\na,20,0.4,12\n"
    with pytest.raises(InputError, match="line 2 says '10' for the same curve"):
        read_curves(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("curve_id,images,error\n", "no rows"),
        ("curve,images,error\na,1,0.5\n", "curve_id is missing. Is 'curve' meant"),
        ("curve_id,images,error,error\na,1,0.5,0.5\n", "appears twice"),
        ("curve_id,images,error\na,1,\x000.5\n", "binary data"),
        ("curve_id,images,error\n" + "a,1,0.5\n" * 9 + "a,1,\x000.5\n", r"U\+0000"),
        ('curve_id,images,error\na,1,"0.5\n', "nothing closes"),
    ],
)
def test_a_file_in_the_wrong_shape_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Empty files, missing or repeated columns and binary junk are said plainly."""
    with pytest.raises(InputError, match=message):
        read_curves(written(tmp_path, text))


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    """Folders, missing files and other encodings are input mistakes, not bugs."""
    with pytest.raises(InputError, match="no such file"):
        read_curves(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_curves(tmp_path)
    path = tmp_path / "latin.csv"
    path.write_bytes(b"curve_id,images,error\n\xe9,1,0.5\n")
    with pytest.raises(InputError, match="0xe9 is not UTF-8"):
        read_curves(path)


def test_a_hopeless_file_is_answered_briefly(tmp_path: Path) -> None:
    """Thousands of wrong rows give two hundred problems and how many more there are."""
    text = "curve_id,images,error\n" + "a,x,y\n" * 5000
    with pytest.raises(InputError, match=r"9,800 more mistakes(?s:.)*201 problems"):
        read_curves(written(tmp_path, text))
