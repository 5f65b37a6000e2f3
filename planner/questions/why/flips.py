"""At which label price, value, target or budget would the decision on a project change?

Each answer is found by solving the whole plan again with that one input changed: the dual price of
the budget says where to look, bisection closes in, and the number reported is itself solved: there
the decision is the other one, a little nearer to today it is not.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np

from planner.domain.facts.explanation import Lever, Turn
from planner.domain.portfolio.in_use.field_use import error_in_use
from planner.domain.quantities import amount_mean
from planner.domain.results.explanation import Flip
from planner.domain.vocabulary import Objective, Status, Task
from planner.economics.ledger import SOUGHT
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SEARCH_WORK, SECOND, Allowance, OutOfEffortError
from planner.offering.problem import PROVEN_GAP, Solution
from planner.planning.budgets import dearest_spend
from planner.planning.changed import at_label_price, at_target_error, at_value
from planner.planning.nearby.narrowed import narrowed, with_few_networks
from planner.planning.prepare import Prepared, solve_prepared
from planner.planning.reasons.next_step import usual_amount
from planner.planning.reasons.priced import pays_at_prices
from planner.questions.why.flip_search import COARSE_PRECISION, PRECISION, Search, find_flip

__all__ = ["flips", "is_funded", "is_funded_in"]

FACTOR = 1000.0
"""How far prices and values are searched: up to so many times, or down to 0."""

COARSE_GAP, COARSE_WORK, SURE_WORK = 1e-2, 0.15 * SECOND, 0.6 * SECOND
"""Allowance of each solve where a plan is more than an expectation under one budget.

