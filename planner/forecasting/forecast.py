"""What does a fitted model say about one project?"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike

from planner.domain.arrays import Flags, Floats
from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import Warning_
from planner.domain.results.shown import Shown, renderers
from planner.errors import Problem, UnsupportedError, bad_value
from planner.forecasting.architectures import ArchitectureBook, evidence_warnings, read_book
from planner.forecasting.curves.log_linear import LogLinearCurves
from planner.forecasting.curves.saturating import ProjectCurves
from planner.forecasting.judged import judged, over_all_images
from planner.forecasting.luck import Luck
from planner.forecasting.memory import keep_freed_memory
from planner.forecasting.pilots.proposal import UpdateQuality
from planner.forecasting.pilots.runs import pilot_warnings, read_runs
from planner.forecasting.pilots.update import PilotUpdate
from planner.forecasting.pooled_runs import pool_runs
from planner.forecasting.spread import SpreadSources, spread_sources
from planner.forecasting.support import require_support
from planner.forecasting.warnings import forecast_warnings, most_evidence

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class ErrorCurve(Protocol):
    """Realised error against images, one curve per draw."""

    def error(self, images: Floats, rows: slice) -> Floats:
        """Return errors in (0, majority guess], shape (n_rows, n_images)."""
        ...

    def meets(self, images: Floats, error_target: float, rows: slice) -> Flags:
        """Return where the error meets a target, shape (n_images, n_rows)."""
        ...

    def data_needed(self, error_target: float, rows: slice, about: float | None = None) -> Floats:
        """Return total images needed, shape (n_rows,); infinite for never.

        Where ``about`` is given, at least on which side of it each draw lies.
        """
        ...


type Meets = Callable[[Sequence[str], Floats, float, slice], Iterator[Flags]]
"""Architectures, images, target and draws to what :meth:`Forecast.met` yields."""


@dataclass(frozen=True, eq=False)
class Forecast(Shown):
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
    over_all : Forecast, optional
        Of the error over all images, where the project is judged on another measure.
    """

    project: Project
    posterior: Posterior
    varies_by_architecture: bool
    _curve: Callable[[str | None], ErrorCurve]
    _sources: Callable[[float, str | None], SpreadSources]
    _architecture_warnings: Callable[[Sequence[str]], tuple[Warning_, ...]]
    _update: Callable[[], PilotUpdate | None] = lambda: None
    _meets: Meets | None = None
    over_all: "Forecast | None" = None

    @property
    def of_all_images(self) -> "Forecast":
        """Forecast of the error over all images, as runs measure it, whatever it is judged on."""
        return self.over_all or self

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

    @property
    def pilot_quality(self) -> UpdateQuality | None:
        """How far the update with the project's pilots can be relied on; None without pilots."""
        update = self._update()
        return None if update is None else update.quality

    @cached_property
    def warnings(self) -> tuple[Warning_, ...]:
        """What to know before relying on it, whatever the architecture."""
        if not self.project.has_target:
            return self.warnings_for(np.zeros(1))
        # half of the draws place a median well enough for a warning
        return self.warnings_for(
            self._curve(None).data_needed(
                self.project.error_target,
                self.solve_rows,
                most_evidence(self.project, self.posterior),
            )
        )

    def warnings_for(self, needed: Floats) -> tuple[Warning_, ...]:
        """Return what to know before relying on it, where these draws of data needed are shown.

        Parameters
        ----------
        needed : ndarray of shape (n,)
            Draws from :meth:`data_needed_draws` whose quantiles stand beside the warnings.
        """
        update = self._update()
        of_pilots = () if update is None else (*update.warnings, *pilot_warnings(self.project))
        return (*of_pilots, *forecast_warnings(self.project, self.posterior, needed))

    def architecture_warnings(self, architectures: Sequence[str]) -> tuple[Warning_, ...]:
        """Return what to know about some architectures that the fitted rows say little about."""
        return self._architecture_warnings(architectures)

    def error_draws(
        self, images: ArrayLike, architecture: str | None = None, rows: slice | None = None
    ) -> Floats:
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

        Raises
        ------
        InputError
            Images that are no counts, or an architecture that is not known.
        """
        return self._curve(architecture).error(_require_counts(images), rows or slice(None))

    def seen_through(
        self, project: Project, wrap: Callable[[ErrorCurve], ErrorCurve]
    ) -> "Forecast":
        """Return the forecast of what becomes of its curves, for a project that asks of that.

        Parameters
        ----------
        project : Project
            Whose target is one of the wrapped curves.
        wrap : callable
            Of the curve of each architecture.
        """
        own = self._curve
        return replace(self, project=project, _curve=lambda name: wrap(own(name)), _meets=None)

    def keeping(self, wrap: Callable[[ErrorCurve], ErrorCurve]) -> "Forecast":
        """Return the same forecast, which keeps the wrapped curve of each architecture it is asked.

        Parameters
        ----------
        wrap : callable
            To a curve that answers alike.
        """
        own = self._curve
        return replace(self, _curve=cache(lambda name: wrap(own(name))))

    def data_needed_draws(self, target_error: float, architecture: str | None = None) -> Floats:
        """Return draws of total images at which the realised error first meets the target.

        Its mean is infinite; use quantiles and the share of infinite draws. A realised curve of a
        model with discrepancy wanders: after its first crossing it may rise above the target again,
        so that the chance at n is at most the share of draws with a need of at most n (from the
        largest run on, where there are pilots: what that run misses takes more images).

        Parameters
        ----------
        target_error : float
            In (0, 1).
        architecture : str, optional
            Catalogue name; None for one not named yet.

        Returns
        -------
        ndarray of shape (n_draws,)
            At least 1; ``inf`` where the target is never reached (with a declared model: not
            within 10^8 images); 0 where the majority guess meets it.
        """
        target = self.project.settled(_require_target(target_error, self.project))
        return self._curve(architecture).data_needed(target, slice(None))

    def chance(
        self,
        target_error: float,
        images: ArrayLike,
        architecture: str | None = None,
        rows: slice | None = None,
    ) -> Floats:
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
            Shares of :meth:`error_draws` at or below the target, in [0, 1].
        """
        target = self.project.settled(_require_target(target_error, self.project))
        counts = _require_counts(images)
        if target >= self.project.majority_guess_error:
            return np.ones(len(counts))
        met = self._curve(architecture).meets(counts, target, rows or slice(None))
        return shares(met)

    def met(
        self,
        target_error: float,
        images: ArrayLike,
        architectures: Sequence[str],
        rows: slice | None = None,
    ) -> Iterator[Flags]:
        """Yield in which draws the error measured at each number of images meets the target.

        Parameters
        ----------
        target_error : float
            In (0, 1).
        images : array_like of shape (n_images,)
            Total labelled images trained on.
        architectures : sequence of str
            Catalogue names; what they share is computed once.
        rows : slice, optional
            Draws to use; all by default.

        Yields
        ------
        ndarray of bool, shape (n_images, n_draws)
            For each architecture where :meth:`error_draws` are at or below the target.
        """
        target = self.project.settled(_require_target(target_error, self.project))
        counts, wanted = _require_counts(images), rows or slice(None)
        if target >= self.project.majority_guess_error:
            every = (len(counts), len(range(*wanted.indices(self.n_draws))))
            yield from (np.ones(every, dtype=np.bool_) for _ in architectures)
        elif self._meets is None:
            yield from (self._curve(x).meets(counts, target, wanted) for x in architectures)
        else:
            yield from self._meets(architectures, counts, target, wanted)

    def spread_sources(self, images: float, architecture: str | None = None) -> SpreadSources:
        """Return where the width of the range of error at a number of images comes from.

        Parameters
        ----------
        images : float
            Total labelled images trained on, at least 1.
        architecture : str, optional
            Catalogue name; None for one not named yet.
        """
        (count,) = _require_counts([images])
        return self._sources(float(count), architecture)

    def to_frame(self, architecture: str | None = None) -> "pd.DataFrame":
        """Return the learning curve as a tidy table: one row for each number of images.

        Parameters
        ----------
        architecture : str, optional
            Catalogue name; None for one not named yet.

        Returns
        -------
        pandas.DataFrame
            Columns ``project``, ``images``, ``error_p05`` to ``error_p95`` (not exceeded in so many
            per cent of outcomes), ``chance_of_target`` and ``inside_evidence``; errors and chances
            in [0, 1].
        """
        return renderers().frame(self, architecture=architecture)

    def plot(self, architecture: str | None = None) -> "Figure":
        """Return the learning curve as a fan, with target, images held, limit and pilots marked.

        Parameters
        ----------
        architecture : str, optional
            Catalogue name; None for one not named yet.
        """
        return renderers().picture(self, architecture=architecture)


