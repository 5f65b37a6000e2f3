"""What is said of a field where its record declares it, and how it is asked for.

A record's field is annotated with how its value is read (:mod:`planner.domain.fields.values`),
with a :class:`Form` where a workbook shows it, and with :class:`InFile` where a file calls it
otherwise than the record does. Its note is the entry of the record's docstring, its default the
default of the record. From these come reading with places, the checks of records built in Python,
the JSON Schema, the workbook form, the frames' columns and the list of defaults.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, ClassVar, Protocol, get_args, get_origin, get_type_hints

from planner.domain.fields.finding import Location, Reading, Source
from planner.domain.format import percent_to_type
from planner.domain.json_shape import attribute_notes

__all__ = [
    "LIST",
    "NOT_IN_FILE",
    "PERCENT",
    "RANGE",
    "REQUIRED",
    "Field",
    "FileSection",
    "Form",
    "InFile",
    "Kind",
    "Part",
    "Value",
    "in_file",
    "is_declared",
    "section_of",
]

REQUIRED: Any = MISSING
"""In place of the default of a field that must be given."""

RANGE = "One number, or a range such as 0.30..0.45: P10..P90 (in 9 of 10 cases not below / above)."
PERCENT = "Write 94% (or 0.94)."
LIST = "Separate names by commas; a name that holds a comma stands in double quotes."
"""Sentences of the help of several fields."""


class Kind(StrEnum):
    """How a cell of a workbook is read."""

    TEXT = "text"
    WORD = "word"  # one of a closed list
    YES_NO = "yes or no"
    COUNT = "count"
    MONEY = "money"
    PRICE = "price"  # money, or a range of it
    SHARE = "share"
    SHARES = "shares"  # a share, or a range of shares
    NUMBER = "number"  # above 0
    NUMBERS = "numbers"  # a number above 0, or a range of it
    AMOUNT = "amount"  # at least 0
    CHANGE = "change"  # a share that may be negative, or above 100 %
    NAMES = "names"  # several, separated by commas
    COUNTS = "counts"  # name: number, separated by commas
    BASELINE = "baseline"  # a count, or counts


class Value(Protocol):
    """How the value of a field is read.

    Attributes
    ----------
    cell : Kind or None
        How a workbook's cell of it is read; None for what takes more than a cell.
    choices : tuple of str
        Words of a closed list.
    shape : mapping
        Its JSON Schema; a part is ``{"part": record}``, a list ``{"items": shape}``.
    """

    @property
    def cell(self) -> Kind | None: ...  # noqa: D102 - described above
    @property
    def choices(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def shape(self) -> Mapping[str, Any]: ...  # noqa: D102

    def read(self, raw: Any, here: Location, reading: Reading) -> Any:  # noqa: ANN401
        """Return what a value says, :data:`planner.domain.fields.finding.WRONG` if nothing."""


@dataclass(frozen=True)
class Form:
    """A field as a column, or a row, of the workbook form.

    Attributes
    ----------
    header : str
        What stands above the column, or before the value.
    help : str
        What to write, for a person; shown at the cell.
    unit : str
        Shown after the header in brackets.
    aliases : tuple of str
        Other headers that are understood.
    default : str, optional
        What holds if the cell is empty; the record's own default unless said.
    example : object
        Value of the example entry.
    width : int
        Of the column, in characters.
    after : str
        Path of the field it stands behind; the one declared before it unless said.
    sheet : str
        Where a part belongs to records of several sheets, the one that is meant.
    """

    header: str
    help: str
    unit: str = ""
    aliases: tuple[str, ...] = ()
    default: str | None = None
    example: object = None
    width: int = 14
    after: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class InFile:
    """Where a field of a file is otherwise than on the record.

    Attributes
    ----------
    key : str
        Its name, if that is another.
    example : str
        What to write where it is missing.
    after : str
        Key of the field that comes before it in a file.
    top : bool
        It is a section of its own at the top of the file.
    required : bool, optional
        Whether a file must have it; what has no default on the record, unless said.
    """

    key: str = ""
    example: str = ""
    after: str = ""
    top: bool = False
    required: bool | None = None


@dataclass(frozen=True)
class Field:
    """Everything that is said of one field.

    Attributes
    ----------
    name, key : str
        On the record, and in a file.
    value : Value
        How it is read.
    default : object
        :data:`REQUIRED` if there is none.
    note : str
        What it is, of the record's docstring.
    forms : tuple of Form
        In the workbook.
    file : InFile
        Where a file differs.
    stored : bool
        Whether the record holds it; else a file alone has it.
    """

    name: str
    key: str
    value: Value
    default: Any
    note: str
    forms: tuple[Form, ...]
    file: InFile
    stored: bool

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED if self.file.required is None else self.file.required

    def is_absent(self, value: object) -> bool:
        """Tell whether a record's value says nothing: it is the empty default itself."""
        if value is None:
            return self.default is None
        empty = self.default == () or (isinstance(self.default, float) and math.isnan(self.default))
        return empty and (value == () or (isinstance(value, float) and math.isnan(value)))

    def default_words(self, form: Form) -> str:
        """Return what holds if a cell is empty, for a person."""
        if form.default is not None:
            return form.default
        if self.default is None or self.required or not isinstance(self.default, str | int | float):
            return ""
        if isinstance(self.default, bool):
            return str(self.default).upper()
        if isinstance(self.default, str):
            return str(self.default)
        if self.value.cell is Kind.SHARE:
            return percent_to_type(self.default)
        return f"{self.default:g}"


