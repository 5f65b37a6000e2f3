"""What a forecast promises, whatever the posterior."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import planner
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.errors import InputError, UnsupportedError
from planner.forecasting.forecast import build_forecast
from planner.forecasting.luck import keyed_generator, stratified_normals
from planner.testing import synthetic_posterior

POSTERIOR = synthetic_posterior(200)
IMAGES = [0, 1, 10, 1_000, 50_000, 10_000_000]


def project(**changes: object) -> Project:
    fields: dict[str, object] = {
        "id": "x",
        "classes": 10,
        "target_error": 0.08,
        "images": {"held": 1_000, "limit": 100_000, "price": 0.3},
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


@st.composite
def projects(draw: st.DrawFn) -> Project:
    counts = draw(st.lists(st.integers(1, 10_000), min_size=2, max_size=6))
    return project(
        id=draw(st.text(min_size=1, max_size=8).filter(str.strip)),
        classes=None,
        class_counts={str(index): count for index, count in enumerate(counts)},
        task=draw(st.sampled_from(["classification", "segmentation"])),
        pretrained=draw(st.booleans()),
        target_error=draw(st.floats(0.001, 0.99)),
    )


@given(projects(), st.integers(0, 5))
def test_an_error_is_positive_and_never_worse_than_the_majority_guess(
    one: Project, seed: int
) -> None:
    """Every predictive error lies in (0, majority guess]."""
    errors = build_forecast(one, POSTERIOR, seed=seed).error_draws(IMAGES)
    assert errors.shape == (200, len(IMAGES))
    assert np.all(errors > 0)
    assert np.all(errors <= one.majority_guess_error)


@given(projects())
def test_chance_is_the_share_of_draws_that_meet_the_target(one: Project) -> None:
    """The chance equals the share of error draws at or below the target."""
    forecast = build_forecast(one, POSTERIOR)
    errors = forecast.error_draws(IMAGES)
    # A draw within rounding of the target may fall on either side.
    target = one.error_target
    low = (errors < target * (1 - 1e-12)).mean(axis=0)
    high = (errors <= target * (1 + 1e-12)).mean(axis=0)
    chance = forecast.chance(target, IMAGES)
    assert np.all((low <= chance) & (chance <= high))


@given(projects(), st.integers(1, 10_000_000))
def test_the_target_is_met_from_the_data_needed_on_and_not_before(one: Project, n: int) -> None:
    """Where the error falls with images, data needed and chance tell the same story."""
    forecast = build_forecast(one, POSTERIOR)
    falls = POSTERIOR.draws["log10_images"] + (
        POSTERIOR.draws["pretrained_log10_images"] * one.pretrained
    )
    needed = forecast.data_needed_draws(one.error_target)[falls < 0]
    met = forecast.error_draws([n])[falls < 0, 0] <= one.error_target
    near = np.isclose(needed, n, rtol=1e-9)
    assert np.array_equal(met[~near], (needed <= n)[~near])


def test_no_images_means_the_majority_guess(synthetic: Posterior) -> None:
    """With no images at all the most frequent class is answered."""
    errors = build_forecast(project(), synthetic).error_draws([0])
    assert np.all(errors == 0.9)


def test_a_trivial_target_needs_no_images(synthetic: Posterior) -> None:
    """A target no better than the majority guess is met with none, and says so."""
    one = project(classes=None, class_counts={"ok": 50_000, "bad": 1_000}, target_error=0.035)
    forecast = build_forecast(one, synthetic)
    assert np.all(forecast.data_needed_draws(0.035) == 0)
    assert np.all(forecast.chance(0.035, [0, 10]) == 1)
    assert "TARGET_TRIVIAL" in {warning.code for warning in forecast.warnings}


def test_a_slope_that_is_not_negative_means_never() -> None:
    """Draws in which more images do not help count as never, not as a negative number of images."""
    flat = synthetic_posterior(200, spread=8.0, seed=3)
    needed = build_forecast(project(pretrained=False), flat).data_needed_draws(0.01)
    rising = flat.draws["log10_images"] >= 0
    assert rising.any()
    assert np.all(np.isinf(needed[rising]))
    assert np.all(needed >= 1)


def test_equation_one_is_the_forecast_without_spread() -> None:
    """Without any uncertainty the forecast is Eq. 1, computed here by hand."""
    one = project(images={"held": 0, "limit": 200_000})
    forecast = build_forecast(one, synthetic_posterior(4, spread=0.0, sigma=0.0))
    by_hand = 10 ** (-0.813 - 0.123 * math.log10(50_000) + 0.609 / 3)
    np.testing.assert_allclose(forecast.error_draws([50_000]), by_hand, rtol=1e-12)
    need = 10 ** ((-0.813 + 0.609 / 3 - math.log10(0.08)) / 0.123)
    np.testing.assert_allclose(forecast.data_needed_draws(0.08), need, rtol=1e-9)


def test_segmentation_multiplies_the_error_by_ten_to_the_type_coefficient() -> None:
    """Type shifts log10 error by its coefficient, .622 (a factor of 4.19)."""
    certain = synthetic_posterior(4, spread=0.0, sigma=0.0)
    plain = build_forecast(project(), certain).error_draws([5_000_000])
    dense = build_forecast(project(task="segmentation"), certain).error_draws([5_000_000])
    np.testing.assert_allclose(dense / plain, 10**0.622, rtol=1e-12)


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_luck(
    synthetic: Posterior,
) -> None:
    """Luck depends on the seed and on the project's id, and on nothing else."""
    first = build_forecast(project(), synthetic, seed=1).error_draws(IMAGES)
    again = build_forecast(project(), synthetic, seed=1).error_draws(IMAGES)
    other = build_forecast(project(), synthetic, seed=2).error_draws(IMAGES)
    neighbour = build_forecast(project(id="y"), synthetic, seed=1).error_draws(IMAGES)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, neighbour)


