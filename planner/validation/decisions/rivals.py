"""Who else may forecast a project? A rule of two lines."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import EvidenceRange, Posterior
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Backbone
from planner.forecasting.curves.log_linear import LogLinearCurve
from planner.forecasting.forecast import ErrorCurve, Forecast, ForecastOf
from planner.forecasting.luck import Luck
from planner.forecasting.spread import SpreadSources
from planner.validation.forecasts import RULE_FINETUNED, RULE_FROZEN

N_DRAWS = 2000

NO_MODEL = Posterior(
    name="no model",
    family="log_linear",
    draws={"log10_images": np.full(N_DRAWS, RULE_FINETUNED[0]), "pretrained": np.zeros(N_DRAWS)},
    sha256="",
    evidence=EvidenceRange((1.0, 1e8), (0.0, 1.0), 0, "Nothing was fitted."),
)
"""Stands where a plan asks for a fitted model: draws by number, and a fall nothing rests on."""


def rule_of(*, spread: bool) -> ForecastOf:
    """Return the anchored rule: log10 error falls by so much a decade from the largest pilot.

    Parameters
    ----------
    spread : bool
        Whether the fall is uncertain; if not, every draw has its mean.
    """

    def forecast(
        project: Project,
        posterior: Posterior,
        *,
        architectures: Sequence[Architecture] = (),  # noqa: ARG001 - the rule knows none
        seed: int = 0,
    ) -> Forecast:
        last = max(pilot.images for pilot in project.pilots)
        level = float(np.mean([math.log10(p.error) for p in project.pilots if p.images == last]))
        mean, sd = RULE_FROZEN if project.backbone is Backbone.FROZEN else RULE_FINETUNED
        luck = Luck(seed, project.id, posterior.n_draws).normals("fall of the anchored rule")
        fall = mean + (sd if spread else 0.0) * luck
        start = level - fall * math.log10(last)
        curve = LogLinearCurve(start, fall, project.majority_guess_error)
        return forecast_on(project, posterior, curve)

    return forecast


def forecast_on(project: Project, posterior: Posterior, curve: ErrorCurve) -> Forecast:
    """Return a forecast by a curve that is the same for all architectures."""

    def same(_name: str | None) -> ErrorCurve:
        return curve

    sources: Callable[[float, str | None], SpreadSources] = lambda images, _name: (  # noqa: E731
        SpreadSources.from_variances(images, project=1.0)
    )
    return Forecast(
        project=project,
        posterior=posterior,
        varies_by_architecture=False,
        _curve=same,
        _sources=sources,
        _architecture_warnings=lambda _names: (),
    )
