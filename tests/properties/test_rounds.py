"""Laws that every collection policy obeys, whatever the belief about data needed."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.questions.collect.rounds import CollectionPolicy, RoundPrices, plan_rounds

LIMIT = 1000
HELD = 20

# whole numbers: sums of costs are then exact, so that ties are ties
needs = st.lists(
    st.one_of(st.integers(1, 1200).map(float), st.just(np.inf)), min_size=1, max_size=40
).map(lambda values: np.array(values, dtype=np.float64))
amounts = st.integers(0, 200).map(float)
prices = st.builds(
    RoundPrices,
    penalty=st.integers(0, 20_000).map(float),
    per_image=st.integers(0, 20).map(float),
    per_round=amounts,
    per_trained_image=st.integers(0, 5).map(float),
    setup=amounts,
)
counts = st.integers(1, 5)


def plan(draws: NDArray[np.float64], costs: RoundPrices, rounds: int) -> CollectionPolicy:
    return plan_rounds(draws, held=HELD, limit=LIMIT, prices=costs, rounds=rounds)


@given(draws=needs, costs=prices, rounds=counts)
def test_one_more_round_never_costs_more(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int
) -> None:
    """A round need not be used, so having it cannot hurt."""
    few, more = plan(draws, costs, rounds), plan(draws, costs, rounds + 1)
    assert more.expected_cost <= few.expected_cost + 1e-9 * max(1.0, few.expected_cost)


@given(draws=needs, costs=prices, rounds=counts, factor=st.sampled_from([0.5, 2.0, 3.0, 1024.0]))
def test_the_currency_does_not_matter(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int, factor: float
) -> None:
    """Scaling all costs and the penalty alike changes the cost by that factor and no level."""
    scaled = RoundPrices(**{name: factor * value for name, value in vars(costs).items()})
    one, other = plan(draws, costs, rounds), plan(draws, scaled, rounds)
    assert [step.images_total for step in one.rounds] == [
        step.images_total for step in other.rounds
    ]
    assert np.isclose(factor * one.expected_cost, other.expected_cost, rtol=1e-12, atol=1e-12)


@given(draws=needs, costs=prices, rounds=counts, extra=st.integers(0, 20_000))
def test_a_higher_penalty_never_lowers_the_chance(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int, extra: int
) -> None:
    """The more a miss loses, the more surely the target is met in the end."""
    raised = replace(costs, penalty=costs.penalty + extra)
    low, high = plan(draws, costs, rounds), plan(draws, raised, rounds)
    assert high.chance_reached >= low.chance_reached
    assert high.images_at_most >= low.images_at_most


@given(draws=needs, costs=prices, rounds=counts, extra=st.integers(0, 20_000))
def test_a_higher_penalty_never_collects_less_now(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int, extra: int
) -> None:
    """Where only images cost, no round collects less under a higher penalty."""
    simple = RoundPrices(penalty=costs.penalty, per_image=max(1.0, costs.per_image))
    raised = replace(simple, penalty=simple.penalty + extra)
    low, high = plan(draws, simple, rounds), plan(draws, raised, rounds)
    padded = [step.images_total for step in high.rounds] + [high.images_at_most] * rounds
    for step, other in zip(low.rounds, padded, strict=False):
        assert other >= step.images_total


@given(draws=needs, costs=prices, rounds=counts)
def test_no_policy_costs_more_than_giving_up_or_than_the_limit_at_once(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int
) -> None:
    """Both are policies too, and the best is no dearer than any."""
    policy = plan(draws, costs, rounds)
    unmet = draws[draws > HELD]
    if len(unmet) == 0:
        assert policy.expected_cost == 0.0
        return
    at_once = costs.of_step(HELD, LIMIT, first=True) + costs.penalty * np.mean(unmet > LIMIT)
    slack = 1e-9 * max(1.0, policy.expected_cost)
    assert policy.expected_cost <= costs.penalty + slack
    assert policy.expected_cost <= at_once + slack


@given(draws=needs, costs=prices, rounds=counts)
def test_rounds_rise_within_the_limit_and_are_needed_ever_less(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int
) -> None:
    """Levels rise, chances are chances, and no more rounds are planned than were allowed."""
    policy = plan(draws, costs, rounds)
    levels = [HELD, *(step.images_total for step in policy.rounds)]
    assert len(policy.rounds) <= rounds
    assert all(np.diff(levels) > 0)
    assert levels[-1] <= LIMIT
    needed = [step.chance_needed for step in policy.rounds]
    assert needed == sorted(needed, reverse=True)
    assert all(0.0 <= step.chance_reached <= 1.0 for step in policy.rounds)
    assert policy.expected_rounds <= len(policy.rounds)


@given(draws=needs, costs=prices, rounds=counts, seed=st.integers(0, 1000))
def test_the_order_of_draws_does_not_matter(
    draws: NDArray[np.float64], costs: RoundPrices, rounds: int, seed: int
) -> None:
    """A belief is a set of draws."""
    shuffled = np.random.default_rng(seed).permutation(draws)
    one, other = plan(draws, costs, rounds), plan(shuffled, costs, rounds)
    assert one.rounds == other.rounds
