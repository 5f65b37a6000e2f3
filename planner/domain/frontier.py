"""What would another budget, or another attitude to risk, buy?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from planner.domain.plan import SCHEMA_VERSION
from planner.domain.vocabulary import Objective


@dataclass(frozen=True)
class FrontierPoint:
    """The best plan found at one budget or weight.

    Attributes
    ----------
    budget : float
        Limit on committed spend.
    weight : float
        Weight of the tail in the risk measure; 0 is the expectation.
    committed, value, bound : float
        Spend, objective reached, and a proven upper bound on it.
    mean, cvar : float
        Expected net value of the plan, and the mean of its worst outcomes, on the audit's draws.
    expected_targets : float
        Sum of the chances of target of what is funded.
    chance_all : float
        Chance that every funded project meets its target; 1 if none is funded.
    funded : tuple of str
        Ids.
    shadow_price : float
        Worth of one more unit of budget, at least 0.
    """

    budget: float
    weight: float
    committed: float
    value: float
    bound: float
    mean: float
    cvar: float
    expected_targets: float
    chance_all: float
    funded: tuple[str, ...]
    shadow_price: float


@dataclass(frozen=True)
class NextStep:
    """What the next amount of budget buys, in words and numbers."""

    amount: float
    gain: float
    text: str


@dataclass(frozen=True)
class GoalResult:
    """The smallest budget that meets a stated goal with a stated confidence.

    Attributes
    ----------
    goal : str
        In words.
    confidence : float
        Asked for.
    budget : float or None
        None if no budget meets it.
    reached : float
        Confidence reached on the audit's draws at that budget.
    """

    goal: str
    confidence: float
    budget: float | None
    reached: float


@dataclass(frozen=True, kw_only=True)
class Frontier:
    """Value, chance and risk against budget (``axis`` budget) or mean against CVaR (``risk``)."""

    axis: str
    portfolio: str
    currency: str
    objective: Objective
    level: float
    model: Mapping[str, str]
    seed: int
    inputs_sha256: str
    points: tuple[FrontierPoint, ...]
    you_are_here: float | None = None
    next_step: NextStep | None = None
    goals: tuple[GoalResult, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner frontier --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self), "objective": str(self.objective)}
