"""What projects may be changed to when a plan is improved, with their draws held ready."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats, Rows
from planner.solving.certify import Certifier, Choice
from planner.solving.lp.dual_prices import Bound

MOST_HELD = 16_000_000
"""Changes · draws that are held at once, of 4 bytes; what a plan takes is held in any case."""
CHANGES_EACH = 24
"""Changes looked at, on average, for each project; those that lose least at the prices."""
NOT_FUNDED = -1


@dataclass(frozen=True, eq=False)
class Changes:
    """What projects may be changed to.

    Attributes
    ----------
    option : ndarray of int64, shape (n,)
        Options, increasing, then "not funded" (−1).
    owner : ndarray of int64
        Project of each.
    cents, mean : ndarray
        Committed cost and expected worth; 0 for "not funded".
    loss : ndarray of float64
        At the dual prices, at least 0.
    by_draw : ndarray of float32, shape (n_draws, n)
        Worth, draw by draw; good enough to rank changes.
    column : dict
        Place of each option; −1 for "not funded".
    """

    option: Rows
    owner: Rows
    cents: Rows
    mean: Floats
    loss: Floats
    by_draw: NDArray[np.float32]
    column: dict[int, int]


def make_changes(judge: Certifier, bound: Bound, choice: Choice, most: int) -> Changes:
    """Return the changes that lose least at the dual prices, and what a plan takes now."""
    problem = judge.system.problem
    outcomes = problem.outcomes
    if outcomes is None:
        raise RuntimeError
    losses, usable = bound.losses(problem.owner), np.flatnonzero(judge.terms.usable)
    most = min(MOST_HELD // outcomes.n_draws, most, CHANGES_EACH * len(problem.projects))
    both = np.concatenate([losses[usable], bound.best])
    least = np.argsort(both, kind="stable")[: max(most - len(choice.options), 1)]
    options = np.union1d(usable[least[least < len(usable)]], choice.options)
    dropped = np.sort(least[least >= len(usable)] - len(usable))
    count = len(options) + len(dropped)
    by_draw = np.zeros((outcomes.n_draws, count), dtype=np.float32)
    for start in range(0, len(options), 512):
        part = slice(start, min(start + 512, len(options)))
        by_draw[:, part] = outcomes.worth_draws(options[part]).T
    return Changes(
        option=np.concatenate([options, np.full(len(dropped), NOT_FUNDED)]),
        owner=np.concatenate([problem.owner[options], dropped]),
        cents=np.concatenate([problem.cents[options], np.zeros(len(dropped), dtype=np.int64)]),
        mean=np.concatenate([problem.worth[options], np.zeros(len(dropped))]),
        loss=np.concatenate([losses[options], bound.best[dropped]]),
        by_draw=by_draw,
        column={o: place for place, o in enumerate(options.tolist())} | {NOT_FUNDED: NOT_FUNDED},
    )
