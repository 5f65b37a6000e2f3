"""The portfolio file, version 1: every field, its type and its range.

Each model is one mapping of the file. Rules that compare fields of one mapping in order (``held``
and ``limit``) stand here; those across mappings are in
:mod:`planner.inputs.fields.cross_checks`, how a value is read in
:mod:`planner.inputs.fields.schema_values`. What a later release will support can be part of the
schema, so that it is checked, and refused by :mod:`planner.inputs.fields.support` rather than taken
for a spelling mistake.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, model_validator

from planner.domain.format import percent_as_set, percent_to_type
from planner.domain.portfolio.portfolio import AVERSION_NEEDED
from planner.domain.portfolio.sharing import DATASET_GIVES, MODEL_IMAGES, NOTHING_TAKEN
from planner.domain.quantities import Amount, show
from planner.domain.vocabulary import (
    AssetKind,
    Backbone,
    Basis,
    Mode,
    Objective,
    RiskKind,
    Split,
    Task,
)
from planner.inputs.fields.not_offered import other_task
from planner.inputs.fields.schema_rules import (
    RULE_KINDS,
    AnyRule,
    AtLeastRule,
    AtMostRule,
    CommittedRule,
    ExclusiveRule,
    FundRule,
    RequireRule,
    SkipRule,
    UnitRule,
    read_rule,
)
from planner.inputs.fields.schema_values import (
    Aversion,
    ClassCount,
    Count,
    Entropy,
    Ids,
    Level,
    Money,
    PositiveCount,
    PositivePrice,
    Price,
    Repeats,
    RiskLevel,
    Section,
    Share,
    Target,
    Text,
    Years,
    YesNo,
    mistake,
    not_empty,
    one_of,
    read_classes,
    read_utilisation,
    two_classes,
)

__all__ = [
    "RULE_KINDS",
    "AnyRule",
    "AtLeastRule",
    "AtMostRule",
    "CommittedRule",
    "ComputeSection",
    "ExclusiveRule",
    "FundRule",
    "GivesSection",
    "HoldSection",
    "ImagesSection",
    "PeriodSection",
    "PilotSection",
    "PortfolioFile",
    "PortfolioSection",
    "ProjectSection",
    "RequireRule",
    "RiskSection",
    "Section",
    "SharedSection",
    "SkipRule",
    "UnitRule",
]


def _at_least_held(limit: int, info: ValidationInfo) -> int:
    held = info.data.get("held", 0)
    if limit < 1:
        raise mistake("got 0; at least one image must be obtainable.")
    if held > limit:
        raise mistake(
            f"{held:,} images are held, but the limit, which includes them, is {limit:,}.",
            f"limit: {held}",
        )
    return limit


def _at_most_go_chance(pilot_chance: float, info: ValidationInfo) -> float:
    go_chance = info.data.get("go_chance", 1.0)
    if pilot_chance > go_chance:
        raise mistake(
            f"pilot_chance {percent_as_set(pilot_chance)} is above go_chance "
            f"{percent_as_set(go_chance)}.",
            f"pilot_chance: {percent_to_type(go_chance)}",
        )
    return pilot_chance


def _needed_by_entropic(aversion: float | None, info: ValidationInfo) -> float | None:
    if aversion is None and info.data.get("measure") is RiskKind.ENTROPIC:
        raise mistake(AVERSION_NEEDED, "aversion: 1e-6", "MISSING")
    return aversion


def _of_dataset(images: "ImagesSection | None", info: ValidationInfo) -> "ImagesSection | None":
    if images is not None and info.data.get("kind") is AssetKind.BASE_MODEL:
        raise mistake(MODEL_IMAGES, "kind: dataset", "CONFLICT")
    return images


def _of_base_model(gives: "GivesSection | None", info: ValidationInfo) -> "GivesSection | None":
    if gives is not None and info.data.get("kind") is AssetKind.DATASET:
        raise mistake(DATASET_GIVES, "kind: base_model", "CONFLICT")
    return gives


def _not_false(pretrained: bool | None) -> bool | None:
    if pretrained is False:
        raise mistake(NOTHING_TAKEN, "pretrained: true")
    return pretrained


def _task(value: object) -> Task:
    other = other_task(value) if isinstance(value, str) and value not in tuple(Task) else None
    known = ", ".join(Task)
    if other:
        raise mistake(f"got {show(value)}; expected one of {known}.", other)
    if other is not None:
        message = f"got {show(value)}; the models know {known} (mean IoU) and no other task."
        raise mistake(message, "a project of one of them, or leave this one out")
    return one_of(Task)(value)


class RiskSection(Section):
    """``portfolio.risk``."""

    measure: Annotated[RiskKind, PlainValidator(one_of(RiskKind))] = RiskKind.EXPECTED
    level: RiskLevel = 0.9
    weight: Share = 0.5
    aversion: Annotated[Aversion | None, AfterValidator(_needed_by_entropic)] = Field(
        default=None, validate_default=True
    )


class PeriodSection(Section):
    """An entry of ``portfolio.periods``."""

    id: Text
    budget: Money


class HoldSection(Section):
    """``portfolio.hold``: how the budget binds random spend."""

    chance: Level | None = None
    cvar: Level | None = None


class PortfolioSection(Section):
    """``portfolio``."""

    name: Text = "Portfolio"
    currency: Text = "USD"
    budget: Money | None = None
    objective: Annotated[Objective, PlainValidator(one_of(Objective))] | None = None
    mode: Annotated[Mode, PlainValidator(one_of(Mode))] = Mode.COMMIT
    risk: RiskSection = RiskSection()
    horizon_years: Years = 1.0
    go_chance: Share = 0.6
    pilot_chance: Annotated[Share, AfterValidator(_at_most_go_chance)] = Field(
        default=0.3, validate_default=True
    )
    baseline: Entropy | None = None
    periods: list[PeriodSection] = Field(default_factory=list)
    discount_rate: Share = 0.0
    hold: HoldSection | None = None


class ComputeSection(Section):
    """``compute``."""

    basis: Annotated[Basis, PlainValidator(one_of(Basis))] = Basis.MEASURED
    usd_per_flop: PositivePrice = 3e-11
    accelerator: Text = "A100 40GB"
    usd_per_hour: Price | None = None
    utilisation: Annotated[Amount, PlainValidator(read_utilisation)] | None = None
    epochs: Repeats = 50.0
    trials: Repeats = 1.0


class ImagesSection(Section):
    """``images`` of a project or of a shared data set."""

    held: Count = 0
    limit: Annotated[Count, AfterValidator(_at_least_held)]
    price: Price = 0.0
    fixed_cost: Money = 0.0


class PilotSection(Section):
    """An entry of a project's ``pilots``."""

    images: PositiveCount
    error: Share
    test_images: PositiveCount | None = None
    architecture: Text | None = None
    pretrained: YesNo | None = None
    backbone: Annotated[Backbone, PlainValidator(one_of(Backbone))] | None = None
    seed: Count | None = None


