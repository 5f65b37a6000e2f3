r"""What is information worth to a decision?

.. math::

    \mathrm{EVPI} = E_s[\max_x W_s(x)] - \max_x E[W(x)], \qquad
    \mathrm{EVPPI}(\varphi) = E_\varphi \max_x E[W | \varphi] - \max_x E[W], \qquad
    \mathrm{EVSI} = E_y \max_x E[W | y] - \max_x E[W]

where :math:`x` ranges over plans: the maximum is a whole plan under its budget and rules. Worth of
a plan is a sum over its options, so that all that a run changes is the mean worth of each.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.planning.pilots.evidence import Evidence, fitted
from planner.planning.pilots.smoother import spline_basis


class Choose(Protocol):
    """The best plan for given mean worths of the options."""

    def __call__(self, worth: Floats) -> Rows:
        """Return the options of the best plan."""
        ...


@dataclass(frozen=True, eq=False)
class Sampled:
    """What a run, or several, are worth to a decision.

    Attributes
    ----------
    now : float
        Expected worth of the best plan today.
    value : float
        What seeing the outcome adds to it in expectation: the EVSI. Below zero only where the
        run leaves less to choose from afterwards.
    se : float
        Monte Carlo standard error of it; 0 for outcomes with known likelihoods.
    gains : ndarray of shape (n_outcomes,)
        What each outcome adds to what today's plan is then worth.
    choices : tuple of ndarray of int64
        Options of the best plan after each outcome.
    """

    now: float
    value: float
    se: float
    gains: Floats
    choices: tuple[Rows, ...]

    @property
    def shown(self) -> float:
        """The value, 0 where it does not exceed its standard error."""
        return 0.0 if abs(self.value) < self.se else self.value


def weights(evidence: Evidence) -> Floats:
    """Return what each draw counts for after each outcome, shape (n_outcomes, n_draws).

    Rows sum to 1; those of a smoother may be negative.
    """
    return np.asarray(evidence.mean_basis @ evidence.fit)


def effective_draws(evidence: Evidence) -> Floats:
    """Return the equally weighted draws that each outcome's mean is as sure as (Kish)."""
    found = weights(evidence)
    return np.asarray(found.sum(axis=1) ** 2 / np.sum(found**2, axis=1))


def enumerated(likelihood: Floats, prior: Floats | None = None) -> Evidence:
    """Return the evidence of a run with finitely many outcomes of known likelihood.

    Parameters
    ----------
    likelihood : ndarray of shape (n_outcomes, n_draws)
        Chance of each outcome in each draw; columns sum to 1.
    prior : ndarray of shape (n_draws,), optional
        Chance of each draw; equally likely without.
    """
    n_draws = likelihood.shape[1]
    known = np.full(n_draws, 1.0 / n_draws) if prior is None else prior
    joint = likelihood * known
    chance = joint.sum(axis=1)
    possible = chance > 0.0
    weights = joint[possible] / chance[possible, None]
    return Evidence(chance[possible], np.eye(len(weights)), weights)


def joint_cells(columns: Sequence[Floats], cell: Rows) -> Evidence:
    """Return the evidence of several runs, from their columns and cells of their joint outcomes.

    Parameters
    ----------
    columns : sequence of ndarray
        Of each run, from :func:`planner.planning.pilots.smoother.run_basis`.
    cell : ndarray of int64, shape (n_draws,)
        Joint outcome of each draw, numbered from 0 without gaps.
    """
    return fitted(spline_basis(columns), cell)


def sample_value(
    worth_draws: Floats,
    evidence: Evidence,
    choose: Choose,
    *,
    choose_after: Choose | None = None,
    worth_after: Floats | None = None,
    prior: Floats | None = None,
) -> Sampled:
    """Return what it is worth to see an outcome before deciding.

    Parameters
    ----------
    worth_draws : ndarray of shape (n_options, n_draws)
        Worth of every option in every joint draw.
    evidence : Evidence
        Outcomes, and what is expected after each.
    choose : Choose
        The best plan.
    choose_after : Choose, optional
        After the run, where that is another question: a budget that it is paid from is smaller.
    worth_after : ndarray of shape (n_options, n_draws), optional
        Worth if one waits for the run, where that differs: delay costs.
    prior : ndarray of shape (n_draws,), optional
        Chance of each draw; equally likely without.
    """
    later = worth_draws if worth_after is None else worth_after
    mean = np.average(worth_draws, axis=1, weights=prior)
    today = choose(mean)
    now = worth_of(mean, today)
    after = evidence.means(later)
    choices = tuple((choose_after or choose)(worth) for worth in after)
    stays = [worth_of(worth, today) for worth in evidence.means(worth_draws)]
    best = [worth_of(worth, chosen) for worth, chosen in zip(after, choices, strict=True)]
    gains = np.array(best) - np.array(stays)
    return Sampled(
        now=now,
        value=math.fsum((evidence.chance * gains).tolist()),
        se=_standard_error(worth_draws, later, today, evidence, choices),
        gains=gains,
        choices=choices,
    )


def _standard_error(
    before: Floats, after: Floats, today: Rows, evidence: Evidence, choices: Sequence[Rows]
) -> float:
    """Return the error of the mean over draws of what the plans after a run really gain.

    The gain in one draw is what the plan of its outcome earns in it beyond today's plan.
    """
    if evidence.cell is None:
        return 0.0
    gained = -before[today].sum(axis=0)
    for outcome, chosen in enumerate(choices):
        mine = np.flatnonzero(evidence.cell == outcome)
        gained[mine] += after[np.ix_(chosen, mine)].sum(axis=0)
    return float(gained.std(ddof=1) / math.sqrt(len(gained)))


def perfect_value(
    worth_draws: Floats, choose: Choose, *, prior: Floats | None = None, groups: Rows | None = None
) -> float:
    """Return what it is worth to know the draw, or the group of draws that it is in.

    Parameters
    ----------
    worth_draws : ndarray of shape (n_options, n_draws)
        Worth of every option in every joint draw.
    choose : Choose
        The best plan.
    prior : ndarray of shape (n_draws,), optional
        Chance of each draw; equally likely without.
    groups : ndarray of int64, shape (n_draws,), optional
        What becomes known: the group of a draw. Without, the draw itself.
    """
    n_draws = worth_draws.shape[1]
    known = np.arange(n_draws) if groups is None else groups
    likelihood = (known[None, :] == np.unique(known)[:, None]).astype(np.float64)
    return sample_value(worth_draws, enumerated(likelihood, prior), choose, prior=prior).value


def worth_of(worth: Floats, chosen: Rows) -> float:
    """Return the sum of the worths of chosen options."""
    return math.fsum(worth[chosen].tolist())
