"""The HiGHS object that PuLP built, kept and extended: the only place that talks to it.

PuLP writes the model once; each round then adds rows or columns to the solver's own copy and runs
it again from the last basis. One thread, a fixed seed and counted work, so that the same model
gives the same answer; its clock ends a run only where a time limit was asked for.
"""

import math
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import pulp

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.effort import Effort
from planner.solving.highs_options import QuietHiGHS, searched, set_seconds

AGREEING = 1e-6
"""Relative difference of two sums of the same numbers."""
INFINITE = float("inf")
DECIDED = ("Optimal", "Infeasible", "TimeLimit")
NO_SEEKING = {
    "mip_heuristic_effort": 0.0,
    "mip_allow_restart": False,
    "mip_detect_symmetry": False,
    "mip_heuristic_run_feasibility_jump": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""Four fifths of the time of a small search with a known plan went into these."""
RUN, ENTRY = 4e5, 30.0
"""Work of starting a linear program again, and more for each of its entries."""
PIVOT, PIVOT_LINE = 2e4, 45.0
"""Work of a pivot, and more for each row and column."""
MOST_PIVOTS = 50
"""For each row and column; a simplex that takes more has lost its way."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS says about a model.

    Attributes
    ----------
    status : str
        ``optimal``, ``infeasible`` or ``stopped``.
    values : ndarray of float64 or None
        Of every column; None where there is no solution.
    row_duals : ndarray of float64
        At least 0 where they have the right sign for ``≤`` under a maximum; linear models only.
    objective : float
        In the model's units.
    bound : float
        The proven upper bound of an integer model, in the model's units; inf if none.
    seen : tuple of ndarray
        Values of every column, for each solution that an integer search came by.
    """

    status: str
    values: Floats | None
    row_duals: Floats
    objective: float
    bound: float
    seen: tuple[Floats, ...] = ()


class Kept:
    """A HiGHS object that lives as long as its model.

    Parameters
    ----------
    problem : pulp.LpProblem
        What it starts from.
    whole : bool
        Whether integers are required.
    seek : bool, default=True
        Whether an integer search looks for plans beside proving bounds; not worth its time where
        a good plan is known.
    """

    def __init__(self, problem: pulp.LpProblem, *, whole: bool, seek: bool = True) -> None:
        solver = QuietHiGHS(
            mip=whole,
            msg=False,
            gapAbs=0.0,
            threads=1,
            parallel="off",
            random_seed=0,
        )
        solver.createAndConfigureSolver(problem)
        solver.buildSolverModel(problem)
        highs: Any = problem.solverModel
        self._highs = highs
        self._whole, self._seek = whole, seek
        self._place = {v.id: place for place, v in enumerate(problem.exported_variables())}
        if whole:
            highs.setOptionValue("mip_improving_solution_save", True)
        if whole and not seek:
            for option, value in NO_SEEKING.items():
                highs.setOptionValue(option, value)
        if not whole:
            # Presolve would throw the basis away.
            highs.setOptionValue("presolve", "off")
            highs.setOptionValue("solver", "simplex")

    @property
    def n_columns(self) -> int:
        """Columns so far."""
        return int(self._highs.getNumCol())

    @property
    def n_rows(self) -> int:
        """Rows so far."""
        return int(self._highs.getNumRow())

    def places(self, variables: list[pulp.LpVariable]) -> Rows:
        """Return the column of each variable; −1 for one that no row or objective uses."""
        return np.array([self._place.get(v.id, -1) for v in variables], dtype=np.int64)

    def set_gap(self, gap: float) -> None:
        """Set the relative gap at which an integer search may stop."""
        self._highs.setOptionValue("mip_rel_gap", gap)

    def run(self, effort: Effort, *, start: Floats | None = None) -> Answer:
        """Solve, and count the work."""
        highs = self._highs
        if start is not None:
            every = np.arange(len(start), dtype=np.int32)
            highs.setSolution(len(start), every, start)
        seen = searched(highs, effort, seek=self._seek) if self._whole else self._ran(effort)
        if self._whole and start is not None and not self._agrees():
            seen += self._without_start(effort)
        status = self._status
        info = highs.getInfo()
        solution = highs.getSolution()
        has_values = status == "Optimal" or (
            self._whole
            and abs(float(info.objective_function_value)) < INFINITE
            and info.primal_solution_status == 2
        )
        kind = {"Optimal": "optimal", "Infeasible": "infeasible"}.get(status, "stopped")
        return Answer(
            status=kind,
            values=np.array(solution.col_value) if has_values else None,
            row_duals=np.array(solution.row_dual),
            objective=float(info.objective_function_value),
            bound=float(info.mip_dual_bound) if self._whole else INFINITE,
            seen=seen,
        )

    def _agrees(self) -> bool:
        """Whether the objective that HiGHS tells is that of the solution it gives."""
        told = float(self._highs.getInfo().objective_function_value)
        values = np.array(self._highs.getSolution().col_value)
        if abs(told) >= INFINITE or len(values) == 0:
            return True
        given = float(np.array(self._highs.getLp().col_cost_) @ values)
        return math.isclose(told, given, rel_tol=AGREEING, abs_tol=AGREEING)

    def _without_start(self, effort: Effort) -> tuple[Floats, ...]:
        """Search again from nothing.

        From a start and with presolve, HiGHS 1.16 can end with the worth of a solution that keeps
        no row, beside another one's values.
        """
        self._highs.clearSolver()
        self._highs.setOptionValue("presolve", "off")
        seen = searched(self._highs, effort, seek=self._seek)
        self._highs.setOptionValue("presolve", "choose")
        return seen

    def _ran(self, effort: Effort) -> tuple[Floats, ...]:
        """Solve the linear program from the last basis, or anew where that leads astray."""
        highs, lines = self._highs, self.n_rows + self.n_columns
        highs.setOptionValue("simplex_iteration_limit", MOST_PIVOTS * lines)
        for again in (False, True):
            if again:
                # Once in a thousand the simplex loses its way from the last basis.
                highs.clearSolver()
            set_seconds(highs, effort)
            highs.run()
            pivots = max(0, int(highs.getInfo().simplex_iteration_count))
            entries = int(highs.getNumNz())
            effort.spend(RUN + ENTRY * entries + pivots * (PIVOT + PIVOT_LINE * lines))
            if self._status in DECIDED:
                break
        return ()

    @property
    def _status(self) -> str:
        """Return what HiGHS calls the outcome of the last run."""
        return str(self._highs.getModelStatus()).rpartition(".k")[2]

    def start_from(self, basic: Rows, tight: Rows) -> None:
        """Begin at a corner: these columns in the basis, these rows at their limits, no others."""
        at = highspy.HighsBasisStatus
        basis = highspy.HighsBasis()
        columns, rows = [at.kLower] * self.n_columns, [at.kBasic] * self.n_rows
        for column in basic.tolist():
            columns[column] = at.kBasic
        for row in tight.tolist():
            rows[row] = at.kUpper
        basis.col_status, basis.row_status, basis.valid = columns, rows, True
        self._highs.setBasis(basis)

    def add_columns(self, cost: Floats, starts: Rows, rows: Rows, values: Floats) -> None:
        """Add columns with bounds [0, ∞), each a run of ``rows`` and ``values``."""
        count = len(cost)
        self._highs.addCols(
            count,
            cost,
            np.zeros(count),
            np.full(count, INFINITE),
            len(rows),
            starts.astype(np.int32),
            rows.astype(np.int32),
            values,
        )

    def add_row(self, columns: Rows, values: Floats, limit: float) -> None:
        """Add ``values · x[columns] ≤ limit``."""
        kept = values != 0
        self._highs.addRow(
            -INFINITE, limit, int(kept.sum()), columns[kept].astype(np.int32), values[kept]
        )

    def set_costs(self, columns: Rows, costs: Floats) -> None:
        """Change the objective."""
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), costs)

    def set_upper(self, columns: Rows, upper: Floats) -> None:
        """Change upper bounds; lower bounds are 0."""
        zeros = np.zeros(len(columns))
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), zeros, upper)

    def set_bounds(self, columns: Rows, lower: Floats, upper: Floats) -> None:
        """Change both bounds of columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def set_equal(self, rows: Rows, equal: Flags, limit: float) -> None:
        """Demand of rows that they are at a limit, or only that they do not exceed it."""
        for row, exact in zip(rows.tolist(), equal.tolist(), strict=True):
            self._highs.changeRowBounds(row, limit if exact else -INFINITE, limit)

    def drop_rows(self, rows: Rows) -> None:
        """Forget rows; later ones move up. The basis stays if they bound nothing."""
        self._highs.deleteRows(len(rows), rows.astype(np.int32))

    def set_limit(self, row: int, limit: float) -> None:
        """Change the right-hand side of a row."""
        self._highs.changeRowBounds(row, -INFINITE, limit)
