"""Infeasible portfolios: the smallest conflict is named, and every fix works."""

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    Exclusive,
    Fund,
    Portfolio,
    ProjectRule,
    Require,
    Skip,
)
from planner.domain.results.plan import Fix, Plan
from planner.offering.options import Menu
from planner.planning.conflict.case import why_infeasible
from planner.planning.conflict.smallest import BUDGET, Conflict
from tests.allocation_cases import make_menu, prepare_menus, random_portfolio

if TYPE_CHECKING:
    from planner.domain.model.posterior import Posterior


def _conflict(menus: list[Menu], rules: list[ProjectRule], budget_cents: int) -> Conflict:
    return why_infeasible(prepare_menus(menus, rules, budget_cents))


def test_a_chance_that_costs_too_much_names_rule_chance_and_budget() -> None:
    """Demanding the project, its chance and the budget conflict; each can give way."""
    menus = [
        make_menu("a", [100, 500, 900], [0.3, 0.62, 0.9], 0.9),
        make_menu("b", [100], [0.5], None),
    ]
    rules: list[ProjectRule] = [
        Fund("rules[0]: fund a, b", ("a", "b")),
        Exclusive("rules[1]: e", ("b", "c")),
    ]
    conflict = _conflict(menus, rules, 650)
    assert conflict.names == ("rules[0]: fund a, b", "projects[a].min_chance", BUDGET)
    assert conflict.fixes == (
        Fix(10.0, "--budget 10", flag="--budget"),
        Fix(0.62, "a min_chance 62% (saves 4)", field="projects[a].min_chance"),
        Fix(None, "drop rules[0]: fund a, b", field="rules[0]"),
    )


def test_a_chance_out_of_reach_offers_the_most_it_can_reach() -> None:
    """No budget reaches the asked chance, so none is offered."""
    menus = [make_menu("a", [100, 500], [0.3, 0.625], 0.9)]
    conflict = _conflict(menus, [Fund("f", ("a",))], 10**9)
    assert conflict.names == ("f", "projects[a].min_chance")
    assert [fix.text for fix in conflict.fixes] == [
        "a min_chance 62% (the most it can reach)",
        "drop f",
    ]


def test_a_chance_below_one_per_cent_is_not_offered() -> None:
    """A least chance that rounds to nothing helps nobody."""
    menus = [make_menu("a", [100], [0.001], 0.9)]
    conflict = _conflict(menus, [Fund("f", ("a",))], 10**9)
    assert [fix.text for fix in conflict.fixes] == ["drop f"]


def test_rules_that_contradict_each_other_are_both_named() -> None:
    """Money has nothing to do with it."""
    menus = [make_menu("a", [1], [0.5], None), make_menu("b", [1], [0.5], None)]
    rules: list[ProjectRule] = [
        AtMost("m", 2, ("a", "b")),
        Fund("f", ("a",)),
        Require("r", "a", "b"),
        Skip("s", ("b",)),
    ]
    conflict = _conflict(menus, rules, 100)
    assert conflict.names == ("f", "r", "s")
    assert [fix.text for fix in conflict.fixes] == ["drop f", "drop r", "drop s"]


def test_two_separate_conflicts_get_a_joint_fix() -> None:
    """Where no single change helps, the changes that help together are named."""
    menus = [make_menu("a", [5], [0.5], None), make_menu("b", [700], [0.5], None)]
    rules: list[ProjectRule] = [Fund("f", ("a",)), Skip("s", ("a",)), Fund("g", ("b",))]
    conflict = _conflict(menus, rules, 100)
    assert set(conflict.names) in ({"f", "s"}, {"g", BUDGET})
    assert len(conflict.names) == 2
    assert [fix.text for fix in conflict.fixes] == ["drop s and set --budget 7.05"]
    menus = [make_menu(name, [5], [0.5], None) for name in "ab"]
    rules = [Fund("f", ("a",)), Skip("s", ("a",)), Fund("g", ("b",)), Skip("t", ("b",))]
    assert _conflict(menus, rules, 100).fixes[0].text == "drop s and t"


