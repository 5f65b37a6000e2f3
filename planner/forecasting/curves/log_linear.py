"""The published error curve: log10 error is linear in log10 images.

Eq. 1 of Thompson et al. (AAAI/IAAI 2024)::

    log10 e(n) = b0 + b1·log10 n + b2·pretrained·log10 n + b3·RC + b4·Type + σ·z

with one residual ``z`` per draw and project. There is no architecture term.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.domain.unseen_classes import UnseenClasses
from planner.domain.vocabulary import Task
from planner.forecasting.luck import Luck
from planner.forecasting.spread import SpreadSources
from planner.forecasting.starts import unseen_classes

LN10 = math.log(10.0)


@dataclass(frozen=True, eq=False)
class LogLinearCurve:
    """One straight line in log-log scale per draw, residual included.

    Attributes
    ----------
    level : ndarray of shape (n_draws,)
        log10 error at one image, residual included.
    slope : ndarray of shape (n_draws,)
        Change of log10 error per decade of images; where it is not negative the error never falls.
    majority_guess : float
        Which no error exceeds.
    unseen : UnseenClasses or None
        What images that show too few classes leave wrong.
    """

    level: Floats
    slope: Floats
    majority_guess: float
    unseen: UnseenClasses | None = None

    @property
    def log10_ceiling(self) -> float:
        """log10 of the majority guess."""
        return math.log10(self.majority_guess)

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return errors, shape (n_rows, n_images); below one image the majority guess."""
        at_least_one = images >= 1
        decades = np.log10(np.where(at_least_one, images, 1.0))
        error = self.level[rows, None] + self.slope[rows, None] * decades
        np.minimum(error, self.log10_ceiling, out=error)
        error *= LN10
        np.exp(error, out=error)
        np.minimum(error, self.majority_guess, out=error)
        if self.unseen is not None:
            least = self.unseen.least_error(images)
            np.maximum(error, np.minimum(least, self.majority_guess), out=error)
        error[:, ~at_least_one] = self.majority_guess
        return error

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return where the error meets a target, shape (n_images, n_rows)."""
        return np.asarray(np.less_equal(self.error(images, rows).T, error_target))

    def data_needed(
        self,
        error_target: float,
        rows: slice = slice(None),
        about: float | None = None,  # noqa: ARG002 - exact anyway
    ) -> Floats:
        """Return total images at which the realised error meets the target, shape (n_rows,).

        At least 1; infinite where the error never falls to the target; 0 where the majority guess
        already meets it.
        """
        level, slope = self.level[rows], self.slope[rows]
        if error_target >= self.majority_guess:
            return np.zeros_like(level)
        falls = slope < 0
        decades = np.full_like(level, np.inf)
        np.divide(np.log10(error_target) - level, slope, out=decades, where=falls)
        with np.errstate(over="ignore"):  # beyond 1e308 images is as good as never
            needed = np.where(falls, np.power(10.0, np.maximum(decades, 0.0)), np.inf)
        shown = 1.0 if self.unseen is None else self.unseen.images_for(error_target)
        return np.maximum(needed, shown)


@dataclass(frozen=True, eq=False)
class LogLinearCurves:
    """What the published model says about one project: the same for every architecture.

    Attributes
    ----------
    posterior : Posterior
        Joint draws of the five coefficients and ``sigma``.
    project : Project
        Supplies relative complexity, task, pretraining and the majority guess.
    luck : Luck
        Of the project.
    """

    posterior: Posterior
    project: Project
    luck: Luck

    @cached_property
    def curve(self) -> LogLinearCurve:
        """The project's curve, residual included."""
        return LogLinearCurve(
            self._level + self._residual,
            self._slope,
            self.project.majority_guess_error,
            unseen_classes(self.project),
        )

    def spread_sources(self, images: float) -> SpreadSources:
        """Return where the width comes from: the coefficients or the residual."""
        mean_level, mean_slope = self._level.mean(), self._slope.mean()

        def log10_error(level: Floats, slope: Floats) -> Floats:
            curve = LogLinearCurve(level, slope, self.project.majority_guess_error)
            return np.log10(curve.error(np.array([images]), slice(None))[:, 0])

        flat = np.full_like(self._slope, mean_slope)
        return SpreadSources.from_variances(
            images,
            coefficients=float(np.var(log10_error(self._level, self._slope))),
            residual=float(np.var(log10_error(mean_level + self._residual, flat))),
        )

    @cached_property
    def _level(self) -> Floats:
        draws = self.posterior.draws
        return np.asarray(
            draws["intercept"]
            + draws["relative_complexity"] * self.project.relative_complexity
            + draws["type"] * float(self.project.task is Task.SEGMENTATION)
        )

    @cached_property
    def _residual(self) -> Floats:
        return self.posterior.draws["sigma"] * self.luck.normals("residual", stratified=True)

    @cached_property
    def _slope(self) -> Floats:
        draws = self.posterior.draws
        extra = draws["pretrained_log10_images"] * float(self.project.pretrained)
        return np.asarray(draws["log10_images"] + extra)
