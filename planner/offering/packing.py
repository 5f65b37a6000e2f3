"""Joint draws of success and spend of many options, packed for measures of risk.

Draw s is the same state of the world for every project and architecture; see
:class:`planner.offering.outcomes.PackedOutcomes` for what is kept of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.quantities import Range, amount_mean
from planner.domain.results.option import OptionLife, ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.economics.hardware import fallen_prices
from planner.economics.ledger import (
    LINES,
    SERVICE,
    Entry,
    Timing,
    alternative_entries,
    entries_of,
    training_amounts,
)
from planner.economics.life.lines import Running
from planner.economics.life.swings import Under, has_ranges, swing_draws, under_conditions
from planner.economics.price_draws import PriceDraws
from planner.forecasting.forecast import Forecast
from planner.offering.graded import errors_cut, graded_parts, ways_of
from planner.offering.life import LifeTerms, pays_of, running_of
from planner.offering.options import Menu
from planner.offering.outcomes import (
    GradedWorth,
    PackedOutcomes,
    Stopping,
    UnitCents,
    empty_bits,
    set_success,
)
from planner.offering.pricing import images_needed, success_draws
from planner.offering.variants import period_years, present_factors

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class PackedGroup:
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
    groups: Sequence[PackedGroup],
    portfolio: Portfolio,
    objective: Objective,
    *,
    seed: int,
    held_out: bool = False,
    at_means: bool = False,
) -> PackedOutcomes:
    """Return joint draws of worth and spend of some options.

    Parameters
    ----------
    groups : sequence of PackedGroup
        Project by project, in the order wanted.
    portfolio : Portfolio
        Mode, prices of compute, periods and discount rate.
    objective : Objective
        What worth is counted in.
    seed : int
        Of the price draws.
    held_out : bool, default=False
        Draws of the audit instead of the solve's.
    at_means : bool, default=False
        What is earned and paid in use counts at its mean, where it is a range.
    """
    rows, n_draws = _draws(groups, held_out=held_out)
    total = len(range(*rows.indices(n_draws)))
    count = sum(len(group.options) for group in groups)
    bits = empty_bits(total, count)
    first = 0
    stops, terms = portfolio.mode is Mode.STOP_WHEN_REACHED, LifeTerms.of(portfolio)
    prices = PriceDraws(portfolio.compute, seed, n_draws)
    view = _View(terms, objective, rows, total, prices, swings=not at_means, held_out=held_out)
    by_draw: list[Floats | None] = []
    for group in groups:
        if len(group.options):
            found = _success(group, terms, rows, total, stops=stops, held_out=held_out)
            set_success(bits, first, found)
            by_draw.append(view.worth(group, found))
        first += len(group.options)
    fallen = fallen_prices(portfolio.compute, period_years(portfolio))
    money = _money(groups, prices, rows, fallen)
    random = () if stops else money.random()
    net = objective is Objective.NET_VALUE
    present = present_factors(portfolio)
    return PackedOutcomes(
        bits=bits,
        value=_stakes(groups, objective, present),
        certain_cents=np.zeros(count) if stops else money.certain(),
        counts_cost=net,
        present=np.ones(count)
        if not objective.in_money
        else np.concatenate([np.zeros(0), *(present[_start(g.options)] for g in groups)]),
        factors=money.factors,
        factor_of=_by_option([np.maximum(c.unit.factor, 0) for c in random], np.int64),
        factor_cents=_by_option(
            [np.where(c.unit.factor >= 0, c.committed, 0.0) for c in random], np.float64
        ),
        stopping=_stopping(groups, money, rows, total) if stops else None,
        standing=_standing(groups, objective),
        graded=_graded([one for one in groups if len(one.options)], by_draw),
    )


def _by_option[T: np.generic](columns: Sequence[NDArray[T]], kind: type[T]) -> NDArray[T]:
    """Return columns side by side, shape (n_options, k); nothing without any."""
    return np.stack(columns, axis=1) if columns else np.zeros((0, 0), dtype=kind)


def _stakes(groups: Sequence[PackedGroup], objective: Objective, present: Floats) -> Floats:
    """Return what meeting the target adds to each option, before present values."""
    return np.concatenate([np.zeros(0), *(_stake(one, objective, present) for one in groups)])


def _stake(group: PackedGroup, objective: Objective, present: Floats) -> Floats:
    options, life = group.options, group.options.life
    if not objective.in_money:
        return np.full(len(options), float(objective is Objective.TARGETS_MET))
    if life is None:
        return np.full(len(options), group.menu.project.mean_value)
    if life.graded is not None:
        return np.zeros(len(options))
    with_target, without = _worths(life, objective)
    return (with_target - without) / present[_start(options)]


def _standing(groups: Sequence[PackedGroup], objective: Objective) -> Floats | None:
    """Return what each option is worth in every draw besides; None where none is."""
    if not objective.in_money or all(one.options.life is None for one in groups):
        return None
    parts = (
        np.zeros(len(one.options))
        if one.options.life is None or one.options.life.graded is not None
        else _worths(one.options.life, objective)[1]
        for one in groups
    )
    return np.concatenate([np.zeros(0), *parts])


@dataclass(frozen=True, eq=False)
class _View:
    """Which draws of worth are meant.

    Attributes
    ----------
    terms : LifeTerms
        Clock and prices of lives.
    objective : Objective
        What worth is counted in.
    rows : slice
        Draws of the solve or of the audit.
    total : int
        How many they are.
    prices : PriceDraws
        Of ranges.
    swings, held_out : bool
        Whether ranges in use count draw by draw; whether the draws are the audit's.
    """

    terms: LifeTerms
    objective: Objective
    rows: slice
    total: int
    prices: PriceDraws
    swings: bool
    held_out: bool

    def worth(self, group: PackedGroup, met: Flags) -> Floats | None:
        """Return what is no multiple of success of a project's options, by draw; None for none."""
        options, menu = group.options, group.menu
        if self.objective is Objective.ACCURACY:
            return self._cut(group)
        if options.life is None or self.objective is Objective.TARGETS_MET:
            return None
        graded, swings = options.life.graded is not None, self.swings and has_ranges(menu.project)
        if not graded and not swings:
            return None
        worth = np.zeros((len(options), self.total))
        for mine in ways_of(options):
            some = options.take(mine)
            way = menu.way(some, 0)
            running = running_of(menu.project, way, some, self.terms)
            if some.life is not None and not graded:
                worth[mine] = self._swing(group, running, under_conditions(met[mine], some.life))
                continue
            for part in graded_parts(way, some, running, self.rows):
                found, at = part.draws, mine[part.rows]
                worth[at] = found.gross if self.objective is Objective.VALUE else found.net
                if swings:
                    under = under_conditions(part.errors.met, found.live)
                    worth[at] += self._swing(group, part.running, under)
        return worth

    def _cut(self, group: PackedGroup) -> Floats:
        """Return by how much a project's options cut its error in every draw."""
        worth = np.zeros((len(group.options), self.total))
        for mine in ways_of(group.options):
            some = group.options.take(mine)
            way = group.menu.way(some, 0)
            worth[mine] = errors_cut(group.menu.project, way, some, self.rows)
        return worth

    def _swing(self, group: PackedGroup, running: Running, under: Under) -> Floats:
        """Return what ranges add; over the solve's draws that is 0 in the mean, as planned."""
        owner = group.menu.project.id
        swing = swing_draws(
            running,
            under,
            lambda price, key: self.prices.of_range(price, owner, key, self.rows),
            earned_only=self.objective is Objective.VALUE,
        )
        return swing if self.held_out else swing - swing.mean(axis=1, keepdims=True)


