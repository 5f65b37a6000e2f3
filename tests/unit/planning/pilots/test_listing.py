"""Plans of small portfolios by listing are the engine's plans."""

import json

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.inputs.portfolio_file import parse_portfolio
from planner.offering.build_problem import build_layout, build_problem
from planner.planning.pilots.listing import Offer, best_listed, list_sets
from planner.solving.solver import PortfolioSolver

RULES = (
    (),
    ({"at_most": 2, "of": ["a", "b", "c", "d"]},),
    ({"require": "a", "needs": "b"}, {"exclusive": ["c", "d"]}),
    ({"fund": ["c"]}, {"at_least": 2, "of": ["a", "b", "d"]}),
)


def random_options(rng: np.random.Generator, name: str, count: int) -> ProjectOptions:
    """Return options of rising cost, some of them not worth it."""
    cents = np.sort(rng.integers(1, 4000, count)).astype(np.int64)
    value = np.cumsum(rng.exponential(15.0, count)) + rng.normal(0, 8, count)
    zero = np.zeros(count, dtype=np.int64)
    return ProjectOptions(
        name, ("net",), zero, np.arange(1, count + 1), zero, {"data": cents}, np.ones(count),
        value, cents / 100,
    )  # fmt: skip


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("budget", [15.0, 40.0, 90.0, 400.0])
def test_a_listed_plan_is_worth_what_the_engine_proves(
    rules: tuple[dict[str, object], ...], budget: float
) -> None:
    """Twelve random decisions under each set of rules and budget."""
    text = _portfolio(rules, budget)
    sets = list_sets(text)
    assert sets is not None
    for seed in range(12):
        rng = np.random.default_rng(seed)
        options = [random_options(rng, name, int(rng.integers(1, 9))) for name in "abcd"]
        layout = build_layout(options, text)
        problem = build_problem(text, options, layout, Objective.NET_VALUE)
        found = PortfolioSolver(problem).solve()
        offers = [Offer(one.expected_net_value, one.total_cents) for one in options]
        listed = best_listed(offers, sets, round(100 * budget))
        if found.status == "infeasible":
            assert listed is None
            continue
        assert listed is not None
        assert listed.worth == pytest.approx(found.value, abs=1e-9)
        assert listed.cents <= round(100 * budget)
        chosen = [(k, pick) for k, pick in enumerate(listed.picks) if pick is not None]
        assert sum(offers[k].worth[pick] for k, pick in chosen) == pytest.approx(listed.worth)
        assert sum(int(offers[k].cents[pick]) for k, pick in chosen) == listed.cents


def _portfolio(rules: tuple[dict[str, object], ...], budget: float) -> Portfolio:
    """Return four projects under rules, read from a file."""
    project = {"task": "classification", "classes": 4, "target_error": "10%", "value": 1}
    content = {
        "version": 1,
        "portfolio": {"budget": budget},
        "projects": [{"id": name, **project, "images": {"limit": 100}} for name in "abcd"],
        "rules": list(rules),
    }
    return parse_portfolio(json.dumps(content).encode(), "p.yaml")


def test_what_may_not_be_chosen_is_not_listed() -> None:
    """An empty offer leaves only sets without its project; none fits where a rule demands it."""
    nothing = Offer(np.zeros(0), np.zeros(0, dtype=np.int64))
    one = Offer(np.array([5.0, 7.0]), np.array([100, 900], dtype=np.int64))
    sets = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.bool_)
    found = best_listed([nothing, one], sets, 500)
    assert found is not None
    assert (found.worth, found.picks, found.cents) == (5.0, (None, 0), 100)
    assert best_listed([nothing, one], sets[2:], 500) is None


def test_of_no_sets_none_is_best() -> None:
    """Rules that no set keeps leave nothing to list; neither do no projects."""
    one = Offer(np.array([5.0]), np.array([100], dtype=np.int64))
    assert best_listed([one], np.zeros((0, 1), dtype=np.bool_), 500) is None
    assert best_listed([], np.zeros((0, 0), dtype=np.bool_), 500) is None
