"""Which runs to make first, what they are worth, and what each outcome changes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from planner.domain.results.plan import SCHEMA_VERSION, Warning_
from planner.domain.results.shown import Shown

__all__ = [
    "InformationValue", "OutcomeRow", "Pilots", "ProjectPolicy", "RunOffered", "RunValue",
    "SpendAfter", "SpendThen", "Unmeasured",
]  # fmt: skip


@dataclass(frozen=True)
class RunOffered:
    """A run that could be made before the money is committed.

    Attributes
    ----------
    project : str
        Whose.
    architecture : str
        Network to train.
    backbone : str
        ``finetuned``, or ``frozen`` for a probe: only a head is trained.
    images : int
        Trained on.
    to_buy : int
        Of them, those not held yet; they are kept.
    test_images : int or None
        On which the error is measured; None where their number adds no noise that is known.
    price : float
        Training, labels and all else, in currency.
    weeks : float
        That the run takes.
    """

    project: str
    architecture: str
    backbone: str
    images: int
    to_buy: int
    test_images: int | None
    price: float
    weeks: float = 0.0


@dataclass(frozen=True)
class RunValue(RunOffered):
    """A run with what it is worth.

    Attributes
    ----------
    evsi : float
        Expected value of sample information: what deciding after the run adds to the plan; 0 where
        it does not exceed its standard error.
    evsi_se : float
        Monte Carlo standard error of it.
    own, others : float
        Parts of it: through the run's own project, and through money and rules in all others.
    net_gain : float
        Worth less price and what delay costs.
    chosen : bool
        In the set to make.
    """

    evsi: float = 0.0
    evsi_se: float = 0.0
    own: float = 0.0
    others: float = 0.0
    net_gain: float = 0.0
    chosen: bool = False


@dataclass(frozen=True)
class OutcomeRow:
    """What to do if a run shows at most so much.

    Attributes
    ----------
    error_at_most : float or None
        Limit of the measured error; None for all above the row before.
    chance : float
        That the run shows it.
    verdict : str
        GO or NO-GO.
    architecture : str or None
        To train then.
    images_total : int or None
        To train it on.
    alternative : str or None
        Another way than a model of one's own; None without one.
    delivers : bool
        The run itself meets the target: nothing more need be trained.
    """

    error_at_most: float | None
    chance: float
    verdict: str
    architecture: str | None
    images_total: int | None
    alternative: str | None = None
    delivers: bool = False


@dataclass(frozen=True)
class ProjectPolicy:
    """The decision table of one run: at the plan's budget price.

    Attributes
    ----------
    error_target : float
        Of the project.
    expected : tuple of float
        Measured errors between equally likely outcomes, rising.
    """

    project: str
    images: int
    rows: tuple[OutcomeRow, ...]
    error_target: float = 0.0
    expected: tuple[float, ...] = ()


@dataclass(frozen=True)
class SpendThen:
    """Commitment after the runs: not exceeded in 10, 50 and 90 % of outcomes."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class SpendAfter:
    """What the runs cost, and what is committed once they are in."""

    pilots: float
    then: SpendThen


@dataclass(frozen=True)
class InformationValue:
    """What perfect information of one kind would be worth.

    Attributes
    ----------
    shared : float
        Of everything that all projects share.
    own : float
        Of each project's own luck, once that is known; together the two are the EVPI.
    """

    shared: float
    own: float


@dataclass(frozen=True)
class Unmeasured:
    """A project without a run in the set: how often it is funded once the runs are in."""

    project: str
    funded_now: bool
    chance_funded: float


@dataclass(frozen=True, kw_only=True)
class Pilots(Shown):
    """Runs on offer, the set to make, what it is worth, and what to do after each outcome.

    Attributes
    ----------
    value_now : float
        Worth of the plan without runs, on draws no solve saw.
    value_with : float
        The same with the chosen runs, which are paid for in it.
    gain, gain_se : float
        Their difference, and its Monte Carlo standard error.
    evpi : float
        What knowing every outcome beforehand would be worth.
    evppi : InformationValue
        Its two parts.
    own_by_project : mapping of str to float
        What knowing one project's outcomes alone would be worth.
    pilots : tuple of RunValue
        Everything looked at, best net gain first.
    policy : tuple of ProjectPolicy
        Of the chosen runs.
    budget_price : float
        Worth of one more unit of money at which the tables decide.
    unmeasured : tuple of Unmeasured
        All other projects.
    """

    model: Mapping[str, str]
    seed: int
    portfolio: str
    currency: str
    value_now: float
    value_with: float
    gain: float
    gain_se: float
    evpi: float
    evppi: InformationValue
    own_by_project: Mapping[str, float]
    pilots: tuple[RunValue, ...]
    policy: tuple[ProjectPolicy, ...]
    spend: SpendAfter
    budget_price: float
    unmeasured: tuple[Unmeasured, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def chosen(self) -> tuple[RunValue, ...]:
        """The runs to make."""
        return tuple(run for run in self.pilots if run.chosen)

    def to_dict(self) -> dict[str, object]:
        """Return plain data, in the shape of ``planner pilots --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
