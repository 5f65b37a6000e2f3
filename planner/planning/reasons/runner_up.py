"""What is the best option of a project that was not chosen, and what does it lack?"""

import numpy as np
from numpy.typing import NDArray

from planner.domain.facts.alternatives import Standby
from planner.domain.facts.decisions import Likely
from planner.domain.portfolio.portfolio import chance_bounds
from planner.domain.results.explanation import RunnerUp
from planner.offering.problem import Solution
from planner.planning.prepare import Prepared
from planner.planning.reasons.barred import possible_options
from planner.planning.reasons.priced import reduced_worth

__all__ = ["best_option", "runner_up"]

ALIKE = 0.1
"""Relative difference in images below which an option with the same network is the same idea."""


def best_option(prepared: Prepared, solution: Solution, index: int) -> int | None:
    """Return the option of a project that is worth most at the plan's prices, in the problem."""
    rows = prepared.numbers(index)
    if len(rows) == 0:
        return None
    reduced = reduced_worth(prepared.problem, solution)[rows]
    cents = prepared.problem.cents[rows]
    return int(rows[np.lexsort((prepared.problem.tie[rows], cents, -reduced))[0]])


def runner_up(prepared: Prepared, solution: Solution, index: int) -> RunnerUp | None:
    """Return the best option not chosen: of a funded project one with another network or images.

    Only options that a plan may choose at all: one that costs more than there is to spend is no
    runner-up.

    ``lacks`` is what it is worth less at the plan's prices than what was chosen, or than not
    funding the project; at least 0.
    """
    rows = prepared.numbers(index)
    chosen = np.intersect1d(solution.options, rows)
    reduced = reduced_worth(prepared.problem, solution)
    ahead, wanted = 0.0, possible_options(prepared, index)
    if len(chosen):
        pick = int(chosen[0])
        wanted &= _others(prepared, pick)
        ahead = float(reduced[pick])
    rows = rows[wanted]
    if len(rows) == 0:
        return None
    cents = prepared.problem.cents[rows]
    best = int(rows[np.lexsort((prepared.problem.tie[rows], cents, -reduced[rows]))[0]])
    lacks = max(0.0, ahead - float(reduced[best]))
    key = prepared.option(best)
    options = prepared.options[key.index]
    chance = float(options.chance[key.row])
    cost = int(prepared.problem.cents[best]) / 100
    project = prepared.menus[index].project
    bounds = chance_bounds(prepared.portfolio, project)
    facts = Standby(
        architecture=key.architecture,
        images=key.images,
        start=key.start,
        cost=cost,
        likely=Likely(chance, bounds, 0),
        lacks=lacks,
        is_funded=len(chosen) > 0,
        objective=prepared.objective,
        currency=prepared.portfolio.currency,
    )
    return RunnerUp(facts)


def _others(prepared: Prepared, pick: int) -> NDArray[np.bool_]:
    """Return which options of the project are another idea than the one chosen."""
    chosen = prepared.option(pick)
    options = prepared.options[chosen.index]
    network = options.architecture_index != options.architecture_index[chosen.row]
    far = np.abs(options.images_total - chosen.images) > ALIKE * chosen.images
    return np.asarray(network | far)
