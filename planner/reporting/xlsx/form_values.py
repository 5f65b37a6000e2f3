"""Values of a portfolio file as the form's cells hold them: numbers as numbers, lists as text."""

from collections.abc import Mapping
from contextlib import suppress

from planner.domain.fields.declared import Kind
from planner.domain.fields.finding import Source
from planner.domain.fields.parsers import change
from planner.domain.limits import LEAST_GROWTH, MAX_GROWTH
from planner.domain.quantities import QuantityError, parse_count, parse_number, parse_rate
from planner.inputs.xlsx.layout import FormField

__all__ = ["cell_value"]

_SEPARATORS = ',;\n":'


def cell_value(value: object, item: FormField) -> object:
    """Return what stands in the cell of a field; None for nothing.

    A text that says a number becomes the number; whatever cannot be read stays as it is.

    Examples
    --------
    >>> from planner.inputs.xlsx.fields import PROJECTS
    >>> cell_value("94%", PROJECTS.named("Target accuracy"))
    0.94
    >>> cell_value(["a", "b, c"], PROJECTS.named("Architectures"))
    'a, "b, c"'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{_quoted(str(name))}: {count}" for name, count in value.items())
    if item.kind is Kind.NAMES:
        names = [value] if isinstance(value, str) else value
        return ", ".join(map(_quoted, names)) if isinstance(names, list) else None
    with suppress(QuantityError):
        match item.kind:
            case Kind.COUNT:
                return parse_count(value)
            case Kind.SHARE | Kind.SHARES:
                return parse_rate(value)
            case Kind.CHANGE:
                return change(LEAST_GROWTH, MAX_GROWTH)(value, Source())
            case Kind.MONEY | Kind.PRICE | Kind.NUMBER | Kind.NUMBERS | Kind.AMOUNT:
                return _number(parse_number(value))
            case _:
                pass
    return value


def _number(value: float) -> float:
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _quoted(name: str) -> str:
    """Return a name as an entry of a list: in double quotes where it holds a separator."""
    if any(char in name for char in _SEPARATORS) or name != name.strip():
        doubled = name.replace('"', '""')
        return f'"{doubled}"'
    return name
