"""How fast a system ages in use, and how often it is made fresh again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from planner.domain.fields.declared import Kind, Part
from planner.domain.fields.finding import WRONG, Location, Reading
from planner.domain.fields.values import Shape, word
from planner.domain.quantities import show

if TYPE_CHECKING:
    from planner.domain.portfolio.life import Upkeep

__all__ = ["REFRESHES", "Refresh", "drift_is_one", "kept_after", "refreshes"]


class Refresh(StrEnum):
    """How often a system is labelled and trained anew."""

    NONE = "none"
    YEARLY = "yearly"
    HALF_YEARLY = "half_yearly"

    @property
    def years(self) -> float | None:
        """Between two of them; None for never."""
        return {"none": None, "yearly": 1.0, "half_yearly": 0.5}[str(self)]


_WORD = word(Refresh)
_DRIFTS = ("half_life", "refresh_share", "error_growth")


@dataclass(frozen=True)
class RefreshValue:
    """One word, which fixes it, or a list of words that the plan chooses from."""

    cell: Kind | None = Kind.NAMES
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A word, or several."""
        return {"anyOf": [_WORD.shape, {"type": "array", "items": _WORD.shape, "minItems": 1}]}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the words, each once."""
        items = [raw] if isinstance(raw, str) else raw
        if not isinstance(items, list | tuple) or not items:
            reading.wrong(here, f"got {show(raw)}; expected a word, or a list of them.", "yearly")
            return WRONG
        found = [_WORD.read(item, (*here, at), reading) for at, item in enumerate(items)]
        if any(item is WRONG for item in found):
            return WRONG
        if len(set(found)) < len(found):
            reading.wrong(here, "a word is given twice; keep one of each.")
            return WRONG
        return tuple(found)


REFRESHES = RefreshValue()


def drift_is_one(part: Part) -> None:
    """Report drift that is stated twice, and refreshes of what does not drift."""
    given = [name for name in _DRIFTS if part.values.get(name) is not None]
    if len(given) > 1:
        message = "drift is stated twice; give one of half_life, refresh_share, error_growth."
        part.wrong(given[-1], message, code="CONFLICT", at_key=True)
    for name in ("refresh", "retrain_per_year"):
        if part.values.get(name) is not None and not given:
            message = "without drift there is nothing to make fresh."
            part.wrong(name, message, "half_life: 2", "MISSING", at_key=True)


def kept_after(upkeep: "Upkeep | None") -> float:
    """Return the share of its images that still counts after a year.

    Examples
    --------
    >>> from planner.domain.portfolio.life import Upkeep
    >>> round(1 - kept_after(Upkeep(half_life=2)), 4), kept_after(Upkeep(refresh_share=0.2))
    (0.2929, 0.8)
    """
    if upkeep is None:
        return 1.0
    if upkeep.half_life is not None:
        return float(2.0 ** (-1.0 / upkeep.half_life))
    return 1.0 - (upkeep.refresh_share or 0.0)


def refreshes(upkeep: "Upkeep | None") -> tuple[Refresh, ...]:
    """Return what the plan may choose; empty without drift."""
    if upkeep is None or (kept_after(upkeep) == 1.0 and not upkeep.error_growth):
        return ()
    return upkeep.refresh or (Refresh.YEARLY,)
