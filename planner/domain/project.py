"""One vision system to build: task, classes, target, images and value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from planner.domain import complexity
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError, Problem

MAX_ID_LENGTH = 300


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


@dataclass(frozen=True, kw_only=True)
class Project:
    """One vision system to build.

    Exactly one of ``classes``, ``class_counts`` and ``relative_complexity``, and exactly one of
    ``target_accuracy``, ``target_error`` and ``target_iou`` is given. Nested parts are records or plain mappings.

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

    def __post_init__(self) -> None:
        object.__setattr__(self, "images", _record(Images, self.images))
        object.__setattr__(self, "pilots", tuple(_record(Pilot, run) for run in self.pilots))
        object.__setattr__(self, "architectures", tuple(self.architectures))
        if self.class_counts is not None:
            object.__setattr__(self, "class_counts", MappingProxyType(dict(self.class_counts)))
        problems = [*_project_problems(self)]
        if problems:
            raise InputError(problems)
        object.__setattr__(self, "task", Task(self.task))
        object.__setattr__(self, "backbone", Backbone(self.backbone))
        if math.isnan(self.relative_complexity):
            entropy = (
                math.log(self.classes or 0)
                if self.class_counts is None
                else complexity.entropy_nats(self.class_counts.values())
            )
            ratio = complexity.relative_complexity(entropy, self.baseline_entropy)
            object.__setattr__(self, "relative_complexity", ratio)

    @cached_property
    def error_target(self) -> float:
        """Target as an error: 1 − accuracy, or 1 − mean IoU."""
        if self.target_error is not None:
            return self.target_error
        accuracy = self.target_accuracy if self.target_accuracy is not None else self.target_iou
        # 1 - 0.94 is 0.06000000000000005: a target written as 94 % must equal one written as 6 %.
        return round(1.0 - (accuracy or 0.0), 12)

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


def _record[T](kind: type[T], value: T | Mapping[str, object]) -> T:
    """Return a nested part as its record, whether it came as a record or a mapping."""
    if isinstance(value, kind):
        return value
    if not isinstance(value, Mapping):
        raise InputError([Problem(kind.__name__.lower(), f"got {value!r}; expected a mapping.")])
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    unknown = [
        Problem(f"{kind.__name__.lower()}.{name}", f"unknown field; known are {sorted(known)}.")
        for name in value
        if name not in known
    ]
    if unknown:
        raise InputError(unknown)
    try:
        return kind(**value)
    except TypeError as error:
        raise InputError([Problem(kind.__name__.lower(), f"{error}.")]) from None


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(float(value))
    )


def _project_problems(project: Project) -> Sequence[Problem]:
    """Return every way in which a project built in Python breaks the rules of the file format."""
    here = f"projects[{project.id}]"
    found: list[Problem] = []

    def wrong(name: str, message: str, fix: str = "") -> None:
        found.append(Problem(f"{here}.{name}", message, fix))

    if not isinstance(project.id, str) or not 1 <= len(project.id.strip()) <= MAX_ID_LENGTH:
        wrong("id", f"an id is a text of 1 to {MAX_ID_LENGTH} characters.")
    if project.task not in tuple(Task):
        wrong("task", f"got {project.task!r}; expected classification or segmentation.")
    if project.backbone not in tuple(Backbone):
        wrong("backbone", f"got {project.backbone!r}; expected finetuned or frozen.")
    if not isinstance(project.pretrained, bool):
        wrong("pretrained", f"got {project.pretrained!r}; expected true or false.")
    elif not project.pretrained and project.backbone == Backbone.FROZEN:
        wrong("backbone", "a frozen backbone needs pretrained weights.", "pretrained: true")
    _complexity_problems(project, wrong)
    _target_problems(project, wrong)
    _images_problems(project.images, wrong)
    if project.value is not None and not (_is_number(project.value) and project.value >= 0):
        wrong("value", f"got {project.value!r}; a value is a number of at least 0.")
    if project.min_chance is not None and not (
        _is_number(project.min_chance) and 0 <= project.min_chance <= 1
    ):
        wrong("min_chance", f"got {project.min_chance!r}; a chance is between 0 and 1.")
    for index, run in enumerate(project.pilots):
        if not (_is_number(run.images) and run.images >= 1):
            wrong(
                f"pilots[{index}].images", f"got {run.images!r}; a run trains on at least 1 image."
            )
        if not (_is_number(run.error) and 0 <= run.error <= 1):
            wrong(f"pilots[{index}].error", f"got {run.error!r}; an error is between 0 and 1.")
    return found


