"""What does every architecture at every number of images cost one project, and how sure is it?

Priced for one way of running the project (see :mod:`planner.offering.variants`), once for each
period in which it may start.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Bits, Flags, Floats, Rows
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.economics.hardware import fallen_prices
from planner.economics.ledger import (
    SERVICE,
    Counts,
    committed,
    entries_of,
    place_of,
    spend,
    stopped,
    training_amounts,
)
from planner.economics.price_draws import PriceDraws
from planner.forecasting.forecast import Forecast, shares
from planner.offering.alternatives import way_entries
from planner.offering.graded import errors_cut
from planner.offering.life import LifeTerms, joined_lives, pays_of, with_grams, with_life
from planner.offering.variants import (
    Way,
    images_from_pools,
    sought,
    uses_what_is_held,
    way_counts,
)


@dataclass(frozen=True, eq=False)
class PricingInputs:
    """What every option of a portfolio is priced on.

    Attributes
    ----------
    compute : Compute
        How training is priced.
    present : ndarray of float64, shape (n_periods,)
        Present value of one unit of money of each period.
    life : LifeTerms
        What use is counted on.
    stops : bool
        Whether labelling stops at the target, so that the number of images is a cap.
    keeps_draws : bool
        Whether success in each of the solve's draws is kept, for measures of risk.
    seed : int
        Of the price draws.
    objective : Objective
        What is counted.
    """

    compute: Compute
    present: Floats
    life: LifeTerms
    stops: bool = False
    keeps_draws: bool = False
    seed: int = 0
    objective: Objective = Objective.NET_VALUE


@dataclass(frozen=True, eq=False)
class PricedOptions:
    """Options with, if they are kept, their success in each of the solve's draws.

    Attributes
    ----------
    options : ProjectOptions
        Priced.
    success : ndarray of uint8, shape (n_options, ceil(n_solve_draws / 8)) or None
        Packed along the draws.
    """

    options: ProjectOptions
    success: Bits | None = None

    def take(self, rows: Rows) -> "PricedOptions":
        """Return some of them."""
        return PricedOptions(
            self.options.take(rows), None if self.success is None else self.success[rows]
        )


def price_way(
    project: Project,
    ways: Sequence[Way],
    number: int,
    levels: Rows,
    periods: Sequence[int],
    terms: PricingInputs,
    architectures: Rows | None = None,
    known: PricedOptions | None = None,
) -> PricedOptions:
    """Return every architecture at every level in one way and every period it may start in.

    Parameters
    ----------
    project : Project
        As written; what the way changes stands in its forecast.
    ways : sequence of Way
        All of the project.
    number : int
        Which of them.
    levels : ndarray of int64
        Images in all, from :func:`way_levels`.
    periods : sequence of int
        Periods it may start in.
    terms : PricingInputs
        Prices, mode and draws.
    architectures : ndarray of int64, optional
        Places of those to price among the way's; all by default.
    known : PricedOptions, optional
        Of the same project under the same target: chances of its options are not forecast again.
    """
    way, every = ways[number], ways[number].rates
    places = _places(project, ways, number) if architectures is None else architectures
    way = replace(way, rates=tuple(every[place] for place in places.tolist()))
    taken = _taken(project, way, levels)
    bought = np.maximum(levels - project.images.held, 0) - taken.sum(axis=1)
    training = training_amounts(way.rates, terms.compute)[:, None]
    counts = way_counts(project, way, bought, levels)
    cost = committed(way_entries(project, way, training), counts, place_of(project))
    cost = {name: cost.get(name, np.zeros(1, dtype=np.int64)) for name in _line_names(project)}
    chance, success = np.zeros(len(places) * len(levels)), None
    if project.has_target:
        chance, success = _chances_known(known, number, way, places, levels, terms)

    def each(row: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.broadcast_to(row, (len(places), len(levels))).flatten()

    options = ProjectOptions(
        project=project.id,
        architectures=tuple(rate.architecture for rate in every),
        architecture_index=np.repeat(places, len(levels)),
        images_total=each(levels),
        images_to_buy=each(bought),
        cents={line: each(cents) for line, cents in cost.items()},
        chance=chance,
        expected_value=chance * project.mean_value,
        expected_cost=_mean_spend(project, way, counts, terms, 1.0) if terms.stops else None,
        uses=tuple(item.uses for item in ways),
        use_index=np.full(len(chance), number, dtype=np.int64) if len(ways) > 1 else None,
        pools=tuple(dict.fromkeys(pool.id for item in ways for pool in item.pools)),
        pool_images=_by_pool(ways, number, taken, len(places)),
        alternatives=len(project.alternatives),
        refreshes=tuple("" if item.refresh is None else str(item.refresh) for item in ways),
        compressed=tuple(None if item.compress is None else item.compress.id for item in ways),
        rebalanced=tuple(_reach(project, item) for item in ways) if project.rebalance else (),
        sought=each(sought(way.rebalance, levels)) if project.rebalance else None,
    )
    started = _started(PricedOptions(options, success), periods, terms.present)
    if terms.compute.price_decline and len(terms.present) > 1:
        started = _cheaper(started, project, way, counts, periods, terms)
    if not project.has_target:
        started = _paying(started, project, ways[number], terms)
    lived = with_life(project, ways[number], started.options, terms.life)
    emitting = with_grams(project, ways[number], lived, terms.life)
    if terms.objective is Objective.ACCURACY:
        draws = errors_cut(project, ways[number], emitting, ways[number].forecast.solve_rows)
        emitting = replace(emitting, errors_cut=draws.mean(axis=1))
    return replace(started, options=emitting)


def _reach(project: Project, way: Way) -> int | None:
    """Return how many images of the rarest class a way reaches, 0 for none; None if no matter."""
    if way.alternative is not None or len(project.rebalance) < 2:
        return None
    return 0 if way.rebalance is None else way.rebalance.reach


def way_levels(project: Project, way: Way, levels: Rows) -> Rows:
    """Return the numbers of images at which a way is no other one, or a worse one."""
    levels = levels[uses_what_is_held(project, way.rebalance, levels)]
    optional = [k for k, pool in enumerate(way.pools) if not pool.required]
    if not optional:  # without an image of it, an optional pool is only a cost
        return levels
    return levels[np.all(_taken(project, way, levels)[:, optional] > 0, axis=1)]


def _taken(project: Project, way: Way, levels: Rows) -> Rows:
    """Return what is taken from each pool: images as they are met."""
    return images_from_pools(project, way.pools, levels - sought(way.rebalance, levels))


def _paying(
    started: PricedOptions, project: Project, way: Way, terms: PricingInputs
) -> PricedOptions:
    """Return options without a target: their chance is that running them pays."""
    pays = pays_of(project, way, started.options, terms.life, way.forecast.solve_rows)
    success = np.packbits(pays, axis=1, bitorder="little") if terms.keeps_draws else None
    return PricedOptions(replace(started.options, chance=shares(pays)), success)


def _places(project: Project, ways: Sequence[Way], number: int) -> Rows:
    """Return the places, among a way's rates, of the networks that it trains, or of itself."""
    own = len(ways[number].rates) - len(project.alternatives)
    alternative = ways[number].alternative
    if alternative is None:
        return np.arange(own, dtype=np.int64)
    return np.array([own + project.alternatives.index(alternative)], dtype=np.int64)


