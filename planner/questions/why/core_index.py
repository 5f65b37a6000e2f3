"""How firmly does each project stand in the plan, or outside it?

A plan averages over what is not known. If what all projects share (the model's coefficients) were
known, another plan might be best. For many states of the model, each an average over the draws
most like one draw, so that the projects' own luck averages out, the plan best for that state is
made. The share of states whose plan funds a project is its core index: *core* projects can be
decided now, *exterior* ones dropped, and effort belongs to the *borderline* ones.

References
----------
.. [1] Liesiö, Mild, Salo (2007), Preference programming for robust portfolio modeling and project
   selection, European Journal of Operational Research 181.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.facts.explanation import Firmness
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance, OutOfEffortError
from planner.offering.problem import DecisionProblem, Solution, Solver
from planner.planning.reasons.priced import pays_at_prices

__all__ = [
    "CORE",
    "EXTERIOR",
    "coefficient_draws",
    "core_indices",
    "model_states",
    "solves_each_state",
    "standing",
]

CORE, EXTERIOR = 0.9, 0.1
STATES = 100
SMALL_PORTFOLIO = 50
"""Projects up to which the plan of each state is solved, where rules and assets are simple."""
FEW_PROJECTS, FEW_OPTIONS = 6, 2_000
"""The same for any rules, periods, units and assets."""
SHARE_OF_DRAWS, FEWEST_DRAWS = 0.05, 20
"""Draws averaged for one state."""
DIRECTIONS = 3
MOST_PROJECTS_COMPARED = 200
STATE_GAP = 1e-3
STATE_WORK = 5 * SECOND


def standing(index: float) -> Firmness:
    """Return how firmly a core index puts a project in or out.

    Examples
    --------
    >>> [str(standing(index)) for index in (0.93, 0.5, 0.1)]
    ['core', 'borderline', 'exterior']
    """
    if index >= CORE:
        return Firmness.CORE
    return Firmness.EXTERIOR if index <= EXTERIOR else Firmness.BORDERLINE


def coefficient_draws(posterior: Posterior, rows: slice) -> Floats:
    """Return what all projects share in each draw, standardised, shape (n_rows, n_coefficients)."""
    found = [np.zeros((len(range(*rows.indices(posterior.n_draws))), 0))]
    for name in sorted(posterior.draws):
        draws = posterior.draws[name].reshape(posterior.n_draws, -1)[rows]
        spread = draws.std(axis=0)
        moves = spread > 1e-12 * np.maximum(1.0, np.abs(draws).max(axis=0))
        found.append((draws[:, moves] - draws[:, moves].mean(axis=0)) / spread[moves])
    return np.concatenate(found, axis=1)


def model_states(coefficients: Floats, outcome: Floats, count: int) -> list[Rows]:
    """Return draws that are alike in what all projects share, one set for each state.

    Alike means: near in the few directions of the coefficients that move the projects' outcomes
    most, found by least squares of the outcomes on the coefficients.

    Parameters
    ----------
    coefficients : ndarray of shape (n_draws, n_coefficients)
        Standardised.
    outcome : ndarray of shape (n_projects, n_draws)
        What each project would bring in each draw.
    count : int
        States; each is centred on one of as many draws, evenly spaced along the chains.

    Returns
    -------
    list of ndarray of int64
        Draws of each state; all draws, once, if the coefficients do not vary.
    """
    n_draws = len(coefficients)
    everything = np.arange(n_draws, dtype=np.int64)
    if coefficients.shape[1] == 0:
        return [everything]
    response = (outcome - outcome.mean(axis=1, keepdims=True)).T
    weights, *_ = np.linalg.lstsq(coefficients, response, rcond=None)
    left, singular, _ = np.linalg.svd(coefficients @ weights, full_matrices=False)
    places = left[:, :DIRECTIONS] * singular[:DIRECTIONS]
    if not np.any(places):
        return [everything]
    size = min(n_draws, max(FEWEST_DRAWS, round(SHARE_OF_DRAWS * n_draws)))
    centres = np.unique(np.linspace(0, n_draws - 1, min(count, n_draws)).round().astype(np.int64))
    states = []
    for centre in centres.tolist():
        distance = ((places - places[centre]) ** 2).sum(axis=1)
        states.append(np.sort(np.argsort(distance, kind="stable")[:size]))
    return states


def core_indices(
    problem: DecisionProblem,
    coefficients: Floats,
    solver: Callable[[DecisionProblem], Solver],
    solution: Solution | None = None,
    deadline: Deadline = NEVER,
    possible: Flags | None = None,
) -> Floats:
    """Return the share of model states whose best plan funds each project, shape (n_projects,).

    Parameters
    ----------
    problem : DecisionProblem
        With outcomes.
    coefficients : ndarray of shape (n_draws, n_coefficients)
        From :func:`coefficient_draws`, on the draws of the outcomes.
    solver : callable
        Makes a solver of a problem.
    solution : Solution, optional
        The plan at hand. Where the portfolio is large, or random spend is bounded, each state's
        plan is then read off its prices, the budget's found anew.
    deadline : Deadline
        Of the command, where a time limit was asked for.
    possible : ndarray of bool, shape (n_options,), optional
        Options that some plan may choose; all by default. The others are left out of every state.

    Raises
    ------
    OutOfEffortError
        The deadline came before every state was looked at.

    Notes
    -----
    100 states; each maximises the expectation under the state, with budget, rules and shared
    assets as they are.
    """
    outcomes = problem.outcomes
    funded = np.zeros(len(problem.projects))
    if outcomes is None or len(problem) == 0:
        return funded
    chosen = np.ones(len(problem), dtype=np.bool_) if possible is None else possible
    states = model_states(coefficients, outcomes.worth_draws(_leading_options(problem)), STATES)
    solves = solution is None or solves_each_state(problem)
    for draws in states:
        if deadline.has_passed():
            raise OutOfEffortError
        weights = np.zeros(outcomes.n_draws)
        weights[draws] = 1.0 / len(draws)
        worth = outcomes.worth_at(weights)
        if solution is None or solves:
            best = _best_in(replace(problem, worth=worth), solver, deadline)
            funded[problem.owner[best.options]] += 1.0
        else:
            budget = problem.budget_cents
            worth = np.where(chosen, worth, -np.inf)
            funded += pays_at_prices(problem, solution, budget_cents=budget, worth=worth)
    return funded / len(states)


def solves_each_state(problem: DecisionProblem) -> bool:
    """Whether the plan of each state is solved for: where that is cheap."""
    if problem.spend is not None:
        return False
    if len(problem.projects) <= FEW_PROJECTS and len(problem) <= FEW_OPTIONS:
        return True
    return (
        len(problem.projects) <= SMALL_PORTFOLIO
        and len(problem.assets) == 0
        and not any(row.name.startswith(("period[", "unit_")) for row in problem.rows)
    )


def _best_in(
    state: DecisionProblem, solver: Callable[[DecisionProblem], Solver], deadline: Deadline
) -> Solution:
    """Return the plan of the highest expectation in one state."""
    if state.spend is None:
        state = replace(state, outcomes=None)
    expected = replace(state, risk=RiskMeasure())
    best = solver(expected).solve(gap=STATE_GAP, allowance=Allowance(STATE_WORK, deadline))
    if best.stop == "time":
        raise OutOfEffortError
    return best


def _leading_options(problem: DecisionProblem) -> Rows:
    """Return the best option of each project by expected worth, of the projects worth most."""
    order = np.lexsort((problem.tie, -problem.worth, problem.owner))
    _, first = np.unique(problem.owner[order], return_index=True)
    best = np.asarray(order[first], dtype=np.int64)
    leading = best[np.argsort(-problem.worth[best], kind="stable")[:MOST_PROJECTS_COMPARED]]
    return np.asarray(np.sort(leading), dtype=np.int64)
