"""How much to collect now, and how much later, if each round may be the last."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.errors import InputError
from planner.questions.collect import rounds as rounds_module
from planner.questions.collect.rounds import (
    ReplannedRounds,
    RoundPrices,
    break_even_penalty,
    least_cost_levels,
    plan_rounds,
    price_levels,
    simulate_rounds,
)

PRICES = RoundPrices(per_image=1.0, penalty=1e6)


def normal_draws(mean: float, sd: float, n: int = 4000) -> NDArray[np.float64]:
    """Return evenly spaced quantiles of a normal data need: its density without sampling noise."""
    normals = np.asarray(ndtri((np.arange(n) + 0.5) / n), dtype=np.float64)
    return mean + sd * normals


@pytest.mark.parametrize(("mean", "sd", "penalty"), [(2e6, 2e5, 1e7), (9e6, 1e6, 1e8)])
def test_one_round_is_the_closed_form_for_a_normal_need(
    mean: float, sd: float, penalty: float
) -> None:
    """With one round and D* ~ N(m, s), d1 = m + s sqrt(2 log(P / (c s sqrt(2 pi)))) - q0."""
    held = int(mean - 8 * sd)
    prices = RoundPrices(per_image=1.0, penalty=penalty)
    policy = plan_rounds(normal_draws(mean, sd), held=held, limit=10**8, prices=prices)
    root = math.sqrt(math.log(penalty / (sd * math.sqrt(2 * math.pi))))
    # neighbouring draws there lie penalty / n_draws apart, and the optimum is one of them
    assert policy.images_now == pytest.approx(
        mean + math.sqrt(2) * sd * root, abs=2 * penalty / 4000
    )


def test_one_round_buys_nothing_where_the_closed_form_has_no_root() -> None:
    """A penalty below c s sqrt(2 pi) makes no image worth its price."""
    sd = 2e4
    prices = RoundPrices(per_image=1.0, penalty=0.9 * sd * math.sqrt(2 * math.pi))
    policy = plan_rounds(normal_draws(1e6, sd), held=100_000, limit=10**7, prices=prices)
    assert policy.rounds == ()
    assert policy.expected_cost == pytest.approx(prices.penalty)


def test_one_round_is_a_quantile_at_which_price_over_density_is_the_penalty() -> None:
    """The LOC theorem for a skewed need: q1 = F^-1(1 - eps) with P = c / f(q1)."""
    n, log_sd = 4000, 0.5
    draws = 1e4 * np.exp(log_sd * ndtri((np.arange(n) + 0.5) / n))
    policy = plan_rounds(draws, held=0, limit=10**7, prices=RoundPrices(per_image=1, penalty=1e5))
    standard = math.log(policy.images_now / 1e4) / log_sd
    density = math.exp(-0.5 * standard**2) / (math.sqrt(2 * math.pi) * log_sd * policy.images_now)
    assert 1.0 / density == pytest.approx(1e5, rel=0.05)  # a grid of draws, not a continuum


@pytest.mark.parametrize("n_rounds", [1, 2, 3])
@pytest.mark.parametrize("seed", range(12))
def test_no_sequence_of_any_integers_is_cheaper(seed: int, n_rounds: int) -> None:
    """Oracle: every non-falling sequence on every integer, not only on draws, costs no less."""
    rng = np.random.default_rng(seed)
    held, limit = int(rng.integers(0, 4)), 14
    draws = rng.integers(1, 18, size=9).astype(float)
    draws[rng.random(9) < 0.2] = np.inf
    prices = RoundPrices(
        penalty=float(rng.integers(0, 60)),
        per_image=float(rng.integers(1, 4)),
        per_round=float(rng.integers(0, 3)),
        per_trained_image=float(rng.integers(0, 2)),
        setup=float(rng.integers(0, 4)),
    )
    policy = plan_rounds(draws, held=held, limit=limit, prices=prices, rounds=n_rounds)
    sequences = itertools.combinations_with_replacement(range(held, limit + 1), n_rounds)
    costs = [_cost_by_draw(draws[draws > held], levels, held, prices) for levels in sequences]
    assert policy.expected_cost == pytest.approx(min(costs), rel=1e-12)


def _cost_by_draw(
    needed: NDArray[np.float64], levels: tuple[int, ...], held: int, prices: RoundPrices
) -> float:
    """Walk through the rounds draw by draw, as a person would."""
    total = 0.0
    for need in needed.tolist():
        at = held
        for level in levels:
            if level > at and need > at:
                total += prices.of_step(at, level, first=at == held)
                at = level
        total += prices.penalty if need > at else 0.0
    return total / len(needed) if len(needed) else 0.0


def test_the_programme_s_own_value_is_the_mean_over_draws() -> None:
    """Chances, costs and expectations recomputed from the rounds alone agree with the record."""
    rng = np.random.default_rng(3)
    draws = np.where(rng.random(2000) < 0.1, np.inf, rng.lognormal(10, 1, 2000))
    prices = RoundPrices(penalty=4e5, per_image=2.0, per_round=500.0, per_trained_image=0.1)
    policy = plan_rounds(draws, held=5000, limit=200_000, prices=prices, rounds=3)
    steps = policy.rounds
    assert len(steps) == 3
    spend = sum(step.cost * step.chance_needed for step in steps)
    assert policy.expected_spend == pytest.approx(spend)
    missed = 1.0 - policy.chance_reached
    assert policy.expected_cost == pytest.approx(spend + prices.penalty * missed)
    assert policy.expected_rounds == pytest.approx(sum(step.chance_needed for step in steps))
    assert steps[-1].chance_reached == policy.chance_reached
    assert policy.chance_held_suffices == pytest.approx(np.mean(draws <= 5000))
    assert [step.images_to_buy for step in steps] == list(
        np.diff([5000, *(step.images_total for step in steps)])
    )


def test_draws_that_the_held_images_settle_change_nothing_else() -> None:
    """What is planned supposes that the images held were tried and did not suffice."""
    above = normal_draws(5e4, 1e4)
    more = np.concatenate([above, np.full(3000, 10.0)])
    alone = plan_rounds(above, held=9000, limit=10**6, prices=PRICES, rounds=3)
    mixed = plan_rounds(more, held=9000, limit=10**6, prices=PRICES, rounds=3)
    assert mixed.chance_held_suffices == pytest.approx(3000 / 7000)
    assert replace(mixed, chance_held_suffices=0.0) == replace(alone, chance_held_suffices=0.0)


def test_where_every_draw_is_met_nothing_is_bought() -> None:
    """Images held that surely suffice leave nothing to pay and nothing to miss."""
    policy = plan_rounds(np.array([3.0, 5.0]), held=5, limit=50, prices=PRICES, rounds=2)
    assert (policy.rounds, policy.expected_cost, policy.chance_held_suffices) == ((), 0.0, 1.0)


def test_what_can_never_be_met_is_not_started() -> None:
    """Where every draw lies beyond the limit the penalty is the only cost."""
    draws = np.array([np.inf, 1000.0, np.inf])
    policy = plan_rounds(draws, held=5, limit=50, prices=PRICES, rounds=4)
    assert policy.rounds == ()
    assert policy.expected_cost == PRICES.penalty
    assert break_even_penalty(draws, held=5, limit=50, prices=PRICES, rounds=4) == math.inf


def test_the_break_even_penalty_is_where_collecting_starts() -> None:
    """Just above it images are bought, just below it they are not."""
    draws = np.concatenate([normal_draws(5e4, 1e4), np.full(1000, np.inf)])
    prices = replace(PRICES, per_round=1000.0)
    kind = {"held": 5000, "limit": 90_000, "rounds": 3}
    edge = break_even_penalty(draws, prices=prices, **kind)
    above = plan_rounds(draws, prices=replace(prices, penalty=edge * 1.001), **kind)
    below = plan_rounds(draws, prices=replace(prices, penalty=edge * 0.999), **kind)
    assert above.rounds
    assert not below.rounds


def test_more_draws_than_levels_are_thinned_to_nearly_the_same_cost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A hundred levels instead of four thousand cost at most 1 % more."""
    draws = normal_draws(1e5, 2e4)
    exact = plan_rounds(draws, held=0, limit=10**6, prices=PRICES, rounds=3).expected_cost
    monkeypatch.setattr(rounds_module, "MOST_LEVELS", 100)
    thinned = plan_rounds(draws, held=0, limit=10**6, prices=PRICES, rounds=3).expected_cost
    assert exact <= thinned <= 1.01 * exact


