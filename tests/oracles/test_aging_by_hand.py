"""What ages in use, and what keeps it fresh, added up part by part of each year.

``AGING_CASES`` says how many random projects are looked at.
"""

import math
import os
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.in_use.compress import Compression
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.economics.draws import share_draws
from planner.economics.ledger import training_amounts
from planner.forecasting.forecast import build_forecast
from planner.planning.prepare import prepare, prepare_unbudgeted
from planner.questions.options_report import options_report
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.portfolio_table import PortfolioTable

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()
CASES = int(os.environ.get("AGING_CASES", "3"))
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, CASES))]
EVERY = {"none": None, "yearly": 1.0, "half_yearly": 0.5}


def aging(seed: int) -> Portfolio:
    """Return a portfolio of one project that ages, and one that does not."""
    rng = np.random.default_rng([seed, 18])
    drift: dict[str, Any] = [
        {"half_life": float(rng.uniform(0.5, 3))},
        {"refresh_share": float(rng.uniform(0.1, 0.9))},
        {"error_growth": float(rng.uniform(0.1, 0.6))},
    ][seed % 3]
    many: Any = {"held": 200, "limit": 3_000, "price": float(rng.uniform(0.01, 0.3))}
    points: Any = [1.0, "0.5..3.0"][seed % 2]
    compress: Any = ({"id": "int8", "training": 0.15, "inference": 0.45, "error_points": points},)
    projects = tuple(
        Project(
            id=name,
            classes=6,
            images=many,
            architectures=("ResNet-50",),
            use={  # type: ignore[arg-type]
                "images_per_year": 5_000,
                "deploy": str(rng.choice(["if_pays", "always"])),
                "years": float(rng.choice([0.6, 2.0, 2.3])),
                "growth": 0.1,
            },
            errors={"cost_per_error": float(rng.uniform(0.05, 1.0))},  # type: ignore[arg-type]
            today={"price_per_1000": float(rng.uniform(50, 400))},  # type: ignore[arg-type]
            upkeep=upkeep,  # type: ignore[arg-type]
            shift={"accuracy_drop": 0.05},  # type: ignore[arg-type]
            inference={"price_per_1000": 20.0},  # type: ignore[arg-type]
            compress=compress,
        )
        for name, upkeep in (("a", {**drift, "refresh": tuple(EVERY)}), ("b", None))
    )
    return Portfolio(
        projects=projects,
        budget=float(rng.choice([100, 900])),
        horizon_years=3,
        discount_rate=0.08,
        compute={"usd_per_hour": 20.0, "price_decline": 0.2},  # type: ignore[arg-type]
        pilot_chance=0.0,
        go_chance=0.0,
        risk={"measure": str(rng.choice(["expected", "cvar"]))},  # type: ignore[arg-type]
    )


