"""What a choice does not keep, as facts; amounts are in the currency of the portfolio."""

from dataclasses import dataclass

from planner.domain.facts.decisions import Likely
from planner.domain.results.risk import HoldResult


@dataclass(frozen=True)
class Overspent:
    """More is committed than may be: in total, or in a period."""

    committed: float
    limit: float
    currency: str
    period: str | None = None


@dataclass(frozen=True)
class RuleBroken:
    """A rule is broken."""

    rule: str


@dataclass(frozen=True)
class WorthDiffers:
    """The solver's worth is not that of the decisions."""

    claimed: float
    found: float


@dataclass(frozen=True)
class AboveBound:
    """The plan is worth more than what was proven possible."""

    found: float
    bound: float


@dataclass(frozen=True)
class NotHeldNow:
    """Random spend is not held on draws that the solve never saw."""

    hold: HoldResult
    currency: str


@dataclass(frozen=True)
class ProjectGone:
    """A funded project is no longer in the file."""

    project: str


@dataclass(frozen=True)
class OptionGone:
    """What was chosen for a project can no longer be had.

    Attributes
    ----------
    most : int
        Images that can be had today.
    compared : int
        Options on offer today.
    """

    project: str
    images: int
    architecture: str | None
    most: int
    compared: int


@dataclass(frozen=True)
class BelowLeast:
    """A funded project is less likely to meet its target than its own least chance."""

    project: str
    likely: Likely
    least: float


@dataclass(frozen=True)
class BelowThreshold:
    """A funded project is less likely to meet its target than it would have to be."""

    project: str
    likely: Likely
    needed: float


type AuditFault = Overspent | RuleBroken | WorthDiffers | AboveBound
type PlanFault = (
    Overspent | RuleBroken | NotHeldNow | ProjectGone | OptionGone | BelowLeast | BelowThreshold
)
