"""planner report: what is written, what is refused, and how the page behaves in a browser."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import planner
from planner.cli.app import app
from planner.cli.report import command_line

RUNNER = CliRunner()
DATE = "2026-11-21"
SMALL = """\
version: 1
portfolio: {name: "Two <b>plants</b>", currency: EUR, budget: 4k}
projects:
  - {id: weld, classes: 4, target_accuracy: 90%, value: 30k, architectures: [EfficientNet-B0],
     images: {held: 2k, limit: 20k, price: 0.1..0.2}}
  - {id: paint, classes: 8, target_accuracy: 88%, value: 20k, architectures: [EfficientNet-B0],
     images: {held: 1k, limit: 20k, price: 0.1}, pilots: [{images: 1000, error: 16%}]}
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small portfolio and its report."""
    found = tmp_path_factory.mktemp("report")
    (found / "small.yaml").write_text(SMALL, encoding="utf-8")
    done = run(found / "small.yaml", "-o", str(found / "small.html"), "--date", DATE)
    assert done.exit_code == 0, done.stderr
    return found


def run(file: Path, *arguments: str) -> Result:
    return RUNNER.invoke(app, ["report", str(file), *arguments], catch_exceptions=False)


def test_the_file_is_written_and_named_on_stdout(folder: Path) -> None:
    """The command says what it wrote and exits with 0."""
    done = run(folder / "small.yaml", "-o", str(folder / "other.html"), "--style", "tech")
    assert done.exit_code == 0
    assert done.stdout.replace("\n", "") == f"Wrote {folder / 'other.html'}"
    assert "Two &lt;b&gt;plants" in (folder / "other.html").read_text(encoding="utf-8")


def test_json_is_one_object_with_the_plan(folder: Path) -> None:
    """With --json the plan that the page shows is printed, and nothing else."""
    target = folder / "json.html"
    done = run(folder / "small.yaml", "-o", str(target), "--json", "--date", DATE)
    data = json.loads(done.stdout)
    assert data["schema_version"] == 1
    assert data["written"] == [str(target)]
    committed = data["plan"]["budget"]["committed"]
    assert f'data-value="{committed:g}"' in target.read_text(encoding="utf-8") or committed % 1


def test_an_earlier_report_is_replaced_by_the_same_bytes(folder: Path) -> None:
    """Making a report again with its date changes nothing."""
    target = folder / "small.html"
    before = target.read_bytes()
    assert run(folder / "small.yaml", "-o", str(target), "--date", DATE).exit_code == 0
    assert target.read_bytes() == before


def test_a_file_that_is_no_report_is_kept(folder: Path) -> None:
    """Only an earlier report is overwritten unasked; --force overwrites anything."""
    target = folder / "notes.html"
    target.write_text("mine")
    done = run(folder / "small.yaml", "-o", str(target))
    assert done.exit_code == 3
    assert "no earlier report" in done.stderr
    assert target.read_text() == "mine"
    assert run(folder / "small.yaml", "-o", str(target), "--force").exit_code == 0
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "plan.yaml"], "ends in .html"),
        (["-o", "nowhere/plan.html"], "does not exist"),
        (["-o", "x.html", "--date", "tomorrow"], "expected a date"),
        (["-o", "x.html", "--budget", "lots"], "not a number"),
    ],
)
def test_mistakes_write_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Bad input is exit 3 with the fix; no file appears."""
    monkeypatch.chdir(folder)
    before = sorted(folder.iterdir())
    done = run(folder / "small.yaml", *arguments)
    assert done.exit_code == 3
    assert said in " ".join(done.stderr.split())
    assert sorted(folder.iterdir()) == before


