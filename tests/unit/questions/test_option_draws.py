"""The worth of every option in every draw: enough to choose a plan under a measure of risk."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner

ROOT = Path(__file__).parents[3]
TEXT = """\
version: 1
portfolio: {budget: 9k, risk: {measure: cvar, level: 0.8, weight: 0.5}}
projects:
  - {id: a, classes: 4, target_accuracy: 92%, value: 20k, architectures: [ResNet-50],
     images: {held: 500, limit: 20k, price: 0.2}}
  - {id: b, classes: 8, target_accuracy: 88%, value: 15k, architectures: [ResNet-50],
     images: {held: 200, limit: 30k, price: 0.3..0.5}}
"""


def test_the_best_choice_by_hand_is_the_plan(tmp_path: Path) -> None:
    """Every pair of options within the budget, half its mean and half its worst fifth."""
    file = tmp_path / "p.yaml"
    file.write_text(TEXT, encoding="utf-8")
    portfolio, model = planner.read_portfolio(file), planner.load_model()
    rows: Any = planner.options(portfolio, model, draws=True)["options"]
    n_draws = len(rows[0]["worth_draws"])
    nothing = {"cost_total": 0.0, "worth_draws": np.zeros(n_draws)}
    first, second = ([nothing, *(r for r in rows if r["project"] == one)] for one in "ab")

    def measured(worth: Any) -> float:
        worst = np.sort(worth)[: n_draws // 5]
        return float(0.5 * worth.mean() + 0.5 * worst.mean())

    best = max(
        measured(one["worth_draws"] + other["worth_draws"])
        for one in first
        for other in second
        if one["cost_total"] + other["cost_total"] <= 9_000
    )
    plan = planner.plan(portfolio, model, gap=0.0)
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("example", ["01_retail_shelves", "13_build_or_buy"])
def test_their_mean_is_what_is_expected(example: str) -> None:
    """With and without a life, networks and alternatives alike."""
    portfolio = planner.read_portfolio(ROOT / "examples" / example / "portfolio.yaml")
    rows: Any = planner.options(portfolio, planner.load_model(), draws=True)["options"]
    means = [row["worth_draws"].mean() for row in rows]
    assert means == pytest.approx([row["expected_net_value"] for row in rows], abs=0.01)
