"""A portfolio: projects, the budget they share, how compute is priced, and the user's rules."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from planner.domain.limits import MAX_AVERSION, MAX_MONEY, MAX_REPEATS, MAX_YEARS
from planner.domain.portfolio.checks import portfolio_problems
from planner.domain.portfolio.fields import (
    FieldReader,
    amount_as_given,
    number_as_given,
    number_at_least_zero,
    positive_number,
    share,
    share_strictly_inside,
    text,
    word_of,
)
from planner.domain.portfolio.project import Project
from planner.domain.portfolio.rules import (
    AtLeast,
    AtMost,
    Committed,
    Exclusive,
    Fund,
    ProjectRule,
    Require,
    Rule,
    Skip,
    UnitShare,
    rule_from,
)
from planner.domain.portfolio.sharing import Gives, SharedAsset
from planner.domain.quantities import DEFAULT_CURRENCY, Amount
from planner.domain.results.shown import Shown
from planner.domain.vocabulary import Basis, Mode, Objective, RiskKind

__all__ = [
    "AtLeast",
    "AtMost",
    "Committed",
    "Compute",
    "Exclusive",
    "Fund",
    "Gives",
    "Hold",
    "Period",
    "Portfolio",
    "ProjectRule",
    "Require",
    "RiskPreference",
    "Rule",
    "SharedAsset",
    "Skip",
    "UnitShare",
]


@dataclass(frozen=True, kw_only=True)
class Compute:
    """How training is priced.

    Attributes
    ----------
    basis : Basis
        ``measured``: forward operations over achieved FLOP/s times a dated hourly price.
        ``paper``: Eq. 4 of Thompson et al. (2024) verbatim.
    usd_per_flop : float or Range
        Price of one FLOP, basis ``paper``.
    accelerator : str
        Name in the accelerator table, basis ``measured``.
    usd_per_hour : float, Range or None
        Price of one accelerator-hour; None takes the table's median.
    utilisation : float, Range or None
        Achieved over peak FLOP/s; None takes the throughput table, per architecture.
    epochs : float
        Passes over the training images.
    trials : float
        Trainings paid per delivered model.
    """

    basis: Basis = Basis.MEASURED
    usd_per_flop: Amount = 3e-11
    accelerator: str = "A100 40GB"
    usd_per_hour: Amount | None = None
    utilisation: Amount | None = None
    epochs: float = 50
    trials: float = 1

    def __post_init__(self) -> None:
        reader = FieldReader(self, "compute")
        reader.read("basis", word_of(Basis))
        price = partial(amount_as_given, currency=DEFAULT_CURRENCY)
        reader.read("usd_per_flop", price)
        reader.read("usd_per_hour", price, optional=True)
        reader.read("utilisation", partial(amount_as_given, rate=True), optional=True)
        for name in ("epochs", "trials"):
            reader.read(name, partial(number_as_given, most=MAX_REPEATS))
        reader.read("accelerator", text)
        reader.finish()


@dataclass(frozen=True, kw_only=True)
class RiskPreference:
    """The plan's idea of risk.

    Attributes
    ----------
    measure : str
        ``expected``: the mean. ``cvar``: ``(1 − weight)·mean + weight·CVaR`` at ``level``.
        ``entropic``: ``−log E[exp(−aversion · worth)] / aversion``.
    level : float
        CVaR is the mean of the worst ``1 − level`` share of outcomes; in (0, 1).
    weight : float
        Of CVaR against the mean, in [0, 1].
    aversion : float or None
        Per unit of the objective (of money, or of a target), above 0; ``entropic`` needs it.
    """

    measure: str = "expected"
    level: float = 0.9
    weight: float = 0.5
    aversion: float | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "risk")
        if reader.read("measure", word_of(RiskKind)) is RiskKind.ENTROPIC and not self.aversion:
            reader.wrong("aversion", AVERSION_NEEDED, "aversion: 1e-6")
        reader.store("measure", str(self.measure))
        reader.read("level", share_strictly_inside)
        reader.read("weight", share)
        reader.read("aversion", partial(positive_number, most=MAX_AVERSION), optional=True)
        reader.finish()


@dataclass(frozen=True, kw_only=True)
class Period:
    """A stretch of time with a budget of its own; what is left of it does not carry over.

    Attributes
    ----------
    id : str
        Unique among periods.
    budget : float
        Hard limit on what is committed in it.
    """

    id: str
    budget: float

    def __post_init__(self) -> None:
        reader = FieldReader(self, f"periods[{self.id}]")
        reader.read("id", text)
        reader.read("budget", number_at_least_zero)
        reader.finish()


@dataclass(frozen=True, kw_only=True)
class Hold:
    """How the budget binds random spend in ``stop_when_reached`` mode: exactly one of the two.

    Attributes
    ----------
    chance : float or None
        Least chance that the spend stays within the budget.
    cvar : float or None
        Level: the mean of the dearest ``1 − level`` share of outcomes stays within the budget.
    """

    chance: float | None = None
    cvar: float | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "hold")
        for name in ("chance", "cvar"):
            reader.read(name, share_strictly_inside, optional=True)
        if (self.chance is None) == (self.cvar is None):
            reader.wrong("chance", ONE_HOLD, "hold: {chance: 90%}")
        reader.finish()


@dataclass(frozen=True, kw_only=True)
class Portfolio(Shown):
    """Projects that compete for one budget.

    Numbers may be written as in a file (``"120k"``); nested parts are records or plain mappings.

    Attributes
    ----------
    name : str
        Printed in every header.
    currency : str
        The one currency of every amount.
    budget : float or None
        Hard limit on committed spend; None only where no plan is asked for.
    objective : Objective or None
        None: net value if every project has a value; expected targets met if none has.
    mode : Mode
        ``commit`` or ``stop_when_reached``.
    risk : RiskPreference
        The expectation unless stated.
    horizon_years : float
        Years over which values count; printed in the header.
    go_chance, pilot_chance : float
        Chances from which a funded project is GO, and from which it may be funded as PILOT.
    compute : Compute
        How training is priced.
    projects : tuple of Project
        In file order; ids are unique.
    shared : tuple of SharedAsset
        Paid once.
    rules : tuple of Rule
        The user's own, each with the name that messages use.
    periods : tuple of Period
        In order; each lasts ``horizon_years`` over their number. Empty: one, without a budget of
        its own.
    discount_rate : float
        Per year, at least 0: worth and cost of later periods count at their present value.
    hold : Hold or None
        How the budget binds random spend; None: the sum of the caps is within it.
    inputs_sha256 : str
        Of the file's bytes; empty for portfolios built in Python.
    places : mapping of str to str
        Where each field stands in the file, by its path, for messages.
    given : frozenset of str
        Paths the user wrote; all others are defaults.
    """

    name: str = "Portfolio"
    currency: str = "USD"
    budget: float | None = None
    objective: Objective | None = None
    mode: Mode = Mode.COMMIT
    risk: RiskPreference = RiskPreference()
    horizon_years: float = 1.0
    go_chance: float = 0.6
    pilot_chance: float = 0.3
    compute: Compute = Compute()
    projects: tuple[Project, ...] = ()
    shared: tuple[SharedAsset, ...] = ()
    rules: tuple[Rule, ...] = ()
    periods: tuple[Period, ...] = ()
    discount_rate: float = 0.0
    hold: Hold | None = None
    inputs_sha256: str = ""
    places: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    given: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    def __post_init__(self) -> None:
        section = FieldReader(self, "portfolio")
        section.read("name", text)
        currency = section.read("currency", text) or DEFAULT_CURRENCY
        section.read("objective", word_of(Objective), optional=True)
        section.read("mode", word_of(Mode))
        budget = partial(number_as_given, currency=currency, most=MAX_MONEY)
        section.read("budget", budget, optional=True)
        section.read("horizon_years", partial(positive_number, most=MAX_YEARS))
        section.read("go_chance", share)
        section.read("pilot_chance", share)
        section.read_part("risk", RiskPreference)
        section.read("discount_rate", share)
        section.read_list("periods", Period)
        if self.hold is not None:
            section.read_part("hold", Hold)
        whole = FieldReader(self, "")
        whole.read_part("compute", Compute)
        whole.read_list("projects", Project)
        whole.read_list("shared", SharedAsset)
        whole.read_mappings("rules", rule_from)
        whole.read_list("rules", *_RULES)
        whole.problems += section.problems
        whole.finish()
        whole.problems += portfolio_problems(self)
        whole.finish()

    @property
    def spend_limit(self) -> float | None:
        """The budget; without one the sum of the periods' budgets, None without either."""
        if self.budget is None and self.periods:
            return math.fsum(period.budget for period in self.periods)
        return self.budget

    @property
    def project_rules(self) -> tuple[ProjectRule, ...]:
        """Rules that speak only about which projects are funded, in order."""
        return tuple(rule for rule in self.rules if not isinstance(rule, UnitShare | Committed))


_RULES = (Require, Exclusive, Fund, Skip, AtMost, AtLeast, UnitShare, Committed)
"""Kinds of rules, to tell a rule from something else."""

AVERSION_NEEDED = "an entropic measure needs its aversion, per unit of the objective, above 0."
ONE_HOLD = "give exactly one of chance and cvar."


def chance_bounds(portfolio: Portfolio, project: Project) -> tuple[float, float, float | None]:
    """Return what the chance of a project's target is held against: what decides on its verdict.

    Examples
    --------
    >>> portfolio = Portfolio(go_chance=0.7)
    >>> images = {"held": 0, "limit": 10}
    >>> project = Project(id="a", classes=2, target_error=0.1, images=images, min_chance=0.5)
    >>> chance_bounds(portfolio, project)
    (0.7, 0.3, 0.5)
    """
    return portfolio.go_chance, portfolio.pilot_chance, project.min_chance
