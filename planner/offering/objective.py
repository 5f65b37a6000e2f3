"""What does the plan maximise, and does the input allow it?"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import (
    CarbonCap,
    Committed,
    Portfolio,
    Require,
    Rule,
    UnitShare,
)
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Mode, Objective
from planner.errors import InputError, Problem, bad_value

FIX_BUDGET = "--budget 120k"


def resolve_objective(portfolio: Portfolio) -> Objective:
    """Return the objective asked for, or the one that the values imply.

    Nothing asked: net value if any project has a value, else the expected number of targets met.

    Raises
    ------
    InputError
        ``net_value`` or ``value`` with values missing; names every project without one.
    """
    missing = [project for project in portfolio.projects if not project.has_worth]
    objective = portfolio.objective
    if objective is None:
        no_values = len(missing) == len(portfolio.projects)
        objective = Objective.TARGETS_MET if no_values else Objective.NET_VALUE
    if objective.in_money and missing:
        raise InputError(
            Problem(
                f"projects[{project.id}].value",
                f"is missing; the objective {objective} needs the value of every project.",
                "value: 100k, or --objective targets_met",
                portfolio.places.get(f"projects[{project.id}]", ""),
                "MISSING_VALUE",
            )
            for project in missing
        )
    return Objective(objective)


def objective_worth(options: ProjectOptions, objective: Objective) -> NDArray[np.float64]:
    """Return what the objective counts for each option.

    ``net_value``: expected net value. ``value``: expected gross value. ``targets_met``: chance of
    target, one for each project. ``accuracy``: by how much the error is expected to fall.
    """
    if objective is Objective.NET_VALUE:
        return options.expected_net_value
    if objective is Objective.VALUE:
        return options.expected_value
    if objective is Objective.TARGETS_MET or not len(options):
        return options.chance
    if options.errors_cut is None:
        message = "options were priced without what they cut off errors"
        raise ValueError(message)
    return options.errors_cut


def require_plannable(portfolio: Portfolio) -> None:
    """Raise with everything that keeps the portfolio from being planned.

    Raises
    ------
    InputError
        No projects, or no budget.
    """
    problems = [*_identity_problems(portfolio)]
    if not portfolio.projects:
        problems.append(Problem("projects", "there is no project to plan.", code="NO_PROJECTS"))
    if portfolio.budget is None and not portfolio.periods:
        message = "a plan needs a budget: the most that may be committed."
        problems.append(Problem("portfolio.budget", message, FIX_BUDGET, code="MISSING_BUDGET"))
    for field, budget in _budgets(portfolio):
        if not (math.isfinite(budget) and budget >= 0):
            message = f"got {budget!r}; a budget is a finite amount of at least 0."
            problems.append(Problem(field, message, FIX_BUDGET))
    if problems:
        raise InputError(problems)


def require_search_limits(gap: float | None, time_limit_s: float | None) -> None:
    """Raise unless gap and time limit, where asked for, are at least 0; neither may be NaN.

    Raises
    ------
    InputError
        Naming the flag.
    """
    for flag, number, fix in (("--gap", gap, "1e-4"), ("--time-limit", time_limit_s, "60")):
        if number is not None and not number >= 0:
            message = f"got {number!r}; expected a number of at least 0."
            raise bad_value(flag, message, f"{flag} {fix}")


def _identity_problems(portfolio: Portfolio) -> Iterator[Problem]:
    """Yield ids that are not unique and rules about projects that are not there.

    Files are checked when they are read; portfolios built in Python arrive here unchecked.
    """
    known: set[str] = set()
    for project in portfolio.projects:
        if project.id in known:
            message = "this id is used twice; ids are unique."
            yield Problem(f"projects[{project.id}].id", message, code="DUPLICATE_ID")
        known.add(project.id)
    for rule in portfolio.rules:
        named = _named(rule)
        for unknown in dict.fromkeys(id_ for id_ in named if id_ not in known):
            yield Problem(rule.name, f"there is no project {unknown!r}.", code="UNKNOWN_PROJECT")
    for asset in portfolio.shared:
        for unknown in dict.fromkeys(id_ for id_ in asset.members if id_ not in known):
            field = f"shared[{asset.id}].members"
            yield Problem(field, f"there is no project {unknown!r}.", code="UNKNOWN_PROJECT")
    yield from _period_problems(portfolio)


def _period_problems(portfolio: Portfolio) -> Iterator[Problem]:
    """Yield starts in periods that are not there, and a bound on spend that is certain."""
    periods = [period.id for period in portfolio.periods]
    for project in portfolio.projects:
        if project.earliest is not None and project.earliest not in periods:
            message = f"there is no period {project.earliest!r}."
            yield Problem(f"projects[{project.id}].earliest", message, code="UNKNOWN_PERIOD")
    if portfolio.hold is not None and portfolio.mode is not Mode.STOP_WHEN_REACHED:
        message = "in mode commit spend is certain, so the budget already holds."
        fix = "mode: stop_when_reached"
        yield Problem("portfolio.hold", message, fix, code="HOLD_WITHOUT_STOPPING")


def _named(rule: Rule) -> tuple[str, ...]:
    """Return the projects that a rule names."""
    if isinstance(rule, UnitShare | CarbonCap):
        return ()
    if isinstance(rule, Committed):
        return (rule.project,)
    return (rule.project, rule.needs) if isinstance(rule, Require) else rule.projects


def _budgets(portfolio: Portfolio) -> Iterator[tuple[str, float]]:
    if portfolio.budget is not None:
        yield "portfolio.budget", portfolio.budget
    for period in portfolio.periods:
        yield f"portfolio.periods[{period.id}].budget", period.budget
