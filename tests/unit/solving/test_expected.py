"""The choice under a budget: exact to the cent, bounded, audited, truthful about its status."""

from pathlib import Path

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    Exclusive,
    Fund,
    ProjectRule,
    Require,
    Skip,
)
from planner.domain.vocabulary import Objective, Status
from planner.offering.effort import Allowance
from planner.solving.gap import relative_gap
from planner.solving.lp.cuts import CutPool
from planner.solving.lp.dual_prices import Terms
from planner.solving.lp.model import build_model, make_units
from planner.solving.system import build_system
from tests.allocation_cases import choose, make_options, problem_of, random_options

LP = """\
\\* plan *\\
Maximize
OBJ: 256 choose[,0] + 512 choose[a_b,0] + 768 choose[a_b,1]
 + 512 choose[a_b_1,0]
Subject To
budget_total: 32768 choose[,0] + 327680 choose[a_b,0] + 655360 choose[a_b,1]
 + 491520 choose[a_b_1,0] <= 983040
exclusive_e: choose[,0] + choose[a_b_1,0] <= 1
one_per_project__: choose[,0] <= 1
one_per_project_a_b_: choose[a_b,0] + choose[a_b,1] <= 1
one_per_project_a_b_1_: choose[a_b_1,0] <= 1
require_a_b,a_b: choose[a_b,0] + choose[a_b,1] - choose[a_b_1,0] <= 0
Binaries
choose[a_b,0]
choose[a_b,1]
choose[a_b_1,0]
choose[,0]
End
"""


def test_a_budget_missed_by_one_cent_is_missed() -> None:
    """Two options that cost a cent more than the budget together are not both chosen."""
    options = [make_options("a", [5_000], [0.6]), make_options("b", [5_001], [0.5])]
    tight = choose(options, Objective.TARGETS_MET, 10_000)
    loose = choose(options, Objective.TARGETS_MET, 10_001)
    assert tight is not None
    assert loose is not None
    assert tight.picks == (0, None)
    assert loose.picks == (0, 0)


@pytest.mark.parametrize("rules", [(), (AtMost("m", 3, ("a", "b", "c")),)])
def test_a_cent_too_much_is_seen_even_beside_a_thousand_billion(
    rules: tuple[ProjectRule, ...],
) -> None:
    """Where the solver's tolerance hides an overspend of one cent, a cover cut removes the plan."""
    huge = 50_000_000_000_000
    options = [
        make_options("a", [huge], [0.6]),
        make_options("b", [huge + 1], [0.5]),
        make_options("c", [huge], [0.4]),
    ]
    choice = choose(options, Objective.TARGETS_MET, 2 * huge, rules)
    assert choice is not None
    assert choice.picks == (0, None, 0)
    assert choice.solution.committed_cents == 2 * huge
    assert choice.solution.status is Status.OPTIMAL


@pytest.mark.parametrize("budget", [0, 7, 10**17])
def test_a_free_project_is_funded_at_any_budget(budget: int) -> None:
    """Prices of 0 and a budget of 0 have an answer."""
    choice = choose([make_options("a", [0], [0.7])], Objective.TARGETS_MET, budget)
    assert choice is not None
    assert choice.picks == (0,)
    assert choice.solution.value == pytest.approx(0.7)


def test_an_option_far_beyond_the_budget_does_not_disturb_the_others() -> None:
    """With one cent to spend, prices of a thousand million are out of reach, not out of range."""
    options = [make_options("a", [310_000_000_001], [0.9]), make_options("b", [1], [0.2])]
    choice = choose(options, Objective.TARGETS_MET, 1, [AtMost("m", 1, ("a", "b"))])
    assert choice is not None
    assert choice.picks == (None, 0)
    assert choice.solution.own_bound == pytest.approx(0.2)


def test_no_options_at_all_fund_nothing() -> None:
    """A plan of nothing is optimal, worth nothing and costs nothing."""
    choice = choose([make_options("a", [], [])], Objective.NET_VALUE, 100)
    assert choice is not None
    assert choice.picks == (None,)
    assert (choice.solution.value, choice.solution.gap, choice.solution.status) == (
        0.0,
        0.0,
        Status.OPTIMAL,
    )


def test_money_stays_unspent_where_nothing_pays() -> None:
    """Net value never funds at a loss, unless a rule demands it."""
    options = [make_options("a", [10_000], [0.5], 20.0), make_options("b", [100], [0.5], 20.0)]
    free = choose(options, Objective.NET_VALUE, 10**6)
    forced = choose(options, Objective.NET_VALUE, 10**6, [Fund("f", ("a",))])
    assert free is not None
    assert forced is not None
    assert free.picks == (None, 0)
    assert forced.picks == (0, 0)
    assert forced.solution.value == pytest.approx(9.0 - 90.0)


def test_ties_go_to_the_cheaper_option() -> None:
    """Of two options of one chance the cheaper is chosen, whatever their order."""
    options = [make_options("a", [90, 50, 70], [0.5, 0.5, 0.5])]
    choice = choose(options, Objective.TARGETS_MET, 10**6)
    assert choice is not None
    assert choice.picks == (1,)


