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
from planner.errors import AuditError, NotConvergedError
from planner.offering.effort import Allowance
from planner.offering.pruning import undominated
from planner.offering.rules import rule_rows
from planner.offering.table import build_table
from planner.solving.plain import solve
from planner.solving.plain.audit import recompute, require_sound
from planner.solving.plain.feasibility import least_cost_set
from planner.solving.plain.formulation import build_model
from planner.solving.plain.greedy import MOST_POLISHING_STEPS, polished_rows
from planner.solving.plain.solve import choose, relative_gap
from tests.allocation_cases import make_options, random_options


def test_a_budget_missed_by_one_cent_is_missed() -> None:
    """Two options that cost a cent more than the budget together are not both chosen."""
    options = [make_options("a", [5_000], [0.6]), make_options("b", [5_001], [0.5])]
    tight = choose(options, Objective.TARGETS_MET, 10_000)
    loose = choose(options, Objective.TARGETS_MET, 10_001)
    assert tight is not None
    assert loose is not None
    assert tight.picks == (0, None)
    assert loose.picks == (0, 0)


def test_a_cent_too_much_is_seen_even_beside_a_thousand_billion() -> None:
    """Where the solver's tolerance hides an overspend of one cent, a cover cut removes the plan."""
    huge = 50_000_000_000_000
    options = [
        make_options("a", [huge], [0.6]),
        make_options("b", [huge + 1], [0.5]),
        make_options("c", [huge], [0.4]),
    ]
    choice = choose(options, Objective.TARGETS_MET, 2 * huge)
    assert choice is not None
    assert choice.picks == (0, None, 0)
    assert choice.committed_cents == 2 * huge
    assert choice.status is Status.OPTIMAL


def test_covers_cut_off_the_set_and_its_dearer_variants() -> None:
    """A cover row counts the options of its projects that cost at least as much."""
    options = [make_options("a", [10, 20], [0.3, 0.9]), make_options("b", [15, 30], [0.4, 0.5])]
    table = build_table(options, Objective.TARGETS_MET)
    model = build_model(table, undominated(table), (), 100, covers=[[1, 2]])
    cover = model.problem.get_constraint_by_name("cover_0_")
    assert cover is not None
    assert {v.name for v in cover} == {
        "choose[a,A,11]",
        "choose[b,A,10]",
        "choose[b,A,11]",
    }


def test_an_overspending_search_is_repeated_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """If every repetition overspends, the greedy plan is answered with its own bound."""
    options = [make_options("a", [10], [0.6]), make_options("b", [10], [0.5])]
    monkeypatch.setattr(solve, "_chosen", lambda model: model.rows)
    choice = choose(options, Objective.TARGETS_MET, 10)
    assert choice is not None
    assert choice.picks == (0, None)
    assert choice.committed_cents == 10


@pytest.mark.parametrize("budget", [0, 7, 10**17])
def test_a_free_project_is_funded_at_any_budget(budget: int) -> None:
    """Prices of 0 and a budget of 0 have an answer."""
    choice = choose([make_options("a", [0], [0.7])], Objective.TARGETS_MET, budget)
    assert choice is not None
    assert choice.picks == (0,)
    assert choice.value == pytest.approx(0.7)


def test_an_option_far_beyond_the_budget_does_not_disturb_the_others() -> None:
    """With one cent to spend, prices of a thousand million are out of reach, not out of range."""
    options = [make_options("a", [310_000_000_001], [0.9]), make_options("b", [1], [0.2])]
    choice = choose(options, Objective.TARGETS_MET, 1, [AtMost("m", 1, ("a", "b"))])
    assert choice is not None
    assert choice.picks == (None, 0)
    assert choice.own_bound == pytest.approx(0.2)


def test_no_options_at_all_fund_nothing() -> None:
    """A plan of nothing is optimal, worth nothing and costs nothing."""
    choice = choose([make_options("a", [], [])], Objective.NET_VALUE, 100)
    assert choice is not None
    assert choice.picks == (None,)
    assert (choice.value, choice.gap, choice.status) == (0.0, 0.0, Status.OPTIMAL)


def test_money_stays_unspent_where_nothing_pays() -> None:
    """Net value never funds at a loss, unless a rule demands it."""
    options = [make_options("a", [10_000], [0.5], 20.0), make_options("b", [100], [0.5], 20.0)]
    free = choose(options, Objective.NET_VALUE, 10**6)
    forced = choose(options, Objective.NET_VALUE, 10**6, [Fund("f", ("a",))])
    assert free is not None
    assert forced is not None
    assert free.picks == (None, 0)
    assert forced.picks == (0, 0)
    assert forced.value == pytest.approx(9.0 - 90.0)


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
    assert one.budget_price == pytest.approx(more.value - one.value)


def test_own_bound_is_tight_where_the_relaxation_is() -> None:
    """With rules, dual prices of the linear program close the bound over all options."""
    options = [make_options(f"p{i}", [100], [0.1 * i]) for i in range(1, 6)]
    rules = [Exclusive("e", tuple(o.project for o in options))]
    choice = choose(options, Objective.TARGETS_MET, 10**6, rules)
    assert choice is not None
    assert choice.value == pytest.approx(0.5)
    assert choice.own_bound == pytest.approx(0.5)


