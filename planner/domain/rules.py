"""The user's own rules: which projects go together, and what is decided already."""

from dataclasses import dataclass

from planner.domain.fields import FieldReader, share, text, text_list
from planner.domain.quantities import parse_count

__all__ = [
    "AtLeast",
    "AtMost",
    "Committed",
    "Exclusive",
    "Fund",
    "ProjectRule",
    "Require",
    "Rule",
    "Skip",
    "UnitShare",
]


@dataclass(frozen=True)
class Require:
    """Fund ``project`` only together with ``needs``."""

    name: str
    project: str
    needs: str

    def __post_init__(self) -> None:
        _read_texts(self, "name", "project", "needs")


@dataclass(frozen=True)
class Exclusive:
    """Fund at most one of ``projects``."""

    name: str
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class Fund:
    """Every one of ``projects`` must be funded."""

    name: str
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class Skip:
    """None of ``projects`` may be funded."""

    name: str
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class AtMost:
    """Fund at most ``count`` of ``projects``."""

    name: str
    count: int
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class AtLeast:
    """Fund at least ``count`` of ``projects``."""

    name: str
    count: int
    projects: tuple[str, ...]

    def __post_init__(self) -> None:
        _read_projects(self)


@dataclass(frozen=True)
class UnitShare:
    """Bounds on a business unit's share of the committed spend; at least one of them is given.

    Both sides count the projects' own options; shared assets, which no unit buys alone, do not
    take part.
    """

    name: str
    unit: str
    max_share: float | None = None
    min_share: float | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "rule")
        reader.read("name", text)
        reader.read("unit", text)
        most = reader.read("max_share", share, optional=True)
        least = reader.read("min_share", share, optional=True)
        if self.max_share is None and self.min_share is None:
            reader.wrong("max_share", "a rule on a unit has max_share, min_share or both.")
        if most is not None and least is not None and least > most:
            reader.wrong("min_share", f"min_share {least:g} is above max_share {most:g}.")
        reader.finish()


@dataclass(frozen=True)
class Committed:
    """Decided already: this project, with this architecture and number of images where given."""

    name: str
    project: str
    architecture: str | None = None
    images: int | None = None

    def __post_init__(self) -> None:
        reader = FieldReader(self, "rule")
        reader.read("name", text)
        reader.read("project", text)
        reader.read("architecture", text, optional=True)
        if reader.read("images", parse_count, optional=True) == 0:
            reader.wrong("images", "got 0; a project trains on at least 1 image.")
        reader.finish()


type ProjectRule = Require | Exclusive | Fund | Skip | AtMost | AtLeast
"""Rules that speak only about which projects are funded."""

type Rule = ProjectRule | UnitShare | Committed


def _read_texts(rule: object, *names: str) -> None:
    """Read fields that hold a text."""
    reader = FieldReader(rule, "rule")
    for name in names:
        reader.read(name, text)
    reader.finish()


def _read_projects(rule: Exclusive | Fund | Skip | AtMost | AtLeast) -> None:
    """Read name, projects and, where there is one, the count of a rule on several projects."""
    reader = FieldReader(rule, "rule")
    reader.read("name", text)
    reader.read("projects", text_list)
    if isinstance(rule, AtMost | AtLeast):
        reader.read("count", lambda given: parse_count(given, what="projects"))
    reader.finish()
