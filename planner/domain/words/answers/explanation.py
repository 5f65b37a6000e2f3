"""What would change a decision, and what holds a plan where it is, in sentences?"""

from planner.domain.facts.decisions import Funded
from planner.domain.facts.explanation import (
    Account,
    Firmness,
    Lever,
    LimitPrice,
    PlanAccount,
    Turn,
)
from planner.domain.format import figure, money, money_to_the_cent, percent, price, rate
from planner.domain.vocabulary import Objective
from planner.domain.words.funded import funded_words
from planner.domain.words.not_funded import not_funded_words
from planner.domain.words.worth import KINDS

__all__ = ["account_words", "limit_words", "plan_account_words", "turn_words"]

TARGETS_PER = 1_000.0
"""Money for which targets are told: one unit buys too small a part of one to be read."""
BUDGET = "budget"
_STANDS = {
    Firmness.CORE: "it stands firmly in",
    Firmness.BORDERLINE: "it stands on the border",
    Firmness.EXTERIOR: "it stands firmly out",
}


def account_words(facts: Account) -> str:
    """Say in one paragraph a manager can repeat why a project is funded, and what changes that."""
    is_in = isinstance(facts.reason, Funded)
    reason = funded_words if is_in else not_funded_words
    parts = [reason(facts.reason, facts.currency)]  # type: ignore[arg-type]
    if facts.is_ruled:
        parts.append("No price, value, target or budget changes that while the rule stands.")
    if facts.levers:
        parts.append(f"What would change it: {', '.join(facts.levers)}.")
    elif facts.was_tried:
        parts.append("Nothing that was tried alone changes the decision.")
    share, stands = percent(facts.core_index, against=facts.bounds), _STANDS[facts.firmness]
    if facts.is_solved:
        parts.append(
            f"The plan best for a state of the model funds it in {share} of the states: {stands}."
        )
    else:
        parts.append(
            f"At the prices of the plan it pays in {share} of the states of the model: {stands}."
        )
    return " ".join(parts)


def plan_account_words(facts: PlanAccount) -> str:
    """Say how much of the plan is firm, and where effort belongs."""
    core, borderline, exterior = (facts.firmness.count(one) for one in Firmness)
    where = f" Most in doubt: {', '.join(facts.in_doubt)}." if facts.in_doubt else ""
    return (
        f"The plan funds {facts.funded} of {len(facts.firmness)} projects for "
        f"{money(facts.committed, facts.currency)}. {core} projects are core, {borderline} "
        f"borderline and {exterior} exterior.{where}"
    )


def turn_words(facts: Turn) -> str:
    """Say where a decision turns, and no more than was looked at.

    Under one budget and rules on projects, a project that pays still does at a lower price, a
    higher value or an easier target: the decision is another one from there on. Of a budget only
    amounts are known: with more money other projects may take its place.
    """
    name = facts.lever.capitalize()
    present = _amount(facts, facts.now)
    if facts.at is None:
        still = "still funded at" if facts.is_funded else "not funded at"
        end = _phrase(facts, facts.limit)
        return f"{name}: {still} {end}, as far as was looked (now {present})."
    there = _phrase(facts, facts.at)
    if facts.goes_on:
        verb = "drops out from" if facts.is_funded else "funded from"
        way = "up" if facts.limit > facts.now else "down"
        return f"{name}: {verb} {there} {way} (now {present})."
    verb = "drops out at" if facts.is_funded else "funded at"
    return f"{name}: {verb} {there} (now {present})."


def _amount(facts: Turn, value: float) -> str:
    match facts.lever:
        case Lever.TARGET:
            return rate(value, 4)
        case Lever.BUDGET:
            return money_to_the_cent(value)
        case _:
            return price(value)


def _phrase(facts: Turn, value: float) -> str:
    amount, currency = _amount(facts, value), facts.currency
    match facts.lever:
        case Lever.LABEL_PRICE:
            return f"{currency} {amount} per image"
        case Lever.VALUE:
            return f"{currency} {amount}"
        case Lever.TARGET:
            return f"a target {facts.measure} of {amount}"
        case Lever.BUDGET:
            return f"a budget of {currency} {amount}"


def limit_words(facts: LimitPrice) -> str:
    """Say what one more unit of a limit is worth, or what the plan gains without it."""
    if not facts.is_marginal:
        return f"{facts.name}: without it the plan would gain {_worth(facts, facts.price)}."
    per = 1.0 if facts.objective.in_money else TARGETS_PER
    name = facts.name.capitalize() if facts.name == BUDGET else facts.name
    return (
        f"{name}: {money(per, facts.currency)} more adds about "
        f"{_worth(facts, per * facts.price)}, at the margin."
    )


def _worth(facts: LimitPrice, amount: float) -> str:
    """Return an amount of what the objective counts."""
    if facts.objective is Objective.TARGETS_MET:
        return f"{figure(amount)} expected targets met"
    if facts.objective is Objective.ACCURACY:
        return f"{figure(100 * amount)} expected {KINDS[facts.objective]}"
    kind = "value" if facts.objective is Objective.VALUE else "net value"
    of = f"{kind}, its risk measure included" if facts.is_measured else f"expected {kind}"
    return f"{facts.currency} {figure(amount)} of {of}"
