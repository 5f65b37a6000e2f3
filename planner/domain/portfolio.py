"""A portfolio: projects, the budget they share, how compute is priced, and the user's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from planner.domain.fields import (
    FieldReader,
    amount_as_given,
    number_as_given,
    positive_number,
    share,
    text,
    word_of,
)
from planner.domain.project import Images, Project
from planner.domain.quantities import DEFAULT_CURRENCY, Amount
from planner.domain.vocabulary import Basis, Mode, Objective


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
        reader.read("epochs", number_as_given)
        reader.read("trials", number_as_given)
        reader.read("accelerator", text)
        reader.finish()


@dataclass(frozen=True, kw_only=True)
class RiskPreference:
    """The plan's idea of risk.

    ``(1 − weight)·mean + weight·CVaR`` at ``level``, or an entropic measure.
    """

    measure: str = "expected"
    level: float = 0.9
    weight: float = 0.5
    aversion: float | None = None


@dataclass(frozen=True)
class Require:
    """Fund ``project`` only together with ``needs``."""

    name: str
    project: str
    needs: str


@dataclass(frozen=True)
class Exclusive:
    """Fund at most one of ``projects``."""

    name: str
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Fund:
    """Every one of ``projects`` must be funded."""

    name: str
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Skip:
    """None of ``projects`` may be funded."""

    name: str
    projects: tuple[str, ...]


@dataclass(frozen=True)
class AtMost:
    """Fund at most ``count`` of ``projects``."""

    name: str
    count: int
    projects: tuple[str, ...]


@dataclass(frozen=True)
class AtLeast:
    """Fund at least ``count`` of ``projects``."""

    name: str
    count: int
    projects: tuple[str, ...]


@dataclass(frozen=True)
class UnitShare:
    """Bounds on a business unit's share of the committed spend.

    Both sides count the projects' own options; shared assets, which no unit buys alone, do not
    take part.
    """

    name: str
    unit: str
    max_share: float | None = None
    min_share: float | None = None


@dataclass(frozen=True)
class Committed:
    """Decided already: this project, with this architecture and number of images where given."""

    name: str
    project: str
    architecture: str | None = None
    images: int | None = None


type ProjectRule = Require | Exclusive | Fund | Skip | AtMost | AtLeast
"""Rules that speak only about which projects are funded."""

type Rule = ProjectRule | UnitShare | Committed


@dataclass(frozen=True, kw_only=True)
class Gives:
    """What a shared base model gives its members.

    Attributes
    ----------
    pretrained : bool or None
        Members that use it start from pretrained weights; None leaves them as they are.
    training_discount : float
        Share of the training cost that its users save, in [0, 1].
    """

    pretrained: bool | None = None
    training_discount: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SharedAsset:
    """A data set or base model that several projects use and pay once.

    Attributes
    ----------
    id : str
        Unique among shared assets.
    kind : str
        ``dataset`` or ``base_model``.
    members : tuple of str
        Projects that may use it.
    required : bool
        Funding any member triggers the cost; else the plan decides whether it pays.
    fixed_cost : float
        Paid once when it is bought.
    split : str
        ``shapley``, ``equal``, ``usage`` (per image used; ``proportional`` is read as it) or
        ``dual`` (never more than the project gains).
    images : Images or None
        A pool whose images serve every member; it pays for the largest need, not the sum.
    gives : Gives
        What a base model changes for its users.
    """

    id: str
    kind: str
    members: tuple[str, ...]
    required: bool = True
    fixed_cost: float = 0.0
    split: str = "shapley"
    images: Images | None = None
    gives: Gives = Gives()


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


@dataclass(frozen=True, kw_only=True)
class Portfolio:
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
        section.read("budget", partial(number_as_given, currency=currency), optional=True)
        section.read("horizon_years", positive_number)
        section.read("go_chance", share)
        section.read("pilot_chance", share)
        section.read_part("risk", RiskPreference)
        whole = FieldReader(self, "")
        whole.read_part("compute", Compute)
        whole.read_list("projects", Project)
        whole.read_list("shared", SharedAsset)
        whole.read_list("rules", *_RULES)
        whole.problems += section.problems
        whole.finish()

    @property
    def project_rules(self) -> tuple[ProjectRule, ...]:
        """Rules that speak only about which projects are funded, in order."""
        return tuple(rule for rule in self.rules if not isinstance(rule, UnitShare | Committed))


_RULES = (Require, Exclusive, Fund, Skip, AtMost, AtLeast, UnitShare, Committed)
