"""The best plan after runs have shown something, and what it earns: the engine asked once more.

A plan after an outcome is what a plan of the file with the runs in it would be: projects that were
measured count what is expected of them then, all others what is expected of them today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Status
from planner.offering.build_problem import build_layout, build_problem, needs_draws
from planner.offering.effort import SECOND, Allowance
from planner.planning.pilots.dense import DenseOutcomes
from planner.planning.pilots.listing import Offer, best_listed, list_sets
from planner.planning.pilots.stage import Stage, with_means
from planner.planning.pilots.trial import Trial
from planner.planning.prepare import Prepared

__all__ = ["Choice", "Outcomes"]

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
    """

    prepared: Prepared
    today: tuple[Stage, ...]
    budget_cents: int | None = None
    _known: dict[tuple[object, ...], Choice] = field(default_factory=dict)
    _told: dict[tuple[int, int, bool], tuple[Rows, Offer]] = field(default_factory=dict)

    def after(self, trials: Sequence[Trial], cells: Sequence[int]) -> Choice:
        """Return the best plan once each trial has had an outcome."""
        key = tuple((id(t), c) for t, c in zip(trials, cells, strict=True))
        if key not in self._known:
            shown = {t.candidate.index: (t, c) for t, c in zip(trials, cells, strict=True)}
            found = self._best(shown, bound=True) or self._best(shown, bound=False)
            self._known[key] = found or Choice((None,) * len(self.today), 0, 0.0)
        return self._known[key]

    @property
    def are_listed(self) -> bool:
        """Whether plans are found by listing sets of projects, without the engine."""
        return self._sets is not None

    def _best(self, shown: Shown, *, bound: bool) -> Choice | None:
        """Return the best plan; None where none keeps all rules.

        ``bound`` holds measured projects to the chance that a plan asks of them; a rule may demand
        more projects than reach it.
        """
        if self._sets is None:
            rows = [self._open(index, shown, bound=bound) for index in range(len(self.today))]
            return self._solved(shown, rows)
        rows, offers = list(self._every), list(self._offers)
        for index, (trial, cell) in shown.items():
            rows[index], offers[index] = self._offer(index, trial, cell, bound=bound)
        budget = self.budget_cents
        filled = best_listed(
            offers, self._sets, self.prepared.budget_cents if budget is None else budget
        )
        return None if filled is None else Choice(_through(filled.picks, rows), filled.cents, 0.0)

    def _open(self, index: int, shown: Shown, *, bound: bool) -> Rows:
        """Return the options of a project that may be chosen."""
        if index not in shown:
            return self._every[index]
        trial, cell = shown[index]
        if not bound:
            return np.arange(len(trial.options), dtype=np.int64)
        return np.flatnonzero(trial.open[cell])

    def _offer(self, index: int, trial: Trial, cell: int, *, bound: bool) -> tuple[Rows, Offer]:
        """Return what a measured project offers; kept, for most joint outcomes share it."""
        key = (id(trial), cell, bound)
        if key not in self._told:
            rows = self._open(index, {index: (trial, cell)}, bound=bound)
            offer = Offer(trial.mean[cell, rows], trial.options.total_cents[rows])
            self._told[key] = rows, offer
        return self._told[key]

    @cached_property
    def _every(self) -> tuple[Rows, ...]:
        """Every option of each project, as without a run."""
        return tuple(np.arange(len(stage.options), dtype=np.int64) for stage in self.today)

    @cached_property
    def _sets(self) -> Floats | None:
        sets = list_sets(self.prepared.portfolio)
        return None if sets is None else sets.astype(np.float64)

    @cached_property
    def _offers(self) -> tuple[Offer, ...]:
        """What projects without a run offer."""
        return tuple(Offer(stage.mean, stage.options.total_cents) for stage in self.today)

    def _solved(self, shown: Shown, rows: Sequence[Rows]) -> Choice | None:
        """Return the best plan that the engine finds."""
        portfolio, objective = self.prepared.portfolio, self.prepared.objective
        options = [self._counted(index, shown).take(mine) for index, mine in enumerate(rows)]
        layout = build_layout(options, portfolio)
        draws = self._draws(shown, rows, layout.order) if needs_draws(portfolio) else None
        problem = build_problem(portfolio, options, layout, objective, draws)
        from planner.solving.solver import PortfolioSolver

        found = PortfolioSolver(problem).solve(
            budget_cents=self.budget_cents, gap=GAP, allowance=Allowance(WORK)
        )
        if found.status is Status.INFEASIBLE:
            return None
        assets = float(problem.asset_worth[found.assets].sum())
        return Choice(_through(layout.picks(found.options), rows), found.committed_cents, assets)

    def _draws(self, shown: Shown, rows: Sequence[Rows], order: Sequence[int]) -> DenseOutcomes:
        """Return worth and spend in the draws that agree with what was shown.

        At least :data:`FEWEST_DRAWS`: fewer say nothing of a tail, and then the last run is left
        aside.
        """
        kept, told = np.arange(self.today[0].success.shape[1]), list(shown.values())
        for number in range(len(told), 0, -1):
            agree = np.all([trial.cell == cell for trial, cell in told[:number]], axis=0)
            if np.count_nonzero(agree) >= FEWEST_DRAWS:
                kept = np.flatnonzero(agree)
                break
        stages = [shown[k][0].stage if k in shown else self.today[k] for k in order]
        picked = [np.ix_(rows[index], kept) if len(rows[index]) else None for index in order]
        pairs = [(s, at) for s, at in zip(stages, picked, strict=True) if at is not None]
        none = np.zeros((0, len(kept)))
        return DenseOutcomes(
            np.concatenate([none, *(stage.worth[at] for stage, at in pairs)]),
            np.concatenate([none, *(stage.cents[at] for stage, at in pairs)]),
        )

    def _counted(self, index: int, shown: Shown) -> ProjectOptions:
        """Return the options of a project as a plan counts them after what was shown."""
        if index not in shown:
            return self.today[index].options
        trial, cell = shown[index]
        objective = self.prepared.objective
        return with_means(trial.options, trial.met[cell], trial.mean[cell], objective)


def _through(picks: Sequence[int | None], rows: Sequence[Rows]) -> tuple[int | None, ...]:
    """Return picks among some rows as those rows."""
    pairs = zip(picks, rows, strict=True)
    return tuple(None if pick is None else int(mine[pick]) for pick, mine in pairs)
