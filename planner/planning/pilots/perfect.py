"""What would knowing everything be worth, or all that projects share, or one project's outcomes?

Bounds on what any run can tell. Under rules and one budget of few projects the clairvoyant's plan
is found by listing; in larger portfolios his money is divided in parts, which bounds his worth from
above. Shared assets cost him nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Draws, Flags, Floats
from planner.planning.pilots.listing import list_sets
from planner.planning.pilots.scene import Scene, is_fixed, net_today
from planner.planning.pilots.stage import Stage, stage_of

__all__ = ["Perfect", "perfect_options", "perfect_worth", "value_of_one", "value_of_shared"]

COMPONENTS = 6
"""Directions of what projects share along which draws differ most."""


@dataclass(frozen=True, eq=False)
class Perfect:
    """What knowing a project's outcomes would allow, in each of the solve's draws.

    Attributes
    ----------
    worth, money : ndarray of shape (n_draws,)
        Of the option worth most: without a life the cheapest that meets the target, minus infinity
        and 0 where none does.
    """

    worth: Floats
    money: Floats


def perfect_options(scene: Scene) -> tuple[Perfect, ...]:
    """Return the best option of every project of the file if all is known."""
    return tuple(_perfect(_every(scene, index)) for index in range(len(scene.today)))


def _every(scene: Scene, index: int) -> Stage:
    """Return all that could be chosen for a project, whatever its chance today."""
    prepared = scene.prepared
    menu = prepared.menus[index]
    if is_fixed(prepared, index):
        return scene.today[index]
    return stage_of(prepared, index, menu.priced, held_out=False, bits=menu.success)


def _perfect(stage: Stage) -> Perfect:
    """Return the worth and price of the option that is best if all is known, in every draw."""
    n_draws = stage.success.shape[1]
    if not len(stage.options):
        return Perfect(np.full(n_draws, -np.inf), np.zeros(n_draws))
    worth = stage.worth
    if stage.options.life is None:  # nothing is earned without the target
        worth = np.where(stage.success > 0.0, (stage.stake - stage.cost)[:, None], -np.inf)
    best = np.argmax(worth, axis=0)
    draws = np.arange(n_draws)
    money = stage.options.total_cents[best] / 100
    found = worth[best, draws]
    return Perfect(found, np.where(np.isfinite(found), money, 0.0))


def perfect_worth(scene: Scene, known: Sequence[Perfect]) -> Floats:
    """Return what a plan earns that knows the draw, in each of the solve's draws, (n_draws,)."""
    worth = np.stack([one.worth for one in known])
    money = np.stack([one.money for one in known])
    budget = scene.prepared.budget_cents / 100
    sets = list_sets(scene.prepared.portfolio)
    if sets is None:
        return _in_parts(worth, money, budget)
    return _listed(worth, money, budget, sets)


def _listed(worth: Floats, money: Floats, budget: float, sets: Flags) -> Floats:
    """Return the worth of the best set of projects in every draw."""
    best = np.full(worth.shape[1], -np.inf)
    known = np.where(np.isfinite(worth), worth, -1e300)
    for chosen in sets:
        paid = money[chosen].sum(axis=0)
        best = np.maximum(best, np.where(paid <= budget, known[chosen].sum(axis=0), -np.inf))
    return np.where(best > -1e299, best, 0.0)


def _in_parts(worth: Floats, money: Floats, budget: float) -> Floats:
    """Return the worth of projects taken by worth per money, the last one in part."""
    gained = np.where(np.isfinite(worth), np.maximum(worth, 0.0), 0.0)
    order = np.argsort(-gained / np.maximum(money, 1e-9), axis=0, kind="stable")
    gained = np.take_along_axis(gained, order, axis=0)
    paid = np.take_along_axis(money, order, axis=0)
    before = np.cumsum(paid, axis=0) - paid
    share = np.clip((budget - before) / np.maximum(paid, 1e-9), 0.0, 1.0)
    return np.asarray((gained * share).sum(axis=0))


def value_of_one(scene: Scene, index: int, one: Perfect) -> float:
    """Return what knowing one project's outcomes is worth to it, money at its price."""
    best = np.maximum(one.worth - scene.price * one.money, 0.0)
    return max(0.0, math.fsum(best.tolist()) / len(best) - net_today(scene, index))


def value_of_shared(scene: Scene) -> float:
    """Return what knowing all that projects share is worth, as far as it shows on unseen draws.

    A regression on the main directions of the shared coefficients says what to do in the solve's
    draws; what that earns in the audit's is counted, each project apart, money at its price.
    """
    prepared = scene.prepared
    solve, audit = prepared.posterior.solve_rows, prepared.posterior.audit_rows
    basis = _shared_basis(prepared.posterior.draws)
    fit = np.linalg.pinv(basis[solve])
    gained = 0.0
    for index, stage in enumerate(scene.today):
        if not len(stage.options):
            continue
        after = stage_of(prepared, index, stage.options, held_out=True)
        cents = stage.options.total_cents[:, None] / 100
        net = (fit @ stage.worth.T).T @ basis[audit].T - scene.price * cents
        pick = np.argmax(net, axis=0)
        draws = np.arange(net.shape[1])
        paid = after.worth - scene.price * cents
        earned = np.where(net[pick, draws] > 0.0, paid[pick, draws], 0.0)
        row = scene.now.picks[index]
        today = 0.0 if row is None else float(paid[row].mean())
        gained += float(earned.mean() - today)
    return max(0.0, gained)


def _shared_basis(draws: Mapping[str, Draws]) -> Floats:
    """Return the constant and the main directions of the coefficients, (n_draws, n_columns)."""
    columns = [values.reshape(len(values), -1) for values in draws.values()]
    every = np.concatenate(columns, axis=1)
    spread = every.std(axis=0)
    scaled = (every - every.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    values, vectors = np.linalg.eigh(np.cov(scaled.T))
    main = scaled @ vectors[:, np.argsort(-values)[:COMPONENTS]]
    return np.column_stack([np.ones(len(main)), main])
