"""The images on offer: a log grid of integers with both ends, and its refinement."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.offering.grid import N_LEVELS, image_levels, midpoints


@given(held=st.integers(0, 10**7), extra=st.integers(0, 10**9))
def test_levels_span_held_to_limit_in_rising_integers(held: int, extra: int) -> None:
    """Levels run from max(held, 10) to the limit, rise, and number 24 or every integer."""
    limit = max(1, held + extra)
    levels = image_levels(held, limit)
    start = max(held, 10)
    assert levels[-1] == limit
    assert np.all(np.diff(levels) > 0)
    if limit > start:
        assert levels[0] == start
        assert len(levels) == min(N_LEVELS, limit - start + 1)


def test_a_limit_below_the_start_is_the_only_level() -> None:
    """Five obtainable images are offered as five."""
    assert image_levels(0, 5).tolist() == [5]


def test_levels_are_evenly_spaced_in_logarithm() -> None:
    """Away from the dense end the factor between neighbours is constant."""
    levels = image_levels(1_000, 1_000_000)
    factors = levels[1:] / levels[:-1]
    assert factors.max() / factors.min() < 1.01


def test_midpoints_lie_between_neighbours_and_are_new() -> None:
    """Refinement adds only integers that are not there yet, also at the ends."""
    levels = np.array([10, 11, 100])
    assert midpoints(levels, 0).tolist() == []
    assert midpoints(levels, 1).tolist() == [33]
    assert midpoints(levels, 2).tolist() == [33]
    assert midpoints(np.array([7]), 0).tolist() == []
