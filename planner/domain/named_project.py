"""Which project of a portfolio does a command or a call mean?"""

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.suggest import did_you_mean, either
from planner.errors import InputError, Problem

__all__ = ["named_project"]


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
