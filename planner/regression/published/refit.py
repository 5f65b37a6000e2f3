"""Does sampling find Table 1 again? The published GLM by PyMC, beside the classical fits.

The rows are the labelled reconstruction. Priors are centred at zero and wide, so agreement with
Table 1 is the rows' doing.
"""

import numpy as np

from planner.domain.published_equations import TERMS
from planner.domain.results.refit import PublishedRefit, RefittedTerm
from planner.domain.results.reproduction import TermEstimate
from planner.regression.checking.diagnostics import ParameterSummary, Thresholds
from planner.regression.fitting.command import RECONSTRUCTION_SPEC, read_declaration
from planner.regression.fitting.fit import (
    DEFAULT_DRAWS,
    DEFAULT_SEED,
    DEFAULT_TUNE,
    Fit,
    Progress,
    fit_model,
    require_converged,
)
from planner.regression.published.fit import (
    EngineComparison,
    compare_engines,
    fit_published,
    table1,
)
from planner.regression.published.reproduce import printed_table1
from planner.regression.rows.reconstruction import reconstruction_table

LIMIT_IN_SE = 0.5
"""How far a median may lie from Table 1, in its standard errors."""

_PRIORS = (
    "Coefficients: normal about zero with ten of Table 1's standard errors; residual sd: "
    "half-normal of scale 1. None of Table 1's coefficients is put in."
)


def refit_published(
    *,
    seed: int = DEFAULT_SEED,
    tune: int = DEFAULT_TUNE,
    draws: int = DEFAULT_DRAWS,
    progress: Progress | None = None,
) -> PublishedRefit:
    """Sample the published GLM on the reconstructed rows and put it beside the other fits.

    Compiling takes most of the time, some ten to twenty seconds in all.

    Parameters
    ----------
    seed : int
        Of the sampler.
    tune, draws : int
        Steps of each of four chains.
    progress : callable, optional
        Told steps finished and steps in all.

    Raises
    ------
    NotConvergedError
        A diagnostic of the sampler misses its threshold.
    """
    spec = read_declaration(RECONSTRUCTION_SPEC)
    fit = fit_model(
        reconstruction_table(), spec, seed=seed, tune=tune, draws=draws, progress=progress
    )
    require_converged(fit)
    return compare_refit(fit)


def compare_refit(fit: Fit, limits: Thresholds | None = None) -> PublishedRefit:
    """Return a sampled fit of Eq. 1 beside Table 1, closed form, OLS and GLM.

    Parameters
    ----------
    fit : Fit
        On the reconstructed rows, with the terms of Eq. 1.
    limits : Thresholds, optional
        Of the sampler.
    """
    bounds = limits or Thresholds()
    printed, engines = printed_table1(table1()).terms, compare_engines()
    found = fit.diagnostics.parameters
    terms = {
        name: _term(k, printed[name], engines, fit.draws[name], found[name])
        for k, name in enumerate(TERMS)
    }
    furthest = max(abs(term.difference_in_se) for term in terms.values())
    return PublishedRefit(
        terms=terms,
        sigma_closed_form=float(np.sqrt(fit_published().residual_variance)),
        sigma_median=float(np.median(fit.draws["sigma"])),
        sigma_sd=float(np.std(fit.draws["sigma"])),
        n_rows=len(fit.table),
        largest_difference_in_se=furthest,
        limit_in_se=LIMIT_IN_SE,
        max_rhat=max(each.rhat for each in found.values()),
        min_ess=min(min(each.ess_bulk, each.ess_tail) for each in found.values()),
        divergences=fit.diagnostics.divergences,
        sampling={name: str(value) for name, value in fit.sampling.items()},
        agrees=furthest <= LIMIT_IN_SE and fit.diagnostics.passes(bounds),
        priors=_PRIORS,
    )


def _term(
    k: int,
    printed: TermEstimate,
    engines: EngineComparison,
    draws: np.ndarray,
    sampled: ParameterSummary,
) -> RefittedTerm:
    median = float(np.median(draws))
    return RefittedTerm(
        printed=printed.coefficient,
        printed_std_err=printed.std_err,
        closed_form=engines.coefficients["numpy"][k],
        ols=engines.coefficients["ols"][k],
        glm=engines.coefficients["glm"][k],
        std_err=engines.std_err["numpy"][k],
        median=median,
        sd=float(np.std(draws)),
        difference_in_se=(median - printed.coefficient) / printed.std_err,
        rhat=sampled.rhat,
        ess_bulk=sampled.ess_bulk,
        ess_tail=sampled.ess_tail,
    )
