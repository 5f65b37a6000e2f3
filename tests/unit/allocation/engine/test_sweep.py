"""Sweeps of the budget under expected worth: what must hold, and every choice there is."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from planner.allocation.engine import PortfolioSolver
from planner.allocation.engine import path as paths
from planner.allocation.engine.halves import best_near
from planner.allocation.engine.path import BudgetPath, applies
from planner.allocation.engine.swaps import swapped
from planner.allocation.engine.system import build_system
from planner.allocation.problem import Problem, RiskMeasure, Solution, SpendBound
from planner.domain.vocabulary import Status
from tests.benchmarks.engine_cases import make_case
from tests.problem_cases import choices, row

SEEDS = st.integers(0, 10_000)


def _problem(options: list[list[tuple[int, float]]]) -> Problem:
    """Return a problem of (cents, worth) of the options of each project."""
    flat = [option for project in options for option in project]
    return Problem(
        projects=tuple(f"p{i:03d}" for i in range(len(options))),
        owner=np.repeat(np.arange(len(options)), [len(project) for project in options]),
        cents=np.array([cents for cents, _ in flat], dtype=np.int64),
        worth=np.array([worth for _, worth in flat], dtype=np.float64),
        tie=np.array([k for project in options for k in range(len(project))], dtype=np.int64),
        budget_cents=100,
    )


def _random(seed: int) -> Problem:
    """Return up to five projects of up to four options; free, equal and worthless ones among."""
    rng = np.random.default_rng(seed)
    top = int(rng.choice([3, 12, 1_000]))
    return _problem(
        [
            [
                (int(rng.integers(0, top)), float(np.round(rng.normal(5, 6), int(rng.integers(3)))))
                for _ in range(int(rng.integers(0, 5)))
            ]
            for _ in range(int(rng.integers(1, 6)))
        ]
    )


def _budgets(problem: Problem, seed: int) -> list[int]:
    rng = np.random.default_rng(seed)
    top = int(problem.cents.sum())
    return [0, *np.sort(rng.integers(0, 2 + 2 * top, 8)).tolist(), 10**15]


def _best(problem: Problem, budget: int) -> float:
    """Return the best worth of every choice there is."""
    kept = [one for one in choices(problem) if problem.cents[one].sum() <= budget]
    return max(float(problem.worth[one].sum()) for one in kept)


def _slack(solution: Solution) -> float:
    return 1e-9 * max(1.0, abs(solution.value))


def _middling() -> Problem:
    problem = make_case(51, 80, 5, 10, 40, share=1.0)
    return replace(problem, risk=RiskMeasure())


@given(SEEDS)
def test_neither_values_nor_bounds_fall(seed: int) -> None:
    """More budget never gives a plan worth less, nor a lower bound."""
    problem = _random(seed)
    found = PortfolioSolver(problem).sweep(_budgets(problem, seed))
    assert all(b.value >= a.value and b.bound >= a.bound for a, b in pairwise(found))


@given(SEEDS)
def test_the_best_of_all_choices_lies_between_value_and_bound(seed: int) -> None:
    """At each budget the optimum by enumeration is the value, and no bound is below it."""
    problem = _random(seed)
    budgets = _budgets(problem, seed)
    for budget, one in zip(budgets, PortfolioSolver(problem).sweep(budgets), strict=True):
        best, slack = _best(problem, budget), _slack(one)
        assert one.value <= one.bound <= one.own_bound + slack
        assert one.bound >= best - slack
        assert one.value == pytest.approx(best, rel=1e-6, abs=1e-9)


@given(SEEDS)
def test_a_plan_keeps_its_budget_and_says_its_worth(seed: int) -> None:
    """Cents are within the budget, at most one option is taken of each project, sums are true."""
    problem = _random(seed)
    budgets = _budgets(problem, seed)
    for budget, one in zip(budgets, PortfolioSolver(problem).sweep(budgets), strict=True):
        assert one.committed_cents == problem.cents[one.options].sum() <= budget
        assert len(set(problem.owner[one.options].tolist())) == len(one.options)
        assert one.value == pytest.approx(problem.worth[one.options].sum())
        assert one.mean == one.tail == one.value
        assert one.budget_price >= 0


@given(SEEDS)
def test_the_bound_is_that_of_the_linear_relaxation(seed: int) -> None:
    """The own bound equals the one that the engine's linear program leads to."""
    problem = _random(seed)
    path, solver = BudgetPath(build_system(problem)), PortfolioSolver(problem)
    for budget in _budgets(problem, seed)[::3]:
        run = solver._run(budget, problem.risk, None)
        relaxation = run.relax(1e-9, np.inf)
        assert relaxation is not None
        own = path.solution(budget).own_bound
        assert own == pytest.approx(relaxation.bound.value, rel=1e-9, abs=1e-9)


