"""What a system earns besides ``value``, and what it saves of today's way of working."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import (
    EARNED,
    MONEY,
    TEXT,
    YEARS,
    word,
)
from planner.domain.portfolio.life import each_once, once_or_yearly
from planner.domain.vocabulary import Earned, Window

__all__ = ["Benefit", "Today", "benefits_differ"]


def benefits_differ(part: Part) -> None:
    """Report two benefits of one name."""
    each_once(part, "benefits")


def _benefit_fits_together(part: Part) -> None:
    once_or_yearly(part)
    if "window" in part.given and "window_years" not in part.given:
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
    once : float, optional
        Earned on the live date.
    yearly : float, optional
        Earned in each year of use.
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
        float | None, MONEY, Form("Once", "Earned on the live date. Or yearly.", unit="money")
    ] = None
    yearly: Annotated[
        float | None,
        EARNED,
        Form("Yearly", "Earned in each year of use. Or once.", unit="money", example=40_000),
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


@in_file("TodaySection", "``today`` of a project: what the present way of working costs.")
@dataclass(frozen=True, kw_only=True)
class Today:
    """What the present way of working costs, and a live system saves.

    Attributes
    ----------
    price_per_1000 : float
        Of 1,000 images.
    """

    price_per_1000: Annotated[
        float,
        MONEY,
        InFile(example="price_per_1000: 30k"),
        Form(
            "Today per 1,000",
            "What 1,000 images cost in the present way of working, which it saves.",
            unit="money",
        ),
    ]

    def __post_init__(self) -> None:
        check_record(self, "today")
