"""Joint draws of success and spend of many options, packed for measures of risk.

Draw s is the same state of the world for every project and architecture; see
:class:`planner.offering.outcomes.PackedOutcomes` for what is kept of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range, amount_mean
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.forecasting.forecast import Forecast
from planner.offering.options import Menu
from planner.offering.outcomes import PackedOutcomes, Stopping, empty_bits, set_success
from planner.offering.pricing import (
    images_needed,
    price_factors,
    success_draws,
    training_factors,
)
from planner.offering.variants import Floats, Rows, present_factors


@dataclass(frozen=True, eq=False)
class Group:
    """Some options of one project, in the order in which they are packed.

    Attributes
    ----------
    menu : Menu
        Of the project.
    options : ProjectOptions
        Those that are packed.
    success : ndarray of uint8 or None
        Their success on the solve's draws, packed along the draws, where it was kept.
    """

    menu: Menu
    options: ProjectOptions
    success: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class Curves:
    """Options of one project that share a learning curve: a forecast and an architecture."""

    forecast: Forecast
    architecture: str
    members: Rows


def pack_outcomes(
    groups: Sequence[Group],
    portfolio: Portfolio,
    objective: Objective,
    *,
    seed: int,
    held_out: bool = False,
) -> PackedOutcomes:
    """Return joint draws of worth and spend of some options.

    Parameters
    ----------
    groups : sequence of Group
        Project by project, in the order wanted.
    portfolio : Portfolio
        Mode, prices of compute, periods and discount rate.
    objective : Objective
        What worth is counted in.
    seed : int
        Of the price draws.
    held_out : bool, default=False
        Draws of the audit instead of the solve's.
    """
    rows, n_draws = _draws(groups, held_out=held_out)
    total = len(range(*rows.indices(n_draws)))
    count = sum(len(group.options) for group in groups)
    bits = empty_bits(total, count)
    first = 0
    stops = portfolio.mode is Mode.STOP_WHEN_REACHED
    for group in groups:
        if len(group.options):
            set_success(bits, first, _success(group, rows, total, stops=stops, held_out=held_out))
        first += len(group.options)
    money = _spend(groups, portfolio, seed, rows, n_draws)
    net = objective is Objective.NET_VALUE
    present = present_factors(portfolio)
    return PackedOutcomes(
        bits=bits,
        value=_per_option(groups, lambda p: _stake(p, objective)),
        certain_cents=money.certain,
        counts_cost=net,
        present=np.ones(count)
        if objective is Objective.TARGETS_MET
        else np.concatenate([np.zeros(0), *(present[_start(g.options)] for g in groups)]),
        factors=money.factors,
        factor_of=money.factor_of,
        factor_cents=money.factor_cents,
        stopping=_stopping(groups, portfolio, money, rows) if stops else None,
    )


def _stake(project: Project, objective: Objective) -> float:
    return 1.0 if objective is Objective.TARGETS_MET else float(project.value or 0.0)


def _start(options: ProjectOptions) -> Rows:
    return np.zeros(len(options), dtype=np.int64) if options.start is None else options.start


def _draws(groups: Sequence[Group], *, held_out: bool) -> tuple[slice, int]:
    """Return which draws are meant, of how many."""
    if not groups:
        return slice(0, 0), 0
    forecast = groups[0].menu.forecast
    return (forecast.audit_rows if held_out else forecast.solve_rows), forecast.n_draws


def curves_of(group: Group) -> Iterator[Curves]:
    """Yield the options of a project by learning curve."""
    options, menu = group.options, group.menu
    way = np.zeros(len(options), dtype=np.int64) if options.use_index is None else options.use_index
    forecasts: list[Forecast] = []
    which = np.zeros(len(menu.ways) or 1, dtype=np.int64)
    for number, one in enumerate(menu.ways):
        if one.forecast not in forecasts:
            forecasts.append(one.forecast)
        which[number] = forecasts.index(one.forecast)
    for number, forecast in enumerate(forecasts or [menu.forecast]):
        mine = np.flatnonzero(which[way] == number)
        for architecture in np.unique(options.architecture_index[mine]).tolist():
            members = mine[options.architecture_index[mine] == architecture]
            yield Curves(forecast, options.architectures[architecture], members)


def _success(
    group: Group, rows: slice, total: int, *, stops: bool, held_out: bool
) -> NDArray[np.bool_]:
    """Return the success of a project's options, shape (n_options, n_draws)."""
    if group.success is not None and not held_out:
        found = np.unpackbits(group.success, axis=1, count=total, bitorder="little")
        return found.astype(np.bool_)
    success = np.zeros((len(group.options), total), dtype=np.bool_)
    for curve in curves_of(group):
        levels, back = np.unique(group.options.images_total[curve.members], return_inverse=True)
        met = success_draws(curve.forecast, curve.architecture, levels, rows, stops=stops)
        success[curve.members] = met[back]
    return success


