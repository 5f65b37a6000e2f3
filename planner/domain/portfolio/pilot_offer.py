"""A run that could be made before a project is decided on, as the file offers it."""

import math
from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import (
    ARCHITECTURE,
    MONEY,
    POSITIVE_COUNT,
    REPEATS,
    WEEKS,
    word,
)
from planner.domain.vocabulary import Backbone

__all__ = ["PilotOffer", "runs_can_be_made"]


@in_file("PilotOfferSection", "An entry of a project's ``pilots_on_offer``.")
@dataclass(frozen=True, kw_only=True)
class PilotOffer:
    """A run on offer before the money is committed.

    Attributes
    ----------
    images : int
        Labelled images to train on, those held included; no more than the project's limit.
    backbone : Backbone, optional
        ``frozen`` for a probe; as the project's unless given.
    architecture : str, optional
        Network to train; the one that today's best option trains unless given.
    test_images : int, optional
        Images the error is measured on; a fifth of what is held, at most 1,000, unless given.
    price : float, optional
        All money except labels, which cost what ``images`` says; the price of training unless
        given.
    weeks : float, optional
        That it takes.
    trials : float, optional
        Trainings paid; the portfolio's unless given.
    """

    images: Annotated[
        int,
        POSITIVE_COUNT,
        InFile(example="images: 2k"),
        Form("Images *", "Labelled images to train on, those held included.", example=5_000),
    ]
    backbone: Annotated[
        Backbone | None,
        word(Backbone),
        Form("Backbone", "frozen: a probe, only a head is trained.", default="the project's"),
    ] = None
    architecture: Annotated[
        str | None,
        ARCHITECTURE,
        Form(
            "Architecture",
            "Network to train.",
            default="that of today's best option",
            example="ResNet-50",
            width=18,
        ),
    ] = None
    test_images: Annotated[
        int | None,
        POSITIVE_COUNT,
        Form(
            "Test images",
            "On how many the error is measured.",
            default="a fifth of what is held, at most 1,000",
        ),
    ] = None
    price: Annotated[
        float | None,
        MONEY,
        Form(
            "Price",
            "All money except labels, which cost the price per image.",
            unit="money",
            default="that of training",
            example=2_000,
        ),
    ] = None
    weeks: Annotated[
        float | None, WEEKS, Form("Weeks", "That it takes.", unit="weeks", default="none")
    ] = None
    trials: Annotated[
        float | None,
        REPEATS,
        Form("Trials", "Trainings paid.", unit="trainings", default="the portfolio's"),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, "pilot on offer")


def runs_can_be_made(part: Part) -> None:
    """Report runs on offer that take more images than there can be."""
    images, offers = part.values.get("images"), part.values.get("pilots_on_offer") or ()
    limit = getattr(images, "limit", math.inf)
    for at, offer in enumerate(offers):
        if not isinstance(offer, PilotOffer):
            continue
        here = (*part.here, "pilots_on_offer", at, "images")
        if offer.images > limit:
            message = f"{offer.images:,} images are more than the limit of {limit:,}."
            part.reading.wrong(here, message, f"images: {limit}")
