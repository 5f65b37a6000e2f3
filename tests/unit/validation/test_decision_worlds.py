"""Portfolios of measured curves: how they are drawn, and what they are worth at best."""

import math

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.forecasting.forecast import ForecastOf, build_forecast
from planner.planning.plan import build_plan
from planner.reference.store import load_model
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from planner.validation.curve_file import Curve
from planner.validation.decisions import plans, worlds
from planner.validation.decisions.rivals import NO_MODEL, rule_of
from planner.validation.decisions.run import score_plans
from planner.validation.decisions.worlds import Truth, World, draw_world, usable_truths
from tests.known_worlds import truth_of_world

SIZES = (100, 1_000, 10_000)
CURVE = Curve("fell", SIZES, (0.4, 0.2, 0.1), n_classes=10, architecture="ResNet-50")


def curves_of(n_datasets: int, seed: int = 0) -> dict[str, list[Curve]]:
    """Return curves of all kinds of fall, a plateau and a rise among them."""
    rng = np.random.default_rng(seed)
    found = {}
    for number in range(n_datasets):
        sizes = np.unique(np.geomspace(50, 10 ** rng.uniform(3, 5), 5).astype(int))
        errors = 0.6 * (sizes / 50.0) ** rng.uniform(-0.4, 0.02) + rng.uniform(0, 0.05)
        name = f"set{number}"
        images = tuple(int(size) for size in sizes)
        values = tuple(float(error) for error in np.minimum(errors, 0.85))
        found[name] = [Curve(name, images, values, 10, "ResNet-50", dataset=name)]
    return found


def some_world(number: int, seed: int = 0) -> World:
    truths = usable_truths(curves_of(9, seed), {})
    return draw_world(truths, number, np.random.default_rng([seed, number]))


def worth(earned: tuple[plans.Earned, ...], what: str) -> float:
    return math.fsum(getattr(item, what) for item in earned)


def plan_on(
    world: World, portfolio: Portfolio, forecast_of: ForecastOf
) -> tuple[plans.Earned, ...]:
    """Return what a plan that needs no fitted model earns."""
    found = build_plan(portfolio, NO_MODEL, load_catalogue(), forecast_of=forecast_of)
    return plans.earned(world, found, plans.clairvoyant(world))


@pytest.mark.parametrize("number", range(6))
def test_no_plan_earns_more_than_the_clairvoyant_in_any_portfolio(number: int) -> None:
    """Whatever it is made on, and it is within the same budget."""
    world = some_world(number)
    measured = plans.with_pilots(world, plans.last_pilot)
    tried = [
        plan_on(world, measured, rule_of(spread=False)),
        plan_on(world, measured, rule_of(spread=True)),
        plan_on(world, world.portfolio, truth_of_world(world)),
    ]
    for posterior in (load_model("published"), synthetic_posterior()):
        plan = build_plan(world.portfolio, posterior, load_catalogue())
        tried.append(plans.earned(world, plan, plans.clairvoyant(world)))
    best = worth(tried[0], "best")
    assert best >= 0
    assert worth(tried[0], "best_spent") <= (world.portfolio.budget or 0.0) + 1e-6
    for earned in tried:
        assert worth(earned, "realised") <= best + 1e-6
        assert worth(earned, "spent") <= (world.portfolio.budget or 0.0) + 1e-6


@pytest.mark.parametrize("number", range(6))
def test_a_plan_that_knows_the_truth_realises_what_it_promises(number: int) -> None:
    """To the cent, and on its grid of images it comes close to the clairvoyant."""
    world = some_world(number)
    earned = plan_on(world, world.portfolio, truth_of_world(world))
    assert worth(earned, "realised") == pytest.approx(worth(earned, "promised"), abs=0.005)
    assert worth(earned, "realised") >= 0.9 * worth(earned, "best")


def two_projects(budget: float) -> World:
    """Return two projects of one curve at 1 a piece for 9,000 images: one near, one at the end."""

    def project(name: str, target: float, value: float) -> Project:
        images = Images(held=1_000, limit=10_000, price=1.0)
        return Project(
            id=name,
            classes=10,
            target_error=target,
            images=images,
            value=value,
            architectures=("ResNet-50",),
        )

    portfolio = Portfolio(
        budget=budget,
        compute=worlds.TRAINING_IS_FREE,
        projects=(project("near", 0.15, 5_000.0), project("far", 0.1, 10_000.0)),
    )
    return World(0, portfolio, (Truth(CURVE, "photographs"), Truth(CURVE, "photographs")))


