"""What differs between two plans, as facts."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """What happened to a project."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class FieldChange:
    """One value that differs.

    Attributes
    ----------
    field : str
        Its path in the portfolio file, or ``model``, ``seed``, ``release``.
    before, after
        The values; None where there is none, or where the default applies.
    """

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class Around:
    """What changed around a project.

    Attributes
    ----------
    changes : tuple of FieldChange
        For all projects.
    others : tuple of str
        Other projects whose own fields changed.
    known : bool
        Whether both plans say what they were made from.
    """

    changes: tuple[FieldChange, ...]
    others: tuple[str, ...]
    known: bool
