"""More work, or more time, never gives a worse plan; the clock alone never changes one."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Objective, Status
from planner.errors import NotConvergedError
from planner.offering import deadline
from planner.offering.deadline import Deadline
from planner.offering.effort import SECOND, Allowance
from planner.offering.problem import DecisionProblem, Solution, SpendBound
from planner.solving.solver import PortfolioSolver
from tests.allocation_cases import choose, random_options, random_rules
from tests.benchmarks.engine_cases import make_case

WORK = (0.0, 0.02, 0.05, 0.1, 0.3, 1.0)
READS = (1, 4, 16, 64, 400)
"""Looks at the clock after which time is up: cuts a search where no count of work would."""
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 20))]


def _case(seed: int) -> DecisionProblem:
    rng = np.random.default_rng(seed)
    return make_case(
        seed,
        int(rng.integers(3, 25)),
        3,
        4,
        150,
        share=float(rng.choice([0.15, 0.4, 0.9])),
        risk=RiskMeasure("cvar", 0.8, float(rng.choice([0.0, 0.5, 1.0]))),
        rows=bool(rng.integers(2)),
        n_assets=int(rng.integers(3)),
    )


def _solved(problem: DecisionProblem, allowance: Allowance) -> Solution | None:
    """Return a plan from a new solver; None where none was found in so little."""
    try:
        return PortfolioSolver(problem).solve(allowance=allowance)
    except NotConvergedError:
        return None


def _never_worse(found: list[Solution | None]) -> None:
    """Plans of more and more effort: once there is one, it never gets worse nor its bound wrong."""
    known = [one for one in found if one is not None]
    assert None not in found[found.index(known[0]) :] if known else True
    feasible = [one for one in known if one.status is not Status.INFEASIBLE]
    assert len(feasible) in (0, len(known))
    for less, more in pairwise(feasible):
        assert more.value >= less.value
        assert less.bound >= more.value - 1e-6 * abs(more.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_work_never_gives_a_worse_plan(seed: int) -> None:
    """From next to nothing to a second's worth, under rules, assets and a tail."""
    problem = _case(seed)
    _never_worse([_solved(problem, Allowance(work * SECOND)) for work in WORK])


@pytest.mark.parametrize("seed", SEEDS)
def test_more_time_never_gives_a_worse_plan(seed: int) -> None:
    """Wherever the clock cuts a search, the plan is no worse than where it cut it earlier."""
    problem, found = _case(seed), list[Solution | None]()
    for reads in (*READS, 10**9):
        left = iter(range(reads))
        clock = SimpleNamespace(monotonic=lambda left=left: 0.0 if next(left, None) else 9e9)
        next(left)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(deadline, "time", clock)
            found.append(_solved(problem, Allowance(SECOND, Deadline(1e9, 1.0))))
    _never_worse(found)
    assert found[-1] is not None
    assert found[-1].stop in ("", "work")
    assert [one.value for one in found[-1:] if one] == [
        one.value for one in [_solved(problem, Allowance(SECOND))] if one
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_more_work_never_gives_a_worse_choice(seed: int) -> None:
    """The same of the search under one budget and rules on projects."""
    rng = np.random.default_rng(seed)
    options = [random_options(rng, f"p{i}", 12) for i in range(8)]
    rules = random_rules(rng, [item.project for item in options], 3)
    found = [
        choose(options, Objective.NET_VALUE, 2_000_000, rules, allowance=Allowance(w * SECOND))
        for w in WORK
    ]
    assert len({one is None for one in found}) == 1
    for less, more in pairwise([one.solution for one in found if one is not None]):
        assert more.value >= less.value
        assert less.bound >= more.value - 1e-6 * abs(more.value)


def test_a_stopped_search_tells_what_stopped_it() -> None:
    """Counted work, the time asked for, or nothing where the gap was proven."""
    problem = make_case(5, 40, 3, 8, 200)
    assert PortfolioSolver(problem).solve(allowance=Allowance(0.0)).stop == "work"
    late = Allowance(deadline=Deadline(0.0, 1.0))
    assert PortfolioSolver(problem).solve(allowance=late).stop == "time"
    assert PortfolioSolver(problem).solve(gap=0.5).stop == ""


def test_a_bound_on_spend_is_kept_however_short_the_search() -> None:
    """Random spend stays within its limit in a plan made in no time."""
    problem = make_case(3, 6, 2, 4, 100)
    spend = SpendBound(0.8, int(problem.budget_cents or 0))
    found = PortfolioSolver(problem).solve(spend=spend, allowance=Allowance(0.0))
    assert problem.outcomes is not None
    draws = np.sort(problem.outcomes.spend_draws(found.options).sum(axis=0))
    assert draws[-20:].mean() <= spend.limit_cents * (1 + 1e-9)


@pytest.mark.parametrize("most", [1, 2])
def test_a_late_sweep_leaves_budgets_out(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Budgets that no time is left for have no answer; those that have one bound it truly."""
    problem = make_case(2, 12, 2, 5, 100, share=1.0)
    budgets = [int(problem.cents.sum() * share) for share in (0.005, 0.01, 0.02, 0.1)]
    whole = PortfolioSolver(problem).sweep(budgets)
    assert PortfolioSolver(problem).sweep(budgets, Deadline(0.0, 1.0)) == (None,) * 4
    solves = iter(range(most))
    solve = PortfolioSolver._run

    def counted(self: PortfolioSolver, *terms: object) -> object:
        if next(solves, None) is None:
            monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: 9e9))
        return solve(self, *terms)  # type: ignore[arg-type]

    monkeypatch.setattr(PortfolioSolver, "_run", counted)
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: 0.0))
    found = PortfolioSolver(problem).sweep(budgets, Deadline(1e9, 1.0))
    assert None in found
    for one, best in zip(found, whole, strict=True):
        assert best is not None
        assert one is None or one.bound >= best.value * (1 - 1e-9)
