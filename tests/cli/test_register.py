"""planner report --register: the risk register as CSV."""

import csv
import html
import io
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.reporting.register_file import COLUMNS

GRANT = Path(__file__).parents[2] / "examples" / "03_small_grant" / "portfolio.yaml"


def report(folder: Path, *flags: str, file: Path = GRANT) -> Result:
    words = ["report", str(file), "-o", str(folder / "plan.html"), "--date", "2027-01-01"]
    return CliRunner().invoke(app, [*words, "--model", "published", *flags])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, str]], str]:
    """Return the register of an example as a spreadsheet reads it, and the page beside it."""
    folder = tmp_path_factory.mktemp("register")
    text = GRANT.read_text("utf-8").replace("id: species", 'id: "=2+2"\n    shift: {points: 1..2}')
    (folder / "p.yaml").write_text(text, encoding="utf-8")
    flags = ("--register", str(folder / "risks.csv"), "--framework", "Ours, 2027")
    done = report(folder, *flags, file=folder / "p.yaml")
    assert done.exit_code == 0, done.stderr
    content = (folder / "risks.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(content))), (folder / "plan.html").read_text("utf-8")


def test_each_risk_of_the_page_is_a_row_with_the_framework_of_the_reader(
    rows: tuple[list[dict[str, str]], str],
) -> None:
    """In the same order, clauses left to fill in, and nothing claimed."""
    found, page = rows
    assert tuple(found[0]) == COLUMNS
    assert [int(row["number"]) for row in found] == list(range(1, len(found) + 1))
    assert {row["framework"] for row in found} == {"Ours, 2027"}
    assert {row["clause"] for row in found} == {""}
    assert all("no claim of conformity or certification" in row["note"] for row in found)
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    loose = text.replace(" ", "")
    places = [loose.find(row["risk"].lstrip("'").replace(" ", "")) for row in found]
    assert min(places) > 0
    assert all(row["mitigation"].replace(" ", "") in loose for row in found)
    assert any("Field differs" in row["risk"] for row in found)
    assert any("poisoning" in row["risk"] for row in found)


def test_a_fall_in_use_that_the_file_states_is_no_unknown(
    rows: tuple[list[dict[str, str]], str],
) -> None:
    """Whose it is and how far, and that nothing is known of the others."""
    (field,) = (row for row in rows[0] if "Field differs" in row["risk"])
    assert field["likelihood"] == (
        "stated in the file: =2+2 loses 1 to 2 points of accuracy; not estimated for the others"
    )
    assert field["impact"].startswith("counted in chances")
    (attacks,) = (row for row in rows[0] if "poisoning" in row["risk"])
    assert attacks["likelihood"] == "not estimated"


def test_no_cell_is_a_formula(rows: tuple[list[dict[str, str]], str]) -> None:
    """A project may be called like one."""
    cells = [cell for row in rows[0] for cell in row.values()]
    assert any("=2+2" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_a_register_is_not_overwritten_and_a_framework_needs_one(tmp_path: Path) -> None:
    """Refused before anything is computed."""
    (tmp_path / "risks.csv").write_text("mine", encoding="utf-8")
    done = report(tmp_path, "--register", str(tmp_path / "risks.csv"))
    assert done.exit_code == 3
    assert (tmp_path / "risks.csv").read_text("utf-8") == "mine"
    assert not (tmp_path / "plan.html").exists()
    assert report(tmp_path, "--framework", "Ours").exit_code == 2
