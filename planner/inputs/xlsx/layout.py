"""The workbook form of a portfolio file: which sheet, column or row holds which field.

Two kinds of sheets. *Portfolio* and *Prices* have a field to a row: its name, its value.
*Projects*, *Pilots*, *Periods*, *Shared* and *Rules* have an entry to a row, under a row of
headers. Rows and columns may be moved; rows above the headers are not read. Headers are compared
without case, punctuation, and units in brackets; the name of the field in a YAML file is
understood, too. What each field means is in :mod:`planner.inputs.xlsx.fields`.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from planner.domain.fields.declared import Kind

__all__ = [
    "EXAMPLE",
    "NOTES",
    "FormField",
    "FormSheet",
    "normal",
]

EXAMPLE = "(example)"
"""An entry whose first cell begins so is shown, not read."""

NOTES = ("note", "notes", "comment", "comments", "remark", "remarks")
"""Headers of columns that are the author's own; so are those that begin with ``#``."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class FormField:
    """A field of the file as a column, or a row, of the form.

    Attributes
    ----------
    header : str
        What stands above the column, or before the value.
    path : tuple of str
        Keys of the field: from the top of the file for a field to a row, from the entry for a
        column.
    kind : Kind
        How its cell is read.
    help : str
        What to write, for a person; shown at the cell.
    unit : str
        Shown after the header in brackets.
    choices : tuple of str
        Words of a closed list.
    aliases : tuple of str
        Other headers that are understood.
    default : str
        What holds if the cell is empty; for people.
    example : object
        Value of the example entry.
    width : int
        Of the column, in characters.
    """

    header: str
    path: tuple[str, ...]
    kind: Kind
    help: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    default: str = ""
    example: object = None
    width: int = 14

    @property
    def title(self) -> str:
        """Header and unit, as the form shows them."""
        return f"{self.header} ({self.unit})" if self.unit else self.header

    @property
    def names(self) -> tuple[str, ...]:
        """Every spelling under which the field is found, in normal form."""
        spellings = (self.header, ".".join(self.path), *self.aliases)
        return tuple(dict.fromkeys(normal(spelling) for spelling in spellings))


@dataclass(frozen=True)
class FormSheet:
    """A sheet of the form.

    Attributes
    ----------
    name : str
        Of the sheet.
    hint : str
        Sentence that stands in its first row.
    fields : tuple of FormField
        In the order of the form.
    is_table : bool
        An entry to a row; else a field to a row.
    location : tuple of str
        Where entries are listed in the file.
    """

    name: str
    hint: str
    fields: tuple[FormField, ...]
    is_table: bool = True
    location: tuple[str, ...] = ()
    aliases: tuple[str, ...] = field(default=())

    @property
    def of_projects(self) -> bool:
        """Whether its entries are listed in projects, which a first column names."""
        return self.location[:1] == ("projects",) and len(self.location) > 1

    @cached_property
    def by_name(self) -> dict[str, FormField]:
        """Fields by every spelling of their header, in normal form."""
        return {name: item for item in self.fields for name in item.names}

    def named(self, header: str) -> FormField | None:
        """Return the field a header stands for, None if it is no field's."""
        return self.by_name.get(normal(header))


def normal(text: str) -> str:
    """Return a header without case, punctuation and what stands in brackets.

    Examples
    --------
    >>> normal("Price per image (USD)"), normal("images.fixed_cost"), normal("Target IoU [%]")
    ('price per image', 'images fixed cost', 'target iou')
    """
    return " ".join(_NO_WORD.sub(" ", _BRACKETS.sub(" ", text)).lower().split())


def is_note(header: str) -> bool:
    """Tell whether a column is the author's own, by its header."""
    return header.lstrip().startswith("#") or normal(header) in NOTES
