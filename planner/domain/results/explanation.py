"""Why is a project funded or not, and what would change that?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from planner.domain.results.plan import SCHEMA_VERSION
from planner.domain.results.shown import Shown
from planner.domain.vocabulary import Verdict


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
    text: str


@dataclass(frozen=True)
class RunnerUp:
    """The best option that was not chosen, and what it lacks."""

    architecture: str
    images_total: int
    cost_total: float
    chance_of_target: float
    lacks: float
    text: str


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
    """

    portfolio: str
    currency: str
    model: Mapping[str, str]
    seed: int
    inputs_sha256: str
    project: str
    verdict: Verdict
    text: str
    flips: tuple[Flip, ...]
    runner_up: RunnerUp | None
    binding: tuple[str, ...]
    core_index: float
    standing: str
    tornado: Tornado | None

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner explain FILE PROJECT --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self), "verdict": str(self.verdict)}


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

    name: str
    price: float
    text: str


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
    text: str
    binding: tuple[BindingPrice, ...]
    standings: tuple[Standing, ...]
    tornado: Tornado | None

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner explain FILE --json``."""
        data = asdict(self)
        for one in data["standings"]:
            one["verdict"] = str(one["verdict"])
        return {"schema_version": SCHEMA_VERSION, **data}
