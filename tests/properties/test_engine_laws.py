"""Laws of the risk-averse solver: what must not change a plan, and what no plan can beat."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.outcomes import PackedOutcomes
from planner.offering.problem import DecisionProblem, LinearRow
from planner.solving.solver import PortfolioSolver
from planner.solving.tail import measure, touching_weights
from tests.benchmarks.engine_cases import make_case
from tests.problem_cases import certain_outcomes

FEW = settings(max_examples=12, deadline=None)
SEEDS = st.integers(0, 10_000)


def _case(seed: int, *, rows: bool = False) -> DecisionProblem:
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(["expected", "cvar", "entropic"]))
    problem = make_case(
        seed,
        int(rng.integers(2, 7)),
        1,
        int(rng.integers(2, 5)),
        30,
        share=float(rng.choice([0.2, 0.5, 1.5])),
        rows=rows and seed % 2 == 0,
        n_assets=seed % 3,
    )
    scale = float(np.abs(problem.worth).max())
    return replace(problem, risk=RiskMeasure(kind, 0.8, 0.6, aversion=2.0 / scale))


def _outcomes(problem: DecisionProblem) -> PackedOutcomes:
    assert isinstance(problem.outcomes, PackedOutcomes)
    return problem.outcomes


@FEW
@given(SEEDS)
def test_more_budget_never_lowers_the_optimum(seed: int) -> None:
    """Each larger budget is worth at least as much, in single solves and along a sweep."""
    problem = _case(seed, rows=True)
    budgets = [int(problem.budget_cents or 0) * k // 4 for k in range(8)]
    solver = PortfolioSolver(problem)
    values = [solver.solve(budget_cents=budget).value for budget in budgets]
    slack = 2e-6 * max(1.0, *(abs(v) for v in values if np.isfinite(v)), 1.0)
    assert all(b >= a - slack for a, b in pairwise(values))
    found = PortfolioSolver(problem).sweep(budgets)
    swept = [item.value for item in found if item is not None]
    assert all(b >= a for a, b in pairwise(swept))


@pytest.mark.slow
@FEW
@given(SEEDS)
def test_a_warm_solver_answers_like_a_new_one(seed: int) -> None:
    """What was learnt from other budgets and measures changes no answer."""
    problem = _case(seed)
    warm = PortfolioSolver(problem)
    warm.solve(budget_cents=int(problem.budget_cents or 0) // 3)
    warm.solve(risk=RiskMeasure("cvar", 0.7, 0.9))
    fresh, again = PortfolioSolver(problem).solve(), warm.solve()
    assert fresh.status is again.status is Status.OPTIMAL
    assert np.isclose(fresh.value, again.value, rtol=3e-6, atol=1e-6)


@FEW
@given(SEEDS)
def test_order_of_projects_changes_nothing(seed: int) -> None:
    """Projects renamed and in another order give a plan of the same value and chosen projects."""
    problem = _case(seed)
    per = np.bincount(problem.owner)
    order = np.random.default_rng(seed).permutation(len(problem.projects))
    first = np.concatenate([[0], np.cumsum(per)])
    moved = np.concatenate([np.arange(first[p], first[p + 1]) for p in order])
    place = np.argsort(moved)
    packed = _outcomes(problem)
    rows = tuple(
        LinearRow(
            r.name,
            r.rule,
            place[r.options],
            r.option_coefficients,
            r.assets,
            r.asset_coefficients,
            r.limit,
        )
        for r in problem.rows
    )
    other = replace(
        problem,
        projects=tuple(f"q{i}" for i in range(len(order))),
        owner=np.repeat(np.arange(len(order)), per[order]),
        cents=problem.cents[moved],
        worth=problem.worth[moved],
        tie=problem.tie[moved],
        rows=rows,
        outcomes=certain_outcomes(
            packed.success_draws(moved), packed.value[moved], problem.cents[moved]
        ),
    )
    a, b = PortfolioSolver(problem).solve(), PortfolioSolver(other).solve()
    assert np.isclose(a.value, b.value, rtol=3e-6, atol=1e-6)


@FEW
@given(SEEDS, st.sampled_from([3, 1_000, 10**7]))
def test_scaling_all_money_changes_nothing(seed: int, factor: int) -> None:
    """Costs, values and budget times a number: the same plan's worth times that number."""
    problem = _case(seed)
    packed = _outcomes(problem)
    other = replace(
        problem,
        cents=problem.cents * factor,
        worth=problem.worth * factor,
        budget_cents=int(problem.budget_cents or 0) * factor,
        asset_cents=problem.asset_cents * factor,
        asset_worth=problem.asset_worth * factor,
        risk=replace(problem.risk, aversion=problem.risk.aversion / factor),
        outcomes=replace(
            packed, value=packed.value * factor, certain_cents=packed.certain_cents * factor
        ),
    )
    a, b = PortfolioSolver(problem).solve(), PortfolioSolver(other).solve()
    assert np.isclose(a.value * factor, b.value, rtol=3e-6, atol=1e-6 * factor)
    assert a.status is b.status


