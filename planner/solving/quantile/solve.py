"""The plan that reaches most in a share of outcomes, with a bound on what any plan reaches.

A quantile of the worth is not concave in the choice, so that no cut leads to the best plan. Plans
come from measures that are (the mean, the mean of the worst outcomes at several levels, the mean of
the best ones) and are improved by exchanges; bounds from single options (:mod:`.table`). Where few
projects are chosen, what is left between the two is searched (:mod:`.tree`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.risk import MEAN, RiskMeasure
from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError
from planner.offering.effort import SECOND, Allowance, Effort
from planner.offering.problem import Solution
from planner.solving.answer import status_at
from planner.solving.certify import Certifier, Choice
from planner.solving.gap import PROVEN_GAP, relative_gap, usual_gap
from planner.solving.measures import standard_error
from planner.solving.quantile.climb import climbed
from planner.solving.quantile.table import EVERY, Reach
from planner.solving.quantile.tree import grown

__all__ = ["QuantileCase", "solve_quantile"]

EACH = 0.6 * SECOND
"""Work of a plan under another measure, at most."""
CLIMBING = 3 * SECOND
"""Work of exchanges, at most."""
GROWING, ASKED, PROVING = 2 * SECOND, 10 * SECOND, 1 * SECOND
"""Work of a search of everything up to what the draws allow, or up to a gap that was asked for, and
on to a full proof, at most."""
QUICK = 3 * SECOND
"""Allowance below which one level is tried and nothing is searched."""
MOST_CLIMBED = 2
"""Plans that exchanges begin with where the options are many."""
AROUND_PRICE = (0.5, 2.0, 1.0)
"""Prices of money at which plans for single draws are bounded, as parts of the plan's own."""
LEVELS = (1.0, 0.6, 0.3)
"""Levels at which the mean of the worst outcomes is maximised, as parts of the level asked for."""


@dataclass(frozen=True, eq=False)
class QuantileCase:
    """A decision under a quantile, and who solves it under measures that are concave.

    Attributes
    ----------
    judge : Certifier
        Judges plans under the quantile.
    under : callable
        Returns the plan under another measure, within an allowance.
    linear : callable
        Returns the plan that is best in sum where each option is worth what is given.
    reach : callable
        Returns what single options reach, at some prices of money; kept by whoever asks often.
    known : tuple of Choice
        Plans that keep every row.
    """

    judge: Certifier
    under: Callable[[RiskMeasure, Allowance], Solution]
    linear: Callable[[Floats, Allowance], Solution]
    reach: Callable[[Sequence[float], Effort], Reach]
    known: tuple[Choice, ...] = ()


def solve_quantile(case: QuantileCase, gap: float | None, allowance: Allowance) -> Solution:
    """Return the best plan found and a bound on every plan; optimal only where that is proven.

    Parameters
    ----------
    case : QuantileCase
        What is decided.
    gap : float or None
        Relative gap at which to stop; None for a quarter of the standard error of the draws.
    allowance : Allowance
        What may be used.
    """
    effort, each = Effort(allowance), replace(allowance, work=min(allowance.work / 8, EACH))
    mean = case.under(MEAN, each)
    if mean.status is Status.INFEASIBLE:
        return mean
    judge, price = case.judge, mean.budget_price / 100
    reach = case.reach([factor * price for factor in AROUND_PRICE], effort)
    upper = case.linear(reach.upper, each)
    levels = LEVELS[:1] if allowance.work < QUICK else LEVELS
    found = [mean, upper, *_tails(case, each, levels)]
    effort.spend(each.work * len(levels) / 2)
    ranked = _ranked(case, found)
    best, like = _climbed(judge, reach, ranked, price, effort.part(CLIMBING))
    bound = max(min(upper.bound, reach.clairvoyant(judge.terms.budget_cents)), best.value)
    near = _near_enough(best, judge.risk) if gap is None else gap
    if allowance.work >= QUICK:
        work = GROWING if gap is None else ASKED
        best, bound = _proven(judge, reach, best, bound, near, effort.part(work))
    return _concluded(judge, like, best, bound, near, effort)


