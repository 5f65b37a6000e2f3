"""One vision system to build: task, classes, target, images and value."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType

from planner.domain import complexity
from planner.domain.limits import MAX_COMPLEXITY, MAX_ENTROPY_NATS
from planner.domain.portfolio.fields import (
    FieldReader,
    number_at_least_zero,
    positive_number,
    price,
    share,
    share_strictly_inside,
    text_list,
    true_or_false,
    word_of,
)
from planner.domain.quantities import Amount, QuantityError, parse_count, show
from planner.domain.vocabulary import Backbone, Task

MAX_ID_LENGTH = 300

VISION = "vision"
"""The domain of every fitted model that ships: labelled images."""

_SIZES = ("classes", "class_counts", "relative_complexity")
_TARGETS = ("target_accuracy", "target_error", "target_iou")


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
    fixed_cost : float
        Cost of setting up a collection, paid once if any image is bought.
    """

    limit: int
    held: int = 0
    price: Amount = 0.0
    fixed_cost: float = 0.0

    def __post_init__(self) -> None:
        reader = FieldReader(self, "images")
        held = reader.read("held", parse_count)
        limit = reader.read("limit", parse_count)
        reader.read("price", price)
        reader.read("fixed_cost", number_at_least_zero)
        if limit == 0:
            reader.wrong("limit", "at least one image must be obtainable.")
        elif held is not None and limit is not None and held > limit:
            reader.wrong(
                "limit",
                f"{held:,} images are held, but the limit, which includes them, is {limit:,}.",
                f"limit: {held}",
            )
        reader.finish()


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

    images: int
    error: float
    test_images: int | None = None
    architecture: str | None = None
    pretrained: bool | None = None
    backbone: Backbone | None = None
    seed: int | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "pilot")
        for name in ("images", "test_images"):
            if reader.read(name, parse_count, optional=name == "test_images") == 0:
                reader.wrong(name, "got 0; a run needs at least 1 image.")
        reader.read("error", share)
        reader.read("pretrained", true_or_false, optional=True)
        reader.read("backbone", word_of(Backbone), optional=True)
        reader.finish()


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
    target_accuracy, target_error, target_iou : float, optional
        The target, strictly between 0 and 1; read it as :attr:`error_target`.
    images : Images
        What is held, obtainable, and its price.
    value : float, optional
        Earned if the target is met, in the portfolio's currency.
    architectures : tuple of str
        Candidates; empty for all of the catalogue that fit the task.
    min_chance : float, optional
        Fund only options at least this likely to meet the target.
    pilots : tuple of Pilot
        Measured runs.
    baseline_entropy : float
        Entropy in nats of the task with relative complexity 1.
    unit : str, optional
        Business unit.
    earliest : str, optional
        First period in which it may start.
    domain : str
        What the data are; a model that never saw the domain refuses to forecast. Not a field of
        the portfolio file.
    """

    id: str
    task: Task = Task.CLASSIFICATION
    classes: int | None = None
    class_counts: Mapping[str, float] | None = None
    relative_complexity: float = math.nan
    pretrained: bool = True
    backbone: Backbone = Backbone.FINETUNED
    target_accuracy: float | None = None
    target_error: float | None = None
    target_iou: float | None = None
    images: Images
    value: float | None = None
    architectures: tuple[str, ...] = ()
    min_chance: float | None = None
    pilots: tuple[Pilot, ...] = ()
    baseline_entropy: float = field(default=math.log(complexity.BASELINE_CLASSES))
    unit: str | None = None
    earliest: str | None = None
    domain: str = VISION

    def __post_init__(self) -> None:
        reader = FieldReader(self, f"projects[{self.id}]")
        _read_id(reader)
        reader.read("task", word_of(Task))
        _read_start(reader)
        _read_size(reader, self)
        _read_target(reader)
        _read_parts(reader)
        reader.read("value", number_at_least_zero, optional=True)
        reader.read("min_chance", share, optional=True)
        reader.read("architectures", text_list)
        reader.finish()
        if math.isnan(self.relative_complexity):
            object.__setattr__(self, "relative_complexity", _relative_complexity(self))

    @cached_property
    def error_target(self) -> float:
        """Target as an error: 1 − accuracy, or 1 − mean IoU."""
        if self.target_error is not None:
            return self.settled(self.target_error)
        accuracy = self.target_accuracy if self.target_accuracy is not None else self.target_iou
        # 1 - 0.94 is 0.06000000000000005: a target written as 94 % must equal one written as 6 %.
        return self.settled(round(1.0 - (accuracy or 0.0), 12))

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

        From a relative complexity alone, uniform classes are assumed.
        """
        if self.task is Task.SEGMENTATION:
            return 1.0
        if self.class_counts is not None:
            return complexity.majority_guess_error(self.class_counts.values())
        if self.classes is not None:
            return 1.0 - 1.0 / self.classes
        return -math.expm1(-self.relative_complexity * self.baseline_entropy)

    @property
    def target_is_trivial(self) -> bool:
        """Whether the majority guess already meets the target."""
        return self.error_target >= self.majority_guess_error


