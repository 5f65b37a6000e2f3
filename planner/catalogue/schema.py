"""The portfolio file, version 1: every field, its type and its range.

Each model is one mapping of the file. Rules that compare fields of one mapping in order (``held``
and ``limit``) stand here; those across mappings are in :mod:`planner.catalogue.cross_checks`.
What a later release will support is part of the schema, so that it is checked, and refused by
:mod:`planner.catalogue.support` rather than taken for a spelling mistake.
"""

import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from planner.catalogue.suggest import did_you_mean
from planner.domain.complexity import entropy_nats
from planner.domain.portfolio import AVERSION_NEEDED
from planner.domain.project import MAX_ID_LENGTH
from planner.domain.quantities import (
    DEFAULT_CURRENCY,
    Amount,
    QuantityError,
    Range,
    parse_amount,
    parse_count,
    parse_number,
    parse_rate,
    show,
)
from planner.domain.sharing import DATASET_GIVES, MODEL_IMAGES, NOTHING_TAKEN
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

MAX_MONEY = 1e13
"""Largest amount of money; sums over thousands of projects stay exact to the cent."""


def mistake(message: str, fix: str = "", code: str = "BAD_VALUE") -> PydanticCustomError:
    """Return the error that carries a message of ours through pydantic."""
    context = {"message": message, "fix": fix, "code": code}
    return PydanticCustomError("planner", "{message}", context)


def _checked[T](parse: Callable[[object], T]) -> Callable[[object], T]:
    """Return a parser whose refusals pydantic collects with their fix."""

    def validate(value: object) -> T:
        try:
            return parse(value)
        except QuantityError as error:
            code = "AMBIGUOUS" if "may " in str(error) else "BAD_VALUE"
            raise mistake(f"{error}.", error.fix, code) from None

    return validate


def _text(value: object) -> str:
    if isinstance(value, str):
        if not value.strip():
            raise mistake("the text is empty.")
        if len(value) > MAX_ID_LENGTH:
            raise mistake(
                f"the text has {len(value):,} characters; at most {MAX_ID_LENGTH} are allowed."
            )
        return value
    fix = f'"{show(value)}"' if isinstance(value, int | float) else ""
    raise mistake(f"got {show(value)}; expected text.", fix)


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    word = value.strip().lower() if isinstance(value, str) else str(value)
    fix = words.get(word, word if word in ("true", "false") else "")
    raise mistake(f"got {show(value)}; expected true or false.", fix)


def _one_of[E: StrEnum](words: type[E]) -> Callable[[object], E]:
    """Return a parser for one word of a closed list."""

    def validate(value: object) -> E:
        if isinstance(value, str) and value in tuple(words):
            return words(value)
        known = ", ".join(words)
        fix = did_you_mean(value, list(words)) if isinstance(value, str) else ""
        raise mistake(f"got {show(value)}; expected one of {known}.", fix)

    return validate


def _currency(info: ValidationInfo) -> str:
    """Return the currency in which the file gives its amounts."""
    return str((info.context or {}).get("currency", DEFAULT_CURRENCY))


def _money(value: object, info: ValidationInfo) -> float:
    number = _plain_number(value, currency=_currency(info))
    if number < 0:
        raise mistake(f"got {show(value)}; an amount of money is at least 0.")
    if number > MAX_MONEY:
        raise mistake(f"got {show(value)}; amounts of money above {MAX_MONEY:.0e} are not read.")
    return number


def _plain_number(value: object, *, currency: str | None = None) -> float:
    if isinstance(value, str) and ".." in value:
        raise mistake(f"got the range {show(value)}; this field takes one number.")
    return _checked(lambda given: parse_number(given, currency=currency))(value)


def _positive(value: object) -> float:
    number = _plain_number(value)
    if number <= 0:
        raise mistake(f"got {show(value)}; expected a number above 0.")
    return number


def _share(value: object) -> float:
    if isinstance(value, str) and ".." in value:
        raise mistake(f"got the range {show(value)}; this field takes one share.")
    return _checked(parse_rate)(value)


def _target(value: object) -> float:
    rate = _share(value)
    if not 0 < rate < 1:
        raise mistake(f"got {show(value)}; a target lies strictly between 0 % and 100 %.")
    return rate


def _level(value: object) -> float:
    rate = _share(value)
    if not 0 < rate < 1:
        raise mistake(f"got {show(value)}; expected a share strictly between 0 % and 100 %.", "90%")
    return rate


def _price(value: object, info: ValidationInfo) -> Amount:
    amount = _checked(lambda given: parse_amount(given, currency=_currency(info)))(value)
    low, high = (amount.p10, amount.p90) if isinstance(amount, Range) else (amount, amount)
    if low < 0:
        raise mistake(f"got {show(value)}; a price is at least 0.")
    mean = amount.lognormal_mean if isinstance(amount, Range) else high
    if mean > MAX_MONEY:
        raise mistake(
            f"got {show(value)}; prices (or their mean) above {MAX_MONEY:.0e} are not read."
        )
    return amount