def _graded(groups: Sequence[PackedGroup], found: Sequence[Floats | None]) -> GradedWorth | None:
    """Return worth that is no multiple of success; None where there is none."""
    if all(item is None for item in found):
        return None
    place, first = [], 0
    for group, item in zip(groups, found, strict=True):
        size = 0 if item is None else len(item)
        place.append(np.arange(first, first + size) if size else np.full(len(group.options), -1))
        first += size
    worth = np.concatenate([item for item in found if item is not None])
    return GradedWorth(np.concatenate([_NONE, *place]), worth)


def _worths(life: OptionLife, objective: Objective) -> tuple[Floats, Floats]:
    """Return what the objective counts of a life with the target met, and without."""
    if objective is Objective.VALUE:
        return life.gross_met, life.gross_not
    return life.net_met, life.net_not


def _start(options: ProjectOptions) -> Rows:
    return np.zeros(len(options), dtype=np.int64) if options.start is None else options.start


def _draws(groups: Sequence[PackedGroup], *, held_out: bool) -> tuple[slice, int]:
    """Return which draws are meant, of how many."""
    if not groups:
        return slice(0, 0), 0
    forecast = groups[0].menu.forecast
    return (forecast.audit_rows if held_out else forecast.solve_rows), forecast.n_draws


def curves_of(group: PackedGroup) -> Iterator[Curves]:
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
    group: PackedGroup, terms: LifeTerms, rows: slice, total: int, *, stops: bool, held_out: bool
) -> NDArray[np.bool_]:
    """Return the success of a project's options, shape (n_options, n_draws)."""
    if group.success is not None and not held_out:
        found = np.unpackbits(group.success, axis=1, count=total, bitorder="little")
        return found.astype(np.bool_)
    success = np.zeros((len(group.options), total), dtype=np.bool_)
    if not group.menu.project.has_target:
        for mine in ways_of(group.options):
            some = group.options.take(mine)
            way = group.menu.way(some, 0)
            success[mine] = pays_of(group.menu.project, way, some, terms, rows)
        return success
    for curve in curves_of(group):
        levels, back = np.unique(group.options.images_total[curve.members], return_inverse=True)
        met = success_draws(curve.forecast, curve.architecture, levels, rows, stops=stops)
        success[curve.members] = met[back]
    return success


