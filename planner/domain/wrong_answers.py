r"""What do the mistakes of a system cost, by its error?

With prevalence :math:`\pi`, error :math:`e'` and prices of a miss and a false alarm,

.. math:: K(e') = C_m \cdot \mathrm{misses} + C_f \cdot \mathrm{false\ alarms}

for an image. Both classes err alike (``equal``), their mix is known (``miss_share``), or the
threshold is tuned to the costs (``best``: equal-variance normal scores). What never learned
anything answers always no, or always yes, whichever costs less.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.in_use.field_use import Review
from planner.domain.portfolio.in_use.mistakes import Errors, MissShare
from planner.domain.vocabulary import Blind, OperatingPoint

__all__ = [
    "Blindly",
    "blindly",
    "cost_per_image",
    "cost_today",
    "graded_cost",
    "mistakes",
    "net_benefit",
    "saves_nothing",
]


@dataclass(frozen=True)
class Blindly:
    """What answering without looking costs for an image.

    Attributes
    ----------
    always_no, always_yes : float
        Of missing every positive, and of a false alarm at every negative.
    """

    always_no: float
    always_yes: float

    @property
    def cheaper(self) -> float:
        """Of the two."""
        return min(self.always_no, self.always_yes)


def blindly(errors: Errors) -> Blindly | None:
    """Return what the trivial answers cost; None where errors are not told apart.

    Examples
    --------
    >>> found = blindly(Errors(miss=50_000, false_alarm=852, prevalence=0.0059))
    >>> round(found.always_no, 6), round(found.always_yes, 4)
    (295.0, 846.9732)
    """
    if not errors.is_pair:
        return None
    prevalence = errors.prevalence or 0.0
    return Blindly(
        prevalence * (errors.miss or 0.0), (1.0 - prevalence) * (errors.false_alarm or 0.0)
    )


def mistakes(errors: Errors, error: ArrayLike) -> tuple[Floats, Floats]:
    """Return misses and false alarms per image at an error.

    Examples
    --------
    >>> one = Errors(miss=100, false_alarm=1, prevalence=0.02, operating_point="best")
    >>> [round(float(part), 8) for part in mistakes(one, 0.05)]
    [0.00062646, 0.07511151]
    """
    e, share = np.asarray(error, dtype=np.float64), errors.prevalence or 0.0
    point = errors.point
    if isinstance(point, MissShare):
        missed = np.minimum(point.miss_share * e, share)
        return missed, np.minimum((1.0 - point.miss_share) * e, 1.0 - share)
    alike = (share * e, (1.0 - share) * e)
    if point is OperatingPoint.EQUAL or not (errors.miss and errors.false_alarm):
        return _one_sided(errors, alike) if point is OperatingPoint.BEST else alike
    from scipy.special import ndtr, ndtri  # asked for by few files

    apart = -2.0 * ndtri(np.clip(e, 1e-300, 0.5))  # how far the scores of the classes lie apart
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.log((1.0 - share) * errors.false_alarm / (share * errors.miss))
        at = np.where(apart > 0, ratio / apart, 0.0)
    tuned = (share * ndtr(at - apart / 2), (1.0 - share) * ndtr(-at - apart / 2))
    worse = e >= 0.5
    return np.where(worse, alike[0], tuned[0]), np.where(worse, alike[1], tuned[1])


def _one_sided(errors: Errors, alike: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return the best mix where one kind of mistake is free: all mistakes are of that kind."""
    share, nothing = errors.prevalence or 0.0, np.zeros_like(alike[0])
    if errors.miss:
        return nothing, np.full_like(alike[0], 1.0 - share)
    return np.full_like(alike[0], share), nothing


def cost_per_image(errors: Errors, error: ArrayLike) -> Floats:
    """Return what the mistakes at an error cost for an image.

    Examples
    --------
    >>> one = Errors(miss=100, false_alarm=1, prevalence=0.02)
    >>> round(1_000 * float(cost_per_image(one, 0.05)), 2)
    149.0
    """
    if errors.cost_per_error is not None:
        return np.asarray(errors.cost_per_error * np.asarray(error, dtype=np.float64))
    missed, alarms = mistakes(errors, error)
    return np.asarray((errors.miss or 0.0) * missed + (errors.false_alarm or 0.0) * alarms)


def cost_today(errors: Errors, error: float | Blind) -> float:
    """Return what the mistakes of the present way of working cost for an image."""
    blind = blindly(errors)
    if isinstance(error, Blind):
        if blind is None:
            return 0.0
        return blind.always_no if error is Blind.ALWAYS_NO else blind.always_yes
    return float(cost_per_image(errors, error))


def graded_cost(errors: Errors, review: Review | None = None) -> Callable[[Floats, Flags], Floats]:
    """Return the cost of an image by the error, and by where the system never learned anything.

    Where the error is that of the majority guess it answers always the same; people who look at
    images find their share of those mistakes too.
    """
    blind = blindly(errors)
    left, own = (1.0, 0.0) if review is None else (review.left, review.own)
    at_guess = 0.0 if blind is None else left * blind.cheaper + float(cost_per_image(errors, own))

    def cost(error: Floats, is_guess: Flags) -> Floats:
        learned = cost_per_image(errors, error)
        return learned if blind is None else np.where(is_guess, at_guess, learned)

    return cost


def net_benefit(errors: Errors, missed: float, alarms: float) -> float | None:
    r"""Return the net benefit of a system for an image, in true positives.

    .. math:: NB = TP/n - FP/n \cdot p_t / (1 - p_t), \qquad p_t = C_f / (C_f + C_m)

    None where a miss costs nothing.

    Examples
    --------
    >>> one = Errors(miss=50_000, false_alarm=852, prevalence=0.0059)
    >>> round(net_benefit(one, 0.0059 * 0.131, 0.9941 * 0.111), 10)
    0.0032468195
    """
    if not errors.miss or errors.prevalence is None:
        return None
    found = errors.prevalence - missed
    return found - alarms * (errors.false_alarm or 0.0) / errors.miss


def saves_nothing(errors: Errors, error: float) -> bool:
    """Whether a system of some error costs no less than answering without looking.

    False where errors are not told apart, or cost nothing.
    """
    blind = blindly(errors)
    if blind is None or errors.cost_nothing:
        return False
    return float(cost_per_image(errors, error)) >= blind.cheaper * (1.0 - 1e-12)
