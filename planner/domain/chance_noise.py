"""Is a chance told from a bound by so many draws, or is it within their noise?"""

import math
from collections.abc import Iterable

from planner.domain.format import count, fixed, percent, percent_as_set

NEAR = 2.0
"""Standard errors within which a chance is not told from a bound."""


def chance_error(chance: float, draws: int) -> float:
    """Return the standard error of a chance that is a share of equally likely draws.

    Examples
    --------
    >>> round(chance_error(0.6, 2000), 4)
    0.011
    """
    return math.sqrt(chance * (1.0 - chance) / draws)


def near_bound(chance: float, draws: int, bounds: Iterable[float | None]) -> float | None:
    """Return the nearest of the bounds from which draws do not tell a chance; None if they do.

    Examples
    --------
    >>> near_bound(0.604, 2000, [0.6, 0.3, None]), near_bound(0.64, 2000, [0.6, 0.3])
    (0.6, None)
    """
    if draws <= 0:
        return None
    reach = NEAR * chance_error(chance, draws)
    close = [bound for bound in bounds if bound is not None and abs(chance - bound) < reach]
    return min(close, key=lambda bound: abs(chance - bound), default=None)


def noise_words(chance: float, draws: int, bounds: Iterable[float | None]) -> str:
    """Return a chance with its error and the bound it is not told from; empty if it is.

    Examples
    --------
    >>> noise_words(0.604, 2000, [0.6, 0.3])
    '60.4 % ± 1.1: within the noise of 2,000 draws of the 60 % asked for'
    >>> noise_words(0.64, 2000, [0.6, 0.3])
    ''
    """
    bound = near_bound(chance, draws, bounds)
    if bound is None:
        return ""
    error = fixed(100 * chance_error(chance, draws), 1)
    return (
        f"{percent(chance, 1, against=[bound])} ± {error}: within the noise of {count(draws)} "
        f"draws of the {percent_as_set(bound)} asked for"
    )
