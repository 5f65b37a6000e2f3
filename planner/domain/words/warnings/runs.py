"""What is strange about measured runs, or about features that were probed, in sentences?"""

from collections.abc import Sequence

from planner.domain.format import count, percent_as_set, rate

__all__ = [
    "NO_ERRORS",
    "PROBED_UNNAMED",
    "above_chance",
    "above_held",
    "are_accuracies",
    "identical_rows",
    "not_finished",
    "other_classes",
    "runs_above_chance",
    "runs_above_held",
    "runs_above_limit",
    "runs_rise",
    "runs_without_error",
    "seed_repeated",
    "shares_left_out",
    "unnamed_runs",
]

PROBED_UNNAMED = (
    "The runs name no architecture, so they say less about each one. --architecture NAME says "
    "which network made the features."
)
NO_ERRORS = (
    "No row was answered wrongly, which counts as half an image wrong. Are there copies among the "
    "images? An array groups keeps them on one side of each fold."
)


def are_accuracies(middle: float) -> str:
    """Ask whether errors far above the forecast are accuracies."""
    return (
        f"An error of {rate(middle)} is far above the forecast, one of {rate(1.0 - middle)} is "
        "not: are these accuracies? Then name the column accuracy."
    )


def unnamed_runs(unnamed: int, runs: int) -> str:
    """Say that runs leave open which of several architectures they measured."""
    return (
        f"{unnamed} of {runs} runs name no architecture, so they say less about each one. A column "
        "architecture narrows the range further."
    )


def shares_left_out(shares: list[float]) -> str:
    """Say which shares of the rows a probe could not learn from."""
    left = " and ".join(percent_as_set(share) for share in shares)
    return f"Left out: {left} of the rows, too few of some class to learn from."


def other_classes(labels: int, project: int) -> str:
    """Say that the labels of features have another number of classes than the project."""
    return (
        f"The labels have {labels} classes, the project {project}: the errors are of another task "
        "than the project's. Do the features hold every class?"
    )


def above_chance(worst: float, majority_guess: float) -> str:
    """Say that a probe answers no better than always the most frequent class."""
    return (
        f"An error of {rate(worst)} is no better than always answering the most frequent class "
        f"({rate(majority_guess)} error). Do labels and features have one order?"
    )


def above_held(most: int, held: int) -> str:
    """Say that a probe learnt from more images than are held."""
    return (
        f"Learnt from {count(most)} images, but {count(held)} are held. Are these images not "
        "counted in images.held? Those held are not paid again."
    )


type Measured = tuple[float, float, str]
"""Error, images, and where the run stands."""


def identical_rows(lines: str) -> str:
    """Say which rows are identical to others."""
    return (
        f"Identical rows count once: {lines}. If they are repeats, tell them apart in a column "
        "seed."
    )


def not_finished(lines: str) -> str:
    """Say which rows are of runs that did not finish."""
    text = f"{lines}: runs that did not finish are left out."
    return f"{text[0].upper()}{text[1:]}"


def seed_repeated(lines: str) -> str:
    """Say which rows claim to be the same training but differ in error."""
    return (
        f"The same images and seed with different errors: {lines}. Both count, as repeats; was one "
        "of them trained or tested differently?"
    )


def runs_above_chance(lines: str, error: float, majority_guess: float | None) -> str:
    """Say which rows are no better than guessing; there is no guess to compare an IoU with."""
    chance = "an error of 100 %"
    if majority_guess is not None:
        chance = f"always answering the most frequent class ({rate(majority_guess)} error)"
    text = f"{lines}: an error of {rate(error)} is no better than {chance}."
    if error < 1.0:
        return (
            f"{text} Is it an accuracy? Then the error is {rate(1.0 - error)}, and the column is "
            "to be named accuracy. Or did the training fail?"
        )
    return f"{text} Did the training, or the test, fail?"


def runs_rise(rises: Sequence[tuple[Measured, Measured]]) -> str:
    """Say where the error rises with images."""
    told = "; ".join(f"{_at(few)}, {_at(many)}" for few, many in rises)
    return (
        f"The error rises with images: {told}. Were all trained to the end and tested on the same "
        "images, or is it an accuracy?"
    )


def _at(measured: Measured) -> str:
    error, images, where = measured
    return f"{rate(error)} at {count(images)} ({where})"


def runs_without_error(lines: str) -> str:
    """Say how rows without any error count."""
    return (
        f"{lines}: no error among the test images counts as half an image wrong, with the width "
        "that so few test images leave. Were test images among those trained on?"
    )


def runs_above_limit(lines: str, most: int, limit: int) -> str:
    """Say that rows were trained on more images than can be owned."""
    return (
        f"{lines}: trained on {most:,} images, but no more than {limit:,} can be owned. Is "
        "images.limit right?"
    )


def runs_above_held(lines: str, most: int, held: int) -> str:
    """Say that rows were trained on more images than are held."""
    return (
        f"{lines}: trained on {most:,} images, but {held:,} are held. Are these images not counted "
        "in images.held? Those held are not paid again."
    )
