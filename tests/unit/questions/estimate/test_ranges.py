"""Cost ranges of one project under both modes."""

import numpy as np
import pytest

from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis
from planner.economics.hardware import gpu_hours, memory_floor_gb
from planner.economics.training import price_training
from planner.forecasting.forecast import build_forecast
from planner.questions.estimate.ranges import cost_ranges, quantile_error
from planner.reference.tables import load_catalogue

CATALOGUE = load_catalogue()
COMPUTE = Compute()
RESNET = CATALOGUE.architecture("ResNet-50")
(RATE,) = price_training((RESNET,), COMPUTE, CATALOGUE)


def project(price: float | Range = 0.5, held: int = 1_000) -> Project:
    return Project(
        id="x",
        classes=4,
        target_error=0.06,
        images={"held": held, "limit": 100_000, "price": price, "fixed_cost": 70},  # type: ignore[arg-type]
    )


def test_commit_at_a_certain_price_costs_the_same_in_every_outcome(synthetic: Posterior) -> None:
    """Images and price are certain, so every quantile is Eq. 3 by hand."""
    one = project()
    found = cost_ranges(one, build_forecast(one, synthetic), RATE, COMPUTE, images=11_000).commit
    by_hand = 0.5 * 10_000 + 70 + RATE.usd_per_image_epoch * 50 * 11_000
    assert found.total.p10 == found.total.p90 == pytest.approx(by_hand)
    assert found.contingency == 0
    assert found.images_total.p10 == found.images_total.p90 == 11_000


def test_stopping_costs_what_each_draw_needs_between_held_and_limit(synthetic: Posterior) -> None:
    """Draw by draw: nothing is bought where the images held do, the limit where nothing does."""
    one = project()
    forecast = build_forecast(one, synthetic)
    found = cost_ranges(one, forecast, RATE, COMPUTE, images=11_000).stop_when_reached
    needed = np.clip(np.ceil(forecast.data_needed_draws(0.06)), 1_000, 100_000)
    data = 0.5 * (needed - 1_000) + 70 * (needed > 1_000)
    total = data + RATE.usd_per_image_epoch * 50 * needed
    for name, probability in (("p10", 0.1), ("p50", 0.5), ("p80", 0.8), ("p90", 0.9)):
        expected = np.quantile(total, probability, method="inverted_cdf")
        assert getattr(found.total, name) == pytest.approx(expected)
    assert found.contingency == pytest.approx(found.total.p80 - found.total.p50)
    assert found.total.cvar90 >= found.total.p90


def test_a_price_range_spreads_the_cost_of_committing(synthetic: Posterior) -> None:
    """P10 and P90 of the data cost are the range's ends times the images (band: 400 draws)."""
    one = project(Range(0.4, 0.6))
    found = cost_ranges(one, build_forecast(one, synthetic), RATE, COMPUTE, images=11_000).commit
    assert found.data.p10 - 70 == pytest.approx(4_000, rel=0.05)
    assert found.data.p90 - 70 == pytest.approx(6_000, rel=0.05)


def test_the_approval_limit_is_exceeded_as_often_as_the_draws_say(synthetic: Posterior) -> None:
    """A limit nobody reaches has chance 0, one everybody exceeds 1, none given is None."""
    one = project()
    forecast = build_forecast(one, synthetic)

    def over(limit: float | None) -> float | None:
        ranges = cost_ranges(one, forecast, RATE, COMPUTE, images=11_000, approval_limit=limit)
        return ranges.stop_when_reached.chance_over_approval

    assert over(None) is None
    assert over(1e9) == 0
    assert over(0.0) == 1


def test_the_error_of_a_quantile_is_that_of_repeated_sampling() -> None:
    """Against the spread of P90 over 400 fresh normal samples (band: 20 %; its noise is 4 %)."""
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((400, 4_000))
    repeated = np.std(np.quantile(samples, 0.9, axis=1))
    stated = np.mean([quantile_error(sample, 0.9) for sample in samples])
    assert stated == pytest.approx(repeated, rel=0.2)


def test_hours_are_what_the_price_pays_for() -> None:
    """Accelerator-hours times the hourly price give the training cost; Eq. 4 knows no hours."""
    hours = gpu_hours(RATE, 10_000, COMPUTE)
    price = CATALOGUE.hourly_price("A100 40GB")
    assert hours is not None
    assert price is not None
    assert hours * price.median == pytest.approx(RATE.usd_per_image_epoch * 50 * 10_000)
    paper = Compute(basis=Basis.PAPER)
    (rate,) = price_training((RESNET,), paper, CATALOGUE)
    assert gpu_hours(rate, 10_000, paper) is None


def test_the_memory_floor_needs_parameters() -> None:
    """Sixteen bytes a parameter; unknown parameters give no floor."""
    assert memory_floor_gb(RESNET) == pytest.approx(25_557_032 * 16 / 1e9)
    assert memory_floor_gb(Architecture("?")) is None
