r"""One portfolio decision in arrays: what every solver here reads, and what it returns.

Maximise, over options :math:`x_o \in \{0, 1\}` (at most one for each project) and assets
:math:`y_g \in \{0, 1\}`,

.. math::

    (1 - w) \, E[W] + w \, \mathrm{CVaR}_\alpha(W), \qquad
    W_s = \sum_o W_{os} x_o + \sum_g a_g y_g

(or the entropic :math:`-\frac{1}{\gamma} \log E[e^{-\gamma W}]`) under a budget on committed cents,
named linear rows over options and assets, and optionally a bound on random spend.
:math:`W_{os}` is the worth of option :math:`o` in draw :math:`s`; draw :math:`s` is the same state
of the world for every project. Scenarios never become variables or rows of a model.

Terms
-----
Elementary asset
    What is bought or not bought as a whole: a fixed cost, a base model, or one step of a pool of
    images (step :math:`l` needs step :math:`l - 1`: a row), once for each period in which it may be
    owned.
Row
    ``Σ coefficient · x + Σ coefficient · y ≤ limit``, named after the user's rule or link it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats, Rows
from planner.domain.portfolio.risk import MEAN, RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import USUAL, Allowance, Stop

PROVEN_GAP = 1e-6
"""Relative gap up to which a plan counts as the best, whatever gap was asked for."""


class Outcomes(Protocol):
    """Joint draws of every option's worth and spend, without holding them as floats.

    ``n_options × n_draws`` numbers are never stored: success is a bit, cost is linear in few
    vectors.
    """

    @property
    def n_draws(self) -> int:
        """Number of equally likely joint draws."""
        ...

    def worth_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · worth_os`` of every option, shape (n_options,).

        Draws of weight 0 cost nothing: a tail of a tenth of the draws takes a tenth of the time.
        """
        ...

    def worth_draws(self, options: Rows) -> Floats:
        """Return the worth of some options in every draw, shape (len(options), n_draws)."""
        ...

    def spend_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · spend_os`` of every option in cents, shape (n_options,)."""
        ...

    def spend_draws(self, options: Rows) -> Floats:
        """Return the spend of some options in every draw in cents, shape (len, n_draws)."""
        ...


@dataclass(frozen=True, eq=False)
class LinearRow:
    """``Σ coefficient · x[option] + Σ coefficient · y[asset] ≤ limit``.

    Attributes
    ----------
    name : str
        Of the row in the model: ``one family[about]``, such as ``period[2027H1]``.
    rule : str
        Name of the user's rule behind it; empty for links.
    options, assets : ndarray of int64
        What takes part.
    option_coefficients, asset_coefficients : ndarray of float64
        Parallel to them; whole cents where the row is about money, so that sums are exact.
    limit : float
        Right-hand side.
    """

    name: str
    rule: str
    options: Rows
    option_coefficients: Floats
    assets: Rows
    asset_coefficients: Floats
    limit: float


@dataclass(frozen=True)
class SpendBound:
    """``CVaR_level(spend) ≤ limit_cents`` on the solve's draws, in place of the sum of the caps."""

    level: float
    limit_cents: int


@dataclass(frozen=True, eq=False)
class DecisionProblem:
    """A portfolio decision; options of a project stand together, projects in the order of ids.

    Attributes
    ----------
    projects : tuple of str
        Ids, sorted.
    owner : ndarray of int64, shape (n_options,)
        Project of each option, not decreasing.
    cents : ndarray of int64, shape (n_options,)
        Committed cost, shared assets not included.
    worth : ndarray of float64, shape (n_options,)
        Expected worth: the mean over ``outcomes`` where there are any.
    tie : ndarray of int64, shape (n_options,)
        Among equals the smaller is chosen.
    budget_cents : int or None
        Hard limit on the cents of options and assets; None where ``spend`` or period rows bind
        instead.
    rows : tuple of LinearRow
        Beyond the budget and one option for each project.
    assets : tuple of str
        Names of the elementary assets.
    asset_cents : ndarray of int64, shape (n_assets,)
        Cost, at least 0 or, for an asset in a later period, the difference to the step before.
    asset_worth : ndarray of float64, shape (n_assets,)
        What the objective counts for owning it; at most 0 in sum.
    risk : RiskMeasure
        What is maximised.
    outcomes : Outcomes or None
        Needed by every measure but ``expected`` and by ``spend``.
    spend : SpendBound or None
        Bound on random spend; assets cost what they cost in every draw.
    """

    projects: tuple[str, ...]
    owner: Rows
    cents: Rows
    worth: Floats
    tie: Rows
    budget_cents: int | None
    rows: tuple[LinearRow, ...] = ()
    assets: tuple[str, ...] = ()
    asset_cents: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    asset_worth: Floats = field(default_factory=lambda: np.zeros(0))
    risk: RiskMeasure = MEAN
    outcomes: Outcomes | None = None
    spend: SpendBound | None = None

    def __len__(self) -> int:
        return len(self.cents)

    @cached_property
    def loads(self) -> "tuple[Loads, Loads]":
        """In which rows each option and each asset stands."""
        rows = self.rows
        return (
            Loads.of([(row.options, row.option_coefficients) for row in rows], len(self)),
            Loads.of([(row.assets, row.asset_coefficients) for row in rows], len(self.assets)),
        )


