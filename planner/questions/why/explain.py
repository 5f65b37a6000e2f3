"""Why is a project funded or not, what would change that, and what holds the whole plan?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.catalogue import Catalogue
from planner.domain.facts.explanation import Account, Firmness, Lever, LimitPrice, PlanAccount
from planner.domain.model.posterior import Posterior
from planner.domain.named_project import named_project
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.explanation import (
    BindingPrice,
    Explanation,
    Flip,
    PlanExplanation,
    Standing,
)
from planner.domain.results.infeasible import InfeasibleError
from planner.domain.results.plan import Decision, Plan
from planner.domain.vocabulary import Status, Verdict
from planner.domain.words.shifts import shift_source
from planner.offering.deadline import NEVER
from planner.offering.problem import DecisionProblem, Solution, Solver
from planner.offering.rules import skipped
from planner.planning.conflict.smallest import BUDGET
from planner.planning.decide import decide
from planner.planning.held_out import with_all_draws
from planner.planning.nearby.narrowed import narrowed
from planner.planning.plan import plan_of, scene_of
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.barred import barred_by, possible_options
from planner.planning.reasons.budget_price import budget_price
from planner.planning.reasons.dropped_limits import Limit, limits_of, may_gain
from planner.planning.reasons.runner_up import runner_up
from planner.questions.why.beside import beside_fields
from planner.questions.why.contributions import contributions
from planner.questions.why.core_index import (
    CORE,
    EXTERIOR,
    coefficient_draws,
    core_indices,
    solves_each_state,
    standing,
)
from planner.questions.why.crossover import break_evens, crossovers
from planner.questions.why.flips import flips, is_funded
from planner.questions.why.holdings import plan_tornado, project_tornado

__all__ = ["build_explanation", "build_plan_explanation"]

MOST_LIMITS_TRIED, MOST_LIMITS_DROPPED = 8, 30
MOST_IN_DOUBT = 3
SHOWN_PRICE = 1e-9
FEW_PROJECTS = 40
"""Up to so many every limit is dropped once, and it is solved whether any plan funds a project."""


@dataclass(frozen=True, eq=False)
class _Case:
    """A portfolio with what is chosen, and what says that no plan funds a project."""

    prepared: Prepared
    solution: Solution
    barred: Mapping[int, tuple[str, ...]]

    @cached_property
    def narrowed(self) -> Prepared:
        """The portfolio for plans without one of its limits: few options where draws matter."""
        if self.prepared.has_one_budget:
            return self.prepared
        return narrowed(self.prepared, self.solution)

    @property
    def currency(self) -> str:
        return self.prepared.portfolio.currency


def build_explanation(
    portfolio: Portfolio,
    project_id: str,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    seed: int = 0,
) -> Explanation:
    """Explain the decision on one project.

    Parameters
    ----------
    portfolio : Portfolio
        With a budget.
    project_id : str
        Which project.
    posterior, catalogue, seed : optional
        As for the plan that is explained.

    Raises
    ------
    InputError
        No such project.
    InfeasibleError
        No plan keeps all rules, so that there is no decision to explain.
    """
    project = named_project(portfolio, project_id)
    prepared, solution = _solved(portfolio, posterior, catalogue, seed)
    index = portfolio.projects.index(project)
    price = budget_price(prepared, solution) or 0.0
    scene = scene_of(prepared, solution, price, NEVER)
    decision, _ = decide(scene, index)
    left_out = prepared.layout.picks(solution.options).count(None)
    no = [index] if decision.verdict is Verdict.NO_GO else []
    case = _Case(prepared, solution, _barred(prepared, no, left_out))
    found = () if _is_skipped(case, index) else flips(prepared, solution, index)
    place = prepared.layout.place[index]
    indices, solved = _core(case)
    core = float(indices[place])
    second = None if index in case.barred else runner_up(prepared, solution, index)
    return Explanation(
        portfolio=portfolio.name,
        currency=portfolio.currency,
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        inputs_sha256=portfolio.inputs_sha256,
        project=project_id,
        verdict=decision.verdict,
        account=_account(case, index, decision, found, core, solved=solved),
        flips=found,
        runner_up=second,
        binding=tuple(_binding(case, index)),
        core_index=core,
        standing=standing(core),
        tornado=project_tornado(prepared, solution, index),
        crossovers=crossovers(prepared, index),
        break_evens=break_evens(prepared, index),
        contributions=contributions(scene, index, decision),
        beside=beside_fields(prepared, index, scene.picks[index]),
        published_shift=shift_source(project.shift),
    )


def build_plan_explanation(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, *, seed: int = 0
) -> PlanExplanation:
    """Explain the whole plan: limits with their prices, how firm each project stands, a tornado.

    Raises
    ------
    InfeasibleError
        No plan keeps all rules, so that there is none to explain.
    """
    prepared, solution = _solved(portfolio, posterior, catalogue, seed)
    plan = plan_of(prepared, solution)
    no = [k for k, one in enumerate(plan.decisions) if one.verdict is Verdict.NO_GO]
    case = _Case(prepared, solution, _barred(prepared, no, len(no)))
    core, _ = _core(case)
    order = case.prepared.layout.order
    by_file = {index: float(core[place]) for place, index in enumerate(order)}
    return PlanExplanation(
        portfolio=portfolio.name,
        currency=portfolio.currency,
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        inputs_sha256=portfolio.inputs_sha256,
        account=_plan_account(plan, by_file),
        binding=tuple(_prices(case, plan.budget.shadow_price)),
        standings=tuple(
            Standing(one.project, one.verdict, by_file[index], standing(by_file[index]))
            for index, one in enumerate(plan.decisions)
        ),
        tornado=plan_tornado(
            case.prepared,
            case.solution,
            plan.audit.held_out_expected if plan.audit else None,
        ),
    )


def _solved(
    portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, seed: int
) -> tuple[Prepared, Solution]:
    """Return the portfolio with what is chosen, or say why there is no plan to explain."""
    prepared = prepare(portfolio, posterior, catalogue, seed=seed)
    solution = solve_prepared(prepared)
    if solution.status is Status.INFEASIBLE:
        raise InfeasibleError(plan_of(prepared, solution))
    return prepared, solution


def _barred(
    prepared: Prepared, asked: Sequence[int], left_out: int
) -> Mapping[int, tuple[str, ...]]:
    """Return what says that no plan funds a project, of those asked for of which that is so."""
    return {
        index: names
        for index in asked
        if len(prepared.options[index])
        and (names := barred_by(prepared, index, solves=left_out <= FEW_PROJECTS))
    }


def _core(case: _Case) -> tuple[Floats, bool]:
    """Return the core index of each project of the problem, and whether it is solved for."""
    posterior, problem = case.prepared.posterior, with_all_draws(case.prepared)
    coefficients = coefficient_draws(posterior, posterior.solve_rows)
    possible = [possible_options(case.prepared, index) for index in case.prepared.layout.order]
    index = core_indices(
        problem,
        coefficients,
        _solver,
        case.solution,
        possible=np.concatenate([np.zeros(0, dtype=np.bool_), *possible]),
    )
    for place, project in enumerate(case.prepared.layout.order):
        if project in case.barred:
            index[place] = 0.0
    return index, solves_each_state(problem)


def _solver(problem: DecisionProblem) -> Solver:
    from planner.solving.solver import PortfolioSolver

    return PortfolioSolver(problem)


def _is_skipped(case: _Case, index: int) -> bool:
    """Whether a rule alone decides: no price, value or budget could."""
    menu = case.prepared.menus[index]
    return menu.project.id in skipped(case.prepared.portfolio.rules)


def _account(
    case: _Case, index: int, decision: Decision, found: Sequence[Flip], core: float, *, solved: bool
) -> Account:
    """Return what one paragraph a manager can repeat is made from."""
    if decision.reason is None:
        message = "a plan that was just made has the reasons of its decisions"
        raise LookupError(message)
    return Account(
        reason=decision.reason,
        is_ruled=_is_skipped(case, index),
        levers=tuple(Lever(flip.quantity) for flip in found if flip.at is not None),
        was_tried=bool(found),
        core_index=core,
        firmness=standing(core),
        bounds=(CORE, EXTERIOR),
        is_solved=solved,
        currency=case.currency,
    )


def _binding(case: _Case, index: int) -> Iterator[str]:
    """Yield what binds the decision: limits without any one of which it would be another one.

    Each is dropped and the plan made again. Where no single one decides, limits that keep the
    project out together.
    """
    funded = is_funded(case.prepared, case.solution, index)
    limits = list(limits_of(case.narrowed, case.solution))
    limits = [one for one in limits if may_gain(case.prepared, case.solution, one)]
    limits.sort(key=lambda limit: not limit.concerns(case.prepared, index))
    names = []
    for limit in limits[:MOST_LIMITS_TRIED]:
        gain, without = limit.gain(case.solution)
        if gain > 0 and without.funds(index) != funded:
            names.append(limit.name)
    yield from names or case.barred.get(index, ())


def _prices(case: _Case, price: float) -> Iterator[BindingPrice]:
    """Yield what one more unit of each limit is worth, dearest first within each kind."""
    if price > SHOWN_PRICE:
        yield _binding_price(case, BUDGET, price, is_marginal=True)
    found = [_price(case, limit) for limit in _priced_limits(case)]
    yield from sorted((one for one in found if one is not None), key=lambda one: -one.price)


def _priced_limits(case: _Case) -> list[Limit]:
    """Return the limits that are worth a solve: in large portfolios those with a dual price."""
    limits = [one for one in limits_of(case.narrowed, case.solution) if one.name != BUDGET]
    limits = [one for one in limits if may_gain(case.prepared, case.solution, one)]
    if case.prepared.has_one_budget or len(case.prepared.menus) <= FEW_PROJECTS:
        return limits[:MOST_LIMITS_DROPPED]
    return [one for one in limits if _dual(case, one.name) > SHOWN_PRICE][:MOST_LIMITS_TRIED]


def _price(case: _Case, limit: Limit) -> BindingPrice | None:
    """Return what a limit costs the plan; None where the plan is as good without it."""
    gain, _ = limit.gain(case.solution)
    if gain <= 0:
        return None
    price = 100 * _dual(case, limit.name)  # rows of money count cents
    if limit.rule is None and price > SHOWN_PRICE:
        return _binding_price(case, limit.name, price, is_marginal=True)
    return _binding_price(case, limit.name, gain, is_marginal=False)


def _binding_price(case: _Case, name: str, price: float, *, is_marginal: bool) -> BindingPrice:
    return BindingPrice(
        LimitPrice(
            name=name,
            price=price,
            is_marginal=is_marginal,
            objective=case.prepared.objective,
            is_measured=case.prepared.problem.risk.kind != "expected",
            currency=case.currency,
        )
    )


def _dual(case: _Case, name: str) -> float:
    """Return the largest dual price of the rows of a limit."""
    rows = zip(case.prepared.problem.rows, case.solution.row_prices.tolist(), strict=False)
    return max((price for row, price in rows if row.rule == name), default=0.0)


def _plan_account(plan: Plan, core: Mapping[int, float]) -> PlanAccount:
    """Return how much of the plan is firm, and where effort belongs."""
    decisions = plan.decisions
    doubtful = sorted(core, key=lambda index: abs(core[index] - 0.5))
    named = [i for i in doubtful if standing(core[i]) is Firmness.BORDERLINE][:MOST_IN_DOUBT]
    return PlanAccount(
        funded=sum(one.verdict is not Verdict.NO_GO for one in decisions),
        committed=plan.budget.committed,
        firmness=tuple(standing(core[index]) for index in core),
        in_doubt=tuple(decisions[index].project for index in named),
        currency=plan.currency,
    )
