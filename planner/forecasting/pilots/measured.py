"""What would a run show that has not been made? Draws of its measured error."""

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.vocabulary import Task
from planner.forecasting.forecast import Forecast
from planner.forecasting.luck import keyed_generator

__all__ = ["measured_draws", "target_blur"]


def measured_draws(
    forecast: Forecast,
    images: int,
    architecture: str,
    *,
    test_images: int | None = None,
    seed: int = 0,
) -> Floats:
    """Return the log of the error that a run would measure, in every joint draw, (n_draws,).

    What the forecast says of a delivery on as many images, and what counting errors among test
    images adds to it; where none was missed, half an image's worth, as for a run in a file. A mean
    IoU has no such simple noise and gets none.
    """
    (errors,) = forecast.of_all_images.error_draws([images], architecture).T
    if test_images is None or forecast.project.task is Task.SEGMENTATION:
        return np.asarray(np.log(errors))
    key = ("pilot", str(forecast.project.backbone), architecture, str(images))
    rng = keyed_generator(seed, forecast.project.id, *key)
    missed = rng.binomial(test_images, np.clip(errors, 0.0, 1.0))
    return np.asarray(np.log(np.maximum(missed, 0.5) / test_images))


def target_blur(forecast: Forecast, test_images: int | None) -> float:
    """Return the standard deviation of log measured error at the target.

    0 without test images, and without a target.
    """
    project = forecast.project
    if test_images is None or project.task is Task.SEGMENTATION or not project.has_target:
        return 0.0
    target = forecast.project.error_target
    return float(np.sqrt((1.0 - target) / (target * test_images)))
