"""What the uncertain inputs of a decision are called, on the bars of a tornado."""

__all__ = [
    "ACCELERATOR_HOUR",
    "COMPUTE_HOUR",
    "ERRORS_EXPECTED",
    "FLOP",
    "HOURS",
    "LEVEL",
    "SLOPE",
    "TRIALS",
    "UTILISATION",
    "error_at",
    "in_use",
    "in_use_unit",
    "own_luck",
    "part_of",
    "price_of",
]

FLOP = "price of a FLOP"
ACCELERATOR_HOUR = "price of an accelerator-hour"
HOURS = "accelerator-hours of a training"
COMPUTE_HOUR = "compute price per hour"
UTILISATION = "utilisation of the accelerator"
TRIALS = "trainings paid for a delivered model"
LEVEL = "level of the error curve (model)"
SLOPE = "slope of the error curve (model)"
ERRORS_EXPECTED = "times the expected errors"
"""Unit of what moves the errors of several projects."""


_PRICED = {"today": "today's way", "review": "review", "inference": "running it"}
"""What is called that a price of 1,000 images is stated for."""


def part_of(price: str, name: str) -> str:
    """Return what one of several amounts of a field is called; of the only one, the field alone.

    Examples
    --------
    >>> part_of("cost of people", "engineer"), part_of("label price", "")
    ('cost of people (engineer)', 'label price')
    """
    return f"{price} ({name})" if name else price


def price_of(price: str, project: str) -> str:
    """Return what a price of a project's own is called."""
    return f"{price} of {project}"


def in_use(section: str, name: str, field: str) -> str:
    """Return what is called that is earned or paid in use.

    Examples
    --------
    >>> in_use("benefits", "press", "once"), in_use("end", "end", "resale")
    ('benefit press', 'resale')
    """
    if section == "value":
        return "value of the target"
    if section == "end":
        return "resale" if field == "resale" else "retiring"
    if section in _PRICED:
        return _PRICED[section]
    return f"{'benefit' if section == 'benefits' else 'upkeep'} {name}"


def in_use_unit(field: str) -> str:
    """Return how often that is earned or paid."""
    if field == "value":
        return ""
    if field == "price_per_1000":
        return "per 1,000 images"
    return "a year" if field == "yearly" else "once"


def own_luck(project: str) -> str:
    """Return what is called that concerns one project alone: its data set, curve and repeats."""
    return f"own luck of {project}"


def error_at(images: int) -> str:
    """Return the unit of what moves one project's error."""
    return f"error at {images:,} images"
