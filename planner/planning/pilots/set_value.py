"""What is a set of runs worth together? Joint outcomes, and the plan after each.

Worth after runs is averaged over the outcomes of the solve's draws; that the rule found there is
worth something is then confirmed on draws it never saw: each takes the plan of its own outcome.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.planning.pilots.outcomes import Choice, Outcomes
from planner.planning.pilots.trial import Trial

__all__ = ["Earned", "Realised", "SetValue", "realised", "value_of"]


@dataclass(frozen=True, eq=False)
class SetValue:
    """What runs are worth before they are paid for.

    Attributes
    ----------
    gain : float
        What deciding after them adds to the worth of the plan.
    by_project : ndarray of shape (n_projects,)
        Where it is earned; shared assets are in nobody's part.
    se : float
        Monte Carlo standard error.
    """

    gain: float
    by_project: Floats
    se: float


@dataclass(frozen=True, eq=False)
class Realised:
    """What the plans after runs earn in every draw.

    Attributes
    ----------
    gained : ndarray of shape (n_draws,)
        Beyond today's plan, runs not paid.
    cents : ndarray of int64, shape (n_draws,)
        Committed.
    funded : ndarray of bool, shape (n_projects, n_draws)
        Which projects.
    """

    gained: Floats
    cents: Rows
    funded: Flags

    @property
    def mean(self) -> float:
        """Expected gain."""
        return math.fsum(self.gained.tolist()) / len(self.gained)

    @property
    def se(self) -> float:
        """Standard error of it."""
        return float(self.gained.std(ddof=1) / math.sqrt(len(self.gained)))


@dataclass(frozen=True, eq=False)
class Earned:
    """Worth in every draw of what may be chosen.

    Attributes
    ----------
    today : sequence of ndarray of shape (n_options, n_draws)
        Of the options that each project has today.
    after : mapping of int to ndarray
        The same for measured projects once their runs are in.
    """

    today: Sequence[Floats]
    after: Mapping[int, Floats]


def value_of(trials: Sequence[Trial], outcomes: Outcomes, now: Choice) -> SetValue:
    """Return what a set of runs is worth, on the solve's draws.

    Parameters
    ----------
    trials : sequence of Trial
        Of different projects.
    outcomes : Outcomes
        Plans after them.
    now : Choice
        Today's plan, by the options of ``outcomes.today``.
    """
    cells, back = _joint([trial.cell for trial in trials])
    shares = np.bincount(back) / len(back)
    means = [stage.mean for stage in outcomes.today]
    parts, assets = np.zeros(len(means)), 0.0
    for number, cell in enumerate(cells):
        after = outcomes.after(trials, cell)
        shown = {t.candidate.index: (t, c) for t, c in zip(trials, cell, strict=True)}
        for index, pick in enumerate(after.picks):
            if index in shown:
                trial, mine = shown[index]
                gained = _at(trial.mean[mine], pick) - float(trial.stay[mine])
            else:
                gained = _at(means[index], pick) - _at(means[index], now.picks[index])
            parts[index] += shares[number] * gained
        assets += float(shares[number]) * (after.assets - now.assets)
    earned = Earned(
        [stage.worth for stage in outcomes.today],
        {t.candidate.index: t.stage.worth for t in trials},
    )
    draws = realised(trials, [t.cell for t in trials], earned, outcomes, now)
    return SetValue(math.fsum([*parts.tolist(), assets]), parts, draws.se)


def realised(
    trials: Sequence[Trial],
    shown: Sequence[Rows],
    earned: Earned,
    outcomes: Outcomes,
    now: Choice,
) -> Realised:
    """Return what the plans after a set of runs earn in every draw, beyond today's plan.

    Parameters
    ----------
    trials : sequence of Trial
        Of different projects.
    shown : sequence of ndarray of int64, shape (n_draws,)
        Outcome of each in every draw.
    earned : Earned
        Worth in these draws.
    outcomes, now : optional
        As for :func:`value_of`.
    """
    cells, back = _joint(shown)
    n_draws = len(back)
    gained, cents = np.zeros(n_draws), np.zeros(n_draws, dtype=np.int64)
    funded = np.zeros((len(earned.today), n_draws), dtype=np.bool_)
    for index, pick in enumerate(now.picks):
        if pick is not None:
            gained -= earned.today[index][pick]
    for number, cell in enumerate(cells):
        after = outcomes.after(trials, cell)
        mine = np.flatnonzero(back == number)
        gained[mine] += after.assets - now.assets
        cents[mine] = after.cents
        for index, pick in enumerate(after.picks):
            if pick is not None:
                worth = earned.after.get(index, earned.today[index])
                gained[mine] += worth[pick, mine]
                funded[index, mine] = True
    return Realised(gained, cents, funded)


def _joint(shown: Sequence[Rows]) -> tuple[list[list[int]], Rows]:
    """Return the joint outcomes there are, and which of them each draw has."""
    cells, back = np.unique(np.stack(shown), axis=1, return_inverse=True)
    return cells.T.tolist(), np.asarray(back.reshape(-1), dtype=np.int64)


def _at(worth: Floats, pick: int | None) -> float:
    return 0.0 if pick is None else float(worth[pick])
