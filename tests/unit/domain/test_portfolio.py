"""Portfolios built in Python."""

import math

import pytest

from planner.domain.portfolio import Compute, Fund, Portfolio, RiskPreference
from planner.domain.project import Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis, Mode, Objective
from planner.errors import InputError

PROJECT = {"id": "a", "classes": 4, "target_error": "6%", "images": {"limit": "20k", "price": 1}}


def test_words_and_numbers_may_be_written_as_in_a_file() -> None:
    """Text becomes the word or number it says; nested mappings become records."""
    portfolio = Portfolio(
        objective="value",  # type: ignore[arg-type]
        mode="commit",  # type: ignore[arg-type]
        budget="€1k",  # type: ignore[arg-type]
        currency="EUR",
        risk={"measure": "cvar"},  # type: ignore[arg-type]
        compute={"basis": "paper", "usd_per_flop": "1e-18..2e-18", "utilisation": "40%"},  # type: ignore[arg-type]
        projects=[PROJECT],  # type: ignore[arg-type]
        rules=[Fund("fund a", ("a",))],  # type: ignore[arg-type]
    )
    assert (portfolio.objective, portfolio.mode) == (Objective.VALUE, Mode.COMMIT)
    assert portfolio.budget == 1000
    assert portfolio.risk == RiskPreference(measure="cvar")
    expected = Compute(basis=Basis.PAPER, usd_per_flop=Range(1e-18, 2e-18), utilisation=0.4)
    assert portfolio.compute == expected
    assert isinstance(portfolio.projects[0], Project)
    assert isinstance(portfolio.rules, tuple)


@pytest.mark.parametrize(
    ("fields", "path", "fix"),
    [
        ({"objective": "vlaue"}, "portfolio.objective", "value"),
        ({"mode": "comit"}, "portfolio.mode", "commit"),
        ({"budget": [1]}, "portfolio.budget", ""),
        ({"budget": True}, "portfolio.budget", ""),
        ({"budget": "much"}, "portfolio.budget", ""),
        ({"horizon_years": 0}, "portfolio.horizon_years", ""),
        ({"go_chance": 7000}, "portfolio.go_chance", ""),
        ({"currency": 5}, "portfolio.currency", ""),
        ({"risk": 5}, "portfolio.risk", ""),
        ({"compute": {"bass": 1}}, "compute.bass", ""),
        ({"compute": {"basis": "papre"}}, "compute.basis", "paper"),
        ({"compute": {"epochs": "x"}}, "compute.epochs", ""),
        ({"compute": {"accelerator": 5}}, "compute.accelerator", ""),
        ({"projects": "a"}, "projects", ""),
        ({"projects": [PROJECT, 5]}, "projects[1]", ""),
        ({"shared": [{"id": "s"}]}, "shared[0]", ""),
        ({"rules": ({"fund": ["a"]},)}, "rules[0]", ""),
    ],
)
def test_what_no_file_could_say_is_refused(fields: dict[str, object], path: str, fix: str) -> None:
    """Each mistake is named by the field a file would have, with the nearest known word."""
    with pytest.raises(InputError, match="Nothing was computed") as caught:
        Portfolio(**fields)  # type: ignore[arg-type]
    (problem,) = caught.value.problems
    assert (problem.field, problem.fix) == (path, fix)


def test_all_mistakes_come_at_once() -> None:
    """A portfolio with several mistakes names each."""
    with pytest.raises(InputError, match="2 problems"):
        Portfolio(objective="vlaue", rules=5)  # type: ignore[arg-type]


def test_numbers_are_left_to_whoever_uses_them() -> None:
    """A portfolio without a usable budget can be estimated, and only planning refuses it."""
    budget = Portfolio(budget=math.nan).budget
    assert budget is not None
    assert math.isnan(budget)
