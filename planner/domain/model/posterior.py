"""A fitted model as joint draws of its parameters, with where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from planner.domain.arrays import Draws
from planner.domain.model.specification import ModelSpec

N_CHAINS = 4


@dataclass(frozen=True)
class EvidencePart:
    """What the rows of one task and backbone span."""

    images: tuple[float, float]
    relative_complexity: tuple[float, float]
    n_rows: int
    n_datasets: int


@dataclass(frozen=True)
class EvidenceRange:
    """What the fitted rows span; outside it a forecast is an extrapolation.

    Attributes
    ----------
    images, relative_complexity : tuple of float
        Smallest and largest value among the rows.
    n_rows : int
        Rows behind the fit.
    description : str
        One sentence on the rows, printed beside forecasts.
    parts : mapping of str to EvidencePart
        The same by task and backbone, such as ``"classification, frozen"``; empty where the model
        does not tell backbones apart.
    """

    images: tuple[float, float]
    relative_complexity: tuple[float, float]
    n_rows: int
    description: str
    parts: Mapping[str, EvidencePart] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Joint posterior draws: the same index is one state of the world, for every project.

    Attributes
    ----------
    name : str
        Folder name under ``models/``.
    family : {"log_linear", "saturating"}
        Which error curve the draws parametrise.
    draws : mapping of str to ndarray
        Each of shape (n_draws, ...), float64, chains one after the other (4 of equal length).
    sha256 : str
        Of the draws file.
    evidence : EvidenceRange
        What the rows span.
    labels : mapping of str to tuple of str
        Names along the trailing axis of the variable of that name, such as the fitted
        architectures behind the effects ``R``.
    provenance : mapping of str to str
        Source, date, versions; printed by ``planner model show``.
    spec : ModelSpec or None
        Declaration the draws were fitted with; None for the shipped ``published`` model, whose
        draws are exact and whose coefficients are the paper's.
    """

    name: str
    family: Literal["log_linear", "saturating"]
    draws: Mapping[str, Draws]
    sha256: str
    evidence: EvidenceRange
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)
    spec: ModelSpec | None = None

    @property
    def n_draws(self) -> int:
        """Number of joint draws over all chains."""
        return len(next(iter(self.draws.values())))

    @property
    def solve_rows(self) -> slice:
        """The first half of the chains: what the plan is chosen on."""
        return slice(0, self.n_draws // 2)

    @property
    def audit_rows(self) -> slice:
        """The other half: what the chosen plan is judged on."""
        return slice(self.n_draws // 2, self.n_draws)