def by_hand(
    project: Project,
    images: int,
    training: float,
    every: float | None,
    errors: Any,
    smaller: Compression | None,
) -> tuple[float, float, float]:
    """Return what is earned, what is paid, and whether it pays, in the mean of all draws."""
    upkeep, use, today = project.upkeep, project.use, project.today
    assert use is not None
    assert today is not None
    assert project.errors is not None
    years = use.years or 0.0
    kept, growth = 1.0, 0.0
    if upkeep is not None:
        growth = upkeep.error_growth or 0.0
        kept = 1.0 - (upkeep.refresh_share or 0.0)
        kept = 0.5 ** (1 / upkeep.half_life) if upkeep.half_life else kept
    added = np.zeros(POSTERIOR.n_draws)
    if smaller is not None:
        name = f"compress.{smaller.id}"
        added = share_draws(smaller.added, POSTERIOR.n_draws, 0, project.id, name)
        training *= 1.0 + smaller.training
    added = added[POSTERIOR.solve_rows]
    paid, saved, lost = 0.0, 0.0, np.zeros(POSTERIOR.n_draws // 2)
    for k in range(math.ceil(years)):
        length = min(1.0, years - k)
        at = k + length
        now = length / 1.08**at
        volume = 5_000 * 1.1**k
        kept_up = 1.0 if smaller is None else 1.0 - smaller.inference
        paid += now * volume / 1_000 * 20.0 * kept_up
        saved += now * volume / 1_000 * today.price_per_1000
        if every is not None:
            again = math.ceil(round(images * (1 - kept**every), 6)) / every
            price = float(project.images.price)  # type: ignore[arg-type]
            paid += now * (again * price + training / every * 0.8**at)
        for part in range(4):
            share = min(1.0, max(0.0, 4 * length - part)) / (4 * length)
            age = k + (part + 0.5) / 4
            age = age if every is None else age % every
            error = np.minimum(errors(images * kept**age) * (1 + growth) ** age, 5 / 6)
            used = 1 - (1 - np.minimum(error + added, 5 / 6)) * 0.95
            lost += now * share * volume * (project.errors.cost_per_error or 0.0) * used
    operating = saved - lost
    live = operating > paid if str(use.deploy) == "if_pays" else np.ones_like(lost, dtype=bool)
    gross, running = float((live * operating).mean()), float(live.mean()) * paid
    return gross, running, float((operating > paid).mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_option_that_ages_is_reckoned_by_hand(seed: int) -> None:
    """Labels and trainings again, errors at the images that still count, or grown."""
    portfolio = aging(seed)
    rows = options_report(portfolio, POSTERIOR, CATALOGUE)["options"]
    menus = prepare_unbudgeted(portfolio, POSTERIOR, CATALOGUE).menus
    each = training_amounts(menus[0].rates, portfolio.compute)[0]
    assert isinstance(rows, list)
    seen = set()
    for row in rows:
        project = next(one for one in portfolio.projects if one.id == row["project"])
        name = row.get("choice", {}).get("refresh")
        forecast = build_forecast(project, POSTERIOR, architectures=CATALOGUE.architectures)

        def errors(images: float, forecast: Any = forecast) -> np.ndarray:
            return np.asarray(
                forecast.error_draws([images], "ResNet-50", rows=POSTERIOR.solve_rows)[:, 0]
            )

        images = row["images_total"]
        smaller = next(
            (one for one in project.compress if one.id == row["choice"]["compress"]), None
        )
        gross, paid, pays = by_hand(
            project, images, images * each, EVERY[name or "none"], errors, smaller
        )
        dearer = 1.0 if smaller is None else 1.15
        bought = (images - 200) * float(project.images.price)  # type: ignore[arg-type]
        assert row["cost_total"] == pytest.approx(bought + dearer * images * each, abs=0.011)
        assert row["expected_value"] == pytest.approx(gross, rel=1e-9, abs=1e-6)
        assert row["running_present"] == pytest.approx(paid, rel=1e-9, abs=1e-6)
        assert row["chance_of_target"] == pays
        seen.add((name, smaller is None))
    assert seen == {(name, alone) for name in (*EVERY, None) for alone in (True, False)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_with_refreshes_is_the_best_of_all(seed: int) -> None:
    """By enumeration; lines to the cent, and a saved choice is found again."""
    portfolio = aging(seed)
    plan = planner.plan(portfolio, POSTERIOR, gap=0.0)
    table = PortfolioTable(prepare(portfolio, POSTERIOR, CATALOGUE))
    best = table.value[table.allowed()].max()
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(best, rel=1e-6, abs=1e-6)
    for decision in plan.decisions:
        if decision.life is not None:
            lines = decision.life.lines
            assert math.fsum(lines.values()) == pytest.approx(decision.expected_net_value, abs=5e-3)
            assert ("refresh" in lines) == (
                decision.project == "a"
                and (decision.choice or {}).get("refresh") not in (None, "none")
            )
            flows = math.fsum(year.amount for year in decision.life.cash_by_year)
            assert math.isfinite(flows)
