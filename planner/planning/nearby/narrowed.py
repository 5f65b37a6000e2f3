"""What does a question about a known plan choose from, and where do its searches begin?

A question such as "from which value on would it be funded?" solves the portfolio again, a little
changed, a dozen times. Of the options of each project those are kept that lose least at the plan's
prices, the price of money lower and higher too, so that each of these solves is a small one; and
it begins at the plan and at the weights that the draws have in it. What such a search finds is a
plan of the whole portfolio: that it is better, or funds a project, is never in doubt. Its bound
holds for the kept options alone and is not used.
"""

from dataclasses import replace

import numpy as np

from planner.domain.arrays import Flags, Rows
from planner.offering.options import Menu
from planner.offering.problem import Solution
from planner.planning.nearby.known_plan import KnownPlan, row_of
from planner.planning.prepare import Prepared
from planner.planning.reasons.priced import charged_worth

__all__ = ["narrowed", "with_few_networks"]

EACH = 6
"""Options kept of a project at each price of money."""
PRICES = (0.0, 1 / 16, 1 / 4, 1.0, 4.0)
"""Prices of money as multiples of what the plan earns with one unit of it."""


def narrowed(prepared: Prepared, solution: Solution, *, whole: int | None = None) -> Prepared:
    """Return the portfolio with few options of each project, all of one, and its plan known.

    All of them where the budget holds random spend; one that is narrowed already stays so.
    """
    if prepared.portfolio.hold is not None or prepared.near is not None:
        return prepared
    kept = _kept(prepared, solution)
    menus = tuple(
        _taken(menu, kept[prepared.numbers(index)])
        if len(prepared.options[index]) and index != whole
        else menu
        for index, menu in enumerate(prepared.menus)
    )
    fewer = prepared.with_menus(menus)
    picks = prepared.layout.picks(solution.options)
    rows = tuple(
        None if pick is None else row_of(prepared.options[index], pick, fewer.options[index])
        for index, pick in enumerate(picks)
    )
    known = KnownPlan(fewer.menus, fewer.options, rows, solution.draw_weights)
    return replace(fewer, near=known)


def with_few_networks(prepared: Prepared, solution: Solution, index: int) -> Prepared:
    """Return the portfolio with the networks of one project that lose least at the plan's prices.

    A guide where each change of the project forecasts every network on offer anew.
    """
    menu = prepared.menus[index]
    if menu.project.alternatives or not len(prepared.options[index]):
        return prepared
    own = prepared.options[index].architecture_index[
        _kept(prepared, solution)[prepared.numbers(index)]
    ]
    places = np.unique(own).tolist()
    ways = tuple(
        replace(
            way,
            rates=tuple(way.rates[place] for place in places),
            serving=tuple(way.serving[place] for place in places if way.serving),
        )
        for way in menu.ways
    )
    rates = tuple(menu.rates[place] for place in places)
    menus = list(prepared.menus)
    menus[index] = replace(menu, rates=rates, ways=ways)
    return replace(prepared, menus=tuple(menus))


def _kept(prepared: Prepared, solution: Solution) -> Flags:
    """Return which options of the problem lose least at some price of money."""
    problem, scale = prepared.problem, solution.value / max(solution.committed_cents, 1)
    net, owner = charged_worth(problem, solution), problem.owner
    first = np.searchsorted(owner, np.arange(len(problem.projects)))
    kept = np.zeros(len(problem), dtype=np.bool_)
    kept[solution.options] = True
    orders = [np.lexsort((problem.tie, -problem.worth, problem.cents, owner))]
    prices = (solution.budget_price / 100, *(factor * max(scale, 0.0) for factor in PRICES))
    for price in prices:
        reduced = net - price * problem.cents
        orders.append(np.lexsort((problem.tie, -reduced, owner)))
    for order, most in zip(orders, (1, *(EACH for _ in prices)), strict=True):
        kept[order[_rank(owner, first) < most]] = True
    return kept


def _rank(owner: Rows, first: Rows) -> Rows:
    """Return the place of each entry among those of its project, which stand together."""
    return np.asarray(np.arange(len(owner)) - first[owner])


def _taken(menu: Menu, kept: Flags) -> Menu:
    """Return a menu that offers some of its options alone."""
    rows = menu.rows[kept]
    success = None if menu.success is None else menu.success[rows]
    return replace(menu, priced=menu.priced.take(rows), success=success)
