r"""What is the smallest budget whose plan meets a goal, with a stated confidence?

A goal is met or not in each draw. The plans that are tried come from sweeps of the budget on the
same options, rules and assets: under the portfolio's own objective, under the goal's expectation,
and under expectations that count those draws more in which the nearest plan so far misses the goal
(multiplicative weights). The cheapest that reaches the confidence on draws that no solve saw is
the answer: an upper bound on the smallest budget. Below it stands a lower bound: a plan that meets
a goal of :math:`g` with confidence :math:`c` has an expectation of at least :math:`c\,g` (Markov),
and the bound on the expectation says up to which budget no plan does.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.facts.frontier import Goal
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.results.frontier import GoalResult
from planner.domain.vocabulary import Status
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import OutOfEffortError
from planner.offering.outcomes import PackedOutcomes
from planner.offering.problem import DecisionProblem, Solution, Solver
from planner.questions.frontier.goals import binomial_interval, goal_met
from planner.questions.frontier.sweeps import swept

__all__ = ["smallest_budget"]


MANY_OPTIONS = 20_000
STEP = 1.0
"""Logarithm of the factor on the weights of draws that miss the goal."""


@dataclass(frozen=True)
class _Effort:
    """Budgets of the first sweep, rounds of weights, budgets and rounds of finer sweeps."""

    points: int
    rounds: int
    finer_points: int
    finer_rounds: int


_SMALL = _Effort(points=41, rounds=5, finer_points=11, finer_rounds=2)
_LARGE = _Effort(points=9, rounds=2, finer_points=5, finer_rounds=1)
"""Where every plan is a long solve: shared assets, periods, or very many options."""


@dataclass(frozen=True, eq=False)
class _Tried:
    """A plan that was tried.

    Attributes
    ----------
    plan : Solution
        What it chooses.
    met : ndarray of bool
        In which of the solve's draws it meets the goal.
    hits : int
        In how many held-out draws it does.
    """

    plan: Solution
    met: Flags
    hits: int

    @property
    def cents(self) -> int:
        """What it commits."""
        return self.plan.committed_cents


@dataclass(frozen=True, eq=False)
class _Search:
    """What the search for one goal needs at hand."""

    goal: Goal
    confidence: float
    problem: DecisionProblem
    outcomes: PackedOutcomes
    values: Floats
    solver: Callable[[DecisionProblem], Solver]
    hits: Callable[[Solution], tuple[int, int]]
    deadline: Deadline

    def swept(self, solver: Solver, grid: Sequence[int]) -> list[Solution | None]:
        """Return a plan for each budget.

        Raises
        ------
        OutOfEffortError
            The deadline has passed.
        """
        found = swept(solver, grid, self.deadline)
        if self.deadline.has_passed():
            raise OutOfEffortError
        return found

    def tried(self, plans: Iterable[Solution | None]) -> list[_Tried]:
        """Return feasible plans with how they do."""
        return [
            _Tried(plan, self._met(plan), self.hits(plan)[0])
            for plan in plans
            if plan is not None and plan.status is not Status.INFEASIBLE
        ]

    def _met(self, plan: Solution) -> Flags:
        bought = float(self.problem.asset_cents[plan.assets].sum())
        spend = (self.outcomes.spend_draws(plan.options).sum(axis=0) + bought) / 100
        return goal_met(
            self.goal,
            self.outcomes.success_draws(plan.options),
            self.values[self.problem.owner[plan.options]],
            spend,
            len(self.problem.projects),
        )

    def counting(self, weights: Floats) -> Solver:
        """Return a solver of the goal's expectation under weights of the draws."""
        costs = self.goal.kind == "net_value"
        ones = np.ones(len(self.outcomes))
        stakes = ones if self.goal.kind in ("all", "targets") else self.values[self.problem.owner]
        counted = replace(self.outcomes, value=stakes, counts_cost=costs, present=ones)
        nothing = np.zeros(len(self.problem.assets))
        return self.solver(
            replace(
                self.problem,
                worth=counted.worth_at(weights),
                asset_worth=-self.problem.asset_cents / 100 if costs else nothing,
                risk=RiskMeasure(),
            )
        )

    def together(self) -> Solver:
        """Return a solver of the logarithm of the chance that all succeed, were they independent.

        Funding one more project is always worth more than any gain elsewhere.
        """
        n_draws = self.outcomes.n_draws
        chance = self.outcomes.success_at(np.full(n_draws, 1.0 / n_draws))
        logs = np.log(np.maximum(chance, 0.1 / n_draws))
        enough = -float(logs.min(initial=-1.0)) * len(self.problem.projects)
        nothing = np.zeros(len(self.problem.assets))
        return self.solver(
            replace(self.problem, worth=logs + enough, asset_worth=nothing, risk=RiskMeasure())
        )

    def edge(self, tried: Sequence[_Tried]) -> _Tried | None:
        """Return the plan nearest to the goal among those cheaper than any that meets it."""
        wanted = self.confidence * self.outcomes.n_draws
        enough = [one.cents for one in tried if one.met.sum() >= wanted]
        cheaper = [one for one in tried if not enough or one.cents < min(enough)]
        return max(cheaper, key=lambda one: (int(one.met.sum()), -one.cents), default=None)


