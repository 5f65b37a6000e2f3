"""What is to be known of a frontier as a whole, and what a goal costs, as facts."""

from dataclasses import dataclass, field

from planner.domain.facts.time_limit import NoTime, NoTimeForGoals, NoTimeForStep, Stopped
from planner.domain.json_shape import IN_WORDS
from planner.domain.results.risk import Interval
from planner.domain.vocabulary import Objective


@dataclass(frozen=True)
class PeriodsStay:
    """The budgets of the periods, together so much, stay as they are."""

    total: float


@dataclass(frozen=True)
class NoPlanKnown:
    """Budgets at which no plan that keeps all rules is known."""

    budgets: int


@dataclass(frozen=True)
class Enough:
    """A budget from which on more adds nothing; in total, where periods have their own."""

    budget: float
    has_periods: bool


@dataclass(frozen=True)
class Unproven:
    """Points that are not proven best, and the largest gap of them."""

    points: int
    of: int
    gap: float


@dataclass(frozen=True)
class Ends:
    """What the ends of the trade between mean and tail maximise."""

    level: float


@dataclass(frozen=True)
class FullCaution:
    """What full caution gives up of the mean, and gains of the tail."""

    given_up: float
    gained: float
    objective: Objective


type FrontierNote = (
    PeriodsStay
    | NoPlanKnown
    | Enough
    | Unproven
    | Ends
    | FullCaution
    | NoTime
    | Stopped
    | NoTimeForStep
    | NoTimeForGoals
)


@dataclass(frozen=True)
class Goal:
    """What a plan should reach.

    Attributes
    ----------
    kind : str
        ``targets``: so many projects meet their targets. ``value``: the value earned.
        ``net_value``: the same less what is spent. ``all``: every project of the file is funded
        and meets its target.
    amount : float
        Targets, or currency; unused for ``all``.
    """

    kind: str
    amount: float = 0.0


@dataclass(frozen=True, kw_only=True)
class GoalAnswer:
    """The smallest budget that meets a stated goal with a stated confidence.

    Attributes
    ----------
    wanted : Goal
        What was asked for.
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
    """

    wanted: Goal = field(metadata={IN_WORDS: ("goal",)})
    confidence: float
    budget: float | None
    reached: float
    interval: Interval | None = None
    no_plan_below: float = 0.0
    funded: tuple[str, ...] = ()
    currency: str = field(metadata={IN_WORDS: ("text",)})
