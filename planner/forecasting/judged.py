r"""What becomes of the error over all images where classes are weighed otherwise?

An assumption, since the model forecasts the error over all images: the error of a class falls with
its own images as the project's does with all,

.. math:: e_j = \alpha n_j^{-b}, \qquad \sum_j p_j e_j = e

with the share :math:`p_j` of a class, the error :math:`e` of a draw and the slope :math:`b` of its
curve there. More images of one class than are met lower its error alone. Balanced
accuracy is 1 less the mean of :math:`e_j`; F1 of the rarest class counts what of it is missed, and
what of all others is taken for it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.in_use.rebalance import Balance
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Metric

if TYPE_CHECKING:
    from planner.forecasting.forecast import ErrorCurve, Forecast

__all__ = ["ClassShares", "class_shares", "judged", "over_all_images"]

MOST_FREQUENCIES = 64
"""Different ones that are told apart; put together they change a measure by some 0.01 %."""
STEEPEST = 10.0
"""Far above the power of any curve; beyond it frequencies would overflow."""
SEARCHED = np.concatenate([[1.0], np.geomspace(2.0, 1e8, 160)])
"""Images among which a need is looked for; between two of them a power law is drawn."""


@dataclass(frozen=True, eq=False)
class ClassShares:
    """How frequent the classes of a task are.

    Attributes
    ----------
    share : ndarray of shape (k,)
        Each frequency that classes have, rising; the first is that of the rarest.
    many : ndarray of shape (k,)
        How many classes have it.
    """

    share: Floats
    many: Floats

    @classmethod
    def of(cls, counts: Sequence[float]) -> "ClassShares":
        """Return those of classes with these numbers of images."""
        known = np.array([count for count in counts if count > 0], dtype=np.float64)
        each, times = np.unique(known / known.max(), return_counts=True)
        share, many = _few(each, times.astype(np.float64))
        return cls(share / float(share @ many), many)

    @property
    def n_classes(self) -> float:
        """How many there are."""
        return float(self.many.sum())

    def balanced_error(self, error: Floats, slope: Floats, times: float = 1.0) -> Floats:
        """Return 1 less balanced accuracy at errors over all images and slopes there.

        ``times`` as many images of one rarest class are trained on as are met.
        """
        level = error / self._scale(slope)
        total = _class_error(level, float(self.share[0]) * times, slope)
        for share, many in self._others():
            total += many * _class_error(level, share, slope)
        return np.asarray(total / self.n_classes)

    def rarest_error(self, error: Floats, slope: Floats, times: float = 1.0) -> Floats:
        """Return the error of a rarest class."""
        level = error / self._scale(slope)
        return _class_error(level, float(self.share[0]) * times, slope)

    def f1_error(self, error: Floats, slope: Floats, times: float = 1.0) -> Floats:
        """Return 1 less the F1 of the rarest class."""
        level, wrong = error / self._scale(slope), np.zeros(np.shape(error))
        share = float(self.share[0])
        missed = share * _class_error(level, share * times, slope)
        for own, many in self._others():
            wrong += many * own * _class_error(level, own, slope)
        taken = wrong / (self.n_classes - 1.0)
        return np.asarray((missed + taken) / (2.0 * (share - missed) + missed + taken))

    def _others(self) -> Iterator[tuple[float, float]]:
        """Yield frequencies and how many classes have them, without one rarest class."""
        many = self.many - (np.arange(len(self.many)) == 0)
        yield from zip(self.share.tolist(), many.tolist(), strict=True)

    def _scale(self, slope: Floats) -> Floats:
        """Return the error over all images where that of a class of share 1 is 1."""
        parts = (
            many * share ** (1.0 - slope)
            for share, many in zip(self.share.tolist(), self.many.tolist(), strict=True)
        )
        return np.asarray(sum(parts, start=np.zeros(np.shape(slope))))


def _few(share: Floats, many: Floats) -> tuple[Floats, Floats]:
    """Return frequencies with those that are nearly the same put together, where there are many.

    That of the rarest class stays as it is.
    """
    if len(share) <= MOST_FREQUENCIES:
        return share, many
    log = np.log(share)
    width = (log[-1] - log[0]) / (MOST_FREQUENCIES - 1)
    group = np.where(np.arange(len(log)) == 0, 0, 1 + ((log - log[0]) / width).astype(np.int64))
    held = np.bincount(group, weights=many)
    total = np.bincount(group, weights=share * many)
    return total[held > 0] / held[held > 0], held[held > 0]


def _class_error(level: Floats, share: float, slope: Floats) -> Floats:
    return np.minimum(1.0, level * share**-slope)


def class_shares(project: Project) -> ClassShares:
    """Return how frequent the classes of a project are."""
    if project.class_counts is not None:
        return ClassShares.of(list(project.class_counts.values()))
    classes = float(project.classes or 2)
    return ClassShares(np.array([1.0 / classes]), np.array([classes]))


@dataclass(frozen=True, eq=False)
class _JudgedCurve:
    """A learning curve of another measure than the error over all images.

    Attributes
    ----------
    curve : ErrorCurve
        Of the error over all images.
    shares : ClassShares
        Of the project.
    metric : Metric
        Which measure.
    guess : float
        Its error of always giving the same answer, which none exceeds.
    sought, times : float
        Share of the images trained on that is bought of the rarest class beyond those met, and how
        many times as frequent it is by that.
    """

    curve: "ErrorCurve"
    shares: ClassShares
    metric: Metric
    guess: float
    sought: float = 0.0
    times: float = 1.0

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return errors of the measure, shape (n_rows, n_images)."""
        images = np.asarray(images, dtype=np.float64) * (1.0 - self.sought)
        error = self.curve.error(images, rows)
        slope = self._slope(error, images, rows)
        measured = (
            self.shares.balanced_error(error, slope, self.times)
            if self.metric is Metric.BALANCED_ACCURACY
            else self.shares.f1_error(error, slope, self.times)
        )
        return np.asarray(np.minimum(measured, self.guess))

    def _slope(self, error: Floats, images: Floats, rows: slice) -> Floats:
        """Return with which power the error falls from half as many images; at least 0."""
        half = np.where(images >= 2.0, images / 2.0, images)
        fallen = np.log(self.curve.error(half, rows)) - np.log(error)
        return np.asarray(np.clip(fallen / math.log(2.0), 0.0, STEEPEST))

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return where the error of the measure meets a target, shape (n_images, n_rows)."""
        return np.asarray(np.less_equal(self.error(images, rows).T, error_target))

    def data_needed(
        self,
        error_target: float,
        rows: slice,
        about: float | None = None,  # noqa: ARG002 - the same for all
    ) -> Floats:
        """Return total images at which the measure first meets the target, shape (n_rows,)."""
        error = self.error(SEARCHED, rows)
        met = error <= error_target
        at = np.argmax(met, axis=1)
        every = np.arange(len(error))
        high, low = error[every, at], error[every, np.maximum(at - 1, 0)]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.log(low / error_target) / np.log(low / high)
        share = np.where((at > 0) & (low > high), share, 1.0)
        before = SEARCHED[np.maximum(at - 1, 0)]
        need = before * (SEARCHED[at] / before) ** np.clip(share, 0.0, 1.0)
        return np.where(met.any(axis=1), need, np.inf)


def over_all_images(project: Project) -> Project:
    """Return the project whose error over all images is forecast for another measure.

    It starts where no class is told from another, at 1 less 1 over their number, and not at the
    majority guess: that is nearly perfect over all images, and worthless to a rare class.
    """
    f1 = project.metric is Metric.F1
    return replace(project, metric=Metric.BALANCED_ACCURACY) if f1 else project


def judged(forecast: "Forecast", project: Project, balance: Balance | None = None) -> "Forecast":
    """Return the forecast of the measure that a project is judged on.

    Parameters
    ----------
    forecast : Forecast
        Of errors over all images, from :func:`over_all_images`.
    project : Project
        With its metric.
    balance : Balance, optional
        More images of the rarest class than are met.
    """
    if project.metric is Metric.ACCURACY:
        return forecast
    shares = class_shares(project)

    def curve(own: "ErrorCurve") -> "ErrorCurve":
        more = () if balance is None else (balance.sought, balance.times)
        return _JudgedCurve(own, shares, project.metric, project.majority_guess_error, *more)

    return replace(forecast.seen_through(project, curve), over_all=forecast)