class _Report(Protocol):
    """Records one problem: ``wrong(name, message, fix)``."""

    def __call__(self, name: str, message: str, fix: str = "") -> None: ...


def _complexity_problems(project: Project, wrong: _Report) -> None:
    given = [
        name
        for name, is_given in (
            ("classes", project.classes is not None),
            ("class_counts", project.class_counts is not None),
            ("relative_complexity", not _is_nan(project.relative_complexity)),
        )
        if is_given
    ]
    if len(given) != 1:
        wrong("classes", f"give exactly one of classes and class_counts; got {given or 'none'}.")
        return
    if not (_is_number(project.baseline_entropy) and project.baseline_entropy > 0):
        wrong("baseline_entropy", "the baseline needs a positive entropy.")
    if project.classes is not None and not (
        _is_number(project.classes)
        and project.classes >= 2
        and project.classes == int(project.classes)
    ):
        wrong(
            "classes", f"got {project.classes!r}; a task has a whole number of at least 2 classes."
        )
    if project.class_counts is not None:
        counts = list(project.class_counts.values())
        if not all(_is_number(count) and count >= 0 for count in counts):
            wrong("class_counts", "every count is a number of at least 0.")
        elif sum(count > 0 for count in counts) < 2:
            wrong("class_counts", "a task needs at least two classes with images.")
    if "relative_complexity" in given and not (
        _is_number(project.relative_complexity) and project.relative_complexity > 0
    ):
        wrong("relative_complexity", "relative complexity is a positive number.")


def _target_problems(project: Project, wrong: _Report) -> None:
    names = ("target_accuracy", "target_error", "target_iou")
    given = [name for name in names if getattr(project, name) is not None]
    if len(given) != 1:
        wrong("target_error", f"give exactly one of {', '.join(names)}; got {given or 'none'}.")
        return
    value = getattr(project, given[0])
    if not (_is_number(value) and 0 < value < 1):
        wrong(given[0], f"got {value!r}; a target lies strictly between 0 and 1 (0 % and 100 %).")
    if given[0] == "target_iou" and project.task == Task.CLASSIFICATION:
        wrong(
            given[0], "IoU measures segmentation; this task is classification.", "target_accuracy"
        )


def _images_problems(images: Images, wrong: _Report) -> None:
    for name in ("held", "limit"):
        count = getattr(images, name)
        if not (_is_number(count) and count >= 0 and count == int(count)):
            wrong(f"images.{name}", f"got {count!r}; expected a whole number of at least 0.")
            return
        object.__setattr__(images, name, int(count))
    if images.limit < 1:
        wrong("images.limit", "at least one image must be obtainable.")
    if images.held > images.limit:
        wrong(
            "images.limit",
            f"{images.held:,} images are held but the limit, which includes them, is {images.limit:,}.",
            f"limit: {images.held}",
        )
    price = images.price.p10 if isinstance(images.price, Range) else images.price
    if not (_is_number(price) and price >= 0):
        wrong("images.price", f"got {images.price!r}; a price is a number of at least 0.")
    if not (_is_number(images.fixed_cost) and images.fixed_cost >= 0):
        wrong("images.fixed_cost", f"got {images.fixed_cost!r}; expected a number of at least 0.")


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
