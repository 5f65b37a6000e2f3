"""A portfolio made ready to be solved any number of times, and draws to judge what comes out.

::

    prepared = prepare(portfolio, posterior, catalogue, seed=0)
    solution = solve_prepared(prepared)
    plan = plan_of(prepared, solution)  # planner.planning.plan

Every option of ``prepared.problem`` maps back to a project, architecture, images, start and shared
assets through :meth:`Prepared.option`; any choice is judged on the audit's draws by
:class:`planner.planning.held_out.HeldOut`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner._journal import note
from planner.domain.arrays import Rows
from planner.domain.catalogue import Catalogue
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.economics.amounts import total_budget_cents
from planner.forecasting.forecast import Forecast, ForecastOf, build_forecast
from planner.offering.build_problem import (
    Layout,
    build_layout,
    build_problem,
    has_one_budget,
    needs_draws,
    plan_options,
)
from planner.offering.effort import USUAL, Allowance
from planner.offering.menus.in_turn import MOST_AT_ONCE, BlockWork, price_in_blocks
from planner.offering.objective import require_plannable, resolve_objective
from planner.offering.options import Menu, MenuMaker, build_menus
from planner.offering.outcomes import PackedOutcomes, in_turn, summed
from planner.offering.packing import PackedGroup, pack_outcomes
from planner.offering.problem import DecisionProblem, Solution, Solver, Start
from planner.planning.budgets import dearest_spend
from planner.planning.hold import solve_held
from planner.planning.nearby.known_plan import KnownPlan
from planner.tasks import SERIAL, Tasks

OF_THE_FILE = frozenset(("name", "budget", "pilot_budget", "risk", "projects", "inputs_sha256"))
"""Fields of a portfolio on which what a project is offered does not depend."""
MOST_MEASURED = 60
"""Projects up to which success in every draw is kept, so that runs can be valued beside a plan."""


@dataclass(frozen=True)
class OptionKey:
    """What one option of the problem is.

    Attributes
    ----------
    index : int
        Place of the project in the file.
    row : int
        Option of the project: of ``Prepared.options[index]``.
    project, architecture : str
        Id and name.
    images : int
        Total images.
    start : str or None
        Period.
    uses : tuple of str
        Shared assets.
    """

    index: int
    row: int
    project: str
    architecture: str
    images: int
    start: str | None
    uses: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A portfolio with its options priced, ready to be solved.

    Attributes
    ----------
    portfolio, posterior, catalogue, seed : optional
        What was asked.
    objective : Objective
        Asked for, or implied by the values.
    menus : sequence of Menu
        Everything priced, in file order.
    options : tuple of ProjectOptions
        What may be chosen, in file order; none of projects that a rule skips.
    layout : Layout
        Where options and shared assets stand in ``problem``.
    budget_cents : int
        What binds in total: the budget, or all periods together.
    near : KnownPlan or None
        A plan of nearly the same portfolio, where searches begin.
    forecast_of : ForecastOf
        Who forecasts a project.
    """

    portfolio: Portfolio
    posterior: Posterior
    catalogue: Catalogue
    seed: int
    objective: Objective
    menus: Sequence[Menu]
    options: tuple[ProjectOptions, ...]
    layout: Layout
    budget_cents: int
    near: KnownPlan | None = None
    forecast_of: ForecastOf = build_forecast

    @property
    def has_one_budget(self) -> bool:
        """Whether an expectation is maximised under one budget and rules about projects alone."""
        return has_one_budget(self.portfolio)

    @cached_property
    def problem(self) -> DecisionProblem:
        """The decision in arrays, with the solve's draws where a measure of risk needs them."""
        outcomes = None
        if needs_draws(self.portfolio):
            outcomes = pack_outcomes(
                self.groups(None), self.portfolio, self.objective, seed=self.seed
            )
        return build_problem(self.portfolio, self.options, self.layout, self.objective, outcomes)

    @cached_property
    def solver(self) -> Solver:
        """Of ``problem``; keeps what one solve learns for the next."""
        from planner.solving.solver import PortfolioSolver

        return PortfolioSolver(self.problem, self.worth_draws, start=self._start)

    @cached_property
    def free_solver(self) -> Solver:
        """Of ``problem`` without a bound on random spend."""
        from planner.solving.solver import PortfolioSolver

        return PortfolioSolver(replace(self.problem, spend=None), start=self._start)

    @property
    def _start(self) -> Start | None:
        if self.near is None:
            return None
        return self.near.start(self.menus, self.options, self.layout)

    def with_menus(self, menus: Sequence[Menu]) -> "Prepared":
        """Return the portfolio with other options on offer."""
        options = plan_options(menus, self.portfolio)
        layout = build_layout(options, self.portfolio)
        return replace(self, menus=tuple(menus), options=options, layout=layout)

    @cached_property
    def audit_outcomes(self) -> PackedOutcomes:
        """Outcomes of all options on the draws that the solve never sees."""
        return audit_outcomes(self)

    @cached_property
    def audit_problem(self) -> DecisionProblem:
        """The same decision on the draws that the solve never sees, all options with outcomes."""
        return build_problem(
            self.portfolio, self.options, self.layout, self.objective, self.audit_outcomes
        )

    def worth_draws(self, chosen: Rows) -> NDArray[np.float64]:
        """Return what options are worth together in each of the solve's draws, assets left out."""
        outcomes = self.problem.outcomes
        if outcomes is not None:
            return summed(map(outcomes.worth_draws, in_turn(chosen)), outcomes.n_draws)
        if len(chosen) == 0:
            return np.zeros(1)
        return summed(map(self._worth_of, in_turn(chosen)), 1)

    def _worth_of(self, chosen: Rows) -> NDArray[np.float64]:
        """Return what each of some options is worth in each of the solve's draws."""
        groups = self.groups(chosen)
        packed = pack_outcomes(groups, self.portfolio, self.objective, seed=self.seed)
        return packed.worth_draws(np.arange(len(chosen), dtype=np.int64))

    def option(self, number: int) -> OptionKey:
        """Return what an option of ``problem`` is."""
        place = int(np.searchsorted(self.layout.first, number, side="right")) - 1
        index, row = self.layout.order[place], int(number - self.layout.first[place])
        options = self.options[index]
        periods = self.portfolio.periods
        start = 0 if options.start is None else int(options.start[row])
        way = 0 if options.use_index is None else int(options.use_index[row])
        return OptionKey(
            index=index,
            row=row,
            project=options.project,
            architecture=options.architecture(row),
            images=int(options.images_total[row]),
            start=periods[start].id if periods else None,
            uses=options.uses[way],
        )

    def running_cents(self, chosen: Rows) -> int:
        """Return the running cost that the budget binds of some options besides what they cost."""
        keys = [self.option(number) for number in chosen.tolist()]
        pairs = [(self.options[key.index], key.row) for key in keys]
        return sum(int(item.bound_cents[row] - item.total_cents[row]) for item, row in pairs)

    def numbers(self, index: int) -> Rows:
        """Return the numbers in ``problem`` of the options of a project of the file."""
        place = self.layout.place[index]
        return np.arange(*self.layout.first[place : place + 2].tolist(), dtype=np.int64)

    def groups(self, chosen: Rows | None) -> list[PackedGroup]:
        """Return some options of ``problem`` (all for None) by project, in its order."""
        if chosen is None:
            return [self._every(index) for index in self.layout.order]
        chosen = np.sort(chosen)
        place = np.searchsorted(self.layout.first, chosen, side="right") - 1
        found, begin = np.unique(place, return_index=True)
        rows = np.split(chosen - self.layout.first[place], begin[1:])
        mine = [self.layout.order[one] for one in found.tolist()]
        return [
            PackedGroup(self.menus[index], self.options[index].take(some))
            for index, some in zip(mine, rows[: len(mine)], strict=True)
        ]

    def _every(self, index: int) -> PackedGroup:
        """Return all options of a project of the file."""
        menu, options = self.menus[index], self.options[index]
        kept = menu.success is not None and len(options) > 0
        success = menu.success[menu.rows] if kept and menu.success is not None else None
        return PackedGroup(menu, options, success)


