"""Which budgets are worth looking at?"""

from collections.abc import Sequence

import numpy as np

from planner.errors import bad_value
from planner.offering.problem import DecisionProblem

__all__ = ["budget_grid", "dearest_spend", "require_budgets", "useful_spend"]


def require_budgets(budgets: Sequence[float] | None, points: int) -> None:
    """Refuse budgets that are no finite amounts of at least 0, and fewer than two points.

    Raises
    ------
    InputError
        Naming the flag.
    """
    fix = "--budget 0:300k:20k"
    if budgets is not None:
        bad = [b for b in budgets if not (np.isfinite(b) and b >= 0)]
        if bad or not budgets:
            message = f"got {list(budgets)[:5]!r}; expected finite amounts of at least 0."
            raise bad_value("--budget", message, fix)
    if isinstance(points, bool) or points < 2:
        raise bad_value("--points", f"got {points!r}; expected at least 2.", "--points 31")


def budget_grid(
    problem: DecisionProblem, here: float | None, budgets: Sequence[float] | None, points: int
) -> list[float]:
    """Return the budgets to look at, increasing, the present one among them."""
    if budgets is not None:
        inside = [here] if here is not None and min(budgets) <= here <= max(budgets) else []
        return sorted({float(budget) for budget in [*budgets, *inside]})
    useful = useful_spend(problem)
    top = useful if here is None else max(1.5 * here, min(useful, 3.0 * here))
    top = _rounded_up(max(top, 1.0))
    even = [top * k / (points - 1) for k in range(points)]
    return sorted({*even, *([] if here is None else [here])})


def useful_spend(problem: DecisionProblem) -> float:
    """Return what every project at its best, with all shared assets, would cost."""
    order = np.lexsort((problem.cents, -problem.worth, problem.owner))
    _, first = np.unique(problem.owner[order], return_index=True)
    best = order[first]
    cents = int(problem.cents[best[problem.worth[best] > 0]].sum())
    return (cents + int(np.maximum(problem.asset_cents, 0).sum())) / 100


def _rounded_up(amount: float) -> float:
    """Return the next amount with two digits.

    Examples
    --------
    >>> _rounded_up(37_412.5), _rounded_up(1.0)
    (38000.0, 1.0)
    """
    unit = 10.0 ** np.floor(np.log10(amount) - 1)
    return float(round(np.ceil(amount / unit - 1e-9) * unit, 2))


def dearest_spend(problem: DecisionProblem) -> int:
    """Return in cents what every project at its dearest, with all shared assets, would cost."""
    dearest = np.zeros(len(problem.projects), dtype=np.int64)
    np.maximum.at(dearest, problem.owner, problem.cents)
    return int(dearest.sum() + np.maximum(problem.asset_cents, 0).sum())
