"""The simultaneous band of ranks: exact, as wide as promised, and as simulation finds it."""

import itertools

import numpy as np
import pytest

from planner.regression.calibration.bands import (
    Band,
    chance_within,
    counts_up_to,
    p_value,
    simultaneous_band,
)


def test_the_chance_of_a_band_is_that_of_all_ranks_counted() -> None:
    """For three refits of four draws: every one of 125 sets of ranks, one by one."""
    band = Band(np.array([0, 0, 1, 1]), np.array([1, 2, 2, 3]))
    sets = list(itertools.product(range(5), repeat=3))
    inside = sum(band.holds(counts_up_to(np.array(ranks), 4)) for ranks in sets)
    assert chance_within(band, 3) == pytest.approx(inside / len(sets), rel=1e-12)


@pytest.mark.parametrize("n_refits", [20, 100])
def test_uniform_ranks_stay_within_as_often_as_promised(n_refits: int) -> None:
    """Of 20,000 simulated sets about 1 % leave: no more, and not far fewer, for no count fits."""
    rng = np.random.default_rng(n_refits)
    band = simultaneous_band(n_refits, 100)
    left = np.mean(
        [
            not band.holds(counts_up_to(ranks, 100))
            for ranks in rng.integers(0, 101, size=(20_000, n_refits))
        ]
    )
    assert chance_within(band, n_refits) >= 0.99
    assert abs(left - (1 - chance_within(band, n_refits))) < 4 * np.sqrt(0.01 / 20_000)
    assert left > 0.005


def test_the_p_value_is_small_exactly_outside_the_band() -> None:
    """At 1 % it decides as the band does, on ranks that are and are not uniform."""
    rng = np.random.default_rng(5)
    band = simultaneous_band(50, 100)
    seen = set()
    for power in np.repeat([1.0, 1.3, 1.7, 2.5], 50):
        ranks = np.floor(101 * rng.random(50) ** power).astype(np.int64)
        inside = band.holds(counts_up_to(ranks, 100))
        assert (p_value(ranks, 100) > 0.01) == inside
        seen.add(inside)
    assert seen == {True, False}


def test_p_values_of_uniform_ranks_are_not_smaller_than_they_say() -> None:
    """The share of p values up to a level is at most the level, but for chance."""
    rng = np.random.default_rng(6)
    p = np.array([p_value(ranks, 100) for ranks in rng.integers(0, 101, size=(300, 40))])
    for level in (0.05, 0.2, 0.5):
        assert np.mean(p <= level) <= level + 4 * np.sqrt(level * (1 - level) / len(p))
    assert np.mean(p <= 0.5) > 0.35
