"""The interval of a plan's distance from the best plan."""

import numpy as np
import pytest

from planner.errors import InputError
from planner.planning.replicated import (
    interval_of,
    on_draws,
    replicated_gap,
    thinned_batches,
)
from tests.problem_cases import Enumerated, random_problem, value_of


def test_batches_share_the_draws_among_them_and_reach_over_all_chains() -> None:
    """Each draw is in one batch; each batch spans the whole run."""
    batches = thinned_batches(103, 5)
    assert sorted(np.concatenate(batches).tolist()) == list(range(103))
    assert all(batch[0] < 5 and batch[-1] >= 98 for batch in batches)


@pytest.mark.parametrize("replications", [0, 1, 11])
def test_too_few_or_too_many_replications_are_refused(replications: int) -> None:
    """One gives no interval; 11 of 100 draws have fewer than 10 each."""
    with pytest.raises(InputError, match="--replications"):
        thinned_batches(100, replications)


def test_the_interval_is_student_s() -> None:
    """By hand: mean 2, s = 1, t(0.95, 2) = 2.919986."""
    found = interval_of([1.0, 2.0, 3.0], draws_each=10)
    assert (found.mean, found.upper95) == pytest.approx((2.0, 2.0 + 2.9199856 / np.sqrt(3)))


def test_a_problem_on_some_draws_is_worth_their_mean() -> None:
    """Against the draws themselves."""
    problem = random_problem(3)
    assert problem.outcomes is not None
    draws = np.array([0, 5, 7], dtype=np.int64)
    everything = np.arange(len(problem), dtype=np.int64)
    expected = problem.outcomes.worth_draws(everything)[:, draws].mean(axis=1)
    assert on_draws(problem, draws).worth == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(4))
def test_the_mean_gap_covers_the_distance_from_the_best_plan(seed: int) -> None:
    """A batch's own best plan is at least as good there as any plan, so the mean gap is no less."""
    problem = random_problem(seed)
    best = Enumerated(problem).solve()
    worse = Enumerated(problem).solve(budget_cents=3000)
    distance = best.value - worse.value
    for plan, least in ((best, 0.0), (worse, distance)):
        found = replicated_gap(problem, plan, Enumerated, value_of, replications=3)
        assert found is not None
        assert found.mean >= least - 1e-9
        assert found.upper95 >= found.mean