def test_large_portfolios_have_the_relaxations_bound_and_its_price() -> None:
    """Bound and price of money are the linear program's, also where options are unaffordable."""
    problem = _middling()
    path, solver = BudgetPath(build_system(problem)), PortfolioSolver(problem)
    dearest = int(problem.cents.max())
    for budget in (dearest // 7, dearest // 2, dearest * 3, dearest * 20):
        relaxation = solver._run(budget, problem.risk, None).relax(1e-9, np.inf)
        assert relaxation is not None
        one = path.solution(budget)
        assert one.own_bound == pytest.approx(relaxation.bound.value, rel=1e-9)
        assert one.budget_price == pytest.approx(100 * relaxation.prices.per_cent, rel=1e-6)


def test_values_agree_with_single_solves() -> None:
    """A single solve is worth no more than a point's bound, nor less than its value by its gap."""
    problem = _middling()
    budgets = [int(problem.budget_cents or 0) * k // 6 for k in range(1, 12, 2)]
    swept = PortfolioSolver(problem).sweep(budgets)
    assert max(one.gap for one in swept) <= 1e-6
    for budget, one in zip(budgets, swept, strict=True):
        single = PortfolioSolver(problem).solve(budget_cents=budget, gap=1e-5)
        assert single.value <= one.bound + _slack(one)
        assert one.value <= single.bound + _slack(one)
        assert one.value == pytest.approx(single.value, rel=1e-5)


def test_budgets_come_back_in_their_order() -> None:
    """In any order, twice, below zero and beyond the price of everything."""
    problem = _problem([[(10, 5.0), (20, 8.0)], [(15, 9.0)], [(0, 1.0)]])
    found = PortfolioSolver(problem).sweep([35, -1, 10**30, 0, 35, 14])
    assert [one.value for one in found] == [18.0, -np.inf, 18.0, 1.0, 18.0, 6.0]
    assert found[1].status is Status.INFEASIBLE
    assert all(one.status is Status.OPTIMAL for one in found[2:])
    assert found[2].budget_price == 0


@given(st.permutations([0, 40, 7, 25, 25, 1_000]))
def test_the_order_of_budgets_changes_no_answer(budgets: list[int]) -> None:
    """Each budget's plan is the same wherever it stands."""
    problem = _random(4)
    rising = sorted(budgets)
    known = dict(zip(rising, PortfolioSolver(problem).sweep(rising), strict=True))
    for budget, one in zip(budgets, PortfolioSolver(problem).sweep(budgets), strict=True):
        assert one.options.tolist() == known[budget].options.tolist()
        assert (one.value, one.bound) == (known[budget].value, known[budget].bound)


def test_what_is_free_and_pays_is_always_taken() -> None:
    """The best option of cost 0 is in the plan under no budget, and a base for more."""
    problem = _problem([[(0, 2.0), (0, 3.0), (10, 3.5)], [(0, -1.0), (5, 4.0)]])
    nothing, little, enough = PortfolioSolver(problem).sweep([0, 9, 15])
    assert nothing.options.tolist() == [1]
    assert little.options.tolist() == [1, 4]
    assert enough.options.tolist() == [2, 4]


def test_what_does_not_pay_is_never_taken() -> None:
    """Options of negative worth or none stay out whatever there is to spend."""
    problem = _problem([[(10, -3.0), (0, -1.0)], [(20, 0.0)]])
    for one in PortfolioSolver(problem).sweep([0, 15, 1_000]):
        assert one.options.tolist() == []
        assert (one.value, one.bound, one.status) == (0.0, 0.0, Status.OPTIMAL)


def test_among_equals_the_first_by_tie_is_chosen() -> None:
    """Equal cost and worth: the option that stands first among them."""
    problem = _problem([[(10, 4.0), (10, 4.0), (10, 4.0)]])
    problem = replace(problem, tie=np.array([2, 0, 1]))
    assert PortfolioSolver(problem).sweep([10])[0].options.tolist() == [1]


@pytest.mark.parametrize("n_projects", [0, 1, 3])
def test_projects_without_options_are_not_funded(n_projects: int) -> None:
    """Nothing to choose is an optimal plan of worth 0."""
    one = PortfolioSolver(_problem([[]] * n_projects)).sweep([0, 10])[1]
    assert (one.status, one.value, len(one.options)) == (Status.OPTIMAL, 0.0, 0)


def test_many_equal_projects_end_soon_with_a_true_bound() -> None:
    """Ties fill every list; the plan still funds as many as there is money for."""
    problem = _problem([[(10, 5.0), (25, 9.0)] for _ in range(1_500)])
    one = BudgetPath(build_system(problem)).solution(10 * 700 + 7)
    assert one.value == 5.0 * 700
    assert one.value <= one.bound <= one.own_bound


def test_the_path_never_takes_a_step_before_the_one_that_leads_to_it() -> None:
    """On a line of equal worth per cent, where rounding decides the order, budgets are kept."""
    rng = np.random.default_rng(8)
    cents = np.unique(rng.integers(1, 10**6, 300))
    problem = _problem([[(int(c), float(c) / 3) for c in cents] for _ in range(4)])
    for budget in rng.integers(0, 4 * int(cents.max()), 20).tolist():
        one = BudgetPath(build_system(problem)).solution(budget)
        assert one.committed_cents <= budget
        assert one.gap <= 1e-4


@given(SEEDS)
@example(0)
def test_lists_that_are_full_leave_a_true_bound(seed: int) -> None:
    """With room for few combinations, what is said of plans not seen still holds."""
    problem = _random(seed)
    budget = int(problem.cents.sum()) // 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.allocation.engine.halves.MOST", 2)
        patch.setattr("planner.allocation.engine.halves.MOST_PROJECTS", 3)
        patch.setattr("planner.allocation.engine.swaps.MOST_SWAPS", 0)
        one = BudgetPath(build_system(problem)).solution(budget)
    best = _best(problem, budget)
    assert one.value - _slack(one) <= best <= one.bound + _slack(one)


@given(SEEDS)
def test_each_improvement_is_worth_no_less(seed: int) -> None:
    """Exchanges, and the lists after them, keep the budget and never lose worth."""
    problem = _random(seed)
    points = paths.undominated_points(problem)
    price = float(np.random.default_rng(seed).uniform(0, 2))
    budget = int(problem.cents.sum()) // 2
    reduced = points.worth - price * points.cents
    losses = np.maximum.reduceat(reduced, points.first)[points.owner] - reduced
    start = points.first
    once = swapped(points, start, losses, price, budget)
    twice = best_near(points, once, losses, price, budget).taken
    worths = [float(points.worth[one].sum()) for one in (start, once, twice)]
    assert worths[0] <= worths[1] + 1e-9
    assert worths[1] <= worths[2] + 1e-9
    assert points.cents[twice].sum() <= budget


@given(SEEDS)
def test_lists_of_two_halves_find_the_best_plan_at_any_price(seed: int) -> None:
    """From "nothing funded" on, whatever the price, the best of all choices is found and proven."""
    problem = _random(seed)
    points = paths.undominated_points(problem)
    price = float(np.random.default_rng(seed).uniform(0.01, 2))
    budget = int(problem.cents.sum()) // 2
    reduced = points.worth - price * points.cents
    top = np.maximum.reduceat(reduced, points.first)
    near = best_near(points, points.first, top[points.owner] - reduced, price, budget)
    worth = float(points.worth[near.taken].sum())
    assert worth == pytest.approx(_best(problem, budget), abs=1e-9)
    assert price * budget + top.sum() - near.least_short == pytest.approx(worth, abs=1e-6)


def test_points_rise_in_cost_and_worth() -> None:
    """Of each project remain "not funded" and what nothing cheaper is as good as."""
    problem = _problem([[(9, 1.0), (5, 2.0), (5, 2.0), (7, 3.0)], [(0, 4.0)]])
    points = paths.undominated_points(problem)
    assert points.option.tolist() == [-1, 1, 3, 4]
    assert points.within(6).option.tolist() == [-1, 1, 4]
    assert (points.dearest, points.most) == (7, 7)


def test_the_path_is_taken_only_where_it_applies() -> None:
    """Rows, a bound on spend, assets or a measure of risk rule it out."""
    plain = _problem([[(1, 1.0)]])
    assert applies(plain)
    others = [
        replace(plain, risk=RiskMeasure("cvar")),
        replace(plain, rows=(row("fund", {0: -1.0}, -1.0),)),
        replace(plain, spend=SpendBound(0.9, 100)),
        replace(plain, assets=("a",), asset_cents=np.array([1]), asset_worth=np.zeros(1)),
    ]
    assert not any(applies(one) for one in others)
    assert applies(replace(plain, risk=RiskMeasure("cvar", weight=0.0)))
