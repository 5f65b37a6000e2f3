"""Smaller copies of a trained network: dearer to make, cheaper to run, a little worse."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import OVERHEAD, POINTS, SHARE, TEXT
from planner.domain.quantities import Amount, Range, show

__all__ = ["Compression", "compressions_differ"]

MOST = 3
"""Compressions of one project; each is another way to run every option."""


@in_file("CompressionSection", "An entry of ``compress``.")
@dataclass(frozen=True, kw_only=True)
class Compression:
    """A way to make a network smaller, which the plan may choose.

    Attributes
    ----------
    id : str
        What it is called.
    training : float
        By how much it makes training dearer, as a share.
    inference : float
        Share of the cost of running that it saves; machines that stay up are paid all the same.
    error_points : float or Range
        Percentage points that it adds to the error.
    """

    id: Annotated[
        str,
        TEXT,
        InFile(example="id: int8"),
        Form("Compression *", "Any name, such as int8.", example="int8", width=18),
    ]
    training: Annotated[
        float,
        OVERHEAD,
        Form("Training dearer", "By this share.", unit="%", example=0.15),
    ] = 0.0
    inference: Annotated[
        float,
        SHARE,
        Form("Inference cheaper", "By this share.", unit="%", example=0.45),
    ] = 0.0
    error_points: Annotated[
        Amount,
        POINTS,
        InFile(example="error_points: 0.1..1.0", required=True),
        Form("Error points *", "Percentage points added to the error: 0.1..1.0.", unit="points",
             example=0.5, aliases=("error points",)),
    ] = 0.0  # fmt: skip

    def __post_init__(self) -> None:
        check_record(self, f"compress[{self.id}]")

    @property
    def added(self) -> Amount:
        """What is added to the error, as a share."""
        if isinstance(self.error_points, Range):
            return Range(self.error_points.p10 / 100, self.error_points.p90 / 100)
        return self.error_points / 100


def compressions_differ(part: Part) -> None:
    """Report two compressions of one name, and too many of them."""
    names = [one.id for one in part.values.get("compress") or ()]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        message = f"the id {show(name)} is used twice; ids are unique."
        part.wrong("compress", message, code="DUPLICATE_ID", at_key=True)
    if len(names) > MOST:
        message = f"{len(names)} compressions; at most {MOST} are compared."
        part.wrong("compress", message, at_key=True)
