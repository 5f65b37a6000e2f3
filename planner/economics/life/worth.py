r"""What is operating an option worth, whether or not it meets its target?

.. math::

    U = V (1 + r)^{-\tau} z + M z + L - R, \qquad
    W = -(1 + r)^{-\tau} \mathrm{dev} + A + D \, U

with success :math:`z`, benefits earned with the target :math:`M`, while live :math:`L`, in any case
:math:`A`, running cost :math:`R`, and :math:`D` whether it goes live: if the target is met, if
:math:`U > 0`, or always. Nothing of it depends on the error but :math:`z`, so that an option has
two worths, one if the target is met and one if not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Flags, Floats
from planner.domain.portfolio.project import Project
from planner.domain.results.option import OptionLife
from planner.domain.vocabulary import Deploy, Earned
from planner.economics.life.clock import service
from planner.economics.life.lines import CARBON, LIFE_LINES, Flow, LifeLine, Running

__all__ = ["LineFlow", "deploy_of", "flows_of", "has_life", "is_neutral", "life_worth"]


@dataclass(frozen=True, eq=False)
class LineFlow:
    """Amounts of a line of some options, with the line."""

    line: LifeLine
    flow: Flow


def has_life(project: Project) -> bool:
    """Whether a project's file states anything besides data, training and ``value``."""
    return (
        any(line.is_given(project) for line in LIFE_LINES)
        or project.build is not None
        or project.use is not None
        or bool(project.alternatives)
    )


def flows_of(running: Running) -> Iterator[LineFlow]:
    """Yield the amounts of every line that the project's file states."""
    for line in LIFE_LINES:
        if line.is_given(running.project):
            yield from (LineFlow(line, flow) for flow in line.flows(running))
    yield from (LineFlow(CARBON, flow) for flow in CARBON.flows(running))


def is_neutral(running: Running) -> bool:
    """Whether a life adds nothing: all its amounts are 0, and it goes live with the target met.

    What a project earns and pays that starts at once and is live at once bounds that of all others.
    """
    if deploy_of(running.project) is not Deploy.IF_TARGET_MET:
        return False
    now, serving = np.zeros(1), running.serving
    if serving is not None:
        serving = replace(serving, seconds_per_image=serving.seconds_per_image[:1])
    use = running.project.use
    first = service(running.run.clock, now, now, None if use is None else use.years)
    emitted = running.emitted
    if emitted is not None:
        emitted = replace(emitted, hours=emitted.hours.max(keepdims=True, initial=0.0))
    fresh = running.fresh
    if fresh is not None:
        fresh = replace(
            fresh,
            images=fresh.images.max(keepdims=True, initial=0.0),
            training=fresh.training.max(keepdims=True, initial=0.0),
        )
    flows = flows_of(Running(running.project, first, serving, emitted, fresh, running.saved))
    return not any(item.flow.amounts.any() for item in flows)


def life_worth(running: Running) -> OptionLife:
    """Return what options earn and pay in use, lines that the error grades left out.

    Parameters
    ----------
    running : Running
        Options of one project.
    """
    sums = {earned: np.zeros(len(running.run.start)) for earned in Earned}
    paid = np.zeros(len(running.run.start))
    for item in flows_of(running):
        if item.flow.grade is not None:
            continue
        present = running.run.clock.present(item.flow.counted)
        worth = (item.flow.amounts * present).sum(axis=1)
        if item.flow.earned is Earned.ALWAYS:  # live or not, so that it is no cost of running
            sums[Earned.ALWAYS] += worth
            continue
        sums[item.flow.earned] += np.maximum(worth, 0.0)
        paid += np.maximum(-worth, 0.0)
    value = running.project.mean_value * running.run.clock.present(running.run.start)
    return _decided(deploy_of(running.project), value, sums, paid)


def deploy_of(project: Project) -> Deploy:
    """Return when a project goes live."""
    return Deploy.IF_TARGET_MET if project.use is None else project.use.deploy


def _decided(deploy: Deploy, value: Floats, sums: dict[Earned, Floats], paid: Floats) -> OptionLife:
    """Return what is earned and paid with the target met and without, deployed as asked."""
    met = value + sums[Earned.TARGET] + sums[Earned.LIVE]
    not_met = sums[Earned.LIVE]
    live_met, live_not = _goes_live(deploy, met - paid, not_met - paid)
    return OptionLife(
        gross_met=sums[Earned.ALWAYS] + live_met * met,
        gross_not=sums[Earned.ALWAYS] + live_not * not_met,
        running=paid,
        live_met=live_met,
        live_not=live_not,
        bound=np.zeros(len(paid), dtype=np.int64),
    )


def _goes_live(deploy: Deploy, met: Floats, not_met: Floats) -> tuple[Flags, Flags]:
    """Return which options go live with the target met, and which without."""
    every = np.ones(len(met), dtype=np.bool_)
    if deploy is Deploy.ALWAYS:
        return every, every
    if deploy is Deploy.IF_PAYS:
        return met > 0, not_met > 0
    return every, ~every
