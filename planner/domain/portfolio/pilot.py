"""A measured run of a project: how many images, which error, on how many it was tested."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import Form, InFile, Part, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import ARCHITECTURE, COUNT, POSITIVE_COUNT, SHARE, YES_NO, word
from planner.domain.vocabulary import Backbone

__all__ = ["FROZEN_FROM_SCRATCH", "Pilot", "frozen_has_weights"]

FROZEN_FROM_SCRATCH = "a frozen backbone needs pretrained weights"


def frozen_has_weights(part: Part) -> None:
    """Refuse a frozen backbone without pretrained weights."""
    if part.values.get("backbone") == Backbone.FROZEN and part.values.get("pretrained") is False:
        part.wrong("backbone", f"{FROZEN_FROM_SCRATCH}.", "pretrained: true")


def _run_says_something(part: Part) -> None:
    frozen_has_weights(part)
    if part.written and part.values.get("error") == 0 and "test_images" not in part.given:
        message = "no error among how many test images? Without their number 0 says nothing."
        part.wrong("error", message, "test_images: 1000", "ERROR_ZERO")


@in_file("PilotSection", "An entry of a project's ``pilots``.", _run_says_something)
@dataclass(frozen=True)
class Pilot:
    """A measured run of the project itself.

    Attributes
    ----------
    images : int
        Labelled images trained on.
    error : float
        Measured error, in (0, 1).
    test_images : int, optional
        Images the error was measured on; widens the evidence by its sampling noise.
    architecture : str, optional
        Network that was trained; None if not recorded.
    pretrained, backbone : optional
        As for the project, where they differ from it.
    seed : int, optional
        Tells repeats apart.
    """

    images: Annotated[
        int,
        POSITIVE_COUNT,
        InFile(example="images: 2k"),
        Form("Images *", "Labelled images trained on.", unit="images", example=20_000),
    ]
    error: Annotated[
        float,
        SHARE,
        InFile(example="error: 8%"),
        Form(
            "Error *",
            "Measured error: 1 minus the accuracy, or 1 minus the IoU.",
            unit="%",
            example=0.081,
        ),
    ]
    test_images: Annotated[
        int | None,
        POSITIVE_COUNT,
        Form("Test images", "On how many it was measured.", unit="images", example=1_000),
    ] = None
    architecture: Annotated[
        str | None,
        ARCHITECTURE,
        Form("Architecture", "Network that was trained.", example="ResNet-50", width=18),
    ] = None
    pretrained: Annotated[
        bool | None,
        YES_NO,
        Form("Pretrained", "Where it differs from the project.", unit="TRUE or FALSE"),
    ] = None
    backbone: Annotated[
        Backbone | None,
        word(Backbone),
        Form("Backbone", "Where it differs from the project."),
    ] = None
    seed: Annotated[int | None, COUNT, Form("Seed", "Tells repeats apart.")] = None

    def __post_init__(self) -> None:
        check_record(self, "pilot")
