"""Curves nobody fitted, forecast from their description."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from planner.domain.model.posterior import Posterior
from planner.domain.published_equations import images_needed, predicted_error
from planner.domain.vocabulary import Backbone
from planner.testing import synthetic_posterior
from planner.validation.curve_file import Curve, CurveFile
from planner.validation.curves import (
    ALL_POINTS,
    BEYOND,
    curve_test,
    new_lows,
)
from planner.validation.forecasts import PLUGIN, POWER_LAW, project_of

SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


def straight(name: str, shift: float = 0.0, sizes: tuple[int, ...] = SIZES) -> Curve:
    """Return a curve that follows Eq. 1 for 100 classes, shifted in log10 error."""
    errors = 10**shift * predicted_error(sizes, math.log(100) / math.log(1000))
    return Curve(name, sizes, tuple(float(error) for error in errors), n_classes=100)


def file_of(*curves: Curve) -> CurveFile:
    return CurveFile("curves.csv", "0" * 64, curves, ())


def test_targets_are_new_lows_after_the_first_point() -> None:
    """A point that is no better than an earlier one sets no target."""
    curve = Curve("a", (1, 2, 3, 4, 5), (0.5, 0.6, 0.4, 0.4, 0.3))
    assert new_lows(curve) == ((3, 0.4), (5, 0.3))


def test_forecasts_drawn_from_the_truth_are_calibrated() -> None:
    """Curves shifted by the plug-in's own noise are covered as often as they should be."""
    shifts = 0.19 * norm.ppf((np.arange(60) + 0.5) / 60)
    curves = [straight(f"c{i}", float(shift), (1000,)) for i, shift in enumerate(shifts)]
    scores = {
        s.model: s for s in curve_test(file_of(*curves), synthetic_posterior()).scores[ALL_POINTS]
    }
    for level, share in scores[PLUGIN].coverage.items():
        assert share == pytest.approx(float(level.rstrip("%")) / 100, abs=0.03)
    assert scores[PLUGIN].bias == pytest.approx(0.0, abs=1e-3)
    assert scores[PLUGIN].crps == pytest.approx(0.19 / math.sqrt(math.pi), rel=0.03)


def test_a_curve_that_follows_the_equation_has_the_need_that_inverts_it() -> None:
    """The plug-in misses needs by nothing on its own curve, and never says never."""
    (score,) = [
        s
        for s in curve_test(file_of(straight("a")), synthetic_posterior()).scores[ALL_POINTS]
        if s.model == PLUGIN
    ]
    assert score.targets == len(SIZES) - 1
    assert score.median_abs_log10_ratio == pytest.approx(0.0, abs=0.01)
    assert score.chance_never == 0.0
    needed = images_needed(straight("a").errors[3], math.log(100) / math.log(1000))
    assert float(needed) == pytest.approx(SIZES[3])


def test_the_power_law_extrapolates_a_power_law() -> None:
    """It is fitted on the first tenth alone, and only scored beyond it."""
    test = curve_test(file_of(straight("a", -0.3)), synthetic_posterior())
    by_model = {s.model: s for s in test.scores[BEYOND]}
    assert POWER_LAW not in {s.model for s in test.scores[ALL_POINTS]}
    law = by_model[POWER_LAW]
    assert law.points == sum(n > 5000 for n in SIZES)
    assert law.bias == pytest.approx(0.0, abs=0.01)
    assert by_model[PLUGIN].points == law.points
    assert abs(by_model[PLUGIN].bias - 0.3) < 0.01


def test_short_curves_have_no_power_law() -> None:
    """With fewer than three points in the first tenth there is nothing to fit."""
    test = curve_test(file_of(straight("a", sizes=(1000, 20_000))), synthetic_posterior())
    assert set(test.scores) == {ALL_POINTS}


def test_same_curves_same_seed_same_scores(synthetic: Posterior) -> None:
    """Nothing depends on anything but the file, the model and the seed."""
    file = file_of(straight("a"), straight("b", 0.2))
    assert curve_test(file, synthetic, seed=3) == curve_test(file, synthetic, seed=3)


def test_a_model_that_knows_no_frozen_backbone_says_so(synthetic: Posterior) -> None:
    """Curves a model refuses are left out of its scores, counted, and named in a note."""
    frozen = Curve("f", (100, 1000), (0.5, 0.4), n_classes=10, backbone=Backbone.FROZEN)
    test = curve_test(file_of(frozen, straight("a")), synthetic)
    by_model = {s.model: s.curves for s in test.scores[ALL_POINTS]}
    assert by_model == {synthetic.name: 1, PLUGIN: 2}
    assert any("cannot forecast 1 curve" in note for note in test.notes)


def test_assumptions_are_said() -> None:
    """Unknown class numbers and architectures are assumed, and the notes say so."""
    curve = Curve("a", (10, 20), (0.5, 0.4), architecture="OurNet-9000")
    test = curve_test(
        CurveFile("f", "0", (curve,), ("pretrained", "backbone")), synthetic_posterior()
    )
    text = " ".join(test.notes)
    assert "OurNet-9000" in text
    assert "n_classes" in text
    assert "as pretrained" in text
    assert project_of(curve).relative_complexity == 0.5