def test_a_stopped_search_says_feasible_and_shows_its_gap() -> None:
    """Without work for the search the greedy plan is answered, with the bound computed here."""
    rng = np.random.default_rng(5)
    options = [random_options(rng, f"p{i}", 30) for i in range(6)]
    choice = choose(options, Objective.VALUE, 900_000, gap=0.0, allowance=Allowance(0.0))
    best = choose(options, Objective.VALUE, 900_000)
    assert choice is not None
    assert best is not None
    assert choice.bound >= best.value - 1e-6 * best.value
    assert choice.gap == pytest.approx(relative_gap(choice.value, choice.bound))
    assert (choice.status is Status.FEASIBLE) == (choice.gap > 0)


def test_without_an_answer_from_the_solver_the_greedy_plan_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No incumbent and no bound from HiGHS: the plan and the bound computed here are reported."""
    options = [
        make_options("a", [60], [0.61]),
        make_options("b", [50], [0.5]),
        make_options("c", [50], [0.5]),
    ]
    nothing = solve._Found(None, -np.inf, None)
    monkeypatch.setattr(solve, "_search", lambda *_: nothing)
    choice = choose(options, Objective.TARGETS_MET, 100)
    assert choice is not None
    assert choice.status is Status.FEASIBLE
    assert choice.value == pytest.approx(0.61)
    assert choice.bound == choice.own_bound == choice.solver_bound
    assert choice.bound >= 1.0


def test_a_solver_that_claims_too_much_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """An objective that the decisions do not give raises, and nothing is reported."""
    options = [
        make_options("a", [60], [0.61]),
        make_options("b", [50], [0.5]),
        make_options("c", [50], [0.5]),
    ]
    both = solve._Found(np.array([1, 2]), 1.5, 1.5)
    monkeypatch.setattr(solve, "_search", lambda *_: both)
    with pytest.raises(AuditError, match=r"reports a worth of 1\.5, the decisions give 1\.0"):
        choose(options, Objective.TARGETS_MET, 100)


def test_the_audit_sees_overspending_and_broken_rules() -> None:
    """Cost, rules and bound are recomputed from the decisions alone."""
    options = [make_options("a", [60], [0.6]), make_options("b", [50], [0.5])]
    with pytest.raises(AuditError, match=r"commits 1\.10 of 1; it breaks e; .* bound 1\.0"):
        require_sound(
            options,
            (0, 0),
            Objective.TARGETS_MET,
            100,
            [Exclusive("e", ("a", "b"))],
            claimed=1.1,
            bound=1.0,
        )
    assert recompute(options, (None, None), Objective.VALUE).cents == 0


def test_an_undecided_rule_check_is_not_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the solver cannot say whether rules hold together, exit 5 beats a guess."""
    from planner.solving.plain import feasibility

    monkeypatch.setattr(feasibility, "broken_rules", lambda *_: ("r",))
    with pytest.raises(NotConvergedError, match="could not decide"):
        least_cost_set({"a": 5}, [Fund("r", ("a",))])


def test_least_cost_takes_the_cheapest_set() -> None:
    """At least two of three, one of which needs a fourth: the cheapest way is found."""
    cents = {"a": 10, "b": 20, "c": 30, "d": 100}
    rules: list[ProjectRule] = [AtLeast("l", 2, ("a", "b", "c")), Require("r", "a", "d")]
    assert least_cost_set(cents, rules) == frozenset({"b", "c"})


def test_polishing_stops_when_nothing_pays_or_after_its_last_step() -> None:
    """Single changes are taken while they pay, up to a limit."""
    options = [make_options(f"p{i:03d}", [1], [0.5]) for i in range(MOST_POLISHING_STEPS + 5)]
    table = build_table(options, Objective.TARGETS_MET)
    rows = undominated(table)
    nothing = np.zeros(0, dtype=np.int64)
    assert len(polished_rows(table, rows, nothing, 10**6, ())) == MOST_POLISHING_STEPS
    assert len(polished_rows(table, rows, nothing, 3, ())) == 3
    none_allowed = [Skip("s", table.projects)]
    assert len(polished_rows(table, rows, nothing, 3, none_allowed)) == 0


def test_the_model_can_be_read(tmp_path: Path) -> None:
    """The LP file names every choice and every business rule, also for ids that LP files forbid."""
    options = [
        make_options("a b", [10], [0.5]),
        make_options("a-b", [10], [0.5]),
        make_options("é" * 300, [0], [0.5]),
    ]
    table = build_table(options, Objective.TARGETS_MET)
    rules: list[ProjectRule] = [
        Require("r", "a b", "a-b"),
        Fund("f", ("a-b",)),
        Fund("g", ("ghost",)),
    ]
    model = build_model(table, undominated(table), rule_rows(rules), 15)
    file = tmp_path / "plan.lp"
    model.problem.writeLP(str(file))
    text = file.read_text(encoding="utf-8")
    for name in ("budget_total", "one_per_project", "require", "fund", "choose[a_b,A,10]"):
        assert name in text


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(0.0, 0.0, 0.0), (0.0, 5.0, 1.0), (-10.0, -9.0, 0.1), (9.0, 8.0, 0.0)],
)
def test_relative_gap(value: float, bound: float, gap: float) -> None:
    """The gap is relative to the value, to the bound where the value is 0, and never negative."""
    assert relative_gap(value, bound) == pytest.approx(gap)
