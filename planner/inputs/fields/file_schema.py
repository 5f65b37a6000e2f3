"""JSON Schema of the portfolio file, version 1: what editors complete and explain while one types.

It is wider than the rules of the file: numbers may be written ``20k``, ``94%``, ``0.30..0.45``, and
ranges and references between fields are left to ``planner check``. It never marks a good file.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, TypeAliasType, Union, get_args, get_origin, get_type_hints

from pydantic_core import PydanticUndefined

from planner.domain.json_shape import DIALECT, Schema, attribute_notes
from planner.domain.portfolio.portfolio import (
    Committed,
    Compute,
    Gives,
    Hold,
    Period,
    Portfolio,
    RiskPreference,
    SharedAsset,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.inputs.fields import schema

NUMBER: Schema = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": "[0-9]"}],
    "examples": ["20k", "5M", "94%", "0.30..0.45"],
}
"""A number as people write it; the pattern only tells it from a word."""

_ALIASES: dict[str, Schema] = {
    "Text": {"type": "string", "minLength": 1, "maxLength": 300},
    "YesNo": {"type": "boolean"},
    "Ids": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "Entropy": {"anyOf": [*NUMBER["anyOf"], {"type": "object"}]},
}

_RECORDS: dict[type[schema.Section], type] = {
    schema.PortfolioSection: Portfolio,
    schema.RiskSection: RiskPreference,
    schema.PeriodSection: Period,
    schema.HoldSection: Hold,
    schema.ComputeSection: Compute,
    schema.ProjectSection: Project,
    schema.ImagesSection: Images,
    schema.PilotSection: Pilot,
    schema.SharedSection: SharedAsset,
    schema.GivesSection: Gives,
    schema.UnitRule: UnitShare,
    schema.CommittedRule: Committed,
}
"""The record whose documentation explains the fields of each section."""


def portfolio_file_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a portfolio file."""
    definitions: dict[str, Schema] = {}
    root = _section(schema.PortfolioFile, definitions)
    return {
        "$schema": DIALECT,
        "title": "Portfolio file of planner, version 1",
        **root,
        "$defs": definitions,
    }


def _section(section: type[schema.Section], definitions: dict[str, Schema]) -> Schema:
    hints = get_type_hints(section, include_extras=True)
    notes = attribute_notes(_RECORDS[section]) if section in _RECORDS else {}
    properties, required = {}, []
    for name, field in section.model_fields.items():
        properties[name] = _of(hints[name], definitions)
        if name in notes:
            properties[name] = {**properties[name], "description": notes[name]}
        if field.is_required():
            required.append(name)
        elif (default := _plain_default(field.default)) is not None:
            properties[name] = {**properties[name], "default": default}
    return {
        "type": "object",
        "description": " ".join((section.__doc__ or "").split()),
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _of(hint: Any, definitions: dict[str, Schema]) -> Schema:  # noqa: ANN401 - any type hint
    if isinstance(hint, TypeAliasType):
        known = _ALIASES.get(hint.__name__)
        return known if known is not None else _of(hint.__value__, definitions)
    origin, arguments = get_origin(hint), get_args(hint)
    if hasattr(hint, "__metadata__"):  # Annotated: its checks are planner's to make
        return _of(arguments[0], definitions)
    if origin in (Union, UnionType):
        # an optional field is left out; an empty one is read as left out or refused by check
        parts = [_of(part, definitions) for part in arguments if part is not NoneType]
        distinct = [part for index, part in enumerate(parts) if part not in parts[:index]]
        return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _of(arguments[1], definitions)}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [str(word) for word in hint]}
    if isinstance(hint, type) and issubclass(hint, schema.Section):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = _section(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return {"type": "string"} if hint is str else NUMBER


def _plain_default(value: object) -> object:
    """Return a default worth showing: a word, a number or a truth value."""
    if value is PydanticUndefined or isinstance(value, Mapping | list | schema.Section):
        return None
    return str(value) if isinstance(value, StrEnum) else value
