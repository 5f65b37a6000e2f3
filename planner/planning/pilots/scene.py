"""Everything on offer beside a plan: what each project may choose, and the runs it may make first.

Screened, all runs cost next to nothing: money has its price, so that each project is a problem of
its own, and a spline through the joint draws says what its options are worth after each outcome.
The best are then asked of whole plans: :mod:`planner.planning.pilots.search`.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.quantities import WEEKS_PER_YEAR
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.forecasting.pilots.measured import measured_draws, target_blur
from planner.offering.objective import objective_worth
from planner.offering.options import Menu
from planner.offering.problem import Solution
from planner.offering.refinement import corners, promising, undominated
from planner.offering.rules import skipped
from planner.planning.pilots.candidates import (
    Candidate,
    candidates_of,
    forecast_of_run,
    price_of_all,
)
from planner.planning.pilots.evidence import Evidence, smoothed
from planner.planning.pilots.listing import list_sets
from planner.planning.pilots.outcomes import Choice
from planner.planning.pilots.pooled import credit_cents, part_cents
from planner.planning.pilots.stage import (
    Stage,
    after_buying,
    chance_after,
    delivered,
    later,
    stage_of,
)
from planner.planning.pilots.trial import (
    Trial,
    best_rows,
    build_trial,
    net_at,
    screened,
    undominated_rows,
)
from planner.planning.prepare import Prepared

__all__ = [
    "Scene", "after_run", "build_scene", "gained_apart", "is_fixed", "learns_from_runs",
    "net_today", "screen", "shared_credit",
]  # fmt: skip

PRICES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Prices of money, over the plan's, at which an option may be best after a run."""
USUAL_PRICE = 0.25
"""Worth of a unit of money around which prices lie where the budget does not bind."""
MOST_ARCHITECTURES = 6
"""Of a project whose options are looked at after a run, beside those that are best today."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A solved portfolio, and every run on offer.

    Attributes
    ----------
    prepared : Prepared
        With the success of all priced options in the solve's draws.
    price : float
        Worth of one more unit of budget.
    today : tuple of Stage
        What each project may choose without a run, on the solve's draws.
    now : Choice
        Today's plan.
    trials : tuple of Trial
        Runs with their fine outcomes.
    measured : tuple of ndarray of shape (n_draws,)
        Log error that each shows in all draws.
    """

    prepared: Prepared
    price: float
    today: tuple[Stage, ...]
    now: Choice
    trials: tuple[Trial, ...]
    measured: tuple[Floats, ...]

    @property
    def counts_money(self) -> bool:
        """Whether worth is in money, so that a price can be taken off it."""
        return self.prepared.objective is Objective.NET_VALUE

    def shown(self, trial: Trial) -> Floats:
        """Return the log error that a run shows in all draws."""
        return next(
            shown for one, shown in zip(self.trials, self.measured, strict=True) if one is trial
        )

    def paid(self, trials: Sequence[Trial]) -> float:
        """Return what runs cost, as the objective counts it."""
        cents = price_of_all(trial.candidate for trial in trials)
        return cents / 100 if self.counts_money else 0.0


def learns_from_runs(prepared: Prepared) -> bool:
    """Whether a plan looks at runs: the model learns from them, and the budget binds a sum.

    Where the budget holds random spend, ``pilots`` does.
    """
    return prepared.posterior.family == "saturating" and prepared.portfolio.hold is None


def build_scene(
    prepared: Prepared, solution: Solution, price: float, only: Collection[int] | None = None
) -> Scene:
    """Return what is on offer beside a plan.

    Parameters
    ----------
    prepared : Prepared
        Prepared with ``keeps_draws``.
    solution : Solution
        Today's plan.
    price : float
        Worth of one more unit of budget.
    only : collection of int, optional
        Places of the projects that may be measured; all by default.
    """
    picks = prepared.layout.picks(solution.options)
    prices = [(price or _usual_price(prepared)) * factor for factor in PRICES]
    asked = range(len(picks)) if only is None else only
    whole = list_sets(prepared.portfolio) is not None
    found = [
        _project(prepared, index, pick, prices, asked=index in asked, whole=whole)
        for index, pick in enumerate(picks)
    ]
    assets = float(prepared.problem.asset_worth[solution.assets].sum())
    return Scene(
        prepared=prepared,
        price=price,
        today=tuple(one.today for one in found),
        now=Choice(tuple(one.row for one in found), solution.committed_cents, assets),
        trials=tuple(trial for one in found for trial in one.trials),
        measured=tuple(shown for one in found for shown in one.measured),
    )


@dataclass(frozen=True, eq=False)
class _Project:
    """One project of a scene."""

    today: Stage
    row: int | None
    trials: tuple[Trial, ...]
    measured: tuple[Floats, ...]


