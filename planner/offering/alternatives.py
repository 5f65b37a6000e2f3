"""Alternatives to an own model as ways of running a project: their errors are stated."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.life import Build, Inference, Upkeep, UpkeepLine
from planner.domain.portfolio.project import Project
from planner.domain.words.alternatives import not_trained
from planner.economics.draws import share_draws
from planner.economics.ledger import Entry, alternative_entries, entries_of
from planner.economics.training import TrainingRate
from planner.forecasting.forecast import Forecast
from planner.forecasting.given import given_forecast
from planner.offering.field import as_in_use
from planner.offering.variants import Way

__all__ = [
    "NO_IMAGES",
    "alternative_ways",
    "in_place_of",
    "no_training",
    "stated_forecast",
    "way_entries",
]

NO_IMAGES = np.zeros(1, dtype=np.int64)
"""Images that an alternative trains on."""


def no_training(alternative: Alternative) -> TrainingRate:
    """Return the training of an alternative, which costs nothing and takes no time."""
    return TrainingRate(alternative.id, 0.0, None, not_trained(alternative.id))


def alternative_ways(
    project: Project, posterior: Posterior, rates: Sequence[TrainingRate], seed: int
) -> tuple[Way, ...]:
    """Return a way for each alternative of a project: its stated error in every draw."""
    return tuple(
        Way(
            assets=(),
            forecast=stated_forecast(project, one, posterior, seed),
            rates=tuple(rates),
            alternative=one,
        )
        for one in project.alternatives
    )


def stated_forecast(
    project: Project, alternative: Alternative, posterior: Posterior, seed: int
) -> Forecast:
    """Return what is stated of an alternative, in every draw, to the digits that it was stated in.

    The project's pilots say nothing of it.
    """
    name = f"alternatives[{alternative.id}]"
    shares = share_draws(alternative.stated, posterior.n_draws, seed, project.id, name)
    errors = np.round(1.0 - shares, 12) if alternative.is_accuracy else shares
    return given_forecast(as_in_use(replace(project, pilots=())), posterior, errors)


def way_entries(
    project: Project,
    way: Way,
    training: float | Floats,
) -> tuple[Entry, ...]:
    """Return the lines of a project as a way runs it."""
    if way.alternative is not None:
        return alternative_entries(way.alternative)
    return entries_of(project, training)


def in_place_of(project: Project, alternative: Alternative | None) -> Project:
    """Return a project whose life is that of an alternative: what the work earns stays the same."""
    if alternative is None:
        return project
    price, yearly = alternative.price_per_1000, alternative.yearly
    return replace(
        project,
        build=Build(weeks=alternative.lead_weeks),
        inference=None if price is None else Inference(price_per_1000=price),
        upkeep=None
        if yearly is None
        else Upkeep(lines=(UpkeepLine(id=alternative.id, yearly=yearly),)),
        end=None,
        review=None,
        shift=None,
        compress=(),
        alternatives=(),
    )
