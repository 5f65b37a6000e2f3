"""Balanced accuracy and F1 as the measure a project is judged on: known answers and plain loops."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planner
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Metric
from planner.forecasting.forecast import build_forecast
from planner.forecasting.judged import ClassShares
from planner.testing import synthetic_posterior

FIFTY_TO_ONE = Project(
    id="a",
    class_counts={"common": 50_000, "rare": 1_000},
    target_accuracy=0.93,
    metric=Metric.BALANCED_ACCURACY,
    images=Images(held=1_000, limit=200_000, price=0.4),
)
POSTERIOR = synthetic_posterior(n_draws=200)
SIZES = np.array([1.0, 3.0, 400.0, 51_000.0, 5e6])


def by_hand(counts: Sequence[float], error: float, slope: float) -> tuple[float, float]:
    """Return 1 less balanced accuracy, and 1 less F1 of the rarest class, class by class."""
    shares = [count / sum(counts) for count in counts]
    alpha = error / sum(p * p ** (-slope) for p in shares)
    errors = [min(1.0, alpha * p ** (-slope)) for p in shares]
    rare = shares.index(min(shares))
    found = shares[rare] * (1 - errors[rare])
    taken = 0.0
    for at, share in enumerate(shares):
        taken += 0.0 if at == rare else share * errors[at] / (len(shares) - 1)
    balanced, recall = sum(errors) / len(errors), 1 - errors[rare]
    if found == 0:
        return balanced, 1.0
    precision = found / (found + taken)
    return balanced, 1 - 2 * precision * recall / (precision + recall)


def test_fifty_to_one_at_an_error_of_three_and_a_half_per_cent_is_the_known_answer() -> None:
    """92.9020 % and .49974."""
    shares = ClassShares.of([50_000, 1_000])
    error, slope = np.array([0.035]), np.array([0.3])
    assert 100 * (1 - shares.balanced_error(error, slope)) == pytest.approx(92.9020, abs=5e-5)
    assert 1 - shares.f1_error(error, slope) == pytest.approx(0.49974, abs=5e-6)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=9),
    st.floats(0.001, 0.3),
    st.floats(0.0, 0.6),
)
def test_measures_are_those_of_plain_loops_and_rise_with_the_error(
    counts: list[int], error: float, slope: float
) -> None:
    """Class by class, with classes of one frequency told apart."""
    shares, slopes = ClassShares.of(counts), np.full(2, slope)
    more = np.array([error, 1.1 * error])
    found = shares.balanced_error(more, slopes), shares.f1_error(more, slopes)
    hand = by_hand(counts, error, slope)
    assert found[0][0] == pytest.approx(hand[0], rel=1e-9)
    assert found[1][0] == pytest.approx(hand[1], rel=1e-9)
    assert found[0][1] >= found[0][0]
    assert found[1][1] >= found[1][0] - 1e-12


def test_a_thousand_frequencies_are_judged_as_each_by_itself() -> None:
    """To some parts in ten thousand, where only a few dozen are told apart."""
    counts = np.random.default_rng(3).integers(20, 5_000, size=1_000).tolist()
    shares, slope = ClassShares.of(counts), np.array([0.35])
    assert len(shares.share) <= 65
    assert shares.n_classes == 1_000
    assert float(shares.share @ shares.many) == pytest.approx(1.0)
    for error in (0.02, 0.3):
        hand = by_hand(counts, error, 0.35)
        at = np.array([error])
        assert shares.balanced_error(at, slope)[0] == pytest.approx(hand[0], rel=5e-4)
        assert shares.f1_error(at, slope)[0] == pytest.approx(hand[1], rel=5e-4)


@pytest.mark.parametrize("metric", [Metric.BALANCED_ACCURACY, Metric.F1])
def test_every_draw_of_a_forecast_is_reckoned_by_hand(metric: Metric) -> None:
    """From its error over all images there and at half as many, and never worse than a guess."""
    project = replace(FIFTY_TO_ONE, metric=metric)
    forecast = build_forecast(project, POSTERIOR)
    over_all = forecast.of_all_images
    here, half = over_all.error_draws(SIZES), over_all.error_draws(SIZES / 2)
    found = forecast.error_draws(SIZES)
    assert project.majority_guess_error == pytest.approx(
        0.5 if metric is Metric.BALANCED_ACCURACY else 1 - 2 / 52
    )
    for draw, size in np.ndindex(*found.shape):
        slope = 0.0
        if SIZES[size] >= 2:
            slope = max(0.0, float(np.log2(half[draw, size] / here[draw, size])))
        hand = by_hand([50_000, 1_000], float(here[draw, size]), slope)
        wanted = min(hand[metric is Metric.F1], project.majority_guess_error)
        assert found[draw, size] == pytest.approx(wanted, rel=1e-9)
    assert forecast.error_draws([0.0]) == pytest.approx(project.majority_guess_error)


def test_what_tells_no_class_apart_is_worth_a_guess_however_rare_one_is() -> None:
    """Over all images it may look nearly perfect: 98.04 % here."""
    forecast = build_forecast(FIFTY_TO_ONE, synthetic_posterior(n_draws=40, sigma=3.0))
    blind = forecast.of_all_images.error_draws([10.0]) > 0.5 - 1e-9
    assert blind.any()
    assert forecast.error_draws([10.0])[blind] == pytest.approx(0.5)
    assert replace(FIFTY_TO_ONE, metric=Metric.ACCURACY).majority_guess_error < 0.02


def test_a_need_is_where_the_measure_crosses_the_target() -> None:
    """Between the sizes that are looked at a power law is drawn, which it is."""
    forecast = build_forecast(FIFTY_TO_ONE, POSTERIOR)
    need = forecast.data_needed_draws(0.07)
    inside = np.flatnonzero((need > 10) & (need < 1e7))
    assert len(inside) > 100
    for draw in inside[:40].tolist():
        fewer, more = forecast.error_draws(need[draw] * np.array([0.999, 1.001]))[draw]
        assert more <= 0.07 <= fewer


def test_equal_classes_are_judged_as_by_accuracy() -> None:
    """Whether they are counted or told by their number."""
    plain = Project(id="a", classes=4, target_accuracy=0.9, images=Images(limit=9_000, price=1.0))
    wanted = build_forecast(plain, POSTERIOR).error_draws(SIZES)
    counted = Project(
        id="a",
        class_counts=dict.fromkeys("abcd", 25.0),
        target_accuracy=0.9,
        images=plain.images,
    )
    for one in (
        replace(plain, metric=Metric.BALANCED_ACCURACY),
        replace(counted, metric=Metric.BALANCED_ACCURACY),
    ):
        assert build_forecast(one, POSTERIOR).error_draws(SIZES) == pytest.approx(wanted)


def test_a_plan_says_what_it_is_judged_on_and_that_errors_of_classes_are_assumed() -> None:
    """In the reason, the assumptions and a warning; an accuracy of 93 % would be trivial."""
    portfolio = planner.Portfolio(budget=50_000, projects=(replace(FIFTY_TO_ONE, value=90_000),))
    plan = planner.plan(portfolio, POSTERIOR)
    assert "judged on balanced accuracy" in plan.decisions[0].why
    assert "CLASS_ERRORS_ASSUMED" in {one.code for one in plan.warnings}
    assert "n_j" in str(plan.assumptions["judged_on"])
    plain = planner.plan(
        replace(portfolio, projects=(replace(portfolio.projects[0], metric=Metric.ACCURACY),)),
        POSTERIOR,
    )
    assert "TARGET_TRIVIAL" in {one.code for one in plain.warnings}
    assert "judged_on" not in plain.assumptions
