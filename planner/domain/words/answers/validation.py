"""What is to be known of a comparison with measured curves, in sentences?"""

from collections.abc import Sequence

__all__ = [
    "NO_BACKBONE",
    "NO_PRETRAINED",
    "cannot_forecast",
    "counted",
    "inside_intervals",
    "left_out_of_rounds",
    "smallest_given",
    "too_few_sizes",
    "unknown_names",
    "without_classes",
]

NO_PRETRAINED = "No column pretrained: all curves were taken as pretrained."
NO_BACKBONE = "No column backbone: all curves were taken as fine-tuned."
MOST_NAMES = 5


def counted(curves: int) -> str:
    """Return a number of curves in words.

    Examples
    --------
    >>> counted(1), counted(2)
    ('1 curve', '2 curves')
    """
    return "1 curve" if curves == 1 else f"{curves} curves"


def cannot_forecast(model: str, curves: int, why: str) -> str:
    """Say how many curves a model cannot forecast, and why."""
    return f"{model} cannot forecast {counted(curves)}: {why}"


def without_classes(curves: int, complexity: float) -> str:
    """Say what complexity was assumed of curves without classes."""
    return (
        f"{counted(curves)} without n_classes: relative complexity {complexity} (about 32 equally "
        "frequent classes) was assumed. Add the column for a fair test."
    )


def unknown_names(names: Sequence[str]) -> str:
    """Say which architectures the model does not know."""
    shown = ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
    return f"Unknown names, taken as architectures not chosen yet: {shown}."


def left_out_of_rounds(curves: int) -> str:
    """Say how many curves nothing can be collected on."""
    return (
        f"{counted(curves)} left out: no point up to a tenth of the largest size, or less than a "
        "percentage point to gain from there."
    )


def smallest_given(curves: int) -> str:
    """Say for how many curves the smallest size was given in place of one within a tenth."""
    return f"{_have(curves)} no size within a tenth of the largest: the smallest was given."


def too_few_sizes(curves: int, *, needs_two: bool) -> str:
    """Say how many curves have too few sizes to give some and judge by others."""
    lack = "fewer than two sizes up to a tenth of its largest" if needs_two else "one size only"
    return f"{_have(curves)} {lack}: left out."


def _have(curves: int) -> str:
    return f"{counted(curves)} {'has' if curves == 1 else 'have'}"


def inside_intervals(cases: int, inside: Sequence[tuple[str, int, int]]) -> str:
    """Say how many cases lie inside the 80 % and the 95 % interval of each model."""
    told = "; ".join(f"{model} {in_80} and {in_95}" for model, in_80, in_95 in inside)
    return f"Of {cases} cases, inside the 80 % and the 95 % interval: {told}."