@dataclass(frozen=True)
class Part:
    """The fields of one record that were read, for what compares them with each other.

    Attributes
    ----------
    values : dict of str to object
        By name: of fields that are right, defaults included.
    given : tuple of str
        Names of fields that say something, right or wrong, in the order of the record.
    here : Location
        Of the record.
    reading : Reading
        Where mistakes are collected.
    """

    values: dict[str, Any]
    given: tuple[str, ...]
    here: Location
    reading: Reading

    @property
    def written(self) -> bool:
        """Whether it stands in a file."""
        return self.reading.source.written

    def wrong(
        self,
        name: str,
        message: str,
        fix: str = "",
        code: str = "BAD_VALUE",
        *,
        at_key: bool = False,
    ) -> None:
        """Report a field, or the record itself where the name is empty."""
        here = (*self.here, name) if name else self.here
        self.reading.wrong(here, message, fix, code, at_key=at_key)

    def exactly_one(self, names: tuple[str, ...], example: str) -> None:
        """Report none or several of fields of which one is given."""
        given = [name for name in names if name in self.given]
        if not given:
            message = f"{' or '.join(names)} is missing; give exactly one."
            self.wrong("", message, example, "MISSING")
        if len(given) > 1:
            where = " and ".join(map(self._beside, given))
            message = f"{where} are given; keep exactly one."
            self.wrong(given[-1], message, code="CONFLICT", at_key=True)

    def _beside(self, name: str) -> str:
        place = self.reading.source.beside((*self.here, name))
        return f"{name} ({place})" if place else name


def _nothing(*_: object) -> None:
    """Check or compute nothing."""