def _positive_price(value: object, info: ValidationInfo) -> Amount:
    amount = _price(value, info)
    if amount == 0:
        raise mistake("got 0; this price is above 0.")
    return amount


def _utilisation(value: object) -> Amount:
    share = _checked(lambda given: parse_amount(given, rate=True))(value)
    if share == 0:
        raise mistake("got 0; the utilisation is above 0 %.")
    return share


def _classes(value: object) -> int:
    count = _checked(lambda given: parse_count(given, what="classes"))(value)
    if count < 2:
        raise mistake(f"got {show(value)}; a task has at least 2 classes.")
    return count


def _two_classes(counts: dict[str, int]) -> dict[str, int]:
    if sum(count > 0 for count in counts.values()) < 2:
        raise mistake("at least two classes need images; with one there is nothing to tell apart.")
    return counts


def _baseline(value: object) -> float:
    """Return the entropy in nats of the task with relative complexity 1."""
    if not isinstance(value, Mapping):
        return math.log(_classes(value))
    if len(value) == 1 and next(iter(value)) in ("entropy_bits", "entropy_nats"):
        unit, entropy = next(iter(value.items()))
        return _positive(entropy) * (math.log(2) if unit == "entropy_bits" else 1.0)
    count = _checked(lambda given: parse_count(given, what="images of a class"))
    return entropy_nats(
        _two_classes({name: count(given) for name, given in value.items()}).values()
    )


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
            f"pilot_chance {pilot_chance:.4g} is above go_chance {go_chance:.4g}.",
            f"pilot_chance: {100 * go_chance:.6g}%",
        )
    return pilot_chance


def _needed_by_entropic(aversion: float | None, info: ValidationInfo) -> float | None:
    if aversion is None and info.data.get("measure") is RiskKind.ENTROPIC:
        raise mistake(AVERSION_NEEDED, "aversion: 1e-6", "MISSING")
    return aversion


def _at_most_max_share(least: float | None, info: ValidationInfo) -> float | None:
    most = info.data.get("max_share")
    if least is not None and most is not None and least > most:
        raise mistake(
            f"min_share {100 * least:.4g}% is above max_share {100 * most:.4g}%.",
            f"min_share: {100 * most:.6g}%",
        )
    return least


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


def _positive_count(value: object) -> int:
    count = _checked(parse_count)(value)
    if count < 1:
        raise mistake("got 0; expected at least 1.")
    return count


def _not_empty[T](items: list[T]) -> list[T]:
    if not items:
        raise mistake("the list is empty.")
    return items


