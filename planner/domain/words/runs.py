"""What is strange about measured runs, or about features that were probed, in sentences?"""

from planner.domain.format import count, percent_as_set, rate

__all__ = [
    "NO_ERRORS",
    "PROBED_UNNAMED",
    "above_chance",
    "above_held",
    "are_accuracies",
    "other_classes",
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