@dataclass(frozen=True, eq=False)
class _Money:
    """Certain cents, and what random ones are linear in; row 0 of the factors is for training."""

    certain: Floats
    factors: Floats
    factor_of: Rows
    factor_cents: Floats
    data_factor: Rows


def _spend(
    groups: Sequence[Group], portfolio: Portfolio, seed: int, rows: slice, n_draws: int
) -> _Money:
    """Return committed cents: certain ones, and those that follow a price range."""
    training = training_factors(portfolio.compute, seed, rows, n_draws)
    factors, data_factor = [training], []
    for group in groups:
        project = group.menu.project
        number = -1
        if isinstance(project.images.price, Range):
            number = len(factors)
            factors.append(price_factors(project.images, project, seed, rows, n_draws))
        data_factor.append(np.full(len(group.options), number, dtype=np.int64))
    of_data = np.concatenate([np.zeros(0, dtype=np.int64), *data_factor])
    data, train, fixed = (
        np.concatenate([np.zeros(0), *(getattr(g.options, name) for g in groups)])
        for name in ("data_cents", "training_cents", "fixed_cents")
    )
    if portfolio.mode is Mode.STOP_WHEN_REACHED:
        nothing = np.zeros(len(data))
        none = np.zeros((0, 0))
        return _Money(nothing, np.array(factors), none.astype(np.int64), none, of_data)
    varies = bool(np.any(training != 1.0))
    random_data = of_data >= 0
    certain = fixed + np.where(random_data, 0.0, data) + (0.0 if varies else train)
    if not varies and not random_data.any():
        none = np.zeros((0, 0))
        return _Money(certain, none, none.astype(np.int64), none, of_data)
    factor_of = np.stack([np.maximum(of_data, 0), np.zeros_like(of_data)], axis=1)
    cents = np.stack([np.where(random_data, data, 0.0), train if varies else 0.0 * train], axis=1)
    return _Money(certain, np.array(factors), factor_of, cents, of_data)


def _stopping(
    groups: Sequence[Group], portfolio: Portfolio, money: _Money, rows: slice
) -> Stopping:
    """Return what the spend of caps depends on."""
    passes = portfolio.compute.epochs * portfolio.compute.trials
    needs: list[NDArray[np.float32]] = []
    curve, training = [], []
    for group in groups:
        number = np.zeros(len(group.options), dtype=np.int64)
        for found in curves_of(group):
            number[found.members] = len(needs)
            needs.append(images_needed(found.forecast, found.architecture, rows))
        curve.append(number)
        training.append(_training_cents(group, passes))
    owned = [(g.options.images_total - g.options.images_to_buy) for g in groups]
    n_draws = len(money.factors[0])
    return Stopping(
        need=np.array(needs, dtype=np.float32).reshape(len(needs), n_draws),
        curve=np.concatenate([np.zeros(0, dtype=np.int64), *curve]),
        held=np.concatenate([np.zeros(0), *owned]),
        cap=np.concatenate([np.zeros(0), *(g.options.images_total for g in groups)]),
        price_cents=_per_option(groups, lambda p: 100.0 * amount_mean(p.images.price)),
        training_cents=np.concatenate([np.zeros(0), *training]),
        price_factor=money.data_factor,
        training_factor=np.zeros(len(money.data_factor), dtype=np.int64),
        fixed_cents=_per_option(groups, lambda p: 100.0 * float(p.images.fixed_cost)),
    )


def _training_cents(group: Group, passes: float) -> Floats:
    """Return the mean cents of training on one image, of each option."""
    options, menu = group.options, group.menu
    ways = [way.rates for way in menu.ways] or [menu.rates]
    rates = np.array([[100.0 * rate.usd_per_image_epoch * passes for rate in w] for w in ways])
    way = np.zeros(len(options), dtype=np.int64) if options.use_index is None else options.use_index
    return np.asarray(rates[way, options.architecture_index])


def _per_option(groups: Sequence[Group], number: Callable[[Project], float]) -> Floats:
    """Return a number of each project, once for each of its options."""
    values = [np.full(len(group.options), number(group.menu.project)) for group in groups]
    return np.concatenate([np.zeros(0), *values])
