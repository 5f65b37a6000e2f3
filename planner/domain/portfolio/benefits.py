"""What a system earns besides ``value``, and what it saves of today's way of working."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import RANGE, Form, InFile, Kind, Part, in_file
from planner.domain.fields.finding import Location, Reading
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import (
    MONEY_RANGE,
    NUMBER,
    SHARE,
    TEXT,
    YEARS,
    Shape,
    word,
)
from planner.domain.portfolio.in_use.grading import EARNED, Earning
from planner.domain.portfolio.life import each_once, once_or_yearly
from planner.domain.quantities import Amount
from planner.domain.vocabulary import Blind, Earned, Window

__all__ = ["Benefit", "Today", "benefits_differ"]


def benefits_differ(part: Part) -> None:
    """Report two benefits of one name."""
    each_once(part, "benefits")


def _benefit_fits_together(part: Part) -> None:
    once_or_yearly(part)
    asked = part.written or part.values.get("window") is Window.STEP
    if asked and "window" in part.given and "window_years" not in part.given:
        message = "how a window ends needs its length."
        part.wrong("window", message, "window_years: 1", "MISSING", at_key=True)


@in_file("BenefitSection", "An entry of ``benefits``.", _benefit_fits_together)
@dataclass(frozen=True, kw_only=True)
class Benefit:
    """Something a system earns besides ``value``.

    Attributes
    ----------
    id : str
        What it is.
    once : float, Range or tuple of Step, optional
        Earned on the live date; by accuracy where that is told.
    yearly : float, Range or tuple of Step, optional
        Earned in each year of use; the same.
    when : Earned
        With the target met, while live, or in any case.
    window_years : float, optional
        Earned for being early: what is live later than this after the start of the plan earns
        nothing.
    window : Window
        Falls evenly to nothing within the window, or ends with it.
    """

    id: Annotated[
        str,
        TEXT,
        InFile(example="id: reading-time"),
        Form("Benefit *", "Any name, such as reading-time.", example="reading-time", width=18),
    ]
    once: Annotated[
        Earning | None,
        EARNED,
        Form("Once", f"Earned on the live date. Or yearly. {RANGE}", unit="money"),
    ] = None
    yearly: Annotated[
        Earning | None,
        EARNED,
        Form(
            "Yearly",
            f"Earned in each year of use. Or once. {RANGE} By accuracy: 90%: 0, 98%: 100k.",
            unit="money",
            example=40_000,
        ),
    ] = None
    when: Annotated[
        Earned,
        word(Earned),
        InFile(key="if"),
        Form("Earned if", "target: if it is met. live: whenever it runs. always: in any case."),
    ] = Earned.TARGET
    window_years: Annotated[
        float | None,
        YEARS,
        Form(
            "Early within",
            "For being early: live later than this after the plan's start, it earns nothing.",
            unit="years",
        ),
    ] = None
    window: Annotated[
        Window,
        word(Window),
        Form("Window ends", "linear: falls evenly to nothing. step: all or nothing."),
    ] = Window.LINEAR

    def __post_init__(self) -> None:
        check_record(self, f"benefits[{self.id}]")


_BLIND = word(Blind)


@dataclass(frozen=True)
class ErrorOrBlind:
    """A share of wrong answers, or the answer that is always given."""

    cell: Kind | None = Kind.SHARE
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A share, or a word."""
        return {"anyOf": [_BLIND.shape, *NUMBER["anyOf"]]}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the error, or the word."""
        if isinstance(raw, str) and raw.strip()[:1].isalpha():
            return _BLIND.read(raw.strip(), here, reading)
        return SHARE.read(raw, here, reading)


@in_file("TodaySection", "``today`` of a project: what the present way of working costs.")
@dataclass(frozen=True, kw_only=True)
class Today:
    """What the present way of working costs, and a live system saves.

    Attributes
    ----------
    price_per_1000 : float or Range
        Of 1,000 images.
    error : float or Blind, optional
        Of the present way of working, or that it answers always no (or yes); costs what ``errors``
        say.
    """

    price_per_1000: Annotated[
        Amount,
        MONEY_RANGE,
        InFile(example="price_per_1000: 30k"),
        Form(
            "Today per 1,000",
            f"What 1,000 images cost in the present way of working, which it saves. {RANGE}",
            unit="money",
        ),
    ]
    error: Annotated[
        float | Blind | None,
        ErrorOrBlind(),
        Form(
            "Error of today",
            "Costs what errors cost. Or always_no: nothing is looked at.",
            unit="%",
        ),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "today")
