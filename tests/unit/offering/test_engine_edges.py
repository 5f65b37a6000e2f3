"""The engine at the edges: nothing to choose, nothing to spend, contradictions, huge amounts."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.economics.ledger import LINES
from planner.offering.effort import Allowance
from planner.offering.outcomes import PackedOutcomes, Stopping, UnitCents
from planner.offering.problem import DecisionProblem, SpendBound
from planner.solving.solver import PortfolioSolver
from planner.solving.tail import measures, worst_share
from tests.benchmarks.engine_cases import funded_row, make_case
from tests.problem_cases import certain_outcomes

_LINES = [line for line in LINES if line.name in ("data", "training", "fixed")]

KINDS = ["expected", "cvar", "entropic"]


def _risk(kind: str) -> RiskMeasure:
    return RiskMeasure(kind, 0.8, 0.5, aversion=1e-6)


def _problem(
    cents: list[int],
    success: NDArray[np.bool_],
    value: float,
    budget: int | None,
    kind: str = "cvar",
) -> DecisionProblem:
    """Return one option for each project."""
    count = len(cents)
    paid = np.array(cents, dtype=np.int64)
    values = np.full(count, value)
    return DecisionProblem(
        projects=tuple(f"p{i}" for i in range(count)),
        owner=np.arange(count),
        cents=paid,
        worth=values * success.mean(axis=1) - paid / 100,
        tie=np.zeros(count, dtype=np.int64),
        budget_cents=budget,
        risk=_risk(kind),
        outcomes=certain_outcomes(success, values, paid),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_no_options_is_the_empty_plan(kind: str) -> None:
    """Nothing to choose is an optimal plan of worth 0."""
    solution = PortfolioSolver(_problem([], np.zeros((0, 10), np.bool_), 1.0, 100, kind)).solve()
    assert (solution.status, solution.value, len(solution.options)) == (Status.OPTIMAL, 0.0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_zero_budget_buys_what_is_free(kind: str) -> None:
    """Without money only options of cost 0 are chosen."""
    success = np.ones((3, 10), dtype=np.bool_)
    solution = PortfolioSolver(_problem([100, 0, 1], success, 50.0, 0, kind)).solve()
    assert solution.options.tolist() == [1]
    assert solution.status is Status.OPTIMAL
    assert solution.committed_cents == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_pay_is_not_funded(kind: str) -> None:
    """With any budget, options that cost more than they bring stay out; the plan is proven."""
    success = np.ones((2, 10), dtype=np.bool_)
    solution = PortfolioSolver(_problem([900, 800], success, 5.0, 10**9, kind)).solve()
    assert (solution.status, solution.value, solution.gap) == (Status.OPTIMAL, 0.0, 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_identical_projects_fill_the_budget(kind: str) -> None:
    """Twenty equal projects: as many as the budget pays for."""
    success = np.repeat(np.random.default_rng(0).random((1, 60)) < 0.9, 20, axis=0)
    solution = PortfolioSolver(_problem([1_000] * 20, success, 100.0, 7_500, kind)).solve()
    assert (solution.status, len(solution.options)) == (Status.OPTIMAL, 7)


@pytest.mark.parametrize("kind", KINDS)
def test_contradictory_rows_are_infeasible(kind: str) -> None:
    """A project that must and must not be funded leaves no plan, and none is shown."""
    base = make_case(3, 8, 1, 4, 50, risk=_risk(kind))
    both = (
        funded_row("fund", base.owner, {0: -1}, -1.0),
        funded_row("skip", base.owner, {0: 1}, 0),
    )
    solution = PortfolioSolver(replace(base, rows=both)).solve()
    assert solution.status is Status.INFEASIBLE
    assert not len(solution.options)


def test_a_demand_beyond_the_budget_is_infeasible() -> None:
    """What must be funded costs more than there is."""
    base = make_case(3, 8, 1, 4, 50)
    fund = funded_row("fund", base.owner, {0: -1}, -1.0)
    solver = PortfolioSolver(replace(base, rows=(fund,)))
    assert solver.solve(budget_cents=0).status is Status.INFEASIBLE
    assert solver.solve(budget_cents=-1).status is Status.INFEASIBLE
    cheapest = int(base.cents[base.owner == 0].min())
    assert solver.solve(budget_cents=cheapest - 1).status is Status.INFEASIBLE
    assert solver.solve(budget_cents=cheapest).committed_cents == cheapest


@pytest.mark.parametrize("kind", KINDS)
def test_a_cent_too_little_is_too_little_at_a_thousand_billion(kind: str) -> None:
    """The budget is kept to the cent although no solver's tolerance can see it."""
    half = 5 * 10**13
    success = np.ones((3, 10), dtype=np.bool_)
    cents = [half, half, half + 1]
    enough = PortfolioSolver(_problem(cents, success, 1e12, 2 * half, kind)).solve()
    assert enough.options.tolist() == [0, 1]
    short = PortfolioSolver(_problem(cents, success, 1e12, 2 * half - 1, kind)).solve()
    assert len(short.options) == 1
    assert short.committed_cents <= 2 * half - 1
    assert short.status is Status.OPTIMAL


def test_a_fixed_cost_is_paid_only_where_sharing_it_pays() -> None:
    """Two members that together earn the asset's cost get it; one alone does not."""
    base = replace(_problem([100, 100], np.ones((2, 10), np.bool_), 50.0, 1, "expected"))
    base, gain = replace(base, assets=("data",)), base.worth
    both = [funded_row(f"n{i}", base.owner, {i: 1}, 0.0) for i in range(2)]
    links = tuple(
        replace(row, assets=np.array([0]), asset_coefficients=np.array([-1.0])) for row in both
    )
    for cost, funded in ((gain.sum() * 0.9, 2), (gain.sum() * 1.1, 0)):
        problem = replace(
            base,
            rows=links,
            asset_cents=np.array([int(cost * 100)]),
            asset_worth=np.array([-cost]),
            budget_cents=10**12,
        )
        solution = PortfolioSolver(problem).solve()
        assert len(solution.options) == funded
        assert solution.assets.tolist() == [funded == 2]


