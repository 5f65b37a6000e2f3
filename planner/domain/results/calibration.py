"""Does fitting find what was put in? What ``planner fit --sbc`` answers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Calibration", "ParameterRanks"]

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class ParameterRanks:
    """Where the true value of one parameter lay among its posterior draws, over all refits.

    Attributes
    ----------
    inside : bool
        Whether the distribution of ranks stays within its simultaneous band.
    p : float
        Chance that uniform ranks stray at least as far.
    mean : float
        Mean rank as a share of the draws; 0.5 if all is well, higher if draws lie too low.
    dispersion : float
        Mean of (2 share - 1)²; a third if all is well, more if draws are too narrow.
    strays_at : float
        Share of the ranks at which it strays furthest.
    reads : str
        What that looks like, in words; empty inside the band.
    ranks : tuple of int
        One for each refit.
    """

    inside: bool
    p: float
    mean: float
    dispersion: float
    strays_at: float
    reads: str
    ranks: tuple[int, ...]


@dataclass(frozen=True)
class Calibration:
    """Simulation-based calibration of a declaration and its sampler.

    Attributes
    ----------
    model : str
        Name of the declaration.
    n_refits : int
        Parameter sets drawn from the priors, each fitted.
    n_rows, n_datasets : int
        Of the reduced design.
    n_draws : int
        Posterior draws that a true value is ranked among, thinned from all of a refit.
    level : float
        Of the simultaneous band of each parameter.
    seed : int
        Of priors, simulated errors and samplers.
    parameters : mapping of str to ParameterRanks
        Every hyper-parameter that has a prior.
    band_lower, band_upper : tuple of float
        Share of refits with a rank up to 0, 1, ...: least and largest within the band.
    max_rhat : float
        Largest of any parameter in any refit, of short chains.
    divergences : int
        Over all refits.
    verdict : {"PASS", "REVIEW", "FAIL"}
        PASS: all inside. FAIL: one so far outside that luck among all parameters is ruled out at
        the level. REVIEW: outside, but luck may do that; run more refits.
    why : str
        The same in words.
    """

    model: str
    n_refits: int
    n_rows: int
    n_datasets: int
    n_draws: int
    level: float
    seed: int
    parameters: Mapping[str, ParameterRanks]
    band_lower: tuple[float, ...]
    band_upper: tuple[float, ...]
    max_rhat: float
    divergences: int
    verdict: Literal["PASS", "REVIEW", "FAIL"]
    why: str

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner fit --sbc --json``."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self)}
