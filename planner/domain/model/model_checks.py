"""Can a fitted model be relied on? One number, threshold and sentence of advice for each check."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

SCHEMA_VERSION = 1

type CheckVerdict = Literal["PASS", "REVIEW", "FAIL"]


@dataclass(frozen=True)
class CheckThresholds:
    """Where a check turns from PASS to REVIEW, and from REVIEW to FAIL.

    Attributes
    ----------
    prior_outside, prior_outside_fail : float
        Share of observed errors outside the prior predictive 99 % interval.
    posterior_p, posterior_p_fail : float
        Smallest two-sided posterior predictive p value of the test statistics.
    pareto_k : float
        Largest k-hat at which importance sampling stands in for a refit.
    loo_pit_low, loo_pit_high : float
        Coverage of the central 80 % interval by leave-one-data-set-out PIT.
    loo_pit_margin : float
        Beyond those by more than this: FAIL.
    prior_sensitivity : float
        Power-scaling sensitivity (Kallioinen et al. 2024) above which the prior matters.
    """

    prior_outside: float = 0.02
    prior_outside_fail: float = 0.2
    posterior_p: float = 0.05
    posterior_p_fail: float = 0.001
    pareto_k: float = 0.7
    loo_pit_low: float = 0.7
    loo_pit_high: float = 0.9
    loo_pit_margin: float = 0.15
    prior_sensitivity: float = 0.05


@dataclass(frozen=True)
class CheckResult:
    """One check.

    Attributes
    ----------
    name : str
        What is checked.
    verdict : {"PASS", "REVIEW", "FAIL"}
        REVIEW: usable, but somebody should look.
    value, threshold : float or None
        The number and what it is held against; None where there is nothing to measure.
    detail : str
        What the number is, and where it comes from.
    advice : str
        One sentence.
    """

    name: str
    verdict: CheckVerdict
    value: float | None
    threshold: float | None
    detail: str
    advice: str


@dataclass(frozen=True)
class CheckReport:
    """All checks of a model.

    Attributes
    ----------
    model, draws_sha256 : str
        Which draws were checked.
    checks : tuple of CheckResult
        Sampling first. If it failed, the rest was not looked at.
    notes : tuple of str
        What was not checked, and how to.
    by_dataset : mapping of str to mapping of str to float
        Leave-one-data-set-out log density and k-hat of each data set, where computed.
    """

    model: str
    draws_sha256: str
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...]
    by_dataset: Mapping[str, Mapping[str, float]]

    @property
    def verdict(self) -> CheckVerdict:
        """Worst verdict of all."""
        found = {check.verdict for check in self.checks}
        return "FAIL" if "FAIL" in found else "REVIEW" if "REVIEW" in found else "PASS"

    def to_dict(self) -> dict[str, object]:
        """Return the JSON object of ``planner model check --json``."""
        return {"schema_version": SCHEMA_VERSION, "verdict": self.verdict, **asdict(self)}
