"""Balanced accuracy and F1 of a rare class: known answers, and what more of its images bring."""

import math
from dataclasses import replace

import pytest

import planner
from planner.domain.portfolio.project import Images, Project
from planner.forecasting.warnings import as_met_warnings
from planner.questions.estimate.imbalance import imbalance_of
from planner.testing import synthetic_posterior

RARE = Project(
    id="a",
    class_counts={"common": 50_000, "rare": 1_000},
    target_accuracy=0.965,
    images=Images(held=51_000, limit=200_000, price=2.0),
)


def falls(images: float) -> float:
    return 0.035 * math.pow(images / 51_000, -0.3)


def test_fifty_to_one_and_nine_thousand_more_of_the_rare_class_is_the_known_answer() -> None:
    """92.9020 % and .49974, then 95.6063 % and .52214 for 18,000: 6,656.13 a point."""
    found = imbalance_of(RARE, 51_000, falls)
    assert found is not None
    assert (found.rarest, found.images_added, found.cost) == ("rare", 9_000, 18_000.0)
    assert 100 * found.now.rarest_error == pytest.approx(10.8428, abs=5e-5)
    assert 100 * found.now.balanced_accuracy == pytest.approx(92.9020, abs=5e-5)
    assert found.now.f1_rarest == pytest.approx(0.49974, abs=5e-6)
    assert 100 * found.then.rarest_error == pytest.approx(5.4343, abs=5e-5)
    assert 100 * found.then.balanced_accuracy == pytest.approx(95.6063, abs=5e-5)
    assert found.then.f1_rarest == pytest.approx(0.52214, abs=5e-6)
    points = 100 * (found.then.balanced_accuracy - found.now.balanced_accuracy)
    assert found.cost / points == pytest.approx(6_656.13, abs=0.005)


def test_nothing_is_said_of_even_classes_or_of_a_forecast_no_better_than_a_guess() -> None:
    """Nor where more images do not help."""
    even = Project(
        id="a", class_counts={"a": 9, "b": 9}, target_accuracy=0.9, images=Images(limit=90)
    )
    assert imbalance_of(even, 90, falls) is None
    assert imbalance_of(RARE, 51_000, lambda images: 1_000 / 51_000) is None
    assert imbalance_of(RARE, 51_000, lambda images: 0.01) is None


def test_an_estimate_says_that_it_takes_classes_as_they_are_met() -> None:
    """What a plan might balance; nothing where it may not."""
    with_choice = replace(RARE, rebalance=(0, 10_000))
    assert [one.code for one in as_met_warnings(with_choice)] == ["BALANCE_LEFT_OUT"]
    assert as_met_warnings(RARE) == ()
    report = planner.estimate(
        planner.Portfolio(projects=(with_choice,), budget=1), synthetic_posterior(n_draws=40)
    )
    assert "BALANCE_LEFT_OUT" in {one.code for one in report.projects[0].warnings}
