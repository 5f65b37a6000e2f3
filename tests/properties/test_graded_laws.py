"""Laws of errors in money: free errors change no byte, dearer ones lower no worth, options help."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.vocabulary import Mode
from planner.planning.held_out import with_all_draws
from planner.planning.prepare import prepare_unbudgeted
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.graded_cases import graded_portfolio
from tests.life_cases import lived
from tests.properties.test_life_laws import blocks, portfolio

POSTERIOR = synthetic_posterior(n_draws=80)
MODEL = planner.load_model()
CATALOGUE = load_catalogue()
NEUTRAL: dict[str, dict[str, Any]] = {
    "free errors": {"use": {"images_per_year": 9_000}, "errors": {"cost_per_error": 0}},
    "nothing to err on": {"use": {"images_per_year": 0}, "errors": {"cost_per_error": 5}},
    "nothing compressed": {"compress": [{"id": "same", "error_points": 0}]},
    "nothing ages": {"use": {"images_per_year": 0}, "upkeep": {"refresh_share": 0}},
    "nothing earned": {"benefits": [{"id": "b", "yearly": {"90%": 0, "98%": 0}}]},
}


@pytest.mark.parametrize("name", NEUTRAL)
@pytest.mark.parametrize("settings", [{}, {"risk": {"measure": "cvar"}}])
def test_what_costs_nothing_changes_no_byte(name: str, settings: dict[str, Any]) -> None:
    """Nor does it change what is chosen."""
    plain = portfolio(**settings)
    neutral = replace(plain, projects=tuple(lived(p, NEUTRAL[name]) for p in plain.projects))
    assert blocks(neutral) == blocks(plain)


def _worths(one: Portfolio) -> np.ndarray:
    """Return the worth of every option in every draw of the solve."""
    problem = with_all_draws(prepare_unbudgeted(one, POSTERIOR, CATALOGUE))
    assert problem.outcomes is not None
    return problem.outcomes.worth_draws(np.arange(len(problem.worth)))


def _fixed(one: Portfolio, **use: Any) -> Portfolio:
    """Return a portfolio whose grid is the same whatever anything costs."""
    projects = tuple(
        replace(
            p,
            use=replace(p.use, **use) if p.use and p.has_target else p.use,
            images=replace(p.images, limit=p.images.held + 3),
        )
        for p in one.projects
    )
    return replace(
        one,
        projects=projects,
        rules=(),
        shared=(),
        mode=Mode.COMMIT,
        objective="net_value",  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_right_to_abandon_is_worth_something_in_every_draw(seed: int) -> None:
    """Now that every error is worth another amount."""
    plain = graded_portfolio(seed)
    worths = {
        deploy: _worths(_fixed(plain, deploy=deploy))
        for deploy in ("if_target_met", "if_pays", "always")
    }
    if len({worth.shape for worth in worths.values()}) == 1:
        assert np.all(worths["if_pays"] >= worths["if_target_met"] - 1e-9)
        assert np.all(worths["if_pays"] >= worths["always"] - 1e-9)


def test_dearer_errors_never_raise_the_worth_and_never_ask_for_fewer_images() -> None:
    """Of an option in any draw, nor of the plan."""
    life = {"use": {"images_per_year": 4_000, "deploy": "always"}, "today": {"price_per_1000": 300}}
    images, values = [], []
    for cost in (0.0, 0.05, 0.5, 2.0):
        plain = portfolio(budget=500.0)
        errors = {"errors": {"cost_per_error": cost}}
        dear = replace(plain, projects=tuple(lived(p, life | errors) for p in plain.projects))
        plan = planner.plan(dear, POSTERIOR, gap=0.0)
        assert plan.objective is not None
        values.append(plan.objective.value)
        images.append(plan.decisions[0].images_total or 0)
    assert values == sorted(values, reverse=True)
    funded = [count for count in images if count]
    assert funded == sorted(funded)


@pytest.mark.parametrize("refresh", [("none",), ("yearly",), ("none", "yearly", "half_yearly")])
def test_a_longer_half_life_never_lowers_the_value(refresh: tuple[str, ...]) -> None:
    """Nor do more words to choose from."""

    def value(half_life: float | None, words: tuple[str, ...]) -> float:
        drift = None if half_life is None else {"half_life": half_life, "refresh": words}
        life = {
            "use": {"images_per_year": 4_000, "deploy": "if_pays"},
            "errors": {"cost_per_error": 0.5},
            "today": {"price_per_1000": 300},
            "upkeep": drift,
        }
        plain = portfolio(budget=500.0, horizon_years=3)
        aging = replace(plain, projects=tuple(lived(p, life) for p in plain.projects))
        plan = planner.plan(aging, POSTERIOR, gap=0.0)
        assert plan.objective is not None
        return plan.objective.value

    values = [value(years, refresh) for years in (0.4, 1.0, 3.0, None)]
    assert values == sorted(values)
    assert value(1.0, ("none", "yearly", "half_yearly")) >= values[1] - 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_runs_are_worth_no_more_than_knowing_and_start_from_the_plan(seed: int) -> None:
    """Also where every error has its price, without a target, and with refreshes."""
    life = {
        "use": {"images_per_year": 4_000, "deploy": ["if_pays", "if_target_met"][seed]},
        "errors": {"cost_per_error": 0.4},
        "today": {"price_per_1000": 120},
        "upkeep": {"half_life": 2, "refresh": ("none", "yearly")},
        "compress": [{"id": "int8", "error_points": "0.5..2"}],
    }
    plain = portfolio(budget=200.0)
    priced = replace(plain, projects=tuple(lived(p, life) for p in plain.projects))
    found, plan = planner.pilots(priced, MODEL), planner.plan(priced, MODEL)
    assert plan.audit is not None
    assert found.value_now == pytest.approx(plan.audit.held_out_value)
    assert found.pilots
    assert found.evpi > 0
    assert all(0.0 <= one.evsi <= found.evpi + 4 * one.evsi_se + 1e-9 for one in found.pilots)
