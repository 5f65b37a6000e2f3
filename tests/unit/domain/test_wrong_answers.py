"""What mistakes cost, reckoned apart to the printed digit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.in_use.grading import Step
from planner.domain.portfolio.in_use.mistakes import Errors
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import OperatingPoint
from planner.domain.wrong_answers import (
    blindly,
    cost_per_image,
    cost_today,
    graded_cost,
    mistakes,
    net_benefit,
    saves_nothing,
)
from planner.economics.life.clock import Clock, service
from planner.economics.life.graded import ErrorsInUse, graded_draws
from planner.economics.life.lines import Running

EXAMPLE = Path(__file__).parents[3] / "examples" / "11_screening_clinic" / "portfolio.yaml"
SCREENING = Errors(miss=50_000, false_alarm=852, prevalence=0.0059)
SCREENS = 100_000
MISSED, ALARMS = 0.0059 * (1 - 0.869), 0.9941 * (1 - 0.889)


def test_a_screening_programme() -> None:
    """G11: 100,000 screens at the published rates, and what answering blindly would cost."""
    assert pytest.approx(512.71) == SCREENS * (0.0059 - MISSED)
    assert pytest.approx(77.29) == SCREENS * MISSED
    assert pytest.approx(11_034.51) == SCREENS * ALARMS
    alarms = round(SCREENS * ALARMS * 852, 2)
    misses = round(SCREENS * MISSED * 50_000, 2)
    assert (alarms, misses, alarms + misses) == (9_401_402.52, 3_864_500.00, 13_265_902.52)
    blind = blindly(SCREENING)
    assert blind is not None
    assert round(SCREENS * blind.always_no, 2) == 29_500_000.00
    assert round(SCREENS * blind.always_yes, 2) == 84_697_320.00


def test_net_benefit_is_money_in_other_units() -> None:
    """G12: beside both trivial answers; the saving over answering no is what it says."""
    threshold = 852 / 50_852
    assert threshold == pytest.approx(0.0167545, abs=5e-8)
    found = net_benefit(SCREENING, MISSED, ALARMS)
    assert found is not None
    assert round(found, 10) == 0.0032468195
    assert round(50_000 * SCREENS * found, 2) == 16_234_097.48
    assert pytest.approx(50_000 * SCREENS * found, abs=0.01) == 29_500_000.00 - 13_265_902.52
    blindly_yes = net_benefit(SCREENING, 0.0, 0.9941)
    assert blindly_yes is not None
    assert round(blindly_yes, 10) == -0.0110394640
    at_two = Errors(miss=98, false_alarm=2, prevalence=0.0059)
    other = net_benefit(at_two, MISSED, ALARMS)
    assert other is not None
    assert round(other, 10) == 0.0028751592
    assert net_benefit(SCREENING, 0.0059, 0.0) == 0.0


def test_one_point_better() -> None:
    """G13: a point of specificity against one of sensitivity."""
    assert round(SCREENS * 0.9941 * 0.01 * 852, 2) == 846_973.20
    assert round(SCREENS * 0.0059 * 0.01 * 50_000, 2) == 295_000.00


@pytest.mark.parametrize(
    ("point", "cost"), [("equal", 149.00), ({"miss_share": 0.3}, 1535.00), ("best", 137.76)]
)
def test_operating_points(point: Any, cost: float) -> None:
    """G14: 1,000 images of which 2 % are positive, at an error of 5 %."""
    errors = Errors(miss=100, false_alarm=1, prevalence=0.02, operating_point=point)
    assert round(1_000 * float(cost_per_image(errors, 0.05)), 2) == cost


def test_the_best_point_lies_where_it_was_reckoned() -> None:
    """G14: miss rate and false-alarm rate."""
    errors = Errors(miss=100, false_alarm=1, prevalence=0.02, operating_point=OperatingPoint.BEST)
    missed, alarms = mistakes(errors, 0.05)
    assert round(float(missed) / 0.02, 6) == 0.031323
    assert round(float(alarms) / 0.98, 6) == 0.076644


@pytest.mark.parametrize("prices", [(100.0, 1.0), (1.0, 100.0), (5.0, 5.0), (5.0, 0.0), (0.0, 5.0)])
@pytest.mark.parametrize("prevalence", [0.001, 0.3, 0.9])
def test_the_best_point_costs_least(prices: tuple[float, float], prevalence: float) -> None:
    """Never more than erring alike, never more than answering blindly, and rising in the error."""
    miss, alarm = prices
    both: dict[str, Any] = {"miss": miss, "false_alarm": alarm, "prevalence": prevalence}
    best, equal = Errors(**both, operating_point=OperatingPoint.BEST), Errors(**both)
    error = np.linspace(1e-5, 0.4999, 400)
    cost = cost_per_image(best, error)
    blind = blindly(best)
    assert blind is not None
    assert np.all(cost <= cost_per_image(equal, error) + 1e-12)
    assert np.all(cost <= blind.cheaper + 1e-12)
    assert np.all(np.diff(cost) >= -1e-12)


@pytest.mark.parametrize("prevalence", [0.0001, 0.0059, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("point", ["equal", "best", {"miss_share": 0.3}])
def test_always_saying_no_earns_nothing(prevalence: float, point: Any) -> None:
    """Whatever the prevalence: against nothing looked at, what never learned saves nothing."""
    errors = Errors(miss=50_000, false_alarm=852, prevalence=prevalence, operating_point=point)
    blind = blindly(errors)
    assert blind is not None
    cheaper = "always_no" if blind.always_no <= blind.always_yes else "always_yes"
    project = Project(
        id="a",
        classes=2,
        target_error=0.4999,
        images=Images(held=10, limit=100),
        use={"images_per_year": SCREENS, "deploy": "always"},  # type: ignore[arg-type]
        errors=errors,
        today={"price_per_1000": 0, "error": cheaper},  # type: ignore[arg-type]
    )
    run = service(Clock(0.08, 3.0, 1.0), np.zeros(1), np.zeros(1), None)
    never = ErrorsInUse(np.array([[0.5]]), np.array([[False]]), np.array([[True]]))
    found = graded_draws(Running(project, run), never)
    assert float(found.net[0, 0]) == pytest.approx(0.0, abs=1e-6)


def test_what_is_trivial_is_judged_in_money() -> None:
    """G11: readers err far more often than who recalls nobody, and save millions."""
    as_read = Errors(
        miss=50_000, false_alarm=852, prevalence=0.0059, operating_point=OperatingPoint.BEST
    )
    assert not saves_nothing(as_read, 0.1111)
    assert saves_nothing(as_read, 0.4999)
    counts = {"yes": 59.0, "no": 9_941.0}
    images = Images(held=10, limit=100)
    by_error = Project(id="a", class_counts=counts, target_error=0.1111, images=images)
    use: Any = {"images_per_year": SCREENS}
    in_money = Project(
        id="a", class_counts=counts, target_error=0.1111, images=images, errors=as_read, use=use
    )
    assert by_error.target_is_trivial
    assert not in_money.target_is_trivial
    assert in_money.guess_meets_target


def test_today_may_look_at_nothing() -> None:
    """Then it costs what always answering the same costs."""
    assert cost_today(SCREENING, 0.05) == float(cost_per_image(SCREENING, 0.05))
    project = Project(
        id="a",
        classes=2,
        target_error=0.1,
        images=Images(held=10, limit=100),
        use={"images_per_year": 1_000},  # type: ignore[arg-type]
        errors=SCREENING,
        today={"price_per_1000": 0, "error": "always_no"},  # type: ignore[arg-type]
    )
    assert project.today is not None
    assert project.today.error is not None
    assert cost_today(SCREENING, project.today.error) == pytest.approx(295.0)


def test_a_benefit_grows_with_the_accuracy() -> None:
    """G37: its mean, and that of a step at 95 %."""
    steps = (Step(accuracy=0.90, amount=0), Step(accuracy=0.98, amount=100_000))
    project = Project(
        id="a",
        classes=2,
        target_error=0.05,
        images=Images(held=10, limit=100),
        use={"deploy": "always"},  # type: ignore[arg-type]
        benefits=[{"id": "q", "yearly": steps, "when": "live"}],  # type: ignore[arg-type]
    )
    error = np.array([[0.12, 0.08, 0.05, 0.03, 0.01]])
    run = service(Clock(0.0, 1.0, 1.0), np.zeros(1), np.zeros(1), None)
    in_use = ErrorsInUse(error, error <= 0.05, np.zeros((1, 5), dtype=np.bool_))
    found = graded_draws(Running(project, run), in_use).gross[0]
    assert found.round(2).tolist() == [0.0, 25_000.0, 62_500.0, 87_500.0, 100_000.0]
    assert float(found.mean()) == pytest.approx(55_000.0)
    assert float(np.mean(100_000.0 * (error <= 0.05))) == 60_000.0


def test_the_cost_of_the_guess_is_that_of_answering_blindly() -> None:
    """Never that of both classes erring alike."""
    cost = graded_cost(SCREENING)
    error = np.array([0.5, 0.01])
    found = cost(error, np.array([True, False])).tolist()
    assert found == [295.0, float(cost_per_image(SCREENING, 0.01))]


@pytest.mark.parametrize("prevalence", [0.0001, 0.0059, 0.2, 0.9])
def test_who_always_says_no_earns_nothing_in_the_screening_example(prevalence: float) -> None:
    """Against nobody looked at, whatever the prevalence; one that sometimes learns does."""
    (project, _) = planner.read_portfolio(EXAMPLE).projects
    assert project.errors is not None
    errors = replace(project.errors, prevalence=prevalence)
    blind = blindly(errors)
    assert blind is not None
    cheaper = "always_no" if blind.always_no <= blind.always_yes else "always_yes"
    alone: dict[str, Any] = dict.fromkeys(("review", "shift", "inference", "upkeep", "end"))
    today: Any = {"price_per_1000": 0, "error": cheaper}
    asked = replace(project, **alone, errors=errors, today=today)
    run = service(Clock(0.08, 3.0, 1.0), np.zeros(1), np.zeros(1), None)
    error, is_guess = np.array([[0.5, 0.01]]), np.array([[True, False]])
    found = graded_draws(Running(asked, run), ErrorsInUse(error, ~is_guess, is_guess)).net[0]
    assert float(found[0]) == pytest.approx(0.0, abs=1e-6)
    assert float(found[1]) > 0
