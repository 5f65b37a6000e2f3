"""Simple rules, by hand."""

import numpy as np
import pytest

from planner.domain.portfolio.project import Project
from planner.offering.problem import DecisionProblem
from planner.planning.baselines import baseline_warning, judged, point_need, proposals
from planner.planning.hand_made import HandMadePlan
from tests.problem_cases import make_problem, row

ALWAYS = [1, 1, 1, 1]
HALF = [1, 0, 1, 0]


def three_projects(**more: object) -> DecisionProblem:
    """Net worths: p0 90, 60; p1 100 − 40 = 60; p2 50·½ − 30 < 0."""
    return make_problem(
        [[ALWAYS, ALWAYS], [ALWAYS], [HALF]],
        [[1000, 4000], [4000], [3000]],
        [100.0, 100.0, 50.0],
        **more,  # type: ignore[arg-type]
    )


def by_name(problem: DecisionProblem, budget: int = 6000) -> dict[str, list[int]]:
    images = np.array([10, 100, 50, 70])
    needs = np.array([50.0, 40.0, np.inf])
    found = proposals(problem, images, needs, np.array([100.0, 100.0, 50.0]), budget_cents=budget)
    return {one.name: one.options.tolist() for one in found}


def test_each_rule_of_thumb_funds_what_it_says() -> None:
    """Nothing; what a third of the budget buys; the best per dollar; enough images, value first."""
    found = by_name(three_projects())
    assert found == {
        "do nothing": [],
        "equal split": [0],  # 2000 each: p1 costs 4000
        "value per dollar": [0, 2],  # 90/1000 before 60/4000; p2 does not pay
        "point plan": [1],  # p0 needs 50 images: option 1; p1 does not fit beside it
    }


def test_the_point_plan_leaves_out_what_the_published_line_calls_out_of_reach() -> None:
    """p2 needs more images than any option has."""
    assert 3 not in by_name(three_projects(), budget=10**9)["point plan"]


def test_a_baseline_keeps_rules_it_can_keep() -> None:
    """p0 and p1 exclude each other: the denser one stays."""
    exclusive = row("exclusive", {0: 1.0, 1: 1.0, 2: 1.0}, 1.0, rule="one of them")
    assert by_name(three_projects(rows=[exclusive]))["value per dollar"] == [0]


def test_a_baseline_says_which_rule_it_breaks() -> None:
    """Doing nothing does not fund p2, which a rule demands."""
    fund = row("fund[p2]", {3: -1.0}, -1.0, rule="fund p2")
    problem = three_projects(rows=[fund])
    found = proposals(problem, np.zeros(4, np.int64), np.zeros(3), np.ones(3), budget_cents=6000)
    assert found[0].breaks == ("fund p2",)


def test_a_draft_buys_the_assets_its_options_need_once() -> None:
    """Both members need the asset; the second one finds it bought."""
    rows = [
        row("uses[p0]", {0: 1.0, 1: 1.0}, 0.0, {0: -1.0}),
        row("uses[p1]", {2: 1.0}, 0.0, {0: -1.0}),
    ]
    draft = HandMadePlan(three_projects(rows=rows, asset_cents=[700]), 6000)
    assert draft.take(0)
    assert draft.cents == 1700
    assert draft.take(2)
    assert draft.cents == 5700
    assert draft.broken() == ()


def test_a_draft_refuses_an_option_whose_asset_does_not_fit() -> None:
    """1000 fits the budget of 1500, 1000 and the asset's 700 do not."""
    draft = HandMadePlan(
        three_projects(rows=[row("uses", {0: 1.0}, 0.0, {0: -1.0})], asset_cents=[700]), 1500
    )
    assert not draft.take(0)
    assert (draft.cents, draft.rows.tolist(), draft.assets.tolist()) == (0, [], [False])


def test_steps_of_a_pool_are_bought_up_to_the_one_needed() -> None:
    """Step 1 needs step 0: a chain of rows."""
    rows = [
        row("needs step 1", {0: 1.0}, 0.0, {1: -1.0}),
        row("step", {}, 0.0, {1: 1.0, 0: -1.0}),
    ]
    draft = HandMadePlan(three_projects(rows=rows, asset_cents=[100, 200]), 6000)
    assert draft.take(0)
    assert draft.assets.tolist() == [True, True]


def test_a_plan_that_loses_to_a_baseline_is_warned_of() -> None:
    """The name of the better rule is said; one that breaks a rule does not count."""
    problem = three_projects()
    found = proposals(problem, np.zeros(4, np.int64), np.zeros(3), np.ones(3), budget_cents=6000)

    def held_out(options: np.ndarray, assets: np.ndarray) -> float:
        return float(len(options))

    good = judged(found, 5.0, held_out)
    assert all(one.beaten for one in good)
    assert list(baseline_warning(good)) == []
    (warning,) = baseline_warning(judged(found, 1.5, held_out))
    assert warning.code == "BASELINE_NOT_BEATEN"
    assert "value per dollar" in warning.message


def test_point_need_is_equation_2() -> None:
    """Figure 2's worked example: 197,817 images."""
    project = Project(
        id="x",
        relative_complexity=0.0139711,
        target_error=0.035,
        images={"limit": 10**6},  # type: ignore[arg-type]
    )
    assert point_need([project])[0] == pytest.approx(197817, rel=1e-5)
