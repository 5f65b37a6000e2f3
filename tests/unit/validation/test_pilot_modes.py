"""Later points of curves, forecast with the first ones given as pilots."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.domain.model.posterior import Posterior
from planner.domain.results.validation import PilotMode, PilotScores, PilotTest
from planner.domain.vocabulary import Backbone
from planner.reference.store import load_model
from planner.validation.curve_file import Curve, CurveFile
from planner.validation.forecasts import (
    PLUGIN,
    POWER_LAW,
    anchored_forecast,
    model_forecast,
    rule_forecast,
)
from planner.validation.pilot_modes import ANCHORED, RULE, pilot_task, pilot_tests, reached

SIZES = (100, 200, 400, 1000, 2000, 4000, 10_000, 20_000, 40_000)


def file_of(*curves: Curve) -> CurveFile:
    return CurveFile("curves.csv", "0" * 64, curves, ())


def by_model(test: PilotTest) -> dict[str, PilotScores]:
    return {score.model: score for score in test.scores}


@cache
def transfer() -> Posterior:
    return load_model("transfer")


@cache
def drawn_curves() -> dict[PilotMode, PilotTest]:
    """Score curves that are single worlds of the model's own forecast, of another luck."""
    rng = np.random.default_rng(11)
    curves = []
    for index in range(48):
        plain = Curve(f"c{index}", SIZES, (0.5,) * len(SIZES), n_classes=20 + 5 * index)
        worlds = model_forecast(plain, transfer(), seed=999).log10_error
        world = worlds[rng.integers(len(worlds))]
        curves.append(replace(plain, errors=tuple(float(e) for e in 10.0**world)))
    return {test.pilots: test for test in pilot_tests(file_of(*curves), transfer(), [*PilotMode])}


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(PilotMode))
def test_curves_drawn_from_the_model_are_covered(mode: PilotMode) -> None:
    """Intervals of error and of D* hold what they promise, whatever is given as pilots."""
    ours = by_model(drawn_curves()[mode])["transfer"]
    assert ours.curves == 48
    assert ours.need_coverage is not None
    for coverage in (ours.coverage, ours.need_coverage):  # points of one curve move together
        assert 0.3 <= coverage["50%"] <= 0.7
        assert 0.65 <= coverage["80%"] <= 0.93
        assert 0.78 <= coverage["90%"] <= 0.99
        assert 0.86 <= coverage["95%"] <= 1.0
    assert abs(ours.bias) < 0.25  # medians of a skewed forecast lie above its mean


@pytest.mark.slow
def test_pilots_sharpen_the_forecast() -> None:
    """One pilot on the curve lowers CRPS and the miss of D* on the very same points."""
    tests = drawn_curves()
    none, one = (by_model(tests[mode])["transfer"] for mode in (PilotMode.NONE, PilotMode.SMALLEST))
    assert (none.points, none.targets) == (one.points, one.targets)
    assert one.crps < 0.8 * none.crps
    assert none.median_abs_log10_ratio is not None
    assert one.median_abs_log10_ratio is not None
    assert one.median_abs_log10_ratio < 0.8 * none.median_abs_log10_ratio


@pytest.mark.slow
def test_each_mode_has_its_rivals() -> None:
    """Without pilots Eq. 1, with one the rule and the slope, with all a power law as well."""
    models = {mode: set(by_model(test)) for mode, test in drawn_curves().items()}
    assert models[PilotMode.NONE] == {"transfer", PLUGIN}
    assert models[PilotMode.SMALLEST] == models[PilotMode.ONE] == {"transfer", RULE, ANCHORED}
    assert models[PilotMode.ALL] == {"transfer", RULE, ANCHORED, POWER_LAW}


@pytest.mark.parametrize(("pretrained", "slope"), [(True, -0.123), (False, -0.070)])
def test_the_anchored_slope_by_hand(*, pretrained: bool, slope: float) -> None:
    """Through the largest pilot, by 10^slope a decade, 10^(0.19 z) about it."""
    curve = Curve("a", (100, 1000, 10_000), (0.5, 0.2, 0.1), n_classes=10, pretrained=pretrained)
    forecast = anchored_forecast(curve, [(100, 0.5), (1000, 0.2)])
    median = np.median(forecast.log10_error, axis=0)
    assert median[1] == pytest.approx(math.log10(0.2), abs=1e-6)
    assert median[2] == pytest.approx(math.log10(0.2) + slope, abs=1e-6)
    low, high = np.quantile(forecast.log10_error[:, 2], [0.1, 0.9])
    assert high - low == pytest.approx(2 * 1.2816 * 0.19, rel=0.01)
    halving = np.median(forecast.log10_needed(0.1)) - 3.0
    assert halving == pytest.approx(math.log10(0.5) / slope, abs=1e-6)


@pytest.mark.parametrize(
    ("backbone", "fall", "spread"), [("finetuned", -0.30, 0.15), ("frozen", -0.20, 0.10)]
)
def test_the_anchored_rule_by_hand(backbone: str, fall: float, spread: float) -> None:
    """From the largest pilot, log10 error falls by so much a decade, the spread growing with it."""
    curve = Curve(
        "a", (100, 1000, 10_000), (0.5, 0.2, 0.1), n_classes=10, backbone=Backbone(backbone)
    )
    forecast = rule_forecast(curve, [(100, 0.5), (1000, 0.2)])
    assert np.ptp(forecast.log10_error[:, 1]) == 0.0
    low, median, high = np.quantile(forecast.log10_error[:, 2], [0.1, 0.5, 0.9])
    assert median == pytest.approx(math.log10(0.2) + fall, abs=1e-3)
    assert high - low == pytest.approx(2 * 1.2816 * spread, rel=0.01)
    needed = np.median(forecast.log10_needed(0.1))
    assert needed == pytest.approx(3.0 + math.log10(0.5) / fall, rel=1e-3)
    assert np.median(forecast.log10_needed(0.3)) == 3.0


