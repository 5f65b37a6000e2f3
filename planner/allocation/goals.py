r"""What is the smallest budget whose plan meets a goal, with a stated confidence?

A goal is met or not in each draw. The plans that are tried come from sweeps of the budget under
several objectives on the same options, rules and assets: the portfolio's own, the goal's
expectation, and the mean of its worst outcomes at the confidence asked for, which leans towards
certainty. The cheapest that reaches the confidence on draws that no solve saw is the answer: an
upper bound on the smallest budget. Below it stands a lower bound: a plan that meets a goal of
:math:`g` with confidence :math:`c` has an expectation of at least :math:`c\,g` (Markov), and the
bound on the expectation says up to which budget no plan does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.allocation.money import chance_words, money_words, threshold_words
from planner.allocation.outcomes import PackedOutcomes
from planner.allocation.problem import Floats, Problem, RiskMeasure, Rows, Solution, Solver
from planner.domain.frontier import GoalResult
from planner.domain.plan import Interval
from planner.domain.quantities import QuantityError, parse_number, show
from planner.errors import InputError, bad_value
from planner.errors import Problem as Mistake

__all__ = [
    "Goal",
    "binomial_interval",
    "goal_met",
    "goal_problems",
    "parse_goal",
    "smallest_budget",
]

type Bools = NDArray[np.bool_]

KINDS = ("targets", "value", "net_value", "all")
FIRST_POINTS, FINER_POINTS, FINER_ROUNDS = 41, 11, 2
EXAMPLES = "targets:5, value:1M, net_value:500k or all"


@dataclass(frozen=True)
class Goal:
    """What a plan should reach.

    Attributes
    ----------
    kind : str
        ``targets``: so many projects meet their targets. ``value``: the value earned.
        ``net_value``: the same less what is spent. ``all``: every project of the file is funded
        and meets its target.
    amount : float
        Targets, or currency; unused for ``all``.
    """

    kind: str
    amount: float = 0.0

    def words(self, currency: str) -> str:
        """Return the goal as it is printed."""
        if self.kind == "all":
            return "every project meets its target"
        if self.kind == "targets":
            return f"at least {self.amount:g} targets met"
        name = "value earned" if self.kind == "value" else "net value"
        return f"{name} of at least {currency} {self.amount:,.0f}"


def parse_goal(text: str) -> Goal:
    """Return the goal that a text such as ``targets:5`` says.

    Raises
    ------
    InputError
        An unknown kind, or an amount missing, not a number or not positive.

    Examples
    --------
    >>> parse_goal("value:1M")
    Goal(kind='value', amount=1000000.0)
    """
    kind, _, number = (part.strip() for part in text.partition(":"))
    kind = kind.lower().replace("-", "_")
    if kind not in KINDS:
        raise bad_value("--goal", f"got {show(text)}; expected {EXAMPLES}.", "--goal targets:5")
    if kind == "all":
        if number:
            raise bad_value("--goal", f"got {show(text)}; all takes no number.", "--goal all")
        return Goal("all")
    try:
        amount = parse_number(number, currency=None if kind == "targets" else "USD")
    except QuantityError as error:
        raise bad_value("--goal", f"{error}.", f"--goal {kind}:5") from None
    if not amount > 0 or (kind == "targets" and amount != int(amount)):
        message = (
            f"got {show(text)}; expected a {'whole ' if kind == 'targets' else ''}amount above 0."
        )
        raise bad_value("--goal", message, "--goal targets:5")
    return Goal(kind, amount)


def goal_problems(goals: Sequence[Goal], confidence: float, projects: int) -> None:
    """Raise with every goal that cannot be asked of so many projects, and a wrong confidence.

    Raises
    ------
    InputError
        A confidence outside (0, 1), or more targets than projects.
    """
    mistakes = []
    if not 0 < confidence < 1:
        message = f"got {confidence!r}; a confidence lies strictly between 0 and 1."
        mistakes.append(Mistake("--confidence", message, "--confidence 0.9"))
    mistakes += [
        Mistake(
            "--goal",
            f"got {goal.amount:g} targets; the file has {projects} projects.",
            f"--goal targets:{projects}",
        )
        for goal in goals
        if goal.kind == "targets" and goal.amount > projects
    ]
    if mistakes:
        raise InputError(mistakes)


def goal_met(goal: Goal, success: Bools, stakes: Floats, spend: Floats, projects: int) -> Bools:
    """Return in which draws a plan meets a goal, shape (n_draws,).

    Parameters
    ----------
    goal : Goal
        What is asked.
    success : ndarray of bool, shape (n_funded, n_draws)
        Whether each funded project meets its target.
    stakes : ndarray of shape (n_funded,)
        Value of each.
    spend : ndarray of shape (n_draws,)
        What the plan spends, shared assets included, in currency.
    projects : int
        Of the file, funded or not.
    """
    if goal.kind == "all":
        everyone = len(success) == projects
        return np.full(len(spend), everyone) & success.all(axis=0)
    if goal.kind == "targets":
        return np.asarray(success.sum(axis=0) >= goal.amount)
    earned = stakes @ success
    return np.asarray((earned if goal.kind == "value" else earned - spend) >= goal.amount)


def binomial_interval(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """Return the exact (Clopper-Pearson) interval of a chance from hits in trials.

    Examples
    --------
    >>> binomial_interval(0, 100).low, round(binomial_interval(0, 100).high, 4)
    (0.0, 0.0362)
    """
    from scipy.special import betaincinv

    tail = (1.0 - confidence) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits == trials else float(betaincinv(hits + 1, trials - hits, 1 - tail))
    return Interval(low, high)


@dataclass(frozen=True, eq=False)
class _Tried:
    """A plan that was tried: what it commits, and in how many held-out draws it meets the goal."""

    cents: int
    hits: int
    options: Rows


def smallest_budget(
    goal: Goal,
    confidence: float,
    problem: Problem,
    solver: Callable[[Problem], Solver],
    hits: Callable[[Solution], tuple[int, int]],
    *,
    values: Floats,
    currency: str,
    top_cents: int,
    own: Sequence[Solution] = (),
) -> GoalResult:
    """Return the smallest budget found whose plan meets a goal, and what is proven below it.

    Parameters
    ----------
    goal, confidence
        What is asked.
    problem : Problem
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
    """
    expected, leaning = _objectives(goal, confidence, problem, values)
    grid = np.unique(np.linspace(0, top_cents, FIRST_POINTS).round().astype(np.int64)).tolist()
    wholes = [solver(one) for one in (expected, *leaning)]
    sweeps = [one.sweep(grid) for one in wholes]
    tried = [_tried(plan, hits) for sweep in (*sweeps, own) for plan in sweep]
    trials = hits(sweeps[0][0])[1]
    for _ in range(FINER_ROUNDS):
        finer = _finer(grid, tried, confidence * trials)
        if len(finer) < 2:
            break
        grid = finer
        tried += [_tried(plan, hits) for one in wholes for plan in one.sweep(grid)]
    below = _proven_below(goal, confidence, sweeps[0], problem, top_cents)
    return _answer(goal, confidence, problem, tried, trials, currency, below)


def _tried(plan: Solution, hits: Callable[[Solution], tuple[int, int]]) -> _Tried:
    return _Tried(plan.committed_cents, hits(plan)[0], plan.options)


def _answer(
    goal: Goal,
    confidence: float,
    problem: Problem,
    tried: Sequence[_Tried],
    trials: int,
    currency: str,
    below: int,
) -> GoalResult:
    good = [one for one in tried if one.hits >= confidence * trials]
    best = min(good, key=lambda one: (one.cents, -one.hits)) if good else None
    shown = best or max(tried, key=lambda one: one.hits)
    owners = problem.owner[shown.options].tolist()
    return GoalResult(
        goal=goal.words(currency),
        confidence=confidence,
        budget=None if best is None else best.cents / 100,
        reached=shown.hits / trials,
        interval=binomial_interval(shown.hits, trials),
        no_plan_below=(below if best is None else min(below, best.cents)) / 100,
        funded=tuple(problem.projects[owner] for owner in owners) if best else (),
    )


def _objectives(
    goal: Goal, confidence: float, problem: Problem, values: Floats
) -> tuple[Problem, tuple[Problem, ...]]:
    """Return the problem that maximises the goal's expectation, and those that lean to certainty.

    For ``all`` the sum of the logarithms of the chances leans too: it is the logarithm of the
    chance that all succeed, were they independent.
    """
    outcomes = problem.outcomes
    if not isinstance(outcomes, PackedOutcomes):
        message = "goals need the outcomes of a problem, packed"
        raise TypeError(message)
    counts_cost = goal.kind == "net_value"
    ones = np.ones(len(outcomes))
    stakes = values[problem.owner] if goal.kind in ("value", "net_value") else ones
    counted = replace(outcomes, value=stakes, counts_cost=counts_cost, present=ones)
    weights = np.full(outcomes.n_draws, 1.0 / outcomes.n_draws)
    expected = replace(
        problem,
        worth=counted.worth_at(weights),
        asset_worth=-problem.asset_cents / 100 if counts_cost else np.zeros(len(problem.assets)),
        outcomes=counted,
        risk=RiskMeasure(),
    )
    cautious = replace(expected, risk=RiskMeasure("cvar", level=confidence, weight=1.0))
    if goal.kind != "all":
        return expected, (cautious,)
    logs = np.log(np.maximum(counted.success_at(weights), 0.1 / outcomes.n_draws))
    together = replace(expected, worth=logs - 2.0 * float(logs.min(initial=-1.0)))
    return expected, (together, cautious)


def _finer(grid: Sequence[int], tried: Sequence[_Tried], wanted: float) -> list[int]:
    """Return budgets between the cheapest plan that meets the goal and the grid point below it."""
    good = [one.cents for one in tried if one.hits >= wanted]
    if not good:
        return []
    lowest = min(good)
    below = max((budget for budget in grid if budget < lowest), default=0)
    points = np.linspace(below, lowest, FINER_POINTS).round().astype(np.int64)
    return [int(point) for point in np.unique(points)]


def _proven_below(
    goal: Goal, confidence: float, sweep: Sequence[Solution], problem: Problem, top_cents: int
) -> int:
    """Return the largest budget swept at which no plan can have the expectation that is needed."""
    if goal.kind == "net_value":
        return 0  # it may be negative, so its expectation says nothing about chances
    amount = len(problem.projects) if goal.kind == "all" else goal.amount
    grid = np.unique(np.linspace(0, top_cents, FIRST_POINTS).round().astype(np.int64)).tolist()
    hopeless = [
        budget
        for budget, plan in zip(grid, sweep, strict=True)
        if plan.bound < confidence * amount * (1 - 1e-9)
    ]
    return max(hopeless, default=0)


def goal_text(found: GoalResult, currency: str) -> str:
    """Return what a goal costs, or that no plan found meets it, in one or two sentences."""
    head = f"Goal: {found.goal}, with {threshold_words(found.confidence)} confidence."
    proven = (
        f" No plan below {currency} {money_words(found.no_plan_below)} can, on the draws the "
        "plans were chosen on."
        if found.no_plan_below > 0
        else ""
    )
    reached = chance_words(found.reached)
    if found.budget is None:
        return f"{head} No plan found meets it; the nearest reaches {reached}.{proven}"
    low, high = (found.interval.low, found.interval.high) if found.interval else (0.0, 1.0)
    return (
        f"{head} {currency} {money_words(found.budget)} is the smallest budget found: its plan "
        f"reaches {reached} on draws it never saw (95 % interval {chance_words(low)} to "
        f"{chance_words(high)}) and funds {len(found.funded)}.{proven}"
    )
