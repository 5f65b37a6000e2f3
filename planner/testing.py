"""Test tools for code that builds on planner: a posterior without files, and laws to assert."""

import numpy as np

from planner.domain.plan import Plan
from planner.domain.portfolio import Portfolio
from planner.domain.posterior import EvidenceRange, Posterior
from planner.domain.vocabulary import Verdict

_COEFFICIENTS = {
    "intercept": (-0.813, 0.05),
    "log10_images": (-0.070, 0.01),
    "pretrained_log10_images": (-0.053, 0.01),
    "relative_complexity": (0.609, 0.05),
    "type": (0.622, 0.05),
}


def synthetic_posterior(
    n_draws: int = 400, *, seed: int = 0, spread: float = 1.0, sigma: float = 0.15
) -> Posterior:
    """Return a log-linear posterior of independent normals around the published coefficients.

    Parameters
    ----------
    n_draws : int, default=400
        Joint draws, a multiple of 4.
    seed : int, default=0
        Of the draws.
    spread : float, default=1.0
        Factor on the standard deviations; 0 makes every draw the same.
    sigma : float, default=0.15
        Residual standard deviation of log10 error.

    Returns
    -------
    Posterior
    """
    rng = np.random.default_rng(seed)
    draws = {
        name: mean + spread * sd * rng.standard_normal(n_draws)
        for name, (mean, sd) in _COEFFICIENTS.items()
    }
    draws["sigma"] = np.full(n_draws, sigma)
    return Posterior(
        name="synthetic",
        family="log_linear",
        draws=draws,
        sha256="0" * 64,
        evidence=EvidenceRange((100.0, 1e6), (0.01, 1.0), 56, "synthetic rows for tests"),
    )


def assert_plan_is_consistent(plan: Plan, portfolio: Portfolio) -> None:
    """Assert what holds for every plan: totals to the cent, budget kept, a decision each."""
    if not plan.decisions:
        assert plan.objective is None  # noqa: S101 - this function asserts for tests
        return
    ids = [decision.project for decision in plan.decisions]
    assert ids == [project.id for project in portfolio.projects]  # noqa: S101
    spent = sum(round(decision.cost.total * 100) for decision in plan.decisions)
    assert spent == round(plan.budget.committed * 100)  # noqa: S101
    assert spent <= round(plan.budget.limit * 100)  # noqa: S101
    for decision in plan.decisions:
        cost = decision.cost
        parts = cost.data + cost.training + cost.fixed + cost.shared
        assert round(parts * 100) == round(cost.total * 100)  # noqa: S101
        funded = decision.verdict is not Verdict.NO_GO
        assert funded == (decision.architecture is not None)  # noqa: S101
