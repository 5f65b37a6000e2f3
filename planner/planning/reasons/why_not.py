"""Why is a project not funded? The limit that keeps it out, by its name and with its numbers."""

from dataclasses import dataclass

import numpy as np

from planner.domain.facts.decisions import (
    AboveBudget,
    AbovePeriods,
    Dues,
    InTheWay,
    NoPlanKeeps,
    NotFunded,
    NotHeld,
    NothingAdds,
    NothingPays,
    NotInTheBest,
    Offer,
    Outbid,
    Skipped,
    Trivial,
    UnitMaySpendNothing,
    Unlikely,
)
from planner.domain.portfolio.portfolio import Skip, UnitShare
from planner.domain.vocabulary import Objective
from planner.domain.wrong_answers import blindly, cost_per_image
from planner.economics.amounts import budget_to_cents
from planner.offering.objective import objective_worth
from planner.planning.conflict.smallest import BUDGET
from planner.planning.reasons.barred import barred_by
from planner.planning.reasons.obstacles import Obstacles, find_obstacles
from planner.planning.reasons.projects import SolvedScene

__all__ = ["Reason", "why_not_funded"]

MOST_OUT = 40
"""Projects left out up to which it is solved whether any plan funds them; else looked at alone."""


@dataclass(frozen=True)
class Reason:
    """Why a project is not funded.

    Attributes
    ----------
    kind : str
        ``skipped``, ``trivial``, ``unlikely``: it has nothing to choose from. ``worthless``: no
        option pays. ``barred``: no plan funds it within some limits. ``dues``: no option bears the
        shared assets it needs. ``in_the_way``: added to this plan, every option that pays breaks
        limits. ``outbid``: the budget is all that is in the way. ``measure``: nothing is in the
        way but the measure of risk, or the end of the search.
    facts : one of NotFunded
        What is said of it.
    limits : tuple of str
        Names of the limits that the reason rests on, as a conflict names them.
    every : bool
        Whether each of these limits is broken by every option that pays; else each option breaks
        one of them.
    """

    kind: str
    facts: NotFunded
    limits: tuple[str, ...] = ()
    every: bool = True


def why_not_funded(scene: SolvedScene, index: int) -> Reason:
    """Return which of rule, target, chance, value or budget keeps the project out."""
    menu, options = scene.menus[index], scene.options[index]
    skipping = [
        rule.name
        for rule in scene.rules
        if isinstance(rule, Skip) and menu.project.id in rule.projects
    ]
    if skipping:
        return Reason("skipped", Skipped(skipping[0]), (skipping[0],))
    if menu.is_trivial:
        return Reason("trivial", _trivial(scene, index))
    if len(options) == 0:
        return Reason("unlikely", _too_unlikely(scene, index))
    if float(objective_worth(options, scene.objective).max()) <= 0:
        return Reason("worthless", _worthless(scene, index))
    barring = barred_by(
        scene.prepared,
        index,
        solves=scene.n_out <= MOST_OUT and not scene.deadline.has_passed(),
        plan=scene.solution.options,
    )
    if barring:
        return Reason("barred", _barred(scene, index, barring), barring)
    obstacles = find_obstacles(scene, index)
    if len(obstacles.paying) == 0:
        return Reason("dues", _dues(scene, index, obstacles))
    if not obstacles.is_complete:
        return Reason("measure", _not_in_the_best(scene, index, obstacles))
    if scene.prepared.has_one_budget and obstacles.common == (BUDGET,):
        return Reason("outbid", _outbid(scene, index), (BUDGET,))
    common = obstacles.common
    limits = common or obstacles.any
    return Reason("in_the_way", _in_the_way(scene, index, obstacles), limits, bool(common))


def _trivial(scene: SolvedScene, index: int) -> Trivial:
    project = scene.menus[index].project
    errors, target = project.errors, project.error_target_in_use
    blind = None if errors is None else blindly(errors)
    if errors is None or blind is None:
        guess = project.majority_guess_error
        return Trivial(guess, project.error_target, metric=project.metric)
    cost = float(cost_per_image(errors, target))
    return Trivial(project.majority_guess_error, target, (1_000 * cost, 1_000 * blind.cheaper))


def _worthless(scene: SolvedScene, index: int) -> NothingAdds | NothingPays:
    """Return what the best option earns and costs, where none is worth more than nothing."""
    options, project = scene.options[index], scene.menus[index].project
    best = int(np.argmax(objective_worth(options, scene.objective)))
    if scene.objective is not Objective.NET_VALUE:
        return NothingAdds()
    mean = options.expected_cost
    return NothingPays(
        likely=scene.likely(index, float(options.chance[best])),
        value=project.mean_value,
        expected_value=float(options.expected_value[best]),
        cost=int(options.total_cents[best]) / 100 if mean is None else float(mean[best]),
        is_mean=mean is not None,
        running=None if options.life is None else float(options.expected_running[best]),
    )