@dataclass(frozen=True, eq=False)
class _Column:
    """A line of the ledger over all options: committed cents, and those of one unit."""

    committed: Rows
    unit: UnitCents


@dataclass(frozen=True, eq=False)
class _Money:
    """What the options spend, line by line; rows of the factors that some of it is linear in."""

    columns: tuple[_Column, ...]
    factors: Floats

    def random(self) -> tuple[_Column, ...]:
        """Return the lines that vary from draw to draw, in some project."""
        return tuple(column for column in self.columns if np.any(column.unit.factor >= 0))

    def certain(self) -> Floats:
        """Return the committed cents that vary nowhere."""
        parts = (np.where(c.unit.factor >= 0, 0.0, c.committed) for c in self.columns)
        return np.asarray(sum(parts, start=np.zeros(len(self.columns[0].committed))))


def _money(groups: Sequence[PackedGroup], draws: PriceDraws, rows: slice, fallen: Floats) -> _Money:
    """Return the lines of all options, and the factors of those that vary."""
    factors = _Factors(draws, rows)
    ledgers = [_entries(group, draws.compute, fallen) for group in groups]
    columns = []
    for line in LINES:
        committed, unit, which = [_NONE], [np.zeros(0)], [_NONE]
        for group, entries in zip(groups, ledgers, strict=True):
            count, entry = len(group.options), entries.get(line.name)
            mean = 0.0 if entry is None else entry.mean
            other = group.options.is_alternative
            mean = mean if line is SERVICE else np.where(other, 0.0, mean)
            committed.append(group.options.cents.get(line.name, np.zeros(count, dtype=np.int64)))
            unit.append(np.broadcast_to(100.0 * mean, count))
            which.append(
                factors.services(group)
                if line is SERVICE
                else np.full(count, factors.row(entry, group.menu.project.id))
            )
        cents = UnitCents(line, np.concatenate(unit), np.concatenate(which))
        columns.append(_Column(np.concatenate(committed), cents))
    return _Money(tuple(columns), np.array(factors.rows))


class _Factors:
    """Draws that amounts are multiplied by; the first row is that of training."""

    def __init__(self, draws: PriceDraws, rows: slice) -> None:
        self._draws, self._rows = draws, rows
        self.rows = [draws.training_factor(rows)]

    def row(self, entry: Entry | None, project: str) -> int:
        """Return the number of an entry's factor; −1 where it does not vary."""
        if entry is None or not self._draws.varies(entry):
            return -1
        if entry.line.timing is Timing.PER_TRAINING and not isinstance(entry.hours, Range):
            return 0
        self.rows.append(self._draws.factor(entry, project, self._rows))
        return len(self.rows) - 1

    def services(self, group: PackedGroup) -> Rows:
        """Return the factor of what each option's alternative costs to start; −1 for none."""
        which = np.full(len(group.options), -1, dtype=np.int64)
        for number, way in enumerate(group.menu.ways):
            if way.alternative is None or group.options.use_index is None:
                continue
            (entry,) = alternative_entries(way.alternative)
            which[group.options.use_index == number] = self.row(entry, group.menu.project.id)
        return which


def _entries(group: PackedGroup, compute: Compute, fallen: Floats) -> dict[str, Entry]:
    """Return the lines of a project by name; training priced for each of its options.

    ``fallen`` is the price of training over that of today, by period.
    """
    options, menu = group.options, group.menu
    ways = [way.rates for way in menu.ways] or [menu.rates]
    training = np.array([training_amounts(rates, compute) for rates in ways])
    way = np.zeros(len(options), dtype=np.int64) if options.use_index is None else options.use_index
    each = training[way, options.architecture_index] * fallen[_start(options)]
    found = {entry.line.name: entry for entry in entries_of(menu.project, each)}
    if menu.project.alternatives:
        once = [
            0.0 if one.alternative is None else amount_mean(one.alternative.once)
            for one in menu.ways
        ]
        found[SERVICE.name] = Entry(SERVICE, np.array(once)[way])
    return found


def _stopping(groups: Sequence[PackedGroup], money: _Money, rows: slice, n_draws: int) -> Stopping:
    """Return what the spend of caps depends on."""
    needs: list[NDArray[np.float32]] = []
    curve = []
    for group in groups:
        number = np.zeros(len(group.options), dtype=np.int64)
        for found in curves_of(group):
            number[found.members] = len(needs)
            needs.append(images_needed(found.forecast, found.architecture, rows))
        curve.append(number)
    owned = [(g.options.images_total - g.options.images_to_buy) for g in groups]
    return Stopping(
        need=np.array(needs, dtype=np.float32).reshape(len(needs), n_draws),
        curve=np.concatenate([np.zeros(0, dtype=np.int64), *curve]),
        held=np.concatenate([np.zeros(0), *owned]),
        cap=np.concatenate([np.zeros(0), *(g.options.images_total for g in groups)]),
        lines=tuple(column.unit for column in money.columns),
    )
