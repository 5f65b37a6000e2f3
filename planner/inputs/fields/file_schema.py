"""JSON Schema of the portfolio file, version 1: what editors complete and explain while one types.

It is wider than the rules of the file: numbers may be written ``20k``, ``94%``, ``0.30..0.45``, and
ranges and references between fields are left to ``planner check``. It never marks a good file.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from planner.domain.fields.declared import Field, FileSection, section_of
from planner.domain.json_shape import DIALECT, Schema
from planner.inputs.fields.read import file_section

PART = "part"
"""In the shape of a field: the record whose section says the rest."""


def portfolio_file_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a portfolio file."""
    definitions: dict[str, Schema] = {}
    root = _section(file_section(), definitions)
    return {
        "$schema": DIALECT,
        "title": "Portfolio file of planner, version 1",
        **root,
        "$defs": definitions,
    }


def _section(section: FileSection, definitions: dict[str, Schema]) -> Schema:
    fields = section.in_file
    return {
        "type": "object",
        "description": section.note,
        "properties": {key: _property(field, definitions) for key, field in fields.items()},
        "required": [key for key, field in fields.items() if field.required],
        "additionalProperties": False,
    }


def _property(field: Field, definitions: dict[str, Schema]) -> Schema:
    """Return what a field may be, its note and its default."""
    schema = dict(_shape(field.value.shape, definitions))
    if field.note:
        schema["description"] = field.note
    default = field.default
    if not field.required and isinstance(default, str | int | float):
        schema["default"] = str(default) if isinstance(default, StrEnum) else default
    return schema


def _shape(shape: Any, definitions: dict[str, Schema]) -> Any:  # noqa: ANN401 - any plain value
    """Return a shape with its parts defined and referred to."""
    if isinstance(shape, list):
        return [_shape(item, definitions) for item in shape]
    if not isinstance(shape, Mapping):
        return shape
    if PART not in shape:
        return {name: _shape(item, definitions) for name, item in shape.items()}
    section = section_of(shape[PART])
    if section.name not in definitions:
        definitions[section.name] = _section(section, definitions)
    return {"$ref": f"#/$defs/{section.name}"}
