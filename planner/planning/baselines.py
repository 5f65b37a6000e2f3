"""How would simpler rules have spent the same budget?

Each baseline chooses from the plan's own options, under its budget and rules as far as a rule of
thumb can keep them, and is judged as the plan is: the same objective and risk measure on the same
held-out draws. What differs is the choice alone.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.project import Project
from planner.domain.published_equations import images_needed
from planner.domain.results.audit import Baseline
from planner.domain.results.plan import Warning_
from planner.domain.vocabulary import SimplePlan, Task
from planner.domain.words.plan_warnings import better_baselines
from planner.offering.problem import DecisionProblem
from planner.planning.hand_made import HandMadePlan
from planner.planning.prepare import Prepared

__all__ = [
    "BaselinePick",
    "baseline_warning",
    "judged",
    "point_need",
    "proposals",
    "simple_plans",
]


MOST_PASSES = 3
TIE = 1e-9
"""Relative difference in worth up to which the plan counts as at least as good."""


@dataclass(frozen=True, eq=False)
class BaselinePick:
    """What a simple rule would fund.

    Attributes
    ----------
    name : str
        Of the rule.
    options : ndarray of int64
        Chosen options, increasing.
    assets : ndarray of bool, shape (n_assets,)
        Elementary assets they need.
    cents : int
        What options and assets cost.
    breaks : tuple of str
        User's rules it does not keep; it is then no alternative to the plan.
    """

    name: str
    options: Rows
    assets: Flags
    cents: int
    breaks: tuple[str, ...]


def simple_plans(prepared: Prepared) -> tuple[BaselinePick, ...]:
    """Return what simpler rules would have made of a prepared portfolio, not judged yet."""
    problem, order = prepared.problem, prepared.layout.order
    if len(problem) == 0:
        return ()
    projects = [prepared.portfolio.projects[index] for index in order]
    images = [prepared.options[index].images_total for index in order]
    return proposals(
        problem,
        np.concatenate(images),
        point_need(projects),
        np.array([1.0 if one.value is None else one.mean_value for one in projects]),
        budget_cents=prepared.budget_cents,
    )


def proposals(
    problem: DecisionProblem,
    images: Rows,
    needs: Floats,
    stakes: Floats,
    *,
    budget_cents: int,
) -> tuple[BaselinePick, ...]:
    """Return what each simple rule would fund, none of them looking at the draws.

    ``do nothing`` funds nothing. ``equal split`` gives every project the same share of the budget,
    for the best option it can buy. ``value per dollar`` takes each project's option of most worth
    per cost, best first, while they fit. ``point plan`` is the paper's: the published regression's
    point estimate of the images needed, the cheapest option that has them, and the most valuable
    projects first, while they fit.

    Parameters
    ----------
    problem : DecisionProblem
        Options, rows and assets.
    images : ndarray of int64, shape (n_options,)
        Total images of each option.
    needs : ndarray of float64, shape (n_projects,)
        Images that the published regression asks for; see :func:`point_need`.
    stakes : ndarray of float64, shape (n_projects,)
        Value of each project; 1 for all where there are none.
    budget_cents : int
        What is split, and the limit where the problem has none of its own.
    """
    share = budget_cents // max(1, len(problem.projects))
    affordable = problem.cents <= share
    equal = _best_of_each(problem, np.where(affordable, problem.worth, -np.inf))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(
            problem.worth > 0,
            np.where(problem.cents > 0, problem.worth / np.maximum(problem.cents, 1), np.inf),
            -np.inf,
        )
    dense = _best_of_each(problem, ratio, np.where(problem.cents > 0, 0.0, problem.worth))
    enough = _best_of_each(
        problem,
        np.where(images >= needs[problem.owner], -problem.cents.astype(np.float64), -np.inf),
    )
    orders: dict[str, Rows] = {
        SimplePlan.DO_NOTHING: np.zeros(0, dtype=np.int64),
        SimplePlan.EQUAL_SPLIT: equal[problem.worth[equal] > 0],
        SimplePlan.VALUE_PER_DOLLAR: dense[np.argsort(-ratio[dense], kind="stable")],
        SimplePlan.POINT_PLAN: enough[np.argsort(-stakes[problem.owner[enough]], kind="stable")],
    }
    return tuple(_built(problem, name, order, budget_cents) for name, order in orders.items())


def point_need(projects: Sequence[Project]) -> Floats:
    """Return the images that the published point estimates ask for, inf beyond any float.

    References
    ----------
    .. [1] Thompson et al. (AAAI/IAAI 2024), Eq. 2 with the coefficients of Table 1.
    """

    def need(project: Project) -> float:
        if not project.has_target:
            return math.inf
        with np.errstate(over="ignore"):
            found = images_needed(
                project.error_target,
                project.relative_complexity or 0.0,
                pretrained=project.pretrained,
                segmentation=project.task == Task.SEGMENTATION,
            )
        return float(found)

    return np.array([need(project) for project in projects], dtype=np.float64)


def judged(
    proposed: Sequence[BaselinePick],
    plan_value: float,
    held_out: Callable[[Rows, Flags], float],
) -> tuple[Baseline, ...]:
    """Return the baselines with their worth on the draws that judge the plan.

    Parameters
    ----------
    proposed : sequence of BaselinePick
        From :func:`proposals`.
    plan_value : float
        The plan's objective on those draws, risk measure included.
    held_out : callable
        The same for chosen options and assets.
    """

    def judge(proposal: BaselinePick) -> Baseline:
        value = held_out(proposal.options, proposal.assets)
        return Baseline(
            name=proposal.name,
            committed=proposal.cents / 100,
            funded=len(proposal.options),
            held_out_value=value,
            beaten=plan_value >= value - TIE * max(1.0, abs(value)),
            breaks=proposal.breaks,
        )

    return tuple(judge(proposal) for proposal in proposed)


def baseline_warning(baselines: Sequence[Baseline]) -> Iterator[Warning_]:
    """Yield one warning that names the baselines that keep all rules and beat the plan."""
    better = [one.name for one in baselines if not one.beaten and not one.breaks]
    if better:
        yield Warning_("BASELINE_NOT_BEATEN", None, "portfolio", better_baselines(better))


def _best_of_each(problem: DecisionProblem, score: Floats, second: Floats | None = None) -> Rows:
    """Return each project's option of the highest score, if that is finite or plus infinity.

    Ties go to ``second``, then to the cheaper option, then to the problem's own order of ties.
    """
    other = np.zeros(len(score)) if second is None else second
    order = np.lexsort((problem.tie, problem.cents, -other, -score, problem.owner))
    owners, first = np.unique(problem.owner[order], return_index=True)
    best = order[first] if len(owners) else np.zeros(0, dtype=np.int64)
    return np.asarray(best[score[best] > -np.inf], dtype=np.int64)


def _built(problem: DecisionProblem, name: str, order: Rows, budget_cents: int) -> BaselinePick:
    """Return the draft that takes options in order while they fit.

    Later passes take what needed a project further down the list.
    """
    draft = HandMadePlan(problem, budget_cents)
    waiting = order.tolist()
    for _ in range(MOST_PASSES):
        left = [option for option in waiting if not draft.take(option)]
        if len(left) == len(waiting):
            break
        waiting = left
    return BaselinePick(name, draft.rows, draft.assets, draft.cents, draft.broken())
