"""What would each project need, cost and reach on its own?"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner.domain.catalogue import Catalogue
from planner.domain.json_shape import ABSENT_IF_NONE, record_data
from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.carbon import Carbon
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.results.plan import SCHEMA_VERSION, Warning_
from planner.domain.results.shown import Shown
from planner.domain.results.spending import Cost
from planner.domain.vocabulary import Basis, Metric
from planner.domain.words.plan_warnings import ARCHITECTURES_ALIKE
from planner.economics.emissions import emission
from planner.economics.hardware import gpu_hours, memory_floor_gb
from planner.economics.ledger import (
    Counts,
    committed,
    entries_of,
    place_of,
    training_amounts,
)
from planner.economics.stated_hours import project_rates
from planner.economics.training import TrainingRate
from planner.errors import bad_value
from planner.forecasting.forecast import Forecast, build_forecast
from planner.forecasting.spread import SpreadSources
from planner.forecasting.warnings import as_met_warnings
from planner.planning.assumptions import estimate_assumptions
from planner.questions.estimate.beside import (
    Balanced,
    Efficiency,
    Rarest,
    TrainingFactors,
    balanced,
    efficiency,
    rarest_class,
    training_factors,
)
from planner.questions.estimate.imbalance import Imbalance, imbalance_of
from planner.questions.estimate.ranges import CostRanges, cost_ranges
from planner.reference.tables import candidate_warnings, candidates

N_RECOMMENDATIONS = 3
FEWEST_IMAGES = 10
"""No option trains on fewer images than this, unless fewer are obtainable."""


@dataclass(frozen=True)
class Spread:
    """P10, P50 and P90: not exceeded in 10, 50 and 90 % of outcomes; None stands for infinite."""

    p10: float | None
    p50: float | None
    p90: float | None


@dataclass(frozen=True)
class DataNeeded:
    """Total images at which the target is reached, and the chance that it never is."""

    p10: float | None
    p50: float | None
    p90: float | None
    chance_never: float


@dataclass(frozen=True)
class Recommendation:
    """One architecture at the median need, or at the limit where that is beyond it.

    Cost ranges are for this number of images (``commit``) and for buying until the target is met
    (``stop_when_reached``); ``gpu_hours`` are for all trials; below ``memory_floor_gb`` (weights,
    gradients and Adam's moments, activations not counted) no training fits. ``shortfall_points``
    says by how much the median accuracy at the limit misses the target, where it does.
    """

    rank: int
    architecture: str
    images_total: int
    images_to_buy: int
    capped: bool
    chance_of_target: float
    max_accuracy: Spread
    cost: Cost
    cost_ranges: CostRanges
    gpu_hours: float | None
    memory_floor_gb: float | None
    efficiency: Efficiency
    training: TrainingFactors
    shortfall_points: float | None = field(default=None, metadata={ABSENT_IF_NONE: True})


@dataclass(frozen=True)
class ProjectEstimate:
    """Need, reach and price of one project.

    ``data_needed``, the errors and ``spread_sources`` (at the limit) are those of the first
    recommended architecture. ``rarest`` is there where so few images as are needed might not hold
    the rarest class, ``balanced`` and ``imbalance`` where classes are not equally frequent,
    ``metric`` where errors are those of another measure than accuracy.
    """

    id: str
    relative_complexity: float
    target_error: float
    majority_guess_error: float
    data_needed: DataNeeded
    error_now: Spread
    error_at_limit: Spread
    chance_of_target_at_limit: float
    spread_sources: SpreadSources
    recommendations: tuple[Recommendation, ...]
    warnings: tuple[Warning_, ...]
    target_error_in_use: float | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    rarest: Rarest | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    balanced: Balanced | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    imbalance: Imbalance | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    metric: Metric | None = field(default=None, metadata={ABSENT_IF_NONE: True})


@dataclass(frozen=True)
class Estimate(Shown):
    """Estimates of a portfolio's projects, with what they rest on.

    Attributes
    ----------
    assumptions : mapping of str to object
        Settings, sources and defaults used, as plain data.
    """

    model: Mapping[str, str]
    seed: int
    currency: str
    projects: tuple[ProjectEstimate, ...]
    assumptions: Mapping[str, object] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        """Return the estimate as plain data, in the shape of ``planner estimate --json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "model": dict(self.model),
            "seed": self.seed,
            "currency": self.currency,
            "projects": [record_data(project) for project in self.projects],
            "assumptions": dict(self.assumptions),
        }


