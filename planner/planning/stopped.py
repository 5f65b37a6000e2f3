"""What did the time that somebody asked for leave undone?"""

from collections.abc import Iterator, Sequence

from planner.domain.facts.time_limit import Beside, NoTime, Points, Stopped
from planner.domain.results.plan import Warning_
from planner.domain.words.time_limit import FLAG, left_undone, search_stopped
from planner.offering.deadline import Deadline
from planner.offering.problem import Solution

__all__ = ["TIME_LIMIT", "stop_warnings", "time_notes"]

TIME_LIMIT = "TIME_LIMIT"


def stop_warnings(
    solution: Solution, deadline: Deadline, left_out: Sequence[Beside]
) -> Iterator[Warning_]:
    """Yield what a plan lacks because of the time limit, as a warning for each kind.

    Parameters
    ----------
    solution : Solution
        The plan.
    deadline : Deadline
        Of the command.
    left_out : sequence of Beside
        Answers that were not computed.
    """
    if solution.stop == "time":
        message = search_stopped(deadline.asked_s, solution.gap)
        yield Warning_(TIME_LIMIT, None, FLAG, message)
    if left_out:
        message = left_undone(deadline.asked_s, left_out)
        yield Warning_(TIME_LIMIT, None, FLAG, message)


def time_notes(
    deadline: Deadline, found: Sequence[Solution | None], asked: int, points: Points
) -> Iterator[NoTime | Stopped]:
    """Yield how many points of a frontier were stopped, and how many left out.

    Parameters
    ----------
    deadline : Deadline
        Of the command.
    found : sequence of Solution or None
        One for each point that was reached; None as well where there was no time for it.
    asked : int
        Points asked for.
    points : Points
        What the points are.
    """
    if not deadline.is_set:
        return
    missing = asked - sum(one is not None for one in found)
    stopped = sum(one is not None and one.stop == "time" for one in found)
    if missing:
        yield NoTime(deadline.asked_s, missing, asked, points)
    if stopped:
        yield Stopped(deadline.asked_s, stopped, asked, points)
