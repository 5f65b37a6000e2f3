r"""Expected worth under a budget alone, for every budget at once: the path of the relaxation.

Without rows, assets and draws the problem is a multiple-choice knapsack. Its linear relaxation
takes the steps along each project's upper concave hull in the order of worth per cent until the
money is spent (Sinha & Zoltners 1979), so one sorted list with its running cost answers every
budget, and the first step that no longer fits tells the price :math:`\lambda` of a cent. The bound
is Lagrangian, over every option and not only those on the hull:

.. math::

    D(\lambda) = \lambda B + \sum_i \max_o (w_{io} - \lambda c_{io}).

The plan takes the steps that fit, is improved by exchanges (``swaps``) and then by listing what
can still be better near the relaxation (``halves``), which mostly proves it optimal.
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.errors import AuditError
from planner.offering.problem import DecisionProblem, Solution
from planner.solving.certify import Certifier, Choice
from planner.solving.gap import PROVEN_GAP, relative_gap
from planner.solving.lp.dual_prices import Terms
from planner.solving.lp.relax import ROUNDING
from planner.solving.path.halves import best_near
from planner.solving.path.points import Points, undominated_points
from planner.solving.path.swaps import swapped
from planner.solving.system import System
from planner.solving.tail import tail_share

__all__ = ["BudgetPath", "applies"]


def applies(problem: DecisionProblem) -> bool:
    """Whether expected worth under a budget is all there is to a problem."""
    return (
        tail_share(problem.risk) == 0
        and not problem.rows
        and not problem.assets
        and problem.spend is None
        and bool((problem.cents >= 0).all())
    )


@dataclass(frozen=True, eq=False)
class Steps:
    """Steps from corner to corner of the hulls, the most worth per cent first.

    Attributes
    ----------
    to : ndarray of int64
        Point that a step leads to.
    owner, cents : ndarray of int64
        Its project, and what it costs more than the corner before it, positive.
    slope : ndarray of float64
        Worth per cent, positive; falls along the list, and strictly within a project.
    total : ndarray of int64
        Cost of the steps up to each, itself included.
    """

    to: Rows
    owner: Rows
    cents: Rows
    slope: Floats
    total: Rows

    def split(self, budget_cents: int) -> tuple[int, float]:
        """Return how many steps a budget pays for, and the slope of the next one; 0 if none."""
        whole = int(np.searchsorted(self.total, budget_cents, side="right"))
        return whole, float(self.slope[whole]) if whole < len(self.to) else 0.0


class BudgetPath:
    """Plans and bounds of one problem under any budget.

    Parameters
    ----------
    system : System
        Of a problem that the path applies to.

    Notes
    -----
    Made in O(n log n) over the options; a budget then costs O(n) over those that nothing
    dominates. Under a budget below the cost of single options those are left out, as in the
    engine's relaxation, and the steps of what is left are sorted anew.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._points = undominated_points(system.problem)
        self._steps = hull_steps(self._points)

    def solution(self, budget_cents: int) -> Solution:
        """Return a plan under a budget of at least 0, its bound and the price of money.

        The fields mean what they do in every solve of the engine; ``own_bound`` is that of the
        relaxation, and ``solver_bound`` that of the lists, for no solver was asked.
        """
        points, steps = self._points, self._steps
        if points.dearest > budget_cents:
            points = points.within(budget_cents)
            steps = hull_steps(points)
        # What costs more than all there is says what more money would be worth.
        _, more = self._steps.split(min(budget_cents, self._points.most))
        # Beyond the price of everything the budget means nothing; huge numbers cost accuracy.
        budget = min(budget_cents, points.most)
        whole, price = steps.split(budget)
        reduced = points.worth - price * points.cents
        best = np.maximum.reduceat(reduced, points.first) if len(reduced) else reduced
        bound = price * budget + float(best.sum())
        taken = _taken(points, steps, whole, budget)
        losses, closed = best[points.owner] - reduced, ROUNDING * bound
        taken = swapped(points, taken, losses, price, budget, closed)
        near = best_near(points, taken, losses, price, budget, closed)
        choice = self._certified(points, near.taken, budget)
        return self._concluded(choice, bound, bound - near.least_short, more)

    def _certified(self, points: Points, taken: Rows, budget_cents: int) -> Choice:
        """Return the plan, checked from the problem alone."""
        problem = self._system.problem
        options = points.option[taken]
        usable = problem.cents <= budget_cents
        terms = Terms(budget_cents=budget_cents, tail=0.0, spend_limit=0.0, usable=usable)
        judge = Certifier(self._system, terms, RiskMeasure(), None)
        choice = judge.certified(np.sort(options[options >= 0]), np.zeros(0, dtype=np.bool_))
        if choice is None:
            message = f"The plan for a budget of {budget_cents} cents does not keep it."
            raise AuditError(message)
        return choice

    def _concluded(self, choice: Choice, bound: float, nearest: float, price: float) -> Solution:
        """Return the answer; what is above its value by rounding alone is no gap."""
        value, own = choice.value, max(choice.value, bound)
        proven = value if nearest - ROUNDING * bound <= value else nearest
        gap = relative_gap(value, proven)
        return Solution(
            options=choice.options,
            assets=choice.assets,
            status=Status.OPTIMAL if gap <= PROVEN_GAP else Status.FEASIBLE,
            value=value,
            bound=proven,
            gap=gap,
            mean=choice.mean,
            tail=choice.tail,
            solver_bound=proven,
            own_bound=own,
            committed_cents=self._system.cents(choice.options, choice.assets),
            budget_price=100 * price,
            row_prices=np.zeros(0),
        )


