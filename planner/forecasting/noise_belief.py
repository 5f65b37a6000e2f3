"""What do many runs say of their own noise, and of how far their curve strays from its shape?

Each draw comes with a repeat noise and a size of the discrepancy. A few runs weigh the draws; many
runs know both far better than any draw happens to have them, and no draw would be left. Then both
are proposed anew: from a grid over them that zooms in on where the runs put them, with a share from
the prior, so that weights stay bounded. The grid is a proposal only and weights are exact, but for
one thing: before the runs, noise is taken as log-normal and independent of all else in a draw (in
the shipped model no correlation of its logarithm with a coefficient exceeds .05).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.domain.arrays import Floats

_CELLS = 16
_ROUNDS = 8
_WIDEST = 10.0  # prior standard deviations of log noise that the first grid spans to either side
_NEGLIGIBLE = 14.0  # below the largest log density
_FROM_PRIOR = 0.1


@dataclass(frozen=True)
class _Axis:
    """Equal cells between two ends; a known quantity is one cell without width."""

    low: float
    high: float
    least: float
    most: float

    @property
    def cells(self) -> int:
        """Number of cells."""
        return _CELLS if self.high > self.low else 1

    @property
    def width(self) -> float:
        """Of a cell; 1 for what is known, so that its density is 1."""
        return (self.high - self.low) / _CELLS or 1.0

    @property
    def centres(self) -> Floats:
        """Middle of each cell."""
        return self.low + (np.arange(self.cells) + 0.5) * (self.high - self.low) / self.cells

    def zoomed(self, is_likely: NDArray[np.bool_]) -> "_Axis":
        """Return the axis about its likely cells, with one more at either side."""
        if self.cells == 1:
            return self
        at = np.flatnonzero(is_likely)
        low = max(self.least, self.low + (int(at[0]) - 1) * self.width)
        high = min(self.most, self.low + (int(at[-1]) + 2) * self.width)
        return replace(self, low=low, high=high)


@dataclass(frozen=True, eq=False)
class NoiseBelief:
    """Where the runs put log noise, and the size of the discrepancy as a share of sizes below it.

    Attributes
    ----------
    mean, sd : float
        Of log noise before the runs.
    mass : ndarray of shape (n_noise, n_sizes)
        Of each cell; sums to 1.
    """

    mean: float
    sd: float
    noise: _Axis
    size: _Axis
    mass: Floats

    @classmethod
    def learn(
        cls, sigma: Floats, *, has_sizes: bool, log_evidence: Callable[[Floats, Floats], Floats]
    ) -> "NoiseBelief":
        """Zoom in on what the runs say.

        Parameters
        ----------
        sigma : ndarray of shape (n_draws,)
            Noise of the draws.
        has_sizes : bool
            Whether projects differ in the size of their discrepancy.
        log_evidence : callable
            From noise and shares, each of shape (n,), to the log likelihood of the runs.
        """
        logs = np.log(sigma)
        mean, sd = float(logs.mean()), float(logs.std())
        sd = sd if sd > 1e-9 else 0.0
        span = _WIDEST * sd
        noise = _Axis(mean - span, mean + span, mean - span, mean + span)
        size = _Axis(0.0, 1.0, 0.0, 1.0) if has_sizes else _Axis(0.5, 0.5, 0.5, 0.5)
        belief = cls(mean, sd, noise, size, np.ones((1, 1)))
        for _ in range(_ROUNDS):
            belief = belief.weighed(log_evidence)
            likely = belief.mass > math.exp(-_NEGLIGIBLE) * belief.mass.max()
            noise = belief.noise.zoomed(likely.any(axis=1))
            size = belief.size.zoomed(likely.any(axis=0))
            if (noise, size) == (belief.noise, belief.size):
                break
            belief = replace(belief, noise=noise, size=size)
        return belief.weighed(log_evidence)

    def weighed(self, log_evidence: Callable[[Floats, Floats], Floats]) -> "NoiseBelief":
        """Return the belief with the mass of its cells as the runs have it."""
        logs, shares = np.meshgrid(self.noise.centres, self.size.centres, indexing="ij")
        log_mass = log_evidence(np.exp(logs).ravel(), shares.ravel()).reshape(logs.shape)
        log_mass = log_mass + self._log_prior(logs)
        mass = np.exp(log_mass - log_mass.max())
        return replace(self, mass=mass / mass.sum())

    def _log_prior(self, logs: Floats) -> Floats:
        """Return the log density of log noise before the runs; shares are uniform."""
        if self.sd == 0.0:
            return np.zeros_like(logs)
        standard = (logs - self.mean) / self.sd
        return np.asarray(-0.5 * standard**2 - math.log(self.sd * math.sqrt(2.0 * math.pi)))

    def draw(self, generator: np.random.Generator, n_draws: int) -> tuple[Floats, Floats, Floats]:
        """Return noise, normal deviates of sizes, and log prior over proposal, each (n_draws,)."""
        cell = np.searchsorted(np.cumsum(self.mass), generator.random(n_draws))
        row, column = np.divmod(np.minimum(cell, self.mass.size - 1), self.size.cells)
        within = generator.random((2, n_draws)) - 0.5
        logs = self.noise.centres[row] + within[0] * self.noise.width * (self.sd > 0.0)
        shares = self.size.centres[column] + within[1] * self.size.width * (self.size.cells > 1)
        is_prior = generator.random(n_draws) < _FROM_PRIOR
        plain, uniform = generator.standard_normal(n_draws), generator.random(n_draws)
        logs = np.where(is_prior, self.mean + self.sd * plain, logs)
        shares = np.where(is_prior & (self.size.cells > 1), uniform, shares)
        log_prior = self._log_prior(logs)
        proposed = (1.0 - _FROM_PRIOR) * self._density(logs, shares)
        proposed += _FROM_PRIOR * np.exp(log_prior)
        return np.exp(logs), np.asarray(ndtri(shares)), log_prior - np.log(proposed)

    def _density(self, logs: Floats, shares: Floats) -> Floats:
        """Return the density of the grid."""
        row, in_noise = _cells(self.noise, logs)
        column, in_size = _cells(self.size, shares)
        return self.mass[row, column] / (self.noise.width * self.size.width) * in_noise * in_size


def _cells(axis: _Axis, values: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the cell of each value, and whether it lies in one at all."""
    if axis.cells == 1:
        return np.zeros(len(values), np.intp), np.ones(len(values), np.bool_)
    position = (values - axis.low) / axis.width
    inside = (position >= 0.0) & (position < axis.cells)
    return np.clip(position.astype(np.intp), 0, axis.cells - 1), inside
