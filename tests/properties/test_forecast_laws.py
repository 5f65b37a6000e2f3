"""Laws of forecasts from a hierarchical model, over random projects."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.model.architecture import Architecture
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Project
from planner.forecasting.forecast import Forecast, build_forecast
from planner.testing import synthetic_hierarchy

PLAIN = synthetic_hierarchy(200)
RICH = synthetic_hierarchy(200, floor=True, student_t=True)
IMAGES = [0, 1, 10, 1_000, 50_000, 10_000_000]
NEW = tuple(
    Architecture(
        name=f"New-{top1}",
        family="ResNet",
        parameters=20_000_000,
        imagenet_top1=top1 / 100,
        source="torchvision weights",
        pretraining="imagenet-1k",
    )
    for top1 in (70, 75, 80)
)
FITTED = tuple(
    Architecture(
        name=name,
        family="ResNet",
        parameters=parameters,
        imagenet_top1=top1,
        source="torchvision weights",
        pretraining="imagenet-1k",
    )
    for name, top1, parameters in (
        ("ResNet-18", 0.69, 5_000_000),
        ("EfficientNet-B3", 0.82, 30_000_000),
    )
)
CATALOGUE = (*FITTED, *NEW)
NAMES = [None, "ResNet-18", "ResNet-50", "EfficientNet-B3", "New-70", "New-75", "New-80"]


@st.composite
def projects(draw: st.DrawFn) -> Project:
    task = draw(st.sampled_from(["classification", "segmentation"]))
    pretrained = draw(st.booleans())
    return Project(
        id=draw(st.text(min_size=1, max_size=8).filter(str.strip)),
        task=task,  # type: ignore[arg-type]
        classes=draw(st.integers(2, 2_000)),
        pretrained=pretrained,
        backbone=draw(st.sampled_from(["finetuned", "frozen"])) if pretrained else "finetuned",  # type: ignore[arg-type]
        target_error=draw(st.floats(0.0005, 0.99)),
        images={"held": 0, "limit": 1_000_000},  # type: ignore[arg-type]
    )


def forecast(one: Project, model: Posterior = PLAIN, seed: int = 0) -> Forecast:
    return build_forecast(one, model, architectures=CATALOGUE, seed=seed)


@given(projects(), st.sampled_from(NAMES), st.sampled_from([PLAIN, RICH]), st.integers(0, 3))
def test_an_error_is_positive_and_never_worse_than_the_majority_guess(
    one: Project, name: str | None, model: Posterior, seed: int
) -> None:
    """Every predictive error lies in (0, majority guess]."""
    errors = forecast(one, model, seed).error_draws(IMAGES, name)
    assert np.all((errors > 0) & (errors <= one.majority_guess_error))


@given(projects(), st.sampled_from(NAMES), st.sampled_from([PLAIN, RICH]))
def test_chance_is_exactly_the_share_of_error_draws(
    one: Project, name: str | None, model: Posterior
) -> None:
    """The chance is the share of error draws at or below the target, without any tolerance."""
    forecast_of = forecast(one, model)
    for rows in (slice(None), forecast_of.solve_rows, forecast_of.audit_rows):
        share = (forecast_of.error_draws(IMAGES, name)[rows] <= one.error_target).mean(axis=0)
        assert np.array_equal(forecast_of.chance(one.error_target, IMAGES, name, rows), share)


@given(projects(), st.sampled_from(NAMES), st.floats(0, 7.9))
def test_a_target_met_was_first_met_no_later(
    one: Project, name: str | None, decades: float
) -> None:
    """Whoever meets the target at n needed at most n; at the need itself it is met."""
    images = 10**decades
    forecast_of = forecast(one)
    needed = forecast_of.data_needed_draws(one.error_target, name)
    met = forecast_of.error_draws([images], name)[:, 0] <= one.error_target
    # the crossing is bisected to 1e-12 of a quarter decade
    assert np.all(needed[met] <= images * (1 + 1e-9))
    assert np.all((needed == 0) | (needed >= 1))
    finite = np.flatnonzero(np.isfinite(needed) & (needed > 0))[:5]
    at_need = forecast_of.error_draws(needed[finite] * (1 + 1e-9), name)[finite, range(len(finite))]
    assert np.all(at_need <= one.error_target * (1 + 1e-6))


@given(projects(), st.permutations(NAMES), st.integers(1, len(NAMES)))
@settings(max_examples=25)
def test_other_architectures_and_their_order_change_nothing(
    one: Project, order: list[str | None], count: int
) -> None:
    """An option's draws are the same whichever others were asked for before it."""
    asked = forecast(one)
    found = {name: asked.error_draws(IMAGES, name) for name in order[:count]}
    for name, errors in found.items():
        assert np.array_equal(forecast(one).error_draws(IMAGES, name), errors)