def _holds(kept: set[str], menus: list[Menu], rules: list[ProjectRule], budget: int) -> bool:
    """Whether some set of projects keeps these suspects, by trying every set."""
    cheapest = {}
    for menu in menus:
        least = (
            menu.project.min_chance if f"projects[{menu.project.id}].min_chance" in kept else None
        )
        ok = menu.priced.chance >= max(menu.threshold, least or 0.0)
        if ok.any():
            cheapest[menu.project.id] = int(menu.priced.total_cents[ok].min())
    from tests.allocation_cases import allowed

    return any(
        all(allowed(rule, frozenset(funded)) for rule in rules if rule.name in kept)
        and (BUDGET not in kept or sum(cheapest[p] for p in funded) <= budget)
        for size in range(len(cheapest) + 1)
        for funded in itertools.combinations(cheapest, size)
    )


@pytest.mark.parametrize("seed", [seed for seed in range(41) if seed != 27])  # 27 has a plan
def test_no_smaller_set_is_in_conflict(seed: int) -> None:
    """Trying every smaller set of suspects finds none that cannot hold together."""
    rng = np.random.default_rng(seed)
    names = [f"p{i}" for i in range(4)]
    menus = [
        make_menu(
            name,
            sorted(rng.integers(1, 900, 3).tolist()),
            sorted(rng.random(3).tolist()),
            float(rng.choice([0.4, 0.8])) if rng.random() < 0.5 else None,
            threshold=float(rng.choice([0.0, 0.3])),
        )
        for name in names
    ]
    some = [tuple(str(n) for n in rng.permutation(names)[: rng.integers(1, 4)]) for _ in range(6)]
    rules: list[ProjectRule] = [
        Fund("r0", some[0]),
        AtLeast("r1", 2, some[1]),
        Skip("r2", some[2][:1]),
        Exclusive("r3", some[3]),
        Require("r4", some[4][0], some[4][-1]),
        AtMost("r5", 1, some[5]),
    ]
    budget = int(rng.integers(0, 1_500))
    chances = {f"projects[{m.project.id}].min_chance" for m in menus if m.project.min_chance}
    suspects = [rule.name for rule in rules] + sorted(chances) + [BUDGET]
    assert not _holds(set(suspects), menus, rules, budget)
    conflict = _conflict(menus, rules, budget)
    assert not _holds(set(conflict.names), menus, rules, budget)
    for smaller in itertools.combinations(suspects, len(conflict.names) - 1):
        assert _holds(set(smaller), menus, rules, budget)
    assert conflict.fixes


def _mended(portfolio: Portfolio, fix: Fix) -> Portfolio:
    if fix.flag == "--budget":
        assert isinstance(fix.value, float)
        return replace(portfolio, budget=fix.value)
    if fix.value is not None:
        assert isinstance(fix.value, float)
        projects = tuple(
            replace(p, min_chance=fix.value, relative_complexity=float("nan"))
            if fix.field == f"projects[{p.id}].min_chance"
            else p
            for p in portfolio.projects
        )
        return replace(portfolio, projects=projects)
    dropped = {place.strip() for place in (fix.field or "").split(";")}
    rules = tuple(r for r in portfolio.project_rules if r.name.split(":")[0] not in dropped)
    budget = 1e9 if "budget" in dropped else portfolio.budget
    return replace(portfolio, rules=rules, budget=budget)


@pytest.fixture(scope="module")
def infeasible() -> list[tuple[Portfolio, Plan]]:
    """Return random portfolios without a plan."""
    model: Posterior = planner.load_model("published")
    portfolios = [random_portfolio(seed) for seed in range(120)]
    plans = [(p, planner.plan(p, model)) for p in portfolios]
    return [(portfolio, plan) for portfolio, plan in plans if plan.status == "infeasible"]


def test_every_printed_fix_works(infeasible: list[tuple[Portfolio, Plan]]) -> None:
    """Each fix, applied alone, leads to a plan; a cent less budget does not."""
    model = planner.load_model("published")
    budgets = 0
    assert len(infeasible) >= 10
    for portfolio, plan in infeasible:
        assert plan.objective is None
        assert plan.decisions == ()
        for fix in plan.fixes:
            assert planner.plan(_mended(portfolio, fix), model).status == "optimal"
            if fix.flag == "--budget":
                budgets += 1
                assert isinstance(fix.value, float)
                less = replace(portfolio, budget=round(fix.value - 0.01, 2))
                assert planner.plan(less, model).status == "infeasible"
    assert budgets >= 3
