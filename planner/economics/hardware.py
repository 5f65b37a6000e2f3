"""How many accelerator-hours and how much memory does a training need?"""

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.portfolio import Compute
from planner.economics.training import TrainingRate

BYTES_PER_PARAMETER = 16
"""Single-precision weight, gradient and the two moments of Adam: four numbers of four bytes."""

SECONDS_PER_HOUR = 3600


def gpu_hours(rate: TrainingRate, images_total: float, compute: Compute) -> float | None:
    """Return accelerator-hours of all trials, or None on a basis that knows no hardware."""
    if rate.gpu_seconds_per_image_epoch is None:
        return None
    passes = compute.passes * images_total
    return rate.gpu_seconds_per_image_epoch * passes / SECONDS_PER_HOUR


def wall_hours(hours: float, compute: Compute) -> float:
    """Return how long accelerator-hours take; 0 where the file does not say on how many.

    Examples
    --------
    >>> round(wall_hours(1_000, Compute(gpus=8, scaling=0.9)), 4)
    138.8889
    """
    return 0.0 if compute.gpus is None else hours / (compute.gpus * compute.scaling)


def fallen_prices(compute: Compute, years: Floats) -> Floats:
    """Return the prices of compute at some times, over those of today."""
    return np.asarray((1.0 - compute.price_decline) ** years, dtype=np.float64)


def memory_floor_gb(architecture: Architecture) -> float | None:
    """Return the memory in GB (10⁹ bytes) below which no training with Adam fits, or None.

    Weights, gradients and the optimiser's moments alone; activations come on top and grow with
    the batch, so the memory actually needed is larger.

    Examples
    --------
    >>> memory_floor_gb(Architecture("ResNet-50", parameters=25_557_032))
    0.408912512
    """
    if architecture.parameters is None:
        return None
    return architecture.parameters * BYTES_PER_PARAMETER / 1e9
