"""What stands in the way of adding a project to a plan that is there already?

Every option of the project is added to the plan as it is: what would it be worth beyond the shared
assets that have to be bought for it, and which limits would it break? Limits go by the names that a
conflict uses: those of rules, ``budget`` and ``periods[…]``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.portfolio import CarbonCap, UnitShare
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.economics.amounts import budget_to_cents
from planner.economics.shared import asset_cents
from planner.offering.build_problem import period_name
from planner.offering.objective import objective_worth
from planner.offering.rules import broken_rules, cap_grams, emitted_grams, exact_share
from planner.offering.steps import taken, uses
from planner.offering.variants import present_factors
from planner.planning.conflict.smallest import BUDGET
from planner.planning.hold import holds_budget
from planner.planning.reasons.projects import SolvedScene

__all__ = ["Obstacles", "find_obstacles"]


ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Obstacles:
    """What adding each option of one project to a plan would bring and break.

    Attributes
    ----------
    margin : ndarray of shape (n_options,)
        Worth beyond the shared assets that have to be bought for it.
    dues : ndarray of int64, shape (n_options,)
        Cents of those assets.
    breaks : dict of str to ndarray of bool, shape (n_options,)
        By limit: which options would break it.
    """

    margin: Floats
    dues: Rows
    breaks: dict[str, Flags]

    @property
    def paying(self) -> Rows:
        """Options that are worth more than nothing."""
        return np.flatnonzero(self.margin > ROUNDING)

    @property
    def common(self) -> tuple[str, ...]:
        """Limits that every paying option breaks."""
        paying = self.paying
        return tuple(name for name, broken in self.breaks.items() if broken[paying].all())

    @property
    def any(self) -> tuple[str, ...]:
        """Limits that some paying option breaks."""
        paying = self.paying
        return tuple(name for name, broken in self.breaks.items() if broken[paying].any())

    @property
    def is_complete(self) -> bool:
        """Whether every paying option breaks something."""
        paying = self.paying
        if not self.breaks:
            return False
        return bool(np.any([broken[paying] for broken in self.breaks.values()], axis=0).all())


def find_obstacles(scene: SolvedScene, index: int) -> Obstacles:
    """Return what stands in the way of a project that the plan does not fund."""
    options = scene.options[index]
    dues = _dues(scene, options)
    worth = objective_worth(options, scene.objective)
    margin = worth
    if scene.objective is Objective.NET_VALUE:
        present = present_factors(scene.portfolio)
        margin = worth - dues / 100 * present[_start(options)]
    breaks = {name: broken for name, broken in _breaks(scene, index, dues) if broken.any()}
    return Obstacles(margin, dues, breaks)


def _start(options: ProjectOptions) -> Rows:
    return np.zeros(len(options), dtype=np.int64) if options.start is None else options.start


def _dues(scene: SolvedScene, options: ProjectOptions) -> Rows:
    """Return the cents of shared assets that each option needs and the plan has not bought."""
    dues = np.zeros(len(options), dtype=np.int64)
    bought = {item.purchase.asset.id: item.purchase for item in scene.splits}
    for asset in scene.portfolio.shared:
        using = uses(options, asset)
        if len(using) == 0:
            continue
        need = taken(options, asset)[using]
        owned = bought.get(asset.id)
        before = 0 if owned is None else owned.total_cents
        if owned is not None:
            need = np.maximum(need, max(use.images for use in owned.uses))
        dues[using] += asset_cents(asset, need) - before
    return dues


def _breaks(scene: SolvedScene, index: int, dues: Rows) -> Iterator[tuple[str, Flags]]:
    """Yield, for each limit, which options would break it."""
    options = scene.options[index]
    for name in broken_rules(scene.rules, scene.funded | {options.project}):
        yield name, np.ones(len(options), dtype=np.bool_)
    for rule in scene.portfolio.rules:
        if isinstance(rule, UnitShare):
            yield rule.name, _breaks_share(scene, index, rule)
        elif isinstance(rule, CarbonCap):
            others = sum(
                int(emitted_grams(item)[pick])
                for item, pick in zip(scene.options, scene.picks, strict=True)
                if pick is not None
            )
            yield rule.name, emitted_grams(options) + others > cap_grams(rule)
    cents = options.total_cents + dues
    spent = scene.period_cents
    for number, period in enumerate(scene.portfolio.periods):
        left = budget_to_cents(period.budget) - spent[number]
        yield period_name(period.id), (_start(options) == number) & (cents > max(left, 0))
    if scene.portfolio.budget is not None:
        yield BUDGET, _breaks_budget(scene, index, options.bound_cents + dues, dues)


def _breaks_budget(scene: SolvedScene, index: int, cents: Rows, dues: Rows) -> Flags:
    """Return which options cost more than is left, or let random spend go over the budget."""
    hold, prepared = scene.portfolio.hold, scene.prepared
    if hold is None:
        return np.asarray(cents > scene.left_cents)
    outcomes = prepared.problem.outcomes if hold.chance is None else prepared.audit_outcomes
    if outcomes is None:
        return np.zeros(len(cents), dtype=np.bool_)
    chosen = prepared.layout.chosen(scene.picks)
    spend = outcomes.spend_draws(prepared.numbers(index)) + scene.asset_cents + dues[:, None]
    spend = spend + outcomes.spend_draws(chosen).sum(axis=0)
    return ~holds_budget(hold, spend, scene.budget_cents)


def _breaks_share(scene: SolvedScene, index: int, rule: UnitShare) -> Flags:
    """Return which options would leave a business unit with too much or too little of the spend."""
    options = scene.options[index]
    units = [project.unit for project in scene.portfolio.projects]
    own = [
        0 if pick is None else int(item.total_cents[pick])
        for item, pick in zip(scene.options, scene.picks, strict=True)
    ]
    inside = sum(cents for cents, unit in zip(own, units, strict=True) if unit == rule.unit)
    cents = options.total_cents
    mine = inside + (cents if units[index] == rule.unit else np.zeros_like(cents))
    every = sum(own) + cents
    broken = np.zeros(len(options), dtype=np.bool_)
    for share, sign in ((rule.max_share, 1), (rule.min_share, -1)):
        if share is not None:
            exact = exact_share(share)
            broken |= sign * (exact.denominator * mine - exact.numerator * every) > 0
    return broken
