"""What a system costs besides data and training: built, used, kept up, retired.

Every part is optional. What is not given is not included, which is said; an explicit 0 is 0.
"""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import RANGE, Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record, parts
from planner.domain.fields.values import (
    ACCELERATOR,
    COUNT,
    GROWTH,
    MACHINES,
    MONEY_RANGE,
    OVERHEAD,
    PEOPLE,
    PRICE,
    RETRAININGS,
    SHARE,
    SPEED,
    TEXT,
    WEEKS,
    YEARS,
    YEARS_OR_NONE,
    word,
)
from planner.domain.portfolio.alternatives import PRICE_PER_1000, Price
from planner.domain.portfolio.in_use.drift import REFRESHES, Refresh, drift_is_one
from planner.domain.quantities import Amount, Range, show
from planner.domain.vocabulary import Deploy

__all__ = [
    "Build",
    "BuildLine",
    "End",
    "Inference",
    "Person",
    "Upkeep",
    "UpkeepLine",
    "Use",
    "each_once",
    "once_or_yearly",
]


def once_or_yearly(part: Part) -> None:
    """Report an amount that is both, or neither."""
    given = [name for name in ("once", "yearly") if name in part.given]
    if len(given) == 2:
        part.wrong("yearly", "give once or yearly.", code="CONFLICT", at_key=True)
    if not given:
        part.wrong("", "once or yearly is missing.", "yearly: 6k", "MISSING")


def each_once(part: Part, field: str) -> None:
    """Report a line whose name another one has."""
    seen: set[str] = set()
    for item in part.values.get(field) or ():
        if item.id in seen:
            message = f"the id {show(item.id)} is used twice; ids are unique."
            part.wrong(field, message, code="DUPLICATE_ID", at_key=True)
        seen.add(item.id)


def lines_differ(part: Part) -> None:
    """Report two lines of one name."""
    each_once(part, "lines")


_NAME = Form("Line *", "Any name, such as monitoring or cameras.", example="monitoring", width=18)


@in_file("PersonSection", "An entry of ``build.people``.")
@dataclass(frozen=True, kw_only=True)
class Person:
    """People of one role who build a system.

    Attributes
    ----------
    role : str
        What they are.
    weeks : float
        Weeks of work of each.
    per_week : float or Range
        Cost of a week of one of them.
    count : float
        How many of them.
    """

    role: Annotated[
        str,
        TEXT,
        InFile(example="role: engineer"),
        Form("Role *", "What they are, such as engineer.", example="engineer", width=18),
    ]
    weeks: Annotated[
        float,
        WEEKS,
        InFile(example="weeks: 6"),
        Form("Weeks *", "Weeks of work of each.", unit="weeks", example=6),
    ]
    per_week: Annotated[
        Amount,
        PRICE,
        InFile(example="per_week: 3500"),
        Form("Cost per week *", RANGE, unit="money", example=3500, aliases=("per week",)),
    ]
    count: Annotated[float, PEOPLE, Form("How many", "People of this role.", unit="people")] = 1

    def __post_init__(self) -> None:
        check_record(self, f"people[{self.role}]")

    @property
    def name(self) -> str:
        """What they are called among others of the same field."""
        return self.role

    @property
    def amount(self) -> Amount:
        """Cost of all their weeks."""
        return scaled(self.per_week, self.weeks * self.count)


def scaled(amount: Amount, factor: float) -> Amount:
    """Return an amount, or a range of it, times a number of at least 0.

    Examples
    --------
    >>> scaled(3500, 6), scaled(Range(1.0, 2.0), 3)
    (21000, Range(p10=3.0, p90=6.0))
    """
    if isinstance(amount, Range) and factor > 0:
        return Range(amount.p10 * factor, amount.p90 * factor)
    return 0.0 if isinstance(amount, Range) else amount * factor


@in_file("BuildLineSection", "An entry of ``build.lines``.")
@dataclass(frozen=True, kw_only=True)
class BuildLine:
    """Something paid once when a system is built.

    Attributes
    ----------
    id : str
        What it is.
    once : float or Range
        Cost.
    """

    id: Annotated[str, TEXT, InFile(example="id: cameras"), _NAME]
    once: Annotated[
        Amount,
        PRICE,
        InFile(example="once: 20k"),
        Form("Once *", f"Paid when the project starts. {RANGE}", unit="money", example=20_000),
    ]

    def __post_init__(self) -> None:
        check_record(self, f"lines[{self.id}]")

    @property
    def name(self) -> str:
        """What it is called among others of the same field."""
        return self.id

    @property
    def amount(self) -> Amount:
        """Cost."""
        return self.once


