"""What pooling measured runs promises: the same knowledge from fewer numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.model.specification import Discrepancy
from planner.domain.portfolio.project import Pilot, Project
from planner.forecasting import pooled_runs
from planner.forecasting.architectures import KnownArchitecture
from planner.forecasting.forecast import Forecast, build_forecast
from planner.forecasting.hierarchy import Option
from planner.forecasting.luck import Luck
from planner.forecasting.noise_belief import NoiseBelief
from planner.forecasting.path_noise import PathNoise
from planner.forecasting.pilots.proposal import log_density
from planner.forecasting.pilots.runs import PilotRun
from planner.forecasting.pilots.scene import Scene
from planner.forecasting.pooled_runs import pool_runs
from planner.testing import synthetic_hierarchy

N_DRAWS = 400
POSTERIOR = synthetic_hierarchy(N_DRAWS)
SIGMA = 0.01 * np.exp(0.3 * np.random.default_rng(3).standard_normal(N_DRAWS))
NETWORKS = ("ResNet-18", "ResNet-50")


def project(*pilots: Pilot) -> Project:
    return Project(
        id="shelf",
        classes=20,
        target_error=0.05,
        images={"held": 0, "limit": 100_000},  # type: ignore[arg-type]
        pilots=pilots,
    )


def scene(runs: tuple[PilotRun, ...]) -> Scene:
    """Return what an update looks at, repeat noise different in every draw."""
    posterior = replace(POSTERIOR, draws={**POSTERIOR.draws, "sigma": SIGMA})
    return Scene.build(posterior, project(), runs, Luck(0, "shelf", N_DRAWS))


def single(
    images: int, log10_error: float, at: int = 0, test_images: int | None = None
) -> PilotRun:
    option = Option(KnownArchitecture(NETWORKS[at]))
    variance = 0.0 if test_images is None else 0.8 / (0.2 * test_images * math.log(10) ** 2)
    return PilotRun(option, math.log10(images), log10_error, variance, test_images=test_images)


def in_order(runs: list[PilotRun]) -> tuple[PilotRun, ...]:
    return tuple(sorted(runs, key=lambda run: (run.option.name, run.log10_images)))


RUNS = st.lists(
    st.builds(
        single,
        st.sampled_from((500, 1_000, 8_000)),
        st.floats(-1.3, -0.7),
        st.integers(0, 1),
        st.sampled_from((None, 400)),
    ),
    min_size=1,
    max_size=14,
).map(in_order)


@settings(max_examples=60, deadline=None)
@given(RUNS, st.integers(0, 2**32))
def test_pooled_repeats_have_the_likelihood_of_all_runs(
    runs: tuple[PilotRun, ...], seed: int
) -> None:
    """Whatever the curve, pooling changes the log likelihood by one constant alone, exactly.

    Levels and slopes are drawn at random, noise and test sets differ: mean, number and spread are
    all there is to know of repeats.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooled_runs, "MOST_ALONE", 0)
        few = pool_runs(runs)
    assert len(few) == len({(run.option, run.log10_images, run.test_images) for run in runs})
    every, pooled = scene(runs), scene(few)
    standardised = np.random.default_rng(seed).standard_normal((every.n_unknown, N_DRAWS))
    difference = log_density(every, standardised) - log_density(pooled, standardised)
    scale = np.abs(log_density(every, standardised)).max()
    np.testing.assert_allclose(difference - difference[0], 0.0, atol=1e-9 * max(scale, 1.0))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 6)), min_size=1, max_size=9).map(sorted),
    st.floats(0.01, 0.3),
    st.floats(0.2, 3.0),
    st.integers(0, 2**32),
)
def test_the_filter_is_the_cholesky_factor(
    places: list[tuple[int, float]], scale: float, decades: float, seed: int
) -> None:
    """Whitening, its transpose and the volume are those of the covariance written out."""
    rng = np.random.default_rng(seed)
    option_of = np.array([option for option, _ in places])
    sizes = np.array([size for _, size in places])
    height, noise = rng.uniform(0.5, 1.0, len(places)), rng.uniform(1e-4, 1e-2, (len(places), 1))
    law = Discrepancy(scale, decades)
    covariance = scale**2 * np.exp(-np.abs(sizes[:, None] - sizes) / decades)
    covariance *= (option_of[:, None] == option_of) * height[:, None] * height
    factor = np.linalg.cholesky(covariance + np.diag(noise[:, 0]))
    found = PathNoise.build(law, option_of, sizes, height, noise)
    values = rng.standard_normal((len(places), 1))
    np.testing.assert_allclose(found.whiten(values), np.linalg.solve(factor, values), rtol=1e-7)
    np.testing.assert_allclose(
        found.solve_transposed(values), np.linalg.solve(factor.T, values), rtol=1e-7
    )
    assert found.log_volume()[0] == pytest.approx(np.log(np.diag(factor)).sum())


def test_few_runs_stand_for_themselves() -> None:
    """Up to 64 runs nothing is pooled, repeats or not."""
    runs = tuple(single(1_000, -1.0 - 0.001 * at) for at in range(64))
    assert pool_runs(runs) == runs
    (pooled,) = pool_runs((*runs, single(1_000, -0.9)))
    assert pooled.repeats == 65


