"""Every budget at which the best plan changes, against all plans there are."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.solving.path.points import Points
from planner.solving.path.staircase import MOST_STEPS, staircase

GROUP = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 60)), min_size=0, max_size=4)


def points_of(groups: list[list[tuple[int, int]]]) -> Points:
    """Return points of some projects, "not funded" first, that nothing of a project dominates."""
    option: list[int] = []
    owner: list[int] = []
    cents: list[int] = []
    worth: list[float] = []
    for project, group in enumerate(groups):
        best = -1
        for cost, value in [(0, 0), *sorted(group, key=lambda item: (item[0], -item[1]))]:
            if value > best:
                best = value
                option.append(len(option) if cost else -1)
                owner.append(project)
                cents.append(cost)
                worth.append(float(value))
    return Points(np.array(option), np.array(owner), np.array(cents), np.array(worth))


@settings(max_examples=40)
@given(st.lists(GROUP, min_size=1, max_size=4), st.integers(0, 130))
def test_the_best_plan_changes_at_these_budgets_and_no_other(
    groups: list[list[tuple[int, int]]], most: int
) -> None:
    """All plans are listed; at every cent of budget the best of those it pays for is the step's."""
    points = points_of(groups)
    places = [np.flatnonzero(points.owner == project) for project in range(len(groups))]
    plans = [
        (int(points.cents[list(plan)].sum()), float(points.worth[list(plan)].sum()))
        for plan in itertools.product(*places)
    ]
    best = [max(worth for cents, worth in plans if cents <= budget) for budget in range(most + 1)]
    changes = [
        budget for budget in range(most + 1) if budget == 0 or best[budget] > best[budget - 1]
    ]
    found = staircase(points, 2.0 * points.worth, most)
    assert found is not None
    assert found.cents.tolist() == changes
    assert found.worth.tolist() == [best[budget] for budget in changes]
    assert found.beside.tolist() == [2.0 * best[budget] for budget in changes]


def test_too_many_steps_are_not_listed() -> None:
    """Costs of powers of two: every sum is a step."""
    groups = [[(2**power, 2**power)] for power in range(13)]
    assert MOST_STEPS < 2**13
    points = points_of(groups)
    assert staircase(points, points.worth, 2**13) is None
    few = staircase(points, points.worth, 63)
    assert few is not None
    assert few.cents.tolist() == list(range(64))
