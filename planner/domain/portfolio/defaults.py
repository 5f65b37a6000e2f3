"""What holds where the user wrote nothing? The defaults that records declare, in words."""

from dataclasses import is_dataclass
from functools import cache

from planner.domain.fields.declared import Field, FileSection, section_of
from planner.domain.portfolio.portfolio import Portfolio

__all__ = ["default_at", "default_value_at", "with_default"]


def default_at(path: str) -> str:
    """Return the default of a setting, as a person would write it; empty if it has none.

    Examples
    --------
    >>> default_at("portfolio.go_chance"), default_at("projects[a.b].backbone")
    ('60%', 'finetuned')
    >>> default_at("compute.usd_per_hour"), default_at("portfolio.risk")
    ('median of the price table', 'expected')
    """
    field = _field(path)
    return "" if field is None else _words(field)


def with_default(path: str) -> str:
    """Return a setting with its default behind it, where it has one.

    Examples
    --------
    >>> with_default("compute.epochs"), with_default("portfolio.colour")
    ('compute.epochs (50)', 'portfolio.colour')
    """
    default = default_at(path)
    return f"{path} ({default})" if default else path


def default_value_at(path: str) -> float | bool | str:
    """Return the same as data: a number and yes or no as they are, all else in words.

    Examples
    --------
    >>> default_value_at("portfolio.go_chance"), default_value_at("projects[a].pretrained")
    (0.6, True)
    >>> default_value_at("compute.usd_per_hour")
    'median of the price table'
    """
    field = _field(path)
    if field is None:
        return ""
    default = field.default
    return default if isinstance(default, int | float) else _words(field)


def _field(path: str) -> Field | None:
    holder, _, key = path.rpartition(".")
    return _section(holder.partition("[")[0]).in_file.get(key)


@cache
def _section(name: str) -> FileSection:
    """Return what is declared of a section at the top of a file, or of the entries of a list."""
    whole = section_of(Portfolio)
    shapes = {field.key: field.value.shape for field in whole.in_file_at_top}
    if name not in shapes:
        return whole
    shape = shapes[name]
    return section_of(shape.get("part") or shape["items"]["part"])


def _words(field: Field) -> str:
    """Return a default; of a part, that of its first field."""
    if is_dataclass(field.default):
        return _words(section_of(type(field.default)).fields[0])
    if isinstance(field.default, bool):
        return str(field.default).lower()
    return field.default_words(field.forms[0]) if field.forms else ""
