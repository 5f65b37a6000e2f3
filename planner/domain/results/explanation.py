"""Why is a project funded or not, and what would change that?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.facts.alternatives import Standby
from planner.domain.facts.explanation import Account, LimitPrice, PlanAccount, Turn
from planner.domain.json_shape import ABSENT_IF_NONE, IN_WORDS, record_data
from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.results.shown import Shown
from planner.domain.vocabulary import Verdict
from planner.domain.words.alternatives import standby_words
from planner.domain.words.answers.explanation import (
    account_words,
    limit_words,
    plan_account_words,
    turn_words,
)


@dataclass(frozen=True)
class Flip:
    """The value of one input at which the decision changes, all else as it is.

    Attributes
    ----------
    quantity : str
        ``label price``, ``value``, ``target`` or ``budget``.
    now : float
        Present value, in the unit of the file.
    at : float or None
        Where the decision flips; None if it does not within ``searched``.
    searched : tuple of float
        Range that was tried.
    text : str
        One sentence.
    """

    quantity: str
    now: float
    at: float | None
    searched: tuple[float, float]
    facts: Turn = field(metadata={IN_WORDS: ("text",)})

    @property
    def text(self) -> str:
        """One sentence."""
        return turn_words(self.facts)


@dataclass(frozen=True)
class RunnerUp:
    """The best option that was not chosen, and what it lacks."""

    facts: Standby = field(
        metadata={
            IN_WORDS: (
                "architecture",
                "images_total",
                "cost_total",
                "chance_of_target",
                "lacks",
                "text",
            )
        }
    )

    @property
    def architecture(self) -> str:
        """Network."""
        return self.facts.architecture

    @property
    def images_total(self) -> int:
        """Images trained on."""
        return self.facts.images

    @property
    def cost_total(self) -> float:
        """What it costs."""
        return self.facts.cost

    @property
    def chance_of_target(self) -> float:
        """How likely it meets the target."""
        return self.facts.likely.chance

    @property
    def lacks(self) -> float:
        """What it is worth less than what was chosen, at the plan's prices."""
        return self.facts.lacks

    @property
    def text(self) -> str:
        """One sentence."""
        return standby_words(self.facts)


@dataclass(frozen=True)
class TornadoBar:
    """One uncertain input moved from P10 to P90; all the others vary as they do.

    Attributes
    ----------
    input : str
        What is moved.
    low, high : float
        Its P10 and P90, in the unit given.
    unit : str
        Of the input.
    value_at_low, value_at_high : float
        The decision's value at either end.
    """

    input: str
    low: float
    high: float
    unit: str
    value_at_low: float
    value_at_high: float

    @property
    def effect(self) -> float:
        """Width of the bar."""
        return abs(self.value_at_high - self.value_at_low)


@dataclass(frozen=True)
class Tornado:
    """Bars, widest first, around the decision's expected value, in units of the objective."""

    centre: float
    unit: str
    bars: tuple[TornadoBar, ...]


@dataclass(frozen=True)
class Crossover:
    """Where another way of doing the work is worth as much as an own model.

    Attributes
    ----------
    alternative, architecture : str
        The other way, and the network of the best own model.
    now : float
        Images a year today.
    images_per_year : float or None
        Where both are worth the same; None where one is worth more everywhere.
    own_above : bool
        Whether the own model is worth more above it; everywhere, if there is none.
    """

    alternative: str
    architecture: str
    now: float
    images_per_year: float | None
    own_above: bool


@dataclass(frozen=True)
class Contribution:
    """What one optional field adds to the net value of a decision; below 0 where it costs.

    Attributes
    ----------
    field : str
        As a file names it.
    amount : float
        Expected present value.
    """

    field: str
    amount: float


@dataclass(frozen=True)
class Beside:
    """What one optional field that is no money adds to a decision: the same purchase without it.

    Attributes
    ----------
    field : str
        As a file names it.
    instead : str
        What would hold in its place.
    chance : float
        By how much the chance of the target is higher with it, or lower if below 0.
    amount : float or None
        By how much the expected net value is; None where money does not count.
    """

    field: str
    instead: str
    chance: float
    amount: float | None