def test_levels_and_chances_may_come_from_anywhere() -> None:
    """The programme takes any grid with falling chances: here two levels and a fair coin."""
    path = least_cost_levels(
        np.array([0.0, 10.0, 20.0]),
        np.array([1.0, 0.5, 0.0]),
        RoundPrices(per_image=1.0, penalty=100.0),
        rounds=2,
    )
    assert path.tolist() == [1, 2]


def test_a_price_without_benefit_is_priced_as_asked() -> None:
    """Any levels can be priced, the limit at once and nothing at all among them."""
    draws = np.array([10.0, 30.0, np.inf, np.inf])
    at_once = price_levels(draws, [100], held=0, prices=RoundPrices(per_image=1.0, penalty=40.0))
    nothing = price_levels(draws, [], held=0, prices=RoundPrices(per_image=1.0, penalty=40.0))
    assert (at_once.expected_spend, at_once.expected_cost) == (100.0, 120.0)
    assert (nothing.expected_spend, nothing.expected_cost) == (0.0, 40.0)


def test_replanning_stops_when_the_target_is_met() -> None:
    """Each round plans on draws given the runs so far; the run ends at the first level above D*."""
    draws = normal_draws(1e5, 2e4)
    asked = []

    def estimate(tried: tuple[int, ...]) -> NDArray[np.float64]:
        asked.append(tried)
        return draws

    decide = ReplannedRounds(estimate, limit=10**6, prices=PRICES)
    run = simulate_rounds(decide, needed=110_000, held=30_000, rounds=4, prices=PRICES)
    assert run.reached
    assert run.levels[-1] >= 110_000 > run.levels[-2]
    assert asked == [(30_000, *run.levels[:k]) for k in range(len(run.levels))]
    assert run.cost == run.spend == run.levels[-1] - 30_000