class ForecastOf(Protocol):
    """Who forecasts a project: :func:`build_forecast`, or a rival of the fitted model."""

    def __call__(
        self,
        project: Project,
        posterior: Posterior,
        *,
        architectures: Sequence[Architecture] = (),
        seed: int = 0,
    ) -> Forecast:
        """Return the forecast, with as many draws as the fitted model has."""
        ...


def build_forecast(
    project: Project,
    posterior: Posterior,
    *,
    architectures: Sequence[Architecture] = (),
    seed: int = 0,
) -> Forecast:
    """Forecast one project from a fitted model.

    Parameters
    ----------
    project : Project
        Whom to forecast.
    posterior : Posterior
        From :func:`planner.load_model`.
    architectures : sequence of Architecture
        Catalogue of the names that may be asked for, besides those that were fitted; a model
        without architecture effects takes any name.
    seed : int, default=0
        With the project's id, fixes the project's own luck.

    Returns
    -------
    Forecast

    Raises
    ------
    UnsupportedError
        The model has no evidence for what the project asks (frozen backbone, a domain other than
        vision), or no way to learn from pilots.
    InputError
        Pilots that cannot be read, or of architectures that are not known.
    """
    require_support(project, posterior)
    keep_freed_memory()
    asked, luck = over_all_images(project), Luck(seed, project.id, posterior.n_draws)
    if posterior.spec is None:
        return judged(_blind_forecast(asked, posterior, luck), project)
    book = read_book(posterior, architectures)
    return judged(_fitted_forecast(asked, posterior, book, luck), project)


