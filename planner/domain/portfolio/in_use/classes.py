"""How many classes a task has, how frequent they are, and which of its measures counts."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from planner.domain import complexity
from planner.domain.fields.declared import Part
from planner.domain.fields.finding import Source
from planner.domain.vocabulary import Metric, Task

if TYPE_CHECKING:
    from planner.domain.portfolio.project import Project

__all__ = [
    "blind_error",
    "blind_error_of_equals",
    "compute_complexity",
    "metric_fits",
    "one_size",
    "rarest",
]

_SIZES = ("classes", "class_counts")


def rarest(counts: Mapping[str, float]) -> str:
    """Return the class with the fewest images, of several the first; one without any is none.

    Examples
    --------
    >>> rarest({"common": 50_000, "none": 0, "rare": 1_000})
    'rare'
    """
    return min((name for name in counts if counts[name] > 0), key=lambda name: counts[name])


def blind_error(metric: Metric, counts: Iterable[float]) -> float:
    """Return the least error, as a measure has it, of always giving the same answer.

    Parameters
    ----------
    metric : Metric
        Accuracy: the most frequent class is answered. Balanced accuracy: whichever, one class of
        all is right. F1: the rarest, which then is found, and falsely in all the others.
    counts : iterable of float
        Images per class.

    Examples
    --------
    >>> [round(blind_error(metric, [50_000, 1_000]), 6) for metric in Metric]
    [0.019608, 0.5, 0.961538]
    """
    known = [count for count in counts if count > 0]
    if metric is Metric.ACCURACY:
        return complexity.majority_guess_error(known)
    if metric is Metric.BALANCED_ACCURACY:
        return 1.0 - 1.0 / len(known)
    share = min(known) / math.fsum(known)
    return 1.0 - 2.0 * share / (1.0 + share)


def blind_error_of_equals(metric: Metric, classes: int) -> float:
    """Return the same of equally frequent classes.

    Examples
    --------
    >>> [round(blind_error_of_equals(metric, 4), 6) for metric in Metric]
    [0.75, 0.75, 0.6]
    """
    return 1.0 - 2.0 / (classes + 1.0) if metric is Metric.F1 else 1.0 - 1.0 / classes


def metric_fits(part: Part) -> None:
    """Report a measure that a project cannot be judged on, and what is counted by another."""
    metric = part.values.get("metric", Metric.ACCURACY)
    if metric is Metric.ACCURACY:
        return
    if part.values.get("task") == Task.SEGMENTATION:
        message = f"{metric} measures classification; the task of this project is segmentation."
        part.wrong("metric", message, "target_iou: 80%, without metric", "CONFLICT", at_key=True)
        return
    if not any(part.values.get(name) for name in _SIZES):
        if not any(name in part.given for name in _SIZES):
            message = f"{metric} weighs classes, and a relative complexity names none."
            part.wrong("metric", message, "class_counts: {ok: 9000, torn: 800}", "MISSING")
        return
    if part.values.get("errors") is not None:
        message = (
            f"errors are priced one by one, as accuracy counts them; {metric} weighs those of rare "
            "classes more."
        )
        fix = "metric: accuracy, or benefits: [{id: quality, yearly: {90%: 0, 98%: 100k}}]"
        part.wrong("errors", message, fix, "CONFLICT", at_key=True)
    if metric is Metric.F1 and part.values.get("review") is not None:
        message = "people who look at images find a share of the errors, which F1 is no share of."
        part.wrong("review", message, "metric: balanced_accuracy", "CONFLICT", at_key=True)


def one_size(part: Part) -> None:
    """Report classes and class counts, or neither; in Python a relative complexity stands in."""
    if part.written:
        part.exactly_one(_SIZES, "classes: 4")
        return
    given = [name for name in _SIZES if name in part.given]
    if "relative_complexity" in part.given and len(given) == 1:
        _repeats_the_size(part, given[0])
        return
    part.exactly_one((*_SIZES, "relative_complexity"), "classes: 4")


def _repeats_the_size(part: Part, name: str) -> None:
    """Report a complexity that is not that of the classes.

    ``dataclasses.replace`` passes on what was computed, which then says nothing new.
    """
    values = part.values
    if not {name, "relative_complexity", "baseline_entropy"} <= values.keys():
        return
    computed = _relative_complexity(
        values["classes"], values["class_counts"], values["baseline_entropy"]
    )
    if not math.isclose(values["relative_complexity"], computed, rel_tol=1e-12):
        part.exactly_one((name, "relative_complexity"), "classes: 4")


def compute_complexity(project: "Project", values: Mapping[str, Any], source: Source) -> None:
    """Compute the relative complexity, from the baseline of the project or of the file."""
    own = values.get("baseline")
    baseline = own if own is not None else source.baseline
    if baseline is not None:
        object.__setattr__(project, "baseline_entropy", baseline)
    if math.isnan(project.relative_complexity):
        computed = _relative_complexity(
            project.classes, project.class_counts, project.baseline_entropy
        )
        object.__setattr__(project, "relative_complexity", computed)


def _relative_complexity(
    classes: int | None, class_counts: Mapping[str, float] | None, baseline: float
) -> float:
    entropy = (
        math.log(classes or 0)
        if class_counts is None
        else complexity.entropy_nats(class_counts.values())
    )
    return complexity.relative_complexity(entropy, baseline)
