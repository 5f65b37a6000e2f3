"""Is the rule found on the solve's draws worth as much on draws it never saw?

Each of the audit's draws shows what the runs show in it, is given the plan of that outcome, and
earns what that plan earns in it. Where there are too many joint outcomes to plan for each, some
draws are, evenly spread, and what deciding project by project at the price of money earns in all
draws tells how those differ from the rest.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.planning.pilots.scene import Scene, gained_apart
from planner.planning.pilots.search import Search
from planner.planning.pilots.set_value import Earned, Realised, realised
from planner.planning.pilots.stage import Stage, stage_of
from planner.planning.pilots.trial import Trial, cells_of

__all__ = ["Confirmed", "confirm"]

MOST_PLANS, MOST_LISTED_PLANS = 160, 1_200
"""Joint outcomes up to which each has a plan of its own: the engine's, or a listed one."""
SPREAD_PLANS = 64
"""Draws that have one where there are more."""


@dataclass(frozen=True, eq=False)
class Confirmed:
    """What a set of runs earns on the audit's draws, before it is paid for.

    Attributes
    ----------
    gain, se : float
        Beyond today's plan, and the standard error.
    spend : ndarray of shape (n_planned,)
        Committed after the runs, in currency, in the draws that have a plan.
    funded : ndarray of shape (n_projects,)
        How often each project is funded.
    """

    gain: float
    se: float
    spend: Floats
    funded: Floats


def confirm(search: Search, chosen: Sequence[Trial]) -> Confirmed:
    """Return what a set of runs earns on draws that no solve saw."""
    scene = search.scene
    if not chosen:
        return _nothing(scene)
    rows = scene.prepared.posterior.audit_rows
    trials = search.coarse(chosen)
    shown = [
        cells_of(scene.shown(whole)[rows], trial.limits)
        for whole, trial in zip(chosen, trials, strict=True)
    ]
    after = {trial.candidate.index: _on_audit(scene, trial.stage, trial) for trial in trials}
    today = [_held_out(scene, index, stage).worth for index, stage in enumerate(scene.today)]
    earned = Earned(today, {index: stage.worth for index, stage in after.items()})
    outcomes = search.outcomes(chosen)
    n_outcomes = len(np.unique(np.stack(shown), axis=1).T)
    by_risk = scene.prepared.portfolio.risk.is_cautious
    if by_risk or n_outcomes <= (MOST_LISTED_PLANS if search.is_quick else MOST_PLANS):
        found = realised(trials, shown, earned, outcomes, scene.now)
        return Confirmed(found.gain, found.se, found.cents / 100, found.funded.mean(axis=1))
    n_draws = len(shown[0])
    some = np.linspace(0, n_draws - 1, SPREAD_PLANS).round().astype(np.int64)
    few = Earned(
        [worth[:, some] for worth in today],
        {index: worth[:, some] for index, worth in earned.after.items()},
    )
    found = realised(trials, [cell[some] for cell in shown], few, outcomes, scene.now)
    apart = np.zeros(n_draws)
    for trial, cell in zip(trials, shown, strict=True):
        index = trial.candidate.index
        apart += gained_apart(scene, trial, cell, earned.after[index], earned.today[index])
    return _spread(found, apart, some)


def _nothing(scene: Scene) -> Confirmed:
    """Return that today's plan stays as it is."""
    funded = np.array([pick is not None for pick in scene.now.picks], dtype=np.float64)
    return Confirmed(0.0, 0.0, np.array([scene.now.cents / 100]), funded)


def _spread(found: Realised, apart: Floats, some: Rows) -> Confirmed:
    """Return the gain in all draws from plans in some, by what is gained apart in all."""
    rest = found.gained - apart[some]
    gain = math.fsum(apart.tolist()) / len(apart) + math.fsum(rest.tolist()) / len(rest)
    se = math.hypot(
        float(apart.std(ddof=1)) / math.sqrt(len(apart)),
        float(rest.std(ddof=1)) / math.sqrt(len(rest)),
    )
    return Confirmed(gain, se, found.cents / 100, found.funded.mean(axis=1))


def _held_out(scene: Scene, index: int, stage: Stage) -> Stage:
    """Return what a project may choose today on the audit's draws."""
    return stage_of(scene.prepared, index, stage.options, held_out=True)


def _on_audit(scene: Scene, stage: Stage, trial: Trial) -> Stage:
    """Return what a project may choose after a run on the audit's draws; prices are the same."""
    fresh = stage_of(scene.prepared, trial.candidate.index, stage.options, held_out=True)
    return replace(fresh, stake=stage.stake, cost=stage.cost)