def smallest_budget(
    goal: Goal,
    confidence: float,
    problem: DecisionProblem,
    solver: Callable[[DecisionProblem], Solver],
    hits: Callable[[Solution], tuple[int, int]],
    *,
    values: Floats,
    currency: str,
    top_cents: int,
    own: Sequence[Solution] = (),
    deadline: Deadline = NEVER,
) -> GoalResult:
    """Return the smallest budget found whose plan meets a goal, and what is proven below it.

    Parameters
    ----------
    goal, confidence
        What is asked.
    problem : DecisionProblem
        With packed outcomes.
    solver : callable
        Makes a solver of a problem.
    hits : callable
        Held-out draws in which a plan meets the goal, and how many there are.
    values : ndarray of shape (n_projects,)
        Value of each project of the problem; anything for goals that do not count it.
    currency : str
        For the words.
    top_cents : int
        Largest budget searched; what funding everything at its dearest would cost is enough.
    own : sequence of Solution
        Plans known already.
    deadline : Deadline
        Of the command, where a time limit was asked for.

    Raises
    ------
    OutOfEffortError
        It came before all sweeps were done.
    """
    if not isinstance(problem.outcomes, PackedOutcomes):
        message = "goals need the outcomes of a problem, packed"
        raise TypeError(message)
    search = _Search(goal, confidence, problem, problem.outcomes, values, solver, hits, deadline)
    effort = _SMALL if len(problem.assets) == 0 and len(problem) <= MANY_OPTIONS else _LARGE
    points = effort.points
    grid = np.unique(np.linspace(0, top_cents, points).round().astype(np.int64)).tolist()
    weights = np.full(problem.outcomes.n_draws, 1.0 / problem.outcomes.n_draws)
    solvers = [search.counting(weights)]
    expected = search.swept(solvers[0], grid)
    below = _proven_below(goal, confidence, expected, grid, len(problem.projects))
    tried = search.tried([*expected, *own])
    if goal.kind == "all":
        solvers.append(search.together())
        tried += search.tried(search.swept(solvers[-1], grid))
    for _ in range(effort.rounds):
        edge = search.edge(tried)
        if edge is None:
            break
        weights = weights * np.exp(STEP * ~edge.met)
        weights = weights / weights.sum()
        solvers.append(search.counting(weights))
        tried += search.tried(search.swept(solvers[-1], grid))
    if not tried:  # the rules allow no plan at any budget
        return GoalResult(
            wanted=goal, confidence=confidence, budget=None, reached=0.0, currency=currency
        )
    trials = hits(tried[0].plan)[1]
    for _ in range(effort.finer_rounds):
        finer = _finer(grid, tried, confidence * trials, effort.finer_points)
        if len(finer) < 2:
            break
        grid = sorted({*grid, *finer})
        tried += search.tried(plan for one in solvers for plan in search.swept(one, finer))
    return _answer(goal, confidence, problem, tried, trials, currency, below)


def _answer(
    goal: Goal,
    confidence: float,
    problem: DecisionProblem,
    tried: Sequence[_Tried],
    trials: int,
    currency: str,
    below: int,
) -> GoalResult:
    good = [one for one in tried if one.hits >= confidence * trials]
    best = min(good, key=lambda one: (one.cents, -one.hits)) if good else None
    shown = best or max(tried, key=lambda one: one.hits)
    owners = problem.owner[shown.plan.options].tolist()
    return GoalResult(
        wanted=goal,
        confidence=confidence,
        budget=None if best is None else best.cents / 100,
        reached=shown.hits / trials,
        interval=binomial_interval(shown.hits, trials),
        no_plan_below=(below if best is None else min(below, best.cents)) / 100,
        funded=tuple(problem.projects[owner] for owner in owners) if best else (),
        currency=currency,
    )


def _finer(grid: Sequence[int], tried: Sequence[_Tried], wanted: float, count: int) -> list[int]:
    """Return budgets between the cheapest plan that meets the goal and the grid point below it."""
    good = [one.cents for one in tried if one.hits >= wanted]
    if not good:
        return []
    lowest = min(good)
    below = max((budget for budget in grid if budget < lowest), default=0)
    points = np.linspace(below, lowest, count).round().astype(np.int64)
    return [int(point) for point in np.unique(points)]


def _proven_below(
    goal: Goal,
    confidence: float,
    sweep: Sequence[Solution | None],
    grid: Sequence[int],
    projects: int,
) -> int:
    """Return the largest budget swept at which no plan can have the expectation that is needed."""
    if goal.kind == "net_value":
        return 0  # it may be negative, so its expectation says nothing about chances
    amount = projects if goal.kind == "all" else goal.amount
    hopeless = [
        budget
        for budget, plan in zip(grid, sweep, strict=True)
        if plan is not None
        and (plan.status is Status.INFEASIBLE or plan.bound < confidence * amount * (1 - 1e-9))
    ]
    return max(hopeless, default=0)
