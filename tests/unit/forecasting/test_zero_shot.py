"""An adapter on a frozen backbone starts at its zero-shot error."""

from dataclasses import replace

import pytest

from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Backbone
from planner.errors import InputError
from planner.forecasting.forecast import build_forecast
from planner.reference.store import load_model

FROZEN = Project(
    id="adapter",
    classes=100,
    backbone=Backbone.FROZEN,
    target_accuracy=0.9,
    images=Images(held=0, limit=10_000),
)


def test_no_error_exceeds_the_zero_shot_error() -> None:
    """With no image at all the adapter answers as the names of the classes say."""
    forecast = build_forecast(replace(FROZEN, zero_shot_error=0.4), load_model("transfer"))
    errors = forecast.error_draws([0, 10, 1_000])
    assert errors.max() <= 0.4
    assert (errors[:, 0] == 0.4).all()
    assert (forecast.data_needed_draws(0.45) == 0).all()


def test_a_stated_start_is_sharper_than_chance() -> None:
    """At a few images per class the range is narrower and lower than from chance."""
    model = load_model("transfer")
    plain = build_forecast(FROZEN, model).error_draws([200])
    stated = build_forecast(replace(FROZEN, zero_shot_error=0.4), model).error_draws([200])
    assert stated.mean() < plain.mean()


@pytest.mark.parametrize(("backbone", "error"), [(Backbone.FINETUNED, 0.4), (Backbone.FROZEN, 0.0)])
def test_a_zero_shot_error_belongs_to_a_frozen_backbone(backbone: Backbone, error: float) -> None:
    """Anything else is refused with what to write."""
    with pytest.raises(InputError) as caught:
        replace(FROZEN, backbone=backbone, zero_shot_error=error)
    assert "zero_shot_error" in str(caught.value)
