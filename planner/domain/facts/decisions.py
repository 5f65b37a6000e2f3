"""The facts behind a decision; amounts are in the currency of the portfolio."""

from dataclasses import dataclass
from enum import StrEnum

from planner.domain.results.life import ErrorBalance
from planner.domain.vocabulary import Metric


@dataclass(frozen=True)
class Likely:
    """A chance of target, what decides on it, and the draws it is a share of.

    Attributes
    ----------
    bounds : tuple of float or None
        That it is held against, and must never be shown on the other side of.
    has_target : bool
        Whether it is that of a target; else that running it pays.
    """

    chance: float
    bounds: tuple[float | None, ...]
    draws: int
    has_target: bool = True


class Rule(StrEnum):
    """Which rule gave a verdict on a funded project."""

    REACHED = "reached"
    """GO: likely enough."""
    DEMANDED_AFTER_PILOT = "demanded_after_pilot"
    """GO: not likely enough after a pilot, but a rule of the file demands the project."""
    MEASURE_FIRST = "measure_first"
    """PILOT: between both bounds."""
    TAKEN = "taken"
    """GO: an alternative to an own model; nothing is trained."""
    DEMANDED = "demanded"
    """PILOT: below both, but a rule of the file demands the project."""


@dataclass(frozen=True)
class Ground:
    """Why a funded project has its verdict: the rule, the chance, and its bounds."""

    rule: Rule
    likely: Likely
    go_chance: float
    pilot_chance: float


@dataclass(frozen=True)
class AssetShare:
    """What a project takes of a shared asset, pays for it, and would pay alone."""

    asset: str
    images: int
    amount: float
    alone: float


@dataclass(frozen=True)
class Lower:
    """A level at least a tenth lower: what it saves, and the chance it loses."""

    images: int
    saves: float
    loses: float


@dataclass(frozen=True)
class Second:
    """The second-best architecture; ``images`` is None where they are the same."""

    architecture: str
    images: int | None
    dearer: float
    gains: float


@dataclass(frozen=True)
class Sought:
    """Images of the rarest class that are bought by themselves.

    Attributes
    ----------
    name : str
        The class.
    images : int
        Of it, beyond those that are met.
    cost : float or None
        Of these; None at the price of any image.
    """

    name: str
    images: int
    cost: float | None


@dataclass(frozen=True)
class OtherBalance:
    """The best option that trains on other frequencies of classes than the chosen one.

    Attributes
    ----------
    name : str
        The rarest class.
    reach : int
        Images of it to reach; 0 for classes as they are met.
    images : int
        Trained on.
    likely : Likely
        Its chance.
    lacks : float
        By how much it is worth less; below 0 more.
    """

    name: str
    reach: int
    images: int
    likely: Likely
    lacks: float


@dataclass(frozen=True, kw_only=True)
class Funded:
    """What is bought for a project, what it earns, why the verdict, and what is nearest to it.

    Attributes
    ----------
    shared_images : int
        Of those trained on, taken from shared pools.
    is_cap : bool
        Whether images and cost are the most that may be spent.
    expected_value, net : float or None
        None where targets are counted.
    mean_spend : float or None
        Where it is less than the cap.
    start : str or None
        Period; None without periods.
    running : float or None
        Running cost expected over the horizon; None where none is stated.
    alternative : str or None
        Kind of what does the work, such as ``buy``; None where a model is trained.
    errors : ErrorBalance or None
        What its mistakes cost; None where nothing says so.
    refresh, compress : str or None
        How often it is made fresh and how it is made smaller, where that was to be chosen.
    errors_cut : float or None
        By how much its error is expected to fall, where that is what counts.
    metric : Metric
        What it is judged on.
    committed_by, demanded_by : tuple of str
        Rules of the file that decide it already, and that ask for it to be funded.
    sought : Sought or None
        What is bought of the rarest class alone; None where classes are trained on as met.
    other_balance : OtherBalance or None
        What other frequencies of classes would bring, where they were to be chosen.
    """

    architecture: str
    images_total: int
    images_to_buy: int
    shared_images: int
    is_cap: bool
    data: float
    cost: float
    likely: Likely
    expected_value: float | None
    net: float | None
    mean_spend: float | None
    start: str | None
    shares: tuple[AssetShare, ...]
    ground: Ground
    lower: Lower | None
    second: Second | None
    running: float | None = None
    alternative: str | None = None
    errors: ErrorBalance | None = None
    refresh: str | None = None
    compress: str | None = None
    errors_cut: float | None = None
    metric: Metric = Metric.ACCURACY
    committed_by: tuple[str, ...] = ()
    demanded_by: tuple[str, ...] = ()
    sought: Sought | None = None
    other_balance: OtherBalance | None = None