@dataclass(frozen=True, kw_only=True)
class Explanation(Shown):
    """Everything behind the decision on one project.

    Attributes
    ----------
    text : str
        One paragraph a manager can repeat.
    binding : tuple of str
        Names of the rules (or "budget") that bind the decision.
    core_index : float
        Share of the states of the model in which the plan best for that state funds the project,
        in [0, 1].
    standing : str
        ``core`` (nearly always), ``borderline`` or ``exterior`` (nearly never).
    crossovers : tuple of Crossover, optional
        Of each alternative to an own model; None where there is none.
    break_evens : tuple of Crossover, optional
        Of each compression to the network as it is trained; None where there is none.
    contributions : tuple of Contribution, optional
        What each optional field of the file adds to a funded project's net value; None for none.
    beside : tuple of Beside, optional
        What fields that are no money add to a funded project; None for none.
    published_shift : str, optional
        The published fall of accuracy that the file asks for, and its source.
    """

    portfolio: str
    currency: str
    model: Mapping[str, str]
    seed: int
    inputs_sha256: str
    project: str
    verdict: Verdict
    account: Account = field(metadata={IN_WORDS: ("text",)})
    flips: tuple[Flip, ...]
    runner_up: RunnerUp | None
    binding: tuple[str, ...]
    core_index: float
    standing: str
    tornado: Tornado | None
    crossovers: tuple[Crossover, ...] | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    break_evens: tuple[Crossover, ...] | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    contributions: tuple[Contribution, ...] | None = field(
        default=None, metadata={ABSENT_IF_NONE: True}
    )
    beside: tuple[Beside, ...] | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    published_shift: str | None = field(default=None, metadata={ABSENT_IF_NONE: True})

    @property
    def text(self) -> str:
        """One paragraph a manager can repeat."""
        return account_words(self.account)

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner explain FILE PROJECT --json``."""
        return {"schema_version": SCHEMA_VERSION, **record_data(self)}


@dataclass(frozen=True)
class Standing:
    """How firmly a project is in or out: its verdict, and how often the best plan funds it."""

    project: str
    verdict: Verdict
    core_index: float
    standing: str


@dataclass(frozen=True)
class BindingPrice:
    """A limit that binds the plan, and what one more unit of it would be worth.

    Attributes
    ----------
    name : str
        ``budget``, or the user's rule.
    price : float
        Worth of one more unit of the limit, or of doing without a rule that has no amount; at
        least 0, in units of the objective.
    text : str
        The same in a sentence.
    """

    facts: LimitPrice = field(metadata={IN_WORDS: ("name", "price", "text")})

    @property
    def name(self) -> str:
        """``budget``, or the user's rule."""
        return self.facts.name

    @property
    def price(self) -> float:
        """Worth of one more unit of the limit, or of doing without it."""
        return self.facts.price

    @property
    def text(self) -> str:
        """The same in a sentence."""
        return limit_words(self.facts)


@dataclass(frozen=True, kw_only=True)
class PlanExplanation(Shown):
    """What holds the whole plan where it is: limits with their prices, and what moves its value.

    Attributes
    ----------
    binding : tuple of BindingPrice
        Dearest first; empty if nothing binds.
    standings : tuple of Standing
        One for each project, in file order.
    tornado : Tornado or None
        Of the plan as it is; None if it funds nothing.
    """

    portfolio: str
    currency: str
    model: Mapping[str, str]
    seed: int
    inputs_sha256: str
    account: PlanAccount = field(metadata={IN_WORDS: ("text",)})
    binding: tuple[BindingPrice, ...]
    standings: tuple[Standing, ...]
    tornado: Tornado | None

    @property
    def text(self) -> str:
        """How much of the plan is firm, and where effort belongs."""
        return plan_account_words(self.account)

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner explain FILE --json``."""
        return {"schema_version": SCHEMA_VERSION, **record_data(self)}
