"""Who knows the measured curve of every project of a world: a forecast that is the truth."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.forecasting.forecast import Forecast, ForecastOf
from planner.validation.decisions.rivals import forecast_on
from planner.validation.decisions.worlds import Truth, World


def truth_of_world(world: World) -> ForecastOf:
    """Return who knows the measured curve of every project of a world."""
    known = {
        (project.images, project.error_target): truth
        for project, truth in zip(world.portfolio.projects, world.truths, strict=True)
    }

    def forecast(
        project: Project,
        posterior: Posterior,
        *,
        architectures: Sequence[Architecture] = (),
        seed: int = 0,
    ) -> Forecast:
        truth = known[project.images, project.error_target]
        curve = _TrueCurve(truth, posterior.n_draws, project)
        return forecast_on(project, posterior, curve)

    return forecast


@dataclass(frozen=True, eq=False)
class _TrueCurve:
    truth: Truth
    n_draws: int
    project: Project

    def error(self, images: Floats, rows: slice) -> Floats:
        errors = np.where(images < 1, self.project.majority_guess_error, self.truth.error(images))
        return np.tile(errors, (len(range(*rows.indices(self.n_draws))), 1))

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        return np.asarray(np.less_equal(self.error(images, rows).T, error_target))

    def data_needed(self, error_target: float, rows: slice, about: float | None = None) -> Floats:
        needed = self.truth.needed(error_target, 1)
        count = len(range(*rows.indices(self.n_draws)))
        return np.full(count, math.inf if needed is None else float(needed))
