"""By when must an answer stand? The one place in which the planner looks at a clock.

Nothing reads it unless somebody asked for a time limit: all else counts work
(:mod:`planner.offering.effort`), so that the same inputs give the same bytes on any machine.
"""

import math
import time
from dataclasses import dataclass

__all__ = ["NEVER", "Deadline", "deadline_in"]


@dataclass(frozen=True)
class Deadline:
    """A moment after which nothing more is searched.

    Attributes
    ----------
    at : float
        Of the monotonic clock, in seconds; inf if no time limit was asked for, and then the clock
        is not looked at.
    asked_s : float
        Seconds that were asked for.
    """

    at: float = math.inf
    asked_s: float = math.inf

    @property
    def is_set(self) -> bool:
        """Whether a time limit was asked for."""
        return self.at < math.inf

    def has_passed(self) -> bool:
        """Whether it is too late."""
        return self.is_set and time.monotonic() >= self.at

    @property
    def seconds_left(self) -> float:
        """Seconds until then, at least 0; inf without a limit."""
        return max(0.0, self.at - time.monotonic()) if self.is_set else math.inf

    def earlier(self, seconds: float) -> "Deadline":
        """Return the moment so many seconds before."""
        return Deadline(self.at - seconds, self.asked_s)

    def after_share(self, share: float) -> "Deadline":
        """Return the moment at which a share of the time that is left will have gone."""
        if not self.is_set:
            return self
        return Deadline(self.at - (1 - share) * self.seconds_left, self.asked_s)


NEVER = Deadline()
"""No time limit."""


def deadline_in(seconds: float | None) -> Deadline:
    """Return the moment in so many seconds; never for None or infinity.

    Examples
    --------
    >>> deadline_in(None).has_passed(), deadline_in(0.0).has_passed()
    (False, True)
    """
    if seconds is None or math.isinf(seconds):
        return NEVER
    return Deadline(time.monotonic() + seconds, seconds)