def build_estimate(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    approval_limit: float | None = None,
    top: int = N_RECOMMENDATIONS,
) -> Estimate:
    """Estimate every project of a portfolio on its own, without budget or rules.

    Parameters
    ----------
    portfolio : Portfolio
        Its budget is not used.
    posterior : Posterior
        Whose draws to use; all of them.
    catalogue : Catalogue
        Architectures and prices.
    seed : int, default=0
        Fixes project luck.
    approval_limit : float, optional
        Total cost above which somebody else must approve; its chance is then estimated.
    top : int, default=3
        Architectures recommended for each project at most, cheapest first.

    Returns
    -------
    Estimate
    """
    if top < 1:
        raise bad_value("top", f"got {top!r}; expected a whole number of at least 1.", "top=3")
    forecast_of = partial(
        build_forecast, posterior=posterior, architectures=catalogue.architectures, seed=seed
    )
    return Estimate(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        currency=portfolio.currency,
        projects=tuple(
            estimate_project(
                project,
                forecast_of(project),
                portfolio.compute,
                catalogue,
                Asked(seed, approval_limit, portfolio.carbon, top),
                forecast_of,
            )
            for project in portfolio.projects
        ),
        assumptions=estimate_assumptions(portfolio, posterior, seed=seed),
    )


@dataclass(frozen=True)
class Asked:
    """What the user fixed beside the portfolio."""

    seed: int
    approval_limit: float | None = None
    carbon: Carbon | None = None
    top: int = N_RECOMMENDATIONS


def estimate_project(
    project: Project,
    forecast: Forecast,
    compute: Compute,
    catalogue: Catalogue,
    asked: Asked,
    forecast_of: Callable[[Project], Forecast] | None = None,
) -> ProjectEstimate:
    """Estimate one project: rules, shared assets and other projects of a portfolio play no part.

    With ``forecast_of`` also what it would need with its classes balanced.
    """
    architectures = candidates(project, catalogue, compute)
    rates = project_rates(project, architectures, compute, catalogue)
    kwh = _hourly_kwh(compute, catalogue, asked)
    offers = _cheapest(project, forecast, architectures, rates, compute, asked.top)
    ranked = [
        _recommend(rank, offer, project, forecast, compute, kwh, asked)
        for rank, offer in enumerate(offers, 1)
    ]
    lead = ranked[0].architecture
    now_and_limit = np.array([project.images.held, project.images.limit], dtype=np.float64)
    errors = forecast.error_draws(now_and_limit, lead)
    needed = forecast.data_needed_draws(project.error_target, lead)
    return ProjectEstimate(
        id=project.id,
        relative_complexity=project.relative_complexity,
        target_error=project.error_target,
        majority_guess_error=project.majority_guess_error,
        data_needed=DataNeeded(
            **asdict(spread(needed)), chance_never=float(np.mean(np.isinf(needed)))
        ),
        error_now=spread(errors[:, 0]),
        error_at_limit=spread(errors[:, 1]),
        chance_of_target_at_limit=float(
            forecast.chance(project.error_target, now_and_limit[1:], lead)[0]
        ),
        spread_sources=forecast.spread_sources(project.images.limit, lead),
        recommendations=tuple(ranked),
        warnings=(
            *candidate_warnings(project, catalogue, compute),
            *forecast.warnings_for(needed),
            *as_met_warnings(project),
            *forecast.architecture_warnings([rate.architecture for rate in rates]),
            *_alike(project, forecast, len(rates)),
        ),
        target_error_in_use=_in_use(project),
        rarest=rarest_class(project, spread(needed).p50),
        balanced=None
        if forecast_of is None or project.metric is not Metric.ACCURACY
        else balanced(
            project,
            lambda other: forecast_of(other).data_needed_draws(other.error_target, lead),
        ),
        imbalance=imbalance_of(
            project, ranked[0].images_total, partial(_median_error, forecast.of_all_images, lead)
        ),
        metric=None if project.metric is Metric.ACCURACY else project.metric,
    )


def _median_error(forecast: Forecast, architecture: str, images: float) -> float:
    errors = forecast.error_draws(np.array([images], dtype=np.float64), architecture)
    return float(np.median(errors))


def _in_use(project: Project) -> float | None:
    """Return the target as an error in use, where that on the test set is another."""
    in_use = project.settled(project.error_target_in_use)
    return None if in_use == project.error_target else in_use


