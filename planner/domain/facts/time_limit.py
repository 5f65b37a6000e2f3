"""What the time that somebody asked for left undone, as facts."""

from dataclasses import dataclass
from enum import StrEnum


class Beside(StrEnum):
    """An answer beside a plan, which a time limit may leave out."""

    BUDGET_PRICE = "budget_price"
    """Whether more budget would pay."""
    CAUTION = "caution"
    """What caution costs."""
    CONFLICT = "conflict"
    """The rules that conflict, where no plan keeps all."""
    REPLICATIONS = "replications"
    """How far the plan may be from the best one."""


class Points(StrEnum):
    """What the points of a frontier are."""

    BUDGETS = "budgets"
    WEIGHTS = "weights"


@dataclass(frozen=True)
class NoTime:
    """Points of a frontier that there was no time for."""

    seconds: float
    missing: int
    asked: int
    points: Points


@dataclass(frozen=True)
class Stopped:
    """Points of a frontier whose search was stopped."""

    seconds: float
    stopped: int
    asked: int
    points: Points


@dataclass(frozen=True)
class NoTimeForStep:
    """No time for what the next budget buys."""

    seconds: float


@dataclass(frozen=True)
class NoTimeForGoals:
    """Goals that there was no time for."""

    seconds: float
    goals: int
