"""Options with what they earn and pay in use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Floats
from planner.domain.catalogue import Catalogue
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.carbon import Carbon
from planner.domain.portfolio.in_use.rebalance import label_price
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range
from planner.domain.results.option import GradedMeans, OptionLife, ProjectOptions
from planner.domain.vocabulary import Covers
from planner.economics.emissions import KG_PER_TONNE, emissions_of
from planner.economics.hardware import gpu_hours, wall_hours
from planner.economics.ledger import training_amounts
from planner.economics.life.clock import Clock, lead_years, service
from planner.economics.life.graded import GradedDraws, is_graded
from planner.economics.life.lines import Emitted, Fresh, Running, Serving
from planner.economics.life.serving import ServingRate, price_serving
from planner.economics.life.worth import has_life, is_neutral, life_worth
from planner.economics.money import to_cents
from planner.economics.training import TrainingRate
from planner.errors import Problem, UnsupportedError
from planner.forecasting.forecast import Forecast
from planner.offering.alternatives import in_place_of
from planner.offering.graded import Part, graded_life, graded_parts
from planner.offering.variants import Way, period_years

__all__ = [
    "LifeTerms",
    "joined_lives",
    "lost_by_missing",
    "option_draws",
    "option_part",
    "pays_of",
    "running_of",
    "serving_of",
    "training_hours",
    "with_grams",
    "with_life",
]

MOST_GRAMS = 2.0**50
"""More than any cap; sums of thousands of them are exact."""


@dataclass(frozen=True, eq=False)
class LifeTerms:
    """What every life of a portfolio is counted on.

    Attributes
    ----------
    compute : Compute
        How long training takes.
    clock : Clock
        Horizon and discount rate.
    years : ndarray of float64, shape (n_periods,)
        When each period starts.
    binds_running : bool
        Whether the budget covers running cost too.
    carbon : Carbon or None
        Where machines stand.
    """

    compute: Compute
    clock: Clock
    years: Floats
    binds_running: bool = False
    carbon: Carbon | None = None

    @classmethod
    def of(cls, portfolio: Portfolio) -> "LifeTerms":
        """Return those of a portfolio."""
        whole = portfolio.budget_covers is Covers.WHOLE_LIFE
        years = period_years(portfolio)
        return cls(portfolio.compute, Clock.of(portfolio), years, whole, portfolio.carbon)


def with_life(
    project: Project, way: Way, options: ProjectOptions, terms: LifeTerms
) -> ProjectOptions:
    """Return options with their life, if there is any, and what is then expected of them.

    Parameters
    ----------
    project : Project
        Whose.
    way : Way
        In which they are run.
    options : ProjectOptions
        Priced, by period.
    terms : LifeTerms
        Clock and prices.
    """
    ranged = isinstance(project.value, Range)  # draws of it move what is earned in use
    if not has_life(project) and terms.carbon is None and not ranged:
        return options
    running = running_of(project, way, options, terms)
    neutral = is_neutral(running) and way.alternative is None
    if neutral and not project.alternatives and not ranged:
        return options
    life = life_worth(running)
    graded = is_graded(project)
    if graded:
        life = graded_life(way, options, running, life)
    if terms.binds_running:
        paid = life.running * (life.live_met | life.live_not | graded)
        life = replace(life, bound=to_cents(paid, f"projects[{project.id}].upkeep"))
    earned = options.expected_value if neutral else life.gross_at(options.chance)
    return replace(options, life=life, expected_value=earned)


def running_of(project: Project, way: Way, options: ProjectOptions, terms: LifeTerms) -> Running:
    """Return options in use: when each runs, and on what machine."""
    project = in_place_of(project, way.alternative)
    hours = training_hours(way, options, terms.compute)
    lead = lead_years(project.build, options.images_to_buy.astype(np.float64), hours)
    start = np.zeros(len(options), dtype=np.int64) if options.start is None else options.start
    years = None if project.use is None else project.use.years
    run = service(terms.clock, terms.years[start], lead, years)
    emitted = _emitted(project, way, options, terms)
    serving = _serving(way, options, terms.compute)
    fresh = _fresh(project, way, options, terms.compute)
    saved = 0.0 if way.compress is None else way.compress.inference
    return Running(project, run, serving, emitted, fresh, saved)


def _fresh(project: Project, way: Way, options: ProjectOptions, compute: Compute) -> Fresh | None:
    """Return how options are kept fresh; None where they are not."""
    every = None if way.refresh is None else way.refresh.years
    if every is None:
        return None
    images = options.images_total.astype(np.float64)
    each = training_amounts(way.rates, compute)[options.architecture_index]
    return Fresh(every, images, each * images, compute, label_price(project, way.rebalance))


def with_grams(
    project: Project, way: Way, options: ProjectOptions, terms: LifeTerms
) -> ProjectOptions:
    """Return options with what they emit if they go live, where the file says where they stand."""
    if terms.carbon is None:
        return options
    running = running_of(project, way, options, terms)
    emitted = running.emitted
    kg = np.zeros(len(options))
    if emitted is not None and emitted.training is not None:
        anew = (running.retrained * running.run.lengths).sum(axis=1)
        kg = kg + (emitted.hours + anew) * emitted.training.kg
    if emitted is not None and emitted.running is not None:
        kg = kg + (running.hours * running.run.lengths).sum(axis=1) * emitted.running.kg
    grams = np.minimum(np.rint(1_000 * kg), MOST_GRAMS).astype(np.int64)
    return replace(options, grams=grams)


def option_part(
    project: Project,
    way: Way,
    options: ProjectOptions,
    row: int,
    portfolio: Portfolio,
    draws: slice,
) -> Part:
    """Return one option in use with its errors in some draws."""
    one = options.take(np.array([row]))
    running = running_of(project, way, one, LifeTerms.of(portfolio))
    return next(iter(graded_parts(way, one, running, draws)))


def option_draws(
    project: Project,
    way: Way,
    options: ProjectOptions,
    row: int,
    portfolio: Portfolio,
    draws: slice,
) -> GradedDraws:
    """Return what one option earns and pays in use in some draws, shape (1, n_draws)."""
    return option_part(project, way, options, row, portfolio, draws).draws


def pays_of(
    project: Project, way: Way, options: ProjectOptions, terms: LifeTerms, draws: slice
) -> Flags:
    """Return in which draws running each option of a way pays, shape (n_options, n_draws)."""
    count = len(range(*draws.indices(way.forecast.n_draws)))
    pays = np.zeros((len(options), count), dtype=np.bool_)
    for part in graded_parts(way, options, running_of(project, way, options, terms), draws):
        pays[part.rows] = part.draws.pays
    return pays


def training_hours(way: Way, options: ProjectOptions, compute: Compute) -> Floats:
    """Return how long each training takes; 0 where the file does not say on how many machines."""
    if compute.gpus is None:
        return np.zeros(len(options))
    if way.alternative is not None:
        return np.zeros(len(options))
    per_image = [wall_hours(gpu_hours(rate, 1, compute) or 0.0, compute) for rate in way.rates]
    return np.asarray(np.array(per_image)[options.architecture_index] * options.images_total)


def _emitted(
    project: Project, way: Way, options: ProjectOptions, terms: LifeTerms
) -> Emitted | None:
    """Return what the machines of options emit; nothing without power in the tables."""
    if terms.carbon is None:
        return None
    training, running = emissions_of(project, terms.compute, terms.carbon)
    hours = np.zeros(len(options))
    if way.alternative is None:
        each = np.array([gpu_hours(rate, 1, terms.compute) or 0.0 for rate in way.rates])
        hours = np.asarray(each[options.architecture_index] * options.images_total)
    return Emitted(hours, training, running, terms.carbon.price_per_tonne / KG_PER_TONNE)


def _serving(way: Way, options: ProjectOptions, compute: Compute) -> Serving | None:
    if not way.serving:
        return None
    seconds = np.array([rate.seconds_per_image for rate in way.serving])  # of own models alone
    return Serving(seconds[options.architecture_index], way.serving[0].per_hour, compute)


def joined_lives(lives: Sequence[OptionLife | None]) -> OptionLife | None:
    """Return the lives of several sets of options one after the other; None if none has any."""
    known = [life for life in lives if life is not None]
    if len(known) < len(lives):
        return None
    graded = [life.graded for life in known if life.graded is not None]

    def joined[T: np.generic](parts: Iterable[NDArray[T]]) -> NDArray[T]:
        return np.concatenate(list(parts))

    if not known:
        return None
    return OptionLife(
        joined(life.gross_met for life in known),
        joined(life.gross_not for life in known),
        joined(life.running for life in known),
        joined(life.live_met for life in known),
        joined(life.live_not for life in known),
        joined(life.bound for life in known),
        GradedMeans(joined(g.gross for g in graded), joined(g.running for g in graded))
        if graded
        else None,
    )


def serving_of(
    project: Project,
    architectures: Sequence[Architecture],
    compute: Compute,
    catalogue: Catalogue,
) -> tuple[ServingRate, ...]:
    """Return what running each architecture costs; empty where no machine is asked for."""
    if project.inference is None or project.inference.price_per_1000 is not None:
        return ()
    return price_serving(project, architectures, compute, catalogue)


def lost_by_missing(
    project: Project,
    forecast: Forecast,
    rates: Sequence[TrainingRate],
    serving: Sequence[ServingRate],
    portfolio: Portfolio,
) -> Floats:
    """Return what missing the target loses with each architecture, trained on what is held at once.

    The value of the target, and what a life earns with it beyond what it earns without.
    """
    each = np.arange(len(rates), dtype=np.int64)
    held, none = np.full(len(rates), project.images.held, dtype=np.int64), np.zeros(len(rates))
    names = tuple(rate.architecture for rate in rates)
    bought = np.zeros(len(rates), dtype=np.int64)
    options = ProjectOptions(project.id, names, each, held, bought, {}, none, none)
    way = Way((), forecast, tuple(rates), tuple(serving))
    life = with_life(project, way, options, LifeTerms.of(portfolio)).life
    if life is None:
        return np.full(len(rates), project.mean_value)
    if life.graded is not None:
        raise _not_by_target(project)
    return np.maximum(life.net_met - life.net_not, 0.0)


def _not_by_target(project: Project) -> UnsupportedError:
    """Return the refusal of a loss by a missed target where every error has its price."""
    message = (
        "collecting is planned for the loss of a missed target; here every error has its price, so "
        "that how good it is counts by itself. planner plan weighs images against errors."
    )
    fix = f"planner plan FILE, or take errors and graded benefits of {project.id} out"
    return UnsupportedError([Problem(f"projects[{project.id}].errors", message, fix)])
