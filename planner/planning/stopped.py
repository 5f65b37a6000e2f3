"""What did the time that somebody asked for leave undone?"""

from collections.abc import Iterator, Sequence

from planner.domain.results.plan import Warning_
from planner.domain.words.plan_warnings import (
    left_undone,
    search_stopped,
    searches_left_out,
    searches_stopped,
)
from planner.offering.deadline import Deadline
from planner.offering.problem import Solution

__all__ = ["FLAG", "TIME_LIMIT", "stop_warnings", "time_notes"]

TIME_LIMIT = "TIME_LIMIT"
FLAG = "--time-limit"


def stop_warnings(
    solution: Solution, deadline: Deadline, left_out: Sequence[str]
) -> Iterator[Warning_]:
    """Yield what a plan lacks because of the time limit, as a warning for each kind.

    Parameters
    ----------
    solution : Solution
        The plan.
    deadline : Deadline
        Of the command.
    left_out : sequence of str
        Answers that were not computed, in words.
    """
    if solution.stop == "time":
        message = search_stopped(FLAG, deadline.asked_s, solution.gap)
        yield Warning_(TIME_LIMIT, None, FLAG, message)
    if left_out:
        message = left_undone(FLAG, deadline.asked_s, left_out)
        yield Warning_(TIME_LIMIT, None, FLAG, message)


def time_notes(
    deadline: Deadline, found: Sequence[Solution | None], asked: int, what: str
) -> Iterator[str]:
    """Yield how many points of a frontier were stopped, and how many left out.

    Parameters
    ----------
    deadline : Deadline
        Of the command.
    found : sequence of Solution or None
        One for each point that was reached; None as well where there was no time for it.
    asked : int
        Points asked for.
    what : str
        What the points are.
    """
    if not deadline.is_set:
        return
    missing = asked - sum(one is not None for one in found)
    stopped = sum(one is not None and one.stop == "time" for one in found)
    if missing:
        yield searches_left_out(FLAG, deadline.asked_s, missing, asked, what)
    if stopped:
        yield searches_stopped(FLAG, deadline.asked_s, stopped, asked, what)
