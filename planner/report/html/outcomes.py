"""Draws of a plan's cost and net value, from the plan alone, for its S-curves.

They are drawn only where their quantiles are those of the plan: a curve must never say something
else than the numbers beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.costing.draws import compute_factor_draws, data_cost_draws
from planner.domain.plan import Decision, Plan, Quantiles
from planner.domain.portfolio import Portfolio
from planner.domain.project import Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Verdict
from planner.forecast.forecast import Forecast

type Draws = NDArray[np.float64]

_LEVELS = {"p10": 0.1, "p50": 0.5, "p80": 0.8, "p90": 0.9}
_CENT = 0.0051


@dataclass(frozen=True, eq=False)
class PlanDraws:
    """Equally likely outcomes of a plan on draws that the solve never saw.

    Attributes
    ----------
    cost, net_value : ndarray of shape (n_draws,) or None
        In currency; None where they could not be reproduced to the cent.
    targets : ndarray of shape (n_draws,)
        Number of funded projects that meet their target.
    """

    cost: Draws | None
    net_value: Draws | None
    targets: NDArray[np.int64]


def plan_draws(plan: Plan, portfolio: Portfolio, forecasts: Sequence[Forecast]) -> PlanDraws:
    """Return the outcomes of a plan.

    Parameters
    ----------
    plan : Plan
        With its risk.
    portfolio : Portfolio
        Whose plan it is.
    forecasts : sequence of Forecast
        Of every project that is funded, in the plan's order.
    """
    funded = [item for item in plan.decisions if item.verdict is not Verdict.NO_GO]
    projects = {project.id: project for project in portfolio.projects}
    rows = forecasts[0].audit_rows if forecasts else slice(0, 0)
    n_draws = len(range(*rows.indices(forecasts[0].n_draws))) if forecasts else 0
    # cents are summed as integers: a certain cost must stay certain
    certain = 0
    cost, value = np.zeros(n_draws), np.zeros(n_draws)
    targets = np.zeros(n_draws, dtype=np.int64)
    factors = compute_factor_draws(portfolio.compute, n_draws, plan.seed)
    for decision, forecast in zip(funded, forecasts, strict=True):
        project = projects[decision.project]
        met = _met(decision, forecast, project)
        targets += met
        value += (project.value or 0.0) * met
        certain += round(100 * (decision.cost.fixed + decision.cost.shared))
        cost += decision.cost.training * factors
        cost += _data_cost(decision, project, n_draws, plan.seed)
    cost += certain / 100
    return PlanDraws(
        cost if _agrees(cost, plan.risk.cost if plan.risk else None) else None,
        value - cost if _agrees(value - cost, plan.risk.net_value if plan.risk else None) else None,
        targets,
    )


def _met(decision: Decision, forecast: Forecast, project: Project) -> NDArray[np.bool_]:
    errors = forecast.error_draws(
        [decision.images_total], decision.architecture, rows=forecast.audit_rows
    )[:, 0]
    return np.asarray(errors <= project.error_target)


def _data_cost(decision: Decision, project: Project, n_draws: int, seed: int) -> Draws:
    if isinstance(project.images.price, Range):
        return data_cost_draws(project, decision.images_to_buy, n_draws, seed)
    return np.full(n_draws, decision.cost.data)


def _agrees(draws: Draws, said: Quantiles | None) -> bool:
    """Return whether draws have the quantiles that the plan states, to the cent."""
    if said is None or not len(draws):
        return False
    found = np.quantile(draws, list(_LEVELS.values()), method="inverted_cdf")
    stated = np.array([getattr(said, name) for name in _LEVELS])
    return bool(np.all(np.abs(found - stated) <= _CENT + 1e-9 * np.abs(stated)))