@pytest.mark.parametrize(
    ("budget", "images", "best"),
    [
        (500.0, (None, None), 0.0),
        (9_500.0, (2_601, None), 3_399.0),  # 10^(3 + log2(.2 / .15)) = 2600.6: 1,601 to buy
        (11_000.0, (2_601, 10_000), 4_399.0),
    ],
)
def test_the_clairvoyant_buys_the_fewest_images_that_reach_a_target(
    budget: float, images: tuple[int | None, ...], best: float
) -> None:
    """By hand: on the line from .2 at 1,000 to .1 at 10,000 an error of .15 is met at 2,601."""
    world = two_projects(budget)
    assert plans.clairvoyant(world) == images
    earned = plan_on(world, world.portfolio, truth_of_world(world))
    assert worth(earned, "best") == best


def test_the_rule_buys_what_its_fall_asks_for() -> None:
    """From .2 at 1,000 images by .30 a decade .15 is met at 2,609 images, which truly suffice."""
    world = two_projects(9_500.0)
    near, far = plan_on(world, plans.with_pilots(world, plans.last_pilot), rule_of(spread=False))
    assert near.met
    assert 1_609 <= near.spent <= 1_750  # its grid of images is finer than that near good levels
    assert near.realised == 5_000 - near.spent
    assert near.promised == pytest.approx(near.realised, abs=0.01)
    assert not far.funded or not far.met  # 10^(1 / 3 / .9) thousand: it cannot pay for both


def test_shares_and_their_noise_are_those_of_sums_over_portfolios() -> None:
    """By hand: 3 and 1 of 4 each is a half; residuals of 1 and -1 give a standard error of .25."""

    def one(realised: float, promised: float) -> plans.Earned:
        return plans.Earned("a", "photographs", promised, realised, 4.0, 1.0, 2.0, True, True)

    (score,) = score_plans([{"plan": (one(3.0, 2.0),)}, {"plan": (one(1.0, 4.0),)}])
    assert (score.realised, score.promised, score.committed) == (0.5, 0.75, 0.5)
    assert score.realised_se == pytest.approx(0.25)
    assert score.excess_se == pytest.approx(math.sqrt(2 * (2.0**2 + 2.0**2)) / 8)
    assert (score.projects, score.funded, score.met) == (2, 2, 2)


def test_portfolios_follow_from_the_seed() -> None:
    """The same seed and number give the same portfolio; another number another one."""
    assert some_world(3).portfolio == some_world(3).portfolio
    assert some_world(3).portfolio.projects != some_world(4).portfolio.projects


@pytest.mark.parametrize("number", range(10))
def test_every_portfolio_is_within_its_declared_ranges(number: int) -> None:
    """Held, prices, values, budget and targets."""
    world = some_world(number, seed=1)
    total = 0.0
    for project, truth in zip(world.portfolio.projects, world.truths, strict=True):
        held, last = project.images.held, project.images.limit
        assert held == max(size for size in truth.sizes if size <= 0.26 * truth.sizes[-1])
        assert isinstance(project.images.price, float)
        everything = project.images.price * (last - held)
        total += everything
        assert everything * (1 + 1e-9) >= 10**3.7
        assert everything <= 10**4.7 * (1 + 1e-9)
        assert project.mean_value / everything * (1 + 1e-5) >= 10**-0.5
        assert project.mean_value / everything <= 10**0.7 * (1 + 1e-5)
        assert project.error_target < 0.9
    assert 0.2 * total - 0.01 <= (world.portfolio.budget or 0.0) <= 0.5 * total + 0.01
    assert len({truth.curve.id for truth in world.truths}) == 8


def test_a_target_beyond_the_end_is_never_reached() -> None:
    """The curve is not continued: what was not measured is not known."""
    truth = Truth(CURVE)
    assert truth.needed(0.09, 1_000) is None
    assert truth.needed(0.1, 1_000) == 10_000
    assert truth.needed(0.3, 1_000) == 1_000


def test_repeats_count_by_their_mean() -> None:
    """Of log10 error, as everywhere on curves."""
    truth = Truth(Curve("twice", (100, 100, 1_000), (0.1, 0.4, 0.1), n_classes=10))
    assert truth.error(np.array([100.0]))[0] == pytest.approx(0.2)


def test_forecasts_are_the_fitted_models_unless_said_otherwise() -> None:
    """A plan is byte for byte the same whether the fitted model is named or not."""
    world = two_projects(9_500.0)
    model = load_model("published")
    plain = build_plan(world.portfolio, model, load_catalogue())
    named = build_plan(world.portfolio, model, load_catalogue(), forecast_of=build_forecast)
    assert plain.to_json() == named.to_json()