def test_equal_options_go_to_the_first_tie() -> None:
    """Among options of the same cost and draws the one that stands first is chosen."""
    success = np.repeat(np.random.default_rng(1).random((1, 30)) < 0.8, 3, axis=0)
    problem = _problem([500] * 3, success, 50.0, 10_000)
    problem = replace(
        problem, projects=("p",), owner=np.zeros(3, np.int64), tie=np.array([2, 0, 1])
    )
    assert PortfolioSolver(problem).solve().options.tolist() == [1]


def _random_spend(seed: int) -> DecisionProblem:
    """Return a problem whose spend stops at the target: need is random, option is a cap."""
    rng = np.random.default_rng(seed)
    n_projects, n_levels, n_draws = 6, 3, 40
    need = rng.lognormal(6, 1, (n_projects, n_draws)).astype(np.float32)
    cap = np.tile([300.0, 900.0, 2_700.0], n_projects)
    owner = np.repeat(np.arange(n_projects), n_levels)
    zeros, none = np.zeros(len(cap)), np.full(len(cap), -1)
    price = np.repeat(rng.uniform(20, 60, n_projects), n_levels)
    amounts = zip(_LINES, (price, zeros + 1.0, zeros), strict=True)
    lines = tuple(UnitCents(line, cents, none) for line, cents in amounts)
    stopping = Stopping(need, owner, zeros, cap, lines)
    success = need[owner] <= cap[:, None]
    bits = certain_outcomes(success, zeros, np.zeros(len(cap), np.int64)).bits
    packed = PackedOutcomes(bits, zeros + 1_500.0, zeros, True, zeros + 1.0, stopping=stopping)
    even = np.full(n_draws, 1 / n_draws)
    return DecisionProblem(
        projects=tuple(f"p{i}" for i in range(n_projects)),
        owner=owner,
        cents=np.ceil(cap * (price + 1)).astype(np.int64),
        worth=packed.worth_at(even),
        tie=np.tile(np.arange(n_levels), n_projects),
        budget_cents=None,
        risk=RiskMeasure(),
        outcomes=packed,
        spend=SpendBound(0.8, 120_000),
    )


@pytest.mark.parametrize("seed", range(6))
def test_random_spend_is_held_by_its_tail(seed: int) -> None:
    """No choice whose tail of spend is within the limit is worth more; the plan's is."""
    problem = _random_spend(seed)
    assert problem.outcomes is not None
    assert problem.spend is not None
    solution = PortfolioSolver(problem).solve()
    every = np.arange(len(problem))
    spend, worth = problem.outcomes.spend_draws(every), problem.worth
    best = 0.0
    for number in range(4**6):
        levels = [(number // 4**p) % 4 for p in range(6)]
        chosen = np.array([3 * p + level - 1 for p, level in enumerate(levels) if level], np.int64)
        ordered = np.sort(spend[chosen].sum(axis=0))
        if ordered[-8:].mean() <= problem.spend.limit_cents:
            best = max(best, float(worth[chosen].sum()))
    assert solution.status is Status.OPTIMAL
    assert solution.value == pytest.approx(best, rel=1e-6)
    assert np.sort(spend[solution.options].sum(axis=0))[-8:].mean() <= 120_000 * (1 + 1e-9)


def test_measures_without_draws_are_refused() -> None:
    """CVaR of numbers that have no draws is an error of the caller."""
    problem = replace(make_case(1, 3, 1, 2, 10), outcomes=None)
    with pytest.raises(ValueError, match="needs joint draws"):
        PortfolioSolver(problem).solve()
    assert PortfolioSolver(problem).solve(risk=RiskMeasure()).status is Status.OPTIMAL


def test_out_of_work_still_gives_a_plan_with_its_true_gap() -> None:
    """A limit on work gives a feasible plan, its bound and the distance between them."""
    problem = make_case(5, 60, 2, 10, 200)
    solution = PortfolioSolver(problem).solve(allowance=Allowance(1e7))
    assert len(solution.options)
    assert solution.bound >= solution.value
    assert solution.gap == pytest.approx((solution.bound - solution.value) / solution.value)
    assert solution.status is (Status.OPTIMAL if solution.gap <= 1e-6 else Status.FEASIBLE)


def test_same_problem_gives_the_same_plan_bit_for_bit() -> None:
    """Two solvers agree on every number."""
    a, b = (PortfolioSolver(make_case(9, 12, 1, 4, 60)).solve() for _ in range(2))
    assert a.options.tolist() == b.options.tolist()
    assert (a.value, a.bound, a.own_bound, a.budget_price) == (
        b.value,
        b.bound,
        b.own_bound,
        b.budget_price,
    )


def test_a_tail_of_less_than_any_draw_is_the_worst_draw() -> None:
    """At a level so high that no draw is in the tail, its worth is that of the worst draw."""
    problem = make_case(3, 6, 2, 3, 40, risk=RiskMeasure("cvar", 1 - 1e-12, 0.5))
    solution = PortfolioSolver(problem).solve()
    assert np.isfinite([solution.value, solution.bound, solution.tail]).all()
    worth = np.array([3.0, 1.0, 2.0])
    assert worst_share(worth, 1e-12).tolist() == [0.0, 1.0, 0.0]
    assert measures(worth[None], RiskMeasure("cvar", 1 - 1e-12))[0] == 1.0
