"""Where does a yes-or-no answer change, when every answer is dear?"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

__all__ = ["COARSE_PRECISION", "PRECISION", "Search", "find_flip"]

PRECISION = 1e-3
"""Relative width to which a flip is closed in."""

COARSE_PRECISION, COARSE_SOLVES = 0.11, 4
"""The same where every answer is a long solve; the search then starts at a good guess."""

NEAR_GUESS, NEAR_COARSE_GUESS = 0.02, 0.05
DIGITS = 4
MOST_SOLVES = 40
SCAN = 10


@dataclass(frozen=True)
class Search:
    """One input to move, from where it stands to as far as makes sense.

    Attributes
    ----------
    now, limit : float
        Where it stands, and the end of the search.
    guess : float or None
        Where duals say that the decision flips.
    precision : float
        Relative width to close in to.
    scans : bool
        Look at points in between too, where the decision may flip and flip back.
    """

    now: float
    limit: float
    guess: float | None = None
    precision: float = PRECISION
    scans: bool = False


def find_flip(search: Search, flipped: Callable[[float], bool]) -> float | None:
    """Return where a decision flips, nearest to the present as far as the search can tell.

    Parameters
    ----------
    search : Search
        Present value and end; ``flipped`` is taken to be false at the present value.
    flipped : callable
        Whether the decision is another one at a value of the input.

    Returns
    -------
    float or None
        A value at which ``flipped`` was true; none was found before it that is further than the
        precision away. None if the decision does not flip at the end of the search.

    Examples
    --------
    >>> find_flip(Search(1.0, 1000.0), lambda x: x >= 7.0)
    7.002
    """
    near, far = search.now, search.limit
    far_found = None
    for point in _first_points(search):
        if flipped(point):
            far_found = point
            break
        near = point
    if far_found is None:
        if not flipped(far):
            return None
        far_found = far
    near, far = _closed_in(near, far_found, search, flipped)
    shown = _rounded_away(far, near, DIGITS if search.precision < COARSE_PRECISION else 3)
    beyond = abs(shown - search.now) > abs(search.limit - search.now)
    return far if shown == far or beyond or not flipped(shown) else shown


def _first_points(search: Search) -> Iterator[float]:
    """Yield where to look first: around the guess, or along the way."""
    low, high = sorted((search.now, search.limit))
    towards = 1.0 if search.limit > search.now else -1.0
    if search.guess is not None and low < search.guess < high:
        for side in (-1.0, 1.0):
            nearness = NEAR_GUESS if search.precision < COARSE_PRECISION else NEAR_COARSE_GUESS
            point = search.guess * (1.0 + side * towards * nearness)
            if low < point < high:
                yield point
    if search.scans:
        for share in np.linspace(0.0, 1.0, SCAN + 2)[1:-1].tolist():
            yield _between(search.now, search.limit, share)


def _closed_in(
    near: float, far: float, search: Search, flipped: Callable[[float], bool]
) -> tuple[float, float]:
    """Return two values as near as asked, the decision flipped at the second one."""
    scale = abs(search.now - search.limit) if search.now == 0 else abs(search.now)
    for _ in range(MOST_SOLVES if search.precision < COARSE_PRECISION else COARSE_SOLVES):
        if abs(far - near) <= search.precision * max(abs(far), 1e-3 * scale):
            break
        middle = _between(near, far, 0.5)
        if flipped(middle):
            far = middle
        else:
            near = middle
    return near, far


def _between(near: float, far: float, share: float) -> float:
    """Return a point on the way, on a logarithmic scale where both ends are above 0."""
    if min(near, far) > 0 and max(near, far) / min(near, far) > 4:
        return float(near * (far / near) ** share)
    return near + share * (far - near)


def _rounded_away(far: float, near: float, digits: int) -> float:
    """Return a value with few digits, rounded away from where the decision is today's."""
    if far == 0 or not math.isfinite(far):
        return far
    unit = 10.0 ** (math.floor(math.log10(abs(far))) - digits + 1)
    steps = far / unit
    whole = math.ceil(steps - 1e-9) if far > near else math.floor(steps + 1e-9)
    return float(f"{whole * unit:.{digits}g}")
