"""Entries of a portfolio file as the page makes them: rules of a kind, projects with a name."""

from collections.abc import Iterator, Mapping
from typing import Any

from planner.domain.fields.declared import section_of
from planner.domain.fields.finding import Location
from planner.domain.portfolio.rules import NAMES_ONE, RULE_KINDS
from planner.inputs.edits import Edited, put
from planner.inputs.xlsx.fields import RULE_COLUMNS

__all__ = ["named", "nested", "of_one", "renamed", "rule_of"]

_NO_PROJECTS = frozenset(("name", "unit", "architecture"))
"""Fields of rules that hold texts which name no project."""


def renamed(edited: Edited, data: Any, location: Location, name: str) -> Edited:  # noqa: ANN401
    """Return a file in which rules and shared assets call a project by its new name."""
    before = data["projects"][location[1]].get("id")
    others = sum(
        isinstance(project, Mapping) and project.get("id") == before for project in data["projects"]
    )
    if not isinstance(before, str) or others != 1:  # of two with one name nobody knows which
        return edited
    for place in (*_naming(data, "rules", before), *_naming(data, "shared", before)):
        after = put(edited.text, place, name)
        edited = Edited(after.text, edited.kept and after.kept)
    return edited


def _naming(data: Any, section: str, project: str) -> Iterator[Location]:  # noqa: ANN401
    """Yield where entries of a section name a project."""
    entries = data.get(section)
    for at, entry in enumerate(entries if isinstance(entries, list) else []):
        for key, value in entry.items() if isinstance(entry, Mapping) else ():
            if key in _NO_PROJECTS or (section == "shared" and key != "members"):
                continue
            if value == project:
                yield (section, at, key)
            for number, name in enumerate(value if isinstance(value, list) else []):
                if name == project:
                    yield (section, at, key, number)


def rule_of(kind: str, said: Mapping[str, object]) -> dict[str, object]:
    """Return a rule of a kind with the values of its columns; the field that names it is there."""
    columns = RULE_COLUMNS[kind]
    found = {key: said[column] for column, key in columns.items() if column in said}
    fields = section_of(RULE_KINDS[kind]).in_file
    first = found.pop(kind, [] if "items" in fields[kind].value.shape else None)
    if isinstance(first, list) and "items" not in fields[kind].value.shape:
        first = first[0] if first else None
    return {kind: first, **found}


def of_one(value: object, kind: str, key: str) -> object:
    """Return the value of a rule's field: the one name where it takes one.

    Raises
    ------
    ValueError
        Several are given.
    """
    if key not in NAMES_ONE or not isinstance(value, list):
        return value
    if len(value) != 1:
        message = f"rule {kind} takes one project; write a rule for each."
        raise ValueError(message)
    return value[0]


def named(entry: dict[str, object], data: Mapping[str, Any]) -> dict[str, object]:
    """Return a project with an id: one that no other has, unless it came with one."""
    if entry.get("id"):
        return entry
    projects = data.get("projects")
    taken = {str(p.get("id")) for p in projects or [] if isinstance(p, Mapping)}
    name = next(f"project-{n}" for n in range(1, len(taken) + 2) if f"project-{n}" not in taken)
    return {"id": name, **entry}


def nested(values: Mapping[str, object]) -> dict[str, object]:
    """Return values by dotted path as mappings in each other."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        holder = found
        *holders, key = path.split(".")
        for name in holders:
            holder = holder.setdefault(name, {})
        holder[key] = value
    return found
