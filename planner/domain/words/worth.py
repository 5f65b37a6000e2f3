"""What a plan maximises, and amounts of it in its own unit."""

from planner.domain.format import fixed, money, targets
from planner.domain.vocabulary import Objective

__all__ = [
    "KINDS",
    "POINTS",
    "TARGETS",
    "amount_of",
    "error_points",
    "figure_of",
    "objective_in",
    "unit_of",
]

TARGETS, POINTS = "targets", "points"

KINDS = {
    Objective.NET_VALUE: "net value",
    Objective.VALUE: "value",
    Objective.TARGETS_MET: "targets met",
    Objective.ACCURACY: "points of error cut",
}
"""What is counted, behind a word such as expected."""


def error_points(value: float) -> str:
    """Return a share of errors in percentage points.

    Examples
    --------
    >>> error_points(0.4523)
    '45.2 points'
    """
    return f"{fixed(100 * value, 1)} {POINTS}"


def amount_of(objective: Objective | str | None, value: float, currency: str) -> str:
    """Return an amount of what an objective counts, with its unit.

    Examples
    --------
    >>> amount_of("accuracy", 0.08, "USD"), amount_of("net_value", 1250.0, "USD")
    ('8.0 points', 'USD 1,250')
    """
    if objective == Objective.ACCURACY:
        return error_points(value)
    return targets(value) if objective == Objective.TARGETS_MET else money(value, currency)


def figure_of(objective: Objective | str | None, value: float) -> str:
    """Return an amount of what an objective counts, its unit left to a header."""
    if objective == Objective.ACCURACY:
        return fixed(100 * value, 1)
    return fixed(value, 2) if objective == Objective.TARGETS_MET else money(value)


def unit_of(objective: Objective | str | None, currency: str) -> str:
    """Return the unit that an objective is counted in."""
    if objective == Objective.ACCURACY:
        return POINTS
    return TARGETS if objective == Objective.TARGETS_MET else currency


def objective_in(unit: str) -> Objective | None:
    """Return the objective that is counted in a unit; None for a currency."""
    return {POINTS: Objective.ACCURACY, TARGETS: Objective.TARGETS_MET}.get(unit)
