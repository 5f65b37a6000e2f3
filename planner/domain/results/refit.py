"""The published regression fitted again by sampling: what ``planner reproduce --refit`` adds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

__all__ = ["PublishedRefit", "RefittedTerm"]


@dataclass(frozen=True)
class RefittedTerm:
    """One coefficient, by every way of fitting it.

    Attributes
    ----------
    printed, printed_std_err : float
        As the paper prints them.
    closed_form, ols, glm : float
        Least squares in NumPy; statsmodels' OLS; statsmodels' GLM (Gaussian, identity link).
    std_err : float
        Standard error, the same by all three.
    median, sd : float
        Of the sampled posterior.
    difference_in_se : float
        Median minus printed, in printed standard errors.
    rhat, ess_bulk, ess_tail : float
        How well it was sampled.
    """

    printed: float
    printed_std_err: float
    closed_form: float
    ols: float
    glm: float
    std_err: float
    median: float
    sd: float
    difference_in_se: float
    rhat: float
    ess_bulk: float
    ess_tail: float


@dataclass(frozen=True)
class PublishedRefit:
    """The Bayesian refit of Eq. 1 on the reconstructed rows, beside the classical fits.

    Attributes
    ----------
    terms : mapping of str to RefittedTerm
        In the paper's order.
    sigma_closed_form, sigma_median, sigma_sd : float
        Residual sd of log10 error: root of s² by least squares; sampled.
    n_rows : int
        Rows fitted.
    largest_difference_in_se, limit_in_se : float
        Of the medians from Table 1, and what is allowed.
    max_rhat, min_ess : float
        Worst of all parameters, sigma included; bulk and tail.
    divergences : int
        Of the sampler.
    sampling : mapping of str to str
        Sampler, seed, chains, steps.
    agrees : bool
        Every median lies within the limit, R-hat is at most 1.01 and ESS at least 400.
    priors : str
        What was known beforehand, as a sentence.
    """

    terms: Mapping[str, RefittedTerm]
    sigma_closed_form: float
    sigma_median: float
    sigma_sd: float
    n_rows: int
    largest_difference_in_se: float
    limit_in_se: float
    max_rhat: float
    min_ess: float
    divergences: int
    sampling: Mapping[str, str]
    agrees: bool
    priors: str

    def to_dict(self) -> dict[str, object]:
        """Return it as it stands under ``refit`` in the JSON."""
        return asdict(self)
