"""What a system is expected to cost and earn over its whole life."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.json_shape import ABSENT_IF_NONE, NOT_DATA


@dataclass(frozen=True)
class YearCash:
    """Money expected in one year, not discounted.

    Attributes
    ----------
    year : int
        0 is the start of the plan, 1 the year from there, and so on.
    amount : float
        Earned less paid.
    """

    year: int
    amount: float


@dataclass(frozen=True)
class LineCash:
    """One expected amount of one line.

    Attributes
    ----------
    line : str
        Its key in ``lines``.
    amount : float
        Below 0 where it is paid; not discounted.
    counted : float
        When it counts, in years from the start of the plan.
    begin, end : float
        It accrues evenly between these times.
    """

    line: str
    amount: float
    counted: float
    begin: float
    end: float


@dataclass(frozen=True)
class ErrorBalance:
    """What the mistakes of a system are expected to cost, beside answering without looking.

    Attributes
    ----------
    error : float
        Expected in use.
    cost : float
        Of 1,000 images.
    misses, false_alarms : float or None
        Expected in 1,000 images; None where errors are not told apart.
    always_no, always_yes : float or None
        Cost of 1,000 images that are always answered the same; None likewise.
    net_benefit, net_benefit_always_yes : float or None
        True positives for an image, less false alarms at the odds of their prices; that of always
        answering no is 0. None where a miss costs nothing.
    """

    error: float
    cost: float
    misses: float | None = None
    false_alarms: float | None = None
    always_no: float | None = None
    always_yes: float | None = None
    net_benefit: float | None = None
    net_benefit_always_yes: float | None = None


@dataclass(frozen=True)
class Footprint:
    """What machines are expected to use and emit, and what accuracy they buy with it.

    Attributes
    ----------
    accelerator_hours : float
        Of training, and of training anew as far as it is expected to go live.
    kwh, carbon_kg : float
        Of training, and of running on a machine of its own as far as it is expected to go live;
        CO2 equivalent.
    accuracy_points : float or None
        By how much the expected error lies below that of the majority guess, in percentage points;
        None for a whole plan.
    points_per_1000, points_per_kwh : float or None
        Of each 1,000 of money committed, and of each kWh; None where there are none.
    """

    accelerator_hours: float
    kwh: float
    carbon_kg: float
    accuracy_points: float | None = None
    points_per_1000: float | None = None
    points_per_kwh: float | None = None


@dataclass(frozen=True)
class Life:
    """What is expected to be paid and earned, by line, as present values.

    Attributes
    ----------
    lines : mapping of str to float
        Below 0 where it is paid; their sum is ``npv``. What the file does not state is not there.
    development : mapping of str to float
        What the first line is made of, as committed: data, training, people and so on.
    npv : float
        Net present value over the horizon: the expected net value.
    roi : float or None
        ``npv`` over the present value of development; None where that costs nothing.
    payback_years : float or None
        Years from the start until as much is earned as was paid, not discounted; None: never
        within the horizon.
    discounted_payback_years : float or None
        The same of present values.
    cash_by_year : tuple of YearCash
        In the years in which it accrues; those in which nothing is paid or earned are left out.
    wall_hours : float or None
        Hours of training, on the accelerators that train at once; None where the file does not say
        on how many.
    live_at : float or None
        Years from the start of the plan to the live date; None for a whole plan.
    chance_live : float or None
        Chance that it goes live at all; None for a whole plan.
    errors : ErrorBalance or None
        What its mistakes cost, live or not; None where nothing says so.
    footprint : Footprint or None
        Electricity and emissions; None where the file does not say where its machines stand.
    flows : tuple of LineCash
        The amounts behind the lines, for renderers that show them; none for a whole plan, and none
        in a plan that was read from a file.
    """

    lines: Mapping[str, float]
    development: Mapping[str, float]
    npv: float
    roi: float | None
    payback_years: float | None
    discounted_payback_years: float | None
    cash_by_year: tuple[YearCash, ...]
    wall_hours: float | None = None
    live_at: float | None = None
    chance_live: float | None = None
    errors: ErrorBalance | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    footprint: Footprint | None = field(default=None, metadata={ABSENT_IF_NONE: True})
    flows: tuple[LineCash, ...] = field(
        default=(), compare=False, repr=False, metadata={NOT_DATA: True}
    )