def _project(
    prepared: Prepared,
    index: int,
    pick: int | None,
    prices: Sequence[float],
    *,
    asked: bool,
    whole: bool,
) -> _Project:
    """Return a project with its runs.

    ``whole``, where plans are listed, keeps every option that may fill a budget, else those alone
    that are best at some price of money.
    """
    menu = prepared.menus[index]
    today, row = _today(prepared, index, pick, whole=whole)
    if not asked or is_fixed(prepared, index):
        return _Project(today, row, (), ())
    rows = _looked_at(prepared, menu)
    bits = None if menu.success is None else menu.success[rows]
    every = stage_of(prepared, index, menu.priced.take(rows), held_out=False, bits=bits)
    pairs = [
        (trial.take(_kept(trial, prices, whole=whole)), shown)
        for trial, shown in _trials(prepared, index, every, today, row, prices)
    ]
    return _Project(
        today,
        row,
        tuple(trial for trial, _ in pairs),
        tuple(shown for _, shown in pairs),
    )


def is_fixed(prepared: Prepared, index: int) -> bool:
    """Whether a run can change nothing about a project: rules decide, or there is nothing to."""
    menu = prepared.menus[index]
    ruled = menu.committed or menu.project.id in skipped(prepared.portfolio.rules)
    return bool(ruled) or not len(menu.priced) or menu.is_trivial


def _looked_at(prepared: Prepared, menu: Menu) -> Rows:
    """Return the priced options that may be best after a run: those of the nearest architectures.

    Nearest to the best at some price of money today; a run hardly puts another before them.
    """
    priced = menu.priced
    if len(priced.architectures) <= MOST_ARCHITECTURES:
        return np.arange(len(priced), dtype=np.int64)
    worth = objective_worth(priced, prepared.objective)
    cents, worth = _with_pools(prepared, menu, priced, worth)
    kind, best = priced.architecture_index, corners(cents, worth)
    kept = promising(cents, worth, kind, best, MOST_ARCHITECTURES)
    near = np.isin(kind, [*kept.tolist(), *kind[best].tolist()])
    return np.flatnonzero(near | priced.is_alternative)


def _with_pools(
    prepared: Prepared, menu: Menu, options: ProjectOptions, worth: Floats
) -> tuple[Floats, Floats]:
    """Return cost in cents and worth of options, the project's part of pooled images taken off."""
    cents, pooled = options.total_cents.astype(np.float64), part_cents(menu, options)
    if pooled is None:
        return cents, worth
    is_net = prepared.objective is Objective.NET_VALUE
    return cents + pooled, worth - pooled / 100 if is_net else worth


def _usual_price(prepared: Prepared) -> float:
    """Return a price of money around which to look where the budget does not bind."""
    if prepared.objective is Objective.NET_VALUE:
        return USUAL_PRICE
    worth = float(prepared.problem.worth.max(initial=0.0))
    return worth / max(1.0, prepared.budget_cents / 100)


def _kept(trial: Trial, prices: Sequence[float], *, whole: bool) -> Rows:
    """Return the options of a measured project that a plan may choose after some outcome."""
    best = best_rows(trial, prices)
    return np.union1d(best, undominated_rows(trial)) if whole else best


def _today(
    prepared: Prepared, index: int, pick: int | None, *, whole: bool
) -> tuple[Stage, int | None]:
    """Return the best of a project's options with today's choice, and where that stands."""
    options, menu = prepared.options[index], prepared.menus[index]
    worth = prepared.problem.worth[prepared.numbers(index)]
    cents, worth = _with_pools(prepared, menu, options, worth)
    first = np.sort(undominated(cents, worth)) if whole else corners(cents, worth)
    rows = first if pick is None else np.union1d(first, np.array([pick], dtype=np.int64))
    bits = None if menu.success is None or not len(rows) else menu.success[menu.rows[rows]]
    stage = stage_of(prepared, index, options.take(rows), held_out=False, bits=bits)
    return stage, None if pick is None else int(np.searchsorted(rows, pick))


def _trials(
    prepared: Prepared,
    index: int,
    every: Stage,
    stage: Stage,
    row: int | None,
    prices: Sequence[float],
) -> Iterator[tuple[Trial, Floats]]:
    """Yield the runs on offer to a project, with the log error that each shows in all draws."""
    menu = prepared.menus[index]
    architecture = _architecture(every, stage, row, prices)
    today = stage.worth[row] if row is not None else np.zeros(every.success.shape[1])
    least = chance_after(menu, prepared.portfolio.go_chance)
    for candidate in candidates_of(prepared, index, architecture):
        shown, evidence = _evidence(prepared, candidate)
        after = after_run(prepared, candidate, every)
        solve = shown[prepared.posterior.solve_rows]
        trial = build_trial(candidate, after, solve, evidence, least, today)
        yield trial, shown


