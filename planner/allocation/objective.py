"""What does the plan maximise, and does the input allow it?"""

import math
from collections.abc import Iterator

from planner.domain.portfolio import Portfolio, Require
from planner.domain.vocabulary import Mode, Objective
from planner.errors import InputError, Problem, UnsupportedError, bad_value

FIX_BUDGET = "--budget 120k"


def resolve_objective(portfolio: Portfolio) -> Objective:
    """Return the objective asked for, or the one that the values imply.

    Nothing asked: net value if any project has a value, else the expected number of targets met.

    Raises
    ------
    InputError
        ``net_value`` or ``value`` with values missing; names every project without one.
    """
    missing = [project for project in portfolio.projects if project.value is None]
    objective = portfolio.objective
    if objective is None:
        no_values = len(missing) == len(portfolio.projects)
        objective = Objective.TARGETS_MET if no_values else Objective.NET_VALUE
    if objective is not Objective.TARGETS_MET and missing:
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


def require_plannable(portfolio: Portfolio) -> float:
    """Return the budget, or raise with everything that keeps the portfolio from being planned.

    Raises
    ------
    InputError
        No projects, or no budget.
    UnsupportedError
        Something that comes with a later release: shared assets, risk measures, the other mode.
    """
    problems = [*_identity_problems(portfolio)]
    if not portfolio.projects:
        problems.append(Problem("projects", "there is no project to plan.", code="NO_PROJECTS"))
    if portfolio.budget is None:
        message = "a plan needs a budget: the most that may be committed."
        problems.append(Problem("portfolio.budget", message, FIX_BUDGET, code="MISSING_BUDGET"))
    elif not (math.isfinite(portfolio.budget) and portfolio.budget >= 0):
        message = f"got {portfolio.budget!r}; a budget is a finite amount of at least 0."
        problems.append(Problem("portfolio.budget", message, FIX_BUDGET))
    if problems:
        raise InputError(problems)
    later = [
        Problem(field, f"{what} comes with a later release.", code="UNSUPPORTED")
        for field, what, asked in (
            ("shared", "a shared asset", bool(portfolio.shared)),
            ("portfolio.mode", "stop_when_reached", portfolio.mode != Mode.COMMIT),
            ("portfolio.risk", "a risk measure", portfolio.risk.measure != "expected"),
        )
        if asked
    ]
    if later:
        raise UnsupportedError(later)
    return float(portfolio.budget or 0.0)


def require_search_limits(gap: float, time_limit_s: float) -> None:
    """Raise unless gap and time limit are numbers of at least 0; neither may be NaN.

    Raises
    ------
    InputError
        Naming the flag.
    """
    for flag, number, fix in (("--gap", gap, "1e-4"), ("--time-limit", time_limit_s, "60")):
        if not number >= 0:
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
    for rule in portfolio.project_rules:
        named = (rule.project, rule.needs) if isinstance(rule, Require) else rule.projects
        for unknown in dict.fromkeys(id_ for id_ in named if id_ not in known):
            yield Problem(rule.name, f"there is no project {unknown!r}.", code="UNKNOWN_PROJECT")
