"""What does a portfolio's file say nothing of, and so no result contains?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.words.life import GIVE
from planner.economics.life.worth import has_life

__all__ = ["LEFT_OUT", "LeftOut", "not_included", "uses_life"]


@dataclass(frozen=True)
class LeftOut:
    """Something that a life may have.

    Attributes
    ----------
    name : str
        In the list, and in ``not_included``.
    is_given : callable
        Whether a project's file states it.
    """

    name: str
    is_given: Callable[[Project], bool]


def _never(_project: Project) -> bool:
    return False


def _upkeep(project: Project, name: str = "") -> bool:
    lines = () if project.upkeep is None else project.upkeep.lines
    return any(name in line.id.casefold() for line in lines)


def _drift(project: Project) -> bool:
    upkeep = project.upkeep
    names = ("half_life", "refresh_share", "error_growth")
    return upkeep is not None and any(getattr(upkeep, name) is not None for name in names)


_GIVEN: dict[str, Callable[[Project], bool]] = {
    "people": lambda p: p.build is not None and bool(p.build.people),
    "fixed costs": lambda p: p.build is not None and bool(p.build.lines),
    "inference": lambda p: p.inference is not None,
    "review": lambda p: p.review is not None,
    "errors": lambda p: p.errors is not None,
    "drift": _drift,
    "upkeep": _upkeep,
    "compliance": lambda p: _upkeep(p, "compliance"),
    "benefits": lambda p: bool(p.benefits),
    "today": lambda p: p.today is not None,
    "end": lambda p: p.end is not None,
}

LEFT_OUT = tuple(LeftOut(name, _GIVEN.get(name, _never)) for name in GIVE)
"""In the order in which they are listed."""


def uses_life(portfolio: Portfolio) -> bool:
    """Whether any project states more than data, training and ``value``."""
    return portfolio.carbon is not None or any(has_life(p) for p in portfolio.projects)


def not_included(portfolio: Portfolio) -> Iterator[str]:
    """Yield what no project states, or some do not.

    Examples
    --------
    >>> images = {"held": 10, "limit": 10}
    >>> project = Project(id="a", classes=2, target_error=0.1, images=images, end={"once": 1})
    >>> list(not_included(Portfolio(projects=(project,))))[-2:]
    ['today', 'carbon']
    """
    for item in LEFT_OUT:
        if item.name == "carbon" and portfolio.carbon is not None:
            continue
        without = [p.id for p in portfolio.projects if not item.is_given(p)]
        if len(without) == len(portfolio.projects):
            yield item.name
        elif without:
            yield f"{item.name} of {', '.join(without)}"