@in_file(
    "BuildSection",
    "``build`` of a project: people, fixed costs, and how long it takes.",
    lines_differ,
)
@dataclass(frozen=True, kw_only=True)
class Build:
    """What development costs besides data and training, and how long it takes.

    Attributes
    ----------
    people : tuple of Person
        Paid whenever the project is funded.
    lines : tuple of BuildLine
        The same.
    label_per_week : int, optional
        Images labelled in a week; with it, what is bought delays the live date.
    weeks : float, optional
        Weeks of integration before it is live.
    """

    people: Annotated[tuple[Person, ...], parts(Person)] = ()
    lines: Annotated[tuple[BuildLine, ...], parts(BuildLine)] = ()
    label_per_week: Annotated[
        float | None,
        SPEED,
        Form(
            "Labelled per week",
            "Images labelled in a week: what is bought delays the live date.",
            unit="images",
            aliases=("label per week",),
        ),
    ] = None
    weeks: Annotated[
        float | None,
        WEEKS,
        Form("Weeks of integration", "Before it is live, besides labelling.", unit="weeks"),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "build")


@in_file("UseSection", "``use`` of a project: how much, how long, and when it goes live.")
@dataclass(frozen=True, kw_only=True)
class Use:
    """How a system is used once it is live.

    Attributes
    ----------
    images_per_year : int, optional
        Images it sees in a year.
    years : float, optional
        Used for so long at most; the horizon unless given.
    ramp_years : float
        Use grows evenly from nothing over so long.
    growth : float
        Of use per year after the first, as a share.
    deploy : Deploy
        When it goes live.
    """

    images_per_year: Annotated[
        int | None,
        COUNT,
        Form("Images per year", "Images it sees in a year of use.", unit="images"),
    ] = None
    years: Annotated[
        float | None,
        YEARS,
        Form("Years of use", "At most.", unit="years", default="the horizon"),
    ] = None
    ramp_years: Annotated[
        float,
        YEARS_OR_NONE,
        Form("Ramp", "Use grows evenly from nothing over so long.", unit="years"),
    ] = 0.0
    growth: Annotated[
        float,
        GROWTH,
        Form("Growth of use", "Per year after the first: 5%, or -10%.", unit="% per year"),
    ] = 0.0
    deploy: Annotated[
        Deploy,
        word(Deploy),
        Form(
            "Goes live",
            "if_target_met. if_pays: only where running it earns more than it costs. always.",
            width=14,
        ),
    ] = Deploy.IF_TARGET_MET

    def __post_init__(self) -> None:
        check_record(self, "use")


def _priced_or_computed(part: Part) -> None:
    machines = [n for n in ("images_per_s", "accelerator", "always_on") if part.values.get(n)]
    if "price_per_1000" in part.given and machines:
        message = (
            f"give price_per_1000, or {machines[0]} with the table's price of an hour; not both."
        )
        part.wrong("price_per_1000", message, code="CONFLICT", at_key=True)


@in_file(
    "InferenceSection",
    "``inference`` of a project: what running it on images costs; {} takes the tables.",
    _priced_or_computed,
)
@dataclass(frozen=True, kw_only=True)
class Inference:
    """What running a system on images costs: computed from its speed, or priced per image.

    Attributes
    ----------
    images_per_s : float, optional
        Images one machine sees in a second; from the tables unless given, at three times the
        speed of training (an assumption).
    accelerator : str, optional
        Machine it runs on; that of training unless given.
    always_on : float
        Machines that stay up, and are paid, whether or not they are used.
    price_per_1000 : float, Range or tuple of Tier, optional
        Of 1,000 images, instead of machines.
    """

    images_per_s: Annotated[
        float | None,
        SPEED,
        Form(
            "Inference speed",
            "Images one machine sees in a second.",
            unit="images/s",
            default="from the tables",
            aliases=("images per s",),
        ),
    ] = None
    accelerator: Annotated[
        str | None,
        ACCELERATOR,
        Form("Inference on", "Machine it runs on.", default="that of training", width=16),
    ] = None
    always_on: Annotated[
        float,
        MACHINES,
        Form(
            "Always on",
            "Machines paid whether or not they are used. 0 with no other field of inference takes "
            "the tables.",
            unit="machines",
            default="",
        ),
    ] = 0.0
    price_per_1000: Annotated[
        Price | None,
        PRICE_PER_1000,
        Form(
            "Inference per 1,000",
            f"Price of 1,000 images, instead of machines. {RANGE}",
            unit="money",
            aliases=("price per 1000",),
        ),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "inference")

    @property
    def is_floor_alone(self) -> bool:
        """Whether only machines that stay up are paid, whatever they see."""
        return self.always_on > 0 and self.price_per_1000 is None


