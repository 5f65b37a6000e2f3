"""The linear relaxation over the options seen so far, in a HiGHS object that stays warm.

Cuts are rows added to it, options that price out are columns added to it; a change of budget, of
the weight of the tail or of the limit on spend changes numbers in it. It is rebuilt for another
measure only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.effort import Effort
from planner.solving.lp.columns import knapsack_corner
from planner.solving.lp.cuts import CutPool
from planner.solving.lp.dual_prices import Prices, Terms
from planner.solving.lp.highs import INFINITE, Kept
from planner.solving.lp.model import Units, build_model
from planner.solving.system import System


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A solution of the linear relaxation over the options in the master.

    Attributes
    ----------
    options : ndarray of int64
        Options taken in part or whole, increasing.
    shares : ndarray of float64
        Parallel to them, in (0, 1].
    assets : ndarray of float64, shape (n_assets,)
        Share owned of each.
    prices : Prices
        Dual prices.
    objective : float
        In worth; in the search for a first plan, less the shortfall of the rows.
    """

    options: Rows
    shares: Floats
    assets: Floats
    prices: Prices
    objective: float


class Master:
    """The restricted linear program.

    Parameters
    ----------
    system : System
        Rows.
    pool : CutPool
        Cuts; those in it at the start are built in, later ones follow by :meth:`sync`.
    terms : Terms
        What the first solve asks.
    columns : ndarray of int64
        Options to begin with: at least one of every project that has any.
    units : Units
        Scales.
    """

    def __init__(
        self, system: System, pool: CutPool, terms: Terms, columns: Rows, units: Units
    ) -> None:
        model = build_model(system, pool, terms, columns, whole=False, units=units)
        self.system, self.pool, self.units = system, pool, units
        self.columns = columns
        self.known = np.zeros(len(system.problem), dtype=np.bool_)
        self.known[columns] = True
        self._terms = terms
        self._kept = Kept(model.problem, whole=False)
        self._places = self._kept.places(model.choose)
        self._own = self._kept.places(model.own)
        self._lack = {n: int(self._kept.places([v])[0]) for n, v in model.lack.items()}
        self._tail = int(self._kept.places([model.tail])[0])
        self._budget_row = -1 if terms.budget_cents is None else 0
        first = self._budget_row + 1
        self._rows = np.arange(first, first + system.n_rows)
        owners = system.groups[1]
        self._project_row = np.full(len(system.problem.projects), -1, dtype=np.int64)
        self._project_row[owners] = first + system.n_rows + np.arange(len(owners))
        last = first + system.n_rows + len(owners)
        n_cuts = len(pool.worth) if terms.tail > 0 else 0
        self._cut_rows = list(range(last, last + n_cuts))
        self._spend_rows = list(range(last + n_cuts, last + n_cuts + len(pool.spend)))
        self._used: dict[int, int] = {}
        self._solves = 0
        self._close_unusable()
        self._start_at_corner()

    def _start_at_corner(self) -> None:
        """Begin at the best corner under the budget alone; other rows then take few steps."""
        problem, terms = self.system.problem, self._terms
        taken, split = knapsack_corner(
            problem.owner[self.columns],
            problem.cents[self.columns],
            np.where(terms.usable[self.columns], self._gain()[self.columns], -1.0),
            terms.budget_cents,
        )
        basic = [self._places[taken]]
        tight = [self._project_row[problem.owner[self.columns[taken]]]]
        if split >= 0 and self._budget_row >= 0:
            basic.append(self._places[[split]])
            tight.append(np.array([self._budget_row]))
        if self._tail >= 0 and self._cut_rows:
            basic.append(np.array([self._tail]))
            tight.append(np.array(self._cut_rows[-1:]))
        self._kept.start_from(np.concatenate(basic), np.concatenate(tight))

    def _gain(self) -> Floats:
        """Return the worth of every option when the last cut alone tells the tail."""
        share, worth = self._terms.tail, self.system.problem.worth
        if share == 0 or not self.pool.worth:
            return worth
        return (1 - share) * worth + share * self.pool.worth[-1].slope

    def set_terms(self, terms: Terms) -> None:
        """Move to other terms: numbers of the model change, the basis stays."""
        before, self._terms = self._terms, terms
        if terms.budget_cents is not None and terms.budget_cents != before.budget_cents:
            self._kept.set_limit(self._budget_row, terms.budget_cents / self.units.money)
        if terms.spend_limit != before.spend_limit:
            for row in self._spend_rows:
                self._kept.set_limit(row, terms.spend_limit / self.units.spend)
        if terms.usable is not before.usable:
            self._close_unusable()
        if terms.must is not before.must:
            self._demand_funding(before.must, terms.must)
        if terms.fixed is not before.fixed:
            self._fix_assets(terms.fixed)
        if (terms.tail, terms.counted) != (before.tail, before.counted):
            self._set_objective()

    def sync(self) -> None:
        """Add the cuts that the pool has and the model has not."""
        for cut in self.pool.worth[len(self._cut_rows) :] if self._tail >= 0 else []:
            columns = np.concatenate([[self._tail], self._places])
            values = np.concatenate([[1.0], -cut.slope[self.columns] / self.units.worth])
            self._cut_rows.append(self._kept.n_rows)
            self._kept.add_row(columns, values, cut.constant / self.units.worth)
        for cut in self.pool.spend[len(self._spend_rows) :]:
            bought = np.flatnonzero(self._own >= 0)
            columns = np.concatenate([self._places, self._own[bought]])
            cents = self.system.problem.asset_cents[bought]
            values = np.concatenate([cut.slope[self.columns], cents]) / self.units.spend
            self._spend_rows.append(self._kept.n_rows)
            self._kept.add_row(columns, values, self._terms.spend_limit / self.units.spend)

    def add(self, options: Rows) -> None:
        """Add options that are not in the model yet."""
        cost = self._costs(options)
        position, row, coefficient = self.system.entries(options)
        problem, every = self.system.problem, np.arange(len(options))
        places = [position, every]
        rows = [self._rows[row], self._project_row[problem.owner[options]]]
        values = [coefficient / self.units.row[row], np.ones(len(options))]
        if self._budget_row >= 0:
            places.append(every)
            rows.append(np.full(len(options), self._budget_row))
            values.append(problem.cents[options] / self.units.money)
        for number, cut in zip(self._cut_rows, self.pool.worth, strict=False):
            places.append(every)
            rows.append(np.full(len(options), number))
            values.append(-cut.slope[options] / self.units.worth)
        for number, cut in zip(self._spend_rows, self.pool.spend, strict=False):
            places.append(every)
            rows.append(np.full(len(options), number))
            values.append(cut.slope[options] / self.units.spend)
        place = np.concatenate(places)
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], every)
        first = self._kept.n_columns
        self._kept.add_columns(
            cost, starts, np.concatenate(rows)[order], np.concatenate(values)[order]
        )
        self.columns = np.concatenate([self.columns, options])
        self._places = np.concatenate([self._places, np.arange(first, first + len(options))])
        self.known[options] = True

    def solve(self, effort: Effort) -> Relaxed | None:
        """Solve from the last basis; None if the options seen so far cannot keep the rows."""
        answer = self._kept.run(effort)
        if answer.status != "optimal" or answer.values is None:
            return None
        shares = answer.values[self._places]
        taken = np.flatnonzero(shares > 1e-9)
        order = taken[np.argsort(self.columns[taken])]
        own = np.where(self._own >= 0, answer.values[self._own], 0.0)
        prices = self._prices(np.maximum(answer.row_duals, 0.0))
        self._note_use(prices.per_cut)
        return Relaxed(
            options=self.columns[order],
            shares=np.minimum(shares[order], 1.0),
            assets=np.clip(own, 0.0, 1.0),
            prices=prices,
            objective=answer.objective * self.units.worth,
        )

    def _prices(self, duals: Floats) -> Prices:
        """Return dual prices in worth, cents and whole rows; of the tail, summing to its weight."""
        # Without worth the objective counts lacking units, not units of worth.
        worth = self.units.worth if self._terms.counted else 1.0
        per_cut = duals[self._cut_rows]
        if self._terms.counted and len(per_cut):
            total = float(per_cut.sum())
            even = np.full(len(per_cut), self._terms.tail / len(per_cut))
            per_cut = per_cut * (self._terms.tail / total) if total > 0 else even
        else:
            per_cut = np.zeros(len(per_cut))
        budget = duals[self._budget_row] * worth / self.units.money if self._budget_row >= 0 else 0
        return Prices(
            per_cent=float(budget),
            per_row=duals[self._rows] * worth / self.units.row,
            per_cut=per_cut,
            per_spend_cut=duals[self._spend_rows] * worth / self.units.spend,
        )

    def _costs(self, options: Rows) -> Floats:
        if not self._terms.counted:
            return np.zeros(len(options))
        return np.asarray(
            (1 - self._terms.tail) * self.system.problem.worth[options] / self.units.worth
        )

    def _set_objective(self) -> None:
        """Change the objective to that of the terms, and open or close the shortfall."""
        counted = self._terms.counted
        self._kept.set_costs(self._places, self._costs(self.columns))
        bought = np.flatnonzero(self._own >= 0)
        worth = self.system.problem.asset_worth[bought] / self.units.worth
        self._kept.set_costs(self._own[bought], worth if counted else np.zeros(len(bought)))
        if self._tail >= 0:
            share = self._terms.tail if counted else 0.0
            self._kept.set_costs(np.array([self._tail]), np.array([share]))
        lack = np.array(list(self._lack.values()), dtype=np.int64)
        self._kept.set_costs(lack, np.full(len(lack), 0.0 if counted else -1.0))
        self._kept.set_upper(lack, np.full(len(lack), 0.0 if counted else INFINITE))

    def _demand_funding(self, before: Flags | None, after: Flags | None) -> None:
        """Demand that some projects are funded, and of no others any more."""
        none = np.zeros(len(self._project_row), dtype=np.bool_)
        before = none if before is None else before
        after = none if after is None else after
        changed = np.flatnonzero((before != after) & (self._project_row >= 0))
        self._kept.set_equal(self._project_row[changed], after[changed], 1.0)

    def _fix_assets(self, fixed: NDArray[np.int8] | None) -> None:
        """Buy some assets or none of them; leave the others open."""
        bought = np.flatnonzero(self._own >= 0)
        free = np.full(len(self._own), -1, dtype=np.int8) if fixed is None else fixed
        lower = np.where(free == 1, 1.0, 0.0)[bought]
        upper = np.where(free == 0, 0.0, 1.0)[bought]
        self._kept.set_bounds(self._own[bought], lower, upper)

    def forget_idle(self, most: int) -> None:
        """Drop the cuts on the tail that bounded nothing for longest, from the pool as well.

        Prices of earlier solves no longer fit the pool then.

        Parameters
        ----------
        most : int
            Cuts up to which all are kept; beyond, three quarters of it stay, the first always.
        """
        self.sync()
        cuts = self.pool.worth
        if len(cuts) <= most or self._tail < 0:
            return
        last = np.array([self._used.get(id(cut), self._solves) for cut in cuts])
        last[0] = self._solves + 1
        kept_count = max(1, 3 * most // 4)
        dropped = np.sort(np.argsort(last, kind="stable")[: len(cuts) - kept_count])
        rows = np.array(self._cut_rows, dtype=np.int64)
        gone = np.sort(rows[dropped])
        self._kept.drop_rows(gone)
        kept, spend = np.delete(rows, dropped), np.array(self._spend_rows, dtype=np.int64)
        self._cut_rows = (kept - np.searchsorted(gone, kept)).tolist()
        self._spend_rows = (spend - np.searchsorted(gone, spend)).tolist()
        for place in reversed(dropped.tolist()):
            del cuts[place]
        self._used = {id(cut): self._used.get(id(cut), self._solves) for cut in cuts}

    def _note_use(self, per_cut: Floats) -> None:
        """Note which cuts bound something now."""
        self._solves += 1
        for cut, price in zip(self.pool.worth, per_cut.tolist(), strict=False):
            if price > 0 or id(cut) not in self._used:
                self._used[id(cut)] = self._solves

    def _close_unusable(self) -> None:
        """Keep out what may not be taken."""
        upper = np.where(self._terms.usable[self.columns], INFINITE, 0.0)
        self._kept.set_upper(self._places, upper)
