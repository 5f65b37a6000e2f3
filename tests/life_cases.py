"""Lives of projects as files write them, random and by name; a life reckoned by hand."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import amount_mean
from tests.random_portfolios import rich_portfolio

WHOLE: dict[str, Any] = {
    "build": {
        "people": [{"role": "engineer", "weeks": 0.6, "per_week": 350, "count": 2}],
        "lines": [{"id": "cameras", "once": 200}],
        "label_per_week": 1,
        "weeks": 4,
    },
    "use": {"images_per_year": 5_000, "years": 3, "ramp_years": 0.5, "growth": 0.05},
    "inference": {"images_per_s": 600, "accelerator": "T4", "always_on": 0.1},
    "upkeep": {"lines": [{"id": "monitoring", "yearly": 60}, {"id": "audit", "once": 30}]},
    "benefits": [
        {"id": "time", "yearly": 300, "when": "live"},
        {"id": "press", "once": 200, "window_years": 1},
        {"id": "brand", "yearly": 20, "when": "always"},
    ],
    "today": {"price_per_1000": 30},
    "end": {"once": 15, "resale": 4},
}
"""Every part of a life, of a small project."""


def lived(project: Project, life: Mapping[str, Any]) -> Project:
    """Return a project with some parts of a life."""
    return replace(project, **life)


def random_life(rng: np.random.Generator, size: float) -> dict[str, Any]:
    """Return some parts of a life, with amounts of about a size."""

    def money(most: float) -> float:
        return round(float(rng.uniform(0, most * size)), 2)

    deploy = str(rng.choice(["if_target_met", "if_pays", "always"], p=[0.4, 0.4, 0.2]))
    use: dict[str, Any] = {"images_per_year": int(rng.integers(0, 9_000)), "deploy": deploy}
    if rng.random() < 0.5:
        use |= {"years": float(rng.choice([0.5, 1.0, 1.75, 4.0]))}
    if rng.random() < 0.5:
        use |= {"ramp_years": float(rng.choice([0.25, 1.5])), "growth": 0.1}
    parts: dict[str, Any] = {
        "build": {
            "people": [{"role": "engineer", "weeks": 1, "per_week": money(0.2)}],
            "lines": [{"id": "cameras", "once": money(0.1)}],
            "label_per_week": 1,
            "weeks": float(rng.choice([0, 6, 60])),
        },
        "inference": [
            {"price_per_1000": money(0.02)},
            {"images_per_s": 500, "accelerator": "T4", "always_on": 0.01},
        ][int(rng.integers(2))],
        "upkeep": {"lines": [{"id": "a", "yearly": money(0.3)}, {"id": "b", "once": money(0.1)}]},
        "benefits": [
            {"id": "t", "yearly": money(0.4)},
            {"id": "l", "once": money(0.3), "when": "live", "window_years": 1.0},
            {"id": "s", "once": money(0.3), "window_years": 1.0, "window": "step"},
            {"id": "a", "yearly": money(0.1), "when": "always"},
        ],
        "today": {"price_per_1000": money(0.05)},
        "end": {"once": money(0.1), "resale": money(0.05)},
    }
    if rng.random() < 0.8:
        vendor = {"id": "vendor", "kind": "buy", "accuracy": "70%..97%", "lead_weeks": 3}
        rules = {"id": "rules", "kind": "rules", "error": 0.08, "once": money(0.5)}
        tiers = [{"up_to": 100, "price": 0}, {"up_to": 400, "price": 9}, {"price": money(0.02)}]
        parts["alternatives"] = [
            vendor | {"price_per_1000": tiers, "yearly": money(0.1)},
            rules,
        ][: int(rng.integers(1, 3))]
    kept = {name: part for name, part in parts.items() if rng.random() < 0.6}
    return {"use": use, **kept}


def lived_portfolio(seed: int) -> Portfolio:
    """Return a random small portfolio of which most projects have a life."""
    portfolio = rich_portfolio(seed)
    rng = np.random.default_rng([seed, 16])
    projects = tuple(
        lived(project, random_life(rng, 30.0)) if rng.random() < 0.8 else project
        for project in portfolio.projects
    )
    return replace(
        portfolio,
        projects=projects,
        discount_rate=float(rng.choice([0.0, 0.08])),
        horizon_years=float(rng.choice([1.0, 2.5, 4.0])),
        cash=str(rng.choice(["end", "mid", "start"])),  # type: ignore[arg-type]
        compute=replace(
            portfolio.compute,
            usd_per_hour=300.0,
            price_decline=float(rng.choice([0.0, 0.4])),
        ),
        pilot_chance=0.0,
        go_chance=0.0,
    )


def by_hand(
    project: Project,
    portfolio: Portfolio,
    to_buy: int,
    start: float,
    hourly: float,
    instead: Alternative | None = None,
) -> dict[str, float]:
    """Return present values of one option by condition, month and year added up one by one.

    Written apart from the product: a loop over slices, no arrays.
    """
    rate, horizon = portfolio.discount_rate, portfolio.horizon_years
    counted = {"end": 1.0, "mid": 0.5, "start": 0.0}[str(portfolio.cash)]
    build, use = project.build, project.use
    lead = 0.0
    if build is not None:
        lead += (build.weeks or 0.0) / 52
        lead += 0.0 if build.label_per_week is None else to_buy / build.label_per_week / 52
    if instead is not None:
        lead = (instead.lead_weeks or 0.0) / 52
    live = start + lead
    years = math.inf if use is None or use.years is None else use.years
    stop = min(horizon, live + years)
    sums = {"target": 0.0, "live": 0.0, "always": 0.0, "paid": 0.0}
    if stop <= live:
        return sums

    def now(amount: float, at: float) -> float:
        return float(amount / (1 + rate) ** at)

    for benefit in project.benefits:
        early = 1.0
        if benefit.window_years is not None:
            left = 1 - live / benefit.window_years
            early = float(left >= 0) if benefit.window == "step" else max(0.0, left)
        assert not isinstance(benefit.once, tuple)
        sums[str(benefit.when)] += now(amount_mean(benefit.once or 0.0) * early, live)
    k = 0
    while live + k < stop - 1e-12:
        length = min(1.0, stop - live - k)
        at = live + k + counted * length
        ramp_years = 0.0 if use is None else use.ramp_years
        steps = 4_000
        ramp = 1.0
        if ramp_years:
            inside = ((n + 0.5) / steps * length + k for n in range(steps))
            ramp = math.fsum(min(1.0, t / ramp_years) for t in inside) / steps
        images = 0.0 if use is None else (use.images_per_year or 0) * (1 + use.growth) ** k * ramp
        for benefit in project.benefits:
            early = 1.0
            if benefit.window_years is not None:
                left = 1 - live / benefit.window_years
                early = float(left >= 0) if benefit.window == "step" else max(0.0, left)
            assert not isinstance(benefit.yearly, tuple)
            sums[str(benefit.when)] += now(
                amount_mean(benefit.yearly or 0.0) * early * ramp * length, at
            )
        if project.today is not None:
            sums["live"] += now(
                images / 1000 * amount_mean(project.today.price_per_1000) * length, at
            )
        if instead is not None:
            sums["paid"] += now(amount_mean(instead.yearly or 0.0) * length, at)
            if isinstance(instead.price_per_1000, tuple):
                month, below, bill = images / 12, 0.0, 0.0
                for tier in instead.price_per_1000:
                    end = tier.up_to or math.inf
                    bill += max(0.0, min(month, end) - below) / 1000 * tier.price
                    below = end
                sums["paid"] += now(12 * bill * length, at)
            k += 1
            continue
        if project.inference is not None and project.inference.price_per_1000 is not None:
            price = project.inference.price_per_1000
            assert not isinstance(price, tuple)
            sums["paid"] += now(images / 1000 * amount_mean(price) * length, at)
        elif project.inference is not None:
            speed = project.inference.images_per_s or 1.0
            hours = max(images / speed / 3600, project.inference.always_on * 8760)
            price = hourly * (1 - portfolio.compute.price_decline) ** at
            sums["paid"] += now(hours * price * length, at)
        for line in () if project.upkeep is None else project.upkeep.lines:
            sums["paid"] += now(amount_mean(line.yearly or 0.0) * length, at)
        k += 1
    if instead is not None:
        return sums
    for line in () if project.upkeep is None else project.upkeep.lines:
        sums["paid"] += now(amount_mean(line.once or 0.0), live)
    if project.end is not None:
        sums["paid"] += now(amount_mean(project.end.once or 0.0), stop)
        sums["live"] += now(amount_mean(project.end.resale or 0.0), stop)
    return sums