class ProjectSection(Section):
    """An entry of ``projects``."""

    id: Text
    task: Annotated[Task, PlainValidator(_task)] = Task.CLASSIFICATION
    classes: Annotated[int, PlainValidator(read_classes)] | None = None
    class_counts: Annotated[dict[str, ClassCount], AfterValidator(two_classes)] | None = None
    pretrained: YesNo = True
    backbone: Annotated[Backbone, PlainValidator(one_of(Backbone))] = Backbone.FINETUNED
    target_accuracy: Target | None = None
    target_error: Target | None = None
    target_iou: Target | None = None
    images: ImagesSection
    value: Money | None = None
    architectures: Annotated[list[Text], AfterValidator(not_empty)] | None = None
    min_chance: Share | None = None
    baseline: Entropy | None = None
    pilots: list[PilotSection] = Field(default_factory=list)
    unit: Text | None = None
    earliest: Text | None = None


class GivesSection(Section):
    """``gives`` of a shared base model."""

    pretrained: Annotated[YesNo | None, AfterValidator(_not_false)] = None
    training_discount: Share | None = None


class SharedSection(Section):
    """An entry of ``shared``."""

    id: Text
    kind: Annotated[AssetKind, PlainValidator(one_of(AssetKind))]
    members: Ids
    required: YesNo = True
    fixed_cost: Money = 0.0
    split: Annotated[Split, PlainValidator(one_of(Split))] = Split.SHAPLEY
    images: Annotated[ImagesSection | None, AfterValidator(_of_dataset)] = None
    gives: Annotated[GivesSection | None, AfterValidator(_of_base_model)] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        given = self.gives and (self.gives.pretrained or self.gives.training_discount)
        if not (self.images or given or "fixed_cost" in self.model_fields_set):
            message = "this asset costs nothing and gives nothing."
            raise mistake(message, "fixed_cost: 40k", "EMPTY")
        return self


def _version(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value == 1:
        return 1
    if isinstance(value, float) and value == 1:
        raise mistake("got 1.0; the version is a whole number.", "version: 1", "VERSION")
    raise mistake(f"got {show(value)}; this release reads version 1.", "version: 1", "VERSION")


class PortfolioFile(Section):
    """The whole file."""

    version: Annotated[Literal[1], PlainValidator(_version)]
    portfolio: PortfolioSection = PortfolioSection()
    compute: ComputeSection = ComputeSection()
    projects: Annotated[list[ProjectSection], AfterValidator(not_empty)]
    shared: list[SharedSection] = Field(default_factory=list)
    rules: list[Annotated[AnyRule, PlainValidator(read_rule)]] = Field(default_factory=list)
