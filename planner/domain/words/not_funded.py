"""Why is a project not funded, in a few sentences?"""

from collections.abc import Iterable, Sequence
from functools import singledispatch

from planner.domain.chance_noise import noise_words
from planner.domain.facts.decisions import (
    AboveBudget,
    AbovePeriods,
    Dues,
    InTheWay,
    NoPlanKeeps,
    NotFunded,
    NotHeld,
    NothingAdds,
    NothingPays,
    NotInTheBest,
    Offer,
    Outbid,
    Skipped,
    Trivial,
    UnitMaySpendNothing,
    Unlikely,
)
from planner.domain.format import count, figure, money, percent_as_set, rate
from planner.domain.vocabulary import Metric
from planner.domain.words.judged import measure_name
from planner.domain.words.verdicts import aim_words, likely_words

__all__ = ["not_funded_words"]

BUDGET = "budget"
"""Name of the total budget among limits; rules go by names of their own."""


def not_funded_words(facts: NotFunded, currency: str) -> str:
    """Say which of rule, target, chance, value or budget keeps the project out."""
    return f"Not funded: {_why(facts, currency)}"


@singledispatch
def _why(facts: object, _currency: str) -> str:
    message = f"no words are known for {type(facts).__name__}"
    raise TypeError(message)


@_why.register
def _(facts: Skipped, _currency: str) -> str:
    return f"{facts.rule}."


@_why.register
def _(facts: Trivial, currency: str) -> str:
    if facts.costs is not None:
        at_target, blind = facts.costs
        return (
            f"at the target error of {percent_as_set(facts.target_error)} its errors cost "
            f"{money(at_target, currency)} per 1,000 images, and always giving the same answer "
            f"costs {money(blind, currency)}: meeting the target saves nothing."
        )
    if facts.metric is not Metric.ACCURACY:
        return (
            "always giving the same answer already has an error of "
            f"{rate(facts.majority_guess_error)} in {measure_name(facts.metric)}, no worse than "
            f"the target error of {percent_as_set(facts.target_error)}."
        )
    return (
        "always answering the most frequent class already has an error of "
        f"{rate(facts.majority_guess_error)}, no worse than the target error of "
        f"{percent_as_set(facts.target_error)}."
    )


@_why.register
def _(facts: Unlikely, _currency: str) -> str:
    threshold = percent_as_set(facts.threshold)
    if facts.asked >= facts.threshold:
        rule = f"the min_chance of {percent_as_set(facts.asked)} you set"
    elif facts.is_measured:
        rule = (
            f"the {threshold} (go_chance) that a project needs once it has a pilot; before, it is "
            f"{percent_as_set(facts.pilot_chance)} (pilot_chance)"
        )
    else:
        rule = f"the {threshold} from which a project may be funded"
    likely, best = facts.likely, likely_words(facts.likely)
    noise = noise_words(likely.chance, likely.draws, [max(facts.asked, facts.threshold)])
    easier = "an easier target" if likely.has_target else "cheaper running"
    another = "Another run" if facts.is_measured else "A pilot on images held"
    best = f"{best} likely to {aim_words(likely)}"
    parts = [
        f"at best {best} ({count(facts.images)} images), below {rule}.",
        f"The chance is {noise}." if noise else "",
        f"{another}, more obtainable images or {easier} could change that.",
    ]
    return " ".join(part for part in parts if part)


@_why.register
def _(_facts: NothingAdds, _currency: str) -> str:
    return "no option adds anything to what the plan maximises."


@_why.register
def _(facts: NothingPays, currency: str) -> str:
    mean = " in the mean" if facts.is_mean else ""
    likely, aim = likely_words(facts.likely), aim_words(facts.likely)
    if facts.running is not None:
        return (
            f"no option pays over its life. The best, {likely} likely to {aim}, expects "
            f"{money(facts.expected_value, currency)}, costs {money(facts.cost)}{mean} and "
            f"{money(facts.running)} to run."
        )
    return (
        f"no option pays. The best expects {money(facts.expected_value, currency)} "
        f"({likely} of {money(facts.value)}) and costs {money(facts.cost)}{mean}."
    )


