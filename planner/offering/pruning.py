"""Which options can an optimal plan do without?

Two reductions, both exact for what they are used for. *Dominance*: an option that costs no less
and is worth no more than another of the same project is never needed, under any rule, because
rules ask only whether a project is funded. *Hull*: the linear relaxation needs only the options
on the upper concave hull of (cost, worth) (Sinha & Zoltners 1979).
"""

import numpy as np
from numpy.typing import NDArray

from planner.offering.table import OptionTable

type Rows = NDArray[np.int64]


def undominated(table: OptionTable) -> Rows:
    """Return the rows that no other option of their project dominates.

    Ties go to the cheaper option, then to the worthier, then to the earlier architecture, then
    to fewer images. "Do not fund" costs nothing and is worth nothing; it dominates every option
    of worth 0 or less, except where a rule may demand that the project is funded.

    Returns
    -------
    ndarray of int64
        Rows of the table; by project, within it by rising cost and strictly rising worth.

    Notes
    -----
    O(n log n) over all options at once.
    """
    order = np.lexsort((table.images, table.architecture, -table.worth, table.cents, table.owner))
    owner, worth = table.owner[order], table.worth[order]
    # Ranks instead of worths: adding a large step per project makes one running maximum restart by
    # itself at each project, without rounding.
    _, rank = np.unique(worth, return_inverse=True)
    key = owner * (len(order) + 1) + rank
    best_before = np.maximum.accumulate(key)
    keep = np.ones(len(order), dtype=np.bool_)
    keep[1:] = key[1:] > best_before[:-1]
    keep &= (worth > 0) | table.may_be_needed[owner]
    return order[keep]


def hull(cents: NDArray[np.int64], worth: NDArray[np.float64]) -> list[int]:
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
