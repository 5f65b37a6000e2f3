"""Which runs, and what is the set worth? Asked of whole plans after every joint outcome.

Up to :data:`planner.planning.pilots.listing.MOST_LISTED` projects every step of the search asks
for the worth of a whole set. In larger portfolios the price of money stands between the projects:
a run is worth what it adds to its own, and the price is found anew for the set.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.planning.pilots.candidates import price_of_all
from planner.planning.pilots.choose import Limits, best_set
from planner.planning.pilots.outcomes import Outcomes, Wanted
from planner.planning.pilots.scene import Scene, gained_apart, screen, shared_credit
from planner.planning.pilots.set_value import SetValue, joint_cells, value_of
from planner.planning.pilots.trial import Trial, merged_cells
from planner.tasks import SERIAL, Tasks

__all__ = ["Search", "choose_runs"]

AROUND = (0.5, 1.0, 2.0)
"""Prices of money around the plan's, at which outcomes are told apart."""
MOST_CELLS = (8, 7, 6, 5, 4, 3, 3, 2)
"""Outcomes of each run in a set of one, two, … runs: at most their product is planned for."""
FEW_CELLS = (6, 4, 3, 3, 2, 2)
"""The same where each plan is asked of the engine."""
RISK_CELLS = (5, 3, 2, 2, 1)
"""The same under a measure of risk, so that some hundred draws agree with each joint outcome."""
MOST_SEARCHED = 10
"""Projects up to which sets are searched by whole plans."""
MOST_ASKED = 6
"""Runs among which sets are searched where each plan is asked of the engine."""
TOLERANCE = 0.01
"""Of a run's worth: what telling fewer outcomes apart may lose."""


class Search:
    """Sets of runs and what they are worth, each asked of the engine once.

    Parameters
    ----------
    scene : Scene
        What is on offer.
    from_budget : bool, default=False
        Runs are paid from the portfolio's budget.
    tasks : Tasks
        Who asks the engine for plans.
    """

    def __init__(self, scene: Scene, *, from_budget: bool = False, tasks: Tasks = SERIAL) -> None:
        self.scene = scene
        self._from_budget = from_budget
        self._tasks = tasks
        self._coarse: dict[tuple[int, int], Trial] = {}
        self._outcomes: dict[int, Outcomes] = {}

    @property
    def is_quick(self) -> bool:
        """Whether plans are listed; else each is asked of the engine."""
        return self.outcomes(()).are_listed

    def outcomes(self, trials: Sequence[Trial]) -> Outcomes:
        """Return the plans after runs that cost what these do."""
        paid = price_of_all(t.candidate for t in trials) if self._from_budget else 0
        if paid not in self._outcomes:
            prepared = self.scene.prepared
            left = max(0, prepared.budget_cents - paid) if paid else None
            self._outcomes[paid] = Outcomes(prepared, self.scene.today, left, self._tasks)
        return self._outcomes[paid]

    def coarse(self, trials: Sequence[Trial]) -> list[Trial]:
        """Return runs with as few outcomes as a set of so many can tell apart."""
        cells: tuple[int, ...] = MOST_CELLS if self.is_quick else FEW_CELLS
        if self.scene.prepared.portfolio.risk.is_cautious:
            cells = RISK_CELLS
        is_large = len(self.scene.today) > MOST_SEARCHED  # then only some draws have a plan
        most = cells[0] if is_large else cells[min(len(trials), len(cells)) - 1]
        for trial in trials:
            key = (id(trial), most)
            if key not in self._coarse:
                scale = max(0.0, screen(self.scene, trial) + self.scene.paid((trial,)))
                prices = [self.scene.price * factor for factor in AROUND]
                self._coarse[key] = merged_cells(trial, prices, most, TOLERANCE * scale)
        return [self._coarse[id(trial), most] for trial in trials]

    def value(self, trials: Sequence[Trial]) -> SetValue:
        """Return what a set is worth before it is paid for, on the solve's draws."""
        return value_of(self.coarse(trials), self.outcomes(trials), self.scene.now)

    def look_at_each(self, trials: Sequence[Trial]) -> None:
        """Plan for all outcomes of each run alone at once, where whole plans are asked for it."""
        if len(self.scene.today) > MOST_SEARCHED:
            return
        wanted: dict[int, tuple[Outcomes, list[Wanted]]] = {}
        for trial in trials:
            outcomes, (coarse,) = self.outcomes((trial,)), self.coarse((trial,))
            _, several = wanted.setdefault(id(outcomes), (outcomes, []))
            several.append(((coarse,), joint_cells([coarse])))
        for outcomes, several in wanted.values():
            outcomes.look_at(several)

    def alone(self, trial: Trial) -> SetValue:
        """Return what one run is worth; in large portfolios to its own project, at its price."""
        if len(self.scene.today) <= MOST_SEARCHED:
            return _with_own_part(self.value((trial,)), trial)
        gain = screen(self.scene, trial) + self.scene.paid((trial,))
        parts = np.zeros(len(self.scene.today))
        parts[trial.candidate.index] = gain - shared_credit(self.scene, trial)
        gained = gained_apart(self.scene, trial)
        return SetValue(gain, parts, float(gained.std(ddof=1)) / math.sqrt(len(gained)))

    def net(self, trials: Sequence[Trial]) -> float:
        """Return what a set is worth once it is paid for; less than its error is nothing."""
        if not trials:
            return 0.0
        found = self.value(trials)
        return (found.gain if found.gain > found.se else 0.0) - self.scene.paid(trials)


