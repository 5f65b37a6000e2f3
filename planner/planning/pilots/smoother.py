r"""What is expected of anything, given what a run shows? Regression on the joint draws.

The conditional mean of a worth given measurements is a function of them; it is fitted by least
squares on natural cubic splines, over the draws there are (Strong, Oakley & Brennan 2014). The fit
is linear in the worth, so that one small matrix for each run serves every option of the portfolio:

.. math:: E[W_o | y_q] = \sum_k B_{qk} \sum_s F_{ks} W_{os}

with :math:`B` the mean basis of the draws in cell :math:`q` and :math:`F` the pseudo-inverse of the
basis. Means over cells, rather than a value at one point of each, make the means after the run
average to the mean before it exactly: knowing more is never worth less than nothing by rounding.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from planner.domain.arrays import Floats, Rows

__all__ = ["equal_cells", "natural_basis", "run_basis", "spline_basis"]

KNOTS = 12
"""Of one run's spline: with the constant as many columns, and one more for a step.

Chances fall from near 1 to near 0 within a factor of two of measured error; with seven knots they
are up to .2 from what the update with the run says there, with twelve up to .06.
"""
LEAST_SHARE = 0.01
"""Of the draws on either side of a step for which it has a column of its own."""


def natural_basis(values: Floats, knots: Floats) -> Floats:
    """Return natural cubic splines without the constant, shape (n, len(knots) - 1).

    Cubic between the knots, straight beyond the first and the last (Hastie, Tibshirani & Friedman
    2009, 5.4), so that few extreme outcomes do not bend the ends.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Anything.
    knots : ndarray of shape (n_knots,)
        Rising, at least two.
    """
    scale = knots[-1] - knots[0]
    at, knots = (values - knots[0]) / scale, (knots - knots[0]) / scale
    cubes = np.maximum(at[:, None] - knots, 0.0) ** 3
    bends = (cubes[:, :-1] - cubes[:, -1:]) / (knots[-1] - knots[:-1])
    return np.column_stack([at, bends[:, :-1] - bends[:, -1:]])


def run_basis(measured: Floats, step: float | None = None, blur: float = 0.0) -> Floats:
    """Return what an expectation may depend on, given one run: columns without the constant.

    Parameters
    ----------
    measured : ndarray of shape (n_draws,)
        Log error that the run shows in each draw.
    step : float, optional
        Log error of the target: a delivery on the very images of the run succeeds below it and
        fails above, which no smooth function follows.
    blur : float, default=0
        Standard deviation of what is measured there: how far the step is smeared.
    """
    levels = np.unique(measured)
    if len(levels) <= KNOTS:  # few outcomes: each has a mean of its own
        return np.equal(measured[:, None], levels[1:]).astype(np.float64)
    knots = np.unique(np.quantile(measured, np.linspace(0.02, 0.98, KNOTS)))
    columns = measured[:, None] - measured.mean()
    if len(knots) > 1:
        columns = natural_basis(measured, knots)
    if step is not None:
        below = measured <= step
        if LEAST_SHARE <= below.mean() <= 1.0 - LEAST_SHARE:
            met = ndtr((step - measured) / blur) if blur > 0.0 else below
            columns = np.column_stack([columns, met])
    return columns


def spline_basis(runs: Sequence[Floats]) -> Floats:
    """Return the constant and the columns of all runs side by side, shape (n_draws, n_columns).

    Effects of several runs add up. What they say together beyond that is left out, so that worth
    is understated rather than found in the noise of the draws.
    """
    return np.column_stack([np.ones(len(runs[0])), *runs])


def equal_cells(measured: Floats, n_cells: int) -> Rows:
    """Return the cell of each draw, 0 for the least measured: as many draws in each as can be.

    Equal measurements fall into one cell.
    """
    _, back, counts = np.unique(measured, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - 0.5 * (counts + 1)
    cell = np.floor(middle * n_cells / len(measured)).astype(np.int64)
    return np.asarray(np.unique(cell, return_inverse=True)[1][back], dtype=np.int64)
