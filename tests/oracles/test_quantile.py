"""What a plan reaches in a share of outcomes: against every choice, and by its definition."""

from dataclasses import replace

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.portfolio.risk import RiskMeasure, RiskPreference
from planner.domain.vocabulary import Status
from planner.errors import InputError
from planner.offering.problem import DecisionProblem, Solution
from planner.planning.prepare import prepare
from planner.reference.tables import load_catalogue
from planner.solving.measures import risk_value, standard_error
from planner.solving.quantile import solve
from planner.solving.solver import PortfolioSolver
from planner.testing import assert_plan_is_consistent, synthetic_posterior
from tests.problem_cases import choices, feasible, quantile, random_problem, row, value_of

QUICK = 5
LEVELS = (0.5, 0.8, 0.9)


def some(count: int) -> list[object]:
    return [seed if seed < QUICK else pytest.param(seed, marks=pytest.mark.slow)
            for seed in range(count)]  # fmt: skip


def case(seed: int) -> DecisionProblem:
    """Return three or four projects, with a rule between two of them in every third case."""
    problem = random_problem(seed, projects=3 + seed % 2, levels=3, draws=40 + seed % 7)
    if seed % 3 == 0:
        first, second = (np.flatnonzero(problem.owner == place) for place in (0, 1))
        either = dict.fromkeys([*first.tolist(), *second.tolist()], 1.0)
        problem = replace(problem, rows=(row("exclusive[p0]", either, 1.0, rule="rules[0]"),))
    return replace(problem, risk=RiskMeasure("quantile", level=LEVELS[seed % 3]))


def best_of(problem: DecisionProblem) -> float:
    none = np.zeros(len(problem.assets), dtype=np.bool_)
    return max(
        value_of(problem, chosen, none)
        for chosen in choices(problem)
        if feasible(problem, chosen, none, problem.budget_cents)
    )


def require_honest(found: Solution, problem: DecisionProblem, best: float) -> None:
    """The value is the choice's own, no bound lies below the best, and optimal means proven."""
    slack = 1e-9 * max(1.0, abs(best))
    assert feasible(problem, found.options, found.assets, problem.budget_cents)
    assert found.value == pytest.approx(value_of(problem, found.options, found.assets), abs=1e-9)
    assert found.value <= best + slack <= found.bound + 2 * slack
    if found.status is Status.OPTIMAL:
        assert found.gap <= max(found.asked, 1e-6)