def _barred(scene: SolvedScene, index: int, limits: tuple[str, ...]) -> NotFunded:
    """Return which limits no plan keeps that funds the project."""
    portfolio, options = scene.portfolio, scene.options[index]
    cents = int(options.bound_cents.min())
    if limits == (BUDGET,) and portfolio.hold is not None:
        return NotHeld(scene.budget_cents / 100)
    if limits == (BUDGET,) and cents > scene.budget_cents:
        return AboveBudget(cents / 100, scene.budget_cents / 100)
    periods = [period for period in portfolio.periods if f"periods[{period.id}]" in limits]
    most = max([budget_to_cents(period.budget) for period in periods], default=0)
    if len(periods) == len(limits) and cents > most:
        first = portfolio.projects[index].earliest
        since = first if first not in (None, portfolio.periods[0].id) else None
        return AbovePeriods(cents / 100, tuple((one.id, one.budget) for one in periods), since)
    nothing = [
        rule
        for rule in portfolio.rules
        if isinstance(rule, UnitShare) and rule.max_share == 0 and limits == (rule.name,)
    ]
    if nothing:
        return UnitMaySpendNothing(nothing[0].name, nothing[0].unit)
    return NoPlanKeeps(limits)


def _dues(scene: SolvedScene, index: int, obstacles: Obstacles) -> Dues:
    """Return which shared assets the project cannot bear."""
    options = scene.options[index]
    best = int(np.argmax(obstacles.margin))
    way = 0 if options.use_index is None else int(options.use_index[best])
    worth = float(objective_worth(options, scene.objective)[best])
    return Dues(worth, options.uses[way], int(obstacles.dues[best]) / 100)


def _offer(scene: SolvedScene, index: int, row: int) -> Offer:
    """Return what an option costs, how likely it is, and what it expects."""
    options = scene.options[index]
    worth = float(objective_worth(options, scene.objective)[row])
    return Offer(
        int(options.total_cents[row]) / 100,
        scene.likely(index, float(options.chance[row])),
        worth if scene.objective.in_money else None,
    )


def _in_the_way(scene: SolvedScene, index: int, obstacles: Obstacles) -> InTheWay:
    """Return which limits the project's options would break, added to this plan."""
    left = None
    if BUDGET in obstacles.any and scene.portfolio.hold is None:
        left = max(0, scene.left_cents) / 100
    periods = tuple(
        (period.id, max(0, budget_to_cents(period.budget) - scene.period_cents[number]) / 100)
        for number, period in enumerate(scene.portfolio.periods)
        if f"periods[{period.id}]" in obstacles.any
    )
    offer = _offer(scene, index, int(np.argmax(obstacles.margin)))
    common = obstacles.common
    return InTheWay(common or obstacles.any, bool(common), offer, left, periods)


def _not_in_the_best(scene: SolvedScene, index: int, obstacles: Obstacles) -> NotInTheBest:
    """Return that no limit is in the way: the measure of risk is, or the search ended early."""
    is_measured = scene.portfolio.risk.is_cautious
    return NotInTheBest(is_measured, _offer(scene, index, int(np.argmax(obstacles.margin))))


def _too_unlikely(scene: SolvedScene, index: int) -> Unlikely:
    """Return what chance is reached at best, and which threshold it misses."""
    menu = scene.menus[index]
    best = int(np.argmax(menu.priced.chance))
    return Unlikely(
        likely=scene.likely(index, float(menu.priced.chance[best])),
        images=int(menu.priced.images_total[best]),
        asked=menu.project.min_chance or 0.0,
        threshold=menu.threshold,
        pilot_chance=scene.portfolio.pilot_chance,
        is_measured=bool(menu.project.pilots),
    )


def _outbid(scene: SolvedScene, index: int) -> Outbid:
    """Compare the project's best worth per unit of money with the budget's price."""
    options = scene.options[index]
    worth = objective_worth(options, scene.objective)
    cents = options.bound_cents
    paying = np.flatnonzero(worth > 0)
    best = int(paying[np.argmax(worth[paying] / np.maximum(cents[paying], 1))])
    cheapest = int(cents[paying].min())
    return Outbid(
        cost=int(cents[best]) / 100,
        likely=scene.likely(index, float(options.chance[best])),
        earns=100 * float(worth[best]) / max(int(cents[best]), 1),
        price=scene.solution.budget_price,
        cheapest=cheapest / 100,
        missing=(cheapest - scene.left_cents) / 100,
        budget=scene.budget_cents / 100,
    )
