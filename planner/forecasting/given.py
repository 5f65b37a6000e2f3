"""A forecast that is not made but stated: of a service, of rules, of people."""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.forecasting.forecast import Forecast
from planner.forecasting.spread import SpreadSources

__all__ = ["given_forecast"]


@dataclass(frozen=True, eq=False)
class _Stated:
    """The same error at any number of images, one for each draw."""

    errors: Floats

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return the errors, shape (n_rows, n_images)."""
        return np.repeat(self.errors[rows, None], len(images), axis=1)

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return in which draws the target is met, shape (n_images, n_rows)."""
        met = self.errors[rows] <= error_target
        return np.repeat(met[None, :], len(images), axis=0)

    def data_needed(
        self,
        error_target: float,
        rows: slice,
        about: float | None = None,  # noqa: ARG002 - nothing lies between
    ) -> Floats:
        """Return 0 where the target is met, infinity where it never is."""
        return np.where(self.errors[rows] <= error_target, 0.0, np.inf)


def given_forecast(project: Project, posterior: Posterior, errors: Floats) -> Forecast:
    """Return the forecast of something whose error is stated, in as many draws as the model has.

    Parameters
    ----------
    project : Project
        Whose work it would do.
    posterior : Posterior
        Whose draws stand beside it.
    errors : ndarray of shape (n_draws,)
        In each of them.
    """
    curve = _Stated(errors)

    def sources(_images: float, _name: str | None) -> SpreadSources:
        message = "a stated error has no sources of spread"
        raise ValueError(message)

    return Forecast(
        project=project,
        posterior=posterior,
        varies_by_architecture=False,
        _curve=lambda _name: curve,
        _sources=sources,
        _architecture_warnings=lambda _names: (),
    )
