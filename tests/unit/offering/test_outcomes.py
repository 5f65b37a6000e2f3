"""Packed outcomes give the sums that full tables of draws give."""

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.economics.ledger import LINES
from planner.offering.outcomes import (
    PackedOutcomes,
    Stopping,
    UnitCents,
    count_bits,
    empty_bits,
    set_success,
)
from tests.problem_cases import certain_outcomes

N_OPTIONS, N_DRAWS = 37, 23


_LINES = [line for line in LINES if line.name in ("data", "training", "fixed")]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def _success(rng: np.random.Generator) -> NDArray[np.bool_]:
    return rng.random((N_OPTIONS, N_DRAWS)) < 0.4


def _stopping_outcomes(rng: np.random.Generator) -> tuple[PackedOutcomes, NDArray[np.float64]]:
    """Return outcomes with every kind of cost, and the spend written out by loops."""
    factors = rng.lognormal(0, 0.3, (3, N_DRAWS))
    need = rng.lognormal(6, 2, (4, N_DRAWS)).astype(np.float32)
    need[0, :3] = np.inf
    held = rng.integers(0, 200, N_OPTIONS).astype(np.float64)
    stopping = Stopping(
        need=need,
        curve=rng.integers(-1, 4, N_OPTIONS),
        held=held,
        cap=held + rng.integers(0, 900, N_OPTIONS),
        lines=tuple(
            UnitCents(line, rng.random(N_OPTIONS) * most, rng.integers(-1, 3, N_OPTIONS))
            for line, most in zip(_LINES, (30, 1, 500), strict=True)
        ),
    )
    packed = PackedOutcomes(
        bits=certain_outcomes(_success(rng), np.ones(N_OPTIONS), np.ones(N_OPTIONS, np.int64)).bits,
        value=rng.random(N_OPTIONS) * 1e5,
        certain_cents=rng.integers(0, 10_000, N_OPTIONS).astype(np.float64),
        counts_cost=True,
        present=rng.uniform(0.5, 1, N_OPTIONS),
        factors=factors,
        factor_of=rng.integers(0, 3, (N_OPTIONS, 2)),
        factor_cents=rng.random((N_OPTIONS, 2)) * 1_000,
        stopping=stopping,
    )
    spend = np.zeros((N_OPTIONS, N_DRAWS))
    for o in range(N_OPTIONS):
        for s in range(N_DRAWS):
            total = packed.certain_cents[o]
            for k in range(2):
                total += packed.factor_cents[o, k] * factors[packed.factor_of[o, k], s]
            curve = stopping.curve[o]
            if curve >= 0:
                top = min(max(float(need[curve, s]), held[o]), stopping.cap[o])
                price, train, once = (
                    item.cents[o] * (factors[item.factor[o], s] if item.factor[o] >= 0 else 1.0)
                    for item in stopping.lines
                )
                total += price * (top - held[o]) + train * top + (once if top > held[o] else 0.0)
            spend[o, s] = total
    return packed, spend


def test_weighted_sums_are_those_of_the_full_table(rng: np.random.Generator) -> None:
    """Worth is value times success less cost, summed with the weights."""
    success, value = _success(rng), rng.random(N_OPTIONS) * 1e6
    cents = rng.integers(0, 10**8, N_OPTIONS)
    packed = certain_outcomes(success, value, cents)
    table = value[:, None] * success - cents[:, None] / 100
    weights = np.where(rng.random(N_DRAWS) < 0.5, rng.random(N_DRAWS), 0.0)
    np.testing.assert_allclose(packed.worth_at(weights), table @ weights, rtol=1e-12)
    chosen = np.array([3, 36, 8, 3])
    np.testing.assert_allclose(packed.worth_draws(chosen), table[chosen], rtol=1e-14)


@pytest.mark.parametrize("sizes", [(37,), (8, 8, 21), (1, 2, 3, 5, 7, 19)])
def test_projects_may_be_written_one_after_the_other(
    rng: np.random.Generator, sizes: tuple[int, ...]
) -> None:
    """Blocks need not begin at a whole byte."""
    success = _success(rng)
    bits, first = empty_bits(N_DRAWS, N_OPTIONS), 0
    for size in sizes:
        set_success(bits, first, success[first : first + size])
        first += size
    packed = certain_outcomes(success, np.ones(N_OPTIONS), np.ones(N_OPTIONS, dtype=np.int64))
    np.testing.assert_array_equal(bits, packed.bits)
    np.testing.assert_array_equal(packed.success_draws(np.arange(N_OPTIONS)), success)


def test_spend_that_stops_at_the_target_follows_its_formula(rng: np.random.Generator) -> None:
    """Price ranges, a shared factor and stopping add up as documented."""
    packed, spend = _stopping_outcomes(rng)
    every = np.arange(N_OPTIONS)
    np.testing.assert_allclose(packed.spend_draws(every), spend, rtol=1e-12)
    weights = np.where(rng.random(N_DRAWS) < 0.5, rng.random(N_DRAWS), 0.0)
    np.testing.assert_allclose(packed.spend_at(weights), spend @ weights, rtol=1e-12)
    success = packed.success_draws(every)
    worth = packed.present[:, None] * (packed.value[:, None] * success - spend / 100)
    np.testing.assert_allclose(packed.worth_at(weights), worth @ weights, rtol=1e-11)
    np.testing.assert_allclose(packed.worth_draws(every), worth, rtol=1e-11)


def test_nothing_to_choose_from_is_an_empty_table() -> None:
    """No option gives no sums."""
    packed = certain_outcomes(np.zeros((0, 5), dtype=np.bool_), np.zeros(0), np.zeros(0, np.int64))
    assert packed.worth_at(np.full(5, 0.2)).shape == (0,)
    assert packed.worth_draws(np.zeros(0, dtype=np.int64)).shape == (0, 5)


@pytest.mark.parametrize("n_draws", [1, 2, 3, 64, 200, 513])
def test_counting_bits_counts_each_option(n_draws: int) -> None:
    """Counters side by side give what adding the unpacked table gives."""
    rng = np.random.default_rng(n_draws)
    success = rng.random((n_draws, 131)) < rng.random(131)
    bits = np.packbits(success, axis=1, bitorder="little")
    draws = np.flatnonzero(rng.random(n_draws) < 0.7)
    np.testing.assert_array_equal(count_bits(bits, draws)[:131], success[draws].sum(axis=0))


def test_weights_of_few_or_many_levels_give_the_same_sums(rng: np.random.Generator) -> None:
    """Counting and multiplying agree, to the last bits of the sums."""
    success = _success(rng)
    packed = certain_outcomes(success, np.ones(N_OPTIONS), np.zeros(N_OPTIONS, np.int64))
    for weights in (np.full(N_DRAWS, 1 / N_DRAWS), rng.random(N_DRAWS)):
        np.testing.assert_allclose(packed.success_at(weights), success @ weights, rtol=1e-13)
