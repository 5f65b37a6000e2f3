"""A plan that does not stand is not reported."""

import pytest

from planner.domain.portfolio.portfolio import Exclusive
from planner.domain.vocabulary import Objective
from planner.errors import AuditError
from planner.planning.audit import recompute, require_sound
from tests.allocation_cases import make_menu, make_options, prepare_menus


def test_the_audit_sees_overspending_and_broken_rules() -> None:
    """Cost, rules and bound are recomputed from the decisions alone."""
    menus = [make_menu("a", [60], [0.6]), make_menu("b", [50], [0.5])]
    prepared = prepare_menus(menus, [Exclusive("e", ("a", "b"))], 100)
    with pytest.raises(AuditError, match=r"commits 1\.10 of 1; it breaks e; .* bound 1\.0"):
        require_sound(prepared, (0, 0), (), claimed=1.1, bound=1.0)


def test_a_worth_that_the_decisions_do_not_give_is_caught() -> None:
    """An objective claimed too high raises, and nothing is reported."""
    menus = [make_menu("a", [50], [0.5]), make_menu("b", [50], [0.5])]
    prepared = prepare_menus(menus, [], 100)
    with pytest.raises(AuditError, match=r"reports a worth of 1\.5, the decisions give 1\.0"):
        require_sound(prepared, (0, 0), (), claimed=1.5, bound=1.5)
    assert require_sound(prepared, (0, 0), (), claimed=1.0, bound=1.0).cents == 100


def test_a_plan_of_nothing_costs_nothing() -> None:
    """Without a single option the sums are 0."""
    options = [make_options("a", [60], [0.6])]
    assert recompute(options, (None,), Objective.VALUE).cents == 0
