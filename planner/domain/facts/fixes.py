"""The smallest changes that make a portfolio feasible, as facts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SetBudget:
    """The least budget that keeps everything else: in total, or of a period by its name."""

    amount: float
    period: str | None = None


@dataclass(frozen=True)
class LowerChance:
    """The highest least chance of a project that lets all else hold; what it saves, if known."""

    project: str
    chance: float
    saves: float | None


@dataclass(frozen=True)
class DropLimits:
    """Limits to give up, and the budget to set with that, if it is in the way too."""

    limits: tuple[str, ...]
    budget: float | None = None


type FixFacts = SetBudget | LowerChance | DropLimits
