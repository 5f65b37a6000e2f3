"""Why is a project not funded? The limit that keeps it out, by its name and with its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.chance_noise import noise_words
from planner.domain.format import count, figure, money, percent_as_set, rate
from planner.domain.portfolio.portfolio import Period, Skip, UnitShare
from planner.domain.vocabulary import Objective
from planner.economics.amounts import budget_to_cents
from planner.offering.objective import objective_worth
from planner.planning.conflict.smallest import BUDGET
from planner.planning.reasons.barred import barred_by
from planner.planning.reasons.obstacles import Obstacles, find_obstacles
from planner.planning.reasons.projects import Scene

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
        shared assets it needs. ``in the way``: added to this plan, every option that pays breaks
        limits. ``outbid``: the budget is all that is in the way. ``measure``: nothing is in the
        way but the measure of risk, or the end of the search.
    text : str
        A few sentences.
    limits : tuple of str
        Names of the limits that the reason rests on, as a conflict names them.
    every : bool
        Whether each of these limits is broken by every option that pays; else each option breaks
        one of them.
    """

    kind: str
    text: str
    limits: tuple[str, ...] = ()
    every: bool = True


def why_not_funded(scene: Scene, index: int) -> Reason:
    """Return which of rule, target, chance, value or budget keeps the project out."""
    menu, options = scene.menus[index], scene.options[index]
    skipping = [
        rule.name
        for rule in scene.rules
        if isinstance(rule, Skip) and menu.project.id in rule.projects
    ]
    if skipping:
        return Reason("skipped", f"Not funded: {skipping[0]}.", (skipping[0],))
    if menu.is_trivial:
        return Reason("trivial", _trivial(scene, index))
    if len(options) == 0:
        return Reason("unlikely", _too_unlikely(scene, index))
    if float(objective_worth(options, scene.objective).max()) <= 0:
        return Reason("worthless", _worthless(scene, index))
    out = sum(pick is None for pick in scene.picks)
    barring = barred_by(
        scene.prepared, index, solves=out <= MOST_OUT and not scene.deadline.has_passed()
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
    return Reason("in the way", _in_the_way(scene, index, obstacles), limits, bool(common))


def _trivial(scene: Scene, index: int) -> str:
    project = scene.menus[index].project
    return (
        "Not funded: always answering the most frequent class already has an error of "
        f"{rate(project.majority_guess_error)}, no worse than the target error of "
        f"{percent_as_set(project.error_target)}."
    )


def _worthless(scene: Scene, index: int) -> str:
    """Say what the best option earns and costs, where none is worth more than nothing."""
    options, project = scene.options[index], scene.menus[index].project
    best = int(np.argmax(objective_worth(options, scene.objective)))
    if scene.objective is not Objective.NET_VALUE:
        return "Not funded: no option adds anything to what the plan maximises."
    cost, mean = int(options.total_cents[best]) / 100, ""
    if options.expected_cost is not None:
        cost, mean = float(options.expected_cost[best]), " in the mean"
    return (
        "Not funded: no option pays. The best expects "
        f"{money(float(options.expected_value[best]), scene.currency)} "
        f"({scene.likely(index, float(options.chance[best]))} of "
        f"{money(project.value or 0.0)}) and costs {money(cost)}{mean}."
    )


def _barred(scene: Scene, index: int, limits: tuple[str, ...]) -> str:
    """Say which limits no plan keeps that funds the project."""
    portfolio, options = scene.portfolio, scene.options[index]
    cheapest = scene.amount(int(options.total_cents.min()))
    if limits == (BUDGET,):
        if portfolio.hold is not None:
            return (
                "Not funded: even alone, and at its cheapest, its random spend is not held by the "
                f"budget of {scene.amount(scene.budget_cents)} as asked."
            )
        if int(options.total_cents.min()) > scene.budget_cents:
            return (
                f"Not funded: its cheapest allowed option costs {cheapest}, more than the whole "
                f"budget of {money(scene.budget_cents / 100)}."
            )
    periods = [period for period in portfolio.periods if f"periods[{period.id}]" in limits]
    most = max([budget_to_cents(period.budget) for period in periods], default=0)
    if len(periods) == len(limits) and int(options.total_cents.min()) > most:
        held = _held_by(periods)
        first = portfolio.projects[index].earliest
        since = f" from {first} on" if first not in (None, portfolio.periods[0].id) else ""
        return (
            f"Not funded: no period{since} can pay for it: its cheapest allowed option costs "
            f"{cheapest}, {held}."
        )
    nothing = [
        rule
        for rule in portfolio.rules
        if isinstance(rule, UnitShare) and rule.max_share == 0 and limits == (rule.name,)
    ]
    if nothing:
        return f"Not funded: {nothing[0].name}: it lets unit {nothing[0].unit} spend nothing."
    return f"Not funded: no plan that funds it keeps {_listed(limits)}{_together(limits)}."


def _held_by(periods: Sequence[Period]) -> str:
    """Say what some periods hold, once where it is the same.

    Examples
    --------
    >>> _held_by([Period(id="H1", budget=4000), Period(id="H2", budget=4000)])
    'H1 and H2 hold 4,000 each'
    """
    if len(periods) > 1 and len({period.budget for period in periods}) == 1:
        names = " and ".join(period.id for period in periods)
        return f"{names} hold {money(periods[0].budget)} each"
    return " and ".join(f"{period.id} holds {money(period.budget)}" for period in periods)


def _together(limits: tuple[str, ...]) -> str:
    return " together" if len(limits) > 1 else ""


def _listed(names: tuple[str, ...]) -> str:
    """Return names as a list; those of rules hold commas."""
    return "; ".join("the budget" if name == BUDGET else name for name in names)


def _dues(scene: Scene, index: int, obstacles: Obstacles) -> str:
    """Say which shared assets the project cannot bear."""
    options = scene.options[index]
    best = int(np.argmax(obstacles.margin))
    worth = float(objective_worth(options, scene.objective)[best])
    way = 0 if options.use_index is None else int(options.use_index[best])
    names = " and ".join(options.uses[way])
    return (
        f"Not funded: its best option expects {money(worth, scene.currency)} net, which does not "
        f"bear what would have to be bought of {names} for it, "
        f"{money(int(obstacles.dues[best]) / 100)}."
    )


def _offer(scene: Scene, index: int, row: int) -> str:
    """Say what an option costs, how likely it is, and what it expects."""
    options = scene.options[index]
    worth = float(objective_worth(options, scene.objective)[row])
    likely = scene.likely(index, float(options.chance[row]))
    earns = "" if scene.objective is Objective.TARGETS_MET else f" and expects {money(worth)}"
    return (
        f"Its best option costs {scene.amount(int(options.total_cents[row]))} ({likely} likely)"
        f"{earns}"
    )


def _in_the_way(scene: Scene, index: int, obstacles: Obstacles) -> str:
    """Say which limits the project's options would break, added to this plan."""
    limits = obstacles.common
    broken = f"it would break {_listed(limits)}"
    if not limits:
        broken = f"each of its options would break one of: {_listed(obstacles.any)}"
    best = int(np.argmax(obstacles.margin))
    parts = [
        f"Not funded: with the other projects chosen, {broken}.",
        f"{_offer(scene, index, best)}.",
    ]
    if BUDGET in obstacles.any and scene.portfolio.hold is None:
        parts.append(f"Of the budget {scene.amount(max(0, scene.left_cents))} is left.")
    for number, period in enumerate(scene.portfolio.periods):
        if f"periods[{period.id}]" in obstacles.any:
            left = max(0, budget_to_cents(period.budget) - scene.period_cents[number])
            parts.append(f"In {period.id} {scene.amount(left)} is left.")
    return " ".join(parts)


def _not_in_the_best(scene: Scene, index: int, obstacles: Obstacles) -> str:
    """Say that no limit is in the way: the measure of risk is, or the search ended early."""
    best = int(np.argmax(obstacles.margin))
    measured = scene.portfolio.risk.measure != "expected"
    aim = "worth more under the measure of risk" if measured else "the best that was found"
    verb = "is" if measured else "was"
    return f"Not funded: a plan without it {verb} {aim}. {_offer(scene, index, best)}."


def _too_unlikely(scene: Scene, index: int) -> str:
    """Say what chance is reached at best, and which threshold it misses."""
    menu, portfolio = scene.menus[index], scene.portfolio
    best = int(np.argmax(menu.priced.chance))
    asked, measured = menu.project.min_chance or 0.0, bool(menu.project.pilots)
    threshold = percent_as_set(menu.threshold)
    if asked >= menu.threshold:
        rule = f"the min_chance of {percent_as_set(asked)} you set"
    elif measured:
        rule = (
            f"the {threshold} (go_chance) that a project needs once it has a pilot; before, it is "
            f"{percent_as_set(portfolio.pilot_chance)} (pilot_chance)"
        )
    else:
        rule = f"the {threshold} from which a project may be funded"
    chance = float(menu.priced.chance[best])
    images = count(int(menu.priced.images_total[best]))
    noise = noise_words(chance, scene.draws, [max(asked, menu.threshold)])
    likely = scene.likely(index, chance)
    another = "Another run" if measured else "A pilot on images held"
    parts = [
        f"Not funded: at best {likely} likely to meet the target ({images} images), below {rule}.",
        f"The chance is {noise}." if noise else "",
        f"{another}, more obtainable images or an easier target could change that.",
    ]
    return " ".join(part for part in parts if part)


def _outbid(scene: Scene, index: int) -> str:
    """Compare the project's best worth per unit of money with the budget's price."""
    options = scene.options[index]
    worth = objective_worth(options, scene.objective)
    cents = options.total_cents
    paying = np.flatnonzero(worth > 0)
    best = int(paying[np.argmax(worth[paying] / np.maximum(cents[paying], 1))])
    missing = int(cents[paying].min()) - scene.left_cents
    earned = 100 * float(worth[best]) / max(int(cents[best]), 1)
    price = scene.solution.budget_price
    likely = scene.likely(index, float(options.chance[best]))
    offer = (
        f"Its best option costs {scene.amount(int(cents[best]))} "
        f"({likely} likely) and earns {figure(earned)} per unit of money"
    )
    more = f"; the cheapest that pays needs {money(missing / 100)} more than is left"
    if earned < price:
        return (
            f"Not funded: the budget earns more elsewhere. {offer}, where the last of the budget "
            f"earns {figure(price)}{more}."
        )
    if int(cents[paying].min()) > scene.budget_cents:
        return (
            "Not funded: its cheapest option that pays costs "
            f"{scene.amount(int(cents[paying].min()))}, more than the whole budget. {offer}."
        )
    return f"Not funded: it does not fit beside projects that earn more together. {offer}{more}."