def test_where_no_plan_fits_the_page_says_why_and_the_exit_code_is_4(folder: Path) -> None:
    """Infeasible is an answer that is written down too."""
    text = SMALL.replace("value: 30k", "value: 30k, min_chance: 99%")
    (folder / "tight.yaml").write_text(text + "rules:\n  - {fund: [weld]}\n", encoding="utf-8")
    done = run(folder / "tight.yaml", "-o", str(folder / "tight.html"), "--budget", "10")
    assert done.exit_code == 4
    assert "No plan fits" in (folder / "tight.html").read_text(encoding="utf-8")
    assert "No plan fits" in done.stderr


def test_the_command_in_the_manifest_makes_the_same_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the manifest says to run gives the same bytes."""
    import shlex
    from html import unescape

    monkeypatch.chdir(folder)
    first = (folder / "small.html").read_text(encoding="utf-8")
    found = re.search(r"<code>(planner report [^<]*)</code>", first)
    assert found
    words = shlex.split(unescape(found[1]))
    assert RUNNER.invoke(app, words[1:]).exit_code == 0
    assert (folder / "small.html").read_text(encoding="utf-8") == first


def test_absolute_paths_stay_private() -> None:
    """The manifest names files, not the folders of the machine."""
    home = Path("/home/ann")
    line = command_line(home / "client" / "p.yaml", home / "o.html", {"--seed": "1"})
    assert line == "planner report p.yaml -o o.html --seed 1"


def browser(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Chromium without a window; skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    still = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"]
    command = [CHROMIUM, *still, *quiet, f"--user-data-dir={folder / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_overflows_and_the_console_is_silent(folder: Path, width: int) -> None:
    """At a desk and on a phone the page is as wide as its window, and no error is logged."""
    from html import escape

    page = (folder / "small.html").read_text(encoding="utf-8").replace("weld", "w" * 300)
    script = (
        "const page = document.querySelector('iframe').contentDocument.documentElement;"
        "document.title = 'wide ' + page.scrollWidth;"
    )
    (folder / "frame.html").write_text(
        f'<iframe width="{width}" height="900" style="border:0" srcdoc="{escape(page)}" '
        f'onload="{script}"></iframe>',
        encoding="utf-8",
    )
    url = (folder / "frame.html").as_uri()
    done = browser(folder, "--enable-logging=stderr", "--dump-dom", url)
    assert f"<title>wide {width}</title>" in done.stdout
    assert "CONSOLE" not in done.stderr


@pytest.mark.slow
def test_ten_projects_print_on_two_pages(folder: Path) -> None:
    """Ten projects, some with long names, pilots and price ranges, fit two sheets of A4."""
    rows = [
        f"""  - {{id: "{"inspection of the long line " * (index % 3)}{index}", classes: {4 + index},
     target_accuracy: 90%, value: {20 + 10 * index}k, architectures: [EfficientNet-B0, ResNet-50],
     images: {{held: {1000 * index}, limit: 60k, price: 0.1..0.3}}}}"""
        for index in range(10)
    ]
    text = "version: 1\nportfolio: {name: Ten, budget: 20k, horizon_years: 3}\nprojects:\n"
    (folder / "ten.yaml").write_text(text + "\n".join(rows) + "\n", encoding="utf-8")
    assert run(folder / "ten.yaml", "-o", str(folder / "ten.html")).exit_code == 0
    target = folder / "ten.pdf"
    browser(folder, f"--print-to-pdf={target}", (folder / "ten.html").as_uri())
    assert len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())) == 2


@pytest.mark.slow
def test_thirty_projects_print_on_four_pages(folder: Path) -> None:
    """Those of the chain, with what they share, two periods and three units."""
    example = Path(__file__).parents[2] / "examples" / "04_grocery_chain" / "portfolio.yaml"
    assert run(example, "-o", str(folder / "thirty.html")).exit_code == 0
    target = folder / "thirty.pdf"
    browser(folder, f"--print-to-pdf={target}", (folder / "thirty.html").as_uri())
    assert len(re.findall(rb"/Type\s*/Page\b", target.read_bytes())) == 4


def test_the_verb_is_public() -> None:
    """Anything the command does, Python can do."""
    assert "report" in planner.__all__
    assert callable(planner.report)
