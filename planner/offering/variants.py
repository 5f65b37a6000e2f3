"""In which ways can a project be run: with which shared assets, and starting when?

A required asset is used by every option of its members. An optional one that gives something
doubles the options: with it and without. A shared data set with images is a pool: images come from
it first. A base model may make training start from pretrained weights, which is another forecast,
and may make training cheaper.

More images of the rarest class than are met may be bought; the other ones are taken as they come.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.in_use.compress import Compression
from planner.domain.portfolio.in_use.drift import Refresh
from planner.domain.portfolio.in_use.rebalance import Balance, balances
from planner.domain.portfolio.portfolio import Portfolio, SharedAsset
from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from planner.domain.results.option import ProjectOptions
from planner.economics.ledger import SOUGHT, Counts
from planner.economics.life.serving import ServingRate
from planner.economics.training import TrainingRate
from planner.errors import InputError, Problem
from planner.forecasting.field import FieldMap
from planner.forecasting.forecast import Forecast

MOST_OPTIONAL_ASSETS = 6
"""Optional assets of one project; each doubles its options."""


@dataclass(frozen=True, eq=False)
class Way:
    """One set of shared assets that a project uses, and what it changes.

    Attributes
    ----------
    assets : tuple of SharedAsset
        In file order.
    forecast : Forecast
        Of the project as this way trains it, of errors in use.
    rates : tuple of TrainingRate
        Training price of each candidate architecture, discounts included.
    serving : tuple of ServingRate
        What running each of them costs; empty where no machine is asked for.
    alternative : Alternative, optional
        What does the work instead of an own model; its forecast is stated.
    laboratory : Forecast, optional
        Of errors measured on a test set, where a network is trained.
    field : FieldMap, optional
        What those become in use; None where they stay what they are.
    refresh : Refresh, optional
        How often it is made fresh; None where it does not age.
    compress : Compression, optional
        How the network is made smaller; None where it stays as it is.
    rebalance : Balance, optional
        How many more images of the rarest class it is trained on; None where classes are as met.
    """

    assets: tuple[SharedAsset, ...]
    forecast: Forecast
    rates: tuple[TrainingRate, ...]
    serving: tuple[ServingRate, ...] = ()
    alternative: Alternative | None = None
    laboratory: Forecast | None = None
    field: FieldMap | None = None
    refresh: Refresh | None = None
    compress: Compression | None = None
    rebalance: Balance | None = None

    @property
    def measured(self) -> Forecast:
        """Forecast of errors as they are measured on a test set."""
        return self.forecast if self.laboratory is None else self.laboratory

    @property
    def uses(self) -> tuple[str, ...]:
        """Ids of the assets."""
        return tuple(asset.id for asset in self.assets)

    @property
    def pools(self) -> tuple[SharedAsset, ...]:
        """Assets that images come from."""
        return tuple(asset for asset in self.assets if asset.images is not None)


def asset_sets(project: Project, shared: Sequence[SharedAsset]) -> list[tuple[SharedAsset, ...]]:
    """Return the sets of shared assets that options of a project may use, the smallest first.

    Raises
    ------
    InputError
        The project is a member of more optional assets than can be combined.
    """
    mine = [asset for asset in shared if project.id in asset.members]
    optional = [asset.id for asset in mine if not asset.required and _gives_anything(asset)]
    if len(optional) > MOST_OPTIONAL_ASSETS:
        message = (
            f"{project.id} is a member of {len(optional)} optional assets; at most "
            f"{MOST_OPTIONAL_ASSETS} can be combined."
        )
        raise InputError([Problem("shared", message, "required: true", code="TOO_MANY_ASSETS")])
    return [
        tuple(asset for asset in mine if asset.required or asset.id in chosen)
        for size in range(len(optional) + 1)
        for chosen in itertools.combinations(optional, size)
    ]


def _gives_anything(asset: SharedAsset) -> bool:
    """Whether using an asset changes an option at all."""
    gives = asset.gives
    return asset.images is not None or gives.pretrained is not None or gives.training_discount > 0


def trained_with(project: Project, assets: Sequence[SharedAsset]) -> Project:
    """Return the project as it is trained with some assets: pretrained if one of them says so.

    Pilots that do not say what they started from keep the start of the project as written.
    """
    asked = [a.gives.pretrained for a in assets if a.gives.pretrained is not None]
    pretrained = any(asked) or (project.pretrained and not asked)
    if pretrained == project.pretrained:
        return project
    pilots = tuple(
        replace(pilot, pretrained=project.pretrained) if pilot.pretrained is None else pilot
        for pilot in project.pilots
    )
    return replace(project, pretrained=pretrained, pilots=pilots)


def discounted(
    rates: Sequence[TrainingRate], assets: Sequence[SharedAsset]
) -> tuple[TrainingRate, ...]:
    """Return training rates less the discounts of the assets used, one after the other."""
    factor = 1.0
    for asset in assets:
        factor *= 1.0 - asset.gives.training_discount
    if factor == 1.0:
        return tuple(rates)
    return tuple(
        replace(rate, usd_per_image_epoch=rate.usd_per_image_epoch * factor) for rate in rates
    )


def dearer(rates: Sequence[TrainingRate], by: float) -> tuple[TrainingRate, ...]:
    """Return training rates of what takes more work by a share."""
    return tuple(
        replace(
            rate,
            usd_per_image_epoch=rate.usd_per_image_epoch * (1.0 + by),
            gpu_seconds_per_image_epoch=None
            if rate.gpu_seconds_per_image_epoch is None
            else rate.gpu_seconds_per_image_epoch * (1.0 + by),
        )
        for rate in rates
    )


def images_from_pools(project: Project, pools: Sequence[SharedAsset], totals: Rows) -> Rows:
    """Return how many images each option takes from each pool, shape (n_options, n_pools).

    The first pool serves first; a pool gives at most its limit, and only what the project does
    not hold.
    """
    taken = np.zeros((len(totals), len(pools)), dtype=np.int64)
    missing = np.maximum(totals - project.images.held, 0)
    for column, pool in enumerate(pools):
        if pool.images is not None:
            taken[:, column] = np.minimum(missing, pool.images.limit)
            missing = missing - taken[:, column]
    return taken


def sought(balance: Balance | None, totals: Rows) -> Rows:
    """Return how many of some numbers of images are bought of the rarest class alone."""
    if balance is None:
        return np.zeros(len(totals), dtype=np.int64)
    return np.array([balance.images(total) for total in totals.tolist()], dtype=np.int64)


def uses_what_is_held(project: Project, balance: Balance | None, totals: Rows) -> Flags:
    """Return which numbers of images leave none of those held unused, and seek one at least."""
    if balance is None:
        return np.ones(len(totals), dtype=np.bool_)
    found = sought(balance, totals)
    return np.asarray((found > 0) & (totals - found >= max(project.images.held, 1)))


def held_levels(project: Project) -> Rows:
    """Return the fewest images at which what is held is trained on with each balance."""
    held = project.images.held
    found = [one.least(held) for one in balances(project) if one is not None]
    return np.array(found, dtype=np.int64)


def way_counts(project: Project, way: Way, labelled: Rows, totals: Rows) -> Counts:
    """Return what options of a way are charged for."""
    if way.rebalance is None or not project.class_prices:
        return Counts(labelled, totals)
    return Counts(labelled, totals, np.minimum(sought(way.rebalance, totals), labelled))


def counts_of(options: ProjectOptions, labelled: Rows) -> Counts:
    """Return what priced options are charged for, with so many images left to label."""
    own = options.sought if SOUGHT.name in options.cents else None
    return Counts(
        labelled, options.images_total, None if own is None else np.minimum(own, labelled)
    )


def present_factors(portfolio: Portfolio) -> Floats:
    r"""Return the present value of one unit of money of each period, shape (n_periods,).

    .. math:: (1 + r)^{-t H / T}

    for period :math:`t = 0, 1, …` of :math:`T` over a horizon of :math:`H` years.
    """
    return np.asarray((1.0 + portfolio.discount_rate) ** -period_years(portfolio), dtype=np.float64)


def period_years(portfolio: Portfolio) -> Floats:
    """Return when each period starts, in years from the start of the plan."""
    count = max(1, len(portfolio.periods))
    return np.asarray(np.arange(count) * portfolio.horizon_years / count)


def starts(project: Project, portfolio: Portfolio) -> tuple[int, ...]:
    """Return the periods in which a project may start; the only one without periods."""
    ids = [period.id for period in portfolio.periods]
    first = ids.index(project.earliest) if project.earliest in ids else 0
    return tuple(range(first, max(1, len(ids))))


def pool_cents(priced: ProjectOptions, ways: Sequence[Way]) -> Floats:
    """Return a member's part of the price of the pooled images of each option, in cents."""
    cents = np.zeros(len(priced))
    if priced.pool_images is None:
        return cents
    pools = {pool.id: pool for way in ways for pool in way.pools}
    for column, name in enumerate(priced.pools):
        pool = pools[name]
        if pool.images is not None:
            bought = np.maximum(priced.pool_images[:, column] - pool.images.held, 0)
            cents += 100 * amount_mean(pool.images.price) * bought / len(pool.members)
    return cents
