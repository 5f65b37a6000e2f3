"""How far may measured runs lie from their mean curves, all of them together?

A run departs from its curve by the discrepancy there and by noise of its own. Along the images of
one option the discrepancy is an Ornstein-Uhlenbeck path: given its value at one run, later runs
depend on no earlier one. So the Cholesky factor of their covariance is never written out; a Kalman
filter multiplies by its inverse, run by run, in time and memory that grow with their number alone.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Places
from planner.domain.model.specification import Discrepancy
from planner.forecasting.pilots.stacked import spread_axes


@dataclass(frozen=True, eq=False)
class PathNoise:
    """Lower Cholesky factor of the covariance of discrepancy and noise at some runs.

    Attributes
    ----------
    height : ndarray of shape (n_runs,)
        Share of the discrepancy that a run shows.
    keep : ndarray of shape (n_runs,)
        Correlation of the discrepancy with that of the next run; 0 where another option begins.
    root : ndarray of shape (n_runs, n_draws)
        Diagonal of the factor: standard deviation of a run given those before it.
    gain : ndarray of shape (n_runs, n_draws)
        How far a run's surprise moves the path at its number of images.
    """

    height: Floats
    keep: Floats
    root: Floats
    gain: Floats

    @classmethod
    def build(
        cls,
        law: Discrepancy,
        option_of: Places,
        log10_images: Floats,
        height: Floats,
        noise: Floats,
        sizes: Floats | None = None,
    ) -> "PathNoise":
        """Filter variances once; the factor serves every vector of values at the runs.

        Parameters
        ----------
        law : Discrepancy
            As declared.
        option_of : ndarray of int, shape (n_runs,)
            Option of each run; runs of one option stand together, by rising images.
        log10_images, height : ndarray of shape (n_runs,)
            Of each run.
        noise : ndarray of shape (n_runs, n_draws)
            Variance of each run about its curve and its discrepancy.
        sizes : ndarray of shape (n_draws,), or None
            Of the discrepancy, in units of the declared scale.
        """
        keep = np.zeros(len(height))
        same = option_of[1:] == option_of[:-1]
        keep[:-1][same] = np.exp(-np.diff(log10_images)[same] / law.decades)
        before = law.scale**2 * (np.ones(1) if sizes is None else sizes**2)
        root, gain = np.empty_like(noise), np.empty_like(noise)
        path = before + np.zeros_like(noise[0])
        for run, kept in enumerate(keep):
            total = np.maximum(height[run] ** 2 * path + noise[run], np.finfo(np.float64).tiny)
            root[run] = np.sqrt(total)
            gain[run] = height[run] * path / total
            path = kept**2 * path * (noise[run] / total) + before * (1.0 - kept**2)
        return cls(height, keep, root, gain)

    def whiten(self, at_runs: Floats) -> Floats:
        """Return values at the runs, shape (n_runs, ..., n_draws), standard and independent."""
        ndim = at_runs.ndim
        root, gain = spread_axes(self.root, ndim), spread_axes(self.gain, ndim)
        white = np.empty(np.broadcast_shapes(at_runs.shape, root.shape))
        path = np.zeros(white.shape[1:])
        for run, kept in enumerate(self.keep):
            surprise = at_runs[run] - self.height[run] * path
            white[run] = surprise / root[run]
            path = kept * (path + gain[run] * surprise)
        return white

    def solve_transposed(self, white: Floats) -> Floats:
        """Return x with L' x = white, shape (n_runs, ..., n_draws)."""
        ndim = white.ndim
        root, gain = spread_axes(self.root, ndim), spread_axes(self.gain, ndim)
        found = np.empty(np.broadcast_shapes(white.shape, root.shape))
        later = np.zeros(found.shape[1:])
        for run in reversed(range(len(self.keep))):
            ahead = self.keep[run] * later
            found[run] = white[run] / root[run] + gain[run] * ahead
            later = ahead - self.height[run] * found[run]
        return found

    def log_volume(self) -> Floats:
        """Return half of the logarithm of the covariance's determinant, shape (n_draws,)."""
        return np.asarray(np.sum(np.log(self.root), axis=0))
