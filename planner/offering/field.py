"""What the errors of a project become as its classes are balanced, and in use, in every draw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.in_use.compress import Compression
from planner.domain.portfolio.in_use.rebalance import Balance, balanced_project
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount
from planner.domain.vocabulary import Metric
from planner.economics.draws import share_draws
from planner.forecasting.field import FieldMap, in_field
from planner.forecasting.forecast import Forecast
from planner.forecasting.judged import judged
from planner.forecasting.remembered import remembered
from planner.offering.variants import Way

__all__ = ["as_in_use", "as_trained", "field_of", "rebalanced", "remembering", "way_in_use"]

_NO_SHIFT: Mapping[str, Amount] = {"drop": 0.0, "lost": 0.0}


def field_of(
    project: Project, n_draws: int, seed: int, compress: Compression | None = None
) -> FieldMap:
    """Return what errors of a project become in use; ranges are drawn, its own for each project."""
    shift, review = project.shift, project.review
    asked = _NO_SHIFT if shift is None else {"drop": shift.drop, "lost": shift.lost}
    drop, lost = (share_draws(asked[k], n_draws, seed, project.id, f"shift.{k}") for k in asked)
    return FieldMap(
        added=_added(project, compress, n_draws, seed),
        kept=1.0 - drop,
        lost=lost,
        left=1.0 if review is None else review.left,
        own=0.0 if review is None else review.own,
        guess=project.majority_guess_error,
    )


def as_trained(project: Project, balance: Balance | None) -> Project:
    """Return a project as a balance trains it, where accuracy counts: another, harder task.

    Its runs are of the classes as they are met, and say nothing of it.
    """
    if balance is None or project.metric is not Metric.ACCURACY:
        return project
    return replace(balanced_project(project, balance), pilots=())


def rebalanced(
    measured: Forecast, balance: Balance | None, forecast_of: Callable[[Project], Forecast]
) -> Forecast:
    """Return the forecast of a project trained with more images of its rarest class.

    Parameters
    ----------
    measured : Forecast
        Of classes as they are met.
    balance : Balance or None
        None leaves them so.
    forecast_of : callable
        Of another project.
    """
    if balance is None:
        return measured
    if measured.project.metric is Metric.ACCURACY:
        return forecast_of(as_trained(measured.project, balance))
    return judged(measured.of_all_images, measured.project, balance)


def as_in_use(project: Project) -> Project:
    """Return a project whose errors are those in use already."""
    return replace(project, shift=None, review=None)


def _added(project: Project, compress: Compression | None, n_draws: int, seed: int) -> Floats:
    if compress is None:
        return np.zeros(n_draws)
    return share_draws(compress.added, n_draws, seed, project.id, f"compress.{compress.id}")


def way_in_use(way: Way, measured: Forecast, seed: int) -> Way:
    """Return a way of running a project with its errors in use.

    Parameters
    ----------
    way : Way
        That trains a network.
    measured : Forecast
        Of errors in the laboratory.
    seed : int
        Of ranges.
    """
    project = measured.project
    field = field_of(project, measured.n_draws, seed, way.compress)
    if field.is_identity:
        return replace(way, forecast=measured, laboratory=measured, field=None)
    forecast = in_field(measured, as_in_use(project), field)
    return replace(way, forecast=forecast, laboratory=measured, field=field)


def remembering(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Return ways that forecast the errors they share once, as long as they are kept.

    Compressed or not, and however often made fresh, a network is measured with the same errors.
    """
    kept: dict[int, Forecast] = {}

    def one(way: Way) -> Way:
        if way.laboratory is None:
            return way
        measured = kept.setdefault(id(way.laboratory), remembered(way.laboratory))
        if way.field is None:
            return replace(way, forecast=measured, laboratory=measured)
        project = way.forecast.project
        return replace(way, forecast=in_field(measured, project, way.field), laboratory=measured)

    return tuple(map(one, ways))
