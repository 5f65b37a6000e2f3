"""Which candidates does a stepwise regression keep? What ``planner fit --candidates`` answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from planner.domain.results.reproduction import RegressionTable

__all__ = ["Selection", "SelectionStep", "Trial"]

type Action = Literal["add", "drop", "stop"]

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Trial:
    """One candidate looked at in a step.

    Attributes
    ----------
    coefficient, std_err, p : float or None
        In the model with it; two-sided p value. None where it cannot be tested.
    r_squared, adjusted_r_squared : float or None
        Of the model with it (when adding) or without it (when dropping).
    note : str
        Why it cannot be tested: constant, or collinear with what is in the model; else empty.
    """

    coefficient: float | None = None
    std_err: float | None = None
    p: float | None = None
    r_squared: float | None = None
    adjusted_r_squared: float | None = None
    note: str = ""


@dataclass(frozen=True)
class SelectionStep:
    """One step: what was tried, and what was done.

    Attributes
    ----------
    action : {"add", "drop", "stop"}
        What was done.
    candidate : str
        To which candidate; empty for a stop.
    why : str
        As a sentence.
    terms : tuple of str
        Candidates in the model after the step, in the order in which they came in.
    r_squared, adjusted_r_squared : float
        Of that model.
    tried : mapping of str to Trial
        Candidates looked at, in the order given.
    """

    action: Action
    candidate: str
    why: str
    terms: tuple[str, ...]
    r_squared: float
    adjusted_r_squared: float
    tried: Mapping[str, Trial]


@dataclass(frozen=True)
class Selection:
    """A stepwise regression of log10 error, step by step.

    Attributes
    ----------
    rows : str
        What was fitted, in words.
    n_rows, n_datasets : int
        How many rows, of how many data sets.
    threshold : float
        Largest p value of a term that comes in or stays.
    candidates : tuple of str
        As given.
    steps : tuple of SelectionStep
        In order; the last is a stop.
    chosen : tuple of str
        Candidates kept, in the order given.
    table : RegressionTable
        The final fit, intercept first.
    adjusted_r_squared : float
        Of the final fit.
    notes : tuple of str
        What to know when reading it.
    """

    rows: str
    n_rows: int
    n_datasets: int
    threshold: float
    candidates: tuple[str, ...]
    steps: tuple[SelectionStep, ...]
    chosen: tuple[str, ...]
    table: RegressionTable
    adjusted_r_squared: float
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner fit --candidates --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
