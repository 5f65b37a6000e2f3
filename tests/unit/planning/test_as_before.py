"""A portfolio prepared after a change: what the change leaves alone is taken over, to the byte."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain.portfolio.portfolio import Compute, Fund, Portfolio, RiskPreference
from planner.domain.portfolio.project import Images, Project
from planner.planning.pilots.first import with_first_runs
from planner.planning.plan import plan_prepared
from planner.planning.prepare import Prepared, prepare
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from planner.web.engine import Engine

MODEL, CATALOGUE = synthetic_posterior(400, seed=3), load_catalogue()
RETAIL = Path(__file__).parents[3] / "examples" / "01_retail_shelves" / "portfolio.yaml"


def project(name: str, price: float, value: float, error: float = 0.1) -> Project:
    return Project(
        id=name,
        classes=4,
        target_error=error,
        images=Images(held=500, limit=30_000, price=price),
        value=value,
        architectures=("ResNet-50",),
    )


PORTFOLIO = Portfolio(
    budget=6_000,
    projects=(
        project("cheap", 0.1, 20_000.0),
        project("dear", 0.6, 40_000.0, 0.12),
        project("hard", 0.3, 30_000.0, 0.08),
    ),
)


def with_first(**changes: object) -> Portfolio:
    """Return the portfolio with fields of its first project changed."""
    first = replace(PORTFOLIO.projects[0], **changes)  # type: ignore[arg-type]
    return replace(PORTFOLIO, projects=(first, *PORTFOLIO.projects[1:]))


def answer(prepared: Prepared) -> str:
    """Return the whole plan as JSON."""
    solution, plan = plan_prepared(prepared)
    return with_first_runs(plan, prepared, solution).to_json()


CHANGES: list[tuple[str, Callable[[], Portfolio], int]] = [
    ("nothing", lambda: PORTFOLIO, 3),
    ("budget", lambda: replace(PORTFOLIO, budget=2_000), 3),
    ("caution", lambda: replace(PORTFOLIO, risk=RiskPreference(measure="cvar", weight=0.5)), 0),
    ("value", lambda: with_first(value=50_000.0), 2),
    ("held", lambda: with_first(images=Images(held=900, limit=30_000, price=0.1)), 2),
    ("name", lambda: with_first(id="other"), 2),
    ("order", lambda: replace(PORTFOLIO, projects=PORTFOLIO.projects[::-1]), 3),
    ("threshold", lambda: replace(PORTFOLIO, go_chance=0.9), 0),
    ("rule", lambda: replace(PORTFOLIO, rules=(Fund("must", ("hard",)),)), 0),
    ("epochs", lambda: replace(PORTFOLIO, compute=Compute(epochs=90)), 0),
    ("fewer", lambda: replace(PORTFOLIO, projects=PORTFOLIO.projects[:2]), 0),
]


@pytest.mark.parametrize(
    ("changed", "kept"), [pytest.param(*one[1:], id=one[0]) for one in CHANGES]
)
def test_the_answer_is_that_of_a_file_read_afresh(
    changed: Callable[[], Portfolio], kept: int
) -> None:
    """Whatever was prepared before; what is on offer to a project as it was is not priced again."""
    before = prepare(PORTFOLIO, MODEL, CATALOGUE)
    after = prepare(changed(), MODEL, CATALOGUE, before=before)
    mine = {id(menu) for menu in before.menus}
    assert sum(id(menu) in mine for menu in after.menus) == kept
    assert answer(after) == answer(prepare(changed(), MODEL, CATALOGUE))


def test_another_seed_or_model_takes_nothing_over() -> None:
    """Nor does anything else that every forecast rests on."""
    before = prepare(PORTFOLIO, MODEL, CATALOGUE)
    other = synthetic_posterior(400, seed=4)
    mine = {id(menu) for menu in before.menus}
    for found in (
        prepare(PORTFOLIO, MODEL, CATALOGUE, seed=1, before=before),
        prepare(PORTFOLIO, other, CATALOGUE, before=before),
    ):
        assert not any(id(menu) in mine for menu in found.menus)


@pytest.mark.slow
def test_the_page_plans_an_edit_as_it_plans_the_file() -> None:
    """Rules, shared assets and all: an engine that has planned before gives the same bytes.

    A change of caution too: this model's options keep their draws in either case.
    """
    text = RETAIL.read_text("utf-8")
    edited = text.replace("budget: 25k", "budget: 18k").replace("held: 8k", "held: 9k")
    edited = edited.replace("  budget", "  risk: {measure: cvar, weight: 0.3}\n  budget", 1)
    job, next_job = ({"text": one, "name": "portfolio.yaml"} for one in (text, edited))
    used, fresh = Engine(), Engine()
    used.first(job)
    assert used.first(next_job)["json"] == fresh.first(next_job)["json"]
