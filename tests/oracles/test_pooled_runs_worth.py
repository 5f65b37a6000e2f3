"""Runs on a pool's images, against every plan tried: what they bought serves every member."""

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.portfolio.portfolio import Portfolio, SharedAsset
from planner.domain.portfolio.project import Images, Project
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.economics.shared import asset_cents
from planner.planning.pilots.outcomes import Outcomes
from planner.planning.pilots.pooled import PoolPart, cost_of, paid_once, pools_after
from planner.planning.pilots.set_value import value_of
from planner.planning.pilots.stage import Stage
from tests.oracles.trials import trial

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
NAMES = ("a", "b", "c")
N_OPTIONS, N_CELLS = 2, 2


def pool(rng: np.random.Generator) -> SharedAsset:
    """Return a pool that all members must use."""
    held = int(rng.integers(0, 40))
    fixed = {"fixed_cost": float(rng.integers(0, 4)), "price": float(rng.integers(1, 9)) / 100}
    return SharedAsset(
        id="pool",
        kind="dataset",
        members=NAMES,
        required=True,
        fixed_cost=float(rng.integers(0, 5)),
        images=Images(held=held, limit=400, **fixed),
    )


def options_of(project: str, cents: Any, needs: Any) -> ProjectOptions:
    """Return options of a project that take images from the pool."""
    count = len(cents)
    return ProjectOptions(
        project=project,
        architectures=("ResNet-50",),
        architecture_index=np.zeros(count, dtype=np.int64),
        images_total=np.asarray(needs, dtype=np.int64) + 10,
        images_to_buy=np.zeros(count, dtype=np.int64),
        cents={"training": np.asarray(cents, dtype=np.int64)},
        chance=np.ones(count),
        expected_value=np.zeros(count),
        uses=(("pool",),),
        pools=("pool",),
        pool_images=np.asarray(needs, dtype=np.int64)[:, None],
    )


def best(means: Any, cents: Any, needs: Any, asset: SharedAsset, budget: int) -> float:
    """Return the net worth of the best plan, by trying every option of every project."""
    found = 0.0
    for plan in itertools.product(*([None, *range(N_OPTIONS)] for _ in NAMES)):
        chosen = [(p, k) for p, k in enumerate(plan) if k is not None]
        if not chosen:
            continue
        shared = cost_of(asset, max(int(needs[p][k]) for p, k in chosen))
        if sum(int(cents[p][k]) for p, k in chosen) + shared <= budget:
            found = max(found, sum(float(means[p][k]) for p, k in chosen) - shared / 100)
    return found


@settings(max_examples=12)
@given(SEEDS, st.integers(min_value=1, max_value=2))
def test_pooled_images_of_runs_serve_all_members_afterwards(seed: int, n_runs: int) -> None:
    """Mean over outcomes of the best plan with those images held, less the best plan of today."""
    rng = np.random.default_rng(seed)
    asset = pool(rng)
    cells = np.array(list(itertools.product(range(N_CELLS), repeat=n_runs))).T
    n_draws = cells.shape[1]
    cents = [np.sort(rng.integers(100, 900, N_OPTIONS)) for _ in NAMES]
    needs = [np.sort(rng.integers(0, 300, N_OPTIONS)) for _ in NAMES]
    worths = [rng.normal(4.0, 8.0, (N_OPTIONS, n_draws)) for _ in NAMES]
    stages = []
    for name, paid, need, worth in zip(NAMES, cents, needs, worths, strict=True):
        own = options_of(name, paid, need)
        own = ProjectOptions(**{**vars(own), "expected_value": worth.mean(axis=1) + paid / 100})
        unused = np.zeros(N_OPTIONS)
        stages.append(Stage(own, np.ones(worth.shape), unused, unused, random=worth))
    budget = float(rng.integers(5, 30))
    projects = tuple(
        Project(id=name, classes=2, target_error=0.1, value=1.0, images=Images(held=10, limit=400))
        for name in NAMES
    )
    portfolio = Portfolio(projects=projects, shared=(asset,), budget=budget)
    prepared: Any = SimpleNamespace(
        portfolio=portfolio, objective=Objective.NET_VALUE, budget_cents=round(100 * budget)
    )
    outcomes = Outcomes(prepared, tuple(stages))
    now = outcomes.after([], [])
    runs, parts = [], []
    for index in range(n_runs):
        images = int(rng.integers(1, 300))
        parts.append(PoolPart(asset, images, cost_of(asset, images)))
        mean = np.array([worths[index][:, cells[index] == c].mean(axis=1) for c in range(N_CELLS)])
        pick = now.picks[index]
        stay = np.zeros(N_CELLS) if pick is None else mean[:, pick]
        runs.append(trial(index, stages[index], cells[index], mean, stay, parts[-1]))
    means = [worth.mean(axis=1) for worth in worths]
    limit = round(100 * budget)
    (after,) = pools_after([asset], parts)
    expected = -best(means, cents, needs, asset, limit)
    for cell in itertools.product(range(N_CELLS), repeat=n_runs):
        told = [runs[p].mean[cell[p]] if p < n_runs else means[p] for p in range(len(NAMES))]
        expected += best(told, cents, needs, after, limit) / N_CELLS**n_runs
    assert value_of(runs, outcomes, now).gain == pytest.approx(expected, abs=2e-3)


@given(SEEDS)
def test_a_pool_is_paid_once(seed: int) -> None:
    """By runs and plans together what the largest need costs; of several runs the largest pays."""
    rng = np.random.default_rng(seed)
    asset = pool(rng)
    images = rng.integers(1, 300, 3).tolist()
    parts = [PoolPart(asset, count, cost_of(asset, count)) for count in images]
    assert paid_once(parts) == cost_of(asset, max(images))
    (after,) = pools_after([asset], parts)
    needs = np.arange(0, 400, 7)
    together = paid_once(parts) + asset_cents(after, needs)
    expected = asset_cents(asset, np.maximum(needs, max(images)))
    np.testing.assert_allclose(together, expected, atol=1)  # each rounded to the cent
