"""For one project the table of a run goes on as ``collect`` does once that run is in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio

HELD, LIMIT = 2_000, 40_000
FIELDS: dict[str, Any] = {
    "id": "a",
    "classes": 6,
    "target_accuracy": 0.93,
    "value": 40_000.0,
    "images": {"held": HELD, "limit": LIMIT, "price": 0.3},
    "architectures": ["ResNet-50"],
    "pilots_on_offer": [{"images": HELD, "test_images": 100_000}],
}


@pytest.mark.slow
def test_after_the_first_run_collecting_goes_on_as_the_table_says() -> None:
    """It stops where the table stops and else trains on as many images, to two levels of the grid.

    Errors lie well inside their rows, and chances to reach do not decide here.
    """
    model = planner.load_model()
    project = planner.Project(**FIELDS)
    portfolio = Portfolio(projects=(project,), budget=1e6, go_chance=0.0, pilot_chance=0.0)
    answer = planner.pilots(portfolio, model)
    (policy,) = answer.policy
    level = np.log(LIMIT / HELD) / 19
    for error in (0.072, 0.09, 0.1, 0.12, 0.2):
        row = next(r for r in policy.rows if r.error_at_most is None or error <= r.error_at_most)
        pilot = {"images": HELD, "error": error, "architecture": "ResNet-50"}
        changed: dict[str, Any] = {"pilots": [pilot], "pilots_on_offer": ()}
        after = replace(portfolio, projects=(replace(project, **changed),))
        found = planner.collect(after, "a", model, rounds=1)
        if row.images_total is None:
            assert found.advice == "DO_NOT_START"
        else:
            assert found.policy.images_now == pytest.approx(
                row.images_total, rel=np.expm1(2.0 * level)
            )
