"""What is bought of the rarest class alone, and what would training on other frequencies change?"""

import numpy as np

from planner.domain.facts.decisions import Likely, OtherBalance, Sought
from planner.domain.portfolio.in_use.rebalance import balances
from planner.domain.portfolio.portfolio import chance_bounds
from planner.economics.ledger import SOUGHT
from planner.offering.objective import objective_worth
from planner.planning.prepare import Prepared

__all__ = ["other_balance", "sought_by"]


def sought_by(prepared: Prepared, index: int, pick: int) -> Sought | None:
    """Return what an option buys of the rarest class alone."""
    options = prepared.options[index]
    balance = prepared.menus[index].way(options, pick).rebalance
    if balance is None or options.sought is None:
        return None
    paid = options.cents.get(SOUGHT.name)
    cost = None if paid is None else int(paid[pick]) / 100
    return Sought(balance.name, int(options.sought[pick]), cost)


def other_balance(prepared: Prepared, index: int, pick: int) -> OtherBalance | None:
    """Return the best option that trains on other frequencies of classes than the chosen one.

    None where there is none, or where money does not count.
    """
    options, menu = prepared.options[index], prepared.menus[index]
    if not any(options.rebalanced) or not prepared.objective.in_money:
        return None
    reached = np.array([-1 if one is None else one for one in options.rebalanced])
    each = reached[options.use_index]
    others = np.flatnonzero((each >= 0) & (each != each[pick]))
    if len(others) == 0 or each[pick] < 0:
        return None
    worth = objective_worth(options, prepared.objective)
    best = int(others[np.argmax(worth[others])])
    named = next(one.name for one in balances(menu.project) if one is not None)
    bounds = chance_bounds(prepared.portfolio, menu.project)
    return OtherBalance(
        name=named,
        reach=int(each[best]),
        images=int(options.images_total[best]),
        likely=Likely(float(options.chance[best]), bounds, 0),
        lacks=float(worth[pick] - worth[best]),
    )