def _with_own_part(found: SetValue, trial: Trial) -> SetValue:
    """Return the worth of a run with its project's part of what the pools save that it bought."""
    pools = trial.candidate.pools
    paid = sum(part.cents for part in pools)
    if not paid:
        return found
    share = sum(part.cents / len(part.asset.members) for part in pools) / paid
    parts = found.by_project.copy()
    parts[trial.candidate.index] += share * (found.gain - float(found.by_project.sum()))
    return replace(found, by_project=parts)


def choose_runs(search: Search, limits: Limits) -> tuple[Trial, ...]:
    """Return the set of runs found to be worth most net of its price; none if nothing pays."""
    scene = search.scene
    if len(scene.today) > MOST_SEARCHED:
        return _by_price(scene, limits)
    trials = [trial for trial in scene.trials if limits.allow((trial,))]
    if not search.is_quick:
        trials = sorted(trials, key=lambda trial: -screen(scene, trial))[:MOST_ASKED]
        search.look_at_each(trials)
    return best_set(trials, search.net, limits)


def _by_price(scene: Scene, limits: Limits) -> tuple[Trial, ...]:
    """Return the runs that add most to their own projects, money at its price.

    Worth then adds up over projects, so that the set is the best run of each, the best per unit
    of money first where their number or price is limited.
    """
    worth = {id(trial): screen(scene, trial) for trial in scene.trials}
    order = sorted(scene.trials, key=lambda trial: -worth[id(trial)])
    found = [_filled(order, worth, limits)]
    if limits.cents is not None:
        dense = sorted(
            scene.trials,
            key=lambda trial: -worth[id(trial)] / max(trial.candidate.price_cents, 1),
        )
        found.append(_filled(dense, worth, limits))
    return max(found, key=lambda chosen: sum(worth[id(trial)] for trial in chosen))


def _filled(order: Sequence[Trial], worth: dict[int, float], limits: Limits) -> tuple[Trial, ...]:
    """Return runs in order as long as they pay and fit, one of each project."""
    chosen: tuple[Trial, ...] = ()
    taken: set[int] = set()
    for trial in order:
        pays = worth[id(trial)] > 0.0 and trial.candidate.index not in taken
        if pays and limits.allow((*chosen, trial)):
            chosen = (*chosen, trial)
            taken.add(trial.candidate.index)
    return chosen
