"""Labelled images of a task: owned, obtainable, and what one more costs."""

import math
from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import RANGE, Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import COUNT, MONEY_RANGE, PRICE
from planner.domain.quantities import Amount

__all__ = ["Images"]

_POOL = "Shared"
"""The sheet on which images are those of a shared data set."""


def _limit_holds_all(part: Part) -> None:
    held, limit = part.values.get("held", 0), part.values.get("limit", math.inf)
    if limit < 1:
        part.wrong("limit", "got 0; at least one image must be obtainable.")
    elif held > limit:
        part.wrong(
            "limit",
            f"{held:,} images are held, but the limit, which includes them, is {limit:,}.",
            f"limit: {held}",
        )


@in_file("ImagesSection", "``images`` of a project or of a shared data set.", _limit_holds_all)
@dataclass(frozen=True)
class Images:
    """Labelled images of the target task: owned, obtainable, and what one more costs.

    Attributes
    ----------
    held : int
        Labelled images owned now; at least 0.
    limit : int
        Most that could ever be owned, those held included; at least 1 and at least ``held``.
    price : float or Range
        Cost of one more labelled image, in the portfolio's currency; at least 0.
    fixed_cost : float or Range
        Cost of setting up a collection, paid once if any image is bought.
    licence : float or Range, optional
        Cost of the right to use one more image, beside its label.
    storage : float or Range, optional
        Cost of keeping one image that is trained on, over the horizon; those held count too.
    """

    limit: Annotated[
        int,
        COUNT,
        InFile(example="limit: 50k", after="held"),
        Form(
            "Images limit *",
            "Most labelled images you could ever own, those held included.",
            unit="images",
            aliases=("limit",),
            example=90_000,
            after="images.held",
        ),
        Form(
            "Pool images limit",
            "Of a data set: most the pool could ever hold.",
            unit="images",
            example=60_000,
            after="images.held",
            sheet=_POOL,
        ),
    ]
    held: Annotated[
        int,
        COUNT,
        Form(
            "Images held",
            "Labelled images of this very task owned today.",
            unit="images",
            aliases=("held",),
            example=20_000,
        ),
        Form(
            "Pool images held",
            "Of a data set: images in the pool today.",
            unit="images",
            default="",
            example=0,
            sheet=_POOL,
        ),
    ] = 0
    price: Annotated[
        Amount,
        PRICE,
        Form(
            "Price per image",
            f"Of one more labelled image. {RANGE}",
            unit="money",
            aliases=("price",),
            example="0.30..0.45",
        ),
        Form("Pool price per image", RANGE, unit="money", default="", example=0.2, sheet=_POOL),
    ] = 0.0
    fixed_cost: Annotated[
        Amount,
        MONEY_RANGE,
        Form(
            "Collection set-up cost",
            f"Paid once if any image is bought. {RANGE}",
            unit="money",
            aliases=("fixed cost", "setup cost"),
            example=2_000,
        ),
        Form(
            "Pool set-up cost",
            f"Paid once if the pool buys any image. {RANGE}",
            unit="money",
            default="",
            sheet=_POOL,
        ),
    ] = 0.0

    licence: Annotated[
        Amount | None,
        PRICE,
        Form(
            "Licence per image",
            f"For the right to use one more image. {RANGE}",
            unit="money",
            aliases=("licence",),
            after="images.price",
        ),
        Form("Pool licence per image", RANGE, unit="money", default="", sheet=_POOL),
    ] = None
    storage: Annotated[
        Amount | None,
        PRICE,
        Form(
            "Storage per image",
            f"For keeping an image that is trained on, over the horizon. {RANGE}",
            unit="money",
            aliases=("storage",),
            after="images.licence",
        ),
        Form("Pool storage per image", RANGE, unit="money", default="", sheet=_POOL),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "images")
