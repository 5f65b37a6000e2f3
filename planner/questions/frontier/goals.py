"""A goal that a plan is to meet: read and judged draw by draw."""

from collections.abc import Sequence

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.facts.frontier import Goal
from planner.domain.format import count
from planner.domain.limits import MAX_MONEY
from planner.domain.quantities import QuantityError, parse_number, show
from planner.domain.results.risk import Interval
from planner.errors import InputError, Problem, bad_value

__all__ = [
    "binomial_interval",
    "goal_met",
    "goal_problems",
    "parse_goal",
]


KINDS = ("targets", "value", "net_value", "all")
EXAMPLES = "targets:5, value:1M, net_value:500k or all"


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
        currency = None if kind == "targets" else "USD"
        amount = parse_number(number, currency=currency, most=MAX_MONEY)
    except QuantityError as error:
        raise bad_value("--goal", f"{error}.", f"--goal {kind}:{error.fix or 5}") from None
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
        mistakes.append(Problem("--confidence", message, "--confidence 0.9"))
    mistakes += [
        Problem(
            "--goal",
            f"got {count(goal.amount)} targets; the file has {projects} projects.",
            f"--goal targets:{projects}",
        )
        for goal in goals
        if goal.kind == "targets" and goal.amount > projects
    ]
    if mistakes:
        raise InputError(mistakes)


def goal_met(goal: Goal, success: Flags, stakes: Floats, spend: Floats, projects: int) -> Flags:
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
