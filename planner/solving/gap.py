"""How far is a plan from a bound on every plan?"""

PROVEN_GAP = 1e-6
"""Relative gap up to which a plan counts as optimal, whatever gap was asked for."""


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
