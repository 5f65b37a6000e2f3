"""What would each project need, cost and reach on its own?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from planner.catalogue.tables import candidate_warnings, candidates
from planner.costing.options import price_images
from planner.costing.training import TrainingRate, price_training
from planner.domain.catalogue import Catalogue
from planner.domain.plan import SCHEMA_VERSION, Cost, Warning_
from planner.domain.portfolio import Compute, Portfolio
from planner.domain.posterior import Posterior
from planner.domain.project import Project
from planner.forecast.forecast import Forecast, build_forecast
from planner.forecast.spread import SpreadSources

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
    """One architecture at the median need, or at the limit where that is beyond it."""

    rank: int
    architecture: str
    images_total: int
    images_to_buy: int
    capped: bool
    chance_of_target: float
    max_accuracy: Spread
    cost: Cost


@dataclass(frozen=True)
class ProjectEstimate:
    """Need, reach and price of one project.

    ``data_needed``, the errors and ``spread_sources`` (at the limit) are those of the first
    recommended architecture.
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


@dataclass(frozen=True)
class Estimate:
    """Estimates of a portfolio's projects, with what they rest on."""

    model: Mapping[str, str]
    seed: int
    currency: str
    projects: tuple[ProjectEstimate, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the estimate as plain data, in the shape of ``planner estimate --json``."""
        return {
            "schema_version": SCHEMA_VERSION,
            "model": dict(self.model),
            "seed": self.seed,
            "currency": self.currency,
            "projects": [asdict(project) for project in self.projects],
        }


def build_estimate(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, *, seed: int = 0
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

    Returns
    -------
    Estimate
    """
    return Estimate(
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        currency=portfolio.currency,
        projects=tuple(
            _estimate_project(
                project,
                build_forecast(
                    project, posterior, architectures=catalogue.architectures, seed=seed
                ),
                portfolio.compute,
                catalogue,
            )
            for project in portfolio.projects
        ),
    )


def _estimate_project(
    project: Project, forecast: Forecast, compute: Compute, catalogue: Catalogue
) -> ProjectEstimate:
    rates = price_training(candidates(project, catalogue, compute), compute, catalogue)
    ranked = _cheapest(project, forecast, rates, compute)
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
            *forecast.warnings,
            *forecast.architecture_warnings([rate.architecture for rate in rates]),
        ),
    )


def _cheapest(
    project: Project, forecast: Forecast, rates: Sequence[TrainingRate], compute: Compute
) -> list[Recommendation]:
    """Return the cheapest recommendations, one per architecture; ties keep catalogue order."""
    priced = []
    for index, rate in enumerate(rates):
        images, capped = _median_need(project, forecast, rate.architecture)
        price = price_images(project, np.array([images], dtype=np.int64), (rate,), compute)
        cost = Cost.from_cents(
            int(price.data_cents[0]), int(price.training_cents[0, 0]), int(price.fixed_cents[0])
        )
        priced.append((cost.total, index, rate.architecture, images, capped, cost))
    return [
        _recommend(rank, project, forecast, name, images, cost, capped=capped)
        for rank, (_, _, name, images, capped, cost) in enumerate(
            sorted(priced)[:N_RECOMMENDATIONS], start=1
        )
    ]


def _recommend(
    rank: int,
    project: Project,
    forecast: Forecast,
    architecture: str,
    images: int,
    cost: Cost,
    *,
    capped: bool,
) -> Recommendation:
    at_limit = forecast.error_draws([project.images.limit], architecture)[:, 0]
    return Recommendation(
        rank=rank,
        architecture=architecture,
        images_total=images,
        images_to_buy=max(0, images - project.images.held),
        capped=capped,
        chance_of_target=float(forecast.chance(project.error_target, [images], architecture)[0]),
        max_accuracy=spread(1.0 - at_limit),
        cost=cost,
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
