"""Every command shown in a README prints exactly what stands below it."""

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "examples").glob("*/README.md"))]
BLOCK = re.compile(r"(```text\n\$ planner )(?P<command>[^\n]+)\n(?P<output>.*?)(```)", re.DOTALL)


def printed(command: str) -> str:
    """Return what the command prints on stdout, 80 columns wide, without colour."""
    result = CliRunner().invoke(
        app, shlex.split(command), env={"COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    )
    assert result.exit_code == 0, result.output
    return "".join(line.rstrip() + "\n" for line in result.stdout.splitlines())


@pytest.mark.golden
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_readme_shows_what_its_commands_print(
    page: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Run in the page's folder, each command's output equals the block."""
    monkeypatch.chdir(page.parent)
    text = page.read_text(encoding="utf-8")
    assert BLOCK.search(text), f"{page} shows no command"
    current = BLOCK.sub(
        lambda match: f"{match[1]}{match['command']}\n{printed(match['command'])}{match[4]}", text
    )
    if request.config.getoption("--update-golden"):
        page.write_text(current, encoding="utf-8")
    assert text == current or request.config.getoption("--update-golden")


def test_the_readme_gives_the_two_commands_verbatim() -> None:
    """A newcomer copies two lines; they are the ones promised."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install uv && uv run planner plan examples/01_retail_shelves/portfolio.yaml" in text
    assert "pip install uv && uv run --all-extras --group dev pytest" in text


def test_the_readme_quotes_the_shipped_model() -> None:
    """Rows, data sets and what decisions earned are those of the model's own folder."""
    folder = ROOT / "models" / "transfer"
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    evidence = json.loads((folder / "diagnostics.json").read_text(encoding="utf-8"))["evidence"]
    rows, sets = re.findall(r"\d+", evidence["description"])[:2]
    assert f"fit to {rows} published results on {sets} image data sets" in readme
    scores = json.loads((folder / "decisions.json").read_text(encoding="utf-8"))["scores"]
    shares = {s["plan"]: s for s in scores}
    one, none = shares["one pilot each"], shares["nothing measured"]
    quoted = (one["realised"], one["promised"], none["realised"], none["promised"])
    found = re.search(
        r"earn (\.\d+) .*? promise (\.\d+); .*? measured (\.\d+), promising (\.\d+)", readme
    )
    assert found
    assert [float(x) for x in found.groups()] == pytest.approx(quoted, abs=0.005)
    paid = [f"{name}, paid" for name in ("runs by pilots", "every run", "cheapest runs")]
    found = re.search(
        r"in all earn (\.\d+), their price paid, and every run (\.\d+); .*? well, (\.\d+)", readme
    )
    assert found
    earned = [shares[plan]["realised"] for plan in paid]
    assert [float(x) for x in found.groups()] == pytest.approx(earned, abs=0.005)
