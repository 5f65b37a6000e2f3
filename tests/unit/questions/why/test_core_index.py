"""How firmly projects stand, on problems whose states are known."""

import numpy as np
import pytest

from planner.questions.why.core_index import coefficient_draws, core_indices, model_states, standing
from planner.testing import synthetic_posterior
from tests.problem_cases import Enumerated, make_problem

DRAWS = 200


def test_states_hold_draws_that_are_alike() -> None:
    """One coefficient decides: each state is a stretch of its sorted draws."""
    rng = np.random.default_rng(0)
    coefficient = rng.standard_normal((DRAWS, 1))
    states = model_states(coefficient, coefficient.T * 3.0, 40)
    assert len(states) == 40
    for draws in states:
        ranks = np.sort(np.argsort(np.argsort(coefficient[:, 0]))[draws])
        assert np.array_equal(ranks, np.arange(ranks[0], ranks[0] + len(draws)))


def test_without_anything_shared_there_is_one_state() -> None:
    """A posterior without spread."""
    coefficients = coefficient_draws(synthetic_posterior(40, spread=0.0), slice(None))
    assert coefficients.shape == (40, 0)
    (only,) = model_states(coefficients, np.ones((2, 40)), 10)
    assert only.tolist() == list(range(40))


def test_a_project_that_pays_in_half_of_the_states_is_borderline() -> None:
    """p0 always succeeds, p1 never, p2 exactly where the shared coefficient is positive."""
    coefficient = np.linspace(-1, 1, DRAWS)
    np.random.default_rng(1).shuffle(coefficient)
    good = (coefficient > 0).astype(int).tolist()
    problem = make_problem(
        [[[1] * DRAWS], [[0] * DRAWS], [good]],
        [[100], [100], [4000]],
        [100.0, 100.0, 80.0],
        budget_cents=100_000,
    )
    found = core_indices(problem, coefficient[:, None], Enumerated)
    assert found[:2].tolist() == [1.0, 0.0]
    assert found[2] == pytest.approx(0.5, abs=0.05)
    assert [standing(index) for index in found.tolist()] == ["core", "exterior", "borderline"]


def test_a_budget_for_one_makes_rivals_share_the_states() -> None:
    """Two projects, each best where the other is not."""
    coefficient = np.linspace(-1, 1, DRAWS)
    good = (coefficient > 0).astype(int)
    problem = make_problem(
        [[good.tolist()], [(1 - good).tolist()]],
        [[1000], [1000]],
        [100.0, 100.0],
        budget_cents=1000,
    )
    found = core_indices(problem, coefficient[:, None], Enumerated)
    assert found.sum() == pytest.approx(1.0)
    assert found[0] == pytest.approx(0.5, abs=0.06)
