"""How do many plans of one portfolio do on draws that no solve saw?

The options of all plans are evaluated once; each plan is then sums over its own.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.vocabulary import Mode, Objective
from planner.offering.life import option_draws
from planner.offering.outcomes import AT_A_TIME, PackedOutcomes, in_turn, summed
from planner.offering.packing import pack_outcomes
from planner.offering.problem import DecisionProblem, Solution
from planner.offering.variants import present_factors
from planner.planning.prepare import Prepared, audit_outcomes
from planner.solving.measures import risk_value, tail_mean

__all__ = ["HeldOut", "Outcome", "with_all_draws"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """One plan on the audit's draws.

    Attributes
    ----------
    owners : ndarray of int64, shape (n_funded,)
        Funded projects, by their place in the problem.
    success : ndarray of bool, shape (n_funded, n_draws)
        Whether each meets its target.
    worth, spend : ndarray of shape (n_draws,)
        Under the objective, and in currency; shared assets included.
    """

    owners: Rows
    success: Flags
    worth: Floats
    spend: Floats

    @property
    def mean(self) -> float:
        """Expected worth."""
        return float(self.worth.mean())

    def tail(self, level: float) -> float:
        """Return the mean of the worst ``1 − level`` share of outcomes."""
        return tail_mean(self.worth, 1.0 - level)

    @property
    def expected_targets(self) -> float:
        """Targets met in the mean."""
        return float(self.success.sum(axis=0).mean())

    @property
    def chance_all(self) -> float:
        """Chance that every funded project meets its target; 1 if none is funded."""
        return float(self.success.all(axis=0).mean())


class HeldOut:
    """Evaluates plans of one prepared portfolio on the audit's draws.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    solutions : iterable of Solution
        Plans whose options are evaluated at once; others are as they are asked for.
    """

    def __init__(self, prepared: Prepared, solutions: Iterable[Solution] = ()) -> None:
        self._prepared = prepared
        self._known: Rows = np.zeros(0, dtype=np.int64)
        self._place: Rows = np.zeros(0, dtype=np.int64)
        self._parts: list[PackedOutcomes] = []
        rows = prepared.posterior.audit_rows
        self.n_draws = len(range(*rows.indices(prepared.posterior.n_draws)))
        self._graded: dict[int, tuple[float, float]] = {}
        self.learn([one.options for one in solutions])

    def learn(self, chosen: Iterable[Rows]) -> None:
        """Evaluate options not evaluated yet."""
        asked = np.unique(np.concatenate([self._known, *chosen]))
        new = np.setdiff1d(asked, self._known)
        for some in in_turn(new):
            known = np.concatenate([self._known, some])
            first = len(self._parts) * AT_A_TIME
            place = np.concatenate([self._place, first + np.arange(len(some), dtype=np.int64)])
            order = np.argsort(known)
            self._known, self._place = known[order], place[order]
            self._parts.append(audit_outcomes(self._prepared, some))

    def _found(self, options: Rows) -> Iterator[tuple[Rows, PackedOutcomes, Rows]]:
        """Yield where some known options stand in what was asked, and in which outcomes."""
        place = self._place[np.searchsorted(self._known, options)]
        part, row = np.divmod(place, AT_A_TIME)
        for number in np.unique(part).tolist():
            mine = np.flatnonzero(part == number)
            yield mine, self._parts[number], row[mine]

    def _success(self, options: Rows) -> Flags:
        found: Flags = np.zeros((len(options), self.n_draws), dtype=np.bool_)
        for mine, outcomes, rows in self._found(options):
            found[mine] = outcomes.success_draws(rows)
        return found

    def _chances(self, options: Rows) -> list[float]:
        parts = [np.count_nonzero(self._success(some), axis=1) for some in in_turn(options)]
        hits = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        return list((hits / self.n_draws).tolist())

    def _worth(self, options: Rows) -> Floats:
        found = np.zeros((len(options), self.n_draws))
        for mine, outcomes, rows in self._found(options):
            found[mine] = outcomes.worth_draws(rows)
        return found

    def _spend(self, options: Rows) -> Floats:
        found = np.zeros((len(options), self.n_draws))
        for mine, outcomes, rows in self._found(options):
            found[mine] = outcomes.spend_draws(rows) / 100
        return found

    def _whole_worth(self, options: Rows, assets: Flags) -> Floats:
        """Return what any choice of options and assets is worth in every draw."""
        own = summed(map(self._worth, in_turn(options)), self.n_draws)
        return own + float(self._prepared.problem.asset_worth[assets].sum())

    def outcome(self, plan: Solution) -> Outcome:
        """Return how a plan does."""
        return self.of(plan.options, plan.assets)

    def running_cents(self, plan: Solution) -> int:
        """Return the running cost that the budget binds of a plan."""
        return self._prepared.running_cents(plan.options)

    def of(self, options: Rows, assets: Flags) -> Outcome:
        """Return how any choice of options and assets does."""
        self.learn([options])
        problem = self._prepared.problem
        bought = float(problem.asset_cents[assets].sum()) / 100
        return Outcome(
            owners=problem.owner[options],
            success=self._success(options),
            worth=self._whole_worth(options, assets),
            spend=summed(map(self._spend, in_turn(options)), self.n_draws) + bought,
        )

    def objective(self, options: Rows, assets: Flags) -> float:
        """Return the objective of any choice, risk measure included.

        An expectation of what is committed takes chances from these draws and prices at their
        means, as what is committed does.
        """
        risk = self._prepared.problem.risk
        if risk.kind != "expected":
            self.learn([options])
            return risk_value(self._whole_worth(options, assets), risk)
        return self.expectation(options, assets)

    def expectation(self, options: Rows, assets: Flags) -> float:
        """Return the objective of any choice without the risk measure."""
        if self._prepared.portfolio.mode is not Mode.COMMIT:
            return self._mean(options, assets)
        owned = float(self._prepared.problem.asset_worth[assets].sum())
        kind = self._prepared.objective
        if kind is Objective.ACCURACY:
            return self._mean(options, assets)
        return math.fsum([owned, *self._each(options, kind).values()])

    def _mean(self, options: Rows, assets: Flags) -> float:
        self.learn([options])
        return float(self._whole_worth(options, assets).mean())

    def expectations(self, options: Rows) -> Floats:
        """Return what the objective counts for each of some options, in rising order.

        In mode commit, without a measure of risk; shared assets are not counted.
        """
        self.learn([options])
        kind = self._prepared.objective
        pairs = zip(options.tolist(), self._chances(options), strict=True)
        return np.array([self._expected(option, chance, kind) for option, chance in pairs])

    def net_values(self, options: Rows) -> dict[int, float]:
        """Return the expected net value of each option chosen, shared assets not counted.

        By the place of its project in the portfolio. Where labelling stops at the target and net
        value is maximised, spend is that of these draws as well.
        """
        if self._prepared.portfolio.mode is Mode.COMMIT or (
            self._prepared.objective is not Objective.NET_VALUE
        ):
            return self._each(options, Objective.NET_VALUE)
        self.learn([options])
        means = [self._worth(some).mean(axis=1).tolist() for some in in_turn(options)]
        pairs = zip(options.tolist(), chain.from_iterable(means), strict=True)
        return {self._prepared.option(option).index: mean for option, mean in pairs}

    def _each(self, options: Rows, kind: Objective) -> dict[int, float]:
        """Return what an objective counts for each option, by the place of its project."""
        self.learn([options])
        pairs = zip(options.tolist(), self._chances(options), strict=True)
        return {
            self._prepared.option(option).index: self._expected(option, chance, kind)
            for option, chance in pairs
        }

    def _expected(self, option: int, chance: float, kind: Objective) -> float:
        """Return what an objective counts for an option that succeeds with some chance."""
        prepared, key = self._prepared, self._prepared.option(option)
        mine, project = prepared.options[key.index], prepared.portfolio.projects[key.index]
        if kind is Objective.TARGETS_MET:
            return chance
        start = 0 if mine.start is None else int(mine.start[key.row])
        present = float(present_factors(prepared.portfolio)[start])
        value, paid = chance * project.mean_value * present, 0.0
        if mine.life is not None:
            value, spent = self._lived(option, chance)
            paid = spent - float(mine.expected_running[key.row])
        if kind is Objective.VALUE:
            return value
        cost = float(mine.expected_value[key.row] - mine.expected_net_value[key.row])
        return value - cost - paid

    def _lived(self, option: int, chance: float) -> tuple[float, float]:
        """Return what an option is expected to earn and to pay in use on the audit's draws."""
        prepared, key = self._prepared, self._prepared.option(option)
        options, menu = prepared.options[key.index], prepared.menus[key.index]
        if options.life is None:
            return 0.0, 0.0
        if options.life.graded is None:
            life = options.life.take(np.array([key.row]))
            met = np.array([chance])
            return float(life.gross_at(met)[0]), float(life.running_at(met)[0])
        if option not in self._graded:
            way, draws = menu.way(options, key.row), prepared.posterior.audit_rows
            found = option_draws(menu.project, way, options, key.row, prepared.portfolio, draws)
            self._graded[option] = float(found.gross.mean()), float(found.running.mean())
        return self._graded[option]

    def projects(self, plan: Solution) -> list[str]:
        """Return the ids a plan funds, in file order."""
        funded = {self._prepared.layout.order[k] for k in self._owners(plan)}
        return [self._prepared.portfolio.projects[index].id for index in sorted(funded)]

    def _owners(self, plan: Solution) -> list[int]:
        return [int(owner) for owner in self._prepared.problem.owner[plan.options]]


def with_all_draws(prepared: Prepared) -> DecisionProblem:
    """Return the problem with the outcomes of every option on the solve's draws.

    The worth of each option stays what the plan counts, which is exact where prices are ranges.
    """
    if prepared.problem.outcomes is not None:
        return prepared.problem
    outcomes = pack_outcomes(
        prepared.groups(None), prepared.portfolio, prepared.objective, seed=prepared.seed
    )
    return replace(prepared.problem, outcomes=outcomes)
