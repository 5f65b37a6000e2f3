"""The hull keeps what a linear relaxation needs."""

import numpy as np

from planner.offering.hull import hull


def test_hull_is_concave_and_holds_both_ends() -> None:
    """Slopes between kept corners fall strictly."""
    rng = np.random.default_rng(0)
    x = np.cumsum(rng.integers(1, 100, 40))
    y = np.cumsum(rng.random(40))
    corners = hull(x, y)
    slopes = np.diff(y[corners]) / np.diff(x[corners])
    assert corners[0] == 0
    assert corners[-1] == 39
    assert np.all(np.diff(slopes) < 0)
