"""A curve that stops falling is noticed, said, and allowed for."""

from dataclasses import replace

import numpy as np
import pytest

from planner.domain.portfolio.project import Images, Pilot, Project
from planner.forecasting.forecast import Forecast, build_forecast
from planner.reference.store import load_model
from planner.reference.tables import load_catalogue

LATE = ((500, 0.13), (1_000, 0.115), (2_000, 0.112), (4_000, 0.111))
ALL = ((50, 0.38), (130, 0.20), *LATE)
FALLING = ((50, 0.38), (130, 0.20), (500, 0.13), (1_000, 0.10), (2_000, 0.082), (4_000, 0.066))

PROJECT = Project(
    id="plateau",
    classes=10,
    target_accuracy=0.95,
    images=Images(held=1_000, limit=60_000),
    architectures=("ResNet-50",),
)


def after(*runs: tuple[int, float]) -> Forecast:
    pilots = tuple(Pilot(images=n, error=error, test_images=1_000) for n, error in runs)
    return build_forecast(
        replace(PROJECT, pilots=pilots),
        load_model("transfer"),
        architectures=load_catalogue().architectures,
    )


def chance_at_limit(forecast: Forecast) -> float:
    return float(forecast.chance(0.05, [60_000], "ResNet-50")[0])


def test_a_plateau_is_not_walked_through() -> None:
    """Three runs at 11 % say more of the end than two at a few images per class."""
    six, four = after(*ALL), after(*LATE)
    assert chance_at_limit(six) <= 0.2
    assert chance_at_limit(four) <= 0.2
    assert abs(chance_at_limit(six) - chance_at_limit(four)) < 0.1
    assert np.quantile(six.error_draws([60_000], "ResNet-50"), 0.5) > 0.07


def test_a_curve_that_goes_on_falling_is_not_taken_for_a_plateau() -> None:
    """The same start, but halving on: the target is likely, and nothing is said of a plateau."""
    falling = after(*FALLING)
    assert chance_at_limit(falling) > 0.7
    assert "PILOTS_FLAT" not in [warning.code for warning in falling.warnings]


@pytest.mark.parametrize("runs", [ALL, LATE])
def test_a_plateau_is_said(runs: tuple[tuple[int, float], ...]) -> None:
    """The warning names the runs, the target and what to look at."""
    (found,) = [w for w in after(*runs).warnings if w.code == "PILOTS_FLAT"]
    assert found.message.startswith(
        "The last three runs hardly fall: 11.5 % at 1,000 images, 11.1 % at 4,000. 95 % may not be "
        "reachable whatever you collect"
    )


def test_a_target_that_is_met_is_no_plateau() -> None:
    """Where the last run meets the target nothing is missing."""
    met = replace(PROJECT, target_accuracy=0.85)
    pilots = tuple(Pilot(images=n, error=error, test_images=1_000) for n, error in ALL)
    found = build_forecast(
        replace(met, pilots=pilots),
        load_model("transfer"),
        architectures=load_catalogue().architectures,
    )
    assert "PILOTS_FLAT" not in [warning.code for warning in found.warnings]


def test_a_rising_curve_is_asked_after_once_with_every_run() -> None:
    """Two rises of one curve are one question."""
    found = after((100, 0.2), (300, 0.35), (1_000, 0.2), (3_000, 0.3))
    (said,) = [w for w in found.warnings if w.code == "PILOT_RISES"]
    assert "20 % at 100 images to 35 % at 300; from 20 % at 1,000 images to 30 %" in said.message