def prepare(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    forecast_of: ForecastOf = build_forecast,
    before: "Prepared | None" = None,
    tasks: Tasks = SERIAL,
) -> Prepared:
    """Forecast and price everything a plan may choose.

    What is on offer to projects that are as they were ``before``, in a file that differs in other
    projects, budget or risk alone, is taken from there; the answer is the same.

    Raises
    ------
    InputError
        No budget, no projects, or values missing that the objective needs.
    """
    require_plannable(portfolio)
    return prepare_unbudgeted(
        portfolio,
        posterior,
        catalogue,
        seed=seed,
        keeps_draws=_keeps_draws(portfolio, posterior),
        forecast_of=forecast_of,
        known=_as_before(before, portfolio, posterior, catalogue, seed, forecast_of),
        tasks=tasks,
    )


def _as_before(
    before: "Prepared | None",
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    seed: int,
    forecast_of: ForecastOf,
) -> dict[str, Menu]:
    """Return what was on offer to the projects that a change left as they were."""
    if before is None:
        return {}
    old = before.portfolio
    same = (
        before.posterior is posterior
        and before.forecast_of is forecast_of
        and before.seed == seed
        and before.catalogue == catalogue
        and len(old.projects) == len(portfolio.projects)
        and resolve_objective(old) is resolve_objective(portfolio)
        and _keeps_draws(old, posterior) == _keeps_draws(portfolio, posterior)
        and _but_projects(old) == _but_projects(portfolio)
    )
    if not same:
        return {}
    menus = {menu.project.id: menu for menu in before.menus}
    return {
        project.id: menus[project.id]
        for project in portfolio.projects
        if project.id in menus and menus[project.id].project == project
    }


