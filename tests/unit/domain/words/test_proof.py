"""How near a plan is to the best one is said in one sentence."""

from dataclasses import replace

import pytest

from planner.domain.results.audit import AuditResult
from planner.domain.results.plan import ObjectiveResult, Plan
from planner.domain.results.spending import BudgetResult
from planner.domain.vocabulary import Objective, Status
from planner.domain.words.proof import draws_leave, proof_state, proof_words


def _plan(status: Status, gap: float, error: float | None) -> Plan:
    return Plan(
        model={},
        seed=0,
        inputs_sha256="",
        portfolio="P",
        currency="USD",
        horizon_years=1.0,
        status=status,
        assumptions={},
        objective=ObjectiveResult(Objective.NET_VALUE, 1000.0, 1000.0 * (1 + gap), gap),
        budget=BudgetResult(1.0, 0.4, 0.6, 0.0),
        decisions=(),
        audit=AuditResult(1000.0, 990.0, 100, 1000.0, 1000.0, in_sample_se=error),
    )


BELOW = "at most {} below the best plan on these draws"
OPEN = "; the draws themselves leave 1.9 % open."


@pytest.mark.parametrize(
    ("status", "gap", "error", "words"),
    [
        (Status.OPTIMAL, 0.0, 19.0, f"Proven optimal: {BELOW.format('0.0001 %')}{OPEN}"),
        (Status.OPTIMAL, 0.004, 19.0, f"Proven close to optimal: {BELOW.format('0.4 %')}{OPEN}"),
        (
            Status.FEASIBLE,
            0.05,
            19.0,
            f"Not proven optimal, the search stopped early: {BELOW.format('5 %')}{OPEN}",
        ),
        (Status.OPTIMAL, 0.0, None, f"Proven optimal: {BELOW.format('0.0001 %')}."),
    ],
)
def test_gap_and_draws_stand_in_one_sentence(
    status: Status, gap: float, error: float | None, words: str
) -> None:
    """What is proven, what was asked for, and what the draws leave open."""
    assert proof_words(_plan(status, gap, error)) == words


def test_nothing_is_left_open_where_nothing_is_worth_anything() -> None:
    """A worth of 0 has no shares; no plan has no proof."""
    plan = _plan(Status.OPTIMAL, 0.0, 19.0)
    assert plan.objective is not None
    assert draws_leave(replace(plan, objective=replace(plan.objective, value=0.0))) is None
    none = replace(plan, status=Status.INFEASIBLE, objective=None)
    assert proof_words(none) == ""
    assert proof_state(none) == "infeasible"
