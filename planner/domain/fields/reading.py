"""Mappings to records, and records that check themselves: one reading for both.

Every mistake is reported at its place, and a mistake in one field never hides one in another.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from itertools import islice
from typing import Any

from planner.domain.fields.declared import Field, FileSection, Kind, Part, is_declared, section_of
from planner.domain.fields.finding import WRONG, Location, Reading, Source, path_of
from planner.domain.fields.not_offered import not_offered
from planner.domain.fields.values import Shape, not_a_list
from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean
from planner.errors import InputError, Problem

__all__ = [
    "PartOf",
    "Parts",
    "as_written",
    "check_record",
    "made",
    "parts",
    "read_fields",
    "read_mapping",
    "read_record",
]

IN_PYTHON = Source()


@dataclass(frozen=True)
class PartOf:
    """A nested record, given as one or as a mapping."""

    kind: type
    cell: Kind | None = None
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """The record, whose own section says its shape."""
        return {"part": self.kind}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the record."""
        return read_record(self.kind, raw, here, reading)


@dataclass(frozen=True)
class Parts:
    """A list of records.

    Attributes
    ----------
    of : callable
        Reads an entry: from its value, its location and the reading.
    entry : mapping
        Its JSON Schema.
    needed : bool
        A file has at least one.
    """

    of: Callable[[Any, Location, Reading], object]
    entry: Shape
    needed: bool = False
    cell: Kind | None = None
    choices: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """An array."""
        return {"type": "array", "items": self.entry}

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the records as a tuple."""
        if isinstance(raw, str | Mapping) or not isinstance(raw, Iterable):
            reading.wrong(here, *not_a_list(raw, reading.source))
            return WRONG
        items = tuple(self.of(item, (*here, at), reading) for at, item in enumerate(raw))
        if self.needed and not items and reading.source.written:
            reading.wrong(here, "the list is empty.")
            return WRONG
        return WRONG if any(item is WRONG for item in items) else items


def parts(kind: type, *, needed: bool = False) -> Parts:
    """Return a list of records of one kind."""
    part = PartOf(kind)
    return Parts(part.read, part.shape, needed)


def read_record(kind: type, raw: object, here: Location, reading: Reading) -> object:
    """Return a record, given as one or as a mapping."""
    if isinstance(raw, kind):
        return raw
    section = section_of(kind)
    names = section.in_file if reading.source.written else section.on_record
    values = read_mapping(section, names, raw, here, reading)
    return WRONG if values is None else made(kind, values, reading.source)


def read_mapping(
    section: FileSection, names: Mapping[str, Field], raw: object, here: Location, reading: Reading
) -> dict[str, Any] | None:
    """Return the values of a mapping by the names of the record, None if anything is wrong."""
    if not isinstance(raw, Mapping):
        known = ", ".join(islice(names, 4))
        reading.wrong(here, f"got {show(raw)}; expected fields such as {known}.")
        return None
    before = reading.failures
    values, given = read_fields(names, raw, here, reading)
    for key in raw:
        if key not in names:
            _unknown(str(key), list(names), here, reading)
    section.check(Part(values, given, here, reading))
    return values if reading.failures == before else None


def read_fields(
    names: Mapping[str, Field], raw: Mapping[str, Any], here: Location, reading: Reading
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the values of fields that are right, and the names of those that are given."""
    values: dict[str, Any] = {}
    given = []
    for key, field in names.items():
        if key in raw:
            given.append(field.name)
            if raw[key] is None and reading.source.written:
                reading.blank += 1
                continue
            value = field.value.read(raw[key], (*here, key), reading)
            if value is not WRONG:
                values[field.name] = value
        elif field.required:
            reading.wrong((*here, key), f"{key} is missing.", field.file.example, "MISSING")
        elif is_dataclass(field.default) and reading.source.written:
            values[field.name] = field.value.read({}, (*here, key), reading)
        else:
            values[field.name] = field.default
    return values, tuple(given)


def made[T](kind: type[T], values: Mapping[str, Any], source: Source) -> T:
    """Return a record of values that were read, without reading them again."""
    section = section_of(kind)
    record = object.__new__(kind)
    stored = {name: value for name, value in values.items() if name in section.stored}
    record.__dict__.update({**section.defaults, **stored})
    section.complete(record, values, source)
    return record


def check_record(record: object, path: str, *, source: Source = IN_PYTHON) -> None:
    """Read the fields of a frozen record in place, or raise everything that is wrong with them.

    Records do so when they are made, so that no other module meets a value outside its range.

    Parameters
    ----------
    record : object
        In its ``__post_init__``.
    path : str
        How messages call it.
    source : Source
        Of its values.
    """
    reading = Reading(source)
    section = section_of(type(record))
    raw = {
        name: value
        for name, field in section.on_record.items()
        if not field.is_absent(value := getattr(record, name))
    }
    values: dict[str, Any] = {}
    given: tuple[str, ...] = ()
    for names, here in ((section.in_place, (path,)), (section.at_top, ())):
        read, said = read_fields(names, raw, here, reading)
        values, given = {**values, **read}, (*given, *said)
    section.check(Part(values, given, (path,), reading))
    require_sound(reading)
    record.__dict__.update({name: values[name] for name in given})
    section.complete(record, values, source)


def as_written(value: object) -> object:
    """Return a record as a mapping of a file, by the names of its fields there; None is left out.

    Other values stand as they are, lists of records as lists of mappings.
    """
    if isinstance(value, tuple):
        return [as_written(item) for item in value]
    if not is_dataclass(value) or not is_declared(type(value)):
        return value
    held = (
        (key, getattr(value, field.name))
        for key, field in section_of(type(value)).in_file.items()
        if field.stored
    )
    return {key: as_written(part) for key, part in held if part is not None}


def require_sound(reading: Reading) -> None:
    """Raise everything that was found."""
    if reading.found:
        raise InputError(
            Problem(path_of(item.location), item.message, item.fix, code=item.code)
            for item in reading.found
        )


def _unknown(name: str, known: list[str], here: Location, reading: Reading) -> None:
    """Report a field that a mapping does not have."""
    location = (*here, name)
    if reading.is_full:
        reading.wrong(location, "")
        return
    other = not_offered(name)
    fix = did_you_mean(name, known)
    if other:
        message, fix = other
    elif fix and not reading.source.home_of(name):
        fix = f"{fix}  (did you mean this?)"
        message = "unknown field."
    elif name.isdigit():
        message = "unknown field. A comma begins a new field; decimals have a point, as in 0.63."
    else:
        fix, home = "", reading.source.home_of(name)
        hint = f" {name} belongs under {home}." if home else f" Known here: {', '.join(known)}."
        message = f"unknown field.{hint}"
    reading.wrong(location, message, fix, "UNKNOWN_FIELD", at_key=True)