def test_identical_projects_are_answered() -> None:
    """Symmetry is no obstacle: five of eight equal projects fit."""
    options = [make_options(f"p{i}", [20], [0.5]) for i in range(8)]
    choice = choose(options, Objective.TARGETS_MET, 100)
    assert choice is not None
    assert sum(pick is not None for pick in choice.picks) == 5


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), {"a", "b", "c"}),
        ((Skip("s", ("a",)),), {"b", "c"}),
        ((Exclusive("e", ("a", "b")),), {"a", "c"}),
        ((AtMost("m", 1, ("a", "b", "c")),), {"a"}),
        ((AtMost("m", 0, ("a",)), Require("r", "b", "a")), {"c"}),
        ((AtLeast("l", 2, ("a", "b")),), {"a", "b", "c"}),
        ((Require("r", "a", "a"),), {"a", "b", "c"}),
        ((Fund("f", ("b", "c")), Exclusive("e", ("a", "b"))), {"b", "c"}),
    ],
)
def test_every_rule_binds(rules: tuple[ProjectRule, ...], expected: set[str]) -> None:
    """Each kind of rule takes out exactly what it forbids."""
    options = [
        make_options("a", [10], [0.9]),
        make_options("b", [10], [0.6]),
        make_options("c", [10], [0.3]),
    ]
    choice = choose(options, Objective.TARGETS_MET, 1000, rules)
    assert choice is not None
    assert {
        o.project for o, p in zip(options, choice.picks, strict=True) if p is not None
    } == expected


@pytest.mark.parametrize(
    "rules",
    [
        (Fund("f", ("a",)), Skip("s", ("a",))),
        (Fund("f", ("ghost",)),),
        (AtLeast("l", 3, ("a", "b")),),
        (Fund("f", ("a", "b")),),
    ],
)
def test_a_conflict_is_an_answer(rules: tuple[ProjectRule, ...]) -> None:
    """Rules that cannot hold together, or not for the money, leave no choice."""
    options = [make_options("a", [60], [0.9]), make_options("b", [60], [0.6])]
    assert choose(options, Objective.TARGETS_MET, 100, rules) is None


def test_shadow_price_is_the_worth_of_one_more_unit() -> None:
    """At the margin, one unit of money more is worth what the price says."""
    options = [make_options(f"p{i}", [100, 200], [0.4, 0.6]) for i in range(10)]
    one = choose(options, Objective.TARGETS_MET, 1_100)
    more = choose(options, Objective.TARGETS_MET, 1_200)
    assert one is not None
    assert more is not None
    assert one.solution.budget_price == pytest.approx(more.solution.value - one.solution.value)


def test_own_bound_is_tight_where_the_relaxation_is() -> None:
    """With rules, dual prices of the linear program close the bound over all options."""
    options = [make_options(f"p{i}", [100], [0.1 * i]) for i in range(1, 6)]
    rules = [Exclusive("e", tuple(o.project for o in options))]
    choice = choose(options, Objective.TARGETS_MET, 10**6, rules)
    assert choice is not None
    assert choice.solution.value == pytest.approx(0.5)
    assert choice.solution.own_bound == pytest.approx(0.5)


def test_a_stopped_search_says_feasible_and_shows_its_gap() -> None:
    """Without work for the search the greedy plan is answered, with the bound computed here."""
    rng = np.random.default_rng(5)
    options = [random_options(rng, f"p{i}", 30) for i in range(6)]
    choice = choose(options, Objective.VALUE, 900_000, gap=0.0, allowance=Allowance(0.0))
    best = choose(options, Objective.VALUE, 900_000)
    assert choice is not None
    assert best is not None
    assert choice.solution.bound >= best.solution.value - 1e-6 * best.solution.value
    assert choice.solution.gap == pytest.approx(
        relative_gap(choice.solution.value, choice.solution.bound)
    )
    assert (choice.solution.status is Status.FEASIBLE) == (choice.solution.gap > 0)


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(0.0, 0.0, 0.0), (0.0, 5.0, 1.0), (-10.0, -9.0, 0.1), (9.0, 8.0, 0.0)],
)
def test_relative_gap(value: float, bound: float, gap: float) -> None:
    """The gap is relative to the value, to the bound where the value is 0, and never negative."""
    assert relative_gap(value, bound) == pytest.approx(gap)


def test_the_model_reads_like_the_algebra(tmp_path: Path) -> None:
    """The LP file names every choice and every business rule, also for ids that LP files forbid."""
    options = [
        make_options("a b", [10, 20], [0.5, 0.75]),
        make_options("a-b", [15], [0.5]),
        make_options("é" * 300, [1], [0.25]),
    ]
    rules: list[ProjectRule] = [Require("r", "a b", "a-b"), Exclusive("e", ("a-b", "é" * 300))]
    problem, _ = problem_of(options, Objective.TARGETS_MET, rules)
    system = build_system(problem)
    terms = Terms(30, 0.0, 0.0, np.ones(len(problem), dtype=np.bool_))
    units, every = make_units(system, terms), np.arange(len(problem))
    model = build_model(system, CutPool([], []), terms, every, whole=True, units=units)
    file = tmp_path / "plan.lp"
    model.problem.writeLP(str(file))
    assert file.read_text(encoding="utf-8") == LP


def test_without_rules_or_draws_a_plan_needs_no_work() -> None:
    """Read off the path of budgets, a plan is proven although nothing may be spent on it."""
    rng = np.random.default_rng(7)
    options = [random_options(rng, f"p{i}", 20) for i in range(30)]
    choice = choose(options, Objective.NET_VALUE, 900_000, gap=0.0, allowance=Allowance(0.0))
    assert choice is not None
    assert (choice.solution.gap, choice.solution.stop) == (0.0, "")
