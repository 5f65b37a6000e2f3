"""What is left of the budget, and what could it still buy?"""

from planner.domain.facts.decisions import CapsHeld, Leftover, NextStepUp, Rest
from planner.domain.format import count, money, points

__all__ = ["leftover_words"]


def leftover_words(facts: CapsHeld | Leftover, currency: str) -> str:
    """Say how much is left, and what the next step would cost and add."""
    if isinstance(facts, CapsHeld):
        return (
            f"The caps sum to {money(facts.caps, currency)}; the budget holds random spend, which "
            "is less where a target is met before its cap."
        )
    left = f"{money(facts.left, currency)} is left"
    match facts.then:
        case NextStepUp():
            return f"{left} and no step that pays fits in it: {_step(facts.then, currency)}."
        case Rest.UNKNOWN:
            return f"{left}."
        case Rest.OTHER_PROJECTS:
            return f"{left}; a larger budget would buy another combination of projects."
        case Rest.NOTHING_ALLOWED:
            return f"{left} and nothing more that the rules allow pays, at any budget."
        case Rest.NOTHING_PAYS:
            return f"{left} and nothing more pays, at any budget."


def _step(step: NextStepUp, currency: str) -> str:
    net = " after its cost" if step.is_net else ""
    worth = "" if step.worth is None else f", worth about {money(step.worth, currency)}{net}"
    return (
        f"the next one ({step.project} to {count(step.images)} images) costs "
        f"{money(step.cost, currency)} more and adds {points(step.gains)} of chance{worth}"
    )