def test_the_folder_is_the_public_verb(synthetic: Posterior) -> None:
    """``planner.forecast`` can be called although it is also a folder of modules."""
    by_verb = planner.forecast(project(), synthetic, seed=1).error_draws(IMAGES)
    assert np.array_equal(by_verb, build_forecast(project(), synthetic, seed=1).error_draws(IMAGES))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"backbone": "frozen"}, "frozen"),
        ({"pilots": [{"images": 1_000, "error": 0.2}]}, "pilots"),
    ],
)
def test_what_the_model_cannot_speak_about_is_refused(
    changes: dict[str, object], words: str, synthetic: Posterior
) -> None:
    """A field the model has no evidence for is refused, never ignored."""
    with pytest.raises(UnsupportedError, match=words):
        build_forecast(project(**changes), synthetic)


@pytest.mark.parametrize("images", [[[1, 2]], [-1], [math.nan], [math.inf]])
def test_images_that_are_not_counts_are_refused(images: list[float], synthetic: Posterior) -> None:
    """Images are a 1-D array of finite counts."""
    with pytest.raises(InputError, match="1-D array of counts"):
        build_forecast(project(), synthetic).error_draws(images)


@pytest.mark.parametrize("target", [0.0, 1.0, math.nan, -0.1])
def test_a_target_outside_zero_to_one_is_refused(target: float, synthetic: Posterior) -> None:
    """A target lies strictly between 0 and 1."""
    with pytest.raises(InputError, match="strictly between"):
        build_forecast(project(), synthetic).chance(target, [100])


def test_warnings_name_what_lies_outside_the_evidence(synthetic: Posterior) -> None:
    """Extrapolation in images and complexity, and scratch training, are said aloud."""
    one = project(classes=5_000, pretrained=False, images={"limit": 10**8})
    codes = {warning.code for warning in build_forecast(one, synthetic).warnings}
    assert {
        "EXTRAPOLATED",
        "EXTRAPOLATED_COMPLEXITY",
        "RC_ABOVE_ONE",
        "SCRATCH_WEAK_EVIDENCE",
    } <= codes


def test_a_need_beyond_the_evidence_is_not_shown_as_reachable(synthetic: Posterior) -> None:
    """A target whose median need exceeds every fitted row says so."""
    codes = {w.code for w in build_forecast(project(target_error=0.01), synthetic).warnings}
    assert "BEYOND_EVIDENCE" in codes


def test_each_half_of_the_chains_is_a_fair_sample_of_luck() -> None:
    """Stratified normals have mean 0 and sd 1 in every chain, far closer than plain sampling."""
    z = stratified_normals(keyed_generator(0, "x"), 4_000).reshape(4, 1_000)
    # One value per stratum: the error of a chain's mean is of order 1/1000, not 1/sqrt(1000) = .03.
    assert np.all(np.abs(z.mean(axis=1)) < 0.005)
    assert np.all(np.abs(z.std(axis=1) - 1) < 0.01)
    # Order is random: neighbouring values are uncorrelated (band: 4 sd of 1/sqrt(3999)).
    flat = z.ravel()
    assert abs(np.corrcoef(flat[1:], flat[:-1])[0, 1]) < 4 / math.sqrt(3_999)
