"""How many accelerator-hours and how much memory does a training need?"""

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
    passes = compute.epochs * compute.trials * images_total
    return rate.gpu_seconds_per_image_epoch * passes / SECONDS_PER_HOUR


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
