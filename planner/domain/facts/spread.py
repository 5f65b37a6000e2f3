"""Where the width of a forecast comes from, as codes."""

from enum import StrEnum


class Source(StrEnum):
    """What varies from draw to draw."""

    DATA_SET = "data_set"
    """How new data sets differ."""
    COEFFICIENTS = "coefficients"
    """What all projects share and the fit leaves uncertain."""
    PROJECT = "project"
    """What the pilots leave open about the project."""
    ARCHITECTURE = "architecture"
    """What is not known of the architecture."""
    DISCREPANCY_AND_NOISE = "discrepancy_and_noise"
    """Curves straying from their shape, and repeats."""
    RESIDUAL = "residual"
    """The same where data sets and repeats are one."""