def hull_steps(points: Points) -> Steps:
    """Return the steps along the hull of every project, sorted."""
    corners, slopes = _hulls(points)
    places = np.flatnonzero(np.isfinite(slopes))
    # Equal slopes stay in the order of projects, and falling ones of a project in its own.
    places = places[np.argsort(-slopes[places], kind="stable")]
    to = corners[places]
    cents = points.cents[to] - points.cents[corners[places - 1]]
    return Steps(to, points.owner[to], cents, slopes[places], np.cumsum(cents))


def _hulls(points: Points) -> tuple[Rows, Floats]:
    """Return the corners of all hulls, and the slope that leads to each; inf at a project's first.

    Slopes as they are divided, not cross products: within a project they fall strictly whatever
    the rounding, so sorting never takes a step before the one that leads to it.
    """
    corners: list[int] = []
    slopes: list[float] = []
    cents, worth, owner = points.cents.tolist(), points.worth.tolist(), points.owner.tolist()
    project = -1
    for place, (x, y) in enumerate(zip(cents, worth, strict=True)):
        slope = math.inf
        if owner[place] == project:
            slope = (y - worth[corners[-1]]) / (x - cents[corners[-1]])
            while slope >= slopes[-1]:
                corners.pop()
                slopes.pop()
                slope = (y - worth[corners[-1]]) / (x - cents[corners[-1]])
        project = owner[place]
        corners.append(place)
        slopes.append(slope)
    return np.array(corners, dtype=np.int64), np.array(slopes, dtype=np.float64)


def _taken(points: Points, steps: Steps, whole: int, budget_cents: int) -> Rows:
    """Return the point of each project after the steps that fit, and any later ones that do.

    A step counts only from the corner before it, so those behind one left out are left out too.
    """
    taken = points.first.copy()
    np.maximum.at(taken, steps.owner[:whole], steps.to[:whole])
    room = budget_cents - int(points.cents[taken].sum())
    stopped = np.full(len(taken), len(steps.to))
    left = np.arange(whole, len(steps.to))
    while True:
        dear = left[steps.cents[left] > room]
        np.minimum.at(stopped, steps.owner[dear], dear)
        left = left[left < stopped[steps.owner[left]]]
        if not len(left):
            return taken
        paid = np.cumsum(steps.cents[left])
        count = int(np.searchsorted(paid, room, side="right"))
        np.maximum.at(taken, steps.owner[left[:count]], steps.to[left[:count]])
        room -= int(paid[count - 1])
        left = left[count:]
