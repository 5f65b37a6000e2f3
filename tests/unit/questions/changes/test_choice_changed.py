"""Plans that differ in what they choose besides networks and images."""

from dataclasses import replace

import numpy as np

import planner
from planner.domain.portfolio.portfolio import Committed, Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Metric
from planner.reporting.diff_table import what_changed
from planner.testing import synthetic_posterior


def test_a_rare_class_that_becomes_dear_is_shown_as_no_longer_sought() -> None:
    """On as many images, by the same network."""
    flat = synthetic_posterior(n_draws=40, spread=0.0, sigma=0.0)
    draws = {name: np.zeros_like(values) for name, values in flat.draws.items()}
    draws["log10_images"] -= 0.3
    model = replace(flat, draws={**draws, "intercept": draws["intercept"] - 0.0436})
    project = Project(
        id="a",
        class_counts={"common": 50_000, "rare": 1_000},
        target_accuracy=0.93,
        metric=Metric.BALANCED_ACCURACY,
        rebalance=(0, 10_000),
        class_prices={"rare": 0.1},
        images=Images(held=51_000, limit=60_000, price=0.4),
        value=60_000,
        architectures=("ResNet-50",),
    )
    decided = Committed("rules[1]", project="a", images=60_000)
    before = Portfolio(budget=1e6, projects=(project,), rules=(decided,))
    dear = replace(project, class_prices={"rare": 100.0})
    after = replace(before, projects=(dear,))
    one, other = planner.plan(before, model), planner.plan(after, model)
    (item,) = planner.diff(one, other).projects
    assert (item.before.choice, item.after.choice) == (  # type: ignore[union-attr]
        {"rebalance": 10_000},
        {"rebalance": None},
    )
    assert what_changed(item) == "rebalance 10,000 → –"
    assert "class_prices.rare 0.1 → 100" in item.why
