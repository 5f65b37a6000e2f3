"""The report on paper: no heading is left alone at the foot of a page, every project is named."""

from pathlib import Path

import pytest

import planner
from tests.browser.conftest import ROOT, Open
from tests.browser.portfolios import portfolio_of

PAPER_PX = 711
"""Between the margins of A4."""
ALONE = """() => {
  const shown = node => node.getClientRects().length > 0;
  const style = node => getComputedStyle(node);
  const kept = node => {
    let ends = true;  // whether the heading is the last in the box looked at
    for (let at = node; at && at !== document.body; at = at.parentElement) {
      if (ends && style(at).breakAfter === 'avoid') return true;
      if (at !== node && style(at).breakInside === 'avoid') return true;
      ends = ends && !at.nextElementSibling;
    }
    return false;
  };
  return [...document.querySelectorAll('h2, h3, h4, caption, thead')]
    .filter(shown).filter(node => !kept(node)).map(node => node.innerText);
}"""
LAST_ON_PAPER = """() => [...document.querySelectorAll('section')]
  .filter(node => node.getClientRects().length && !node.innerText.trim()).length"""


def on_paper(show: Open, folder: Path, text: str) -> tuple[list[str], str]:
    """Return the headings that may be left alone, and what is printed."""
    file = folder / "portfolio.yaml"
    file.write_text(text, encoding="utf-8")
    made = planner.report(planner.read_portfolio(file), planner.load_model(), date="2027-01-01")
    page = folder / "report.html"
    page.write_text(made.html, encoding="utf-8")
    shown = show(page.as_uri(), width=PAPER_PX).page
    shown.emulate_media(media="print")
    assert shown.evaluate(LAST_ON_PAPER) == 0
    return shown.evaluate(ALONE), shown.inner_text("body")


@pytest.mark.parametrize("count", [4, 10])
def test_headings_stay_with_what_they_head(show: Open, tmp_path: Path, count: int) -> None:
    """Each is kept with the next block or stands in a box that is not cut; all are named."""
    alone, printed = on_paper(show, tmp_path, portfolio_of(count))
    assert alone == []
    rows = (line.split("\t")[0] for line in printed.splitlines())
    named = {row.lstrip("0123456789. ") for row in rows}
    portfolio = planner.read_portfolio(tmp_path / "portfolio.yaml")
    assert {project.id for project in portfolio.projects} <= named


def test_a_heading_that_nothing_keeps_is_found(show: Open, tmp_path: Path) -> None:
    """What this looks for is seen where it is wrong."""
    page = tmp_path / "alone.html"
    page.write_text("<section><h2>Alone</h2><p>Text</p></section>", encoding="utf-8")
    shown = show(page.as_uri()).page
    shown.emulate_media(media="print")
    assert shown.evaluate(ALONE) == ["Alone"]


def test_the_example_of_thirty_names_every_project(show: Open, tmp_path: Path) -> None:
    """Also where a table runs over two pages."""
    example = ROOT / "examples" / "04_grocery_chain" / "portfolio.yaml"
    alone, printed = on_paper(show, tmp_path, example.read_text("utf-8"))
    assert alone == []
    for project in planner.read_portfolio(example).projects:
        assert project.id in printed
