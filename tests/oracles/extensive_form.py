"""The whole problem in one integer model, every draw a row: written apart from the engine."""

from dataclasses import dataclass

import numpy as np
import pulp

from planner.offering.problem import DecisionProblem


@dataclass(frozen=True)
class Extensive:
    """What the extensive form says: ``value`` is None where nothing keeps the rows."""

    value: float | None
    bound: float


def solve_extensive(
    problem: DecisionProblem, *, gap: float = 1e-7, time_limit_s: float = 120
) -> Extensive:
    """Solve with all draws as rows and finite bounds on every tail variable.

    CVaR by Rockafellar and Uryasev: ``t = eta − Σ shortfall_s / ((1 − level) S)``.
    """
    lp = pulp.LpProblem("extensive", pulp.LpMaximize)
    n_options, n_assets = len(problem), len(problem.assets)
    x = lp.add_variable_matrix("x", range(n_options), 0, 1, cat="Binary") if n_options else []
    y = lp.add_variable_matrix("y", range(n_assets), 0, 1, cat="Binary") if n_assets else []
    unit = max(1e-9, float(np.abs(problem.worth).max(initial=1.0)) / 1000)
    share = problem.risk.weight if problem.risk.kind == "cvar" else 0.0
    objective = [(x[o], (1 - share) * problem.worth[o] / unit) for o in range(n_options)]
    objective += [(y[g], problem.asset_worth[g] / unit) for g in range(n_assets)]
    if share > 0:
        objective += _tail(lp, problem, x, share, unit)
    lp.setObjective(pulp.lpSum_vars_coefs(objective))
    _rows(lp, problem, x, y)
    stats = lp.solve(
        pulp.HiGHS(
            msg=False, gapRel=gap, gapAbs=0.0, threads=1, timeLimit=time_limit_s, random_seed=0
        )
    )
    if not stats.has_solution or stats.objective is None:
        return Extensive(None, -np.inf)
    bound = stats.objective if stats.best_bound is None else stats.best_bound
    return Extensive(stats.objective * unit, bound * unit)


def _tail(
    lp: pulp.LpProblem,
    problem: DecisionProblem,
    x: list[pulp.LpVariable],
    share: float,
    unit: float,
) -> list[tuple[pulp.LpVariable, float]]:
    assert problem.outcomes is not None
    worth = problem.outcomes.worth_draws(np.arange(len(problem))) / unit
    n_draws = problem.outcomes.n_draws
    most, least = np.zeros(n_draws), np.zeros(n_draws)
    for project in range(len(problem.projects)):
        own = worth[problem.owner == project]
        most += np.maximum(own.max(axis=0, initial=0.0), 0)
        least += np.minimum(own.min(axis=0, initial=0.0), 0)
    eta = lp.add_variable("eta", float(least.min()), float(most.max()))
    objective = [(eta, share)]
    for draw in range(n_draws):
        shortfall = lp.add_variable(f"short[{draw}]", 0, float(most.max() - least[draw]))
        own = [(x[o], worth[o, draw]) for o in np.flatnonzero(worth[:, draw]).tolist()]
        row = pulp.lpSum_vars_coefs([(shortfall, 1.0), (eta, -1.0), *own])
        lp.addConstraint(row >= 0, f"draw[{draw}]")
        objective.append((shortfall, -share / ((1 - problem.risk.level) * n_draws)))
    return objective


def _rows(
    lp: pulp.LpProblem, problem: DecisionProblem, x: list[pulp.LpVariable], y: list[pulp.LpVariable]
) -> None:
    if problem.budget_cents is not None:
        cents = max(1.0, float(problem.cents.max(initial=1)) / 1024)
        spend = [(x[o], c / cents) for o, c in enumerate(problem.cents.tolist()) if c]
        spend += [(y[g], c / cents) for g, c in enumerate(problem.asset_cents.tolist()) if c]
        if spend:
            limit = problem.budget_cents / cents
            lp.addConstraint(pulp.lpSum_vars_coefs(spend) <= limit, "budget")
    for project in range(len(problem.projects)):
        own = np.flatnonzero(problem.owner == project).tolist()
        if own:
            lp.addConstraint(
                pulp.lpSum_vars_coefs([(x[o], 1.0) for o in own]) <= 1, f"one{project}"
            )
    for number, row in enumerate(problem.rows):
        size = max(1.0, float(np.abs(row.option_coefficients).max(initial=1.0)) / 1024)
        terms = [
            (x[o], c / size) for o, c in zip(row.options, row.option_coefficients, strict=True)
        ]
        terms += [(y[g], c / size) for g, c in zip(row.assets, row.asset_coefficients, strict=True)]
        lp.addConstraint(pulp.lpSum_vars_coefs(terms) <= row.limit / size, f"row{number}")
