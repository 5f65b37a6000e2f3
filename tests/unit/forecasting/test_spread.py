"""Where the width of a forecast comes from."""

from dataclasses import replace

import numpy as np
import pytest

from planner.domain.portfolio.project import Project
from planner.forecasting.forecast import build_forecast
from planner.forecasting.spread import SpreadSources
from planner.testing import synthetic_hierarchy, synthetic_posterior


def project() -> Project:
    return Project(id="x", classes=10, target_error=0.1, images={"limit": 1e5})  # type: ignore[arg-type]


def shares(found: SpreadSources) -> list[float]:
    return [found.coefficients, found.data_set, found.architecture, found.discrepancy_and_noise]


@pytest.mark.parametrize("name", [None, "ResNet-50"])
def test_shares_add_up_to_one(name: str | None) -> None:
    """The four sources share the whole width, none of them negative."""
    found = build_forecast(project(), synthetic_hierarchy()).spread_sources(1e5, name)
    assert sum(shares(found)) == pytest.approx(1)
    assert min(shares(found)) >= 0
    assert found.data_set == max(shares(found))
    assert found.sentence.startswith("Width at 100,000 images: ")
    assert found.sentence.index("data sets differ") < found.sentence.index("coefficients")


@pytest.mark.parametrize(
    ("settings", "name", "source"),
    [
        ({"effects": 0.0, "discrepancy": 0.0, "sigma": 0.0}, "ResNet-50", "coefficients"),
        ({"spread": 0.0, "discrepancy": 0.0, "sigma": 0.0}, "ResNet-50", "data_set"),
        ({"spread": 0.0, "effects": 0.0}, "ResNet-50", "discrepancy_and_noise"),
        ({"spread": 0.0, "effects": 0.0, "discrepancy": 0.0, "sigma": 0.0}, None, "architecture"),
    ],
)
def test_a_source_that_is_alone_has_the_whole_width(
    settings: dict[str, float], name: str | None, source: str
) -> None:
    """Where one source varies alone, its share is all (fitted effects vary a little too)."""
    found = build_forecast(project(), synthetic_hierarchy(**settings)).spread_sources(1e4, name)  # type: ignore[arg-type]
    assert getattr(found, source) > 0.95


def test_shares_are_those_of_the_linear_predictor_far_from_the_ceiling() -> None:
    """At the reference size and low errors, variances are those of the level's parts."""
    model = synthetic_hierarchy(20_000, spread=0.0)
    easy = dict(model.draws) | {"a0": np.full(20_000, -3.0)}
    found = build_forecast(project(), replace(model, draws=easy)).spread_sources(10**3.5)
    parts = np.array([0.0, 0.4**2 + 0.3**2, 0.06**2 + 0.065**2 + 0.05**2, 0.1**2 + 0.01**2])
    np.testing.assert_allclose(shares(found), parts / parts.sum(), atol=0.005)


def test_the_published_model_has_coefficients_and_a_residual() -> None:
    """Its residual holds data sets and repeats together, and the sentence says so."""
    found = build_forecast(project(), synthetic_posterior()).spread_sources(1e5)
    assert sum(shares(found)) == pytest.approx(1)
    assert found.data_set == found.architecture == 0
    assert "the residual, in which data sets and repeats are one" in found.sentence


def test_without_images_there_is_no_spread() -> None:
    """The majority guess is certain."""
    found = build_forecast(project(), synthetic_hierarchy()).spread_sources(0, "ResNet-50")
    assert shares(found) == [0, 0, 0, 0]
    assert "no spread" in found.sentence