def _climbed(
    judge: Certifier,
    reach: Reach,
    ranked: Sequence[tuple[Choice, Solution]],
    price: float,
    effort: Effort,
) -> tuple[Choice, Solution]:
    """Return the best plan near any of several, and the solution that it came from."""
    begun = ranked if len(judge.system.problem) <= EVERY else ranked[:MOST_CLIMBED]
    found = []
    for number, (choice, one) in enumerate(begun):
        own = effort.part(effort.left / (len(begun) - number))
        found.append((climbed(judge, reach, choice, price, own), one))
    return max(found, key=lambda pair: (pair[0].value, pair[0].mean))


def _tails(case: QuantileCase, each: Allowance, levels: Sequence[float]) -> list[Solution]:
    """Return plans that maximise the mean of the worst outcomes, at several levels."""
    found = []
    for part in levels:
        risk = RiskMeasure("cvar", level=part * case.judge.risk.level, weight=1.0)
        try:
            found.append(case.under(risk, each))
        except NotConvergedError:
            continue
    return found


def _ranked(case: QuantileCase, found: Sequence[Solution]) -> list[tuple[Choice, Solution]]:
    """Return the plans by what they reach, each with the solution whose prices are its own."""
    pairs = [
        (choice, one)
        for one in found
        if one.status is not Status.INFEASIBLE
        and (choice := case.judge.certified(one.options, one.assets)) is not None
    ]
    pairs += [(choice, found[0]) for choice in case.known]
    if not pairs:
        message = "No plan that keeps the rules was found in the work allowed."
        raise NotConvergedError(message)
    ranked = sorted(pairs, key=lambda pair: (-pair[0].value, -pair[0].mean))
    seen = {tuple(choice.options.tolist()): (choice, one) for choice, one in reversed(ranked)}
    return list(seen.values())[::-1]


def _near_enough(choice: Choice, risk: RiskMeasure) -> float:
    draws = choice.worth_draws
    return usual_gap(choice.value, 0.0 if draws is None else standard_error(draws, risk))


def _proven(
    judge: Certifier, reach: Reach, best: Choice, bound: float, gap: float, effort: Effort
) -> tuple[Choice, float]:
    """Search what is left between plan and bound, where nothing but the budget and rows binds."""
    if len(judge.system.problem.assets) or judge.spend is not None:
        return best, bound
    best, bound = grown(judge, reach, best, bound, gap, effort)
    if relative_gap(best.value, bound) > PROVEN_GAP:
        best, bound = grown(judge, reach, best, bound, 0.0, effort.part(PROVING))
    return best, bound


def _concluded(
    judge: Certifier, like: Solution, best: Choice, bound: float, gap: float, effort: Effort
) -> Solution:
    """Return the plan as a solution, with the prices of the one that it came from."""
    bound = max(bound, best.value)
    distance = relative_gap(best.value, bound)
    asked = PROVEN_GAP if distance <= PROVEN_GAP else gap
    status = status_at(distance, asked)
    return replace(
        like,
        options=best.options,
        assets=best.assets,
        status=status,
        value=best.value,
        bound=bound,
        gap=distance,
        mean=best.mean,
        tail=best.tail,
        solver_bound=bound,
        own_bound=bound,
        committed_cents=judge.system.cents(best.options, best.assets),
        draw_weights=None if best.worth_draws is None else _around(best.worth_draws, judge.risk),
        stop="" if status is Status.OPTIMAL else effort.stop or "work",
        asked=asked,
    )


def _around(draws: Floats, risk: RiskMeasure) -> Floats:
    """Return the weights of the draws about the quantile: what moves it at the margin."""
    n_draws = len(draws)
    middle = (1 - risk.level) * n_draws
    half = max(1.0, (n_draws * risk.level * (1 - risk.level)) ** 0.5 / 2)
    place = np.empty(n_draws)
    place[np.argsort(draws, kind="stable")] = np.arange(n_draws)
    near = np.abs(place - middle) <= half
    return np.asarray(near / near.sum())
