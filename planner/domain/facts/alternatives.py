"""What else could have been chosen, and what more budget would buy, as facts."""

from dataclasses import dataclass

from planner.domain.facts.decisions import Likely
from planner.domain.vocabulary import Objective


@dataclass(frozen=True, kw_only=True)
class Standby:
    """The best option of a project that was not chosen, and the worth it lacks at the prices."""

    architecture: str
    images: int
    start: str | None
    cost: float
    likely: Likely
    lacks: float
    is_funded: bool
    objective: Objective
    currency: str


@dataclass(frozen=True)
class Chosen:
    """What a plan does with a project."""

    images: int
    architecture: str
    start: str | None
    uses: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What two plans do with a project; None where they leave it out."""

    project: str
    before: Chosen | None
    after: Chosen | None


@dataclass(frozen=True, kw_only=True)
class AddedBudget:
    """What an amount added to the budget buys.

    Attributes
    ----------
    spend : float
        More than now; below 0: less.
    is_measured : bool
        Whether the gain is that of a measure of risk.
    """

    amount: float
    changes: tuple[Change, ...]
    spend: float
    gain: float
    objective: Objective
    is_measured: bool
    has_periods: bool
    currency: str
