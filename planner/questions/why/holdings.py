"""The tornado of a project, or of a whole plan: what is held, and what is uncertain about it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.quantities import Range
from planner.domain.results.explanation import Tornado
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Basis, Mode, Objective
from planner.domain.words.answers import tornado as words
from planner.domain.words.worth import unit_of
from planner.economics.ledger import (
    Counts,
    Entry,
    Timing,
    asset_entries,
    stopped,
    training_amounts,
)
from planner.economics.life.graded import GradedDraws
from planner.economics.life.swings import has_ranges, moving_lines, under_conditions
from planner.offering.alternatives import way_entries
from planner.offering.graded import error_without
from planner.offering.life import LifeTerms, option_draws, running_of
from planner.offering.packing import pack_outcomes
from planner.offering.problem import Solution
from planner.offering.variants import counts_of, present_factors
from planner.planning.prepare import Prepared
from planner.planning.reasons.runner_up import best_option
from planner.planning.sharing import Purchase, purchases
from planner.questions.why.tornado import Holding, UnitPrice, tornado_of

if TYPE_CHECKING:
    from planner.domain.quantities import Amount

__all__ = ["holding_of", "plan_tornado", "project_tornado"]


def project_tornado(prepared: Prepared, solution: Solution, index: int) -> Tornado | None:
    """Return the tornado of the option a project is funded with, or else of its best one.

    None for a project without options.
    """
    mine = [
        number for number in solution.options.tolist() if prepared.option(number).index == index
    ]
    number = mine[0] if mine else best_option(prepared, solution, index)
    if number is None:
        return None
    return _tornado(prepared, [holding_of(prepared, number)], 0.0)


def plan_tornado(prepared: Prepared, solution: Solution, expected: float | None) -> Tornado | None:
    """Return the tornado of all that a plan funds; None if it funds nothing.

    Parameters
    ----------
    prepared, solution : Prepared, Solution
        What was planned, and what came out.
    expected : float or None
        What the plan is expected to be worth on draws it was not chosen on: the bars, whose widths
        are taken from all draws, lie around it. None leaves them around the mean of all draws.
    """
    if len(solution.options) == 0:
        return None
    holdings = [holding_of(prepared, number) for number in solution.options.tolist()]
    certain = float(prepared.problem.asset_worth[solution.assets].sum())
    found = _tornado(prepared, holdings, certain, _bought(prepared, solution))
    return found if expected is None else _around(found, expected)


def _around(tornado: Tornado, centre: float) -> Tornado:
    """Return the same bars around another centre."""
    step = centre - tornado.centre
    bars = (
        replace(bar, value_at_low=bar.value_at_low + step, value_at_high=bar.value_at_high + step)
        for bar in tornado.bars
    )
    return replace(tornado, centre=centre, bars=tuple(bars))


def _bought(prepared: Prepared, solution: Solution) -> tuple[tuple[str, UnitPrice], ...]:
    """Return the ranges that shared assets are paid at, with the present value of their units."""
    if prepared.objective is not Objective.NET_VALUE:
        return ()
    picks: list[int | None] = [None] * len(prepared.menus)
    for number in solution.options.tolist():
        key = prepared.option(number)
        picks[key.index] = key.row
    return tuple(
        (purchase.asset.id, price)
        for purchase in purchases(prepared.portfolio, prepared.options, picks)
        for price in _prices_of_asset(purchase)
    )


def _prices_of_asset(purchase: Purchase) -> Iterator[UnitPrice]:
    asset, total = purchase.asset, purchase.total_cents
    present = 100 * purchase.present_cost / total if total else 1.0
    images = np.array([purchase.images - (0 if asset.images is None else asset.images.held)])
    for price in _prices(asset_entries(asset), Counts(images, images), 0.0):
        yield replace(price, units=present * price.units)


def _tornado(
    prepared: Prepared,
    holdings: list[Holding],
    certain: float,
    bought: Sequence[tuple[str, UnitPrice]] = (),
) -> Tornado:
    compute = prepared.portfolio.compute
    paper = compute.basis is Basis.PAPER
    price: tuple[str, Amount | None] = (
        (words.FLOP, compute.usd_per_flop)
        if paper
        else (words.ACCELERATOR_HOUR, compute.usd_per_hour)
    )
    unit = unit_of(prepared.objective, prepared.portfolio.currency)
    return tornado_of(
        holdings,
        prepared.posterior,
        unit=unit,
        compute_price=price,
        utilisation=None if paper else compute.utilisation,
        trials=compute.trials,
        certain=certain,
        bought=bought,
    )


def holding_of(prepared: Prepared, number: int) -> Holding:
    """Return an option of the problem as the tornado reads it, over all draws of the model."""
    key = prepared.option(number)
    options, menu = prepared.options[key.index], prepared.menus[key.index]
    project = menu.project
    way = menu.way(options, key.row)
    forecast = way.forecast
    error = forecast.error_draws([key.images], key.architecture)[:, 0]
    start = 0 if options.start is None else int(options.start[key.row])
    present = float(present_factors(prepared.portfolio)[start])
    total = options.images_total[[key.row]]
    bought = options.images_to_buy[[key.row]]
    if prepared.portfolio.mode is Mode.STOP_WHEN_REACHED:
        need = forecast.data_needed_draws(forecast.project.error_target, key.architecture)
        met, cost = need <= key.images, _mean_spend(prepared, number)
        counts = stopped(np.ceil(need), total - bought, total)
    else:
        met, cost = error <= forecast.project.error_target, int(options.total_cents[key.row]) / 100
        counts = counts_of(options.take(np.array([key.row])), bought)
    used = _graded(prepared, number)
    if not project.has_target and used is not None:
        met = used.pays[0]
    rate = way.rates[int(options.architecture_index[key.row])]
    training = training_amounts((rate,), prepared.portfolio.compute)[0]
    entries = way_entries(project, way, training)
    trainings = [e.line.name for e in entries if e.line.timing is Timing.PER_TRAINING]
    cents = options.cents_of(key.row)
    trained = float(sum(cents[name] for name in trainings)) / 100
    share = float(counts.trained.mean()) / max(key.images, 1)
    stake, standing = _stakes(prepared, options, key.row, project.mean_value * present)
    return Holding(
        project=project.id,
        images=key.images,
        error=error,
        met=met.astype(np.float64),
        stake=stake,
        standing=standing,
        graded=error_without(project) - error
        if prepared.objective is Objective.ACCURACY
        else _counted(prepared, used),
        prices=tuple(_prices(entries, counts, share * trained)),
        training=share * trained,
        cost=cost,
        present=present if prepared.objective is Objective.NET_VALUE else 0.0,
        in_use=tuple(_in_use(prepared, number, met, used)),
    )


def _in_use(
    prepared: Prepared, number: int, met: Flags, used: GradedDraws | None
) -> Iterator[UnitPrice]:
    """Yield the ranges that an option earns and pays in use, with what one more unit is worth."""
    key = prepared.option(number)
    menu = prepared.menus[key.index]
    option = prepared.options[key.index].take(np.array([key.row]))
    life = option.life
    if life is None or not prepared.objective.in_money or not has_ranges(menu.project):
        return
    running = running_of(
        menu.project, menu.way(option, 0), option, LifeTerms.of(prepared.portfolio)
    )
    under = under_conditions(met[None, :], life if used is None else used.live)
    gross = prepared.objective is Objective.VALUE
    for line in moving_lines(running, earned_only=gross):
        ranged = line.ranged
        name = words.in_use(ranged.section, ranged.id, ranged.field)
        expected = float(line.present[0] * under[line.earned].mean())
        unit, mean = words.in_use_unit(ranged.field), ranged.amount.lognormal_mean
        yield UnitPrice(name, unit, ranged.amount, expected / mean)


def _stakes(
    prepared: Prepared, options: ProjectOptions, row: int, value: float
) -> tuple[float, float]:
    """Return what the objective counts for meeting the target, and in every draw besides."""
    if not prepared.objective.in_money:
        return float(prepared.objective is Objective.TARGETS_MET), 0.0
    life = options.life
    if life is None:
        return value, 0.0
    if life.graded is not None:
        return 0.0, 0.0
    gross = prepared.objective is Objective.VALUE
    met, without = (life.gross_met, life.gross_not) if gross else (life.net_met, life.net_not)
    return float(met[row] - without[row]), float(without[row])


def _graded(prepared: Prepared, number: int) -> GradedDraws | None:
    """Return what an option is worth in use in all draws, where its errors count themselves."""
    key = prepared.option(number)
    options, menu = prepared.options[key.index], prepared.menus[key.index]
    if options.life is None or options.life.graded is None:
        return None
    way, every = menu.way(options, key.row), slice(None)
    return option_draws(menu.project, way, options, key.row, prepared.portfolio, every)


def _counted(prepared: Prepared, used: GradedDraws | None) -> Floats | None:
    """Return what the objective counts of it."""
    if used is None or not prepared.objective.in_money:
        return None
    return np.asarray((used.gross if prepared.objective is Objective.VALUE else used.net)[0])


def _prices(entries: Iterable[Entry], counts: Counts, training: float) -> Iterator[UnitPrice]:
    """Yield the prices of a project's own lines, with the units expected."""
    for entry in entries:
        line = entry.line
        if line.timing is Timing.PER_TRAINING and isinstance(entry.hours, Range):
            each = training / entry.hours.lognormal_mean
            yield UnitPrice(words.HOURS, "", entry.hours, each)
        elif line.timing is not Timing.PER_TRAINING:
            units = float(counts.of(line).mean())
            for name, amount in zip(entry.part_names, entry.parts, strict=True):
                price = words.part_of(line.price, name)
                yield UnitPrice(price, str(line.timing), amount, units)


def _mean_spend(prepared: Prepared, number: int) -> float:
    """Return what an option spends in the mean of all draws, in currency.

    Read off the draws that plan and audit count, so that it cannot differ from theirs.
    """
    chosen = np.array([number], dtype=np.int64)
    halves = [
        pack_outcomes(
            prepared.groups(chosen),
            prepared.portfolio,
            prepared.objective,
            seed=prepared.seed,
            held_out=held_out,
        )
        for held_out in (False, True)
    ]
    one = np.zeros(1, dtype=np.int64)
    spend = np.concatenate([half.spend_draws(one)[0] for half in halves])
    return float(spend.mean()) / 100
