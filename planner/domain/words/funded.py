"""Why is a project funded, in one paragraph?"""

from collections.abc import Iterator

from planner.domain.facts.decisions import AssetShare, Funded, Lower, OtherBalance, Second, Sought
from planner.domain.format import count, figure, money, points, rate
from planner.domain.results.life import ErrorBalance
from planner.domain.words.judged import judged_sentence
from planner.domain.words.verdicts import aim_words, ground_words, likely_words, noise_sentence
from planner.domain.words.worth import error_points

__all__ = ["funded_words"]

SAME_CHANCE = 0.0005
"""Difference of two chances below which they are said to be the same."""


def funded_words(facts: Funded, currency: str) -> str:
    """Say what is bought, what it earns, why the verdict, and what the nearest alternative is."""
    likely = f"{likely_words(facts.likely)} likely to {aim_words(facts.likely)}"
    parts = [
        f"{_bought(facts, currency)}: {likely}{_earned(facts)}.",
        _sought(facts.sought, currency),
        _other_balance(facts.other_balance, currency),
        judged_sentence(facts.metric),
        _kept(facts),
        _errors(facts.errors, currency),
        *_shares(facts, currency),
        *(f"Committed by {rule}." for rule in facts.committed_by),
        *(f"Demanded by {rule}." for rule in facts.demanded_by),
        ground_words(facts.ground),
        noise_sentence(facts.likely),
        _lower(facts.lower, currency) if facts.lower else "",
        _second(facts.second, currency) if facts.second else "",
    ]
    return " ".join(part for part in parts if part)


_FRESH = {
    "none": "It is left to age.",
    "yearly": "It is labelled and trained anew every year.",
    "half_yearly": "It is labelled and trained anew every half year.",
}


def _sought(sought: Sought | None, currency: str) -> str:
    """Say what is bought of the rarest class alone."""
    if sought is None:
        return ""
    paid = "" if sought.cost is None else f", for {money(sought.cost, currency)}"
    return f"{count(sought.images)} of the images bought are of {sought.name} alone{paid}."


def _other_balance(other: OtherBalance | None, currency: str) -> str:
    """Say what training on other frequencies of classes would change at best."""
    if other is None:
        return ""
    how = "With classes as they are met"
    if other.reach:
        how = f"Balanced to {count(other.reach)} images of {other.name}"
    less = "less" if other.lacks >= 0 else "more"
    return (
        f"{how}, the best option ({count(other.images)} images, "
        f"{likely_words(other.likely)} likely) is worth {money(abs(other.lacks), currency)} {less}."
    )


def _kept(facts: Funded) -> str:
    """Say how it is made smaller and kept fresh, where that was chosen."""
    smaller = f"It runs as {facts.compress}." if facts.compress else ""
    fresh = "" if facts.refresh is None else _FRESH.get(facts.refresh, "")
    return " ".join(part for part in (smaller, fresh) if part)


_TAKES = {"buy": "Buys the service", "rules": "Takes the rules", "people": "Leaves it to people:"}


def _bought(facts: Funded, currency: str) -> str:
    total, cost = count(facts.images_total), money(facts.cost, currency)
    if facts.alternative is not None:
        return f"{_TAKES[facts.alternative]} {facts.architecture} for {cost} to begin with"
    if facts.images_to_buy:
        most = "at most " if facts.is_cap else ""
        return (
            f"Buys {most}{count(facts.images_to_buy)} images for {money(facts.data, currency)} "
            f"and trains {facts.architecture} on {most}{total}, for {most}{cost} in all"
        )
    if facts.shared_images:
        return (
            f"Trains on {total} images, {count(facts.shared_images)} of them shared, with "
            f"{facts.architecture} for {cost} in all"
        )
    all_in = " in all" if any(share.amount for share in facts.shares) else ""
    return f"Trains on the {total} images held with {facts.architecture} for {cost}{all_in}"


def _earned(facts: Funded) -> str:
    if facts.errors_cut is not None:
        return f", its error expected to fall by {error_points(facts.errors_cut)}"
    if facts.expected_value is None or facts.net is None:
        return ""
    mean = "" if facts.mean_spend is None else f" after {money(facts.mean_spend)} on average"
    runs = f", running cost {money(facts.running)}" if facts.running else ""
    return f", expected value {money(facts.expected_value)}{runs}, net {money(facts.net)}{mean}"


def _errors(found: ErrorBalance | None, currency: str) -> str:
    """Say what its mistakes cost, beside answering without looking."""
    if found is None:
        return ""
    said = f"Its errors cost {money(found.cost, currency)} per 1,000 images"
    if found.misses is None or found.always_no is None or found.always_yes is None:
        return f"{said} ({rate(found.error)} expected)."
    told = (
        f"{said} ({figure(found.misses)} misses, {figure(found.false_alarms or 0.0)} false "
        f"alarms); always answering no costs {money(found.always_no)}, always yes "
        f"{money(found.always_yes)}"
    )
    if found.net_benefit is None or found.net_benefit_always_yes is None:
        return f"{told}."
    return (
        f"{told}. Net benefit {figure(found.net_benefit)} true positives an image (always no 0, "
        f"always yes {figure(found.net_benefit_always_yes)})."
    )


def _shares(facts: Funded, currency: str) -> Iterator[str]:
    """Say when it starts, what it takes from shared pools, and its shares of shared costs."""
    if facts.start is not None:
        yield f"Starts in {facts.start}."
    yield from (_share(share, currency) for share in facts.shares)


def _share(share: AssetShare, currency: str) -> str:
    taken = f"Takes {count(share.images)} images from {share.asset}"
    taken = taken if share.images else f"Uses {share.asset}"
    return f"{taken}: its share is {money(share.amount, currency)}, alone {money(share.alone)}."


def _lower(lower: Lower, currency: str) -> str:
    verb = "lose" if lower.loses >= 0 else "gain"
    return (
        f"Stopping at {count(lower.images)} images would save {money(lower.saves, currency)} and "
        f"{verb} {points(lower.loses)} of chance."
    )


def _second(second: Second, currency: str) -> str:
    at = "" if second.images is None else f" at {count(second.images)} images"
    cost = f"{money(abs(second.dearer), currency)} {'more' if second.dearer >= 0 else 'less'}"
    cost = cost if second.dearer else "the same to the cent"
    gain = f"and {'gains' if second.gains > 0 else 'loses'} {points(second.gains)} of chance"
    gain = "for the same chance" if abs(second.gains) < SAME_CHANCE else gain
    return f"Runner-up {second.architecture}{at} costs {cost} {gain}."
