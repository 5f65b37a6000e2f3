"""What several projects use and pay once: data sets, pools of images, base models."""

from dataclasses import dataclass
from typing import Annotated

from planner.domain.fields.declared import LIST, RANGE, Form, InFile, Part, in_file
from planner.domain.fields.reading import PartOf, check_record
from planner.domain.fields.values import IDS, MONEY_RANGE, SHARE, SPLIT, TEXT, YES_NO, word
from planner.domain.portfolio.project import Images
from planner.domain.quantities import Amount
from planner.domain.vocabulary import AssetKind

__all__ = ["Gives", "SharedAsset"]


def _takes_nothing(part: Part) -> None:
    if part.values.get("pretrained") is False:
        message = "a base model gives pretrained weights or leaves its members as they are."
        part.wrong("pretrained", message, "pretrained: true")


@in_file("GivesSection", "``gives`` of a shared base model.", _takes_nothing)
@dataclass(frozen=True, kw_only=True)
class Gives:
    """What a shared base model gives its members.

    Attributes
    ----------
    pretrained : bool or None
        True: members that use it start from pretrained weights. None leaves them as they are.
    training_discount : float
        Share of the training cost that its users save, in [0, 1].
    """

    pretrained: Annotated[
        bool | None,
        YES_NO,
        Form(
            "Gives pretrained",
            "Of a base model: its users start from pretrained weights.",
            unit="TRUE or FALSE",
        ),
    ] = None
    training_discount: Annotated[
        float,
        SHARE,
        Form(
            "Training discount",
            "Of a base model: share of the training cost that its users save.",
            unit="%",
            aliases=("gives training discount",),
            default="",
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        check_record(self, "gives")

    @property
    def anything(self) -> bool:
        """Whether a member gains by it at all."""
        return self.pretrained is not None or self.training_discount > 0


def _of_its_kind(part: Part) -> None:
    """Refuse what is of the other kind, and an asset that neither costs nor gives anything."""
    values = part.values
    kind, images = values.get("kind"), values.get("images")
    gives: Gives | None = values.get("gives")
    if kind == AssetKind.BASE_MODEL and images is not None:
        message = "a base model has no images; its members' images, or a data set, hold them."
        part.wrong("images", message, "kind: dataset", "CONFLICT")
    if kind == AssetKind.DATASET and _gives(part, gives):
        message = "gives is of a base model; what a data set gives is its images."
        part.wrong("gives", message, "kind: base_model", "CONFLICT")
    nothing = gives is not None and not (images or gives.anything or "fixed_cost" in part.given)
    if part.written and nothing and {"kind", "images"} <= values.keys():
        message = "this asset costs nothing and gives nothing."
        part.wrong("", message, "fixed_cost: 40k", "EMPTY")


def _gives(part: Part, gives: Gives | None) -> bool:
    """Tell whether an asset says what it gives: the field in a file, its content in Python."""
    return "gives" in part.given and gives is not None and (part.written or gives.anything)


@in_file("SharedSection", "An entry of ``shared``.", _of_its_kind)
@dataclass(frozen=True, kw_only=True)
class SharedAsset:
    """A data set or base model that several projects use and pay once.

    Attributes
    ----------
    id : str
        Unique among shared assets.
    kind : str
        ``dataset`` or ``base_model``.
    members : tuple of str
        Projects that may use it.
    required : bool
        Funding any member triggers the cost; else the plan decides whether it pays.
    fixed_cost : float or Range
        Paid once when it is bought.
    split : str
        ``shapley``, ``equal``, ``usage`` (per image used; ``proportional`` is read as it) or
        ``dual`` (never more than the project gains).
    images : Images or None
        A pool whose images serve every member; it pays for the largest need, not the sum.
    gives : Gives
        What a base model changes for its users.
    """

    id: Annotated[
        str,
        TEXT,
        InFile(example="id: my-project"),
        Form(
            "Asset *",
            "Any name, once in the column.",
            aliases=("asset id", "shared asset"),
            example="store-images",
            width=20,
        ),
    ]
    kind: Annotated[
        str,
        word(AssetKind, as_text=True),
        InFile(example="kind: dataset"),
        Form("Kind *", "What is shared.", example="dataset"),
    ]
    members: Annotated[
        tuple[str, ...],
        IDS,
        InFile(example="members: [project-a, project-b]"),
        Form(
            "Members *",
            f"Projects that may use it. {LIST}",
            example="shelf-gaps, planogram",
            width=30,
        ),
    ]
    required: Annotated[
        bool,
        YES_NO,
        Form(
            "Required",
            "TRUE: funding any member buys it. FALSE: bought only if it pays.",
            unit="TRUE or FALSE",
            example=True,
        ),
    ] = True
    fixed_cost: Annotated[
        Amount,
        MONEY_RANGE,
        Form("Fixed cost", f"Paid once when it is bought. {RANGE}", unit="money", example=40_000),
    ] = 0.0
    split: Annotated[
        str,
        SPLIT,
        Form("Split", "How its cost is divided among its users.", example="shapley"),
    ] = "shapley"
    images: Annotated[Images | None, PartOf(Images)] = None
    gives: Annotated[Gives, PartOf(Gives)] = Gives()

    def __post_init__(self) -> None:
        check_record(self, f"shared[{self.id}]")