@FEW
@given(SEEDS)
def test_duplicated_draws_change_nothing(seed: int) -> None:
    """Every draw twice is the same distribution, so the same value."""
    problem = _case(seed)
    packed = _outcomes(problem)
    twice = replace(packed, bits=np.concatenate([packed.bits, packed.bits]))
    a = PortfolioSolver(problem).solve()
    b = PortfolioSolver(replace(problem, outcomes=twice)).solve()
    assert np.isclose(a.value, b.value, rtol=3e-6, atol=1e-6)


@FEW
@given(SEEDS)
def test_no_plan_is_worth_more_than_the_own_bound(seed: int) -> None:
    """Random plans within the budget stay below the bound and, without rules, below the value."""
    problem = replace(_case(seed), rows=(), assets=(), asset_cents=np.zeros(0, np.int64))
    problem = replace(problem, asset_worth=np.zeros(0))
    solution = PortfolioSolver(problem).solve()
    rng = np.random.default_rng(seed)
    risk, packed = problem.risk, _outcomes(problem)
    share = {"expected": 0.0, "cvar": risk.weight, "entropic": 1.0}[risk.kind]
    for _ in range(30):
        chosen = np.array(
            [
                rng.choice(np.flatnonzero(problem.owner == p))
                for p in range(len(problem.projects))
                if rng.random() < 0.5
            ],
            dtype=np.int64,
        )
        if problem.cents[chosen].sum() > (problem.budget_cents or 0):
            continue
        draws = packed.worth_draws(chosen).sum(axis=0)
        worth = (1 - share) * problem.worth[chosen].sum() + share * measure(draws, risk)
        assert worth <= solution.value + 2e-6 * max(1.0, abs(solution.value))
        assert worth <= solution.own_bound + 1e-6


@given(SEEDS, st.sampled_from(["cvar", "entropic"]))
def test_the_touching_cut_is_exact_there_and_above_elsewhere(seed: int, kind: str) -> None:
    """A cut equals the measure at its own draws, and is never below it at others."""
    rng = np.random.default_rng(seed)
    level, aversion = rng.uniform((0.05, 0.01), (0.99, 3.0)).tolist()
    risk = RiskMeasure(kind, level, 1.0, aversion)
    here, there = rng.normal(0, 2, (2, int(rng.integers(1, 60))))
    cut = touching_weights(here, risk)
    assert np.isclose(cut.weights.sum(), 1)
    assert (cut.weights >= 0).all()
    assert np.isclose(cut.weights @ here + cut.penalty, measure(here, risk), atol=1e-9)
    assert cut.weights @ there + cut.penalty >= measure(there, risk) - 1e-9


@given(SEEDS)
def test_more_caution_never_raises_a_measure(seed: int) -> None:
    """A smaller tail, or a larger aversion, gives no more; all lie between worst and mean."""
    rng = np.random.default_rng(seed)
    draws = rng.normal(0, 2, 40)
    for kind, levels in (("cvar", (0.1, 0.5, 0.9)), ("entropic", (0.1, 1.0, 5.0))):
        found = [measure(draws, RiskMeasure(kind, x, 1.0, aversion=x)) for x in levels]
        assert found[0] >= found[1] - 1e-12 >= found[2] - 2e-12
        assert draws.min() - 1e-9 <= found[2] <= found[0] <= draws.mean() + 1e-9
