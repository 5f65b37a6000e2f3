"""Equations 3 and 5: data cost and total."""

import numpy as np
import pytest

from planner.domain.portfolio.project import Images
from planner.domain.quantities import Range
from planner.economics.data import (
    committed_data_cents,
    data_cost,
    images_to_buy,
    images_trained,
    total_cost,
)
from planner.errors import InputError


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


def test_a_price_range_counts_at_its_lognormal_mean() -> None:
    """The amount is rounded, not the price: a fraction of a cent per image still adds up."""
    images = Images(limit=10**6, price=Range(0.002, 0.004))
    to_buy = np.array([0, 1, 10**6])
    mean = Range(0.002, 0.004).lognormal_mean
    cents = committed_data_cents(images, to_buy, "price")
    assert cents.tolist() == [0, 0, round(mean * 10**8)]
    assert cents[2] > 0


def test_a_range_beyond_every_number_is_bad_input() -> None:
    """A range whose mean no number can hold is refused, not turned into nonsense."""
    images = Images(limit=10, price=Range(1e-300, 1e300))
    with pytest.raises(InputError, match="cannot be counted"):
        committed_data_cents(images, np.array([0, 1]), "price")


def test_images_to_buy_never_go_negative() -> None:
    """Held images are subtracted down to zero."""
    assert images_to_buy(Images(limit=9, held=4), np.array([0, 4, 9])).tolist() == [0, 0, 5]


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
