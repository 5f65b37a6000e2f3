"""Runs on offer in YAML and in the workbook form are the same records."""

from pathlib import Path

import planner
from planner.inputs.portfolio_file import parse_portfolio
from planner.inputs.yaml_source import read_yaml
from planner.reporting.xlsx.form import form_bytes

EXAMPLE = Path(__file__).parents[3] / "examples" / "10_measure_first" / "portfolio.yaml"


def test_the_form_holds_what_the_file_does() -> None:
    """Every field of every offer, under its project."""
    written = planner.read_portfolio(EXAMPLE)
    document, _ = read_yaml(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE.name)
    assert isinstance(document.data, dict)
    content = form_bytes(document.data)
    filled = parse_portfolio(content, "portfolio.xlsx")
    offers = [project.pilots_on_offer for project in written.projects]
    assert sum(map(len, offers)) == 8
    assert [project.pilots_on_offer for project in filled.projects] == offers