@dataclass(frozen=True, eq=False)
class Loads:
    """Rows by what takes part in them.

    Attributes
    ----------
    first : ndarray of int64, shape (n + 1,)
        Where the entries of each option or asset begin.
    row : ndarray of int64
        Row of each entry, rising for each option or asset.
    coefficient : ndarray of float64
        Parallel to it.
    """

    first: Rows
    row: Rows
    coefficient: Floats

    @staticmethod
    def of(rows: Sequence[tuple[Rows, Floats]], count: int) -> "Loads":
        """Return the entries of some rows, each given by who takes part and its coefficients."""
        none = np.zeros(0, dtype=np.int64)
        who = np.concatenate([none, *(part for part, _ in rows)])
        number = np.repeat(np.arange(len(rows), dtype=np.int64), [len(part) for part, _ in rows])
        order = np.argsort(who, kind="stable")
        first = np.searchsorted(who[order], np.arange(count + 1)).astype(np.int64)
        factors = np.concatenate([np.zeros(0), *(factor for _, factor in rows)])
        return Loads(first, number[order], factors[order])

    def add(self, load: Floats, one: int, sign: float) -> None:
        """Add what one option or asset puts on the rows, in place."""
        mine = slice(int(self.first[one]), int(self.first[one + 1]))
        np.add.at(load, self.row[mine], sign * self.coefficient[mine])


@dataclass(frozen=True, eq=False)
class Solution:
    """What is chosen, and how good it is proven to be.

    Attributes
    ----------
    options : ndarray of int64
        Chosen options, increasing.
    assets : ndarray of bool, shape (n_assets,)
        Elementary assets bought.
    status : Status
        Optimal up to what was asked, feasible, or infeasible (proven; nothing is chosen).
    value, bound, gap : float
        Objective recomputed from the choice; a proven upper bound; their relative distance.
    mean, tail : float
        Expected worth and CVaR (or entropic equivalent) of the choice on the solve's draws.
    solver_bound, own_bound : float
        The bound HiGHS reports, and the Lagrangian one computed here over all options.
    committed_cents : int
        Exact cost of options and assets.
    budget_price : float
        Worth of one more unit of money (not cent), at least 0.
    row_prices : ndarray of float64
        Dual price of each row in worth per unit of its right-hand side, at least 0.
    draw_weights : ndarray of float64 or None
        How much each draw counts at the margin; they sum to 1. None for the expectation.
    spend_price : float
        Worth of one more unit of money (not cent) of the bound on random spend, at least 0.
    spend_weights : ndarray of float64 or None
        How much the spend of each draw counts for that price; they sum to 1. None where it is 0.
    stop : Stop
        What ended the search before the gap asked for was proven: nothing, counted work, or the
        time that somebody asked for.
    asked : float
        Gap that was near enough: asked for, or what the draws allow.
    """

    options: Rows
    assets: NDArray[np.bool_]
    status: Status
    value: float
    bound: float
    gap: float
    mean: float
    tail: float
    solver_bound: float
    own_bound: float
    committed_cents: int
    budget_price: float
    row_prices: Floats
    draw_weights: Floats | None = None
    spend_price: float = 0.0
    spend_weights: Floats | None = None
    stop: Stop = ""
    asked: float = PROVEN_GAP


@dataclass(frozen=True, eq=False)
class Start:
    """Where a search may begin: a plan of nearly the same problem.

    Attributes
    ----------
    options : ndarray of int64
        Options of that plan, increasing; it need not keep the rows.
    draw_weights : ndarray of float64 or None
        How much each draw counted at its margin.
    """

    options: Rows
    draw_weights: Floats | None = None


class Solver(Protocol):
    """Keeps what one solve learns (columns, tail cuts, basis) for the next."""

    def solve(
        self,
        *,
        budget_cents: int | None = None,
        risk: RiskMeasure | None = None,
        gap: float | None = 1e-6,
        allowance: Allowance = USUAL,
    ) -> Solution:
        """Solve the problem, or the same one under another budget or risk measure.

        Without a gap (None) the search stops where the draws tell plans apart no more.
        """
        ...

    def sweep(
        self, budgets_cents: Sequence[int], deadline: Deadline = NEVER
    ) -> tuple[Solution | None, ...]:
        """Return a plan with its bound for each budget, warm from one to the next.

        None for budgets that the deadline left no time for.
        """
        ...
