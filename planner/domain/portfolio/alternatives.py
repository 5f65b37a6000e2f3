"""What else would do the work of a system: a bought service, rules, or people."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from planner.domain.fields.declared import RANGE, Form, InFile, Kind, Part, in_file
from planner.domain.fields.finding import Location, Reading
from planner.domain.fields.reading import check_record, parts
from planner.domain.fields.values import (
    MONEY,
    MONEY_RANGE,
    NUMBER,
    POSITIVE_COUNT,
    SHARES,
    TEXT,
    WEEKS,
    Shape,
    word,
)
from planner.domain.quantities import Amount, show
from planner.domain.vocabulary import AlternativeKind

__all__ = ["PRICE_PER_1000", "Alternative", "Price", "Tier", "TieredPrice", "alternatives_differ"]


@in_file("TierSection", "An entry of a ``price_per_1000`` that falls with the volume.")
@dataclass(frozen=True, kw_only=True)
class Tier:
    """A price of 1,000 images up to a volume.

    Attributes
    ----------
    up_to : int, optional
        Images a month up to which it holds; the last tier has none.
    price : float
        Of 1,000 images.
    """

    up_to: Annotated[int | None, POSITIVE_COUNT] = None
    price: Annotated[float, MONEY, InFile(example="price: 1.50", required=True)] = 0.0

    def __post_init__(self) -> None:
        check_record(self, "tier")


type Price = Amount | tuple[Tier, ...]
"""Of 1,000 images: one, a range of it, or tiers of the images of a month."""


@dataclass(frozen=True)
class TieredPrice:
    """A price of 1,000 images: one number, a range, or a list of tiers."""

    cell: Kind | None = Kind.PRICE
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A number, or an array of tiers."""
        return {"anyOf": [*NUMBER["anyOf"], parts(Tier).shape]}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the price; tiers rise, and the last one is open."""
        if isinstance(raw, Mapping) or not isinstance(raw, list | tuple):
            return MONEY_RANGE.read(raw, here, reading)
        tiers = parts(Tier).read(raw, here, reading)
        if not isinstance(tiers, tuple):
            return tiers
        ends = [tier.up_to for tier in tiers]
        closed = [end for end in ends[:-1] if end is not None]
        rises = all(low < high for low, high in pairwise(closed))
        if not tiers or len(closed) < len(ends) - 1 or ends[-1] is not None or not rises:
            message = "tiers rise in up_to, and the last one has none."
            fix = "[{up_to: 1k, price: 0}, {price: 1.50}]"
            reading.wrong(here, message, fix)
        return tiers


PRICE_PER_1000 = TieredPrice()


def _says_how_good(part: Part) -> None:
    given = [name for name in ("accuracy", "error") if name in part.given]
    if not given:
        message = "this alternative needs accuracy (or error)."
        part.wrong("", message, "accuracy: 90%", "MISSING")
    if len(given) == 2:
        part.wrong("error", "give accuracy or error.", code="CONFLICT", at_key=True)


MOST = 8
"""Alternatives of one project; each is an option more for every period."""


def alternatives_differ(part: Part) -> None:
    """Report two alternatives of one name, and too many of them."""
    found = part.values.get("alternatives") or ()
    names = [one.id for one in found]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        message = f"the id {show(name)} is used twice; ids are unique."
        part.wrong("alternatives", message, code="DUPLICATE_ID", at_key=True)
    if len(found) > MOST:
        message = f"{len(found)} alternatives; at most {MOST} are compared."
        part.wrong("alternatives", message, at_key=True)


@in_file("AlternativeSection", "An entry of ``alternatives``.", _says_how_good)
@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another way to do the work, which competes with an own model in the plan.

    Attributes
    ----------
    id : str
        What it is called.
    kind : AlternativeKind
        A bought service, rules, or people.
    accuracy, error : float or Range, optional
        How good it is; exactly one of the two. A range is P10..P90 of a beta.
    once : float or Range
        Paid when it starts.
    yearly : float or Range, optional
        Paid for each year of use.
    price_per_1000 : float, Range or tuple of Tier, optional
        Of 1,000 images.
    lead_weeks : float, optional
        Weeks from the start until it is in use.
    """

    id: Annotated[
        str,
        TEXT,
        InFile(example="id: vendor"),
        Form("Alternative *", "Any name, such as vendor.", example="vendor", width=18),
    ]
    kind: Annotated[
        AlternativeKind,
        word(AlternativeKind),
        InFile(example="kind: buy"),
        Form("Kind *", "buy: a service. rules: classical vision. people.", example="buy"),
    ]
    accuracy: Annotated[
        Amount | None,
        SHARES,
        Form("Accuracy", "One share, or a range such as 88%..93%. Or the error.", unit="%",
             example=0.91),
    ] = None  # fmt: skip
    error: Annotated[Amount | None, SHARES, Form("Error", "Or the accuracy.", unit="%")] = None
    once: Annotated[
        Amount, MONEY_RANGE, Form("Once", f"Paid when it starts. {RANGE}", unit="money")
    ] = 0.0
    yearly: Annotated[
        Amount | None,
        MONEY_RANGE,
        Form("Yearly", f"Paid for each year of use. {RANGE}", unit="money"),
    ] = None
    price_per_1000: Annotated[
        Price | None,
        PRICE_PER_1000,
        Form("Per 1,000", f"Price of 1,000 images. {RANGE}", unit="money", example=1.5,
             aliases=("price per 1000",)),
    ] = None  # fmt: skip
    lead_weeks: Annotated[
        float | None,
        WEEKS,
        Form("Lead", "Weeks until it is in use.", unit="weeks", aliases=("lead weeks",)),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, f"alternatives[{self.id}]")

    @property
    def stated(self) -> Amount:
        """Accuracy or error, whichever is stated."""
        return self.accuracy if self.accuracy is not None else self.error or 0.0

    @property
    def is_accuracy(self) -> bool:
        """Whether what is stated is an accuracy."""
        return self.accuracy is not None
