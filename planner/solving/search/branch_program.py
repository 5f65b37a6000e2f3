"""The linear relaxation over a part of the table, and the bound that its dual prices prove.

Unlike the relaxation of the whole portfolio, "not funded" is a column like any other, so that a
part of the table may demand that a project is funded, or that it is funded with one of a few
options. One HiGHS object serves every part: columns outside it are closed.
"""

from dataclasses import dataclass

import numpy as np
import pulp

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.effort import Effort, OutOfEffortError
from planner.solving.lp.highs import INFINITE, Answer, Kept
from planner.solving.lp.model import Units
from planner.solving.search.branch_table import GroupTable
from planner.solving.tail import DrawWeights

MOST_CUTS = 60
"""Cuts in the linear program; beyond, those that bound nothing lately are left out."""
KEPT_CUTS = 30
PRICING = 20.0
"""Work of pricing a column, for each cut in the linear program."""
REMEMBERED = 500
"""Cuts remembered in all; those that bounded nothing for longest are forgotten."""


@dataclass(frozen=True, eq=False)
class Priced:
    """What dual prices say about a part of the table.

    Attributes
    ----------
    bound : float
        No choice from the part is worth more.
    losses : ndarray of float64, shape (n_columns,)
        How far below the bound a choice with that column stays, at least 0; losses of the columns
        of a choice add up. inf outside the part.
    shares : ndarray of float64, shape (n_columns,)
        The solution that the prices belong to.
    claimed : float
        Tail of that solution by the cuts known.
    """

    bound: float
    losses: Floats
    shares: Floats
    claimed: float


class Program:
    """A warm linear program over a table.

    Parameters
    ----------
    table : GroupTable
        What is chosen from.
    units : Units
        Scales.
    tail : float
        Weight of the tail, above 0.
    effort : Effort
        What may be spent.
    """

    def __init__(self, table: GroupTable, units: Units, tail: float, effort: Effort) -> None:
        self.table, self.units, self.tail, self.effort = table, units, tail, effort
        self.slopes: list[Floats] = []
        self.constants: list[float] = []
        self._used: list[int] = []
        self._inside: list[int] = []
        self._runs = 0
        self._base = (1 - tail) * table.mean
        self._kept: Kept | None = None
        self._places = np.zeros(0, dtype=np.int64)
        self._t = 0

    def part(self, columns: Rows) -> "Program":
        """Return the program of some columns, with the cuts that bounded something last."""
        own = Program(self.table.part(columns), self.units, self.tail, self.effort)
        for number in self.lately(KEPT_CUTS):
            own.slopes.append(self.slopes[number][columns])
            own.constants.append(self.constants[number])
            own._used.append(0)
        return own

    def add_cut(self, draws: DrawWeights) -> None:
        """Bound the tail by its average over some draws."""
        slope = self.table.slope(draws.weights)
        self.slopes.append(slope)
        self.constants.append(draws.penalty)
        self._used.append(self._runs)
        if self._kept is not None:
            self._inside.append(len(self.slopes) - 1)
            self._add_row(len(self.slopes) - 1)

    def lately(self, count: int) -> list[int]:
        """Return the numbers of the cuts that bounded something last."""
        order = np.argsort(-np.array(self._used), kind="stable")
        return sorted(order[:count].tolist())

    def solve(self, allowed: Flags) -> Priced | None:
        """Return the bound of a part of the table; None if no choice from it keeps the rows.

        Parameters
        ----------
        allowed : ndarray of bool, shape (n_columns,)
            The part; at least one column of every group.

        Raises
        ------
        OutOfEffortError
            The effort is over, or the program could not be solved.
        """
        if self._kept is None or len(self._inside) > MOST_CUTS:
            self._build()
        answer = self._answer(allowed)
        if answer.status == "stopped":
            # Once in a thousand the simplex loses its way from the last basis.
            self._build()
            answer = self._answer(allowed)
        if answer.status == "infeasible":
            return None
        if answer.values is None:
            raise OutOfEffortError
        self.effort.spend(PRICING * len(allowed) * (1 + len(self._inside)))
        return self._priced(answer.values, np.maximum(answer.row_duals, 0.0), allowed)

    def _answer(self, allowed: Flags) -> Answer:
        if self.effort.is_over() or self._kept is None:
            raise OutOfEffortError
        self._kept.set_upper(self._places, np.where(allowed, INFINITE, 0.0))
        self._runs += 1
        return self._kept.run(self.effort)

    def _priced(self, values: Floats, duals: Floats, allowed: Flags) -> Priced:
        table, worth = self.table, self.units.worth
        at = table.n_groups
        parts: list[float] = []
        reduced = self._base.copy()
        if table.budget_cents is not None:
            per_cent = float(duals[at]) * worth / self.units.money
            reduced -= per_cent * table.cents
            parts.append(per_cent * table.budget_cents)
            at += 1
        n_rows = len(table.limit)
        per_row = duals[at : at + n_rows] * worth / self.units.row
        reduced -= per_row @ table.rows
        parts.append(float(per_row @ table.limit))
        per_cut = duals[at + n_rows :]
        total = float(per_cut.sum())
        even = np.full(len(per_cut), self.tail / len(per_cut))
        per_cut = per_cut * (self.tail / total) if total > 0 else even
        for number, share in zip(self._inside, per_cut.tolist(), strict=True):
            if share > 0:
                reduced += share * self.slopes[number]
                parts.append(share * self.constants[number])
                self._used[number] = self._runs
        inside = np.where(allowed, reduced, -np.inf)
        best = np.maximum.reduceat(inside, table.first[:-1])
        return Priced(
            bound=float(np.sum(parts) + best.sum()),
            losses=best[table.group] - inside,
            shares=np.clip(values[self._places], 0.0, 1.0),
            claimed=float(values[self._t]) * worth,
        )

    def _build(self) -> None:
        """Write the program anew with the cuts that matter."""
        table, lp = self.table, pulp.LpProblem("part", pulp.LpMaximize)
        take = lp.add_variable_matrix("take[%s]", [str(n) for n in range(len(table.mean))], 0, None)
        tail = lp.add_variable("tail")
        objective = list(zip(take, (self._base / self.units.worth).tolist(), strict=True))
        lp.setObjective(pulp.lpSum_vars_coefs([*objective, (tail, self.tail)]))
        for group in range(table.n_groups):
            own = take[table.first[group] : table.first[group + 1]]
            pairs = [(variable, 1.0) for variable in own]
            lp.addConstraint(pulp.lpSum_vars_coefs(pairs) == 1.0, f"one[{group}]")
        self._kept = kept = Kept(lp, whole=False)
        self._places, self._t = kept.places(take), int(kept.places([tail])[0])
        if table.budget_cents is not None:
            unit = self.units.money
            kept.add_row(self._places, table.cents / unit, table.budget_cents / unit)
        for row, limit, unit in zip(table.rows, table.limit, self.units.row, strict=True):
            kept.add_row(self._places, row / unit, float(limit / unit))
        self._forget()
        self._inside = self.lately(KEPT_CUTS)
        for number in self._inside:
            self._add_row(number)

    def _forget(self) -> None:
        kept = self.lately(REMEMBERED)
        self.slopes = [self.slopes[number] for number in kept]
        self.constants = [self.constants[number] for number in kept]
        self._used = [self._used[number] for number in kept]

    def _add_row(self, number: int) -> None:
        if self._kept is None:
            return
        columns = np.concatenate([[self._t], self._places])
        values = np.concatenate([[1.0], -self.slopes[number] / self.units.worth])
        self._kept.add_row(columns, values, self.constants[number] / self.units.worth)
