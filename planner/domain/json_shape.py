"""The JSON shape of a record, read off its type hints: its schema, and the way back.

Records are written with :func:`dataclasses.asdict`; tuples become arrays, words of a closed list
text. :func:`schema_of` says so in JSON Schema (draft 2020-12), :func:`decode` reads it again.
"""

import inspect
import math
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Literal, TypeAliasType, Union, get_args, get_origin, get_type_hints

from planner.domain.quantities import show

NOT_DATA = "not data"
"""In the metadata of a field: it serves texts, and stands in no JSON."""

ABSENT_IF_NONE = "absent if none"
"""In the metadata of a field: None stands in no JSON."""

IN_WORDS = "in words"
"""In the metadata of a field that holds facts: the properties that stand in JSON in its place."""

type Schema = dict[str, Any]

LARGEST_INTEGER = 2**63
"""No count, seed or year is larger; what computes with integers takes none beyond it."""

LARGEST_NUMBER = 1e100
"""No amount is larger; cents, sums and squares of such numbers are finite."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PLAIN: dict[object, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}
_ENTRY = re.compile(r"(?m)^(?P<names>\w+(?:, \w+)*)(?: : [^\n]*)?\n(?P<text>(?:    [^\n]*\n?)*)")


@dataclass(frozen=True)
class Misfit:
    """A value of a JSON document that is not what its record holds.

    Attributes
    ----------
    path : str
        Of the value, such as ``decisions[3].cost.total``.
    message : str
        What came and what was expected.
    """

    path: str
    message: str


def schema_of(kind: type) -> Schema:
    """Return the JSON Schema of a record's plain data, with its documentation as descriptions.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are plain values, records, tuples and mappings of them.
    """
    definitions: dict[str, Schema] = {}
    root = _record_schema(kind, definitions)
    return {"$schema": DIALECT, **root, **({"$defs": definitions} if definitions else {})}


def decode[T](kind: type[T], data: object) -> tuple[T | None, tuple[Misfit, ...]]:
    """Return the record that plain data hold, or None and all that does not fit.

    Keys that the record does not have are passed over, since later releases may add some.
    """
    found: list[Misfit] = []
    value = _decode(kind, data, "", found)
    return (None, tuple(found)) if found else (value, ())


def _schema(hint: Any, definitions: dict[str, Schema]) -> Schema:  # noqa: ANN401 - any type hint
    hint = _resolved(hint)
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union_schema([_schema(part, definitions) for part in arguments])
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple and arguments[-1] is not Ellipsis:
        parts = [_schema(part, definitions) for part in arguments]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "items": False}
    if origin in (tuple, list):
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [str(word) for word in hint]}
    if isinstance(hint, type) and issubclass(hint, dict):
        definitions[hint.__name__] = _money_schema(hint)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if isinstance(hint, type) and is_dataclass(hint):
        name = hint.__name__.strip("_")
        if name not in definitions:
            definitions[name] = {}  # named before it is filled: records may hold one another
            definitions[name] = _record_schema(hint, definitions)
        return {"$ref": f"#/$defs/{name}"}
    return {}


def _money_schema(kind: type[dict[str, float]]) -> Schema:
    """Return the schema of amounts by name: those that are always there, and any others."""
    number = {"type": "number"}
    return {
        "type": "object",
        "description": inspect.getdoc(kind),
        "properties": dict.fromkeys(kind(), number),
        "additionalProperties": number,
        "required": [],
    }


def _union_schema(parts: list[Schema]) -> Schema:
    """Return a schema for any of some, short where all are plain."""
    if all(set(part) == {"type"} and isinstance(part["type"], str) for part in parts):
        names = list(dict.fromkeys(part["type"] for part in parts))
        # a whole number is a number: naming both would match twice
        names = [name for name in names if name != "integer" or "number" not in names]
        return {"type": names[0] if len(names) == 1 else names}
    return {"anyOf": parts}


def _record_schema(kind: Any, definitions: dict[str, Schema]) -> Schema:  # noqa: ANN401
    hints, notes = get_type_hints(kind), attribute_notes(kind)
    properties = {}
    for name in (name for item in fields(kind) for name in _data_names(item)):
        hint = hints[name] if name in hints else _property_hint(kind, name)
        schema, note = _schema(hint, definitions), notes.get(name)
        properties[name] = {**schema, "description": note} if note else schema
    return {
        "type": "object",
        "description": inspect.getdoc(kind).split("\n\n")[0].replace("\n", " "),  # type: ignore[union-attr]
        "properties": properties,
        "required": [
            name for item in fields(kind) if _has_no_default(item) for name in _data_names(item)
        ],
    }


def record_data(record: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a record as plain data: as ``asdict``, but facts in words and no fields but data."""
    return {
        name: _value_data(getattr(record, name))
        for item in fields(record)
        for name in _data_names(item)
        if not _is_absent(record, item)
    }


def _is_absent(record: Any, item: Any) -> bool:  # noqa: ANN401 - a field of any record
    return bool(item.metadata.get(ABSENT_IF_NONE)) and getattr(record, item.name) is None


