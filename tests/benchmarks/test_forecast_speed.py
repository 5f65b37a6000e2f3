"""How long forecasts take, and how the time grows; run with ``pytest --benchmark-only``."""

from typing import Any

import numpy as np
import pytest

from planner.domain.project import Images, Project
from planner.forecast.forecast import build_forecast
from planner.testing import synthetic_posterior

POSTERIOR = synthetic_posterior(2_000)
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
