"""Laws of lives: what is neutral changes no byte, what is doubled doubles, options only help."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.planning.held_out import with_all_draws
from planner.planning.prepare import prepare_unbudgeted
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.life_cases import WHOLE, lived, lived_portfolio

POSTERIOR = synthetic_posterior(n_draws=80)
CATALOGUE = load_catalogue()
BLOCKS = ("decisions", "objective", "budget", "risk", "audit")
NEUTRAL: dict[str, dict[str, Any]] = {
    "no images": {"use": {"images_per_year": 0}, "inference": {"images_per_s": 600}},
    "nothing earned": {"benefits": [{"id": "b", "once": 0}]},
    "free lines": {"upkeep": {"lines": [{"id": "m", "yearly": 0}]}, "end": {"once": 0}},
    "free people": {"build": {"people": [{"role": "e", "weeks": 3, "per_week": 0}]}},
    "free way of today": {"use": {"images_per_year": 9}, "today": {"price_per_1000": 0}},
    "lead alone": {"build": {"weeks": 40, "label_per_week": 5}},
    "years alone": {"use": {"years": 1.5, "growth": 0.2, "ramp_years": 3}},
}


def portfolio(**settings: Any) -> Portfolio:
    """Return three projects of which some are worth funding."""
    projects = tuple(
        Project(
            id=f"p{k}",
            classes=4,
            target_error=0.25,
            images=Images(held=200, limit=400, price=0.3),
            value=value,
            architectures=("ResNet-50",),
        )
        for k, value in enumerate((900.0, 400.0, 60.0))
    )
    return Portfolio(projects=projects, **{"budget": 150.0, "pilot_chance": 0.0, **settings})


def blocks(portfolio: Portfolio) -> str:
    """Return what a plan says without its lives, as bytes."""
    data = planner.plan(portfolio, POSTERIOR).to_dict()
    for decision in data["decisions"]:  # type: ignore[attr-defined]
        decision.pop("life", None)
        decision.pop("choice", None)
    return json.dumps([data[name] for name in BLOCKS])


@pytest.mark.parametrize("name", NEUTRAL)
@pytest.mark.parametrize("settings", [{}, {"risk": {"measure": "cvar"}}])
def test_a_neutral_life_changes_no_byte(name: str, settings: dict[str, Any]) -> None:
    """Nor does it change what is chosen."""
    plain = portfolio(**settings)
    with_life = replace(plain, projects=tuple(lived(p, NEUTRAL[name]) for p in plain.projects))
    assert blocks(with_life) == blocks(plain)
    assert planner.plan(with_life, POSTERIOR).life is not None


@pytest.mark.parametrize("settings", [{}, {"risk": {"measure": "cvar"}}])
def test_an_alternative_that_is_worse_in_every_draw_changes_no_byte(
    settings: dict[str, Any],
) -> None:
    """It costs more than everything is worth, and never meets the target."""
    plain = portfolio(**settings)
    bad: dict[str, Any] = {"id": "bad", "kind": "rules", "once": 9_000, "accuracy": 0.3}
    beside = replace(
        plain, projects=tuple(lived(p, {"alternatives": [bad]}) for p in plain.projects)
    )
    without, with_it = (planner.plan(one, POSTERIOR).to_dict() for one in (plain, beside))
    for decision in with_it["decisions"]:  # type: ignore[attr-defined]
        decision.pop("life", None)
        decision.pop("choice", None)
    for name in BLOCKS:
        assert json.dumps(with_it[name]) == json.dumps(without[name]), name


def test_neutral_settings_change_no_byte() -> None:
    """One fold without tests, and cash that counts in the middle of years without any."""
    plain = portfolio()
    assert blocks(replace(plain, cash="mid")) == blocks(plain)  # type: ignore[arg-type]
    compute = replace(plain.compute, folds=1, testing_overhead=0.0)
    assert blocks(replace(plain, compute=compute)) == blocks(plain)
    assert planner.plan(plain, POSTERIOR).life is None
    assert "life" not in planner.plan(plain, POSTERIOR).to_dict()


def _worths(one: Portfolio) -> np.ndarray:
    """Return the worth of every option in every draw of the solve."""
    problem = with_all_draws(prepare_unbudgeted(one, POSTERIOR, CATALOGUE))
    assert problem.outcomes is not None
    return problem.outcomes.worth_draws(np.arange(len(problem.worth)))


def _scaled(value: Any, factor: float) -> Any:
    """Return parts of a life with every amount of money multiplied."""
    money = ("per_week", "once", "yearly", "price_per_1000", "resale")
    if isinstance(value, dict):
        return {
            key: part * factor if key in money else _scaled(part, factor)
            for key, part in value.items()
        }
    return [_scaled(part, factor) for part in value] if isinstance(value, list) else value


def test_doubling_every_amount_doubles_the_worth_of_every_draw() -> None:
    """And keeps the plan, under twice the budget."""
    life = _scaled(WHOLE, 1.0) | {"inference": {"price_per_1000": 0.4}}
    plain = portfolio(
        discount_rate=0.08, horizon_years=3, budget=900.0, compute={"usd_per_hour": 2}
    )
    once = replace(plain, projects=tuple(lived(p, life) for p in plain.projects))
    twice = replace(
        once,
        budget=2 * 900.0,
        compute=replace(once.compute, usd_per_hour=4.0),
        projects=tuple(
            replace(
                lived(p, _scaled(life, 2.0)),
                value=2 * p.mean_value,
                images=replace(p.images, price=0.6),
            )
            for p in plain.projects
        ),
    )
    assert _worths(twice) == pytest.approx(2 * _worths(once), abs=0.011)
    plans = [planner.plan(one, POSTERIOR) for one in (once, twice)]
    chosen = [[(d.architecture, d.images_total) for d in plan.decisions] for plan in plans]
    assert chosen[0] == chosen[1]
    assert any(architecture for architecture, _ in chosen[0])


@pytest.mark.parametrize("seed", range(12))
def test_the_right_to_abandon_is_worth_something_in_every_draw(seed: int) -> None:
    """Of every option on the same grid; what is deployed is worth more than nothing."""
    plain = lived_portfolio(seed)
    worths = {}
    for deploy in ("if_target_met", "if_pays", "always"):
        projects = tuple(
            replace(p, use={"images_per_year": 4_000, "deploy": deploy})  # type: ignore[arg-type]
            for p in plain.projects
        )
        fixed = replace(
            plain,
            projects=tuple(replace(p, images=replace(p.images, limit=p.images.held + 3))
                           for p in projects),
            rules=(), shared=(), hold=None, mode="commit", objective="net_value",  # type: ignore[arg-type]
        )  # fmt: skip
        worths[deploy] = _worths(fixed)
    if len({worth.shape for worth in worths.values()}) == 1:
        assert np.all(worths["if_pays"] >= worths["if_target_met"] - 1e-9)
        assert np.all(worths["if_pays"] >= worths["always"] - 1e-9)


def test_a_wider_window_and_cheaper_running_never_lower_the_value() -> None:
    """The plan is worth no less."""

    def worth(window: float, price: float) -> float:
        life = {
            "build": {"weeks": 20},
            "use": {"images_per_year": 10_000},
            "inference": {"price_per_1000": price},
            "benefits": [{"id": "b", "once": 400, "window_years": window}],
        }
        plain = portfolio()
        plan = planner.plan(
            replace(plain, projects=tuple(lived(p, life) for p in plain.projects)), POSTERIOR
        )
        assert plan.objective is not None
        return plan.objective.value

    assert worth(0.5, 1.0) < worth(1.0, 1.0) < worth(2.0, 1.0)
    assert worth(1.0, 2.0) < worth(1.0, 1.0) < worth(1.0, 0.5)
