"""The engine's plan is the best plan: as good as one model with every draw in it, and as searching.

Neither oracle shares code with the engine beyond the problem's arrays.
"""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.problem import DecisionProblem, Solution
from planner.solving.solver import PortfolioSolver
from tests.benchmarks.engine_cases import make_case
from tests.oracles.extensive_form import solve_extensive

CVAR = RiskMeasure("cvar", level=0.9, weight=0.5)
EXPECTED = RiskMeasure("expected")


def _small_case(seed: int) -> DecisionProblem:
    """Return a random problem: risk, rules, assets and budget all vary with the seed."""
    rng = np.random.default_rng(seed)
    levels = (0.5, 0.8, 0.9, 0.95)
    cvar = RiskMeasure("cvar", float(rng.choice(levels)), float(rng.choice([0.3, 0.5, 1.0])))
    return make_case(
        seed,
        int(rng.integers(4, 13)),
        int(rng.integers(1, 3)),
        int(rng.integers(2, 6)),
        int(rng.integers(20, 121)),
        share=float(rng.choice([0.15, 0.4, 1.0])),
        risk=EXPECTED if seed % 4 == 0 else cvar,
        rows=seed % 3 == 1,
        n_assets=int(rng.integers(0, 4)),
    )


def _assert_sound(problem: DecisionProblem, solution: Solution) -> None:
    """Value, cost and rows of a solution, computed here from the choice alone."""
    chosen = solution.options
    assert len(set(problem.owner[chosen].tolist())) == len(chosen)
    cents = int(problem.cents[chosen].sum() + problem.asset_cents[solution.assets].sum())
    assert cents == solution.committed_cents
    assert problem.budget_cents is None or cents <= problem.budget_cents
    for row in problem.rows:
        left = row.option_coefficients[np.isin(row.options, chosen)].sum()
        left += row.asset_coefficients[solution.assets[row.assets]].sum()
        assert left <= row.limit
    assert solution.value == pytest.approx(_worth(problem, chosen, solution.assets), rel=1e-9)
    assert solution.value <= solution.bound
    assert solution.own_bound >= solution.value


def _worth(problem: DecisionProblem, chosen: np.ndarray, assets: np.ndarray) -> float:
    """Return the objective of a choice from its draws."""
    owned = problem.asset_worth[assets].sum()
    mean = problem.worth[chosen].sum()
    if problem.risk.kind == "expected":
        return float(mean + owned)
    assert problem.outcomes is not None
    draws = problem.outcomes.worth_draws(chosen).sum(axis=0)
    if problem.risk.kind == "entropic":
        gamma, least = problem.risk.aversion, draws.min()
        return float(least - np.log(np.mean(np.exp(-gamma * (draws - least)))) / gamma + owned)
    size = (1 - problem.risk.level) * len(draws)
    ordered, whole = np.sort(draws), int(size + 1e-9)
    tail = (ordered[:whole].sum() + (size - whole) * ordered[min(whole, len(draws) - 1)]) / size
    return float((1 - problem.risk.weight) * mean + problem.risk.weight * tail + owned)


def _best_by_search(problem: DecisionProblem) -> float | None:
    """Return the best objective over every choice of options and assets; None: none allowed."""
    per_project = [
        [None, *np.flatnonzero(problem.owner == i).tolist()] for i in range(len(problem.projects))
    ]
    best: float | None = None
    for picks in itertools.product(*per_project):
        chosen = np.array([o for o in picks if o is not None], dtype=np.int64)
        for flags in itertools.product((False, True), repeat=len(problem.assets)):
            assets = np.array(flags, dtype=np.bool_)
            cents = problem.cents[chosen].sum() + problem.asset_cents[assets].sum()
            if problem.budget_cents is not None and cents > problem.budget_cents:
                continue
            if all(
                row.option_coefficients[np.isin(row.options, chosen)].sum()
                + row.asset_coefficients[assets[row.assets]].sum()
                <= row.limit
                for row in problem.rows
            ):
                worth = _worth(problem, chosen, assets)
                best = worth if best is None else max(best, worth)
    return best


@pytest.mark.parametrize("seed", range(30))
def test_plan_equals_the_extensive_form(seed: int) -> None:
    """On random portfolios the value is that of one model with a row for each draw."""
    problem = _small_case(seed)
    extensive = solve_extensive(problem)
    solution = PortfolioSolver(problem).solve()
    if extensive.value is None:
        assert solution.status is Status.INFEASIBLE
        return
    assert solution.status is Status.OPTIMAL
    _assert_sound(problem, solution)
    assert solution.value == pytest.approx(extensive.value, rel=2e-6, abs=1e-6)
    assert solution.own_bound >= extensive.value * (1 - 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 103))
def test_larger_plan_equals_the_extensive_form(seed: int) -> None:
    """The same at 20 projects and 300 draws, within the gap."""
    problem = make_case(
        seed, 20, 2, 5, 300, share=0.5, rows=seed % 3 == 0, n_assets=seed % 4, risk=CVAR
    )
    extensive = solve_extensive(problem, gap=1e-4)
    solution = PortfolioSolver(problem).solve(gap=1e-4)
    if extensive.value is None:
        assert solution.status is Status.INFEASIBLE
        return
    _assert_sound(problem, solution)
    assert solution.gap <= 1e-4
    assert solution.value >= extensive.bound * (1 - 2e-4)
    assert extensive.value <= solution.bound * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(200, 212))
@pytest.mark.parametrize("kind", ["expected", "cvar", "entropic"])
def test_plan_equals_searching_every_choice(seed: int, kind: str) -> None:
    """On tiny portfolios nothing beats the plan, under any measure, with rules and assets."""
    rng = np.random.default_rng(seed)
    problem = make_case(
        seed,
        4,
        1,
        3,
        17,
        share=float(rng.choice([0.3, 0.8, 2.0])),
        rows=seed % 2 == 0,
        n_assets=seed % 3,
    )
    scale = float(np.abs(problem.worth).max())
    problem = replace(problem, risk=RiskMeasure(kind, 0.8, 0.7, aversion=3.0 / scale))
    best = _best_by_search(problem)
    solution = PortfolioSolver(problem).solve()
    if best is None:
        assert solution.status is Status.INFEASIBLE
        return
    assert solution.status is Status.OPTIMAL
    _assert_sound(problem, solution)
    assert solution.value == pytest.approx(best, rel=1e-6, abs=1e-6)
