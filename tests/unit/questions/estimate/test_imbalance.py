"""Balanced accuracy and F1 of a rare class: known answers, and what more of its images bring."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.portfolio.project import Images, Project
from planner.questions.estimate.imbalance import class_errors, imbalance_of

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


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=9),
    st.floats(0.001, 0.05),
    st.floats(0.05, 0.6),
)
def test_errors_of_classes_make_up_the_forecast_and_rare_ones_err_more(
    counts: list[int], error: float, slope: float
) -> None:
    """Weighted by frequency they are the error over all images, where none is capped at 1."""
    found = class_errors(counts, error, slope)
    if max(found) < 1:
        total = sum(counts)
        made_up = math.fsum(n / total * e for n, e in zip(counts, found, strict=True))
        assert made_up == pytest.approx(error, rel=1e-9)
    ordered = [e for _, e in sorted(zip(counts, found, strict=True))]
    assert ordered == sorted(ordered, reverse=True)


def test_nothing_is_said_of_even_classes_or_of_a_forecast_no_better_than_a_guess() -> None:
    """Nor where more images do not help."""
    even = Project(
        id="a", class_counts={"a": 9, "b": 9}, target_accuracy=0.9, images=Images(limit=90)
    )
    assert imbalance_of(even, 90, falls) is None
    assert imbalance_of(RARE, 51_000, lambda images: 1_000 / 51_000) is None
    assert imbalance_of(RARE, 51_000, lambda images: 0.01) is None
