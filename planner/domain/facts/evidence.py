"""Why the fitted rows say little about an architecture, as facts."""

from dataclasses import dataclass
from enum import StrEnum


class Beyond(StrEnum):
    """What lies beyond the fitted rows."""

    ANOTHER_RECIPE = "another_recipe"
    """Its ImageNet accuracy belongs to another training recipe, or is not sourced."""
    SPAN = "span"
    """Its accuracy or size lies outside the fitted span."""
    FAMILY = "family"
    """No network of its family was fitted."""
    STATED = "stated"
    """A portfolio states it, and leaves out some of what tells architectures apart."""


@dataclass(frozen=True)
class Outside:
    """Why an architecture is unlike the fitted ones; ``family`` where that is why.

    ``unknown`` are fields that a portfolio leaves out of its own architecture: they are drawn.
    """

    why: Beyond
    family: str = ""
    unknown: tuple[str, ...] = ()
