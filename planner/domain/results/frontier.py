"""What would another budget, or another attitude to risk, buy?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.results.risk import Interval
from planner.domain.results.shown import Shown
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
        Expected worth of the plan under the objective, and the mean of its worst outcomes, on
        draws that the solve never saw.
    expected_targets : float
        Targets met in the mean, on the same draws.
    chance_all : float
        Chance that every funded project meets its target, on the same draws; 1 if none is funded.
    funded : tuple of str
        Ids.
    shadow_price : float
        Worth of one more unit of budget at the margin, at least 0; where the next step does not
        fit, per unit of money up to the next better point. 0: more budget adds nothing.
    held_out_value : float
        The objective on draws that the solve never saw, risk measure included: the worth to quote,
        as ``audit.held_out_value`` of the plan of that budget.
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
    held_out_value: float = 0.0


@dataclass(frozen=True)
class NextStep:
    """What the next amount of budget buys.

    Attributes
    ----------
    amount : float
        Added to the budget.
    gain : float
        Added to the objective, at least 0.
    changes : tuple of str
        What the plan would do differently, project by project.
    text : str
        The same in a sentence.
    """

    amount: float
    gain: float
    text: str
    changes: tuple[str, ...] = ()


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
        What the cheapest plan found that meets it commits; None if none within the search does.
    reached : float
        Confidence of that plan on draws that the solve never saw; without one, the best reached.
    interval : Interval or None
        95 % binomial interval of it.
    no_plan_below : float
        No plan that commits less can meet the goal on the solve's draws: proven, from a bound on
        the expectation. 0 where nothing could be proven.
    funded : tuple of str
        Ids of what that plan funds.
    text : str
        One sentence.
    """

    goal: str
    confidence: float
    budget: float | None
    reached: float
    interval: Interval | None = None
    no_plan_below: float = 0.0
    funded: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Frontier(Shown):
    """Value, chance and risk against budget (``axis`` budget) or mean against CVaR (``risk``).

    Attributes
    ----------
    measure : str
        Measure of risk that the plans maximise: ``value`` and ``bound`` of a point are adjusted by
        it, ``mean`` is not.
    """

    axis: str
    portfolio: str
    currency: str
    objective: Objective
    level: float
    model: Mapping[str, str]
    seed: int
    inputs_sha256: str
    points: tuple[FrontierPoint, ...]
    measure: str = "expected"
    you_are_here: float | None = None
    next_step: NextStep | None = None
    goals: tuple[GoalResult, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner frontier --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self), "objective": str(self.objective)}
