"""What a fitted model knows of an architecture."""

import numpy as np
import pytest

from planner.domain.facts.evidence import Beyond, Outside
from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.architectures import OwnArchitecture
from planner.domain.portfolio.project import Images, Project
from planner.forecasting.architectures import coded_covariates, evidence_warnings, read_book
from planner.forecasting.forecast import build_forecast
from planner.reference.store import load_model
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_hierarchy

CATALOGUE = load_catalogue().architectures
MODEL = load_model("transfer")
BOOK = read_book(MODEL, CATALOGUE)


def project(*architectures: str) -> Project:
    return Project(
        id="x",
        classes=10,
        target_error=0.1,
        images=Images(limit=1_000),
        architectures=architectures,
    )


@pytest.mark.parametrize("name", MODEL.labels["R"])
def test_every_fitted_architecture_is_found_as_fitted(name: str) -> None:
    """A fitted label needs no covariates, whatever its spelling."""
    known = BOOK.find(name.lower().replace("-", " "))
    assert known.fitted
    assert known.name == name
    assert not known.outside


def test_the_span_of_covariates_is_that_of_the_fitted_networks() -> None:
    """ResNet-18 and EfficientNet-B3 bound top-1, MobileNet-v2 and VGG-19 the parameters."""
    assert BOOK.top1 == pytest.approx(((69.758 - 76) / 5, (81.6 - 76) / 5))
    spans = np.log10(np.array([3.5e6, 143.7e6]) / 25e6)
    assert BOOK.log10_parameters == pytest.approx(spans, abs=0.001)


def test_top1_of_another_recipe_or_pretraining_is_not_compared() -> None:
    """The recipe V2, larger pretraining sets and other sources leave both covariates unknown."""
    for name in ("ResNet-50 (recipe V2)", "ViT-B/16 (in21k)", "DINOv2 ViT-S/14", "YOLOv5n-cls"):
        known = BOOK.find(name)
        assert known.top1.uncertain
        assert known.top1.value == known.log10_parameters.value == 0
        assert known.outside == Outside(Beyond.ANOTHER_RECIPE)


def test_covariates_are_never_extrapolated() -> None:
    """A network beyond the fitted span counts as its nearest end, and stays uncertain."""
    for name, end in (("ConvNeXt-T", BOOK.top1[1]), ("AlexNet", BOOK.top1[0])):
        known = BOOK.find(name)
        assert known.top1.value == end
        assert known.top1.uncertain
        assert known.outside == Outside(Beyond.SPAN)


def test_a_family_without_fitted_networks_stays_uncertain() -> None:
    """Within the span, but of a family nobody fitted: its covariates are uncertain."""
    known = BOOK.find("Swin-T")
    assert known.top1.uncertain
    assert known.outside == Outside(Beyond.FAMILY, "Swin")


def test_covariates_of_a_comparable_network_count_as_known() -> None:
    """A network of a fitted family, recipe and size is known by its covariates."""
    new = Architecture(
        name="ResNet-77",
        family="ResNet",
        parameters=25_000_000,
        imagenet_top1=0.77,
        source="torchvision weights",
        pretraining="imagenet-1k",
    )
    known = read_book(MODEL, (*CATALOGUE, new)).find("ResNet-77")
    assert not known.fitted
    assert not known.outside
    assert known.top1.value == pytest.approx(0.2)
    assert known.log10_parameters.value == pytest.approx(0.0)
    assert coded_covariates(Architecture(name="bare", pretraining="imagenet-1k")) is None


def test_warnings_list_named_architectures_and_count_those_on_offer() -> None:
    """Named networks are told one by one; a default list is summed up and is no project's fault."""
    (one,) = evidence_warnings(project("Swin-T"), ["Swin-T", "ResNet-50"], BOOK)
    assert one.project == "x"
    assert one.code == "ARCHITECTURE_OUTSIDE_EVIDENCE"
    assert "Swin-T: no network of its family" in one.message
    names = ["Swin-T", "AlexNet", "ConvNeXt-T", "ConvNeXt-S", "ResNet-50"]
    (many,) = evidence_warnings(project(), names, BOOK)
    assert many.project is None
    assert "4 of 5" in many.message
    assert "and 1 more" in many.message
    assert evidence_warnings(project(), ["ResNet-50"], BOOK) == ()