def _fitted_forecast(
    project: Project, posterior: Posterior, book: ArchitectureBook, luck: Luck
) -> Forecast:
    """Return a forecast of a declared model."""
    curves = ProjectCurves(posterior, project, luck, runs=pool_runs(read_runs(project, book.find)))

    def curve(name: str | None) -> ErrorCurve:
        return curves.curve(None if name is None else book.find(name))

    return Forecast(
        project=project,
        posterior=posterior,
        varies_by_architecture=curves.varies_by_architecture,
        _curve=lru_cache(maxsize=1)(curve),  # one: a portfolio has thousands of options
        _sources=lambda images, name: spread_sources(
            curves, None if name is None else book.find(name), images
        ),
        _architecture_warnings=lambda names: evidence_warnings(project, names, book),
        _update=lambda: curves.update,
        _meets=lambda names, *asked: curves.meets(map(book.find, names), *asked),
    )


def _blind_forecast(project: Project, posterior: Posterior, luck: Luck) -> Forecast:
    """Return a forecast of the published equation, which has no architecture term."""
    curves = LogLinearCurves(posterior, project, luck)
    return Forecast(
        project=project,
        posterior=posterior,
        varies_by_architecture=False,
        _curve=lambda _name: curves.curve,
        _sources=lambda images, _name: curves.spread_sources(images),
        _architecture_warnings=lambda _names: (),
    )


def shares(met: Flags) -> Floats:
    """Return in which share of the draws each row is met."""
    bits = np.bitwise_count(np.packbits(met, axis=1))  # a tenth of the time of counting them
    return np.asarray(bits.sum(axis=1, dtype=np.int64) / met.shape[1])


def _require_counts(images: ArrayLike) -> Floats:
    counts = np.asarray(images, dtype=np.float64)
    if counts.ndim != 1 or not np.all(np.isfinite(counts)) or np.any(counts < 0):
        raise bad_value("images", f"got {images!r}; expected a 1-D array of counts of at least 0.")
    return counts


def _require_target(target_error: float, project: Project) -> float:
    """Return a target error that can be asked for.

    Raises
    ------
    UnsupportedError
        The project states none.
    InputError
        It is no error.
    """
    if math.isnan(target_error) and not project.has_target:
        message = (
            "this asks what a target takes, and the project states none: planner plan chooses how "
            "good it is to be, by what errors cost."
        )
        place = f"projects[{project.id}].target_accuracy"
        raise UnsupportedError([Problem(place, message, "target_accuracy: 94%", code="NO_TARGET")])
    if not 0 < target_error < 1:
        message = f"got {target_error!r}; an error target lies strictly between 0 and 1."
        raise bad_value("target_error", message)
    return float(target_error)
