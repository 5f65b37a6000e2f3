"""How are images, networks and tasks coded as the columns a model specification names?

Fitting and forecasting must code alike, so the coding stands here once.
"""

import math

REFERENCE_LOG10_IMAGES = 3.5
"""log10 of the images at which the level of a curve is defined: inside the range of every study,
so level and slope are nearly uncorrelated."""

REFERENCE_COMPLEXITY = 0.5
"""Relative complexity at which the level of a task without covariates is defined."""

TOP1_CENTRE_PERCENT, TOP1_SCALE_PERCENT = 76.0, 5.0
"""ImageNet top-1 in per cent is coded (top1 - 76) / 5: one unit is five points."""

PARAMETERS_CENTRE = 25e6
"""Parameter counts are coded log10(parameters / 25 million)."""


PRETRAINING_CENTRE = 1_281_167.0
"""Images of a pretraining set are coded log10(images / ImageNet-1000's)."""

ARCHITECTURE_COVARIATES = ("top1", "log10_parameters", "log10_pretraining", "self_supervised")
"""Columns that belong to an architecture and the weights it starts from."""


def coded_pretraining(images: float) -> float:
    """Return the size of a pretraining set as a model's covariate; nan if unknown.

    Examples
    --------
    >>> coded_pretraining(128_116_700.0)
    2.0
    """
    return math.log10(images / PRETRAINING_CENTRE) if images > 0 else math.nan


def coded_architecture(top1_percent: float, parameters: float) -> tuple[float, float]:
    """Return ImageNet top-1 and parameter count as a model's covariates.

    Parameters
    ----------
    top1_percent : float
        ImageNet top-1 accuracy in per cent under the weights that are fine-tuned; nan if unknown.
    parameters : float
        Trainable parameters; nan if unknown.

    Returns
    -------
    tuple of float
        ``top1`` and ``log10_parameters`` as coded; nan where unknown.

    Examples
    --------
    >>> coded_architecture(81.0, 250e6)
    (1.0, 1.0)
    """
    top1 = (top1_percent - TOP1_CENTRE_PERCENT) / TOP1_SCALE_PERCENT
    size = math.log10(parameters / PARAMETERS_CENTRE) if parameters > 0 else math.nan
    return top1, size