def test_data_sets_count_alike(synthetic: Posterior) -> None:
    """Ten near copies of one data set weigh as much as a single curve of another."""
    copies = [
        Curve(f"c{at}", (100, 1000), (0.5, 0.4), n_classes=10, dataset="many") for at in range(10)
    ]
    other = Curve("o", (100, 1000), (0.5, 0.1), n_classes=10, dataset="one")
    scores = [
        by_model(pilot_tests(file_of(*curves), synthetic, [PilotMode.ONE])[0])[RULE]
        for curves in ([*copies, other], copies[:1], [other])
    ]
    both, many, single = (score.crps for score in scores)
    assert both == pytest.approx((many + single) / 2)
    assert (scores[0].curves, scores[0].datasets) == (11, 2)


def test_repeats_of_the_pilot_count_by_their_geometric_mean() -> None:
    """Errors of 0.1 and 0.4 at one size anchor at 0.2."""
    curve = Curve("a", (100, 100, 1000), (0.1, 0.4, 0.05), n_classes=10)
    forecast = anchored_forecast(curve, [(100, 0.1), (100, 0.4)])
    assert np.median(forecast.log10_error[:, 0]) == pytest.approx(math.log10(0.2), abs=1e-6)


def test_targets_are_first_reached_at_multiples_of_the_last_pilot() -> None:
    """Between points in log-log; not where the curve was as low before, nor beyond its end."""
    curve = Curve("a", (100, 1000, 1000, 10_000), (0.4, 0.05, 0.2, 0.02), n_classes=10)
    (two, four, ten) = reached(curve, 100)
    assert two == pytest.approx((math.log10(200), 0.4 * 0.25 ** math.log10(2)))
    assert four[1] == pytest.approx(0.4 * 0.25 ** math.log10(4))
    assert ten == pytest.approx((3.0, 0.1))
    rising = Curve("b", (100, 200, 400, 800), (0.4, 0.2, 0.3, 0.1), n_classes=10)
    assert [images for images, _ in reached(rising, 100)] == pytest.approx([math.log10(200)])


def test_modes_give_the_first_points_repeats_included() -> None:
    """None gives nothing, smallest and one a size each, all every size up to that of one."""
    curve = Curve("a", (100, 100, 200, 1000, 2000), (0.5, 0.6, 0.4, 0.3, 0.2))
    given = [pilot_task(curve, mode) for mode in PilotMode]
    none, smallest, one, every = (task for task in given if task is not None)
    assert (none.pilots, none.last) == ((), 100)
    assert (smallest.pilots, smallest.last) == (((100, 0.5), (100, 0.6)), 100)
    assert (one.pilots, one.last) == (((200, 0.4),), 200)
    assert every.pilots == ((100, 0.5), (100, 0.6), (200, 0.4))
    assert list(none.later) == list(smallest.later) == [False, False, True, True, True]
    assert list(one.later) == list(every.later) == [False, False, False, True, True]


def test_short_curves_are_counted_and_said(synthetic: Posterior) -> None:
    """A curve of one size has no later points; one without a small start gives its smallest."""
    file = file_of(
        Curve("single", (100, 100), (0.5, 0.4), n_classes=10),
        Curve("late", (100, 200), (0.5, 0.4), n_classes=10),
    )
    one, every = pilot_tests(file, synthetic, [PilotMode.ALL, PilotMode.ONE])
    assert (one.pilots, one.curves, one.too_short) == (PilotMode.ONE, 1, 1)
    assert (every.pilots, every.curves, every.too_short) == (PilotMode.ALL, 0, 2)
    assert every.scores == ()
    assert one.smallest_instead == 1
    assert "1 curve has no size within a tenth of the largest" in one.notes[0]
    assert "1 curve has one size" in one.notes[1]
    assert "2 curves have fewer than two sizes" in every.notes[0]


def test_a_power_law_is_compared_on_its_own_curves(synthetic: Posterior) -> None:
    """Three sizes make a power law, three repeats do not; rivals are scored there once more."""
    three = Curve("three", (10, 20, 40, 400), (0.5, 0.45, 0.4, 0.3), n_classes=10)
    repeats = Curve("repeats", (10, 10, 20, 400), (0.5, 0.49, 0.4, 0.3), n_classes=10)
    (test,) = pilot_tests(file_of(three, repeats), synthetic, [PilotMode.ALL])
    assert {score.model: score.curves for score in test.scores} == {
        RULE: 2,
        ANCHORED: 2,
        POWER_LAW: 1,
    }
    assert {score.model: score.curves for score in test.where_power_law} == dict.fromkeys(
        (RULE, ANCHORED, POWER_LAW), 1
    )


def test_a_model_that_cannot_learn_says_so(synthetic: Posterior) -> None:
    """A closed form refuses pilots; the anchored slope stands in, and a note tells."""
    frozen = Curve("f", (100, 1000), (0.5, 0.4), n_classes=10, backbone=Backbone.FROZEN)
    none, one = pilot_tests(file_of(frozen), synthetic, [PilotMode.NONE, PilotMode.ONE])
    assert set(by_model(none)) == {PLUGIN}
    assert set(by_model(one)) == {RULE, ANCHORED}
    assert "synthetic cannot forecast 1 curve" in one.notes[0]
