"""What does a plan assume, where a number alone does not say it?"""

from collections.abc import Sequence

from planner.domain.format import percent_as_set
from planner.domain.portfolio.portfolio import Hold

__all__ = [
    "ACCURACY_COUNTED",
    "ACCURACY_STOPS",
    "PRICE_RANGES",
    "balance_stops",
    "hold_words",
    "image_levels",
]

PRICE_RANGES = "committed at the mean of a lognormal with these P10 and P90"
ACCURACY_STOPS = (
    "objective accuracy counts every error, but labelling that stops at the target leaves the "
    "error there."
)
ACCURACY_COUNTED = (
    "Points of error count from the error of today's way of working where the file states it "
    "(today.error), else from always answering the most frequent class, whether or not the target "
    "is met."
)
_TIMES = {1: "once", 2: "twice"}


def balance_stops(projects: Sequence[str]) -> str:
    """Say that what is bought of one class is not known where labelling stops at the target."""
    named = ", ".join(projects[:3]) + (", …" if len(projects) > 3 else "")
    return (
        f"{named}: rebalance buys images of one class with the others, but labelling that stops at "
        "the target leaves open how many."
    )


def hold_words(hold: Hold | None) -> str:
    """Return how the budget binds."""
    if hold is None:
        return "the sum of all committed cost is within the budget"
    if hold.chance is not None:
        asked = percent_as_set(hold.chance)
        return f"spend is within the budget with a chance of {asked} on held-out draws"
    return f"the CVaR of spend at level {percent_as_set(hold.cvar or 0.0)} is within the budget"


def image_levels(rounds: int, most: int | None = None) -> str:
    """Return which numbers of images are on offer, after so many rounds of refinement.

    ``most`` is how many options of a large portfolio's projects are kept.
    """
    times = _TIMES.get(rounds, f"{rounds} times")
    grid = f"log grid of 24, refined {times} around the best levels at any price of money"
    if most is None:
        return grid
    return f"{grid}; of each project the {most} options nearest to the best at some price are kept"
