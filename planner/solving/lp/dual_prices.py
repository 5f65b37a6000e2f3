r"""What every option is worth at given dual prices, and the bound that follows.

.. math::

    D = \lambda B + \sum_r y_r b_r + \sum_j \nu_j C + \sum_k \mu_k p_k
        + \sum_i \max(0, \max_o \bar w_{io}) + \sum_g \max(0, \bar a_g)

with reduced worth :math:`\bar w_o = (1-w) \, w_o + \sum_k \mu_k g_{ko} - \lambda c_o - \sum_r y_r
a_{ro} - \sum_j \nu_j h_{jo}`. By weak duality no plan is worth more, whatever the prices
:math:`\lambda, y, \nu, \mu \ge 0` with :math:`\sum_k \mu_k = w`: the bound holds for all options,
whichever of them a solver has seen, and does not rest on the solver.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Floats, Rows
from planner.solving.lp.cuts import Cut, CutPool
from planner.solving.system import System


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices, all at least 0.

    Attributes
    ----------
    per_cent : float
        Of the budget.
    per_row : ndarray of float64
        Of each other row.
    per_cut : ndarray of float64
        Of each cut on the tail of the worth; they sum to the weight of the tail.
    per_spend_cut : ndarray of float64
        Of each cut on the tail of the spend.
    """

    per_cent: float
    per_row: Floats
    per_cut: Floats
    per_spend_cut: Floats


@dataclass(frozen=True, eq=False)
class Terms:
    """What is held fixed while prices move: budget, weight of the tail, limit on spend, options.

    Attributes
    ----------
    budget_cents : int or None
        Hard limit.
    tail : float
        Weight of the risky part of the objective, in [0, 1].
    spend_limit : float
        Of every spend cut, in cents.
    usable : ndarray of bool, shape (n_options,)
        Options that alone cost no more than there is; in a part of a search, those of the part.
    counted : bool
        False while a first plan that keeps the rows is sought: nothing is worth anything then.
    must : ndarray of bool, shape (n_projects,), optional
        Projects that are funded in every plan looked at.
    fixed : ndarray of int8, shape (n_assets,), optional
        Assets bought (1) or not (0) in every plan looked at; −1 where that is open.
    """

    budget_cents: int | None
    tail: float
    spend_limit: float
    usable: Flags
    counted: bool = True
    must: Flags | None = None
    fixed: NDArray[np.int8] | None = None


@dataclass(frozen=True, eq=False)
class Bound:
    """An upper bound on every plan, and what each decision would lose against it.

    Attributes
    ----------
    value : float
        No plan is worth more.
    reduced : ndarray of float64, shape (n_options,)
        Reduced worth; −inf where an option is not usable.
    best : ndarray of float64, shape (n_projects,)
        Largest reduced worth of each project; at least 0 (not funded) unless it must be funded.
    reduced_assets : ndarray of float64, shape (n_assets,)
        Reduced worth of owning each asset.
    magnitude : float
        Size of the numbers summed, by which rounding errors are judged.
    """

    value: float
    reduced: Floats
    best: Floats
    reduced_assets: Floats
    magnitude: float

    def losses(self, owner: Rows) -> Floats:
        """Return how far below the bound a plan stays that uses each option; at least 0."""
        return self.best[owner] - self.reduced


def price(system: System, pool: CutPool, terms: Terms, prices: Prices) -> Bound:
    """Return the reduced worth of every option and asset, and the Lagrangian bound.

    Cost: O(n_options · cuts with a positive price), in NumPy.
    """
    problem = system.problem
    gain = marginal_gain(system, pool, terms, prices)
    cost = system.charges(prices.per_row)
    cost += _combined(pool.spend, prices.per_spend_cut, len(problem))
    if prices.per_cent > 0:
        cost += prices.per_cent * problem.cents
    reduced = np.where(terms.usable, gain - cost, -np.inf)
    best = np.zeros(len(problem.projects))
    if terms.must is not None:
        best[terms.must] = -np.inf
    first, having = system.groups
    if len(first):
        best[having] = np.maximum(best[having], np.maximum.reduceat(reduced, first))
    spend_price = float(prices.per_spend_cut.sum())
    assets = problem.asset_worth if terms.counted else np.zeros(len(problem.assets))
    charged = (prices.per_cent + spend_price) * problem.asset_cents
    reduced_assets = assets - charged - prices.per_row @ system.assets
    constants = np.array([cut.constant for cut in pool.worth])
    parts = np.concatenate(
        [
            [prices.per_cent * (terms.budget_cents or 0), spend_price * terms.spend_limit],
            prices.per_row * system.limit,
            prices.per_cut * constants[: len(prices.per_cut)],
            best,
            _asset_parts(reduced_assets, terms.fixed),
        ]
    )
    return Bound(
        value=float(parts.sum()),
        reduced=reduced,
        best=best,
        reduced_assets=reduced_assets,
        magnitude=float(np.abs(parts).sum()),
    )


def _asset_parts(reduced: Floats, fixed: NDArray[np.int8] | None) -> Floats:
    """Return what assets add to the bound: what they are worth, if they may be bought."""
    most = np.maximum(reduced, 0)
    if fixed is None:
        return np.asarray(most)
    return np.where(fixed < 0, most, np.where(fixed == 1, reduced, 0.0))


def marginal_gain(system: System, pool: CutPool, terms: Terms, prices: Prices) -> Floats:
    """Return what each option adds to the objective at the draw weights of the prices."""
    problem = system.problem
    if not terms.counted:
        return np.zeros(len(problem))
    gain = (1 - terms.tail) * problem.worth
    return np.asarray(gain + _combined(pool.worth, prices.per_cut, len(problem)))


def draw_weights(pool: CutPool, prices: Prices, tail: float, n_draws: int) -> Floats:
    """Return how much each draw counts at the margin; they sum to 1."""
    weights = np.full(n_draws, (1 - tail) / n_draws)
    for cut, share in zip(pool.worth, prices.per_cut.tolist(), strict=False):
        if share > 0:
            weights += share * cut.draws.weights
    return np.asarray(weights / weights.sum())


def spend_price(pool: CutPool, prices: Prices) -> tuple[float, Floats | None]:
    """Return the price of a cent of the bound on spend, and how much each draw counts for it."""
    total = float(prices.per_spend_cut.sum())
    if total <= 0:
        return 0.0, None
    pairs = zip(pool.spend, prices.per_spend_cut.tolist(), strict=False)
    weights = [share * cut.draws.weights for cut, share in pairs if share > 0]
    return total, np.asarray(np.sum(weights, axis=0) / total)


def _combined(cuts: Sequence[Cut], shares: Floats, n_options: int) -> Floats:
    total = np.zeros(n_options)
    for cut, share in zip(cuts, shares.tolist(), strict=False):
        if share > 0:
            total += share * cut.slope
    return total
