"""How far may the cost of one project stray, if we commit to images, or stop at the target?

``commit`` buys up to a number of images now and trains once: images are certain, error is not.
``stop_when_reached`` buys until the target is met, at most up to the limit: error is as certain
as it can be, images are not. Both are mixtures over the same joint draws; cost at the target is
bounded by the limit, so that, unlike data needed, it has a mean and a tail.
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Draws
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.results.risk import Quantiles
from planner.economics.ledger import Counts, Timing, entries_of, spend, training_amounts
from planner.economics.price_draws import PriceDraws
from planner.economics.training import TrainingRate
from planner.forecasting.forecast import Forecast
from planner.planning.risk import summarise


@dataclass(frozen=True)
class ImagesRange:
    """Images trained on: not exceeded in 10, 50, 80 and 90 % of outcomes."""

    p10: int
    p50: int
    p80: int
    p90: int


@dataclass(frozen=True)
class CostRange:
    """Cost of one way to go about a project, in the portfolio's currency.

    Attributes
    ----------
    images_total : ImagesRange
        Images trained on.
    data, training, total : Quantiles
        All that is paid for having images, training, and both. P90 is not exceeded in 90 % of
        outcomes; ``cvar90`` is the mean of the dearest 10 %.
    contingency : float
        P80 − P50 of the total: what to hold back beside the median to be safe in 80 %.
    chance_met : float
        Chance that the target is met.
    chance_over_approval : float or None
        Chance that the total exceeds the approval limit, if one was given.
    p90_error : float
        Monte Carlo standard error of the total's P90.
    """

    images_total: ImagesRange
    data: Quantiles
    training: Quantiles
    total: Quantiles
    contingency: float
    chance_met: float
    chance_over_approval: float | None
    p90_error: float


@dataclass(frozen=True)
class CostRanges:
    """The same project under both modes."""

    commit: CostRange
    stop_when_reached: CostRange


def cost_ranges(
    project: Project,
    forecast: Forecast,
    rate: TrainingRate,
    compute: Compute,
    *,
    images: int,
    seed: int = 0,
    approval_limit: float | None = None,
) -> CostRanges:
    """Return the cost ranges of one architecture under both modes.

    Parameters
    ----------
    project : Project
        Prices and images.
    forecast : Forecast
        Its draws of data needed decide where buying stops.
    rate : TrainingRate
        Of the architecture.
    compute : Compute
        Epochs, trials and price ranges.
    images : int
        Total images that ``commit`` trains on; ``stop_when_reached`` may go to the limit.
    seed : int, default=0
        Of the price draws.
    approval_limit : float, optional
        Total above which somebody else must approve.
    """
    n = forecast.n_draws
    target, name = project.error_target, rate.architecture
    held, limit = project.images.held, project.images.limit
    draws = PriceDraws(compute, seed, n)
    entries = entries_of(project, training_amounts((rate,), compute)[0])
    needed = forecast.data_needed_draws(target, name)
    stopped = np.clip(np.ceil(needed), min(max(held, 1), limit), limit)
    committed = np.full(n, float(images))
    trainings = [entry for entry in entries if entry.line.timing is Timing.PER_TRAINING]
    others = [entry for entry in entries if entry not in trainings]

    def cost_range(total_images: Draws, chance: float) -> CostRange:
        counts = Counts(np.maximum(total_images - held, 0.0), total_images)
        data, training = (
            spend(
                [entry.line for entry in part],
                counts,
                [draws.amount(entry, project.id) for entry in part],
            )
            for part in (others, trainings)
        )
        return _summary(total_images, data, training, chance, approval_limit)

    return CostRanges(
        commit=cost_range(committed, float(forecast.chance(target, [images], name)[0])),
        stop_when_reached=cost_range(stopped, float(np.mean(needed <= limit))),
    )


def _summary(
    images: Draws, data: Draws, training: Draws, chance: float, approval_limit: float | None
) -> CostRange:
    total = data + training
    summary = summarise(total, worst="high")
    over = None if approval_limit is None else float(np.mean(total > approval_limit))
    return CostRange(
        images_total=_images_range(images),
        data=summarise(data, worst="high"),
        training=summarise(training, worst="high"),
        total=summary,
        contingency=summary.p80 - summary.p50,
        chance_met=chance,
        chance_over_approval=over,
        p90_error=quantile_error(total, 0.9),
    )


def _images_range(images: Draws) -> ImagesRange:
    quantiles = np.quantile(images, (0.1, 0.5, 0.8, 0.9), method="inverted_cdf")
    return ImagesRange(*(int(q) for q in quantiles))


def quantile_error(draws: Draws, probability: float) -> float:
    """Return the Monte Carlo standard error of a quantile, from order statistics.

    Half the distance between the quantiles one binomial standard deviation above and below; it
    assumes nothing about the density.

    Examples
    --------
    >>> quantile_error(np.linspace(0.0, 1.0, 10_001), 0.5)
    0.005
    """
    n = len(draws)
    deviation = math.sqrt(probability * (1.0 - probability) / n)
    around = np.clip([probability - deviation, probability + deviation], 0.0, 1.0)
    low, high = np.quantile(draws, around, method="inverted_cdf")
    return round(float(high - low) / 2, 12)