@dataclass(frozen=True)
class Skipped:
    """A rule of the file leaves the project out."""

    rule: str


@dataclass(frozen=True)
class Trivial:
    """Always answering the same meets the target, or costs no more than errors at it.

    Attributes
    ----------
    majority_guess_error, target_error : float
        Of always answering the same, and asked for.
    costs : tuple of float, optional
        Of 1,000 images at the target's error, and answered always the same.
    metric : Metric
        In which these errors are.
    """

    majority_guess_error: float
    target_error: float
    costs: tuple[float, float] | None = None
    metric: Metric = Metric.ACCURACY


@dataclass(frozen=True)
class Unlikely:
    """No option is likely enough.

    Attributes
    ----------
    asked : float
        The project's own least chance; 0 without one.
    threshold : float
        The portfolio's, for a project measured or not.
    """

    likely: Likely
    images: int
    asked: float
    threshold: float
    pilot_chance: float
    is_measured: bool


@dataclass(frozen=True)
class NothingAdds:
    """No option adds anything to what the plan maximises."""


@dataclass(frozen=True)
class NothingPays:
    """No option is worth what it costs; the best of them."""

    likely: Likely
    value: float
    expected_value: float
    cost: float
    is_mean: bool
    running: float | None = None


@dataclass(frozen=True)
class NotHeld:
    """Even alone, the budget does not hold its random spend."""

    budget: float


@dataclass(frozen=True)
class AboveBudget:
    """Its cheapest option costs more than the whole budget."""

    cheapest: float
    budget: float


@dataclass(frozen=True)
class AbovePeriods:
    """No period can pay for it; ``since``: the first it may start in, if that is a later one."""

    cheapest: float
    periods: tuple[tuple[str, float], ...]
    since: str | None


@dataclass(frozen=True)
class UnitMaySpendNothing:
    """A rule lets its business unit spend nothing."""

    rule: str
    unit: str


@dataclass(frozen=True)
class NoPlanKeeps:
    """No plan that funds it keeps these limits."""

    limits: tuple[str, ...]


@dataclass(frozen=True)
class Dues:
    """Its best option does not bear the shared assets it needs."""

    worth: float
    assets: tuple[str, ...]
    cost: float


@dataclass(frozen=True)
class Offer:
    """The best option of a project; ``worth`` is None where targets are counted."""

    cost: float
    likely: Likely
    worth: float | None


@dataclass(frozen=True)
class InTheWay:
    """Added to the plan, it would break limits: all of them, or each option one of them."""

    limits: tuple[str, ...]
    all_of_them: bool
    offer: Offer
    budget_left: float | None
    periods_left: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class NotInTheBest:
    """Nothing is in the way but the measure of risk, or the end of the search."""

    is_measured: bool
    offer: Offer


@dataclass(frozen=True)
class Outbid:
    """The budget is all that is in the way.

    Attributes
    ----------
    earns, price : float
        Per unit of money: its best option, and the last of the budget.
    cheapest, missing : float
        Of the options that pay: what the cheapest costs, and how much more than is left.
    """

    cost: float
    likely: Likely
    earns: float
    price: float
    cheapest: float
    missing: float
    budget: float


type NotFunded = (
    Skipped
    | Trivial
    | Unlikely
    | NothingAdds
    | NothingPays
    | NotHeld
    | AboveBudget
    | AbovePeriods
    | UnitMaySpendNothing
    | NoPlanKeeps
    | Dues
    | InTheWay
    | NotInTheBest
    | Outbid
)


@dataclass(frozen=True)
class CapsHeld:
    """The budget holds random spend; what the caps sum to."""

    caps: float


@dataclass(frozen=True)
class NextStepUp:
    """The change of one project that pays best and does not fit in what is left.

    ``worth`` is None where targets are counted; ``is_net``: whether its cost is taken off.
    """

    project: str
    images: int
    cost: float
    gains: float
    worth: float | None
    is_net: bool


class Rest(StrEnum):
    """What is known of money left, where no next step is."""

    UNKNOWN = "unknown"
    OTHER_PROJECTS = "other_projects"
    """A larger budget would buy another combination."""
    NOTHING_PAYS = "nothing_pays"
    NOTHING_ALLOWED = "nothing_allowed"
    """Nothing that the rules allow pays."""


@dataclass(frozen=True)
class Leftover:
    """Budget not committed, and what it could still buy."""

    left: float
    then: Rest | NextStepUp
