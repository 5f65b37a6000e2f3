"""Ordinary least squares with the inference of Table 1, in NumPy.

The same fit as statsmodels' OLS and GLM(Gaussian, identity): tests hold all three together to
1e-8. It exists because importing statsmodels takes longer than ``planner reproduce`` may take in
all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.results.reproduction import RegressionTable, TermEstimate

INTERVAL_LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class LeastSquaresFit:
    """A linear fit and what its inference needs.

    Attributes
    ----------
    coefficients : ndarray of shape (n_terms,)
        Least-squares estimates.
    inverse_gram : ndarray of shape (n_terms, n_terms)
        Inverse of X'X.
    residual_variance : float
        Residual sum of squares over the residual degrees of freedom, s².
    df_resid : int
        Rows minus terms.
    r_squared : float
        Share of the response's variance that the fit explains.
    residuals, leverage : ndarray of shape (n_rows,)
        Response minus fit, and the diagonal of the hat matrix.
    """

    coefficients: NDArray[np.float64]
    inverse_gram: NDArray[np.float64]
    residual_variance: float
    df_resid: int
    r_squared: float
    residuals: NDArray[np.float64]
    leverage: NDArray[np.float64]

    @property
    def std_err(self) -> NDArray[np.float64]:
        """Standard error of each coefficient."""
        return np.asarray(np.sqrt(self.residual_variance * np.diag(self.inverse_gram)))

    @property
    def leave_one_out_rmse(self) -> float:
        """Root mean square error of each row predicted from all others, by its leverage."""
        return float(np.sqrt(np.mean((self.residuals / (1.0 - self.leverage)) ** 2)))


def fit_least_squares(X: NDArray[np.float64], response: NDArray[np.float64]) -> LeastSquaresFit:
    """Return the least-squares fit of the response on the columns of X, the first being ones.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_terms)
        Design matrix of full rank with more rows than terms.
    response : ndarray of shape (n_rows,)
        Values to explain.
    """
    Q, R = np.linalg.qr(X)
    coefficients = np.linalg.solve(R, Q.T @ response)
    inverse_R = np.linalg.solve(R, np.eye(len(R)))
    residuals = response - X @ coefficients
    df_resid = X.shape[0] - X.shape[1]
    residual_ss = float(residuals @ residuals)
    total_ss = float(np.sum((response - response.mean()) ** 2))
    return LeastSquaresFit(
        coefficients=coefficients,
        inverse_gram=inverse_R @ inverse_R.T,
        residual_variance=residual_ss / df_resid,
        df_resid=df_resid,
        r_squared=1.0 - residual_ss / total_ss,
        residuals=residuals,
        leverage=np.einsum("ij,ij->i", Q, Q),
    )


def regression_table(fit: LeastSquaresFit, terms: Sequence[str]) -> RegressionTable:
    """Return coefficient, SE, t, p and 95 % interval of each term, as Table 1 prints them."""
    from scipy.special import stdtr, stdtrit  # scipy.stats would take over a second to import

    t = fit.coefficients / fit.std_err
    p = 2.0 * stdtr(fit.df_resid, -np.abs(t))
    reach = stdtrit(fit.df_resid, 0.5 + INTERVAL_LEVEL / 2) * fit.std_err
    estimates = {
        term: TermEstimate(
            coefficient=float(fit.coefficients[k]),
            std_err=float(fit.std_err[k]),
            t=float(t[k]),
            p=float(p[k]),
            ci_low=float(fit.coefficients[k] - reach[k]),
            ci_high=float(fit.coefficients[k] + reach[k]),
        )
        for k, term in enumerate(terms)
    }
    return RegressionTable(
        terms=estimates,
        r_squared=fit.r_squared,
        n_obs=len(fit.residuals),
        df_resid=fit.df_resid,
    )