def _distinct(names: list[str]) -> list[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise mistake(f"{show(name)} is named twice.")
        seen.add(name)
    return _not_empty(names)


type Text = Annotated[str, PlainValidator(_text)]
type YesNo = Annotated[bool, PlainValidator(_yes_or_no)]
type Positive = Annotated[float, PlainValidator(_positive)]
type Money = Annotated[float, PlainValidator(_money)]
type Price = Annotated[Amount, PlainValidator(_price)]
type PositivePrice = Annotated[Amount, PlainValidator(_positive_price)]
type Share = Annotated[float, PlainValidator(_share)]
type Target = Annotated[float, PlainValidator(_target)]
type Level = Annotated[float, PlainValidator(_level)]
type Count = Annotated[int, PlainValidator(_checked(parse_count))]
type PositiveCount = Annotated[int, PlainValidator(_positive_count)]
type ClassCount = Annotated[
    int, PlainValidator(_checked(lambda given: parse_count(given, what="images of a class")))
]
type ProjectCount = Annotated[
    int, PlainValidator(_checked(lambda given: parse_count(given, what="projects")))
]
type Ids = Annotated[list[Text], AfterValidator(_distinct)]
type Entropy = Annotated[float, PlainValidator(_baseline)]


class Section(BaseModel):
    """A mapping of the file: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RiskSection(Section):
    """``portfolio.risk``."""

    measure: Annotated[RiskKind, PlainValidator(_one_of(RiskKind))] = RiskKind.EXPECTED
    level: Level = 0.9
    weight: Share = 0.5
    aversion: Annotated[Positive | None, AfterValidator(_needed_by_entropic)] = Field(
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
    objective: Annotated[Objective, PlainValidator(_one_of(Objective))] | None = None
    mode: Annotated[Mode, PlainValidator(_one_of(Mode))] = Mode.COMMIT
    risk: RiskSection = RiskSection()
    horizon_years: Positive = 1.0
    go_chance: Share = 0.6
    pilot_chance: Annotated[Share, AfterValidator(_at_most_go_chance)] = Field(
        default=0.3, validate_default=True
    )
    baseline: Entropy | None = None
    periods: list[PeriodSection] = []
    discount_rate: Share = 0.0
    hold: HoldSection | None = None


class ComputeSection(Section):
    """``compute``."""

    basis: Annotated[Basis, PlainValidator(_one_of(Basis))] = Basis.MEASURED
    usd_per_flop: PositivePrice = 3e-11
    accelerator: Text = "A100 40GB"
    usd_per_hour: Price | None = None
    utilisation: Annotated[Amount, PlainValidator(_utilisation)] | None = None
    epochs: Positive = 50.0
    trials: Positive = 1.0


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
    backbone: Annotated[Backbone, PlainValidator(_one_of(Backbone))] | None = None
    seed: Count | None = None


class ProjectSection(Section):
    """An entry of ``projects``."""

    id: Text
    task: Annotated[Task, PlainValidator(_one_of(Task))] = Task.CLASSIFICATION
    classes: Annotated[int, PlainValidator(_classes)] | None = None
    class_counts: Annotated[dict[str, ClassCount], AfterValidator(_two_classes)] | None = None
    pretrained: YesNo = True
    backbone: Annotated[Backbone, PlainValidator(_one_of(Backbone))] = Backbone.FINETUNED
    target_accuracy: Target | None = None
    target_error: Target | None = None
    target_iou: Target | None = None
    images: ImagesSection
    value: Money | None = None
    architectures: Annotated[list[Text], AfterValidator(_not_empty)] | None = None
    min_chance: Share | None = None
    baseline: Entropy | None = None
    pilots: list[PilotSection] = []
    unit: Text | None = None
    earliest: Text | None = None


class GivesSection(Section):
    """``gives`` of a shared base model."""

    pretrained: Annotated[YesNo | None, AfterValidator(_not_false)] = None
    training_discount: Share | None = None


class SharedSection(Section):
    """An entry of ``shared``."""

    id: Text
    kind: Annotated[AssetKind, PlainValidator(_one_of(AssetKind))]
    members: Ids
    required: YesNo = True
    fixed_cost: Money = 0.0
    split: Annotated[Split, PlainValidator(_one_of(Split))] = Split.SHAPLEY
    images: Annotated[ImagesSection | None, AfterValidator(_of_dataset)] = None
    gives: Annotated[GivesSection | None, AfterValidator(_of_base_model)] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        given = self.gives and (self.gives.pretrained or self.gives.training_discount)
        if not (self.images or given or "fixed_cost" in self.model_fields_set):
            message = "this asset costs nothing and gives nothing."
            raise mistake(message, "fixed_cost: 40k", "EMPTY")
        return self


class RuleSection(Section):
    """A rule: ``name`` is what messages call it, beside its place."""

    name: Text | None = None


class RequireRule(RuleSection):
    """Fund ``require`` only together with ``needs``."""

    require: Text
    needs: Text


class ExclusiveRule(RuleSection):
    """Fund at most one."""

    exclusive: Ids


class FundRule(RuleSection):
    """Fund all."""

    fund: Ids


class SkipRule(RuleSection):
    """Fund none."""

    skip: Ids


class AtMostRule(RuleSection):
    """Fund at most so many."""

    at_most: ProjectCount
    of: Ids


class AtLeastRule(RuleSection):
    """Fund at least so many."""

    at_least: ProjectCount
    of: Ids


class UnitRule(RuleSection):
    """Bounds on a business unit's share of the committed spend."""

    unit: Text
    max_share: Share | None = None
    min_share: Annotated[Share | None, AfterValidator(_at_most_max_share)] = None

    @model_validator(mode="after")
    def _bounds_something(self) -> Self:
        if self.max_share is None and self.min_share is None:
            raise mistake(
                "a rule on a unit has max_share, min_share or both.", "max_share: 50%", "MISSING"
            )
        return self


class CommittedRule(RuleSection):
    """Decided already: this project, architecture and number of images."""

    committed: Text
    architecture: Text | None = None
    images: PositiveCount | None = None


type AnyRule = (
    RequireRule
    | ExclusiveRule
    | FundRule
    | SkipRule
    | AtMostRule
    | AtLeastRule
    | UnitRule
    | CommittedRule
)

RULE_KINDS: dict[str, type[RuleSection]] = {
    "require": RequireRule,
    "exclusive": ExclusiveRule,
    "fund": FundRule,
    "skip": SkipRule,
    "at_most": AtMostRule,
    "at_least": AtLeastRule,
    "unit": UnitRule,
    "committed": CommittedRule,
}


def _rule(value: object) -> object:
    """Return a rule by the one field that names its kind."""
    if not isinstance(value, dict):
        raise mistake(f"got {show(value)}; expected a rule.", "{fund: [project-id]}")
    kinds = [kind for kind in RULE_KINDS if kind in value]
    if len(kinds) > 1:
        raise mistake(f"{' and '.join(kinds)} in one rule; write a rule for each.")
    if kinds:
        # A refusal inside is itself a ValidationError, whose errors pydantic puts in place here.
        return RULE_KINDS[kinds[0]].model_validate(value)
    guesses = [did_you_mean(key, list(RULE_KINDS)) for key in value]
    fix = next((guess for guess in guesses if guess), "")
    raise mistake(f"this is no known rule; a rule has one of {', '.join(RULE_KINDS)}.", fix)


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
    projects: Annotated[list[ProjectSection], AfterValidator(_not_empty)]
    shared: list[SharedSection] = []
    rules: list[Annotated[AnyRule, PlainValidator(_rule)]] = []
