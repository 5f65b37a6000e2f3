"""What does each decision cost and earn over its whole life, line by line?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.life import Footprint, Life, LineCash
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import Decision
from planner.domain.vocabulary import Earned
from planner.economics.life.cash import Cash, by_year, payback
from planner.economics.life.clock import Service
from planner.economics.life.graded import ErrorsInUse
from planner.economics.life.left_out import uses_life
from planner.economics.life.lines import Flow, Running
from planner.economics.life.worth import flows_of
from planner.offering.life import LifeTerms, option_part, running_of, training_hours
from planner.offering.variants import present_factors
from planner.planning.prepare import Prepared
from planner.planning.reasons.error_balance import error_balance
from planner.planning.reasons.projects import SolvedScene

__all__ = ["Lived", "decision_life", "plan_life"]


@dataclass(frozen=True, eq=False)
class Lived:
    """The life of one decision, with the amounts behind its cash.

    Attributes
    ----------
    life : Life
        As it is reported.
    flows : tuple of Cash
        Expected amounts.
    """

    life: Life
    flows: tuple[Cash, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class _Chances:
    """How likely an option is live, and live with its target met, and in which draws.

    Attributes
    ----------
    live, met : float
        Chances.
    draws : mapping of Earned to ndarray, optional
        1 in the draws of each condition, where errors count themselves.
    errors : ErrorsInUse, optional
        Of the option then.
    """

    live: float
    met: float
    draws: Mapping[Earned, Floats] | None = None
    errors: ErrorsInUse | None = None

    def of(self, flow: Flow, run: Service) -> Floats:
        """Return the chance of a line's condition in each slice, times its expected grade."""
        if self.draws is None or self.errors is None:
            chances = {Earned.ALWAYS: 1.0, Earned.LIVE: self.live, Earned.TARGET: self.met}
            return np.full(flow.amounts.shape[1], chances[flow.earned])
        return np.asarray(self.errors.by_slice(flow, run, self.draws[flow.earned])[0])


def decision_life(scene: SolvedScene, index: int, decision: Decision) -> Lived | None:
    """Return the life of a funded decision; None where no project of the file has any.

    Parameters
    ----------
    scene : SolvedScene
        The plan.
    index : int
        Place of the project in the file.
    decision : Decision
        What the plan does with it.
    """
    pick = scene.picks[index]
    if pick is None or not scene.has_lives:
        return None
    terms = LifeTerms.of(scene.portfolio)
    options = scene.options[index].take(np.array([pick]))
    menu = scene.menus[index]
    running = running_of(menu.project, menu.way(options, 0), options, terms)
    start, live = float(running.run.start[0]), float(running.run.live[0])
    chances = _chances(scene, index, options)
    lines = {"development": -decision.expected_cost}
    flows = [("development", cash) for cash in _spent(scene, index, start)]
    if menu.project.value is not None:
        amount = chances.met * menu.project.mean_value
        lines["value"] = amount * float(terms.clock.present(np.array(start)))
        flows.append(("value", Cash(amount, start, start, start)))
    for item in flows_of(running):
        flow, chance = item.flow, chances.of(item.flow, running.run)
        present = float((chance * flow.amounts * terms.clock.present(flow.counted)).sum())
        lines[item.line.name] = lines.get(item.line.name, 0.0) + present
        flows += ((item.line.name, cash) for cash in _cash(chance, flow))
    hours = training_hours(menu.way(options, 0), options, terms.compute)
    cash = tuple(one for _, one in flows)
    life = _life(lines, _development(scene, index), cash, terms.clock.rate, start)
    return Lived(
        replace(
            life,
            wall_hours=None if terms.compute.gpus is None else float(hours[0]),
            live_at=live,
            chance_live=chances.live,
            errors=error_balance(scene.prepared, index, pick),
            footprint=_footprint(scene.prepared, index, pick, running, chances.live),
            flows=tuple(
                LineCash(name, one.amount, one.counted, one.begin, one.end) for name, one in flows
            ),
        ),
        cash,
    )


def plan_life(lived: Sequence[Lived | None], portfolio: Portfolio) -> Life | None:
    """Return the life of a whole plan: of what it funds together; None where there is none."""
    known = [item for item in lived if item is not None]
    if not uses_life(portfolio):
        return None
    whole = _life(
        _summed([item.life.lines for item in known]) or {"development": 0.0},
        _summed([item.life.development for item in known]),
        [flow for item in known for flow in item.flows],
        portfolio.discount_rate,
        0.0,
    )
    prints = [item.life.footprint for item in known]
    return replace(whole, footprint=_together([one for one in prints if one is not None]))


def _summed(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: math.fsum(part.get(name, 0.0) for part in parts) for name in names}


