"""The same prepared portfolio with one input of one project, or the budget, changed.

Everything about the other projects stays as it is; the options of a changed project are those that
a file with the change would offer. So the changed plan is the one that such a file would get.
"""

from dataclasses import replace

from planner.domain.portfolio.portfolio import Committed, Fund, Rule
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range
from planner.economics.amounts import total_budget_cents
from planner.offering.build_problem import needs_draws
from planner.offering.options import released, remade, terms_of
from planner.planning.budgets import dearest_spend
from planner.planning.prepare import Prepared

__all__ = [
    "at_budget",
    "at_label_price",
    "at_target_error",
    "at_value",
    "scaled_price",
    "with_project",
    "without_period_limit",
    "without_rule",
]


def at_budget(prepared: Prepared, cents: int) -> Prepared:
    """Return the portfolio with another total budget."""
    portfolio = replace(prepared.portfolio, budget=cents / 100)
    return replace(prepared, portfolio=portfolio, budget_cents=cents)


def at_label_price(prepared: Prepared, index: int, price: float) -> Prepared:
    """Return the portfolio with another mean label price; a range keeps its relative width."""
    project = prepared.menus[index].project
    images = replace(project.images, price=scaled_price(project.images.price, price))
    return with_project(prepared, index, replace(project, images=images))


def scaled_price(price: Amount, mean: float) -> Amount:
    """Return a price with another mean: a range of the same relative width, or the number."""
    if not isinstance(price, Range) or mean <= 0:
        return mean
    factor = mean / price.lognormal_mean
    return Range(price.p10 * factor, price.p90 * factor)


def at_value(prepared: Prepared, index: int, value: float) -> Prepared:
    """Return the portfolio with another value of a project."""
    project = prepared.menus[index].project
    return with_project(prepared, index, replace(project, value=value))


def at_target_error(prepared: Prepared, index: int, error: float) -> Prepared:
    """Return the portfolio with another target error of a project."""
    project = prepared.menus[index].project
    targets = {"target_accuracy": None, "target_error": error, "target_iou": None}
    return with_project(prepared, index, replace(project, **targets))  # type: ignore[arg-type]


def without_rule(prepared: Prepared, rule: Rule) -> Prepared:
    """Return the portfolio without one of its rules.

    A project that the rule decided on, or demanded, has the options that a file without it offers.
    """
    rules = tuple(one for one in prepared.portfolio.rules if one != rule)
    portfolio = replace(prepared.portfolio, rules=rules)
    terms = terms_of(portfolio, prepared.seed, keeps_draws=needs_draws(portfolio))
    named: tuple[str, ...] = (rule.project,) if isinstance(rule, Committed) else ()
    named = rule.projects if isinstance(rule, Fund) else named
    menus = [
        released(menu, portfolio, terms) if menu.project.id in named else menu
        for menu in prepared.menus
    ]
    return replace(prepared, portfolio=portfolio).with_menus(menus)


def without_period_limit(prepared: Prepared, period: str) -> Prepared:
    """Return the portfolio with a budget of one of its periods that never binds."""
    enough = (dearest_spend(prepared.problem) + 100) / 100
    periods = tuple(
        replace(one, budget=max(one.budget, enough)) if one.id == period else one
        for one in prepared.portfolio.periods
    )
    portfolio = replace(prepared.portfolio, periods=periods)
    moved = replace(prepared, portfolio=portfolio, budget_cents=total_budget_cents(portfolio) or 0)
    return moved.with_menus(prepared.menus)


def with_project(prepared: Prepared, index: int, project: Project) -> Prepared:
    """Return the portfolio with a project's target, value or price changed.

    Its options are those that a file with these numbers would offer.
    """
    projects = list(prepared.portfolio.projects)
    projects[index] = project
    portfolio = replace(prepared.portfolio, projects=tuple(projects))
    terms = terms_of(portfolio, prepared.seed, keeps_draws=needs_draws(portfolio))
    menus = list(prepared.menus)
    menus[index] = remade(menus[index], project, portfolio, terms)
    return replace(prepared, portfolio=portfolio).with_menus(menus)
