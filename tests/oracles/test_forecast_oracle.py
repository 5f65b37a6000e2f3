"""Forecasts of a hierarchical model against closed forms and plain Monte Carlo."""

import math

import numpy as np
import pytest
from scipy.special import expit

from planner.domain.arrays import Floats
from planner.domain.portfolio.project import Project
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.curves.saturating import ProjectCurves
from planner.forecasting.forecast import build_forecast
from planner.forecasting.hierarchy import Option, project_prior
from planner.forecasting.luck import Luck
from planner.testing import synthetic_hierarchy


def project(**changes: object) -> Project:
    fields: dict[str, object] = {
        "id": "x",
        "classes": 10,
        "target_error": 0.08,
        "images": {"limit": 1e5},
    }
    fields.update(changes)
    return Project(**fields)  # type: ignore[arg-type]


def test_the_level_is_gaussian_with_the_declared_mean_and_variance() -> None:
    """At 10^3.5 images the log odds of the error are normal; mean and sd in closed form."""
    still = synthetic_hierarchy(20_000, spread=0.0, discrepancy=0.0, sigma=0.0)
    share = build_forecast(project(), still).error_draws([10**3.5], "ResNet-50")[:, 0] / 0.9
    level = np.log10(share / (1 - share))
    assert level.mean() == pytest.approx(-0.05 + 0.75 * (1 / 3 - 0.5) - 0.45 - 0.05, abs=0.005)
    assert level.std() == pytest.approx(math.hypot(0.4, 0.3), rel=0.01)


def by_plain_monte_carlo(rng: np.random.Generator, n_draws: int, images: float) -> Floats:
    """Return errors of an unnamed, frozen architecture, written out from the formulas."""
    z = rng.standard_normal((9, n_draws))
    level = -0.05 + 0.75 * (1 / 3 - 0.5) - 0.45 + 0.05
    level = level + 0.4 * z[0] + 0.3 * z[1] + 0.1 * z[2] + 0.06 * z[3]
    level = level + 0.13 * 0.5 * z[4] + 0.1 * 0.5 * z[5]
    slope = -0.9 - 0.1 - 0.4 + 0.5 * rng.standard_t(4, n_draws) + 0.1 * z[6]
    floor = expit(-4.0 + z[7])
    u = level - np.exp(slope) * (math.log10(images) - 3.5)
    mean = floor + (1 - floor) * expit(math.log(10) * u)
    noise = 0.1 * z[8] + 0.01 * rng.standard_normal(n_draws)
    return np.asarray(np.minimum(0.9 * mean * 10**noise, 0.9))


@pytest.mark.parametrize("images", [100, 10**3.5, 10**5])
def test_quantiles_agree_with_plain_monte_carlo(images: float) -> None:
    """Level, heavy-tailed slope, floor, discrepancy and noise combine as the formulas say."""
    model = synthetic_hierarchy(20_000, spread=0.0, floor=True, student_t=True)
    drawn = build_forecast(project(backbone="frozen"), model).error_draws([images])[:, 0]
    plain = by_plain_monte_carlo(np.random.default_rng(1), 200_000, images)
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    got, expected = (np.log10(np.quantile(each, levels)) for each in (drawn, plain))
    # the sd of log10 error is about .3; of a 5 % quantile over 20,000 draws about .005
    np.testing.assert_allclose(got, expected, atol=0.02)


def test_joint_draws_are_those_of_each_option_alone() -> None:
    """The joint prior of several options, drawn at once, equals the forecasts made one by one."""
    model = synthetic_hierarchy(400, floor=True, student_t=True)
    luck = Luck(3, "x", 400)
    names = (None, KnownArchitecture("ResNet-50", fitted=True), KnownArchitecture("New"))
    cases = [
        (name, *kind) for name in names for kind in ((True, False), (True, True), (False, False))
    ]
    prior = project_prior(model, project(), [Option(*case) for case in cases], luck)
    assert prior.floor is not None
    level, slope = prior.level.draw(luck), prior.slope.draw(luck)
    floor = prior.floor.draw(luck)
    for column, (name, pretrained, frozen) in enumerate(cases):
        kind = {"pretrained": pretrained, "backbone": "frozen" if frozen else "finetuned"}
        mean = ProjectCurves(model, project(**kind), luck).curve(name).mean
        np.testing.assert_allclose(mean.level, level[:, column], rtol=1e-12)
        np.testing.assert_allclose(mean.slope, np.exp(slope[:, column]), rtol=1e-12)
        assert mean.floor is not None
        np.testing.assert_allclose(mean.floor, expit(floor[:, column]), rtol=1e-12)


def test_sample_covariances_are_the_stated_ones() -> None:
    """Covariances between options, on which pilot updates condition, are those of the draws."""
    model = synthetic_hierarchy(40_000, spread=0.0)
    luck = Luck(0, "x", 40_000)
    new, fitted = KnownArchitecture("New"), KnownArchitecture("ResNet-50", fitted=True)
    options = [
        Option(new),
        Option(new, frozen=True),
        Option(fitted),
        Option(fitted, pretrained=False),
        Option(None),
    ]
    prior = project_prior(model, project(), options, luck)
    for part in (prior.level, prior.slope):
        stated = part.covariance(range(5), range(5))[0]
        np.testing.assert_allclose(np.cov(part.draw(luck).T), stated, atol=0.008)
        np.testing.assert_allclose(stated, stated.T)
    level = prior.level.covariance([0], range(5))[0, 0]
    own = 0.06**2 + (0.13 * 0.5) ** 2 + (0.1 * 0.5) ** 2
    shared = 0.4**2 + 0.3**2
    np.testing.assert_allclose(level, [shared + own, shared + own, shared, 0.4**2, shared])


@pytest.mark.parametrize("target", [0.3, 0.1, 0.03])
@pytest.mark.parametrize("name", [None, "ResNet-50"])
def test_data_needed_is_the_first_crossing_on_a_fine_grid(target: float, name: str | None) -> None:
    """A walk in steps of 1/500 decade finds the same first crossings."""
    one = build_forecast(project(), synthetic_hierarchy(200))
    decades = np.arange(0, 8 + 1e-9, 0.002)
    met = one.error_draws(10**decades, name) <= target
    brute = np.where(met.any(axis=1), decades[met.argmax(axis=1)], np.inf)
    needed = np.log10(one.data_needed_draws(target, name))
    assert np.array_equal(np.isinf(needed), np.isinf(brute))
    finite = np.isfinite(brute)
    late = brute[finite] - needed[finite]
    assert np.all((late >= -1e-9) & (late <= 0.002 + 1e-9))