def after_run(prepared: Prepared, candidate: Candidate, every: Stage) -> Stage:
    """Return options of a project once a run is in: it and its labels are paid, time has passed."""
    rate = prepared.portfolio.discount_rate
    kept = (1.0 + rate) ** (-candidate.run.weeks / WEEKS_PER_YEAR)
    run = candidate.run
    owned = after_buying(prepared, candidate.index, every, candidate.own_bought)
    if candidate.pools:
        menu = prepared.menus[candidate.index]
        owned = replace(owned, pooled=part_cents(menu, owned.options, candidate.pools))
    if not candidate.is_probe:
        owned = delivered(prepared, owned, run.architecture, run.images)
    return later(owned, kept)


def _architecture(every: Stage, stage: Stage, row: int | None, prices: Sequence[float]) -> str:
    """Return what today's option trains, or the best one would that may be funded one day."""
    if row is not None and stage.options.alternative(row) is None:
        return stage.options.architecture(row)
    price = sorted(prices)[len(prices) // 2]
    net = every.mean - price * every.options.total_cents / 100 - every.pool_due(price)
    own = np.where(every.options.is_alternative, -np.inf, net)  # what is not trained shows nothing
    return every.options.architecture(int(np.argmax(own)))


def _evidence(prepared: Prepared, candidate: Candidate) -> tuple[Floats, Evidence]:
    """Return the log error that a run shows in all draws, and what the solve's draws make of it."""
    run, forecast = candidate.run, forecast_of_run(prepared, candidate)
    shown = measured_draws(
        forecast, run.images, run.architecture, test_images=run.test_images, seed=prepared.seed
    )
    same = candidate.trained is prepared.menus[candidate.index].project
    asks = same and forecast.project.has_target and forecast.of_all_images is forecast
    step = math.log(forecast.project.error_target) if asks else None
    blur = target_blur(forecast, run.test_images)
    return shown, smoothed(shown[prepared.posterior.solve_rows], step=step, blur=blur)


def net_today(scene: Scene, index: int) -> float:
    """Return what today's plan has for a project, less its money at its price."""
    stage, row = scene.today[index], scene.now.picks[index]
    if row is None:
        return 0.0
    net = float(stage.mean[row]) - scene.price * int(stage.options.total_cents[row]) / 100
    return net - float(stage.pool_due(scene.price)[row])


def screen(scene: Scene, trial: Trial) -> float:
    """Return what a run adds to its project alone, money at its price, less what it costs."""
    gain = screened(trial, scene.price, net_today(scene, trial.candidate.index))
    return gain + shared_credit(scene, trial) - scene.paid((trial,))


def shared_credit(scene: Scene, trial: Trial) -> float:
    """Return what pooled images of a run are worth to the other members, as today's plan stands."""
    if not trial.candidate.pools:
        return 0.0
    pairs = zip(scene.today, scene.now.picks, strict=True)
    rows = [(stage, row) for stage, row in pairs if row is not None]
    chosen = [stage.options.take(np.array([row], dtype=np.int64)) for stage, row in rows]
    cents = sum(credit_cents(part, chosen) for part in trial.candidate.pools)
    return (scene.price + scene.counts_money) * cents / 100


def gained_apart(
    scene: Scene,
    trial: Trial,
    cell: Rows | None = None,
    after: Floats | None = None,
    today: Floats | None = None,
) -> Floats:
    """Return what a project gains in every draw if it decides alone, money at its price.

    Parameters
    ----------
    scene, trial : Scene, Trial
        The run.
    cell : ndarray of int64, optional
        Outcome in each draw; of the solve's draws by default, as are the two below.
    after, today : ndarray of shape (n_options, n_draws), optional
        Worth of its options once the run is in, and of those it has today.
    """
    index = trial.candidate.index
    cell = trial.cell if cell is None else cell
    after = trial.stage.worth if after is None else after
    today = scene.today[index].worth if today is None else today
    pick = np.argmax(net_at(trial, scene.price), axis=1)[cell]
    draws = np.flatnonzero(pick < len(trial.options))
    chosen = pick[draws]
    gained = np.zeros(len(cell))
    gained[draws] = after[chosen, draws] - scene.price * trial.options.total_cents[chosen] / 100
    gained[draws] -= trial.stage.pool_due(scene.price)[chosen]
    row = scene.now.picks[index]
    if row is not None:
        paid = int(scene.today[index].options.total_cents[row]) / 100
        pooled = float(scene.today[index].pool_due(scene.price)[row])
        gained -= today[row] - scene.price * paid - pooled
    return gained
