r"""What a run may show, how likely each outcome is, and what is then expected.

Outcomes are cells of a measurement, smoothed over the joint draws. Means after all outcomes average
to the mean before: :math:`\sum_q p_q E[W | q] = E[W]`.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.planning.pilots.smoother import equal_cells, run_basis, spline_basis

__all__ = ["Evidence", "fitted", "smoothed"]

N_CELLS = 33
"""Outcomes of one run: equally likely cells."""
OPTIONS_AT_ONCE, ROWS_AT_ONCE = 16, 256
"""Products so small stay on one thread, where several would wait for each other."""
LEAST_RANK = 1e-8


@dataclass(frozen=True, eq=False)
class Evidence:
    """Outcomes of one run, or of several together.

    Attributes
    ----------
    chance : ndarray of shape (n_outcomes,)
        Of each outcome; they sum to 1.
    mean_basis : ndarray of shape (n_outcomes, n_columns)
        What the fit is read at, averaged over each outcome.
    fit : ndarray of shape (n_columns, n_draws)
        From worth in every draw to the coefficients of the fit.
    cell : ndarray of int64, shape (n_draws,), or None
        Outcome that each draw belongs to; None where a draw allows several.
    """

    chance: Floats
    mean_basis: Floats
    fit: Floats
    cell: Rows | None = None

    def __len__(self) -> int:
        return len(self.chance)

    def means(self, worth_draws: Floats) -> Floats:
        """Return the mean worth of options after each outcome, shape (n_outcomes, n_options).

        Parameters
        ----------
        worth_draws : ndarray of shape (n_options, n_draws)
            Worth in every joint draw.
        """
        parts = [
            self.mean_basis @ (self.fit @ worth_draws[first : first + OPTIONS_AT_ONCE].T)
            for first in range(0, len(worth_draws), OPTIONS_AT_ONCE)
        ]
        return np.concatenate([np.zeros((len(self), 0)), *parts], axis=1)


def smoothed(
    measured: Floats,
    *,
    step: float | None = None,
    blur: float = 0.0,
    n_cells: int = N_CELLS,
) -> Evidence:
    """Return the evidence of one run from its measurement in each draw.

    Parameters
    ----------
    measured : ndarray of shape (n_draws,)
        Log error that the run shows.
    step : float, optional
        Log error of the target.
    blur : float, default=0
        Standard deviation of what is measured there.
    n_cells : int, default=33
        Outcomes, equally likely.
    """
    basis = spline_basis([run_basis(measured, step, blur)])
    return fitted(basis, equal_cells(measured, n_cells))


def fitted(basis: Floats, cell: Rows) -> Evidence:
    """Return what is expected after each outcome, by least squares on a basis.

    Parameters
    ----------
    basis : ndarray of shape (n_draws, n_columns)
        From :func:`planner.planning.pilots.smoother.spline_basis`.
    cell : ndarray of int64, shape (n_draws,)
        Outcome of each draw, numbered from 0 without gaps.
    """
    counts = np.bincount(cell)
    order = np.argsort(cell, kind="stable")
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sums = np.add.reduceat(basis[order], starts, axis=0)
    return Evidence(
        chance=counts / len(cell),
        mean_basis=sums / counts[:, None],
        fit=_inverse(basis),
        cell=cell,
    )


def _inverse(basis: Floats) -> Floats:
    """Return the pseudo-inverse of a tall matrix; by the triangle of its QR where it has full rank.

    The triangle is found from those of blocks of rows: small enough to stay on one thread.
    """
    blocks = np.array_split(basis, max(1, len(basis) // ROWS_AT_ONCE))
    r = np.linalg.qr(np.concatenate([np.linalg.qr(part, mode="r") for part in blocks]), mode="r")
    size = np.abs(np.diag(r))
    if len(r) < basis.shape[1] or size.min() < LEAST_RANK * size.max():
        return np.asarray(np.linalg.pinv(basis))
    return np.asarray(np.linalg.solve(r, np.linalg.solve(r.T, basis.T)))