def _life(
    lines: Mapping[str, float],
    development: Mapping[str, float],
    flows: Sequence[Cash],
    rate: float,
    start: float,
) -> Life:
    npv, paid = math.fsum(lines.values()), -lines["development"]
    plain, discounted = payback(flows), payback(flows, rate)
    return Life(
        lines=lines,
        development=development,
        npv=npv,
        roi=npv / paid if paid > 0 else None,
        payback_years=None if plain is None else max(0.0, plain - start),
        discounted_payback_years=None if discounted is None else max(0.0, discounted - start),
        cash_by_year=by_year(flows),
    )


def _chances(scene: SolvedScene, index: int, options: ProjectOptions) -> _Chances:
    """Return how likely one option is live."""
    chance, life, menu = float(options.chance[0]), options.life, scene.menus[index]
    if life is None:
        return _Chances(chance, chance)
    if life.graded is not None:
        way, draws = menu.way(options, 0), menu.forecast.solve_rows
        part = option_part(menu.project, way, options, 0, scene.portfolio, draws)
        live, met = part.draws.live, part.errors.met
        under = {Earned.ALWAYS: np.ones(live.shape), Earned.LIVE: live.astype(np.float64),
                 Earned.TARGET: (live & met).astype(np.float64)}  # fmt: skip
        return _Chances(float(live.mean()), float((live & met).mean()), under, part.errors)
    met_live = chance * float(life.live_met[0])
    return _Chances(met_live + (1.0 - chance) * float(life.live_not[0]), met_live)


def _spent(scene: SolvedScene, index: int, start: float) -> Iterator[Cash]:
    """Yield what development is expected to spend when it starts."""
    options, pick = scene.options[index], scene.picks[index]
    if pick is None:
        return
    spend = int(options.total_cents[pick]) / 100
    if options.expected_cost is not None:
        began = 0 if options.start is None else int(options.start[pick])
        spend = float(options.expected_cost[pick] / present_factors(scene.portfolio)[began])
    spend += scene.share_cents(options.project) / 100
    yield Cash(-spend, start, start, start)


def _development(scene: SolvedScene, index: int) -> dict[str, float]:
    """Return what is committed for development, by line of the ledger."""
    options, pick = scene.options[index], scene.picks[index]
    if pick is None:
        return {}
    cents = {**options.cents_of(pick), "shared": scene.share_cents(options.project)}
    return {name: amount / 100 for name, amount in cents.items() if amount}


def _cash(chance: Floats, flow: Flow) -> Iterator[Cash]:
    """Yield the amounts of a line of one option, as expected."""
    columns = (chance * flow.amounts[0], flow.counted[0], flow.begin[0], flow.end[0])
    for amount, counted, begin, end in zip(*columns, strict=True):
        if amount:
            yield Cash(float(amount), float(counted), float(begin), float(end))


def _footprint(
    prepared: Prepared, index: int, row: int, running: Running, live: float
) -> Footprint | None:
    """Return the footprint of one option; None where the file does not say where machines stand.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index, row : int
        Place of the project in the file, and of its option.
    running : Running
        That option in use.
    live : float
        Chance that it goes live.
    """
    emitted = running.emitted
    if emitted is None:
        return None
    anew = live * float((running.retrained * running.run.lengths).sum())
    trained = float(emitted.hours[0]) + anew
    used = live * float((running.hours * running.run.lengths).sum())
    pairs = [(trained, emitted.training), (used, emitted.running)]
    kwh = math.fsum(hours * one.kwh for hours, one in pairs if one is not None)
    points = _points(prepared, index, row)
    paid = int(prepared.options[index].total_cents[row]) / 100
    return Footprint(
        accelerator_hours=trained,
        kwh=kwh,
        carbon_kg=math.fsum(hours * one.kg for hours, one in pairs if one is not None),
        accuracy_points=points,
        points_per_1000=None if points is None or not paid else 1_000 * points / paid,
        points_per_kwh=None if points is None or not kwh else points / kwh,
    )


def _points(prepared: Prepared, index: int, row: int) -> float | None:
    """Return by how many points the expected error lies below the majority guess."""
    menu, options = prepared.menus[index], prepared.options[index]
    if options.is_alternative[row]:
        return None
    forecast = menu.way(options, row).forecast
    images, name = [float(options.images_total[row])], options.architecture(row)
    errors = forecast.error_draws(images, name, rows=forecast.solve_rows)[:, 0]
    return 100.0 * (menu.project.majority_guess_error - float(errors.mean()))


def _together(prints: Sequence[Footprint]) -> Footprint | None:
    """Return several footprints as one; None of none."""
    if not prints:
        return None
    return Footprint(
        math.fsum(one.accelerator_hours for one in prints),
        math.fsum(one.kwh for one in prints),
        math.fsum(one.carbon_kg for one in prints),
    )