def _data_names(item: Any) -> tuple[str, ...]:  # noqa: ANN401 - dataclasses.Field of anything
    """Return the keys under which a field stands in JSON."""
    if item.metadata.get(NOT_DATA):
        return ()
    names: tuple[str, ...] = item.metadata.get(IN_WORDS, (item.name,))
    return names


def _property_hint(kind: Any, name: str) -> Any:  # noqa: ANN401 - any type hint
    return get_type_hints(getattr(kind, name).fget)["return"]


def _value_data(value: object) -> object:
    if is_dataclass(value):
        return record_data(value)
    if isinstance(value, tuple | list):
        return [_value_data(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _value_data(item) for name, item in value.items()}
    return value


def attribute_notes(kind: type) -> dict[str, str]:
    """Return what a numpydoc docstring says of each attribute."""
    _, _, section = (inspect.getdoc(kind) or "").partition("Attributes\n----------\n")
    notes = {}
    for entry in _ENTRY.finditer(section):
        words = " ".join(entry["text"].split())
        notes.update({name: words for name in entry["names"].split(", ") if words})
    return notes


def _has_no_default(item: Any) -> bool:  # noqa: ANN401 - dataclasses.Field of anything
    return item.default is MISSING and item.default_factory is MISSING


def _decode(hint: Any, data: object, path: str, found: list[Misfit]) -> Any:  # noqa: ANN401
    """Return the value, or None after noting what is wrong with it."""
    hint = _resolved(hint)
    if hint in _PLAIN:
        return _decode_plain(hint, data, path, found)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _decode_union(arguments, data, path, found)
    if origin is Literal:
        return data if data in arguments else _misfit(found, path, data, _one_of(arguments))
    if origin in (tuple, list):
        if not isinstance(data, list):
            return _misfit(found, path, data, "a list")
        kinds = _item_kinds(arguments, len(data))
        if len(kinds) != len(data):
            return _misfit(found, path, data, f"{len(kinds)} values")
        return tuple(
            _decode(kind, item, f"{path}[{index}]", found)
            for index, (kind, item) in enumerate(zip(kinds, data, strict=True))
        )
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(data, Mapping):
            return _misfit(found, path, data, "an object")
        return {
            key: _decode(arguments[1], item, f"{path}.{key}", found) for key, item in data.items()
        }
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if not isinstance(data, str) or data not in list(hint):
            return _misfit(found, path, data, _one_of(hint))
        return hint(data)
    if isinstance(hint, type) and issubclass(hint, dict):
        return hint(_decode(Mapping[str, float], data, path, found) or {})
    return _decode_record(hint, data, path, found) if is_dataclass(hint) else data


def _decode_plain(hint: Any, data: object, path: str, found: list[Misfit]) -> object:  # noqa: ANN401
    if hint is float and isinstance(data, int | float) and not isinstance(data, bool):
        number = _float(data)
        if abs(number) <= LARGEST_NUMBER:
            return number
        return _misfit(found, path, data, f"a number between −{LARGEST_NUMBER:g} and its opposite")
    if hint is int and isinstance(data, int) and not isinstance(data, bool):
        if abs(data) <= LARGEST_INTEGER:
            return data
    elif hint is not int and isinstance(data, hint):
        return data
    words = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}
    return _misfit(found, path, data, words.get(hint, "null"))


def _float(number: float) -> float:
    """Return a number as a float; infinite where none is so large."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _one_of(words: Iterable[object]) -> str:
    return f"one of {', '.join(map(str, words))}"


def _decode_union(kinds: tuple[Any, ...], data: object, path: str, found: list[Misfit]) -> Any:  # noqa: ANN401
    if data is None and type(None) in kinds:
        return None
    nearest: list[Misfit] | None = None
    for kind in (kind for kind in kinds if kind is not type(None)):
        misfits: list[Misfit] = []
        value = _decode(kind, data, path, misfits)
        if not misfits:
            return value
        if nearest is None or len(misfits) < len(nearest):
            nearest = misfits
    found.extend(nearest or ())
    return None


def _decode_record(kind: Any, data: object, path: str, found: list[Misfit]) -> object:  # noqa: ANN401
    if not isinstance(data, Mapping):
        return _misfit(found, path, data, "an object")
    hints, before, values = get_type_hints(kind), len(found), {}
    for item in fields(kind):
        here = f"{path}.{item.name}" if path else item.name
        if item.name in data:
            values[item.name] = _decode(hints[item.name], data[item.name], here, found)
        elif _has_no_default(item):
            found.append(Misfit(here, "is missing."))
    return None if len(found) > before else kind(**values)


def _item_kinds(arguments: tuple[Any, ...], count: int) -> list[Any]:
    """Return the type of each item of an array."""
    if len(arguments) == 1 or arguments[-1] is Ellipsis:
        return [arguments[0]] * count
    return list(arguments)


def _resolved(hint: Any) -> Any:  # noqa: ANN401
    return hint.__value__ if isinstance(hint, TypeAliasType) else hint


def _misfit(found: list[Misfit], path: str, data: object, expected: str) -> Any:  # noqa: ANN401
    """Note what is wrong, and return None in place of a value."""
    found.append(Misfit(path, f"got {show(data)}; expected {expected}."))