def _but_projects(portfolio: Portfolio) -> list[object]:
    """Return all of a portfolio but what no other project's options depend on."""
    return [
        getattr(portfolio, item.name)
        for item in fields(portfolio)
        if item.compare and item.name not in OF_THE_FILE
    ]


def _keeps_draws(portfolio: Portfolio, posterior: Posterior) -> bool:
    return needs_draws(portfolio) or _may_measure(portfolio, posterior)


def _may_measure(portfolio: Portfolio, posterior: Posterior) -> bool:
    """Whether a plan may look for runs to make first, which asks for every option's draws."""
    return posterior.family == "saturating" and len(portfolio.projects) <= MOST_MEASURED


def prepare_unbudgeted(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
    keeps_draws: bool = False,
    forecast_of: ForecastOf = build_forecast,
    known: Mapping[str, Menu] | None = None,
    tasks: Tasks = SERIAL,
) -> Prepared:
    """Forecast and price everything, whether or not there is a budget to plan under.

    ``keeps_draws`` keeps the success of every option in each of the solve's draws; ``known`` is
    what is on offer to some projects, by their ids. ``tasks`` prices the projects of a large
    portfolio in blocks.
    """
    objective = resolve_objective(portfolio)
    menus: Sequence[Menu]
    if len(portfolio.projects) > MOST_AT_ONCE:
        maker = MenuMaker(portfolio, catalogue, seed, keeps_draws=keeps_draws)
        menus = price_in_blocks(BlockWork(maker, posterior, forecast_of), tasks, known or {})
    else:
        menus = build_menus(
            portfolio,
            build_forecasts(portfolio, posterior, catalogue, seed, forecast_of),
            catalogue,
            seed=seed,
            keeps_draws=keeps_draws,
            known=known,
        )
    options = plan_options(menus, portfolio)
    note("options priced", projects=len(menus), seed=seed)
    return Prepared(
        portfolio=portfolio,
        posterior=posterior,
        catalogue=catalogue,
        seed=seed,
        objective=objective,
        menus=menus,
        options=options,
        layout=build_layout(options, portfolio),
        budget_cents=total_budget_cents(portfolio) or 0,
        forecast_of=forecast_of,
    )


def build_forecasts(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    seed: int,
    forecast_of: ForecastOf = build_forecast,
) -> dict[str, Forecast]:
    """Return the forecast of each project by its id."""
    known = catalogue.architectures
    return {
        project.id: forecast_of(project, posterior, architectures=known, seed=seed)
        for project in portfolio.projects
    }


def audit_outcomes(prepared: Prepared, chosen: Rows | None = None) -> PackedOutcomes:
    """Return outcomes on the draws that the solve never sees.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    chosen : ndarray of int64, optional
        Increasing numbers of options of the problem; option k of the outcomes is ``chosen[k]``.
        All by default, which costs as much as pricing did.
    """
    return pack_outcomes(
        prepared.groups(chosen),
        prepared.portfolio,
        prepared.objective,
        seed=prepared.seed,
        held_out=True,
    )


def audit_spend(prepared: Prepared, chosen: Rows) -> NDArray[np.float64]:
    """Return the spend of some options together in each of the audit's draws, in cents."""
    if len(chosen) == 0:
        rows = prepared.posterior.audit_rows
        return np.zeros(len(range(*rows.indices(prepared.posterior.n_draws))))
    outcomes = audit_outcomes(prepared, chosen)
    return outcomes.spend_draws(np.arange(len(chosen), dtype=np.int64)).sum(axis=0)


def solve_prepared(
    prepared: Prepared,
    *,
    budget_cents: int | None = None,
    risk: RiskMeasure | None = None,
    gap: float | None = None,
    allowance: Allowance = USUAL,
) -> Solution:
    """Solve a prepared portfolio, or the same one under another budget or measure of risk.

    A bound on the chance of random spend is met on draws the solve never saw: see
    :mod:`planner.planning.hold`. Without a gap it stops where the draws tell plans apart no more.
    """
    if prepared.portfolio.hold is not None:
        return solve_held(
            prepared, budget_cents=budget_cents, risk=risk, gap=gap, allowance=allowance
        )
    return prepared.solver.solve(budget_cents=budget_cents, risk=risk, gap=gap, allowance=allowance)


def solve_freed(
    prepared: Prepared, *, gap: float | None = None, allowance: Allowance = USUAL
) -> Solution:
    """Solve a prepared portfolio without its total budget, and without a bound on random spend.

    Everything else stays: rules, budgets of periods, shared assets, measure of risk.
    """
    enough = dearest_spend(prepared.problem)
    if prepared.portfolio.hold is None:
        return solve_prepared(prepared, budget_cents=enough, gap=gap, allowance=allowance)
    return prepared.free_solver.solve(budget_cents=enough, gap=gap, allowance=allowance)
