"""Which runs to pay for before deciding? Ways to choose them, each judged by what then came.

Every project can be run on the images it holds, for 1 to 10 % of what buying everything for it
would cost; all runs together may cost 3 % of that for all projects. What was paid is taken off what
the plan made after the runs realises.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.pilot_offer import PilotOffer
from planner.domain.portfolio.portfolio import Portfolio
from planner.planning.pilots.choose import Limits
from planner.planning.pilots.scene import build_scene
from planner.planning.pilots.search import Search, choose_runs
from planner.planning.plan import build_plan
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.budget_price import budget_price
from planner.validation.decisions.plans import Earned, clairvoyant, cost_of, earned, last_pilot
from planner.validation.decisions.worlds import World

__all__ = ["POLICIES", "judge_policies", "run_prices"]

EVERY, CHOSEN = "every run, paid", "runs by pilots, paid"
CHEAPEST, WIDEST = "cheapest runs, paid", "widest range, paid"
POLICIES = (EVERY, CHOSEN, CHEAPEST, WIDEST)

PRICE = (0.01, 0.10)
"""Of a run, over what buying everything for its project costs: evenly in logarithms."""
PILOT_BUDGET = 0.03
"""Of what buying everything for all projects costs."""
EXACT = 10**6
"""Test images of a run whose error is what the curve says."""


def run_prices(world: World, seed: int) -> Floats:
    """Return what the run of each project costs, to the cent."""
    rng = np.random.default_rng([seed, world.number, 1])
    low, high = np.log(PRICE)
    shares = np.exp(rng.uniform(low, high, len(world.portfolio.projects)))
    return np.asarray(np.round(shares * _everything(world), 2))


def _everything(world: World) -> Floats:
    """Return what buying everything costs each project."""
    return np.array([cost_of(p, p.images.limit) for p in world.portfolio.projects])


def judge_policies(
    world: World, without: Posterior, catalogue: Catalogue, *, seed: int = 0
) -> dict[str, tuple[Earned, ...]]:
    """Return what each way of choosing runs leads to, their prices paid.

    Parameters
    ----------
    world : World
        The portfolio and its truth.
    without : Posterior
        The model refitted without the portfolio's data sets.
    catalogue : Catalogue
        Architectures and prices, those of the world included.
    seed : int, default=0
        Of prices and luck.
    """
    prices = run_prices(world, seed)
    offered = _with_offers(world, prices)
    prepared = prepare(offered, without, catalogue, seed=seed + world.number)
    most = PILOT_BUDGET * float(_everything(world).sum())
    sets = {
        EVERY: range(len(prices)),
        CHOSEN: _chosen(prepared, most),
        CHEAPEST: _first(np.argsort(prices, kind="stable").tolist(), prices, most),
        WIDEST: _first(np.argsort(-_width(prepared), kind="stable").tolist(), prices, most),
    }
    best = clairvoyant(world)
    return {
        name: _paid(world, without, catalogue, best, chosen, prices, seed)
        for name, chosen in sets.items()
    }


def _with_offers(world: World, prices: Floats) -> Portfolio:
    """Return the portfolio with the run of each project on offer."""
    projects = tuple(
        replace(
            project,
            pilots_on_offer=(
                PilotOffer(images=project.images.held, price=price, test_images=EXACT),
            ),
        )
        for project, price in zip(world.portfolio.projects, prices.tolist(), strict=True)
    )
    return replace(world.portfolio, projects=projects)


def _chosen(prepared: Prepared, most: float) -> list[int]:
    """Return the projects whose runs ``pilots`` chooses."""
    solution = solve_prepared(prepared)
    scene = build_scene(prepared, solution, budget_price(prepared, solution) or 0.0)
    found = choose_runs(Search(scene), Limits(cents=math.floor(100 * most)))
    return sorted(trial.candidate.index for trial in found)


def _first(order: Sequence[int], prices: Floats, most: float) -> list[int]:
    """Return projects in order as long as their runs can be paid."""
    found: list[int] = []
    for index in order:
        if prices[found].sum() + prices[index] <= most:
            found.append(index)
    return found


def _width(prepared: Prepared) -> Floats:
    """Return how far the error with the images held may lie: its spread in logarithms."""
    found = []
    for menu in prepared.menus:
        held = menu.project.images.held
        name = menu.rates[0].architecture
        errors = menu.forecast.error_draws([held], name, rows=menu.forecast.solve_rows)
        found.append(float(np.log(errors).std()))
    return np.array(found)


def _paid(
    world: World,
    without: Posterior,
    catalogue: Catalogue,
    best: Sequence[int | None],
    chosen: Sequence[int],
    prices: Floats,
    seed: int,
) -> tuple[Earned, ...]:
    """Return what the plan after some runs earns, less what they cost."""
    projects = tuple(
        replace(project, pilots=last_pilot(truth, project.images.held) if at in chosen else ())
        for at, (project, truth) in enumerate(
            zip(world.portfolio.projects, world.truths, strict=True)
        )
    )
    measured = replace(world.portfolio, projects=projects)
    plan = build_plan(measured, without, catalogue, seed=seed + world.number)
    return tuple(
        replace(
            item,
            promised=item.promised - prices[at],
            realised=item.realised - prices[at],
            spent=item.spent + prices[at],
        )
        if at in chosen
        else item
        for at, item in enumerate(earned(world, plan, best))
    )
