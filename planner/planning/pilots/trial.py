r"""One run on offer: its outcomes, and what its project's options are then worth.

Outcomes are cells of the measured error. Neighbouring cells after which the same is done, at the
budget price and at prices around it, are one outcome: few solves then serve all.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.results.option import ProjectOptions
from planner.planning.pilots.candidates import Candidate
from planner.planning.pilots.evidence import Evidence
from planner.planning.pilots.stage import Stage

__all__ = [
    "Trial",
    "best_rows",
    "build_trial",
    "cell_limits",
    "cells_of",
    "merged_cells",
    "net_at",
    "screened",
    "undominated_rows",
]

LOST_IN_NOISE = 0.02
"""A chance of target after an outcome that a fit to some thousand draws cannot tell from none."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A run on offer with its outcomes.

    Attributes
    ----------
    candidate : Candidate
        Which.
    stage : Stage
        What its project may choose once it is in, on the solve's draws: labels bought for it are
        paid for, and delay counts.
    limits : ndarray of shape (n_outcomes - 1,)
        Log errors between neighbouring outcomes, rising.
    cell : ndarray of int64, shape (n_draws,)
        Outcome of each of the solve's draws.
    chance : ndarray of shape (n_outcomes,)
        Of each outcome.
    met : ndarray of shape (n_outcomes, n_options)
        Chance of target after each outcome.
    mean : ndarray of shape (n_outcomes, n_options)
        Mean worth after each.
    stay : ndarray of shape (n_outcomes,)
        Mean worth of what the plan of today has for the project.
    least : float
        Chance of target below which an option may not be chosen.
    """

    candidate: Candidate
    stage: Stage
    limits: Floats
    cell: Rows
    chance: Floats
    met: Floats
    mean: Floats
    stay: Floats
    least: float

    @property
    def options(self) -> ProjectOptions:
        """What its project may choose."""
        return self.stage.options

    @property
    def open(self) -> Flags:
        """Whether an option may be chosen, shape (n_outcomes, n_options)."""
        sure = self.met >= max(self.least, LOST_IN_NOISE) - 1e-12
        return np.asarray(sure | self.options.is_alternative)

    def __len__(self) -> int:
        return len(self.chance)

    def take(self, rows: Rows) -> "Trial":
        """Return the trial with some of the options alone."""
        return replace(
            self,
            stage=self.stage.take(rows),
            met=self.met[:, rows],
            mean=self.mean[:, rows],
        )


def cell_limits(measured: Floats, cell: Rows) -> Floats:
    """Return the measurements half way between neighbouring cells."""
    count = int(cell.max()) + 1
    top, low = np.full(count, -np.inf), np.full(count, np.inf)
    np.maximum.at(top, cell, measured)
    np.minimum.at(low, cell, measured)
    return np.asarray(0.5 * (top[:-1] + low[1:]))


def cells_of(measured: Floats, limits: Floats) -> Rows:
    """Return the cell of each measurement: a limit belongs to the cell below it."""
    return np.searchsorted(limits, measured, side="left").astype(np.int64)


def build_trial(
    candidate: Candidate,
    stage: Stage,
    measured: Floats,
    evidence: Evidence,
    least: float,
    today: Floats,
) -> Trial:
    """Return the trial of a run.

    Parameters
    ----------
    candidate : Candidate
        The run.
    stage : Stage
        Options once it is in, on the solve's draws.
    measured : ndarray of shape (n_draws,)
        Log error that it shows in them.
    evidence : Evidence
        Its outcomes.
    least : float
        Chance of target below which nothing may be funded.
    today : ndarray of shape (n_draws,)
        Worth of what today's plan has for the project.
    """
    met, mean = stage.means(evidence)
    cell = evidence.cell
    if cell is None:
        msg = "a trial needs the outcome of every draw"
        raise ValueError(msg)
    return Trial(
        candidate=candidate,
        stage=stage,
        limits=cell_limits(measured, cell),
        cell=cell,
        chance=evidence.chance,
        met=met,
        mean=mean,
        stay=evidence.means(today[None, :])[:, 0],
        least=least,
    )


def net_at(trial: Trial, price: float) -> Floats:
    """Return worth less the price of money after each outcome; nothing funded stands last.

    Shape (n_outcomes, n_options + 1).
    """
    due = price * trial.options.total_cents / 100 + trial.stage.pool_due(price)
    net = np.where(trial.open, trial.mean - due, -np.inf)
    return np.concatenate([net, np.zeros((len(net), 1))], axis=1)


def best_rows(trial: Trial, prices: Sequence[float]) -> Rows:
    """Return the options that are best after some outcome at some price, increasing."""
    found = [np.argmax(net_at(trial, price), axis=1) for price in prices]
    rows = np.unique(np.concatenate(found))
    return rows[rows < len(trial.options)]


def undominated_rows(trial: Trial) -> Rows:
    """Return the options than which none is better and cheaper after some outcome, increasing."""
    order = np.argsort(trial.options.total_cents, kind="stable")
    mean = np.where(trial.open, trial.mean, -np.inf)[:, order]
    before = np.maximum.accumulate(np.column_stack([np.zeros(len(mean)), mean[:, :-1]]), axis=1)
    return np.sort(order[np.any(mean > before, axis=0)])


def merged_cells(trial: Trial, prices: Sequence[float], most: int, tolerance: float) -> Trial:
    """Return the trial with neighbouring outcomes merged that the decision hardly tells apart.

    Pairs that lose least go first, as long as the loss stays within the tolerance or there are
    more outcomes than wanted.

    Parameters
    ----------
    trial : Trial
        With its fine cells.
    prices : sequence of float
        Of money, at which decisions are compared.
    most : int
        Outcomes wanted at most.
    tolerance : float
        Worth that all merging together may lose, in units of the objective.
    """
    groups = [[cell] for cell in range(len(trial))]
    nets = np.stack([trial.chance[:, None] * net_at(trial, price) for price in prices])
    left = tolerance
    while len(groups) > 1:
        alone = nets.max(axis=2)
        together = (nets[:, :-1] + nets[:, 1:]).max(axis=2)
        lost = (alone[:, :-1] + alone[:, 1:] - together).max(axis=0)
        at = int(np.argmin(lost))
        if lost[at] > left and len(groups) <= most:
            break
        left -= float(lost[at])
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
        nets[:, at] += nets[:, at + 1]
        nets = np.delete(nets, at + 1, axis=1)
    return _grouped(trial, groups)


def _grouped(trial: Trial, groups: Sequence[list[int]]) -> Trial:
    """Return the trial with outcomes put together: means of means, by their chances."""
    table = np.zeros((len(groups), len(trial)))
    where = np.zeros(len(trial), dtype=np.int64)
    for number, group in enumerate(groups):
        table[number, group] = trial.chance[group]
        where[group] = number
    chance = table.sum(axis=1)
    table /= chance[:, None]
    last = [group[-1] for group in groups[:-1]]
    return replace(
        trial,
        limits=trial.limits[last],
        cell=where[trial.cell],
        chance=chance,
        met=table @ trial.met,
        mean=table @ trial.mean,
        stay=table @ trial.stay,
    )


def screened(trial: Trial, price: float, today: float) -> float:
    """Return what a run adds to its project alone, money at a price: the screen.

    Parameters
    ----------
    trial : Trial
        The run.
    price : float
        Worth of one unit of money.
    today : float
        Net worth of the project in today's plan at that price.
    """
    best = net_at(trial, price).max(axis=1)
    return math.fsum((trial.chance * best).tolist()) - today
