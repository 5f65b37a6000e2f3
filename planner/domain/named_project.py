"""Which project of a portfolio does a command or a call mean?"""

from collections.abc import Collection
from itertools import islice

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean, either
from planner.errors import InputError, Problem

__all__ = ["named_project", "no_such_project", "some_of"]

MOST_NAMED = 5


def named_project(portfolio: Portfolio, project_id: str) -> Project:
    """Return the project with an id.

    Raises
    ------
    InputError
        There is none; with the place of the file's projects, and the ids that may be meant.
    """
    for project in portfolio.projects:
        if project.id == project_id:
            return project
    ids = [project.id for project in portfolio.projects]
    message = f"no project {project_id!r} in the file."
    fix = did_you_mean(project_id, ids) or either(ids)
    place = portfolio.places.get("projects", "")
    raise InputError([Problem("PROJECT", message, fix, place, "UNKNOWN_PROJECT")])


def no_such_project(name: str, ids: Collection[str]) -> str:
    """Say that a portfolio has no project of a name, and which it has.

    Examples
    --------
    >>> no_such_project("a", ["b", "c"])
    'no project of the portfolio has the id "a"; it has b, c.'
    """
    return f"no project of the portfolio has the id {show(name)}; it has {some_of(ids)}."


def some_of(ids: Collection[str]) -> str:
    """Return the first few of some ids.

    Examples
    --------
    >>> some_of(["a", "b", "c", "d", "e", "f"])
    'a, b, c, d, e, …'
    """
    return ", ".join(islice(ids, MOST_NAMED)) + (", …" if len(ids) > MOST_NAMED else "")
