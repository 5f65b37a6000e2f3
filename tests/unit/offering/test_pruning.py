"""Dominance and hull keep what some optimal plan needs."""

import numpy as np

from planner.domain.portfolio.portfolio import Exclusive, Fund
from planner.domain.vocabulary import Objective
from planner.offering.pruning import hull, undominated
from planner.offering.relaxation import (
    Prices,
    budget_price,
    hull_rows,
    hull_steps,
    upper_bound,
)
from planner.offering.rules import rule_rows
from planner.offering.table import build_table
from tests.allocation_cases import make_options, random_options


def test_dearer_options_of_no_more_worth_are_dropped() -> None:
    """Of options that cost no less and are worth no more none is left; ties leave the first."""
    options = [
        make_options("a", [10, 10, 20, 30, 30], [0.5, 0.5, 0.4, 0.9, 0.8]),
        make_options("b", [5, 6], [0.2, 0.2]),
    ]
    table = build_table(options, Objective.TARGETS_MET)
    kept = undominated(table)
    assert kept.tolist() == [0, 3, 5]


def test_worthless_options_are_kept_only_where_a_rule_may_demand_them() -> None:
    """Funding at a loss is an option only for a project that has to be funded."""
    options = [make_options("a", [1000], [0.1], 5.0), make_options("b", [1000], [0.1], 5.0)]
    table = build_table(options, Objective.NET_VALUE, [Fund("f", ("b",))])
    assert undominated(table).tolist() == [1]


def test_an_empty_table_has_nothing_to_prune() -> None:
    """No options at all is an answer, not an error."""
    table = build_table([make_options("a", [], [])], Objective.VALUE)
    assert undominated(table).tolist() == []
    assert hull_rows(table, undominated(table)).tolist() == []


def test_hull_is_concave_and_holds_both_ends() -> None:
    """Slopes between kept corners fall strictly."""
    rng = np.random.default_rng(0)
    x = np.cumsum(rng.integers(1, 100, 40))
    y = np.cumsum(rng.random(40))
    corners = hull(x, y)
    slopes = np.diff(y[corners]) / np.diff(x[corners])
    assert corners[0] == 0
    assert corners[-1] == 39
    assert np.all(np.diff(slopes) < 0)


def test_a_free_option_is_the_first_step() -> None:
    """What costs nothing and is worth something has infinite worth per cent and no price."""
    table = build_table([make_options("a", [0, 10], [0.5, 0.6])], Objective.TARGETS_MET)
    steps = hull_steps(table, undominated(table))
    assert steps.cents.tolist() == [0, 10]
    assert np.isinf(steps.efficiency[0])
    assert budget_price(steps, 0) == steps.efficiency[1]
    assert budget_price(steps, 10) == 0.0


def test_the_bound_holds_at_any_prices_and_is_tight_at_the_right_ones() -> None:
    """Whatever the prices, no choice beats the bound; a project in two states shows the slack."""
    options = [make_options("a", [10, 30], [0.3, 0.9]), make_options("b", [20], [0.5])]
    table = build_table(options, Objective.TARGETS_MET)
    rules = [Exclusive("e", ("a", "b"))]
    must = np.zeros(2, dtype=np.bool_)
    for per_cent, per_rule in ((0.0, 0.0), (0.01, 0.0), (0.02, 0.4), (1.0, 3.0)):
        prices = Prices(per_cent, np.array([per_rule]))
        bound = upper_bound(table, prices, rule_rows(rules), 30, must=must)
        assert bound.value >= 0.9 - 1e-12
        assert np.all(bound.option_value <= bound.value + 1e-12)
    tight = upper_bound(table, Prices(0.0, np.array([0.5])), rule_rows(rules), 30, must=must)
    assert np.isclose(tight.value, 0.9)


def test_rules_about_unknown_projects_charge_nobody() -> None:
    """A row may name projects without options."""
    table = build_table([make_options("a", [10], [0.3])], Objective.TARGETS_MET)
    rows = rule_rows([Exclusive("e", ("a", "ghost"))])
    prices = Prices(0.0, np.array([0.1]))
    bound = upper_bound(table, prices, rows, 30, must=np.zeros(1, dtype=np.bool_))
    assert np.isclose(bound.value, 0.3)


def test_the_table_knows_its_rows() -> None:
    """Rows lead back to the options they came from, in the order of the ids."""
    rng = np.random.default_rng(1)
    options = [random_options(rng, name, 4) for name in ("z", "a")]
    table = build_table(options, Objective.VALUE)
    assert table.projects == ("a", "z")
    assert len(table) == 8
    assert table.row_in_project(5) == 1
    assert table.cents[5] == options[0].total_cents[1]
