r"""How far may the plan be from the best one, given that only so many draws were looked at?

Mak, Morton and Wood (1999): solve the problem again on batches of draws, and compare on each batch
its own best plan with the plan at hand, on the same draws. The mean difference is, in expectation,
at least the plan's true distance from the best plan, because a batch's own best plan is fitted to
the batch. With :math:`R` batches and differences :math:`G_r`,

.. math:: \bar G + t_{0.95, R-1} \, s_G / \sqrt R

covers the true gap in 95 % of samples.

References
----------
.. [1] Mak, Morton, Wood (1999), Monte Carlo bounding techniques for determining solution quality
   in stochastic programs, Operations Research Letters 24.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.results.audit import ReplicatedGap
from planner.errors import bad_value
from planner.offering.effort import USUAL, Allowance
from planner.offering.problem import DecisionProblem, Outcomes, Solution, Solver
from planner.tasks import SERIAL, Tasks

FEWEST_REPLICATIONS = 2
FEWEST_DRAWS = 10


@dataclass(frozen=True, eq=False)
class SomeDraws:
    """The outcomes of a problem on some of its draws.

    Attributes
    ----------
    whole : Outcomes
        All draws.
    draws : ndarray of int64
        Which of them count, each equally.
    """

    whole: Outcomes
    draws: Rows

    @property
    def n_draws(self) -> int:
        """Number of draws that count."""
        return len(self.draws)

    def _spread(self, weights: Floats) -> Floats:
        everywhere = np.zeros(self.whole.n_draws)
        everywhere[self.draws] = weights
        return everywhere

    def worth_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · worth_os`` of every option."""
        return self.whole.worth_at(self._spread(weights))

    def worth_draws(self, options: Rows) -> Floats:
        """Return the worth of some options in each of the draws."""
        return self.whole.worth_draws(options)[:, self.draws]

    def spend_at(self, weights: Floats) -> Floats:
        """Return ``Σ_s weights_s · spend_os`` of every option in cents."""
        return self.whole.spend_at(self._spread(weights))

    def spend_draws(self, options: Rows) -> Floats:
        """Return the spend of some options in each of the draws in cents."""
        return self.whole.spend_draws(options)[:, self.draws]


def on_draws(problem: DecisionProblem, draws: Rows) -> DecisionProblem:
    """Return the problem as it looks on some of its draws alone.

    Raises
    ------
    ValueError
        The problem was built without outcomes.
    """
    if problem.outcomes is None:
        message = "a problem without outcomes cannot be reduced to some of its draws"
        raise ValueError(message)
    some = SomeDraws(problem.outcomes, draws)
    worth = some.worth_at(np.full(len(draws), 1.0 / len(draws)))
    return replace(problem, worth=worth, outcomes=some)


def thinned_batches(n_draws: int, replications: int) -> tuple[Rows, ...]:
    """Return disjoint batches of draws: every ``replications``-th one, from each start.

    Neighbouring draws of a Markov chain are alike; thinning spreads each batch over all chains.

    Raises
    ------
    InputError
        Fewer than 2 replications, or so many that a batch has fewer than 10 draws.
    """
    most = n_draws // FEWEST_DRAWS
    if not FEWEST_REPLICATIONS <= replications <= most:
        message = (
            f"got {replications}; expected {FEWEST_REPLICATIONS} to {most}, so that each of the "
            f"batches of {n_draws:,} draws has at least {FEWEST_DRAWS}."
        )
        raise bad_value("--replications", message, "--replications 20")
    return tuple(
        np.arange(start, n_draws, replications, dtype=np.int64) for start in range(replications)
    )


type ValueOf = Callable[[DecisionProblem, Rows, Flags], float]
"""Objective of options and assets in a problem, risk measure included."""


@dataclass(frozen=True, eq=False)
class Replicated:
    """What every batch of draws is solved on.

    Attributes
    ----------
    problem : DecisionProblem
        With outcomes, on the draws to replicate over; best those the plan was not chosen on.
    chosen : Solution
        The plan.
    solver : callable
        Makes a solver of a problem.
    value : callable
        See :data:`ValueOf`.
    allowance : Allowance
        Of each solve.
    """

    problem: DecisionProblem
    chosen: Solution
    solver: Callable[[DecisionProblem], Solver]
    value: ValueOf
    allowance: Allowance = USUAL


def batch_gap(shared: Replicated, batch: tuple[int, int, int]) -> float | None:
    """Return how far the plan may be from the best one on every n-th draw; None if out of time."""
    if shared.allowance.deadline.has_passed():
        return None
    problem = on_draws(shared.problem, np.arange(*batch, dtype=np.int64))
    best = shared.solver(problem).solve(allowance=shared.allowance)
    if best.stop == "time":
        return None
    own = shared.value(problem, shared.chosen.options, shared.chosen.assets)
    return max(0.0, best.bound - own)


def replicated_gap(
    problem: DecisionProblem,
    chosen: Solution,
    solver: Callable[[DecisionProblem], Solver],
    value: ValueOf,
    *,
    replications: int = 20,
    allowance: Allowance = USUAL,
    tasks: Tasks = SERIAL,
) -> ReplicatedGap | None:
    """Return the Mak-Morton-Wood interval of a plan's distance from the best one.

    Parameters
    ----------
    problem, chosen, solver, value, allowance : optional
        See :class:`Replicated`; None is returned where a deadline comes before the last solve.
    replications : int, default=20
        Batches; each is solved once, to its proven bound.
    tasks : Tasks
        Runs the solves; with a deadline they are run here, one after another.

    Notes
    -----
    The upper bound of each solve counts, not its plan: a solve that stopped early widens the
    interval instead of narrowing it. Draws of a Markov chain are autocorrelated and the
    batches come from one run, so the interval is a little too narrow where chains mix slowly.
    """
    outcomes = problem.outcomes
    n_draws = 0 if outcomes is None else outcomes.n_draws
    batches = thinned_batches(n_draws, replications)
    shared = Replicated(problem, chosen, solver, value, allowance)
    items = [(start, n_draws, replications) for start in range(replications)]
    if allowance.deadline.is_set:
        found = list(takewhile(_is_known, (batch_gap(shared, item) for item in items)))
    else:
        found = tasks.map(batch_gap, items, shared=shared, key="replications")
    gaps = [gap for gap in found if gap is not None]
    if len(gaps) < len(items):
        return None
    return interval_of(gaps, draws_each=len(batches[-1]))


def _is_known(gap: float | None) -> bool:
    return gap is not None


def interval_of(gaps: Sequence[float], *, draws_each: int) -> ReplicatedGap:
    """Return mean and one-sided 95 % t interval of the gaps of replicated solves.

    Examples
    --------
    >>> interval_of([1.0, 1.0, 1.0], draws_each=50).upper95
    1.0
    """
    from scipy.special import stdtrit

    count = len(gaps)
    mean = math.fsum(gaps) / count
    spread = math.sqrt(math.fsum((gap - mean) ** 2 for gap in gaps) / (count - 1))
    upper = mean + float(stdtrit(count - 1, 0.95)) * spread / math.sqrt(count)
    return ReplicatedGap(replications=count, draws_each=draws_each, mean=mean, upper95=upper)