@in_file("UpkeepLineSection", "An entry of ``upkeep.lines``.", once_or_yearly)
@dataclass(frozen=True, kw_only=True)
class UpkeepLine:
    """Something paid while a system is used, such as monitoring or compliance.

    Attributes
    ----------
    id : str
        What it is.
    once : float or Range, optional
        Paid on the live date.
    yearly : float or Range, optional
        Paid for each year of use.
    """

    id: Annotated[str, TEXT, InFile(example="id: monitoring"), _NAME]
    once: Annotated[
        Amount | None,
        MONEY_RANGE,
        Form("Once", f"Paid on the live date. Or yearly. {RANGE}", unit="money"),
    ] = None
    yearly: Annotated[
        Amount | None,
        MONEY_RANGE,
        Form("Yearly", f"Paid for each year of use. Or once. {RANGE}", unit="money", example=6_000),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, f"upkeep.lines[{self.id}]")


def _upkeep_fits_together(part: Part) -> None:
    lines_differ(part)
    drift_is_one(part)


@in_file("UpkeepSection", "``upkeep`` of a project.", _upkeep_fits_together)
@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """What keeping a system in use costs, and how fast it ages.

    Attributes
    ----------
    lines : tuple of UpkeepLine
        Paid while it is used.
    half_life : float, optional
        Years after which half of its images count no more.
    refresh_share : float, optional
        Or the share of them that counts no more after a year.
    error_growth : float, optional
        Or by how much its error grows in a year.
    refresh : tuple of Refresh, optional
        How often it is made fresh: what the plan may choose; yearly unless given.
    retrain_per_year : float, optional
        Trainings a year where it is made fresh; one for each time unless given.
    """

    lines: Annotated[tuple[UpkeepLine, ...], parts(UpkeepLine)] = ()
    half_life: Annotated[
        float | None,
        YEARS,
        Form("Half-life", "After so long half of its images count no more.", unit="years"),
    ] = None
    refresh_share: Annotated[
        float | None,
        SHARE,
        Form("Refresh share", "Or the share that counts no more after a year.", unit="%"),
    ] = None
    error_growth: Annotated[
        float | None,
        OVERHEAD,
        Form("Error growth", "Or by how much its error grows in a year.", unit="% per year"),
    ] = None
    refresh: Annotated[
        tuple[Refresh, ...] | None,
        REFRESHES,
        Form(
            "Refresh",
            "none, yearly, half_yearly; of several the plan chooses. It labels what counts no "
            "more, and trains anew.",
            default="yearly, if it ages",
        ),
    ] = None
    retrain_per_year: Annotated[
        float | None,
        RETRAININGS,
        Form("Trainings a year", "Where it is made fresh.", unit="number", default="1 each time"),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "upkeep")


@in_file("EndSection", "``end`` of a project: when it is retired.")
@dataclass(frozen=True, kw_only=True)
class End:
    """What retiring a system costs and brings.

    Attributes
    ----------
    once : float or Range, optional
        Cost of taking it down, and of what must be kept.
    resale : float or Range, optional
        What its data then bring.
    """

    once: Annotated[
        Amount | None,
        MONEY_RANGE,
        Form("Retiring it", f"Cost at the end of use. {RANGE}", unit="money"),
    ] = None
    resale: Annotated[
        Amount | None,
        MONEY_RANGE,
        Form("Resale", f"What its data bring at the end. {RANGE}", unit="money"),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "end")
