"""What stands beside an estimate: accuracy for money, the factors of training, balanced classes."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.compute import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean

__all__ = [
    "Balanced",
    "Efficiency",
    "Rarest",
    "TrainingFactors",
    "balanced",
    "balanced_project",
    "efficiency",
    "rarest_class",
    "training_factors",
]

SURE = 0.95
"""Chance with which an image of a class is among some images."""


@dataclass(frozen=True)
class Efficiency:
    """What accuracy a training buys.

    Attributes
    ----------
    accuracy_points : float
        By how many points the expected error lies below the majority guess.
    points_per_1000 : float or None
        For each thousand of money; None where it costs nothing.
    points_per_kwh : float or None
        For each kilowatt-hour of training; None where no source says how many there are.
    """

    accuracy_points: float
    points_per_1000: float | None
    points_per_kwh: float | None


@dataclass(frozen=True)
class TrainingFactors:
    """What the cost of training is a product of.

    Attributes
    ----------
    images, epochs : float
        Trained on, and how often.
    trainings : float
        Trials times folds, tests included, in the mean.
    per_image_epoch : float
        Price of one image in one epoch of one training.
    """

    images: int
    epochs: float
    trainings: float
    per_image_epoch: float

    @property
    def product(self) -> float:
        """Cost of training."""
        return self.images * self.epochs * self.trainings * self.per_image_epoch


@dataclass(frozen=True)
class Rarest:
    """The rarest class, and how many images hold one of it with a chance of 95 %."""

    name: str
    images: int


@dataclass(frozen=True)
class Balanced:
    """The same project if its classes were equally frequent.

    Attributes
    ----------
    relative_complexity : float
        Then.
    majority_guess_error : float
        Then.
    p10, p50, p90 : float or None
        Images needed then; None for never.
    """

    relative_complexity: float
    majority_guess_error: float
    p10: float | None
    p50: float | None
    p90: float | None


def efficiency(project: Project, errors: Floats, cost: float, kwh: float | None) -> Efficiency:
    """Return what accuracy a training buys, from its errors in every draw."""
    points = 100.0 * (project.majority_guess_error - float(errors.mean()))
    return Efficiency(
        points, 1_000 * points / cost if cost else None, points / kwh if kwh else None
    )


def training_factors(images: int, per_image_epoch: float, compute: Compute) -> TrainingFactors:
    """Return what the cost of a training is a product of."""
    trainings = amount_mean(compute.trials) * compute.folds * (1.0 + compute.testing_overhead)
    return TrainingFactors(images, compute.epochs, trainings, per_image_epoch)


def rarest_class(project: Project, need: float | None) -> Rarest | None:
    """Return the rarest class where so few images as are needed might not hold it.

    None where nothing is known of frequencies, or it does not matter.

    Examples
    --------
    >>> from planner.domain.portfolio.images import Images
    >>> counts = {"a": 5000, "b": 300}
    >>> one = Project(id="x", class_counts=counts, target_error=0.03, images=Images(limit=9000))
    >>> rarest_class(one, 2.0), rarest_class(one, 900.0)
    (Rarest(name='b', images=52), None)
    """
    counts = {name: count for name, count in (project.class_counts or {}).items() if count > 0}
    if need is None or need < 1 or not counts:
        return None
    name = min(counts, key=lambda each: counts[each])
    share = counts[name] / math.fsum(counts.values())
    images = math.ceil(math.log1p(-SURE) / math.log1p(-share))
    return Rarest(str(name), images) if need < images else None


def balanced_project(project: Project) -> Project | None:
    """Return a project with its classes equally frequent; None where they are, or runs were made.

    Runs are of the task as it is.
    """
    counts = [count for count in (project.class_counts or {}).values() if count > 0]
    if len(set(counts)) < 2 or project.pilots:
        return None
    return replace(
        project,
        class_counts=None,
        classes=len(counts),
        relative_complexity=math.nan,
        rebalance=(),
        class_prices=None,
    )


def balanced(project: Project, needs: Callable[[Project], Floats]) -> Balanced | None:
    """Return a project if its classes were equally frequent; ``needs`` draws the images needed."""
    other = balanced_project(project)
    if other is None:
        return None
    found = np.quantile(needs(other), (0.1, 0.5, 0.9), method="inverted_cdf")
    p10, p50, p90 = (float(each) if math.isfinite(each) else None for each in found)
    return Balanced(other.relative_complexity, other.majority_guess_error, p10, p50, p90)
