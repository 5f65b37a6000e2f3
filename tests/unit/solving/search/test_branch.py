"""The search over few projects against every choice there is."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.problem import DecisionProblem
from planner.solving.certify import Certifier, Choice
from planner.solving.search import branch
from planner.solving.search.branch import TreeSearch
from planner.solving.search.branch_leaf import estimated_choices, grown
from planner.solving.search.branch_program import Program
from planner.solving.search.branch_table import GroupTable, make_table
from planner.solving.solver import PortfolioSolver
from planner.solving.tail import touching_weights
from tests.benchmarks.engine_cases import make_case
from tests.efforts import nothing as nothing_left
from tests.efforts import plenty

SEEDS = st.integers(0, 10_000)
RISKS = st.sampled_from(
    [
        RiskMeasure("cvar", 0.9, 1.0),
        RiskMeasure("cvar", 0.9, 0.5),
        RiskMeasure("cvar", 0.55, 0.2),
        RiskMeasure("cvar", 0.97, 0.8),
        RiskMeasure("entropic", aversion=1e-4),
    ]
)


def _case(seed: int, risk: RiskMeasure, n_projects: int = 3) -> DecisionProblem:
    """Return a tiny portfolio; some with rules between projects, some with assets."""
    share = float(np.random.default_rng(seed).choice([0.1, 0.4, 2.0]))
    problem = make_case(
        seed, n_projects, 2, 3, 37, share=share, rows=seed % 2 == 0, n_assets=seed % 3
    )
    if risk.kind == "entropic":
        risk = replace(risk, aversion=2.0 / float(np.abs(problem.worth).max()))
    return replace(problem, risk=risk)


def _search(problem: DecisionProblem, gap: float = 1e-6) -> tuple[Certifier, Program, TreeSearch]:
    """Return a search over everything, with the judge of its plans and its program."""
    solver = PortfolioSolver(problem)
    run = solver._run(None, problem.risk, None)
    outcomes = problem.outcomes
    assert outcomes is not None
    options = np.flatnonzero(run.terms.usable)
    table = make_table(run.judge.system, run.terms, outcomes, options)
    program = Program(table, run.relaxer.master.units, run.terms.tail, plenty())
    return run.judge, program, TreeSearch(run.judge, program, lambda *_: None, gap)


def _every_choice(judge: Certifier, table: GroupTable) -> list[Choice]:
    """Return every choice that keeps every row, judged one at a time."""
    groups = [range(a, b) for a, b in zip(table.first, table.first[1:], strict=False)]
    n_assets = len(judge.system.problem.assets)
    chosen = (
        table.choice(np.array(columns, dtype=np.int64), n_assets) for columns in product(*groups)
    )
    judged = (judge.certified(options, assets) for options, assets in chosen)
    return [choice for choice in judged if choice is not None]


def _worst(choices: list[Choice]) -> Choice:
    return min(choices, key=lambda choice: choice.value)


def _split_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave as little as possible to enumeration and as much as possible to splits."""
    monkeypatch.setattr(branch, "MOST_CHOICES", 1)


@settings(max_examples=25, deadline=None)
@given(SEEDS, RISKS, st.booleans())
@example(224, RiskMeasure("entropic", aversion=1e-4), True)  # HiGHS lost its way from a warm basis
def test_the_best_of_all_choices_is_found_and_proven(
    seed: int, risk: RiskMeasure, splits: bool
) -> None:
    """From the worst plan on, the search ends at the best of all choices and bounds it."""
    judge, program, search = _search(_case(seed, risk))
    choices = _every_choice(judge, program.table)
    if not choices:
        return
    best = max(choice.value for choice in choices)
    with pytest.MonkeyPatch.context() as patch:
        if splits:
            _split_all(patch)
        found, bound = search.run(_worst(choices), 1e15)
    margin = 1e-6 * max(1.0, abs(best))
    assert best - margin <= found.value <= best
    assert best <= bound <= found.value + margin