@_why.register
def _(facts: NotHeld, currency: str) -> str:
    return (
        "even alone, and at its cheapest, its random spend is not held by the budget of "
        f"{money(facts.budget, currency)} as asked."
    )


@_why.register
def _(facts: AboveBudget, currency: str) -> str:
    return (
        f"its cheapest allowed option costs {money(facts.cheapest, currency)}, more than the "
        f"whole budget of {money(facts.budget)}."
    )


@_why.register
def _(facts: AbovePeriods, currency: str) -> str:
    since = "" if facts.since is None else f" from {facts.since} on"
    return (
        f"no period{since} can pay for it: its cheapest allowed option costs "
        f"{money(facts.cheapest, currency)}, {_held_by(facts.periods)}."
    )


@_why.register
def _(facts: UnitMaySpendNothing, _currency: str) -> str:
    return f"{facts.rule}: it lets unit {facts.unit} spend nothing."


@_why.register
def _(facts: NoPlanKeeps, _currency: str) -> str:
    together = " together" if len(facts.limits) > 1 else ""
    return f"no plan that funds it keeps {_listed(facts.limits)}{together}."


@_why.register
def _(facts: Dues, currency: str) -> str:
    return (
        f"its best option expects {money(facts.worth, currency)} net, which does not bear what "
        f"would have to be bought of {' and '.join(facts.assets)} for it, {money(facts.cost)}."
    )


@_why.register
def _(facts: InTheWay, currency: str) -> str:
    broken = f"each of its options would break one of: {_listed(facts.limits)}"
    if facts.all_of_them:
        broken = f"it would break {_listed(facts.limits)}"
    parts = [f"with the other projects chosen, {broken}.", _offer(facts.offer, currency)]
    if facts.budget_left is not None:
        parts.append(f"Of the budget {money(facts.budget_left, currency)} is left.")
    for period, left in facts.periods_left:
        parts.append(f"In {period} {money(left, currency)} is left.")
    return " ".join(parts)


@_why.register
def _(facts: NotInTheBest, currency: str) -> str:
    aim = "was the best that was found"
    if facts.is_measured:
        aim = "is worth more under the measure of risk"
    return f"a plan without it {aim}. {_offer(facts.offer, currency)}"


@_why.register
def _(facts: Outbid, currency: str) -> str:
    offer = (
        f"Its best option costs {money(facts.cost, currency)} ({likely_words(facts.likely)} "
        f"likely) and earns {figure(facts.earns)} per unit of money"
    )
    more = f"; the cheapest that pays needs {money(facts.missing)} more than is left"
    if facts.earns < facts.price:
        return (
            f"the budget earns more elsewhere. {offer}, where the last of the budget earns "
            f"{figure(facts.price)}{more}."
        )
    if facts.cheapest > facts.budget:
        return (
            f"its cheapest option that pays costs {money(facts.cheapest, currency)}, more than "
            f"the whole budget. {offer}."
        )
    return f"it does not fit beside projects that earn more together. {offer}{more}."


def _offer(offer: Offer, currency: str) -> str:
    """Say what an option costs, how likely it is, and what it expects."""
    earns = "" if offer.worth is None else f" and expects {money(offer.worth)}"
    return (
        f"Its best option costs {money(offer.cost, currency)} ({likely_words(offer.likely)} "
        f"likely){earns}."
    )


def _held_by(periods: Sequence[tuple[str, float]]) -> str:
    """Say what some periods hold, once where it is the same.

    Examples
    --------
    >>> _held_by([("H1", 4000), ("H2", 4000)])
    'H1 and H2 hold 4,000 each'
    """
    if len(periods) > 1 and len({budget for _, budget in periods}) == 1:
        names = " and ".join(name for name, _ in periods)
        return f"{names} hold {money(periods[0][1])} each"
    return " and ".join(f"{name} holds {money(budget)}" for name, budget in periods)


def _listed(names: Iterable[str]) -> str:
    """Return names as a list; those of rules hold commas."""
    return "; ".join("the budget" if name == BUDGET else name for name in names)
