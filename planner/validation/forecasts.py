"""What do a fitted model and its simple rivals say about one measured curve?

Each is handed the curve's description and, where it can use them, some of its points as pilots.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.domain.arrays import Floats
from planner.domain.model.architecture import match_key
from planner.domain.model.covariates import REFERENCE_COMPLEXITY
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.power_law import fit_power_law
from planner.domain.published_equations import predicted_error, slope
from planner.domain.results.validation import PLUGIN_SD
from planner.domain.vocabulary import Backbone, Task
from planner.forecasting.forecast import build_forecast
from planner.reference.tables import load_catalogue
from planner.validation.curve_file import Curve

PLUGIN = "Eq. 1 plug-in"
POWER_LAW = "power law"

FIRST_TENTH = 0.1
"""Share of a curve's largest size up to which its points may be used to fit a power law."""

FEWEST_POINTS = 3
"""Points a power law is fitted to at least."""

RULE_FINETUNED, RULE_FROZEN = (-0.30, 0.15), (-0.20, 0.10)
"""Mean and standard deviation of the fall of log10 error per decade of images."""

_N_DRAWS = 2000
_PLACEHOLDER_TARGET = 0.05
"""A project needs a target; forecasts of its error do not depend on it."""


@dataclass(frozen=True, eq=False)
class CurveForecast:
    """Draws of log10 error at the curve's points, and of log10 data needed for a target.

    Attributes
    ----------
    log10_error : ndarray of shape (n_draws, n_points)
        At the curve's images.
    log10_needed : callable
        From a target error to draws of log10 images; infinite for never.
    is_reliable : bool
        False if the update with the pilots cannot be relied on.
    """

    log10_error: Floats
    log10_needed: Callable[[float], Floats]
    is_reliable: bool = True


def project_of(curve: Curve) -> Project:
    """Return the project a curve's description amounts to."""
    assumed = REFERENCE_COMPLEXITY if curve.n_classes is None else math.nan
    return Project(
        id=curve.id,
        classes=curve.n_classes,
        relative_complexity=assumed,
        task=curve.task,
        pretrained=curve.pretrained,
        backbone=curve.backbone,
        zero_shot_error=curve.zero_shot_error,
        target_error=_PLACEHOLDER_TARGET,
        images=Images(held=0, limit=max(curve.images)),
    )


def model_forecast(
    curve: Curve, posterior: Posterior, seed: int, pilots: Sequence[tuple[int, float]] = ()
) -> CurveForecast:
    """Forecast a curve from its description and measured points of it.

    Parameters
    ----------
    curve : Curve
        Whose description is used, and at whose images the error is forecast.
    posterior : Posterior
        Fitted model.
    seed : int
        Of the project's luck.
    pilots : sequence of (int, float)
        Images and error of the points given; two of the same size are repeats.

    Raises
    ------
    UnsupportedError
        The model has no evidence for such curves, or cannot learn from pilots.
    """
    name = curve.architecture if is_known(curve.architecture, posterior) else None
    runs = tuple(
        Pilot(images, error, architecture=name, seed=at)
        for at, (images, error) in enumerate(pilots)
    )
    forecast = build_forecast(
        replace(project_of(curve), pilots=runs),
        posterior,
        architectures=load_catalogue().architectures,
        seed=seed,
    )

    def needed(target: float) -> Floats:
        with np.errstate(divide="ignore"):  # 0 images where the majority guess will do
            return np.log10(forecast.data_needed_draws(target, name))

    quality = forecast.pilot_quality
    log10_error = np.log10(forecast.error_draws(curve.images, name))
    return CurveForecast(log10_error, needed, quality is None or quality.is_reliable)


def is_known(architecture: str | None, posterior: Posterior) -> bool:
    """Tell whether the catalogue or the fitted rows have an architecture of that name."""
    if architecture is None:
        return False
    fitted = {match_key(label) for labels in posterior.labels.values() for label in labels}
    in_catalogue = load_catalogue().find_architecture(architecture) is not None
    return in_catalogue or match_key(architecture) in fitted


