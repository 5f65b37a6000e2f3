"""Equations 3 and 5: data cost and total."""

import pytest

from planner.economics.data import data_cost, images_trained, total_cost


def test_the_published_example_costs_what_it_prints() -> None:
    """0.627 for each of 149,000 images is 93,423.00."""
    assert data_cost(0.627, held=51_000, limit=200_000, needed=200_000) == 93_423.00
    assert data_cost(0.627, held=51_000, limit=200_000, needed=float("inf")) == 93_423.00


def test_images_held_beyond_the_need_are_not_sold_back() -> None:
    """The equation as printed gives -25,151 for a 95 % target; clamped it is nothing."""
    assert 0.627 * (10_887 - 51_000) < -25_000
    assert data_cost(0.627, held=51_000, limit=200_000, needed=10_887) == 0.0
    assert data_cost(0.627, held=5, limit=5, needed=5) == 0.0


def test_a_fraction_of_an_image_is_a_whole_one() -> None:
    """A need of 10.2 images buys eleven."""
    assert data_cost(1.0, held=0, limit=100, needed=10.2) == 11.0


@pytest.mark.parametrize(
    ("training", "total"),
    [(9_610.92, 103_033.92), (43_313.31, 136_736.31), (76_317.51, 169_740.51)],
)
def test_the_published_totals_add_up(training: float, total: float) -> None:
    """Equation 3 gives the three printed totals to the cent."""
    assert total_cost(93_423.00, training) == total


@pytest.mark.parametrize(
    ("needed", "ours", "papers"),
    [(10_890, 51_000, 10_890), (197_817, 197_817, 197_817), (float("inf"), 200_000, 200_000)],
)
def test_held_images_are_all_used_unless_the_paper_is_followed(
    needed: float, ours: float, papers: float
) -> None:
    """By default a project trains on everything it holds; the paper stops at the need."""
    assert images_trained(needed, 51_000, 200_000) == ours
    assert images_trained(needed, 51_000, 200_000, follow_paper=True) == papers
