"""Do the parts of a portfolio that was built in Python fit together?

A file is checked as it is read, with lines and columns; here the same checks run on records.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planner.domain.fields.declared import section_of
from planner.domain.fields.finding import Location
from planner.domain.fields.reading import as_written
from planner.domain.portfolio.clashes import clashes
from planner.domain.portfolio.rules import Committed
from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean
from planner.errors import Problem

if TYPE_CHECKING:
    from planner.domain.portfolio.portfolio import Portfolio


def portfolio_problems(portfolio: "Portfolio") -> tuple[Problem, ...]:
    """Return what does not fit together in periods, units, commitments and shared assets.

    Rules on which projects are funded may name projects that are not there: a part of a portfolio
    is a portfolio, and planning it says which are missing.
    """
    found = [
        Problem(_path(clash.location, portfolio), clash.message, clash.fix, code=clash.code)
        for clash in clashes(_as_file(portfolio))
    ]
    return (*found, *_repeated(portfolio), *_unknown_projects(portfolio))


def _repeated(portfolio: "Portfolio") -> Iterator[Problem]:
    """Yield ids that two assets, or two periods, share."""
    for name, ids in (
        ("shared", [asset.id for asset in portfolio.shared]),
        ("portfolio.periods", [period.id for period in portfolio.periods]),
    ):
        for identity in (item for item, times in Counter(ids).items() if times > 1):
            message = f"id {show(identity)} is used twice; ids are unique."
            yield Problem(f"{name}[{identity}].id", message, code="DUPLICATE_ID")


def _unknown_projects(portfolio: "Portfolio") -> Iterator[Problem]:
    """Yield members and commitments that name no project."""
    known = {project.id for project in portfolio.projects}
    named: Iterable[tuple[str, str]] = [
        *(
            (f"shared[{asset.id}].members[{number}]", member)
            for asset in portfolio.shared
            for number, member in enumerate(asset.members)
        ),
        *(
            (f"rules[{number}].committed", rule.project)
            for number, rule in enumerate(portfolio.rules)
            if isinstance(rule, Committed)
        ),
    ]
    for path, name in named:
        if name not in known:
            fix = did_you_mean(name, known) if len(known) <= _FEW else ""
            yield Problem(path, f"no project has the id {show(name)}.", fix, code="UNKNOWN_NAME")


_FEW = 2000
"""Projects up to which the nearest name is looked up."""


def _as_file(portfolio: "Portfolio") -> dict[str, object]:
    """Return a portfolio as a file has it."""
    top = section_of(type(portfolio)).at_top.values()
    return {
        "portfolio": as_written(portfolio),
        **{field.key: as_written(getattr(portfolio, field.name)) for field in top},
    }


def _path(location: Location, portfolio: "Portfolio") -> str:
    """Return the field that a location of the file stands for: ``projects[a].earliest``."""
    text = ""
    for step in location:
        if isinstance(step, str):
            text += f".{step}" if text else step
        else:
            text += f"[{portfolio.projects[step].id if text == 'projects' else step}]"
    return text
