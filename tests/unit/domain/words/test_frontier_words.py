"""What a frontier and a goal say, from facts alone."""

from dataclasses import replace

import pytest

from planner.domain.facts.frontier import (
    Ends,
    Enough,
    FrontierNote,
    FullCaution,
    Goal,
    NoPlanKnown,
    PeriodsStay,
    Unproven,
)
from planner.domain.facts.time_limit import (
    Beside,
    NoTime,
    NoTimeForGoals,
    NoTimeForStep,
    Points,
    Stopped,
)
from planner.domain.results.frontier import GoalResult
from planner.domain.results.risk import Interval
from planner.domain.vocabulary import Objective
from planner.domain.words.answers.frontier import frontier_note, goal_words
from planner.domain.words.time_limit import left_undone

FOUND = GoalResult(
    wanted=Goal("targets", 2),
    confidence=0.9,
    budget=1_234.5,
    reached=0.92,
    interval=Interval(0.91, 0.93),
    no_plan_below=1_000.0,
    funded=("a", "b"),
    currency="USD",
)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            PeriodsStay(90_000.0),
            (
                "The budgets of the periods, USD 90,000 together, stay as they are: a larger total "
                "alone cannot be spent beyond them."
            ),
        ),
        (NoPlanKnown(1), "1 budget is left out: no plan that keeps all rules is known there."),
        (NoPlanKnown(3), "3 budgets are left out: no plan that keeps all rules is known there."),
        (Enough(5e4, False), "From a budget of USD 50,000 on, more budget adds nothing."),
        (Enough(5e4, True), "From a budget of USD 50,000 on, more in total adds nothing."),
        (
            Unproven(2, 31, 0.01),
            "2 of 31 points are not proven best; the largest gap to the bound is 1 %.",
        ),
        (
            Ends(0.9),
            (
                "Weight 0 maximises the expectation, weight 1 the mean of the worst 10 % of "
                "outcomes alone."
            ),
        ),
        (
            FullCaution(10.0, 40.0, Objective.NET_VALUE),
            (
                "On draws no solve saw, full caution gives up USD 10 of mean for USD 40 of "
                "tail, 0.25 for each 1 of tail risk removed."
            ),
        ),
        (NoTime(2.0, 3, 31, Points.BUDGETS), "--time-limit 2 left no time for 3 of 31 budgets."),
        (
            Stopped(2.5, 1, 11, Points.WEIGHTS),
            (
                "--time-limit 2.5 stopped the search of 1 of 11 weights: their plans are the best "
                "found by then."
            ),
        ),
        (NoTimeForStep(2.0), "--time-limit 2 left no time for what the next budget buys."),
        (NoTimeForGoals(2.0, 1), "--time-limit 2 left no time for 1 of the goals."),
    ],
)
def test_a_note_says_its_numbers(facts: FrontierNote, words: str) -> None:
    """Each kind in its sentence."""
    assert frontier_note(facts, "USD") == words


def test_caution_that_gains_nothing_has_no_price() -> None:
    """A price per unit of tail would divide by nothing."""
    assert "for each" not in frontier_note(FullCaution(10.0, 0.0, Objective.NET_VALUE), "USD")


def test_a_goal_says_what_it_costs_or_that_nothing_meets_it() -> None:
    """With the interval of what the plan reaches, and what no cheaper plan can."""
    assert FOUND.text == (
        "Goal: at least 2 targets met, with 90 % confidence. USD 1,234.50 is the smallest budget "
        "found: its plan reaches 92 % on draws it never saw (95 % interval 91 % to 93 %) and funds "
        "2. No plan below USD 1,000 can, on the draws the plans were chosen on."
    )
    none = replace(FOUND, budget=None, reached=0.4, no_plan_below=0.0)
    assert none.text.endswith("No plan found meets it; the nearest reaches 40 %.")
    assert goal_words(Goal("all"), "USD") == "every project meets its target"
    assert goal_words(Goal("net_value", 5e5), "USD") == "net value of at least USD 500,000"


def test_answers_left_out_are_listed() -> None:
    """One, or several with an and before the last."""
    assert (
        left_undone(2.0, [Beside.CAUTION]) == "--time-limit 2 left no time for what caution costs."
    )
    both = left_undone(2.0, [Beside.BUDGET_PRICE, Beside.CAUTION])
    assert both.endswith("(its price is that of the relaxation) and what caution costs.")
