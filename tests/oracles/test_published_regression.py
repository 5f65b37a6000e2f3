"""The published regression against statsmodels, the printed table and closed forms."""

import csv
import math

import numpy as np
import pytest

from planner._resources import resource_root
from planner.domain.model.posterior import N_CHAINS
from planner.domain.published_equations import PRINTED_COEFFICIENTS, TERMS
from planner.regression.published.design import design_matrix, read_reconstruction
from planner.regression.published.fit import (
    DRAWS_PER_CHAIN,
    chance_slope_not_negative,
    compare_engines,
    draw_posterior,
    fit_published,
    posterior_draws,
    table1,
)

PRINTED_COLUMNS = ("coefficient", "std_err", "t", "p", "ci_low", "ci_high")


def printed_table() -> list[dict[str, str]]:
    """Return the rows of Table 1, as text."""
    path = resource_root("data") / "published_regression.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("index", range(len(TERMS)), ids=TERMS)
def test_the_fit_prints_table_1(index: int) -> None:
    """Every number of Table 1, as text to the printed three decimals."""
    printed, fitted = printed_table()[index], table1().terms[TERMS[index]]
    ours = {name: f"{getattr(fitted, name):.3f}" for name in PRINTED_COLUMNS}
    assert ours == {name: printed[name] for name in PRINTED_COLUMNS}


def test_the_fit_prints_r_squared_and_degrees_of_freedom() -> None:
    """R² .840 from 56 rows and 51 degrees of freedom."""
    table = table1()
    assert f"{table.r_squared:.3f}" == printed_table()[0]["r_squared"] == "0.840"
    assert (table.n_obs, table.df_resid) == (56, 51)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # from libraries that statsmodels imports
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_ols_glm_and_numpy_are_one_fit() -> None:
    """statsmodels' OLS and GLM (Gaussian, identity) and our least squares agree to 1e-8."""
    comparison = compare_engines()
    assert set(comparison.coefficients) == {"numpy", "ols", "glm"}
    assert comparison.max_difference < 1e-8
    for terms in comparison.coefficients.values():
        assert [f"{value:.3f}" for value in terms] == [
            row["coefficient"] for row in printed_table()
        ]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_inference_agrees_with_statsmodels() -> None:
    """t, p, intervals and R² are statsmodels' to 1e-8."""
    from statsmodels.regression.linear_model import OLS

    rows = read_reconstruction()
    theirs = OLS(rows.log10_error, design_matrix(rows)).fit()
    ours = table1()
    for k, term in enumerate(TERMS):
        estimate = ours.terms[term]
        expected = [theirs.tvalues[k], theirs.pvalues[k], *theirs.conf_int()[k]]
        found = [estimate.t, estimate.p, estimate.ci_low, estimate.ci_high]
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12)
    assert ours.r_squared == pytest.approx(theirs.rsquared, abs=1e-10)


def test_leave_one_out_is_what_refitting_gives() -> None:
    """The closed form by leverage equals 56 refits that each leave one row out."""
    rows = read_reconstruction()
    X, y = design_matrix(rows), rows.log10_error
    misses = []
    for row in range(len(y)):
        keep = np.arange(len(y)) != row
        coefficients, *_ = np.linalg.lstsq(X[keep], y[keep], rcond=None)
        misses.append(y[row] - X[row] @ coefficients)
    expected = math.sqrt(np.mean(np.square(misses)))
    assert fit_published().leave_one_out_rmse == pytest.approx(expected, rel=1e-10)


def test_draws_have_the_moments_of_the_closed_form() -> None:
    """Mean, covariance and E[sigma²] of many draws are those of the normal-inverse-gamma.

    b is Student-t with 51 degrees of freedom about the printed coefficients: covariance
    s²(X'X)⁻¹·51/49. Bands are four Monte Carlo standard errors of 200,000 independent draws, an
    overestimate for stratified ones.
    """
    fit, n = fit_published(), 200_000
    centre = np.array([PRINTED_COEFFICIENTS[term] for term in TERMS])
    draws = draw_posterior(fit, centre, np.random.default_rng(3), n)
    sample = np.column_stack([draws[term] for term in TERMS])
    expected = fit.residual_variance * fit.inverse_gram * fit.df_resid / (fit.df_resid - 2)
    sd = np.sqrt(np.diag(expected))
    assert np.all(np.abs(sample.mean(axis=0) - centre) < 4 * sd / math.sqrt(n))
    difference = np.abs(np.cov(sample.T) - expected) / np.outer(sd, sd)
    assert np.all(difference < 4 * 1.5 / math.sqrt(n))  # sd of a sample covariance <= 1.5 here
    mean_variance = fit.residual_variance * fit.df_resid / (fit.df_resid - 2)
    relative_sd = math.sqrt(2 / (fit.df_resid - 4))  # of an inverse chi-square with 51 df
    miss = abs(np.mean(draws["sigma"] ** 2) / mean_variance - 1)
    assert miss < 4 * relative_sd / math.sqrt(n)


