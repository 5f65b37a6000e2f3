"""The names and shapes that people build on."""

from pathlib import Path

import numpy as np
import pytest

import planner

PROJECT = planner.Project(
    id="x",
    task="classification",  # type: ignore[arg-type]
    classes=10,
    pretrained=True,
    backbone="finetuned",  # type: ignore[arg-type]
    target_error=0.05,
    images={"held": 0, "limit": 1e6, "price": 0.1},  # type: ignore[arg-type]
)


@pytest.mark.parametrize("name", ["transfer", "published"])
@pytest.mark.parametrize("architecture", [None, "ResNet-50", "resnet 50"])
def test_a_forecast_has_the_promised_shapes(name: str, architecture: str | None) -> None:
    """error_draws, data_needed_draws and chance keep their shapes and ranges for both models."""
    model = planner.load_model(name)
    forecast = planner.forecast(PROJECT, model, seed=0)
    images = np.array([10.0, 1_000.0, 100_000.0])
    errors = forecast.error_draws(images, architecture)
    needed = forecast.data_needed_draws(0.05, architecture)
    chance = forecast.chance(0.05, images, architecture)
    assert errors.shape == (model.n_draws, 3)
    assert np.all((errors > 0) & (errors <= 0.9))
    assert needed.shape == (model.n_draws,)
    assert np.all(needed > 0)
    assert chance == pytest.approx((errors <= 0.05).mean(axis=0), abs=1e-12)


def test_a_frozen_backbone_is_forecast_where_the_model_knows_it() -> None:
    """``transfer`` speaks of frozen backbones, ``published`` refuses."""
    frozen = planner.Project(
        id="x",
        classes=10,
        backbone="frozen",  # type: ignore[arg-type]
        target_error=0.05,
        images={"limit": 1e5},  # type: ignore[arg-type]
    )
    assert planner.forecast(frozen, planner.load_model("transfer")).n_draws == 4_000
    with pytest.raises(planner.InputError, match="frozen"):
        planner.forecast(frozen, planner.load_model("published"))


@pytest.mark.parametrize("seed", [-1, 1.5, True, "0"])
def test_a_seed_is_a_whole_number(seed: object) -> None:
    """What is no seed is refused with what to write."""
    model = planner.load_model("published")
    with pytest.raises(planner.InputError, match="whole number of at least 0"):
        planner.forecast(PROJECT, model, seed=seed)  # type: ignore[arg-type]


def test_a_name_is_not_a_model() -> None:
    """A model's name where a loaded model belongs is answered with the call that loads it."""
    with pytest.raises(planner.InputError, match=r"load_model\('published'\)"):
        planner.forecast(PROJECT, "published")  # type: ignore[arg-type]


def test_a_plan_from_python_equals_the_plan_from_a_file() -> None:
    """read, load, plan: three calls, frozen records, JSON and a frame."""
    path = Path(__file__).parents[2] / "examples" / "03_small_grant" / "portfolio.yaml"
    portfolio = planner.read_portfolio(path)
    plan = planner.plan(portfolio, planner.load_model("transfer"), seed=0)
    frame = plan.to_frame()
    assert list(frame["project"]) == [project.id for project in portfolio.projects]
    assert frame["cost_total"].sum() == pytest.approx(plan.budget.committed)
    assert plan.to_json() == planner.plan(portfolio, planner.load_model("transfer")).to_json()
