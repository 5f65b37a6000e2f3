"""What stands beside an estimate: known answers, and sums written out."""

import math
from dataclasses import replace

import numpy as np
import pytest

import planner
from planner.domain.complexity import entropy_nats, relative_complexity
from planner.domain.portfolio.pilot import Pilot
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.published_equations import images_needed
from planner.questions.estimate.beside import Rarest, balanced_project, rarest_class
from planner.questions.estimate.estimate import ProjectEstimate, build_estimate
from planner.reference.tables import load_catalogue
from planner.reporting.terminal.estimate import render_estimate
from planner.testing import synthetic_posterior

CATALOGUE = load_catalogue()
RARE = Project(
    id="a",
    class_counts={"common": 50_000, "rare": 1_000},
    target_accuracy=0.965,
    images=Images(held=51_000, limit=200_000, price=0.627),
    architectures=("ResNet-50",),
)


def estimated(project: Project, compute: Compute | None = None) -> ProjectEstimate:
    portfolio = Portfolio(projects=(project,), compute=compute or Compute())
    (found,) = build_estimate(portfolio, synthetic_posterior(400), CATALOGUE).projects
    return found


def test_balancing_fifty_to_one_is_the_known_answer() -> None:
    """Complexity .0140 to .1003; by the printed equation the need goes from 197,817 to 529,555."""
    then = (
        planner.estimate(Portfolio(projects=(RARE,)), planner.load_model("published"))
        .projects[0]
        .balanced
    )
    assert then is not None
    assert then.relative_complexity == pytest.approx(0.100343, abs=1e-6)
    assert then.majority_guess_error == 0.5
    assert then.p50 == pytest.approx(529_555, rel=0.1)
    assert RARE.relative_complexity == pytest.approx(0.013971, abs=1e-6)
    for counts, need in (((50_000, 1_000), 197_817), ((1, 1), 529_555)):
        complexity = relative_complexity(entropy_nats(counts))
        assert images_needed(0.035, complexity, pretrained=True) == pytest.approx(need, abs=1)


def test_what_is_balanced_already_or_measured_is_not_asked_what_if() -> None:
    """Equal counts change nothing; runs are of the task as it is."""
    even = replace(RARE, class_counts={"a": 9, "b": 9}, relative_complexity=math.nan)
    assert estimated(even).balanced is None
    assert balanced_project(replace(RARE, pilots=(Pilot(images=51_000, error=0.01),))) is None
    with_empty = replace(RARE, class_counts={"a": 9, "b": 9, "c": 0}, relative_complexity=math.nan)
    assert estimated(with_empty).balanced is None


def test_training_is_the_product_of_its_factors_and_points_are_for_money_and_electricity() -> None:
    """Images × epochs × trainings × the price of each, to the cent; the rest divided by hand."""
    compute = Compute(usd_per_hour=2.0, trials=3, folds=2, testing_overhead=0.5, epochs=7)
    project = replace(RARE, target_accuracy=0.99, images=Images(held=500, limit=900, price=1))
    lead = estimated(project, compute).recommendations[0]
    assert lead.training.trainings == 9
    assert lead.training.product == pytest.approx(lead.cost.training, abs=0.005)
    points = lead.efficiency.accuracy_points
    assert lead.efficiency.points_per_1000 == pytest.approx(1_000 * points / lead.cost.total)
    watts = CATALOGUE.accelerator(compute.accelerator).power_w
    assert watts is not None
    assert lead.gpu_hours is not None
    kwh = lead.gpu_hours * watts / 1_000 * 1.58
    assert lead.efficiency.points_per_kwh == pytest.approx(points / kwh)


def test_a_capped_project_says_how_many_points_are_missing() -> None:
    """The median error at the limit less the target; nothing where the limit is enough."""
    hard = replace(RARE, target_accuracy=0.9999)
    found = estimated(hard)
    lead = found.recommendations[0]
    assert lead.capped
    assert found.error_at_limit.p50 is not None
    assert lead.shortfall_points == pytest.approx(100 * (found.error_at_limit.p50 - 0.0001))
    even = replace(RARE, class_counts=None, classes=2, relative_complexity=math.nan)
    easy = estimated(replace(even, target_accuracy=0.55)).recommendations[0]
    assert (easy.capped, easy.shortfall_points) == (False, None)


def test_the_rarest_class_is_named_where_few_images_might_not_hold_it() -> None:
    """5.66 % of the images: 52 hold one of them with 95 %, as drawing them shows."""
    easy = Project(
        id="a", class_counts={"a": 5_000, "b": 300}, target_accuracy=0.97, images=RARE.images
    )
    plain = replace(easy, class_counts=None, classes=2, relative_complexity=math.nan)
    assert rarest_class(easy, 2.0) == Rarest("b", 52)
    assert [rarest_class(easy, need) for need in (None, 0.0, 52.0)] == [None] * 3
    assert rarest_class(plain, 2.0) is None
    draws = np.random.default_rng(0).random((20_000, 52)) < 300 / 5_300
    assert draws.any(axis=1).mean() == pytest.approx(0.95, abs=0.01)


def test_the_screen_says_all_of_it() -> None:
    """In sentences below the tables."""
    portfolio = Portfolio(projects=(replace(RARE, target_accuracy=0.9999),))
    estimate = build_estimate(portfolio, synthetic_posterior(400), CATALOGUE)
    text = " ".join(str(part) for part in render_estimate(estimate))
    said = " ".join(text.split())
    for words in (
        "Were its classes equally frequent: relative complexity 0.1 in place of 0.014",
        "right 98.04 % of the time now, 50 % then",
        "short of the target",
        "200,000 images × 50 epochs × 1 training",
        "points of accuracy above the majority guess",
        "best of its epochs",
    ):
        assert words in said
    assert "ARCHITECTURE_DOMINATED" not in {w.code for w in estimate.projects[0].warnings}


def test_the_published_model_says_that_it_cannot_tell_architectures_apart() -> None:
    """As a plan does, where there is a choice."""
    model = planner.load_model("published")
    free = replace(RARE, architectures=("ResNet-50", "VGG-16"))
    for project, said in ((free, True), (RARE, False)):
        found = planner.estimate(Portfolio(projects=(project,)), model).projects[0].warnings
        assert ("ARCHITECTURE_DOMINATED" in {one.code for one in found}) is said
