"""A range of trials: the mean is committed, and their number is one uncertain number for all."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import lognorm

import planner
from planner.domain.portfolio.compute import Compute
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis
from planner.economics.draws import compute_factor_draws

RETAIL = Path(__file__).parents[3] / "examples" / "01_retail_shelves" / "portfolio.yaml"
MODEL = planner.load_model("published")


def lognormal_mean(p10: float, p90: float) -> float:
    """Return the mean from the quantiles by scipy, apart from the product's closed form."""
    log_sd = math.log(p90 / p10) / (2 * 1.2815515655446004)
    return float(lognorm(s=log_sd, scale=math.sqrt(p10 * p90)).mean())


@pytest.mark.parametrize("basis", list(Basis))
def test_nine_in_ten_trainings_lie_below_the_upper_end_and_one_in_ten_below_the_lower(
    basis: Basis,
) -> None:
    """Whatever training is priced by; within four standard errors of a share of 20,000 draws."""
    compute = Compute(basis=basis, trials=Range(3, 8))
    trials = compute_factor_draws(compute, 20_000, seed=2) * lognormal_mean(3, 8)
    error = 4 * math.sqrt(0.09 / 20_000)
    assert np.mean(trials <= 3) == pytest.approx(0.1, abs=error)
    assert np.mean(trials <= 8) == pytest.approx(0.9, abs=error)


def test_the_mean_of_a_range_is_committed_and_the_spread_is_that_of_cost() -> None:
    """What is trained for certain so often costs the same; the range adds its ends to the risk."""
    project = planner.Project(
        id="a",
        classes=4,
        target_accuracy=0.9,
        value=100_000,
        images={"held": 1_000, "limit": 20_000, "price": 0.3},  # type: ignore[arg-type]
    )
    sure, spread = (
        planner.plan(planner.Portfolio(projects=(project,), budget=50_000, compute=compute), MODEL)
        for compute in (Compute(trials=lognormal_mean(300, 800)), Compute(trials=Range(300, 800)))
    )
    assert spread.budget.committed == pytest.approx(sure.budget.committed, abs=0.05)
    assert sure.risk is not None
    assert spread.risk is not None
    assert sure.risk.cost.p10 == sure.risk.cost.p90
    assert spread.risk.cost.p10 < spread.risk.cost.p50 < spread.budget.committed
    assert spread.risk.cost.p90 > spread.budget.committed
    assert spread.assumptions["compute"]["trials"] == "300..800"  # type: ignore[index]


def test_the_number_of_trainings_has_a_bar_of_the_tornado() -> None:
    """From its P10 to its P90, and the worth falls with it."""
    asked = planner.read_portfolio(RETAIL, overrides={"compute.trials": "300..800"})
    explained = planner.explain(asked, None, MODEL)
    assert explained.tornado is not None
    bar = next(bar for bar in explained.tornado.bars if "trainings" in bar.input)
    assert (bar.low, bar.high) == (300, 800)
    assert bar.value_at_high < bar.value_at_low


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("8..3", "P10"),
        ("0..4", "above 0"),
        ("1e7..1e8", "at most 1,0"),
        ("3...8", "two dots"),
    ],
)
def test_what_is_no_range_of_trials_is_refused(text: str, message: str) -> None:
    """With the place of the field."""
    with pytest.raises(planner.InputError, match=message) as caught:
        planner.read_portfolio(RETAIL, overrides={"compute.trials": text})
    assert caught.value.problems[0].field == "compute.trials"
