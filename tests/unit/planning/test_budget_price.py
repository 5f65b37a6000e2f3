"""Whether more budget is worth anything is asked no finer than the plan is proven."""

from dataclasses import replace
from typing import Any

import pytest

from planner.domain.vocabulary import Status
from planner.offering.effort import SECOND, Allowance
from planner.planning.reasons import budget_price
from planner.solving.answer import infeasible
from tests.benchmarks.engine_cases import make_case


@pytest.mark.parametrize(("gap", "searches"), [(0.0, 3), (1e-6, 3), (1e-3, 1)])
def test_one_short_search_asks_beside_a_plan_that_is_not_proven_the_best(
    monkeypatch: pytest.MonkeyPatch, gap: float, searches: int
) -> None:
    """Where nothing better is found, nor proven impossible, finer searches go on."""
    nothing = infeasible(make_case(1, 2, 1, 2, 10))
    plan = replace(nothing, status=Status.OPTIMAL, value=100.0, bound=100.0 * (1 + gap), gap=gap)
    works: list[float] = []

    def search(_: Any, *, gap: float, allowance: Allowance) -> Any:
        assert gap <= 1e-3
        works.append(allowance.work)
        return replace(plan, bound=105.0)

    monkeypatch.setattr(budget_price, "solve_freed", search)
    monkeypatch.setattr(budget_price, "narrowed", lambda prepared, _: prepared)
    freer: Any = budget_price.freed(None, plan)  # type: ignore[arg-type]
    assert len(works) == searches
    assert works[0] <= SECOND
    assert not budget_price.is_better(freer, plan)