@dataclass(frozen=True)
class FileSection:
    """The fields of a record.

    Attributes
    ----------
    kind : type
        The record.
    name, note : str
        What the JSON Schema of a file calls it, and what it is there.
    fields : tuple of Field
        In the order of the record.
    check : callable
        Compares fields that were read with each other.
    complete : callable
        Computes what a record holds besides, from the record and the values read.
    help : str
        Of a record that is one of several kinds: what a person reads who chooses one.
    """

    kind: type
    name: str
    note: str
    fields: tuple[Field, ...]
    check: Callable[[Part], None] = _nothing
    complete: Callable[[Any, Mapping[str, Any], Source], None] = _nothing
    help: str = ""

    @cached_property
    def in_file(self) -> dict[str, Field]:
        """Fields of a mapping of a file by key, in its order."""
        found = [field for field in self.fields if field.key and not field.file.top]
        for field in [field for field in found if field.file.after]:
            found.remove(field)
            keys = [other.key for other in found]
            found.insert(keys.index(field.file.after) + 1, field)
        return {field.key: field for field in found}

    @cached_property
    def in_file_at_top(self) -> tuple[Field, ...]:
        """Fields that are sections of their own at the top of a file, as its fields."""
        top = (field for field in self.fields if field.file.top)
        return tuple(replace(field, file=replace(field.file, top=False)) for field in top)

    @cached_property
    def on_record(self) -> dict[str, Field]:
        """Fields that the record holds, by name."""
        return {field.name: field for field in self.fields if field.stored}

    @cached_property
    def in_place(self) -> dict[str, Field]:
        """Of those, the fields that a file has in the record's own mapping."""
        return {name: f for name, f in self._given.items() if not f.file.top}

    @cached_property
    def at_top(self) -> dict[str, Field]:
        """Of those, the fields that are sections of their own at the top of a file."""
        return {name: f for name, f in self._given.items() if f.file.top}

    @cached_property
    def _given(self) -> dict[str, Field]:
        """Fields of a record that is made, so that none of them is missing any more."""
        return {
            name: replace(f, default=None, file=replace(f.file, required=False))
            if f.required
            else f
            for name, f in self.on_record.items()
        }

    @cached_property
    def stored(self) -> frozenset[str]:
        """Names of the record's fields."""
        return frozenset(item.name for item in fields(self.kind))

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Defaults of the record's fields, those included of which nothing is declared."""
        found = {}
        for item in fields(self.kind):
            default = item.default if item.default_factory is MISSING else item.default_factory()
            if default is not MISSING:
                found[item.name] = default
        return found

    def __getitem__(self, name: str) -> Field:
        """Return the field of a name."""
        return next(field for field in self.fields if field.name == name)


_DECLARED = "__in_file__"

NOT_IN_FILE = InFile("-")
"""Of a field that no file has."""


def in_file[T](
    name: str,
    note: str,
    check: Callable[[Part], None] = _nothing,
    complete: Callable[[Any, Mapping[str, Any], Source], None] = _nothing,
    *,
    help: str = "",
) -> Callable[[type[T]], type[T]]:
    """Return a class decorator that says what a file's mapping of a record is.

    Parameters
    ----------
    name, note : str
        In the JSON Schema of the portfolio file.
    check, complete, help : callable, callable, str
        As in :class:`FileSection`.
    """

    def declare(kind: type[T]) -> type[T]:
        setattr(kind, _DECLARED, (name, note, check, complete, help))
        return kind

    return declare


def is_declared(kind: type) -> bool:
    """Tell whether a record declares its fields."""
    return hasattr(kind, _DECLARED)


def section_of(kind: type) -> FileSection:
    """Return what a record declares of its fields."""
    return _section_of(kind)


@cache
def _section_of(kind: type) -> FileSection:
    name, note, check, complete, words = getattr(kind, _DECLARED)
    notes = attribute_notes(kind)
    stored = {item.name: item for item in fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    found = (_field(name, hint, stored.get(name), notes) for name, hint in hints.items())
    declared = tuple(field for field in found if field is not None)
    return FileSection(kind, name, note, declared, check, complete, words)


def _field(
    name: str,
    hint: Any,  # noqa: ANN401 - hints have no type
    stored: Any,  # noqa: ANN401 - dataclasses.Field of anything
    notes: Mapping[str, str],
) -> Field | None:
    """Return what is declared of a field; None if nothing is."""
    annotated = get_args(hint)[0] if get_origin(hint) is ClassVar else hint
    said = getattr(annotated, "__metadata__", ())
    file = next((item for item in said if isinstance(item, InFile)), InFile())
    forms = tuple(item for item in said if isinstance(item, Form))
    value = next((item for item in said if not isinstance(item, Form | InFile)), None)
    if value is None:
        return None
    key = "" if file is NOT_IN_FILE else file.key or name
    default = None if stored is None or file.required is False else _default(stored, annotated)
    return Field(name, key, value, default, notes.get(name, ""), forms, file, stored is not None)


def _default(stored: Any, hint: Any) -> Any:  # noqa: ANN401
    """Return the default of a record's field, a number as the float the field holds."""
    if stored.default_factory is not MISSING:
        return stored.default_factory()
    is_float = get_args(hint)[0] is float and isinstance(stored.default, int)
    return float(stored.default) if is_float else stored.default
