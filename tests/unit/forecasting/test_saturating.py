"""What the curves of a hierarchical model promise."""

import math
from dataclasses import replace

import numpy as np
import pytest

import planner
from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Group, Predictor, Prior, Term
from planner.domain.portfolio.project import Project
from planner.errors import InputError, UnsupportedError
from planner.forecasting.discrepancy import DiscrepancyPath, NodeGrid
from planner.forecasting.forecast import Forecast, build_forecast
from planner.forecasting.luck import Luck
from planner.testing import synthetic_hierarchy, synthetic_posterior

POSTERIOR = synthetic_hierarchy(400)
IMAGES = [0, 0.5, 1, 7, 10, 500, 20_000, 1e6, 1e9]
CATALOGUE = (
    Architecture(
        name="ResNet-50",
        family="ResNet",
        parameters=25_557_032,
        imagenet_top1=0.7613,
        source="torchvision weights",
        pretraining="imagenet-1k",
    ),
    Architecture(
        name="EfficientNet-B3",
        family="EfficientNet",
        parameters=12_300_000,
        imagenet_top1=0.816,
        pretraining="imagenet-1k",
        weights_recipe="Keras Applications",
    ),
    Architecture(
        name="ResNet-77",
        aliases=("R77",),
        family="ResNet",
        parameters=20_000_000,
        imagenet_top1=0.79,
        source="torchvision weights",
        pretraining="imagenet-1k",
    ),
)


