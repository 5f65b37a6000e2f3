"""What a fitted model is, and how two of them differ: the records of ``planner model``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from planner.domain.model.model_checks import CheckResult

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Spread:
    """Median and central 80 % of a number over joint draws; None stands for infinite."""

    median: float | None
    p10: float | None
    p90: float | None


@dataclass(frozen=True)
class ParameterRow:
    """One scalar parameter.

    Attributes
    ----------
    name : str
        In the draws.
    meaning : str
        What it multiplies, or whose spread it is.
    prior, why : str
        Its prior, and the reason for it.
    posterior : Spread
        Over joint draws.
    prior_spread : Spread or None
        The same before any row was seen; None where no prior has one.
    """

    name: str
    meaning: str
    prior: str
    why: str
    posterior: Spread
    prior_spread: Spread | None = None


@dataclass(frozen=True)
class ModelCard:
    """What ``planner model show`` prints.

    Attributes
    ----------
    name, family, sha256 : str
        Of the model and its draws.
    n_draws, n_chains : int
        Joint draws.
    evidence : str
        One sentence on the rows.
    images : tuple of float
        Their span.
    provenance : mapping of str to str
        Source, date, versions.
    parameters : tuple of ParameterRow
        Coefficients, then spreads, then noise.
    labels : mapping of str to tuple of str
        Fitted effects that new projects reuse.
    sampling : tuple of CheckResult
        Stored diagnostics of the fit.
    """

    name: str
    family: str
    sha256: str
    n_draws: int
    n_chains: int
    evidence: str
    images: tuple[float, float]
    provenance: Mapping[str, str]
    parameters: tuple[ParameterRow, ...]
    labels: Mapping[str, tuple[str, ...]]
    sampling: tuple[CheckResult, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner model show --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}


@dataclass(frozen=True)
class ComparisonRow:
    """One number of two models; None where a model has no such thing.

    Attributes
    ----------
    what : str
        The number, with its unit.
    first, second : Spread or None
        Of each model.
    """

    what: str
    first: Spread | None
    second: Spread | None


@dataclass(frozen=True)
class ModelComparison:
    """What ``planner model compare`` prints.

    Attributes
    ----------
    first, second : str
        Names.
    coefficients, slopes, needs : tuple of ComparisonRow
        Coefficients that correspond; slopes they imply; data needed for reference projects.
    chance_never : mapping of str to tuple of float
        By reference project: chance that its target is never reached, under each model.
    scores : tuple of ComparisonRow
        Validation scores (medians only).
    notes : tuple of str
        How to read them.
    """

    first: str
    second: str
    coefficients: tuple[ComparisonRow, ...]
    slopes: tuple[ComparisonRow, ...]
    needs: tuple[ComparisonRow, ...]
    chance_never: Mapping[str, tuple[float, float]]
    scores: tuple[ComparisonRow, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner model compare --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