def test_draws_have_the_quantiles_of_the_closed_form() -> None:
    """Standardised coefficients follow Student-t with 51 degrees of freedom, and sigma² its law.

    The band is the Kolmogorov-Smirnov distance that independent draws exceed once in 10,000 times.
    """
    from scipy.special import gammaincc, stdtr

    fit, n = fit_published(), 20_000
    centre = np.array([PRINTED_COEFFICIENTS[term] for term in TERMS])
    draws = draw_posterior(fit, centre, np.random.default_rng(4), n)
    grid = (np.arange(n) + 0.5) / n
    for k, term in enumerate(TERMS):
        levels = np.sort(stdtr(fit.df_resid, (draws[term] - centre[k]) / fit.std_err[k]))
        assert np.max(np.abs(levels - grid)) < 2.2 / math.sqrt(n)
    half_chi = fit.df_resid * fit.residual_variance / draws["sigma"] ** 2 / 2
    levels = np.sort(gammaincc(fit.df_resid / 2, half_chi))
    assert np.max(np.abs(levels - grid)) < 2.2 / math.sqrt(n)


def test_the_mean_of_each_coefficient_is_the_printed_one() -> None:
    """In every chain of the shipped draws the mean is within a hundredth of a posterior sd.

    Independent draws would scatter by .03 sd in a chain of 1,000; stratified ones far less.
    """
    draws, fit = posterior_draws(), fit_published()
    for k, term in enumerate(TERMS):
        chains = draws[term].reshape(N_CHAINS, DRAWS_PER_CHAIN)
        off = np.abs(chains.mean(axis=1) - PRINTED_COEFFICIENTS[term]) / fit.std_err[k]
        assert np.all(off < 0.01)


def test_the_correlations_are_those_of_the_reconstruction() -> None:
    """The shipped draws carry the design's correlations, within four Monte Carlo errors."""
    fit = fit_published()
    sd = np.sqrt(np.diag(fit.inverse_gram))
    draws = posterior_draws()
    found = np.corrcoef([draws[term] for term in TERMS])
    assert np.all(np.abs(found - fit.inverse_gram / np.outer(sd, sd)) < 4 / math.sqrt(4000))


def test_chains_are_not_copies_of_each_other() -> None:
    """The half that judges a plan shares no draw with the half it was chosen on."""
    draws = posterior_draws()
    solve, audit = np.split(draws["log10_images"], 2)
    assert np.intersect1d(solve, audit).size == 0
    assert abs(np.corrcoef(solve, audit)[0, 1]) < 4 / math.sqrt(2000)


def test_the_chance_that_images_never_help() -> None:
    """P(slope >= 0) in closed form: .009 from scratch, 4e-5 pretrained, and so in the draws.

    The band for the draws is four binomial standard errors of 4,000.
    """
    exact = chance_slope_not_negative(fit_published())
    assert exact["scratch"] == pytest.approx(0.009, abs=0.0005)
    assert exact["pretrained"] == pytest.approx(4e-5, abs=0.5e-5)
    share = np.mean(posterior_draws()["log10_images"] >= 0)
    assert abs(share - exact["scratch"]) < 4 * math.sqrt(exact["scratch"] / 4000)


def test_another_seed_is_another_sample_of_the_same_posterior() -> None:
    """The seed changes the draws, not their distribution."""
    one, two = posterior_draws(0), posterior_draws(1)
    assert not np.array_equal(one["type"], two["type"])
    assert one["type"].mean() == pytest.approx(two["type"].mean(), abs=0.002)
    np.testing.assert_array_equal(one["sigma"], posterior_draws(0)["sigma"])
