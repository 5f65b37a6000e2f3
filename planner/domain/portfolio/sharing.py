"""What several projects use and pay once: data sets, pools of images, base models."""

from dataclasses import dataclass

from planner.domain.portfolio.fields import (
    FieldReader,
    number_at_least_zero,
    share,
    text,
    text_list,
    true_or_false,
    word_of,
)
from planner.domain.portfolio.project import Images
from planner.domain.vocabulary import AssetKind, Split

__all__ = ["Gives", "SharedAsset"]


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

    pretrained: bool | None = None
    training_discount: float = 0.0

    def __post_init__(self) -> None:
        reader = FieldReader(self, "gives")
        if reader.read("pretrained", true_or_false, optional=True) is False:
            reader.wrong("pretrained", NOTHING_TAKEN, "pretrained: true")
        reader.read("training_discount", share)
        reader.finish()

    @property
    def anything(self) -> bool:
        """Whether a member gains by it at all."""
        return self.pretrained is not None or self.training_discount > 0


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
    fixed_cost : float
        Paid once when it is bought.
    split : str
        ``shapley``, ``equal``, ``usage`` (per image used; ``proportional`` is read as it) or
        ``dual`` (never more than the project gains).
    images : Images or None
        A pool whose images serve every member; it pays for the largest need, not the sum.
    gives : Gives
        What a base model changes for its users.
    """

    id: str
    kind: str
    members: tuple[str, ...]
    required: bool = True
    fixed_cost: float = 0.0
    split: str = "shapley"
    images: Images | None = None
    gives: Gives = Gives()

    def __post_init__(self) -> None:
        reader = FieldReader(self, f"shared[{self.id}]")
        reader.read("id", text)
        kind = reader.read("kind", word_of(AssetKind))
        split = reader.read("split", word_of(Split))
        reader.store("kind", str(self.kind))
        reader.store("split", str(Split.USAGE if split is Split.PROPORTIONAL else self.split))
        reader.read("required", true_or_false)
        reader.read("fixed_cost", number_at_least_zero)
        members = reader.read("members", text_list)
        if members is not None and not members:
            reader.wrong("members", "no project is named; an asset has at least one member.")
        if members and len(set(members)) < len(members):
            reader.wrong("members", "a project is named twice.")
        if self.images is not None:
            reader.read_part("images", Images)
        reader.read_part("gives", Gives)
        if not reader.problems and kind is not None:
            _check_kind(reader, self, kind)
        reader.finish()


NOTHING_TAKEN = "a base model gives pretrained weights or leaves its members as they are."
DATASET_GIVES = "gives is of a base model; what a data set gives is its images."
MODEL_IMAGES = "a base model has no images; its members' images, or a data set, hold them."


def _check_kind(reader: FieldReader, asset: SharedAsset, kind: AssetKind) -> None:
    """Refuse what is of the other kind."""
    if kind is AssetKind.DATASET and asset.gives.anything:
        reader.wrong("gives", DATASET_GIVES, "kind: base_model")
    if kind is AssetKind.BASE_MODEL and asset.images is not None:
        reader.wrong("images", MODEL_IMAGES, "kind: dataset")
