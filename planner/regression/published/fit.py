"""The published regression: Table 1 from the reconstructed rows, and its exact posterior.

The paper's 56 rows are not public. A labelled reconstruction, whose least-squares fit returns
Table 1 to every printed digit, lends its design and its residual variance; the posterior is
centred at the printed coefficients.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner._resources import resource_root
from planner.domain.model.posterior import N_CHAINS
from planner.domain.published_equations import PRINTED_COEFFICIENTS, TERMS
from planner.domain.results.reproduction import RegressionTable
from planner.reference.store import (
    CARD_FILE,
    DIAGNOSTICS_FILE,
    DRAWS_FILE,
    SPEC_FILE,
    sha256_of,
    write_draws,
    write_model_file,
)
from planner.regression.published.design import (
    RECONSTRUCTION_FILE,
    Observations,
    design_matrix,
    read_reconstruction,
)
from planner.regression.published.least_squares import (
    LeastSquaresFit,
    fit_least_squares,
    regression_table,
)
from planner.regression.published.texts import card_text, spec_text

SEED = 0
"""Seed of the shipped draws; any other gives another sample of the same posterior."""

DRAWS_PER_CHAIN = 1000

METHOD = (
    "exact draws in closed form (normal-inverse-gamma, Latin hypercube); no sampler, hence no R-hat"
)


def fit_published(rows: Observations | None = None) -> LeastSquaresFit:
    """Return the least-squares fit of Eq. 1 on the reconstructed rows.

    Parameters
    ----------
    rows : Observations, optional
        Rows to fit instead of ``data/published_reconstruction.csv``.
    """
    observed = read_reconstruction() if rows is None else rows
    return fit_least_squares(design_matrix(observed), observed.log10_error)


def table1(rows: Observations | None = None) -> RegressionTable:
    """Return Table 1 from the fit: coefficient, SE, t, p, 95 % interval, R², rows and df.

    Examples
    --------
    >>> f"{table1().terms['log10_images'].t:.3f}"
    '-2.456'
    """
    return regression_table(fit_published(rows), TERMS)


@dataclass(frozen=True)
class EngineComparison:
    """Three fits of the same rows: NumPy, statsmodels OLS and statsmodels GLM.

    Attributes
    ----------
    coefficients, std_err : mapping of str to tuple of float
        For each engine, in the order of :data:`TERMS`.
    max_difference : float
        Largest absolute difference of a coefficient or standard error between any two engines.
    """

    coefficients: Mapping[str, tuple[float, ...]]
    std_err: Mapping[str, tuple[float, ...]]
    max_difference: float


def compare_engines(rows: Observations | None = None) -> EngineComparison:
    """Return the fit by NumPy, statsmodels OLS and GLM (Gaussian, identity link) side by side.

    The paper's text says GLM and its caption OLS; they are the same fit, and this shows it.
    Importing statsmodels takes seconds.
    """
    from statsmodels.genmod.families import Gaussian
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.regression.linear_model import OLS

    observed = read_reconstruction() if rows is None else rows
    X = design_matrix(observed)
    own = fit_least_squares(X, observed.log10_error)
    ols = OLS(observed.log10_error, X).fit()
    glm = GLM(observed.log10_error, X, family=Gaussian()).fit()
    coefficients = {"numpy": own.coefficients, "ols": ols.params, "glm": glm.params}
    std_err = {"numpy": own.std_err, "ols": ols.bse, "glm": glm.bse}
    spread = [np.ptp(list(numbers.values()), axis=0).max() for numbers in (coefficients, std_err)]
    return EngineComparison(
        coefficients={name: tuple(map(float, values)) for name, values in coefficients.items()},
        std_err={name: tuple(map(float, values)) for name, values in std_err.items()},
        max_difference=float(max(spread)),
    )


def draw_posterior(
    fit: LeastSquaresFit,
    centre: NDArray[np.float64],
    rng: np.random.Generator,
    n_draws: int,
) -> dict[str, NDArray[np.float64]]:
    r"""Return exact draws from the posterior under the reference prior, as a Latin hypercube.

    The prior is :math:`p(b, \sigma^2) \propto 1/\sigma^2`. Then
    :math:`\sigma^2 = \nu s^2 / \chi^2_\nu` and :math:`b \mid \sigma^2 \sim N(c, \sigma^2
    (X'X)^{-1})`, so each coefficient is Student-t with :math:`\nu` degrees of freedom about
    :math:`c`.

    Parameters
    ----------
    fit : LeastSquaresFit
        Lends (X'X)⁻¹, s² and its degrees of freedom ν.
    centre : ndarray of shape (n_terms,)
        The c above; for the shipped model the printed coefficients.
    rng : Generator
        Source of randomness.
    n_draws : int
        Joint draws.

    Returns
    -------
    dict of str to ndarray
        One array of shape (n_draws,) for each term, and ``sigma``, the residual sd in log10 error.

    Notes
    -----
    Every draw has exactly the posterior's distribution. The six underlying standard variables are
    stratified: each has one value in each of ``n_draws`` equally likely strata, in random order.
    Means and quantiles of linear predictors so come closer to the truth than with independent
    draws.

    References
    ----------
    .. [1] Gelman et al., Bayesian Data Analysis, "Introduction to regression models": the standard
       noninformative prior.
    """
    from scipy.special import gammaincinv, ndtri

    nu = fit.df_resid
    uniform = _latin_hypercube(rng, n_draws, len(centre) + 1)
    chi_square = 2.0 * gammaincinv(nu / 2, uniform[:, -1])
    sigma = np.sqrt(nu * fit.residual_variance / chi_square)
    z = ndtri(uniform[:, :-1])
    factor = np.linalg.cholesky(fit.inverse_gram)
    # Summed term by term: the last bits of a matrix product depend on the BLAS and its threads.
    draws = {
        term: centre[k] + sigma * sum(factor[k, j] * z[:, j] for j in range(k + 1))
        for k, term in enumerate(TERMS)
    }
    return {**draws, "sigma": sigma}


def _latin_hypercube(rng: np.random.Generator, n_draws: int, n_columns: int) -> NDArray[np.float64]:
    """Return uniforms in (0, 1) with one value in each of ``n_draws`` strata of every column."""
    strata = np.tile(np.arange(n_draws)[:, None], (1, n_columns))
    shuffled = rng.permuted(strata, axis=0)
    return np.asarray((shuffled + rng.random(shuffled.shape)) / n_draws)


def posterior_draws(seed: int = SEED) -> dict[str, NDArray[np.float64]]:
    """Return the shipped model's joint draws, four chains of 1,000 one after the other.

    Each chain is drawn by itself, so the halves that serve the solve and the audit are independent.
    """
    fit, centre = fit_published(), _centre()
    streams = np.random.SeedSequence(seed).spawn(N_CHAINS)
    chains = [
        draw_posterior(fit, centre, np.random.Generator(np.random.PCG64(s)), DRAWS_PER_CHAIN)
        for s in streams
    ]
    return {name: np.concatenate([chain[name] for chain in chains]) for name in chains[0]}


def chance_slope_not_negative(fit: LeastSquaresFit) -> dict[str, float]:
    """Return P(slope >= 0) of the posterior centred at the printed coefficients, in closed form.

    Such a draw never reaches a better error by collecting images.
    """
    from scipy.special import stdtr

    scratch = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    pretrained = np.array([0.0, 1.0, 1.0, 0.0, 0.0])
    centre = _centre()

    def chance(direction: NDArray[np.float64]) -> float:
        sd = np.sqrt(fit.residual_variance * (direction @ fit.inverse_gram @ direction))
        return float(stdtr(fit.df_resid, (direction @ centre) / sd))

    return {"pretrained": chance(pretrained), "scratch": chance(scratch)}


def build_published_model(folder: Path) -> Path:
    """Write the model ``published`` into a folder, byte for byte as shipped.

    Parameters
    ----------
    folder : Path
        Created if missing; ``model.toml``, ``draws.nc``, ``diagnostics.json`` and ``CARD.md`` are
        replaced.

    Returns
    -------
    Path
        The folder.
    """
    rows = read_reconstruction()
    fit = fit_published(rows)
    draws = posterior_draws()
    attrs = {"model": "published", "family": "log_linear", "rows": "labelled reconstruction"}
    sha256 = write_draws(folder / DRAWS_FILE, draws, attrs=attrs)
    facts = _diagnostics(rows, fit, draws, sha256)
    write_model_file(folder / DIAGNOSTICS_FILE, json.dumps(facts, indent=2) + "\n")
    write_model_file(folder / SPEC_FILE, spec_text(facts))
    write_model_file(folder / CARD_FILE, card_text(facts))
    return folder


def _diagnostics(
    rows: Observations,
    fit: LeastSquaresFit,
    draws: Mapping[str, NDArray[np.float64]],
    sha256: str,
) -> dict[str, Any]:
    """Return what is known about the fit and the draws, rounded so that the bytes are stable."""
    names = list(TERMS)
    sample = np.array([draws[term] for term in names])
    exact_sd = fit.std_err * np.sqrt(fit.df_resid / (fit.df_resid - 2))
    return {
        "draws_sha256": sha256,
        "data_sha256": sha256_of(resource_root("data") / RECONSTRUCTION_FILE),
        "method": METHOD,
        "seed": SEED,
        "n_chains": N_CHAINS,
        "n_draws": sample.shape[1],
        "n_rows": len(rows),
        "df_resid": fit.df_resid,
        "images": [int(rows.images.min()), int(rows.images.max())],
        "relative_complexity": _stable(
            [rows.relative_complexity.min(), rows.relative_complexity.max()]
        ),
        "residual_sd": _stable(np.sqrt(fit.residual_variance))[0],
        "r_squared": _stable(fit.r_squared)[0],
        "leave_one_out_rmse": _stable(fit.leave_one_out_rmse)[0],
        "centre": dict(PRINTED_COEFFICIENTS),
        "fitted": dict(zip(names, _stable(fit.coefficients), strict=True)),
        "posterior_sd": dict(zip(names, _stable(exact_sd), strict=True)),
        "draws_mean": dict(zip(names, _stable(sample.mean(axis=1)), strict=True)),
        "draws_sd": dict(zip(names, _stable(sample.std(axis=1, ddof=1)), strict=True)),
        "draws_mean_off_centre_in_sd": dict(
            zip(names, _stable((sample.mean(axis=1) - _centre()) / exact_sd), strict=True)
        ),
        "chance_slope_not_negative": {
            key: _stable(value)[0] for key, value in chance_slope_not_negative(fit).items()
        },
        "correlation": [_stable(line) for line in _correlation(fit.inverse_gram)],
    }


def _centre() -> NDArray[np.float64]:
    return np.array([PRINTED_COEFFICIENTS[term] for term in TERMS])


def _correlation(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    sd = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(sd, sd))


def _stable(values: ArrayLike) -> list[float]:
    """Round to six significant digits, which no linear-algebra library changes."""
    return [float(f"{value:.6g}") for value in np.atleast_1d(values)]
