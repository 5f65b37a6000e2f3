r"""What is an option worth in use in every draw, where the error itself counts?

The same as in :mod:`planner.economics.life.worth`, draw by draw: lines that are graded are
multiplied by what the error of the draw makes of them, and whether it goes live is decided in each.

.. math:: W_{os} = A_o + D_{os} \, (V z_{os} + M_o z_{os} + L_o + G_o(e'_{os}) - R_o)
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.project import Project
from planner.domain.vocabulary import Deploy, Earned
from planner.economics.life.aging import Aged
from planner.economics.life.clock import Service
from planner.economics.life.lines import Flow, Grade, Running
from planner.economics.life.worth import deploy_of, flows_of

__all__ = ["ErrorsInUse", "GradedDraws", "graded_draws", "is_graded"]


@dataclass(frozen=True, eq=False)
class ErrorsInUse:
    """Errors of options in some draws.

    Attributes
    ----------
    error : ndarray of float64, shape (n_options, n_draws)
        When it goes live.
    met : ndarray of bool, shape (n_options, n_draws)
        Whether it then meets the target.
    is_guess : ndarray of bool, shape (n_options, n_draws)
        In which draws it never learned anything, so that it answers always the same.
    aged : Aged or None
        Its errors as it ages; None where it does not.
    """

    error: Floats
    met: Flags
    is_guess: Flags
    aged: Aged | None = None

    def graded(self, grade: Grade) -> Floats:
        """Return what a line is multiplied by in every draw when it goes live."""
        return grade(self.error, self.is_guess)

    def by_slice(self, flow: Flow, run: Service, under: Floats) -> Floats:
        """Return what is expected of a line's grade in each slice under a condition, (n, k)."""
        if flow.grade is None:
            return np.broadcast_to(under.mean(axis=1)[:, None], flow.amounts.shape)
        if self.aged is None or not flow.runs:
            mean = (under * self.graded(flow.grade)).mean(axis=1)
            return np.broadcast_to(mean[:, None], flow.amounts.shape)
        found = np.zeros(flow.amounts.shape)
        for age, share in self.aged.weights(run):
            grade = flow.grade(self.aged.error[age], self.aged.is_guess[age])
            found += share * (under * grade).mean(axis=1)[:, None]
        return found


@dataclass(frozen=True, eq=False)
class GradedDraws:
    """What options earn and pay in every draw, as present values, shape (n_options, n_draws).

    Attributes
    ----------
    gross : ndarray of float64
        Earned less what errors cost.
    live : ndarray of bool
        Whether it goes live.
    paid : ndarray of float64, shape (n_options,)
        Running cost if it does.
    pays : ndarray of bool
        Whether going live is worth more than not.
    """

    gross: Floats
    live: Flags
    paid: Floats
    pays: Flags

    @property
    def running(self) -> Floats:
        """Running cost in every draw."""
        return self.live * self.paid[:, None]

    @property
    def net(self) -> Floats:
        """Earned less running cost in every draw."""
        return self.gross - self.running


def is_graded(project: Project) -> bool:
    """Whether the error itself counts, and not only whether the target is met."""
    errors, use = project.errors, project.use
    costs = errors is not None and not errors.cost_nothing
    volume = 0 if use is None else use.images_per_year or 0
    return (
        not project.has_target
        or (costs and volume > 0)
        or any(
            isinstance(amount, tuple) and any(step.amount for step in amount)
            for benefit in project.benefits
            for amount in (benefit.once, benefit.yearly)
        )
    )


def _present(flow: Flow, errors: ErrorsInUse, run: Service) -> Floats:
    """Return the present value of a line in every draw, or the same in all, shape (n, s or 1)."""
    worth = flow.amounts * run.clock.present(flow.counted)
    if flow.grade is None:
        return np.asarray(worth.sum(axis=1)[:, None])
    if errors.aged is None or not flow.runs:
        return np.asarray(worth.sum(axis=1)[:, None] * errors.graded(flow.grade))
    total = np.zeros(errors.error.shape)
    for age, share in errors.aged.weights(run):
        grade = flow.grade(errors.aged.error[age], errors.aged.is_guess[age])
        total += (worth * share).sum(axis=1)[:, None] * grade
    return total


def graded_draws(running: Running, errors: ErrorsInUse) -> GradedDraws:
    """Return what options earn and pay in use in every draw.

    Parameters
    ----------
    running : Running
        Options of one project, of one way of running it.
    errors : ErrorsInUse
        Theirs.
    """
    shape = errors.error.shape
    earned = {name: np.zeros(shape) for name in Earned}
    paid = np.zeros(shape[0])
    for item in flows_of(running):
        worth = _present(item.flow, errors, running.run)
        if item.flow.grade is None and not (
            item.line.is_gross or item.flow.earned is Earned.ALWAYS
        ):
            paid += np.maximum(-worth[:, 0], 0.0)
            worth = np.maximum(worth, 0.0)
        earned[item.flow.earned] += worth
    value = running.project.mean_value * running.run.clock.present(running.run.start)
    met = errors.met * (value[:, None] + earned[Earned.TARGET])
    operating = met + earned[Earned.LIVE]
    pays = operating > paid[:, None]
    live = _goes_live(running.project, errors.met, pays)
    return GradedDraws(earned[Earned.ALWAYS] + live * operating, live, paid, pays)


def _goes_live(project: Project, met: Flags, pays: Flags) -> Flags:
    deploy = deploy_of(project)
    if deploy is Deploy.IF_TARGET_MET:
        return met
    return pays if deploy is Deploy.IF_PAYS else np.ones_like(met)
