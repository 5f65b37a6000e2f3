"""How HiGHS is called: one thread and a fixed seed, so that the same model gives the same plan."""

import pulp

from planner._stdout import unreachable_stdout

SMALLEST_TIME_LIMIT_S = 1e-3


class QuietHiGHS(pulp.HiGHS):
    """HiGHS as PuLP calls it, but for what its object prints while it is made."""

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        """Make the object; standard output is the answer's, not the library's."""
        with unreachable_stdout():
            super().createAndConfigureSolver(lp)


def highs(*, gap: float, time_limit_s: float, mip: bool = True) -> pulp.HiGHS:
    """Return the solver as every model here is solved.

    Parameters
    ----------
    gap : float
        Relative gap at which an integer search may stop.
    time_limit_s : float
        Seconds.
    mip : bool, default=True
        False solves the linear relaxation.
    """
    return QuietHiGHS(
        mip=mip,
        msg=False,
        gapRel=gap,
        gapAbs=0.0,  # the default would end small searches on an absolute difference
        timeLimit=max(time_limit_s, SMALLEST_TIME_LIMIT_S),
        threads=1,
        parallel="off",
        random_seed=0,
    )
