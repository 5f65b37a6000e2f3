"""Architectures that the tables lack, as a portfolio states them."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields import parsers
from planner.domain.fields.declared import Form, InFile, Kind, in_file
from planner.domain.fields.reading import check_record
from planner.domain.fields.values import LEVEL, POSITIVE_COUNT, TEXT, YES_NO, Plain
from planner.domain.limits import MAX_GMACS
from planner.domain.model.architecture import ANY_TASK, Architecture

__all__ = ["OwnArchitecture"]

_PARAMETERS = Plain(parsers.at_least_one("parameters"), Kind.COUNT)
_PIXELS = Plain(parsers.at_least_one("pixels"), Kind.COUNT)
_GMACS = Plain(parsers.above_zero(MAX_GMACS), Kind.NUMBER)


@in_file("OwnArchitectureSection", "An entry of ``portfolio.architectures``.")
@dataclass(frozen=True, kw_only=True)
class OwnArchitecture:
    """A network that the tables lack; its name then stands wherever one of theirs may.

    What is left out is drawn from the spread of the architectures that were fitted.

    Attributes
    ----------
    name : str
        Unlike any of the tables, and unique.
    parameters : int, optional
        Trainable; what basis ``paper`` prices training by.
    gmacs : float, optional
        Billions of multiply-accumulates of one image; what basis ``measured`` prices training by.
    px : int, optional
        Side of the image that ``gmacs`` are of, in pixels.
    imagenet_top1 : float, optional
        Share of ImageNet that its weights classify rightly; counts where ``parameters`` are stated,
        too, and the weights were learnt on nothing beyond ImageNet-1000.
    pretraining_images : int, optional
        Images that the weights were learnt on.
    self_supervised : bool, optional
        Whether they were learnt without class labels.
    """

    name: Annotated[
        str,
        TEXT,
        InFile(example="name: my-net"),
        Form("Architecture *", "Any name that the tables lack.", example="my-net", width=20),
    ]
    parameters: Annotated[
        int | None, _PARAMETERS, Form("Parameters", "Trainable, such as 5.3M.", example=5_300_000)
    ] = None
    gmacs: Annotated[
        float | None,
        _GMACS,
        Form(
            "GMACs",
            "Billions of multiply-accumulates of one image; they price training by its speed.",
            example=0.4,
        ),
    ] = None
    px: Annotated[
        int | None, _PIXELS, Form("Image side", "That the GMACs are of.", unit="px", example=224)
    ] = None
    imagenet_top1: Annotated[
        float | None,
        LEVEL,
        Form(
            "ImageNet top-1",
            "Of weights learnt on ImageNet-1000 alone; counts beside the parameters.",
            unit="%",
            aliases=("imagenet top1", "top 1"),
            example=0.77,
        ),
    ] = None
    pretraining_images: Annotated[
        int | None,
        POSITIVE_COUNT,
        Form(
            "Pretraining images",
            "That the weights were learnt on; ImageNet-1000 has 1.28M.",
            example=1_281_167,
        ),
    ] = None
    self_supervised: Annotated[
        bool | None,
        YES_NO,
        Form("Self-supervised", "Learnt without class labels.", aliases=("self supervised",)),
    ] = None

    def __post_init__(self) -> None:
        check_record(self, f"portfolio.architectures[{self.name}]")

    @property
    def row(self) -> Architecture:
        """As the tables would have it: a backbone, which takes a head for either task."""
        return Architecture(
            name=self.name,
            task=ANY_TASK,
            parameters=self.parameters,
            forward_gmacs=self.gmacs,
            input_px=self.px,
            imagenet_top1=self.imagenet_top1,
            pretraining_images=self.pretraining_images,
            self_supervised=self.self_supervised,
            stated=True,
        )