It begins at the plan and chooses from few options (:mod:`planner.planning.nearby.narrowed`). Where
it ends short of the gap with another decision than today's, it is asked again with more work.
"""
AS_PROVEN = 1.5
"""Times the gap of the plan that is near enough beside it."""
FEW_PROJECTS = 12
"""Projects up to which each solve is as fine as that of the plan all the same."""

GUESS_PRECISION = 0.05


def is_funded_in(
    prepared: Prepared,
    index: int,
    deadline: Deadline = NEVER,
    *,
    budget_cents: int | None = None,
    now: bool | None = None,
    plan_gap: float = 0.0,
) -> bool:
    """Return whether a project of the file is funded in the best plan; not if there is no plan.

    In a large portfolio whose plan is more than an expectation under one budget, in a good plan.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    index : int
        Place of the project in the file.
    deadline : Deadline
        Of the command, where a time limit was asked for.
    budget_cents : int, optional
        In place of the portfolio's.
    now : bool, optional
        Today's decision, which is doubted less than the other one.
    plan_gap : float, default=0.0
        Gap of today's plan: others are searched for to about the same.

    Raises
    ------
    OutOfEffortError
        The deadline has passed, or came before the plan was found.
    """
    exact = prepared.has_one_budget
    gap = None
    if not exact and len(prepared.menus) > FEW_PROJECTS:
        gap = COARSE_GAP
    if not exact and plan_gap > PROVEN_GAP:
        gap = max(COARSE_GAP, AS_PROVEN * plan_gap)
    funded = False
    for work in (SEARCH_WORK,) if exact else (COARSE_WORK, SURE_WORK):
        if deadline.has_passed():
            raise OutOfEffortError
        solution = solve_prepared(
            prepared,
            budget_cents=budget_cents,
            gap=gap,
            allowance=Allowance(work, deadline),
        )
        if solution.stop == "time":
            raise OutOfEffortError
        funded = is_funded(prepared, solution, index)
        if not solution.stop or funded == now:
            break
    return funded


def _solved(prepared: Prepared, deadline: Deadline) -> Solution:
    """Return a plan of a narrowed portfolio, whose prices serve as a guide."""
    return solve_prepared(prepared, gap=COARSE_GAP, allowance=Allowance(COARSE_WORK, deadline))


def is_funded(prepared: Prepared, solution: Solution, index: int) -> bool:
    """Return whether a solution funds a project of the file."""
    if solution.status is Status.INFEASIBLE:
        return False
    return prepared.layout.picks(solution.options)[index] is not None


def flips(
    prepared: Prepared, solution: Solution, index: int, deadline: Deadline = NEVER
) -> tuple[Flip, ...]:
    """Return at which label price, value, target and budget the decision on a project changes.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    solution : Solution
        Its plan.
    index : int
        Place of the project in the file.
    deadline : Deadline
        Of the command, where a time limit was asked for.

    Raises
    ------
    OutOfEffortError
        It came too soon.
    """
    finder = _Finder(prepared, solution, index, deadline)
    found = [finder.label_price(), finder.value(), finder.target(), finder.budget()]
    return tuple(flip for flip in found if flip is not None)


class _Finder:
    """Looks for the flips of one project."""

    def __init__(
        self, prepared: Prepared, solution: Solution, index: int, deadline: Deadline
    ) -> None:
        self.exact = prepared.has_one_budget
        self.funded, self.plan_gap = is_funded(prepared, solution, index), solution.gap
        self.prepared = prepared if self.exact else narrowed(prepared, solution, whole=index)
        self.deadline = deadline
        self.solution = solution if self.exact else _solved(self.prepared, deadline)
        self.index = index
        self.project = prepared.menus[index].project
        self.precision = PRECISION if self.exact else COARSE_PRECISION

    def label_price(self) -> Flip | None:
        """Funded: dearer labels; not funded: cheaper ones."""
        now = amount_mean(self.project.images.price)
        top = FACTOR * (now or 1.0)
        limit = top if self.funded else 0.0
        if now == limit:
            return None
        at = self._find(
            Search(now, limit, self._price_guess(), self.precision),
            lambda price: at_label_price(self.prepared, self.index, price),
        )
        return self._flip(Lever.LABEL_PRICE, now, at, limit)

    def value(self) -> Flip | None:
        """Funded: worth less; not funded: worth more. None where value does not count."""
        now = self.project.mean_value
        if not self.prepared.objective.in_money or self.project.value is None:
            return None
        limit = 0.0 if self.funded else FACTOR * max(now, 1000.0)
        if now == limit:
            return None
        at = self._find(
            Search(now, limit, self._value_guess(), self.precision),
            lambda value: at_value(self.prepared, self.index, value),
        )
        return self._flip(Lever.VALUE, now, at, limit)

    def target(self) -> Flip | None:
        """Funded: a harder target; not funded: an easier one, short of the majority guess.

        None without a target.
        """
        if not self.project.has_target:
            return None
        now = self.project.error_target_in_use
        least, guess = self._in_use(0.0), self._in_use(self.project.majority_guess_error)
        trivial = self.prepared.menus[self.index].is_trivial
        harder = least + 0.01 * (min(now, guess) - least)
        limit = harder if self.funded or trivial else 0.999 * guess
        at = self._find(
            Search(now, limit, None, self.precision, scans=trivial),
            lambda error: at_target_error(self.prepared, self.index, error),
            lambda error: at_target_error(self.guide, self.index, error),
        )
        errors = self._flip(Lever.TARGET, now, at, limit)
        right = self._flip(Lever.TARGET, 1.0 - now, None if at is None else 1.0 - at, 1.0 - limit)
        if self.project.target_error is not None:
            return replace(errors, facts=right.facts)
        low, high = right.searched  # the file states the share that is right
        return replace(
            right,
            now=round(right.now, 12),
            at=None if right.at is None else round(right.at, 12),
            searched=(round(low, 12), round(high, 12)),
        )

    def _in_use(self, error: float) -> float:
        return error_in_use(error, self.project.shift, self.project.review)

    def budget(self) -> Flip | None:
        """Funded: less money; not funded: more."""
        now = self.prepared.budget_cents / 100
        most = dearest_spend(self.prepared.problem) / 100
        limit = 0.0 if self.funded else max(most, now + usual_amount(now))
        if now == limit:
            return None
        at = self._find(Search(now, limit, None, self.precision), None)
        return self._flip(Lever.BUDGET, now, at, limit)

    @cached_property
    def guide(self) -> Prepared:
        """The portfolio with few networks on offer, to look where a target may matter."""
        return with_few_networks(self.prepared, self.solution, self.index)

    def _find(
        self,
        search: Search,
        changed: Callable[[float], Prepared] | None,
        guide: Callable[[float], Prepared] | None = None,
    ) -> float | None:
        """Return where the decision flips as a change goes on, or the budget for None."""

        def flipped(at: float) -> bool:
            prepared, cents = self._at(at, changed)
            answer = is_funded_in(
                prepared,
                self.index,
                self.deadline,
                budget_cents=cents,
                now=self.funded,
                plan_gap=self.plan_gap,
            )
            return answer != self.funded

        if self.exact:
            return find_flip(search, flipped)

        def priced(at: float) -> bool:
            return self._pays(*self._at(at, guide or changed)) != pays

        pays = self._pays(self.prepared, None)
        guess = None
        if pays == self.funded:
            guess = find_flip(replace(search, guess=None, precision=GUESS_PRECISION), priced)
        return find_flip(replace(search, guess=guess), flipped)

    def _at(
        self, at: float, changed: Callable[[float], Prepared] | None
    ) -> tuple[Prepared, int | None]:
        """Return a changed portfolio, or the same one and another budget."""
        if changed is None:
            return self.prepared, math.ceil(100 * at - 1e-6)
        return changed(at), None

    def _pays(self, prepared: Prepared, budget_cents: int | None) -> bool:
        """Return whether the project pays at the prices of the plan, as far as they are its own."""
        place = prepared.layout.place[self.index]
        if prepared.problem.assets != self.prepared.problem.assets:
            return self.funded  # with other levels of images a pool has other steps, without prices
        asked = prepared.budget_cents if budget_cents is None else budget_cents
        budget = None if prepared.portfolio.hold else asked
        pays = pays_at_prices(prepared.problem, self.solution, budget_cents=budget)
        return bool(pays[place])

    def _flip(self, lever: Lever, now: float, at: float | None, limit: float) -> Flip:
        """Return a flip with its facts."""
        is_iou = self.project.task == Task.SEGMENTATION
        facts = Turn(
            lever=lever,
            now=now,
            at=at,
            limit=limit,
            is_funded=self.funded,
            goes_on=self.exact and lever is not Lever.BUDGET,
            currency=self.prepared.portfolio.currency,
            measure="IoU" if is_iou else "accuracy",
        )
        return Flip(lever, now, at, (min(now, limit), max(now, limit)), facts)

    def _reach(self) -> tuple[np.ndarray, np.ndarray, float] | None:
        """Return chances and cents of the options, and what a unit of cost weighs at the margin."""
        options = self.prepared.options[self.index]
        if len(options) == 0 or not self.prepared.has_one_budget:
            return None
        price = self.solution.budget_price
        own = 1.0 if self.prepared.objective is Objective.NET_VALUE else 0.0
        return options.chance, options.bound_cents, own + price

    def _value_guess(self) -> float | None:
        reach = self._reach()
        if reach is None:
            return None
        chance, cents, weight = reach
        with np.errstate(divide="ignore", invalid="ignore"):
            least = np.where(chance > 0, cents / 100 * weight / chance, np.inf)
        return float(least.min())

    def _price_guess(self) -> float | None:
        reach = self._reach()
        if reach is None or not self.prepared.objective.in_money or reach[2] <= 0:
            return None
        chance, cents, weight = reach
        options = self.prepared.options[self.index]
        bought = options.images_to_buy
        if options.sought is not None and SOUGHT.name in options.cents:
            bought = bought - options.sought  # those have a price of their own
        rest = (cents - options.cents["data"]) / 100
        margin = chance * self.project.mean_value / weight - rest
        prices = margin[bought > 0] / bought[bought > 0]
        return float(prices.max()) if len(prices) else None
