"""Reading a user's table of results, and what is said of its mistakes."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.vocabulary import Backbone
from planner.errors import InputError
from planner.regression.rows.shipped import read_observations
from planner.regression.rows.user_table import HEADER, UserTable, read_user_table

GOOD = [
    "shelf,classification,resnet50,4,20k,1,0.06",
    "shelf,classification,resnet50,4,2000,1,12%",
    "bins,classification,Our net,2,900,0,0.081",
    "roads,segmentation,DeepLabv3-R50,19,1200,1,0.4",
]


def write(tmp_path: Path, rows: list[str], header: str = HEADER) -> Path:
    path = tmp_path / "own.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def mistakes(path: Path, *, shipped: bool = False) -> str:
    with pytest.raises(InputError) as caught:
        read_user_table(path, read_observations() if shipped else ())
    return str(caught.value)


def test_a_good_table_is_read(tmp_path: Path) -> None:
    """Counts, percentages and spellings are understood; the chance error follows from classes."""
    table = read_user_table(write(tmp_path, GOOD), read_observations())
    first, second, third, fourth = table.observations
    assert (first.n_images, second.error) == (20000.0, 0.12)
    assert first.architecture == "ResNet-50"
    assert (first.chance_error, fourth.chance_error) == (0.75, 1.0)
    assert third.relative_complexity == pytest.approx(0.100343, abs=1e-6)
    assert third.backbone is Backbone.FINETUNED


def test_complexity_may_replace_classes(tmp_path: Path) -> None:
    """As many equal classes as have the given complexity set the majority guess."""
    header = HEADER.replace("n_classes", "relative_complexity")
    rows = ["shelf,classification,resnet50,0.2006867,2000,1,0.3"]
    (row,) = read_user_table(write(tmp_path, rows, header)).observations
    assert row.chance_error == pytest.approx(0.75, abs=1e-4)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("shelf,classification,resnet50,4,2000,1,0", r"own\.csv:6:40  error\n.*exactly 0"),
        ("shelf,classification,resnet50,4,2100,1,1", "no test image right"),
        ("shelf,classification,resnet50,4,2100,1,0.94", "Is it an accuracy"),
        ("shelf,classification,resnet50,4,2100,1,12", r"as a percentage it is 0\.12"),
        ("shelf,classification,resnet50,4,2100,1,-0.1", "strictly between 0 and 1"),
        ("shelf,classification,resnet50,4,2100,1,low", r"own\.csv:6:40  error"),
        ("shelf,classification,resnet50,4,2100,1,", r"error\n   missing"),
        ("shelf,classification,resnet50,4,0,1,0.2", r"own\.csv:6:33  n_train\n.*not between 1"),
        ("shelf,classification,resnet50,4,,1,0.2", r"n_train\n   missing"),
        ("shelf,classification,resnet50,1,2100,1,0.2", r"n_classes\n.*not between 2"),
        ("shelf,classification,resnet50,,2100,1,0.2", "n_classes or relative_complexity"),
        ("shelf,classification,resnet50,5,2100,1,0.2", "One data set has one set of classes"),
        ("shelf,segmentation,resnet50,4,2100,1,0.2", "give each task its name"),
        ("shelf,detection,resnet50,4,2100,1,0.2", "not one of classification, segmentation"),
        ("shelf,clasification,resnet50,4,2100,1,0.2", "fix  classification"),
        ("shelf,classification,resnet50,4,2100,maybe,0.2", "neither 0"),
        ("shelf,classification,,4,2100,1,0.2", r"architecture\n   missing"),
        ("a | b,classification,resnet50,4,2100,1,0.2", "separates names"),
        ("shelf,classification,resnet50,4,20000,1,0.2", "same result stands in line 2 already"),
        ("shelf,classification,resnet50", "3 cells; the heading has 7"),
        ('shelf,"classification', "a quote opens here that nothing closes"),
    ],
)
def test_a_mistake_is_named_with_line_and_column(tmp_path: Path, row: str, said: str) -> None:
    """Each mistake is answered with its line, its column and what was expected."""
    assert re.search(said, mistakes(write(tmp_path, [*GOOD, row])))


def test_all_mistakes_come_in_one_pass_and_in_order(tmp_path: Path) -> None:
    """Mistakes of several rows are reported together, from top to bottom."""
    rows = ["a,classification,r,4,0,1,0.2", "b,vision,r,4,9,1,0.2", "c,classification,r,4,9,1,0"]
    said = mistakes(write(tmp_path, rows))
    assert "3 problems" in said
    assert re.findall(r"own\.csv:(\d+)", said) == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER.replace(",error", ""), r"error\n   the column error is missing"),
        (HEADER.replace("n_train", "images"), "n_train\n   the column n_train is missing"),
        (HEADER.replace("error", "eror"), "Is 'eror' meant"),
        (HEADER.replace("n_classes,", ""), "n_classes or relative_complexity is missing"),
        (HEADER + ",backbon", "is it 'backbone'"),
        (HEADER + ",error", "'error' appears twice"),
    ],
)
def test_a_wrong_header_is_answered_before_the_rows(tmp_path: Path, header: str, said: str) -> None:
    """Missing, misspelt and repeated columns are named on line 1."""
    found = mistakes(write(tmp_path, ["whatever"], header))
    assert re.search(said, found)
    assert "own.csv:1" in found


def test_errors_that_rise_throughout_may_be_accuracies(tmp_path: Path) -> None:
    """Where more images make every curve worse, the column probably holds accuracies."""
    rows = [
        f"{d},classification,r,100,{n},1,{e}" for d in "ab" for n, e in ((100, 0.5), (900, 0.7))
    ]
    assert "Are these accuracies?" in mistakes(write(tmp_path, rows))


def test_a_shipped_result_is_not_counted_twice(tmp_path: Path) -> None:
    """A row that is in the shipped data already is a mistake, not more evidence."""
    row = "vtab,cifar-100,classification,ResNet-50,100,1000,0,none,0.868"
    header = "study,dataset,task,architecture,n_classes,n_train,pretrained,pretraining,error"
    path = write(tmp_path, [row], header)
    assert "the shipped data already" in mistakes(path, shipped=True)
    assert len(read_user_table(path).observations) == 1


def test_a_shipped_data_set_keeps_its_classes(tmp_path: Path) -> None:
    """Own rows may extend a shipped data set, but not with other classes."""
    good = write(tmp_path, ["cifar-10,classification,resnet50,10,700,1,0.2"])
    assert len(read_user_table(good, read_observations()).observations) == 1
    bad = write(tmp_path, ["cifar-10,classification,resnet50,9,700,1,0.2"])
    assert "in the shipped data" in mistakes(bad, shipped=True)


def test_columns_no_model_uses_are_told(tmp_path: Path) -> None:
    """A free column is left out and named, never silently."""
    table = read_user_table(write(tmp_path, [GOOD[0] + ",north"], HEADER + ",camera"))
    assert table.unused_columns == ("camera",)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\xff\xfea\x00", "UTF-16"), (b"a\x00b", "binary data")],
)
def test_files_that_are_no_tables_are_answered(tmp_path: Path, content: bytes, said: str) -> None:
    """Empty files, other encodings and binary files are named as such."""
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    assert re.search(said, mistakes(path))
    assert "folder" in mistakes(tmp_path)
    assert "no such file" in mistakes(tmp_path / "none.csv")


@given(data=st.data())
def test_no_damaged_table_brings_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever is done to a cell, the table is read or its mistakes are named."""
    cells = [line.split(",") for line in (HEADER, *GOOD)]
    i = data.draw(st.integers(0, len(cells) - 1))
    j = data.draw(st.integers(0, len(cells[i]) - 1))
    strange = st.sampled_from(["nan", "inf", "1e400", "-1", '"', "1,5", "\x00", "²", "9" * 400])
    cells[i][j] = data.draw(strange | st.text(max_size=12))
    path = tmp_path_factory.mktemp("tables") / "own.csv"
    text = "\n".join(",".join(line) for line in cells)
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    try:
        table = read_user_table(path)
    except InputError as error:
        table, problems = UserTable(()), error.problems
    else:
        problems = ()
    assert bool(table.observations) != bool(problems)
    assert all(0.0 < row.error < 1.0 and row.n_images >= 1 for row in table.observations)
