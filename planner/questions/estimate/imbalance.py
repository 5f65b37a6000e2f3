"""How well is the rarest class told, and what would more of its images change?

Under the assumption of :mod:`planner.forecasting.judged`, at the median forecast.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from planner.domain.vocabulary import Task
from planner.forecasting.judged import ClassShares

__all__ = ["Imbalance", "Told", "imbalance_of", "told"]

MORE = 10
"""So many times its images the rarest class is raised to, at most to the most frequent one."""


@dataclass(frozen=True)
class Told:
    """How well classes are told apart, each weighing alike.

    Attributes
    ----------
    rarest_error : float
        Share of the rarest class that is answered wrongly.
    balanced_accuracy : float
        Mean over classes of the share that is answered rightly.
    f1_rarest : float
        Of the rarest class; what is wrongly taken for it comes from all others alike.
    """

    rarest_error: float
    balanced_accuracy: float
    f1_rarest: float


@dataclass(frozen=True)
class Imbalance:
    """The rarest class as it is, and with more of its images.

    Attributes
    ----------
    rarest : str
        Which class.
    slope : float
        With which the error falls.
    now, then : Told
        With its images, and with those added.
    images_added : int
        Of the rarest class.
    cost : float
        Of these, at the price of an image.
    """

    rarest: str
    slope: float
    now: Told
    then: Told
    images_added: int
    cost: float


def told(shares: ClassShares, error: float, slope: float, times: float = 1.0) -> Told:
    """Return how well classes are told apart, with so many times the images of the rarest.

    Examples
    --------
    >>> found = told(ClassShares.of([50_000, 1_000]), 0.035, 0.3)
    >>> [round(100 * found.rarest_error, 4), round(found.f1_rarest, 4)]
    [10.8428, 0.4997]
    """
    at, power = np.array([error]), np.array([slope])
    return Told(
        float(shares.rarest_error(at, power, times)[0]),
        1.0 - float(shares.balanced_error(at, power, times)[0]),
        1.0 - float(shares.f1_error(at, power, times)[0]),
    )


def imbalance_of(
    project: Project, images: int, error_at: Callable[[float], float]
) -> Imbalance | None:
    """Return how well the rarest class is told, now and with more of its images.

    None where classes are equally frequent or their frequencies unknown, and where the forecast is
    no better than always answering the most frequent class.

    Parameters
    ----------
    project : Project
        With ``class_counts``, read as shares.
    images : int
        Trained on.
    error_at : callable
        Forecast error over all images, by their number.
    """
    counts = {name: count for name, count in (project.class_counts or {}).items() if count > 0}
    if project.task is not Task.CLASSIFICATION or len(set(counts.values())) < 2:
        return None
    error, slope = error_at(images), _slope(error_at, images)
    if math.isclose(error, project.majority_guess_error, rel_tol=1e-9) or slope <= 0:
        return None
    total = math.fsum(counts.values())
    sizes = [images * count / total for count in counts.values()]
    rarest = min(range(len(sizes)), key=lambda at: sizes[at])
    raised = min(MORE * sizes[rarest], max(sizes))
    shares = ClassShares.of(sizes)
    added = math.ceil(raised - sizes[rarest])
    return Imbalance(
        rarest=str(list(counts)[rarest]),
        slope=slope,
        now=told(shares, error, slope),
        then=told(shares, error, slope, raised / sizes[rarest]),
        images_added=added,
        cost=added * amount_mean(project.images.price),
    )


def _slope(error_at: Callable[[float], float], images: float) -> float:
    """Return with which power the error falls around a number of images."""
    low, high = error_at(images / 2), error_at(images)
    return math.log(low / high) / math.log(2) if 0 < high < low else 0.0
