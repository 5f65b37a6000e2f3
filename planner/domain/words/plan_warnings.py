"""What to be warned of once a plan is made: its budget, its search, simpler plans."""

from collections.abc import Sequence

from planner.domain.format import money_to_the_cent, percent, percent_as_set
from planner.domain.results.risk import HoldResult

__all__ = [
    "ARCHITECTURES_ALIKE",
    "TARGETS_COUNTED",
    "better_baselines",
    "hold_missed",
    "hold_reached",
]

ARCHITECTURES_ALIKE = (
    "Eq. 1 has no architecture term: at equal images every architecture has the same error, so the "
    "cheapest one always wins. Name the architectures you would deploy, or use a model that tells "
    "them apart."
)
TARGETS_COUNTED = (
    "No project has a value, so the plan maximises the expected number of targets met."
)


def hold_reached(hold: HoldResult, currency: str) -> str:
    """Return what the budget was asked to hold, and what it does."""
    asked = percent_as_set(hold.level)
    if hold.kind == "chance":
        return f"a chance of {asked}; it is {percent(hold.reached, against=[hold.level])}"
    return f"the CVaR at {asked}; it is {money_to_the_cent(hold.reached, currency)}"


def hold_missed(hold: HoldResult, currency: str) -> str:
    """Say that random spend is not held on draws that the solve never saw."""
    return (
        f"On draws the solve never saw the budget does not hold at {hold_reached(hold, currency)}. "
        "Lower the cost, raise the budget, or ask for more."
    )


def better_baselines(names: Sequence[str]) -> str:
    """Say that simpler plans are worth more on the same draws."""
    return (
        f"On held-out draws the plan is worth less than {' and '.join(names)}. The draws it was "
        "chosen on do not tell the options apart well enough: treat them as equally good, or "
        "choose the simpler one."
    )


def miss_share_clamped(miss_share: float, prevalence: float) -> str:
    """Say that a stated share of misses is more than there are positives."""
    return (
        f"{percent_as_set(miss_share)} of the errors would be more misses than there are positives "
        f"({percent_as_set(prevalence)}); clamped."
    )


def alarm_share_clamped(share: float, negatives: float) -> str:
    """Say that a stated share of false alarms is more than there are negatives."""
    return (
        f"{percent_as_set(share)} of the errors would be more false alarms than there are "
        f"negatives ({percent_as_set(negatives)}); clamped."
    )