@settings(max_examples=20, deadline=None)
@given(SEEDS, RISKS)
def test_losses_bound_every_choice_of_a_part(seed: int, risk: RiskMeasure) -> None:
    """No choice from a part is worth more than its bound less the losses of what it takes."""
    judge, program, _ = _search(_case(seed, risk))
    table, rng = program.table, np.random.default_rng(seed)
    if not table.n_groups:
        return
    allowed = rng.random(len(table.mean)) < 0.7
    allowed[table.first[:-1]] = True
    uniform = np.full(table.draws.shape[1], 1 / table.draws.shape[1])
    program.add_cut(touching_weights(uniform, judge.risk))
    priced = program.solve(allowed)
    inside = 0
    for choice in _every_choice(judge, table):
        columns = table.place(choice.options, choice.assets)
        assert columns is not None
        if allowed[columns].all():
            inside += 1
            assert priced is not None
            most = priced.bound - float(priced.losses[columns].sum())
            assert choice.value <= most + 1e-9 * max(1.0, abs(priced.bound))
    if priced is None:
        assert inside == 0


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_choices_within_a_slack_are_all_grown(seed: int) -> None:
    """What is grown is exactly what loses no more than the slack and the budget pays for."""
    _, program, _ = _search(_case(seed, RiskMeasure("cvar", 0.9, 0.5)))
    table, rng = program.table, np.random.default_rng(seed)
    losses = rng.exponential(size=len(table.mean))
    losses[table.first[:-1]] = 0.0
    groups = [range(a, b) for a, b in zip(table.first, table.first[1:], strict=False)]
    budget = table.budget_cents
    assert budget is not None
    wanted = {
        columns
        for columns in product(*groups)
        if sum(losses[list(columns)]) <= 1.5 and table.cents[list(columns)].sum() <= budget
    }
    got = grown(table, losses, 1.5, 10**6)
    assert got is not None
    assert {tuple(row) for row in got.tolist()} == wanted
    assert estimated_choices(table, losses, 1.5) >= len(wanted)
    if len(wanted) > 1:
        assert grown(table, losses, 1.5, 0) is None


@pytest.mark.parametrize("seed", [3, 8])
def test_the_search_is_deterministic(seed: int) -> None:
    """The same problem gives the same plan, bound and number of parts, byte for byte."""

    def run() -> tuple[Choice, float, int]:
        problem = make_case(seed, 4, 3, 6, 200, risk=RiskMeasure("cvar", 0.9, 1.0))
        judge, _, search = _search(problem)
        nothing = judge.certified(np.zeros(0, np.int64), np.zeros(0, np.bool_))
        assert nothing is not None
        return *search.run(nothing, 1e15), search.nodes

    (a, *proof_a), (b, *proof_b) = run(), run()
    assert (a.value, proof_a) == (b.value, proof_b)
    assert a.options.tolist() == b.options.tolist()


def test_nothing_to_choose_is_proven_at_once() -> None:
    """Where no option can be paid for, the empty plan is the best, whatever the bound was."""
    problem = replace(_case(1, RiskMeasure("cvar", 0.9, 0.5)), budget_cents=0)
    judge, _, search = _search(problem)
    nothing = judge.certified(np.zeros(0, np.int64), np.zeros(len(problem.assets), np.bool_))
    assert nothing is not None
    found, bound = search.run(nothing, 1e9)
    assert found.value <= bound <= 1e-6


def test_work_that_is_used_up_leaves_a_true_bound() -> None:
    """Without work the plan given comes back, with the bound given."""
    problem = make_case(5, 4, 3, 6, 200, risk=RiskMeasure("cvar", 0.9, 1.0))
    judge, program, search = _search(problem)
    nothing = judge.certified(np.zeros(0, np.int64), np.zeros(0, np.bool_))
    assert nothing is not None
    program.effort = nothing_left()
    found, bound = search.run(nothing, 1e12)
    assert (found.value, bound) == (nothing.value, 1e12)


def test_few_projects_with_hundreds_of_options_are_proven() -> None:
    """Three projects of 200 options each under a pure tail are proven, not left with a gap."""
    problem = make_case(7, 3, 20, 10, 400, share=0.4, risk=RiskMeasure("cvar", 0.9, 1.0))
    solution = PortfolioSolver(problem).solve()
    assert solution.gap <= 1e-6
    assert solution.own_bound > solution.bound


@pytest.mark.parametrize("seed", range(12))
def test_a_lower_inherited_bound_closes_no_better_plan(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told a true bound that is lower than its own, the search still proves nothing false."""
    monkeypatch.setattr(branch, "MOST_CHOICES", 50)
    problem = make_case(seed, 6, 2, 3, 30, share=0.3)
    judge, program, search = _search(problem, 1e-9)
    choices = sorted(_every_choice(judge, program.table), key=lambda choice: choice.value)
    best = choices[-1].value
    worse = [choice for choice in choices if choice.value < best - 1e-5 * abs(best)]
    for start in (worse[-1], worse[len(worse) // 2]):
        found, bound = search.run(start, best + 1e-6 * abs(best))
        assert bound >= best - 1e-9 * abs(best)
        assert found.value >= best - 1e-8 * abs(best)
