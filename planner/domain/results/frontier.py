"""What would another budget, or another attitude to risk, buy?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.facts.alternatives import AddedBudget
from planner.domain.facts.frontier import FrontierNote, GoalAnswer
from planner.domain.json_shape import ABSENT_IF_NONE, IN_WORDS, record_data
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.results.shown import Shown
from planner.domain.vocabulary import Objective
from planner.domain.words.alternatives import added_budget_words, change_words
from planner.domain.words.answers.frontier import frontier_note, goal_answer_words, goal_words


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
class BreakPoint:
    """A budget from which on another plan is the best one.

    Attributes
    ----------
    budget : float
        The least that pays for it: what it commits.
    value, held_out_value : float
        As of a point.
    """

    budget: float
    value: float
    held_out_value: float


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

    facts: AddedBudget = field(metadata={IN_WORDS: ("amount", "gain", "text", "changes")})

    @property
    def amount(self) -> float:
        """Added to the budget."""
        return self.facts.amount

    @property
    def gain(self) -> float:
        """Added to the objective, at least 0."""
        return self.facts.gain

    @property
    def text(self) -> str:
        """What it buys, in a sentence."""
        return added_budget_words(self.facts)

    @property
    def changes(self) -> tuple[str, ...]:
        """What the plan would do differently, project by project."""
        return tuple(map(change_words, self.facts.changes))


@dataclass(frozen=True, kw_only=True)
class GoalResult(GoalAnswer):
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

    @property
    def goal(self) -> str:
        """What was asked for, in words."""
        return goal_words(self.wanted, self.currency)

    @property
    def text(self) -> str:
        """What it costs, in one sentence."""
        return goal_answer_words(self)


@dataclass(frozen=True, kw_only=True)
class Frontier(Shown):
    """Value, chance and risk against budget (``axis`` budget) or mean against CVaR (``risk``).

    Attributes
    ----------
    measure : str
        Measure of risk that the plans maximise: ``value`` and ``bound`` of a point are adjusted by
        it, ``mean`` is not.
    breaks : tuple of BreakPoint, optional
        Every budget between the first point's and the last's at which the best plan changes, with
        the one before them; absent where it is not known: under rules that bind, shared assets,
        periods or a measure of risk, or beyond some thousand.
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
    breaks: tuple[BreakPoint, ...] | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    facts: tuple[FrontierNote, ...] = field(default=(), metadata={IN_WORDS: ("notes",)})

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know about the whole curve."""
        return tuple(frontier_note(fact, self.currency) for fact in self.facts)

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner frontier --json``."""
        return {"schema_version": SCHEMA_VERSION, **record_data(self)}
