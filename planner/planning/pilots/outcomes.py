"""The best plan after runs have shown something, and what it earns: the engine asked once more.

A plan after an outcome is what a plan of the file with the runs in it would be: projects that were
measured count what is expected of them then, all others what is expected of them today. Such plans
do not depend on each other: whoever has more cores solves them side by side.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective, Status
from planner.offering.build_problem import build_layout, build_problem, needs_draws
from planner.offering.effort import SECOND, Allowance
from planner.offering.refinement import undominated
from planner.planning.pilots.dense import DenseOutcomes
from planner.planning.pilots.listing import Offer, best_listed, list_sets
from planner.planning.pilots.pooled import pools_after
from planner.planning.pilots.stage import Stage, with_means
from planner.planning.pilots.trial import Trial
from planner.planning.prepare import Prepared
from planner.tasks import SERIAL, Tasks

__all__ = ["Choice", "Outcomes", "Wanted"]

type Wanted = tuple[Sequence[Trial], Sequence[Sequence[int]]]
"""Runs of different projects, and joint outcomes of them: a cell of each run."""
type Told = tuple[tuple[int, int], ...]
"""Runs by their number, and what each has shown, in the order in which they are believed."""
type Shown = Mapping[int, tuple[Trial, int]]
"""Run and outcome of each measured project, by its place in the file."""

WORK = 0.5 * SECOND
GAP = 1e-4
"""For one of many plans that are averaged over."""
FEWEST_DRAWS = 100
"""That a plan after an outcome looks at, under a measure of risk."""


@dataclass(frozen=True)
class Choice:
    """A plan after an outcome.

    Attributes
    ----------
    picks : tuple of int or None
        Option of each project of the file: of those it has at that stage.
    cents : int
        Committed, shared assets included.
    assets : float
        What the objective counts for shared assets; at most 0.
    """

    picks: tuple[int | None, ...]
    cents: int
    assets: float


@dataclass
class Outcomes:
    """Plans after outcomes, each solved once.

    Attributes
    ----------
    prepared : Prepared
        The portfolio.
    today : tuple of Stage
        What each project may choose without a run, on the solve's draws.
    budget_cents : int or None
        Where it is not the portfolio's: less what runs cost that are paid from it.
    tasks : Tasks
        Who asks the engine.
    """

    prepared: Prepared
    today: tuple[Stage, ...]
    budget_cents: int | None = None
    tasks: Tasks = SERIAL
    _known: dict[tuple[object, ...], Choice] = field(default_factory=dict)
    _told: dict[tuple[int, int, bool], tuple[Rows, Offer]] = field(default_factory=dict)

    def after(self, trials: Sequence[Trial], cells: Sequence[int]) -> Choice:
        """Return the best plan once each trial has had an outcome."""
        return self.after_each(trials, [cells])[0]

    def after_each(self, trials: Sequence[Trial], cells: Sequence[Sequence[int]]) -> list[Choice]:
        """Return the best plan after each of some joint outcomes."""
        self.look_at([(trials, cells)])
        return [self._known[_key(trials, cell)] for cell in cells]

    def look_at(self, wanted: Sequence[Wanted]) -> None:
        """Solve for all of some joint outcomes that are not known yet."""
        every = {_key(runs, cell): (runs, cell) for runs, cells in wanted for cell in cells}
        missing = {key: one for key, one in every.items() if key not in self._known}
        if missing and self._sets is not None:
            plans = [self._listed(dict(_shown(*one))) for one in missing.values()]
        elif missing:
            plans = self._asked(list(missing.values()))
        else:
            return
        self._known.update(zip(missing, plans, strict=True))

    @property
    def are_listed(self) -> bool:
        """Whether plans are found by listing sets of projects, without the engine."""
        return self._sets is not None

    def _asked(self, outcomes: Sequence[tuple[Sequence[Trial], Sequence[int]]]) -> list[Choice]:
        """Return the plans that the engine finds, whoever asks it."""
        number: dict[int, int] = {}
        for trials, _ in outcomes:
            for trial in trials:
                number.setdefault(id(trial), len(number))
        runs = {id(trial): trial for trials, _ in outcomes for trial in trials}
        stand = Standing(
            self.prepared.portfolio,
            self.prepared.objective,
            self.today,
            tuple(runs[key] for key in number),
            self.budget_cents,
        )
        items: list[Told] = [
            tuple((number[id(trial)], cell) for trial, cell in zip(trials, cells, strict=True))
            for trials, cells in outcomes
        ]
        return self.tasks.map(plan_after, items, shared=stand, key="pilots")

    def _listed(self, shown: Shown) -> Choice:
        """Return the best of the listed plans; nothing where the budget pays for none."""
        return (
            self._best_listed(shown, bound=True)
            or self._best_listed(shown, bound=False)
            or Choice((None,) * len(self.today), 0, 0.0)
        )

    def _best_listed(self, shown: Shown, *, bound: bool) -> Choice | None:
        rows, offers = list(self._every), list(self._offers)
        for index, (trial, cell) in shown.items():
            rows[index], offers[index] = self._offer(trial, cell, bound=bound)
        budget = self.prepared.budget_cents if self.budget_cents is None else self.budget_cents
        filled = None if self._sets is None else best_listed(offers, self._sets, budget)
        return None if filled is None else Choice(_through(filled.picks, rows), filled.cents, 0.0)

    def _offer(self, trial: Trial, cell: int, *, bound: bool) -> tuple[Rows, Offer]:
        """Return what a measured project offers; kept, for most joint outcomes share it."""
        key = (id(trial), cell, bound)
        if key not in self._told:
            rows = _open(trial, cell, bound=bound)
            cents, worth = trial.options.total_cents, trial.mean[cell]
            rows = rows[undominated(cents[rows].astype(np.float64), worth[rows])]
            offer = Offer(worth[rows], cents[rows])
            self._told[key] = rows, offer
        return self._told[key]

    @cached_property
    def _every(self) -> tuple[Rows, ...]:
        """Every option of each project, as without a run."""
        return tuple(map(_all, self.today))

    @cached_property
    def _sets(self) -> Floats | None:
        sets = list_sets(self.prepared.portfolio)
        return None if sets is None else sets.astype(np.float64)

    @cached_property
    def _offers(self) -> tuple[Offer, ...]:
        """What projects without a run offer."""
        return tuple(Offer(stage.mean, stage.options.total_cents) for stage in self.today)


@dataclass(frozen=True, eq=False)
class Standing:
    """All that a plan after outcomes depends on beside them.

    Attributes
    ----------
    portfolio : Portfolio
        With its rules and its budget.
    objective : Objective
        What is maximised.
    today : tuple of Stage
        What each project may choose without a run, on the solve's draws.
    trials : tuple of Trial
        Runs that outcomes are told of.
    budget_cents : int or None
        Where it is not the portfolio's.
    """

    portfolio: Portfolio
    objective: Objective
    today: tuple[Stage, ...]
    trials: tuple[Trial, ...]
    budget_cents: int | None = None


def plan_after(stand: Standing, told: Told) -> Choice:
    """Return the best plan that the engine finds once runs have had their outcomes.

    Measured projects are held to the chance that a plan asks of them, unless a rule demands more
    projects than reach it.
    """
    shown = dict(_shown([stand.trials[run] for run, _ in told], [cell for _, cell in told]))
    found = _solved(stand, shown, _open_rows(stand.today, shown, bound=True))
    found = found or _solved(stand, shown, _open_rows(stand.today, shown, bound=False))
    return found or Choice((None,) * len(stand.today), 0, 0.0)


def _open_rows(today: Sequence[Stage], shown: Shown, *, bound: bool) -> list[Rows]:
    """Return the options of each project that may be chosen."""
    return [
        _open(*shown[index], bound=bound) if index in shown else _all(stage)
        for index, stage in enumerate(today)
    ]


def _open(trial: Trial, cell: int, *, bound: bool) -> Rows:
    """Return the options of a measured project that may be chosen.

    ``bound`` holds it to the chance that a plan asks of it.
    """
    return np.flatnonzero(trial.open[cell]) if bound else _all(trial.stage)


def _all(stage: Stage) -> Rows:
    return np.arange(len(stage.options), dtype=np.int64)


def _solved(stand: Standing, shown: Shown, rows: Sequence[Rows]) -> Choice | None:
    """Return the best plan that the engine finds; None where none keeps all rules."""
    told, objective = [trial for trial, _ in shown.values()], stand.objective
    bought = [part for trial in told for part in trial.candidate.pools]
    shared = pools_after(stand.portfolio.shared, bought)
    portfolio = replace(stand.portfolio, shared=shared) if bought else stand.portfolio
    options = [_counted(stand, index, shown).take(mine) for index, mine in enumerate(rows)]
    layout = build_layout(options, portfolio)
    draws = _draws(stand, shown, rows, layout.order) if needs_draws(portfolio) else None
    problem = build_problem(portfolio, options, layout, objective, draws)
    from planner.solving.solver import PortfolioSolver

    found = PortfolioSolver(problem).solve(
        budget_cents=stand.budget_cents, gap=GAP, allowance=Allowance(WORK)
    )
    if found.status is Status.INFEASIBLE:
        return None
    assets = float(problem.asset_worth[found.assets].sum())
    return Choice(_through(layout.picks(found.options), rows), found.committed_cents, assets)


def _draws(
    stand: Standing, shown: Shown, rows: Sequence[Rows], order: Sequence[int]
) -> DenseOutcomes:
    """Return worth and spend in the draws that agree with what was shown.

    At least :data:`FEWEST_DRAWS`: fewer say nothing of a tail, and then the last run is left
    aside.
    """
    today = stand.today
    kept, told = np.arange(today[0].success.shape[1]), list(shown.values())
    for number in range(len(told), 0, -1):
        agree = np.all([trial.cell == cell for trial, cell in told[:number]], axis=0)
        if np.count_nonzero(agree) >= FEWEST_DRAWS:
            kept = np.flatnonzero(agree)
            break
    stages = [shown[k][0].stage if k in shown else today[k] for k in order]
    picked = [np.ix_(rows[index], kept) if len(rows[index]) else None for index in order]
    pairs = [(s, at) for s, at in zip(stages, picked, strict=True) if at is not None]
    none = np.zeros((0, len(kept)))
    return DenseOutcomes(
        np.concatenate([none, *(stage.worth[at] for stage, at in pairs)]),
        np.concatenate([none, *(stage.cents[at] for stage, at in pairs)]),
    )


def _counted(stand: Standing, index: int, shown: Shown) -> ProjectOptions:
    """Return the options of a project as a plan counts them after what was shown."""
    if index not in shown:
        return stand.today[index].options
    trial, cell = shown[index]
    return with_means(trial.options, trial.met[cell], trial.mean[cell], stand.objective)


def _key(trials: Sequence[Trial], cells: Sequence[int]) -> tuple[object, ...]:
    return tuple((id(trial), cell) for trial, cell in zip(trials, cells, strict=True))


def _shown(
    trials: Sequence[Trial], cells: Sequence[int]
) -> Iterator[tuple[int, tuple[Trial, int]]]:
    """Yield run and outcome of each measured project after its place in the file."""
    for trial, cell in zip(trials, cells, strict=True):
        yield trial.candidate.index, (trial, cell)


def _through(picks: Sequence[int | None], rows: Sequence[Rows]) -> tuple[int | None, ...]:
    """Return picks among some rows as those rows."""
    pairs = zip(picks, rows, strict=True)
    return tuple(None if pick is None else int(mine[pick]) for pick, mine in pairs)
