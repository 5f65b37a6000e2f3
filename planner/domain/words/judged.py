"""What a project is judged on where it is not all images alike, in sentences."""

from planner.domain.vocabulary import Metric

__all__ = ["AS_MET", "assumed", "assumption", "judged_sentence", "measure_name"]

AS_MET = (
    "Classes are taken as they are met here: more images of the rarest one (rebalance) are weighed "
    "by planner plan alone."
)

_NAMES = {
    Metric.ACCURACY: "accuracy",
    Metric.BALANCED_ACCURACY: "balanced accuracy",
    Metric.F1: "F1 of the rarest class",
}


def measure_name(metric: Metric) -> str:
    """Return what a measure is called.

    Examples
    --------
    >>> measure_name(Metric.F1)
    'F1 of the rarest class'
    """
    return _NAMES[metric]


def judged_sentence(metric: Metric) -> str:
    """Say what a project is judged on; nothing where it is accuracy."""
    return "" if metric is Metric.ACCURACY else f"It is judged on {measure_name(metric)}."


def assumption(metric: Metric) -> str:
    """Return what the errors of classes are taken to be."""
    return (
        f"{measure_name(metric)}: the error of a class falls with its own images as that of all "
        "images does, e_j = α n_j^−b, and starts where no class is told from another"
    )


def assumed(metric: Metric) -> str:
    """Say that a forecast of a measure rests on an assumption."""
    return (
        f"Judged on {measure_name(metric)}. The model forecasts the error over all images; that of "
        "a class is assumed to fall with its own images as all do (e_j = α n_j^−b). Measure the "
        "errors of the classes in a first run; its error is still stated over all images."
    )
