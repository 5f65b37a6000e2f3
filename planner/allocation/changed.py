"""The same prepared portfolio with one input of one project, or the budget, changed.

Levels of images and everything about the other projects stay as they are, so that a changed plan
differs because of the change alone.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.allocation.build_problem import build_layout, needs_draws, plan_options
from planner.allocation.options import Menu
from planner.allocation.prepare import Prepared
from planner.allocation.pricing import Priced, Terms, merged, price_way
from planner.allocation.variants import present_factors, starts
from planner.costing.data import committed_data_cents
from planner.domain.portfolio import Rule
from planner.domain.project import Project
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import Mode

__all__ = [
    "at_budget",
    "at_label_price",
    "at_target_error",
    "at_value",
    "scaled_price",
    "with_project",
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
    """Return the portfolio without one of its rules; levels and thresholds stay."""
    rules = tuple(one for one in prepared.portfolio.rules if one != rule)
    portfolio = replace(prepared.portfolio, rules=rules)
    return _rebuilt(replace(prepared, portfolio=portfolio), prepared.menus)


def with_project(prepared: Prepared, index: int, project: Project) -> Prepared:
    """Return the portfolio with a project changed; prices and chances follow."""
    menu = prepared.menus[index]
    old = menu.project
    projects = list(prepared.portfolio.projects)
    projects[index] = project
    portfolio = replace(prepared.portfolio, projects=tuple(projects))
    moved = replace(prepared, portfolio=portfolio)
    same_chances = project.error_target == old.error_target
    if same_chances and portfolio.mode is not Mode.STOP_WHEN_REACHED:
        changed = _repriced(menu, project, moved)
    else:
        changed = _forecast_again(menu, project, moved)
    menus = list(prepared.menus)
    menus[index] = changed
    return _rebuilt(moved, menus)


def _rebuilt(prepared: Prepared, menus: Sequence[Menu]) -> Prepared:
    options = plan_options(menus, prepared.portfolio)
    return replace(
        prepared,
        menus=tuple(menus),
        options=options,
        layout=build_layout(options, prepared.portfolio),
    )


def _repriced(menu: Menu, project: Project, prepared: Prepared) -> Menu:
    """Return the menu with label price and value of the project; chances stay."""
    options = menu.priced
    field = f"projects[{project.id}].images.price"
    data = committed_data_cents(project.images, options.images_to_buy, field)
    present = present_factors(prepared.portfolio)
    start = np.zeros(len(options), dtype=np.int64) if options.start is None else options.start
    priced = replace(
        options,
        data_cents=data,
        expected_value=options.chance * (project.value or 0.0) * present[start],
    )
    if options.expected_cost is not None:
        priced = replace(priced, expected_cost=priced.total_cents / 100 * present[start])
    return replace(menu, project=project, priced=priced)


def _forecast_again(menu: Menu, project: Project, prepared: Prepared) -> Menu:
    """Return the menu with every option priced and judged again, at the same levels of images."""
    portfolio = prepared.portfolio
    terms = Terms(
        compute=portfolio.compute,
        stops=portfolio.mode is Mode.STOP_WHEN_REACHED,
        present=present_factors(portfolio),
        keeps_draws=needs_draws(portfolio),
        seed=prepared.seed,
    )
    levels = np.unique(menu.priced.images_total)
    periods = starts(project, portfolio)
    parts: list[Priced] = [
        price_way(project, menu.ways, number, levels, periods, terms)
        for number in range(len(menu.ways))
    ]
    every = merged(parts)
    return replace(menu, project=project, priced=every.options, success=every.success)
