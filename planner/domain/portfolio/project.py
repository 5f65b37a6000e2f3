"""One vision system to build: task, classes, target, images and value."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

from planner.domain import complexity
from planner.domain.fields.declared import (
    LIST,
    NOT_IN_FILE,
    PERCENT,
    RANGE,
    Form,
    InFile,
    Part,
    in_file,
)
from planner.domain.fields.reading import PartOf, check_record, parts
from planner.domain.fields.values import (
    ARCHITECTURES,
    BASELINE,
    CLASS_COUNTS,
    CLASS_PRICES,
    CLASSES,
    COMPLEXITY,
    ENTROPY,
    HOURS_RANGE,
    MONEY_RANGE,
    SHARE,
    TARGET,
    TASK,
    TEXT,
    YES_NO,
    word,
)
from planner.domain.portfolio.alternatives import Alternative, alternatives_differ
from planner.domain.portfolio.benefits import Benefit, Today, benefits_differ
from planner.domain.portfolio.images import Images
from planner.domain.portfolio.in_use.classes import (
    blind_error,
    blind_error_of_equals,
    compute_complexity,
    metric_fits,
    one_size,
)
from planner.domain.portfolio.in_use.compress import Compression, compressions_differ
from planner.domain.portfolio.in_use.field_use import Review, Shift, field_fits_together, lab_target
from planner.domain.portfolio.in_use.mistakes import Errors, errors_fit_together
from planner.domain.portfolio.in_use.no_target import target_or_money
from planner.domain.portfolio.in_use.rebalance import REBALANCES, balance_fits
from planner.domain.portfolio.in_use.volume import use_says_how_much
from planner.domain.portfolio.life import Build, End, Inference, Upkeep, Use
from planner.domain.portfolio.pilot import FROZEN_FROM_SCRATCH, Pilot, frozen_has_weights
from planner.domain.portfolio.pilot_offer import PilotOffer, runs_can_be_made
from planner.domain.quantities import Amount, amount_mean
from planner.domain.vocabulary import TARGETS, Backbone, Metric, Task

__all__ = ["FROZEN_FROM_SCRATCH", "VISION", "Images", "Pilot", "Project"]

VISION = "vision"
"""The domain of every fitted model that ships: labelled images."""


LEAST_TARGET = 1e-9
"""Of the laboratory, where what is asked in use leaves no room for error."""


def _project_fits_together(part: Part) -> None:
    """Report fields of which one is given, and what does not go with the task."""
    runs_can_be_made(part)
    one_size(part)
    if target_or_money(part):
        part.exactly_one(TARGETS, "target_accuracy: 94%")
    if "target_iou" in part.given and part.values.get("task") == Task.CLASSIFICATION:
        message = "IoU measures segmentation; the task of this project is classification."
        fix = "target_accuracy, or task: segmentation"
        part.wrong("target_iou", message, fix, at_key=True)
    frozen_has_weights(part)
    _zero_shot_is_a_start(part)
    use_says_how_much(part)
    benefits_differ(part)
    alternatives_differ(part)
    errors_fit_together(part)
    field_fits_together(part)
    compressions_differ(part)
    metric_fits(part)
    balance_fits(part)


def _zero_shot_is_a_start(part: Part) -> None:
    """Report a zero-shot error of what does not start from one."""
    if part.values.get("zero_shot_error") is None:
        return
    if part.values.get("backbone") != Backbone.FROZEN:
        message = "a zero-shot error is where an adapter on a frozen backbone starts."
        part.wrong("zero_shot_error", message, "backbone: frozen")
    elif not 0.0 < part.values["zero_shot_error"] < 1.0:
        part.wrong("zero_shot_error", "expected an error strictly between 0 and 100 %.", "35%")


@in_file("ProjectSection", "An entry of ``projects``.", _project_fits_together, compute_complexity)
@dataclass(frozen=True, kw_only=True)
class Project:
    """One vision system to build.

    Exactly one of ``classes``, ``class_counts`` and ``relative_complexity``, and exactly one of
    ``target_accuracy``, ``target_error`` and ``target_iou`` is given. Numbers may be written as in
    a file (``"20k"``, ``"94%"``); nested parts are records or plain mappings.

    Attributes
    ----------
    id : str
        Unique in its portfolio, 1 to 300 characters.
    task : Task
        Classification or segmentation.
    classes : int, optional
        Number of classes, at least 2, taken as equally frequent.
    class_counts : mapping of str to float, optional
        Images per class, at least two of them positive.
    relative_complexity : float
        Entropy over that of the baseline; computed unless given.
    pretrained : bool
        Start from pretrained weights.
    backbone : Backbone
        Train all layers, or only a head on frozen features.
    zero_shot_error : float, optional
        Of an adapter on a frozen backbone, such as CLIP's: the error with no labelled image at all.
    target_accuracy, target_error, target_iou : float, optional
        The target, strictly between 0 and 1; read it as :attr:`error_target`.
    metric : Metric
        What the target, and what is earned by accuracy, are judged on; classification alone.
    images : Images
        What is held, obtainable, and its price.
    value : float or Range, optional
        Earned if the target is met, in the portfolio's currency.
    architectures : tuple of str
        Candidates; empty for all of the catalogue that fit the task.
    min_chance : float, optional
        Fund only options at least this likely to meet the target.
    pilots : tuple of Pilot
        Measured runs.
    pilots_on_offer : tuple of PilotOffer
        Runs that could be made before it is decided on; empty for the usual ones.
    baseline_entropy : float
        Entropy in nats of the task with relative complexity 1.
    accelerator_hours : float or Range, optional
        Of one training on as many images as can be owned; in place of those that are computed.
    unit : str, optional
        Business unit.
    earliest : str, optional
        First period in which it may start.
    build : Build, optional
        People and fixed costs of development, and how long it takes.
    use : Use, optional
        How much and how long it is used, and when it goes live.
    inference : Inference, optional
        What running it on images costs.
    upkeep : Upkeep, optional
        What keeping it in use costs.
    benefits : tuple of Benefit
        What it earns besides ``value``.
    today : Today, optional
        What the present way of working costs, which it saves.
    errors : Errors, optional
        What wrong answers cost in use.
    review : Review, optional
        Images that people look at.
    shift : Shift, optional
        By how much the accuracy in use is below that on the test set.
    compress : tuple of Compression
        Smaller copies that the plan may choose.
    rebalance : tuple of int
        Images of the rarest class that the plan may train on in place of those met, where the
        others have as many as ``class_counts`` says; 0 is none.
    class_prices : mapping of str to float or Range, optional
        Of an image of the rarest class that is bought by itself; that of any unless given.
    end : End, optional
        What retiring it costs and brings.
    alternatives : tuple of Alternative
        Services, rules and people that would do its work, and compete with it in the plan.
    domain : str
        What the data are; a model that never saw the domain refuses to forecast. Not a field of
        the portfolio file.
    """

    id: Annotated[
        str,
        TEXT,
        InFile(example="id: my-project"),
        Form(
            "Project *",
            "Any name, once in the column.",
            aliases=("project id",),
            example="shelf-gaps",
            width=20,
        ),
    ]
    task: Annotated[
        Task, TASK, Form("Task", "What the system answers.", example="classification", width=15)
    ] = Task.CLASSIFICATION
    classes: Annotated[
        int | None,
        CLASSES,
        Form(
            "Classes",
            "Number of equally frequent classes. Give this or the class counts.",
            unit="number",
            aliases=("number of classes",),
            example=4,
        ),
    ] = None
    class_counts: Annotated[
        Mapping[str, float] | None,
        CLASS_COUNTS,
        Form(
            "Class counts",
            "Instead of classes, if some are rare: ok: 9000, torn: 800, missing: 200. No commas "
            "inside numbers; a name with a comma stands in double quotes.",
            unit="name: images, …",
            width=26,
        ),
    ] = None
    relative_complexity: Annotated[float, COMPLEXITY, NOT_IN_FILE] = math.nan
    pretrained: Annotated[
        bool,
        YES_NO,
        Form(
            "Pretrained",
            "Start from pretrained weights.",
            unit="TRUE or FALSE",
            width=12,
            after="min_chance",
        ),
    ] = True
    backbone: Annotated[
        Backbone,
        word(Backbone),
        Form(
            "Backbone",
            "finetuned: train all layers. frozen: only a head on fixed features.",
            width=12,
            after="pretrained",
        ),
    ] = Backbone.FINETUNED
    zero_shot_error: Annotated[
        float | None,
        SHARE,
        Form(
            "Zero-shot error",
            "Of an adapter on a frozen backbone: its error with no labelled image at all.",
            unit="%",
            after="backbone",
        ),
    ] = None
    target_accuracy: Annotated[
        float | None,
        TARGET,
        Form("Target accuracy", f"{PERCENT} One target only.", unit="%", example=0.94),
    ] = None
    target_error: Annotated[
        float | None,
        TARGET,
        Form(
            "Target error",
            f"Instead of an accuracy: 1 minus it. {PERCENT.replace('94', '06')}",
            unit="%",
        ),
    ] = None
    target_iou: Annotated[
        float | None,
        TARGET,
        Form(
            "Target IoU",
            f"For segmentation: mean intersection over union. {PERCENT.replace('94', '80')}",
            unit="%",
        ),
    ] = None
    metric: Annotated[
        Metric,
        word(Metric),
        Form(
            "Metric",
            "What the target is judged on: accuracy, balanced_accuracy, or f1 of the rarest class.",
            width=18,
        ),
    ] = Metric.ACCURACY
    images: Annotated[
        Images, PartOf(Images), InFile(example="images: {held: 2k, limit: 50k, price: 0.30}")
    ]
    value: Annotated[
        Amount | None,
        MONEY_RANGE,
        Form(
            "Value if target is met",
            f"Earned over the horizon. Leave all empty to plan for targets met. {RANGE}",
            unit="money",
            aliases=("value if met",),
            example=200_000,
        ),
    ] = None
    architectures: Annotated[
        tuple[str, ...],
        ARCHITECTURES,
        Form(
            "Architectures",
            f"Candidates; planner catalogue lists them. {LIST}",
            default="all that fit the task",
            example="EfficientNet-B0, ResNet-50",
            width=30,
        ),
    ] = ()
    min_chance: Annotated[
        float | None,
        SHARE,
        Form(
            "Minimum chance",
            "Do not fund it unless at least this likely to meet the target.",
            unit="%",
        ),
    ] = None
    baseline: ClassVar[
        Annotated[
            float | None,
            BASELINE,
            Form(
                "Baseline",
                "As on sheet Portfolio, for this project alone.",
                after="earliest",
            ),
        ]
    ]
    pilots: Annotated[tuple[Pilot, ...], parts(Pilot)] = ()
    pilots_on_offer: Annotated[tuple[PilotOffer, ...], parts(PilotOffer)] = ()
    baseline_entropy: Annotated[float, ENTROPY, NOT_IN_FILE] = math.log(complexity.BASELINE_CLASSES)
    accelerator_hours: Annotated[
        Amount | None,
        HOURS_RANGE,
        Form(
            "Accelerator-hours",
            "Of one training on all images of the limit, in place of those that are computed; "
            "240..288 is P10..P90.",
            unit="hours",
            default="computed",
            after="pretrained",
        ),
    ] = None
    unit: Annotated[str | None, TEXT, Form("Business unit", "For rules on units.")] = None
    earliest: Annotated[
        str | None,
        TEXT,
        Form("Earliest period", "First period of sheet Periods in which it may start."),
    ] = None
    build: Annotated[Build | None, PartOf(Build)] = None
    use: Annotated[Use | None, PartOf(Use)] = None
    inference: Annotated[Inference | None, PartOf(Inference)] = None
    upkeep: Annotated[Upkeep | None, PartOf(Upkeep)] = None
    benefits: Annotated[tuple[Benefit, ...], parts(Benefit)] = ()
    today: Annotated[Today | None, PartOf(Today)] = None
    end: Annotated[End | None, PartOf(End)] = None
    errors: Annotated[Errors | None, PartOf(Errors)] = None
    review: Annotated[Review | None, PartOf(Review)] = None
    shift: Annotated[Shift | None, PartOf(Shift)] = None
    compress: Annotated[tuple[Compression, ...], parts(Compression)] = ()
    rebalance: Annotated[
        tuple[int, ...],
        REBALANCES,
        Form(
            "Rebalance",
            "Images of the rarest class to reach, beside the class counts: none, 10k. The plan "
            "chooses.",
            after="class_counts",
        ),
    ] = ()
    class_prices: Annotated[
        Mapping[str, Amount] | None,
        CLASS_PRICES,
        Form(
            "Class prices",
            "Of an image of the rarest class bought by itself: torn: 2.00.",
            unit="name: money",
            after="rebalance",
        ),
    ] = None
    alternatives: Annotated[tuple[Alternative, ...], parts(Alternative)] = ()
    domain: str = VISION

    def __post_init__(self) -> None:
        check_record(self, f"projects[{self.id}]")

    @property
    def has_worth(self) -> bool:
        """Whether anything says what it earns."""
        return self.value is not None or bool(self.benefits) or self.today is not None

    @property
    def mean_value(self) -> float:
        """What is earned if the target is met, at the mean of its range; 0 where none is stated."""
        return 0.0 if self.value is None else amount_mean(self.value)

    @property
    def has_target(self) -> bool:
        """Whether a target is stated; without one the plan chooses how good it is to be."""
        return any(getattr(self, name) is not None for name in TARGETS)

    @cached_property
    def error_target(self) -> float:
        """Target as an error on the test set: 1 − accuracy, or 1 − mean IoU.

        NaN without a target. Targets are stated for use: where the accuracy falls there, or people
        look at some of the images, this is the error in the laboratory that does.
        """
        target = self.error_target_in_use
        if not self.has_target:
            return target
        if self.shift is not None or self.review is not None:
            target = max(lab_target(target, self.shift, self.review), LEAST_TARGET)
            target = min(target, 1.0 - LEAST_TARGET)
        return self.settled(target)

    @property
    def error_target_in_use(self) -> float:
        """Target as it is stated, as an error."""
        if self.target_error is not None or not self.has_target:
            return math.nan if self.target_error is None else self.target_error
        accuracy = self.target_accuracy if self.target_accuracy is not None else self.target_iou
        # 1 - 0.94 is 0.06000000000000005: a target written as 94 % must equal one written as 6 %.
        return round(1.0 - (accuracy or 0.0), 12)

    def settled(self, error_target: float) -> float:
        """Return a target, put exactly on the majority guess where only rounding keeps it off.

        900 of 1,000 images in one class and a target accuracy of 90 % are the same number; in
        binary they are not, and "at or above the majority guess" must not hang on that.
        """
        close = math.isclose(error_target, self.majority_guess_error, rel_tol=1e-9)
        return self.majority_guess_error if close else error_target

    @cached_property
    def majority_guess_error(self) -> float:
        """Error of always answering the most frequent class; 1 for segmentation.

        Under another metric than accuracy, the least error that it has of always giving the same
        answer. From a relative complexity alone, uniform classes are assumed.
        """
        if self.task is Task.SEGMENTATION:
            return 1.0
        if self.class_counts is not None:
            return blind_error(self.metric, self.class_counts.values())
        if self.classes is not None:
            return blind_error_of_equals(self.metric, self.classes)
        return -math.expm1(-self.relative_complexity * self.baseline_entropy)

    @cached_property
    def start_error(self) -> float:
        """Error with no labelled image: of the zero-shot adapter if stated, or the majority guess.

        An adapter that does worse than that guess is not used.
        """
        if self.zero_shot_error is None or self.backbone is not Backbone.FROZEN:
            return self.majority_guess_error
        return min(self.zero_shot_error, self.majority_guess_error)

    @property
    def guess_meets_target(self) -> bool:
        """Whether the majority guess already meets the target, in use or where people look."""
        in_use = self.settled(self.error_target_in_use)
        return max(in_use, self.error_target) >= self.majority_guess_error

    @property
    def target_is_trivial(self) -> bool:
        """Whether meeting the target says nothing: the majority guess does, or it saves no money.

        With prices of misses and false alarms only money counts: the error of what always says no
        may be far below that of something useful. Without a target there is nothing to meet.
        """
        if not self.has_target:
            return False
        if self.errors is not None and self.errors.is_pair and not self.errors.cost_nothing:
            from planner.domain.wrong_answers import saves_nothing  # takes NumPy

            return saves_nothing(self.errors, self.error_target_in_use)
        return self.guess_meets_target
