"""How far is a plan from a bound on every plan, and how near is near enough?

A plan is chosen on draws, and so many draws leave its worth uncertain. A search that goes on when
the gap is far below that proves something about the draws, not about the world. So where nothing
else is asked for it stops at a quarter of the standard error.
"""

import math

from planner.offering.problem import PROVEN_GAP

__all__ = ["LEAST_GAP", "PROVEN_GAP", "relative_gap", "usual_gap"]

LEAST_GAP = 1e-4
"""Gap that is near enough however many the draws are."""
OF_ERROR = 0.25
"""Share of the standard error that a gap may be."""
DIGITS = 2


def relative_gap(value: float, bound: float) -> float:
    """Return the distance to the bound relative to the value (to the bound where the value is 0).

    Examples
    --------
    >>> relative_gap(90.0, 99.0)
    0.1
    """
    distance = max(0.0, bound - value)
    scale = abs(value) or abs(bound)
    return distance / scale if distance else 0.0


def usual_gap(value: float, error: float) -> float:
    """Return the gap at which a search stops where none was asked for.

    A quarter of the standard error that the draws leave on the plan's worth, rounded down to two
    digits, or 1e-4 if that is larger.

    Examples
    --------
    >>> usual_gap(1000.0, 19.7), usual_gap(1000.0, 0.0), usual_gap(0.0, 1.0)
    (0.0049, 0.0001, 0.0001)
    """
    share = OF_ERROR * error / abs(value) if value else 0.0
    if not LEAST_GAP < share < math.inf:
        return LEAST_GAP
    unit = 10.0 ** (math.floor(math.log10(share)) + 1 - DIGITS)
    return max(LEAST_GAP, float(f"{math.floor(share / unit) * unit:.{DIGITS}g}"))
