"""Why is a project funded or not, and what would change that?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from planner.domain.plan import SCHEMA_VERSION
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
    """One uncertain input moved from P10 to P90, the others at P50.

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
    """Bars, widest first, around the decision's value with every input at P50."""

    centre: float
    unit: str
    bars: tuple[TornadoBar, ...]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything behind the decision on one project.

    Attributes
    ----------
    text : str
        One paragraph a manager can repeat.
    binding : tuple of str
        Names of the rules (or "budget") that bind the decision.
    core_index : float
        Share of the draws' own optimal plans that fund the project, in [0, 1].
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
        """Return plain data, in the shape of ``planner explain --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self), "verdict": str(self.verdict)}
