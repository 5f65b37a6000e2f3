"""Workbooks on the command line: the form, plans from it, and results."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import PIL.Image
import pytest
from openpyxl.drawing.image import Image
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.inputs.portfolio_file import read_portfolio
from planner.inputs.yaml_source import read_yaml
from tests.workbooks import filled_in, saved

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("0[1-4]_*/portfolio.yaml"))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def ok(*arguments: str | Path) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result


def typed_in(example: Path, folder: Path) -> Path:
    """Return a workbook that says what an example's YAML says."""
    data, _ = read_yaml(example.read_text(encoding="utf-8"), str(example))
    assert isinstance(data.data, dict)
    file = folder / "portfolio.xlsx"
    file.write_bytes(saved(filled_in(data.data)))
    return file


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_a_workbook_is_the_portfolio_of_its_yaml(example: Path, tmp_path: Path) -> None:
    """Typed into cells, each example is the same portfolio with the same fields given."""
    from_cells, from_yaml = map(read_portfolio, (typed_in(example, tmp_path), example))
    assert replace(from_cells, inputs_sha256="") == replace(from_yaml, inputs_sha256="")
    given = [{path for path in read.given if "." in path} for read in (from_cells, from_yaml)]
    assert given[0] == given[1]


@pytest.mark.parametrize("example", EXAMPLES[:3], ids=lambda path: path.parent.name)
def test_a_workbook_gives_the_plan_of_its_yaml(example: Path, tmp_path: Path) -> None:
    """So it gives the same JSON, byte for byte but for the hash of the file."""
    from_cells, from_yaml = (
        re.sub(r'"(inputs_sha256)": "[0-9a-f]{64}"', "", ok("plan", path, "--json").stdout)
        for path in (typed_in(example, tmp_path), example)
    )
    assert from_cells == from_yaml


def test_the_demo_form_can_be_planned(tmp_path: Path) -> None:
    """init --xlsx --demo, check, plan: three commands to a plan; nothing is overwritten."""
    file = tmp_path / "p.xlsx"
    assert "then planner check" in ok("init", "--xlsx", "--demo", "-o", file).stdout.replace(
        "\n", " "
    )
    ok("check", file)
    assert "shelf-gaps" in ok("plan", file).stdout
    before = file.read_bytes()
    assert "exists already" in run("init", "--xlsx", "-o", file).output
    assert file.read_bytes() == before


def test_an_empty_form_is_no_portfolio(tmp_path: Path) -> None:
    """The form as it comes has an example and no project."""
    file = tmp_path / "p.xlsx"
    ok("init", "-o", file)
    result = run("check", file)
    assert result.exit_code == 3
    assert "no project is filled in" in result.output


def test_the_form_ends_in_xlsx(tmp_path: Path) -> None:
    """--xlsx with another ending is a slip, not a YAML file full of zeros and ones."""
    result = run("init", "--xlsx", "-o", tmp_path / "p.yaml")
    assert result.exit_code == 2
    assert not (tmp_path / "p.yaml").exists()


def test_mistakes_name_their_cells(tmp_path: Path) -> None:
    """Every mistake in one pass, each with sheet!cell; exit 3; nothing written."""
    file, out = tmp_path / "p.xlsx", tmp_path / "out.xlsx"
    ok("init", "--xlsx", "--demo", "-o", file)
    book = openpyxl.load_workbook(file)
    book["Projects"]["E4"], book["Projects"]["I5"] = 9.4, "20k-ish"
    book["Rules"]["C4"] = "nobody"
    book.save(file)
    result = run("plan", file, "--xlsx", out, "--json")
    assert result.exit_code == 3
    places = {problem["place"] for problem in json.loads(result.stdout)["problems"]}
    assert places == {"Projects!E4", "Projects!I5", "Rules!C4"}
    assert not out.exists()


@pytest.mark.slow
def test_results_go_into_a_copy(tmp_path: Path) -> None:
    """The input is never written to; an existing file only with --force."""
    file, out = tmp_path / "p.xlsx", tmp_path / "out.xlsx"
    ok("init", "--xlsx", "--demo", "-o", file)
    before = file.read_bytes()
    refused = run("plan", file, "--xlsx", file, "--force")
    assert refused.exit_code == 3
    assert "copy of it" in refused.output
    plan = json.loads(ok("plan", file, "--xlsx", out, "--json").stdout)
    assert file.read_bytes() == before
    assert run("plan", file, "--xlsx", out).exit_code == 3
    ok("plan", out, "--xlsx", out.with_stem("again"), "-q")
    book = openpyxl.load_workbook(out, data_only=True)
    assert book.sheetnames[:2] == ["Summary", "Plan"]
    assert "Projects" in book.sheetnames
    totals = [row[10] for row in book["Plan"].iter_rows(min_row=4, max_row=6, values_only=True)]
    assert totals == [decision["cost"]["total"] for decision in plan["decisions"]]


def test_observe_writes_runs_into_a_workbook(tmp_path: Path) -> None:
    """A copy beside the workbook holds the runs and can be planned."""
    file, runs = tmp_path / "p.xlsx", tmp_path / "runs.csv"
    ok("init", "--xlsx", "--demo", "-o", file)
    runs.write_text("project,images,error\nshelf-gaps,20000,8.1%\n")
    ok("observe", file, runs)
    book = openpyxl.load_workbook(tmp_path / "p.observed.xlsx")
    assert [cell.value for cell in book["Pilots"][4]][:3] == ["shelf-gaps", 20_000, 0.081]
    assert "1 run" not in run("observe", tmp_path / "p.observed.xlsx", runs).output


@pytest.mark.slow
def test_pictures_that_a_copy_lacks_are_said(tmp_path: Path) -> None:
    """A large picture is left out of what `observe` and `plan --xlsx` write, with a word."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Projects"
    for row in (["Project", "Classes", "Target accuracy", "Images limit"], ["a", 4, 0.9, 1000]):
        sheet.append(row)
    picture = io.BytesIO()
    PIL.Image.new("RGB", (4, 4)).save(picture, "BMP")
    sheet.add_image(Image(picture), "H5")
    file, runs = tmp_path / "p.xlsx", tmp_path / "runs.csv"
    book.save(file)
    content = file.read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, picture.getvalue() if "media" in name else part)
    runs.write_text("project,images,error\na,500,20%\n", encoding="utf-8")
    result = ok("observe", file, runs)
    assert "The copy has no pictures that are large" in " ".join(result.stderr.split())
    result = ok("plan", file, "--budget", "1k", "--xlsx", tmp_path / "out.xlsx")
    assert "xl/media/image1." in result.stderr
