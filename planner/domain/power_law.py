"""A power law through the first points of one learning curve: what people do without a model."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planner.domain.arrays import Floats

DEPARTURE_SD = 0.1
"""How far real curves depart from a power law, in log10 error: the size that the ``transfer``
model assumes. Two or three points cannot tell it themselves."""


@dataclass(frozen=True, eq=False)
class PowerLaw:
    """log10 error = level + slope * log10 images, with the uncertainty of a straight-line fit.

    Attributes
    ----------
    level, slope : float
        By least squares.
    covariance : ndarray of shape (2, 2)
        Of level and slope.
    sd : float
        Of a point about the line.
    """

    level: float
    slope: float
    covariance: Floats
    sd: float

    def predict(self, log10_images: ArrayLike) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of log10 error at new points."""
        x = np.asarray(log10_images, dtype=float)
        design = np.stack([np.ones_like(x), x], axis=-1)
        variance = np.einsum("...i,ij,...j->...", design, self.covariance, design)
        return self.level + self.slope * x, np.sqrt(variance + self.sd**2)

    def draw(self, rng: np.random.Generator, n_draws: int) -> tuple[Floats, Floats, Floats]:
        """Return draws of level, slope and noise, each of shape (n_draws,)."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        shift = rng.standard_normal((n_draws, 2)) @ root.T
        noise = self.sd * rng.standard_normal(n_draws)
        return self.level + shift[:, 0], self.slope + shift[:, 1], noise


def fit_power_law(
    log10_images: ArrayLike, log10_error: ArrayLike, sd: float = DEPARTURE_SD
) -> PowerLaw:
    """Fit a power law to points of one curve by least squares.

    Parameters
    ----------
    log10_images, log10_error : array_like of shape (n,)
        At least two different numbers of images.
    sd : float, default=DEPARTURE_SD
        Of a point about the line, taken as known.

    Raises
    ------
    ValueError
        All points lie at one number of images.

    Examples
    --------
    >>> law = fit_power_law([2.0, 3.0], [-0.3, -0.6])
    >>> round(law.slope, 6), round(law.predict([4.0])[0].item(), 6)
    (-0.3, -0.9)
    """
    x, y = np.asarray(log10_images, dtype=float), np.asarray(log10_error, dtype=float)
    if len(x) < 2 or math.isclose(float(np.ptp(x)), 0.0):
        message = "a power law needs points at two different numbers of images"
        raise ValueError(message)
    design = np.column_stack([np.ones_like(x), x])
    precision = design.T @ design
    level, slope = np.linalg.solve(precision, design.T @ y)
    covariance = sd**2 * np.linalg.inv(precision)
    return PowerLaw(float(level), float(slope), covariance, sd)
