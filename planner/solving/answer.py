"""From the best plan and the lowest bound of a solve to its answer."""

from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError
from planner.offering.effort import Stop
from planner.offering.problem import DecisionProblem, Solution
from planner.solving.certify import Certifier, Choice
from planner.solving.gap import PROVEN_GAP, relative_gap
from planner.solving.lp.relax import Relaxation


@dataclass(eq=False)
class Progress:
    """The best plan and the lowest bound so far.

    Attributes
    ----------
    choice : Choice or None
        Best plan.
    bound : float
        No plan is worth more.
    solver_bound : float
        As HiGHS says, for what it was asked.
    """

    choice: Choice | None
    bound: float
    solver_bound: float

    def learn(self, choice: Choice | None) -> None:
        """Keep a plan if it is the best."""
        if choice is not None and (self.choice is None or choice.value > self.choice.value):
            self.choice = choice

    def tighten(self, bound: float, solver_bound: float) -> None:
        """Keep lower bounds."""
        self.bound = min(self.bound, bound)
        self.solver_bound = min(self.solver_bound, solver_bound)

    def within(self, gap: float, slack: float) -> bool:
        """Whether the plan is as close to the bound as asked."""
        if self.choice is None:
            return False
        return relative_gap(self.choice.value, max(self.choice.value, self.bound - slack)) <= gap


def conclude(
    judge: Certifier,
    relaxation: Relaxation,
    progress: Progress,
    slack: float,
    draw_weights: Floats | None,
    stop: Stop = "",
    asked: float = PROVEN_GAP,
) -> Solution:
    """Return the answer: value recomputed, bounds no lower than it, prices.

    Parameters
    ----------
    judge : Certifier
        Values the plan.
    relaxation : Relaxation
        Gives the own bound and the prices.
    progress : Progress
        What the search came to.
    slack : float
        What the bound may be off by rounding.
    draw_weights : ndarray of float64, shape (n_draws,), or None
        How much each draw counts at the margin.
    stop : Stop
        What ended the search before the gap asked for was proven.
    asked : float
        That gap.

    Raises
    ------
    NotConvergedError
        No plan was found, nor proof that there is none.
    """
    if progress.choice is None:
        raise NotConvergedError(
            "No plan that keeps the rules was found in the time or the work allowed, "
            "nor proof that there is none. With --time-limit, allow more time."
        )
    choice = _earliest(judge, progress.choice)
    value, prices = choice.value, relaxation.prices
    proven = progress.bound - slack if progress.bound - slack <= value else progress.bound
    distance = relative_gap(value, max(value, proven))
    return Solution(
        options=choice.options,
        assets=choice.assets,
        status=status_at(distance, asked),
        value=value,
        bound=max(value, proven),
        gap=distance,
        mean=choice.mean,
        tail=choice.tail,
        solver_bound=max(value, progress.solver_bound),
        own_bound=max(value, relaxation.bound.value),
        committed_cents=judge.system.cents(choice.options, choice.assets),
        budget_price=100 * prices.per_cent if _can_spend(judge) else 0.0,
        row_prices=prices.per_row,
        draw_weights=draw_weights,
        stop=stop,
        asked=asked,
    )


def status_at(gap: float, asked: float) -> Status:
    """Return how good a plan is proven to be: as asked for, or less."""
    return Status.OPTIMAL if gap <= max(asked, PROVEN_GAP) else Status.FEASIBLE


def with_bound(solution: Solution, bound: float) -> Solution:
    """Return a solution with another bound, and what follows from it."""
    gap = relative_gap(solution.value, bound)
    return replace(solution, bound=bound, gap=gap, status=status_at(gap, solution.asked))


def sharper(one: Solution, other: Solution) -> Solution:
    """Return the better plan of two under one budget, the first of equals, with the lower bound."""
    better, worse = (one, other) if one.value >= other.value else (other, one)
    return with_bound(better, min(better.bound, max(worse.bound, better.value)))


def _can_spend(judge: Certifier) -> bool:
    """Whether any option can be paid that costs something; else money has no one price."""
    problem = judge.system.problem
    return bool((judge.terms.usable & (problem.cents > 0)).any())


def _earliest(judge: Certifier, choice: Choice) -> Choice:
    """Replace options by equals that stand first among them, as far as every row is kept."""
    problem, options = judge.system.problem, choice.options.copy()
    for place in np.flatnonzero(judge.system.has_earlier_twin(options)).tolist():
        option = int(options[place])
        project = problem.owner[option]
        own = np.arange(*np.searchsorted(problem.owner, [project, project + 1]))
        equal = own[
            (problem.worth[own] == problem.worth[option])
            & (problem.cents[own] == problem.cents[option])
            & (problem.tie[own] < problem.tie[option])
        ]
        for other in equal[np.argsort(problem.tie[equal], kind="stable")].tolist():
            changed = options.copy()
            changed[place] = other
            after = judge.certified(np.sort(changed), choice.assets)
            if after is not None and after.value >= choice.value:
                options[place] = other
                choice = after
                break
    return choice


def infeasible(problem: DecisionProblem) -> Solution:
    """Return the answer that no plan keeps the rows."""
    return Solution(
        options=np.zeros(0, dtype=np.int64),
        assets=np.zeros(len(problem.assets), dtype=np.bool_),
        status=Status.INFEASIBLE,
        value=-np.inf,
        bound=-np.inf,
        gap=0.0,
        mean=-np.inf,
        tail=-np.inf,
        solver_bound=-np.inf,
        own_bound=-np.inf,
        committed_cents=0,
        budget_price=0.0,
        row_prices=np.zeros(len(problem.rows)),
    )


def nothing(problem: DecisionProblem) -> Solution:
    """Return the answer of a problem without options: nothing is chosen, if the rows allow that."""
    if any(row.limit < 0 for row in problem.rows):
        return infeasible(problem)
    return replace(
        infeasible(problem),
        status=Status.OPTIMAL,
        value=0.0,
        bound=0.0,
        mean=0.0,
        tail=0.0,
        solver_bound=0.0,
        own_bound=0.0,
    )
