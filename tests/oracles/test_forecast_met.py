"""Where a target is met is where the error drawn is at or below it, however it is computed."""

from dataclasses import replace

import numpy as np
import pytest

import planner
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.vocabulary import Backbone, Task
from planner.forecasting.curves import saturating
from planner.forecasting.forecast import build_forecast
from planner.forecasting.luck import Luck, quantile_normals
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_hierarchy

CATALOGUE = load_catalogue().architectures
NAMES = ("ResNet-50", "EfficientNet-B0", "DINOv2 ViT-S/14", "MobileNetV3-Large", "ResNet-18")
LEVELS = np.array([0.0, 1.0, 7.0, 40.0, 900.0, 5_000.0, 80_000.0, 2e6, 5e9])
PROJECTS = (
    Project(id="plain", classes=8, target_error=0.08, images=Images(limit=10**6)),
    Project(id="scratch", classes=40, pretrained=False, target_error=0.3, images=Images(limit=9)),
    Project(
        id="frozen", classes=3, backbone=Backbone.FROZEN, target_error=0.2, images=Images(limit=9)
    ),
    Project(
        id="rare",
        class_counts={"a": 900, "b": 60, "c": 3},
        target_error=0.02,
        images=Images(limit=9),
    ),
    Project(id="many", classes=5_000, target_error=0.4, images=Images(limit=9)),
    Project(id="masks", task=Task.SEGMENTATION, classes=19, target_iou=0.7, images=Images(limit=9)),
    Project(
        id="pilots",
        classes=8,
        target_error=0.1,
        images=Images(limit=9_000),
        pilots=(Pilot(images=500, error=0.22), Pilot(images=2_000, error=0.15)),
    ),
)
MODELS = ("transfer", "published", "hierarchy", "floor")


@pytest.fixture(scope="module")
def models() -> dict[str, Posterior]:
    return {
        "transfer": planner.load_model(),
        "published": planner.load_model("published"),
        "hierarchy": synthetic_hierarchy(400),
        "floor": synthetic_hierarchy(400, floor=True, discrepancy=0.1),
    }


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.id)
def test_met_is_the_error_compared(
    name: str, project: Project, models: dict[str, Posterior]
) -> None:
    """Architecture by architecture and draw by draw, at any number of images, for any target."""
    model = models[name]
    if name != "transfer" and project.id in {"frozen", "pilots"}:
        model = models["transfer"]
    forecast = build_forecast(project, model, architectures=CATALOGUE, seed=3)
    rows = forecast.audit_rows
    for target in (project.error_target, 0.02, 0.35, 0.97):
        found = list(forecast.met(target, LEVELS, NAMES, rows))
        for architecture, met in zip(NAMES, found, strict=True):
            errors = forecast.error_draws(LEVELS, architecture, rows)
            np.testing.assert_array_equal(met, project.settled(target) >= errors.T)
            chance = forecast.chance(target, LEVELS, architecture, rows)
            np.testing.assert_array_equal(chance, met.mean(axis=1))


def test_architectures_do_not_depend_on_their_neighbours(
    models: dict[str, Posterior], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for together, apart, in another order or in other batches: the same draws."""
    forecast = build_forecast(PROJECTS[0], models["transfer"], architectures=CATALOGUE)
    names = [item.name for item in CATALOGUE if item.task == "classification"][:24]
    together = dict(zip(names, forecast.met(0.08, LEVELS, names), strict=True))
    monkeypatch.setattr(saturating, "OWN_BATCH", 5)
    backwards = dict(zip(names[::-1], forecast.met(0.08, LEVELS, names[::-1]), strict=True))
    for name in names:
        np.testing.assert_array_equal(together[name], backwards[name])
    assert any((together[name] != together[names[0]]).any() for name in names[1:])


@pytest.mark.parametrize("shape", [(1, 7), (3, 40), (5, 1_000)])
def test_quick_normals_are_those_of_a_generator_of_their_own(shape: tuple[int, int]) -> None:
    """A generator that is set to a key anew gives what one made with it gives, call after call."""
    luck = Luck(5, "p", 10)
    for purpose in ("b", "a", "a"):
        own = quantile_normals(luck.generator(purpose), shape)
        np.testing.assert_array_equal(luck.quick_normals(shape, purpose), own)
    other = replace(luck, seed=6).quick_normals(shape, "a")
    assert (other != luck.quick_normals(shape, "a")).any()
