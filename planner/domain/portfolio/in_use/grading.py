"""What is earned by accuracy: an amount that grows with it, evenly between given points."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from planner.domain.fields.declared import InFile, Kind, in_file
from planner.domain.fields.finding import WRONG, Location, Reading
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import MONEY, MONEY_RANGE, NUMBER, SHARE, Shape
from planner.domain.format import percent_as_set
from planner.domain.quantities import Amount, show

__all__ = ["EARNED", "Earning", "Step"]


@in_file("StepSection", "An amount earned at an accuracy.")
@dataclass(frozen=True, kw_only=True)
class Step:
    """What is earned at one accuracy.

    Attributes
    ----------
    accuracy : float
        In use.
    amount : float
        Earned at it.
    """

    accuracy: Annotated[float, SHARE, InFile(example="accuracy: 90%")]
    amount: Annotated[float, MONEY, InFile(example="amount: 100k")]

    def __post_init__(self) -> None:
        check_record(self, "by accuracy")


type Earning = Amount | tuple[Step, ...]
"""An amount, a range of it, or what is earned by accuracy: evenly in between, flat outside."""


@dataclass(frozen=True)
class EarnedValue:
    """An amount, a range, or amounts by accuracy such as ``{90%: 0, 98%: 100k}``."""

    cell: Kind | None = Kind.PRICE
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A number, or numbers by accuracy."""
        return {"anyOf": [*NUMBER["anyOf"], {"type": "object", "additionalProperties": NUMBER}]}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return what is earned."""
        if isinstance(raw, tuple) and all(isinstance(one, Step) for one in raw):
            return _rising(tuple(raw), here, reading)
        if isinstance(raw, str) and ":" in raw:  # a cell of a workbook
            parts = (part.partition(":") for part in raw.split(","))
            raw = {accuracy.strip(): amount.strip() for accuracy, _, amount in parts}
        if not isinstance(raw, Mapping):
            return MONEY_RANGE.read(raw, here, reading)
        steps = []
        for key, amount in raw.items():
            place = (*here, key if isinstance(key, str | int) else str(key))
            accuracy = SHARE.read(key, here, reading)
            earned = MONEY.read(amount, place, reading)
            if accuracy is WRONG or earned is WRONG:
                return WRONG
            steps.append(Step(accuracy=accuracy, amount=earned))  # type: ignore[arg-type]
        return _rising(tuple(sorted(steps, key=lambda step: step.accuracy)), here, reading)


def _rising(steps: tuple[Step, ...], here: Location, reading: Reading) -> object:
    """Return the steps; report two of one accuracy, and one that is worth less than a lower one."""
    if not steps:
        reading.wrong(here, f"got {show({})}; expected amounts by accuracy.", "{90%: 0, 98%: 100k}")
        return WRONG
    for low, high in pairwise(steps):
        if low.accuracy == high.accuracy:
            reading.wrong(here, f"{percent_as_set(low.accuracy)} is given twice; keep one.")
            return WRONG
        if high.amount < low.amount:
            message = (
                f"a benefit may not fall with accuracy: {percent_as_set(high.accuracy)} is worth "
                f"less than {percent_as_set(low.accuracy)}."
            )
            reading.wrong(here, message)
            return WRONG
    return steps


EARNED = EarnedValue()
