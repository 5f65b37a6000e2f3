"""Has a change gone too far? Conditions such as ``worth < 0``, for checks that run alone."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from planner.domain.quantities import QuantityError, parse_number, parse_rate, show
from planner.domain.results.plan_diff import PlanDiff
from planner.errors import bad_value

__all__ = ["Condition", "parse_condition"]

FLAG, FIX = "--fail-if", '--fail-if "worth < 0"'
FIELDS = ("worth", "spend", "chance", "targets")

_WRITTEN = re.compile(r"\s*(?P<field>\w+)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>.+?)\s*")
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Condition:
    """A bound on a change, from the first plan to the second.

    Attributes
    ----------
    field : str
        ``worth``, ``spend`` or ``targets`` of the whole plan, or ``chance`` of any project.
    sign : str
        One of ``<``, ``<=``, ``>`` and ``>=``.
    limit : float
        What the change is held against; for ``chance`` a share.
    text : str
        As written.
    """

    field: str
    sign: str
    limit: float
    text: str

    def holds(self, diff: PlanDiff) -> bool:
        """Whether some change that is meant is beyond the limit."""
        compare = _SIGNS[self.sign]
        return any(compare(change, self.limit) for change in self._changes(diff))

    def _changes(self, diff: PlanDiff) -> Iterator[float]:
        if self.field == "chance":
            found = [item.delta.chance for item in diff.projects if item.delta is not None]
        else:
            found = [None if diff.delta is None else getattr(diff.delta, self.field)]
        yield from (change for change in found if change is not None)


def parse_condition(text: str) -> Condition:
    """Return the condition that a text states.

    Raises
    ------
    InputError
        Another field or sign, or a limit that is no number.

    Examples
    --------
    >>> parse_condition("spend > 10k").limit
    10000.0
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or found["field"] not in FIELDS:
        message = (
            f"got {show(text)}; expected one of {', '.join(FIELDS)}, then <, <=, > or >=, then a "
            "number."
        )
        raise bad_value(FLAG, message, FIX)
    return Condition(found["field"], found["sign"], _limit(found["field"], found["limit"]), text)


def _limit(field: str, text: str) -> float:
    negative = text.startswith(("-", "−"))
    bare = text[1:].strip() if negative else text
    try:
        number = parse_rate(bare) if field == "chance" else parse_number(bare)
    except QuantityError as error:
        raise bad_value(FLAG, f"{error}.", getattr(error, "fix", "") or FIX) from None
    return -number if negative else number
