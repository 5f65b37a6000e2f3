"""How much may a search do? Counted work, which is the same on every machine.

Work is counted in units of about a nanosecond of one core: pivots, cells of draws, options priced.
The factors were measured once, and whether they fit a machine changes how long a search takes,
never what it finds. A search with more work, or with more of the time somebody asked for, does
what the shorter one did and then goes on, so it never brings back a worse plan.
"""

import math
from dataclasses import dataclass
from typing import Literal

from planner.offering.deadline import NEVER, Deadline

__all__ = ["SEARCH_WORK", "SECOND", "USUAL", "Allowance", "Effort", "OutOfEffortError", "Stop"]

type Stop = Literal["", "work", "time"]
"""What ended a search before it was done: nothing, counted work, or the time asked for."""


class OutOfEffortError(Exception):
    """A search cannot go on: its work is used up, or the time asked for is over."""


SECOND = 1e9
"""Work of about a second."""
LENIENT = 2.0
"""Seconds for each second's worth of work that is due whatever the deadline."""
SEARCH_WORK = 55 * SECOND
"""For the search of a plan."""


@dataclass(frozen=True)
class Allowance:
    """What a search may use before it must end.

    Attributes
    ----------
    work : float
        Counted, in units of about a nanosecond.
    deadline : Deadline
        Of the whole command, where a time limit was asked for.
    least : float
        Work that is done although the deadline has passed.
    """

    work: float = SEARCH_WORK
    deadline: Deadline = NEVER
    least: float = 0.0


USUAL = Allowance()
"""Where nothing else is said."""


class Effort:
    """The work that a search has left, and those of its parts with it.

    Parameters
    ----------
    allowance : Allowance
        At the start.
    whole : Effort, optional
        Search of which this one is a part: what is spent here is spent there as well.
    """

    def __init__(self, allowance: Allowance, whole: "Effort | None" = None) -> None:
        self.left = allowance.work
        self._deadline, self._due = allowance.deadline, allowance.least
        self._whole = whole

    def spend(self, work: float) -> None:
        """Count work that was done."""
        self.left -= work
        self._due -= work
        if self._whole is not None:
            self._whole.spend(work)

    def part(self, work: float = math.inf) -> "Effort":
        """Return an effort of at most so much work, counted here too."""
        return Effort(Allowance(min(work, self.left), self._deadline, self._due), self)

    def unending(self) -> "Effort":
        """Return an effort for what must be done in any case; its work counts here."""
        return Effort(Allowance(math.inf), self)

    def is_over(self) -> bool:
        """Whether nothing more is to be searched."""
        return self.left <= 0 or self._is_late()

    @property
    def is_due(self) -> bool:
        """Whether work is owed although the deadline may have passed."""
        return self._due > 0

    def seconds_left(self) -> float:
        """Return the seconds that a solver may take; inf where no time limit was asked for."""
        return max(self._deadline.seconds_left, LENIENT * self._due / SECOND)

    @property
    def stop(self) -> Stop:
        """What ended the search, if anything has."""
        if self.left <= 0:
            return "work"
        return "time" if self._is_late() else ""

    def _is_late(self) -> bool:
        return self._due <= 0 and self._deadline.has_passed()
