"""What is left to choose from, as one table: options, "not funded" and assets alike.

An asset is a project of its own with two columns, bought or not, whose worth is the same in every
draw. So a search over the table knows one kind of decision only: one column of each group.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.problem import Outcomes
from planner.solving.lp.dual_prices import Terms
from planner.solving.system import System

NOT_TAKEN = -1


@dataclass(frozen=True, eq=False)
class GroupTable:
    """Columns in groups; a choice takes one column of every group.

    Attributes
    ----------
    option, asset : ndarray of int64, shape (n_columns,)
        What a column takes; −1 for nothing of that kind.
    first : ndarray of int64, shape (n_groups + 1,)
        Where each group begins.
    group : ndarray of int64, shape (n_columns,)
        Of each column.
    cents : ndarray of int64, shape (n_columns,)
        Committed cost.
    rows : ndarray of float64, shape (n_rows, n_columns)
        Use of every row beside the budget.
    limit : ndarray of float64, shape (n_rows,)
        Their right-hand sides.
    budget_cents : int or None
        Hard limit.
    mean : ndarray of float64, shape (n_columns,)
        Expected worth.
    draws : ndarray of float64, shape (n_columns, n_draws)
        Worth, draw by draw.
    by_draw : ndarray of float64, shape (n_draws, n_columns)
        The same, laid out for averages over a tail.
    """

    option: Rows
    asset: Rows
    first: Rows
    group: Rows
    cents: Rows
    rows: Floats
    limit: Floats
    budget_cents: int | None
    mean: Floats
    draws: Floats
    by_draw: Floats

    @property
    def n_groups(self) -> int:
        """Number of decisions."""
        return len(self.first) - 1

    def slope(self, weights: Floats) -> Floats:
        """Return the weighted sum of the draws of every column."""
        some = np.flatnonzero(weights)
        if 2 * len(some) > len(weights):
            return np.asarray(weights @ self.by_draw)
        return np.asarray(weights[some] @ self.by_draw[some])

    def part(self, columns: Rows) -> "GroupTable":
        """Return the table of some columns, increasing, at least one of every group."""
        draws = self.draws[columns]
        return GroupTable(
            option=self.option[columns],
            asset=self.asset[columns],
            first=np.searchsorted(columns, self.first),
            group=self.group[columns],
            cents=self.cents[columns],
            rows=self.rows[:, columns],
            limit=self.limit,
            budget_cents=self.budget_cents,
            mean=self.mean[columns],
            draws=draws,
            by_draw=np.ascontiguousarray(draws.T),
        )

    def place(self, options: Rows, assets: Flags) -> Rows | None:
        """Return the columns of a choice, one for each group; None if one is not in the table."""
        taken = np.isin(self.option, options) & (self.option >= 0)
        taken |= (self.asset >= 0) & np.append(assets, False)[self.asset]
        if int((taken & (self.option >= 0)).sum()) != len(options):
            return None
        columns = np.where(self._is_nothing(self.first[:-1]), self.first[:-1], -1)
        columns[self.group[taken]] = np.flatnonzero(taken)
        return columns if (columns >= 0).all() else None

    def _is_nothing(self, columns: Rows) -> Flags:
        return np.asarray((self.option[columns] < 0) & (self.asset[columns] < 0))

    def choice(self, columns: Rows, n_assets: int) -> tuple[Rows, Flags]:
        """Return the options, increasing, and the assets that columns stand for."""
        options = self.option[columns]
        assets = np.zeros(n_assets, dtype=np.bool_)
        assets[self.asset[columns][self.asset[columns] >= 0]] = True
        return np.sort(options[options >= 0]), assets


def make_table(system: System, terms: Terms, outcomes: Outcomes, options: Rows) -> GroupTable:
    """Return the table of some options and of all assets.

    The first column of every group takes nothing; a part need not have it. Memory: 16 bytes for
    each column and draw.
    """
    problem = system.problem
    owner = problem.owner[options]
    projects = np.unique(owner)
    n_assets = len(problem.assets)
    nothing = np.full(len(projects) + n_assets, NOT_TAKEN)
    option = np.concatenate([nothing, options, np.full(n_assets, NOT_TAKEN)])
    asset = np.concatenate([nothing, np.full(len(options), NOT_TAKEN), np.arange(n_assets)])
    group = np.concatenate(
        [
            np.arange(len(nothing)),
            np.searchsorted(projects, owner),
            len(projects) + np.arange(n_assets),
        ]
    )
    order = np.argsort(group, kind="stable")
    option, asset, group = option[order], asset[order], group[order]
    count, chosen, bought = len(option), option >= 0, asset >= 0
    cents, mean = np.zeros(count, dtype=np.int64), np.zeros(count)
    cents[chosen], mean[chosen] = problem.cents[option[chosen]], problem.worth[option[chosen]]
    cents[bought], mean[bought] = problem.asset_cents, problem.asset_worth
    draws = np.zeros((count, outcomes.n_draws))
    draws[chosen] = outcomes.worth_draws(option[chosen])
    draws[bought] = problem.asset_worth[:, None]
    rows = np.zeros((system.n_rows, count))
    places = np.flatnonzero(chosen)
    position, row, coefficient = system.entries(option[places])
    np.add.at(rows, (row, places[position]), coefficient)
    rows[:, bought] = system.assets
    return GroupTable(
        option=option,
        asset=asset,
        first=np.searchsorted(group, np.arange(len(nothing) + 1)),
        group=group,
        cents=cents,
        rows=rows,
        limit=system.limit,
        budget_cents=terms.budget_cents,
        mean=mean,
        draws=draws,
        by_draw=np.ascontiguousarray(draws.T),
    )