def _alike(project: Project, forecast: Forecast, count: int) -> Iterator[Warning_]:
    """Say that the model cannot tell architectures apart, where there was a choice."""
    if count > 1 and not forecast.varies_by_architecture:
        field_ = f"projects[{project.id}].architectures"
        yield Warning_("ARCHITECTURE_DOMINATED", project.id, field_, ARCHITECTURES_ALIKE)


def _hourly_kwh(compute: Compute, catalogue: Catalogue, asked: Asked) -> float | None:
    """Return the electricity of an accelerator-hour; None where no source says."""
    if compute.basis is Basis.PAPER:
        return None
    found = emission(catalogue, compute.accelerator, asked.carbon)
    return None if found is None else found.kwh


@dataclass(frozen=True)
class _Offer:
    """One architecture, priced at the images recommended for it."""

    architecture: Architecture
    rate: TrainingRate
    images: int
    capped: bool
    cost: Cost


def _cheapest(
    project: Project,
    forecast: Forecast,
    architectures: Sequence[Architecture],
    rates: Sequence[TrainingRate],
    compute: Compute,
    most: int,
) -> list[_Offer]:
    """Return the cheapest offers, one per architecture.

    At the same cost to the cent the better chance stands first, then the first name.
    """
    offers = []
    for architecture, rate in zip(architectures, rates, strict=True):
        images, capped = _median_need(project, forecast, rate.architecture)
        entries = entries_of(project, training_amounts((rate,), compute)[0])
        trained = np.array([images], dtype=np.int64)
        counts = Counts(np.maximum(trained - project.images.held, 0), trained)
        cents = committed(entries, counts, place_of(project))
        cost = Cost.from_cents({line: int(amount[0]) for line, amount in cents.items()})
        offers.append(_Offer(architecture, rate, images, capped, cost))
    offers.sort(key=lambda offer: offer.cost.total)
    last = offers[min(most, len(offers)) - 1].cost.total
    cheap = [offer for offer in offers if offer.cost.total <= last]
    return sorted(cheap, key=lambda offer: _order(offer, project, forecast))[:most]


def _order(offer: _Offer, project: Project, forecast: Forecast) -> tuple[float, float, str]:
    name = offer.architecture.name
    chance = forecast.chance(project.error_target, [offer.images], offer.rate.architecture)
    return offer.cost.total, -float(chance[0]), name


def _recommend(
    rank: int,
    offer: _Offer,
    project: Project,
    forecast: Forecast,
    compute: Compute,
    hourly_kwh: float | None,
    asked: Asked,
) -> Recommendation:
    name, images = offer.rate.architecture, offer.images
    errors = forecast.error_draws(np.array([images, project.images.limit], dtype=np.float64), name)
    at_limit, hours = errors[:, 1], gpu_hours(offer.rate, images, compute)
    kwh = None if hourly_kwh is None or hours is None else hours * hourly_kwh
    missing = 100.0 * ((spread(at_limit).p50 or 0.0) - project.error_target)
    return Recommendation(
        rank=rank,
        architecture=name,
        images_total=images,
        images_to_buy=max(0, images - project.images.held),
        capped=offer.capped,
        chance_of_target=float(forecast.chance(project.error_target, [images], name)[0]),
        max_accuracy=spread(1.0 - at_limit),
        cost=offer.cost,
        cost_ranges=cost_ranges(
            project,
            forecast,
            offer.rate,
            compute,
            images=images,
            seed=asked.seed,
            approval_limit=asked.approval_limit,
        ),
        gpu_hours=hours,
        memory_floor_gb=memory_floor_gb(offer.architecture),
        efficiency=efficiency(project, errors[:, 0], offer.cost.total, kwh),
        training=training_factors(images, offer.rate.usd_per_image_epoch, compute),
        shortfall_points=missing if offer.capped and missing > 0 else None,
    )


def _median_need(project: Project, forecast: Forecast, architecture: str) -> tuple[int, bool]:
    """Return the median need between held and obtainable images, and whether it was cut."""
    needed = spread(forecast.data_needed_draws(project.error_target, architecture)).p50
    limit = project.images.limit
    if needed is None or needed > limit:
        return limit, True
    return min(max(math.ceil(needed), project.images.held, FEWEST_IMAGES), limit), False


def spread(draws: NDArray[np.float64]) -> Spread:
    """Return P10, P50 and P90 of draws that may be infinite; each is one of the draws."""
    quantiles = np.quantile(draws, (0.1, 0.5, 0.9), method="inverted_cdf")
    return Spread(*(float(q) if np.isfinite(q) else None for q in quantiles))
