r"""The integer model over the options that can still be in a better plan.

A plan that uses an option stays below the bound by that option's loss. So the best plan over the
*core* (options that lose less than :math:`\delta`) is best of all once it is worth the bound less
:math:`\delta`; whatever it finds, no plan is worth more than the larger of the core's own bound
and that. Scenarios never enter: the core's model has the tail-average cuts, and gets another
whenever an integer plan violates one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.effort import Effort
from planner.solving.certify import Certifier, Choice
from planner.solving.gap import PROVEN_GAP, relative_gap
from planner.solving.lp.cuts import Cut, CutPool
from planner.solving.lp.dual_prices import Bound
from planner.solving.lp.highs import Answer, Kept
from planner.solving.lp.model import Model, Units, build_model
from planner.solving.tail import touching_weights

MOST_RUNS = 500
NEAR = 0.02
"""Plans this much below the best are still worth improving."""
POLISHING = 3e7
"""Work of improving a plan."""
COARSE = 0.3
"""Share of the present gap at which an integer search stops to learn from its plan."""


@dataclass(frozen=True, eq=False)
class Found:
    """What a search over a core brought back.

    Attributes
    ----------
    choice : Choice or None
        Best plan seen that keeps every row.
    bound : float
        No plan within the core is worth more; −inf if it has none.
    """

    choice: Choice | None
    bound: float


@dataclass(frozen=True, eq=False)
class Cover:
    """A choice that breaks a row by less than the solver can see; it is cut off.

    Attributes
    ----------
    options, assets : ndarray of int64
        Of the choice, those that use the row up; all of them together are too much …
    relief, asset_relief : ndarray of int64
        … unless one of these, not in the choice, is added.
    """

    options: Rows
    assets: Rows
    relief: Rows
    asset_relief: Rows


class CoreSearch:
    """Searches one core with HiGHS, adding cuts until none is violated.

    Parameters
    ----------
    certifier : Certifier
        Judges what the solver says.
    pool : CutPool
        Cuts; grows.
    units : Units
        Scales.
    options : ndarray of int64
        The core.
    polish : callable
        Returns a plan at least as good nearby.
    seek : bool
        Whether a good plan is still unknown.
    """

    def __init__(
        self,
        certifier: Certifier,
        pool: CutPool,
        units: Units,
        options: Rows,
        polish: Callable[[Choice], Choice],
        *,
        seek: bool,
    ) -> None:
        self.polish = polish
        self.judge, self.pool, self.units = certifier, pool, units
        self.system = certifier.system
        self.model: Model = build_model(
            self.system, pool, certifier.terms, options, whole=True, units=units
        )
        self._kept = Kept(self.model.problem, whole=True, seek=seek)
        self._places = self._kept.places(self.model.choose)
        self._own = self._kept.places(self.model.own)
        self._tail = int(self._kept.places([self.model.tail])[0])
        self._learns = self._tail >= 0 or certifier.spend is not None

    def run(self, best: Choice | None, bound: float, effort: Effort, gap: float) -> Found:
        """Search until the best plan meets the core's bound within the gap, or the effort is over.

        The first searches may stop early: their plans teach the model where it is too hopeful.

        Parameters
        ----------
        best : Choice or None
            Plan to beat.
        bound : float
            No plan of the core is worth more.
        effort : Effort
            What may be spent.
        gap : float
            Relative gap at which to stop.
        """
        fineness = gap / 2
        for _ in range(MOST_RUNS):
            if best is not None and self._learns:
                fineness = max(gap / 2, COARSE * relative_gap(best.value, bound))
            self._kept.set_gap(fineness)
            if effort.is_over():
                break
            answer = self._kept.run(effort, start=self._start(best))
            if answer.status == "infeasible":
                return Found(best, -np.inf)
            bound = min(bound, answer.bound * self.units.worth)
            best = self._best_seen(answer, best, effort)
            if effort.is_over():
                break
            best, learnt = self._read(answer, best)
            if best is not None and relative_gap(best.value, bound) <= gap:
                break
            if not learnt and (fineness <= gap / 2 or answer.status == "stopped"):
                break
        return Found(best, bound)

    def _best_seen(self, answer: Answer, best: Choice | None, effort: Effort) -> Choice | None:
        """Return the best plan that the solver came by.

        All of them are looked at, not only the last: a search that was stopped has seen some of
        those that a longer one sees, so the longer one never brings back less.
        """
        for values in answer.seen:
            choice = self.judge.certified(*self._chosen(values))
            if choice is None:
                continue
            if not effort.is_over() and self._is_near(choice, best):
                effort.spend(POLISHING)
                choice = self.polish(choice)
            if best is None or choice.value > best.value:
                best = choice
        return best

    def _is_near(self, choice: Choice, best: Choice | None) -> bool:
        """Whether a plan is worth improving: it is none of those known, nor far worse."""
        if best is None:
            return True
        if np.array_equal(choice.options, best.options):
            return False
        return choice.value > best.value - NEAR * abs(best.value)

    def _chosen(self, values: Floats) -> tuple[Rows, Flags]:
        """Return the options and assets that values of the columns stand for."""
        assets = np.zeros(len(self._own), dtype=np.bool_)
        bought = self._own >= 0
        assets[bought] = values[self._own[bought]] > 0.5
        return np.sort(self.model.columns[values[self._places] > 0.5]), assets

    def _read(self, answer: Answer, best: Choice | None) -> tuple[Choice | None, bool]:
        """Judge the solver's plan; return the better plan and whether the model learnt a row."""
        if answer.values is None:
            return best, False
        options, assets = self._chosen(answer.values)
        if not self.judge.keeps_rows(options, assets):
            return best, self._cut_off(options, assets)
        if not self.judge.keeps_spend(options, assets):
            return best, self._cut_spend(options, assets)
        choice = self.judge.value(options, assets)
        better = best is None or choice.value > best.value
        return (choice if better else best), self._cut_tail(choice, answer)

    def _cut_tail(self, choice: Choice, answer: Answer) -> bool:
        """Add the cut that touches the measure at a plan, if the solver valued the plan higher."""
        outcomes = self.system.problem.outcomes
        if outcomes is None or choice.worth_draws is None or answer.values is None:
            return False
        claimed = answer.objective * self.units.worth
        if claimed - choice.value <= PROVEN_GAP / 10 * abs(choice.value):
            return False
        cut = self.pool.add_worth(outcomes, touching_weights(choice.worth_draws, self.judge.risk))
        self._add_worth(cut)
        return True

    def _add_worth(self, cut: Cut) -> None:
        columns = np.concatenate([[self._tail], self._places])
        slopes = -cut.slope[self.model.columns] / self.units.worth
        limit = cut.constant / self.units.worth
        self._kept.add_row(columns, np.concatenate([[1.0], slopes]), limit)

    def _cut_spend(self, options: Rows, assets: Flags) -> bool:
        outcomes = self.system.problem.outcomes
        _, weights = self.judge.spend_tail(options, assets)
        if outcomes is None or weights is None:
            return False
        cut = self.pool.add_spend(outcomes, weights)
        bought = np.flatnonzero(self._own >= 0)
        columns = np.concatenate([self._places, self._own[bought]])
        cents = self.system.problem.asset_cents[bought]
        values = np.concatenate([cut.slope[self.model.columns], cents]) / self.units.spend
        self._kept.add_row(columns, values, self.judge.terms.spend_limit / self.units.spend)
        return True

    def _cut_off(self, options: Rows, assets: Flags) -> bool:
        """Cut off a choice that breaks a row by less than the solver sees."""
        cover = make_cover(self.judge, options, assets)
        if cover is None:
            return False
        place = dict(zip(self.model.columns.tolist(), self._places.tolist(), strict=True))
        used = [place[o] for o in cover.options.tolist()] + self._own[cover.assets].tolist()
        relief = [place[o] for o in cover.relief.tolist() if o in place]
        relief += [p for p in self._own[cover.asset_relief].tolist() if p >= 0]
        values = np.concatenate([np.ones(len(used)), -np.ones(len(relief))])
        columns = np.array([*used, *relief], dtype=np.int64)
        self._kept.add_row(columns, values, len(used) - 1.0)
        return True

    def _start(self, best: Choice | None) -> Floats | None:
        """Return a plan as values of the model's columns, if the core has all of it."""
        if best is None or not np.isin(best.options, self.model.columns).all():
            return None
        values = np.zeros(self._kept.n_columns)
        values[self._places] = np.isin(self.model.columns, best.options)
        bought = self._own >= 0
        values[self._own[bought]] = best.assets[bought]
        if self._tail >= 0:
            sums = [c.slope[best.options].sum() + c.constant for c in self.pool.worth]
            values[self._tail] = min(sums) / self.units.worth
        return values


