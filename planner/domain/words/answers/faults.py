"""What does a choice not keep, in sentences?"""

from collections.abc import Iterable

from planner.domain.facts.faults import (
    AboveBound,
    AuditFault,
    BelowLeast,
    BelowThreshold,
    NotHeldNow,
    OptionGone,
    Overspent,
    PlanFault,
    ProjectGone,
    RuleBroken,
    WorthDiffers,
)
from planner.domain.format import count, money_to_the_cent, percent_as_set
from planner.domain.words.plan_warnings import hold_reached
from planner.domain.words.verdicts import likely_words

__all__ = ["audit_failed", "plan_fault"]


def audit_failed(faults: Iterable[AuditFault]) -> str:
    """Say why a plan that was just made cannot be reported."""
    found = "; ".join(map(_audit_fault, faults))
    return f"The plan does not pass its audit: {found}. Nothing is reported."


def _audit_fault(facts: AuditFault) -> str:
    match facts:
        case Overspent():
            where = "" if facts.period is None else f" in {facts.period}"
            committed, limit = map(money_to_the_cent, (facts.committed, facts.limit))
            return f"it commits {committed} of {limit}{where}"
        case RuleBroken():
            return f"it breaks {facts.rule}"
        case WorthDiffers():
            claimed, found = facts.claimed, facts.found
            return f"the solver reports a worth of {claimed}, the decisions give {found}"
        case AboveBound():
            return f"it is worth {facts.found}, more than the proven bound {facts.bound}"


def plan_fault(facts: PlanFault) -> str:
    """Say why a saved plan no longer stands."""
    match facts:
        case Overspent():
            return _overspent(facts)
        case RuleBroken():
            return f"It breaks {facts.rule}."
        case NotHeldNow():
            reached = hold_reached(facts.hold, facts.currency)
            return f"The budget does not hold on held-out draws at {reached}."
        case ProjectGone():
            return f"{facts.project} is funded by the plan, but no longer in the file."
        case OptionGone():
            images = count(facts.images)
            reason = f"nothing like it is on offer ({facts.compared} options were compared)"
            if facts.images > facts.most:
                reason = f"only {count(facts.most)} images can be had"
            return f"{facts.project} on {images} images with {facts.architecture}: {reason}."
        case BelowLeast():
            said, asked = likely_words(facts.likely), percent_as_set(facts.least)
            return (
                f"{facts.project} is now {said} likely to meet its target; min_chance is {asked}."
            )
        case BelowThreshold():
            return f"{_likely_now(facts)}; it would be funded from {percent_as_set(facts.needed)}."


def _likely_now(facts: BelowLeast | BelowThreshold) -> str:
    return f"{facts.project} is now {likely_words(facts.likely)} likely to meet its target"


def _overspent(facts: Overspent) -> str:
    committed = money_to_the_cent(facts.committed, facts.currency)
    limit = money_to_the_cent(facts.limit)
    if facts.period is not None:
        return f"It commits {committed} of {limit} in {facts.period}."
    over = money_to_the_cent(facts.committed - facts.limit)
    return f"It commits {committed} of {limit}: {over} too much."
