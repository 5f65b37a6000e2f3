"""How HiGHS is called: one thread and a fixed seed, so that the same model gives the same plan."""

import pulp

SMALLEST_TIME_LIMIT_S = 1e-3


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
    return pulp.HiGHS(
        mip=mip,
        msg=False,
        gapRel=gap,
        gapAbs=0.0,  # the default would end small searches on an absolute difference
        timeLimit=max(time_limit_s, SMALLEST_TIME_LIMIT_S),
        threads=1,
        parallel="off",
        random_seed=0,
    )