@given(projects(), st.sampled_from(NAMES))
def test_images_and_target_of_a_project_do_not_touch_its_luck(
    one: Project, name: str | None
) -> None:
    """The same project with another target, held images or price has the same error draws."""
    other = Project(
        id=one.id,
        task=one.task,
        classes=one.classes,
        pretrained=one.pretrained,
        backbone=one.backbone,
        target_error=0.5,
        images={"held": 7, "limit": 70, "price": 3},  # type: ignore[arg-type]
    )
    assert np.array_equal(
        forecast(one).error_draws(IMAGES, name), forecast(other).error_draws(IMAGES, name)
    )


def simple(name: str, **changes: object) -> Project:
    fields: dict[str, object] = {
        "id": name,
        "classes": 10,
        "target_error": 0.1,
        "images": {"limit": 1e5},
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


def log10_errors(one: Project, name: str | None = "ResNet-50") -> np.ndarray:
    model = synthetic_hierarchy(4_000)
    return np.log10(forecast(one, model).error_draws([20_000], name)[:, 0])


def test_options_of_one_project_share_its_fate() -> None:
    """Frozen, fine-tuned and scratch options of one project move together; projects do not."""
    tuned = log10_errors(simple("a"))
    together = {
        "frozen": np.corrcoef(tuned, log10_errors(simple("a", backbone="frozen")))[0, 1],
        "scratch": np.corrcoef(tuned, log10_errors(simple("a", pretrained=False)))[0, 1],
        "other network": np.corrcoef(tuned, log10_errors(simple("a"), "New-75"))[0, 1],
    }
    apart = np.corrcoef(tuned, log10_errors(simple("b")))[0, 1]
    # projects share the coefficients alone: part of the variance, but a small one
    assert 0 < apart < 0.35
    assert all(value > 0.5 + apart / 2 for value in together.values()), together
    assert together["other network"] > together["frozen"] > together["scratch"]


@pytest.mark.parametrize("images", [500, 20_000])
def test_a_better_imagenet_network_has_lower_errors_on_average(images: int) -> None:
    """Larger top-1 at equal size lowers the mean log10 error."""
    model = synthetic_hierarchy(2_000)
    one = forecast(simple("a"), model)
    means = [np.log10(one.error_draws([images], f"New-{top1}")).mean() for top1 in (70, 75, 80)]
    assert means[0] > means[1] > means[2]


def test_an_architecture_not_named_yet_is_less_certain() -> None:
    """Naming an architecture that was fitted narrows the forecast."""
    certain = synthetic_hierarchy(4_000, spread=0.0)
    one = forecast(simple("a"), certain)
    spread = [np.log10(one.error_draws([20_000], name)).std() for name in (None, "ResNet-50")]
    assert spread[0] > spread[1]


def test_an_architecture_that_was_not_fitted_is_the_same_in_every_project() -> None:
    """Its unknown effect is shared: projects on it are correlated more than on different ones."""
    model = synthetic_hierarchy(4_000, spread=0.0)
    doubtful = dict(model.draws) | {"tau_arch": np.full(4_000, 1.0)}
    model = replace(model, draws=doubtful)

    def errors(project: str, name: str | None) -> np.ndarray:
        one = forecast(simple(project), model)
        return np.log10(one.error_draws([20_000], name)[:, 0])

    same = np.corrcoef(errors("a", "New-75"), errors("b", "New-75"))[0, 1]
    different = np.corrcoef(errors("a", "New-75"), errors("b", "New-80"))[0, 1]
    not_named = np.corrcoef(errors("a", None), errors("b", None))[0, 1]
    assert same > 0.4
    # 4,000 draws: four standard errors of a correlation of 0 are .063
    assert abs(different) < 0.063
    assert abs(not_named) < 0.063


def test_more_images_help_in_the_median_and_the_need_grows_with_ambition() -> None:
    """Medians of error fall with images; quantiles of data needed grow as the target shrinks."""
    one = forecast(simple("a"))
    errors = np.median(one.error_draws(np.geomspace(10, 1e7, 25), "ResNet-50"), axis=0)
    assert np.all(np.diff(errors) < 0)
    needs = [one.data_needed_draws(target, "ResNet-50") for target in (0.3, 0.1, 0.03)]
    assert np.all((needs[0] <= needs[1]) & (needs[1] <= needs[2]))
    assert not any(math.isnan(value) for value in needs[2])
