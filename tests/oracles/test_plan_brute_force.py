"""The plan is the best of all combinations of the options that ``planner options`` prints."""

from collections import Counter

import numpy as np
import pytest

import planner
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.vocabulary import Objective
from planner.testing import assert_plan_is_consistent
from tests.allocation_cases import allowed, best_by_enumeration, random_portfolio

N_CASES = 120
_WORTH = {
    Objective.NET_VALUE: "expected_net_value",
    Objective.VALUE: "expected_value",
    Objective.TARGETS_MET: "chance_of_target",
}


@pytest.fixture(scope="module")
def published() -> Posterior:
    """Return the shipped model."""
    return planner.load_model("published")


def _choices(
    report: dict[str, object], portfolio: Portfolio
) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Read the printed options as a stranger would: by project, in cents and in the objective."""
    rows = report["options"]
    assert isinstance(rows, list)
    assert portfolio.objective is not None
    worth = _WORTH[portfolio.objective]
    return [
        (
            project.id,
            np.array(
                [round(r["cost_total"] * 100) for r in rows if r["project"] == project.id],
                dtype=np.int64,
            ),
            np.array([r[worth] for r in rows if r["project"] == project.id], dtype=np.float64),
        )
        for project in portfolio.projects
    ]


@pytest.mark.parametrize("seed", range(N_CASES))
def test_plan_equals_brute_force_over_the_printed_options(seed: int, published: Posterior) -> None:
    """Objective, feasibility, budget and rules agree with adding up every combination."""
    portfolio = random_portfolio(seed)
    choices = _choices(planner.options(portfolio, published), portfolio)
    plan = planner.plan(portfolio, published)
    assert portfolio.budget is not None
    best = best_by_enumeration(choices, round(portfolio.budget * 100), portfolio.project_rules)
    assert_plan_is_consistent(plan, portfolio)
    if best is None:
        assert plan.status == "infeasible"
        assert plan.conflict
        assert plan.fixes
        return
    assert plan.status == "optimal"
    assert plan.objective is not None
    assert plan.audit is not None
    assert plan.objective.value == pytest.approx(best, rel=1e-6, abs=1e-9)
    assert plan.objective.bound >= plan.objective.value
    assert plan.audit.own_bound >= best - 1e-9 * max(1.0, abs(best))
    funded = frozenset(d.project for d in plan.decisions if d.architecture is not None)
    assert all(allowed(rule, funded) for rule in portfolio.project_rules)


@pytest.mark.slow
def test_the_random_portfolios_reach_the_cases_that_matter(published: Posterior) -> None:
    """Binding budgets, PILOT verdicts, nothing held, segmentation and conflicts all occur often."""
    seen: Counter[str] = Counter()
    for seed in range(N_CASES):
        portfolio = random_portfolio(seed)
        plan = planner.plan(portfolio, published)
        seen["infeasible"] += plan.status == "infeasible"
        seen["binding"] += plan.budget.shadow_price > 0
        seen["pilot"] += any(d.verdict == "PILOT" for d in plan.decisions)
        seen["go"] += any(d.verdict == "GO" for d in plan.decisions)
        seen["rules"] += bool(portfolio.project_rules)
        seen["held_0"] += any(p.images.held == 0 for p in portfolio.projects)
        seen["segmentation"] += any(p.task == "segmentation" for p in portfolio.projects)
    assert min(seen.values()) >= 8, seen
