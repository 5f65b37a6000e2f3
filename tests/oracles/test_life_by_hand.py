"""Options and plans with lives equal what is added up by hand, slice by slice."""

import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.risk import RiskPreference
from planner.domain.results.plan import takes_place
from planner.domain.vocabulary import Covers, Deploy, Mode, Objective
from planner.planning.held_out import with_all_draws
from planner.planning.prepare import prepare, prepare_unbudgeted
from planner.questions.options_report import options_report
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.life_cases import by_hand, lived_portfolio
from tests.portfolio_table import PortfolioTable

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()
T4 = CATALOGUE.hourly_price("T4")
QUICK = 6
HOURLY = 0.0 if T4 is None else T4.median


def some(count: int) -> list[Any]:
    """Return seeds, all but the first of them for the long run."""
    return [seed if seed < QUICK else pytest.param(seed, marks=pytest.mark.slow)
            for seed in range(count)]  # fmt: skip


@pytest.mark.parametrize("seed", some(40))
def test_every_printed_option_is_reckoned_by_hand(seed: int) -> None:
    """Gross value and running cost of each option, from the fields of the file alone."""
    portfolio = lived_portfolio(seed)
    report = options_report(portfolio, POSTERIOR, CATALOGUE)
    rows = report["options"]
    assert isinstance(rows, list)
    projects = {project.id: project for project in portfolio.projects}
    periods = [period.id for period in portfolio.periods]
    for row in rows:
        project = projects[row["project"]]
        at = periods.index(row["start"]) if periods else 0
        start = at * portfolio.horizon_years / max(1, len(periods))
        name = row.get("choice", {}).get("alternative")
        instead = next((one for one in project.alternatives if one.id == name), None)
        assert (row["architecture"] is None) == (instead is not None)
        sums = by_hand(project, portfolio, row["images_to_buy"], start, HOURLY, instead)
        value = (project.value or 0.0) / (1 + portfolio.discount_rate) ** start
        deploy = Deploy.IF_TARGET_MET if project.use is None else project.use.deploy
        met, missed = value + sums["target"] + sums["live"], sums["live"]
        goes = {
            Deploy.IF_TARGET_MET: (True, False),
            Deploy.ALWAYS: (True, True),
            Deploy.IF_PAYS: (met > sums["paid"], missed > sums["paid"]),
        }[deploy]
        chance = row["chance_of_target"]
        gross = sums["always"] + chance * met * goes[0] + (1 - chance) * missed * goes[1]
        paid = (chance * goes[0] + (1 - chance) * goes[1]) * sums["paid"]
        assert row["expected_value"] == pytest.approx(gross, rel=1e-6, abs=1e-4)
        assert row.get("running_present", 0.0) == pytest.approx(paid, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("seed", some(24))
def test_the_worths_of_draws_have_the_printed_means(seed: int) -> None:
    """Joint draws and closed form agree, whatever is counted and however spend is bound."""
    prepared = prepare_unbudgeted(
        lived_portfolio(seed), POSTERIOR, CATALOGUE, keeps_draws=seed % 2 == 0
    )
    problem = with_all_draws(prepared)
    assert problem.outcomes is not None
    worth = problem.outcomes.worth_draws(np.arange(len(problem.worth))).mean(axis=1)
    assert worth == pytest.approx(problem.worth, rel=1e-9, abs=1e-6)
    even = np.full(problem.outcomes.n_draws, 1 / problem.outcomes.n_draws)
    assert problem.outcomes.worth_at(even) == pytest.approx(worth, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", some(60))
def test_a_plan_with_lives_is_the_best_of_all(seed: int) -> None:
    """Rules, periods, pools, both modes and every measure of risk, by enumeration."""
    portfolio = lived_portfolio(seed)
    plan = planner.plan(portfolio, POSTERIOR, gap=0.0)
    table = PortfolioTable(prepare(portfolio, POSTERIOR, CATALOGUE))
    rows = table.allowed()
    if not rows.any():
        assert plan.status == "infeasible"
        return
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(table.value[rows].max(), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", some(30))
def test_lines_add_up_to_the_net_value_of_each_decision(seed: int) -> None:
    """And those of the plan to its own."""
    portfolio = lived_portfolio(seed)
    plan = planner.plan(portfolio, POSTERIOR)
    funded = [one for one in plan.decisions if one.life is not None]
    for decision in funded:
        assert decision.life is not None
        total = math.fsum(decision.life.lines.values())
        assert total == pytest.approx(decision.expected_net_value, abs=5e-3)
        assert decision.life.npv == total
        if portfolio.mode is Mode.COMMIT:
            assert math.fsum(decision.life.development.values()) == pytest.approx(
                decision.cost.total
            )
        if portfolio.discount_rate == 0:
            cash = math.fsum(item.amount for item in decision.life.cash_by_year)
            assert cash == pytest.approx(total, abs=5e-3)
    if plan.life is not None and plan.objective is not None:
        npv = math.fsum(one.expected_net_value for one in plan.decisions)
        assert plan.life.npv == pytest.approx(npv, abs=5e-3)
        if plan.objective.kind is Objective.NET_VALUE and portfolio.risk.measure == "expected":
            assert plan.life.npv == pytest.approx(plan.objective.value, abs=5e-3)
            assert plan.risk is not None
            assert plan.audit is not None
            unseen = plan.audit.held_out_value
            assert plan.risk.net_value.mean == pytest.approx(unseen, abs=5e-3)


@pytest.mark.parametrize("seed", some(25))
def test_a_budget_of_the_whole_life_binds_running_cost_too(seed: int) -> None:
    """As if all that is funded went live; by enumeration of the printed options."""
    rng = np.random.default_rng([seed, 5])
    whole = lived_portfolio(seed)
    portfolio = replace(
        whole,
        projects=tuple(replace(p, value=p.value or 50.0, earliest=None) for p in whole.projects),
        rules=(),
        shared=(),
        periods=(),
        hold=None,
        mode=Mode.COMMIT,
        objective=Objective.NET_VALUE,
        risk=RiskPreference(),
        budget=float(rng.choice([60, 150, 400])),
        budget_covers=Covers.WHOLE_LIFE,
    )
    rows = options_report(portfolio, POSTERIOR, CATALOGUE)["options"]
    assert isinstance(rows, list)
    best = {0: 0.0}
    for project in portfolio.projects:
        mine = [row for row in rows if row["project"] == project.id]
        after = dict(best)
        for spent, worth in best.items():
            for row in mine:
                cents = spent + round(100 * (row["cost_total"] + row.get("running_at_cap", 0.0)))
                if cents <= 100 * (portfolio.budget or 0.0):
                    total = worth + row["expected_net_value"]
                    after[cents] = max(after.get(cents, -math.inf), total)
        best = after
    plan = planner.plan(portfolio, POSTERIOR, gap=0.0)
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(max(best.values()), rel=1e-6, abs=1e-6)
    budget = plan.budget
    assert (budget.covers, budget.running_at_cap is None) == ("whole_life", False)
    bound = round(100 * (budget.committed + (budget.running_at_cap or 0.0)))
    assert bound <= round(100 * budget.limit)
    assert round(100 * budget.left) == round(100 * budget.limit) - bound


@pytest.mark.slow
def test_the_random_portfolios_reach_the_cases_that_matter() -> None:
    """Services and rules are chosen beside own models, and lives of every kind are funded."""
    seen: Counter[str] = Counter()
    for seed in range(60):
        plan = planner.plan(lived_portfolio(seed), POSTERIOR)
        for one in plan.decisions:
            seen["alternative"] += takes_place(one) is not None
            seen["own model"] += one.architecture is not None and one.life is not None
            seen["beside one"] += one.architecture is not None and one.choice is not None
            seen["not funded"] += one.verdict == "NO-GO"
            seen["abandoned"] += one.life is not None and one.life.chance_live == 0.0
    assert min(seen[name] for name in ("alternative", "own model", "beside one")) >= 8, seen
    assert seen["not funded"] >= 8, seen
