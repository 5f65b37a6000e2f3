"""Portfolios of any size for the page: the retail example's projects, each a little different."""

from pathlib import Path
from typing import Any

from planner.inputs.edits import written
from planner.inputs.yaml_source import read_yaml

RETAIL = Path(__file__).parents[2] / "examples" / "01_retail_shelves" / "portfolio.yaml"


def portfolio_of(count: int) -> str:
    """Return a portfolio with so many projects under one budget that does not suffice for all."""
    data: Any = read_yaml(RETAIL.read_text("utf-8"), "retail")[0].data
    kinds = data["projects"]
    projects = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        value = 40 + (37 * number) % 110
        projects.append({**kind, "id": f"{kind['id']}-{number + 1}", "value": f"{value}k"})
    head = {**data["portfolio"], "budget": f"{5 * count}k"}
    return written({**data, "portfolio": head, "projects": projects, "rules": []})
