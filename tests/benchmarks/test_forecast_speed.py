"""How long forecasts take, and how the time grows; run with ``pytest --benchmark-only``."""

from typing import Any

import numpy as np
import pytest

from planner.domain.portfolio.project import Images, Project
from planner.forecasting.forecast import build_forecast
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_hierarchy, synthetic_posterior

POSTERIOR = synthetic_posterior(2_000)
HIERARCHY = synthetic_hierarchy(4_000)
CATALOGUE = load_catalogue().architectures
LEVELS = np.unique(np.geomspace(1_000, 100_000, 24).round())


def chance_of_all(projects: list[Project]) -> float:
    """Forecast every project at 24 levels; return the mean chance so that nothing is skipped."""
    chances = [
        build_forecast(project, POSTERIOR).chance(project.error_target, LEVELS).mean()
        for project in projects
    ]
    return float(np.mean(chances))


@pytest.mark.parametrize("n_projects", [100, 1_000, 5_000])
def test_chances_of_many_projects(benchmark: Any, n_projects: int) -> None:
    """2,000 draws and 24 levels a project; time grows linearly in projects."""
    projects = [
        Project(
            id=f"p{index}",
            classes=2 + index % 50,
            target_error=0.05 + 0.001 * (index % 30),
            images=Images(held=1_000, limit=100_000, price=0.1),
        )
        for index in range(n_projects)
    ]
    mean = benchmark.pedantic(chance_of_all, args=(projects,), rounds=1, iterations=1)
    assert 0 < mean < 1


def chance_of_every_option(projects: list[Project], names: list[str]) -> float:
    """Forecast every architecture of every project at 24 levels on the solve's half."""
    chances = []
    for project in projects:
        forecast = build_forecast(project, HIERARCHY, architectures=CATALOGUE)
        chances += [
            forecast.chance(project.error_target, LEVELS, name, rows=forecast.solve_rows).mean()
            for name in names
        ]
    return float(np.mean(chances))


@pytest.mark.parametrize("n_projects", [20, 100])
def test_chances_of_many_architectures(benchmark: Any, n_projects: int) -> None:
    """15 architectures of a hierarchical model; about 15 ms a project on one core."""
    projects = [
        Project(
            id=f"p{index}",
            classes=2 + index % 50,
            target_error=0.05 + 0.001 * (index % 30),
            images=Images(held=1_000, limit=100_000, price=0.1),
        )
        for index in range(n_projects)
    ]
    names = [item.name for item in CATALOGUE if item.task == "classification"][:15]
    mean = benchmark.pedantic(
        chance_of_every_option, args=(projects, names), rounds=1, iterations=1
    )
    assert 0 < mean < 1