def project(**changes: object) -> Project:
    fields: dict[str, object] = {
        "id": "x",
        "classes": 10,
        "target_error": 0.08,
        "images": {"held": 1_000, "limit": 100_000, "price": 0.3},
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


def forecast(posterior: Posterior = POSTERIOR, **changes: object) -> Forecast:
    return build_forecast(project(**changes), posterior, architectures=CATALOGUE)


@pytest.mark.parametrize("architecture", [None, "ResNet-50", "r77"])
def test_below_one_image_the_majority_guess_is_answered(architecture: str | None) -> None:
    """No images, or a fraction of one, mean the majority guess; a few mean little better."""
    errors = forecast().error_draws(IMAGES, architecture)
    assert errors.shape == (400, len(IMAGES))
    assert np.all(errors[:, :2] == 0.9)
    assert np.all((errors > 0) & (errors <= 0.9))
    medians = np.median(errors, axis=0)
    assert np.all(np.diff(medians) <= 0)
    assert medians[3] > 0.5


@pytest.mark.parametrize(
    "rows", [slice(0, 200), slice(200, 400), slice(150, 250), slice(3, 300, 7), slice(390, None)]
)
@pytest.mark.parametrize("architecture", [None, "ResNet-50", "R77"])
def test_some_rows_are_bit_for_bit_those_of_all(rows: slice, architecture: str | None) -> None:
    """Asking for some draws returns the same bits as asking for all of them."""
    every = forecast().error_draws(IMAGES, architecture)
    some = forecast().error_draws(IMAGES, architecture, rows=rows)
    assert np.array_equal(some, every[rows])


def test_images_are_joint_and_do_not_depend_on_what_else_is_asked() -> None:
    """The error at one number of images is the same alone and beside others."""
    together = forecast().error_draws(IMAGES, "R77")
    for column, images in enumerate(IMAGES):
        alone = forecast().error_draws([images], "R77")
        assert np.array_equal(alone[:, 0], together[:, column])


def test_a_trivial_target_needs_no_images() -> None:
    """A target that the majority guess meets is met with none."""
    one = forecast(target_error=0.9)
    assert np.all(one.data_needed_draws(0.9, "R77") == 0)
    assert np.all(one.chance(0.9, [0, 10], "R77") == 1)


def test_a_target_below_the_floor_is_never_met() -> None:
    """With a floor some targets stay out of reach however many images there are."""
    floored = synthetic_hierarchy(400, floor=True, effects=0.0, discrepancy=0.0, sigma=0.0)
    needed = forecast(floored).data_needed_draws(0.005, "ResNet-50")
    # the floor's median is logistic(-4) = 1.8 % of the majority guess, 1.6 %
    assert np.isinf(needed).mean() > 0.9
    assert np.all(np.isfinite(forecast(floored).data_needed_draws(0.3, "ResNet-50")))


def test_a_target_met_at_once_needs_one_image() -> None:
    """Data needed is at least one image; two where one shows too few of ten classes."""
    certain = synthetic_hierarchy(4, spread=0.0, effects=0.0, discrepancy=0.0, sigma=0.0)
    needed = forecast(certain).data_needed_draws(0.899, "ResNet-50")
    assert needed == pytest.approx(2.0, rel=1e-6)
    dense = forecast(certain, task="segmentation")
    assert np.all(dense.data_needed_draws(0.999, "ResNet-50") == 1)


def test_the_curve_is_the_declared_one_when_nothing_is_uncertain() -> None:
    """Without any spread the forecast is the saturating curve, computed here by hand."""
    certain = synthetic_hierarchy(4, spread=0.0, effects=0.0, discrepancy=0.0, sigma=0.0)
    errors = forecast(certain).error_draws([100, 50_000], "ResNet-50")
    level = -0.05 + 0.75 * (1 / 3 - 0.5) - 0.45 - 0.05
    fall = math.exp(-0.9 - 0.1)
    for column, images in enumerate((100, 50_000)):
        u = level - fall * (math.log10(images) - 3.5)
        np.testing.assert_allclose(errors[:, column], 0.9 / (1 + 10**-u), rtol=1e-12)


def test_a_frozen_backbone_has_its_own_level_and_slope() -> None:
    """Frozen features add their effect to the level and flatten the slope."""
    certain = synthetic_hierarchy(4, spread=0.0, effects=0.0, discrepancy=0.0, sigma=0.0)
    errors = forecast(certain, backbone="frozen").error_draws([50_000], "ResNet-50")
    level = -0.05 + 0.75 * (1 / 3 - 0.5) - 0.45 - 0.05 + 0.05
    u = level - math.exp(-0.9 - 0.1 - 0.4) * (math.log10(50_000) - 3.5)
    np.testing.assert_allclose(errors[:, 0], 0.9 / (1 + 10**-u), rtol=1e-12)


def test_segmentation_has_a_ceiling_of_one() -> None:
    """The worst mean IoU is 0, so a segmentation error may reach 1."""
    errors = forecast(task="segmentation").error_draws([0, 10, 1e5], "ResNet-50")
    assert np.all(errors[:, 0] == 1)
    assert np.median(errors[:, 2]) < 0.9


def test_an_architecture_is_found_by_any_spelling() -> None:
    """Case, hyphens and aliases do not matter, and the draws are the same."""
    one = forecast()
    by_name = one.error_draws([5_000], "ResNet-77")
    assert np.array_equal(by_name, one.error_draws([5_000], "r 77"))
    fitted = one.error_draws([5_000], "ResNet-50")
    assert np.array_equal(fitted, one.error_draws([5_000], "resnet50"))


def test_a_fitted_architecture_needs_no_catalogue() -> None:
    """A forecast without a catalogue still knows the architectures of the fit."""
    alone = build_forecast(project(), POSTERIOR)
    with_catalogue = forecast().error_draws([5_000], "ResNet-50")
    assert np.array_equal(alone.error_draws([5_000], "ResNet-50"), with_catalogue)


def test_an_unknown_architecture_is_refused_with_a_suggestion() -> None:
    """A misspelt name is an error that says which name may be meant."""
    with pytest.raises(InputError, match="did you mean ResNet-77"):
        forecast().chance(0.1, [100], "ResNet-78")


def test_the_public_verb_knows_the_catalogue() -> None:
    """``planner.forecast`` takes any name of the catalogue."""
    chance = planner.forecast(project(), POSTERIOR).chance(0.08, [50_000], "ConvNeXt-T")
    assert 0 < chance[0] < 1


def test_what_the_model_cannot_speak_about_is_refused() -> None:
    """A domain without evidence is refused with a reason."""
    with pytest.raises(UnsupportedError, match="knows nothing of the domain 'text'"):
        build_forecast(project(domain="text"), POSTERIOR)


def test_a_model_without_a_frozen_column_refuses_frozen_backbones() -> None:
    """A declaration in which nothing depends on the backbone cannot speak about frozen ones."""
    spec = POSTERIOR.spec
    assert spec is not None
    plain = replace(spec, level=Predictor(spec.level.terms[:1]), slope=Predictor(()))
    with pytest.raises(UnsupportedError, match="frozen"):
        forecast(replace(POSTERIOR, spec=plain), backbone="frozen")


def test_a_saturating_model_without_a_declaration_is_refused() -> None:
    """Draws alone do not say what they multiply."""
    with pytest.raises(UnsupportedError, match="does not declare"):
        forecast(replace(POSTERIOR, spec=None))


def test_a_declared_log_linear_model_is_a_straight_line() -> None:
    """A declaration of the published form gives log10 error linear in log10 images."""
    prior = Prior("normal")
    spec = POSTERIOR.spec
    assert spec is not None
    level = Predictor(
        (
            Term("c", (), prior),
            Term("s", ("log10_images",), prior),
            Term("p", ("pretrained", "log10_images"), prior),
        ),
        (Group("S", ("dataset",), ("log10_images",), "tau_s", prior, centre_on=("s",)),),
    )
    draws = {
        "c": np.full(400, -0.2),
        "s": np.full(400, -0.1),
        "p": np.full(400, -0.05),
        "tau_s": np.full(400, 0.02),
        "sigma": np.zeros(400),
    }
    line = replace(spec, family="log_linear", level=level, slope=None, floor=None)
    posterior = replace(
        synthetic_hierarchy(400, discrepancy=0.0), family="log_linear", draws=draws, labels={}
    )
    smooth = replace(line, discrepancy=replace(spec.discrepancy, scale=0.0))
    one = build_forecast(project(), replace(posterior, spec=smooth), architectures=CATALOGUE)
    errors = np.log10(one.error_draws([10, 100, 1_000, 10_000], "ResNet-50"))
    np.testing.assert_allclose(np.diff(errors, axis=1).std(axis=1), 0, atol=1e-12)
    slopes = errors[:, 1] - errors[:, 0]
    assert slopes.mean() == pytest.approx(-0.15, abs=0.002)
    assert slopes.std() == pytest.approx(0.02, rel=0.1)
    np.testing.assert_allclose(errors[:, 0] - slopes, -0.2, atol=1e-12)
    assert not one.varies_by_architecture
    needed = one.data_needed_draws(0.2, "ResNet-50")
    met = needed <= 1e8
    np.testing.assert_allclose(
        np.log10(needed[met]), (math.log10(0.2) + 0.2) / slopes[met], atol=1e-6
    )


def test_the_path_is_stationary_with_the_declared_memory() -> None:
    """Nodes have the declared spread and a correlation that falls by e over the memory."""
    spec = POSTERIOR.spec
    assert spec is not None
    path = DiscrepancyPath(spec.discrepancy, Luck(0, "x", 40_000), "a")
    values = path.at(np.array([0.0, 1.0, 3.0, 4.0, 5.0, 8.0, 9.0]), slice(None))
    # 40,000 draws: the sd of an sd is .35 %, of a correlation .005
    np.testing.assert_allclose(values.std(axis=1), 0.1, rtol=0.02)
    correlation = np.asarray(np.corrcoef(values))
    for one, other in ((0, 1), (2, 3), (3, 4), (1, 4)):
        decades = abs([0, 1, 3, 4, 5][one] - [0, 1, 3, 4, 5][other])
        assert correlation[one, other] == pytest.approx(math.exp(-decades), abs=0.025)
    assert np.array_equal(values[5], values[6])


def test_a_path_does_not_depend_on_how_far_it_is_walked() -> None:
    """Few nodes asked for have the same bits as all of them."""
    spec = POSTERIOR.spec
    assert spec is not None
    path = DiscrepancyPath(spec.discrepancy, Luck(0, "x", 40), "a")
    every = path.nodes(0, NodeGrid().n_nodes - 1, slice(None))
    for first, last in ((0, 3), (10, 12), (15, 17), (20, 32), (16, 16)):
        assert np.array_equal(path.nodes(first, last, slice(None)), every[first : last + 1])


def test_warnings_say_what_the_evidence_lacks() -> None:
    """Training from scratch and extrapolation are said aloud."""
    one = forecast(pretrained=False, images={"limit": 10**8}, target_error=0.001)
    codes = {warning.code for warning in one.warnings}
    assert {"RANGE_TOO_NARROW", "EXTRAPOLATED", "BEYOND_EVIDENCE"} <= codes
    assert "SCRATCH_WEAK_EVIDENCE" not in codes


def test_evidence_is_that_of_the_task_and_backbone() -> None:
    """A project is held against the rows like it, and told where there are none."""
    model = planner.load_model("transfer")
    dense = build_forecast(project(task="segmentation"), model).warnings
    assert "FEW_DATASETS" not in {warning.code for warning in dense}
    parts = {name: replace(part, n_datasets=4) for name, part in model.evidence.parts.items()}
    few = replace(model, evidence=replace(model.evidence, parts=parts))
    scarce = build_forecast(project(task="segmentation"), few).warnings
    assert "FEW_DATASETS" in {warning.code for warning in scarce}
    both = build_forecast(project(task="segmentation", backbone="frozen"), model).warnings
    assert {"NO_EVIDENCE"} <= {warning.code for warning in both}
    frozen = build_forecast(project(backbone="frozen"), model).warnings
    assert any("classification, frozen" in warning.message for warning in frozen)
    assert not build_forecast(project(target_error=0.2), model).warnings


def test_the_published_model_keeps_forecasting_without_architectures() -> None:
    """A model without architecture effects gives every name the same forecast."""
    one = build_forecast(project(), synthetic_posterior(40))
    assert np.array_equal(one.error_draws([10], "ResNet-50"), one.error_draws([10]))
    assert one.architecture_warnings(["anything"]) == ()


@pytest.mark.parametrize("target", [0.05, 0.08, 0.15])
@pytest.mark.parametrize("about", [1.0, 30.0, 1e3, 10**3.25, 54_321.0, 1e6, 1e8])
def test_asked_on_which_side_of_some_images_each_draw_lies_it_is_the_true_one(
    target: float, about: float
) -> None:
    """Whatever is not closed in to the last digit; and draws nearby are."""
    curve = forecast(POSTERIOR)._curve("ResNet-50")
    exact = curve.data_needed(target, slice(None))
    quick = curve.data_needed(target, slice(None), about)
    assert np.array_equal(quick > about, exact > about)
    near = np.abs(np.log10(np.maximum(exact, 1.0)) - math.log10(about)) < 1e-3
    assert np.array_equal(quick[near], exact[near])
    assert not np.array_equal(quick, exact)