@pytest.mark.parametrize("seed", some(60))
def test_small_portfolios_are_proven(seed: int) -> None:
    """The plan of the search is the best of all choices, and says so."""
    problem = case(seed)
    found = PortfolioSolver(problem).solve(gap=0.0)
    best = best_of(problem)
    require_honest(found, problem, best)
    assert found.status is Status.OPTIMAL
    assert found.value == pytest.approx(best, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", some(30))
def test_without_a_search_of_everything_the_gap_is_open_and_the_bound_holds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Feasible, with the distance to a bound that no choice is above."""
    monkeypatch.setattr(solve, "_proven", lambda *known: (known[2], known[3]))
    problem = case(seed)
    found = PortfolioSolver(problem).solve(gap=0.0)
    require_honest(found, problem, best_of(problem))
    assert (found.status is Status.OPTIMAL) == (found.gap <= 1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_shared_assets_are_paid_and_the_bound_holds(seed: int) -> None:
    """Options that need an asset: nothing is proven by search, and nothing is claimed."""
    problem = random_problem(seed, projects=3, levels=2, draws=40)
    needs = dict.fromkeys(np.flatnonzero(problem.owner < 2).tolist(), 1.0)
    link = row("uses[asset0]", needs, 0.0, assets={0: -2.0})
    problem = replace(
        problem,
        rows=(link,),
        assets=("asset0",),
        asset_cents=np.array([300]),
        asset_worth=np.array([-3.0]),
        risk=RiskMeasure("quantile", level=0.8),
    )
    best = max(
        value_of(problem, chosen, np.array([bought]))
        for chosen in choices(problem)
        for bought in (False, True)
        if feasible(problem, chosen, np.array([bought]), problem.budget_cents)
    )
    require_honest(PortfolioSolver(problem).solve(gap=0.0), problem, best)


@pytest.mark.slow
def test_most_plans_found_without_proof_are_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exchanges alone find nine of ten."""
    monkeypatch.setattr(solve, "_proven", lambda *known: (known[2], known[3]))
    hits = 0
    for seed in range(20):
        problem = case(seed)
        value = PortfolioSolver(problem).solve(gap=0.0).value
        hits += value >= best_of(problem) - 1e-9
    assert hits >= 18


@pytest.mark.parametrize("seed", [0, 1])
def test_a_sweep_never_falls_and_its_bounds_hold(seed: int) -> None:
    """More budget reaches no less; each budget's bound is above every choice it pays for."""
    problem = case(seed)
    budgets = [0, 1_500, 3_000, 6_000, 9_000]
    found = PortfolioSolver(problem).sweep(budgets)
    values = []
    for budget, one in zip(budgets, found, strict=True):
        assert one is not None
        require_honest(one, replace(problem, budget_cents=budget),
                       best_of(replace(problem, budget_cents=budget)))  # fmt: skip
        values.append(one.value)
    assert values == sorted(values)


def test_the_measure_is_its_definition() -> None:
    """Of draws with ties, at levels between them, and whatever their order."""
    rng = np.random.default_rng(0)
    for count in (1, 2, 5, 10, 37):
        draws = rng.integers(-5, 5, count).astype(np.float64)
        for level in (0.05, 0.5, 0.8, 0.85, 0.99):
            risk = RiskMeasure("quantile", level=level)
            assert risk_value(draws, risk) == quantile(draws, level)


def test_its_standard_error_is_that_of_samples() -> None:
    """The spread of the quantile over samples of a normal is near what one sample says."""
    rng, risk = np.random.default_rng(1), RiskMeasure("quantile", level=0.8)
    samples = rng.normal(size=(400, 500))
    spread = np.std([risk_value(one, risk) for one in samples])
    told = np.mean([standard_error(one, risk) for one in samples])
    assert told == pytest.approx(spread, rel=0.1)


def small(level: float) -> Portfolio:
    def project(name: str, held: int, value: float) -> Project:
        return Project(
            id=name,
            classes=5,
            target_error=0.12,
            images=Images(held=held, limit=held + 4, price=900.0),
            value=value,
            architectures=("ResNet-50",),
        )

    return Portfolio(
        budget=6_000.0,
        projects=(project("a", 900, 30_000.0), project("b", 2_000, 12_000.0)),
        pilot_chance=0.05,
        risk=RiskPreference(measure="quantile", level=level),
    )


@pytest.mark.parametrize("level", [0.3, 0.7])
def test_a_plan_states_what_it_reaches(level: float) -> None:
    """Its value is what the best choice reaches, from the worth of its options in each draw."""
    model, portfolio = synthetic_posterior(n_draws=200), small(level)
    plan = planner.plan(portfolio, model)
    assert_plan_is_consistent(plan, portfolio)
    problem = prepare(portfolio, model, load_catalogue()).problem
    assert plan.objective is not None
    assert plan.audit is not None
    assert plan.status == "optimal"
    assert plan.objective.value == pytest.approx(best_of(problem), rel=1e-9)
    assert plan.assumptions["risk_settings"] == {"level": level}
    assert plan.to_json() == planner.plan(portfolio, model).to_json()


def test_a_level_of_nothing_is_refused() -> None:
    """What is reached in no outcome is no aim."""
    with pytest.raises(InputError, match="above 0 %"):
        RiskPreference(measure="quantile", level=0.0)
