"""At which budgets does the best plan change? All of them, where expected worth is all there is."""

import numpy as np

from planner.domain.results.frontier import BreakPoint
from planner.domain.vocabulary import Mode
from planner.planning.held_out import HeldOut
from planner.planning.prepare import Prepared
from planner.solving.path.path import applies
from planner.solving.path.points import undominated_points
from planner.solving.path.staircase import staircase

__all__ = ["break_points"]


def break_points(
    prepared: Prepared, judge: HeldOut, least_cents: int, most_cents: int
) -> tuple[BreakPoint, ...] | None:
    """Return where the best plan changes between two budgets, the plan of the first included.

    None where that is not known: the plans between tried budgets could only be searched for.
    """
    problem = prepared.problem
    if prepared.portfolio.mode is not Mode.COMMIT or not applies(problem):
        return None
    points = undominated_points(problem).within(most_cents)
    beside = np.zeros(len(points.option))
    taken = points.option >= 0
    options = np.sort(points.option[taken])
    seen = judge.expectations(options)
    beside[taken] = seen[np.searchsorted(options, points.option[taken])]
    found = staircase(points, beside, most_cents)
    if found is None:
        return None
    first = int(np.searchsorted(found.cents, least_cents, side="right")) - 1
    columns = (found.cents / 100, found.worth, found.beside)
    rows = zip(*(column[max(first, 0) :].tolist() for column in columns), strict=True)
    return tuple(BreakPoint(*row) for row in rows)
