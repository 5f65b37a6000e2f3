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

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.planning.pilots.outcomes import Outcomes
from planner.planning.pilots.set_value import value_of
from planner.planning.pilots.stage import Stage
from planner.planning.pilots.trial import Trial

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


def trial(index: int, of: Stage, cell: Rows, mean: Floats, stay: Floats) -> Trial:
    """Return a run on a project: the outcome in every draw, and mean worth after each."""
    candidate: Any = SimpleNamespace(index=index)
    return Trial(
        candidate=candidate,
        stage=of,
        limits=np.arange(len(mean) - 1.0),
        cell=cell,
        chance=np.bincount(cell) / len(cell),
        met=np.ones(mean.shape),
        mean=mean,
        stay=stay,
        least=0.0,
    )


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