def test_near_sizes_are_repeats_about_their_line() -> None:
    """Runs along a straight line leave no spread, and lie at their mean size."""
    images = np.linspace(1_000, 1_900, 700).astype(int)
    pooled = pool_runs(tuple(single(int(n), -1.0 - 0.3 * math.log10(n)) for n in images))
    assert len(pooled) < 12
    assert sum(run.repeats for run in pooled) == 700
    for run in pooled:
        assert run.log10_error == pytest.approx(-1.0 - 0.3 * run.log10_images)
        assert run.spread == pytest.approx(0.0, abs=1e-20)


def test_ten_thousand_sizes_make_no_more_groups_than_an_update_can_bear() -> None:
    """However many sizes and test sets, groups stay few and no run is lost."""
    rng = np.random.default_rng(0)
    sizes = np.sort(10 ** rng.uniform(1, 8, 10_000))
    runs = tuple(single(int(n), -1.0, test_images=100) for n in sizes)
    pooled = pool_runs(runs)
    assert len(pooled) <= pooled_runs.MOST_GROUPS
    assert sum(run.repeats for run in pooled) == len(runs)


def _measured(n: int, spread: float, *, sizes: list[int] | None = None) -> list[Pilot]:
    rng = np.random.default_rng(7)
    images = sizes or [int(200 * 10 ** (2.4 * at / n)) for at in range(n)]
    return [
        Pilot(
            images=images[at % len(images)],
            error=0.3 * (images[at % len(images)] / 500) ** -0.35 * 10 ** (spread * z),
            architecture="ResNet-50",
            seed=at,
        )
        for at, z in enumerate(rng.standard_normal(n))
    ]


def _quantiles(forecast: Forecast) -> Floats:
    quality = forecast.pilot_quality
    assert quality is not None
    assert quality.is_reliable
    errors = np.log10(forecast.error_draws([2_000, 40_000, 400_000], "ResNet-50"))
    return np.quantile(errors, (0.1, 0.5, 0.9), axis=0)


def _posterior() -> Posterior:
    posterior = synthetic_hierarchy(4_000, spread=0.5)
    sigma = 0.01 * np.exp(0.3 * np.random.default_rng(3).standard_normal(4_000))
    spec = posterior.spec
    assert spec is not None
    law = replace(spec.discrepancy, at_chance=0.75, spread=0.8)
    return replace(
        posterior,
        draws={**posterior.draws, "sigma": sigma},
        spec=replace(spec, discrepancy=law),
    )


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.01, 0.03])
def test_pooled_sizes_forecast_what_every_run_would(
    noise: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """120 different sizes in bins and one by one: quantiles within a tenth of the range."""
    posterior, pilots = _posterior(), _measured(120, noise)
    every = _quantiles(build_forecast(project(*pilots), posterior))
    monkeypatch.setattr(pooled_runs, "MOST_GROUPS", 60)
    pooled = _quantiles(build_forecast(project(*pilots), posterior))
    width = every[2] - every[0]
    assert np.all(np.abs(pooled - every) < 0.1 * width + 0.003)


@pytest.mark.parametrize("noise", [0.01, 0.05])
def test_ten_thousand_runs_say_what_their_means_say(noise: float) -> None:
    """2,500 repeats at each of four sizes forecast the curve that their means alone forecast.

    The means are given as single runs; with so many repeats next to no noise is left in them, and
    of the single runs no more than a hundredth in log10, which is allowed for.
    """
    posterior, sizes = _posterior(), [500, 1_500, 5_000, 15_000]
    pilots = _measured(10_000, noise, sizes=sizes)
    means = [
        Pilot(
            images=size,
            error=10 ** np.mean([math.log10(p.error) for p in pilots if p.images == size]),
            architecture="ResNet-50",
        )
        for size in sizes
    ]
    many = build_forecast(project(*pilots), posterior)
    few = build_forecast(project(*means), posterior)
    medians = _quantiles(many)[1], _quantiles(few)[1]
    np.testing.assert_allclose(*medians, atol=0.012)


def test_noise_is_believed_where_the_runs_put_it() -> None:
    """Of a likelihood far out in the prior's tail, proposals have mean and spread of the product.

    Prior and likelihood of log noise are normal, so that their product is known.
    """
    sigma = 0.01 * np.exp(0.3 * np.random.default_rng(0).standard_normal(20_000))
    mean, sd = float(np.log(sigma).mean()), float(np.log(sigma).std())
    seen, width = math.log(0.04), 0.02

    def log_evidence(noise: Floats, share: Floats) -> Floats:
        return np.asarray(
            -0.5 * ((np.log(noise) - seen) / width) ** 2 - 0.5 * ((share - 0.9) / 0.01) ** 2
        )

    belief = NoiseBelief.learn(sigma, has_sizes=True, log_evidence=log_evidence)
    drawn, deviates, log_ratio = belief.draw(np.random.default_rng(1), 20_000)
    shares = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in deviates])
    log_weights = log_ratio + log_evidence(drawn, shares)
    weights = np.exp(log_weights - log_weights.max())
    weights /= weights.sum()
    precision = sd**-2 + width**-2
    expected = (mean * sd**-2 + seen * width**-2) / precision
    assert weights @ np.log(drawn) == pytest.approx(expected, abs=0.001)
    assert weights @ (np.log(drawn) - expected) ** 2 == pytest.approx(1 / precision, rel=0.05)
    assert weights @ shares == pytest.approx(0.9, abs=0.001)
    assert 1 / np.sum(weights**2) > 10_000
