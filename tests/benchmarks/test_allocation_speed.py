"""How long an expected-value plan takes, and how that grows; run with ``--benchmark-enable``."""

from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from planner.domain.portfolio.portfolio import AtLeast, Exclusive, Fund, ProjectRule, Require
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from tests.allocation_cases import choose

ARCHITECTURES, LEVELS = 15, 20


def _project(rng: np.random.Generator, name: str) -> ProjectOptions:
    """Return 300 options: chance rises with log images, price and architecture differ."""
    held = int(rng.integers(10, 20_000))
    levels = np.geomspace(held, held * rng.uniform(5, 200), LEVELS).astype(np.int64)
    images = np.tile(levels, ARCHITECTURES)
    rate = np.repeat(rng.lognormal(0, 1, ARCHITECTURES), LEVELS)
    skill = np.repeat(rng.normal(0, 0.1, ARCHITECTURES), LEVELS) + rng.normal(0, 0.3)
    chance = 1 / (1 + np.exp(-2 * (0.25 * np.log(images / held) + skill)))
    return ProjectOptions(
        project=name,
        architectures=tuple(f"A{i}" for i in range(ARCHITECTURES)),
        architecture_index=np.repeat(np.arange(ARCHITECTURES), LEVELS),
        images_total=images,
        images_to_buy=images - held,
        cents={
            "data": ((images - held) * rng.lognormal(3, 1)).astype(np.int64),
            "training": (images * rate).astype(np.int64),
        },
        chance=chance,
        expected_value=chance * rng.lognormal(12, 1),
    )


def _rules(names: list[str]) -> tuple[ProjectRule, ...]:
    return (
        Fund("f", (names[1],)),
        Exclusive("e", tuple(names[10:30])),
        Require("r", names[40], names[41]),
        AtLeast("l", 3, tuple(names[50:60])),
    )


@pytest.mark.parametrize("with_rules", [False, True])
@pytest.mark.parametrize("n_projects", [100, 1_000, 5_000])
def test_expected_value_plan(
    benchmark: BenchmarkFixture, n_projects: int, with_rules: bool
) -> None:
    """A binding budget over 300 options per project is solved to a gap of 1e-4."""
    rng = np.random.default_rng(1)
    options = [_project(rng, f"p{i:05d}") for i in range(n_projects)]
    budget = sum(int(o.total_cents.max()) for o in options) // 100
    rules = _rules([o.project for o in options]) if with_rules else ()
    timer: Any = benchmark  # its methods carry no types
    choice = timer.pedantic(
        choose, (options, Objective.NET_VALUE, budget, rules), {"gap": 1e-4}, rounds=1, iterations=1
    )
    assert choice is not None
    assert choice.solution.gap <= 1e-4
    assert choice.solution.committed_cents <= budget
    assert choice.solution.budget_price > 0
