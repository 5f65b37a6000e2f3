"""What is a set of runs worth together? Joint outcomes, and the plan after each.

Worth after runs is averaged over the outcomes of the solve's draws; that the rule found there is
worth something is then confirmed on draws it never saw: each takes the plan of its own outcome.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.risk import MEAN, RiskMeasure
from planner.offering.build_problem import risk_measure
from planner.planning.pilots.outcomes import Choice, Outcomes
from planner.planning.pilots.trial import Trial
from planner.solving.measures import risk_value

__all__ = ["Earned", "Realised", "SetValue", "joint_cells", "realised", "value_of"]

BATCHES = 20
"""Of draws, for the error of a measure of risk."""
MOST_JOINT = 200
"""Joint outcomes of a set for which there is a plan each."""
MOST_CODED = 2**32
"""Number of a joint outcome from which on those there are get numbers anew."""


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
    today : ndarray of shape (n_draws,)
        What today's plan earns.
    risk : RiskMeasure
        What is maximised.
    """

    gained: Floats
    cents: Rows
    funded: Flags
    today: Floats
    risk: RiskMeasure = MEAN

    @property
    def gain(self) -> float:
        """What the plans after the runs are worth beyond today's, under the measure of risk."""
        if self.risk.kind == "expected":
            return math.fsum(self.gained.tolist()) / len(self.gained)
        return risk_value(self.today + self.gained, self.risk) - risk_value(self.today, self.risk)

    @property
    def se(self) -> float:
        """Standard error of it: over batches of draws under a measure of risk."""
        if self.risk.kind == "expected":
            return float(self.gained.std(ddof=1) / math.sqrt(len(self.gained)))
        parts = [
            risk_value(today + gained, self.risk) - risk_value(today, self.risk)
            for today, gained in zip(
                np.array_split(self.today, BATCHES),
                np.array_split(self.gained, BATCHES),
                strict=True,
            )
        ]
        return float(np.std(parts, ddof=1) / math.sqrt(BATCHES))


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
    rows = _planned([trial.cell for trial in trials])
    shown = [trial.cell[rows] for trial in trials]
    cells, back = _joint(shown)
    shares = np.bincount(back) / len(back)
    after = outcomes.after_each(trials, cells)
    parts, assets = np.zeros(len(outcomes.today)), 0.0
    gained = _gained(trials, cells, after, outcomes, now)
    for share, row, choice in zip(shares.tolist(), gained, after, strict=True):
        parts += share * row
        assets += share * (choice.assets - now.assets)
    every = len(rows) == len(trials[0].cell)  # a look, then, not a copy
    at = slice(None) if every else rows
    earned = Earned(
        [stage.worth[:, at] for stage in outcomes.today],
        {t.candidate.index: t.stage.worth[:, at] for t in trials},
    )
    draws = realised(trials, shown, earned, outcomes, now)
    if draws.risk.kind != "expected":
        return SetValue(draws.gain, parts, draws.se)
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
    after = outcomes.after_each(trials, cells)
    today = np.full(len(back), now.assets)
    for index, pick in enumerate(now.picks):
        if pick is not None:
            today += earned.today[index][pick]
    gained = -today + np.array([choice.assets for choice in after])[back]
    cents = np.array([choice.cents for choice in after], dtype=np.int64)[back]
    picks = _picks(after)[:, back]
    for index, mine in enumerate(picks):
        draws = np.flatnonzero(mine >= 0)
        worth = earned.after.get(index, earned.today[index])
        gained[draws] += worth[mine[draws], draws]
    return Realised(gained, cents, picks >= 0, today, risk_measure(outcomes.prepared.portfolio))


def _gained(
    trials: Sequence[Trial],
    cells: Sequence[Sequence[int]],
    after: Sequence[Choice],
    outcomes: Outcomes,
    now: Choice,
) -> Floats:
    """Return what each project's plan after each joint outcome adds, (n_cells, n_projects)."""
    told = {trial.candidate.index: place for place, trial in enumerate(trials)}
    found = np.empty((len(cells), len(outcomes.today)))
    for index, picks in enumerate(_picks(after)):
        if index in told:
            trial = trials[told[index]]
            shown = [cell[told[index]] for cell in cells]
            found[:, index] = _or_nothing(trial.mean)[shown, picks] - trial.stay[shown]
        else:
            mean = outcomes.today[index].mean
            found[:, index] = _or_nothing(mean)[picks] - _at(mean, now.picks[index])
    return found


def _picks(after: Sequence[Choice]) -> Rows:
    """Return the option of each project in each plan, -1 for none, (n_projects, n_plans)."""
    picks = [[-1 if pick is None else pick for pick in choice.picks] for choice in after]
    return np.array(picks, dtype=np.int64).T


def joint_cells(trials: Sequence[Trial]) -> list[list[int]]:
    """Return the joint outcomes of runs that :func:`value_of` asks the plans of."""
    shown = [trial.cell for trial in trials]
    rows = _planned(shown)
    return _joint([cell[rows] for cell in shown])[0]


def _planned(shown: Sequence[Rows]) -> Rows:
    """Return the draws whose joint outcomes are planned for: all, or as many as that stays quick.

    The same ones for every set, so that sets are compared on the same outcomes.
    """
    n_draws = len(shown[0])
    if len(_joint(shown)[0]) <= MOST_JOINT:
        return np.arange(n_draws, dtype=np.int64)
    return np.linspace(0, n_draws - 1, MOST_JOINT).round().astype(np.int64)


def _joint(shown: Sequence[Rows]) -> tuple[list[list[int]], Rows]:
    """Return the joint outcomes there are, and which of them each draw has."""
    codes = np.zeros(len(shown[0]), dtype=np.int64)
    for cell in shown:
        if codes.max(initial=0) > MOST_CODED:
            codes = np.unique(codes, return_inverse=True)[1]
        codes = codes * (int(cell.max()) + 1) + cell
    _, first, back = np.unique(codes, return_index=True, return_inverse=True)
    return np.stack(shown)[:, first].T.tolist(), np.asarray(back, dtype=np.int64)


def _or_nothing(worth: Floats) -> Floats:
    """Return the worth of options with that of none, 0, behind the last, where -1 finds it."""
    return np.concatenate([worth, np.zeros((*worth.shape[:-1], 1))], axis=-1)


def _at(worth: Floats, pick: int | None) -> float:
    return 0.0 if pick is None else float(worth[pick])
