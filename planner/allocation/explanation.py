"""Why is a project funded or not, what would change that, and what holds the whole plan?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.allocation.changed import without_rule
from planner.allocation.core_index import CORE, EXTERIOR, coefficient_draws, core_indices, standing
from planner.allocation.flips import flips, is_funded, is_funded_in
from planner.allocation.held_out import with_all_draws
from planner.allocation.holdings import plan_tornado, project_tornado
from planner.allocation.plan import plan_of
from planner.allocation.prepare import Prepared, prepare, solve_prepared
from planner.allocation.problem import Floats, Problem, Solution, Solver
from planner.allocation.runner_up import runner_up
from planner.domain.catalogue import Catalogue
from planner.domain.explanation import (
    BindingPrice,
    Explanation,
    Flip,
    PlanExplanation,
    Standing,
)
from planner.domain.format import figure, money, percent
from planner.domain.named_project import named_project
from planner.domain.plan import Decision, Plan
from planner.domain.portfolio import Portfolio, Require, Rule, UnitShare
from planner.domain.posterior import Posterior
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.errors import InfeasibleError

__all__ = ["build_explanation", "build_plan_explanation"]

MOST_RULES_TRIED = 6
TARGETS_PER = 1_000.0
"""Money for which targets are told: one unit buys too small a part of one to be read."""
SHOWN_PRICE = 1e-9
MOST_RULES_DROPPED, SMALLEST_GAIN = 30, 1e-6


@dataclass(frozen=True, eq=False)
class _Case:
    """A portfolio with its plan."""

    prepared: Prepared
    solution: Solution
    plan: Plan

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
    case = _case(portfolio, posterior, catalogue, seed)
    index = portfolio.projects.index(project)
    decision = case.plan.decisions[index]
    prepared, solution = case.prepared, case.solution
    barred = _barred(case, index)
    found = () if barred else flips(prepared, solution, index)
    place = prepared.layout.order.index(index)
    core = float(_core(case)[place])
    second = runner_up(prepared, solution, index)
    return Explanation(
        portfolio=portfolio.name,
        currency=portfolio.currency,
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        inputs_sha256=portfolio.inputs_sha256,
        project=project_id,
        verdict=decision.verdict,
        text=_paragraph(decision, found, core, barred),
        flips=found,
        runner_up=second,
        binding=tuple(_binding(case, index, found)),
        core_index=core,
        standing=standing(core),
        tornado=project_tornado(prepared, solution, index),
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
    case = _case(portfolio, posterior, catalogue, seed)
    core = _core(case)
    order = case.prepared.layout.order
    by_file = {index: float(core[place]) for place, index in enumerate(order)}
    return PlanExplanation(
        portfolio=portfolio.name,
        currency=portfolio.currency,
        model={"name": posterior.name, "sha256": posterior.sha256},
        seed=seed,
        inputs_sha256=portfolio.inputs_sha256,
        text=_plan_paragraph(case, by_file),
        binding=tuple(_prices(case)),
        standings=tuple(
            Standing(one.project, one.verdict, by_file[index], standing(by_file[index]))
            for index, one in enumerate(case.plan.decisions)
        ),
        tornado=plan_tornado(case.prepared, case.solution),
    )


def _case(portfolio: Portfolio, posterior: Posterior, catalogue: Catalogue, seed: int) -> _Case:
    """Return the portfolio with its plan, or say why there is none to explain."""
    prepared = prepare(portfolio, posterior, catalogue, seed=seed)
    solution = solve_prepared(prepared)
    plan = plan_of(prepared, solution)
    if solution.status is Status.INFEASIBLE:
        raise InfeasibleError(plan)
    return _Case(prepared, solution, plan)


def _core(case: _Case) -> Floats:
    """Return the core index of each project of the problem."""
    posterior = case.prepared.posterior
    coefficients = coefficient_draws(posterior, posterior.solve_rows)
    return core_indices(with_all_draws(case.prepared), coefficients, _solver, case.solution)


def _solver(problem: Problem) -> Solver:
    from planner.allocation.engine import PortfolioSolver

    return PortfolioSolver(problem)


def _barred(case: _Case, index: int) -> bool:
    """Whether a rule alone decides: no price, value or budget could."""
    return len(case.prepared.options[index]) == 0 and not _has_levels(case, index)


def _has_levels(case: _Case, index: int) -> bool:
    """Whether the project would have options under another target."""
    from planner.allocation.rules import skipped

    menu = case.prepared.menus[index]
    return menu.project.id not in skipped(case.prepared.portfolio.rules)


def _paragraph(decision: Decision, found: Sequence[Flip], core: float, barred: bool) -> str:
    """Return one paragraph a manager can repeat."""
    parts = [decision.why]
    if barred:
        parts.append("No price, value, target or budget changes that while the rule stands.")
    levers = [flip for flip in found if flip.at is not None]
    if levers:
        parts.append(f"What would change it: {', '.join(flip.quantity for flip in levers)}.")
    elif found:
        parts.append("Nothing that was tried alone changes the decision.")
    words = {
        "core": "it stands firmly in",
        "borderline": "it stands on the border",
        "exterior": "it stands firmly out",
    }[standing(core)]
    share = percent(core, against=[CORE, EXTERIOR])
    parts.append(
        f"The plan best for a state of the model funds it in {share} of the states: {words}."
    )
    return " ".join(parts)


def _binding(case: _Case, index: int, found: Sequence[Flip]) -> Iterator[str]:
    """Yield what binds the decision: the budget, and rules without which it would be another one.

    Rules are tested by solving the plan without each.
    """
    funded = is_funded(case.prepared, case.solution, index)
    budget = [flip for flip in found if flip.quantity == "budget"]
    if budget and budget[0].at is not None and not funded:
        yield "budget"
    tried = [rule for rule in case.prepared.portfolio.rules if _concerns(rule, case, index)]
    for rule in tried[:MOST_RULES_TRIED]:
        without = without_rule(case.prepared, rule)
        if is_funded_in(without, index, exact=case.prepared.is_plain) != funded:
            yield rule.name


def _concerns(rule: Rule, case: _Case, index: int) -> bool:
    """Whether a rule names the project, or its business unit."""
    project = case.prepared.menus[index].project
    if isinstance(rule, UnitShare):
        return rule.unit == project.unit
    if isinstance(rule, Require):
        return project.id in (rule.project, rule.needs)
    named = getattr(rule, "projects", None)
    return project.id in (named if named is not None else (getattr(rule, "project", ""),))


def _prices(case: _Case) -> Iterator[BindingPrice]:
    """Yield what one more unit of each limit is worth, dearest first within each kind."""
    price = case.solution.budget_price
    if price > SHOWN_PRICE:
        text = (
            f"Budget: {_more_money(case)} adds about {_worth_of_money(case, price)}, at the margin."
        )
        yield BindingPrice("budget", price, text)
    if case.prepared.is_plain:
        yield from _gains_without_rules(case)
        return
    by_rule: dict[str, float] = {}
    for row, amount in zip(case.prepared.problem.rows, case.solution.row_prices, strict=True):
        if row.rule and amount > SHOWN_PRICE:
            by_rule[row.rule] = max(by_rule.get(row.rule, 0.0), float(amount))
    for name, amount in sorted(by_rule.items(), key=lambda item: -item[1]):
        in_money = name.startswith("periods[")
        worth = 100 * amount if in_money else amount  # those rows count cents
        added = _worth_of_money(case, worth) if in_money else _worth(case, worth)
        step = _more_money(case) if in_money else "one step looser"
        text = f"{name}: {step} adds about {added}."
        yield BindingPrice(name, worth, text)


def _more_money(case: _Case) -> str:
    """Return the amount whose worth is told: one unit, or a thousand where targets are counted."""
    counts = case.prepared.objective is Objective.TARGETS_MET
    return f"{money(TARGETS_PER if counts else 1, case.currency)} more"


def _worth_of_money(case: _Case, price: float) -> str:
    """Return what that amount adds at a price for one unit."""
    counts = case.prepared.objective is Objective.TARGETS_MET
    return _worth(case, TARGETS_PER * price if counts else price)


def _worth(case: _Case, amount: float) -> str:
    """Return an amount of what the objective counts."""
    if case.prepared.objective is Objective.TARGETS_MET:
        return f"{figure(amount)} expected targets met"
    kind = "value" if case.prepared.objective is Objective.VALUE else "net value"
    measured = case.prepared.problem.risk.kind != "expected"
    of = f"{kind}, its risk measure included" if measured else f"expected {kind}"
    return f"{case.currency} {figure(amount)} of {of}"


def _gains_without_rules(case: _Case) -> Iterator[BindingPrice]:
    """Yield what the plan would gain without each rule, by solving it so; most first."""
    found = []
    for rule in case.prepared.portfolio.rules[:MOST_RULES_DROPPED]:
        freer = solve_prepared(without_rule(case.prepared, rule))
        gain = freer.value - case.solution.value
        if gain > SMALLEST_GAIN * max(1.0, abs(case.solution.value)):
            text = f"{rule.name}: without it the plan would gain {_worth(case, gain)}."
            found.append(BindingPrice(rule.name, gain, text))
    yield from sorted(found, key=lambda one: -one.price)


def _plan_paragraph(case: _Case, core: dict[int, float]) -> str:
    """Return how much of the plan is firm, and where effort belongs."""
    decisions = case.plan.decisions
    funded = [one.project for one in decisions if one.verdict is not Verdict.NO_GO]
    kinds = dict.fromkeys(("core", "borderline", "exterior"), 0)
    for index in core:
        kinds[standing(core[index])] += 1
    doubtful = sorted(core, key=lambda index: abs(core[index] - 0.5))
    named = [decisions[i].project for i in doubtful if standing(core[i]) == "borderline"][:3]
    where = f" Most in doubt: {', '.join(named)}." if named else ""
    committed = money(case.solution.committed_cents / 100, case.currency)
    return (
        f"The plan funds {len(funded)} of {len(decisions)} projects for "
        f"{committed}. {kinds['core']} projects are core, {kinds['borderline']} borderline and "
        f"{kinds['exterior']} exterior.{where}"
    )