def test_an_alias_of_a_fitted_architecture_has_its_effect() -> None:
    """The catalogue's other names of a fitted network lead to the fitted effect."""
    assert BOOK.find("MobileNet-v3-Large") == BOOK.find("MobileNetV3-L")
    assert BOOK.find("MobileNet-v3-Large").fitted


def test_a_model_alone_knows_no_span() -> None:
    """Without a catalogue only the fitted names are known."""
    book = read_book(synthetic_hierarchy(4))
    assert book.top1 == (0.0, 0.0)
    assert book.find("ResNet 50").fitted


def own(name: str, **stated: object) -> OwnArchitecture:
    return OwnArchitecture(name=name, **stated)  # type: ignore[arg-type]


def test_an_own_architecture_that_states_all_is_known_as_one_of_the_tables() -> None:
    """ResNet-50's numbers under another name give its covariates; the effect is not fitted."""
    twin = next(item for item in CATALOGUE if item.name == "ResNet-50")
    row = own(
        "mine",
        parameters=twin.parameters,
        imagenet_top1=twin.imagenet_top1,
        pretraining_images=twin.pretraining_images,
        self_supervised=False,
    ).row
    known = read_book(MODEL, (*CATALOGUE, row)).find("mine")
    coded = coded_covariates(twin)
    assert (known.top1.value, known.log10_parameters.value) == coded
    assert not known.top1.uncertain
    assert known.log10_pretraining == BOOK.find("ResNet-50").log10_pretraining
    assert not known.fitted
    assert known.outside is None


def test_what_an_own_architecture_leaves_out_is_drawn_and_said() -> None:
    """Top-1 and parameters count together; each of the rest by itself."""
    full = {
        "parameters": 25_000_000,
        "imagenet_top1": 0.76,
        "pretraining_images": 1_281_167,
        "self_supervised": False,
    }
    for name in full:
        row = own("mine", **{key: value for key, value in full.items() if key != name}).row
        known = read_book(MODEL, (*CATALOGUE, row)).find("mine")
        assert known.outside == Outside(Beyond.STATED, unknown=(name,))
        pair = name in ("parameters", "imagenet_top1")
        assert (known.top1.uncertain, known.log10_parameters.uncertain) == (pair, pair)
        assert known.log10_pretraining.uncertain is (name == "pretraining_images")
        assert known.self_supervised.uncertain is (name == "self_supervised")
    book = read_book(MODEL, (*CATALOGUE, own("mine", gmacs=1.0, self_supervised=True).row))
    (warning,) = evidence_warnings(project("mine"), ["mine"], book)
    assert warning.message == (
        "Mine: the portfolio does not state its imagenet_top1, parameters and pretraining_images, "
        "which is drawn as of one not named. Its error is drawn from the spread of all fitted "
        "architectures; a pilot would settle it."
    )


def test_top1_beyond_imagenet_is_not_compared_in_an_own_architecture_either() -> None:
    """More pretraining images, or none of their labels: the accuracy is of another kind."""
    stated = {"parameters": 25_000_000, "imagenet_top1": 0.76, "self_supervised": False}
    for more in ({"pretraining_images": 14_000_000}, {"self_supervised": True}):
        row = own("mine", **{"pretraining_images": 1_281_167, **stated, **more}).row
        known = read_book(MODEL, (*CATALOGUE, row)).find("mine")
        assert known.top1.uncertain
        assert known.outside == Outside(Beyond.ANOTHER_RECIPE)


def test_draws_widen_where_covariates_are_left_out() -> None:
    """The spread of log errors grows with every pair of covariates that is not stated."""
    rows = (
        own(
            "all",
            parameters=25_000_000,
            imagenet_top1=0.76,
            pretraining_images=1_281_167,
            self_supervised=False,
        ).row,
        own("some", pretraining_images=1_281_167, self_supervised=False).row,
        own("none").row,
    )
    asked = project("all", "some", "none")
    forecast = build_forecast(asked, MODEL, architectures=(*CATALOGUE, *rows), seed=0)
    draws = [np.log(forecast.error_draws([1_000], row.name)[:, 0]) for row in rows]
    spreads = [float(np.quantile(each, 0.75) - np.quantile(each, 0.25)) for each in draws]
    assert spreads[0] < spreads[1] < spreads[2]
