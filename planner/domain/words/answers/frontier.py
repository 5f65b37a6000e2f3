"""What is to be known of a frontier, and what does a goal cost, in sentences?"""

from planner.domain.facts.frontier import (
    Ends,
    Enough,
    FrontierNote,
    FullCaution,
    Goal,
    GoalAnswer,
    NoPlanKnown,
    PeriodsStay,
    Unproven,
)
from planner.domain.format import (
    count,
    fixed,
    gap,
    money,
    money_to_the_cent,
    percent,
    percent_as_set,
)
from planner.domain.words.time_limit import time_words
from planner.domain.words.worth import amount_of

__all__ = ["frontier_note", "goal_answer_words", "goal_words"]


def frontier_note(facts: FrontierNote, currency: str) -> str:
    """Say what the reader should know about the whole curve."""
    match facts:
        case PeriodsStay():
            return (
                f"The budgets of the periods, {money(facts.total, currency)} together, stay as "
                "they are: a larger total alone cannot be spent beyond them."
            )
        case NoPlanKnown():
            which = "1 budget is" if facts.budgets == 1 else f"{facts.budgets} budgets are"
            return f"{which} left out: no plan that keeps all rules is known there."
        case Enough():
            which = "more in total" if facts.has_periods else "more budget"
            enough = money_to_the_cent(facts.budget, currency)
            return f"From a budget of {enough} on, {which} adds nothing."
        case Unproven():
            return (
                f"{facts.points} of {facts.of} points are not proven best; the largest gap to the "
                f"bound is {gap(facts.gap)}."
            )
        case Ends():
            worst = f"the mean of the worst {percent_as_set(1 - facts.level)} of outcomes"
            return f"Weight 0 maximises the expectation, weight 1 {worst} alone."
        case FullCaution():
            return _full_caution(facts, currency)
        case _:
            return time_words(facts)


def _full_caution(facts: FullCaution, currency: str) -> str:
    def words(value: float) -> str:
        return amount_of(facts.objective, value, currency)

    price = ""
    if facts.gained > 0 < facts.given_up:
        price = f", {fixed(facts.given_up / facts.gained, 2)} for each 1 of tail risk removed"
    return (
        f"On draws no solve saw, full caution gives up {words(facts.given_up)} of mean for "
        f"{words(facts.gained)} of tail{price}."
    )


def goal_words(goal: Goal, currency: str) -> str:
    """Return the goal as it is printed.

    Examples
    --------
    >>> goal_words(Goal("targets", 1), "USD"), goal_words(Goal("value", 1e6), "USD")
    ('at least 1 target met', 'value earned of at least USD 1,000,000')
    """
    if goal.kind == "all":
        return "every project meets its target"
    if goal.kind == "targets":
        return f"at least {count(goal.amount)} target{'' if goal.amount == 1 else 's'} met"
    name = "value earned" if goal.kind == "value" else "net value"
    return f"{name} of at least {money(goal.amount, currency)}"


def goal_answer_words(facts: GoalAnswer) -> str:
    """Say what a goal costs, or that no plan found meets it, in one or two sentences."""
    asked, currency = percent_as_set(facts.confidence), facts.currency
    head = f"Goal: {goal_words(facts.wanted, currency)}, with {asked} confidence."
    proven = (
        f" No plan below {money_to_the_cent(facts.no_plan_below, currency)} can, on the draws the "
        "plans were chosen on."
        if facts.no_plan_below > 0
        else ""
    )
    reached = percent(facts.reached, against=[facts.confidence])
    if facts.budget is None:
        return f"{head} No plan found meets it; the nearest reaches {reached}.{proven}"
    low, high = (facts.interval.low, facts.interval.high) if facts.interval else (0.0, 1.0)
    return (
        f"{head} {money_to_the_cent(facts.budget, currency)} is the smallest budget found: its "
        f"plan reaches {reached} on draws it never saw (95 % interval {percent(low)} to "
        f"{percent(high)}) and funds {len(facts.funded)}.{proven}"
    )
