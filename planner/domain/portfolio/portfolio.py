"""A portfolio: projects, the budget they share, how compute is priced, and the user's rules."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

from planner.domain.fields.declared import Form, InFile, Part, in_file
from planner.domain.fields.finding import Source
from planner.domain.fields.reading import PartOf, check_record, parts
from planner.domain.fields.values import (
    BASELINE,
    BUDGET,
    LEVEL,
    MONEY,
    SHARE,
    TEXT,
    YEARS,
    word,
)
from planner.domain.format import percent_as_set, percent_to_type
from planner.domain.portfolio.architectures import OwnArchitecture
from planner.domain.portfolio.carbon import Carbon
from planner.domain.portfolio.checks import portfolio_problems
from planner.domain.portfolio.compute import USUAL_COMPUTE, Compute
from planner.domain.portfolio.project import Project
from planner.domain.portfolio.risk import NO_CAUTION, RiskPreference
from planner.domain.portfolio.rules import (
    RULES,
    AtLeast,
    AtMost,
    CarbonCap,
    Committed,
    Exclusive,
    Fund,
    ProjectRule,
    Require,
    Rule,
    Skip,
    UnitShare,
    describe,
)
from planner.domain.portfolio.sharing import Gives, SharedAsset
from planner.domain.results.shown import Shown
from planner.domain.vocabulary import Cash, Covers, Mode, Objective
from planner.errors import InputError

__all__ = [
    "AtLeast",
    "AtMost",
    "CarbonCap",
    "Committed",
    "Compute",
    "Exclusive",
    "Fund",
    "Gives",
    "Hold",
    "OwnArchitecture",
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


@in_file("PeriodSection", "An entry of ``portfolio.periods``.")
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

    id: Annotated[
        str,
        TEXT,
        InFile(example="id: my-project"),
        Form("Period *", "Any name, such as 2027H1.", example="2027H1", aliases=("period id",)),
    ]
    budget: Annotated[
        float,
        MONEY,
        Form("Budget *", "Hard limit on what is committed in it.", unit="money", example=60_000),
    ]

    def __post_init__(self) -> None:
        check_record(self, f"periods[{self.id}]")


def _one_of_the_two(part: Part) -> None:
    part.exactly_one(("chance", "cvar"), "chance: 90%")


@in_file("HoldSection", "``portfolio.hold``: how the budget binds random spend.", _one_of_the_two)
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

    chance: Annotated[
        float | None,
        LEVEL,
        Form(
            "Hold with chance",
            "In mode stop_when_reached: least chance that the spend stays within the budget.",
            unit="%",
            aliases=("hold chance",),
        ),
    ] = None
    cvar: Annotated[
        float | None,
        LEVEL,
        Form(
            "Hold at CVaR level",
            "In mode stop_when_reached: at 90% the mean of the dearest 10 % of outcomes stays "
            "within the budget. Give this or the chance.",
            unit="%",
            aliases=("hold cvar",),
        ),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "hold")


def _settings_fit_together(part: Part) -> None:
    _pilot_below_go(part)
    if part.values.get("budget_covers") is not Covers.WHOLE_LIFE:
        return
    for name, said in (("hold", "holds random spend"), ("periods", "is given by period")):
        if part.values.get(name):
            message = f"a budget that {said} binds development alone."
            part.wrong("budget_covers", message, "budget_covers: development", "CONFLICT")


def _pilot_below_go(part: Part) -> None:
    go, pilot = part.values.get("go_chance", 1.0), part.values.get("pilot_chance", 0.0)
    if part.written and pilot > go:
        part.wrong(
            "pilot_chance",
            f"pilot_chance {percent_as_set(pilot)} is above go_chance {percent_as_set(go)}.",
            f"pilot_chance: {percent_to_type(go)}",
        )


@in_file("PortfolioSection", "``portfolio``.", _settings_fit_together)
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
        ``accuracy``: the sum of what projects cut off the error of today's way of working, where
        ``today`` states one, or of always answering the most frequent class.
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
    cash : Cash
        When what is paid and earned in a year of use counts.
    budget_covers : Covers
        Whether the budget binds development alone, or running cost too.
    pilot_budget : float or None
        Most that runs may cost that are made before anything is decided; None: whatever pays.
    carbon : Carbon or None
        Where machines stand, and what their emissions cost.
    architectures : tuple of OwnArchitecture
        That the tables lack; projects name them as they name those of the tables.
    inputs_sha256 : str
        Of the file's bytes; empty for portfolios built in Python.
    places : mapping of str to str
        Where each field stands in the file, by its path, for messages.
    given : frozenset of str
        Paths the user wrote; all others are defaults.
    """

    name: Annotated[
        str, TEXT, Form("Name", "Stands in the header of every result.", default="")
    ] = "Portfolio"
    currency: Annotated[
        str,
        TEXT,
        Form("Currency", "The one currency of every amount in this workbook, such as USD."),
    ] = "USD"
    budget: Annotated[
        float | None,
        BUDGET,
        Form("Budget", "Hard limit on what the plan may commit.", unit="money"),
    ] = None
    objective: Annotated[
        Objective | None,
        word(Objective),
        Form(
            "Objective",
            "net_value: value minus cost. value: value alone. targets_met, and accuracy (by how "
            "much errors fall): need no values.",
            default="net_value if every project has a value",
        ),
    ] = None
    mode: Annotated[
        Mode,
        word(Mode),
        Form(
            "Mode",
            "commit: buy all images, train once; cost is certain. stop_when_reached: labelling "
            "stops at the target; cost is random.",
        ),
    ] = Mode.COMMIT
    risk: Annotated[RiskPreference, PartOf(RiskPreference)] = NO_CAUTION
    horizon_years: Annotated[
        float,
        YEARS,
        Form(
            "Horizon",
            "Years in which the values are earned.",
            unit="years",
            aliases=("horizon years",),
        ),
    ] = 1.0
    go_chance: Annotated[
        float,
        SHARE,
        Form(
            "GO from chance",
            "A funded project at least this likely to meet its target is GO. With a measured "
            "pilot, a project below it is not funded, unless a rule demands it.",
            unit="%",
            aliases=("go chance",),
        ),
    ] = 0.6
    pilot_chance: Annotated[
        float,
        SHARE,
        Form(
            "PILOT from chance",
            "A funded project at least this likely, but not GO and without a measured pilot, is "
            "PILOT: measure first.",
            unit="%",
            aliases=("pilot chance",),
        ),
    ] = 0.3
    baseline: ClassVar[
        Annotated[
            float | None,
            BASELINE,
            Form(
                "Baseline",
                "The task with relative complexity 1: a number of classes, a data set of planner "
                "catalogue datasets such as cifar-100, counts such as ok: 900, bad: 100, or "
                "entropy_bits: 9.97.",
                default="1000 classes",
                after="portfolio.discount_rate",
            ),
        ]
    ]
    compute: Annotated[Compute, PartOf(Compute), InFile(top=True)] = USUAL_COMPUTE
    projects: Annotated[
        tuple[Project, ...],
        parts(Project, needed=True),
        InFile(top=True, required=True, example="projects:  (a list, each entry after a dash)"),
    ] = ()
    shared: Annotated[tuple[SharedAsset, ...], parts(SharedAsset), InFile(top=True)] = ()
    rules: Annotated[tuple[Rule, ...], RULES, InFile(top=True)] = ()
    periods: Annotated[tuple[Period, ...], parts(Period)] = ()
    discount_rate: Annotated[
        float,
        SHARE,
        Form(
            "Discount rate",
            "Per year: worth and cost of later periods count at their present value.",
            unit="% per year",
            default="none",
            after="portfolio.pilot_chance",
        ),
    ] = 0.0
    hold: Annotated[Hold | None, PartOf(Hold)] = None
    cash: Annotated[
        Cash,
        word(Cash),
        Form(
            "Cash",
            "What is paid and earned in a year of use counts at its end, mid or start.",
            after="portfolio.discount_rate",
        ),
    ] = Cash.END
    budget_covers: Annotated[
        Covers,
        word(Covers),
        Form(
            "Budget covers",
            "development, or whole_life: running cost over the horizon as well, as if all that is "
            "funded went live.",
            aliases=("budget covers",),
            after="portfolio.budget",
        ),
    ] = Covers.DEVELOPMENT
    pilot_budget: Annotated[
        float | None,
        BUDGET,
        Form(
            "Pilot budget",
            "Most that runs may cost that are made before anything is decided.",
            unit="money",
            default="none",
        ),
    ] = None
    carbon: Annotated[Carbon | None, PartOf(Carbon)] = None
    architectures: Annotated[tuple[OwnArchitecture, ...], parts(OwnArchitecture)] = ()
    inputs_sha256: str = ""
    places: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    given: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    def __post_init__(self) -> None:
        check_record(self, "portfolio", source=Source(currency=str(self.currency)))
        self._cap_is_a_rule()
        problems = portfolio_problems(self)
        if problems:
            raise InputError(problems)

    def _cap_is_a_rule(self) -> None:
        """Put a cap on carbon among the rules, once, so that it can be dropped like any other."""
        carbon = self.carbon
        if carbon is None or carbon.cap_kg is None:
            return
        cap = CarbonCap("cap", carbon.cap_kg)
        cap = replace(cap, name=f"portfolio.carbon.cap_kg: {describe(cap)}")
        object.__setattr__(self, "rules", (*self.rules, cap))
        object.__setattr__(self, "carbon", replace(carbon, cap_kg=None))

    @property
    def spend_limit(self) -> float | None:
        """The budget; without one the sum of the periods' budgets, None without either."""
        if self.budget is None and self.periods:
            return math.fsum(period.budget for period in self.periods)
        return self.budget

    @property
    def project_rules(self) -> tuple[ProjectRule, ...]:
        """Rules that speak only about which projects are funded, in order."""
        return tuple(rule for rule in self.rules if isinstance(rule, ProjectRule.__value__))


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