def plugin_forecast(curve: Curve) -> CurveForecast:
    """Return Eq. 1 with its in-sample noise, capped at the majority guess."""
    start = predicted_error(
        1.0,
        project_of(curve).relative_complexity,
        pretrained=curve.pretrained,
        segmentation=curve.task is Task.SEGMENTATION,
    )
    return _published_line(curve, 0.0, math.log10(float(start)))


def anchored_forecast(curve: Curve, pilots: Sequence[tuple[int, float]]) -> CurveForecast:
    """Return the published slope through the largest pilot, with the noise of Eq. 1.

    Repeats at the largest size count by the mean of their log10 errors. Like Eq. 1 itself it is
    capped at the majority guess.

    Parameters
    ----------
    curve : Curve
        At whose images the error is forecast.
    pilots : sequence of (int, float)
        Images and error of the points given, at least one.
    """
    largest = max(images for images, _ in pilots)
    level = float(np.mean([math.log10(error) for images, error in pilots if images == largest]))
    return _published_line(curve, math.log10(largest), level)


def rule_forecast(curve: Curve, pilots: Sequence[tuple[int, float]]) -> CurveForecast:
    """Return what two lines say: from the largest pilot on, log10 error falls by so much a decade.

    By .30 +- .15 fine-tuned or from scratch, .20 +- .10 with a frozen backbone.
    """
    largest = max(images for images, _ in pilots)
    level = float(np.mean([math.log10(error) for images, error in pilots if images == largest]))
    mean, sd = RULE_FROZEN if curve.backbone is Backbone.FROZEN else RULE_FINETUNED
    fall = mean + sd * ndtri((np.arange(_N_DRAWS) + 0.5) / _N_DRAWS)
    ceiling = math.log10(project_of(curve).start_error)
    start = math.log10(largest)
    decades = np.log10(np.array(curve.images, dtype=float)) - start
    errors = np.minimum(level + fall[:, None] * decades, ceiling)

    def needed(target: float) -> Floats:
        gap = math.log10(target) - level
        if gap >= 0.0:
            return np.full(_N_DRAWS, start)
        falls = fall < 0
        return np.where(falls, start + gap / np.where(falls, fall, -1.0), np.inf)

    return CurveForecast(errors, needed)


def _published_line(curve: Curve, log10_images: float, log10_error: float) -> CurveForecast:
    """Return the published slope through a point."""
    noise = PLUGIN_SD * ndtri((np.arange(_N_DRAWS) + 0.5) / _N_DRAWS)
    ceiling = math.log10(project_of(curve).majority_guess_error)
    fall = slope(pretrained=curve.pretrained)
    start = log10_error - fall * log10_images
    mean = np.minimum(start + fall * np.log10(np.array(curve.images, dtype=float)), ceiling)

    def needed(target: float) -> Floats:
        if math.log10(target) >= ceiling:
            return np.full(_N_DRAWS, -np.inf)
        decades = (math.log10(target) - start - noise) / fall
        return np.maximum(np.asarray(decades, dtype=np.float64), 0.0)

    return CurveForecast(np.minimum(mean + noise[:, None], ceiling), needed)


def power_law_forecast(curve: Curve) -> CurveForecast | None:
    """Return a power law through the curve's first tenth; None for fewer than three points."""
    start = ~beyond_first_tenth(curve)
    if start.sum() < FEWEST_POINTS or start.all():
        return None
    x, y = np.log10(np.array(curve.images, dtype=float)), np.log10(curve.errors)
    if np.ptp(x[start]) == 0.0:
        return None
    law = fit_power_law(x[start], y[start])
    level, fall, noise = law.draw(
        np.random.default_rng([len(curve.images), int(start.sum())]), _N_DRAWS
    )

    def needed(target: float) -> Floats:
        falls = fall < 0
        gap = math.log10(target) - level - noise
        return np.where(falls, gap / np.where(falls, fall, -1.0), np.inf)

    return CurveForecast(level[:, None] + fall[:, None] * x + noise[:, None], needed)


def beyond_first_tenth(curve: Curve) -> NDArray[np.bool_]:
    """Tell which points have more than a tenth of the curve's largest number of images."""
    return np.array(curve.images) > FIRST_TENTH * max(curve.images)
