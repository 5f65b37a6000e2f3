r"""How well is the rarest class told, and what would more of its images change?

An assumption, since the model forecasts the error over all images: the error of a class falls with
its own images as the project's does with all,

.. math:: e_j = \alpha n_j^{-b}, \qquad \sum_j p_j e_j = e

with share :math:`p`, forecast error :math:`e` and local slope :math:`b`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from planner.domain.vocabulary import Task

__all__ = ["Imbalance", "Told", "class_errors", "imbalance_of", "told"]

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


def class_errors(counts: Sequence[float], error: float, slope: float) -> tuple[float, ...]:
    """Return the error of each class, of which the frequencies are those of the images.

    Examples
    --------
    >>> [round(100 * each, 4) for each in class_errors((50_000, 1_000), 0.035, 0.3)]
    [3.3531, 10.8428]
    """
    total = math.fsum(counts)
    level = error / math.fsum(n / total * n**-slope for n in counts)
    return tuple(min(1.0, level * n**-slope) for n in counts)


def told(shares: Sequence[float], errors: Sequence[float], rarest: int) -> Told:
    """Return how well classes of some frequencies and errors are told apart.

    Examples
    --------
    >>> found = told((50 / 51, 1 / 51), (0.033531, 0.108428), 1)
    >>> round(100 * found.balanced_accuracy, 3), round(found.f1_rarest, 4)
    (92.902, 0.4997)
    """
    missed = shares[rarest] * errors[rarest]
    found = shares[rarest] - missed
    others = [at for at in range(len(shares)) if at != rarest]
    # with two classes every error of the other is taken for the rarest; of several, its part
    taken = math.fsum(shares[at] * errors[at] for at in others) / (len(shares) - 1)
    f1 = 2 * found / (2 * found + missed + taken) if found > 0 else 0.0
    return Told(errors[rarest], 1.0 - math.fsum(errors) / len(errors), f1)


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
    errors = class_errors(sizes, error, slope)
    raised = min(MORE * sizes[rarest], max(sizes))
    better = list(errors)
    better[rarest] = errors[rarest] * (raised / sizes[rarest]) ** -slope
    shares = [size / images for size in sizes]
    added = math.ceil(raised - sizes[rarest])
    return Imbalance(
        rarest=str(list(counts)[rarest]),
        slope=slope,
        now=told(shares, errors, rarest),
        then=told(shares, better, rarest),
        images_added=added,
        cost=added * amount_mean(project.images.price),
    )


def _slope(error_at: Callable[[float], float], images: float) -> float:
    """Return with which power the error falls around a number of images."""
    low, high = error_at(images / 2), error_at(images)
    return math.log(low / high) / math.log(2) if 0 < high < low else 0.0
