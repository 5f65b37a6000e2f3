"""Laws that every choice under a budget obeys, whatever the options."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import planner
from planner.domain.portfolio.portfolio import ProjectRule
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.offering.effort import Allowance
from tests.allocation_cases import (
    Chosen,
    best_by_enumeration,
    choose,
    random_options,
    random_portfolio,
    random_rules,
)

if TYPE_CHECKING:
    from planner.domain.model.posterior import Posterior

seeds = st.integers(0, 2**32 - 1)
objectives = st.sampled_from([one for one in Objective if one is not Objective.ACCURACY])
budgets = st.integers(0, 4_000_000)


def _case(seed: int) -> tuple[list[ProjectOptions], tuple[ProjectRule, ...]]:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 6))
    options = [random_options(rng, f"p{i}", int(rng.integers(0, 6))) for i in range(count)]
    return options, random_rules(rng, [o.project for o in options], int(rng.integers(0, 4)))


def _value(choice: Chosen | None) -> float:
    return -np.inf if choice is None else choice.solution.value


@given(seed=seeds, objective=objectives, budget=budgets)
def test_choice_equals_enumeration(seed: int, objective: Objective, budget: int) -> None:
    """The choice is worth what the best of all combinations is worth, and never overspends."""
    options, rules = _case(seed)
    worth = {"net_value": "expected_net_value", "value": "expected_value", "targets_met": "chance"}
    choices = [(o.project, o.total_cents, getattr(o, worth[objective])) for o in options]
    best = best_by_enumeration(choices, budget, rules)
    choice = choose(options, objective, budget, rules)
    assert (choice is None) == (best is None)
    if choice is not None:
        assert choice.solution.value == pytest.approx(best, rel=1e-6, abs=1e-9)
        assert choice.solution.committed_cents <= budget
        assert choice.solution.status == "optimal"


@given(seed=seeds, objective=objectives, budget=budgets, more=st.integers(0, 1_000_000))
def test_more_budget_never_lowers_the_optimum(
    seed: int, objective: Objective, budget: int, more: int
) -> None:
    """What can be done with less money can be done with more."""
    options, rules = _case(seed)
    less_value = _value(choose(options, objective, budget, rules))
    more_value = _value(choose(options, objective, budget + more, rules))
    assert more_value >= less_value - 1e-6 * max(1.0, abs(less_value)) or less_value == -np.inf


@given(seed=seeds, budget=budgets)
def test_another_rule_never_raises_the_optimum(seed: int, budget: int) -> None:
    """A rule only takes plans away."""
    options, rules = _case(seed)
    free = _value(choose(options, Objective.NET_VALUE, budget))
    bound = _value(choose(options, Objective.NET_VALUE, budget, rules))
    assert bound <= free + 1e-6 * max(1.0, abs(free))


@given(seed=seeds, objective=objectives, budget=budgets, order=st.randoms(use_true_random=False))
def test_permuting_projects_permutes_the_choice(
    seed: int, objective: Objective, budget: int, order: random.Random
) -> None:
    """The order of projects in a file decides nothing."""
    options, rules = _case(seed)
    shuffled = list(options)
    order.shuffle(shuffled)
    one = choose(options, objective, budget, rules)
    other = choose(shuffled, objective, budget, rules)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        by_id = dict(zip([o.project for o in shuffled], other.picks, strict=True))
        assert one.picks == tuple(by_id[o.project] for o in options)
        assert one.solution.value == other.solution.value


@given(seed=seeds, budget=budgets, factor=st.sampled_from([2, 7, 1000, 10**6]))
def test_scaling_all_money_changes_nothing_but_the_scale(
    seed: int, budget: int, factor: int
) -> None:
    """In another currency the same plan is best."""
    options, rules = _case(seed)
    scaled = [
        replace(
            o,
            cents={line: cents * factor for line, cents in o.cents.items()},
            expected_value=o.expected_value * factor,
        )
        for o in options
    ]
    one = choose(options, Objective.NET_VALUE, budget, rules)
    other = choose(scaled, Objective.NET_VALUE, budget * factor, rules)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert other.solution.value == pytest.approx(
            one.solution.value * factor, rel=1e-6, abs=1e-6 * factor
        )


@given(seed=seeds, objective=objectives, budget=budgets)
def test_without_work_the_plan_is_still_sound_and_its_gap_true(
    seed: int, objective: Objective, budget: int
) -> None:
    """With no work at all a plan comes back whose bound lies above the optimum."""
    options, rules = _case(seed)
    hurried = choose(options, objective, budget, rules, allowance=Allowance(0.0))
    patient = choose(options, objective, budget, rules)
    assert (hurried is None) == (patient is None)
    if hurried is not None and patient is not None:
        slack = 1e-6 * max(1.0, abs(patient.solution.value))
        assert hurried.solution.value <= patient.solution.value + slack
        assert hurried.solution.bound >= patient.solution.value - slack
        assert hurried.solution.committed_cents <= budget


@pytest.mark.parametrize("seed", [3, 11, 26])
def test_permuting_the_file_permutes_the_plan(seed: int) -> None:
    """From portfolio to plan, the order of projects only orders the decisions."""
    model: Posterior = planner.load_model("published")
    portfolio = random_portfolio(seed)
    turned = replace(portfolio, projects=portfolio.projects[::-1])
    one, other = planner.plan(portfolio, model), planner.plan(turned, model)
    assert one.decisions == other.decisions[::-1]
    assert one.objective == other.objective


@pytest.mark.parametrize("seed", [0, 5])
def test_the_same_inputs_give_the_same_bytes(seed: int) -> None:
    """Planning twice prints the same JSON."""
    model = planner.load_model("published")
    portfolio = random_portfolio(seed)
    assert planner.plan(portfolio, model).to_json() == planner.plan(portfolio, model).to_json()


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_hash_seed_or_threads() -> None:
    """Two processes with other hash seeds and thread counts print the same plan and conflict."""
    program = (
        "import planner; from tests.allocation_cases import random_portfolio as case; "
        "model = planner.load_model('published'); "
        "print([planner.plan(case(seed), model).to_json() for seed in range(12)])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": str(n), "OMP_NUM_THREADS": str(n)},
        ).stdout
        for n in (1, 4)
    }
    assert len(printed) == 1
    assert b"infeasible" in next(iter(printed))
