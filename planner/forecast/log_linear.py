"""The published error curve: log10 error is linear in log10 images.

Eq. 1 of Thompson et al. (AAAI/IAAI 2024)::

    log10 e(n) = b0 + b1·log10 n + b2·pretrained·log10 n + b3·RC + b4·Type + σ·z

with one residual ``z`` per draw and project. There is no architecture term.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.posterior import Posterior
from planner.domain.project import Project
from planner.domain.vocabulary import Task

type Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LogLinearCurve:
    """One straight line in log-log scale per draw, residual included.

    Attributes
    ----------
    level : ndarray of shape (n_draws,)
        log10 error at one image, residual included.
    slope : ndarray of shape (n_draws,)
        Change of log10 error per decade of images; where it is not negative the error never falls.
    log10_ceiling : float
        log10 of the majority guess, which no error exceeds.
    """

    level: Array
    slope: Array
    log10_ceiling: float

    def log10_error(self, images: Array, rows: slice) -> Array:
        """Return log10 error, shape (n_rows, n_images); below one image the majority guess."""
        at_least_one = images >= 1
        decades = np.log10(np.where(at_least_one, images, 1.0))
        error = self.level[rows, None] + self.slope[rows, None] * decades
        np.minimum(error, self.log10_ceiling, out=error)
        error[:, ~at_least_one] = self.log10_ceiling
        return error

    def data_needed(self, error_target: float) -> Array:
        """Return total images at which the realised error meets the target, shape (n_draws,).

        At least 1; infinite where the error never falls to the target; 0 where the majority guess
        already meets it.
        """
        log10_target = np.log10(error_target)
        if log10_target >= self.log10_ceiling:
            return np.zeros_like(self.level)
        falls = self.slope < 0
        decades = np.full_like(self.level, np.inf)
        np.divide(log10_target - self.level, self.slope, out=decades, where=falls)
        with np.errstate(over="ignore"):  # beyond 1e308 images is as good as never
            return np.where(falls, np.power(10.0, np.maximum(decades, 0.0)), np.inf)


def log_linear_curve(project: Project, posterior: Posterior, residual: Array) -> LogLinearCurve:
    """Return the project's curve under the published model.

    Parameters
    ----------
    project : Project
        Supplies relative complexity, task, pretraining and the majority guess.
    posterior : Posterior
        Joint draws of the five coefficients and ``sigma``.
    residual : ndarray of shape (n_draws,)
        Standard normal luck of the project.
    """
    draws = posterior.draws
    segmentation = float(project.task is Task.SEGMENTATION)
    level = (
        draws["intercept"]
        + draws["relative_complexity"] * project.relative_complexity
        + draws["type"] * segmentation
        + draws["sigma"] * residual
    )
    slope = draws["log10_images"] + draws["pretrained_log10_images"] * float(project.pretrained)
    return LogLinearCurve(level, slope, float(np.log10(project.majority_guess_error)))
