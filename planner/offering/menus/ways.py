"""The ways of running a project: its shared assets, balance, compression, refresh, alternatives."""

from dataclasses import replace
from functools import partial

from planner.domain.portfolio.in_use.drift import refreshes
from planner.domain.portfolio.in_use.rebalance import balances
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.economics.training import TrainingRate
from planner.forecasting.forecast import Forecast, build_forecast
from planner.offering.alternatives import alternative_ways, no_training
from planner.offering.field import rebalanced, way_in_use
from planner.offering.menus.prices import PriceList
from planner.offering.variants import (
    Way,
    asset_sets,
    dearer,
    discounted,
    trained_with,
)

__all__ = ["project_ways"]


def project_ways(
    project: Project,
    portfolio: Portfolio,
    forecast: Forecast,
    rates: tuple[TrainingRate, ...],
    price_list: PriceList,
    seed: int,
) -> tuple[Way, ...]:
    """Return the ways of running a project; a start from other weights is another forecast."""
    forecast_of = partial(
        build_forecast,
        posterior=forecast.posterior,
        architectures=price_list.architectures,
        seed=seed,
    )
    forecasts = {project.pretrained: forecast}
    serving = price_list.serving(project, rates)
    rates = (*rates, *map(no_training, project.alternatives))
    ways = []
    for assets in asset_sets(project, portfolio.shared):
        trained = trained_with(project, assets)
        if trained.pretrained not in forecasts:
            forecasts[trained.pretrained] = forecast_of(trained)
        for balance in balances(project):
            measured = rebalanced(forecasts[trained.pretrained], balance, forecast_of)
            way = Way(assets, measured, discounted(rates, assets), serving, rebalance=balance)
            ways += _transformed(way, measured, seed)
    return (*ways, *alternative_ways(project, forecast.posterior, rates, seed))


def _transformed(way: Way, measured: Forecast, seed: int) -> list[Way]:
    """Return a way with its errors in use, as it is and compressed, at each choice of refresh."""
    project, found = measured.project, []
    for one in (None, *project.compress):
        rates = way.rates if one is None else dearer(way.rates, one.training)
        used = way_in_use(replace(way, rates=rates, compress=one), measured, seed)
        kept = refreshes(project.upkeep)
        found += [replace(used, refresh=how) for how in kept] if kept else [used]
    return found
