"""What would change a decision, what limits cost, and how firm projects stand, as facts."""

from dataclasses import dataclass
from enum import StrEnum

from planner.domain.facts.decisions import Funded, NotFunded
from planner.domain.vocabulary import Objective


class Lever(StrEnum):
    """An input that may change a decision."""

    LABEL_PRICE = "label price"
    VALUE = "value"
    TARGET = "target"
    BUDGET = "budget"


class Firmness(StrEnum):
    """How often the best plan funds a project."""

    CORE = "core"
    """Nearly always."""
    BORDERLINE = "borderline"
    EXTERIOR = "exterior"
    """Nearly never."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Where one input changes a decision.

    Attributes
    ----------
    now, limit : float
        Today's value, and the one up to which was looked: money, or the share that is right.
    at : float or None
        Where the decision turns.
    is_funded : bool
        Whether the project is funded today.
    goes_on : bool
        Whether the decision is known to stay the other one beyond.
    measure : str
        Of a target: accuracy or IoU.
    """

    lever: Lever
    now: float
    at: float | None
    limit: float
    is_funded: bool
    goes_on: bool
    currency: str
    measure: str = "accuracy"


@dataclass(frozen=True, kw_only=True)
class LimitPrice:
    """What a limit costs the plan.

    Attributes
    ----------
    name : str
        ``budget``, or as messages call the limit.
    price : float
        In units of the objective: of one more unit of money where ``is_marginal``; else what the
        plan would gain without the limit.
    is_measured : bool
        Whether the objective includes a measure of risk.
    """

    name: str
    price: float
    is_marginal: bool
    objective: Objective
    is_measured: bool
    currency: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """Why a project is funded or not, and what was looked at to change that.

    Attributes
    ----------
    is_ruled : bool
        A rule of the file alone decides.
    levers : tuple of Lever
        Inputs found to change the decision.
    was_tried : bool
        Whether any was looked at.
    core_index, firmness : float, Firmness
        Share of the model's states whose best plan funds it; what decides on ``firmness`` stands
        in ``bounds``.
    is_solved : bool
        Whether the plan of each state was solved for, or read off prices.
    """

    reason: Funded | NotFunded
    is_ruled: bool
    levers: tuple[Lever, ...]
    was_tried: bool
    core_index: float
    firmness: Firmness
    bounds: tuple[float, ...]
    is_solved: bool
    currency: str


@dataclass(frozen=True, kw_only=True)
class PlanAccount:
    """How much of a plan is firm; ``in_doubt``: the borderline projects nearest to one half."""

    funded: int
    committed: float
    firmness: tuple[Firmness, ...]
    in_doubt: tuple[str, ...]
    currency: str
