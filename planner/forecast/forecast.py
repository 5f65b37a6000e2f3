"""What does a fitted model say about one project?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.domain.plan import Warning_
from planner.domain.posterior import Posterior
from planner.domain.project import Project
from planner.domain.vocabulary import Backbone
from planner.errors import Problem, UnsupportedError, bad_value
from planner.forecast.log_linear import log_linear_curve
from planner.forecast.luck import keyed_generator, stratified_normals
from planner.forecast.warnings import forecast_warnings

type Array = NDArray[np.float64]


class ErrorCurve(Protocol):
    """Predictive error against images, one curve per draw."""

    def log10_error(self, images: Array, rows: slice) -> Array:
        """Return log10 error of shape (n_rows, n_images)."""
        ...

    def data_needed(self, error_target: float) -> Array:
        """Return total images needed, shape (n_draws,); infinite for never."""
        ...


@dataclass(frozen=True, eq=False)
class Forecast:
    """Joint predictive draws of one project's error, at any number of images.

    Draw ``s`` means the same state of the world for every project; it carries the project's own
    luck too, so the numbers are what a measurement would show, not the mean curve.

    Attributes
    ----------
    project : Project
        Whom it is about.
    posterior : Posterior
        The fitted model.
    varies_by_architecture : bool
        Whether the model has architecture effects at all.
    warnings : tuple of Warning_
        What to know before relying on it.
    """

    project: Project
    posterior: Posterior
    varies_by_architecture: bool
    warnings: tuple[Warning_, ...]
    _curve: Callable[[str | None], ErrorCurve]

    @property
    def n_draws(self) -> int:
        """Number of joint draws."""
        return self.posterior.n_draws

    @property
    def solve_rows(self) -> slice:
        """Draws on which a plan is chosen."""
        return self.posterior.solve_rows

    @property
    def audit_rows(self) -> slice:
        """Draws on which a chosen plan is judged."""
        return self.posterior.audit_rows

    def error_draws(
        self, images: ArrayLike, architecture: str | None = None, rows: slice | None = None
    ) -> Array:
        """Return predictive draws of the measured error.

        Parameters
        ----------
        images : array_like of shape (n_images,)
            Total labelled images trained on; 0 means always answering the most frequent class.
        architecture : str, optional
            Catalogue name; None for one not named yet.
        rows : slice, optional
            Draws to return; all by default.

        Returns
        -------
        ndarray of shape (n_draws, n_images)
            Errors in (0, majority guess]; joint along images: one row is one possible world.
        """
        counts = _require_counts(images)
        log10_error = self._curve(architecture).log10_error(counts, rows or slice(None))
        return np.minimum(np.power(10.0, log10_error), self.project.majority_guess_error)

    def data_needed_draws(self, target_error: float, architecture: str | None = None) -> Array:
        """Return draws of total images at which the realised error meets the target.

        Its mean is infinite; use quantiles and the share of infinite draws.

        Parameters
        ----------
        target_error : float
            In (0, 1).
        architecture : str, optional
            Catalogue name; None for one not named yet.

        Returns
        -------
        ndarray of shape (n_draws,)
            At least 1; ``inf`` where the target is never reached; 0 where the majority guess
            meets it.
        """
        return self._curve(architecture).data_needed(_require_target(target_error))

    def chance(
        self,
        target_error: float,
        images: ArrayLike,
        architecture: str | None = None,
        rows: slice | None = None,
    ) -> Array:
        """Return the chance that the error measured at each number of images meets the target.

        Parameters
        ----------
        target_error : float
            In (0, 1).
        images : array_like of shape (n_images,)
            Total labelled images trained on.
        architecture : str, optional
            Catalogue name; None for one not named yet.
        rows : slice, optional
            Draws to use; all by default.

        Returns
        -------
        ndarray of shape (n_images,)
            Shares of draws, in [0, 1].
        """
        target = _require_target(target_error)
        counts = _require_counts(images)
        if target >= self.project.majority_guess_error:
            return np.ones(len(counts))
        log10_error = self._curve(architecture).log10_error(counts, rows or slice(None))
        return np.asarray((log10_error <= np.log10(target)).mean(axis=0))


def build_forecast(project: Project, posterior: Posterior, *, seed: int = 0) -> Forecast:
    """Forecast one project from a fitted model.

    Parameters
    ----------
    project : Project
        Whom to forecast.
    posterior : Posterior
        From :func:`planner.load_model`.
    seed : int, default=0
        With the project's id, fixes the project's own luck.

    Returns
    -------
    Forecast

    Raises
    ------
    UnsupportedError
        The model has no evidence for what the project asks (frozen backbone, pilots).
    """
    _require_support(project, posterior)
    rng = keyed_generator(seed, project.id, "residual")
    curve = log_linear_curve(project, posterior, stratified_normals(rng, posterior.n_draws))
    return Forecast(
        project=project,
        posterior=posterior,
        varies_by_architecture=False,
        warnings=forecast_warnings(project, posterior, curve.data_needed(project.error_target)),
        _curve=lambda _architecture: curve,
    )


def _require_support(project: Project, posterior: Posterior) -> None:
    """Raise if the model cannot speak about the project."""
    here = f"projects[{project.id}]"
    problems = []
    if posterior.family != "log_linear":
        message = f"this release cannot forecast from a model of family {posterior.family!r}."
        problems.append(Problem("model", message, "--model published", code="UNSUPPORTED"))
    if project.backbone is Backbone.FROZEN:
        message = (
            f"model {posterior.name!r} rests on fully trained networks and knows nothing of frozen "
            "backbones."
        )
        problems.append(
            Problem(f"{here}.backbone", message, "backbone: finetuned", code="UNSUPPORTED")
        )
    if project.pilots:
        message = (
            "pilots are understood, but updating a forecast with them comes with a later release."
        )
        problems.append(Problem(f"{here}.pilots", message, "remove pilots", code="UNSUPPORTED"))
    if problems:
        raise UnsupportedError(problems)


def _require_counts(images: ArrayLike) -> Array:
    counts = np.asarray(images, dtype=np.float64)
    if counts.ndim != 1 or not np.all(np.isfinite(counts)) or np.any(counts < 0):
        raise bad_value("images", f"got {images!r}; expected a 1-D array of counts of at least 0.")
    return counts


def _require_target(target_error: float) -> float:
    if not 0 < target_error < 1:
        message = f"got {target_error!r}; an error target lies strictly between 0 and 1."
        raise bad_value("target_error", message)
    return float(target_error)