def _line_names(project: Project) -> list[str]:
    """Return the names of the lines that any way of a project has, in order."""
    own = [entry.line.name for entry in entries_of(project, 0.0)]
    return [*own, SERVICE.name] if project.alternatives else own


def _by_pool(ways: Sequence[Way], number: int, taken: Rows, copies: int) -> Rows | None:
    """Return the images taken from every pool of the project, those not used at 0."""
    pools = tuple(dict.fromkeys(pool.id for item in ways for pool in item.pools))
    if not pools:
        return None
    table = np.zeros((len(taken), len(pools)), dtype=np.int64)
    for column, pool in enumerate(ways[number].pools):
        table[:, pools.index(pool.id)] = taken[:, column]
    return np.tile(table, (copies, 1))


def _started(priced: PricedOptions, periods: Sequence[int], present: Floats) -> PricedOptions:
    """Return the options once for each period, value and mean spend at their present value."""
    if len(present) == 1:
        return priced
    count = len(priced.options)
    copies = priced.take(np.tile(np.arange(count, dtype=np.int64), len(periods)))
    start = np.repeat(np.array(periods, dtype=np.int64), count)
    factor = present[start]
    options = copies.options
    spend = options.total_cents / 100 if options.expected_cost is None else options.expected_cost
    discounts = bool(np.any(factor != 1.0))
    return PricedOptions(
        replace(
            options,
            start=start,
            expected_value=options.expected_value * factor,
            expected_cost=spend * factor if discounts else options.expected_cost,
        ),
        copies.success,
    )


