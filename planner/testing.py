"""Test tools for code that builds on planner: a posterior without files, and laws to assert."""

from dataclasses import replace

import numpy as np

from planner.domain.model.posterior import EvidenceRange, Posterior
from planner.domain.model.specification import (
    Discrepancy,
    Group,
    ModelSpec,
    Predictor,
    Prior,
    Term,
)
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
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


_HIERARCHY = {
    "a0": (-0.05, 0.1),
    "b_rc": (0.75, 0.2),
    "b_type": (0.4, 0.2),
    "b_pre": (-0.45, 0.1),
    "b_fz": (0.05, 0.05),
    "g_top1": (-0.13, 0.02),
    "g_par": (0.1, 0.03),
    "l0": (-0.9, 0.15),
    "l_pre": (-0.1, 0.1),
    "l_fz": (-0.4, 0.2),
    "m0": (-4.0, 0.3),
}
_COLUMNS = {
    "b_rc": ("complexity",),
    "b_type": ("segmentation",),
    "b_pre": ("pretrained",),
    "b_fz": ("frozen",),
    "g_top1": ("top1",),
    "g_par": ("log10_parameters",),
    "l_pre": ("pretrained",),
    "l_fz": ("frozen",),
}
_SDS = {
    "tau_a": 0.4,
    "tau_pre": 0.3,
    "tau_fz": 0.1,
    "tau_arch": 0.06,
    "tau_l": 0.5,
    "tau_lc": 0.1,
    "tau_f": 1.0,
}
_FITTED = {"ResNet-18": 0.1, "ResNet-50": -0.05, "EfficientNet-B3": -0.15}


def synthetic_hierarchy(
    n_draws: int = 400,
    *,
    seed: int = 0,
    spread: float = 1.0,
    effects: float = 1.0,
    floor: bool = False,
    student_t: bool = False,
    discrepancy: float = 0.1,
    sigma: float = 0.01,
) -> Posterior:
    """Return a hierarchical saturating posterior in the shape of the shipped one, without files.

    Parameters
    ----------
    n_draws : int, default=400
        Joint draws, a multiple of 4.
    seed : int, default=0
        Of the draws.
    spread : float, default=1.0
        Factor on the standard deviations of coefficients and fitted effects between draws.
    effects : float, default=1.0
        Factor on the spread of new data sets and architectures.
    floor : bool, default=False
        Whether the curve has one.
    student_t : bool, default=False
        Whether slopes of new data sets have heavy tails.
    discrepancy, sigma : float
        Standard deviations of log10 error about the curve.

    Returns
    -------
    Posterior
    """
    rng = np.random.default_rng(seed)
    draws = {
        name: mean + spread * sd * rng.standard_normal(n_draws)
        for name, (mean, sd) in _HIERARCHY.items()
    }
    draws |= {name: np.full(n_draws, effects * sd) for name, sd in _SDS.items()}
    fitted = np.array(list(_FITTED.values()))
    draws["R"] = fitted + spread * 0.03 * rng.standard_normal((n_draws, len(fitted)))
    draws["sigma"] = np.full(n_draws, sigma)
    spec = _hierarchy_spec(floor=floor, student_t=student_t, discrepancy=discrepancy)
    return Posterior(
        name="synthetic",
        family="saturating",
        draws=draws,
        sha256="0" * 64,
        evidence=EvidenceRange((100.0, 1e6), (0.01, 1.0), 56, "synthetic rows for tests"),
        labels={"R": tuple(_FITTED)},
        spec=spec,
    )


def _hierarchy_spec(*, floor: bool, student_t: bool, discrepancy: float) -> ModelSpec:
    """Return the declaration behind :func:`synthetic_hierarchy`."""
    anything = Prior("normal")

    def terms(*names: str) -> tuple[Term, ...]:
        return tuple(Term(name, _COLUMNS.get(name, ()), anything) for name in names)

    def group(name: str, by: str, times: str, sd: str, *centre_on: str) -> Group:
        return Group(
            name, tuple(by.split()), tuple(times.split()), sd, anything, centre_on=centre_on
        )

    architecture = group("R", "architecture", "", "tau_arch", "g_top1", "g_par")
    learning_rate = group("L", "dataset", "", "tau_l")
    return ModelSpec(
        name="synthetic",
        family="saturating",
        level=Predictor(
            terms("a0", "b_rc", "b_type", "b_pre", "b_fz", "g_top1", "g_par"),
            (
                group("A", "dataset", "", "tau_a", "a0", "b_rc", "b_type"),
                group("P", "dataset", "pretrained", "tau_pre", "b_pre"),
                group("F", "dataset", "frozen", "tau_fz", "b_fz"),
                replace(architecture, stored=True),
            ),
        ),
        slope=Predictor(
            terms("l0", "l_pre", "l_fz"),
            (
                replace(learning_rate, family="student_t" if student_t else "normal"),
                group("LC", "dataset pretrained frozen", "", "tau_lc"),
            ),
        ),
        floor=Predictor(terms("m0"), (group("M", "dataset", "", "tau_f"),)) if floor else None,
        noise=anything,
        discrepancy=Discrepancy(discrepancy, 1.0),
        covariate_sd={"top1": 0.5, "log10_parameters": 0.5},
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
    held = plan.risk is not None and plan.risk.hold is not None
    assert held or spent <= round(plan.budget.limit * 100)  # noqa: S101
    for decision in plan.decisions:
        cost = decision.cost
        assert round(sum(cost.parts.values()) * 100) == round(cost.total * 100)  # noqa: S101
        funded = decision.verdict is not Verdict.NO_GO
        assert funded == (decision.architecture is not None)  # noqa: S101
