"""What else could have been chosen, and what would more budget buy, in sentences?"""

from collections.abc import Sequence

from planner.domain.facts.alternatives import AddedBudget, Change, Standby
from planner.domain.format import count, figure, fixed, money
from planner.domain.vocabulary import Objective
from planner.domain.words.verdicts import likely_words
from planner.domain.words.worth import KINDS, error_points

__all__ = ["added_budget_words", "change_words", "not_trained", "standby_words"]

MOST_CHANGES = 4
SAME_TARGETS, SAME_MONEY = 0.0005, 0.005
"""Worth that is lacking below which it is said to be the same."""


def not_trained(name: str) -> str:
    """Say that a service, rules or people cost no training."""
    return f"{name} is not trained."


def standby_words(facts: Standby) -> str:
    """Say what the best option that was not chosen costs, and what it lacks."""
    against = "what was chosen" if facts.is_funded else "leaving the project out"
    counts = not facts.objective.in_money
    amount = f"{figure(facts.lacks)} targets" if counts else money(facts.lacks, facts.currency)
    if facts.objective is Objective.ACCURACY:
        amount = error_points(facts.lacks)
    lag = f"it is worth {amount} less than {against}"
    if facts.lacks < (SAME_TARGETS if counts else SAME_MONEY):
        lag = f"it is worth as much as {against}, but the plan is better without it"
    start = f" starting in {facts.start}" if facts.start else ""
    return (
        f"Runner-up: {facts.architecture} at {count(facts.images)} images{start} for "
        f"{money(facts.cost, facts.currency)} in all, {likely_words(facts.likely)} likely; at the "
        f"plan's prices {lag}."
    )


def change_words(change: Change) -> str:
    """Say what a plan does differently with one project, after "the plan"."""
    old, new = change.before, change.after
    if new is None:
        return f"drops {change.project}"
    if old is None:
        return f"funds {change.project} ({count(new.images)} images, {new.architecture})"
    parts = []
    if old.images != new.images:
        parts.append(f"from {count(old.images)} to {count(new.images)} images")
    if old.architecture != new.architecture:
        parts.append(f"to {new.architecture}")
    if old.start != new.start:
        parts.append(f"to start in {new.start}")
    if old.uses != new.uses:
        parts.append(f"to use {', '.join(new.uses) or 'no shared asset'}")
    return f"takes {change.project} {' and '.join(parts)}"


def added_budget_words(facts: AddedBudget) -> str:
    """Say what the next amount of budget buys."""
    head = f"The next {money(facts.amount, facts.currency)} of budget"
    if not facts.changes:
        alone = " if the budgets of the periods stay as they are" if facts.has_periods else ""
        return f"{head} buys nothing that pays{alone}."
    hidden = len(facts.changes) - MOST_CHANGES
    more = f" and changes {hidden} more" if hidden > 0 else ""
    spends = facts.spend >= 0
    verb, tail = ("spends", " more") if spends else ("saves", "")
    rest = ", with what is left today," if facts.spend > facts.amount else ""
    return (
        f"{head}: the plan {_listed(facts.changes)}{more}. It {verb} "
        f"{money(abs(facts.spend), facts.currency)}{tail}{rest} and adds {_gain(facts)}."
    )


def _listed(changes: Sequence[Change]) -> str:
    return "; ".join(change_words(change) for change in changes[:MOST_CHANGES])


def _gain(facts: AddedBudget) -> str:
    if facts.objective is Objective.TARGETS_MET:
        return f"{fixed(facts.gain, 2)} expected targets met"
    if facts.objective is Objective.ACCURACY:
        return f"{fixed(100 * facts.gain, 1)} expected {KINDS[facts.objective]}"
    kind = "value" if facts.objective is Objective.VALUE else "net value"
    measured = ", its risk measure included" if facts.is_measured else ""
    return f"{money(facts.gain, facts.currency)} of expected {kind}{measured}"
