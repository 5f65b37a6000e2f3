"""What does caution cost? The mean of a plan against the mean of its worst outcomes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import batched

import numpy as np

from planner.domain.catalogue import Catalogue
from planner.domain.facts.frontier import Ends, FullCaution
from planner.domain.facts.time_limit import Points
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.frontier import Frontier, FrontierPoint
from planner.domain.results.infeasible import InfeasibleError
from planner.domain.vocabulary import Objective, Status
from planner.errors import NotConvergedError
from planner.offering.deadline import NEVER, Deadline, deadline_in
from planner.offering.effort import SECOND, Allowance
from planner.offering.problem import DecisionProblem, Solution
from planner.planning.changed import at_budget
from planner.planning.held_out import HeldOut
from planner.planning.plan import plan_of
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.stopped import time_notes
from planner.solving.measures import tail_mean
from planner.tasks import SERIAL, Tasks

__all__ = ["best_at_each", "frame", "none_feasible", "point_of", "risk_frontier", "solve_weights"]

WEIGHTS = 11
GROUP = 4
"""Neighbouring weights that one solver goes through: cuts and options hold for each of them."""
RISK_WORK = 1.5 * SECOND
"""For each weight, which stops where the draws tell plans apart no more."""


def risk_frontier(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    seed: int,
    time_limit_s: float | None = None,
    tasks: Tasks = SERIAL,
) -> Frontier:
    """Return the frontier of mean against tail under the present budget.

    With a time limit the weights share the time; those that it leaves none for are left out.
    """
    level = portfolio.risk.level
    asked = replace(portfolio.risk, measure="cvar", weight=0.5)
    prepared = prepare(replace(portfolio, risk=asked), posterior, catalogue, seed=seed)
    deadline = deadline_in(time_limit_s)
    solutions = _solutions(prepared, deadline, tasks)
    if all(one.status is Status.INFEASIBLE for _, one in solutions):
        raise none_feasible(prepared, solutions[0][1], prepared.budget_cents, deadline)
    kept = best_at_each(
        [
            (weight, _measured(prepared, one, level))
            for weight, one in solutions
            if one.status is not Status.INFEASIBLE
        ]
    )
    judge = HeldOut(prepared, [one for _, one in kept])
    budget = prepared.budget_cents / 100
    points = tuple(
        _weighed(point_of(judge, one, budget, weight, level), weight) for weight, one in kept
    )
    return replace(
        frame(prepared, "risk", portfolio, posterior),
        points=points,
        you_are_here=budget,
        facts=(
            *_risk_notes(points, prepared.objective, level),
            *time_notes(deadline, [one for _, one in solutions], WEIGHTS, Points.WEIGHTS),
        ),
    )


def none_feasible(
    prepared: Prepared,
    solution: Solution | None,
    budget_cents: int,
    deadline: Deadline = NEVER,
) -> InfeasibleError | NotConvergedError:
    """Return what to raise where no plan is known: there is none, or none was found in time.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    solution : Solution or None
        What is known under the budget.
    budget_cents : int
        The largest budget asked about; its conflict is told.
    deadline : Deadline
        Of the command, where a time limit was asked for.
    """
    if solution is None:
        return NotConvergedError(
            "No plan that keeps the rules was found at any of the budgets in the time or the work "
            "allowed, nor proof that there is none."
        )
    return InfeasibleError(plan_of(at_budget(prepared, budget_cents), solution, deadline=deadline))


def _solutions(
    prepared: Prepared, deadline: Deadline, tasks: Tasks
) -> list[tuple[float, Solution]]:
    """Return a plan for each weight that the deadline leaves time for."""
    weights = np.linspace(0.0, 1.0, WEIGHTS).round(6).tolist()
    if deadline.is_set or prepared.portfolio.hold is not None:
        return list(_in_turn(prepared, weights, deadline))
    groups = list(batched(weights, GROUP))
    found = tasks.map(solve_weights, groups, shared=prepared.problem, key="weights")
    return list(zip(weights, (one for group in found for one in group), strict=True))


def solve_weights(problem: DecisionProblem, weights: tuple[float, ...]) -> list[Solution]:
    """Return a plan for each weight of the tail, the level as it is."""
    from planner.solving.solver import PortfolioSolver

    solver, allowance = PortfolioSolver(problem), Allowance(RISK_WORK)
    risks = (replace(problem.risk, weight=weight) for weight in weights)
    return [solver.solve(risk=risk, gap=None, allowance=allowance) for risk in risks]


def _in_turn(
    prepared: Prepared, weights: Sequence[float], deadline: Deadline
) -> Iterator[tuple[float, Solution]]:
    """Yield the same from one solver, as far as the deadline leaves time."""
    for number, weight in enumerate(weights):
        if number and deadline.has_passed():
            return
        own = deadline.after_share(1 / (WEIGHTS - number))
        risk = replace(prepared.problem.risk, weight=weight)
        yield weight, solve_prepared(prepared, risk=risk, allowance=Allowance(RISK_WORK, own))


def _measured(prepared: Prepared, one: Solution, level: float) -> Solution:
    """Return a solution with its mean and tail on the solve's draws, whatever was maximised."""
    problem = prepared.problem
    if problem.outcomes is None:
        return one
    worth = problem.outcomes.worth_draws(one.options).sum(axis=0)
    worth = worth + float(problem.asset_worth[one.assets].sum())
    return replace(one, mean=float(worth.mean()), tail=tail_mean(worth, 1.0 - level))


