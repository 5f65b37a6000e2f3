"""What a run is worth where projects earn over a life, against every plan tried after each outcome.

What a run moves is regressed on what it shows, for every priced option and not only the promising
ones, and then all options of all projects are tried together. ``PLANNER_LIVES`` sets how many
portfolios; five by default.
"""

import math
import os
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.arrays import Floats
from planner.domain.portfolio.portfolio import Portfolio
from planner.forecasting.pilots.measured import target_blur
from planner.planning.pilots.evidence import smoothed
from planner.planning.pilots.scene import Scene, build_scene
from planner.planning.pilots.search import Search
from planner.planning.pilots.stage import stage_of
from planner.planning.pilots.trial import LOST_IN_NOISE, Trial
from planner.planning.prepare import prepare_unbudgeted, solve_prepared
from planner.reference.tables import load_catalogue

LIVES = int(os.environ.get("PLANNER_LIVES", "5"))


def project(rng: np.random.Generator, name: str) -> planner.Project:
    """Return a project with a life and one run on offer, on what it holds."""
    held = int(rng.integers(300, 4_000))
    size = float(rng.uniform(5e3, 3e4))
    fields: dict[str, Any] = {
        "id": name,
        "classes": int(rng.integers(2, 15)),
        "target_accuracy": float(rng.uniform(0.86, 0.95)),
        "images": {"held": held, "limit": 10 * held, "price": float(rng.uniform(0.1, 0.8))},
        "architectures": ["ResNet-50"],
        "pilots_on_offer": [{"images": held, "price": 50.0}],
        "use": {
            "images_per_year": int(rng.integers(1_000, 50_000)),
            "years": 3,
            "ramp_years": float(rng.choice([0.25, 1.0])),
            "deploy": str(rng.choice(["if_target_met", "always"])),
        },
        "inference": {"price_per_1000": float(rng.uniform(0.1, 5.0))},
        "upkeep": {"lines": [{"id": "watch", "yearly": 0.1 * size}]},
        "benefits": [
            {"id": "time", "yearly": size},
            {"id": "press", "once": 0.3 * size, "window_years": 1.0},
        ],
    }
    if rng.random() < 0.5:
        fields["alternatives"] = [
            {"id": "rules", "kind": "rules", "error": 0.12, "once": 0.4 * size},
        ]
    return planner.Project(**fields)


def lives(seed: int) -> Portfolio:
    """Return two or three projects under a budget that may bind."""
    rng = np.random.default_rng(seed)
    projects = tuple(project(rng, name) for name in "abc"[: int(rng.integers(2, 4))])
    return Portfolio(
        projects=projects,
        budget=float(rng.uniform(1e3, 1.5e4)),
        discount_rate=0.08,
        horizon_years=3.0,
        go_chance=0.0,
        pilot_chance=0.0,
    )


def scene_of(portfolio: Portfolio) -> Scene:
    """Return everything on offer beside a plan."""
    model = planner.load_model()
    prepared = prepare_unbudgeted(portfolio, model, load_catalogue(), keeps_draws=True)
    solution = solve_prepared(prepared)
    return build_scene(prepared, solution, solution.budget_price)


def by_trying(scene: Scene, trial: Trial, coarse: Trial) -> float:
    """Return what a run adds to the best plan, every option of every project tried together."""
    mine, run = trial.candidate.index, trial.candidate.run
    menu = scene.prepared.menus[mine]
    shown = scene.shown(trial)[scene.prepared.posterior.solve_rows]
    blur = target_blur(menu.forecast, run.test_images)
    evidence = smoothed(shown, step=math.log(menu.project.error_target), blur=blur)
    assert evidence.cell is not None
    every = [
        stage_of(scene.prepared, index, one.priced, held_out=False).worth
        for index, one in enumerate(scene.prepared.menus)
    ]
    priced = menu.priced
    delivered = [
        priced.architecture(k) == run.architecture and priced.images_total[k] == run.images
        for k in range(len(priced))
    ]
    saved = np.where(delivered, priced.cents["training"], 0)
    means = evidence.means(every[mine] + saved[:, None] / 100)
    met = evidence.means(success(scene, mine))
    today = [
        (own.mean(axis=1), one.priced.total_cents)
        for own, one in zip(every, scene.prepared.menus, strict=True)
    ]
    budget, share = scene.prepared.budget_cents, np.bincount(evidence.cell) / len(evidence.cell)
    found = -best(today, budget)
    for outcome in range(len(coarse)):
        cells = np.unique(evidence.cell[coarse.cell == outcome])
        weight = share[cells] / share[cells].sum()
        sure = (weight @ met[cells] >= LOST_IN_NOISE) | priced.is_alternative
        after = np.where(sure, weight @ means[cells], -np.inf)
        offers = [*today[:mine], (after, priced.total_cents - saved), *today[mine + 1 :]]
        found += float(share[cells].sum()) * best(offers, budget)
    return found


def success(scene: Scene, index: int) -> Floats:
    """Return where the target is met, from the forecast alone; alternatives are always open."""
    menu = scene.prepared.menus[index]
    own = ~menu.priced.is_alternative
    errors = menu.forecast.error_draws(menu.priced.images_total[own], "ResNet-50")
    met = np.ones((len(own), len(errors[scene.prepared.posterior.solve_rows])))
    met[own] = (errors[scene.prepared.posterior.solve_rows] <= menu.project.error_target).T
    return met


def best(offers: list[tuple[Floats, Any]], budget_cents: int) -> float:
    """Return the worth of the best plan: every option of every project, or none of it."""
    grids = [np.append(worth, 0.0) for worth, _ in offers]
    costs = [np.append(paid, 0) for _, paid in offers]
    total = sum(np.ix_(*grids), start=np.zeros(()))
    spent = sum(np.ix_(*costs), start=np.zeros((), dtype=np.int64))
    return float(np.max(np.where(spent <= budget_cents, total, -np.inf)))


@pytest.mark.slow
def test_runs_are_worth_what_every_plan_tried_says() -> None:
    """To a millionth: where a budget binds, also options that are best at no price of money."""
    for seed in range(LIVES):
        scene = scene_of(lives(seed))
        search = Search(scene)
        assert scene.trials
        for trial in scene.trials:
            value, (coarse,) = search.value((trial,)), search.coarse((trial,))
            expected = by_trying(scene, trial, coarse)
            assert expected >= 0.0
            assert value.gain == pytest.approx(expected, rel=1e-6, abs=1e-3)
