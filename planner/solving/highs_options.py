"""How HiGHS is called: the same model gives the same plan on any machine.

One thread, a fixed seed and counted work; its clock ends a search only where somebody asked for a
time limit.
"""

import math
from typing import Any

import numpy as np
import pulp

from planner._stdout import unreachable_stdout
from planner.domain.arrays import Floats
from planner.offering.effort import Effort

__all__ = ["QuietHiGHS", "highs", "integer_work", "searched", "set_seconds"]


SMALLEST_TIME_LIMIT_S = 1e-3
READING = 500.0
"""Work for each entry of an integer model before its search begins."""
PIVOT, PIVOT_ENTRY, SEEKING_ENTRY = 1.5e5, 0.5, 12.0
"""Work of a pivot of an integer search, and more for each entry of the model.

The last where plans are looked for beside the bound: pivots of those searches are not told.
"""
FIRST_NODES, MORE_NODES = 20, 4
"""Of an integer search at first, and so many times more as long as they do not settle it."""


class QuietHiGHS(pulp.HiGHS):
    """HiGHS as PuLP calls it, but for what its object prints while it is made.

    With an ``effort`` an integer search counts its work, and ends where that does.
    """

    effort: Effort | None = None

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        """Make the object; standard output is the answer's, not the library's."""
        with unreachable_stdout():
            super().createAndConfigureSolver(lp)

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        """Run it."""
        solver: Any = lp.solverModel
        self.seen: tuple[Floats, ...] = ()
        if self.effort is None or not self.mip:
            solver.run()
        else:
            self.seen = searched(solver, self.effort)


def highs(*, gap: float, effort: Effort | None = None) -> QuietHiGHS:
    """Return the solver as every model here is solved.

    Parameters
    ----------
    gap : float
        Relative gap at which an integer search may stop.
    effort : Effort, optional
        Of an integer search; without it the linear relaxation is solved.
    """
    solver = QuietHiGHS(
        mip=effort is not None,
        msg=False,
        gapRel=gap,
        gapAbs=0.0,  # the default would end small searches on an absolute difference
        threads=1,
        parallel="off",
        random_seed=0,
        mip_improving_solution_save=effort is not None,
    )
    solver.effort = effort
    return solver


def searched(solver: Any, effort: Effort, *, seek: bool = True) -> tuple[Floats, ...]:  # noqa: ANN401 - highspy has no types
    """Run an integer search until it is settled or the effort is over.

    HiGHS begins anew each time and tells its work only afterwards, so it gets a few nodes at
    first, then four times as many again and again, as far as the effort pays for them.

    Parameters
    ----------
    solver : highspy.Highs
        With an integer model that saves its improving solutions.
    effort : Effort
        What may be spent.
    seek : bool, default=True
        Whether it looks for plans beside proving bounds.

    Returns
    -------
    tuple of ndarray
        Values of every column, for each solution that the search came by.
    """
    entries, nodes, seen = int(solver.getNumNz()), FIRST_NODES, list[Floats]()
    while True:
        set_seconds(solver, effort)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.run()
        info = solver.getInfo()
        work = integer_work(entries, int(info.simplex_iteration_count), seek=seek)
        effort.spend(work)
        seen += [np.array(one.col_value) for one in solver.getSavedMipSolutions()]
        most = int(min(effort.left * max(1, info.mip_node_count) / work, 2**31 - 1))
        if _status(solver) != "SolutionLimit" or effort.is_over() or most <= nodes:
            return tuple(seen)
        nodes = min(MORE_NODES * nodes, most)


def set_seconds(solver: Any, effort: Effort) -> None:  # noqa: ANN401
    """Set the clock's limit of a run, none by default; HiGHS counts the time of all its runs."""
    seconds = effort.seconds_left()
    if seconds < math.inf:
        seconds = solver.getRunTime() + max(seconds, SMALLEST_TIME_LIMIT_S)
    solver.setOptionValue("time_limit", seconds)


def integer_work(n_entries: int, pivots: int, *, seek: bool = True) -> float:
    """Return the work of an integer search that took so many pivots in all.

    Parameters
    ----------
    n_entries : int
        Numbers in the rows of the model.
    pivots : int
        As HiGHS tells them.
    seek : bool, default=True
        Whether it looked for plans too.
    """
    each = PIVOT + (SEEKING_ENTRY if seek else PIVOT_ENTRY) * n_entries
    return 1.0 + READING * n_entries + max(0, pivots) * each


def _status(solver: Any) -> str:  # noqa: ANN401
    return str(solver.getModelStatus()).rpartition(".k")[2]
