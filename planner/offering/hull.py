"""Which points lie on the upper concave hull?

A linear relaxation needs only the options on the hull of (cost, worth) (Sinha & Zoltners 1979).
"""

import numpy as np
from numpy.typing import NDArray


def hull(cents: NDArray[np.int64] | NDArray[np.float64], worth: NDArray[np.float64]) -> list[int]:
    """Return the indices on the upper concave hull of points of strictly rising cost and worth.

    Examples
    --------
    >>> hull(np.array([0, 10, 20, 30]), np.array([0.0, 1.0, 5.0, 6.0]))
    [0, 2, 3]
    """
    x, y = cents.tolist(), worth.tolist()
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) >= 2:
            a, b = kept[-2], kept[-1]
            if (y[b] - y[a]) * (x[i] - x[b]) > (y[i] - y[b]) * (x[b] - x[a]):
                break
            kept.pop()
        kept.append(i)
    return kept