def test_replanning_on_an_unchanged_belief_follows_the_policy() -> None:
    """Without news, planning again with one round less is the rest of the first plan."""
    draws = normal_draws(1e5, 2e4)
    policy = plan_rounds(draws, held=30_000, limit=10**6, prices=PRICES, rounds=4)
    decide = ReplannedRounds(lambda _tried: draws, limit=10**6, prices=PRICES)
    run = simulate_rounds(decide, needed=math.inf, held=30_000, rounds=4, prices=PRICES)
    assert run.levels == tuple(step.images_total for step in policy.rounds)
    assert run.cost == run.spend + PRICES.penalty


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rounds": 0}, "rounds"),
        ({"held": -1}, "held"),
        ({"limit": 3}, "limit"),
        ({"needed_draws": np.array([np.nan])}, "needed_draws"),
        ({"needed_draws": np.array([-1.0])}, "needed_draws"),
        ({"needed_draws": np.array([])}, "needed_draws"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], field: str) -> None:
    """Counts and draws outside their range are named."""
    given = {
        "needed_draws": np.array([10.0]),
        "held": 5,
        "limit": 50,
        "prices": PRICES,
        "rounds": 1,
        **change,
    }
    with pytest.raises(InputError, match=field):
        plan_rounds(**given)  # type: ignore[arg-type]  # wrong on purpose


def test_prices_are_finite_and_not_negative() -> None:
    """Both mistakes come in one pass."""
    with pytest.raises(InputError, match=r"(?s)penalty.*per_image"):
        RoundPrices(penalty=math.inf, per_image=-1.0)