def best_at_each(found: Sequence[tuple[float, Solution]]) -> list[tuple[float, Solution]]:
    """Return for each weight the best of all plans found at any weight.

    Parameters
    ----------
    found : sequence of (float, Solution)
        Each with its mean and tail, so that it is a plan at every other weight too.
    """

    def at(weight: float, one: Solution) -> float:
        return (1.0 - weight) * one.mean + weight * one.tail

    kept = []
    for weight, own in found:
        best = max((one for _, one in found), key=lambda one: at(weight, one))
        if at(weight, best) <= own.value:
            best = own
        value = at(weight, best)
        kept.append((weight, replace(best, value=value, bound=max(own.bound, value))))
    return kept


def frame(prepared: Prepared, axis: str, portfolio: Portfolio, posterior: Posterior) -> Frontier:
    """Return a frontier without points, with its provenance."""
    return Frontier(
        axis=axis,
        portfolio=portfolio.name,
        currency=portfolio.currency,
        objective=prepared.objective,
        level=portfolio.risk.level,
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=prepared.seed,
        inputs_sha256=portfolio.inputs_sha256,
        points=(),
        measure=str(portfolio.risk.measure) if axis == "budget" else "cvar",
    )


def _weighed(point: FrontierPoint, weight: float) -> FrontierPoint:
    """Return a point whose worth has the weight of the tail that it was chosen with."""
    return replace(point, held_out_value=(1.0 - weight) * point.mean + weight * point.cvar)


def point_of(
    judge: HeldOut, one: Solution, budget: float, weight: float, level: float
) -> FrontierPoint:
    """Return a plan as a point of a frontier, judged on draws that no solve saw."""
    seen = judge.outcome(one)
    return FrontierPoint(
        budget=budget,
        weight=weight,
        committed=(one.committed_cents - judge.running_cents(one)) / 100,
        value=one.value,
        bound=max(one.bound, one.value),
        mean=seen.mean,
        cvar=seen.tail(level),
        expected_targets=seen.expected_targets,
        chance_all=seen.chance_all,
        funded=tuple(judge.projects(one)),
        shadow_price=max(0.0, one.budget_price),
        held_out_value=judge.objective(one.options, one.assets),
    )


def _risk_notes(
    points: Sequence[FrontierPoint], objective: Objective, level: float
) -> Iterator[Ends | FullCaution]:
    """Yield what caution costs from one end to the other."""
    yield Ends(level)
    if len(points) > 1:
        first, last = points[0], points[-1]
        yield FullCaution(first.mean - last.mean, last.cvar - first.cvar, objective)
