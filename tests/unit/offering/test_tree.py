"""The search of a table part by part, against every choice there is."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.effort import OutOfEffortError
from planner.offering.problem import DecisionProblem, SpendBound
from planner.solving.certify import Certifier, Choice
from planner.solving.search import branch
from planner.solving.search.branch import Effects, GroupSplit, Rounding, TreeSearch, splits
from planner.solving.search.branch_program import Program
from planner.solving.search.branch_table import make_table
from planner.solving.solver import PortfolioSolver
from planner.solving.tail import touching_weights
from tests.benchmarks.engine_cases import make_case
from tests.efforts import plenty
from tests.problem_cases import choices, feasible, value_of, worth_draws

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15)
GAP = 1e-6
RISKS = st.sampled_from(
    [
        RiskMeasure("cvar", 0.8, 1.0),
        RiskMeasure("cvar", 0.9, 0.5),
        RiskMeasure("cvar", 0.55, 0.2),
        RiskMeasure("entropic", aversion=1.0),
    ]
)
type Valued = list[tuple[float, Rows, Flags]]


def _nothing(_options: Rows, _shares: NDArray[np.float64]) -> None:
    """Make no plan of any shares."""


def _case(seed: int, risk: RiskMeasure, *, n_projects: int = 3) -> DecisionProblem:
    """Return a tiny portfolio; some with rules between projects, some with assets."""
    share = float(np.random.default_rng(seed).choice([0.2, 0.5, 2.0]))
    problem = make_case(
        seed, n_projects, 1, 3, 21, share=share, rows=seed % 2 == 0, n_assets=seed % 3
    )
    aversion = 2.0 / float(np.abs(problem.worth).max())
    return replace(problem, risk=replace(risk, aversion=aversion))


def _search(problem: DecisionProblem, near: Rounding = _nothing) -> tuple[Certifier, TreeSearch]:
    """Return a search over everything that can be paid for, with the judge of its plans."""
    run = PortfolioSolver(problem)._run(None, problem.risk, None)
    assert problem.outcomes is not None
    usable = np.flatnonzero(run.terms.usable)
    table = make_table(run.judge.system, run.terms, problem.outcomes, usable)
    program = Program(table, run.relaxer.master.units, run.terms.tail, plenty())
    return run.judge, TreeSearch(run.judge, program, near, GAP)


def _worth(problem: DecisionProblem, options: Rows, assets: Flags) -> float:
    if problem.risk.kind == "cvar":
        return value_of(problem, options, assets)
    draws, aversion = worth_draws(problem, options, assets), problem.risk.aversion
    return -math.log(np.exp(-aversion * draws).mean()) / aversion


def _every_plan(problem: DecisionProblem) -> Valued:
    """Return every plan that keeps budget and rows, with its worth; worst first."""
    found = [
        (_worth(problem, options, np.array(bits, dtype=np.bool_)), options, np.array(bits, bool))
        for options in choices(problem)
        for bits in product([False, True], repeat=len(problem.assets))
        if feasible(problem, options, np.array(bits, dtype=np.bool_), problem.budget_cents)
    ]
    if not found:
        reject()
    return sorted(found, key=lambda item: item[0])


def _judged(judge: Certifier, plan: tuple[float, Rows, Flags]) -> Choice:
    choice = judge.certified(plan[1], plan[2])
    assert choice is not None
    return choice


def _margin(value: float) -> float:
    return 2 * GAP * max(1.0, abs(value))


@FEW
@given(SEEDS, RISKS, st.booleans())
def test_the_best_of_all_plans_is_found_and_proven(
    seed: int, risk: RiskMeasure, splitting: bool
) -> None:
    """From the worst plan on, under rows and with assets, split or not: the best, proven."""
    problem = _case(seed, risk)
    plans = _every_plan(problem)
    judge, search = _search(problem)
    with pytest.MonkeyPatch.context() as patch:
        if splitting:
            patch.setattr(branch, "MOST_CHOICES", 1)
        found, bound = search.run(_judged(judge, plans[0]), np.inf)
    best = plans[-1][0]
    assert best - _margin(best) <= found.value <= best + 1e-9 * abs(best)
    assert best - 1e-9 * abs(best) <= bound <= found.value + _margin(best)


@FEW
@given(SEEDS, RISKS, st.booleans())
def test_only_allowed_columns_are_chosen(seed: int, risk: RiskMeasure, splitting: bool) -> None:
    """Among columns allowed, "not funded" or "not bought" too, the best is found and proven."""
    problem = _case(seed, risk)
    plans = _every_plan(problem)
    judge, search = _search(problem)
    table, rng = search.table, np.random.default_rng(seed)
    if not table.n_groups:
        return
    allowed = rng.random(len(table.mean)) < 0.6
    for first, last in zip(table.first, table.first[1:], strict=False):
        allowed[rng.integers(first, last)] = True

    def is_allowed(options: Rows, assets: Flags) -> bool:
        columns = table.place(options, assets)
        return columns is not None and bool(allowed[columns].all())

    worst = _judged(judge, plans[0])
    with pytest.MonkeyPatch.context() as patch:
        if splitting:
            patch.setattr(branch, "MOST_CHOICES", 1)
        found, bound = search.run(worst, np.inf, allowed)
    inside = [worth for worth, options, assets in plans if is_allowed(options, assets)]
    best = max(inside, default=-np.inf)
    assert bound >= max(best, worst.value) - 1e-9 * abs(worst.value)
    assert found.value >= best - _margin(best)
    if found.value > worst.value:
        assert is_allowed(found.options, found.assets)
    assert bound <= found.value + _margin(found.value)


@FEW
@given(SEEDS, RISKS, st.integers(0, 12))
def test_a_bound_holds_whenever_work_is_used_up(seed: int, risk: RiskMeasure, solves: int) -> None:
    """After any number of linear programs no plan is worth more than the bound told."""
    problem = _case(seed, risk)
    plans = _every_plan(problem)
    judge, search = _search(problem)
    answer, left = search.program.solve, iter(range(solves))

    def limited(allowed: Flags) -> object:
        if next(left, None) is None:
            raise OutOfEffortError
        return answer(allowed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branch, "MOST_CHOICES", 1)
        patch.setattr(search.program, "solve", limited)
        found, bound = search.run(_judged(judge, plans[0]), 1e15)
    best, rounding = plans[-1][0], 1e-9 * max(abs(plans[0][0]), abs(plans[-1][0]))
    assert plans[0][0] - rounding <= found.value <= best + rounding
    assert best - rounding <= bound <= 1e15
    if not solves and search.table.n_groups:
        assert bound == 1e15


@FEW
@given(SEEDS, RISKS)
def test_the_sides_of_a_split_hold_every_better_plan(seed: int, risk: RiskMeasure) -> None:
    """A plan better than the one to beat is on one side; it is worth no more than its bound."""
    problem = _case(seed, risk)
    plans = _every_plan(problem)
    judge, search = _search(problem)
    table, rng = search.table, np.random.default_rng(seed)
    if not table.n_groups:
        return
    start = _judged(judge, plans[len(plans) // 2])
    assert start.worth_draws is not None
    for _, options, _ in plans[-3:]:
        draws = table.draws[np.isin(table.option, options) & (table.option >= 0)].sum(axis=0)
        search.program.add_cut(touching_weights(draws, problem.risk))
    search.best = start
    group = int(rng.integers(table.n_groups))
    last = int(rng.integers(table.first[group], table.first[group + 1]))
    allowed = np.ones(len(table.mean), dtype=np.bool_)
    sides = search._tried(GroupSplit(group, last, 0.5), allowed, 1e15)
    rounding = 1e-9 * max(abs(plans[0][0]), abs(plans[-1][0]))
    for worth, options, assets in plans:
        columns = table.place(options, assets)
        assert columns is not None
        inside = [limit for limit, side in sides if side[columns].all()]
        assert len(inside) <= 1
        if worth > search._enough() + rounding:
            assert len(inside) == 1
            assert worth <= inside[0] + rounding


def _whole_and_split(
    monkeypatch: pytest.MonkeyPatch, problem: DecisionProblem
) -> tuple[tuple[Choice, float, int], tuple[Choice, float, int]]:
    """Return plan, bound and parts where parts are searched whole, and where all are split."""
    answers = []
    for most in (branch.MOST_CHOICES, 1):
        monkeypatch.setattr(branch, "MOST_CHOICES", most)
        judge, search = _search(problem)
        none = np.zeros(len(problem.assets), dtype=np.bool_)
        found, bound = search.run(judge.value(np.zeros(0, dtype=np.int64), none), np.inf)
        answers.append((found, bound, search.nodes))
    return answers[0], answers[1]


@pytest.mark.parametrize("seed", range(8))
def test_splitting_everything_finds_what_looking_at_everything_finds(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Parts that are never searched whole lead to the same worth, by way of many parts."""
    problem = make_case(seed, 8, 1, 4, 60, share=0.5, risk=RiskMeasure("cvar", 0.8, 1.0))
    (whole, _, one), (split, _, many) = _whole_and_split(monkeypatch, problem)
    assert one < many
    assert split.value == pytest.approx(whole.value, rel=2 * GAP)


