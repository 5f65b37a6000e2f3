"""Options and plans in which the error itself counts equal what is added up by hand, draw by draw.

``GRADED_CASES`` says how many random portfolios are looked at.
"""

import math
import os

import numpy as np
import pytest

import planner
from planner.domain.portfolio.project import Project
from planner.economics.draws import share_draws
from planner.forecasting.forecast import build_forecast
from planner.offering.alternatives import stated_forecast
from planner.planning.held_out import with_all_draws
from planner.planning.prepare import prepare, prepare_unbudgeted
from planner.questions.options_report import options_report
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.graded_cases import ByHand, graded_portfolio, in_use_by_hand
from tests.portfolio_table import PortfolioTable

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()
T4 = CATALOGUE.hourly_price("T4")
HOURLY = 0.0 if T4 is None else T4.median
CASES = int(os.environ.get("GRADED_CASES", "6"))


def shifted(project: Project, draw: int) -> tuple[float, float]:
    """Return the share of accuracy and the points that a draw loses in use."""
    shift = project.shift
    if shift is None:
        return 0.0, 0.0
    drop = share_draws(shift.drop, POSTERIOR.n_draws, 0, project.id, "shift.drop")
    return float(drop[draw]), float(shift.lost)  # type: ignore[arg-type]


def counts_errors(project: Project) -> bool:
    """Whether a project was given errors or graded benefits."""
    return project.errors is not None


def test_every_printed_option_is_reckoned_by_hand() -> None:
    """What is earned less what errors cost, and what is paid, in the mean of all draws."""
    assert sum(map(_reckoned, range(CASES))) >= 3 * CASES


def _reckoned(seed: int) -> int:
    """Compare the options of one portfolio, and return how many there were."""
    portfolio = graded_portfolio(seed)
    rows = options_report(portfolio, POSTERIOR, CATALOGUE)["options"]
    assert isinstance(rows, list)
    projects = {project.id: project for project in portfolio.projects}
    periods = [period.id for period in portfolio.periods]
    seen = 0
    for row in rows:
        project = projects[row["project"]]
        if not counts_errors(project) or row["uses"]:
            continue  # a shared base model starts from other weights
        at = periods.index(row["start"]) if periods else 0
        start = at * portfolio.horizon_years / max(1, len(periods))
        name = row.get("choice", {}).get("alternative")
        instead = next((one for one in project.alternatives if one.id == name), None)
        hand = ByHand(project, portfolio, row["images_to_buy"], start, HOURLY, instead)
        if instead is None:
            forecast = build_forecast(project, POSTERIOR, architectures=CATALOGUE.architectures)
        else:
            forecast = stated_forecast(project, instead, POSTERIOR, 0)
        drawn = forecast.error_draws([row["images_total"]], row["architecture"])[:, 0]
        found = []
        for at in range(*POSTERIOR.solve_rows.indices(POSTERIOR.n_draws)):
            error, guess = float(drawn[at]), project.majority_guess_error
            is_guess = instead is None and error >= guess * (1 - 1e-12)
            if instead is None:
                error = in_use_by_hand(project, error, *shifted(project, at))
            met = project.has_target and error <= project.error_target_in_use
            found.append(hand.draw(error, met, is_guess))
        gross, paid, pays = np.array(found).mean(axis=0).tolist()
        assert row["expected_value"] == pytest.approx(gross, rel=1e-6, abs=1e-4)
        assert row.get("running_present", 0.0) == pytest.approx(paid, rel=1e-6, abs=1e-4)
        if not project.has_target:
            assert row["chance_of_target"] == pays
        seen += 1
    return seen


@pytest.mark.parametrize("seed", range(CASES))
def test_the_worths_of_draws_have_the_printed_means(seed: int) -> None:
    """Joint draws and means agree, whatever is counted."""
    prepared = prepare_unbudgeted(
        graded_portfolio(seed), POSTERIOR, CATALOGUE, keeps_draws=seed % 2 == 0
    )
    problem = with_all_draws(prepared)
    outcomes = problem.outcomes
    assert outcomes is not None
    every = np.arange(len(problem.worth))
    worth = outcomes.worth_draws(every)
    assert worth.mean(axis=1) == pytest.approx(problem.worth, rel=1e-9, abs=1e-6)
    even = np.full(outcomes.n_draws, 1 / outcomes.n_draws)
    assert outcomes.worth_at(even) == pytest.approx(problem.worth, rel=1e-9, abs=1e-6)
    weights = np.random.default_rng(seed).dirichlet(np.ones(outcomes.n_draws))
    assert outcomes.worth_at(weights) == pytest.approx(worth @ weights, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(CASES))
def test_a_plan_is_the_best_of_all_and_its_lines_add_up(seed: int) -> None:
    """Rules, periods, pools and every measure of risk, by enumeration; lines to the cent."""
    portfolio = graded_portfolio(seed)
    plan = planner.plan(portfolio, POSTERIOR, gap=0.0)
    table = PortfolioTable(prepare(portfolio, POSTERIOR, CATALOGUE))
    rows = table.allowed()
    if not rows.any():
        assert plan.status == "infeasible"
        return
    assert plan.objective is not None
    assert plan.audit is not None
    assert plan.risk is not None
    assert plan.objective.value == pytest.approx(table.value[rows].max(), rel=1e-6, abs=1e-6)
    for decision in plan.decisions:
        if decision.life is not None:
            total = math.fsum(decision.life.lines.values())
            assert total == pytest.approx(decision.expected_net_value, abs=5e-3)
    certain = plan.risk.cost.p10 == plan.risk.cost.p90
    if plan.objective.kind == "net_value" and portfolio.risk.measure == "expected" and certain:
        assert plan.risk.net_value.mean == pytest.approx(plan.audit.held_out_value, abs=5e-3)
