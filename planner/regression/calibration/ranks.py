"""Do the ranks of what was put in look uniform? Ranks, bands and a verdict.

Nothing here samples: refits are draws, so a test can put wrong ones in their place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.format import percent, percent_as_set
from planner.domain.results.calibration import Calibration, ParameterRanks
from planner.errors import bad_value
from planner.regression.calibration.bands import (
    counts_up_to,
    p_value,
    simultaneous_band,
    worst_rank,
)

LEVEL = 0.99
N_DRAWS = 100
"""Draws that a true value is ranked among: so few of a refit that they are nearly independent."""

LEAST_REFITS, MOST_REFITS = 10, 1000


@dataclass(frozen=True, eq=False)
class Simulated:
    """What is put in.

    Attributes
    ----------
    truths : mapping of str to ndarray of shape (n_refits,)
        Parameters, drawn from the priors.
    responses : ndarray of shape (n_refits, n_rows)
        Simulated with them, as the model takes them.
    """

    truths: Mapping[str, Floats]
    responses: Floats


@dataclass(frozen=True, eq=False)
class Refitted:
    """What one refit finds: draws of each parameter, in the order drawn, and how it went."""

    draws: Mapping[str, Floats]
    max_rhat: float = 1.0
    divergences: int = 0


@dataclass(frozen=True)
class Design:
    """What is refitted: a declaration by name on so many rows of so many data sets."""

    model: str
    n_rows: int
    n_datasets: int


def require_refits(n: int) -> None:
    """Raise unless a number of refits is sensible.

    Raises
    ------
    InputError
        Fewer than 10 tell nothing; more than 1,000 would take a day.
    """
    if not LEAST_REFITS <= n <= MOST_REFITS:
        message = f"{n} refits; expected {LEAST_REFITS} to {MOST_REFITS:,}."
        raise bad_value("--sbc", message, "100")


def calibrate(
    simulated: Simulated,
    refits: Sequence[Refitted],
    design: Design,
    *,
    seed: int,
) -> Calibration:
    """Judge the ranks of what was put in among the draws of each refit.

    Parameters
    ----------
    simulated : Simulated
        Truths and responses.
    refits : sequence of Refitted
        One of each response.
    design : Design
        For the report.
    seed : int
        Of the whole.
    """
    n = len(simulated.responses)
    ranks: dict[str, list[int]] = {name: [] for name in simulated.truths}
    worst, divergences = 1.0, 0
    for i, found in enumerate(refits):
        worst, divergences = max(worst, found.max_rhat), divergences + found.divergences
        for name, each in ranks.items():
            each.append(_rank(simulated.truths[name][i], found.draws[name]))
    parameters = {name: _judge(np.array(each)) for name, each in ranks.items()}
    verdict, why = _verdict(parameters)
    band = simultaneous_band(n, N_DRAWS, LEVEL)
    return Calibration(
        model=design.model,
        n_refits=n,
        n_rows=design.n_rows,
        n_datasets=design.n_datasets,
        n_draws=N_DRAWS,
        level=LEVEL,
        seed=seed,
        parameters=parameters,
        band_lower=tuple((band.lower / n).tolist()),
        band_upper=tuple((band.upper / n).tolist()),
        max_rhat=worst,
        divergences=divergences,
        verdict=verdict,
        why=why,
    )


def spaced_draws(draws: Floats) -> Floats:
    """Return the evenly spaced draws that a truth is ranked among."""
    return np.asarray(draws[np.linspace(0, len(draws) - 1, N_DRAWS).round().astype(int)])


def _rank(truth: float, draws: Floats) -> int:
    """Return how many of evenly spaced draws lie below the truth."""
    return int(np.count_nonzero(spaced_draws(draws) < truth))


def _judge(ranks: Rows) -> ParameterRanks:
    share = (ranks + 0.5) / (N_DRAWS + 1)
    inside = simultaneous_band(len(ranks), N_DRAWS, LEVEL).holds(counts_up_to(ranks, N_DRAWS))
    mean, dispersion = float(share.mean()), float(np.mean((2.0 * share - 1.0) ** 2))
    return ParameterRanks(
        inside=inside,
        p=p_value(ranks, N_DRAWS),
        mean=mean,
        dispersion=dispersion,
        strays_at=(worst_rank(ranks, N_DRAWS) + 1) / (N_DRAWS + 1),
        reads="" if inside else _reading(mean, dispersion, len(ranks)),
        ranks=tuple(ranks.tolist()),
    )


def _reading(mean: float, dispersion: float, n: int) -> str:
    """Return what ranks outside their band look like: off, or of the wrong width."""
    off = (mean - 0.5) * np.sqrt(12.0 * n)
    width = (dispersion - 1.0 / 3.0) / np.sqrt(4.0 / 45.0 / n)
    if abs(off) >= abs(width):
        return "draws lie too low" if off > 0 else "draws lie too high"
    return "draws are too narrow" if width > 0 else "draws are too wide"


def _verdict(
    parameters: Mapping[str, ParameterRanks],
) -> tuple[Literal["PASS", "REVIEW", "FAIL"], str]:
    outside = [name for name, each in parameters.items() if not each.inside]
    n, alpha = len(parameters), 1.0 - LEVEL
    if not outside:
        return "PASS", f"All {n} parameters stay within their {percent_as_set(LEVEL)} bands."
    named = f"{', '.join(outside)} of {n} parameters outside the {percent_as_set(LEVEL)} band"
    if min(parameters[name].p for name in outside) < alpha / n:
        return "FAIL", f"{named}, further than luck among {n} explains: do not trust such a fit."
    luck = 1.0 - LEVEL**n
    return (
        "REVIEW",
        f"{named}. If all is well that happens up to {percent(luck)} of the time; run more refits.",
    )
