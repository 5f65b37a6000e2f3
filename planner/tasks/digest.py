"""The SHA-256 of a record by what it holds, the same in every process that holds the same."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction

import numpy as np

__all__ = ["digest"]

_PLAIN = (str, bytes, bool, int, float, complex, date, Fraction, type(None), np.generic, slice)


def digest(value: object) -> str:
    """Return the SHA-256 of a record, array, mapping or sequence of such.

    Raises
    ------
    TypeError
        It holds something of another kind, whose content cannot be told.

    Examples
    --------
    >>> digest({"a": np.arange(3), "b": (1, None)}) == digest({"b": (1, None), "a": np.arange(3)})
    True
    """
    found = hashlib.sha256()
    for piece in _pieces(value):
        found.update(len(piece).to_bytes(8, "little"))
        found.update(piece)
    return found.hexdigest()


def _pieces(value: object) -> Iterator[bytes]:
    yield type(value).__qualname__.encode()
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, _PLAIN):
        yield repr(value).encode()
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield each.name.encode()
            yield from _pieces(getattr(value, each.name))
    elif isinstance(value, Mapping):
        for name in sorted(value, key=repr):
            yield from _pieces(name)
            yield from _pieces(value[name])
    elif isinstance(value, AbstractSet):
        for text in sorted(map(repr, value)):
            yield text.encode()
    elif isinstance(value, list | tuple):
        yield str(len(value)).encode()
        for item in value:
            yield from _pieces(item)
    elif isinstance(value, Callable):  # type: ignore[arg-type]
        yield _name(value)
    else:
        message = f"{type(value).__qualname__} has no digest"
        raise TypeError(message)


def _name(value: object) -> bytes:
    """Return the name of a function at the top of a module."""
    name = getattr(value, "__qualname__", "<")
    if "<" in name:
        message = f"{name} has no digest: it is no function at the top of a module"
        raise TypeError(message)
    return f"{getattr(value, '__module__', '')}.{name}".encode()
