"""Sweeps of the budget under expected worth: what must hold, and every choice there is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.problem import DecisionProblem, Solution, SpendBound
from planner.solving.path import halves
from planner.solving.path.halves import best_near
from planner.solving.path.path import BudgetPath, applies
from planner.solving.path.points import Points, undominated_points
from planner.solving.path.swaps import swapped
from planner.solving.run import Run
from planner.solving.solver import PortfolioSolver
from planner.solving.sweep import swept
from planner.solving.system import build_system
from tests.benchmarks.engine_cases import make_case
from tests.efforts import plenty
from tests.problem_cases import row

SEEDS = st.integers(0, 10_000)


def _problem(options: list[list[tuple[int, float]]]) -> DecisionProblem:
    """Return a problem of (cents, worth) of the options of each project."""
    flat = [option for project in options for option in project]
    return DecisionProblem(
        projects=tuple(f"p{i:03d}" for i in range(len(options))),
        owner=np.repeat(np.arange(len(options)), [len(project) for project in options]),
        cents=np.array([cents for cents, _ in flat], dtype=np.int64),
        worth=np.array([worth for _, worth in flat], dtype=np.float64),
        tie=np.array([k for project in options for k in range(len(project))], dtype=np.int64),
        budget_cents=100,
    )


def _random(seed: int) -> DecisionProblem:
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


def _swept(problem: DecisionProblem, budgets: list[int]) -> list[Solution]:
    """Return a solution for each budget."""
    return _all(PortfolioSolver(problem).sweep(budgets))


def _all(found: Sequence[Solution | None]) -> list[Solution]:
    assert None not in found
    return [one for one in found if one is not None]


def _budgets(problem: DecisionProblem, seed: int) -> list[int]:
    rng = np.random.default_rng(seed)
    top = int(problem.cents.sum())
    return [0, *np.sort(rng.integers(0, 2 + 2 * top, 8)).tolist(), 10**15]


def _best(problem: DecisionProblem, budget: int) -> float:
    """Return the best worth of every choice there is."""
    cents, worth = np.zeros(1, dtype=np.int64), np.zeros(1)
    for project in range(len(problem.projects)):
        own = problem.owner == project
        cents = np.add.outer(np.append(problem.cents[own], 0), cents).ravel()
        worth = np.add.outer(np.append(problem.worth[own], 0.0), worth).ravel()
    return float(worth[cents <= budget].max())


def _slack(solution: Solution) -> float:
    return 1e-9 * max(1.0, abs(solution.value))


def _losses(points: Points, price: float) -> tuple[NDArray[np.float64], float]:
    """Return what each point loses at a price, and the reduced worth of the best ones together."""
    reduced = points.worth - price * points.cents
    top = np.maximum.reduceat(reduced, points.first)
    return top[points.owner] - reduced, float(top.sum())


def _middling() -> DecisionProblem:
    problem = make_case(51, 80, 5, 10, 40, share=1.0)
    return replace(problem, risk=RiskMeasure())


@given(SEEDS)
def test_neither_values_nor_bounds_fall(seed: int) -> None:
    """More budget never gives a plan worth less, nor a lower bound."""
    problem = _random(seed)
    found = _swept(problem, _budgets(problem, seed))
    assert all(b.value >= a.value and b.bound >= a.bound for a, b in pairwise(found))


@given(SEEDS)
def test_the_best_of_all_choices_lies_between_value_and_bound(seed: int) -> None:
    """At each budget the optimum by enumeration is the value, and no bound is below it."""
    problem = _random(seed)
    budgets = _budgets(problem, seed)
    for budget, one in zip(budgets, _swept(problem, budgets), strict=True):
        best, slack = _best(problem, budget), _slack(one)
        assert one.value <= one.bound <= one.own_bound + slack
        assert one.bound >= best - slack
        assert one.value == pytest.approx(best, rel=1e-6, abs=1e-9)


@given(SEEDS)
def test_a_plan_keeps_its_budget_and_says_its_worth(seed: int) -> None:
    """Cents are within the budget, at most one option is taken of each project, sums are true."""
    problem = _random(seed)
    budgets = _budgets(problem, seed)
    for budget, one in zip(budgets, _swept(problem, budgets), strict=True):
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
        relaxation = run.relax(1e-9, plenty())
        assert relaxation is not None
        own = path.solution(budget).own_bound
        assert own == pytest.approx(relaxation.bound.value, rel=1e-9, abs=1e-9)


def test_large_portfolios_have_the_relaxations_bound_and_its_price() -> None:
    """Bound and price of money are the linear program's, also where options are unaffordable."""
    problem = _middling()
    path, solver = BudgetPath(build_system(problem)), PortfolioSolver(problem)
    dearest = int(problem.cents.max())
    for budget in (dearest // 7, dearest // 2, dearest * 3, dearest * 20):
        relaxation = solver._run(budget, problem.risk, None).relax(1e-9, plenty())
        assert relaxation is not None
        one = path.solution(budget)
        assert one.own_bound == pytest.approx(relaxation.bound.value, rel=1e-9)
        assert one.budget_price == pytest.approx(100 * relaxation.prices.per_cent, rel=1e-6)


def test_values_agree_with_single_solves() -> None:
    """A single solve is worth no more than a point's bound, nor less than its value by its gap."""
    problem = _middling()
    budgets = [int(problem.budget_cents or 0) * k // 6 for k in range(1, 12, 2)]
    swept = _swept(problem, budgets)
    assert max(one.gap for one in swept) <= 1e-6
    for budget, one in zip(budgets, swept, strict=True):
        single = PortfolioSolver(problem).solve(budget_cents=budget, gap=1e-5)
        assert single.value <= one.bound + _slack(one)
        assert one.value <= single.bound + _slack(one)
        assert one.value == pytest.approx(single.value, rel=1e-5)


def test_budgets_come_back_in_their_order() -> None:
    """In any order, twice, below zero and beyond the price of everything."""
    problem = _problem([[(10, 5.0), (20, 8.0)], [(15, 9.0)], [(0, 1.0)]])
    found = _swept(problem, [35, -1, 10**30, 0, 35, 14])
    assert [one.value for one in found] == [18.0, -np.inf, 18.0, 1.0, 18.0, 6.0]
    assert found[1].status is Status.INFEASIBLE
    assert all(one.status is Status.OPTIMAL for one in found[2:])
    assert found[2].budget_price == 0


@given(st.permutations([0, 40, 7, 25, 25, 1_000]))
def test_the_order_of_budgets_changes_no_answer(budgets: list[int]) -> None:
    """Each budget's plan is the same wherever it stands."""
    problem = _random(4)
    rising = sorted(budgets)
    known = dict(zip(rising, _swept(problem, rising), strict=True))
    for budget, one in zip(budgets, _swept(problem, budgets), strict=True):
        assert one.options.tolist() == known[budget].options.tolist()
        assert (one.value, one.bound) == (known[budget].value, known[budget].bound)


def test_what_is_free_and_pays_is_always_taken() -> None:
    """The best option of cost 0 is in the plan under no budget, and a base for more."""
    problem = _problem([[(0, 2.0), (0, 3.0), (10, 3.5)], [(0, -1.0), (5, 4.0)]])
    nothing, little, enough = _swept(problem, [0, 9, 15])
    assert nothing.options.tolist() == [1]
    assert little.options.tolist() == [1, 4]
    assert enough.options.tolist() == [2, 4]


def test_what_does_not_pay_is_never_taken() -> None:
    """Options of negative worth or none stay out whatever there is to spend."""
    problem = _problem([[(10, -3.0), (0, -1.0)], [(20, 0.0)]])
    for one in _swept(problem, [0, 15, 1_000]):
        assert one.options.tolist() == []
        assert (one.value, one.bound, one.status) == (0.0, 0.0, Status.OPTIMAL)


def test_among_equals_the_first_by_tie_is_chosen() -> None:
    """Equal cost and worth: the option that stands first among them."""
    problem = _problem([[(10, 4.0), (10, 4.0), (10, 4.0)]])
    problem = replace(problem, tie=np.array([2, 0, 1]))
    assert _swept(problem, [10])[0].options.tolist() == [1]


@pytest.mark.parametrize("n_projects", [0, 1, 3])
def test_projects_without_options_are_not_funded(n_projects: int) -> None:
    """Nothing to choose is an optimal plan of worth 0."""
    one = _swept(_problem([[]] * n_projects), [0, 10])[1]
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


@given(SEEDS, st.sampled_from([2, 5, 20]), st.sampled_from([2, 6]), st.sampled_from([20, 10**6]))
def test_lists_that_are_full_leave_a_true_bound(
    seed: int, most: int, projects: int, looked: int
) -> None:
    """With room or time for few combinations, what is said of plans not seen still holds."""
    rng = np.random.default_rng(seed)
    options = np.column_stack([rng.integers(1, 500, 30), rng.integers(1, 500, 30)])
    problem = _problem([[(int(c), float(w)) for c, w in options[k::6]] for k in range(6)])
    points, budget = undominated_points(problem), int(problem.cents.sum()) // 8
    price = float(rng.uniform(0.2, 2))
    losses, top = _losses(points, price)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("planner.solving.path.halves.MOST", most)
        patch.setattr("planner.solving.path.halves.MOST_PROJECTS", projects)
        patch.setattr("planner.solving.path.halves.MOST_LOOKED", looked)
        near = best_near(points, points.first, losses, price, budget)
    best = _best(problem, budget)
    assert points.worth[near.taken].sum() <= best
    assert best <= price * budget + top - near.least_short + 1e-6


def test_a_gap_that_is_not_rounding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Money left over that nothing was proven about stays between value and bound."""
    monkeypatch.setattr("planner.solving.path.halves.MOST_LOOKED", 0)
    problem = _problem([[(1_000, 1e6)], [(10, 10.0)]])
    one = BudgetPath(build_system(problem)).solution(1_009)
    assert (one.value, one.bound) == (1e6, 1e6 + 9)
    assert one.gap == pytest.approx(9e-6)
    assert one.status is Status.FEASIBLE


@given(SEEDS)
def test_each_improvement_is_worth_no_less(seed: int) -> None:
    """Exchanges, and the lists after them, keep the budget and never lose worth."""
    problem = _random(seed)
    points = undominated_points(problem)
    price = float(np.random.default_rng(seed).uniform(0, 2))
    budget = int(problem.cents.sum()) // 2
    losses, _ = _losses(points, price)
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
    points = undominated_points(problem)
    price = float(np.random.default_rng(seed).uniform(0.01, 2))
    budget = int(problem.cents.sum()) // 2
    losses, top = _losses(points, price)
    near = best_near(points, points.first, losses, price, budget)
    worth = float(points.worth[near.taken].sum())
    assert worth == pytest.approx(_best(problem, budget), abs=1e-9)
    assert price * budget + top - near.least_short == pytest.approx(worth, abs=1e-6)


def test_points_rise_in_cost_and_worth() -> None:
    """Of each project remain "not funded" and what nothing cheaper is as good as."""
    problem = _problem([[(9, 1.0), (5, 2.0), (5, 2.0), (7, 3.0)], [(0, 4.0)]])
    points = undominated_points(problem)
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


def _told(value: float, bound: float, options: list[int]) -> Solution:
    """Return an answer that says these numbers of its plan."""
    plan = np.array(options, dtype=np.int64)
    return Solution(
        options=plan,
        assets=np.zeros(0, dtype=np.bool_),
        status=Status.FEASIBLE,
        value=value,
        bound=bound,
        gap=(bound - value) / value,
        mean=value,
        tail=value,
        solver_bound=bound,
        own_bound=bound,
        committed_cents=0,
        budget_price=0.0,
        row_prices=np.zeros(0),
    )


class _Answers(BudgetPath):
    """Says what it is told to."""

    def __init__(self, told: dict[int, Solution]) -> None:
        self._told = told

    def solution(self, budget_cents: int) -> Solution:
        """Return the answer for a budget."""
        return self._told[budget_cents]


def _no_run(cents: int) -> Run:
    raise AssertionError(cents)


def test_better_plans_go_up_and_better_bounds_go_down() -> None:
    """A plan serves every larger budget, a bound every smaller one; gap and status follow."""
    told = {1: _told(10.0, 20.0, [0]), 2: _told(8.0, 10.0, [1]), 3: _told(14.0, 21.0, [2])}
    found = _all(swept(_no_run, [1, 2, 3], 10**6, _Answers(told)))
    assert [item.value for item in found] == [10.0, 10.0, 14.0]
    assert [item.bound for item in found] == [10.0, 10.0, 21.0]
    assert [item.gap for item in found] == [0.0, 0.0, 0.5]
    assert [item.options.tolist() for item in found] == [[0], [0], [2]]
    proven, open_ = Status.OPTIMAL, Status.FEASIBLE
    assert [item.status for item in found] == [proven, proven, open_]


def test_small_portfolios_are_searched_where_the_path_leaves_them_open() -> None:
    """A plan that is not proven best is only where the search begins."""
    problem = _problem([[(10, 5.0)], [(12, 7.0)]])
    solver = PortfolioSolver(problem)
    told = {12: _told(5.0, 9.0, [0])}
    runs = swept(lambda cents: solver._run(cents, problem.risk, None), [12], 2, _Answers(told))
    found = _all(runs)
    assert (found[0].value, found[0].options.tolist()) == (7.0, [1])
    assert found[0].status is Status.OPTIMAL


def test_projects_outside_the_lists_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more projects than the lists hold, no bound is below the best of all plans."""
    monkeypatch.setattr(halves, "MOST_PROJECTS", 3)
    for seed in range(300):
        rng = np.random.default_rng(seed)
        n = 12
        cents = 3 * rng.integers(1, 9, n)
        odd = rng.permutation(n)[:3]
        cents[odd] += rng.integers(1, 3, 3)
        worth = cents * (1 + rng.choice([1e-4, 1e-3, 1e-2, 0.1]) * rng.normal(size=n))
        budget = int(cents.sum() * rng.uniform(0.2, 0.8))
        names = tuple(f"p{i:02d}" for i in range(n))
        tie = np.zeros(n, dtype=np.int64)
        problem = DecisionProblem(names, np.arange(n), cents, worth, tie, budget)
        best = np.zeros(budget + 1)
        for own_cents, own_worth in zip(cents.tolist(), worth.tolist(), strict=True):
            if own_cents <= budget:
                taken = best[: budget + 1 - own_cents] + own_worth
                best[own_cents:] = np.maximum(best[own_cents:], taken)
        solution = BudgetPath(build_system(problem)).solution(budget)
        assert solution.bound >= best[budget] - 1e-9 * abs(best[budget])
        assert solution.value <= best[budget] + 1e-9 * abs(best[budget])
