"""What is left to pay once a run was made: it labels images as they are met, of every class."""

import numpy as np

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Metric
from planner.planning.pilots.stage import after_buying, delivered, stage_of
from planner.planning.prepare import prepare
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior

PROJECT = Project(
    id="a",
    class_counts={"common": 50_000, "rare": 1_000},
    target_accuracy=0.7,
    metric=Metric.BALANCED_ACCURACY,
    rebalance=(0, 10_000),
    class_prices={"rare": 2.0},
    images=Images(held=100, limit=4_000, price=0.25),
    value=60_000,
    architectures=("ResNet-50",),
)
PORTFOLIO = Portfolio(budget=9_000, projects=(PROJECT,), pilot_chance=0.0, go_chance=0.0)


def test_a_run_buys_none_of_the_rarest_class_alone_and_trains_classes_as_they_are_met() -> None:
    """Its labels are saved where they are met, its training where nothing is balanced."""
    prepared = prepare(PORTFOLIO, synthetic_posterior(n_draws=40), load_catalogue())
    options = prepared.options[0]
    stage = stage_of(prepared, 0, options, held_out=False)
    due = after_buying(prepared, 0, stage, 300).options
    assert options.sought is not None
    met = options.images_to_buy - options.sought
    assert (options.sought > 0).any()
    assert due.cents["rarest"].tolist() == (200 * options.sought).tolist()
    assert due.cents["data"].tolist() == (25 * np.maximum(met - 300, 0)).tolist()
    both = set(options.images_total[options.sought > 0]) & set(
        options.images_total[options.sought == 0]
    )
    size = max(both)
    made = delivered(prepared, stage, "ResNet-50", int(size)).options.cents["training"]
    same = options.images_total == size
    assert (made[same & (options.sought == 0)] == 0).all()
    paid = same & (options.sought > 0)
    assert made[paid].tolist() == options.cents["training"][paid].tolist()
    assert (options.cents["training"][paid] > 0).all()
