"""Where is the grid of images made finer?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.offering.refinement import corners, levels_between, promising, spread

POINTS = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(-50, 500)), min_size=1, max_size=30
).map(lambda points: np.array(points, dtype=np.float64).T)
PRICES = st.floats(0, 50)


@given(POINTS, PRICES)
def test_at_every_price_of_money_a_corner_is_worth_as_much_as_any_option(
    points: np.ndarray, price: float
) -> None:
    """So whatever the budget, the levels around the best ones are refined."""
    cents, worth = points
    best = corners(cents, worth)
    score = worth - price * cents
    assert score[best].max() >= score.max() - 1e-9 * max(1.0, float(np.abs(score).max()))


@given(POINTS)
def test_corners_rise_in_cost_and_worth(points: np.ndarray) -> None:
    """They begin with the cheapest option, which a rule may demand, and end with the best one."""
    cents, worth = points
    best = corners(cents, worth)
    assert cents[best[0]] == cents.min()
    assert worth[best[-1]] == worth.max()
    assert (np.diff(cents[best]) > 0).all()
    assert (np.diff(worth[best]) > 0).all()


def test_nothing_to_choose_from_has_no_corners() -> None:
    """A project without options is not refined."""
    assert corners(np.zeros(0), np.zeros(0)).tolist() == []


def test_levels_beside_several_good_ones_are_halved_once() -> None:
    """Neighbours that are both good share the level between them."""
    levels = np.array([100, 400, 1600, 6400])
    assert levels_between(levels, np.array([100, 400])).tolist() == [200, 800]


def test_the_architecture_best_at_some_price_is_promising() -> None:
    """One is cheap and weak, one dear and strong, one neither: the last is left out."""
    cents = np.array([10.0, 100.0, 60.0])
    worth = np.array([5.0, 20.0, 8.0])
    best = corners(cents, worth)
    assert promising(cents, worth, np.array([0, 1, 2]), best, 2).tolist() == [0, 1]


def test_some_of_many_corners_hold_both_ends() -> None:
    """A large portfolio refines few levels of each project, from the cheapest to the best."""
    assert spread(np.arange(10), 4).tolist() == [0, 3, 6, 9]
    assert spread(np.arange(3), 4).tolist() == [0, 1, 2]
    assert spread(np.arange(10), None).tolist() == list(range(10))