def _cheaper(
    started: PricedOptions,
    project: Project,
    way: Way,
    counts: Counts,
    periods: Sequence[int],
    terms: PricingInputs,
) -> PricedOptions:
    """Return options by period with training at the prices of their start."""
    prices = training_amounts(way.rates, terms.compute)
    shape = (len(way.rates), counts.trained.size)
    training, spent = [], []
    for period in periods:
        fallen = float(fallen_prices(terms.compute, terms.life.years[period]))
        entries = way_entries(project, way, fallen * prices[:, None])
        paid = committed(entries, counts, place_of(project))
        trained = paid.get("training", np.zeros(1, dtype=np.int64))
        training.append(np.broadcast_to(trained, shape).flatten())
        total = sum((np.broadcast_to(own, shape) for own in paid.values()), np.zeros(shape))
        mean = total.flatten() / 100
        if terms.stops:
            mean = _mean_spend(project, way, counts, terms, fallen)
        spent.append(mean * terms.present[period])
    options = started.options
    cents = {**options.cents, "training": np.concatenate(training)}
    cost = None if options.expected_cost is None else np.concatenate(spent)
    return replace(started, options=replace(options, cents=cents, expected_cost=cost))


def merged(parts: Sequence[PricedOptions]) -> PricedOptions:
    """Return the options of all parts, by architecture, images, way and start."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0].options

    def joined[T: np.generic](columns: Sequence[NDArray[T] | None]) -> NDArray[T] | None:
        known = [column for column in columns if column is not None]
        return np.concatenate(known) if len(known) == len(parts) else None

    def column[T: np.generic](read: Callable[[ProjectOptions], NDArray[T]]) -> NDArray[T]:
        return np.concatenate([read(part.options) for part in parts])

    lives = [part.options.life for part in parts]
    both = ProjectOptions(
        first.project,
        first.architectures,
        column(lambda item: item.architecture_index),
        column(lambda item: item.images_total),
        column(lambda item: item.images_to_buy),
        {line: column(_cents_of(line)) for line in first.cents},
        column(lambda item: item.chance),
        column(lambda item: item.expected_value),
        expected_cost=joined([part.options.expected_cost for part in parts]),
        start=joined([part.options.start for part in parts]),
        uses=first.uses,
        use_index=joined([part.options.use_index for part in parts]),
        pools=first.pools,
        pool_images=joined([part.options.pool_images for part in parts]),
        alternatives=first.alternatives,
        refreshes=first.refreshes,
        compressed=first.compressed,
        rebalanced=first.rebalanced,
        sought=joined([part.options.sought for part in parts]),
        life=joined_lives(lives),
        grams=joined([part.options.grams for part in parts]),
        errors_cut=joined([part.options.errors_cut for part in parts]),
    )
    nothing = np.zeros(len(both), dtype=np.int64)
    keys = (
        nothing if both.start is None else both.start,
        nothing if both.use_index is None else both.use_index,
        both.images_total,
        both.architecture_index,
    )
    return PricedOptions(both, joined([part.success for part in parts])).take(np.lexsort(keys))


def _chances_known(
    known: PricedOptions | None,
    number: int,
    way: Way,
    places: Rows,
    levels: Rows,
    terms: PricingInputs,
) -> tuple[Floats, Bits | None]:
    """Return chance and success as far as they are known, the rest forecast."""
    if known is None or terms.keeps_draws != (known.success is not None):
        return _chances(way, levels, terms)
    rows = _rows_of(known.options, number, places, levels)
    fresh = np.flatnonzero((rows < 0).any(axis=0))
    chance = known.options.chance[rows]
    success = None if known.success is None else known.success[rows]
    if len(fresh):
        more, bits = _chances(way, levels[fresh], terms)
        chance[:, fresh] = more.reshape(len(places), len(fresh))
        if success is not None and bits is not None:
            success[:, fresh] = bits.reshape(len(places), len(fresh), -1)
    flat = None if success is None else success.reshape(len(places) * len(levels), -1)
    return chance.reshape(-1), flat


def _rows_of(options: ProjectOptions, number: int, places: Rows, levels: Rows) -> Rows:
    """Return the row of each network at each level in one way, −1 where there is none."""
    mine = np.flatnonzero(options.use_index == number) if options.use_index is not None else None
    mine = np.arange(len(options), dtype=np.int64) if mine is None else mine
    step = int(max(options.images_total.max(initial=0), levels.max(initial=0))) + 1
    keys = options.architecture_index[mine] * step + options.images_total[mine]
    order = np.argsort(keys, kind="stable")
    asked = places[:, None] * step + levels
    if not len(mine):
        return np.full(asked.shape, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys[order], asked), len(mine) - 1)
    found = order[at]
    return np.where(keys[found] == asked, mine[found], -1)


def _chances(way: Way, levels: Rows, terms: PricingInputs) -> tuple[Floats, Bits | None]:
    """Return chance, and success if it is kept, of each architecture at each level."""
    forecast = way.forecast
    names = [rate.architecture for rate in way.rates]
    named = names if forecast.varies_by_architecture else names[:1]
    repeats = 1 if forecast.varies_by_architecture else len(names)
    met = _met(forecast, named, levels, terms)
    chances, bits = [], []
    for item in met:
        chances.append(shares(item))
        if terms.keeps_draws:
            bits.append(np.packbits(item, axis=1, bitorder="little"))
    kept = np.tile(np.concatenate(bits), (repeats, 1)) if terms.keeps_draws else None
    return np.tile(np.concatenate(chances), repeats), kept


def _met(
    forecast: Forecast, names: Sequence[str], levels: Rows, terms: PricingInputs
) -> Iterator[Flags]:
    """Yield in which of the solve's draws each architecture meets the target at each level."""
    rows, project = forecast.solve_rows, forecast.project
    if terms.stops or project.guess_meets_target:
        for name in names:
            yield success_draws(forecast, name, levels, rows, stops=terms.stops)
    else:
        yield from forecast.met(project.error_target, levels, names, rows)


