"""Which options of a project are kept where not all of them can be?"""

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.results.option import ProjectOptions
from planner.offering.refinement import corners, promising, spread

__all__ = ["LARGE_FROM", "MOST_OF_LARGE", "best_rows"]

LARGE_FROM, MOST_OF_LARGE = 2_001, 40
"""Projects from which a plan chooses from so many options of each, in each way and period.

All that are best at some price of money are among them, so the bound of the relaxation under one
budget is that of everything priced.
"""


def best_rows(
    priced: ProjectOptions,
    worth: Floats,
    eligible: Flags,
    most: int,
    *,
    by_way: bool,
    by_network: bool = False,
) -> Rows:
    """Return the options worth most at some price of money, increasing.

    Those that may be chosen today and those that may be once a run is in. Alternatives stay, and so
    does the option of the highest chance, which says what is reached at best.

    Parameters
    ----------
    priced : ProjectOptions
        Of one project.
    worth : ndarray of float64, shape (n_options,)
        What each is worth.
    eligible : ndarray of bool, shape (n_options,)
        Which may be chosen today.
    most : int
        Options kept of each period and kind; all corners of the hull count first.
    by_way : bool
        Whether ways, which may use other shared assets, are told apart as periods are.
    by_network : bool, default=False
        Whether the best of each architecture stay too, for plans that look at single draws.
    """
    own = ~priced.is_alternative
    none = np.zeros(len(priced), dtype=np.int64)
    start = none if priced.start is None else priced.start
    way = none if priced.use_index is None or not by_way else priced.use_index
    kept = ~own
    if by_way and len(priced):
        kept[int(np.argmax(priced.chance))] = True
    for period, one in np.unique(np.stack([start, way], axis=1), axis=0).tolist():
        here = own & (start == period) & (way == one)
        for group in (here & eligible, here):
            rows = np.flatnonzero(group)
            if len(rows) > most or not by_way:
                cents = priced.bound_cents[rows].astype(np.float64)
                chosen = rows[_best(cents, worth[rows], most)]
                if by_network:
                    each = _best_of_each(cents, worth[rows], priced.architecture_index[rows])
                    chosen = np.union1d(chosen, rows[each])
                rows = chosen
            kept[rows] = True
    return np.flatnonzero(kept)


def _best(cents: Floats, worth: Floats, most: int) -> Rows:
    """Return at most about so many of some options, the corners of their hull first."""
    each = np.arange(len(cents), dtype=np.int64)
    if len(cents) == 0:
        return each
    best = corners(cents, worth)
    kept = spread(best, most)
    if len(best) < most:
        kept = np.union1d(kept, promising(cents, worth, each, best, most))
    return kept


def _best_of_each(cents: Floats, worth: Floats, kind: Rows) -> Rows:
    """Return, of each architecture, the options nearest to the best ones at prices of money.

    Which architectures fail together is told by draws alone: a cautious plan spreads over them.
    """
    best = corners(cents, worth)
    gained, paid = np.diff(worth[best]), np.diff(cents[best])
    found = [np.zeros(0, dtype=np.int64)]
    for price in spread(np.unique([0.0, *(gained / np.maximum(paid, 1.0)).tolist()]), 4).tolist():
        order = np.lexsort((price * cents - worth, kind))
        found.append(order[np.flatnonzero(np.diff(kind[order], prepend=-1))])
    return np.unique(np.concatenate(found))
