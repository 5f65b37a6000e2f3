"""More images of the rarest class: known answer, printed options by plain loops, plans by trial."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.facts.decisions import Funded
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import amount_mean
from planner.domain.vocabulary import Metric
from planner.forecasting.forecast import build_forecast
from planner.planning.prepare import prepare
from planner.questions.options_report import options_report
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.portfolio_table import PortfolioTable
from tests.random_portfolios import rich_portfolio

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()
QUICK = 4


def some(count: int) -> list[Any]:
    """Return seeds, all but the first of them for the long run."""
    return [seed if seed < QUICK else pytest.param(seed, marks=pytest.mark.slow)
            for seed in range(count)]  # fmt: skip


def certain(error: float, images: float, slope: float) -> Posterior:
    """Return a model of one power law through an error at a number of images, without spread."""
    flat = synthetic_posterior(n_draws=80, spread=0.0, sigma=0.0)
    draws = {name: np.zeros_like(values) for name, values in flat.draws.items()}
    draws["log10_images"] -= slope
    draws["intercept"] += math.log10(error) + slope * math.log10(images)
    return replace(flat, draws=draws)


def test_nine_thousand_rare_images_cost_18_000_and_lift_balanced_accuracy_to_95_6063() -> None:
    """From 92.9020 %: 3.5 % over all of {50,000; 1,000}, slope .3, to reach 10,000 at 2.00."""
    project = Project(
        id="a",
        class_counts={"common": 50_000, "rare": 1_000},
        target_accuracy=0.95,
        metric=Metric.BALANCED_ACCURACY,
        rebalance=(0, 10_000),
        class_prices={"rare": 2.0},
        images=Images(held=51_000, limit=60_000, price=0.4),
        value=60_000,
        architectures=("ResNet-50",),
    )
    model = certain(0.035, 51_000, 0.3)
    portfolio = Portfolio(budget=30_000, projects=(project,), compute=Compute(usd_per_hour=1e-9))
    plan = planner.plan(portfolio, model)
    (decision,) = plan.decisions
    assert decision.choice == {"rebalance": 10_000}
    assert (decision.images_total, decision.images_to_buy) == (60_000, 9_000)
    assert decision.images_sought == 9_000
    assert (decision.cost["rarest"], decision.cost.data) == (18_000.0, 0.0)
    assert "9,000 of the images bought are of rare alone, for USD 18,000." in decision.why
    prepared = prepare(portfolio, model, CATALOGUE)
    error = {
        way.rebalance is not None: way.forecast.error_draws([n])[0, 0]
        for way, n in zip(prepared.menus[0].ways, (51_000, 60_000), strict=True)
    }
    assert 100 * (1 - error[False]) == pytest.approx(92.9020, abs=5e-5)
    assert 100 * (1 - error[True]) == pytest.approx(95.6063, abs=5e-5)
    judged = replace(portfolio, projects=(replace(project, metric=Metric.F1),))
    found = [
        1 - way.forecast.error_draws([n])[0, 0]
        for way, n in zip(prepare(judged, model, CATALOGUE).menus[0].ways, (51_000, 60_000),
                          strict=True)
    ]  # fmt: skip
    assert found == pytest.approx([0.49974, 0.52214], abs=5e-6)


def balanced_portfolio(seed: int) -> Portfolio:
    """Return a random small portfolio; most projects may be balanced, some aged or compressed."""
    portfolio, rng = rich_portfolio(seed), np.random.default_rng([seed, 97])
    projects = tuple(
        _balanced(project, rng) if rng.random() < 0.8 else project for project in portfolio.projects
    )
    return replace(
        portfolio,
        projects=projects,
        mode="commit",  # type: ignore[arg-type]
        hold=None,
        rules=(),
        pilot_chance=0.0,
        go_chance=0.0,
    )


def _balanced(project: Project, rng: np.random.Generator) -> Project:
    held, price = int(rng.choice([0, 4, 14])), float(rng.choice([0.0, 0.31, 2.0]))
    counts = {"a": 9.0, "b": float(rng.integers(2, 4)), "c": 5.0}
    offered: list[tuple[int, ...]] = [(0, 5), (0, 5, 8), (7,), (0,)]
    chosen = offered[int(rng.integers(4))]
    priced = any(chosen) and rng.random() < 0.6
    aged: dict[str, Any] = {"upkeep": {"half_life": 1, "refresh": ["none", "yearly"]}}
    smaller: dict[str, Any] = {"compress": [{"id": "int8", "error_points": 2.0}]}
    return replace(
        project,
        classes=None,
        relative_complexity=math.nan,
        class_counts=counts,
        metric=list(Metric)[int(rng.integers(3))],
        target_error=float(np.round(rng.uniform(0.3, 0.6), 2)),
        rebalance=chosen,
        class_prices={"b": float(rng.choice([0.1, 3.0]))} if priced else None,
        images=Images(held=held, limit=held + 12, price=price, licence=0.07),
        architectures=("ResNet-50",),
        **(aged if rng.random() < 0.2 else {}),
        **(smaller if rng.random() < 0.2 else {}),
    )


def class_error(project: Project, overall: Sequence[float], natural: float, times: float) -> float:
    """Return the error of the metric: by class, from that over all images at n and at n / 2."""
    counts = [n for n in (project.class_counts or {}).values() if n > 0]
    shares = [n / sum(counts) for n in counts]
    slope = max(0.0, math.log2(overall[1] / overall[0])) if natural >= 2 else 0.0
    alpha = overall[0] / sum(p * p**-slope for p in shares)
    rare = shares.index(min(shares))
    errors = []
    for at, share in enumerate(shares):
        errors.append(min(1.0, alpha * (share * (times if at == rare else 1.0)) ** -slope))
    worst = project.majority_guess_error
    if project.metric is Metric.BALANCED_ACCURACY:
        return float(min(worst, sum(errors) / len(errors)))
    found = shares[rare] * (1 - errors[rare])
    taken = sum(p * e for at, (p, e) in enumerate(zip(shares, errors, strict=True)) if at != rare)
    taken /= len(shares) - 1
    return float(min(worst, 1 - 2 * found / (found + taken + shares[rare])))


@pytest.mark.parametrize("seed", some(30))
def test_every_printed_option_is_reckoned_by_hand(seed: int) -> None:
    """What is bought of which class at which price, and in how many draws it meets the target."""
    portfolio = balanced_portfolio(seed)
    projects = {one.id: one for one in portfolio.projects}
    report = options_report(portfolio, POSTERIOR, CATALOGUE)
    rows: Any = report["options"]
    for row in rows:
        project = projects[row["project"]]
        counts, choice = project.class_counts, row.get("choice", {})
        if not counts or choice.get("compress") or row["uses"]:
            continue
        fixed = 7 if project.rebalance == (7,) else 0
        reach = choice.get("rebalance") or fixed
        total, bought, share = row["images_total"], row["images_to_buy"], 0.0
        if reach:
            more = reach - counts["b"]
            share = more / (sum(counts.values()) + more)
        sought = math.floor(total * share + 1e-9)
        assert row.get("images_sought", 0) == sought
        assert 0 <= sought <= bought
        priced = sought if project.class_prices else 0
        dear = amount_mean((project.class_prices or {}).get("b", 0.0))
        spent = (bought - priced) * amount_mean(project.images.price) + bought * 0.07
        spent += priced * dear
        spent += (project.images.fixed_cost or 0.0) * (bought > 0)
        assert row["cost_total"] == pytest.approx(spent, abs=0.011)  # a training is below a cent
        if project.metric is Metric.ACCURACY or row.get("running_present"):
            continue
        forecast = build_forecast(project, POSTERIOR)
        natural, times = total * (1 - share), reach / counts["b"] if reach else 1.0
        overall = forecast.of_all_images.error_draws([natural, natural / 2])
        met = [
            class_error(project, (draw[0], draw[1]), natural, times) <= project.error_target + 1e-12
            for draw in overall[forecast.solve_rows].tolist()
        ]
        assert row["chance_of_target"] == pytest.approx(sum(met) / len(met))


@pytest.mark.parametrize("seed", some(40))
def test_a_plan_that_may_balance_is_the_best_of_all(seed: int) -> None:
    """Periods, pools and every measure of risk, by enumeration."""
    portfolio = balanced_portfolio(seed)
    plan = planner.plan(portfolio, POSTERIOR, gap=0.0)
    table = PortfolioTable(prepare(portfolio, POSTERIOR, CATALOGUE))
    rows = table.allowed()
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(table.value[rows].max(), rel=1e-6, abs=1e-6)
    assert plan.audit is not None
    assert plan.audit.in_sample_value == pytest.approx(plan.objective.value, abs=5e-3)


def printed_best(portfolio: Portfolio) -> float:
    """Return the best net value of printed options within the budget."""
    report: Any = options_report(portfolio, POSTERIOR, CATALOGUE)
    by_project = [
        [(0, 0.0)]
        + [
            (round(100 * row["cost_total"]), row["expected_net_value"])
            for row in report["options"]
            if row["project"] == project.id
        ]
        for project in portfolio.projects
    ]
    return max(
        math.fsum(worth for _, worth in picked)
        for picked in itertools.product(*by_project)
        if sum(cents for cents, _ in picked) <= round(100 * (portfolio.budget or math.inf))
    )


@pytest.mark.parametrize("seed", some(20))
def test_a_plan_is_the_best_of_its_printed_options(seed: int) -> None:
    """With nothing but their printed cost and net value; a choice more is never worth less."""
    drawn = balanced_portfolio(seed)
    projects = tuple(replace(one, earliest=None) for one in drawn.projects[:2])
    whole = Portfolio(name="two", projects=projects, budget=14.0, pilot_chance=0.0, go_chance=0.0)
    portfolio = replace(whole, compute=drawn.compute)
    plan = planner.plan(portfolio, POSTERIOR, gap=0.0)
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(printed_best(portfolio), abs=1e-6)
    fewer = tuple(
        replace(one, rebalance=(), class_prices=None) if 0 in one.rebalance else one
        for one in projects
    )
    without = planner.plan(replace(portfolio, projects=fewer), POSTERIOR, gap=0.0)
    assert without.objective is not None
    assert plan.objective.value >= without.objective.value - 1e-6


def test_what_the_other_frequencies_would_bring_is_the_best_printed_option_with_them() -> None:
    """Of each project for which that is to be chosen, whichever was chosen."""
    told = set()
    for seed in range(40):
        portfolio = replace(balanced_portfolio(seed), objective="net_value", shared=())  # type: ignore[arg-type]
        rows: Any = options_report(portfolio, POSTERIOR, CATALOGUE)["options"]
        for decision in planner.plan(portfolio, POSTERIOR).decisions:
            choice = (decision.choice or {}).get("rebalance")
            others = [
                row["expected_net_value"]
                for row in rows
                if row["project"] == decision.project
                and "rebalance" in row.get("choice", {})
                and row["choice"]["rebalance"] != choice
            ]
            reason = decision.reason
            if not isinstance(reason, Funded) or "rebalance" not in (decision.choice or {}):
                continue
            assert (reason.other_balance is None) == (not others)
            if reason.other_balance is not None:
                lacks = decision.expected_net_value - max(others)
                assert reason.other_balance.lacks == pytest.approx(lacks, abs=1e-6)
                assert "the best option (" in decision.why
                told.add(choice is None)
    assert told == {True, False}


def test_the_random_portfolios_reach_the_cases_that_matter() -> None:
    """Classes bought at their own price, under every measure, and plans that do."""
    reached, taken = set(), 0
    for seed in range(12):
        portfolio = balanced_portfolio(seed)
        projects = {one.id: one for one in portfolio.projects}
        rows: Any = options_report(portfolio, POSTERIOR, CATALOGUE)["options"]
        for row in rows:
            one = projects[row["project"]]
            if row.get("images_sought") and one.class_prices:
                reached.add(one.metric)
        plan = planner.plan(portfolio, POSTERIOR)
        taken += sum(bool(decision.images_sought) for decision in plan.decisions)
    assert reached == set(Metric)
    assert taken > 2


def test_accuracy_said_and_nothing_to_balance_change_nothing() -> None:
    """As if neither stood in the file."""
    portfolio = balanced_portfolio(1)
    bare = tuple(
        replace(one, metric=Metric.ACCURACY, rebalance=(), class_prices=None)
        for one in portfolio.projects
    )
    said = tuple(
        replace(one, rebalance=(0,)) if one.class_counts is not None else one for one in bare
    )
    assert said != bare
    wanted, found = (
        planner.plan(replace(portfolio, projects=projects), POSTERIOR).to_dict()
        for projects in (bare, said)
    )
    for part in ("decisions", "objective", "budget", "risk", "audit"):
        assert found[part] == wanted[part]