def success_draws(
    forecast: Forecast, architecture: str, levels: Rows, rows: slice, *, stops: bool
) -> NDArray[np.bool_]:
    """Return in which draws the target is met at each level, shape (n_levels, n_rows).

    Parameters
    ----------
    forecast : Forecast
        Of the project.
    architecture : str
        Trained.
    levels : ndarray of int64
        Images in all.
    rows : slice
        Draws of the solve or of the audit.
    stops : bool
        False: the error measured at a level meets the target. True: it is met at the level or
        before, where labelling stopped.
    """
    project = forecast.project
    if project.guess_meets_target:
        return np.ones((len(levels), len(range(*rows.indices(forecast.n_draws)))), dtype=np.bool_)
    if stops:
        need = images_needed(forecast, architecture, rows)
        return np.asarray(need[None, :] <= levels[:, None])
    return next(forecast.met(project.error_target, levels, [architecture], rows))


def images_needed(forecast: Forecast, architecture: str, rows: slice) -> NDArray[np.float32]:
    """Return draws of the whole images at which the target is first met; inf for never."""
    need = forecast.data_needed_draws(forecast.project.error_target, architecture)[rows]
    with np.errstate(over="ignore"):  # more than any float32 is never
        return np.ceil(need).astype(np.float32)


def _cents_of(line: str) -> Callable[[ProjectOptions], NDArray[np.int64]]:
    return lambda options: options.cents[line]


def _mean_spend(
    project: Project, way: Way, counts: Counts, terms: PricingInputs, fallen: float
) -> Floats:
    """Return the mean spend where labelling stops at the target, by architecture and level.

    ``fallen`` is the price of training over that of today.
    """
    forecast = way.forecast
    draws = PriceDraws(terms.compute, terms.seed, forecast.n_draws)
    cap = counts.trained[:, None]
    owned = cap - counts.labelled[:, None]
    training = fallen * training_amounts(way.rates, terms.compute)[:, None]
    entries = way_entries(project, way, training)
    lines = [entry.line for entry in entries]
    amounts = [  # one row to an architecture
        np.ones((len(way.rates), 1)) * draws.scaled(entry, project.id, forecast.solve_rows)
        for entry in entries
    ]
    means = []
    for place, rate in enumerate(way.rates):
        need = images_needed(forecast, rate.architecture, forecast.solve_rows).astype(np.float64)
        own = [item[place] for item in amounts]
        means.append(spend(lines, stopped(need, owned, cap), own).mean(axis=1))
    return np.concatenate([np.zeros(0), *means])