def core_options(bound: Bound, owner: Rows, usable: Flags, loss: float) -> Rows:
    """Return the options of plans that are worth more than the bound less ``loss``."""
    return np.flatnonzero(usable & (bound.losses(owner) <= loss))


def make_cover(judge: Certifier, options: Rows, assets: Flags) -> Cover | None:
    """Return what to cut off so that a choice that breaks a row is not proposed again.

    Any choice with all of its parts that use the row up, and no more of those that relieve it,
    breaks the row as well.
    """
    system, problem = judge.system, judge.system.problem
    budget = judge.terms.budget_cents
    owned = np.flatnonzero(assets)
    if budget is not None and system.cents(options, assets) > budget:
        using, cheap = problem.asset_cents[owned] > 0, problem.asset_cents < 0
        relief = np.flatnonzero(cheap & ~assets)
        return Cover(options, owned[using], np.zeros(0, dtype=np.int64), relief)
    broken = system.exceeded(system.activity(options, assets))
    if not len(broken):
        return None
    row = broken[0]
    entries = system.row == row
    members, coefficient = system.option[entries], system.coefficient[entries]
    chosen = np.isin(members, options)
    return Cover(
        options=members[chosen & (coefficient > 0)],
        assets=owned[system.assets[row, owned] > 0],
        relief=members[~chosen & (coefficient < 0)],
        asset_relief=np.flatnonzero((system.assets[row] < 0) & ~assets),
    )