def _read_id(reader: FieldReader) -> None:
    identity = reader.raw("id")
    if not isinstance(identity, str) or not 1 <= len(identity.strip()) <= MAX_ID_LENGTH:
        reader.wrong("id", f"an id is a text of 1 to {MAX_ID_LENGTH} characters.")


def _read_start(reader: FieldReader) -> None:
    """Read what training starts from."""
    pretrained = reader.read("pretrained", true_or_false)
    backbone = reader.read("backbone", word_of(Backbone))
    if pretrained is False and backbone is Backbone.FROZEN:
        reader.wrong("backbone", "a frozen backbone needs pretrained weights.", "pretrained: true")


def _read_size(reader: FieldReader, project: Project) -> None:
    """Read classes, class counts or relative complexity: exactly one of them."""
    given = [name for name in _SIZES if not _is_absent(reader.raw(name))]
    reader.read("baseline_entropy", partial(positive_number, most=MAX_ENTROPY_NATS))
    if "relative_complexity" in given:
        reader.read("relative_complexity", partial(positive_number, most=MAX_COMPLEXITY))
    if "classes" in given:
        reader.read("classes", _class_number)
    if "class_counts" in given:
        reader.read("class_counts", _class_counts)
    # dataclasses.replace passes on what was computed, which then says nothing new.
    repeated = (
        len(given) == 2
        and "relative_complexity" in given
        and not reader.problems
        and math.isclose(project.relative_complexity, _relative_complexity(project), rel_tol=1e-12)
    )
    if len(given) != 1 and not repeated:
        got = " and ".join(given) or "none"
        reader.wrong("classes", f"give exactly one of {', '.join(_SIZES)}; got {got}.")


def _read_target(reader: FieldReader) -> None:
    given = [name for name in _TARGETS if reader.raw(name) is not None]
    for name in given:
        reader.read(name, share_strictly_inside)
    if len(given) != 1:
        got = " and ".join(given) or "none"
        reader.wrong("target_error", f"give exactly one of {', '.join(_TARGETS)}; got {got}.")
    if "target_iou" in given and reader.raw("task") == Task.CLASSIFICATION:
        message = "IoU measures segmentation; this task is classification."
        reader.wrong("target_iou", message, "target_accuracy")


def _read_parts(reader: FieldReader) -> None:
    """Read the nested records."""
    images = reader.nested("images", Images, reader.raw("images"))
    if images is not None:
        reader.store("images", images)
    runs = reader.raw("pilots")
    if isinstance(runs, str | Mapping) or not hasattr(runs, "__iter__"):
        reader.wrong("pilots", f"got {show(runs)}; expected a list of runs.")
        return
    read = [reader.nested(f"pilots[{index}]", Pilot, run) for index, run in enumerate(runs)]
    reader.store("pilots", tuple(run for run in read if run is not None))


def _relative_complexity(project: Project) -> float:
    entropy = (
        math.log(project.classes or 0)
        if project.class_counts is None
        else complexity.entropy_nats(project.class_counts.values())
    )
    return complexity.relative_complexity(entropy, project.baseline_entropy)


def _class_number(value: object) -> int:
    count = parse_count(value, what="classes")
    if count < 2:
        message = f"got {show(value)}; a task has at least 2 classes"
        raise QuantityError(message)
    return count


def _class_counts(value: object) -> Mapping[str, float]:
    if not isinstance(value, Mapping):
        message = f"got {show(value)}; expected a mapping of classes to their images"
        raise QuantityError(message)
    counts = {name: number_at_least_zero(count) for name, count in value.items()}
    if sum(count > 0 for count in counts.values()) < 2:
        message = "at least two classes need images; with one there is nothing to tell apart"
        raise QuantityError(message)
    return MappingProxyType(counts)


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
