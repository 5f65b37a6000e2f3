"""What an explanation says, from facts alone."""

from dataclasses import replace

import pytest

from planner.domain.facts.decisions import Skipped
from planner.domain.facts.explanation import (
    Account,
    Firmness,
    Lever,
    LimitPrice,
    PlanAccount,
    Turn,
)
from planner.domain.vocabulary import Objective
from planner.domain.words.answers.explanation import (
    account_words,
    limit_words,
    plan_account_words,
    turn_words,
)

TURN = Turn(
    lever=Lever.VALUE,
    now=60_000.0,
    at=48_000.0,
    limit=0.0,
    is_funded=True,
    goes_on=True,
    currency="USD",
)
ACCOUNT = Account(
    reason=Skipped("skip a"),
    is_ruled=True,
    levers=(),
    was_tried=False,
    core_index=0.0,
    firmness=Firmness.EXTERIOR,
    bounds=(0.9, 0.1),
    is_solved=True,
    currency="USD",
)
LIMIT = LimitPrice(
    name="budget",
    price=1.82,
    is_marginal=True,
    objective=Objective.NET_VALUE,
    is_measured=False,
    currency="USD",
)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (TURN, "Value: drops out from USD 48,000 down (now 60,000)."),
        (replace(TURN, goes_on=False), "Value: drops out at USD 48,000 (now 60,000)."),
        (
            replace(TURN, at=None),
            "Value: still funded at USD 0, as far as was looked (now 60,000).",
        ),
        (
            replace(TURN, lever=Lever.LABEL_PRICE, now=0.3, at=0.45, limit=300.0),
            "Label price: drops out from USD 0.45 per image up (now 0.3).",
        ),
        (
            replace(TURN, lever=Lever.TARGET, now=0.95, at=0.93, limit=0.5, is_funded=False),
            "Target: funded from a target accuracy of 93 % down (now 95 %).",
        ),
        (
            replace(TURN, lever=Lever.BUDGET, goes_on=False, at=70_000.5, is_funded=False),
            "Budget: funded at a budget of USD 70,000.50 (now 60,000).",
        ),
    ],
)
def test_where_a_decision_turns_is_said_with_its_unit_and_direction(
    facts: Turn, words: str
) -> None:
    """And no more than was looked at: what lies beyond only where it is known."""
    assert turn_words(facts) == words


def test_a_rule_that_decides_is_said_to_leave_no_lever() -> None:
    """Levers are named where some were found, and their lack where some were tried."""
    assert "while the rule stands" in account_words(ACCOUNT)
    free = replace(ACCOUNT, is_ruled=False, was_tried=True)
    assert "Nothing that was tried alone" in account_words(free)
    found = replace(free, levers=(Lever.VALUE, Lever.BUDGET))
    assert "What would change it: value, budget." in account_words(found)


def test_whether_states_were_solved_is_said() -> None:
    """Prices of the plan say less than a plan for each state."""
    assert account_words(ACCOUNT).endswith(
        "The plan best for a state of the model funds it in 0 % of the states: it stands firmly "
        "out."
    )
    priced = replace(ACCOUNT, is_solved=False)
    assert account_words(priced).endswith(
        "At the prices of the plan it pays in 0 % of the states of the model: it stands firmly out."
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (LIMIT, "Budget: USD 1 more adds about USD 1.82 of expected net value, at the margin."),
        (
            replace(LIMIT, objective=Objective.TARGETS_MET, price=0.0005, name="periods[H1]"),
            "periods[H1]: USD 1,000 more adds about 0.5 expected targets met, at the margin.",
        ),
        (
            replace(LIMIT, is_marginal=False, name="rules[0]: fund a", is_measured=True),
            (
                "rules[0]: fund a: without it the plan would gain USD 1.82 of net value, its risk "
                "measure included."
            ),
        ),
    ],
)
def test_what_a_limit_costs_is_said_in_what_the_plan_counts(facts: LimitPrice, words: str) -> None:
    """Targets by the thousand of money; a limit without a price by the gain of dropping it."""
    assert limit_words(facts) == words


def test_a_plan_counts_its_firm_projects() -> None:
    """Each kind once, and the doubtful by name."""
    firmness = (Firmness.CORE, Firmness.BORDERLINE, Firmness.CORE, Firmness.EXTERIOR)
    facts = PlanAccount(
        funded=2, committed=119_999.99, firmness=firmness, in_doubt=("b",), currency="USD"
    )
    assert plan_account_words(facts) == (
        "The plan funds 2 of 4 projects for USD 120,000. 2 projects are core, 1 borderline and 1 "
        "exterior. Most in doubt: b."
    )
