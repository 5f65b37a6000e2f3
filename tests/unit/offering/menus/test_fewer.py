"""Fewer options of a project, with no better one left out at any price of money."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.results.option import ProjectOptions
from planner.offering.menus.fewer import best_rows


def options(rng: np.random.Generator, count: int) -> ProjectOptions:
    """Return options of one project, in two ways and two periods."""
    chance = rng.uniform(0, 1, count)
    return ProjectOptions(
        "a",
        ("one", "two"),
        rng.integers(0, 2, count),
        rng.integers(10, 500, count),
        np.zeros(count, dtype=np.int64),
        {"data": rng.integers(0, 1_000, count)},
        chance,
        1_000 * chance,
        start=rng.integers(0, 2, count),
        uses=((), ("base",)),
        use_index=rng.integers(0, 2, count),
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 90))
def test_no_price_of_money_asks_for_an_option_left_out(seed: int, count: int) -> None:
    """In no way and period, of those that may be chosen; so the bound of the relaxation stays."""
    rng = np.random.default_rng(seed)
    priced, eligible = options(rng, count), rng.uniform(size=count) < 0.6
    worth = priced.expected_net_value
    rows = best_rows(priced, worth, eligible, 12, by_way=True)
    assert priced.start is not None
    assert priced.use_index is not None
    kept = np.zeros(count, dtype=np.bool_)
    kept[rows] = True
    assert len(rows) <= 4 * 2 * 2 * 12 + 1
    drawn = best_rows(priced, worth, eligible, 12, by_way=True, by_network=True)
    assert set(rows.tolist()) <= set(drawn.tolist())
    assert kept[np.argmax(priced.chance)]
    for price in (0.0, *rng.exponential(1.0, 5).tolist(), 1e6):
        score = worth - price * priced.total_cents
        for period in (0, 1):
            for way in (0, 1):
                here = eligible & (priced.start == period) & (priced.use_index == way)
                if here.any():
                    networks = set(priced.architecture_index[here].tolist())
                    assert networks <= set(priced.architecture_index[drawn[here[drawn]]].tolist())
                    assert score[here & kept].max() == pytest.approx(score[here].max(), rel=1e-12)
