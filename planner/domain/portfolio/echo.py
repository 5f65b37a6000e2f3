"""What a plan was made from, as plain data: compact, the same bytes for the same content.

Only what differs from the defaults is written, projects and shared assets by their id, so that two
plans can be compared by name, whatever the order of their files.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum

from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.architectures import OwnArchitecture
from planner.domain.portfolio.benefits import Benefit
from planner.domain.portfolio.in_use.compress import Compression
from planner.domain.portfolio.life import BuildLine, UpkeepLine
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range

_ELSEWHERE = frozenset({"compute", "projects", "shared", "rules"})
_NOT_CONTENT = frozenset({"inputs_sha256", "places", "given"})


def echo_inputs(portfolio: Portfolio) -> dict[str, object]:
    """Return the content of a portfolio: what a reader must know to ask why two plans differ.

    Returns
    -------
    dict
        ``portfolio`` and ``compute`` (settings other than the defaults), ``projects`` and
        ``shared`` (by id) and ``rules`` (by name). Ranges are text, ``0.3..0.45``.
    """
    return {
        "portfolio": _settings(portfolio, skip=_ELSEWHERE | _NOT_CONTENT),
        "compute": _settings(portfolio.compute),
        "projects": {project.id: _project(project) for project in portfolio.projects},
        "shared": {asset.id: _settings(asset, skip={"id"}) for asset in portfolio.shared},
        "rules": {
            rule.name: {"rule": _kind(rule), **_settings(rule, skip={"name"})}
            for rule in portfolio.rules
        },
    }


def _project(project: Project) -> dict[str, object]:
    computed = set() if project.classes is None and project.class_counts is None else _COMPUTED
    return _settings(project, skip={"id"} | computed)


_COMPUTED = {"relative_complexity"}


def _kind(record: object) -> str:
    """Return the name of a record's class as files write it: ``AtMost`` is ``at_most``."""
    name = type(record).__name__
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _settings(record: object, skip: frozenset[str] | set[str] = frozenset()) -> dict[str, object]:
    """Return the fields of a record that differ from their defaults."""
    found = {}
    for item in fields(record):  # type: ignore[arg-type]  # always a dataclass here
        value = getattr(record, item.name)
        default = item.default if item.default_factory is MISSING else item.default_factory()
        if item.name not in skip and not _same(value, default):
            found[item.name] = _plain(value)
    return found


_NAMED_BY = {
    Alternative: "id",
    BuildLine: "id",
    UpkeepLine: "id",
    Benefit: "id",
    Compression: "id",
    OwnArchitecture: "name",
}
"""What two files compare by name: lines of a life, and architectures."""


def _naming_field(value: object) -> str:
    """Return the field by which these are compared; empty for what has no names."""
    first = value[0] if isinstance(value, tuple) and value else None
    return _NAMED_BY.get(type(first), "")


def _same(value: object, default: object) -> bool:
    if isinstance(value, float) and isinstance(default, float) and math.isnan(default):
        return math.isnan(value)
    return type(value) is type(default) and value == default


def _plain(value: object) -> object:
    if isinstance(value, Range | StrEnum):
        return str(value)
    if is_dataclass(value):
        return _settings(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if name := _naming_field(value):
        return {getattr(item, name): _settings(item, skip={name}) for item in value}  # type: ignore[attr-defined]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
