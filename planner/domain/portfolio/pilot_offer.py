"""A run that could be made before a project is decided on, as the file offers it."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import InFile, in_file
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

__all__ = ["PilotOffer"]


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

    images: Annotated[int, POSITIVE_COUNT, InFile(example="images: 2k")]
    backbone: Annotated[Backbone | None, word(Backbone)] = None
    architecture: Annotated[str | None, ARCHITECTURE] = None
    test_images: Annotated[int | None, POSITIVE_COUNT] = None
    price: Annotated[float | None, MONEY] = None
    weeks: Annotated[float | None, WEEKS] = None
    trials: Annotated[float | None, REPEATS] = None

    def __post_init__(self) -> None:
        check_record(self, "pilot on offer")
