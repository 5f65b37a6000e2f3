r"""By how much does the worth of options stray where what they earn and pay in use is a range?

Plans count ranges at their means; in a draw a line is worth its mean times a factor of mean 1,

.. math:: \Delta_{os} = \sum_\ell A_{o\ell} \, c_{o\ell s} \, (f_{\ell s} - 1)

with present value :math:`A` and the condition :math:`c`: live, live with the target met, or always.
Whether it goes live is decided on the means, since that is what is known then.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range
from planner.domain.results.option import OptionLife
from planner.domain.vocabulary import Earned
from planner.economics.life.lines import Ranged, Running
from planner.economics.life.worth import flows_of

__all__ = ["Moving", "Under", "has_ranges", "moving_lines", "swing_draws", "under_conditions"]

type Under = Mapping[Earned, Floats]


@dataclass(frozen=True, eq=False)
class Moving:
    """A line in use whose amount is a range.

    Attributes
    ----------
    ranged : Ranged
        The amount.
    earned : Earned
        On which condition.
    present : ndarray of float64, shape (n_options,)
        Present value at the mean amount; below 0 where it is paid.
    """

    ranged: Ranged
    earned: Earned
    present: Floats


def has_ranges(project: Project) -> bool:
    """Whether anything that a project earns or pays in use is a range."""
    upkeep, end = project.upkeep, project.end
    earned = [amount for one in project.benefits for amount in (one.once, one.yearly)]
    lines = () if upkeep is None else upkeep.lines
    paid = [amount for line in lines for amount in (line.once, line.yearly)]
    ended = [] if end is None else [end.once, end.resale]
    ended += [one.yearly for one in project.alternatives]
    priced = (project.today, project.review, project.inference, *project.alternatives)
    prices = [one.price_per_1000 for one in priced if one is not None]
    return any(
        isinstance(amount, Range) for amount in (project.value, *earned, *paid, *ended, *prices)
    )


def moving_lines(running: Running, *, earned_only: bool = False) -> Iterator[Moving]:
    """Yield the lines of options in use whose amounts are ranges.

    Parameters
    ----------
    running : Running
        Options of one project.
    earned_only : bool, default=False
        Without what is paid.
    """
    run, value = running.run, running.project.value
    if isinstance(value, Range):
        present = np.asarray(running.project.mean_value * run.clock.present(run.start))
        yield Moving(Ranged("value", "value", "value", value), Earned.TARGET, present)
    for item in flows_of(running):
        flow = item.flow
        if flow.ranged is None:
            continue
        present = (flow.amounts * run.clock.present(flow.counted)).sum(axis=1)
        if not (earned_only and np.all(present <= 0)):
            yield Moving(flow.ranged, flow.earned, np.asarray(present))


def under_conditions(met: Flags, live: Flags | OptionLife) -> Under:
    """Return 1 in the draws of each condition, shape (n_options, n_draws).

    Parameters
    ----------
    met : ndarray of bool, shape (n_options, n_draws)
        Where the target is met.
    live : ndarray of bool, or OptionLife
        Where it goes live; or what that is with the target met and without.
    """
    if isinstance(live, OptionLife):
        live = np.where(met, live.live_met[:, None], live.live_not[:, None])
    return {
        Earned.ALWAYS: np.ones(met.shape),
        Earned.LIVE: live.astype(np.float64),
        Earned.TARGET: (live & met).astype(np.float64),
    }


def swing_draws(
    running: Running,
    under: Under,
    factor: Callable[[Range, str], Floats],
    *,
    earned_only: bool = False,
) -> Floats:
    """Return by how much the worth of options strays from that at the means, by draw.

    Parameters
    ----------
    running : Running
        Options of one project.
    under : mapping of Earned to ndarray
        From :func:`under_conditions`.
    factor : callable
        Draws of a range over its mean, from the range and the key of its draws.
    earned_only : bool, default=False
        Without what is paid.

    Returns
    -------
    ndarray of float64, shape (n_options, n_draws)
        Present values.
    """
    swing = np.zeros(under[Earned.ALWAYS].shape)
    for line in moving_lines(running, earned_only=earned_only):
        moved = factor(line.ranged.amount, line.ranged.key) - 1.0
        swing += line.present[:, None] * under[line.earned] * moved
    return swing
