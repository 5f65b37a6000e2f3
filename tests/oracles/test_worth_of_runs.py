"""What the product says runs are worth, against every plan tried after every joint outcome.

The functions that ``planner pilots`` calls, on decisions small enough to be listed by hand: the
measured project counts what is expected of it after its outcome, all others what is expected today.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.planning.pilots.outcomes import Outcomes
from planner.planning.pilots.set_value import value_of
from planner.planning.pilots.stage import Stage
from tests.oracles.trials import trial

GOOD, BAD = 0, 1
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


@dataclass(frozen=True)
class Options:
    """Options of a project, as far as a plan of sets looks at them."""

    total_cents: Rows

    def __len__(self) -> int:
        return len(self.total_cents)

    @property
    def is_alternative(self) -> Flags:
        """None is a service."""
        return np.zeros(len(self), dtype=np.bool_)


def stage(worth: Floats, costs: Sequence[float] | Floats) -> Stage:
    """Return options that are worth so much in every draw, shape (n_options, n_draws)."""
    cents = np.round(100 * np.asarray(costs)).astype(np.int64)
    unused = np.zeros(len(cents))
    options: Any = Options(cents)
    return Stage(options, np.zeros(worth.shape), unused, unused, random=worth)


def plans(stages: Sequence[Stage], budget: float) -> Outcomes:
    """Return what finds plans of some projects under a budget alone."""
    projects = tuple(
        Project(
            id=f"p{at}",
            classes=2,
            target_error=0.1,
            value=1.0,
            images=Images(held=10, limit=10),
        )
        for at in range(len(stages))
    )
    prepared: Any = SimpleNamespace(
        portfolio=Portfolio(projects=projects, budget=budget), budget_cents=round(100 * budget)
    )
    return Outcomes(prepared, tuple(stages))


def best(means: Sequence[Floats], costs: Sequence[Rows], budget_cents: int) -> float:
    """Return the worth of the best plan, by trying every option of every project."""
    choices = itertools.product(*([None, *range(len(mean))] for mean in means))
    worths = (
        sum(float(means[p][k]) for p, k in enumerate(plan) if k is not None)
        for plan in choices
        if sum(costs[p][k] for p, k in enumerate(plan) if k is not None) <= budget_cents
    )
    return max(worths)


def two_states(index: int, value: float, cost: float, chances: Sequence[float]) -> tuple[Any, Any]:
    """Return a project of which good and bad times are equally likely, and a run right with .9."""
    state = np.repeat([GOOD, BAD], 10)
    worth = value * np.asarray(chances)[state] - cost
    of = stage(worth[None], [cost])
    cell = np.where(np.arange(20) % 10 < 9, state, 1 - state)
    mean = np.array([[worth[cell == outcome].mean()] for outcome in (GOOD, BAD)])
    return of, trial(index, of, cell, mean, mean[:, 0])


@pytest.mark.parametrize(
    ("value", "cost", "chances", "expected"),
    [(100, 40, (0.8, 0.2), 7.0), (150, 60, (0.7, 0.3), 4.5), (90, 40, (0.5, 0.45), 0.0)],
)
def test_one_project_alone(
    value: float, cost: float, chances: tuple[float, float], expected: float
) -> None:
    """V1 and V2b: a run right with .9 on each of the three projects is worth 7, 4.5 and 0."""
    of, run = two_states(0, value, cost, chances)
    outcomes = plans([of], 100.0)
    found = value_of([run], outcomes, outcomes.after([], []))
    assert found.gain == pytest.approx(expected)
    np.testing.assert_allclose(found.by_project, [expected], atol=1e-9)


VALUES = np.array([100.0, 150.0, 90.0])
COSTS = np.array([40.0, 60.0, 40.0])
CHANCES = np.array([[0.8, 0.2], [0.7, 0.3], [0.5, 0.45]])  # good, bad
FIRST = np.array([[9, 1], [1, 9]])
"""Of ten draws of each state, those after which the run says + or -."""
SECOND = np.array([[8, 2], [2, 8]])


def told_of_all(
    values: Floats, counts: Rows, budget: float, after: Floats | None = None
) -> tuple[float, float, list[tuple[int, ...]]]:
    """Return the worth now, what a run adds that tells of three projects, and what is funded then.

    The run is on something whose options are the sets of the three, so that its outcome moves all.
    ``values`` are earned in every state, ``after`` those once the run is in; ``counts`` are draws
    of each outcome and state.
    """
    sets = [s for size in (1, 2, 3) for s in itertools.combinations(range(3), size)]
    state = np.concatenate([np.repeat(np.arange(counts.shape[1]), row) for row in counts])
    cell = np.repeat(np.arange(len(counts)), counts.sum(axis=1))

    def of(earned: Floats) -> Stage:
        worth = (earned - COSTS[:, None])[:, state]
        return stage(
            np.array([worth[list(s)].sum(axis=0) for s in sets]),
            [COSTS[list(s)].sum() for s in sets],
        )

    today, then = of(values), of(values if after is None else after)
    outcomes = plans([today], budget)
    now = outcomes.after([], [])
    (pick,) = now.picks
    assert pick is not None
    of_cell = [cell == number for number in range(len(counts))]
    mean = np.array([then.worth[:, mine].mean(axis=1) for mine in of_cell])
    stay = np.array([today.worth[pick, mine].mean() for mine in of_cell])
    run = trial(0, then, cell, mean, stay)
    funded = [outcomes.after([run], [number]).picks[0] for number in range(len(counts))]
    found = value_of([run], outcomes, now)
    return (
        float(today.mean[pick]),
        found.gain,
        [() if row is None else sets[row] for row in funded],
    )


@pytest.mark.parametrize(
    ("budget", "now", "expected"),
    [(40, 10, 7.475), (60, 15, 4.975), (100, 25, 11.975), (140, 27.75, 11.5)],
)
def test_a_run_that_tells_of_three_projects(budget: float, now: float, expected: float) -> None:
    """V2: after a bad outcome every budget funds the third alone."""
    worth, gain, funded = told_of_all(VALUES[:, None] * CHANCES, FIRST, budget)
    assert worth == pytest.approx(now)
    assert gain == pytest.approx(expected)
    assert funded[1] == (2,)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [(60, (4.975, 2.2, 5.18)), (100, (11.975, 6.2, 12.425)), (140, (11.5, 5.5, 11.95))],
)
def test_two_runs_that_tell_of_the_same(budget: float, expected: tuple[float, ...]) -> None:
    """V4: the first, the second, both: far from the sum."""
    both = np.array([one * other for one in FIRST for other in SECOND])
    earned = VALUES[:, None] * CHANCES
    gains = [told_of_all(earned, counts, budget)[1] for counts in (FIRST, SECOND, both)]
    np.testing.assert_allclose(gains, expected)


def test_eight_draws_that_a_run_tells_apart() -> None:
    """V5: 15 under a budget of 100, from success itself in every draw."""
    rows = ["110", "111", "101", "010", "001", "010", "100", "001"]
    met = np.array([[int(digit) for digit in row] for row in rows]).T
    counts = np.repeat(FIRST, 4, axis=1)
    _, gain, funded = told_of_all(VALUES[:, None] * met, counts, 100)
    assert gain == pytest.approx(15.0)
    assert funded == [(0, 1), (2,)]


@pytest.mark.parametrize(
    ("left", "expected"), [(1.0, 11.975), (0.95, 7.175), (0.9, 2.85), (0.85, -1.475)]
)
def test_a_run_may_come_too_late(left: float, expected: float) -> None:
    """V7: what is earned after the run is less, and in the end less than without it."""
    earned = VALUES[:, None] * CHANCES
    _, gain, _ = told_of_all(earned, FIRST, 100, after=left * earned)
    assert gain == pytest.approx(expected)


@pytest.mark.parametrize(
    ("n_images", "expected"),
    [(10, 2.6201), (20, 4.7351), (50, 9.0752), (100, 12.8987), (200, 16.0386), (400, 17.4970)],
)
def test_more_test_images_tell_more(n_images: int, expected: float) -> None:
    """V8: errors of 5 % in good times and 12 % in bad are counted; a draw in a million decides."""
    errors = np.arange(n_images + 1)[:, None]
    counts = np.round(1e5 * binom.pmf(errors, n_images, [0.05, 0.12])).astype(np.int64)
    counts = counts[counts.sum(axis=1) > 0]
    _, gain, _ = told_of_all(VALUES[:, None] * CHANCES, counts, 100)
    assert gain == pytest.approx(expected, abs=5e-3)


def test_a_budget_that_the_run_is_paid_from_may_make_it_a_loss() -> None:
    """V3: with 5 of 100 spent on the run the two best projects no longer fit."""
    first, run = two_states(0, 100, 40, (0.8, 0.2))
    second, _ = two_states(1, 150, 60, (0.7, 0.3))
    today = plans([first, second], 100.0)
    after = Outcomes(today.prepared, today.today, budget_cents=9_500)
    now = today.after([], [])
    assert now.cents == 10_000
    # after + the first alone is worth 34, the second 15: never both; after - the second alone
    assert value_of([run], after, now).gain == pytest.approx(0.5 * 34 + 0.5 * 15 - 25)


@given(SEEDS, st.integers(min_value=1, max_value=3))
def test_sets_of_runs_are_worth_what_the_best_plans_after_them_add(seed: int, n_runs: int) -> None:
    """Mean over joint outcomes of the best plan's worth, less the worth of today's plan."""
    rng = np.random.default_rng(seed)
    n_outcomes = 3
    cells = np.array(list(itertools.product(range(n_outcomes), repeat=n_runs))).T
    counts = rng.integers(1, 4, (n_runs, n_outcomes))  # of draws: outcomes of runs are independent
    cells = np.repeat(cells, counts[np.arange(n_runs)[:, None], cells].prod(axis=0), axis=1)
    n_draws = cells.shape[1]
    costs = [np.sort(rng.integers(100, 900, 2)) for _ in range(4)]
    worths = [rng.normal(2.0, 6.0, (2, n_draws)) for _ in range(4)]
    stages = [stage(worth, cents / 100) for worth, cents in zip(worths, costs, strict=True)]
    budget = float(rng.integers(3, 20))
    outcomes = plans(stages, budget)
    now = outcomes.after([], [])
    runs = []
    for index in range(n_runs):
        mean = np.array([worths[index][:, cells[index] == c].mean(axis=1) for c in range(3)])
        pick = now.picks[index]
        stay = np.zeros(3) if pick is None else mean[:, pick]
        runs.append(trial(index, stages[index], cells[index], mean, stay))
    means = [worth.mean(axis=1) for worth in worths]
    limit = round(100 * budget)
    expected = -best(means, costs, limit)
    for cell in itertools.product(range(n_outcomes), repeat=n_runs):
        after = [runs[p].mean[cell[p]] if p < n_runs else means[p] for p in range(4)]
        share = np.prod([counts[p, cell[p]] / counts[p].sum() for p in range(n_runs)])
        expected += share * best(after, costs, limit)
    found = value_of(runs, outcomes, now)
    assert found.gain == pytest.approx(expected, abs=1e-9)
    assert found.gain >= -1e-9
    assert found.by_project.sum() == pytest.approx(found.gain, abs=1e-9)
