r"""What the draws of single options say of what any plan reaches in a share of outcomes.

Let a plan's worth be at least q in m of the draws. Then q is at most

- the mean of its m best draws, and so the sum of the same of its options (the best m of a sum are
  worth no more than the best of each), which is linear in the choice;
- the m-th largest of what a plan made for each draw alone would be worth in it, at any price
  :math:`\lambda` of money: :math:`\lambda B + \sum_p \max(0, \max_o W_{os} - \lambda c_o)`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.effort import Effort
from planner.offering.problem import DecisionProblem
from planner.solving.measures import draws_missed

EVERY = 3_000
"""Options up to which each of them is tried in a plan."""
CELL = 12.0
"""Work of reading one draw of an option and ordering it."""


@dataclass(frozen=True, eq=False)
class Reach:
    """What single options reach.

    Attributes
    ----------
    missed : int
        Draws, the worst of them, that need not be reached.
    upper : ndarray of shape (n_options,)
        Mean of the other draws, the best, of each option.
    own : ndarray of shape (n_options,)
        What each option reaches by itself.
    prices : tuple of float
        Of money, in worth per cent.
    alone : ndarray of shape (n_prices, n_draws)
        What the best option of each project, or none, comes to in sum in each draw at each price.
    """

    missed: int
    upper: Floats
    own: Floats
    prices: tuple[float, ...]
    alone: Floats

    def clairvoyant(self, budget_cents: int | None) -> float:
        """Return what no plan can reach more of, whatever it knew of each draw."""
        budget = 0 if budget_cents is None else budget_cents
        at = self.alone + np.array(self.prices)[:, None] * budget
        usable = at if budget_cents is not None else at[:1]
        return float(reached(usable.min(axis=0)[None, :], self.missed)[0])


def groups_of(problem: DecisionProblem) -> Iterator[Rows]:
    """Yield the options of each project that has any."""
    places = np.arange(len(problem), dtype=np.int64)
    yield from np.split(places, np.flatnonzero(np.diff(problem.owner)) + 1)


def read_options(
    problem: DecisionProblem, level: float, prices: Sequence[float], effort: Effort
) -> Reach:
    """Return what every option reaches, in one pass over all draws.

    Parameters
    ----------
    problem : DecisionProblem
        With outcomes.
    level : float
        Share of the draws that is to be reached.
    prices : sequence of float
        Of money, in worth per cent, at which plans for single draws are bounded; 0 is added.
    effort : Effort
        Where the work counts; the pass is owed.
    """
    outcomes = problem.outcomes
    if outcomes is None:
        raise RuntimeError
    known = tuple(dict.fromkeys([0.0, *prices]))
    missed = draws_missed(outcomes.n_draws, level)
    upper, own = np.zeros(len(problem)), np.zeros(len(problem))
    alone = np.zeros((len(known), outcomes.n_draws))
    for rows in groups_of(problem):
        worth = outcomes.worth_draws(rows)
        upper[rows], own[rows] = best_mean(worth, missed), reached(worth, missed)
        for number, price in enumerate(known):
            paid = worth - price * problem.cents[rows, None]
            alone[number] += np.maximum(paid.max(axis=0), 0.0)
    effort.spend(CELL * len(problem) * outcomes.n_draws)
    return Reach(missed, upper, own, known, alone)


def reached(worth: Floats, missed: int) -> Floats:
    """Return what all but the worst draws of each row reach, shape (n_rows,).

    Examples
    --------
    >>> reached(np.array([[3.0, 1.0, 2.0]]), 1)
    array([2.])
    """
    return np.asarray(np.partition(worth, missed, axis=1)[:, missed])


def best_mean(worth: Floats, missed: int) -> Floats:
    """Return the mean of all but the worst draws of each row, shape (n_rows,)."""
    return np.asarray(np.partition(worth, missed, axis=1)[:, missed:].mean(axis=1))