def test_the_search_is_deterministic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table gives the same plan, bound and number of parts."""
    problem = make_case(4, 6, 1, 3, 60, share=0.5, risk=RiskMeasure("cvar", 0.8, 1.0))
    (_, again), (_, other) = (_whole_and_split(monkeypatch, problem) for _ in range(2))
    assert (again[0].value, *again[1:]) == (other[0].value, *other[1:])
    assert again[0].options.tolist() == other[0].options.tolist()


def test_a_plan_that_meets_the_bound_is_not_searched() -> None:
    """Nothing is looked at where the bound is no higher than the plan and its gap."""
    problem = _case(1, RiskMeasure("cvar", 0.8, 1.0))
    judge, search = _search(problem)
    best = _judged(judge, _every_plan(problem)[-1])
    found, bound = search.run(best, best.value)
    assert (found, search.nodes) == (best, 0)
    assert best.value <= bound <= best.value + _margin(best.value)


def test_a_better_plan_that_rounding_gives_is_kept() -> None:
    """What is made of the shares of a part becomes the plan to beat, and is never made worse."""
    problem = _case(1, RiskMeasure("cvar", 0.8, 1.0))
    plans = _every_plan(problem)
    judge = _search(problem)[0]
    offered = [_judged(judge, plans[-1])]
    asked: list[Rows] = []

    def near(options: Rows, shares: NDArray[np.float64]) -> Choice:
        assert len(options) == len(shares)
        assert (np.diff(options) > 0).all()
        asked.append(options)
        return offered[0]

    found, _ = _search(problem, near)[1].run(_judged(judge, plans[0]), np.inf)
    assert len(asked) == 1
    assert found is offered[0]
    offered[0] = _judged(judge, plans[0])
    found, _ = _search(problem, near)[1].run(_judged(judge, plans[-1]), np.inf)
    assert found.value >= plans[-1][0] - 1e-9 * abs(plans[-1][0])


def test_a_part_that_breaks_the_rows_holds_nothing() -> None:
    """Where every project must take its dearest option beyond the budget, the plan stays."""
    problem = make_case(3, 3, 1, 3, 21, share=0.2, risk=RiskMeasure("cvar", 0.8, 1.0))
    problem = replace(problem, budget_cents=int(problem.cents.max()))
    judge, search = _search(problem)
    none = judge.value(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))
    dearest = np.zeros(len(search.table.mean), dtype=np.bool_)
    dearest[search.table.first[1:] - 1] = True
    found, bound = search.run(none, np.inf, dearest)
    assert (found, bound) == (none, 0.0)


def test_effects_are_averaged_for_each_side_and_project() -> None:
    """A split is expected to do what those of its project did, else what those of all did."""
    effects = Effects(3)
    split = GroupSplit(group=0, last=1, above=0.25)
    assert (effects.expected(split, 0), effects.expected(split, 1)) == (0.25, 0.75)
    effects.learn(1, 0, lowered=8.0, moved=0.5)
    assert effects.expected(split, 0) == 16.0 * 0.25
    effects.learn(0, 0, lowered=1.0, moved=0.5)
    effects.learn(0, 0, lowered=-5.0, moved=0.5)
    assert effects.expected(split, 0) == 1.0 * 0.25
    assert effects.expected(split, 1) == 0.75


def test_tables_are_searched_for_risk_on_worth_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for the expectation, not under a bound on spend, not where the draws do not fit."""

    def judged(risk: RiskMeasure, spend: SpendBound | None = None) -> Certifier:
        problem = make_case(1, 4, 1, 2, 10, n_assets=1)
        return PortfolioSolver(problem)._run(None, risk, spend).judge

    cvar = RiskMeasure("cvar", 0.8, 0.5)
    assert splits(judged(cvar), 8)
    assert splits(judged(RiskMeasure("entropic", aversion=1e-6)), 8)
    assert not splits(judged(RiskMeasure()), 8)
    assert not splits(judged(replace(cvar, weight=0.0)), 8)
    assert not splits(judged(cvar, SpendBound(0.8, 10**9)), 8)
    monkeypatch.setattr(branch, "MOST_CELLS", (8 + 4 + 2) * 10)
    assert splits(judged(cvar), 8)
    assert not splits(judged(cvar), 9)
