r"""What a run may show, how likely each outcome is, and what is then expected.

Two ways to the same record: outcomes enumerated with their likelihoods, exact for whatever is
discrete; and cells of a measurement, smoothed over the joint draws. Either way the means after all
outcomes average to the mean before: :math:`\sum_q p_q E[W | q] = E[W]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.planning.pilots.smoother import equal_cells, run_basis, spline_basis

__all__ = ["Evidence", "enumerated", "joint_cells", "smoothed"]

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

    @cached_property
    def weights(self) -> Floats:
        """What each draw counts for after each outcome, shape (n_outcomes, n_draws).

        Rows sum to 1; those of a smoother may be negative.
        """
        return np.asarray(self.mean_basis @ self.fit)

    @property
    def effective_draws(self) -> Floats:
        """Equally weighted draws that each outcome's mean is as sure as (Kish), (n_outcomes,)."""
        return np.asarray(self.weights.sum(axis=1) ** 2 / np.sum(self.weights**2, axis=1))


def enumerated(likelihood: Floats, prior: Floats | None = None) -> Evidence:
    """Return the evidence of a run with finitely many outcomes of known likelihood.

    Parameters
    ----------
    likelihood : ndarray of shape (n_outcomes, n_draws)
        Chance of each outcome in each draw; columns sum to 1.
    prior : ndarray of shape (n_draws,), optional
        Chance of each draw; equally likely without.
    """
    n_draws = likelihood.shape[1]
    known = np.full(n_draws, 1.0 / n_draws) if prior is None else prior
    joint = likelihood * known
    chance = joint.sum(axis=1)
    possible = chance > 0.0
    weights = joint[possible] / chance[possible, None]
    return Evidence(chance[possible], np.eye(len(weights)), weights)


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
    return _fitted(basis, equal_cells(measured, n_cells))


def joint_cells(columns: Sequence[Floats], cell: Rows) -> Evidence:
    """Return the evidence of several runs, from their columns and cells of their joint outcomes.

    Parameters
    ----------
    columns : sequence of ndarray
        Of each run, from :func:`planner.planning.pilots.smoother.run_basis`.
    cell : ndarray of int64, shape (n_draws,)
        Joint outcome of each draw, numbered from 0 without gaps.
    """
    return _fitted(spline_basis(columns), cell)


def _fitted(basis: Floats, cell: Rows) -> Evidence:
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
