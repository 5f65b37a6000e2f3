"""CVaR over the whole distribution is the mean."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.risk import RiskMeasure, RiskPreference
from planner.solving.measures import risk_value

RETAIL = Path(__file__).parents[3] / "examples" / "01_retail_shelves" / "portfolio.yaml"


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_cvar_at_level_zero_is_the_mean_of_all_draws(weight: float) -> None:
    """Whatever its weight, of any draws."""
    draws = np.random.default_rng(3).normal(size=101) ** 3
    measure = RiskMeasure("cvar", level=0.0, weight=weight)
    assert risk_value(draws, measure) == pytest.approx(draws.mean(), rel=1e-12)


def test_a_plan_at_level_zero_is_the_plan_of_the_expectation() -> None:
    """Byte for byte, but for what was asked; the runs to make first are those of it too."""
    model = planner.load_model("published")
    portfolio = planner.read_portfolio(RETAIL)
    asked = replace(portfolio, risk=RiskPreference(measure="cvar", level=0))

    def answer(one: planner.Portfolio) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(planner.plan(one, model).to_json())
        del data["inputs"]
        kept = {name: data["assumptions"].pop(name) for name in ("risk", "risk_settings")}
        data["assumptions"]["defaults_used"] = None
        assert (kept["risk"] == "cvar") is (one is asked)
        return data

    assert answer(asked) == answer(portfolio)
