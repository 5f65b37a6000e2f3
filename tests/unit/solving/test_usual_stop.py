"""Where a search stops when no gap was asked for: the draws decide."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.effort import Allowance
from planner.solving import solver
from planner.solving.gap import LEAST_GAP, usual_gap
from planner.solving.measures import risk_value, standard_error
from planner.solving.solver import SETTLED, PortfolioSolver
from tests.benchmarks.engine_cases import make_case

MEASURES = (
    RiskMeasure(),
    RiskMeasure("cvar", level=0.9, weight=0.5),
    RiskMeasure("cvar", level=0.8, weight=1.0),
    RiskMeasure("entropic", aversion=0.3),
)


@pytest.mark.parametrize("risk", MEASURES)
def test_the_standard_error_is_the_spread_over_samples(risk: RiskMeasure) -> None:
    """Worths of 2,000 samples drawn anew spread as one sample says they do."""
    rng = np.random.default_rng(4)
    values = [risk_value(rng.gamma(2.0, 1.5, 400), risk) for _ in range(2_000)]
    told = [standard_error(rng.gamma(2.0, 1.5, 400), risk) for _ in range(200)]
    assert np.mean(told) == pytest.approx(np.std(values), rel=0.06)


@given(st.floats(0.01, 100), st.floats(-1e6, 1e6), st.sampled_from(MEASURES[:3]))
def test_the_standard_error_has_the_unit_of_worth(
    unit: float, shift: float, risk: RiskMeasure
) -> None:
    """In another currency it is another number of units; what is certain adds nothing."""
    draws = np.random.default_rng(1).normal(0, 1, 50)
    once, again = standard_error(draws, risk), standard_error(unit * draws + shift, risk)
    assert again == pytest.approx(unit * once, rel=1e-6)


def test_aversion_near_nothing_leaves_the_error_of_the_mean() -> None:
    """The certain equivalent moves as the mean does."""
    draws = np.random.default_rng(1).normal(0, 1, 50)
    mean = standard_error(draws, RiskMeasure())
    for aversion in (1e-300, 1e-9):
        told = standard_error(draws, RiskMeasure("entropic", aversion=aversion))
        assert told == pytest.approx(mean, rel=1e-6)
    assert standard_error(draws[:1], RiskMeasure()) == 0.0


@given(st.floats(1e-3, 1e9), st.floats(0, 1e9))
def test_the_usual_gap_is_a_quarter_of_the_error(value: float, error: float) -> None:
    """Never above it, at most two digits below, and never below the least gap."""
    gap, quarter = usual_gap(value, error), error / value / 4
    assert gap >= LEAST_GAP
    if quarter > LEAST_GAP:
        assert 0.9 * quarter <= gap <= quarter * (1 + 1e-12)
    assert float(f"{gap:.2g}") == gap


@pytest.mark.parametrize("seed", range(4))
def test_the_search_stops_at_the_usual_gap(seed: int) -> None:
    """The bound holds, what was near enough is told, and asking for all gains no more than that."""
    problem = make_case(100 + seed, 6, 2, 6, 200)
    usual, best = PortfolioSolver(problem).solve(gap=None), PortfolioSolver(problem).solve(gap=0.0)
    draws = problem.outcomes.worth_draws(usual.options).sum(axis=0) if problem.outcomes else None
    assert draws is not None
    assert usual.status is Status.OPTIMAL
    assert usual.gap <= usual.asked
    assert best.gap <= 1e-6
    assert usual.value <= best.value * (1 + 1e-9)
    assert best.value <= usual.bound * (1 + 1e-6)
    if usual.gap > 1e-6:
        error = standard_error(draws, problem.risk)
        assert usual.asked == pytest.approx(usual_gap(usual.value, error), rel=0.2)


def test_little_work_goes_on_to_the_best_plan() -> None:
    """A small portfolio is proven to the end although the draws tell far less."""
    solution = PortfolioSolver(make_case(7, 4, 1, 4, 60)).solve(gap=None)
    assert solution.asked == 1e-6
    assert solution.gap <= 1e-6


def test_few_projects_by_expected_worth_are_always_proven() -> None:
    """With rules, which no sorted list of options answers."""
    for n_projects in (13, SETTLED):
        problem = make_case(3, n_projects, 2, 8, 100, rows=True, risk=RiskMeasure())
        solution = PortfolioSolver(problem).solve(gap=None)
        assert solution.asked == 1e-6
        assert solution.gap <= 1e-6


def test_expected_worth_without_outcomes_asks_for_its_draws() -> None:
    """More projects under rules stop by the draws of their own plan, or at the least gap."""
    problem = make_case(3, SETTLED + 30, 2, 8, 100, rows=True, risk=RiskMeasure())
    outcomes = problem.outcomes
    assert outcomes is not None
    asked: list[int] = []

    def draws_of(options: np.ndarray) -> np.ndarray:
        asked.append(len(options))
        return outcomes.worth_draws(options).sum(axis=0)

    bare = type(problem)(**{**vars(problem), "outcomes": None})
    told = PortfolioSolver(bare, draws_of).solve(gap=None, allowance=Allowance(2e9))
    assert asked
    assert told.status is Status.OPTIMAL
    assert told.gap <= told.asked
    assert told.asked > LEAST_GAP or told.asked == 1e-6


def test_patience_ends_a_search_that_no_gap_was_asked_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan then says that less was proven than the draws allow; with a gap it is not so."""
    problem = make_case(5, 30, 3, 8, 200)
    monkeypatch.setattr(solver, "PATIENCE", 1e7)
    monkeypatch.setattr(solver, "PATIENCE_EACH", 0.0)
    hasty = PortfolioSolver(problem).solve(gap=None)
    assert hasty.status is Status.FEASIBLE
    assert hasty.stop == "work"
    assert hasty.gap > hasty.asked >= LEAST_GAP
    asked = PortfolioSolver(problem).solve(gap=hasty.gap / 2)
    assert asked.status is Status.OPTIMAL
    assert asked.value <= hasty.bound * (1 + 1e-9)
    assert hasty.value <= asked.bound * (1 + 1e-9)
