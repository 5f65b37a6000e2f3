"""What pydantic found, in the words of the user: location, message, fix."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from planner.domain.quantities import show
from planner.domain.suggest import did_you_mean
from planner.inputs.document import Finding, Location
from planner.inputs.fields import schema
from planner.inputs.fields.not_offered import not_offered

_EXAMPLES = {
    "version": "version: 1",
    "projects": "projects:  (a list, each entry after a dash)",
    "id": "id: my-project",
    "images": "images: {held: 2k, limit: 50k, price: 0.30}",
    "limit": "limit: 50k",
    "needs": "needs: other-project",
    "of": "of: [project-a, project-b]",
    "kind": "kind: dataset",
    "members": "members: [project-a, project-b]",
}
_CONTAINER_ERRORS = {
    "model_type": "fields such as {}",
    "dict_type": "names with their values, such as {{ok: 50000, gap: 1000}}",
    "list_type": "a list, in square brackets or with a dash before each entry",
}


MAX_FINDINGS = 2_000
"""Mistakes of a file that are put into words; each may compare names."""


def findings_of(error: ValidationError, data: object) -> list[Finding]:
    """Return the mistakes that pydantic collected, in its order, the first 2,000 of many.

    Parameters
    ----------
    error : ValidationError
        Of :class:`planner.inputs.fields.schema.PortfolioFile`.
    data : object
        What was validated.
    """
    found = []
    for item in islice(error.errors(include_url=False, include_context=True), MAX_FINDINGS):
        location: Location = tuple(item["loc"])
        match item["type"]:
            case "planner":
                context = item["ctx"]
                found.append(Finding(location, context["message"], context["fix"], context["code"]))
            case "missing":
                found.append(_missing(location))
            case "extra_forbidden":
                found.append(_unknown(location, data))
            case kind:
                found.append(_wrong_container(location, kind, item["input"]))
    return found


def fields_at(location: Location, data: object) -> list[str]:
    """Return the names of the fields that a mapping of the file may have."""
    model = _model_at(location, data)
    return list(model.model_fields) if model else []


def _missing(location: Location) -> Finding:
    name = str(location[-1])
    return Finding(location, f"{name} is missing.", _EXAMPLES.get(name, ""), "MISSING")


def _unknown(location: Location, data: object) -> Finding:
    name = str(location[-1])
    known = fields_at(location[:-1], data)
    other = not_offered(name)
    fix = did_you_mean(name, known)
    if other:
        message, fix = other
    elif fix:
        fix = f"{fix}  (did you mean this?)"
        message = "unknown field."
    elif name.isdigit():
        message = "unknown field. A comma begins a new field; decimals have a point, as in 0.63."
    else:
        home = _home_of(name)
        hint = f" {name} belongs under {home}." if home else f" Known here: {', '.join(known)}."
        message = f"unknown field.{hint}"
    return Finding(location, message, fix, "UNKNOWN_FIELD", at_key=True)


def _wrong_container(location: Location, kind: str, value: object) -> Finding:
    expected = _CONTAINER_ERRORS.get(kind, "something else")
    model = _model_at(location, {})
    names = ", ".join(list(model.model_fields)[:4]) if model else "name: value"
    fix = f"[{value}]" if kind == "list_type" and _is_word(value) else ""
    return Finding(location, f"got {show(value)}; expected {expected.format(names)}.", fix)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w-]{1,60}", value) is not None


def _home_of(name: str) -> str:
    """Return the section that has a field of this name; empty if none."""
    homes: dict[str, Mapping[str, Any]] = {
        "portfolio": schema.PortfolioSection.model_fields,
        "compute": schema.ComputeSection.model_fields,
        "images": schema.ImagesSection.model_fields,
        "a project": schema.ProjectSection.model_fields,
        "portfolio.risk": schema.RiskSection.model_fields,
        "the top of the file": schema.PortfolioFile.model_fields,
    }
    return next((home for home, names in homes.items() if name in names), "")


def _model_at(location: Location, data: object) -> type[BaseModel] | None:
    """Return the model of the mapping at a location."""
    model: type[BaseModel] | None = schema.PortfolioFile
    value = data
    for step in location:
        value = _step_into(value, step)
        if isinstance(step, int):
            continue
        if model is None or step not in model.model_fields:
            return None
        model = (
            None
            if step == "rules" and model is schema.PortfolioFile
            else _model_in(model.model_fields[step].annotation)
        )
    if location[:1] == ("rules",) and len(location) == 2 and isinstance(value, Mapping):
        kinds = [kind for kind in schema.RULE_KINDS if kind in value]
        return schema.RULE_KINDS[kinds[0]] if kinds else None
    return model


def _step_into(value: object, step: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - annotations have no type
    """Return the model that an annotation names, through lists, options and metadata."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
