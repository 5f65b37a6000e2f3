"""An architecture that a portfolio states stands wherever one of the tables may."""

import dataclasses

import pytest

import planner
from planner.domain.portfolio.compute import Compute
from planner.domain.portfolio.images import Images
from planner.domain.portfolio.life import Inference, Use
from planner.economics.training import price_training
from planner.errors import InputError
from planner.reference.tables import catalogue_of, load_catalogue

TWIN = load_catalogue().architecture("ResNet-50")
PORTFOLIO = planner.Portfolio(
    budget=50_000,
    architectures=({"name": "mine", "parameters": TWIN.parameters, "gmacs": TWIN.forward_gmacs},),  # type: ignore[arg-type]
    compute=Compute(utilisation=0.3),
    projects=(
        planner.Project(
            id="a",
            classes=10,
            target_error=0.15,
            images=Images(held=2_000, limit=20_000, price=0.1),
            value=40_000,
            architectures=("Mine", "ResNet-50"),
            inference=Inference(),
            use=Use(images_per_year=1_000_000),
        ),
    ),
)


def test_it_is_priced_by_what_is_stated() -> None:
    """The same GMACs at the same utilisation cost what ResNet-50 costs."""
    known = catalogue_of(PORTFOLIO)
    pair = [known.architecture(name) for name in ("mine", "ResNet-50")]
    mine, twin = price_training(pair, PORTFOLIO.compute, known)
    assert mine.usd_per_image_epoch == twin.usd_per_image_epoch > 0
    assert f"{TWIN.forward_gmacs:g} GMACs" in mine.how


def test_a_forecast_knows_what_its_portfolio_states() -> None:
    """Without the portfolio the name is none of the tables."""
    model, project = planner.load_model("transfer"), PORTFOLIO.projects[0]
    known = planner.forecast(project, model, portfolio=PORTFOLIO)
    assert known.error_draws([5_000], "mine").shape == (known.n_draws, 1)
    with pytest.raises(InputError, match="not in the catalogue"):
        planner.forecast(project, model).error_draws([5_000], "mine")


def test_every_question_takes_its_name() -> None:
    """Options, plan, comparison and audit of a file that names it, with a rule that commits it."""
    model = planner.load_model("published")
    rule = {"committed": "a", "architecture": "mine", "images": 5_000}
    committed = dataclasses.replace(PORTFOLIO, rules=(rule,))  # type: ignore[arg-type]
    rows = planner.options(PORTFOLIO, model)["options"]
    assert {row["architecture"] for row in rows} == {"mine", "ResNet-50"}  # type: ignore[attr-defined]
    plan = planner.plan(committed, model)
    assert plan.decisions[0].architecture == "mine"
    audited = planner.audit_plan(plan, committed, model)
    assert audited.faults == ()
    assert audited.held_out_now == audited.held_out_then
    ways = planner.compare(PORTFOLIO, "a", ["architecture=mine"], model).recipes
    assert [row.architecture for row in ways][-1] == "mine"
